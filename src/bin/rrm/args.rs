//! The command line as it is typed. What it means is told in `translate`; nothing below that knows an option.
#![expect(clippy::struct_excessive_bools, reason = "an option is there or not; `translate` gives each a word")]

mod brief;
mod browse;
mod clean;
mod doctor;
mod feedback;
mod form;
mod guard;
mod import;
mod list;
mod list_order;
mod read;
mod restore;
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
pub(crate) use clean::{CleanArgs, KeepArgs};
pub(crate) use doctor::DoctorArgs;
pub(crate) use feedback::{ColorWhen, FeedbackArgs, colour_of_help};
pub(crate) use form::{ReportForm, ReportFormArgs};
pub(crate) use guard::GuardArgs;
pub(crate) use import::ImportArgs;
pub(crate) use list::{Direction, Form, ListArgs, SortKey};
pub(crate) use list_order::ListOrder;
pub(crate) use read::{as_removal, read};
pub(crate) use restore::{ConflictMode, RedoArgs, RestoreArgs, RestoreToArgs, UndoArgs};
pub(crate) use show::ShowArgs;
pub(crate) use stats::StatsArgs;

/// A safer rm: move files to the trash and restore them.
#[derive(Debug, Parser)]
#[command(name = "rrm", version, max_term_width = 100, args_override_self = true)]
#[command(after_long_help = examples::RRM)]
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
    /// Takes the options of GNU rm. The last of -f, -i, -I and --interactive wins. Directories need no -r. Only
    /// --immediate and --auto-clean delete anything for good.
    #[command(aliases = ["delete", "remove", "put"], after_long_help = examples::RM)]
    Rm(RmArgs),
    /// List the items in the trash.
    #[command(visible_alias = "ls", aliases = ["search", "find"], after_long_help = examples::LIST)]
    List(ListArgs),
    /// Show an item's record and a preview.
    ///
    /// If several items share an original path, the newest one is shown. A PATH inside a trashed directory, or ID/PATH,
    /// shows only that part.
    #[command(after_long_help = examples::SHOW)]
    Show(ShowArgs),
    /// Show how much the trash holds on each volume, and when it expires.
    #[command(after_long_help = examples::STATS)]
    Stats(StatsArgs),
    /// Browse the trash: preview, restore, keep or delete items.
    ///
    /// Needs a terminal. In scripts, use rrm list, restore, keep and clean.
    #[command(after_long_help = examples::BROWSE)]
    Browse(BrowseArgs),
    /// Restore items to their original paths.
    ///
    /// If several items share an original path, the newest one is restored. Existing files are never overwritten.
    /// Without a SELECTION, pick the items interactively.
    #[command(alias = "recover", after_long_help = examples::RESTORE)]
    Restore(RestoreArgs),
    /// Undo the last rrm rm, or the last N.
    ///
    /// Restores what those commands removed. Run it again to undo the one before. rrm redo takes it back.
    #[command(after_long_help = examples::UNDO)]
    Undo(UndoArgs),
    /// Take the last rrm undo back.
    ///
    /// Removes again what the last undo restored, with the dates and the session that it had. Anything that was changed
    /// since stays in place and is named.
    #[command(after_long_help = examples::REDO)]
    Redo(RedoArgs),
    /// Delete items past their grace period for good.
    ///
    /// With a SELECTION, --all or a rule, delete those items instead, even inside their grace period, after asking. Without
    /// a terminal, use --yes to confirm.
    #[command(aliases = ["empty", "purge"], after_long_help = examples::CLEAN)]
    Clean(CleanArgs),
    /// Exempt items from clean.
    ///
    /// Kept items are never deleted, not even by clean --all, until they are released or the keep ends.
    #[command(after_long_help = examples::KEEP)]
    Keep(KeepArgs),
    /// Run a command and keep what it deletes or replaces.
    ///
    /// What was there before COMMAND began, and is deleted or replaced by it or by anything it starts, is in the trash
    /// afterwards; rrm undo brings all of it back. COMMAND has the terminal, the signals and the exit status that it would
    /// have without a guard. It is a net, not a sandbox.
    #[command(after_long_help = examples::GUARD)]
    Guard(GuardArgs),
    /// Import items from the trash of other programs.
    ///
    /// Imports what trash-put, gio trash, trashy, gtrash and file managers removed. Original paths and dates are kept.
    /// The grace period starts now.
    #[command(after_long_help = examples::IMPORT)]
    Import(ImportArgs),
    /// Find problems and suggest fixes.
    ///
    /// Checks every trash directory, the settings, the schedule and the shim. Below each PATH, checks files for
    /// attributes that rrm left behind.
    #[command(after_long_help = examples::DOCTOR)]
    Doctor(DoctorArgs),
    /// Schedule clean.
    #[command(after_long_help = examples::SCHEDULE)]
    Schedule(ScheduleArgs),
    /// Show or change settings.
    #[command(after_long_help = examples::CONFIG)]
    Config(ConfigArgs),
    /// Print a completion script for a shell.
    #[command(after_long_help = examples::COMPLETIONS)]
    Completions {
        /// The shell to print the script for.
        shell: Shell,
    },
    /// Complete a command line for a shell.
    #[command(hide = true)]
    Complete {
        /// The shell.
        shell: Shell,
        /// The words up to the cursor.
        #[arg(last = true)]
        words: Vec<OsString>,
    },
    /// Make shells, scripts and tools run rrm as rm.
    #[command(after_long_help = examples::SHIM)]
    Shim {
        /// The action.
        #[command(subcommand)]
        action: ShimAction,
    },
    /// Write the manual pages to a directory.
    #[command(after_long_help = examples::MAN)]
    Man {
        /// The directory; created if missing.
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

    /// Ask before each removal.
    #[arg(short = 'i', overrides_with_all = ["force", "once", "interactive"])]
    pub(crate) always: bool,

    /// Ask once before removing more than three operands or a directory.
    #[arg(short = 'I', overrides_with_all = ["force", "always", "interactive"])]
    pub(crate) once: bool,

    /// Ask never, once (-I) or always (-i); without WHEN, always.
    #[arg(long, value_name = "WHEN", num_args = 0..=1, require_equals = true, default_missing_value = "always",
          overrides_with_all = ["force", "always", "once"], hide_possible_values = true)]
    pub(crate) interactive: Option<When>,

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

// What to do about the `rm` in front of the system's.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum ShimAction {
    /// Link rm to rrm, and print the line to add to your shell's startup file.
    Install(ShimDirectory),
    /// Show which shells use the link, and what the others run.
    Status(ShimDirectory),
    /// Remove the link.
    Remove(ShimDirectory),
}

// Where the `rm` is.
#[derive(Debug, Clone, Args)]
pub(crate) struct ShimDirectory {
    /// The directory of the link [default: ~/.local/bin].
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
    /// IDs (four or more digits), original paths, globs, or words to search for; id:, path:, name: or glob: says which.
    #[arg(value_name = "SELECTION")]
    pub(crate) words: Vec<OsString>,

    /// Only items from below DIR.
    #[arg(long, help_heading = FILTERS, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) under: Option<PathBuf>,

    /// Only items from below the working directory.
    #[arg(long, help_heading = FILTERS, conflicts_with = "under")]
    pub(crate) here: bool,

    /// Only items removed since WHEN: monday, 14:30, 2h.
    #[arg(long, help_heading = FILTERS, value_name = "WHEN")]
    pub(crate) since: Option<String>,

    /// Only items removed before WHEN.
    #[arg(long, help_heading = FILTERS, value_name = "WHEN")]
    pub(crate) before: Option<String>,

    /// Only items removed longer ago than DURATION: 30d.
    #[arg(long, help_heading = FILTERS, value_name = "DURATION")]
    pub(crate) older_than: Option<String>,

    /// Only items larger than SIZE: 500, 10k, 1.5GiB.
    #[arg(long, help_heading = FILTERS, value_name = "SIZE")]
    pub(crate) larger_than: Option<String>,

    /// Only items smaller than SIZE.
    #[arg(long, help_heading = FILTERS, value_name = "SIZE")]
    pub(crate) smaller_than: Option<String>,

    /// Only items of these kinds: file, directory, symlink, fifo, socket, block-device, char-device.
    #[arg(long, help_heading = FILTERS, value_name = "KIND", value_delimiter = ',')]
    pub(crate) kind: Vec<String>,

    /// Only items of session LABEL.
    #[arg(long, help_heading = FILTERS, value_name = "LABEL")]
    pub(crate) session: Option<OsString>,

    /// Only the N newest items.
    #[arg(long, help_heading = FILTERS, value_name = "N", value_parser = restore::number)]
    pub(crate) last: Option<usize>,
}

/// Parses a number of things, or none.
fn whole_number(text: &str) -> Result<usize, &'static str> {
    text.parse().map_err(|_| "write a number, 0 or more")
}

#[derive(Debug, Args)]
pub(crate) struct ScheduleArgs {
    #[command(subcommand)]
    pub(crate) action: ScheduleAction,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ScheduleAction {
    /// Schedule rrm clean with a systemd user timer, a launchd agent, or cron if neither is available.
    Install {
        /// How often to run.
        #[arg(long, value_enum, value_name = "SPAN", default_value_t = Every::Day)]
        every: Every,

        /// The scheduler to use [default: systemd or launchd if available, else cron].
        #[arg(long, value_enum, value_name = "WHO")]
        by: Option<Scheduler>,

        /// Append a line about each run to FILE.
        #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
        log: Option<PathBuf>,
    },
    /// Show the schedule; exit with status 1 if there is none.
    Status,
    /// Remove the schedule.
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
    Launchd,
    Cron,
}

#[derive(Debug, Args)]
pub(crate) struct ConfigArgs {
    #[command(subcommand)]
    pub(crate) action: Option<ConfigAction>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigAction {
    /// Show one setting, or all.
    Get {
        /// The setting.
        #[arg(value_parser = key())]
        key: Option<Key>,
    },
    /// Change a setting.
    Set {
        /// The setting.
        #[arg(value_parser = key())]
        key: Key,
        /// grace-period, older-than, keep-newer-than: a duration; trash-dir: an absolute path; other-mounts: own or
        /// home; max-size: a size; min-free: a size or a percentage; keep-newest: a number.
        value: OsString,
    },
    /// Reset a setting.
    #[command(visible_alias = "reset")]
    Unset {
        /// The setting.
        #[arg(value_parser = key())]
        key: Key,
    },
}

/// Parses the name of a setting; help and completions describe each.
fn key() -> impl TypedValueParser<Value = Key> {
    PossibleValuesParser::new(Key::ALL.map(|key| PossibleValue::new(key.name()).help(meaning(key))))
        .try_map(|name| Key::ALL.into_iter().find(|key| key.name() == name).ok_or("no such setting"))
}

fn meaning(key: Key) -> &'static str {
    match key {
        Key::GracePeriod => "How long removed items are kept",
        Key::TrashDir => "The home trash directory",
        Key::OtherMounts => "Trash for other mounts: one on each mount (own), or the home trash (home)",
        Key::OlderThan => "Clean items removed longer ago, even inside their grace period",
        Key::MaxSize => "Clean the oldest items until the trash on each volume is at most this large",
        Key::MinFree => "Clean the oldest items until each volume has this much free",
        Key::KeepNewest => "Clean all but this many newest versions of each path",
        Key::KeepNewerThan => "Never clean items removed more recently",
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
