//! Random runs, undone: nothing is ever lost, and where an undo has nothing to complain of, all is as it was.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use proptest::sample::Index;

use super::doing::{Guarded, Pace, plant};
use crate::common::{Sandbox, random, snapshot};

/// What a program does next, to things chosen among those that are there.
#[derive(Debug, Clone)]
struct Step {
    verb: u8,
    one: Index,
    other: Index,
}

fn step() -> impl Strategy<Value = Step> {
    (0u8..12, any::<Index>(), any::<Index>()).prop_map(|(verb, one, other)| Step { verb, one, other })
}

/// All names below the working directory, but for the FIFO.
fn names(root: &Path) -> Vec<String> {
    let mut names = Vec::new();
    let mut left = vec![root.to_owned()];
    while let Some(dir) = left.pop() {
        for entry in fs::read_dir(&dir).expect("read") {
            let path = entry.expect("an entry").path();
            names.push(path.strip_prefix(root).expect("below").to_str().expect("text").to_owned());
            if path.symlink_metadata().expect("there").is_dir() {
                left.push(path);
            }
        }
    }
    names.sort();
    names
}

/// Takes the step, and tells it.
fn take(run: &Guarded<'_>, step: &Step, number: usize) -> String {
    let names = names(&run.sandbox.work());
    let is_file = |name: &&String| run.path(name).symlink_metadata().is_ok_and(|is| is.is_file());
    let is_dir = |name: &&String| run.path(name).symlink_metadata().is_ok_and(|is| is.is_dir());
    let files: Vec<&String> = names.iter().filter(is_file).collect();
    let dirs: Vec<&String> = names.iter().filter(is_dir).collect();
    let mut holders = vec![String::new()];
    holders.extend(dirs.iter().map(|dir| format!("{dir}/")));
    let holder = &holders[step.other.index(holders.len())];
    let fresh = format!("{holder}new{number}");
    let content = format!("the run's {number}");
    let one = |among: &[&String]| (!among.is_empty()).then(|| among[step.one.index(among.len())].clone());
    let all: Vec<&String> = names.iter().collect();
    let file = one(&files).unwrap_or_default();
    match step.verb {
        _ if all.is_empty() => "nothing".into(),
        0 | 4 | 5 | 6 | 11 if files.is_empty() => "nothing".into(),
        9 | 10 if dirs.is_empty() => "nothing".into(),
        0 => {
            run.unlink(&file);
            format!("-{file}")
        }
        1 => {
            let name = one(&all).expect("there is one");
            run.remove(&name);
            format!("-r {name}")
        }
        2 | 3 => {
            let from = one(&all).expect("there is one");
            if fresh.starts_with(&format!("{from}/")) {
                return "nothing".into();
            }
            run.rename(&from, &fresh);
            format!("{from}>{fresh}")
        }
        4 => {
            let to = files[step.other.index(files.len())];
            if *to == file {
                return "nothing".into();
            }
            run.rename(&file, to);
            format!("{file}>{to}")
        }
        5 => {
            run.write_over(&file, &content);
            format!("!{file}")
        }
        6 => {
            run.save(&file, &content);
            format!("save {file}")
        }
        7 => {
            fs::write(run.path(&fresh), content).expect("written");
            format!("+{fresh}")
        }
        8 => {
            fs::create_dir(run.path(&fresh)).expect("made");
            format!("+{fresh}/")
        }
        9 => {
            let dir = one(&dirs).expect("there is one");
            run.chmod(&dir, 0o711);
            format!("chmod {dir}")
        }
        10 => {
            let dir = one(&dirs).expect("there is one");
            run.empty(&dir);
            format!("-r {dir}/*")
        }
        _ => {
            run.truncate(&file, 2);
            format!("truncate {file}")
        }
    }
}

/// Each content that a tree holds, and how often.
fn contents(root: &Path) -> BTreeMap<Vec<u8>, usize> {
    let mut found = BTreeMap::new();
    let mut left: Vec<PathBuf> = vec![root.to_owned()];
    while let Some(dir) = left.pop() {
        for entry in fs::read_dir(&dir).expect("read") {
            let path = entry.expect("an entry").path();
            let is = path.symlink_metadata().expect("there");
            if is.is_dir() {
                left.push(path);
            } else if is.is_file() {
                *found.entry(fs::read(&path).expect("read")).or_default() += 1;
            }
        }
    }
    found
}

/// What an undo that complains of nothing must have brought back.
fn differs(difference: &str) -> Vec<&str> {
    let is_told = |line: &&str| {
        // The times of directories are the run's, where it made something first.
        !line.starts_with("new: ") && !line.contains(": modified: ")
    };
    difference.lines().filter(is_told).collect()
}

fn holds(pace: Pace) {
    random::for_each(60, &prop::collection::vec(step(), 1..14), |steps| {
        let sandbox = Sandbox::new();
        plant(&sandbox);
        // There is nothing to keep of what is empty.
        fs::write(sandbox.path("d/e/f/z"), "six").expect("written");
        // Also an ordinary user writes over it.
        fs::set_permissions(sandbox.path("d/e/y"), fs::Permissions::from_mode(0o644)).expect("ours");
        // Of a file with several names, a content that was cut comes back under the one by which it was.
        if steps.iter().any(|step| matches!(step.verb, 5 | 11)) {
            fs::remove_file(sandbox.path("d/e/same")).expect("there");
        }
        let before = snapshot(sandbox.work());
        let precious = contents(&sandbox.work());
        let run = Guarded::at(&sandbox, pace);
        let taken: Vec<String> = steps.iter().enumerate().map(|(number, step)| take(&run, step, number)).collect();
        let taken = taken.join("; ");
        let summary = run.end();
        assert!(summary.not_kept.is_empty(), "{taken}: {summary:?}");
        let everywhere = contents(sandbox.root());
        for content in precious.keys() {
            assert!(everywhere.contains_key(content), "lost: {}: {taken}", String::from_utf8_lossy(content));
        }
        let undone = sandbox.rrm(["undo"]);
        let told = String::from_utf8_lossy(&undone.stderr).into_owned();
        let is_clean = undone.status.success() || summary.items.is_empty();
        let difference = before.difference(&snapshot(sandbox.work()));
        if is_clean && !summary.items.is_empty() {
            assert_eq!(differs(&difference), [""; 0], "{taken}: {told}");
        }
        if !is_clean {
            let explained = |line: &str| {
                line.contains("cannot move back") || line.contains("already exists") || line.contains("hint:")
            };
            assert!(told.lines().all(explained), "{taken}: {told}");
        }
        let everywhere = contents(sandbox.root());
        for content in precious.keys() {
            assert!(everywhere.contains_key(content), "lost: {}: {taken}", String::from_utf8_lossy(content));
        }
    });
}

#[test]
#[ignore = "takes long; RRM_CI_DAILY=1 .ci/run has it"]
fn a_random_run_loses_nothing() {
    holds(Pace::Quick);
}

#[test]
#[ignore = "takes long; RRM_CI_DAILY=1 .ci/run has it"]
fn a_random_run_of_hours_loses_nothing() {
    holds(Pace::Slow);
}
