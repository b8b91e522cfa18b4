//! The test tools themselves, tried on ordinary programs, so that what the other tests say can be believed.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::common::fault::{self, Point};
use crate::common::mounts::{Format, Mount};
use crate::common::{Fault, Invocation, MACHINE, Missing, Run, Sandbox, User, is_root, skip, snapshot, strace};

fn is_mounted(path: &std::path::Path) -> bool {
    let table = fs::read_to_string("/proc/self/mountinfo").expect("the kernel tells its mounts");
    let point = path.to_str().expect("plain text").replace(' ', "\\040");
    table.lines().any(|line| line.split(' ').nth(4) == Some(&point))
}

#[test]
fn a_sandbox_passes_on_nothing_of_the_callers_environment() {
    let sandbox = Sandbox::new();
    let run = sandbox.tool("env", [""; 0]).run();
    run.ok().out_contains(&format!("HOME={}", sandbox.home().display()));
    let mut names: Vec<String> = run.stdout().lines().filter_map(|line| Some(line.split_once('=')?.0.into())).collect();
    names.sort();
    assert_eq!(names, ["HOME", "LC_ALL", "PATH", "RRM_TEST_MACHINE", "TERM", "TZ"]);
}

/// Nobody's trash and no mount beside a sandbox is in the sight of what runs in it, whatever there is on this machine.
#[test]
fn a_sandbox_is_the_whole_machine_to_the_program() {
    in_mount_namespace!();
    let (sandbox, beside) = (Sandbox::new(), Sandbox::new());
    let name = format!(".rrm-{}", sandbox.user().ids().0);
    let other = or_skip!(Mount::tmpfs("", &beside.path("other")));
    let foreign = beside.file(other.path().join(&name), "no trash");
    let _home = or_skip!(Mount::tmpfs("", &sandbox.home()));
    sandbox.file("file", "");
    sandbox.rrm(["rm", "file"]).ok().silent();
    assert!(sandbox.root().join(&name).is_dir(), "a trash directory is made no higher than that");
    sandbox.rrm(["list"]).ok().out_contains("file").err_lacks("rrm");
    let unbounded = sandbox.command(["list"]).without(MACHINE).run();
    unbounded.fails(1).err_contains(&foreign.display().to_string());
}

/// The scheduler of the machine that the tests run on is neither asked nor changed; only one in the sandbox is.
#[test]
fn a_sandbox_has_no_scheduler_but_its_own() {
    let (sandbox, machine) = (Sandbox::new(), Sandbox::new());
    for (sandbox, script) in [(&machine, "touch \"${0%/*}/asked\""), (&sandbox, "[ $1 = -l ] || cat >/dev/null")] {
        sandbox.file("tools/crontab", format!("#!/bin/sh\n{script}\n"));
        sandbox.chmod("tools/crontab", 0o755);
    }
    let path = |tools: &[&Sandbox]| {
        let tools = tools.iter().map(|sandbox| sandbox.path("tools"));
        std::env::join_paths(tools.chain(["/usr/bin".into(), "/bin".into()])).expect("no colons")
    };
    let install = |path| sandbox.command(["schedule", "install", "--by", "cron"]).with("PATH", path).run();
    install(path(&[&machine])).fails(1).err_contains("neither a systemd user instance nor crontab");
    install(path(&[&machine, &sandbox])).ok();
    assert!(!machine.path("tools/asked").exists());
}

#[test]
fn a_sandbox_is_gone_when_dropped_whatever_its_modes() {
    let sandbox = Sandbox::new();
    let root = sandbox.root().to_owned();
    sandbox.file("closed/file", "");
    sandbox.chmod("closed", 0o000);
    drop(sandbox);
    assert!(!root.exists());
}

#[test]
fn nobody_owns_its_sandbox_and_runs_without_privilege() {
    let sandbox = Sandbox::ordinary();
    sandbox.file("a/b", "");
    let run = sandbox.tool("sh", ["-c", "id -u; stat -c %u . a a/b \"$HOME\" | sort -u; cat /proc/self/status"]).run();
    let (user, _) = User::Nobody.ids();
    run.ok().out_contains(&format!("{user}\n{user}\n")).out_contains("CapEff:\t0000000000000000");
    assert!(!is_root() || user != 0);
}

#[test]
fn a_run_tells_status_streams_and_reads_input() {
    let sandbox = Sandbox::new();
    let run = sandbox.tool("sh", ["-c", "cat; echo oh >&2; exit 3"]).reading("hello").run();
    run.fails(3).out_contains("hello").err_contains("oh").err_lacks("ah");
    sandbox.tool("sh", ["-c", "kill -TERM $$"]).run().killed(15).silent();
    sandbox.tool("printf", ["x"]).redirected(">/dev/full").run().fails(1).err_contains("No space left");
    assert!(catch_unwind(AssertUnwindSafe(|| run.ok())).is_err());
}

#[test]
fn the_program_runs_under_both_of_its_names() {
    let sandbox = Sandbox::ordinary();
    let name =
        |command: crate::common::Invocation| command.through(["sh", "-c", "test -x \"$0\" && basename \"$0\""]).run();
    name(sandbox.command([""; 0])).ok().out_contains("rrm\n");
    name(sandbox.command_as_rm([""; 0])).ok().out_contains("rm\n");
}

#[test]
fn a_snapshot_is_the_same_after_a_move_and_shows_every_change() {
    let sandbox = Sandbox::ordinary();
    let tree = sandbox.tree("tree", &[("plain", "one"), ("sub/secret", "two")]);
    sandbox.symlink("tree/link", "nowhere");
    sandbox.fifo("tree/fifo");
    sandbox.socket("tree/socket");
    sandbox.hard_link("tree/twin", "tree/plain");
    sandbox.chmod("tree/sub/secret", 0o000);
    sandbox.chmod("tree/sub", 0o555);
    let before = snapshot(&tree);
    sandbox.tool("mv", ["tree", "moved"]).run().ok();
    before.assert_is_at(sandbox.path("moved"));

    fs::write(sandbox.path("moved/plain"), "ONE").unwrap();
    sandbox.chmod("moved/sub", 0o755);
    fs::remove_file(sandbox.path("moved/link")).unwrap();
    sandbox.file("moved/more", "");
    let told = before.difference(&snapshot(sandbox.path("moved")));
    for part in ["changed: plain: content", "changed: sub: mode: 40555 -> 40755", "gone: link", "new: more"] {
        assert!(told.contains(part), "{part:?} is missing in:\n{told}");
    }
}

#[test]
fn a_snapshot_shows_attributes_times_and_links_that_are_no_longer_links() {
    let sandbox = Sandbox::new();
    let file = sandbox.file("a", "same");
    sandbox.hard_link("b", "a");
    let before = snapshot(sandbox.work());
    or_skip!(
        xattr::set(&file, "user.colour", b"red")
            .map_err(|error| Missing::new("attributes of users", error.to_string()))
    );
    fs::remove_file(sandbox.path("b")).unwrap();
    sandbox.tool("cp", ["-p", "a", "b"]).run().ok();
    sandbox.tool("touch", ["-d", "2001-02-03", "a"]).run().ok();
    let told = before.difference(&snapshot(sandbox.work()));
    for part in ["a: attribute user.colour: (none)", "a: modified", "b: links: 2 -> 1", "b: same file as: a -> (none)"]
    {
        assert!(told.contains(part), "{part:?} is missing in:\n{told}");
    }
}

#[test]
fn a_device_can_be_made_by_root() {
    if !is_root() {
        skip!("root", "to make a device");
    }
    let sandbox = Sandbox::new();
    sandbox.device("null");
    sandbox.tool("sh", ["-c", "test -c null"]).run().ok();
}

#[test]
fn what_was_skipped_is_told_by_what_it_needs() {
    let record = "\
a::one needs root: to make a device
b::two needs strace: No such file: really
a::one needs root: once more
b::three needs root: to mount
b::two needs root: to mount
";
    let told = skip::summary(record);
    assert!(told.starts_with("\n3 tests were skipped"), "{told}");
    assert!(told.ends_with(":\n  3 need root: a::one, b::three, b::two\n  1 needs strace: b::two\n\n"), "{told}");
    assert_eq!(skip::summary("").trim(), "no test was skipped");
}

#[test]
fn mounts_are_there_and_gone_after_a_panic() {
    in_mount_namespace!();
    let sandbox = Sandbox::new();
    let at = sandbox.path("mount");
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        let mount = Mount::tmpfs("size=1m", &at).unwrap();
        assert!(is_mounted(mount.path()));
        panic!("on purpose");
    }));
    let message = *panicked.unwrap_err().downcast::<&str>().unwrap();
    assert_eq!(message, "on purpose");
    assert!(!is_mounted(&at));
}

#[test]
fn a_bind_mount_shows_the_same_and_an_overlay_keeps_its_lower_layer() {
    in_mount_namespace!();
    let sandbox = Sandbox::new();
    sandbox.file("lower/file", "low");
    let bind = Mount::bind(&sandbox.path("lower"), &sandbox.path("bound")).unwrap();
    assert_eq!(fs::read(bind.path().join("file")).unwrap(), b"low");

    let (upper, work) = (sandbox.dir("upper"), sandbox.dir("kernel"));
    let overlay = or_skip!(Mount::overlay(&sandbox.path("lower"), &upper, &work, &sandbox.path("over")));
    fs::remove_file(overlay.path().join("file")).unwrap();
    assert_eq!(fs::read(sandbox.path("lower/file")).unwrap(), b"low");
}

fn try_image(format: Format) {
    let sandbox = Sandbox::new();
    let at = sandbox.path("disk");
    let disk = or_skip!(Mount::image(format, 16, &at));
    fs::write(disk.path().join("file"), "content").unwrap();
    disk.again_as("ro").unwrap();
    assert!(fs::write(disk.path().join("other"), "").is_err());
    drop(disk);
    assert!(!is_mounted(&at));
}

#[test]
fn an_ext4_image_can_be_mounted() {
    try_image(Format::Ext4);
}

#[test]
fn an_xfs_image_can_be_mounted() {
    try_image(Format::Xfs);
}

#[test]
fn a_btrfs_image_can_be_mounted() {
    try_image(Format::Btrfs);
}

#[test]
fn a_vfat_image_can_be_mounted() {
    try_image(Format::Vfat);
}

#[test]
fn an_exfat_image_can_be_mounted() {
    try_image(Format::Exfat);
}

#[test]
fn a_mount_can_belong_to_nobody() {
    in_mount_namespace!();
    let sandbox = Sandbox::ordinary();
    let mount = Mount::tmpfs("", &sandbox.path("stick")).unwrap().owned_by(User::Nobody);
    sandbox.tool("touch", ["stick/mine"]).run().ok();
    let _mount = mount.sticky();
    sandbox.tool("stat", ["-c", "%a", "stick"]).run().ok().out_contains("1777");
}

#[test]
fn a_log_of_strace_is_read_without_the_calls_that_change_nothing() {
    let log = "\
7 openat(AT_FDCWD</w>, \"/lib/libc.so\", O_RDONLY|O_CLOEXEC) = 3</lib/libc.so>
7 openat(AT_FDCWD</w>, \"made\", O_WRONLY|O_CREAT, 0666) = 3</w/made>
7 write(3</w/made>, \"x\", 1) = 1
7 write(1<pipe:[5]>, \"O_CREAT(\", 8) = 8
8 renameat2(AT_FDCWD</w>, \"a\", AT_FDCWD</w>, \"b\", RENAME_NOREPLACE <unfinished ...>
8 <... renameat2 resumed>) = 0
7 +++ exited with 0 +++
";
    assert_eq!(strace::changes_in(log), ["openat", "write", "renameat2"]);
}

fn scene() -> Sandbox {
    let sandbox = Sandbox::ordinary();
    sandbox.file("a", "content");
    // There already, so that the removal makes no other call than those of the file.
    sandbox.rrm(["rm", sandbox.file("first", "").to_str().expect("text")]).ok();
    sandbox
}

fn remove(sandbox: &Sandbox) -> Invocation {
    sandbox.command(["rm", "a"])
}

#[test]
fn a_program_is_killed_before_a_call_and_nothing_else_is_a_point() {
    let count = fault::each_point(Fault::Kill, scene, remove, |sandbox, point, run| {
        run.killed(9);
        assert!(["fsetxattr", "renameat2"].contains(&point.call.as_str()), "{point}");
        assert!(sandbox.path("a").exists());
    });
    assert!((2..10).contains(&count), "{count} points");
}

#[test]
fn a_call_that_fails_is_not_made() {
    let fails = |sandbox: &Sandbox, point: &Point, run: &Run| {
        run.fails(1).err_contains("Read-only file system");
        assert!(sandbox.path("a").exists(), "{point}");
    };
    assert!(fault::each_point(Fault::Error("EROFS"), scene, remove, fails) > 1);
}

#[test]
fn every_failing_point_is_reported_with_its_call() {
    let sweep = || {
        fault::each_point_of(|point| point.call == "renameat2", Fault::Kill, scene, remove, |_, _, _| panic!("seen"))
    };
    let told = *catch_unwind(sweep).unwrap_err().downcast::<String>().unwrap();
    assert!(
        told.starts_with("1 of 1 points failed") && told.contains("Kill at call") && told.ends_with("seen"),
        "{told}"
    );
}
