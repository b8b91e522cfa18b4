//! The words of errors, and their hints.

use std::io;
use std::path::Path;

use rrm::error::{Error, ErrorKind};
use rrm::ops::restore::MadeAnew;
use rrm::sys;
use rrm::text::Charset;

use crate::env::users;
use crate::gnu::messages;
use crate::gnu::quote::quote;

/// An error as a message without the program's name.
pub(crate) fn words(error: &Error, charset: Charset) -> String {
    let path = error.path.as_os_str();
    match error.kind {
        ErrorKind::DotOrDotDot => messages::dot_or_dot_dot(path, charset),
        ErrorKind::Several => format!("{} {}", quote(path, charset), error.reason),
        _ => messages::cannot(&error.action, path, &error.reason, charset),
    }
}

/// The hint of an error, unless its message has one. Every kind is listed; a test finds one that was forgotten.
pub(crate) fn hint(error: &Error) -> Option<&'static str> {
    use ErrorKind as Kind;
    let removing = error.action == "remove";
    Some(match error.kind {
        Kind::BadValue => return None,
        Kind::Kept => "rrm keep --release releases it",
        Kind::TooRecent if error.action == "export" => {
            "root has set how long items are kept at least; see rrm config --system"
        }
        Kind::TooRecent => "--keep-newer-than 0 overrides the limit, if it is your own and not root's",
        Kind::NotFound if error.action == "remove the link" => return None,
        Kind::NotFound if removing => "-f ignores missing files; rrm list shows what is already in the trash",
        Kind::NotFound if error.action.ends_with("the link") => "run rrm shim install to create or repair it",
        Kind::NotFound if matches!(&*error.action, "check" | "import") => "check the spelling of the path",
        Kind::NotFound if error.action == "clean" => "rrm stats shows your trash directories",
        Kind::NotFound if error.action == "restore" => {
            "use --to DIR to restore elsewhere; rrm list shows what is still in the trash"
        }
        Kind::NoMatch if is_day(&error.path) => "for a date, use --since, as in rrm list --since yesterday",
        Kind::NoMatch if sys::metadata_at(&error.path).is_ok() => {
            "it exists and is not in the trash; rrm list shows the items in the trash"
        }
        Kind::NotFound | Kind::NoMatch => "rrm list shows the items in the trash",
        Kind::NotADirectory if removing => "drop the trailing slash to remove it",
        Kind::LinkWithSlash => "drop the trailing slash to remove the link; the directory it points to stays",
        Kind::NotAFile => "rrm show without --content describes it; rrm restore --to DIR restores it elsewhere",
        Kind::DirectoryNotEmpty if removing => "leave out -d to remove a directory and its contents",
        Kind::IsADirectory | Kind::DirectoryNotEmpty => "use -r to remove a directory and its contents",
        Kind::DotOrDotDot => "use the directory's own name or its full path",
        Kind::RootDirectory | Kind::HomeDirectory => "rrm never removes it; name the contents to remove",
        Kind::MountPoint => "unmount it first, then try again",
        Kind::CrossDevice if error.action == "export" => "use rrm restore ID --to DIR to restore it on another volume",
        Kind::HoldsMount if removing => "use --one-file-system to skip the mount and remove the rest",
        Kind::HoldsMount => "findmnt shows the mount; unmount it and try again",
        Kind::TrashDirectory if removing => {
            "empty it with rrm clean or rrm restore; rrm doctor --repair DIR adds one that rrm list does not show"
        }
        Kind::NotADirectory if error.action == "restore into" => {
            "--to needs a directory; one that does not exist is created"
        }
        Kind::NotADirectory | Kind::TrashDirectory => "use --to DIR to restore elsewhere",
        Kind::UnsafeTrash => {
            "a trash directory must be yours, have mode 0700 and not be a symlink; run rrm doctor for details"
        }
        Kind::NoTrash if error.is_about_room() => NO_ROOM,
        Kind::NoTrash => {
            "use --trash-dir DIR to choose a trash directory; rrm doctor shows what is wrong with the others"
        }
        Kind::CrossDevice => "it can only be moved within its file system; move it by hand",
        Kind::NeedsConsent => "there is no terminal to ask on; use --yes to confirm",
        Kind::TargetExists if error.action == "restore" && is_directory(&error.path) => {
            "--conflict merge restores what is missing in it; --conflict rename restores beside it; --to DIR elsewhere"
        }
        Kind::TargetExists if error.action == "restore" => {
            "--conflict rename restores beside it; --conflict swap moves it to the trash first; --to DIR restores elsewhere"
        }
        Kind::TargetExists => "move the existing file away and try again",
        Kind::UntrustedRecord if error.action == "import" => "man rrm-import says what is not imported, and why",
        Kind::UntrustedRecord if error.action == "export" => {
            "a desktop trash must be yours, closed to the writes of others, and not a symlink"
        }
        Kind::UntrustedRecord | Kind::OpenRecord | Kind::UnknownOrigin => {
            "use rrm restore ID --to DIR to choose where it goes"
        }
        Kind::Ambiguous => "use more digits of the ID, or the prefix id: or path:",
        Kind::Several => "choose one by its ID or its full path",
        Kind::Unplugged | Kind::Unreachable => "mount its volume to use its items again",
        Kind::Foreign => "rrm did not create it and leaves it alone; move it by hand if it is in the way",
        Kind::DoubtfulDate => "rrm clean ID deletes it for good; rrm restore ID restores it",
        Kind::Undeletable => "fix what is named above and run rrm clean again, or restore the rest with rrm restore",
        Kind::Busy => "wait until the other command ends, then try again",
        Kind::Interrupted => "nothing is half-done; run the command again to continue",
        Kind::Changed => "remove it with rrm rm if it should go; rrm undo restores it again",
        Kind::NoAttributes => "set RRM_GRACE_PERIOD or RRM_TRASH_DIR in the environment instead",
        Kind::System if is_in_a_container(error) => {
            "it belongs to a user of your containers; podman unshare rrm clean ID deletes it"
        }
        Kind::System if is_fixed(error) => {
            "it or its directory is immutable or append-only; lsattr -d shows which, chattr -i or -a clears it"
        }
        Kind::System => error.source.as_ref().map_or(UNSOUND, system_hint),
        _ => UNFORESEEN,
    })
}

/// The hint on the screen of browse, where a key does what elsewhere a command does.
#[cfg(feature = "browse")]
pub(crate) fn hint_on_screen(error: &Error) -> Option<&'static str> {
    if error.kind == ErrorKind::Kept { Some("k releases it") } else { hint(error) }
}

/// The hint of an error of an undo, where it is another than that of a restore.
pub(crate) fn hint_of_undo(error: &Error) -> Option<&'static str> {
    (error.kind == ErrorKind::TargetExists && !is_directory(&error.path)).then_some(
        "--conflict swap exchanges them; --conflict skip goes on to the removal before; --to DIR restores elsewhere",
    )
}

/// The hint as `rm`: only at what users of rm do not expect of it, that it needs space or copies.
pub(crate) fn hint_of_rm(error: &Error) -> Option<&'static str> {
    match error.kind {
        ErrorKind::NeedsConsent => {
            Some("rrm rm --yes copies it; with RRM_IMMEDIATE=1 rm deletes for good, without the trash")
        }
        _ if error.is_about_room() => hint(error),
        _ => None,
    }
}

/// The message about a directory that a restore had to create.
pub(crate) fn made_anew(anew: &MadeAnew, charset: Charset) -> String {
    let path = quote(anew.path.as_os_str(), charset);
    format!("created {path} with mode {:04o}, because its old mode is unknown", anew.mode)
}

/// Whether a word that matches nothing is a day.
fn is_day(word: &Path) -> bool {
    let days = ["today", "yesterday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    days.iter().any(|day| word.as_os_str().eq_ignore_ascii_case(day))
}

fn is_directory(path: &Path) -> bool {
    sys::metadata_at(path).is_ok_and(|found| found.kind == sys::FileKind::Directory)
}

/// Whether something cannot be deleted because it belongs to a user of our containers: so does what is in their stores.
fn is_in_a_container(error: &Error) -> bool {
    let is_denied = error.source.as_ref().is_some_and(|source| source.kind() == io::ErrorKind::PermissionDenied);
    // What is in a closed directory cannot be looked at, but that directory can.
    let mut there = error.path.ancestors().filter_map(|path| sys::metadata_at(path).ok());
    is_denied && error.action == "delete" && there.next().is_some_and(|found| users::is_of_our_containers(found.uid))
}

/// Whether an operation failed because of `chattr` flags on the path or its directory.
fn is_fixed(error: &Error) -> bool {
    const EPERM: i32 = 1;
    let above = error.path.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
    error.is_os_error(EPERM) && [&*error.path, above].into_iter().any(sys::is_fixed)
}

/// If the disk or a quota is full: even a rename may need a block for the record.
const NO_ROOM: &str = "rrm clean frees space; rrm rm --immediate deletes for good without the trash";

/// Of a kind that the library has learned since; the tests see to it that there is none.
const UNFORESEEN: &str = "see rrm --help";

/// If the error of the kernel says nothing about the cause.
const UNSOUND: &str = "run rrm doctor to check all trash directories";

/// The hint of a failed system call.
fn system_hint(cause: &io::Error) -> &'static str {
    match cause.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => NO_ROOM,
        io::ErrorKind::PermissionDenied => {
            "you need write access to its directory, and in a sticky directory you must own it; see ls -ld"
        }
        io::ErrorKind::ReadOnlyFilesystem => {
            "it is on a read-only mount (findmnt -T PATH) or snapshot (btrfs property set -ts PATH ro false)"
        }
        io::ErrorKind::ResourceBusy => "something is using it; see findmnt and lsof",
        io::ErrorKind::InvalidFilename => {
            "the file system does not allow such a long name; use --rename NAME to restore under another"
        }
        io::ErrorKind::NotFound => "check the spelling of the path",
        _ => UNSOUND,
    }
}

/// The hint of a failed write to the output, which concerns no trash.
pub(crate) fn output_hint(cause: &io::Error) -> &'static str {
    match cause.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "check the free space on the output's file system with df"
        }
        _ => system_hint(cause),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(kind: ErrorKind, action: &'static str) -> Error {
        Error::new(kind, action, "x", "it is so")
    }

    fn assert_reads_well(hint: &str, about: &str) {
        assert!(hint.len() > 10 && hint.len() <= 120, "{about}: {hint}");
        assert!(
            !hint.ends_with('.') && !hint.contains('\n') && !hint.starts_with(char::is_uppercase)
                || hint.starts_with("RRM_"),
            "{about}: {hint}"
        );
    }

    #[test]
    fn every_kind_of_error_has_a_next_step() {
        for kind in ErrorKind::ALL {
            for action in ["remove", "restore", "delete", "clean", "find", "use the link", "import", "export"] {
                if let Some(hint) = hint(&error(kind, action)) {
                    assert_reads_well(hint, &format!("{kind:?} {action}"));
                    assert_ne!(hint, UNFORESEEN, "{kind:?}");
                }
            }
        }
    }

    #[test]
    fn every_cause_in_the_kernel_has_a_next_step() {
        for errno in 1..134 {
            let cause = io::Error::from_raw_os_error(errno);
            assert_reads_well(system_hint(&cause), &cause.to_string());
            let hint = hint(&Error::system("remove", "x", cause)).expect("the kernel's words are no advice");
            assert_reads_well(hint, &format!("errno {errno}"));
        }
    }

    /// Options in hints must exist.
    #[test]
    fn every_option_that_a_hint_names_exists() {
        use clap::CommandFactory as _;
        let mut root = crate::cli::Cli::command();
        root.build();
        let commands = || root.get_subcommands().chain([&root]);
        let exists =
            |word: &str| commands().any(|command| command.get_arguments().any(|arg| arg.get_long() == Some(word)));
        let kinds =
            ErrorKind::ALL.into_iter().flat_map(|kind| ["remove", "restore"].map(|action| hint(&error(kind, action))));
        let kinds = kinds.flatten();
        let causes = (1..134).map(|errno| system_hint(&io::Error::from_raw_os_error(errno)));
        for hint in kinds.chain(causes) {
            for word in hint.split_whitespace().filter_map(|word| word.strip_prefix("--")) {
                assert!(exists(word.trim_end_matches([';', ','])), "{word} in {hint}");
            }
        }
    }
}
