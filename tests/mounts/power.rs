//! The power goes when a restore that copies is about to delete the copy in the trash: its target is on the disk by then.
//!
//! The restore is killed at that call, and what is in the image of the target's file system is mounted and looked at: what
//! nobody has flushed is not there yet.

use std::path::Path;

use super::{Kind, Place, listed, place};
use crate::common::mounts::Format;
use crate::common::{Fault, Invocation, Missing, Mount, Sandbox, fault, is_root, strace};
use crate::crash::Allowed;
use crate::crash::accounts::Thing;

type Make = fn(&Sandbox, &Path);

const KINDS: [(&str, Make); 6] = [
    ("a file", |sandbox, at| drop(sandbox.file(at, "content"))),
    ("a link", |sandbox, at| drop(sandbox.symlink(at, "nowhere"))),
    ("a FIFO", |sandbox, at| drop(sandbox.fifo(at))),
    ("a socket", |sandbox, at| drop(sandbox.socket(at))),
    ("a device", |sandbox, at| drop(sandbox.device(at))),
    ("a tree", |sandbox, at| {
        sandbox.file(at.join("sub/f"), "content");
        sandbox.hard_link(at.join("g"), at.join("sub/f"));
        sandbox.symlink(at.join("sub/link"), "nowhere");
    }),
];

/// A restore across mounts.
fn restore(sandbox: &Sandbox) -> Invocation {
    sandbox.command(["restore", "--yes", "--to", sandbox.path("disk/to").to_str().expect("text")]).args(["m/d/t"])
}

/// How many inodes share a block of the disk, at most: a flush of one writes the others as well.
const NEIGHBOURS: usize = 8;

struct Scene {
    // Dropped first, so that nothing is mounted any more when the sandbox goes.
    disk: Mount,
    _place: Place,
    before: Thing,
    sandbox: Sandbox,
}

impl Scene {
    /// What `make` makes is in the trash of its own mount; on the disk are so many files, which are flushed.
    fn new(format: Format, make: Make, files: usize) -> Result<Self, Missing> {
        let sandbox = Sandbox::new();
        let place = place(Kind::Tmpfs, &sandbox, |dir| make(&sandbox, &dir.join("t")))?;
        let disk = Mount::image(format, 16, &sandbox.path("disk"))?;
        sandbox.dir("disk/to");
        (0..files).for_each(|number| drop(sandbox.file(format!("disk/to/{number}"), "")));
        sandbox.tool("sync", ["-f", "disk"]).run().ok();
        let before = Thing::at(&place.dir.join("t"));
        sandbox.command(["rm"]).args([place.dir.join("t")]).run().ok();
        Ok(Self { disk, _place: place, before, sandbox })
    }

    fn after_a_power_cut(self, format: Format) -> Self {
        Self { disk: self.disk.after_a_power_cut(format).expect("the image can be mounted"), ..self }
    }
}

#[test]
fn the_target_of_a_restore_is_on_the_disk_before_the_copy_in_the_trash_goes() {
    if !is_root() {
        skip!("root", "to mount an image");
    }
    in_mount_namespace!();
    or_skip!(strace::available());
    for (format, neighbours) in [(Format::Ext2, NEIGHBOURS), (Format::Ext4, 1)] {
        for (kind, make) in KINDS {
            let first = or_skip!(Scene::new(format, make, 0));
            let (_, points) = fault::points(&restore(&first.sandbox));
            drop(first);
            let claim = points.iter().rfind(|point| point.call == "renameat2");
            for files in 0..neighbours {
                let scene = or_skip!(Scene::new(format, make, files));
                fault::run_to(Fault::Kill, claim.expect("it is claimed"), &restore(&scene.sandbox));
                let scene = scene.after_a_power_cut(format);
                println!("{kind} on {format:?} beside {files} files");
                // Without a journal a rename may leave the old name, too.
                let allowed = Allowed { unlinked: true, ..Allowed::default() };
                assert_eq!(scene.before.damage(&scene.disk.path().join("to/t"), allowed), "");
                assert_eq!(listed(&scene.sandbox).len(), 1);
            }
        }
    }
}

/// What a person was told is there after the power went.
#[test]
fn what_protects_and_what_is_chosen_is_flushed_before_it_is_told() {
    or_skip!(strace::available());
    let sandbox = Sandbox::new();
    sandbox.file("f", "");
    sandbox.symlink("link", "nowhere");
    sandbox.rrm(["rm", "f", "link"]).ok();
    for words in
        [&["keep", "f"][..], &["keep", "link"], &["keep", "--release", "f"], &["config", "set", "grace-period", "7d"]]
    {
        let (run, log) = strace::log_of(&sandbox.command(words));
        run.ok();
        let calls: Vec<&str> = log.lines().filter_map(strace::call).collect();
        let last = |meant: &[&str]| calls.iter().rposition(|call| meant.contains(call));
        let (changed, flushed) = (last(&["renameat2", "fsetxattr", "fremovexattr"]), last(&["fsync", "syncfs"]));
        assert!(changed.is_some() && flushed > changed, "{words:?}: {log}");
    }
}
