//! Random inputs, each run from a seed that a failure shows.

use std::hash::{BuildHasher as _, RandomState};

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// Runs a test on so many values of a strategy. One that fails is shown whole, and shrunk; nothing is kept in files.
///
/// `RRM_TEST_SEED` says where to begin; a failure shows what to set it to for the same values.
pub(crate) fn for_each<S: Strategy>(cases: u32, strategy: &S, test: impl Fn(S::Value)) {
    const SEED: &str = "RRM_TEST_SEED";
    let told = std::env::var(SEED).ok().map(|seed| seed.parse().expect("a seed is a number"));
    let seed: u64 = told.unwrap_or_else(|| RandomState::new().hash_one(SEED));
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 300, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let result = runner.run(strategy, |value| {
        test(value);
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("{error}\n{SEED}={seed} begins with the same values"));
}
