//! The short help of `-h`: common options on one screen. `--help` has all of them, and examples.

use std::ffi::OsString;

use clap::Command;

use crate::commands;

/// Commands that `-h` leaves out. What `init` and `shim` are for, `setup` arranges.
const RARE: [&str; 5] = ["completions", "init", "shim", "man", "help"];

/// Options of every command, shown once.
const COMMON: [&str; 2] = ["trash_dir", "color"];

/// Whether these words ask for the short help.
pub(super) fn is_asked(words: &[OsString]) -> bool {
    words.iter().any(|word| word == "-h")
}

/// The grammar with a short help that fits a screen.
pub(super) fn brief(mut grammar: Command) -> Command {
    // The arguments of a command are known once it is built.
    grammar.build();
    let rare = |command: Command| if RARE.contains(&command.get_name()) { command.hide(true) } else { command };
    hidden(grammar, "help").mut_subcommands(|command| {
        let shown = commands::help_of(command.get_name()).map_or("", |help| help.everyday);
        rare(hidden(command, shown).mut_subcommands(|action| hidden(action, "")))
    })
}

/// Hides all arguments but some, or if none are named, only those of every command.
fn hidden(command: Command, shown: &str) -> Command {
    command.mut_args(|arg| {
        let id = arg.get_id().as_str();
        let is_shown = match shown {
            "" => !COMMON.contains(&id),
            shown => id == "help" || shown.split(' ').any(|word| word == id),
        };
        arg.hide_short_help(!is_shown)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    /// An argument that is renamed would be missed in silence.
    #[test]
    fn what_is_shown_exists() {
        let mut grammar = crate::cli::Cli::command();
        grammar.build();
        for (name, help) in commands::HELP {
            let command = grammar.find_subcommand(name).expect(name);
            for id in help.everyday.split_whitespace() {
                assert!(command.get_arguments().any(|arg| arg.get_id() == id), "{name} {id}");
            }
        }
        for name in RARE {
            assert!(grammar.find_subcommand(name).is_some(), "{name}");
        }
    }
}
