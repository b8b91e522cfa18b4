//! The commands. To add one, add a file to this folder and an entry to the table below.

#![expect(clippy::struct_excessive_bools, reason = "an option is there or not")]
#![expect(clippy::needless_pass_by_value, clippy::unnecessary_wraps, reason = "all commands are run in one way")]

mod all_users;
#[cfg(feature = "browse")]
mod browse;
mod clean;
mod complete;
mod completions;
mod config;
mod doctor;
mod export;
mod guard;
mod help;
mod import;
mod init;
mod keep;
mod list;
mod man;
mod redo;
mod restore;
pub(crate) mod rm;
mod schedule;
mod setup;
mod shim;
mod show;
mod stats;
mod undo;

use clap::Subcommand;

use crate::exit::Exit;
use crate::session::Start;
use help::Help;

/// Defines the commands: the grammar, how each runs, and its help. `if` names the feature that a command needs.
macro_rules! commands {
    ($($(#[$about:meta])* $name:ident($module:ident::$args:ident) $(if $feature:literal)?,)*) => {
        // clap builds the options only of the command that runs; all of them would take a third of a start.
        #[derive(Debug, Subcommand)]
        #[command(defer = true)]
        pub(crate) enum Command {
            $(
                $(#[cfg(feature = $feature)])?
                $(#[$about])*
                #[command(after_long_help = $module::HELP.examples())]
                $name($module::$args),
            )*
        }

        impl Command {
            /// Runs the command.
            pub(crate) fn run(self, start: Start<'_>) -> anyhow::Result<Exit> {
                match self {
                    $($(#[cfg(feature = $feature)])? Self::$name(args) => $module::run(&args, start),)*
                }
            }
        }

        /// The help of each command.
        pub(crate) const HELP: &[(&str, Help)] = &[
            $($(#[cfg(feature = $feature)])? (stringify!($module), $module::HELP),)*
        ];
    };
}

commands! {
    /// Move files and directories to the trash.
    ///
    /// Takes the options of GNU rm. The last of -f, -i, -I and --interactive wins. Directories need no -r. Only
    /// --immediate and --auto-clean delete anything for good.
    #[command(aliases = ["delete", "remove", "put", "trash"])]
    Rm(rm::RmArgs),
    /// List the items in the trash.
    #[command(visible_alias = "ls", aliases = ["search", "find"])]
    List(list::ListArgs),
    /// Show an item's record and a preview.
    ///
    /// If several items share an original path, the newest one is shown. A PATH inside a removed directory, or ID/PATH,
    /// shows only that part.
    Show(show::ShowArgs),
    /// Show how much the trash holds on each volume, and when it is due.
    Stats(stats::StatsArgs),
    /// Browse the trash: preview, restore, keep or delete items.
    ///
    /// Needs a terminal. In scripts, use rrm list, restore, keep and clean.
    Browse(browse::BrowseArgs) if "browse",
    /// Restore items to their original paths.
    ///
    /// If several items share an original path, the newest one is restored. Existing files are never overwritten.
    #[cfg_attr(feature = "browse", doc = " Without a SELECTION, pick the items interactively.")]
    #[command(aliases = ["recover", "undelete", "unrm"])]
    Restore(restore::RestoreArgs),
    /// Undo the last removal, or the last N.
    ///
    /// A removal is what one rrm rm or rrm guard removed, or what rrm restore --conflict swap moved away. Run it again
    /// to undo the one before. rrm redo removes again what it restored.
    Undo(undo::UndoArgs),
    /// Remove again what the last rrm undo restored.
    ///
    /// The items get back their dates and their session. Anything changed since stays in place and is named. After an
    /// undo of rrm guard, the new versions and the moves do not come back; the new versions stay in the trash.
    Redo(redo::RedoArgs),
    /// Delete items past their grace period for good.
    ///
    /// With a SELECTION, --all or a rule, delete those items instead, even inside their grace period, after asking. Without
    /// a terminal, use --yes to confirm.
    #[command(aliases = ["empty", "purge"])]
    Clean(clean::CleanArgs),
    /// Exempt items from clean.
    ///
    /// Kept items are never deleted, not even by clean --all, until they are released or the keep ends.
    Keep(keep::KeepArgs),
    /// Run a command and keep what it deletes or replaces.
    ///
    /// What COMMAND and its child processes delete or replace goes to the trash, except what is too large to copy. rrm
    /// undo restores it. COMMAND has the same terminal, signals and exit status as without a guard. It catches mistakes; it is not a
    /// sandbox.
    Guard(guard::GuardArgs),
    /// Import items from the trash of other programs.
    ///
    /// Imports what trash-put, gio trash, trashy, gtrash and file managers removed. Original paths and dates are kept.
    /// The grace period starts now.
    Import(import::ImportArgs),
    /// Export items to the trash of the desktop.
    ///
    /// trash-list, gio and file managers list them there, with their original paths and dates. rrm import takes them back.
    Export(export::ExportArgs),
    /// Find problems and suggest fixes.
    ///
    /// Checks every trash directory, the settings, the schedule and the shim. Below each PATH, checks files for
    /// attributes that rrm left behind.
    Doctor(doctor::DoctorArgs),
    /// Schedule clean.
    Schedule(schedule::ScheduleArgs),
    /// Show or change settings.
    Config(config::ConfigArgs),
    /// Print a completion script for a shell.
    Completions(completions::CompletionsArgs),
    /// Complete a command line for a shell.
    #[command(hide = true)]
    Complete(complete::CompleteArgs),
    /// Print lines for a shell's startup file.
    ///
    /// They complete the command line of rrm, label what the shell removes, and with options put rm first in PATH and
    /// guard programs.
    Init(init::InitArgs),
    /// Set up rrm in your shell: rm, a schedule, completions.
    ///
    /// Asks three questions, shows what it will write and where, and writes it. It is the only command that writes a
    /// startup file, and only between two marked lines.
    Setup(setup::SetupArgs),
    /// Make shells, scripts and tools run rrm as rm.
    Shim(shim::ShimArgs),
    /// Write the manual pages to a directory.
    Man(man::ManArgs),
}

/// Commands that `rrm -h` leaves out, so that it fits a screen. What `init` and `shim` are for, `setup` arranges.
pub(crate) const RARE: [&str; 6] = ["export", "completions", "init", "shim", "man", "help"];

/// The help of a command.
pub(crate) fn help_of(command: &str) -> Option<&'static Help> {
    HELP.iter().find(|(name, _)| *name == command).map(|(_, help)| help)
}
