//! The root directory, which tests replace, and the programs of the system.

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

/// A program of the system, which is looked for in `$PATH`.
#[cfg(not(feature = "testing"))]
pub(super) fn program(name: &str) -> PathBuf {
    PathBuf::from(name)
}

/// The same. A machine of a test has only what `$PATH` has below its root, so that no test asks or changes the scheduler of
/// the real one.
#[cfg(feature = "testing")]
#[expect(clippy::disallowed_methods, reason = "it belongs to the environment")]
pub(super) fn program(name: &str) -> PathBuf {
    let root = root();
    if root.parent().is_none() {
        return PathBuf::from(name);
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut found = std::env::split_paths(&path).map(|directory| directory.join(name));
    let found = found.find(|program| program.starts_with(&root) && program.is_file());
    found.unwrap_or_else(|| root.join("not-in-path").join(name))
}
