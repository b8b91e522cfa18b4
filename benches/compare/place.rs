//! Where is measured: a directory that there is, or a file system made for it.

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use tempfile::{NamedTempFile, TempDir};

/// How large a file system is made, in bytes: room for a million items with a block of attributes each. The image is
/// sparse.
const SIZE: u64 = 16 << 30;

/// Short, so that the paths below are as long as people's are, and fit an inode of ext4 as most of those do.
const PREFIX: &str = "rrm-";

/// Set in the copy of this program that has mounts of its own.
const INSIDE: &str = "RRM_COMPARE_NAMESPACE";

/// Where somebody wants to measure.
#[derive(Debug, Clone)]
pub(crate) enum At {
    /// Below a directory.
    Directory(PathBuf),
    /// On a new file system of this kind.
    Fresh(String),
}

/// A place that is ready; what was made of it is gone when this is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    /// What stands over its column.
    pub(crate) name: String,
    /// The kind of its file system.
    pub(crate) kind: String,
    directory: TempDir,
    mounted: Mounted,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mounted {
    Before,
    ByUs,
}

/// Starts this program again with mounts of its own, unless it has them: however it ends, the kernel takes them away
/// with its last process, and the loop devices with them.
pub(crate) fn enter_private_namespace() -> Result<()> {
    if std::env::var_os(INSIDE).is_some() {
        return Ok(());
    }
    let itself = std::env::current_exe()?;
    let words = ["--mount", "--propagation", "private", "--"];
    let error =
        Command::new("unshare").args(words).arg(itself).args(std::env::args_os().skip(1)).env(INSIDE, "1").exec();
    Err(error).context("unshare, for mounts that nobody else sees")
}

impl Place {
    /// Makes it ready; the image of a file system is below `images`.
    pub(crate) fn prepare(at: &At, images: &Path) -> Result<Self> {
        match at {
            At::Directory(parent) => Self::below(parent),
            At::Fresh(kind) => Self::fresh(kind, images),
        }
    }

    /// The directory to work in, without links in its path.
    pub(crate) fn directory(&self) -> &Path {
        self.directory.path()
    }

    fn below(parent: &Path) -> Result<Self> {
        let parent = parent.canonicalize().with_context(|| parent.display().to_string())?;
        let directory = TempDir::with_prefix_in(PREFIX, &parent)?;
        let kind = kind_of(&parent)?;
        Ok(Self { name: format!("{} ({kind})", parent.display()), kind, directory, mounted: Mounted::Before })
    }

    fn fresh(kind: &str, images: &Path) -> Result<Self> {
        let directory = TempDir::with_prefix_in(PREFIX, images.canonicalize()?)?;
        match kind {
            "tmpfs" => run("mount", &["-t", "tmpfs", "-o", "size=16g,nr_inodes=0", "tmpfs"], directory.path())?,
            _ => mount_image(kind, images, directory.path())?,
        }
        Ok(Self { name: kind.to_owned(), kind: kind.to_owned(), directory, mounted: Mounted::ByUs })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if self.mounted == Mounted::ByUs {
            // What is still in use goes with the last who uses it, and at the latest with this program.
            run("umount", &["--lazy"], self.directory.path()).unwrap_or_else(|error| eprintln!("{error:#}"));
        }
    }
}

/// Mounts a new file system in an image whose name is gone as soon as it is mounted, so that nothing can stay.
fn mount_image(kind: &str, images: &Path, at: &Path) -> Result<()> {
    let make: &[&str] = match kind {
        // Many inodes; and the tables are not zeroed in the background while something else is measured.
        "ext4" => &["mkfs.ext4", "-q", "-F", "-i", "2048"],
        "xfs" => &["mkfs.xfs", "-q", "-f"],
        "btrfs" => &["mkfs.btrfs", "-q", "-f"],
        _ => bail!("no such file system is known here: {kind}"),
    };
    let image = NamedTempFile::with_prefix_in("rrm-compare-image-", images)?;
    image.as_file().set_len(SIZE)?;
    run(make[0], &make[1..], image.path())?;
    let option = if kind == "ext4" { "loop,noinit_itable" } else { "loop" };
    let image = image.path().to_string_lossy().into_owned();
    run("mount", &["-t", kind, "-o", option, &image], at)
}

fn run(program: &str, words: &[&str], path: &Path) -> Result<()> {
    let search = format!("{}:/usr/sbin:/sbin", std::env::var("PATH").unwrap_or_default());
    let output =
        Command::new(program).args(words).arg(path).env("PATH", search).output().with_context(|| program.to_owned())?;
    ensure!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr).trim());
    Ok(())
}

/// The kind of the file system that holds `path`: that of the last mount at the longest of the mount points above it.
fn kind_of(path: &Path) -> Result<String> {
    let mounts = fs::read_to_string("/proc/self/mounts")?;
    let fields = mounts.lines().map(|line| line.split(' ').collect::<Vec<_>>());
    let above = fields.filter(|fields| fields.len() > 2 && path.starts_with(fields[1]));
    let nearest = above.max_by_key(|fields| fields[1].len()).context("no mount holds the directory")?;
    Ok(nearest[2].to_owned())
}
