//! All integration tests of rrm, as one binary.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, clippy::print_stdout, clippy::print_stderr)]

mod purge;
mod transfer;
