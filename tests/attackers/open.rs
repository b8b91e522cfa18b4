//! A command killed while others may write: what it left is open.

use super::{Removed, SCENES, Scene, mode_of, needs_root};
use crate::common::{Fault, Sandbox, fault, strace};

/// Those where the record is on the thing itself.
fn closed_scenes() -> impl Iterator<Item = &'static Scene> {
    SCENES.iter().filter(|scene| !["theirs", "not ours"].iter().any(|why| scene.name.contains(why)))
}

/// Runs a command that is killed when it makes this call.
fn killed_at(removed: &Removed, call: &str, words: &[&str]) {
    let inject = format!("inject={call}:signal=KILL:when=1");
    let traced = ["strace", "-f", "-q", "-o", "/dev/null", "-e", &inject];
    let run = removed.sandbox.command(words).through(traced).run();
    assert!(!run.status.success(), "{run}");
}

fn says(removed: &Removed) -> Vec<(String, Option<Vec<u8>>)> {
    let path = removed.wanted.as_os_str().as_encoded_bytes().to_vec();
    let date = b"2026-02-01T00:00:00Z".to_vec();
    vec![("original_path".into(), Some(path)), ("deletion_date".into(), Some(date))]
}

/// What is open is closed by the next command, is told, goes nowhere by itself, and comes out with the mode that it had.
fn assert_open(removed: &Removed, told: &str) {
    let listed = removed.listed();
    assert_eq!(listed["state"], "open", "{told}");
    assert_eq!(removed.attacker.writes(says(removed)), 0, "{told}: closed by whoever looked");
    assert_eq!(removed.listed()["state"], "open", "{told}: and open as long as it is there");
    let id = removed.listed()["id"].as_str().unwrap().to_owned();
    removed.sandbox.rrm(["list"]).ok().out_contains("(open)");
    removed.sandbox.rrm(["show", &id]).ok().out_contains("others could have written its record");
    removed.sandbox.rrm(["doctor"]).fails(1).out_contains("others could have written");
    let undo = removed.sandbox.rrm(["undo"]);
    undo.fails(1).err_contains("others could have written");
    for (status, verb) in [
        (1, &["restore", "--last", "1"][..]),
        (1, &["restore", "glob:**"]),
        (1, &["restore", "--since", "1d"]),
        (1, &["restore", &id]),
        (1, &["restore", "--yes", &id]),
        (0, &["clean"]),
        (0, &["clean", "--yes", "--older-than", "0"]),
        (0, &["clean", "--yes", "--last", "1"]),
        (1, &["clean", "--yes", "glob:**"]),
        (1, &["clean", "--yes", removed.wanted.to_str().unwrap()]),
        (1, &["restore", "y-the"]),
        (1, &["restore", "--yes", "--last", "1", "y-the"]),
        (1, &["recover", "--yes", "y-the"]),
        (1, &["purge", "--yes", "y-the"]),
        (1, &["undo", "3"]),
        (1, &["undo", "--yes", "2"]),
        (1, &["redo"]),
    ] {
        removed.sandbox.rrm(verb).fails(status);
        assert_eq!(removed.listed()["state"], "open", "{told}: {verb:?}");
        removed.assert_not_wanted(told);
    }
    removed.sandbox.rrm(["restore", &id, "--to", "out", "--rename", "thing"]).ok();
    removed.was.assert_is_at(removed.sandbox.path("out/thing"));
}

#[test]
fn a_removal_killed_before_it_closes_leaves_an_open_item() {
    if !needs_root() {
        return;
    }
    or_skip!(strace::available());
    for scene in closed_scenes() {
        let removed = Removed::held(scene);
        killed_at(&removed, "fchmod", &["rm", "-rf", "thing"]);
        assert!(removed.path.symlink_metadata().is_err(), "{}: it is in the trash", scene.name);
        assert!(removed.attacker.writes(says(&removed)) > 0, "{}: they may write", scene.name);
        assert_open(&removed, scene.name);
    }
}

/// Who closes it gives it a name that tells so, then takes from others the right to write: killed between the two, or
/// before the first, it has not made what others wrote believed.
#[test]
fn a_look_killed_while_it_closes_leaves_an_open_item() {
    if !needs_root() {
        return;
    }
    or_skip!(strace::available());
    for scene in closed_scenes() {
        for call in ["renameat2", "fchmod"] {
            let removed = Removed::held(scene);
            killed_at(&removed, "fchmod", &["rm", "-rf", "thing"]);
            assert!(removed.attacker.writes(says(&removed)) > 0, "{}: they may write", scene.name);
            killed_at(&removed, call, &["list"]);
            assert_open(&removed, &format!("{}, a list killed at its {call}", scene.name));
        }
    }
}

#[test]
fn a_restore_killed_before_it_renames_leaves_an_open_item() {
    if !needs_root() {
        return;
    }
    or_skip!(strace::available());
    for scene in closed_scenes() {
        let removed = Removed::of(scene);
        killed_at(&removed, "renameat2", &["undo"]);
        assert!(removed.attacker.writes(says(&removed)) > 0, "{}: they may write", scene.name);
        assert_open(&removed, scene.name);
    }
}

/// They write between the rename and the moment from which they cannot: that is written over.
#[test]
fn what_is_written_before_a_removal_closes_is_written_over() {
    if !needs_root() {
        return;
    }
    or_skip!(strace::available());
    for scene in closed_scenes() {
        let removed = Removed::held(scene);
        let removal = removed.sandbox.command(["rm", "-rf", "thing"]).held_before("fchmod", 1);
        assert!(removed.attacker.writes(says(&removed)) > 0, "{}: they may write", scene.name);
        removal.released().ok();
        let listed = removed.listed();
        assert_eq!(listed["state"], "trashed", "{}", scene.name);
        assert_eq!(listed["original_path"], removed.path.to_str().unwrap(), "{}", scene.name);
        removed.sandbox.rrm(["undo"]).ok();
        removed.assert_back(scene.name);
    }
}

/// The mode that was given back to it is taken off again.
#[test]
fn what_a_restore_fails_to_move_stays_closed() {
    if !needs_root() {
        return;
    }
    or_skip!(strace::available());
    for scene in closed_scenes() {
        let removed = Removed::of(scene);
        let failing = ["strace", "-f", "-q", "-o", "/dev/null", "-e", "inject=renameat2:error=EROFS:when=1"];
        removed.sandbox.command(["undo"]).through(failing).run().fails(1);
        assert_eq!(removed.attacker.writes(says(&removed)), 0, "{}", scene.name);
        assert_eq!(removed.listed()["state"], "trashed", "{}", scene.name);
        removed.sandbox.rrm(["undo"]).ok();
        removed.assert_back(scene.name);
    }
}

/// A restore that finds its place taken leaves the item as it was, whatever others wrote meanwhile.
#[test]
fn what_cannot_be_restored_stays_closed() {
    if !needs_root() {
        return;
    }
    for scene in closed_scenes() {
        let removed = Removed::of(scene);
        removed.sandbox.file("thing", "in the way");
        removed.sandbox.rrm(["undo"]).fails(1);
        assert_eq!(removed.attacker.writes(says(&removed)), 0, "{}", scene.name);
        assert_eq!(removed.listed()["state"], "trashed", "{}", scene.name);
    }
}

/// Wherever a command is killed or a call of it fails, what a group may write is there once, and comes out with its mode.
#[test]
fn what_a_group_may_write_is_whole_at_every_call() {
    let scene = |is_removed: bool| {
        let sandbox = Sandbox::ordinary();
        sandbox.file("file", "content");
        sandbox.tree("dir", &[("a", "1")]);
        sandbox.chmod("file", 0o664);
        sandbox.chmod("dir", 0o2775);
        if is_removed {
            sandbox.rrm(["rm", "file", "dir"]).ok();
        }
        sandbox
    };
    for (is_removed, verb) in [(false, &["rm", "-f", "file", "dir"][..]), (true, &["undo"])] {
        for fault in [Fault::Kill, Fault::Error("EIO")] {
            let points = fault::each_point(
                fault,
                || scene(is_removed),
                |sandbox| sandbox.command(verb),
                |sandbox, point, run| {
                    let listed = sandbox.list_json();
                    let in_place =
                        ["file", "dir"].map(|name| sandbox.path(name)).into_iter().filter(|path| path.exists());
                    assert_eq!(listed.len() + in_place.clone().count(), 2, "{verb:?}: {run}");
                    let ids: Vec<_> = listed.iter().map(|item| item["id"].as_str().unwrap()).collect();
                    if !ids.is_empty() {
                        sandbox.command(["restore", "--to", "out"]).args(&ids).run().ok();
                    }
                    let out = ["file", "dir"].map(|name| sandbox.path("out").join(name));
                    for path in out.into_iter().filter(|path| path.exists()).chain(in_place) {
                        let expected = if path.ends_with("file") { 0o664 } else { 0o2775 };
                        let kept = fault != Fault::Kill && point.call.contains("chmod");
                        assert!(kept || mode_of(&path) == expected, "{}: {:o}", path.display(), mode_of(&path));
                    }
                },
            );
            assert!(points > 0, "{verb:?}");
        }
    }
}

#[test]
fn an_open_item_is_deleted_when_it_is_named() {
    if !needs_root() {
        return;
    }
    or_skip!(strace::available());
    let removed = Removed::held(&SCENES[2]);
    killed_at(&removed, "fchmod", &["rm", "thing"]);
    let id = removed.listed()["id"].as_str().unwrap().to_owned();
    let place = removed.sandbox.trash().join(&id);
    assert_eq!(mode_of(&place) & 0o022, 0);
    removed.sandbox.rrm(["clean", "--yes", &id]).ok();
    assert!(removed.sandbox.list_json().is_empty());
}
