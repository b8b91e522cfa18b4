//! Removing: one file, many files in one command, a directory of many.

use std::fs;
use std::path::PathBuf;

use anyhow::Result;

use super::THE_SAME;
use crate::bench::{Area, Bench};
use crate::contest::Contestant;
use crate::trees;

const RM: &str = "`rm`";
const MV: &str = "`mv` to another directory";

pub(super) fn measure(bench: &mut Bench) -> Result<()> {
    one_file(bench)?;
    many_files(bench)?;
    many_files_of_long_paths(bench)?;
    directory(bench)
}

/// Everyone who removes, with the command that does it: rrm, rm, the other trashes.
fn removers(bench: &Bench) -> Vec<(&'static str, Vec<PathBuf>)> {
    let ours = ("rrm", vec![bench.programs.rrm.clone(), "rm".into()]);
    let peers = bench.peers().map(|peer| (peer.name, peer.remove.clone()));
    [ours, (RM, vec!["rm".into()])].into_iter().chain(peers).collect()
}

/// A whole process for each file.
fn one_file(bench: &mut Bench) -> Result<()> {
    let starts = bench.options.starts;
    let names = trees::names(starts + 1);
    let mut contestants = vec![];
    for (name, command) in removers(bench) {
        let area = bench.area("one-file", name.trim_matches('`'))?;
        trees::flat(&area.work, starts + 1)?;
        // The first makes the trash.
        area.peer(&command).words([&names[starts]]).run().ok();
        let names = &names;
        contestants.push(Contestant::new(name, starts, move |round| area.peer(&command).words([&names[round]]).time()));
    }
    bench.compare("remove one file", contestants, |beside| Some(if beside == RM { 1.3 } else { 1.0 }))
}

/// One command for many files of one directory, a new one each round.
fn many_files(bench: &mut Bench) -> Result<()> {
    let (count, kind) = (bench.options.files, bench.place.kind.clone());
    let names = trees::names(count);
    let mut contestants = vec![];
    for (name, command) in removers(bench) {
        let area = bench.area("many-files", name.trim_matches('`'))?;
        let is_peer = contestants.len() > 1;
        let rounds = if is_peer { bench.options.rounds_of_peers() } else { bench.options.rounds };
        contestants.push(batches(name, &area, command, rounds, &names)?);
    }
    contestants.push(renames(&bench.area("many-files", "mv")?, bench.options.rounds, &names)?);
    let what = format!("remove {count} files in one command");
    bench.compare(&what, contestants, |beside| match beside {
        RM => target_beside_rm(&kind),
        MV => None,
        _ => Some(0.5),
    })
}

/// The same with paths that leave an inode of ext4 no room, so that each record takes a block of its own.
fn many_files_of_long_paths(bench: &mut Bench) -> Result<()> {
    let (count, rounds) = (bench.options.files, bench.options.rounds);
    let names = trees::names(count);
    let mut contestants = vec![];
    for (name, command) in removers(bench).into_iter().take(2) {
        let mut area = bench.area("long-paths", name.trim_matches('`'))?;
        area.work.push("a-name-of-some-length/below-another-one/and-one-more");
        contestants.push(batches(name, &area, command, rounds, &names)?);
    }
    bench.compare(&format!("remove {count} files of long paths in one command"), contestants, |_| None)
}

/// What each removal here is at least: a rename.
fn renames<'a>(area: &Area, rounds: usize, names: &'a [String]) -> Result<Contestant<'a>> {
    let area = area.clone();
    for round in 0..rounds {
        trees::flat(&area.work.join(round.to_string()), names.len())?;
        fs::create_dir(area.home.join(round.to_string()))?;
    }
    Ok(Contestant::new(MV, rounds, move |round| {
        let (from, to) = (area.work.join(round.to_string()), area.home.join(round.to_string()));
        area.job_in(&from, "mv").words(["-t"]).words([to]).words(names).time()
    }))
}

fn batches<'a>(
    name: &'static str,
    area: &Area,
    command: Vec<PathBuf>,
    rounds: usize,
    names: &'a [String],
) -> Result<Contestant<'a>> {
    for round in 0..rounds {
        trees::flat(&area.work.join(round.to_string()), names.len())?;
    }
    let area = area.clone();
    Ok(Contestant::new(name, rounds, move |round| {
        let directory = area.work.join(round.to_string());
        area.job_in(&directory, &command[0]).words(&command[1..]).words(names).time()
    }))
}

/// What is promised of many files, by the file system.
fn target_beside_rm(kind: &str) -> Option<f64> {
    match kind {
        "ext4" => Some(1.4),
        "tmpfs" => Some(1.3),
        "xfs" => Some(1.0),
        "btrfs" => Some(2.2),
        _ => None,
    }
}

/// A directory is one rename, whatever it holds.
fn directory(bench: &mut Bench) -> Result<()> {
    let count = bench.options.directory;
    let (full, single) = (bench.area("directory", "full")?, bench.area("directory", "single")?);
    trees::flat(&full.work.join("it"), count)?;
    trees::flat(&single.work, 0)?;
    fs::File::create(single.work.join("it"))?;
    let rounds = bench.options.starts.min(50);
    // What was removed is put back for the next round, so that one directory is enough.
    let there_and_back = |area: Area| {
        move |_| {
            let took = area.rrm().words(["rm", "it"]).time()?;
            area.rrm().words(["restore", "it"]).run()?;
            Ok(took)
        }
    };
    let contestants = vec![
        Contestant::new("rrm", rounds, there_and_back(full)),
        Contestant::new("`rrm rm` of one file", rounds, there_and_back(single)),
    ];
    bench.compare(&format!("remove a directory of {count} files"), contestants, |_| Some(THE_SAME))
}
