//! `rrm init`: prints what a shell's start file evaluates.
//!
//! The text depends on the options alone, so that it may be kept in a file. What differs from machine to machine, the shell
//! finds when it starts.

mod function_name;

use std::io::{self, Write as _};

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use clap_complete::Shell;

use self::function_name::{FunctionName, function_name};
use super::help::Help;
use crate::complete::own_script;
use crate::exit::Exit;
use crate::session::Start;

pub(super) const HELP: Help = Help {
    examples: "\
Examples:
  eval \"$(rrm init bash)\"                  In ~/.bashrc
  eval \"$(rrm init zsh --rm)\"              In ~/.zshrc: rm runs rrm as well
  rrm init fish --guard git npm | source   In config.fish: guard what git and npm delete",
    everyday: "",
    page: include_str!("../manual/init.man"),
};

#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// The shell that evaluates the text.
    shell: StartedShell,

    /// Put ~/.local/bin first in PATH, where rrm shim install links rm to rrm.
    #[arg(long)]
    rm: bool,

    /// Leave out completions.
    #[arg(long)]
    no_completions: bool,

    /// Define a function for each NAME that runs it under rrm guard.
    #[arg(long, value_name = "NAME", num_args = 1.., value_parser = function_name)]
    guard: Vec<FunctionName>,
}

/// The shells that have a start file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum StartedShell {
    Bash,
    Zsh,
    Fish,
}

impl StartedShell {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Bash => "bash",
            Self::Zsh => "zsh",
            Self::Fish => "fish",
        }
    }

    fn completions(self) -> &'static [u8] {
        let shell = match self {
            Self::Bash => Shell::Bash,
            Self::Zsh => Shell::Zsh,
            Self::Fish => Shell::Fish,
        };
        own_script(shell).unwrap_or_default()
    }

    fn session(self) -> &'static str {
        match self {
            Self::Bash | Self::Zsh => include_str!("init/session.sh"),
            Self::Fish => include_str!("init/session.fish"),
        }
    }

    fn path(self) -> &'static str {
        match self {
            Self::Bash | Self::Zsh => include_str!("init/path.sh"),
            Self::Fish => include_str!("init/path.fish"),
        }
    }

    /// A function that runs the program of its name under a guard. An alias of the name is not expanded behind `function`,
    /// and one of rrm is not behind `command`.
    fn guarded(self, name: &FunctionName) -> String {
        match self {
            Self::Bash | Self::Zsh => format!("function {name} {{ command rrm guard -- {name} \"$@\"; }}\n"),
            Self::Fish => format!("function {name} --wraps {name}\n    command rrm guard -- {name} $argv\nend\n"),
        }
    }
}

pub(super) fn run(args: &InitArgs, _: Start<'_>) -> anyhow::Result<Exit> {
    io::stdout().write_all(&text(args)).context("write error")?;
    Ok(Exit::Success)
}

fn text(args: &InitArgs) -> Vec<u8> {
    let shell = args.shell;
    let mut text = String::from(shell.session());
    if args.rm {
        text.push_str(shell.path());
    }
    text.extend(args.guard.iter().map(|name| shell.guarded(name)));
    let mut text = text.into_bytes();
    if !args.no_completions {
        text.extend_from_slice(shell.completions());
    }
    text
}
