//! `rrm restore --conflict merge` and `merge-swap`, faulted at each of their calls: every file is in the trash or at its
//! place, and a second run does the rest.

use super::scene::assert_honest;
use crate::common::fault::each_point;
use crate::common::{Fault, Sandbox, User, Way, content};
use crate::merging::account::{Account, Modes};

/// A directory in the trash and another at its place. Among what is missing is one that has to be made writable to be
/// moved, in a directory that is at both.
fn torn() -> (Sandbox, Account) {
    let sandbox = Sandbox::of(User::Nobody).by_way_of(Way::Here);
    sandbox
        .tree("d", &[("a", "a"), ("both", "old"), ("sub/both", "old below"), ("sub/closed/c", "c"), ("full/e", "e")]);
    sandbox.symlink("d/sub/link", "nowhere");
    sandbox.hard_link("d/sub/a", "d/a");
    sandbox.chmod("d/sub/closed", 0o555);
    let loosened = sandbox.chmod("d", 0o775);
    sandbox.rrm(["rm", "d"]).ok();
    sandbox.tree("d", &[("both", "new"), ("sub/both", "new below")]);
    sandbox.dir("d/full");
    sandbox.chmod(loosened, 0o775);
    let before = Account::with(&sandbox, Modes::AsAfterAKill);
    (sandbox, before)
}

fn sweep(mode: &str, check: impl Fn(&Sandbox) + Sync) {
    for fault in [Fault::Kill, Fault::Error("EIO"), Fault::Error("ENOSPC"), Fault::Error("EACCES")] {
        let points = each_point(
            fault,
            torn,
            |(sandbox, _)| sandbox.command(["restore", "--conflict", mode, "d"]),
            |(sandbox, before), _, run| {
                if fault != Fault::Kill {
                    assert_honest(run);
                }
                before.assert_is(&Account::with(sandbox, Modes::AsAfterAKill));
                let again = sandbox.rrm(["restore", "--conflict", mode, "d"]);
                // All may be back already, with nothing left to select.
                assert!(matches!(again.status.code(), Some(0 | 1)), "{again}");
                before.assert_is(&Account::with(sandbox, Modes::AsAfterAKill));
                check(sandbox);
            },
        );
        println!("{points} points: {mode} {fault:?}");
        assert!(points > 5);
    }
}

fn assert_back(sandbox: &Sandbox) {
    let back = ["a", "sub/a", "sub/closed/c", "full/e"].map(|name| content(sandbox, &format!("d/{name}")));
    assert_eq!(back, ["a", "a", "c", "e"]);
    assert!(sandbox.path("d/sub/link").is_symlink());
}

#[test]
fn merge_at_each_call() {
    sweep("merge", |sandbox| {
        assert_back(sandbox);
        let live = ["both", "sub/both"].map(|name| content(sandbox, &format!("d/{name}")));
        assert_eq!(live, ["new", "new below"]);
        let items = sandbox.list_json();
        assert_eq!(items.len(), 1, "{items:?}");
        assert_eq!(items[0]["original_path"], sandbox.path("d").to_str().expect("plain"));
    });
}

#[test]
fn merge_swap_at_each_call() {
    sweep("merge-swap", |sandbox| {
        assert_back(sandbox);
        let live = ["both", "sub/both"].map(|name| content(sandbox, &format!("d/{name}")));
        assert_eq!(live, ["old", "old below"]);
        assert_eq!(sandbox.list_json().len(), 2);
    });
}
