//! File systems without room: full, out of inodes, or a user's share of them used up.

use std::fs;
use std::path::{Path, PathBuf};

use crate::common::mounts::system;
use crate::common::{Format, Invocation, Missing, Mount, Run, Sandbox, is_root};
use crate::mounts::subvolume;

/// What there is no more room of, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Limit {
    Blocks(Format),
    BlocksOfMemory,
    Inodes(Format),
    InodesOfMemory,
    /// In bytes, as btrfs reads them.
    QuotaOfSubvolume(&'static str),
    Quota(Format),
    QuotaOfMemory,
}

/// How much each quota gives, in bytes.
const QUOTA: &str = "33554432";

/// A file system that is going to be full; the sandbox's user has a directory there, with the trash in it.
pub(super) struct Disk {
    // Dropped before the sandbox that it stands in.
    _mount: Mount,
    pub(super) sandbox: Sandbox,
    limit: Limit,
    dir: PathBuf,
}

impl Disk {
    /// One with a trash directory that something was removed to.
    pub(super) fn new(limit: Limit) -> Result<Self, Missing> {
        let sandbox = Sandbox::ordinary();
        let at = sandbox.path("disk");
        let mount = mount(limit, sandbox.user().ids().0, &at)?.owned_by(sandbox.user());
        let dir = match limit {
            Limit::QuotaOfSubvolume(bytes) => limited_subvolume(&at, bytes)?,
            _ => sandbox.dir(at.join("dir")),
        };
        sandbox.give(&dir);
        let disk = Self { _mount: mount, sandbox, limit, dir };
        disk.file("first");
        disk.rrm(&["rm", "first"]).ok().silent();
        Ok(disk)
    }

    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    pub(super) fn trash(&self) -> PathBuf {
        self.dir.join("trash")
    }

    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.sandbox.file(self.dir.join(name), "content")
    }

    pub(super) fn command(&self, words: &[&str]) -> Invocation {
        self.at_the_trash(self.sandbox.command(words))
    }

    pub(super) fn rrm(&self, words: &[&str]) -> Run {
        self.command(words).run()
    }

    pub(super) fn as_rm(&self, words: &[&str]) -> Run {
        self.at_the_trash(self.sandbox.command_as_rm(words)).run()
    }

    fn at_the_trash(&self, command: Invocation) -> Invocation {
        command.within(&self.dir).with("RRM_TRASH_DIR", self.trash())
    }

    /// A line for the shell, carried out by the user in the directory.
    pub(super) fn shell(&self, line: &str) -> Run {
        self.sandbox.tool("sh", ["-c", line]).within(&self.dir).run()
    }

    pub(super) fn pieces(&self) -> usize {
        pieces_in(&self.trash())
    }

    /// Takes what there is of it, to the last byte.
    pub(super) fn fill(&self) {
        self.shell(match self.limit {
            Limit::Blocks(_) => FILL,
            Limit::Inodes(_) | Limit::InodesOfMemory => FILL_INODES,
            Limit::BlocksOfMemory | Limit::QuotaOfSubvolume(_) | Limit::Quota(_) | Limit::QuotaOfMemory => WRITE,
        })
        .ok();
    }

    /// Gives all that back.
    pub(super) fn empty(&self) {
        self.shell("rm -rf fill; sync -f .").ok();
    }
}

/// How many pieces of the ballast there are.
pub(super) fn pieces_in(trash: &Path) -> usize {
    let Ok(entries) = fs::read_dir(trash.join(".ballast")) else { return 0 };
    entries.filter(|entry| entry.as_ref().is_ok_and(|entry| entry.file_name() != "README")).count()
}

/// Room that is only reserved is quicker to take than by writing.
const FILL: &str = "mkdir fill; for size in 64M 4M 256K 16K 4K; do
    n=0; while fallocate -l $size fill/$size-$n; do n=$((n + 1)); done; rm -f fill/$size-$n
    done 2> /dev/null; for n in 1 2 3 4; do head -c 64M /dev/zero > fill/$n; sync -f .; done 2> /dev/null; true";
const WRITE: &str = "mkdir fill; for n in 1 2 3 4; do cat /dev/zero > fill/$n; sync -f .; done 2> /dev/null; true";
const FILL_INODES: &str = "mkdir fill; n=0; while true > fill/$n; do n=$((n + 1)); done 2> /dev/null; true";

fn mount(limit: Limit, user: u32, at: &Path) -> Result<Mount, Missing> {
    match limit {
        Limit::Blocks(format) => Mount::image(format, 400, at),
        Limit::BlocksOfMemory => Mount::tmpfs("size=300m,mode=755", at),
        Limit::Inodes(Format::Ext4) => Mount::image_as(Format::Ext4, &["-N", "4096"], "rw", 400, at),
        Limit::Inodes(Format::Xfs) => Mount::image_as(Format::Xfs, &["-i", "maxpct=1"], "rw", 400, at),
        Limit::Inodes(other) => panic!("{other:?} has no limit of inodes"),
        Limit::InodesOfMemory => Mount::tmpfs("size=300m,nr_inodes=4096,mode=755", at),
        Limit::QuotaOfSubvolume(_) => Mount::image(Format::Btrfs, 512, at),
        Limit::Quota(format) => with_quota(format, user, at),
        Limit::QuotaOfMemory => {
            let options = format!("size=300m,mode=755,usrquota,usrquota_block_hardlimit={QUOTA}");
            Mount::tmpfs(&options, at).map_err(|missing| of_the_kernel("tmpfs", missing))
        }
    }
}

/// Where a file system can be mounted, but not so.
fn of_the_kernel(what: &str, missing: Missing) -> Missing {
    if is_root() { Missing::of_the_kernel(&format!("quotas of {what}"), format!("{missing:?}")) } else { missing }
}

fn with_quota(format: Format, user: u32, at: &Path) -> Result<Mount, Missing> {
    let words: &[&str] = if format == Format::Ext4 { &["-O", "quota", "-E", "quotatype=usrquota"] } else { &[] };
    let mount = Mount::image_as(format, words, "usrquota", 400, at)
        .map_err(|missing| of_the_kernel(&format!("{format:?}"), missing))?;
    let kibibytes = (QUOTA.parse::<u64>().expect("a number") >> 10).to_string();
    let user = user.to_string();
    tool("setquota", "quota", &["-u", &user, "0", &kibibytes, "0", "0", &at.to_string_lossy()])?;
    Ok(mount)
}

/// A directory of a btrfs that may hold only so much.
fn limited_subvolume(top: &Path, bytes: &str) -> Result<PathBuf, Missing> {
    let made = subvolume(&top.join("dir"))?;
    let path = made.to_string_lossy();
    tool("btrfs", "btrfs-progs", &["quota", "enable", &path])?;
    tool("btrfs", "btrfs-progs", &["qgroup", "limit", bytes, &path])?;
    Ok(made)
}

fn tool(program: &str, package: &str, words: &[&str]) -> Result<(), Missing> {
    let output =
        system(program).args(words).output().map_err(|error| Missing::new(package, format!("{program}: {error}")))?;
    let failed = || Missing::new(format!("quotas by {program}"), String::from_utf8_lossy(&output.stderr));
    if output.status.success() { Ok(()) } else { Err(failed()) }
}
