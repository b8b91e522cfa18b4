//! What the guard takes for granted of the kernel.
//!
//! That a stopped call goes on, fails or is said to be done, who may answer, and what a signal does, is tested where the calls
//! are made: in `crates/seccomp`.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::process::Command;

use super::sandbox;

/// What marks an inode as older than the run: it cannot be set, and is between the coarse clock and the precise one.
#[test]
fn the_birth_of_a_file_is_between_the_clocks() {
    let sandbox = or_skip!(sandbox());
    let file = sandbox.path("file");
    for _ in 0..50 {
        let before = crate::common::platform::coarse_time();
        fs::write(&file, "x").expect("work is ours");
        let after = rustix::time::clock_gettime(rustix::time::ClockId::Realtime);
        let born = crate::common::platform::identity(&file).expect("it is there").born;
        let Some((seconds, nanoseconds)) = born else {
            skip!("a file system that tells when a file was made", "btime")
        };
        let born = (seconds, i64::from(nanoseconds));
        assert!(before <= born, "{before:?} {born:?}");
        assert!(born <= (after.tv_sec, after.tv_nsec), "{born:?} {after:?}");
        fs::remove_file(&file).expect("it is there");
    }
}

/// A link keeps an inode whole that loses the name it had, whatever is made in its place.
#[test]
fn a_link_made_before_keeps_what_loses_its_name() {
    let sandbox = or_skip!(sandbox());
    let (file, kept) = (sandbox.path("file"), sandbox.path("kept"));
    fs::write(&file, "old").expect("work is empty");
    fs::hard_link(&file, &kept).expect("one file system");
    let inode = fs::metadata(&kept).expect("it is there").ino();
    fs::write(sandbox.path("new"), "new").expect("work is ours");
    fs::rename(sandbox.path("new"), &file).expect("it replaces");
    assert_eq!(fs::metadata(&kept).expect("it is there").ino(), inode);
    assert_eq!(fs::read_to_string(kept).expect("it is there"), "old");
}

/// No link leads from one mount to another, so a directory has to be reached through our own.
#[test]
fn a_link_through_another_mount_of_the_same_directory_is_refused() {
    in_mount_namespace!();
    let sandbox = or_skip!(sandbox());
    fs::create_dir(sandbox.path("mount")).expect("work is empty");
    fs::write(sandbox.path("file"), "x").expect("work is ours");
    let mount = or_skip!(crate::common::Mount::bind(&sandbox.work(), &sandbox.path("mount")));
    let refused = fs::hard_link(mount.path().join("file"), sandbox.path("link")).expect_err("another mount");
    assert_eq!(refused.kind(), std::io::ErrorKind::CrossesDevices);
    fs::hard_link(sandbox.path("file"), sandbox.path("link")).expect("the same mount");
}

/// What a process holds open is reached by `/proc`, also when it has lost its name.
#[test]
fn a_descriptor_of_another_process_can_be_opened_anew() {
    let sandbox = or_skip!(sandbox());
    let script = "exec 5>file; echo content >&5; rm file; echo ready; read line";
    let mut command = Command::new("sh");
    command.args(["-c", script]).current_dir(sandbox.work());
    let mut child =
        command.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped()).spawn().expect("sh");
    let mut ready = [0; 6];
    std::io::Read::read_exact(child.stdout.as_mut().expect("a pipe"), &mut ready).expect("it is ready");
    let content = fs::read_to_string(format!("/proc/{}/fd/5", child.id()));
    drop(child.stdin.take());
    child.wait().expect("a child");
    assert_eq!(content.expect("root, or the same user"), "content\n");
}
