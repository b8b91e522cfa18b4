//! Media that come and go, file systems without attributes, and copies of a trash that lost them.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::process::Command;

use super::{Kind, assert_no_rest, listed, place};
use crate::common::mounts::Format;
use crate::common::{Mount, Sandbox, is_root, snapshot, strace};

/// A mount's content shown at another place, as a stick that is put into another port.
#[test]
fn a_medium_mounted_elsewhere_lists_again_below_its_root_too() {
    in_mount_namespace!();
    if !is_root() {
        skip!("root", "to make a mount of somebody else");
    }
    let sandbox = Sandbox::ordinary();
    let stick = or_skip!(Mount::tmpfs("mode=755", &sandbox.path("stick")));
    // The root is not ours, so the trash goes into the directory that is.
    sandbox.chown("stick", 0);
    let tree = sandbox.tree("stick/alice/t", &[("a", "1")]);
    let before = snapshot(&tree);
    sandbox.rrm(["rm", "stick/alice/t"]).ok();
    assert_eq!(listed(&sandbox), [tree.display().to_string()]);
    let moved = or_skip!(Mount::bind(&sandbox.path("stick"), &sandbox.path("port/b")));
    drop(stick);
    assert_eq!(listed(&sandbox), [sandbox.path("port/b/alice/t").display().to_string()]);
    sandbox.rrm(["list"]).ok().err_lacks("not there");
    sandbox.rrm(["undo"]).ok();
    before.assert_is_at(sandbox.path("port/b/alice/t"));
    assert_no_rest(&sandbox);
    sandbox.rrm(["rm", "port/b/alice/t"]).ok();
    drop(moved);
    sandbox.file("other", "x");
    sandbox.rrm(["rm", "other"]).ok();
    // Gone altogether: it is named, and hides nothing.
    sandbox.rrm(["list"]).ok().out_contains("other").err_contains("is its volume mounted?");
    // [58] For what a schedule runs every day, that is an ordinary day.
    sandbox.rrm(["clean"]).ok().silent();
    sandbox.rrm(["clean", "-v"]).ok().err_contains("is its volume mounted?");
    sandbox.rrm(["doctor"]).ok().out_contains("is its volume mounted?");
}

/// [47] Nothing is renamed into a directory of another project, although both are on one mount: the trash of the mount takes it.
#[test]
fn what_belongs_to_another_project_than_the_home_trash_is_not_copied() {
    in_mount_namespace!();
    if !is_root() {
        skip!("root", "to give directories to projects");
    }
    let sandbox = Sandbox::new();
    let _mount = or_skip!(Mount::image(Format::Xfs, 400, &sandbox.path("m")));
    for (project, name) in [("11", "m/home"), ("12", "m/work")] {
        let dir = sandbox.dir(name);
        let given = sandbox.tool("chattr", ["-p".as_ref(), project.as_ref(), "+P".as_ref(), dir.as_os_str()]).run();
        if !given.status.success() {
            skip!("e2fsprogs", "to give directories to projects: {given}");
        }
    }
    let tree = sandbox.tree("m/work/t", &[("a", "1")]);
    let (before, inode) = (snapshot(&tree), fs::metadata(&tree).expect("made").ino());
    let rrm = |words: &[&str]| sandbox.command(words).with("HOME", sandbox.path("m/home")).run();
    rrm(&["rm", "-n", "m/work/t"]).ok().out_contains("would remove");
    rrm(&["rm", "m/work/t"]).ok().silent();
    rrm(&["undo"]).ok();
    before.assert_is_at(&tree);
    assert_eq!(fs::metadata(&tree).expect("it is back").ino(), inode, "it was copied");
}

/// A file system that nobody serves, as one of a server that is gone: of fuse(4), with a device that is never read.
#[test]
fn a_volume_that_does_not_answer_is_named_and_the_rest_is_listed() {
    in_mount_namespace!();
    let sandbox = Sandbox::new();
    let slow = or_skip!(Mount::tmpfs("", &sandbox.path("slow")));
    let _fast = or_skip!(Mount::tmpfs("", &sandbox.path("fast")));
    for file in ["slow/a", "fast/b", "c"] {
        sandbox.file(file, "x");
        sandbox.rrm(["rm", file]).ok();
    }
    drop(slow);
    let hung = "fd=9,rootmode=40755,user_id=0,group_id=0";
    let words = ["sh", "-c", &format!("exec 9<>/dev/fuse; mount -i -t fuse -o {hung} hung slow && \"$@\" 9<&-"), "sh"];
    let run = sandbox.command(["list"]).in_a_hurry().through(words).run();
    if !run.status.success() {
        skip!("fuse3", "no file system of FUSE can be mounted: {run}");
    }
    let trash = sandbox.path("slow").join(format!(".rrm-{}", rustix::process::geteuid().as_raw()));
    run.err_contains("does not answer").err_contains(trash.to_str().expect("a plain path"));
    run.out_contains("fast/b").out_contains("/c");
    assert!(!run.stdout().contains("slow/a"), "{run}");
    sandbox.tool("umount", ["--lazy", "slow"]).run().ok();
}

#[test]
fn without_attributes_the_record_is_a_file_and_costs_one_attempt() {
    in_mount_namespace!();
    let sandbox = Sandbox::new();
    let _mount = or_skip!(Mount::ramfs(&sandbox.path("m")));
    let names: Vec<_> = (0..50).map(|number| format!("m/{number}")).collect();
    for name in &names {
        sandbox.file(name, name);
    }
    let log = sandbox.path("log");
    let traced = ["strace", "-f", "-q", "-e", "trace=fsetxattr", "-o"].map(std::ffi::OsString::from);
    let command = sandbox.command(["rm"]).args(&names);
    let traceable = strace::available();
    let command =
        if traceable.is_ok() { command.through(traced.into_iter().chain([log.clone().into()])) } else { command };
    command.run().ok().silent();
    if traceable.is_ok() {
        let attempts = fs::read_to_string(&log).expect("a log").matches("fsetxattr(").count();
        assert!(attempts <= 3, "{attempts} attempts");
    }
    assert_eq!(listed(&sandbox).len(), 50);
    sandbox.rrm(["undo"]).ok();
    for name in &names {
        assert_eq!(fs::read_to_string(sandbox.path(name)).expect("restored"), *name);
    }
    assert_no_rest(&sandbox);
}

#[test]
fn a_choice_where_no_attributes_are_kept_is_a_clear_error() {
    in_mount_namespace!();
    let sandbox = Sandbox::new();
    let _mount = or_skip!(Mount::ramfs(&sandbox.path("data")));
    let data = sandbox.path("data");
    let set = sandbox.command(["config", "set", "grace-period", "3d"]).with("XDG_DATA_HOME", &data);
    set.run().fails(1).err_contains("does not support attributes");
    sandbox.command(["config", "get"]).with("XDG_DATA_HOME", &data).run().ok();
    let file = sandbox.file("data/f", "x");
    sandbox.command(["rm"]).args([&file]).with("XDG_DATA_HOME", &data).run().ok();
    sandbox.command(["undo"]).with("XDG_DATA_HOME", &data).run().ok();
    assert_eq!(fs::read(file).expect("restored"), b"x");
}

/// A backup that took no attributes along: what is in it is listed, of unknown origin, and can be had back.
#[test]
fn a_trash_that_lost_its_attributes_gives_everything_back() {
    let sandbox = Sandbox::new();
    sandbox.file("f", "content");
    sandbox.tree("d", &[("a", "1")]);
    sandbox.symlink("l", "nowhere");
    sandbox.rrm(["rm", "f", "d", "l"]).ok();
    let (trash, copy) = (sandbox.trash(), sandbox.path("copy"));
    let copied = Command::new("cp").arg("-r").arg(&trash).arg(&copy).status().expect("cp runs");
    assert!(copied.success());
    fs::set_permissions(&copy, fs::Permissions::from_mode(0o700)).expect("ours");
    let command = |words: &[&str]| sandbox.command(words).with("RRM_TRASH_DIR", &copy);
    let items = command(&["list", "--format", "json"]).run();
    items.ok();
    let ids: Vec<String> = items
        .stdout()
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .inspect(|item| assert!(item["original_path"].is_null(), "{item}"))
        .map(|item| item["id"].as_str().expect("an ID").to_owned())
        .collect();
    assert_eq!(ids.len(), 3, "{items}");
    for id in &ids {
        command(&["restore", id]).run().fails(1).err_contains("--to");
        command(&["restore", id, "--to", "back"]).run().ok();
    }
    let files = Command::new("grep").args(["-rl", "", "back"]).current_dir(sandbox.work()).output().expect("grep runs");
    assert_eq!(String::from_utf8_lossy(&files.stdout).lines().count(), 2, "f and d/a");
}

/// [43] [106] In a directory that all may write to, somebody else may have been there first: nobody's command fails for it.
#[test]
fn what_another_user_has_in_our_place_is_a_note_and_no_failure() {
    in_mount_namespace!();
    if !is_root() {
        skip!("root", "to give a directory to somebody else");
    }
    let sandbox = Sandbox::ordinary();
    let shared = or_skip!(Mount::tmpfs("mode=1777", &sandbox.path("shared")));
    let place = shared.path().join(format!(".rrm-{}", sandbox.user().ids().0));
    std::fs::create_dir(&place).expect("the mount is empty");
    sandbox.file("file", "x");
    sandbox.rrm(["rm", "file"]).ok().silent();
    for words in [&["list"][..], &["stats"], &["clean"], &["clean", "-n", "--all"], &["show", "file"], &["undo"]] {
        let run = sandbox.rrm(words);
        assert!(run.ok().stderr.is_empty(), "{run}");
    }
    let run = sandbox.rrm(["doctor"]);
    run.ok().out_contains("note: ").out_contains("it belongs to user 0").out_contains("nothing to do");
    assert!(!run.stdout().contains("mv "), "{run}");
    // What is ours and open to others hides items of ours: that is a problem.
    std::os::unix::fs::chown(&place, Some(sandbox.user().ids().0), None).expect("root gives it");
    std::fs::set_permissions(&place, std::os::unix::fs::PermissionsExt::from_mode(0o777)).expect("root may");
    sandbox.rrm(["list"]).fails(1);
    sandbox.rrm(["doctor"]).fails(1).out_contains("error: ");
}

/// Not into the trash of another volume either, nor into what a mount shows of one, nor by a link.
#[test]
fn nothing_is_restored_into_any_trash() {
    in_mount_namespace!();
    let sandbox = Sandbox::new();
    let place = or_skip!(place(Kind::Tmpfs, &sandbox, |dir| drop(sandbox.file(dir.join("there"), "there"))));
    sandbox.command(["rm"]).args([place.dir.join("there")]).run().ok();
    sandbox.file("here", "here");
    sandbox.rrm(["rm", "here"]).ok();
    let items = sandbox.list_json();
    let trashes: Vec<_> =
        items.iter().map(|item| std::path::PathBuf::from(item["trash_dir"].as_str().expect("a path"))).collect();
    assert_ne!(trashes[0], trashes[1]);
    for (number, trash) in trashes.iter().enumerate() {
        let doomed = trash.join(".doomed");
        let shown = or_skip!(Mount::bind(&doomed, &sandbox.path(format!("shown{number}"))));
        let link = sandbox.symlink(format!("link{number}"), trash);
        for target in [doomed, shown.path().to_owned(), shown.path().join("sub"), link, trash.join("kept/sub")] {
            for id in items.iter().filter_map(|item| item["id"].as_str()) {
                let run = sandbox.command(["restore", "--to"]).args([&target]).args([id]).run();
                run.fails(1).err_contains("inside the trash");
            }
        }
        sandbox.rrm(["clean"]).ok();
    }
    assert_eq!(listed(&sandbox).len(), 2);
}
