//! The rrm command: a thin skin over the library of the same name.

mod args;
mod browse;
mod called_rm;
mod choose;
mod clean;
mod complete;
mod doctor;
mod examples;
mod exit;
mod gnu;
mod guard;
mod import;
mod list;
mod log;
mod manual;
mod remove;
mod restore;
mod run;
mod schedule;
mod shim;
mod show;
mod stats;
mod terminal;
mod translate;
mod undo;
mod users;
mod view;

use std::process::ExitCode;

fn main() -> ExitCode {
    #[cfg(feature = "testing")]
    translate::obey_a_test();
    run::main(&std::env::args_os().collect::<Vec<_>>()).end()
}
