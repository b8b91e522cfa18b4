//! What `-h` shows: the options of every day, on one screen. `--help` has all of them, and examples.

use std::ffi::OsString;

use clap::Command;

/// The arguments that `-h` shows of a command; of one that is not here, all but those that every command has.
const SHOWN: &[(&str, &[&str])] = &[
    ("rrm", &["help", "version"]),
    ("rm", &["paths", "force", "always", "once", "recursive", "grace_period", "immediate", "dry_run"]),
    (
        "list",
        &[
            "words",
            "largest_first",
            "newest_first",
            "reverse",
            "size",
            "full",
            "json",
            "here",
            "since",
            "older_than",
            "last",
        ],
    ),
    ("stats", &["words", "largest", "json", "here", "since", "older_than", "larger_than", "last"]),
    ("browse", &["words", "sort", "group", "here", "since", "older_than", "larger_than", "last"]),
    ("restore", &["words", "to", "rename", "conflict", "dry_run", "here", "since", "larger_than", "last"]),
    ("undo", &["count", "list", "json", "session", "to", "conflict", "dry_run"]),
    (
        "clean",
        &["words", "expired", "max_size", "min_free", "all", "dry_run", "yes", "here", "older_than", "larger_than"],
    ),
    ("keep", &["words", "until", "release", "here", "since", "larger_than", "last"]),
];

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
    hidden(grammar, shown_of("rrm")).mut_subcommands(|command| {
        let shown = shown_of(command.get_name());
        rare(hidden(command, shown).mut_subcommands(|action| hidden(action, None)))
    })
}

fn shown_of(command: &str) -> Option<&'static [&'static str]> {
    SHOWN.iter().find(|(name, _)| *name == command).map(|(_, shown)| *shown)
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
        let mut grammar = crate::args::Cli::command();
        grammar.build();
        for (name, shown) in SHOWN {
            let command = if *name == "rrm" { &grammar } else { grammar.find_subcommand(name).expect(name) };
            for id in *shown {
                assert!(command.get_arguments().any(|arg| arg.get_id() == id), "{name} {id}");
            }
        }
        for name in RARE {
            assert!(grammar.find_subcommand(name).is_some(), "{name}");
        }
    }
}
