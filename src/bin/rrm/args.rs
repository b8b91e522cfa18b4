//! The command line as it is typed. What it means is told in `translate`; nothing below that knows an option.
#![expect(clippy::struct_excessive_bools, reason = "an option is there or not; `translate` gives each a word")]

mod browse;
mod doctor;
mod feedback;
mod import;
mod list_order;
mod read;
mod show;
mod stats;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::Shell;
use rrm::config::Key;

use crate::examples;

pub(crate) use browse::{BrowseArgs, Grouping};
pub(crate) use doctor::DoctorArgs;
pub(crate) use feedback::{ColorWhen, FeedbackArgs, colour_of_help};
pub(crate) use import::ImportArgs;
pub(crate) use list_order::ListOrder;
pub(crate) use read::read;
pub(crate) use show::{ReportForm, ShowArgs};
pub(crate) use stats::StatsArgs;

/// A safer rm: what you remove goes to a trash, and comes back when you ask.
#[derive(Debug, Parser)]
#[command(name = "rrm", version, max_term_width = 100, args_override_self = true)]
#[command(after_help = examples::RRM)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) common: CommonArgs,

    #[command(subcommand)]
    pub(crate) command: Command,
}

// What every command has, in front of its name or behind it.
#[derive(Debug, Default, Args)]
pub(crate) struct CommonArgs {
    /// Use DIR as the home trash, instead of $RRM_TRASH_DIR or the configured one.
    #[arg(long, global = true, value_name = "DIR", value_hint = ValueHint::DirPath, display_order = 900)]
    pub(crate) trash_dir: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) feedback: FeedbackArgs,
}

// The options of a command are made known to clap only when it is the one that runs; all of them would be a third of a
// start. What is said of a group of them is no doc comment, which clap would take for the command's own.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub(crate) enum Command {
    /// Move files and directories to the trash.
    ///
    /// The options of GNU rm mean what they mean there; of -f, -i, -I and --interactive the last one counts. A directory
    /// needs no -r. Nothing is deleted for good, except with --immediate.
    #[command(after_help = examples::RM)]
    Rm(RmArgs),
    /// List what is in the trash.
    #[command(visible_alias = "ls", after_help = examples::LIST)]
    List(ListArgs),
    /// Show all about an item: its record, and a preview of it.
    ///
    /// Of several items that were at one path, the one removed last is shown. A PATH inside a trashed directory, and
    /// ID/PATH, mean that part of it.
    #[command(after_help = examples::SHOW)]
    Show(ShowArgs),
    /// Tell what each volume's trash holds, when it goes, and what that frees.
    #[command(after_help = examples::STATS)]
    Stats(StatsArgs),
    /// Look through the trash, and restore, keep or delete what you pick.
    ///
    /// It needs a terminal. In a script, rrm list and the other commands do the same.
    #[command(after_help = examples::BROWSE)]
    Browse(BrowseArgs),
    /// Restore what was removed to where it was.
    ///
    /// Of several items that were at one path, the one removed last is restored. Nothing that exists is overwritten.
    /// Without a SELECTION, what you pick on the terminal is restored.
    #[command(after_help = examples::RESTORE)]
    Restore(RestoreArgs),
    /// Restore all that the last rrm rm removed.
    ///
    /// Run it again to restore what the command before that removed.
    #[command(after_help = examples::UNDO)]
    Undo(UndoArgs),
    /// Delete for good what is past its grace period.
    ///
    /// With --all, a SELECTION or a rule, only what they say, whatever its grace period. A choice, and whatever is still
    /// inside its grace period, is deleted only after a yes on the terminal, or with --yes.
    #[command(after_help = examples::CLEAN)]
    Clean(CleanArgs),
    /// Exempt items from clean.
    ///
    /// What is kept is deleted by nothing, not even clean --all, before it is released or its time is over.
    #[command(after_help = examples::KEEP)]
    Keep(KeepArgs),
    /// Take over what is in the trashes of other programs.
    ///
    /// That is what trash-put, gio trash, trashy, gtrash and file managers have removed. It keeps its path and its date; its
    /// grace period begins now.
    #[command(after_help = examples::IMPORT)]
    Import(ImportArgs),
    /// Look for what is not as it should be, and tell what mends it.
    ///
    /// Every trash directory is looked at, whether a schedule runs and a shim is found, and below each PATH whether files
    /// carry what rrm should have taken off them.
    #[command(after_help = examples::DOCTOR)]
    Doctor(DoctorArgs),
    /// Have clean run regularly.
    #[command(after_help = examples::SCHEDULE)]
    Schedule(ScheduleArgs),
    /// Show or change the standing choices.
    #[command(after_help = examples::CONFIG)]
    Config(ConfigArgs),
    /// Print a completion script for a shell.
    #[command(after_help = examples::COMPLETIONS)]
    Completions {
        /// The shell that is to run the script.
        shell: Shell,
    },
    /// Answer a shell that completes a command line.
    #[command(hide = true)]
    Complete {
        /// The shell that asks.
        shell: Shell,
        /// What was typed up to the cursor.
        #[arg(last = true)]
        words: Vec<OsString>,
    },
    /// Put an rm in front of the system's, for shells, scripts and tools.
    #[command(after_help = examples::SHIM)]
    Shim {
        /// What to do about it.
        #[command(subcommand)]
        action: ShimAction,
    },
    /// Write the manual pages into a directory.
    #[command(after_help = examples::MAN)]
    Man {
        /// The directory; it is made if it is missing.
        #[arg(value_hint = ValueHint::DirPath)]
        dir: PathBuf,
    },
}

#[derive(Debug, Default, Args)]
#[command(args_override_self = true)]
pub(crate) struct RmArgs {
    /// The files and directories to remove.
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

    /// Ask never, once (as -I) or always (as -i, and if WHEN is left out).
    #[arg(long, value_name = "WHEN", num_args = 0..=1, require_equals = true, default_missing_value = "always",
          overrides_with_all = ["force", "always", "once"], hide_possible_values = true)]
    pub(crate) interactive: Option<When>,

    /// Remove directories with all they hold; this is so without it too.
    #[arg(short, long, visible_short_alias = 'R')]
    pub(crate) recursive: bool,

    /// Of directories, remove only empty ones; -r overrides it.
    #[arg(short, long)]
    pub(crate) dir: bool,

    /// Leave out what is on file systems mounted below PATH; without this such a PATH is refused.
    #[arg(long)]
    pub(crate) one_file_system: bool,

    /// Accepted for rm's sake; / and mount points are refused in any case.
    #[arg(long, value_name = "all", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    pub(crate) preserve_root: Option<String>,

    /// Accepted for rm's sake; / is refused all the same.
    #[arg(long)]
    pub(crate) no_preserve_root: bool,

    /// Keep it at least this long: 7d, 12h, 2w, 1month; a bare number is days.
    #[arg(short, long, value_name = "DURATION")]
    pub(crate) grace_period: Option<String>,

    /// Delete for good, now; nothing can be restored.
    #[arg(long, conflicts_with_all = ["into_home", "grace_period", "session", "json"])]
    pub(crate) immediate: bool,

    /// Move it to the home trash, by a copy if it is on another mount.
    #[arg(long)]
    pub(crate) into_home: bool,

    /// Afterwards delete for good what is past its grace period, as rrm clean does.
    #[arg(long)]
    pub(crate) auto_clean: bool,

    /// Only print what would be removed.
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,

    /// Do not ask before a copy that is large or cannot keep everything.
    #[arg(short, long)]
    pub(crate) yes: bool,

    /// Print each item that is made, as a JSON object on a line.
    #[arg(long)]
    pub(crate) json: bool,

    /// File it under LABEL, instead of $RRM_SESSION.
    #[arg(long, value_name = "LABEL")]
    pub(crate) session: Option<OsString>,
}

// What to do about the `rm` in front of the system's.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum ShimAction {
    /// Make a link named rm to this program, and print what to add to the start files of your shells.
    Install(ShimDirectory),
    /// Print who finds it, and what the others find instead.
    Status(ShimDirectory),
    /// Remove the link.
    Remove(ShimDirectory),
}

// Where the `rm` is.
#[derive(Debug, Clone, Args)]
pub(crate) struct ShimDirectory {
    /// The directory for it; ~/.local/bin unless named.
    #[arg(value_hint = ValueHint::DirPath)]
    pub(crate) dir: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum When {
    #[value(aliases = ["no", "none"])]
    Never,
    Once,
    #[value(alias = "yes")]
    Always,
}

/// Where help texts list what narrows a selection down.
const FILTERS: &str = "Filters";

// What to act on, in the one language of list, restore and clean.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct SelectionArgs {
    /// IDs (four digits or more), original paths or globs; id:, path: or glob: in front says which.
    #[arg(value_name = "SELECTION")]
    pub(crate) words: Vec<OsString>,

    /// Only what was below DIR.
    #[arg(long, help_heading = FILTERS, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) under: Option<PathBuf>,

    /// Only what was below the working directory.
    #[arg(long, help_heading = FILTERS, conflicts_with = "under")]
    pub(crate) here: bool,

    /// Only what was removed at WHEN or later: 2026-11-21, "2026-11-21 14:00", or 2h (ago).
    #[arg(long, help_heading = FILTERS, value_name = "WHEN")]
    pub(crate) since: Option<String>,

    /// Only what was removed before WHEN.
    #[arg(long, help_heading = FILTERS, value_name = "WHEN")]
    pub(crate) before: Option<String>,

    /// Only what was removed longer ago than this: 30d; a date does too.
    #[arg(long, help_heading = FILTERS, value_name = "DURATION")]
    pub(crate) older_than: Option<String>,

    /// Only what is larger than SIZE: 500, 10k, 1.5GiB.
    #[arg(long, help_heading = FILTERS, value_name = "SIZE")]
    pub(crate) larger_than: Option<String>,

    /// Only what is smaller than SIZE.
    #[arg(long, help_heading = FILTERS, value_name = "SIZE")]
    pub(crate) smaller_than: Option<String>,

    /// Only of these kinds: file, directory, symlink, fifo, socket, block-device, char-device.
    #[arg(long, help_heading = FILTERS, value_name = "KIND", value_delimiter = ',')]
    pub(crate) kind: Vec<String>,

    /// Only what was removed under LABEL.
    #[arg(long, help_heading = FILTERS, value_name = "LABEL")]
    pub(crate) session: Option<OsString>,

    /// Only the N removed last.
    #[arg(long, help_heading = FILTERS, value_name = "N")]
    pub(crate) last: Option<usize>,
}

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,

    /// Sort by KEY; what comes last stands next to the prompt.
    #[arg(long, value_enum, value_name = "KEY", default_value_t = ListOrder::By(SortKey::Deleted))]
    pub(crate) sort: ListOrder,

    /// Reverse the order.
    #[arg(short, long)]
    pub(crate) reverse: bool,

    /// Print only the last N of the order.
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<usize>,

    /// Measure how large directories are.
    #[arg(long)]
    pub(crate) size: bool,

    /// Print whole IDs, dates and paths.
    #[arg(long)]
    pub(crate) full: bool,

    /// Print in this form.
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
    /// One line for each item, tabs between the fields, odd bytes escaped.
    Plain,
    /// One JSON object on a line for each item.
    Json,
    /// As plain, but the path as it is and a NUL at the end of each item.
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
    /// Restore into DIR; it is made if it is missing.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) to: Option<PathBuf>,

    /// Restore under NAME.
    #[arg(long, value_name = "NAME")]
    pub(crate) rename: Option<OsString>,

    /// What to do where something is in the way; nothing is overwritten.
    #[arg(long, value_enum, value_name = "MODE", default_value_t = ConflictMode::Fail)]
    pub(crate) conflict: ConflictMode,

    /// Do not ask before a copy that is large or cannot keep everything.
    #[arg(short, long)]
    pub(crate) yes: bool,

    /// Only print what would be restored.
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ConflictMode {
    /// Leave both where they are, and fail.
    Fail,
    /// Leave both where they are.
    Skip,
    /// Restore beside it, as name.~1~.
    Rename,
    /// Move what is there to the trash first.
    Swap,
}

#[derive(Debug, Args)]
pub(crate) struct UndoArgs {
    /// Only what was removed under LABEL.
    #[arg(long, value_name = "LABEL")]
    pub(crate) session: Option<OsString>,

    #[command(flatten)]
    pub(crate) to: RestoreToArgs,
}

#[derive(Debug, Args)]
pub(crate) struct CleanArgs {
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,

    #[command(flatten)]
    pub(crate) rules: RuleArgs,

    /// Never what was removed more recently than this, whatever else is said; 0 lifts a standing one.
    #[arg(long, value_name = "DURATION")]
    pub(crate) keep_newer_than: Option<String>,

    /// Delete everything that is not kept, whatever its grace period.
    #[arg(long, conflicts_with_all = ["SelectionArgs", "RuleArgs"])]
    pub(crate) all: bool,

    /// Only in this trash directory, or the one in this directory; may be repeated.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) trash: Vec<PathBuf>,

    /// As root: clean the trash of each user, by that user's rules and with that user's rights.
    #[arg(long, conflicts_with_all = ["SelectionArgs", "RuleArgs", "keep_newer_than", "all", "trash", "trash_dir", "yes"])]
    pub(crate) all_users: bool,

    /// Only tell what would be deleted, why, and how much that frees.
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,

    /// Do not ask before anything is deleted.
    #[arg(short, long)]
    pub(crate) yes: bool,

    /// Add a line about the run to this file; - is standard output.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) log: Option<PathBuf>,
}

// What takes items, beside --older-than.
#[derive(Debug, Args)]
pub(crate) struct RuleArgs {
    /// What is past its grace period; said only beside other rules.
    #[arg(long)]
    pub(crate) expired: bool,

    /// On each volume the oldest, until the trash there is no larger than this: 20G.
    #[arg(long, value_name = "SIZE")]
    pub(crate) max_size: Option<String>,

    /// On each volume the oldest, until so much of it is free: 10% or 50G.
    #[arg(long, value_name = "SIZE")]
    pub(crate) min_free: Option<String>,

    /// Of several versions of one path, all but the newest N.
    #[arg(long, value_name = "N")]
    pub(crate) keep_newest: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct KeepArgs {
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,

    /// Only until then: a date, or for how long (30d).
    #[arg(long, value_name = "WHEN")]
    pub(crate) until: Option<String>,

    /// Keep no longer.
    #[arg(long, conflicts_with = "until")]
    pub(crate) release: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ScheduleArgs {
    #[command(subcommand)]
    pub(crate) action: ScheduleAction,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ScheduleAction {
    /// Run rrm clean regularly: by a systemd user timer, or by cron where systemd does not run for you.
    Install {
        /// How often.
        #[arg(long, value_enum, value_name = "SPAN", default_value_t = Every::Day)]
        every: Every,

        /// Which of the two; without it, systemd where it runs for you.
        #[arg(long, value_enum, value_name = "WHO")]
        by: Option<Scheduler>,

        /// Have each run add a line to this file.
        #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
        log: Option<PathBuf>,
    },
    /// Tell whether and how it is run; the exit status is 1 if it is not.
    Status,
    /// Run it no longer.
    Remove,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Every {
    Minute,
    Hour,
    Day,
    Week,
    Month,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Scheduler {
    Systemd,
    Cron,
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
        /// The choice.
        #[arg(value_parser = key())]
        key: Option<Key>,
    },
    /// Make a choice.
    Set {
        /// The choice.
        #[arg(value_parser = key())]
        key: Key,
        /// grace-period, older-than, keep-newer-than: a duration; trash-dir: an absolute path; other-mounts: own or
        /// home; max-size: a size; min-free: a size or a percentage; keep-newest: a number.
        value: OsString,
    },
    /// Take a choice back.
    #[command(visible_alias = "reset")]
    Unset {
        /// The choice.
        #[arg(value_parser = key())]
        key: Key,
    },
}

/// Takes the name of a choice, and has help and completions tell what each is.
fn key() -> impl TypedValueParser<Value = Key> {
    PossibleValuesParser::new(Key::ALL.map(|key| PossibleValue::new(key.name()).help(meaning(key))))
        .try_map(|name| Key::ALL.into_iter().find(|key| key.name() == name).ok_or("no such choice"))
}

fn meaning(key: Key) -> &'static str {
    match key {
        Key::GracePeriod => "How long what is removed is kept",
        Key::TrashDir => "Where the home trash is",
        Key::OtherMounts => {
            "Whether other mounts have trash directories of their own (own), or the home trash serves them too (home)"
        }
        Key::OlderThan => "Clean what was removed longer ago, be it inside its grace period",
        Key::MaxSize => "On each volume clean the oldest until the trash is no larger",
        Key::MinFree => "On each volume clean the oldest until so much is free",
        Key::KeepNewest => "Of the versions of one path, clean all but the newest so many",
        Key::KeepNewerThan => "Never clean what was removed more recently",
    }
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
