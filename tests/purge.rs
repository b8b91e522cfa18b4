//! Deleting trees for good: the very same tests for one worker and for two, and when it is two.
#![allow(clippy::duplicate_mod, reason = "it is what makes the tests the same")]

mod joining;
mod one;
mod two;
