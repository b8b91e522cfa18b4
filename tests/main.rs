//! All integration tests of rrm, as one binary.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, clippy::print_stdout, clippy::print_stderr)]

#[macro_use]
mod common;

mod architecture;
mod gnu;
mod harness;
mod licences;
mod purge;
mod transfer;
