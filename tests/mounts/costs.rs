//! What a copy costs is said before it is paid: the question, the progress, the way out.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{assert_no_rest, listed};
use crate::common::{Invocation, Missing, Mount, Run, Sandbox, snapshot, strace};

/// Each write of the copy takes a while, so that it lasts.
const SLOWLY: [&str; 9] = [
    "strace",
    "-D",
    "-f",
    "-q",
    "-o/dev/null",
    "-e",
    "trace=pwrite64,copy_file_range",
    "-e",
    "inject=pwrite64,copy_file_range:delay_enter=40000",
];

/// The command on a terminal of its own, where these lines are typed.
fn on_a_terminal(sandbox: &Sandbox, command: &str, typed: &str) -> Run {
    let program = crate::common::binary();
    let line = command.replace("rrm", &format!("'{}'", program.display()));
    sandbox.tool("script", ["-qec", &line, "/dev/null"]).with("TERM", "xterm").reading(typed).run()
}

fn no_script() -> Result<(), Missing> {
    std::process::Command::new("script")
        .arg("--version")
        .output()
        .map(drop)
        .map_err(|error| Missing::new("script", error.to_string()))
}

#[test]
fn more_than_there_is_room_for_is_asked_on_a_terminal_and_refused_without() {
    in_mount_namespace!();
    or_skip!(no_script());
    let sandbox = Sandbox::new();
    let _home = or_skip!(Mount::tmpfs("size=1m,mode=755", &sandbox.home()));
    let _mount = or_skip!(Mount::tmpfs("", &sandbox.path("m")));
    let file = sandbox.file("m/f", vec![1; 3 << 20]);
    let run = sandbox.rrm(["rm", "--into-home", "m/f"]);
    run.fails(1).err_contains("3.0 MiB must be copied").err_contains("--yes");
    let run = on_a_terminal(&sandbox, "rrm rm --into-home m/f", "n\n");
    run.ok().out_contains("3.0 MiB must be copied to another file system, which has");
    let run = on_a_terminal(&sandbox, "rrm rm --into-home m/f", "y\n");
    run.fails(1).out_contains("No space left on device");
    assert_eq!(fs::read(file).expect("it is there").len(), 3 << 20);
    assert_eq!(listed(&sandbox), Vec::<String>::new());
    assert_no_rest(&sandbox);
}

#[test]
fn a_copy_that_lasts_shows_bytes_and_rate_on_a_terminal() {
    in_mount_namespace!();
    or_skip!(no_script());
    or_skip!(strace::available());
    let sandbox = Sandbox::new();
    let _mount = or_skip!(Mount::tmpfs("", &sandbox.path("m")));
    sandbox.file("m/f", vec![1; 5 << 20]);
    let run = on_a_terminal(&sandbox, &format!("{} rrm rm --into-home m/f", SLOWLY.join(" ")), "");
    run.ok().out_contains("copying").out_contains("of 5.0 MiB").out_contains("MiB/s");
    let before = sandbox.file("m/g", vec![1; 1 << 20]);
    sandbox.rrm(["rm", "--into-home", "m/g"]).ok().silent();
    assert!(before.symlink_metadata().is_err());
}

/// Starts a slow copy, interrupts it once there is something of it below `where_to`, and waits for the end.
fn interrupted(command: &Invocation, has_begun: impl Fn() -> bool) -> Run {
    let child = command.clone().through(SLOWLY).spawn();
    for _ in 0..2000 {
        if has_begun() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let pid = i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw).expect("a process");
    rustix::process::kill_process(pid, rustix::process::Signal::INT).expect("it is at work");
    Run::of(child.wait_with_output().expect("it ends"))
}

fn holds_bytes(directory: &Path) -> bool {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    entries.into_iter().any(|entry| match entry.metadata() {
        Ok(data) if data.is_dir() => holds_bytes(&entry.path()),
        Ok(data) => data.is_file() && data.len() > 0,
        Err(_) => false,
    })
}

#[test]
fn ctrl_c_leaves_the_source_whole_and_no_rest() {
    in_mount_namespace!();
    or_skip!(strace::available());
    let sandbox = Sandbox::new();
    let _mount = or_skip!(Mount::tmpfs("", &sandbox.path("m")));
    sandbox.file("m/t/f", vec![1; 8 << 20]);
    sandbox.file("m/t/g", vec![2; 8 << 20]);
    let before = snapshot(sandbox.path("m/t"));
    let staging = sandbox.trash().join(".staging");
    let run = interrupted(&sandbox.command(["rm", "--into-home", "m/t"]), || holds_bytes(&staging));
    run.fails(130).err_contains("interrupted");
    before.assert_is_at(sandbox.path("m/t"));
    assert_eq!(listed(&sandbox), Vec::<String>::new());
    assert_no_rest(&sandbox);

    // On the way back the item stays.
    sandbox.rrm(["rm", "--into-home", "m/t"]).ok();
    let is_room = |name: &std::ffi::OsStr| name.to_string_lossy().starts_with(".rrm-");
    let rooms = || fs::read_dir(sandbox.path("m")).expect("a mount").flatten().filter(|e| is_room(&e.file_name()));
    let run = interrupted(&sandbox.command(["restore", "m/t"]), || rooms().any(|room| holds_bytes(&room.path())));
    run.fails(130).err_contains("interrupted");
    assert_eq!(listed(&sandbox).len(), 1);
    assert!(sandbox.path("m/t").symlink_metadata().is_err());
    assert_no_rest(&sandbox);
    sandbox.rrm(["undo"]).ok();
    before.assert_is_at(sandbox.path("m/t"));
}

/// An indexer or a backup may look into what is being made, and move its access time, between the call that sets it and
/// the look whether it is set.
#[test]
fn whoever_reads_along_costs_a_copy_no_times() {
    in_mount_namespace!();
    or_skip!(strace::available());
    let sandbox = Sandbox::new();
    let _mount = or_skip!(Mount::tmpfs("", &sandbox.path("m")));
    sandbox.dir("m/t/sub");
    let before = snapshot(sandbox.path("m/t"));
    let staging = sandbox.trash().join(".staging");
    let slow_once = ["strace", "-f", "-q", "-o/dev/null", "-e", "inject=utimensat:delay_exit=100000:when=1"];
    let done = AtomicBool::new(false);
    std::thread::scope(|threads| {
        threads.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                holds_bytes(&staging);
            }
        });
        let run = sandbox.command(["rm", "--into-home", "m/t"]).through(slow_once).run();
        done.store(true, Ordering::Relaxed);
        run.ok().silent();
    });
    sandbox.rrm(["undo"]).ok();
    before.assert_is_at(sandbox.path("m/t"));
}
