//! What root sets for all users of a machine, and that no option, variable or setting of a user goes beyond it.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};

use crate::common::fault::each_point;
use crate::common::{Fault, Format, Invocation, MACHINE, Mount, Sandbox, User, is_root};

/// What is said where a grace period is below the least.
const WHO: &str = "root has set a minimum grace period of 7d for all users; see rrm config --system";

/// A machine with a directory for its configuration, as each has one.
fn machine() -> Sandbox {
    let sandbox = Sandbox::ordinary();
    make_etc(sandbox.root());
    sandbox
}

fn make_etc(root: &Path) -> PathBuf {
    let etc = root.join("etc");
    fs::create_dir(&etc).expect("root may");
    fs::set_permissions(&etc, PermissionsExt::from_mode(0o755)).expect("root may");
    etc.join("rrm")
}

fn set(sandbox: &Sandbox, key: &str, value: &str) -> Invocation {
    sandbox.command(["config", "--system", "set", key, value]).by(User::Caller)
}

#[test]
fn nothing_goes_before_the_least_grace_period() {
    if !is_root() {
        skip!("root", "to set limits");
    }
    let sandbox = machine();
    sandbox.rrm(["config", "set", "grace-period", "1d"]).ok();
    set(&sandbox, "grace-period", "7d").run().ok().silent();
    sandbox.rrm(["config", "--system"]).ok().out_is("grace-period 7d\nmax-size none\nother-mounts none\n");
    sandbox.file("f", "content");
    let refused = |words: &[&str]| sandbox.command(words).run().fails(2).err_contains(WHO).stderr();
    assert!(refused(&["rm", "-g", "6d", "f"]).starts_with("rrm: cannot use the grace period '6d': "));
    assert!(refused(&["rm", "--immediate", "f"]).starts_with("rrm: cannot use '--immediate': "));
    refused(&["config", "set", "grace-period", "2d"]);
    for (name, value) in [("RRM_GRACE_PERIOD", "6d"), ("RRM_IMMEDIATE", "1")] {
        sandbox.command(["rm", "f"]).with(name, value).run().fails(2).err_contains(WHO).err_contains(name);
        sandbox.command_as_rm(["-f", "f"]).with(name, value).run().fails(1).err_contains(WHO);
    }
    assert!(sandbox.path("f").exists());
    // What was chosen before counts as the least, and what is longer as it is.
    sandbox.rrm(["config", "get", "grace-period"]).ok().out_is("7d\n");
    sandbox.rrm(["rm", "f"]).ok();
    sandbox.rrm(["list"]).ok().out_contains("    7d  ");
    sandbox.rrm(["config", "set", "grace-period", "9d"]).ok();
    sandbox.rrm(["config", "get", "grace-period"]).ok().out_is("9d\n");
    sandbox.rrm(["clean", "--all", "--yes"]).ok();
    sandbox.rrm(["clean", "--older-than", "0", "--yes"]).ok();
    sandbox.rrm(["clean", "--yes", "--kind=file"]).fails(1).err_contains("it was removed too recently");
    sandbox.rrm(["clean", "--yes", "f"]).fails(1).err_contains("it was removed too recently");
    refused(&["clean", "--all", "--yes", "--keep-newer-than", "0"]);
    refused(&["clean", "--all", "--yes", "--keep-newer-than", "6d"]);
    sandbox.rrm(["clean", "--all", "--yes", "--keep-newer-than", "8d"]).ok();
    assert_eq!(sandbox.list_json().len(), 1);
    // Root takes it back as it was set.
    sandbox.command(["config", "--system", "unset", "grace-period"]).by(User::Caller).run().ok();
    sandbox.rrm(["clean", "--yes", "f"]).ok();
    assert!(sandbox.list_json().is_empty());
}

/// Where other programs see an item, nothing keeps it from going at once.
#[test]
fn nothing_is_exported_before_the_least_grace_period() {
    if !is_root() {
        skip!("root", "to set limits");
    }
    let sandbox = machine();
    set(&sandbox, "grace-period", "7d").run().ok();
    sandbox.file("f", "content");
    sandbox.rrm(["rm", "f"]).ok();
    for words in [&["export", "f"][..], &["export", "-n", "f"]] {
        let run = sandbox.command(words).run();
        run.fails(1).err_contains("cannot export ").err_contains("it was removed too recently");
        run.err_contains("hint: root has set how long items are kept at least; see rrm config --system");
    }
    assert_eq!(sandbox.list_json().len(), 1);
    sandbox.command(["config", "--system", "unset", "grace-period"]).by(User::Caller).run().ok();
    sandbox.rrm(["export", "f"]).ok();
}

#[test]
fn a_plain_clean_makes_room_as_root_has_set() {
    if !is_root() {
        skip!("root", "to set limits");
    }
    let sandbox = machine();
    for name in ["oldest", "middle", "newest"] {
        sandbox.file(name, vec![b'x'; 100_000]);
        sandbox.rrm(["rm", name]).ok();
    }
    set(&sandbox, "max-size", "250k").run().ok();
    let run = sandbox.rrm(["config", "set", "max-size", "1M"]);
    run.fails(2).err_contains("root has set a maximum of 250k for all users");
    sandbox.rrm(["config", "get", "max-size"]).ok().out_is("250k\n");
    sandbox.rrm(["clean"]).ok();
    let paths = || -> Vec<String> {
        let items = sandbox.list_json();
        items
            .iter()
            .map(|item| item["original_path"].to_string().rsplit('/').next().expect("a name").to_owned())
            .collect()
    };
    assert_eq!(paths(), ["middle\"", "newest\""]);
    sandbox.rrm(["config", "set", "max-size", "150k"]).ok();
    sandbox.rrm(["clean"]).ok();
    assert_eq!(paths(), ["newest\""], "a user may be stricter");
}

#[test]
fn no_trash_is_made_on_a_mount_that_root_has_forbidden() {
    in_mount_namespace!();
    if !is_root() {
        skip!("root", "to set limits");
    }
    let sandbox = machine();
    let mount = or_skip!(Mount::tmpfs("", &sandbox.path("mount"))).owned_by(User::Nobody);
    set(&sandbox, "other-mounts", "home").run().ok();
    let run = sandbox.rrm(["config", "set", "other-mounts", "own"]);
    run.fails(2).err_contains("root allows no trash on other mounts");
    let file = sandbox.file("mount/f", "content");
    sandbox.command(["rm".as_ref(), file.as_os_str()]).run().ok();
    assert_eq!(fs::read_dir(mount.path()).expect("it can be read").count(), 0);
    assert_eq!(sandbox.list_json()[0]["trash_dir"], *sandbox.trash().to_string_lossy());
    // As little where what root has set cannot be read.
    fs::set_permissions(sandbox.root().join("etc/rrm"), PermissionsExt::from_mode(0o700)).expect("root may");
    let file = sandbox.file("mount/f", "content");
    sandbox.command(["rm".as_ref(), file.as_os_str()]).run().ok();
    assert_eq!(fs::read_dir(mount.path()).expect("it can be read").count(), 0);
}

/// Neither less nor more is deleted on the word of what is not root's alone; and a removal needs no limits.
#[test]
fn limits_that_others_could_have_set_delete_nothing() {
    if !is_root() {
        skip!("root", "to set limits");
    }
    let spoil: [(&str, fn(&Path)); 5] = [
        ("owner", |directory| chown(directory, Some(65534), Some(65534)).expect("root may")),
        ("mode", |directory| fs::set_permissions(directory, PermissionsExt::from_mode(0o777)).expect("root may")),
        ("closed", |directory| fs::set_permissions(directory, PermissionsExt::from_mode(0o700)).expect("root may")),
        ("link", |directory| {
            fs::rename(directory, directory.with_extension("real")).expect("root may");
            symlink(directory.with_extension("real"), directory).expect("root may");
        }),
        ("value", |directory| xattr::set(directory, "user.rrm_grace_period", b"some days").expect("root may")),
    ];
    for (how, spoil) in spoil {
        let sandbox = machine();
        set(&sandbox, "grace-period", "0").run().ok();
        for name in ["f", "g", "due"] {
            sandbox.file(name, "content");
        }
        sandbox.rrm(["rm", "-g", "0", "due"]).ok();
        spoil(&sandbox.root().join("etc/rrm"));
        assert_eq!(sandbox.list_json()[0]["goes"], "later", "{how}");
        sandbox.rrm(["config", "set", "grace-period", "31d"]).ok();
        sandbox.rrm(["config", "get", "grace-period"]).ok().out_is("31d\n");
        sandbox.rrm(["config", "unset", "grace-period"]).ok();
        sandbox.rrm(["rm", "f"]).ok();
        for words in [
            &["clean"][..],
            &["clean", "--all", "--yes"],
            &["export", "f"],
            &["rm", "--immediate", "g"],
            &["config", "--system"],
        ] {
            let run = sandbox.command(words).run();
            assert!(!run.status.success(), "{how}: {run}");
            run.err_contains("nothing is deleted or exported until root repairs that");
        }
        // What they may forbid counts as forbidden.
        for words in [
            &["rm", "-g", "1s", "g"][..],
            &["config", "set", "grace-period", "1s"],
            &["config", "set", "other-mounts", "own"],
        ] {
            let run = sandbox.command(words).run();
            run.fails(2).err_contains("what root has set for all users cannot be read; run rrm doctor");
        }
        assert!(sandbox.path("g").exists() && sandbox.list_json().len() == 2, "{how}");
        sandbox.rrm(["doctor"]).fails(1).out_contains("what root has set for all users cannot be read");
        sandbox.rrm(["undo"]).ok();
    }
}

#[test]
fn only_root_sets_limits_and_only_such_as_there_are() {
    if rrm::sys::effective_uid() == 0 && !is_root() {
        skip!("an ordinary user", "in a container everybody is root");
    }
    let sandbox = Sandbox::ordinary();
    let run = sandbox.rrm(["config", "--system", "set", "grace-period", "1d"]);
    run.fails(1).err_contains("you are not root");
    sandbox.rrm(["config", "--system", "unset", "grace-period"]).fails(1).err_contains("you are not root");
    for words in [["set", "trash-dir", "/x"], ["set", "keep-newer-than", "1d"], ["get", "min-free", ""]] {
        let words = ["config", "--system"].into_iter().chain(words).filter(|word| !word.is_empty());
        let run = sandbox.rrm(words);
        run.fails(2).err_contains("the limits are grace-period, max-size, other-mounts");
    }
    sandbox.rrm(["config", "--system", "set", "max-size", "lots"]).fails(2);
    sandbox.rrm(["config", "--system", "get", "max-size"]).ok().out_is("none\n");
    assert!(!sandbox.root().join("etc").exists());
}

/// Killed at any call, the limit is the old one or the new one, or nothing is deleted; and root can set it again.
#[test]
fn a_killed_setting_lowers_nothing() {
    if !is_root() {
        skip!("root", "to set limits");
    }
    let points = each_point(
        Fault::Kill,
        machine,
        |sandbox| set(sandbox, "grace-period", "7d"),
        |sandbox, _, _| {
            sandbox.file("f", "content");
            sandbox.rrm(["rm", "f"]).ok();
            set(sandbox, "grace-period", "7d").run().ok();
            sandbox.rrm(["clean", "--yes", "f"]).fails(1).err_contains("removed too recently");
        },
    );
    assert!(points > 1);
}

#[test]
fn every_file_system_that_holds_a_system_keeps_limits() {
    in_mount_namespace!();
    if !is_root() {
        skip!("root", "to set limits");
    }
    let sandbox = Sandbox::ordinary();
    let [lower, upper, work] = ["lower", "upper", "work"].map(|name| sandbox.dir(name));
    make_etc(&lower);
    fs::create_dir(lower.join("etc/rrm")).expect("root may");
    let under = |root: &Path, words: &[&str]| sandbox.command(words).with(MACHINE, root);
    let overlay = Mount::overlay(&lower, &upper, &work, &sandbox.path("overlay"));
    let ext4 = Mount::image(Format::Ext4, 16, &sandbox.path("ext4"));
    for mount in [overlay, ext4] {
        let mount = or_skip!(mount);
        if !mount.path().join("etc").exists() {
            make_etc(mount.path());
        }
        under(mount.path(), &["config", "--system", "set", "grace-period", "3d"]).by(User::Caller).run().ok();
        under(mount.path(), &["config", "get", "grace-period"]).run().ok().out_is("30d\n");
        under(mount.path(), &["config", "--system", "get", "grace-period"]).run().ok().out_is("3d\n");
        let kept = xattr::get(mount.path().join("etc/rrm"), "user.rrm_grace_period").expect("it can be read");
        assert_eq!(kept, Some(b"3d".to_vec()));
    }
}
