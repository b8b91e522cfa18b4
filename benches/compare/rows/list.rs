//! Listing, and the memory that takes.

use anyhow::Result;

use crate::bench::{Area, Bench};
use crate::contest::Contestant;
use crate::table::Cell;
use crate::trees;

/// The forms, and the ratio that each should have at most beside `ls -lU` of the trash directory.
const FORMS: [(&str, f64); 3] = [("plain", 0.85), ("json", 0.9), ("table", 1.1)];

/// How many bytes of memory an item may take.
const BYTES_AN_ITEM: f64 = 250.0;

pub(super) fn measure(bench: &mut Bench) -> Result<()> {
    let count = bench.options.items;
    let area = bench.area("list", "rrm")?;
    area.fill(count)?;
    for (form, target) in FORMS {
        beside_ls(bench, &area, form, target)?;
    }
    beside_peers(bench, &area)?;
    memory(bench, &area)
}

fn lister<'a>(area: &Area, form: &str, rounds: usize) -> Contestant<'a> {
    let job = area.rrm().words(["list", "--format", form]);
    Contestant::new("rrm", rounds, move |_| job.time())
}

fn beside_ls(bench: &mut Bench, area: &Area, form: &str, target: f64) -> Result<()> {
    let rounds = bench.options.rounds;
    let ls = area.job("ls").words(["-lU"]).words([area.trash()]);
    let contestants = vec![lister(area, form, rounds), Contestant::new("`ls -lU`", rounds, move |_| ls.time())];
    bench.compare(&format!("list {} items as {form}", bench.options.items), contestants, |_| Some(target))
}

/// The others read one trash that they share.
fn beside_peers(bench: &mut Bench, area: &Area) -> Result<()> {
    let (count, rounds) = (bench.options.items, bench.options.rounds_of_peers());
    let shared = bench.area("list", "freedesktop")?;
    trees::freedesktop_trash(&shared.home, &shared.work, count)?;
    let listing = bench.peers().filter_map(|peer| Some((peer.name, shared.peer(peer.list.as_ref()?))));
    let peers = listing.map(|(name, job)| Contestant::new(name, rounds, move |_| job.time()));
    let contestants = std::iter::once(lister(area, "plain", rounds)).chain(peers).collect();
    bench.compare(&format!("list {count} items as plain"), contestants, |_| None)
}

/// The peak of a list, less that of a list of nothing.
fn memory(bench: &mut Bench, area: &Area) -> Result<()> {
    let count = bench.options.remembered();
    let nothing = bench.area("list", "nothing")?;
    let many = if count == bench.options.items { area.clone() } else { bench.area("list", "remembered")? };
    if count != bench.options.items {
        many.fill(count)?;
    }
    for (form, _) in FORMS {
        let what = format!("memory of a list of {count} items as {form}");
        let cell = bytes_an_item(&many, &nothing, form, count).map(|amount| Cell::Amount {
            amount,
            unit: "bytes an item",
            target: BYTES_AN_ITEM,
        });
        bench.put(&what, "a list of nothing", cell.unwrap_or_else(|error| Cell::Failed(format!("{error:#}"))));
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "bytes and items are far below 2^52")]
fn bytes_an_item(many: &Area, nothing: &Area, form: &str, count: usize) -> Result<f64> {
    let peak = |area: &Area| area.rrm().words(["list", "--format", form]).peak();
    Ok(peak(many)?.saturating_sub(peak(nothing)?) as f64 / count as f64)
}
