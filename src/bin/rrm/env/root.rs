//! The root directory, which tests replace.

use std::path::PathBuf;

/// `/`.
#[cfg(not(feature = "testing"))]
pub(super) fn root() -> PathBuf {
    PathBuf::from("/")
}

/// The directory that `RRM_TEST_MACHINE` names; for a program started with an empty environment, a file of that name
/// beside the program; else `/`.
#[cfg(feature = "testing")]
#[expect(clippy::disallowed_methods, reason = "it belongs to the environment")]
pub(super) fn root() -> PathBuf {
    const NAME: &str = "RRM_TEST_MACHINE";
    let beside = || std::fs::read_to_string(std::env::current_exe().ok()?.with_file_name(NAME)).ok();
    std::env::var_os(NAME).or_else(|| beside().map(Into::into)).map_or_else(|| PathBuf::from("/"), PathBuf::from)
}
