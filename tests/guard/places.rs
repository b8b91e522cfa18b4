//! Where a path of a guarded process leads.

use std::fs;
use std::os::unix::fs::symlink;

use super::{at, guard, has, record, sandbox, sandbox_of, taken};
use crate::common::{Mount, Sandbox, is_root};

#[test]
fn a_process_in_bubblewrap_is_seen_by_our_paths() {
    let sandbox = or_skip!(sandbox());
    if !has("bwrap") {
        skip!("bwrap", "for a process with mounts of its own");
    }
    fs::create_dir(sandbox.path("project")).expect("work is empty");
    fs::write(sandbox.path("project/one"), "1").expect("work is ours");
    fs::write(sandbox.path("project/two"), "2").expect("work is ours");
    let project = sandbox.path("project");
    let bwrap =
        ["bwrap", "--ro-bind", "/", "/", "--tmpfs", "/tmp", "--dev", "/dev", "--bind"].map(std::ffi::OsStr::new);
    let words = bwrap.into_iter().chain([project.as_os_str(), "/tmp".as_ref(), "--chdir".as_ref(), "/".as_ref()]);
    let words = words.chain(["sh", "-c", "rm /tmp/one; cd /tmp; : >two; exit 3"].map(std::ffi::OsStr::new));
    let run = guard(&sandbox, words).run();
    if run.stderr().contains("bwrap:") {
        skip!("a kernel with namespaces for everyone", "bwrap: {}", run.stderr());
    }
    run.fails(3);
    let expected = [
        format!("removed {}", at(&sandbox, "project/one")),
        format!("shortened {} from 1 to 0", at(&sandbox, "project/two")),
    ];
    let told: Vec<String> = taken(&sandbox).into_iter().filter(|line| line.contains("project")).collect();
    assert_eq!(told, expected);
}

#[test]
fn a_process_with_another_root_is_seen_by_our_paths() {
    let sandbox = or_skip!(sandbox());
    if !is_root() {
        skip!("root", "to change the root of a process");
    }
    if !has("perl") {
        skip!("perl", "for calls that no tool makes");
    }
    let (inside, outside) = (sandbox.path("jail"), sandbox.path("a"));
    fs::create_dir_all(inside.join("d")).expect("work is empty");
    for path in [&outside, &inside.join("a"), &inside.join("d/a"), &inside.join("b")] {
        fs::write(path, "12345").expect("work is ours");
    }
    symlink("/a", inside.join("link")).expect("the jail is ours");
    symlink("../../../b", inside.join("d/up")).expect("the jail is ours");
    let code = "chroot 'jail'; chdir '/d'; unlink '/d/a'; open F, '>', '../../link'; open F, '>', 'up'";
    guard(&sandbox, ["perl", "-e", code]).run().ok();
    let expected = [
        format!("removed {}", at(&sandbox, "jail/d/a")),
        format!("shortened {} from 5 to 0", at(&sandbox, "jail/a")),
        format!("shortened {} from 5 to 0", at(&sandbox, "jail/b")),
    ];
    assert_eq!(taken(&sandbox), expected);
}

#[test]
fn a_mount_of_the_process_alone_has_no_path_of_ours() {
    if !is_root() {
        skip!("root", "to mount under the guard");
    }
    in_mount_namespace!();
    let sandbox = or_skip!(sandbox());
    fs::create_dir(sandbox.path("d")).expect("work is empty");
    let script =
        "unshare -m sh -euc 'mount -t tmpfs tmpfs d; echo x >d/a; rm d/a; mount --bind . d; echo x >d/b; rm d/b'";
    let run = guard(&sandbox, ["sh", "-euc", script]).run();
    run.ok().silent();
    let told: Vec<String> = taken(&sandbox).into_iter().filter(|line| line.starts_with("removed")).collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert_eq!(told[1], format!("removed {}", at(&sandbox, "b")));
    let later = or_skip!(Mount::tmpfs("mode=755", &sandbox.path("d")));
    fs::write(later.path().join("c"), "1").expect("it is empty");
    guard(&sandbox, ["rm", "d/c"]).run().ok();
    assert_eq!(taken(&sandbox), [format!("removed {}", at(&sandbox, "d/c"))]);
}

#[test]
fn a_mount_made_in_the_midst_of_a_run_is_ours() {
    if !is_root() {
        skip!("root", "to mount under the guard");
    }
    in_mount_namespace!();
    let sandbox = or_skip!(sandbox());
    let script = "mkdir d; mount -t tmpfs tmpfs d; echo x >d/a; rm d/a; umount d";
    let run = guard(&sandbox, ["sh", "-euc", script]).run();
    run.ok().silent();
    assert_eq!(taken(&sandbox), [format!("removed {}", at(&sandbox, "d/a"))]);
}

#[test]
fn a_process_that_cannot_be_read_is_named() {
    let sandbox = or_skip!(sandbox_of(Sandbox::ordinary()));
    if is_root() {
        // Nobody may read it, so that what runs it is not to be looked into either.
        let rm = sandbox.root().join("closed-rm");
        let found = crate::common::mounts::system("sh").args(["-c", "command -v rm"]).output().expect("a shell");
        crate::common::copy_program(String::from_utf8_lossy(&found.stdout).trim().as_ref(), &rm);
        let made = crate::common::mounts::system("chmod").arg("711").arg(&rm).status().expect("chmod runs");
        assert!(made.success());
        fs::write(sandbox.path("a"), "1").expect("work is empty");
        guard(&sandbox, [rm.as_os_str(), "-f".as_ref(), "a".as_ref()]).run().ok();
        let told = taken(&sandbox);
        assert_eq!(told, ["missed ? of closed-rm: the kernel does not allow rrm to look into this process"]);
        fs::write(sandbox.path("a"), "1").expect("it is gone");
        let words = [rm.as_os_str(), "-f".as_ref(), "a".as_ref()];
        let run = sandbox.command(["guard", "--strict", "--"]).args(words).run();
        run.fails(1).err_contains("the kernel does not allow rrm to look into this process");
        assert!(sandbox.path("a").exists());
        return;
    }
    skip!("root", "to make a program that others may run and not read, for {}", record(&sandbox).display());
}
