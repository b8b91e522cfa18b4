//! Saying aloud what was not tested.

use std::io::Write as _;

/// Ends the test here because it cannot have what it needs; the message says what that is.
macro_rules! skip {
    ($($why:tt)+) => {{
        $crate::common::say_skipped(&format!($($why)+));
        return;
    }};
}

/// The value of a `Result`, or the end of the test with the error as the reason.
macro_rules! or_skip {
    ($attempt:expr) => {
        match $attempt {
            Ok(value) => value,
            Err(why) => skip!("{why}"),
        }
    };
}

/// Prints the reason past the test runner's capture, which hides what a passing test prints through `eprintln!`.
pub(crate) fn say_skipped(why: &str) {
    let thread = std::thread::current();
    let test = thread.name().unwrap_or("a test");
    // One write, so that lines of tests that run at once stay whole.
    let line = format!("SKIPPED: {test}: {why}\n");
    let _ = std::io::stderr().write_all(line.as_bytes());
}
