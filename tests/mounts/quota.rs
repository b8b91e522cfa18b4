//! A user's share of a disk that is used up: a removal is whole or has not happened, says what to do, and clean makes room.

use super::{Kind, assert_no_rest, listed, place, subvolume};
use crate::common::fault::each_point;
use crate::common::mounts::Format;
use crate::common::{Fault, Missing, Mount, Sandbox, User, is_root, snapshot};

fn btrfs(words: &[&str]) -> Result<(), Missing> {
    let output = crate::common::mounts::system("btrfs")
        .args(words)
        .output()
        .map_err(|error| Missing::new("btrfs-progs", error.to_string()))?;
    if output.status.success() {
        Ok(())
    } else {
        Err(Missing::new("quotas of btrfs", String::from_utf8_lossy(&output.stderr)))
    }
}

/// A subvolume of the sandbox's user that may hold so many bytes.
fn limited(sandbox: &Sandbox, bytes: &str) -> Result<Mount, Missing> {
    let mount = Mount::image(Format::Btrfs, 256, &sandbox.path("m"))?;
    let made = subvolume(&mount.path().join("limited"))?;
    sandbox.give(&made);
    let (top, made) = (mount.path().to_string_lossy(), made.to_string_lossy());
    btrfs(&["quota", "enable", &top])?;
    btrfs(&["qgroup", "limit", bytes, &made])?;
    Ok(mount)
}

/// The kernel's own quota, of which btrfs has one without further ado.
#[test]
fn a_used_up_quota_leaves_everything_whole_and_clean_makes_room() {
    if !is_root() {
        skip!("root", "to set a quota");
    }
    in_mount_namespace!();
    let sandbox = Sandbox::of(User::Nobody);
    let mount = or_skip!(limited(&sandbox, "8M"));
    let trash = mount.path().join("limited/trash");
    let rrm = |words: &[&str]| sandbox.command(["--trash-dir"]).args([&trash]).args(words).run();
    // What is copied there does not fit.
    let tree = sandbox.tree("tree", &[("a", "1"), ("sub/b", "2")]);
    sandbox.file(tree.join("large"), vec![7; 16 << 20]);
    let before = snapshot(&tree);
    let run = rrm(&["rm", "--into-home", "--yes", "tree"]);
    run.fails(1).err_contains("Disk quota exceeded").err_contains("rrm clean frees space");
    before.assert_is_at(&tree);
    assert_no_rest(&sandbox);

    // What is there already goes by rename, or stays and says why.
    for name in ["old", "new"] {
        sandbox.file(mount.path().join("limited").join(name), vec![7; 1 << 20]);
    }
    rrm(&["rm", "-g", "0", "m/limited/old"]).ok().silent();
    let fill = "dd if=/dev/zero of=m/limited/full bs=64k; sync -f m; cat /dev/zero >>m/limited/full; sync -f m";
    sandbox.tool("sh", ["-c", fill]).run().err_contains("quota");
    let new = sandbox.path("m/limited/new");
    let before = snapshot(&new);
    let run = rrm(&["rm", "m/limited/new"]);
    if run.status.success() {
        rrm(&["undo"]).ok();
    } else {
        run.fails(1).err_contains("Disk quota exceeded").err_contains("rrm clean frees space");
    }
    before.assert_is_at(&new);
    let run = rrm(&["clean", "--trash", &trash.to_string_lossy()]);
    run.ok().silent();
    assert_eq!(listed(&sandbox), Vec::<String>::new());
    assert_no_rest(&sandbox);
}

/// Wherever in a copy the quota is met, the source is whole, and nothing else is left.
#[test]
fn a_quota_met_at_any_call_of_a_copy_leaves_the_source_whole() {
    in_mount_namespace!();
    let scene = || {
        let sandbox = Sandbox::new();
        let place = place(Kind::Tmpfs, &sandbox, |dir| {
            sandbox.tree(dir.join("t"), &[("f", "content"), ("sub/g", "more")]);
            sandbox.hard_link(dir.join("t/h"), dir.join("t/f"));
            sandbox.symlink(dir.join("t/link"), "nowhere");
            sandbox.set_attribute(dir.join("t/f"), "user.colour", "blue");
        });
        let place = place.expect("the mount was possible a moment ago");
        let before = snapshot(place.dir.join("t"));
        // Dropped in this order: nothing is mounted any more when the sandbox goes.
        (place, sandbox, before)
    };
    let points = each_point(
        Fault::Error("EDQUOT"),
        scene,
        |(place, sandbox, _)| sandbox.command(["rm", "--into-home"]).args([place.dir.join("t")]),
        |(place, sandbox, before), point, run| {
            // No quota speaks up there, and what such a failure leaves is shown by the sweep of all calls.
            if ["unlinkat", "fsync", "syncfs"].contains(&point.call.as_str()) {
                return;
            }
            let tree = place.dir.join("t");
            if run.status.success() {
                assert!(tree.symlink_metadata().is_err(), "{run}");
                sandbox.rrm(["undo"]).ok();
            } else {
                run.fails(1).err_contains("quota exceeded");
                assert_eq!(listed(sandbox), Vec::<String>::new(), "{run}");
            }
            before.assert_is_at(&tree);
        },
    );
    assert!(points > 10, "a copy makes more calls than {points}");
}
