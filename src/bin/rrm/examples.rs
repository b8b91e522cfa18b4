//! One or two examples for the end of each help text; the manual pages have more.

pub(crate) const RRM: &str = "\
Examples:
  rrm rm notes.txt build/    Move a file and a directory to the trash
  rrm undo                   Restore both

rrm COMMAND --help and the page rrm-COMMAND(1) tell more of each command.";

pub(crate) const RM: &str = "\
Examples:
  rrm rm -g 7d build/        Remove a directory, and keep it for a week
  rrm rm -- -draft           Remove a file whose name begins with a dash";

pub(crate) const LIST: &str = "\
Examples:
  rrm list --here --since 2h        What was removed here in the last two hours
  rrm list --format json '*.log'    Items chosen by a glob, for a script
  rrm list --sort none --format plain | head -n 5
                                    Any five, at once";

pub(crate) const SHOW: &str = "\
Examples:
  rrm show notes.txt                The version of notes.txt that was removed last
  rrm show 3f1c/src                 A directory inside the item whose ID begins with 3f1c
  rrm show --content notes.txt | diff - notes.txt
                                    How it differs from the file of today";

pub(crate) const STATS: &str = "\
Examples:
  rrm stats                         What there is, by age, kind and date of expiry
  rrm stats --under ~/projects --largest 20
                                    Only of what was below a directory";

pub(crate) const BROWSE: &str = "\
Examples:
  rrm browse                        Everything, the newest first; ? tells the keys
  rrm browse --here --group command What was removed here, command by command";

pub(crate) const RESTORE: &str = "\
Examples:
  rrm restore notes.txt             The version of notes.txt that was removed last
  rrm restore 3f1c --to /tmp        The item whose ID begins with 3f1c, elsewhere";

pub(crate) const UNDO: &str = "\
Examples:
  rrm undo                   Restore what the last rrm rm removed
  rrm undo -n                Only print what that would be";

pub(crate) const CLEAN: &str = "\
Examples:
  rrm clean                  What is past its grace period; never asks
  rrm clean --max-size 20G   The oldest, until the trash is no larger; asks
  rrm clean --all -n         Only print what deleting everything would delete";

pub(crate) const KEEP: &str = "\
Examples:
  rrm keep notes.txt                All versions of notes.txt, until released
  rrm keep 3f1c --until 2027-01-31  One item, for some time";

pub(crate) const IMPORT: &str = "\
Examples:
  rrm import -n              Only print what would be imported, from all trashes
  rrm import ~/Trash         From this one trash";
pub(crate) const DOCTOR: &str = "\
Examples:
  rrm doctor                 Whether all trash directories are sound
  rrm doctor --repair ~      Mend what can be, and take stray records off files";

pub(crate) const SCHEDULE: &str = "\
Examples:
  rrm schedule install              Run rrm clean every day
  rrm schedule status               Tell whether and by whom it is run";

pub(crate) const CONFIG: &str = "\
Examples:
  rrm config                        Print all choices
  rrm config set grace-period 2w    Keep what is removed for two weeks";

pub(crate) const COMPLETIONS: &str = "\
Example:
  rrm completions fish >~/.config/fish/completions/rrm.fish";

pub(crate) const SHIM: &str = "\
Examples:
  rrm shim install           Make ~/.local/bin/rm, a link to rrm
  rrm shim status            Print which rm each shell, cron and sudo find";

pub(crate) const MAN: &str = "\
Example:
  rrm man ~/.local/share/man/man1";
