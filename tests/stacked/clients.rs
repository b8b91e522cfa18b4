//! Several machines at one volume: whatever they do at once, one of them wins, and nothing is lost or listed twice.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::Served;
use crate::common::{Missing, Run};

/// How often each pair of commands is let loose.
const ROUNDS: usize = 3;

const NAMES: [&str; 8] = ["a", "b", "c", "d", "e", "f", "g", "h"];

/// A volume of two clients, `m` and `n`, with files on it. Neither knows of the other's locks or memory.
struct Two(Served);

impl Two {
    fn new() -> Result<Self, Missing> {
        let served = Served::gluster_twice()?;
        served.script(&served.dir(), "for name in a b c d e f g h; do printf $name > $name; done", &[]);
        Ok(Self(served))
    }

    fn paths(&self, client: &str) -> Vec<PathBuf> {
        NAMES.iter().map(|name| self.0.sandbox.path(client).join("d").join(name)).collect()
    }

    /// Runs one command of each client at once.
    fn at_once(&self, words: [&[&str]; 2], operands: [Vec<PathBuf>; 2]) -> [Run; 2] {
        let [one, other] = operands;
        let start = |words: &[&str], operands: &[PathBuf]| self.0.sandbox.command(words).args(operands).spawn();
        let children = [start(words[0], &one), start(words[1], &other)];
        children.map(|child| Run::of(child.wait_with_output().expect("it can be waited for")))
    }

    fn listed(&self) -> Vec<String> {
        let name = |item: serde_json::Value| {
            let path = item["original_path"].as_str().unwrap_or("of unknown origin").to_owned();
            path.rsplit('/').next().map(str::to_owned).unwrap_or_default()
        };
        let mut names: Vec<_> = self.0.sandbox.list_json().into_iter().map(name).collect();
        names.sort();
        names
    }

    fn in_place(&self) -> Vec<String> {
        let is_there = |name: &&&str| std::fs::read(self.0.dir().join(name)).is_ok_and(|all| all == name.as_bytes());
        NAMES.iter().filter(is_there).map(|name| (*name).to_owned()).collect()
    }

    /// Each is in one place alone, and what is in its place has nothing of ours on it.
    #[track_caller]
    fn assert_each_is_somewhere(&self, runs: &[Run; 2]) {
        let (listed, in_place) = (self.listed(), self.in_place());
        let all: BTreeSet<_> = listed.iter().chain(&in_place).map(String::as_str).collect();
        let [one, other] = runs;
        assert_eq!(all, NAMES.into(), "{listed:?} listed, {in_place:?} in place\n{one}\n{other}");
        assert_eq!(listed.len() + in_place.len(), NAMES.len(), "{listed:?}, {in_place:?}\n{one}\n{other}");
        for name in in_place {
            let left = xattr::list(self.0.dir().join(&name)).map(Iterator::count).unwrap_or_default();
            assert_eq!(left, 0, "{name} has attributes\n{one}\n{other}");
        }
    }

    /// All in its place again.
    fn settle(&self) {
        for _ in 0..NAMES.len() {
            if self.in_place().len() == NAMES.len() {
                return;
            }
            self.0.sandbox.rrm(["undo"]).ok();
        }
        panic!("undo does not bring all back: {:?}", self.listed());
    }
}

#[test]
#[ignore = "takes long; RRM_CI_DAILY=1 .ci/run has it"]
fn two_removals_of_the_same_files() {
    in_mount_namespace!();
    let two = or_skip!(Two::new());
    for _ in 0..ROUNDS {
        let runs = two.at_once([&["rm"], &["rm"]], [two.paths("m"), two.paths("n")]);
        two.assert_each_is_somewhere(&runs);
        assert_eq!(two.listed().len(), NAMES.len());
        two.settle();
    }
}

#[test]
#[ignore = "takes long; RRM_CI_DAILY=1 .ci/run has it"]
fn a_removal_and_an_undo_of_the_same_files() {
    in_mount_namespace!();
    let two = or_skip!(Two::new());
    for _ in 0..ROUNDS {
        two.0.sandbox.command(["rm"]).args(two.paths("m")).run().ok();
        let runs = two.at_once([&["rm", "-f"], &["undo"]], [two.paths("n"), Vec::new()]);
        two.assert_each_is_somewhere(&runs);
        two.settle();
    }
}

#[test]
#[ignore = "takes long; RRM_CI_DAILY=1 .ci/run has it"]
fn two_undos_and_then_two_cleans() {
    in_mount_namespace!();
    let two = or_skip!(Two::new());
    for _ in 0..ROUNDS {
        two.0.sandbox.command(["rm"]).args(two.paths("m")).run().ok();
        let runs = two.at_once([&["undo"], &["undo"]], [Vec::new(), Vec::new()]);
        two.assert_each_is_somewhere(&runs);
        two.settle();
    }
    two.0.sandbox.command(["rm"]).args(two.paths("n")).run().ok();
    let all = ["clean", "--all", "--yes"];
    let [one, other] = two.at_once([&all, &all], [Vec::new(), Vec::new()]);
    assert!(one.status.success() || other.status.success(), "{one}\n{other}");
    two.0.sandbox.rrm(all).ok();
    assert_eq!((two.listed(), two.in_place()), (vec![], vec![]));
}

#[test]
fn what_is_seen_through_two_mounts_is_one_item() {
    in_mount_namespace!();
    let two = or_skip!(Two::new());
    two.0.sandbox.command(["rm"]).args(two.paths("m")).run().ok().silent();
    two.0.sandbox.command(["rm"]).args([two.0.sandbox.path("n").join("d")]).run().ok().silent();
    assert_eq!(two.listed(), ["a", "b", "c", "d", "d", "e", "f", "g", "h"]);
    two.0.sandbox.rrm(["undo"]).ok();
    two.0.sandbox.rrm(["undo"]).ok();
    assert_eq!(two.in_place(), NAMES);
    two.0.sandbox.rrm(["doctor"]).ok();
}
