//! Removing to the trash of another mount, by a copy.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use tempfile::TempDir;

use crate::bench::{Area, Bench};
use crate::contest::Contestant;
use crate::trees;

pub(super) fn measure(bench: &mut Bench) -> Result<()> {
    let source = TempDir::with_prefix_in("rrm-compare-", bench.options.other.canonicalize()?)
        .with_context(|| bench.options.other.display().to_string())?;
    let (large, files) = (bench.options.large, bench.options.files);
    let shapes: [(&str, String, Build); 3] = [
        ("large", format!("a file of {large} MiB"), Box::new(move |at| trees::large(at, large))),
        ("sparse", "a sparse file of 8 GiB with 4 MiB in it".to_owned(), Box::new(trees::sparse)),
        ("small", format!("{files} small files"), Box::new(move |at| trees::written(at, files))),
    ];
    for (row, shape, build) in shapes {
        let from = source.path().join(row);
        fs::create_dir(&from)?;
        beside_cp(bench, &from, row, &shape, &build)?;
    }
    Ok(())
}

type Build = Box<dyn Fn(&Path) -> Result<()>>;

fn beside_cp(bench: &mut Bench, from: &Path, row: &str, shape: &str, build: &Build) -> Result<()> {
    let row = format!("copy-{row}");
    let (ours, theirs) = (bench.area(&row, "rrm")?, bench.area(&row, "cp")?);
    let rounds = bench.options.rounds;
    let contestants = vec![
        Contestant::new("rrm", rounds, |_| {
            let it = made(from, "rrm", build)?;
            ours.rrm().words(["rm", "--into-home", "--yes"]).words([it]).time()
        }),
        Contestant::new("`cp -a`, `sync`, `rm -rf`", rounds, |round| {
            let it = made(from, "cp", build)?;
            copied(&theirs, &it, &theirs.work.join(round.to_string()))
        }),
    ];
    bench.compare(&format!("copy {shape} from another mount and remove it there"), contestants, |_| None)
}

fn made(from: &Path, name: &str, build: &Build) -> Result<PathBuf> {
    let it = from.join(name);
    build(&it)?;
    Ok(it)
}

/// Flushed before the source goes, as by rrm.
fn copied(area: &Area, from: &Path, to: &Path) -> Result<Duration> {
    let copy = area.job("cp").words(["-a"]).words([from, to]).time()?;
    let flush = area.job("sync").words(["-f"]).words([to]).time()?;
    Ok(copy + flush + area.job("rm").words(["-rf"]).words([from]).time()?)
}
