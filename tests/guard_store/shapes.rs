//! Each shape of an incident, undone.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use rrm::guard::{GuardOptions, Keeper as _, Loss, Verdict};
use rrm::rules::retention::Free;

use super::doing::{Guarded, Pace, found, options, plant};
use crate::common::{Sandbox, Tree, snapshot};

/// A sandbox with something to lose, and what that looks like.
fn scene() -> (Sandbox, Tree) {
    let sandbox = Sandbox::new();
    plant(&sandbox);
    let before = snapshot(sandbox.work());
    (sandbox, before)
}

/// What a program does, by a name.
type Shape = (&'static str, fn(&Guarded<'_>));

/// Undone, all is as it was.
#[test]
fn one_undo_brings_all_of_it_back() {
    come_back(&[
        ("a file", |run| run.unlink("a")),
        ("a link", |run| run.unlink("d/link")),
        ("a FIFO", |run| run.unlink("d/fifo")),
        ("one of two names", |run| run.unlink("d/x")),
        ("both names", |run| {
            run.unlink("d/x");
            run.unlink("d/e/same");
        }),
        ("a directory", |run| run.rmdir("d/empty")),
        ("a tree", |run| run.remove("d")),
        ("what is in a directory", |run| run.empty("d/e")),
        ("everything", |run| run.empty("")),
        ("one over the other", |run| run.rename("a", "b")),
        ("many to one name", |run| {
            run.rename("a", "X");
            run.rename("b", "X");
            run.rename("d/e/y", "X");
        }),
        ("a save", |run| run.save("a", "new")),
        ("several saves", |run| {
            run.save("a", "new");
            run.save("a", "newer");
        }),
        ("over a file", |run| run.write_over("a", "new")),
        ("over a file, and again", |run| {
            run.write_over("a", "new");
            run.write_over("a", "");
        }),
        ("a part of it", |run| run.truncate("a", 1)),
        ("over a file that goes then", |run| {
            run.write_over("a", "new");
            run.unlink("a");
        }),
        ("into a file", |run| run.write_into("a", "ONE")),
        ("moved, and removed there", |run| {
            run.rename("d", "d.bak");
            run.remove("d.bak");
        }),
        ("moved out of what goes", |run| {
            run.rename("d/e/y", "y");
            run.remove("d");
        }),
        ("a directory moved out of what goes", |run| {
            run.rename("d/e", "e");
            run.unlink("e/y");
            run.remove("d");
        }),
        ("replaced as a whole", |run| {
            run.remove("d");
            fs::create_dir_all(run.path("d/e")).expect("made");
            fs::write(run.path("d/e/y"), "other").expect("written");
        }),
        ("permissions, and then all", |run| {
            run.chmod("d/e", 0o777);
            run.chmod("d/e/y", 0o666);
            run.remove("d");
        }),
        ("permissions of what stays", |run| {
            run.chmod("d/e", 0o700);
            run.unlink("a");
        }),
        ("a directory over an empty one", |run| run.rename("other", "d/empty")),
        ("by way of another name", |run| {
            run.rename("a", "t");
            run.rename("b", "a");
            run.rename("t", "b");
            run.unlink("b");
        }),
        ("a call that fails", |run| {
            run.tell(Loss::Removed(found(&run.path("b"))));
            run.tell(Loss::RemovedDirectory(found(&run.path("d"))));
            run.announce_rename("b", "d/x");
            run.unlink("a");
        }),
        ("a call that is made again", |run| {
            run.tell(Loss::Removed(found(&run.path("a"))));
            run.unlink("a");
        }),
    ]);
}

/// So does what was moved on ways that are not there any more.
#[test]
fn one_undo_finds_the_way_back() {
    come_back(&[
        ("moved out of what was moved before it goes", |run| {
            run.rename("d", "away");
            run.rename("away/x", "b");
            run.remove("away");
        }),
        ("moved by way of a directory that was made for it", |run| {
            fs::create_dir(run.path("new")).expect("made");
            run.rename("a", "new/a");
            run.rename("new/a", "b");
            run.rmdir("new");
        }),
        ("one of two names, moved to a new directory and removed there", |run| {
            fs::create_dir(run.path("new")).expect("made");
            run.rename("d/e/same", "new/same");
            run.unlink("new/same");
            run.rmdir("new");
        }),
        ("one of two names over another, and the directory moved", |run| {
            run.rename("d/e/same", "d/e/y");
            run.unlink("d/x");
            run.rename("d/e", "e");
        }),
    ]);
}

#[track_caller]
fn come_back(shapes: &[Shape]) {
    for (name, program) in shapes {
        let (sandbox, before) = scene();
        let run = Guarded::begin(&sandbox);
        program(&run);
        let summary = run.end();
        assert!(summary.not_kept.is_empty() && summary.changed == 0, "{name}: {summary:?}");
        let undone = sandbox.rrm(["undo"]);
        assert!(undone.status.success(), "{name}: {undone}");
        // Where the run made something before it took something away, nobody has seen the time of the directory.
        let difference = before.difference(&snapshot(sandbox.work()));
        let others: Vec<&str> = difference.lines().filter(|line| !line.starts_with("changed: : modified")).collect();
        assert_eq!(others, [""; 0], "{name} is not as it was");
        let again = sandbox.rrm(["redo"]);
        assert!(again.status.success(), "{name}: {again}");
    }
}

/// What stays in the trash of a run is what somebody would miss.
#[test]
fn what_becomes_an_item() {
    let shapes: &[(&str, Pace, fn(&Guarded<'_>), &str)] = &[
        ("nothing", Pace::Quick, |_| {}, ""),
        ("a tree is one", Pace::Quick, |run| run.remove("d"), "d: removed"),
        (
            "a tree that is made anew is one",
            Pace::Quick,
            |run| {
                run.remove("d");
                fs::create_dir(run.path("d")).expect("made");
            },
            "d: replaced",
        ),
        (
            "what the run made and removed is none",
            Pace::Quick,
            |run| {
                fs::create_dir(run.path("n")).expect("made");
                fs::write(run.path("n/x"), "x").expect("written");
                run.write_over("n/x", "y");
                run.save("n/x", "z");
                run.remove("n");
            },
            "",
        ),
        (
            "but is one, once it is an hour's work",
            Pace::Slow,
            |run| {
                fs::create_dir(run.path("n")).expect("made");
                fs::write(run.path("n/x"), "x").expect("written");
                run.remove("n");
            },
            "n: removed",
        ),
        (
            "of several saves, the first",
            Pace::Quick,
            |run| {
                run.save("a", "new");
                run.save("a", "newer");
            },
            "a: replaced",
        ),
        (
            "what is there again is none",
            Pace::Quick,
            |run| {
                run.rename("a", "t");
                run.rename("t", "a");
                run.write_over("b", "two");
            },
            "",
        ),
        ("a lock is none", Pace::Quick, |run| run.unlink("l.lock"), ""),
        (
            "a link in a directory of the run is none",
            Pace::Quick,
            |run| {
                fs::create_dir(run.path("n")).expect("made");
                fs::hard_link(run.path("a"), run.path("n/a")).expect("linked");
                run.remove("n");
            },
            "",
        ),
        (
            "what was written to before says so",
            Pace::Quick,
            |run| {
                fs::write(run.path("a"), "unseen").expect("written");
                run.unlink("a");
            },
            "a: changed, then removed",
        ),
    ];
    for (name, pace, program, items) in shapes {
        let sandbox = Sandbox::new();
        plant(&sandbox);
        fs::write(sandbox.path("l.lock"), "").expect("written");
        let run = Guarded::at(&sandbox, *pace);
        program(&run);
        let summary = run.end();
        assert!(summary.not_kept.is_empty(), "{name}: {:?}", summary.not_kept);
        let told: Vec<String> = summary
            .items
            .iter()
            .map(|item| {
                let path = item.original_path().expect("known").strip_prefix(sandbox.work()).expect("below");
                format!("{}: {}", path.display(), item.guarded.words().expect("a mark"))
            })
            .collect();
        assert_eq!(told.join(", "), *items, "{name}");
        let left = fs::read_dir(sandbox.trash().join(".guarded")).map_or(0, Iterator::count);
        assert!(left <= 1, "{name}: {left}");
    }
}

fn is_refused(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Refuse(_) | Verdict::RefuseOthers(_))
}

#[test]
fn the_trash_itself_is_out_of_reach() {
    let sandbox = Sandbox::new();
    plant(&sandbox);
    sandbox.rrm(["rm", "b"]).ok();
    let run = Guarded::begin(&sandbox);
    let trash = sandbox.trash();
    for path in [trash.clone(), trash.join("CACHEDIR.TAG")] {
        let losses = [
            Loss::Removed(found(&path)),
            Loss::RemovedDirectory(found(&path)),
            Loss::Changed(found(&path), rrm::guard::Change::Mode),
            Loss::Exchanged(found(&sandbox.path("a")), found(&path)),
        ];
        for loss in losses {
            assert!(is_refused(&run.run.keep(loss)), "{}", path.display());
        }
        let mut nameless = found(&path);
        nameless.path = None;
        assert!(is_refused(&run.run.keep(Loss::Removed(nameless))));
    }
    // By the place where it is: a directory above it may be renamed.
    run.tell(Loss::Moved {
        from: found(&sandbox.home()),
        to_parent: found(&sandbox.home()).parent,
        to_name: "elsewhere".into(),
        to_path: Some(sandbox.root().join("elsewhere")),
        replaced: None,
    });
    fs::rename(sandbox.home(), sandbox.root().join("elsewhere")).expect("moved");
    let moved = sandbox.root().join("elsewhere/.local/share/rrm/trash/CACHEDIR.TAG");
    assert!(is_refused(&run.run.keep(Loss::Removed(found(&moved)))));
    fs::rename(sandbox.root().join("elsewhere"), sandbox.home()).expect("moved back");
    run.end();
}

/// What is too large to be copied is named, and goes.
#[test]
fn what_cannot_be_kept_is_named() {
    let sandbox = Sandbox::new();
    fs::write(sandbox.path("large"), vec![7; (1 << 20) + 1]).expect("written");
    let run = Guarded::begin(&sandbox);
    run.write_over("large", "");
    let summary = run.end();
    let shares = summary.not_kept.is_empty() && summary.replaced == 1;
    assert!(shares || summary.not_kept[0].path == sandbox.path("large"), "{summary:?}");
}

/// A second end is a second batch, of what went since the first.
#[test]
fn each_end_is_a_batch() {
    let (sandbox, before) = scene();
    let run = Guarded::begin(&sandbox);
    run.unlink("a");
    assert_eq!(run.end().files, 1);
    run.remove("d");
    run.write_over("b", "new");
    let second = run.end();
    assert_eq!((second.directories, second.files, second.replaced), (1, 0, 1));
    sandbox.rrm(["undo"]).ok();
    let difference = before.difference(&snapshot(sandbox.work()));
    assert_eq!(difference.lines().filter(|line| line.starts_with("gone")).collect::<Vec<_>>(), ["gone: a"]);
    sandbox.rrm(["undo"]).ok();
    before.assert_is_at(sandbox.work());
}

/// What has another mode by then gets no set-id bit back, and a file keeps the run's times.
#[test]
fn permissions_come_back_but_for_what_could_be_used() {
    let sandbox = Sandbox::new();
    plant(&sandbox);
    fs::set_permissions(sandbox.path("b"), fs::Permissions::from_mode(0o4755)).expect("ours");
    let run = Guarded::begin(&sandbox);
    run.chmod("b", 0o600);
    run.unlink("a");
    run.end_and_undo();
    assert_eq!(fs::metadata(sandbox.path("b")).expect("there").permissions().mode() & 0o7777, 0o755);
}

#[test]
fn what_there_is_no_room_for_is_named() {
    let sandbox = Sandbox::new();
    plant(&sandbox);
    let names: Vec<String> = (0..40).map(|number| format!("other/{number}")).collect();
    names.iter().for_each(|name| fs::write(sandbox.path(name), name).expect("written"));
    let run = Guarded::with(&sandbox, GuardOptions { floor: Free::Bytes(u64::MAX), ..options(&sandbox, Pace::Quick) });
    run.write_over("a", "new");
    names.iter().for_each(|name| run.unlink(name));
    let summary = run.end();
    let lost: BTreeSet<_> = summary.not_kept.into_iter().map(|error| error.path).collect();
    assert_eq!(lost, names.iter().map(String::as_str).chain(["a"]).map(|name| sandbox.path(name)).collect());
    assert_eq!(summary.files, 0);
}

/// So many lines help nobody; but none goes without a word.
#[test]
fn what_is_not_named_is_counted() {
    let sandbox = Sandbox::new();
    let run = Guarded::begin(&sandbox);
    for _ in 0..1002 {
        let why = rrm::guard::Why::TooSlow;
        run.run.missed(rrm::guard::Missed { path: None, program: "program".into(), why });
    }
    let summary = run.end();
    assert_eq!((summary.not_kept.len(), summary.more_not_kept), (1000, 2));
}
