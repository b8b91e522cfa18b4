//! The private directory beside a target, in which a copy out of the trash is made: none is left or forgotten.

use super::{Kind, assert_no_rest, listed, place};
use crate::common::{Fault, Missing, Sandbox, fault, strace};

/// A file in the trash of another mount, and its ID.
fn trashed(sandbox: &Sandbox) -> Result<(super::Place, String), Missing> {
    let place = place(Kind::Tmpfs, sandbox, |dir| drop(sandbox.file(dir.join("f"), "content")))?;
    sandbox.command(["rm"]).args([place.dir.join("f")]).run().ok();
    let id = sandbox.list_json()[0]["id"].as_str().expect("an ID").to_owned();
    Ok((place, id))
}

/// Has a killed restore of the item to `first` left its room there.
fn room_in_first(sandbox: &Sandbox, place: &super::Place, id: &str) -> std::path::PathBuf {
    let trash = std::fs::read_dir(place.dir.parent().expect("the mount")).expect("it can be read").flatten();
    let trash = trash.map(|entry| entry.path()).find(|path| path.join(id).exists());
    let staging = sandbox.dir(trash.unwrap_or_else(|| place.dir.join(".rrm")).join(".staging"));
    sandbox.chmod(&staging, 0o700);
    let room = sandbox.left_room(&staging, id, &sandbox.path("first/f"));
    sandbox.file(room.join("item"), "cont");
    room
}

#[test]
fn a_room_that_cannot_be_locked_is_removed_again() {
    in_mount_namespace!();
    or_skip!(strace::available());
    let mut failed = 0;
    for nth in 1..=4 {
        let sandbox = Sandbox::new();
        let (place, id) = or_skip!(trashed(&sandbox));
        let to = sandbox.dir("to").display().to_string();
        let inject = format!("inject=flock:error=ENOLCK:when={nth}");
        let refused = ["strace", "-f", "-q", "-o", "/dev/null", "-e", "trace=flock", "-e", &inject];
        let run = sandbox.command(["restore", "--to", &to, &id]).through(refused).run();
        assert_no_rest(&sandbox);
        if !run.status.success() {
            failed += 1;
            assert_eq!(listed(&sandbox), [place.dir.join("f").display().to_string()]);
            sandbox.rrm(["restore", "--to", &to, &id]).ok();
        }
        assert_eq!(std::fs::read(sandbox.path("to/f")).expect("restored"), b"content", "{run}");
    }
    assert!(failed > 0, "a restore that copies takes a lock");
}

/// A killed restore to one place, and then one to another: what the first has left is not forgotten with its note.
#[test]
fn a_restore_elsewhere_settles_what_a_killed_one_left() {
    in_mount_namespace!();
    let sandbox = Sandbox::new();
    let (place, id) = or_skip!(trashed(&sandbox));
    let room = room_in_first(&sandbox, &place, &id);
    let to = sandbox.dir("second").display().to_string();
    sandbox.rrm(["restore", "--to", &to, &id]).ok();
    assert!(room.symlink_metadata().is_err(), "a room that nothing leads to any more");
    assert_eq!(std::fs::read(sandbox.path("second/f")).expect("restored"), b"content");
    assert_no_rest(&sandbox);
}

/// A restore killed where its volume is gone by then, and one to another place killed at each of its calls: both are found.
#[test]
fn two_killed_restores_to_two_places_are_both_found() {
    in_mount_namespace!();
    let scene = || {
        let sandbox = Sandbox::new();
        let (place, id) = trashed(&sandbox)?;
        let room = room_in_first(&sandbox, &place, &id);
        std::fs::rename(sandbox.path("first"), sandbox.path("unplugged")).expect("the name is free");
        sandbox.dir("second");
        Ok((sandbox, place, id, room))
    };
    drop(or_skip!(scene()));
    let points = fault::each_point(
        Fault::Kill,
        || scene().expect("it could be made a moment ago"),
        |(sandbox, _, id, _)| {
            let to = sandbox.path("second").display().to_string();
            sandbox.command(["restore", "--to", &to, id])
        },
        |(sandbox, _, _, room), point, run| {
            sandbox.rrm(["clean"]).ok();
            let left: Vec<_> = std::fs::read_dir(sandbox.path("second")).expect("it is there").flatten().collect();
            let is_back = std::fs::read(sandbox.path("second/f")).is_ok_and(|content| content == b"content");
            assert_eq!(left.len(), usize::from(is_back), "killed at {point}: {left:?}: {run}");
            assert_eq!(listed(sandbox).len(), usize::from(!is_back), "killed at {point}: {run}");
            std::fs::rename(sandbox.path("unplugged"), sandbox.path("first")).expect("the name is free");
            sandbox.rrm(["clean"]).ok();
            assert!(room.symlink_metadata().is_err(), "killed at {point}: the first room stays");
            assert_no_rest(sandbox);
        },
    );
    assert!(points > 8, "{points}");
}
