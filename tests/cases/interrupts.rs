//! Ctrl-C: what a command would do next is not begun, whatever it is.

use std::ffi::OsString;

use super::{is_there, listed};
use crate::common::{Invocation, Run, Sandbox, strace};

/// Runs the command, which gets SIGINT at its first call of this name, and an error there if there is one.
fn interrupted_at(call: &str, error: &str, command: &Invocation) -> Invocation {
    let inject = format!("inject={call}:{error}signal=INT:when=1");
    let words = ["strace", "-f", "-q", "-o", "/dev/null", "-e", &inject];
    command.clone().through(words.map(OsString::from))
}

fn clean_due(sandbox: &Sandbox) -> Run {
    sandbox.rrm(["clean"])
}

// [70] The clean that follows a removal is a new thing, and does not begin.
#[test]
fn an_interrupted_removal_is_followed_by_no_clean() {
    or_skip!(strace::available());
    let sandbox = Sandbox::new();
    sandbox.file("due", "due");
    sandbox.file("f", "f");
    sandbox.rrm(["rm", "-g", "0", "due"]).ok();
    let run = interrupted_at("renameat2", "", &sandbox.command(["rm", "--auto-clean", "f"])).run();
    run.fails(130).err_contains("interrupted");
    assert_eq!(listed(&sandbox), ["due", "f"]);
    clean_due(&sandbox).ok();
    assert_eq!(listed(&sandbox), ["f"]);
}

// [70] What has to be agreed to comes after the rest, and nobody is asked about it who has asked to stop.
#[test]
fn an_interrupted_restore_asks_no_question() {
    or_skip!(strace::available());
    let sandbox = Sandbox::new();
    for name in ["open", "plain"] {
        sandbox.file(name, name);
    }
    sandbox.chmod("open", 0o666);
    let kill = ["strace", "-f", "-q", "-o", "/dev/null", "-e", "inject=fchmod:signal=KILL:when=1"];
    assert!(!sandbox.command(["rm", "open"]).through(kill).run().status.success(), "it was killed");
    sandbox.rrm(["rm", "plain"]).ok();
    assert_eq!(listed(&sandbox), ["open", "plain"]);
    let restore = sandbox.command(["restore", "open", "plain"]);
    let run = interrupted_at("renameat2", "", &restore).on_terminal(80, "y\n");
    run.fails(130).out_contains("interrupted");
    assert!(!run.stdout().contains("anyway?"), "{run}");
    assert!(is_there(&sandbox.path("plain")) && !is_there(&sandbox.path("open")));
    assert_eq!(listed(&sandbox), ["open"]);
}

// [80] What found no room to be claimed is tried once more when the rest is done, but not after Ctrl-C.
#[test]
fn an_interrupted_clean_tries_nothing_again() {
    or_skip!(strace::available());
    let sandbox = Sandbox::new();
    sandbox.file("d/due", "due");
    sandbox.rrm(["rm", "-rg", "0", "d"]).ok();
    // Without it, so that no room is made for the first try.
    std::fs::remove_dir_all(sandbox.trash().join(".ballast")).expect("it is there");
    let run = interrupted_at("renameat2", "error=EDQUOT:", &sandbox.command(["clean"])).run();
    run.fails(130).err_contains("interrupted");
    assert_eq!(listed(&sandbox), ["d"]);
    clean_due(&sandbox).ok();
    assert_eq!(listed(&sandbox), [""; 0]);
}
