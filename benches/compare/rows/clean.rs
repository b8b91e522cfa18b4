//! Deleting for good, and the memory that takes.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;

use crate::bench::{Area, Bench};
use crate::contest::Contestant;
use crate::table::Cell;
use crate::trees;

/// Makes a tree of so many files.
type Build = fn(&Path, usize) -> Result<()>;

const SHAPES: [(&str, Build); 2] =
    [("in one directory", trees::flat), ("in small directories", trees::small_directories)];

pub(super) fn measure(bench: &mut Bench) -> Result<()> {
    for (shape, build) in SHAPES {
        beside_rm(bench, shape, build)?;
    }
    memory(bench)
}

/// A tree for each round and program, all made before the first is deleted.
fn beside_rm(bench: &mut Bench, shape: &str, build: Build) -> Result<()> {
    let (count, rounds) = (bench.options.tree, bench.options.rounds);
    let row = format!("clean-{}", shape.replace(' ', "-"));
    let (ours, theirs) = (bench.area(&row, "rrm")?, bench.area(&row, "rm")?);
    for round in 0..rounds {
        build(&ours.work.join(round.to_string()), count)?;
        build(&theirs.work.join(round.to_string()), count)?;
    }
    let contestants = vec![
        Contestant::new("rrm", rounds, |round| cleaned(&ours, &round.to_string())),
        Contestant::new("`rm -rf`", rounds, |round| theirs.job("rm").words(["-rf", &round.to_string()]).time()),
    ];
    bench.compare(&format!("clean {count} files {shape}"), contestants, |_| Some(1.05))
}

fn cleaned(area: &Area, name: &str) -> Result<Duration> {
    area.rrm().words(["rm", name]).run()?;
    clean(area).time()
}

/// Only what was in the area: whoever runs this may have a trash on another mount.
fn clean(area: &Area) -> crate::process::Job {
    area.rrm().words(["clean", "--yes", "--under"]).words([&area.work])
}

/// Four times the files should take no more memory, once they are more than are read at once.
fn memory(bench: &mut Bench) -> Result<()> {
    let (few, many) = (bench.options.tree, 4 * bench.options.tree);
    for (shape, build) in SHAPES {
        let row = format!("clean-memory-{}", shape.replace(' ', "-"));
        let area = bench.area(&row, "rrm")?;
        let cell = ratio_of_peaks(&area, build, few, many).unwrap_or_else(|error| Cell::Failed(format!("{error:#}")));
        bench.put(&format!("memory of a clean of {many} files {shape}"), &format!("one of {few}"), cell);
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "bytes of memory are far below 2^52")]
fn ratio_of_peaks(area: &Area, build: Build, few: usize, many: usize) -> Result<Cell> {
    let peak = |name: &str, count: usize| {
        build(&area.work.join(name), count)?;
        area.rrm().words(["rm", name]).run()?;
        clean(area).peak()
    };
    let (few, many) = (peak("few", few)?, peak("many", many)?);
    let own = format!("{:.1} MiB", many as f64 / f64::from(1 << 20));
    Ok(Cell::Ratio { ratio: many as f64 / few as f64, own, target: Some(1.1) })
}
