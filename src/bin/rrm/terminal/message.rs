//! Errors in words, each with a next step.

use std::io;
use std::path::Path;

use rrm::error::{Error, ErrorKind};
use rrm::sys;

use crate::gnu::messages;
use rrm::text::Charset;

/// One error as a message without the program's name: what, on what, why.
pub(crate) fn words(error: &Error, charset: Charset) -> String {
    let path = error.path.as_os_str();
    match error.kind {
        ErrorKind::DotOrDotDot => messages::dot_or_dot_dot(path, charset),
        _ => messages::cannot(&error.action, path, &error.reason, charset),
    }
}

/// What a person can do about it. Every kind has an answer, so that a new one cannot be forgotten here.
pub(crate) fn hint(error: &Error) -> &'static str {
    use ErrorKind as Kind;
    let removing = error.action == "remove";
    match error.kind {
        Kind::NotFound if removing => "-f passes over what is not there; rrm list shows what is in the trash already",
        Kind::NotFound if error.action.ends_with("the link") => {
            "rrm shim install makes it, and renews one that is dead"
        }
        Kind::NotFound | Kind::NoMatch => "rrm list shows what there is",
        Kind::NotADirectory if removing => "without the slash at its end, what is there is removed",
        Kind::NotADirectory => "something else has taken a directory's place; --to DIR restores elsewhere",
        Kind::LinkWithSlash => {
            "it is a link to a directory: without the slash, the link is removed and the directory stays"
        }
        Kind::NotAFile => "rrm show without --content tells what it is, rrm restore --to DIR brings it back elsewhere",
        Kind::IsADirectory | Kind::DirectoryNotEmpty => "-r removes a directory with all it holds",
        Kind::DotOrDotDot => "name the directory itself: from the one above it, or by its whole path",
        Kind::RootDirectory | Kind::HomeDirectory => "it is never removed; name what is in it that shall go",
        Kind::MountPoint => "unmount it first; what is below then can be removed",
        Kind::HoldsMount if removing => "--one-file-system leaves out what is mounted there, and removes the rest",
        Kind::HoldsMount => "findmnt shows what is mounted there; unmount it and run the command again",
        Kind::TrashDirectory if removing => "rrm clean empties the trash, rrm restore takes out what is in it",
        Kind::TrashDirectory => "--to DIR restores elsewhere",
        Kind::UnsafeTrash => "a trash directory is yours alone: mode 0700, and no link; rrm doctor tells more",
        Kind::NoTrash => {
            "--trash-dir DIR uses a directory of yours as the trash; rrm doctor tells what is wrong with others"
        }
        Kind::CrossDevice => "it can only be moved within its file system; move it by hand, or leave it there",
        Kind::NeedsConsent => "there is no terminal to ask on; --yes agrees beforehand",
        Kind::TargetExists if error.action == "restore" => {
            "--conflict rename restores beside it, --conflict swap moves what is there to the trash, --to DIR restores elsewhere"
        }
        Kind::TargetExists => "move away what is there, and run the command again",
        Kind::UntrustedRecord | Kind::OpenRecord | Kind::UnknownOrigin => {
            "rrm restore ID --to DIR puts it where you say"
        }
        Kind::Ambiguous => "write as many digits of the ID as tell it from the others",
        Kind::BadValue => "rrm COMMAND --help and its manual page tell what can be written there",
        Kind::Unplugged | Kind::Unreachable => "what is on it is listed again once its volume is mounted",
        Kind::Foreign => "rrm leaves alone what it did not make; move it away by hand if it is in the way",
        Kind::DoubtfulDate => "rrm clean with its ID deletes it, rrm restore brings it back",
        Kind::Held => "rrm list tells under EXPIRES what is kept, and how long",
        Kind::Busy => "wait until that has ended, and run the command again",
        Kind::Interrupted => "nothing is half-done; run the command again to go on",
        Kind::NoAttributes => "RRM_GRACE_PERIOD and RRM_TRASH_DIR say the same in the environment",
        Kind::System if is_fixed(error) => {
            "it or the directory that holds it is immutable or append-only: lsattr -d tells which, chattr -i or -a ends it"
        }
        Kind::System => error.source.as_ref().map_or(UNSOUND, system_hint),
    }
}

/// Whether something was not permitted because of what `chattr` has set, there or on the directory above.
fn is_fixed(error: &Error) -> bool {
    const EPERM: i32 = 1;
    let above = error.path.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
    error.is_os_error(EPERM) && [&*error.path, above].into_iter().any(sys::is_fixed)
}

/// Where the kernel's word says nothing of what is wrong.
const UNSOUND: &str = "rrm doctor tells whether all trash directories are sound";

/// What a person can do about a failed call to the kernel.
fn system_hint(cause: &io::Error) -> &'static str {
    match cause.kind() {
        // Even a rename may need a block for the record beside it.
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "rrm clean makes room and needs none itself; rrm rm --immediate deletes for good, without a trash"
        }
        io::ErrorKind::PermissionDenied => {
            "the directory that holds it has to be writable for you, and in a sticky one it has to be yours; see ls -ld"
        }
        io::ErrorKind::ReadOnlyFilesystem => {
            "its file system is mounted read-only; findmnt -T with its path tells more"
        }
        io::ErrorKind::ResourceBusy => "something uses it; findmnt and lsof tell what",
        io::ErrorKind::InvalidFilename => "the file system takes no name so long; --rename NAME restores under another",
        io::ErrorKind::NotFound => "check how the path is written",
        _ => UNSOUND,
    }
}

/// What a person can do where the program could not write what it tells, which has nothing to do with any trash.
pub(crate) fn output_hint(cause: &io::Error) -> &'static str {
    match cause.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "df with the path that it was written to tells how full that is"
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
            for action in ["remove", "restore", "delete", "clean", "find", "use the link"] {
                assert_reads_well(hint(&error(kind, action)), &format!("{kind:?} {action}"));
            }
        }
    }

    #[test]
    fn every_cause_in_the_kernel_has_a_next_step() {
        for errno in 1..134 {
            let cause = io::Error::from_raw_os_error(errno);
            assert_reads_well(system_hint(&cause), &cause.to_string());
            assert_reads_well(hint(&Error::system("remove", "x", cause)), &format!("errno {errno}"));
        }
    }

    /// An option that is named exists: a hint that sends a person astray is worse than none.
    #[test]
    fn every_option_that_a_hint_names_exists() {
        use clap::CommandFactory as _;
        let mut root = crate::args::Cli::command();
        root.build();
        let commands = || root.get_subcommands().chain([&root]);
        let exists =
            |word: &str| commands().any(|command| command.get_arguments().any(|arg| arg.get_long() == Some(word)));
        let kinds =
            ErrorKind::ALL.into_iter().flat_map(|kind| ["remove", "restore"].map(|action| hint(&error(kind, action))));
        let causes = (1..134).map(|errno| system_hint(&io::Error::from_raw_os_error(errno)));
        for hint in kinds.chain(causes) {
            for word in hint.split_whitespace().filter_map(|word| word.strip_prefix("--")) {
                assert!(exists(word.trim_end_matches([';', ','])), "{word} in {hint}");
            }
        }
    }
}
