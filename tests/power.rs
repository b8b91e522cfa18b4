//! What the power may take: an image is copied while it is mounted, and the copy is looked at.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::common::platform::flush_file_system;
use crate::common::{Format, Mount, Sandbox};

mod at_every_call;

/// Things that go into an envelope, and what tells that they are there.
const THINGS: [(&str, fn(&Path), &str); 2] = [
    ("a link", |path| std::os::unix::fs::symlink("where the old one led", path).unwrap(), "where the old one led"),
    (
        "a file with two names",
        |path| {
            fs::write(path, "the old content").unwrap();
            fs::hard_link(path, path.with_extension("other")).unwrap();
        },
        "the old content",
    ),
];

fn content(path: &Path) -> String {
    match fs::read_link(path) {
        Ok(target) => target.to_string_lossy().into_owned(),
        Err(_) => fs::read_to_string(path).unwrap_or_default(),
    }
}

/// What is in the envelopes of a trash directory.
fn in_envelopes(trash: &Path) -> Vec<String> {
    let items = fs::read_dir(trash).unwrap().flatten().map(|entry| entry.path().join("item"));
    items.filter(|item| item.symlink_metadata().is_ok()).map(|item| content(&item)).collect()
}

/// Removed; then a program makes another file of that name and flushes it; then the power goes. The old one has to be
/// somewhere: it was on the disk before.
#[test]
fn what_goes_into_an_envelope_is_somewhere_after_a_power_cut() {
    in_mount_namespace!();
    for format in [Format::Btrfs, Format::Ext4, Format::Xfs] {
        for (kind, make, told) in THINGS {
            let sandbox = Sandbox::new();
            let at: PathBuf = sandbox.path("disk");
            let mount = or_skip!(Mount::image(format, 320, &at));
            let [trash, path] = [at.join("trash"), at.join("thing")];
            let rrm = |words: &[&str]| sandbox.command(words).with("RRM_TRASH_DIR", &trash).run();
            fs::write(at.join("first"), "makes the trash").unwrap();
            rrm(&["rm", "disk/first"]).ok();
            make(&path);
            flush_file_system(&File::open(&at).unwrap()).unwrap();
            rrm(&["rm", "disk/thing"]).ok();
            fs::write(&path, "the new content").unwrap();
            File::open(&path).unwrap().sync_all().unwrap();
            let mount = mount.after_a_power_cut(format).unwrap();
            let found = [in_envelopes(&trash), vec![content(&path)]].concat();
            assert!(found.iter().any(|found| found == told), "{format:?}: {kind} is nowhere: {found:?}");
            drop(mount);
        }
    }
}
