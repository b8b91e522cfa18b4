//! Rules about space, and others who make larger what was removed.

use super::other_user::Attacker;
use super::{needs_root, team};
use crate::common::{Sandbox, User};

const MEBIBYTE: usize = 1 << 20;

/// What they hold open: the thing itself, or a file in it.
const HELD: [&str; 2] = ["thing", "thing/inside"];

/// A removed file of ours alone, and the younger `thing`, that or in which a file of the team is held open by them.
fn removed(held: &str) -> (Sandbox, Attacker) {
    let sandbox = Sandbox::of(User::Nobody);
    sandbox.file("thesis", "years of work");
    team(&sandbox, &sandbox.path(held), 0o664);
    let attacker = Attacker::holding_to_write(&sandbox.path(held));
    sandbox.rrm(["rm", "thesis"]).ok();
    sandbox.rrm(["rm", "-r", "thing"]).ok();
    (sandbox, attacker)
}

fn left(sandbox: &Sandbox) -> Vec<String> {
    let items = sandbox.list_json();
    let mut paths: Vec<_> = items.iter().map(|item| item["original_path"].as_str().unwrap().to_owned()).collect();
    paths.sort();
    paths.iter().map(|path| path.rsplit('/').next().unwrap().to_owned()).collect()
}

#[test]
fn a_hole_takes_no_space() {
    if needs_root() {
        for held in HELD {
            let (sandbox, attacker) = removed(held);
            sandbox.rrm(["config", "set", "max-size", "1G"]).ok();
            attacker.grows(1 << 40, 0);
            sandbox.rrm(["clean"]).ok();
            assert_eq!(left(&sandbox), ["thesis", "thing"]);
        }
    }
}

#[test]
fn what_they_make_larger_goes_itself() {
    if needs_root() {
        for held in HELD {
            let (sandbox, attacker) = removed(held);
            sandbox.rrm(["config", "set", "max-size", "1M"]).ok();
            attacker.grows(1 << 40, 4 * MEBIBYTE);
            sandbox.rrm(["clean"]).ok();
            assert_eq!(left(&sandbox), ["thesis"]);
        }
    }
}

/// Where it may not go, it counts for nothing.
#[test]
fn what_they_make_larger_and_a_person_keeps_moves_nothing() {
    if needs_root() {
        for held in HELD {
            let (sandbox, attacker) = removed(held);
            sandbox.rrm(["config", "set", "max-size", "1M"]).ok();
            sandbox.rrm(["keep", "thing"]).ok();
            attacker.grows(1 << 40, 4 * MEBIBYTE);
            sandbox.rrm(["clean"]).ok();
            assert_eq!(left(&sandbox), ["thesis", "thing"]);
        }
    }
}
