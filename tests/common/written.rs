//! Texts of the repository that a test writes, so that they can be read in a review.

use super::source;

/// Set to write them anew.
const WRITE: &str = "RRM_TEST_WRITE";

/// Whether they are written anew.
pub(crate) fn is_writing() -> bool {
    std::env::var_os(WRITE).is_some()
}

/// Asserts that a file of the repository is this text; `filter` names the tests that write it.
#[track_caller]
pub(crate) fn is_written(file: &str, now: &str, filter: &str) {
    let path = source().join(file);
    if is_writing() {
        std::fs::write(&path, now).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }
    let read = std::fs::read_to_string(&path).unwrap_or_default();
    let different = now.lines().zip(read.lines()).position(|(now, read)| now != read);
    let at = different.unwrap_or_else(|| now.lines().count().min(read.lines().count()));
    let line = |text: &str| text.lines().nth(at).unwrap_or("(the end)").to_owned();
    assert!(
        now == read,
        "{file}:{} differs:\n  has {}\n  now {}\nWrite it with {WRITE}=1 cargo test --test rrm {filter}, and read what \
         has changed as somebody who has never seen rrm.",
        at + 1,
        line(&read),
        line(now)
    );
}
