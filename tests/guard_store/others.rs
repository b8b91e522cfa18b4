//! What other users, or a program that knows how rrm works, could make of it.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};

use rrm::guard::{GuardOptions, Keeper as _, Loss, Verdict, Writes};

use super::doing::{Guarded, Pace, found, options, plant};
use crate::common::fault::each_point;
use crate::common::platform::exchange;
use crate::common::{Fault, Mount, Run, Sandbox, is_root, snapshot, strace};
use crate::mounts::exchange::exchanger;

/// A link that stands on the way of an undo leads nothing there.
#[test]
fn no_undo_goes_through_a_link_that_came_since() {
    let sandbox = Sandbox::new();
    plant(&sandbox);
    let run = Guarded::begin(&sandbox);
    run.rename("d/e/y", "y");
    run.chmod("d/e", 0o711);
    run.unlink("d/e/odd \n");
    run.end();
    fs::rename(sandbox.path("d/e"), sandbox.path("real")).expect("moved");
    fs::create_dir(sandbox.path("trap")).expect("made");
    symlink(sandbox.path("trap"), sandbox.path("d/e")).expect("linked");
    let before = snapshot(sandbox.path("trap"));
    let mode = fs::metadata(sandbox.path("real")).expect("there").mode();
    let undone = sandbox.rrm(["undo"]);
    assert!(!undone.status.success(), "{undone}");
    before.assert_is_at(sandbox.path("trap"));
    assert!(sandbox.path("y").exists());
    assert_eq!(fs::metadata(sandbox.path("real")).expect("there").mode(), mode);
}

/// Another inode under the old name keeps the permissions that it has.
#[test]
fn permissions_go_back_to_the_very_inode_only() {
    let sandbox = Sandbox::new();
    plant(&sandbox);
    let run = Guarded::begin(&sandbox);
    run.chmod("b", 0o666);
    run.unlink("a");
    run.end();
    fs::rename(sandbox.path("b"), sandbox.path("c")).expect("moved");
    fs::write(sandbox.path("b"), "another").expect("written");
    fs::set_permissions(sandbox.path("b"), fs::Permissions::from_mode(0o600)).expect("ours");
    sandbox.rrm(["undo"]).ok();
    assert_eq!(fs::metadata(sandbox.path("b")).expect("there").mode() & 0o777, 0o600);
}

/// What belongs to another user comes back as theirs, and what it is cannot be opened in the trash by anybody else.
#[test]
fn what_belongs_to_another_comes_back_as_theirs() {
    if !is_root() {
        skip!("root", "who gives things to another user");
    }
    let sandbox = Sandbox::new();
    plant(&sandbox);
    for path in ["d", "d/e", "d/e/y", "b"] {
        std::os::unix::fs::chown(sandbox.path(path), Some(65_534), Some(65_534)).expect("root may");
    }
    fs::set_permissions(sandbox.path("b"), fs::Permissions::from_mode(0o4755)).expect("root may");
    let before = snapshot(sandbox.work());
    let run = Guarded::begin(&sandbox);
    run.remove("d");
    run.unlink("b");
    run.end();
    for entry in fs::read_dir(sandbox.trash()).expect("read") {
        let entry = entry.expect("an entry");
        if entry.file_name().len() == 36 {
            let is = entry.metadata().expect("there");
            assert_eq!((is.uid(), is.mode() & 0o077), (0, 0), "{}", entry.path().display());
        }
    }
    sandbox.rrm(["undo"]).ok();
    before.assert_is_at(sandbox.work());
}

/// Once its items are gone, a clean forgets the rest of a run.
#[test]
fn a_clean_forgets_a_run_whose_items_are_gone() {
    let sandbox = Sandbox::new();
    plant(&sandbox);
    let run = Guarded::begin(&sandbox);
    run.rename("b", "c");
    run.unlink("a");
    run.end();
    let left = || fs::read_dir(sandbox.trash().join(".guarded")).map_or(0, Iterator::count);
    sandbox.rrm(["clean"]).ok();
    // That of the run that goes on, and that of its first end.
    assert_eq!(left(), 1, "there is an item to undo");
    sandbox.rrm(["clean", "--all", "--yes"]).ok();
    sandbox.rrm(["clean"]).ok();
    assert_eq!(left(), 0);
}

/// The user who exchanges.
const THEM: u32 = 1234;

/// What root's program has moved from a directory of root's into one of theirs, after it removed a file.
fn moved_to_them(sandbox: &Sandbox) -> std::path::PathBuf {
    let (ours, theirs) = (sandbox.dir("ours"), sandbox.dir("theirs"));
    sandbox.chmod(&ours, 0o700);
    sandbox.file(ours.join("key"), "root's");
    sandbox.file(ours.join("z"), "removed");
    std::os::unix::fs::chown(&theirs, Some(THEM), Some(THEM)).expect("root may");
    let run = Guarded::begin(sandbox);
    run.rename("ours/key", "theirs/key");
    run.unlink("ours/z");
    run.end();
    sandbox.file(theirs.join("evil"), "theirs");
    std::os::unix::fs::chown(theirs.join("evil"), Some(THEM), Some(THEM)).expect("root may");
    theirs
}

/// Nothing of theirs is where only root may write, root's own is where it can be found, and if it is not back that is told.
#[track_caller]
fn assert_only_ours_is_back(sandbox: &Sandbox, undone: &Run, how: &str) {
    let back = fs::read_to_string(sandbox.path("ours/key")).ok();
    assert!(
        back.as_deref().is_none_or(|content| content == "root's"),
        "{how}: theirs is at the place of root's: {undone}"
    );
    let names: Vec<_> = fs::read_dir(sandbox.path("ours")).expect("ours").flatten().map(|e| e.file_name()).collect();
    assert!(names.iter().all(|name| name == "key" || name == "z"), "{how}: {names:?}");
    if back.is_none() {
        assert!(!undone.status.success() && undone.stderr().contains("theirs/key"), "{how}: nothing is told: {undone}");
    }
    // What stayed behind for a clean is in its place again.
    let cleaned = sandbox.rrm(["clean"]);
    let theirs = fs::read_dir(sandbox.path("theirs")).expect("there").flatten().map(|entry| entry.path());
    let mut contents: Vec<String> = theirs.filter_map(|path| fs::read_to_string(path).ok()).collect();
    contents.extend(back);
    contents.retain(|content| !content.is_empty());
    contents.sort();
    assert_eq!(contents, ["root's", "theirs"], "{how}: {undone}\n{cleaned}");
}

/// They put a file of theirs into the place of what is to move back where only root may write, at the last moment.
#[test]
fn what_is_exchanged_under_an_undo_does_not_go_where_only_we_may_write() {
    if !is_root() {
        skip!("root", "to have somebody else's directory");
    }
    or_skip!(strace::available());
    for nth in [1, 2] {
        let sandbox = Sandbox::new();
        let theirs = moved_to_them(&sandbox);
        let held = sandbox.command(["undo"]).held_before("renameat2", nth);
        // It may be on its way already.
        exchange(&theirs.join("key"), &theirs.join("evil"));
        let undone = held.released();
        assert_only_ours_is_back(&sandbox, &undone, &format!("before rename {nth}"));
    }
}

/// They exchange without a break: what is to move back, or the private directory that it goes through.
#[test]
fn what_is_exchanged_all_the_while_does_not_go_where_only_we_may_write() {
    if !is_root() {
        skip!("root", "to have somebody else's directory");
    }
    for (round, what) in (0..16).zip(["key", ".rrm-"].into_iter().cycle()) {
        let sandbox = Sandbox::new();
        let theirs = moved_to_them(&sandbox);
        let mut somebody = exchanger(&theirs, what, "evil", "ever");
        let undone = sandbox.rrm(["undo"]);
        drop(fs::write(theirs.join("stop"), ""));
        somebody.wait().expect("it ends");
        assert_only_ours_is_back(&sandbox, &undone, &format!("round {round} with {what}"));
    }
}

/// They put a file of root's, which the run never touched, into the place of one that gets its permissions back.
#[test]
fn no_permissions_go_to_what_is_exchanged_under_an_undo() {
    if !is_root() {
        skip!("root", "to have somebody else's directory");
    }
    or_skip!(strace::available());
    for round in 0..20 {
        let sandbox = Sandbox::new();
        let shared = sandbox.dir("shared");
        sandbox.chmod(&shared, 0o777);
        for (name, mode) in [("shared/conf", 0o666), ("shared/secret", 0o600), ("z", 0o600)] {
            sandbox.file(name, name);
            sandbox.chmod(name, mode);
        }
        let secret = fs::metadata(shared.join("secret")).expect("there").ino();
        let run = Guarded::begin(&sandbox);
        run.chmod("shared/conf", 0o600);
        run.unlink("z");
        run.end();
        let mut somebody = exchanger(&shared, "conf", "secret", "ever");
        // Each time that it is looked up there, after it was looked at.
        let place = shared.to_str().expect("text");
        let delayed = ["strace", "-qq", "-o", "/dev/null", "-P", place, "-e", "inject=openat:delay_enter=1000"];
        let undone = sandbox.command(["undo"]).through(delayed).run();
        drop(fs::write(shared.join("stop"), ""));
        somebody.wait().expect("it ends");
        let all = fs::read_dir(&shared).expect("there").flatten().map(|entry| entry.metadata().expect("there"));
        let is = all.into_iter().find(|is| is.ino() == secret).expect("it is there");
        assert_eq!(is.mode() & 0o777, 0o600, "round {round}: {undone}");
    }
}

/// Killed at any of its calls, an undo that takes things out of a directory where others may rename leaves them where the
/// next commands find them: nothing is anywhere else in the end.
#[test]
fn an_undo_that_is_killed_on_its_way_out_of_a_shared_directory_loses_nothing() {
    const FILES: [&str; 4] = ["ours/key", "ours/one", "ours/z", "shared/two"];
    let scene = || {
        let sandbox = Sandbox::new();
        for name in FILES {
            sandbox.file(name, name);
        }
        sandbox.chmod("ours", 0o700);
        sandbox.chmod("shared", 0o777);
        let run = Guarded::begin(&sandbox);
        run.rename("ours/key", "shared/key");
        run.exchange("ours/one", "shared/two");
        run.unlink("ours/z");
        run.end();
        sandbox
    };
    for fault in [Fault::Kill, Fault::Error("EIO")] {
        let points = each_point(
            fault,
            scene,
            |sandbox| sandbox.command(["undo"]),
            |sandbox, _, run| {
                let again = sandbox.rrm(["undo"]);
                let cleaned = sandbox.rrm(["clean"]);
                let content = |name: &str| fs::read_to_string(sandbox.path(name)).unwrap_or_default();
                assert_eq!(FILES.map(content), FILES, "{run}\n{again}\n{cleaned}");
                let names = ["ours", "shared"].map(|dir| fs::read_dir(sandbox.path(dir)).expect("there").count());
                assert_eq!(names, [3, 1], "{run}\n{again}\n{cleaned}");
                sandbox.rrm(["doctor"]).ok();
            },
        );
        assert!(points > 20, "{points}");
    }
}

/// A program that sets the time of a file back hides nothing; one that only opens it has lost nothing.
#[test]
fn a_loss_is_told_though_the_time_of_the_file_is_set_back() {
    in_mount_namespace!();
    let sandbox = Sandbox::new();
    // Where contents can be shared, nothing is too large to be kept.
    let _mount = or_skip!(Mount::tmpfs("", &sandbox.path("m"))).owned_by(sandbox.user());
    sandbox.file("m/a", "one");
    sandbox.file("m/b", "two");
    let of_all = GuardOptions { writes: Writes::All, limit: 1, ..options(&sandbox, Pace::Quick) };
    let run = Guarded::with(&sandbox, of_all);
    let was = fs::metadata(sandbox.path("m/b")).and_then(|is| is.modified()).expect("there");
    run.write_into("m/b", "TWO");
    run.write_into("m/a", "");
    fs::File::open(sandbox.path("m/b")).and_then(|file| file.set_modified(was)).expect("ours");
    let lost: Vec<_> = run.end().not_kept.into_iter().map(|error| error.path).collect();
    assert_eq!(lost, [sandbox.path("m/b")]);
}

/// Nothing goes from the trash by a path that a second mount of its file system has, be it of a directory above or of one of
/// rrm's own; beside it all is as ever.
#[test]
fn a_second_mount_leads_into_no_trash() {
    in_mount_namespace!();
    let sandbox = Sandbox::new();
    plant(&sandbox);
    sandbox.rrm(["rm", "a"]).ok();
    sandbox.file(sandbox.home().join("beside"), "beside");
    let run = Guarded::begin(&sandbox);
    run.unlink("b");
    let (above, own) = (sandbox.dir("above"), sandbox.dir("own"));
    let _above = or_skip!(Mount::bind(&sandbox.home(), &above));
    let _own = or_skip!(Mount::bind(&sandbox.trash().join(".guarded"), &own));
    let trash = above.join(sandbox.trash().strip_prefix(sandbox.home()).expect("it is there"));
    let inside =
        |dir: &std::path::Path| fs::read_dir(dir).expect("there").next().expect("something").expect("read").path();
    let journal = inside(&own).join("journal");
    let item = fs::read_dir(&trash).expect("there").flatten().find(|entry| entry.file_name().len() == 36);
    for path in [journal, inside(&trash.join(".guarded")).join("1"), item.expect("an item").path()] {
        // Once more, as it is known by then.
        for _ in 0..2 {
            let verdict = run.run.keep(Loss::Removed(found(&path)));
            assert!(matches!(verdict, Verdict::Refuse(_)), "{}: {verdict:?}", path.display());
        }
    }
    run.unlink("above/beside");
    assert_eq!(run.end().files, 2);
}
