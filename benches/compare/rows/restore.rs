//! Restoring: one by its ID, one by its path, what was removed last, many at once.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::bench::{Area, Bench};
use crate::contest::{Contestant, THE_SAME};
use crate::trees;

/// How long an ID is, which is the name of an item in the trash directory.
const ID: usize = 36;

pub(super) fn measure(bench: &mut Bench) -> Result<()> {
    let full = bench.area("restore", "rrm")?;
    full.fill(bench.options.items)?;
    by_id(bench, &full)?;
    by_path(bench, &full)?;
    last(bench, &full, bench.options.items)?;
    if bench.options.million {
        let full = bench.area("restore", "million")?;
        full.fill(1_000_000)?;
        last(bench, &full, 1_000_000)?;
    }
    many(bench)
}

/// It should not matter what else the trash holds.
fn by_id(bench: &mut Bench, full: &Area) -> Result<()> {
    let single = bench.area("restore", "single")?;
    single.fill(1)?;
    let rounds = bench.options.starts.min(50);
    let there = |area: &Area| {
        let area = area.clone();
        Contestant::new("a trash of one item", rounds, move |_| back_and_there(&area))
    };
    let what = format!("restore one of {} by its ID", bench.options.items);
    bench.compare(&what, vec![there(full), there(&single)], |_| Some(THE_SAME))
}

/// Restores whatever item comes first, and removes it again.
fn back_and_there(area: &Area) -> Result<Duration> {
    let names = fs::read_dir(area.trash())?.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let id = { names }.find(|name| name.len() == ID).context("the trash is empty")?;
    let took = area.rrm().words(["restore", &id]).time()?;
    let restored = fs::read_dir(&area.work)?.next().context("nothing came back")??.file_name();
    area.rrm().words(["rm".as_ref(), restored.as_os_str()]).run()?;
    Ok(took)
}

/// Who knows only the path has to look at every item, as a list does.
fn by_path(bench: &mut Bench, full: &Area) -> Result<()> {
    let (count, rounds) = (bench.options.items, bench.options.rounds);
    let names = &trees::names(count);
    let list = full.rrm().words(["list", "--format", "plain"]);
    let mut contestants = vec![
        Contestant::new("rrm", rounds, move |round| full.rrm().words(["restore", &names[round]]).time()),
        Contestant::new("`rrm list --format plain`", rounds, move |_| list.time()),
    ];
    let shared = bench.area("restore", "freedesktop")?;
    trees::freedesktop_trash(&shared.home, &shared.work, count)?;
    for (number, peer) in bench.peers().enumerate() {
        let Some(command) = peer.restore.clone() else { continue };
        let (shared, peers) = (shared.clone(), bench.options.rounds_of_peers());
        contestants.push(Contestant::new(peer.name, peers, move |round| {
            let path = shared.work.join(&names[number * peers + round]);
            shared.peer(&command).words([path]).reading("0\n").time()
        }));
    }
    let target = |beside: &str| beside.starts_with("`rrm").then_some(1.0);
    bench.compare(&format!("restore one of {count} by its path"), contestants, target)
}

/// Which removal was the last the names tell, so that it takes about as long as to read those.
fn last(bench: &mut Bench, full: &Area, count: usize) -> Result<()> {
    const IT: &str = "last";
    let rounds = bench.options.rounds;
    let names = full.job("ls").words(["-U"]).words([full.trash()]);
    let contestants = vec![
        Contestant::new("rrm", rounds, move |_| {
            fs::File::create(full.work.join(IT))?;
            full.rrm().words(["rm", IT]).run()?;
            full.rrm().words(["undo"]).time()
        }),
        Contestant::new("`ls -U` of the trash", rounds, move |_| names.time()),
    ];
    bench.compare(&format!("undo the last removal, with {count} items in the trash"), contestants, |_| Some(1.0))
}

/// As many renames as `mv` makes; what came back goes there again for the next round.
fn many(bench: &mut Bench) -> Result<()> {
    let (count, rounds, kind) = (bench.options.files, bench.options.rounds, bench.place.kind.clone());
    let names = &trees::names(count);
    let (ours, theirs) = (bench.area("undo-many", "rrm")?, bench.area("undo-many", "mv")?);
    for area in [&ours, &theirs] {
        trees::flat(&area.work, count)?;
    }
    let aside = theirs.home.join("aside");
    fs::create_dir(&aside)?;
    let mut contestants = vec![
        Contestant::new("rrm", rounds, |_| {
            ours.trash_all(names)?;
            ours.rrm().words(["undo"]).time()
        }),
        Contestant::new("`mv`", rounds, |_| {
            theirs.job("mv").words(["-t"]).words([&aside]).words(names).run()?;
            theirs.job_in(&aside, "mv").words(["-t"]).words([&theirs.work]).words(names).time()
        }),
    ];
    contestants.extend(floor(bench, names)?);
    let target = |beside: &str| if beside == "`mv`" { target_beside_mv(&kind) } else { None };
    bench.compare(&format!("undo a removal of {count} files"), contestants, target)
}

/// What is left to gain, if there is a compiler.
fn floor<'a>(bench: &Bench, names: &'a [String]) -> Result<Option<Contestant<'a>>> {
    let Some(program) = bench.programs.floor.clone() else { return Ok(None) };
    let area = bench.area("undo-many", "floor")?;
    trees::flat(&area.work, names.len())?;
    let trash = area.home.join("trash");
    fs::create_dir(&trash)?;
    Ok(Some(Contestant::new("the same calls in C", bench.options.rounds, move |_| {
        area.job(&program).words(["remove"]).words([&trash]).words(names).run()?;
        area.job(&program).words(["undo"]).words([&trash]).time()
    })))
}

/// What is promised of it, by the file system.
fn target_beside_mv(kind: &str) -> Option<f64> {
    match kind {
        "ext4" | "xfs" => Some(1.2),
        "btrfs" => Some(1.6),
        "tmpfs" => Some(1.5),
        _ => None,
    }
}
