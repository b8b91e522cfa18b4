//! File systems of a test's own, unmounted when their guard is dropped, also after a panic.
//!
//! A test that mounts does so in a mount namespace of its own, see `in_mount_namespace!`: every rrm looks for trash
//! directories on all mounts that it sees, and must not find those of another test.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use rustix::io::Errno;
use tempfile::NamedTempFile;

use super::platform;
use super::sandbox::place_of_images;
use super::skip::Missing;
use super::user::{User, in_namespace, is_root};

/// What a loop device is formatted with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Ext4,
    /// Without a journal, as the next: nothing is on the disk that nobody has flushed.
    PlainExt4,
    Ext2,
    Xfs,
    Btrfs,
    /// No attributes, no owners, no modes, no links; so is the next.
    Vfat,
    Exfat,
    /// No owners and no modes, but links and attributes.
    Ntfs,
}

impl Format {
    /// The format's name, the command that makes it, and the smallest size in MiB that the command accepts.
    fn maker(self) -> (&'static str, &'static [&'static str], u64) {
        match self {
            Self::Ext4 => ("ext4", &["mkfs.ext4", "-q", "-F"], 1),
            Self::PlainExt4 => ("ext4", &["mkfs.ext4", "-q", "-F", "-O", "^has_journal"], 1),
            Self::Ext2 => ("ext2", &["mkfs.ext2", "-q", "-F"], 1),
            Self::Xfs => ("xfs", &["mkfs.xfs", "-q", "-f"], 300),
            Self::Btrfs => ("btrfs", &["mkfs.btrfs", "-q", "-f"], 114),
            Self::Vfat => ("vfat", &["mkfs.vfat"], 1),
            Self::Exfat => ("exfat", &["mkfs.exfat"], 1),
            Self::Ntfs => ("ntfs", &["mkntfs", "-q", "-Q", "-F"], 1),
        }
    }

    fn has_log(self) -> bool {
        matches!(self, Self::Ext4 | Self::Xfs | Self::Btrfs)
    }

    /// What `mount -t` calls it. Where the kernel has no exfat, a server of FUSE has; the one of NTFS is what most have.
    fn type_to_mount(self) -> &'static str {
        let (name, ..) = self.maker();
        let known = fs::read_to_string("/proc/filesystems").expect("the kernel tells what it has");
        match self {
            Self::Exfat if known.lines().all(|line| line.trim() != name) => "exfat-fuse",
            Self::Ntfs => "ntfs-3g",
            _ => name,
        }
    }
}

/// A mounted file system. Made after the sandbox that it stands in, it is dropped before it, as it must be.
#[derive(Debug)]
#[must_use = "the file system is unmounted when this is dropped"]
pub(crate) struct Mount {
    at: PathBuf,
    /// What the loop device reads and writes; deleted with the mount.
    image: Option<NamedTempFile>,
}

impl Mount {
    /// A formatted image of at least `mebibytes`, on a loop device. Only the machine's root can have one.
    pub(crate) fn image(format: Format, mebibytes: u64, at: &Path) -> Result<Self, Missing> {
        Self::image_with("loop", format, &[], mebibytes, at)
    }

    /// The same, formatted with some more words (`-N 4096`), and mounted with some more options (`usrquota`).
    pub(crate) fn image_as(
        format: Format,
        words: &[&str],
        options: &str,
        mebibytes: u64,
        at: &Path,
    ) -> Result<Self, Missing> {
        Self::image_with(&["loop", options].join(","), format, words, mebibytes, at)
    }

    /// A vfat, exfat or NTFS as a desktop mounts a stick: all on it belongs to `user`, with one mode, of which `umask` is missing.
    pub(crate) fn stick(format: Format, user: User, umask: &str, at: &Path) -> Result<Self, Missing> {
        let (owner, group) = user.ids();
        Self::image_with(&format!("loop,uid={owner},gid={group},umask={umask}"), format, &[], 16, at)
    }

    fn image_with(options: &str, format: Format, words: &[&str], mebibytes: u64, at: &Path) -> Result<Self, Missing> {
        let (name, ..) = format.maker();
        if !is_root() {
            return Err(Missing::new("root", format!("to mount {name} on a loop device")));
        }
        let image = empty_image();
        format_image(format, words, mebibytes, image.path())?;
        if format.has_log() {
            // Written full of zeros, it would be copied with every copy.
            run(["fallocate", "--dig-holes"].map(OsStr::new).into_iter().chain([image.path().as_os_str()]))
                .map_err(|why| Missing::new("util-linux", why))?;
        }
        let words = ["-t", format.type_to_mount(), "-o", options].map(OsStr::new);
        let mut mount = Self::new(words.into_iter().chain([image.path().as_os_str()]), at)?;
        mount.image = Some(image);
        Ok(mount)
    }

    /// A file system in memory; `options` as for `mount -o`, `size=1m` for one.
    pub(crate) fn tmpfs(options: &str, at: &Path) -> Result<Self, Missing> {
        let options = if options.is_empty() { "mode=755" } else { options };
        Self::without_a_device("tmpfs", options.as_ref(), at)
    }

    /// A file system in memory that keeps no attributes of users.
    pub(crate) fn ramfs(at: &Path) -> Result<Self, Missing> {
        Self::without_a_device("ramfs", "mode=755".as_ref(), at)
    }

    /// The directory `from` once more, at another place.
    pub(crate) fn bind(from: &Path, at: &Path) -> Result<Self, Missing> {
        Self::new(["--bind".as_ref(), from.as_os_str()], at)
    }

    /// The file `from` in place of another.
    pub(crate) fn file(from: &Path, at: &Path) -> Result<Self, Missing> {
        Self::onto(["--bind".as_ref(), from.as_os_str()], at)
    }

    /// `upper` over `lower`; `work` is the kernel's, empty and on the mount of `upper`.
    pub(crate) fn overlay(lower: &Path, upper: &Path, work: &Path, at: &Path) -> Result<Self, Missing> {
        let mut options = OsString::from("lowerdir=");
        for (word, path) in [("", lower), (",upperdir=", upper), (",workdir=", work)] {
            options.push(word);
            options.push(path);
        }
        if in_namespace() {
            options.push(",userxattr");
        }
        Self::without_a_device("overlay", &options, at)
    }

    fn without_a_device(kind: &str, options: &OsStr, at: &Path) -> Result<Self, Missing> {
        fs::create_dir_all(at).expect("a mount point can be made");
        platform::mount(kind, at, options).map_err(|why| match why.raw_os_error() {
            Some(number) if number == Errno::NODEV.raw_os_error() => Missing::of_the_kernel(kind, why.to_string()),
            _ => Missing::new(format!("a mount of {kind}"), why.to_string()),
        })?;
        Ok(Self { at: at.to_owned(), image: None })
    }

    fn new<'word>(words: impl IntoIterator<Item = &'word OsStr>, at: &'word Path) -> Result<Self, Missing> {
        fs::create_dir_all(at).expect("a mount point can be made");
        Self::onto(words, at)
    }

    fn onto<'word>(words: impl IntoIterator<Item = &'word OsStr>, at: &'word Path) -> Result<Self, Missing> {
        let words: Vec<&OsStr> = words.into_iter().collect();
        let kind = words.iter().skip_while(|word| **word != "-t").nth(1).map(|kind| kind.to_string_lossy());
        run(["mount".as_ref()].into_iter().chain(words).chain([at.as_os_str()])).map_err(|why| {
            match kind.as_deref() {
                Some(served @ ("exfat-fuse" | "ntfs-3g")) => Missing::new(served, why),
                Some(kind) if why.contains("unknown filesystem type") => Missing::of_the_kernel(kind, why),
                Some(kind) => Missing::new(format!("a mount of {kind}"), why),
                None => Missing::new("mounts", why),
            }
        })?;
        Ok(Self { at: at.to_owned(), image: None })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.at
    }

    /// Hands the mount's root directory to a user, as a desktop does with a stick.
    pub(crate) fn owned_by(self, user: User) -> Self {
        let (owner, group) = user.ids();
        chown(&self.at, Some(owner), Some(group)).expect("the mount is ours");
        self
    }

    /// Opens the mount's root directory to all, with the sticky bit, as `/tmp` is.
    pub(crate) fn sticky(self) -> Self {
        fs::set_permissions(&self.at, fs::Permissions::from_mode(0o1777)).expect("the mount is ours");
        self
    }

    /// The image that the mount reads and writes.
    pub(crate) fn disk(&self) -> &Path {
        self.image.as_ref().expect("it was made of an image").path()
    }

    /// The name of the loop device: `loop3`.
    pub(crate) fn device(&self) -> String {
        let words = ["losetup", "--noheadings", "--output", "NAME", "--associated"].map(OsStr::new).into_iter();
        let told = run(words.chain([self.disk().as_os_str()])).expect("it is on a loop device").stdout;
        String::from_utf8_lossy(&told).trim().trim_start_matches("/dev/").to_owned()
    }

    /// Unmounts it and mounts, in the same place, what would be on its disk had the power gone now.
    pub(crate) fn after_a_power_cut(self, format: Format) -> Result<Self, String> {
        let (copy, at) = (copy_of_disk(self.disk()), self.at.clone());
        drop(self);
        Self::of_copy(format, copy, &at)
    }

    /// Mounts a copy of a disk as the next boot does, after a repair where there is no journal; it is gone with the mount. Whatever else is of that disk must be
    /// unmounted: all have one identity.
    pub(crate) fn of_copy(format: Format, copy: NamedTempFile, at: &Path) -> Result<Self, String> {
        if matches!(format, Format::PlainExt4 | Format::Ext2) {
            let repaired = system("e2fsck").args(["-f", "-y"]).arg(copy.path()).output();
            let repaired = repaired.map_err(|error| error.to_string())?;
            // 1 says that there was something to repair.
            if !matches!(repaired.status.code(), Some(0 | 1)) {
                return Err(String::from_utf8_lossy(&repaired.stdout).into_owned());
            }
        }
        let mut mount = Self::new(["-o", "loop"].map(OsStr::new).into_iter().chain([copy.path().as_os_str()]), at)
            .map_err(|missing| format!("{missing:?}"))?;
        mount.image = Some(copy);
        Ok(mount)
    }

    /// Mounts it anew with other options, such as `ro`.
    pub(crate) fn again_as(&self, options: &str) -> Result<(), Missing> {
        run(["mount".as_ref(), "-o".as_ref(), format!("remount,{options}").as_ref(), self.at.as_os_str()])
            .map(drop)
            .map_err(|why| Missing::new("mounts", why))
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        platform::unmount(&self.at);
    }
}

/// Makes a file a formatted disk of at least `mebibytes`.
pub(crate) fn format_image(format: Format, words: &[&str], mebibytes: u64, image: &Path) -> Result<(), Missing> {
    let (_, maker, smallest) = format.maker();
    let file = fs::File::options().write(true).open(image).expect("the image is there");
    file.set_len(mebibytes.max(smallest) << 20).expect("a hole takes no room");
    let formatted = run(maker.iter().chain(words).map(OsStr::new).chain([image.as_os_str()]));
    formatted.map(drop).map_err(|why| Missing::new(maker[0], why))
}

fn empty_image() -> NamedTempFile {
    NamedTempFile::with_prefix_in("rrm-image-", place_of_images()).expect("a file can be made")
}

/// Copies what is written of a disk so far, as it is after a power cut.
pub(crate) fn copy_of_disk(disk: &Path) -> NamedTempFile {
    let copy = empty_image();
    let words = ["cp", "--sparse=auto", "--"].map(OsStr::new).into_iter();
    run(words.chain([disk.as_os_str(), copy.path().as_os_str()])).expect("a disk can be copied");
    copy
}

/// A program of the system, of which an ordinary user of Debian has not all on PATH.
pub(crate) fn system(program: impl AsRef<OsStr>) -> Command {
    let mut path = std::env::var_os("PATH").unwrap_or_default();
    path.push(":/usr/sbin:/sbin:/usr/bin:/bin");
    let mut command = Command::new(program);
    command.env("PATH", path);
    command
}

/// Runs a command; its failure is what it said.
fn run<'word>(words: impl IntoIterator<Item = &'word OsStr>) -> Result<Output, String> {
    let words: Vec<&OsStr> = words.into_iter().collect();
    let told = |why: &str| format!("{} failed: {why}", words.join(" ".as_ref()).to_string_lossy());
    let output = system(words[0]).args(&words[1..]).output().map_err(|error| told(&error.to_string()))?;
    if output.status.success() { Ok(output) } else { Err(told(String::from_utf8_lossy(&output.stderr).trim())) }
}
