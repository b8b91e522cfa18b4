//! Statistics of each volume as bars.

mod bar;

use std::io::{self, Write};

use rrm::item::ItemKind;
use rrm::rules::statistics::{Age, Due, Place, Statistics, Tally};
use rrm::sys::Mount;
use rrm::text::escaped;

use super::item::path;
use super::table;
use super::text::{count, size};
use super::view::View;
use bar::{bar, gauge};

/// The width without a terminal, and the maximum.
const WIDTH: usize = 80;
const WIDEST: usize = 100;

/// The narrowest useful bar; where there is less room, there is none.
const NARROWEST_BAR: usize = 8;

/// The columns before a bar: label, items, bytes.
const LABEL: usize = 18;
const ITEMS: usize = 8;
const BYTES: usize = 11;

/// Writes a section for each volume.
pub(crate) fn write(volumes: &[Statistics], view: &View<'_>, out: &mut impl Write) -> io::Result<()> {
    for (number, volume) in volumes.iter().enumerate() {
        if number > 0 {
            writeln!(out)?;
        }
        write_volume(volume, view, out)?;
    }
    Ok(())
}

fn write_volume(volume: &Statistics, view: &View<'_>, out: &mut impl Write) -> io::Result<()> {
    write_space(&volume.place, volume.total.on_disk, view, out)?;
    for trash in &volume.place.trashes {
        writeln!(out, "Trash     {}", path(trash, view.shown_home(), view.charset))?;
    }
    writeln!(out, "Holds     {}", total(&volume.total))?;
    if volume.total.items == 0 {
        return Ok(());
    }
    let size = |tally: &Tally| tally.bytes;
    section(("REMOVED", "SIZE", size), &volume.by_age, |age| age_label(*age), view, out)?;
    section(("KIND", "SIZE", size), &volume.by_kind, |kind: &ItemKind| kind.name(), view, out)?;
    section(("EXPIRES", "FREES", |tally| tally.on_disk), &volume.by_due, |due| due_label(*due), view, out)?;
    if volume.largest.is_empty() {
        return Ok(());
    }
    writeln!(out, "\nLARGEST")?;
    table::write(&volume.largest, view, out)
}

/// The name of the volume and its free space.
fn write_space(place: &Place, trash: u64, view: &View<'_>, out: &mut impl Write) -> io::Result<()> {
    if let Some(Mount { point, kind, .. }) = &place.mount {
        // The type of a FUSE file system may be any text.
        writeln!(out, "Volume    {} ({})", path(point, view.shown_home(), view.charset), escaped(kind, view.charset))?;
    }
    let Some(space) = place.space else { return Ok(()) };
    let used = space.size.saturating_sub(space.free);
    let trash = trash.min(used);
    // As df has it: what is reserved for root counts as neither used nor free.
    let of_it = |part: u64| percent(part, used.saturating_add(space.available));
    let gauge = gauge(used - trash, trash, space.available, width(view) - 12, view.charset);
    writeln!(out, "Free      {} of {}", size(space.available), size(space.size))?;
    writeln!(out, "Used      {}, {} by these items\n          [{gauge}]", of_it(used), of_it(trash))
}

/// Rounded up, as df does.
fn percent(part: u64, whole: u64) -> String {
    match (u128::from(part) * 100, u128::from(whole.max(1))) {
        (some, whole) if 0 < some && some < whole => "<1%".to_owned(),
        (some, whole) => format!("{}%", some.div_ceil(whole)),
    }
}

fn total(total: &Tally) -> String {
    let items = format!("{}, {} ({} on disk)", count(total.items, "item"), size(total.bytes), size(total.on_disk));
    match total.unmeasured {
        0 => items,
        unmeasured => format!("{items} and {unmeasured} of unknown size"),
    }
}

/// A heading, and a bar for each non-empty group.
fn section<T>(
    (heading, unit, bytes): (&str, &str, fn(&Tally) -> u64),
    tallies: &[(T, Tally)],
    label: impl Fn(&T) -> &'static str,
    view: &View<'_>,
    out: &mut impl Write,
) -> io::Result<()> {
    writeln!(out, "\n{heading:<LABEL$}{:>ITEMS$}{unit:>BYTES$}", "ITEMS")?;
    let room = width(view).saturating_sub(LABEL + ITEMS + BYTES + 2);
    let room = if room < NARROWEST_BAR { 0 } else { room };
    let whole = tallies.iter().fold(0_u64, |sum, (_, tally)| sum.saturating_add(bytes(tally)));
    for (of, tally) in tallies.iter().filter(|(_, tally)| tally.items > 0) {
        let bar = bar(bytes(tally), whole, room, view.charset);
        let line = format!("{:<LABEL$}{:>ITEMS$}{:>BYTES$}  {bar}", label(of), tally.items, size(bytes(tally)));
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

fn width(view: &View<'_>) -> usize {
    view.width.unwrap_or(WIDTH).clamp(LABEL + ITEMS + BYTES, WIDEST)
}

fn age_label(age: Age) -> &'static str {
    match age {
        Age::Day => "in the last day",
        Age::Week => "in the last week",
        Age::Month => "in the last month",
        Age::Year => "in the last year",
        Age::Older => "longer ago",
        Age::Unknown => "unknown",
    }
}

fn due_label(due: Due) -> &'static str {
    match due {
        Due::Now => "due",
        Due::Day => "within a day",
        Due::Week => "within a week",
        Due::Month => "within a month",
        Due::Later => "later",
        Due::Kept => "kept",
        Due::Never => "doubtful",
    }
}
