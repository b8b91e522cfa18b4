//! What fails while something is copied or has no trash to go to: nothing is lost, and it is said.

use std::fs;

use super::{Kind, assert_no_rest, listed, place};
use crate::common::fault::{Point, each_point_of};
use crate::common::mounts::{Format, system};
use crate::common::{Fault, Mount, Sandbox, User, is_root, snapshot};

#[test]
fn a_subdirectory_that_cannot_be_removed_costs_no_file() {
    if !is_root() {
        skip!("root", "to make a directory of somebody else");
    }
    in_mount_namespace!();
    for (shut, words) in [("0first", &["rm", "--into-home", "--yes"]), ("z-last", &["rm", "--into-home", "--yes"])] {
        for kind in [Kind::Ext4, Kind::Tmpfs, Kind::Lower] {
            for mode in [0o700, 0o755] {
                let sandbox = Sandbox::ordinary();
                let filled = place(kind, &sandbox, |dir| {
                    for file in ["t/a/f1", "t/b/f2", "t/m/f3", "t/f4"] {
                        sandbox.file(dir.join(file), file);
                    }
                    sandbox.file(dir.join("t").join(shut).join("f5"), "root's");
                    sandbox.chown(dir.join("t").join(shut), 0);
                    sandbox.chmod(dir.join("t").join(shut), mode);
                });
                let place = or_skip!(filled);
                let before = snapshot(place.dir.join("t"));
                let run = sandbox.command(words).args([place.dir.join("t")]).run();
                run.fails(1).err_contains(shut);
                before.assert_is_at(place.dir.join("t"));
                assert_eq!(listed(&sandbox), Vec::<String>::new());
                assert_no_rest(&sandbox);
            }
        }
    }
}

// [74] All that stands in the way is told at once, and not one more each time.
#[test]
fn each_thing_that_no_copy_can_be_made_of_is_named() {
    if !is_root() {
        skip!("root", "to make files of somebody else");
    }
    in_mount_namespace!();
    let sandbox = Sandbox::ordinary();
    let names: Vec<String> = (0..30).map(|number| format!("f{number}")).collect();
    let place = or_skip!(place(Kind::Tmpfs, &sandbox, |dir| {
        for shut in ["t/a/unreadable", "t/b/unreadable"] {
            sandbox.file(dir.join(shut), "root's");
            sandbox.chown(dir.join(shut), 0);
            sandbox.chmod(dir.join(shut), 0);
        }
        for name in &names {
            sandbox.file(dir.join("many").join(name), "root's");
            sandbox.chown(dir.join("many").join(name), 0);
            sandbox.chmod(dir.join("many").join(name), 0);
        }
    }));
    let before = snapshot(place.dir.join("t"));
    let run = sandbox.command(["rm", "--into-home"]).args([place.dir.join("t")]).run();
    run.fails(1).err_contains("t/a/unreadable': Permission denied").err_contains("t/b/unreadable': Permission denied");
    before.assert_is_at(place.dir.join("t"));
    // As far as a person can read on.
    let run = sandbox.command(["rm", "--into-home"]).args([place.dir.join("many")]).run();
    assert_eq!(run.fails(1).stderr().matches("Permission denied").count(), 20, "{run}");
    assert_eq!(listed(&sandbox), Vec::<String>::new());
    assert_no_rest(&sandbox);
}

#[test]
fn a_file_that_may_not_go_is_not_copied() {
    in_mount_namespace!();
    for words in [&["rm"][..], &["rm", "--into-home", "--yes"]] {
        let sandbox = Sandbox::ordinary();
        let place = or_skip!(place(Kind::Tmpfs, &sandbox, |dir| {
            sandbox.file(dir.join("shut/f"), "content");
            if is_root() {
                sandbox.chown(dir.join("shut"), 0);
            }
            sandbox.chmod(dir.join("shut"), 0o555);
        }));
        let before = snapshot(&place.dir);
        sandbox.command(words).args([place.dir.join("shut/f")]).run().fails(1).err_contains("Permission denied");
        before.assert_is_at(&place.dir);
        assert_eq!(listed(&sandbox), Vec::<String>::new());
        assert_no_rest(&sandbox);
    }
}

#[test]
fn an_unreadable_subdirectory_stops_a_copy_before_it_begins() {
    in_mount_namespace!();
    let sandbox = Sandbox::ordinary();
    let place = or_skip!(place(Kind::Tmpfs, &sandbox, |dir| {
        sandbox.file(dir.join("t/f1"), "1");
        sandbox.file(dir.join("t/secret/f2"), "2");
        sandbox.chmod(dir.join("t/secret"), 0o000);
    }));
    let before = snapshot(place.dir.join("t"));
    let run = sandbox.command(["rm", "--into-home", "--yes"]).args([place.dir.join("t")]).run();
    run.fails(1).err_contains("t/secret").err_contains("Permission denied");
    before.assert_is_at(place.dir.join("t"));
    assert_no_rest(&sandbox);
    // Nothing has to be read for a rename.
    sandbox.command(["rm"]).args([place.dir.join("t")]).run().ok();
    sandbox.rrm(["undo"]).ok();
    before.assert_is_at(place.dir.join("t"));
}

/// The home trash is on a small file system: the copy runs out of space, at first by asking, then for real.
#[test]
fn a_copy_that_finds_the_disk_full_leaves_the_source_as_it_was() {
    in_mount_namespace!();
    for user in super::users() {
        let sandbox = Sandbox::of(user);
        let home = or_skip!(Mount::tmpfs("size=1m,mode=755", &sandbox.home())).owned_by(user);
        let place = or_skip!(place(Kind::Tmpfs, &sandbox, |dir| {
            for number in 0..40 {
                sandbox.file(dir.join(format!("t/f{number:02}")), vec![7; 100_000]);
            }
        }));
        let tree = place.dir.join("t");
        let before = snapshot(&tree);
        let run = sandbox.command(["rm", "--into-home"]).args([&tree]).run();
        run.fails(1).err_contains("must be copied to another file system, which has").err_contains("--yes");
        before.assert_is_at(&tree);
        let run = sandbox.command(["rm", "--into-home", "--yes"]).args([&tree]).run();
        run.fails(1).err_contains("No space left on device");
        before.assert_is_at(&tree);
        assert_eq!(listed(&sandbox), Vec::<String>::new());
        assert_no_rest(&sandbox);
        // And on the way back: what does not fit stays in the trash.
        sandbox.command(["rm"]).args([&tree]).run().ok();
        let to = sandbox.home().display().to_string();
        sandbox.rrm(["restore", "--yes", "--to", &to, "glob:**/t"]).fails(1).err_contains("No space left on device");
        assert!(sandbox.home().join("t").symlink_metadata().is_err());
        assert_eq!(listed(&sandbox), [tree.display().to_string()]);
        assert_no_rest(&sandbox);
        sandbox.rrm(["undo"]).ok();
        before.assert_is_at(&tree);
        drop(home);
    }
}

#[test]
fn a_read_only_file_system_keeps_its_files_and_says_why() {
    in_mount_namespace!();
    for words in [&["rm"][..], &["rm", "-f"], &["rm", "--into-home", "--yes"]] {
        let sandbox = Sandbox::new();
        let mount = or_skip!(Mount::tmpfs("", &sandbox.path("m")));
        let file = sandbox.file("m/f", "content");
        or_skip!(mount.again_as("ro"));
        sandbox.command(words).args([&file]).run().fails(1).err_contains("Read-only file system");
        assert_eq!(fs::read(&file).expect("it is there"), b"content");
        assert_eq!(listed(&sandbox), Vec::<String>::new());
    }
}

#[test]
fn without_any_trash_each_place_is_named() {
    in_mount_namespace!();
    for words in [&["rm"][..], &["rm", "-f"], &["rm", "--into-home"]] {
        let sandbox = Sandbox::ordinary();
        let _mount = or_skip!(Mount::tmpfs("", &sandbox.path("m")));
        // The top of the mount is root's; the file lies in a directory that is nobody's trash either.
        let file = sandbox.file("m/d/f", "content");
        sandbox.chmod("m", 0o755);
        fs::remove_dir_all(sandbox.home()).expect("the home is empty");
        fs::write(sandbox.home(), "no directory").expect("its place is free");
        let run = sandbox.command(words).args([&file]).run();
        if run.status.code() == Some(0) {
            // The directory itself is ours, so it may hold a trash.
            assert_eq!(words, ["rm"].as_slice().get(..words.len()).unwrap_or(words), "{run}");
        } else {
            run.fails(1).err_contains("home");
            assert_eq!(fs::read(&file).expect("it is there"), b"content");
        }
        fs::remove_file(sandbox.home()).expect("ours");
        fs::create_dir(sandbox.home()).expect("free");
    }
}

/// As full as an ordinary user can make it, in blocks and in inodes.
#[test]
fn on_a_full_disk_a_removal_works_or_says_what_to_do_and_clean_makes_room() {
    if !is_root() {
        skip!("root", "to have a loop device");
    }
    in_mount_namespace!();
    for format in [Format::Ext4, Format::Xfs, Format::Btrfs] {
        let sandbox = Sandbox::of(User::Nobody);
        let _mount = or_skip!(Mount::image(format, 8, &sandbox.path("m"))).owned_by(User::Nobody);
        for number in 0..20 {
            sandbox.file(format!("m/{number}"), "x");
        }
        sandbox.file("m/tree/a", "a");
        sandbox.rrm(["rm", "m/0"]).ok();
        let fill = "dd if=/dev/zero of=m/big bs=64k 2>/dev/null; cat /dev/zero >m/more 2>/dev/null; i=0; \
            while [ $i -lt 4000 ] && true >m/i$i; do i=$((i+1)); done 2>/dev/null; true";
        sandbox.tool("sh", ["-c", fill]).run().ok();
        for operand in ["m/1", "m/tree", "m/big"] {
            let before = snapshot(sandbox.path(operand));
            let run = sandbox.rrm(["rm", operand]);
            if run.status.success() {
                assert!(sandbox.path(operand).symlink_metadata().is_err());
            } else {
                run.fails(1).err_contains("No space left on device").err_contains("hint:");
                before.assert_is_at(sandbox.path(operand));
            }
        }
        sandbox.rrm(["clean", "--all", "--yes"]).ok();
        assert_eq!(listed(&sandbox), Vec::<String>::new(), "{format:?}");
        assert_no_rest(&sandbox);
    }
}

// Who may write to a directory and not read it cannot flush it.
#[test]
fn a_restore_into_a_directory_that_cannot_be_read_is_whole_and_over() {
    in_mount_namespace!();
    for name in ["file", "tree"] {
        let sandbox = Sandbox::ordinary();
        let place = or_skip!(place(Kind::Tmpfs, &sandbox, |dir| {
            sandbox.file(dir.join("file"), "content");
            sandbox.tree(dir.join("tree"), &[("a", "1")]);
        }));
        let before = snapshot(place.dir.join(name));
        sandbox.command(["rm"]).args([place.dir.join(name)]).run().ok();
        let to = sandbox.dir("to");
        sandbox.chmod(&to, 0o300);
        sandbox.command(["restore", "--to", "to"]).args([place.dir.join(name)]).run().ok().silent();
        sandbox.chmod(&to, 0o700);
        before.assert_is_at(to.join(name));
        assert_eq!(listed(&sandbox), [""; 0]);
        assert_no_rest(&sandbox);
    }
}

// [107] What an image brought along can only be copied: that is said as it is, with a way on.
#[test]
fn too_much_of_a_lower_layer_is_told_as_such() {
    in_mount_namespace!();
    let sandbox = Sandbox::new();
    let layers = or_skip!(Mount::tmpfs("size=8m", &sandbox.path("layers")));
    let [lower, upper, work] = ["lower", "upper", "work"].map(|name| sandbox.dir(layers.path().join(name)));
    sandbox.file(lower.join("d/f"), vec![1; 5 << 20]);
    let merged = or_skip!(Mount::overlay(&lower, &upper, &work, &sandbox.path("m")));
    let told = "it is in the lower layer of an overlay, so 5.0 MiB must be copied, with";
    for run in [sandbox.rrm(["rm", "m/d"]), sandbox.rrm_as_rm(["-rf", "m/d"])] {
        run.fails(1).err_contains(told).err_contains("hint: ");
        assert!(merged.path().join("d/f").exists());
    }
    let rm = sandbox.command_as_rm(["-rf", "m/d"]);
    rm.run().err_contains("RRM_IMMEDIATE=1");
    rm.with("RRM_IMMEDIATE", "1").run().ok().silent();
    assert!(!merged.path().join("d").exists());
}

// [48] A snapshot of btrfs that is read-only is on a mount that is not.
#[test]
fn a_read_only_snapshot_is_told_with_what_helps() {
    in_mount_namespace!();
    let sandbox = Sandbox::new();
    let place = or_skip!(place(Kind::Subvolume, &sandbox, |dir| drop(sandbox.file(dir.join("file"), "content"))));
    let [from, to] = [place.dir.parent().expect("the subvolume").to_owned(), place.dir.join("snapshot")];
    let made = system("btrfs").args(["subvolume", "snapshot", "-r"]).args([&from, &to]).output();
    assert!(made.is_ok_and(|made| made.status.success()), "a snapshot");
    let run = sandbox.command(["rm", "-rf"]).args([&to.join("d/file")]).run();
    run.fails(1).err_contains("btrfs property set -ts PATH ro false");
    assert!(to.join("d/file").symlink_metadata().is_ok());
}

/// A trash directory that could not be made is looked for by nobody, and its volume not missed.
#[test]
fn a_place_that_takes_no_trash_is_not_remembered() {
    if !is_root() {
        skip!("root", "to mount what belongs to somebody else");
    }
    in_mount_namespace!();
    let scene = || {
        let sandbox = Sandbox::ordinary();
        let mount = Mount::tmpfs("mode=755", &sandbox.path("m")).expect("root may mount");
        sandbox.file("m/ours/file", "x");
        (mount, sandbox)
    };
    let remove = |(_, sandbox): &(Mount, Sandbox)| sandbox.command(["rm", "m/ours/file"]);
    let is_made = |point: &Point| point.call == "mkdirat";
    each_point_of(is_made, Fault::Error("EROFS"), scene, remove, |(mount, sandbox), point, run| {
        if !run.status.success() {
            assert!(mount.path().join("ours/file").exists(), "{point}: {run}");
            sandbox.rrm(["list"]).ok().err_lacks("rrm");
            sandbox.rrm(["doctor"]).ok();
        }
    });
}
