//! Errors in words.

use rrm::error::{Error, ErrorKind};

use crate::gnu::messages;
use crate::gnu::quote::Charset;

/// One error as a message without the program's name: what, on what, why.
pub(crate) fn words(error: &Error, charset: Charset) -> String {
    let path = error.path.as_os_str();
    match error.kind {
        ErrorKind::DotOrDotDot => messages::dot_or_dot_dot(path, charset),
        _ => messages::cannot(&error.action, path, &error.reason, charset),
    }
}

/// What a person can do about it, where that is not plain from the message itself.
pub(crate) fn hint(error: &Error) -> Option<&'static str> {
    match error.kind {
        _ if error.is_about_room() => {
            Some("rrm clean makes room and needs none itself; rrm rm --immediate deletes for good, without a trash")
        }
        ErrorKind::LinkWithSlash => {
            Some("it is a link to a directory: without the slash, the link is removed and the directory stays")
        }
        ErrorKind::TargetExists => Some(
            "--conflict rename restores beside it, --conflict swap moves what is there to the trash, --to DIR restores elsewhere",
        ),
        ErrorKind::NoMatch => Some("rrm list shows what there is"),
        ErrorKind::NotAFile => {
            Some("rrm show without --content tells what it is, rrm restore --to DIR brings it back elsewhere")
        }
        ErrorKind::UnsafeTrash => Some("a trash directory is yours alone: mode 0700, and no link"),
        ErrorKind::DoubtfulDate => Some("rrm clean with its ID deletes it, rrm restore brings it back"),
        ErrorKind::MountPoint => Some("unmount it first; what is below then can be removed"),
        ErrorKind::NeedsConsent => Some("there is no terminal to ask on; --yes agrees beforehand"),
        ErrorKind::CrossDevice => Some("rename cannot reach any trash directory from there"),
        _ => None,
    }
}
