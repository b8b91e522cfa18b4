//! Removing: one file, many files in one command, a directory of many.

use std::fs;
use std::path::PathBuf;

use anyhow::Result;

use crate::bench::{Area, Bench};
use crate::contest::{Contestant, THE_SAME};
use crate::trees;

const RM: &str = "`rm`";
const MV: &str = "`mv` to another directory";
const FLOOR: &str = "the same calls in C";
const ORDINARY: &str = "`rrm rm` of ordinary ones";

/// What most files have, and what they have where a group works together.
const MODE: u32 = 0o644;
const MODE_OF_A_GROUP: u32 = 0o664;

pub(super) fn measure(bench: &mut Bench) -> Result<()> {
    one_file(bench)?;
    many_files(bench)?;
    many_that_a_group_may_write(bench)?;
    many_of_long_paths(bench)?;
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
    bench.compare("remove one file", contestants, |beside| Some(if beside == RM { 1.12 } else { 1.0 }))
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
        contestants.push(batches(name, &area, command, rounds, MODE, &names)?);
    }
    contestants.push(renames(&bench.area("many-files", "mv")?, bench.options.rounds, &names)?);
    contestants.extend(floor(bench, &bench.area("many-files", "floor")?, MODE, &names)?);
    let what = format!("remove {count} files in one command");
    bench.compare(&what, contestants, |beside| match beside {
        RM => target_beside_rm(&kind),
        MV | FLOOR => None,
        _ => Some(0.5),
    })
}

/// The same with files of mode 0664, which are closed to their group and read back.
fn many_that_a_group_may_write(bench: &mut Bench) -> Result<()> {
    let area = |bench: &Bench, who: &str| bench.area("group", who);
    let what = format!("remove {} files of mode 0664 in one command", bench.options.files);
    beside_ordinary(bench, &what, MODE_OF_A_GROUP, area, 1.4)
}

/// The same with paths that are recorded in two values, for the room that there is in an inode of ext4.
fn many_of_long_paths(bench: &mut Bench) -> Result<()> {
    const LONG: usize = 90;
    let area = |bench: &Bench, who: &str| {
        let mut area = bench.area("long", who)?;
        let file = area.work.join("0").join(&trees::names(1)[0]);
        area.work.push("d".repeat(LONG.saturating_sub(file.as_os_str().len() + "/".len()).max(1)));
        Ok(area)
    };
    let what = format!("remove {} files of paths of {LONG} bytes in one command", bench.options.files);
    beside_ordinary(bench, &what, MODE, area, 1.2)
}

/// Removes files that are somewhat more work, beside `rm` and beside ordinary ones.
fn beside_ordinary(
    bench: &mut Bench,
    what: &str,
    mode: u32,
    area: impl Fn(&Bench, &str) -> Result<Area>,
    target: f64,
) -> Result<()> {
    let (rounds, names) = (bench.options.rounds, trees::names(bench.options.files));
    let rrm = || vec![bench.programs.rrm.clone(), "rm".into()];
    let mut contestants = vec![
        batches("rrm", &area(bench, "rrm")?, rrm(), rounds, mode, &names)?,
        batches(ORDINARY, &bench.area("ordinary", &format!("{mode:o}"))?, rrm(), rounds, MODE, &names)?,
        batches(RM, &area(bench, "rm")?, vec!["rm".into()], rounds, mode, &names)?,
    ];
    contestants.extend(floor(bench, &area(bench, "floor")?, mode, &names)?);
    bench.compare(what, contestants, |beside| (beside == ORDINARY).then_some(target))
}

/// What is left to gain, if there is a compiler.
fn floor<'a>(bench: &Bench, area: &Area, mode: u32, names: &'a [String]) -> Result<Option<Contestant<'a>>> {
    let Some(program) = &bench.programs.floor else { return Ok(None) };
    let trash = area.home.join("trash");
    fs::create_dir(&trash)?;
    let command = vec![program.clone(), "remove".into(), trash];
    batches(FLOOR, area, command, bench.options.rounds, mode, names).map(Some)
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
    mode: u32,
    names: &'a [String],
) -> Result<Contestant<'a>> {
    for round in 0..rounds {
        trees::of_mode(&area.work.join(round.to_string()), names.len(), mode)?;
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
        "ext4" => Some(1.1),
        "xfs" => Some(0.8),
        "btrfs" | "tmpfs" => Some(1.5),
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
