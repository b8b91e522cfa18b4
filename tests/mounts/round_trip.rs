//! What was removed is listed, and comes back as it was, whatever it was on and wherever its trash is.

use std::fs;
use std::path::Path;

use super::{Kind, assert_no_rest, fill, label, listed, on_disk, place, users};
use crate::common::{Sandbox, say_skipped, snapshot};

/// Removes each entry of a tree, then lists, restores and compares; once each for how the removal is asked for.
fn there_and_back(kind: Kind, words: &[&str]) {
    for user in users() {
        let sandbox = Sandbox::of(user);
        let filled = place(kind, &sandbox, |dir| {
            fill(&sandbox, dir);
            label(dir);
        });
        let Ok(place) = filled.map_err(|why| say_skipped(&why)) else { continue };
        let (before, hole) = (snapshot(&place.dir), on_disk(&place.dir.join("sparse")));
        let names = ["file", "sparse", "sub", "up", "fifo", "socket", "private", "shut"];
        let operands: Vec<_> = names.iter().map(|name| place.dir.join(name)).collect();
        let words = words.iter().map(Path::new).chain(operands.iter().map(std::path::PathBuf::as_path));
        let run = sandbox.rrm([Path::new("rm")].into_iter().chain(words));
        run.ok().silent();
        let rest: Vec<_> = fs::read_dir(&place.dir).expect("it is there").collect();
        assert!(rest.is_empty(), "{kind:?} {user:?}: {rest:?}");
        let mut expected: Vec<_> = operands.iter().map(|path| path.display().to_string()).collect();
        expected.sort();
        assert_eq!(listed(&sandbox), expected, "{kind:?} {user:?}");
        sandbox.rrm(["undo"]).ok();
        super::set_times(&place.dir, 5);
        let difference = before.difference(&snapshot(&place.dir));
        let difference: Vec<_> = difference.lines().filter(|line| !line.starts_with("changed: : modified")).collect();
        assert!(difference.is_empty(), "{kind:?} {user:?}: {difference:?}");
        assert!(on_disk(&place.dir.join("sparse")) <= hole, "{kind:?}: the hole");
        assert_eq!(sandbox.list_json(), Vec::<serde_json::Value>::new());
        assert_no_rest(&sandbox);
    }
}

#[test]
fn what_is_removed_is_listed_and_comes_back_on_every_kind_of_mount() {
    in_mount_namespace!();
    for kind in Kind::ALL {
        there_and_back(kind, &[]);
    }
}

#[test]
fn what_is_removed_into_home_comes_back_from_there() {
    in_mount_namespace!();
    for kind in Kind::ALL {
        there_and_back(kind, &["--into-home", "--yes"]);
    }
}

/// The whole directory at once: one rename where that works, a copy where the kernel says EXDEV.
#[test]
fn a_whole_tree_comes_back_on_every_kind_of_mount() {
    in_mount_namespace!();
    for kind in Kind::ALL {
        for words in [&["rm"][..], &["rm", "--into-home", "--yes"]] {
            for user in users() {
                let sandbox = Sandbox::of(user);
                let filled = place(kind, &sandbox, |dir| {
                    fill(&sandbox, &sandbox.dir(dir.join("t")));
                    label(&dir.join("t"));
                });
                let Ok(place) = filled.map_err(|why| say_skipped(&why)) else { continue };
                let tree = place.dir.join("t");
                let (before, hole) = (snapshot(&tree), on_disk(&tree.join("sparse")));
                sandbox.command(words).args([&tree]).run().ok().silent();
                assert!(tree.symlink_metadata().is_err(), "{kind:?} {words:?}");
                assert_eq!(listed(&sandbox), [tree.display().to_string()], "{kind:?} {words:?}");
                sandbox.rrm(["undo"]).ok();
                before.assert_is_at(&tree);
                assert!(on_disk(&tree.join("sparse")) <= hole, "{kind:?}: the hole");
                assert_no_rest(&sandbox);
            }
        }
    }
}

/// From one mount's trash to a directory on another, whole items and a part of one.
#[test]
fn restore_to_another_mount_is_as_faithful() {
    in_mount_namespace!();
    for kind in Kind::ALL {
        for user in users() {
            let sandbox = Sandbox::of(user);
            let filled = place(kind, &sandbox, |dir| fill(&sandbox, &sandbox.dir(dir.join("t"))));
            let Ok(place) = filled.map_err(|why| say_skipped(&why)) else { continue };
            let (tree, target) = (place.dir.join("t"), sandbox.dir("target"));
            let before = snapshot(&tree);
            let part = snapshot(tree.join("sub"));
            sandbox.command(["rm"]).args([&tree]).run().ok();
            let to = target.to_str().expect("a plain path");
            let inner = tree.join("sub");
            sandbox.command(["restore", "--yes", "--to", to]).args([&inner]).run().ok();
            part.assert_is_at(target.join("sub"));
            assert_eq!(listed(&sandbox), [tree.display().to_string()], "the rest is still there");
            sandbox
                .command(["restore", "--yes", "--to", &place.dir.display().to_string()])
                .args([&inner])
                .run()
                .fails(1);
            fs::rename(target.join("sub"), target.join("part")).expect("moved");
            sandbox.command(["restore", "--yes", "--to", to]).args([&tree]).run().ok();
            let back = before.difference(&snapshot(target.join("t")));
            assert!(
                back.lines().all(|line| line.starts_with("gone: sub") || line.starts_with("changed: : ")),
                "{back}"
            );
            assert_eq!(listed(&sandbox), Vec::<String>::new());
            assert_no_rest(&sandbox);
        }
    }
}

/// A record is left behind, and what a person had under the same names is not.
#[test]
fn a_copy_out_of_the_trash_has_a_persons_attributes_and_not_ours() {
    in_mount_namespace!();
    for user in users() {
        let sandbox = Sandbox::of(user);
        let place = or_skip!(place(Kind::Tmpfs, &sandbox, |dir| {
            for name in ["plain", "named"] {
                sandbox.file(dir.join(name), "content");
                sandbox.file(dir.join("t").join(name), "content");
                xattr::set(dir.join("t").join(name), "user.original_path", b"mine").expect("tmpfs takes it");
            }
            xattr::set(dir.join("named"), "user.original_path", b"mine").expect("tmpfs takes it");
        }));
        let names = ["plain", "named", "t"];
        let paths = names.map(|name| place.dir.join(name));
        let before = paths.each_ref().map(snapshot);
        sandbox.command(["rm"]).args(&paths).run().ok().silent();
        sandbox.command(["restore", "--to", &sandbox.dir("out").display().to_string()]).args(&paths).run().ok();
        for (name, before) in names.into_iter().zip(before) {
            before.assert_is_at(sandbox.path("out").join(name));
        }
    }
}
