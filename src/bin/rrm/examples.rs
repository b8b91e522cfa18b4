//! One or two examples for the end of each help text; the manual pages have more.

pub(crate) const RRM: &str = "\
Examples:
  rrm rm notes.txt build/    Move a file and a directory to the trash
  rrm undo                   Restore both

See rrm COMMAND --help or rrm-COMMAND(1) for details.";

pub(crate) const RM: &str = "\
Examples:
  rrm rm -g 7d build/        Remove a directory and keep it for a week
  rrm rm -- -draft           Remove a file whose name begins with a dash";

pub(crate) const LIST: &str = "\
Examples:
  rrm list --here --since 2h        Items removed here in the last two hours
  rrm list --format json '*.log'    Items that match a glob, as JSON
  rrm list --sort none --format plain | head -n 5
                                    Any five items, at once";

pub(crate) const SHOW: &str = "\
Examples:
  rrm show notes.txt                The newest version of notes.txt
  rrm show 3f1c/src                 A directory inside the item whose ID begins with 3f1c
  rrm show --content notes.txt | diff - notes.txt
                                    Compare it with the current file";

pub(crate) const GUARD: &str = "\
Examples:
  rrm guard -- make clean           Run a command; what it deletes goes to the trash
  rrm guard --session agent -- sh   A shell, and all that is run in it";

pub(crate) const STATS: &str = "\
Examples:
  rrm stats                         Items by age, kind and expiry
  rrm stats --under ~/projects --largest 20
                                    Only items from below a directory";

pub(crate) const BROWSE: &str = "\
Examples:
  rrm browse                        All items, newest first; ? lists the keys
  rrm browse --here --group command Items removed here, by command";

pub(crate) const RESTORE: &str = "\
Examples:
  rrm restore notes.txt             The newest version of notes.txt, or search for it
  rrm restore 3f1c --to /tmp        The item whose ID begins with 3f1c, into /tmp";

pub(crate) const UNDO: &str = "\
Examples:
  rrm undo                   Restore what the last rrm rm removed
  rrm undo --list            List what the last commands removed
  rrm undo 3                 Undo the last three commands";

pub(crate) const REDO: &str = "\
Examples:
  rrm redo                   Remove again what the last rrm undo restored
  rrm redo -n                Only print what would be removed";

pub(crate) const CLEAN: &str = "\
Examples:
  rrm clean                  Delete items past their grace period; never asks
  rrm clean --max-size 20G   Delete the oldest until the trash is at most 20G
  rrm clean --all -n         Only print what --all would delete";

pub(crate) const KEEP: &str = "\
Examples:
  rrm keep notes.txt                All versions of notes.txt, until released
  rrm keep 3f1c --until 2027-01-31  One item, until a date";

pub(crate) const IMPORT: &str = "\
Examples:
  rrm import -n              Only print what would be imported
  rrm import ~/Trash         Import from this trash directory only";
pub(crate) const DOCTOR: &str = "\
Examples:
  rrm doctor                 Check all trash directories
  rrm doctor --repair ~      Fix problems, and remove stray records from files";

pub(crate) const SCHEDULE: &str = "\
Examples:
  rrm schedule install              Run rrm clean every day
  rrm schedule status               Show the schedule";

pub(crate) const CONFIG: &str = "\
Examples:
  rrm config                        Print all settings
  rrm config set grace-period 2w    Keep removed items for two weeks";

pub(crate) const COMPLETIONS: &str = "\
Example:
  rrm completions fish >~/.config/fish/completions/rrm.fish";

pub(crate) const SHIM: &str = "\
Examples:
  rrm shim install           Make ~/.local/bin/rm, a link to rrm
  rrm shim status            Show which rm shells, cron and sudo run";

pub(crate) const MAN: &str = "\
Example:
  rrm man ~/.local/share/man/man1";
