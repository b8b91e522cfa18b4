//! Everything about one item: its record, then a preview.

use std::ffi::OsStr;
use std::io::{self, Write};
use std::path::Path;

use chrono::{DateTime, Utc};
use rrm::item::{Keep, Origin, RecordPlace};
use rrm::ops::show::Shown;
use rrm::preview::Content;
use rrm::rules::retention::{Fate, Rule};
use rrm::store::kind_of;
use rrm::text::escaped;

use super::dates::{expires, local, removed};
use super::preview;
use super::text::{count, size, span};
use super::view::{Detail, View};
use crate::env::users::{group_of, user_of};
use crate::gnu::quote::quote_where_needed;

pub(crate) fn write(shown: &Shown, view: &View<'_>, out: &mut impl Write) -> io::Result<()> {
    for (label, value) in rows(shown, view) {
        writeln!(out, "{label:<9} {value}")?;
    }
    writeln!(out)?;
    for line in preview::lines(&shown.preview, view.width, view.charset) {
        writeln!(out, "{line}")?;
    }
    Ok(())
}

fn rows(shown: &Shown, view: &View<'_>) -> Vec<(&'static str, String)> {
    let (item, metadata) = (&shown.item, &shown.preview.metadata);
    let shown_path = |path: &Path| escaped(path, view.charset);
    let mut rows = vec![("ID", item.id.to_string()), ("Path", path(shown, view))];
    if !shown.part.as_os_str().is_empty() {
        rows.push(("Part of", item.original_path().map_or_else(|| item.id.short(), shown_path)));
    }
    rows.push(("Kind", kind(shown)));
    rows.extend(sized(shown).map(|bytes| ("Size", exact_size(bytes))));
    if metadata.links > 1 && !metadata.is_dir() {
        rows.push(("Links", metadata.links.to_string()));
    }
    rows.push(("Mode", mode(mode_of(shown))));
    rows.push((
        "Owner",
        format!("{}, group {}", user_of(metadata.uid, view.charset), group_of(metadata.gid, view.charset)),
    ));
    rows.extend(DateTime::from_timestamp(metadata.modified.seconds, 0).map(|at| ("Modified", local(&at))));
    rows.push(("Removed", both(|detail| removed(&item.trashed, view.now, detail))));
    rows.extend(item.guarded.words().map(|words| ("Guarded", format!("{words} by a guarded program"))));
    rows.push(("Expires", both(|detail| expires(Some(&fate_after_keep(shown)), view.now, detail))));
    rows.push(("Kept", kept(item.keep, view.now)));
    rows.extend(item.session.as_deref().map(|session| ("Session", escaped(session, view.charset))));
    rows.push(("Trash", shown_path(&item.trash)));
    rows.push(("On disk", shown_path(&shown.place)));
    rows.push(("Record", record(shown.record).to_owned()));
    rows.extend(versions(shown, view).map(|versions| ("Versions", versions)));
    rows
}

fn path(shown: &Shown, view: &View<'_>) -> String {
    match &shown.item.origin {
        Origin::Known(_) if shown.item.is_open() => {
            format!("(open: others could have written its record) {}", escaped(&shown.path, view.charset))
        }
        Origin::Known(_) => escaped(&shown.path, view.charset),
        Origin::Unknown => "(unknown path)".to_owned(),
        Origin::Untrusted(record) => {
            format!("(untrusted: {}) {}", record.reason, escaped(&record.recorded, view.charset))
        }
    }
}

fn kind(shown: &Shown) -> String {
    let metadata = &shown.preview.metadata;
    let name = kind_of(metadata.kind).name();
    match &shown.preview.content {
        Ok(Content::Text(_)) => format!("{name}, text"),
        Ok(Content::Binary(Some(format))) => format!("{name}, {format}"),
        Ok(Content::Special) if metadata.rdev != (0, 0) => format!("{name} {}, {}", metadata.rdev.0, metadata.rdev.1),
        _ => name.to_owned(),
    }
}

/// The size; unknown for a part that is a directory.
pub(super) fn sized(shown: &Shown) -> Option<u64> {
    let metadata = &shown.preview.metadata;
    match metadata.is_dir() {
        true if shown.part.as_os_str().is_empty() => shown.item.size,
        true => None,
        false => Some(metadata.size),
    }
}

fn exact_size(bytes: u64) -> String {
    let rounded = size(bytes);
    if bytes < 1024 { rounded } else { format!("{rounded} ({bytes} bytes)") }
}

/// The permissions after a restore.
pub(super) fn mode_of(shown: &Shown) -> u32 {
    let mode = shown.preview.metadata.mode;
    if shown.part.as_os_str().is_empty() { shown.item.original_mode(mode) } else { mode }
}

/// `rw-r--r-- (0644)`.
fn mode(bits: u32) -> String {
    // As ls, set-user-ID, set-group-ID and sticky bits replace an `x`.
    let special = [(0o4000, 's'), (0o2000, 's'), (0o1000, 't')];
    let mut text = String::with_capacity(16);
    for (class, (bit, letter)) in special.into_iter().enumerate() {
        let granted = bits >> (6 - 3 * class) & 0o7;
        text.push(if granted & 4 == 0 { '-' } else { 'r' });
        text.push(if granted & 2 == 0 { '-' } else { 'w' });
        text.push(match (bits & bit != 0, granted & 1 != 0) {
            (false, false) => '-',
            (false, true) => 'x',
            (true, true) => letter,
            (true, false) => letter.to_ascii_uppercase(),
        });
    }
    format!("{text} ({bits:04o})")
}

/// A time in two forms: `3d ago (2026-11-18 14:00:00)`.
fn both(told: impl Fn(Detail) -> String) -> String {
    let (short, full) = (told(Detail::Short), told(Detail::Full));
    if short == full { short } else { format!("{short} ({full})") }
}

/// What becomes of the item at the end of its keep: it expires then, or later with its grace period.
fn fate_after_keep(shown: &Shown) -> Fate {
    match shown.fate {
        Fate::Kept(Some(end)) => {
            Fate::DueAt(shown.item.deletion.instant().map_or(end, |date| date.max(end)), Rule::PastGrace)
        }
        fate => fate,
    }
}

fn kept(keep: Keep, now: DateTime<Utc>) -> String {
    match keep {
        Keep::Forever => "until it is released".to_owned(),
        Keep::Until(end) if end > now => format!("until {} (for {})", local(&end), span(end - now)),
        Keep::No | Keep::Until(_) => "no".to_owned(),
    }
}

fn record(place: RecordPlace) -> &'static str {
    match place {
        RecordPlace::Item => "attributes of the item itself",
        RecordPlace::Envelope => "attributes of its envelope",
        RecordPlace::File => "a file in its envelope",
        RecordPlace::Nowhere => "none",
    }
}

/// Other versions of the same path, and how to list them.
fn versions(shown: &Shown, view: &View<'_>) -> Option<String> {
    let path = shown.item.original_path().filter(|_| !shown.others.is_empty())?;
    let mut word = std::ffi::OsString::from("path:");
    word.push(path);
    let others = count(shown.others.len() as u64, "other");
    Some(format!("{others} of this path: rrm list {}", quote_where_needed(OsStr::new(&word), view.charset)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_read_as_ls_writes_them() {
        assert_eq!(mode(0o644), "rw-r--r-- (0644)");
        assert_eq!(mode(0o7751), "rwsr-s--t (7751)");
        assert_eq!(mode(0o5000), "--S-----T (5000)");
        assert_eq!(mode(0), "--------- (0000)");
    }

    #[test]
    fn a_size_is_exact_as_well() {
        assert_eq!((exact_size(14), exact_size(2048)), ("14 B".into(), "2.0 KiB (2048 bytes)".into()));
    }
}
