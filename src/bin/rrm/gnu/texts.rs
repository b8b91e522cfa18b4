//! Help and version under the name `rm`: the options of GNU, in our words.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

/// The text of `--version`.
pub(crate) const VERSION: &str = concat!(
    "rm (rrm) ",
    env!("CARGO_PKG_VERSION"),
    "\nCalled as rm. Removed files are in the trash; see 'rrm list' and 'rrm restore'.\n"
);

const HELP: &str = "\
Moves each FILE to the trash; 'rrm restore' restores it.
This is rrm, called as rm. It takes the options of GNU rm, asks the same questions and has the same exit statuses.

  -f, --force               ignore missing files and never ask
  -i                        ask before each removal
  -I                        ask once before removing more than three files, or with -r
      --interactive[=WHEN]  ask never, once (as -I) or always (as -i, and without WHEN)
  -r, -R, --recursive       remove directories and their contents
  -d, --dir                 remove empty directories
  -v, --verbose             print what is removed
      --one-file-system     skip directories on other file systems
      --preserve-root[=all] refuse '/' (the default); with all, every mount point as well
      --no-preserve-root    do not treat '/' differently from other directories
      --help                print this help
      --version             print the version

To remove a file whose name begins with a dash, use './-name' or '-- -name'.
The options of rrm itself are those of 'rrm rm'; environment: RRM_GRACE_PERIOD, RRM_SESSION, RRM_TRASH_DIR.
";

/// The text of `--help`.
pub(crate) fn help(program: &OsStr) -> Vec<u8> {
    [b"Usage: ", program.as_bytes(), b" [OPTION]... [FILE]...\n", HELP.as_bytes()].concat()
}
