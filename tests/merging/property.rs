//! Merges of random pairs of trees, with every kind of entry and any mode and owner.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use proptest::sample::select;

use super::account::Account;
use crate::common::random_tree::{Node, Owners, build, node, set_mode};
use crate::common::{Sandbox, User, Way, is_root, random, snapshot};

/// Two trees: what only the trash has, what both have, what is only live; the mode of the live one; and whether to swap.
type Pair = (Vec<Node>, Vec<Node>, Vec<Node>, u32, bool);

fn pair() -> impl Strategy<Value = Pair> {
    let nodes = || prop::collection::vec(node(20_000), 0..12);
    (nodes(), nodes(), nodes(), select(vec![0o700, 0o755]), any::<bool>())
}

#[test]
fn no_byte_of_random_trees_is_lost_by_root() {
    if !is_root() {
        skip!("root", "to make what is not one's own");
    }
    random::for_each(60, &pair(), |pair| merged(&pair, User::Caller, Owners::Any));
}

#[test]
fn no_byte_of_random_trees_is_lost_by_an_ordinary_user() {
    let (user, group) = User::Nobody.ids();
    random::for_each(60, &pair(), |pair| merged(&pair, User::Nobody, Owners::Mostly(user, group)));
}

fn merged((trashed, both, live, top_mode, swaps): &Pair, user: User, owners: Owners) {
    let sandbox = Sandbox::of(user).by_way_of(Way::Here);
    let top = sandbox.path("t");
    build(&top, &[both.clone(), trashed.clone()].concat(), owners);
    let old = seen(&top);
    sandbox.rrm(["rm", "t"]).ok();
    build(&top, &[both.clone(), live.clone()].concat(), owners);
    set_mode(&top, *top_mode);
    let (new, before) = (seen(&top), Account::of(&sandbox));
    let mode = if *swaps { "merge-swap" } else { "merge" };
    let merge = sandbox.command(["restore", "--conflict", mode]).args([&top]);
    let run = merge.run();
    before.assert_is(&Account::of(&sandbox));
    if !swaps {
        let now = seen(&top);
        let changed: Vec<_> = new.iter().filter(|(path, node)| now.get(*path) != Some(*node)).collect();
        assert!(changed.is_empty(), "what was there has changed: {changed:#?}");
    }
    // Who may do everything finds nothing missing any more.
    if user == User::Caller && run.status.success() {
        let missing: Vec<_> = old.keys().filter(|path| !is_back(&top, path)).collect();
        assert!(missing.is_empty(), "not back: {missing:?}");
    }
    merge.run();
    before.assert_is(&Account::of(&sandbox));
}

/// All paths with what a merge leaves as it is.
fn seen(top: &Path) -> BTreeMap<PathBuf, String> {
    let shot = snapshot(top);
    let nodes = shot.traits().map(|(path, node)| {
        let mut node = node.clone();
        let is_dir = !node.contains_key("size");
        node.retain(|name, _| name != "same file as" && !(is_dir && name == "modified"));
        (path.to_owned(), format!("{node:?}"))
    });
    nodes.collect()
}

/// Whether something is there, or something else is on the way to it.
fn is_back(top: &Path, path: &Path) -> bool {
    let is_other = |above: &Path| fs::symlink_metadata(top.join(above)).is_ok_and(|is| !is.is_dir());
    path.ancestors().any(is_other) || fs::symlink_metadata(top.join(path)).is_ok()
}
