//! The rrm command: a thin skin over the library of the same name.

#[cfg(feature = "browse")]
mod browse;
mod cli;
mod commands;
mod complete;
mod context;
mod env;
mod exit;
mod gnu;
mod manual;
mod options;
mod output;
mod session;
mod values;

use std::process::ExitCode;

fn main() -> ExitCode {
    #[cfg(feature = "testing")]
    env::obey_a_test();
    cli::main(&std::env::args_os().collect::<Vec<_>>()).end()
}
