//! The help and the version under the name `rm`: the options are GNU's, the words and the promise are ours.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

/// What `--version` shows on standard output.
pub(crate) const VERSION: &str = concat!(
    "rm (rrm) ",
    env!("CARGO_PKG_VERSION"),
    "\nTakes the place of GNU rm. What it removes is in the trash: see 'rrm list' and 'rrm restore'.\n"
);

const HELP: &str = "\
Moves each FILE to the trash, from where 'rrm restore' brings it back.
This is rrm in the place of GNU rm, with its options, questions and exit statuses.

  -f, --force               skip what does not exist, ask nothing
  -i                        ask before each removal
  -I                        ask once, if there are more than three operands or with -r
      --interactive[=WHEN]  ask never, once (as -I) or always (as -i, and without WHEN)
  -r, -R, --recursive       remove directories with all they hold
  -d, --dir                 remove empty directories
  -v, --verbose             tell what was removed
      --one-file-system     leave out what is on another file system than its operand
      --preserve-root[=all] refuse '/' (the default); with all, every mount point as well
      --no-preserve-root    do not treat '/' differently from other directories
      --help                show this
      --version             show the version

A file whose name begins with a dash is removed as './-name', or behind '--'.
The options of rrm itself are those of 'rrm rm'; environment: RRM_GRACE_PERIOD, RRM_SESSION, RRM_TRASH_DIR.
";

/// What `--help` shows on standard output.
pub(crate) fn help(program: &OsStr) -> Vec<u8> {
    [b"Usage: ", program.as_bytes(), b" [OPTION]... [FILE]...\n", HELP.as_bytes()].concat()
}
