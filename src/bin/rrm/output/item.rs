//! What is shown of one item, wherever it is shown.

use std::path::Path;

use lscolors::{Indicator, LsColors, Style};
use rrm::item::{ItemKind, Origin, TrashItem};

use rrm::text::{Charset, escaped};

/// Where an item was; with `home`, that directory is `~`.
pub(crate) fn origin(item: &TrashItem, home: Option<&Path>, charset: Charset) -> String {
    match &item.origin {
        Origin::Known(known) if item.is_open() => format!("(open) {}", path(known, home, charset)),
        Origin::Known(known) => path(known, home, charset),
        Origin::Unknown => "(unknown origin)".to_owned(),
        Origin::Untrusted(record) => format!("(untrusted) {}", escaped(&record.recorded, charset)),
    }
}

/// A path, with `~` for `home` if that is given.
pub(crate) fn path(path: &Path, home: Option<&Path>, charset: Charset) -> String {
    match home.and_then(|home| path.strip_prefix(home).ok()) {
        Some(rest) => format!("~/{}", escaped(rest, charset)),
        None => escaped(path, charset),
    }
}

/// The colours that `ls` would give an item, told by kind and ending since it is not there to be looked at.
pub(crate) fn style_of<'a>(item: &TrashItem, colours: &'a LsColors) -> Option<&'a Style> {
    let indicator = match item.kind {
        ItemKind::File => Indicator::RegularFile,
        ItemKind::Directory => Indicator::Directory,
        ItemKind::Symlink => Indicator::SymbolicLink,
        ItemKind::Fifo => Indicator::FIFO,
        ItemKind::Socket => Indicator::Socket,
        ItemKind::BlockDevice => Indicator::BlockDevice,
        ItemKind::CharDevice => Indicator::CharacterDevice,
    };
    let by_ending = || item.original_name().and_then(|name| colours.style_for_str(name.to_str()?));
    match indicator {
        Indicator::RegularFile => by_ending().or_else(|| colours.style_for_indicator(indicator)),
        _ => colours.style_for_indicator(indicator),
    }
}
