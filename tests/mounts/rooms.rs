//! The private directory beside a target, in which a copy out of the trash is made: none is left or forgotten.

use super::{Kind, assert_no_rest, listed, place};
use crate::common::{Missing, Sandbox, strace};

/// A file in the trash of another mount, and its ID.
fn trashed(sandbox: &Sandbox) -> Result<(super::Place, String), Missing> {
    let place = place(Kind::Tmpfs, sandbox, |dir| drop(sandbox.file(dir.join("f"), "content")))?;
    sandbox.command(["rm"]).args([place.dir.join("f")]).run().ok();
    let id = sandbox.list_json()[0]["id"].as_str().expect("an ID").to_owned();
    Ok((place, id))
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
    let trash = std::fs::read_dir(place.dir.parent().expect("the mount")).expect("it can be read").flatten();
    let trash = trash.map(|entry| entry.path()).find(|path| path.join(&id).exists());
    let staging = sandbox.dir(trash.unwrap_or_else(|| place.dir.join(".rrm")).join(".staging"));
    sandbox.chmod(&staging, 0o700);
    let room = sandbox.left_room(&staging, &id, &sandbox.path("first/f"));
    sandbox.file(room.join("item"), "cont");
    let to = sandbox.dir("second").display().to_string();
    sandbox.rrm(["restore", "--to", &to, &id]).ok();
    assert!(room.symlink_metadata().is_err(), "a room that nothing leads to any more");
    assert_eq!(std::fs::read(sandbox.path("second/f")).expect("restored"), b"content");
    assert_no_rest(&sandbox);
}
