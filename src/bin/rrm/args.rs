//! The command line as it is typed. What it means is told in `translate`; nothing below that knows an option.
#![expect(clippy::struct_excessive_bools, reason = "an option is there or not; `translate` gives each a word")]

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::Shell;

/// A safer rm: what you remove goes to a trash, and comes back when you ask.
#[derive(Debug, Parser)]
#[command(name = "rrm", version, max_term_width = 100, args_override_self = true, disable_help_subcommand = true)]
pub(crate) struct Cli {
    /// The home trash, instead of $RRM_TRASH_DIR or the configured one.
    #[arg(long, global = true, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) trash_dir: Option<PathBuf>,

    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Move files and directories to the trash.
    Rm(RmArgs),
    /// List what is in the trash.
    #[command(visible_alias = "ls")]
    List(ListArgs),
    /// Put things back where they were.
    Restore(RestoreArgs),
    /// Restore all that the last rm removed; again: what the one before removed.
    Undo(UndoArgs),
    /// Delete for good what is past its grace period.
    Clean(CleanArgs),
    /// Show or change standing choices.
    Config(ConfigArgs),
    /// Print a completion script for a shell.
    Completions {
        /// The shell.
        shell: Shell,
    },
    /// Write the manual pages into a directory.
    Man {
        /// The directory; made if it is missing.
        #[arg(value_hint = ValueHint::DirPath)]
        dir: PathBuf,
    },
}

/// Options are GNU rm's, with GNU's meaning; of -f, -i, -I and --interactive the last one counts. A directory needs no
/// -r. Nothing is deleted, except with --immediate.
#[derive(Debug, Args)]
#[command(args_override_self = true)]
pub(crate) struct RmArgs {
    /// What to remove.
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(crate) paths: Vec<OsString>,

    /// Ignore missing operands and never ask.
    #[arg(short, long, overrides_with_all = ["always", "once", "interactive"])]
    pub(crate) force: bool,

    /// Ask before every removal.
    #[arg(short = 'i', overrides_with_all = ["force", "once", "interactive"])]
    pub(crate) always: bool,

    /// Ask once before removing more than three operands or a directory.
    #[arg(short = 'I', overrides_with_all = ["force", "always", "interactive"])]
    pub(crate) once: bool,

    /// Ask: never, once (-I) or always (-i, and without WHEN).
    #[arg(long, value_name = "WHEN", num_args = 0..=1, require_equals = true, default_missing_value = "always",
          overrides_with_all = ["force", "always", "once"], hide_possible_values = true)]
    pub(crate) interactive: Option<When>,

    /// Remove directories with all they hold; as without it.
    #[arg(short, long, visible_short_alias = 'R')]
    pub(crate) recursive: bool,

    /// Of directories remove only empty ones; -r wins.
    #[arg(short, long)]
    pub(crate) dir: bool,

    /// Tell of everything that is removed.
    #[arg(short, long)]
    pub(crate) verbose: bool,

    /// Accepted as rm does; a tree with another file system mounted in it is refused in any case.
    #[arg(long)]
    pub(crate) one_file_system: bool,

    /// Accepted as rm does; / and mount points are refused in any case.
    #[arg(long, value_name = "all", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    pub(crate) preserve_root: Option<String>,

    /// Accepted as rm does; / is refused all the same.
    #[arg(long)]
    pub(crate) no_preserve_root: bool,

    /// How long to keep what is removed: 7d, 12h, 2w, 1month; a bare number is days.
    #[arg(short, long, value_name = "DURATION")]
    pub(crate) grace_period: Option<String>,

    /// Delete now and for good; there is no undo.
    #[arg(long, conflicts_with_all = ["into_home", "grace_period", "session", "json"])]
    pub(crate) immediate: bool,

    /// Use the home trash, copying from another mount if need be.
    #[arg(long)]
    pub(crate) into_home: bool,

    /// Afterwards delete for good what is past its grace period, as `rrm clean` does.
    #[arg(long)]
    pub(crate) auto_clean: bool,

    /// Only tell what would be done.
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,

    /// Agree beforehand to copies that would be asked about: over 1 GiB, or not keeping everything.
    #[arg(short, long)]
    pub(crate) yes: bool,

    /// Tell of everything that is removed as JSON, one object a line.
    #[arg(long)]
    pub(crate) json: bool,

    /// File it under this label, instead of $RRM_SESSION.
    #[arg(long, value_name = "LABEL")]
    pub(crate) session: Option<OsString>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum When {
    #[value(aliases = ["no", "none"])]
    Never,
    Once,
    #[value(alias = "yes")]
    Always,
}

/// What to act on, in the one language of list, restore and clean.
#[derive(Debug, Args)]
pub(crate) struct SelectionArgs {
    /// IDs (four digits at least), original paths, or globs; id:, path: and glob: in front say which.
    #[arg(value_name = "SELECTION")]
    pub(crate) words: Vec<OsString>,

    /// Only what was below this directory.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) under: Option<PathBuf>,

    /// Only what was below the working directory.
    #[arg(long, conflicts_with = "under")]
    pub(crate) here: bool,

    /// Only what was removed since: a date (2026-11-21, "2026-11-21 14:00") or how long ago (2h).
    #[arg(long, value_name = "WHEN")]
    pub(crate) since: Option<String>,

    /// Only what was removed before: a date or how long ago.
    #[arg(long, value_name = "WHEN")]
    pub(crate) before: Option<String>,

    /// Only what was removed longer ago than this (30d), or before a date.
    #[arg(long, value_name = "DURATION")]
    pub(crate) older_than: Option<String>,

    /// Only what is larger: 500, 10k, 1.5GiB.
    #[arg(long, value_name = "SIZE")]
    pub(crate) larger_than: Option<String>,

    /// Only what is smaller.
    #[arg(long, value_name = "SIZE")]
    pub(crate) smaller_than: Option<String>,

    /// Only these kinds: file, directory, symlink, fifo, socket, block-device, char-device.
    #[arg(long, value_name = "KIND", value_delimiter = ',')]
    pub(crate) kind: Vec<String>,

    /// Only what was removed under this label.
    #[arg(long, value_name = "LABEL")]
    pub(crate) session: Option<OsString>,

    /// Only the newest N.
    #[arg(long, value_name = "N")]
    pub(crate) last: Option<usize>,
}

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,

    /// The order; what comes last stands next to the prompt.
    #[arg(long, value_enum, value_name = "KEY", default_value_t = SortKey::Deleted)]
    pub(crate) sort: SortKey,

    /// Turn the order round.
    #[arg(short, long)]
    pub(crate) reverse: bool,

    /// Show only the last N of the order.
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<usize>,

    /// Find out how large directories are.
    #[arg(long)]
    pub(crate) size: bool,

    /// Whole IDs, dates and paths.
    #[arg(long)]
    pub(crate) full: bool,

    /// The form of the output.
    #[arg(long, value_enum, value_name = "FORM", default_value_t = Form::Table)]
    pub(crate) format: Form,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SortKey {
    /// When it was removed.
    Deleted,
    /// When its grace period ends.
    Expires,
    /// How large it is.
    Size,
    /// Where it was.
    Path,
    /// What it is.
    Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// For people.
    Table,
    /// A line an item, fields between tabs, odd bytes escaped.
    Plain,
    /// A JSON object a line.
    Json,
    /// As plain, but the path as it is and a NUL at the end.
    Null,
}

#[derive(Debug, Args)]
pub(crate) struct RestoreArgs {
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,

    #[command(flatten)]
    pub(crate) to: RestoreToArgs,
}

#[derive(Debug, Args)]
pub(crate) struct RestoreToArgs {
    /// Restore into this directory instead; it is made if it is missing.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) to: Option<PathBuf>,

    /// Restore under this name instead.
    #[arg(long, value_name = "NAME")]
    pub(crate) rename: Option<OsString>,

    /// What to do where something is in the way; nothing is ever overwritten.
    #[arg(long, value_enum, value_name = "MODE", default_value_t = ConflictMode::Fail)]
    pub(crate) conflict: ConflictMode,

    /// Agree beforehand to copies that would be asked about: over 1 GiB, or not keeping everything.
    #[arg(short, long)]
    pub(crate) yes: bool,

    /// Tell of everything that is restored.
    #[arg(short, long)]
    pub(crate) verbose: bool,

    /// Only tell what would be done.
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ConflictMode {
    /// Leave both, and fail.
    Fail,
    /// Leave both.
    Skip,
    /// Restore beside it, as name.~1~.
    Rename,
    /// Move what is there to the trash first.
    Swap,
}

#[derive(Debug, Args)]
pub(crate) struct UndoArgs {
    /// Only what was removed under this label.
    #[arg(long, value_name = "LABEL")]
    pub(crate) session: Option<OsString>,

    #[command(flatten)]
    pub(crate) to: RestoreToArgs,
}

#[derive(Debug, Args)]
pub(crate) struct CleanArgs {
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,

    /// Delete everything, whatever its grace period.
    #[arg(long, conflicts_with_all = ["words", "under", "here", "since", "before", "older_than", "larger_than", "smaller_than",
          "kind", "session", "last"])]
    pub(crate) all: bool,

    /// Only tell what would be deleted.
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,

    /// Do not ask.
    #[arg(short, long)]
    pub(crate) yes: bool,

    /// Tell how much was deleted.
    #[arg(short, long)]
    pub(crate) verbose: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ConfigArgs {
    #[command(subcommand)]
    pub(crate) action: Option<ConfigAction>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigAction {
    /// Show one choice, or all.
    Get {
        /// Which one.
        #[arg(value_enum)]
        key: Option<KeyName>,
    },
    /// Make a choice.
    Set {
        /// Which one.
        #[arg(value_enum)]
        key: KeyName,
        /// grace-period: a duration; trash-dir: an absolute path; other-mounts: own or home.
        value: OsString,
    },
    /// Take a choice back.
    #[command(visible_alias = "reset")]
    Unset {
        /// Which one.
        #[arg(value_enum)]
        key: KeyName,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum KeyName {
    /// How long what is removed is kept.
    GracePeriod,
    /// Where the home trash is.
    TrashDir,
    /// Whether other mounts get trash directories of their own (own) or their things are copied home (home).
    OtherMounts,
}

impl RmArgs {
    /// Whether nothing was asked to be recursive.
    pub(crate) fn only_empty(&self) -> bool {
        self.dir && !self.recursive
    }
}

/// Keeps clap's own checks honest: run by a test.
#[cfg(test)]
#[test]
fn the_command_line_is_consistent() {
    use clap::CommandFactory;
    Cli::command().debug_assert();
}
