//! A file system that takes `A` and `a` for one name, as those of Windows and macOS do.

use super::Kind;
use crate::common::{Sandbox, User};

#[test]
fn what_has_the_same_name_in_another_case_is_in_the_way() {
    in_mount_namespace!();
    let served = or_skip!(Kind::LowntfsIgnoringCase.serve(User::Caller));
    let content = |name: &str| std::fs::read_to_string(served.dir().join(name)).ok();
    served.script(&served.dir(), "printf old > A.txt", &[]);
    served.sandbox.command(["rm"]).args([served.dir().join("A.txt")]).run().ok().silent();
    served.script(&served.dir(), "printf new > a.txt", &[]);
    served.sandbox.rrm(["undo"]).fails(1).err_contains("it already exists");
    assert_eq!(content("a.txt").as_deref(), Some("new"));
    served.sandbox.rrm(["undo", "--conflict", "swap"]).ok();
    // Not as `a.txt`: the kernel goes on by what that led to for a second.
    assert_eq!(content("A.txt").as_deref(), Some("old"));
    assert_eq!(served.sandbox.list_json().len(), 1);
    is_silent(&served.sandbox);
}

/// The files of ours in a trash are ours in whatever case they are told.
fn is_silent(sandbox: &Sandbox) {
    for words in [&["list"][..], &["clean"], &["doctor"], &["clean", "--all", "--yes"]] {
        sandbox.rrm(words).ok().err_lacks("rrm");
    }
}
