//! How long something is waited for that may never come.

use std::time::Duration;

/// So long; in a test build a part of it, if the test is in a hurry.
#[cfg(not(feature = "testing"))]
pub const fn patience(usual: Duration) -> Duration {
    usual
}

#[cfg(feature = "testing")]
pub use hurry::{HURRY, hurry, patience};

#[cfg(feature = "testing")]
mod hurry {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::Duration;

    /// The environment variable that says how many times shorter a program built for tests waits.
    pub const HURRY: &str = "RRM_TEST_HURRY";

    static TIMES: AtomicU32 = AtomicU32::new(1);

    /// From now on this process waits so many times shorter.
    pub fn hurry(times: u32) {
        TIMES.store(times.max(1), Ordering::Relaxed);
    }

    /// So long, or so many times shorter.
    pub fn patience(usual: Duration) -> Duration {
        usual / TIMES.load(Ordering::Relaxed)
    }
}
