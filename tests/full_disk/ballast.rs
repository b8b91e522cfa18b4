//! Room that is set aside: what makes it, what takes it, and who must not see it.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use super::disk::{Disk, Limit, pieces_in};
use crate::common::fault::each_point;
use crate::common::{Fault, Format, Mount, Sandbox, User, Way};

const PIECES: usize = 16;

#[test]
fn it_is_no_item_and_no_junk_and_stays() {
    in_mount_namespace!();
    let disk = or_skip!(Disk::new(Limit::BlocksOfMemory));
    let ballast = disk.trash().join(".ballast");
    let mode = fs::metadata(&ballast).unwrap().permissions().mode();
    assert_eq!((disk.pieces(), mode & 0o7777), (PIECES, 0o700));
    assert!(fs::read_to_string(ballast.join("README")).unwrap().contains("rrm"));
    let bytes: u64 = (0..PIECES).map(|piece| fs::metadata(ballast.join(format!("{piece:02}"))).unwrap().len()).sum();
    assert_eq!(bytes, 1 << 20);
    assert_eq!(disk.rrm(&["list", "--format", "plain"]).ok().stdout().lines().count(), 1);
    disk.rrm(&["doctor"]).ok();
    disk.rrm(&["rm", "trash/.ballast"]).fails(1);
    disk.rrm(&["clean", "--all", "--yes"]).ok();
    assert_eq!(disk.rrm(&["list", "--format", "plain"]).ok().stdout(), "");
    assert_eq!(disk.pieces(), PIECES);
}

#[test]
fn a_small_volume_has_none() {
    in_mount_namespace!();
    let sandbox = Sandbox::ordinary();
    let disk = or_skip!(Mount::tmpfs("size=200m,mode=755", &sandbox.path("disk"))).owned_by(sandbox.user());
    let trash = disk.path().join("trash");
    sandbox.file("disk/file", "content");
    for words in [&["rm", "disk/file"][..], &["clean", "--all", "--yes"]] {
        sandbox.command(words).with("RRM_TRASH_DIR", &trash).run().ok();
    }
    assert!(trash.join("CACHEDIR.TAG").exists());
    assert_eq!(pieces_in(&trash), 0);
}

/// What is used up, or was never there, comes back with the first clean that deletes something while there is room.
#[test]
fn only_a_clean_that_deletes_something_and_sees_room_makes_it_again() {
    in_mount_namespace!();
    let disk = or_skip!(Disk::new(Limit::BlocksOfMemory));
    disk.shell("rm trash/.ballast/0[0-4]; fallocate -l 260M large").ok();
    disk.rrm(&["clean", "--all", "--yes"]).ok();
    assert_eq!(disk.pieces(), PIECES - 5, "too little is free");
    disk.shell("rm large").ok();
    disk.rrm(&["clean", "--all", "--yes"]).ok();
    disk.file("file");
    disk.rrm(&["rm", "file"]).ok();
    assert_eq!(disk.pieces(), PIECES - 5, "nothing was deleted");
    disk.rrm(&["clean", "--all", "--yes"]).ok();
    assert_eq!(disk.pieces(), PIECES);
}

/// Where there is no room for all of it, none of it takes what is left.
#[test]
fn a_quota_that_it_does_not_fit_into_is_left_to_the_user() {
    in_mount_namespace!();
    let disk = or_skip!(Disk::new(Limit::QuotaOfSubvolume("1M")));
    assert_eq!(disk.pieces(), 0);
    disk.file("file");
    disk.rrm(&["rm", "file"]).ok().silent();
    disk.rrm(&["clean", "--all", "--yes"]).ok().silent();
    assert_eq!(disk.pieces(), 0);
}

#[test]
fn two_commands_at_once_find_room() {
    in_mount_namespace!();
    let disk = or_skip!(Disk::new(Limit::Blocks(Format::Xfs)));
    let names = |who: &str| (0..100).map(|number| format!("{who}-{number}")).collect::<Vec<_>>();
    let (ours, theirs) = (names("ours"), names("theirs"));
    for name in ours.iter().chain(&theirs) {
        disk.sandbox.symlink(disk.dir().join(name), "nowhere");
    }
    disk.fill();
    std::thread::scope(|scope| {
        for names in [&ours, &theirs] {
            scope.spawn(|| {
                for some in names.chunks(10) {
                    let words: Vec<&str> = ["rm"].into_iter().chain(some.iter().map(String::as_str)).collect();
                    disk.rrm(&words).ok().silent();
                }
            });
        }
    });
    assert_eq!(disk.rrm(&["list", "--format", "plain"]).ok().stdout().lines().count(), 201);
}

/// btrfs refuses even the rename that claims an item, and a directory cannot be deleted without it.
#[test]
fn clean_makes_room_where_there_are_only_directories() {
    in_mount_namespace!();
    let disk = or_skip!(Disk::new(Limit::QuotaOfSubvolume("16M")));
    disk.rrm(&["clean", "--all", "--yes"]).ok();
    for name in ["one", "two"] {
        disk.sandbox.file(disk.dir().join(name).join("inside"), vec![7; 1 << 20]);
        disk.rrm(&["rm", name]).ok().silent();
    }
    disk.fill();
    disk.rrm(&["clean", "--all", "--yes"]).ok().silent();
    assert_eq!(disk.rrm(&["list", "--format", "plain"]).ok().stdout(), "");
}

/// Before a trash directory on another mount is made, the home trash gets a link to it.
#[test]
fn a_full_home_takes_the_link_to_another_trash() {
    in_mount_namespace!();
    let home = or_skip!(Disk::new(Limit::Blocks(Format::Xfs)));
    let other = or_skip!(Mount::tmpfs("mode=755", &home.sandbox.path("other")));
    let file = home.sandbox.file(home.sandbox.dir(other.path().join("mine")).join("file"), "content");
    home.fill();
    home.rrm(&["rm", &file.to_string_lossy()]).ok().silent();
    assert_eq!(fs::read_dir(home.trash().join("volumes")).expect("it was made").count(), 1);
    home.rrm(&["undo"]).ok();
    assert_eq!(fs::read_to_string(file).unwrap(), "content");
}

/// A trash with nothing in it but the ballast, small as it is.
fn with_pieces(sandbox: &Sandbox) {
    sandbox.dir(sandbox.trash());
    sandbox.chmod(sandbox.trash(), 0o700);
    for piece in 0..PIECES {
        sandbox.file(sandbox.trash().join(format!(".ballast/{piece:02}")), "");
    }
}

/// Whichever call of a removal finds no room, it finds some the second time.
#[test]
fn what_fails_for_want_of_room_at_any_call_is_done_again() {
    for error in ["ENOSPC", "EDQUOT"] {
        let scene = || {
            let sandbox = Sandbox::ordinary().by_way_of(Way::Here);
            with_pieces(&sandbox);
            sandbox.file("file", "content");
            sandbox.symlink("link", "nowhere");
            sandbox.tree("tree", &[("inside", "content")]);
            sandbox.hard_link("twin", "file");
            sandbox
        };
        let points = each_point(
            Fault::Error(error),
            scene,
            |sandbox| sandbox.command(["rm", "link", "tree", "twin", "file"]),
            |sandbox, _, run| {
                run.ok().silent();
                // What only an attribute has no room for goes into an envelope.
                assert!(pieces_in(&sandbox.trash()) >= PIECES - 1, "one was enough");
                assert_eq!(sandbox.list_json().len(), 4);
            },
        );
        assert!(points > 12, "{points}");
    }
}

/// How many pieces there are before it is made whole again.
const LEFT: usize = PIECES - 3;

/// Killed or failed while the ballast is made again: nobody is told, and the next clean makes it.
#[test]
fn a_ballast_half_made_is_made_whole_or_not_at_all() {
    in_mount_namespace!();
    let trash = |sandbox: &Sandbox| sandbox.path("disk/trash");
    let command = |sandbox: &Sandbox, words: &[&str]| sandbox.command(words).with("RRM_TRASH_DIR", trash(sandbox));
    let scene = || {
        let sandbox = Sandbox::of(User::Nobody).by_way_of(Way::Here);
        let disk = Mount::tmpfs("size=300m,mode=755", &sandbox.path("disk")).expect("it was tried before");
        let disk = disk.owned_by(sandbox.user());
        sandbox.file("disk/file", "content");
        command(&sandbox, &["rm", "disk/file"]).run().ok();
        (LEFT..PIECES).for_each(|gone| {
            fs::remove_file(trash(&sandbox).join(format!(".ballast/{:02}", gone - LEFT))).expect("it was made");
        });
        (disk, sandbox)
    };
    drop(or_skip!(Mount::tmpfs("", &Sandbox::new().path("disk"))));
    for fault in [Fault::Kill, Fault::Error("EIO"), Fault::Error("EDQUOT")] {
        let clean = |(_, sandbox): &(Mount, Sandbox)| command(sandbox, &["clean", "--all", "--yes"]);
        let points = each_point(fault, scene, clean, |(_, sandbox), point, run| {
            let is_making = ["openat", "write"].contains(&point.call.as_str());
            if fault != Fault::Kill && is_making {
                run.ok().silent();
                // Without its README it is made all the same.
                assert!([LEFT, PIECES].contains(&pieces_in(&trash(sandbox))), "{point}");
            }
            sandbox.file("disk/more", "content");
            command(sandbox, &["rm", "disk/more"]).run().ok().silent();
            command(sandbox, &["clean", "--all", "--yes"]).run().ok().silent();
            assert_eq!(pieces_in(&trash(sandbox)), PIECES, "{point}");
        });
        assert!(points > 6, "{points}");
    }
}
