//! Ctrl-C: what a command would do next is not begun, whatever it is.

use super::{is_there, listed};
use crate::common::{Run, Sandbox, strace};

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
    // To the one thread that there is.
    let interrupt = ["strace", "-f", "-q", "-o", "/dev/null", "-e", "inject=renameat2:signal=INT:when=1"];
    let run = sandbox.command(["rm", "--auto-clean", "f"]).through(interrupt).run();
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
    let run = sandbox.command(["restore", "open", "plain"]).interrupted_on_terminal("renameat2", "y\n");
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
    let run = sandbox.command(["clean"]).held_failing("renameat2", "EDQUOT").interrupted().released();
    run.fails(130).err_contains("interrupted");
    assert_eq!(listed(&sandbox), ["d"]);
    clean_due(&sandbox).ok();
    assert_eq!(listed(&sandbox), [""; 0]);
}
