//! The power goes in the midst of a run, when what the program has put in the place of things is on the disk: what was there is,
//! too.

use std::fs::{self, File};
use std::path::Path;

use super::doing::{Guarded, Pace, options};
use crate::common::mounts::copy_of_disk;
use crate::common::platform::flush_file_system;
use crate::common::{Format, Missing, Mount, Sandbox};

/// What was there before the run, and what it is.
const THINGS: [(&str, &str); 4] =
    [("disk/replaced", "one"), ("disk/removed", "two"), ("disk/d/in", "three"), ("disk/d/deep/er", "four")];

/// What was brought to the disk right before the power goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flushed {
    /// What was kept, as about once a second; then all directories that something was taken from.
    All,
    /// A file that has replaced another, as editors do.
    Replacement,
}

/// All contents below a directory.
fn contents(top: &Path) -> Vec<String> {
    let entries = fs::read_dir(top).into_iter().flatten().flatten().map(|entry| entry.path());
    let inside = entries.flat_map(|path| match fs::symlink_metadata(&path) {
        Ok(is) if is.is_dir() => contents(&path),
        _ => fs::read_to_string(&path).into_iter().collect(),
    });
    inside.collect()
}

/// What is on the disk after a run that the power has ended.
fn cut(format: Format, flushed: Flushed) -> Result<(Sandbox, Mount), Missing> {
    let sandbox = Sandbox::new();
    let at = sandbox.path("disk");
    let mount = Mount::image(format, 320, &at)?;
    fs::create_dir_all(at.join("d/deep")).expect("it is empty");
    for (name, content) in THINGS {
        fs::write(sandbox.path(name), content).expect("written");
    }
    let disk = || File::open(&at).expect("it is there");
    flush_file_system(&disk()).expect("flushed");
    let run =
        Guarded::with(&sandbox, rrm::guard::GuardOptions { here: vec![at.clone()], ..options(&sandbox, Pace::Quick) });
    run.save("disk/replaced", "new");
    run.unlink("disk/removed");
    run.remove("disk/d");
    match flushed {
        Flushed::Replacement => {
            File::open(sandbox.path("disk/replaced")).and_then(|file| file.sync_all()).expect("flushed");
        }
        Flushed::All => {
            run.run.flush();
            disk().sync_all().expect("flushed");
        }
    }
    let copy = copy_of_disk(mount.disk());
    drop(run);
    drop(mount);
    let mount = Mount::of_copy(format, copy, &at).expect("the copy can be mounted");
    let is_gone = !sandbox.path("disk/removed").exists();
    assert!(is_gone || flushed == Flushed::Replacement, "{format:?}: what the program did is on the disk");
    Ok((sandbox, mount))
}

#[test]
fn what_a_guarded_program_takes_away_is_on_the_disk() {
    in_mount_namespace!();
    for format in [Format::Btrfs, Format::Ext4, Format::Xfs] {
        for flushed in [Flushed::All, Flushed::Replacement] {
            let (sandbox, mount) = or_skip!(cut(format, flushed));
            sandbox.rrm(["list"]).ok();
            let found = contents(mount.path());
            for (name, content) in THINGS {
                assert!(found.iter().any(|found| found == content), "{format:?}, {flushed:?}: {name} is nowhere");
            }
            if flushed == Flushed::All {
                sandbox.rrm(["undo"]).ok();
                for (name, content) in THINGS {
                    let back = fs::read_to_string(sandbox.path(name));
                    assert_eq!(back.ok().as_deref(), Some(content), "{format:?}: {name}");
                }
            }
        }
    }
}
