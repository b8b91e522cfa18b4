//! All integration tests of rrm, as one binary.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    clippy::type_complexity,
    reason = "a test may look at the disk and fail in any way it likes"
)]

#[macro_use]
mod common;

mod all_users;
mod architecture;
mod attackers;
mod batch;
mod browse;
mod called_rm;
mod cases;
mod completions;
mod concurrency;
mod contest;
mod crash;
mod doctor;
mod examples;
mod export;
mod feedback;
mod first_day;
mod full_disk;
mod gnu;
mod guard;
mod guard_store;
mod harness;
mod import;
mod init;
mod json;
mod keeping;
mod kept;
mod licences;
mod limits;
mod measuring;
mod merging;
mod model;
mod mounts;
mod naming;
mod package;
mod packaging;
mod power;
mod preview;
mod printed;
mod programs;
mod purge;
mod readme;
mod screens;
mod searching;
mod setup;
mod shim;
mod show;
mod stacked;
mod stats;
mod syscalls;
mod there_and_back;
mod transfer;
mod undoing;
