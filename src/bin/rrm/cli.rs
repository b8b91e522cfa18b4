//! The command line: what was typed, the command that it names, and how that ended.

mod brief;
mod read;

use std::ffi::OsString;
use std::io;

use clap::{CommandFactory as _, Parser};

use crate::commands::{self, Command, rm};
use crate::env::Environment;
use crate::exit::Exit;
use crate::options::{CommonArgs, colour_of_help};
use crate::output::{Colour, Messages, Verbosity};
use crate::session::{Program, Start};
use read::{as_removal, read};

/// A safer rm: move files to the trash and restore them.
#[derive(Debug, Parser)]
#[command(name = "rrm", version, max_term_width = 100, args_override_self = true)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) common: CommonArgs,

    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXAMPLES: &str = "\
Examples:
  rrm rm notes.txt build/    Move a file and a directory to the trash
  rrm undo                   Restore both

See rrm COMMAND --help or rrm-COMMAND(1) for details.";

/// Reads the command line, runs the command, and tells how it ended. The first word is the name it was started under.
pub(crate) fn main(words: &[OsString]) -> Exit {
    if let Some((program, words)) = words.split_first().filter(|(program, _)| rm::called_rm::is_its_name(program)) {
        return rm::called_rm::main(program, words);
    }
    let environment = Environment::read();
    let cli = match read(words) {
        Ok(cli) => cli,
        Err(told) => {
            let messages = Messages::new("rrm", environment.charset, Verbosity::Usual);
            let exit = help_or_complaint(&told, colour_of_help(words).into(), &messages);
            if let Some(removal) = as_removal(words, &told, environment.charset) {
                messages.hint(&format!("to remove files, use: {removal}"));
            }
            return exit;
        }
    };
    let messages = Messages::new("rrm", environment.charset, cli.common.feedback.verbosity());
    let program = Program { grammar: Cli::command, page: |command| Some(commands::help_of(command)?.page) };
    let start = Start { environment, messages: &messages, common: cli.common, program };
    cli.command.run(start).unwrap_or_else(|error| messages.failure(&error))
}

/// Prints a help text or the version, or says what is wrong with the command line.
fn help_or_complaint(told: &clap::Error, colour: Colour, messages: &Messages) -> Exit {
    let text = told.render();
    if told.use_stderr() {
        messages.complain(&text.to_string(), colour.on(&io::stderr()).then(|| text.ansi().to_string()));
        return Exit::Usage;
    }
    let text = if colour.on_stdout() { text.ansi().to_string() } else { text.to_string() };
    messages.print(text.as_bytes())
}

/// Keeps clap's own checks honest: run by a test.
#[cfg(test)]
#[test]
fn the_command_line_is_consistent() {
    Cli::command().debug_assert();
}
