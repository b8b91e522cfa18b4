//! Programs under a guard, beside the same programs alone.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::Result;

use crate::bench::{Area, Bench};
use crate::contest::Contestant;
use crate::process::Job;
use crate::trees;

/// How many files one `make` makes.
const TARGETS: usize = 200;

/// Makes what has to be there, in a directory.
type Prepare = Box<dyn Fn(&Area, &Path) -> Result<()>>;

/// A program, and what has to be there before it runs.
struct Row {
    name: &'static str,
    words: Vec<String>,
    prepare: Prepare,
    /// How many times as long as alone it may take.
    target: f64,
}

pub(super) fn measure(bench: &mut Bench) -> Result<()> {
    let count = bench.options.tree;
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    let temporary = format!("for (1..{count}) {{ open F, '>', 'temporary'; print F $_; close F; unlink 'temporary' }}");
    let rows = [
        Row {
            name: "`rm -rf`",
            words: words(&["rm", "-rf", "tree"]),
            prepare: Box::new(move |_, at| trees::small_directories(&at.join("tree"), count)),
            target: 2.0,
        },
        Row {
            name: "temporary files",
            words: words(&["perl", "-e", &temporary]),
            prepare: Box::new(|_, _| Ok(())),
            target: 3.0,
        },
        Row {
            name: "`make -j2`",
            words: words(&["make", "-s", "-j2"]),
            prepare: Box::new(|_, at| makefile(at)),
            target: 1.03,
        },
        Row {
            name: "`git status`",
            words: words(&["git", "status", "-s"]),
            prepare: Box::new(move |area, at| repository(area, at, count)),
            target: 1.1,
        },
    ];
    rows.iter().try_for_each(|row| beside_itself(bench, row))
}

/// A directory for each round, all made before the first is begun: what a guard keeps was there before it.
fn beside_itself(bench: &mut Bench, row: &Row) -> Result<()> {
    let name = format!("guard-{}", row.words[0]);
    let (guarded, alone) = (bench.area(&name, "rrm")?, bench.area(&name, "alone")?);
    let rounds = bench.options.rounds;
    for area in [&guarded, &alone] {
        for round in 0..rounds {
            let at = area.work.join(round.to_string());
            fs::create_dir_all(&at)?;
            (row.prepare)(area, &at)?;
        }
    }
    let run = |area: &Area, job: fn(&Area, &Path, &[String]) -> Job, round: usize| -> Result<Duration> {
        job(area, &area.work.join(round.to_string()), &row.words).time()
    };
    let contestants = vec![
        Contestant::new("rrm", rounds, |round| run(&guarded, under_guard, round)),
        Contestant::new("alone", rounds, |round| run(&alone, on_its_own, round)),
    ];
    bench.compare(&format!("{} under `rrm guard`", row.name), contestants, |_| Some(row.target))
}

fn under_guard(area: &Area, at: &Path, words: &[String]) -> Job {
    area.rrm_in(at).words(["guard", "--"]).words(words)
}

fn on_its_own(area: &Area, at: &Path, words: &[String]) -> Job {
    area.job_in(at, &words[0]).words(&words[1..])
}

/// What makes so many files, each by a program that replaces it.
fn makefile(at: &Path) -> Result<()> {
    let targets: Vec<String> = (0..TARGETS).map(|number| format!("out-{number}")).collect();
    let rule = "out-%: Makefile\n\t@sed s/a/b/ Makefile >$@.tmp && mv $@.tmp $@\n";
    Ok(fs::write(at.join("Makefile"), format!("all: {}\n{rule}", targets.join(" ")))?)
}

fn repository(area: &Area, at: &Path, count: usize) -> Result<()> {
    trees::written(&at.join("files"), count)?;
    area.job_in(at, "git").words(["init", "-q"]).run()?;
    area.job_in(at, "git").words(["add", "."]).run()
}
