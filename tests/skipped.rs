//! Tells, after all other tests, which of them could not run and what they need.
#![allow(clippy::disallowed_methods, reason = "a test may look at the disk in any way it likes")]
#![allow(clippy::print_stdout, reason = "it is there to print")]

#[path = "common/skip.rs"]
#[allow(dead_code, unused_macros, reason = "the tests write the record that this reads")]
mod skip;

fn main() {
    // A tool that asks for a list of tests finds none here.
    if !std::env::args().any(|word| word == "--list") {
        print!("{}", skip::summary(&skip::take_record()));
    }
}
