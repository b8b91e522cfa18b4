//! Without /proc, as in a chroot, an early boot or a build's sandbox: it is done, or it is said why not.

use std::path::Path;

use super::is_there;
use crate::common::{Mount, Sandbox, is_root, snapshot};

/// Nothing at `/proc` until this is dropped.
fn hide_proc() -> Mount {
    Mount::tmpfs("", Path::new("/proc")).expect("a tmpfs")
}

// [41, 67] What could not be looked at is not called missing, which -f would pass over in silence.
#[test]
fn what_force_removes_without_proc_is_gone_and_comes_back() {
    if !is_root() {
        skip!("root", "to start a command as somebody without /proc");
    }
    in_mount_namespace!();
    let sandbox = Sandbox::ordinary();
    sandbox.file("file", "1");
    sandbox.tree("d", &[("a/b", "2")]);
    sandbox.tree("closed", &[("c", "3")]);
    sandbox.chmod("closed", 0o555);
    let names = ["file", "d", "closed"];
    let before = names.map(|name| snapshot(sandbox.path(name)));
    let hidden = hide_proc();
    for name in names {
        sandbox.rrm(["rm", "-rf", name]).ok().silent();
        assert!(!is_there(&sandbox.path(name)), "{name}: status 0, and it is there");
    }
    let run = sandbox.rrm(["list"]);
    run.ok().err_contains("/proc is not mounted");
    for name in names {
        run.out_contains(&format!("work/{name}"));
        sandbox.rrm(["restore", name]).ok();
    }
    drop(hidden);
    for (name, before) in names.iter().zip(before) {
        before.assert_is_at(sandbox.path(name));
    }
}

// [41] Nor does a clean say 0 that could not see whether something is mounted in an item.
#[test]
fn what_cannot_be_done_without_proc_is_said() {
    if !is_root() {
        skip!("root", "to start a command as somebody without /proc");
    }
    in_mount_namespace!();
    let sandbox = Sandbox::ordinary();
    sandbox.file("due", "");
    sandbox.rrm(["rm", "-g", "0", "due"]).ok();
    let below = Mount::tmpfs("", &sandbox.path("d/mount")).expect("a tmpfs");
    let hidden = hide_proc();
    sandbox.rrm(["rm", "-rf", "d"]).fails(1).err_contains("a file system is mounted below it");
    sandbox.rrm(["clean"]).fails(1).err_contains("/proc is not mounted");
    drop((hidden, below));
    assert_eq!(super::listed(&sandbox), ["due"]);
}
