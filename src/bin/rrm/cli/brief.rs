//! What `-h` shows: the options of every day, on one screen. `--help` has all of them, and examples.

use std::ffi::OsString;

use clap::Command;

use crate::commands;

/// The commands that few people ever type.
const RARE: [&str; 3] = ["completions", "man", "help"];

/// What every command has, and says only once.
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
    hidden(grammar, Some(&["help", "version"])).mut_subcommands(|command| {
        let shown = shown_of(command.get_name());
        rare(hidden(command, shown).mut_subcommands(|action| hidden(action, None)))
    })
}

/// The arguments that `-h` shows of a command; `None` for all but those that every command has.
fn shown_of(command: &str) -> Option<&'static [&'static str]> {
    commands::help_of(command).and_then(|help| help.everyday)
}

fn hidden(command: Command, shown: Option<&[&str]>) -> Command {
    command.mut_args(|arg| {
        let id = arg.get_id().as_str();
        let is_shown = match shown {
            Some(shown) => shown.contains(&id) || id == "help",
            None => !COMMON.contains(&id),
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
            for id in help.everyday.unwrap_or_default() {
                assert!(command.get_arguments().any(|arg| arg.get_id() == id), "{name} {id}");
            }
        }
        for name in RARE {
            assert!(grammar.find_subcommand(name).is_some(), "{name}");
        }
    }
}
