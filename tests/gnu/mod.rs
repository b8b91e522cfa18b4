//! The differential test: the same command lines under GNU `rm` and under ours, in identical fresh trees, compared in
//! exit status, standard output, standard error and what is left.
//!
//! Every difference that is wanted or cannot be helped is one entry of [`tolerated::TABLE`]. Nothing of the machine's
//! can be removed by any of it, see [`contained`].

mod case;
#[macro_use]
mod contained;
mod generate;
mod run;
mod tolerated;
mod tree;

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use case::Case;
use run::{Outcome, PATIENT, Patience, Ran, User};

use crate::common::{Missing, copy_program, is_root, say_skipped};

/// An ordinary user, for whom permissions hold.
const NOBODY: User = User::Other(65534);

/// How many of the differences are spelled out when there are many.
const SHOWN: usize = 12;

/// A place for trees and trashes that an ordinary user can reach, too.
struct Scene {
    place: tempfile::TempDir,
}

impl Scene {
    fn new() -> Self {
        let place = tempfile::tempdir_in(contained::ARENA).expect("a temporary directory");
        fs::set_permissions(place.path(), fs::Permissions::from_mode(0o755)).expect("open to others");
        Self { place }
    }

    /// A directory in which `rm` is the program `candidate`: a copy, as the build directory may be closed to others.
    fn install(&self, candidate: &Path) -> PathBuf {
        let bin = self.place.path().join("bin");
        fs::create_dir(&bin).expect("a directory");
        copy_program(candidate, &bin.join("rrm"));
        symlink("rrm", bin.join("rm")).expect("a link");
        bin
    }

    /// A directory in which `rm` is this shell script.
    fn install_script(&self, script: &str) -> PathBuf {
        let path = self.place.path().join("script");
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("a script");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("executable");
        self.install(&path)
    }
}

/// A case in which the candidate was not like GNU, and no entry of the table says why.
struct Difference {
    case: Case,
    theirs: Outcome,
    ours: Outcome,
}

/// Runs the cases on two threads, under GNU `rm` and under the `rm` in `bin`.
fn compare(scene: &Scene, bin: &Path, cases: &[Case], user: User) -> Vec<Difference> {
    compare_within(PATIENT, scene, bin, cases, user)
}

/// The same, with so much patience with the `rm` in `bin`.
fn compare_within(patience: Patience, scene: &Scene, bin: &Path, cases: &[Case], user: User) -> Vec<Difference> {
    let (next, found) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for worker in 0..2 {
            let (next, found) = (&next, &found);
            scope.spawn(move || {
                let place = scene.place.path().join(format!("{user:?}-{worker}"));
                let stage = run::Stage::new(&place, user);
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Some(difference) = compare_one(&stage, bin, case, patience) {
                        found.lock().expect("no panic").push(difference);
                    }
                }
            });
        }
    });
    found.into_inner().expect("no panic")
}

fn compare_one(stage: &run::Stage, bin: &Path, case: &Case, patience: Patience) -> Option<Difference> {
    let theirs = stage.run(Path::new("/bin"), case, PATIENT);
    let ours = stage.run(bin, case, patience);
    let ran = Ran { case, theirs: &theirs, ours: &ours };
    if theirs == ours || tolerated::TABLE.iter().any(|one| (one.excuses)(&ran)) {
        return None;
    }
    Some(Difference { case: case.clone(), theirs, ours })
}

fn report(differences: &[Difference], user: User) -> String {
    let shown = differences.iter().take(SHOWN);
    let each = shown.map(|Difference { case, theirs, ours }| format!("\n{case}\n{}", theirs.difference_to(ours)));
    format!("{} differences as {user:?}\n{}", differences.len(), each.collect::<Vec<_>>().concat())
}

/// Root, to whom permissions mean nothing, and somebody; or only ourselves where we are not root.
fn users() -> Vec<User> {
    if is_root() { vec![User::Ourselves, NOBODY] } else { vec![User::Ourselves] }
}

/// Root, whom no permission stops, sees less that is peculiar: a third of the cases will do.
fn cases_for(user: User) -> Vec<Case> {
    let step = if user == User::Ourselves && is_root() { 3 } else { 1 };
    generate::all().into_iter().step_by(step).collect()
}

fn is_gnu_rm_here() -> bool {
    let version = std::process::Command::new("/bin/rm").arg("--version").output();
    let is_here = version.is_ok_and(|output| output.stdout.starts_with(b"rm (GNU coreutils) 9."));
    if !is_here {
        say_skipped(&Missing::new("GNU coreutils 9", "to compare with"));
    }
    is_here
}

#[test]
fn our_rm_is_like_gnu_rm() {
    contained!();
    if !is_gnu_rm_here() {
        return;
    }
    let scene = Scene::new();
    let bin = scene.install(&crate::common::binary());
    for user in users() {
        let cases = cases_for(user);
        let differences = compare(&scene, &bin, &cases, user);
        assert!(differences.is_empty(), "of {} cases, {}", cases.len(), report(&differences, user));
    }
}

/// The harness itself makes no difference: same trees, same surroundings, same order of entries.
#[test]
fn gnu_rm_is_like_itself() {
    contained!();
    if !is_gnu_rm_here() {
        return;
    }
    let scene = Scene::new();
    let bin = scene.install(Path::new("/bin/rm"));
    let some: Vec<_> = generate::all().into_iter().step_by(29).collect();
    for user in users() {
        let differences = compare(&scene, &bin, &some, user);
        assert!(differences.is_empty(), "{}", report(&differences, user));
    }
}

/// The harness sees a wrong status, a wrong word on either stream, and a file too many or too few.
#[test]
fn a_broken_rm_is_found_out() {
    contained!();
    if !is_gnu_rm_here() {
        return;
    }
    let broken = [
        ("status", "/bin/rm \"$@\"; exit 3"),
        ("error", "/bin/rm \"$@\"; status=$?; echo oops >&2; exit $status"),
        ("output", "/bin/rm \"$@\"; status=$?; echo oops; exit $status"),
        ("left", "/bin/rm \"$@\"; status=$?; : > left-over; exit $status"),
        ("gone", "/bin/rm \"$@\"; status=$?; /bin/rm -rf f; exit $status"),
        ("hangs", "/bin/rm \"$@\"; read answer < p; exit 0"),
    ];
    for (name, script) in broken {
        let scene = Scene::new();
        let bin = scene.install_script(script);
        let cases = [Case::new(["nosuch"])];
        // What hangs shall not do so for long.
        let patience = if name == "hangs" { Patience(Duration::from_millis(200)) } else { PATIENT };
        assert_eq!(compare_within(patience, &scene, &bin, &cases, User::Ourselves).len(), 1, "{name}");
    }
}
