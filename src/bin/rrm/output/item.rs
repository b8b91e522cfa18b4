//! Paths of items.

use std::path::Path;

use rrm::item::{Origin, TrashItem};

use rrm::text::{Charset, escaped};

/// The original path of an item, with `~` for `home`.
pub(crate) fn origin(item: &TrashItem, home: Option<&Path>, charset: Charset) -> String {
    match &item.origin {
        Origin::Known(known) if item.is_open() => format!("(open) {}", path(known, home, charset)),
        Origin::Known(known) => path(known, home, charset),
        Origin::Unknown => "(unknown path)".to_owned(),
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
