//! The command under the name `rm`: GNU's command line, messages and exit statuses. Of rrm only the trash is left, and
//! what the environment and `rrm config` say about it.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use rrm::sys;

use super::extra::Extra;
use super::remover::Remover;
use crate::context::Context;
use crate::env::Environment;
use crate::exit::Exit;
use crate::gnu::grammar::{Surroundings, parse};
use crate::gnu::options::{CommandLine, Options};
use crate::gnu::texts;
use crate::output::{Colour, Messages, Verbosity};
use crate::session::Session;

/// Whether a program started under this name is `rm`, wherever it lies.
pub(crate) fn is_its_name(program: &OsStr) -> bool {
    Path::new(program).file_name() == Some(OsStr::new("rm"))
}

/// Does what `rm` does. `program` is how it was called, and how it calls itself in messages.
pub(crate) fn main(program: &OsStr, words: &[OsString]) -> Exit {
    let environment = Environment::read();
    let charset = environment.charset;
    let messages = Messages::new(program, charset, Verbosity::AsRm);
    let exists = |name: &OsStr| sys::metadata_at(Path::new(name)).is_ok();
    let surroundings = Surroundings { program, charset, order: environment.order, exists: &exists };
    match parse(words, &surroundings) {
        CommandLine::Remove(options, operands) => remove(options, operands, environment, &messages),
        CommandLine::Help => messages.print(&texts::help(program)),
        CommandLine::Version => messages.print(texts::VERSION.as_bytes()),
        CommandLine::UsageError(lines) => {
            Messages::say_bytes(&lines);
            Exit::Failure
        }
    }
}

fn remove(options: Options, operands: Vec<OsString>, environment: Environment, messages: &Messages) -> Exit {
    // `rm -f $nothing` is a success even where there is no trash to be had.
    if operands.is_empty() {
        return Exit::Success;
    }
    match try_to_remove(options, operands, environment, messages).unwrap_or_else(|error| messages.failure(&error)) {
        // To rm, a wrong command line is a failure like any other.
        Exit::Usage => Exit::Failure,
        exit => exit,
    }
}

fn try_to_remove(
    options: Options,
    operands: Vec<OsString>,
    environment: Environment,
    messages: &Messages,
) -> anyhow::Result<Exit> {
    let context = Context::read(environment, None)?;
    // One that cannot be read is told before anything is asked.
    context.grace_period()?;
    let session = Session { context, messages, colour: Colour::Never };
    Remover::new(&session, &session.manager(), options, &Extra::default()).run(operands)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_part_of_the_name_counts() {
        for name in ["rm", "/home/me/.local/bin/rm", "./rm"] {
            assert!(is_its_name(OsStr::new(name)), "{name}");
        }
        for name in ["rrm", "", "/rm/rrm", "rm.rrm", "rm2"] {
            assert!(!is_its_name(OsStr::new(name)), "{name}");
        }
    }
}
