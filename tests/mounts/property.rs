//! Random trees of every kind of entry, removed across mounts and brought back by the program itself.

use proptest::prelude::*;

use super::{assert_no_rest, listed};
use crate::common::random_tree::{Owners, build, node};
use crate::common::{Mount, Sandbox, is_root};
use crate::transfer::{assert_same, seen};

#[test]
fn random_trees_removed_into_home_come_back_as_they_were() {
    if !is_root() {
        skip!("root", "to give files away");
    }
    in_mount_namespace!();
    let sandbox = Sandbox::new();
    // Looking at the trees must not change their times of access.
    let mount = or_skip!(Mount::tmpfs("mode=755", &sandbox.path("m")));
    or_skip!(mount.again_as("noatime"));
    let tree = mount.path().join("it");
    let config = ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(nodes in prop::collection::vec(node(8 << 20), 0..50))| {
        build(&tree, &nodes, Owners::Any);
        let before = seen(&tree);
        // Root loses nothing between these two, so nobody has to agree to anything.
        sandbox.rrm(["rm", "--into-home", "m/it"]).ok().silent();
        prop_assert!(tree.symlink_metadata().is_err());
        prop_assert_eq!(listed(&sandbox), [tree.display().to_string()]);
        sandbox.rrm(["restore", "m/it"]).ok().silent();
        assert_same(&before, &seen(&tree));
        prop_assert_eq!(listed(&sandbox).len(), 0);
        assert_no_rest(&sandbox);
        std::fs::remove_dir_all(&tree).expect("it is ours");
    });
}
