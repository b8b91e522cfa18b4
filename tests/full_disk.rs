//! A disk that is full: removing works just when people remove.
//!
//! What this prints with `--nocapture` is the table in `docs/full-disks.md`.

mod ballast;
mod disk;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::common::{Format, Mount, Run, Sandbox, snapshot};
use disk::{Disk, Limit};

/// How many things of each kind there are.
const EACH: usize = 8;

/// Things of one kind, in a directory of their own.
struct Things {
    dir: PathBuf,
    paths: Vec<PathBuf>,
}

/// Some of each kind: the first three carry their records, the others need envelopes.
fn make_things(disk: &Disk) -> Vec<Things> {
    let sandbox = &disk.sandbox;
    let makers: [(&str, &dyn Fn(&Path, usize) -> PathBuf); 5] = [
        ("files", &|dir, number| sandbox.file(dir.join(number.to_string()), "content")),
        ("files-with-long-paths", &|dir, number| sandbox.file(dir.join(format!("{number:090}")), "content")),
        ("directories", &|dir, number| sandbox.tree(dir.join(number.to_string()), &[("inside", "content")])),
        ("links", &|dir, number| sandbox.symlink(dir.join(number.to_string()), "nowhere")),
        ("files-with-two-names", &|dir, number| {
            let other = sandbox.file(dir.join(format!("other-{number}")), "content");
            sandbox.hard_link(dir.join(number.to_string()), other)
        }),
    ];
    let things = makers.map(|(kind, make)| {
        let dir = sandbox.dir(disk.dir().join(kind));
        Things { paths: (0..EACH).map(|number| make(&dir, number)).collect(), dir }
    });
    things.into()
}

impl Things {
    fn kind(&self) -> &str {
        self.dir.file_name().and_then(|name| name.to_str()).expect("it has a name")
    }

    fn need_envelopes(&self) -> bool {
        ["links", "files-with-two-names"].contains(&self.kind())
    }

    /// Removes each by a command of its own, and says of how many that worked.
    fn remove(&self, disk: &Disk, check: impl Fn(&Path, &Run)) -> usize {
        let remove = |path: &&PathBuf| {
            let run = disk.as_rm(&["-r", &path.to_string_lossy()]);
            check(path, &run);
            run.status.success()
        };
        self.paths.iter().filter(remove).count()
    }
}

/// Makes two tests for each limit: with the ballast, and without.
macro_rules! at_each_limit {
    ($($name:ident: $limit:expr),+ $(,)?) => {
        mod with_ballast {
            use super::*;
            $(#[test] fn $name() {
                in_mount_namespace!();
                removing_goes_on(&or_skip!(Disk::new($limit)));
            })+
        }
        mod without_ballast {
            use super::*;
            $(#[test] fn $name() {
                in_mount_namespace!();
                what_cannot_be_removed_is_as_it_was(&or_skip!(Disk::new($limit)));
            })+
        }
    };
}

at_each_limit! {
    ext4: Limit::Blocks(Format::Ext4),
    xfs: Limit::Blocks(Format::Xfs),
    btrfs: Limit::Blocks(Format::Btrfs),
    tmpfs: Limit::BlocksOfMemory,
    inodes_of_ext4: Limit::Inodes(Format::Ext4),
    inodes_of_xfs: Limit::Inodes(Format::Xfs),
    inodes_of_tmpfs: Limit::InodesOfMemory,
    quota_of_a_subvolume: Limit::QuotaOfSubvolume("32M"),
    quota_of_ext4: Limit::Quota(Format::Ext4),
    quota_of_xfs: Limit::Quota(Format::Xfs),
    quota_of_tmpfs: Limit::QuotaOfMemory,
}

fn removing_goes_on(disk: &Disk) {
    let things = make_things(disk);
    let paths = || things.iter().flat_map(|things| &things.paths);
    let before: Vec<_> = paths().map(snapshot).collect();
    disk.fill();
    let whole = disk.pieces();
    for things in &things {
        let removed = things.remove(disk, |_, _| {});
        println!("{removed} of {EACH} {}, {} of {whole} pieces left", things.kind(), disk.pieces());
        // Each envelope takes an inode, and a piece gives one.
        let is_used_up = disk.pieces() == 0 && things.need_envelopes();
        assert!(removed == EACH || is_used_up, "{}", things.kind());
    }
    disk.rrm(&["restore", "--quiet", "--under", "."]).ok().silent();
    paths().zip(before).for_each(|(path, before)| before.assert_is_at(path));
    for things in &things {
        disk.rrm(&["rm", things.kind()]).ok().silent();
    }
    disk.empty();
    disk.rrm(&["clean", "--all", "--yes", "--quiet"]).ok();
    assert_eq!(disk.pieces(), whole, "the ballast is there again");
}

fn what_cannot_be_removed_is_as_it_was(disk: &Disk) {
    disk.shell("rm -r trash/.ballast").ok();
    let things = make_things(disk);
    disk.file("plain/renamed");
    disk.file("plain/unlinked");
    disk.fill();
    println!("mv: {}", disk.shell("mv plain/renamed plain/so").stderr());
    println!("unlink: {}", disk.shell("unlink plain/unlinked").stderr());
    for things in &things {
        let before: BTreeMap<_, _> = things.paths.iter().map(|path| (path.as_path(), snapshot(path))).collect();
        let removed = things.remove(disk, |path, run| {
            if !run.status.success() {
                run.fails(1).err_contains("rrm clean").err_contains("--immediate");
                before[path].assert_is_at(path);
            }
        });
        println!("{removed} of {EACH} {}", things.kind());
    }
    let run = disk.rrm(&["rm", "plain/so", "plain/renamed"]);
    if !run.status.success() {
        run.fails(1).err_contains("hint: ");
    }
    disk.rrm(&["clean", "--all", "--yes", "--quiet"]).ok();
    disk.rrm(&["rm", "--immediate", "--yes", "links"]).ok();
}

/// As many names as the trash directory's own block has room for.
const FILES: usize = 15;

/// Writes until nothing fits, not even a byte.
fn fill(sandbox: &Sandbox, at: &Path) {
    let fill = format!("for i in 1 2 3 4 5 6 7 8; do head -c 1G /dev/zero > {}/fill$i; done", at.display());
    sandbox.tool("sh", ["-c", &format!("({fill}) 2> /dev/null; true")]).run().ok();
}

/// Where ext4 has room in the inode for a short path, it needs no block.
#[test]
fn a_short_path_fits_where_no_block_is_left() {
    in_mount_namespace!();
    let sandbox = Sandbox::ordinary();
    let at = sandbox.path("d");
    let mount = or_skip!(Mount::image(Format::Ext4, 16, &at)).owned_by(sandbox.user());
    let here = mount.path();
    let trash = here.join("t");
    let rrm = |words: &[&str]| sandbox.command(words).within(here).with("RRM_TRASH_DIR", &trash).run();
    for number in 0..=FILES {
        let path = here.join(format!("f{number}"));
        File::create(&path).unwrap().write_all(b"x").unwrap();
        sandbox.give(&path);
    }
    rrm(&["rm", "f0"]).ok();
    fill(&sandbox, here);
    // It takes the last block, if there is one.
    rrm(&["rm", "f1"]).ok();
    // Without its date it would be deleted earlier than it was asked for.
    rrm(&["rm", "-g", "900d", "f2"]).fails(1).err_contains("No space left").err_contains("--immediate");
    assert!(here.join("f2").exists());
    for number in 2..=FILES {
        rrm(&["rm", &format!("f{number}")]).ok();
    }
    let listed = rrm(&["list", "--format", "json"]).ok().stdout();
    let items: Vec<serde_json::Value> =
        listed.lines().map(|line| serde_json::from_str(line).expect("an object")).collect();
    let ours: Vec<_> = items.iter().filter(|item| item["trash_dir"] == trash.to_str().unwrap()).collect();
    assert_eq!(ours.len(), FILES + 1);
    for item in ours {
        assert_eq!(item["state"], "trashed", "{item}");
        assert!(item["deletion_date"].is_string(), "the configured grace period counts: {item}");
    }
    rrm(&["undo"]).ok();
    assert!(here.join(format!("f{FILES}")).exists());
}

/// There is no trash yet, and no room for one.
#[test]
fn the_first_removal_on_a_full_disk_says_what_to_do() {
    in_mount_namespace!();
    let disk = or_skip!(Disk::new(Limit::Blocks(Format::Xfs)));
    let file = disk.file("file");
    disk.shell("rm -r trash").ok();
    disk.fill();
    let before = snapshot(&file);
    for run in [disk.rrm(&["rm", "file"]), disk.as_rm(&["file"])] {
        run.fails(1).err_contains("no trash directory can take it").err_contains("--immediate");
        before.assert_is_at(&file);
    }
    disk.rrm(&["rm", "--immediate", "--yes", "file"]).ok();
}
