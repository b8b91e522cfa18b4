//! `rrm rm`, and `rm`: removes files and directories.

pub(crate) mod called_rm;
mod extra;
mod lines;
mod remover;
mod tree;

use std::ffi::OsString;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueHint};
use rrm::ops::remove::Place;

use super::clean;
use super::help::Help;
use crate::exit::Exit;
use crate::gnu::grammar::WHEN;
use crate::gnu::options as gnu;
use crate::options::copying;
use crate::output::{Verbosity, is_interrupted};
use crate::session::Start;
use extra::{Effect, Extra, Format, Recursion};
use remover::Remover;

pub(super) const HELP: Help = Help {
    examples: "\
Examples:
  rrm rm -g 7d build/        Remove a directory and keep it for a week
  rrm rm -- -draft           Remove a file whose name begins with a dash",
    everyday: "paths force always once recursive grace_period immediate dry_run",
    page: include_str!("../manual/rm.man"),
};

#[derive(Debug, Default, Args)]
#[command(args_override_self = true)]
pub(crate) struct RmArgs {
    /// The files and directories to remove.
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(crate) paths: Vec<OsString>,

    /// Ignore missing operands and never ask.
    #[arg(short, long, overrides_with_all = ["always", "once", "interactive"])]
    pub(crate) force: bool,

    /// Ask before each removal.
    #[arg(short = 'i', overrides_with_all = ["force", "once", "interactive"])]
    pub(crate) always: bool,

    /// Ask once before removing more than three operands or a directory.
    #[arg(short = 'I', overrides_with_all = ["force", "always", "interactive"])]
    pub(crate) once: bool,

    /// Ask never, once (-I) or always (-i); without WHEN, always.
    #[arg(long, value_name = "WHEN", num_args = 0..=1, require_equals = true, default_missing_value = "always",
          overrides_with_all = ["force", "always", "once"], hide_possible_values = true, value_parser = when())]
    pub(crate) interactive: Option<gnu::Prompt>,

    /// Remove directories and their contents (the default).
    #[arg(short, long, visible_short_alias = 'R')]
    pub(crate) recursive: bool,

    /// Remove only empty directories; -r overrides this.
    #[arg(short, long)]
    pub(crate) dir: bool,

    /// Skip file systems mounted below PATH, instead of refusing PATH.
    #[arg(long)]
    pub(crate) one_file_system: bool,

    /// Accepted for compatibility with rm; / and mount points are always refused.
    #[arg(long, value_name = "all", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    pub(crate) preserve_root: Option<String>,

    /// Accepted for compatibility with rm; / is always refused.
    #[arg(long)]
    pub(crate) no_preserve_root: bool,

    /// Keep the items at least this long: 7d, 12h, 2w.
    #[arg(short, long, value_name = "DURATION")]
    pub(crate) grace_period: Option<String>,

    /// Delete for good now; this cannot be undone.
    #[arg(long, conflicts_with_all = ["into_home", "grace_period", "session", "json"])]
    pub(crate) immediate: bool,

    /// Use the home trash; copy from other mounts.
    #[arg(long)]
    pub(crate) into_home: bool,

    /// Afterwards delete items past their grace period for good.
    #[arg(long)]
    pub(crate) auto_clean: bool,

    /// Only print what would be removed.
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,

    /// Do not ask before a large or lossy copy.
    #[arg(short, long)]
    pub(crate) yes: bool,

    /// Print each new item as a JSON object on its own line.
    #[arg(long)]
    pub(crate) json: bool,

    /// Label the items with session LABEL, instead of $RRM_SESSION.
    #[arg(long, value_name = "LABEL")]
    pub(crate) session: Option<OsString>,
}

/// Parses the argument of `--interactive`, with the words of GNU rm.
fn when() -> impl TypedValueParser<Value = gnu::Prompt> {
    let values = WHEN.chunk_by(|(_, one), (_, other)| one == other).map(|synonyms| {
        let (words, _): (Vec<_>, Vec<_>) = synonyms.iter().copied().unzip();
        PossibleValue::new(words[0]).aliases(words[1..].iter().copied())
    });
    let prompt = |word: String| WHEN.into_iter().find(|(known, _)| *known == word).map(|(_, prompt)| prompt);
    PossibleValuesParser::new(values).try_map(move |word| prompt(word).ok_or("no such word"))
}

impl RmArgs {
    /// The options that GNU rm has too.
    fn gnu(&self, verbosity: Verbosity) -> gnu::Options {
        let asked = match (self.force, self.always, self.once, self.interactive) {
            (true, ..) => gnu::Prompt::Never,
            (_, true, ..) => gnu::Prompt::Always,
            (_, _, true, _) => gnu::Prompt::Once,
            (.., Some(prompt)) => prompt,
            _ => gnu::Prompt::WriteProtected,
        };
        gnu::Options {
            prompt: asked,
            missing: if self.force { gnu::Missing::Ignore } else { gnu::Missing::Fail },
            directories: if self.dir && !self.recursive { gnu::Directories::Empty } else { gnu::Directories::Recurse },
            mounts: if self.one_file_system { gnu::Mounts::Stay } else { gnu::Mounts::Cross },
            preserve_root: if self.no_preserve_root { gnu::PreserveRoot::No } else { gnu::PreserveRoot::Yes },
            separate_devices: match self.preserve_root.as_deref() {
                Some("all") => gnu::SeparateDevices::Reject,
                _ => gnu::SeparateDevices::Remove,
            },
            verbose: if verbosity == Verbosity::Verbose { gnu::Verbose::Yes } else { gnu::Verbose::No },
            input: gnu::Input::AsFound,
        }
    }

    /// The options that only rrm has.
    fn extra(&self) -> Extra {
        Extra {
            grace_period: self.grace_period.clone(),
            place: match (self.immediate, self.into_home) {
                (true, _) => Some(Place::Nowhere),
                (_, true) => Some(Place::Home),
                _ => None,
            },
            copying: copying(self.yes),
            session: self.session.clone(),
            effect: if self.dry_run { Effect::DryRun } else { Effect::Real },
            format: if self.json { Format::Json } else { Format::AsRm },
            recursion: if self.recursive { Recursion::AsTyped } else { Recursion::AsFound },
        }
    }
}

pub(super) fn run(args: &RmArgs, start: Start<'_>) -> anyhow::Result<Exit> {
    let session = &start.session()?;
    let (options, extra) = (args.gnu(session.messages.verbosity), args.extra());
    if args.paths.is_empty() && options.missing == gnu::Missing::Fail {
        session.messages.say("missing operand");
        session.messages.hint("usage: rrm rm PATH...; see rrm rm --help");
        return Ok(Exit::Usage);
    }
    let manager = session.manager();
    let exit = Remover::new(session, &manager, options, &extra).run(args.paths.clone())?;
    let cleans = args.auto_clean && extra.effect == Effect::Real;
    if cleans && is_interrupted() {
        return Ok(Exit::Interrupted);
    }
    if cleans {
        return Ok(exit.max(clean::clean_afterwards(session, &manager)?));
    }
    Ok(exit)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use crate::cli::Cli;
    use crate::gnu::long_options::LongOption;

    #[test]
    fn every_option_of_gnu_rm_is_one_of_ours() {
        let mut grammar = Cli::command();
        grammar.build();
        let rm = grammar.find_subcommand("rm").expect("it is a command");
        // The version is that of rrm, and the hidden option is for the tests of coreutils.
        let others = [LongOption::Version, LongOption::PresumeInputTty];
        for option in LongOption::ALL.into_iter().filter(|option| !others.contains(option)) {
            let is_there = rm.get_arguments().any(|arg| arg.get_long() == Some(option.name()));
            assert!(is_there, "--{}", option.name());
        }
    }
}
