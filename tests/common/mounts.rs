//! File systems of a test's own, unmounted when their guard is dropped, also after a panic.
//!
//! A test that mounts does so in a mount namespace of its own, see [`in_mount_namespace!`]: every rrm looks for trash
//! directories on all mounts that it sees, and must not find those of another test.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::NamedTempFile;

pub(crate) use super::user::has_private_mounts;
use super::user::{MOUNTS, NAMESPACE, USERS, User, in_namespace, is_root};

/// At the head of a test that mounts: the test is run again, by itself, in a mount namespace, and takes that run's
/// result. An ordinary user's becomes the root of a user namespace too.
macro_rules! in_mount_namespace {
    () => {
        if !$crate::common::mounts::has_private_mounts() {
            // A closure's type carries the path of the test that it stands in.
            $crate::common::mounts::run_again_in_namespace(std::any::type_name_of_val(&|| ()));
            return;
        }
    };
}

/// What a loop device is formatted with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Ext4,
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
            Self::Xfs => ("xfs", &["mkfs.xfs", "-q", "-f"], 300),
            Self::Btrfs => ("btrfs", &["mkfs.btrfs", "-q", "-f"], 114),
            Self::Vfat => ("vfat", &["mkfs.vfat"], 1),
            Self::Exfat => ("exfat", &["mkfs.exfat"], 1),
            Self::Ntfs => ("ntfs", &["mkntfs", "-q", "-Q", "-F"], 1),
        }
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
    pub(crate) fn image(format: Format, mebibytes: u64, at: &Path) -> Result<Self, String> {
        Self::image_with("loop", format, mebibytes, at)
    }

    /// A vfat, exfat or NTFS as a desktop mounts a stick: all on it belongs to `user`, with one mode, of which `umask` is missing.
    pub(crate) fn stick(format: Format, user: User, umask: &str, at: &Path) -> Result<Self, String> {
        let (owner, group) = user.ids();
        Self::image_with(&format!("loop,uid={owner},gid={group},umask={umask}"), format, 16, at)
    }

    fn image_with(options: &str, format: Format, mebibytes: u64, at: &Path) -> Result<Self, String> {
        let (name, maker, smallest) = format.maker();
        if !is_root() {
            return Err(format!("{name} on a loop device needs root"));
        }
        // Not in the temporary directory, which may be a tmpfs, or an image itself.
        let image = NamedTempFile::with_prefix_in("rrm-image-", "/var/tmp").map_err(|error| error.to_string())?;
        image.as_file().set_len(mebibytes.max(smallest) << 20).map_err(|error| error.to_string())?;
        run(maker.iter().map(OsStr::new).chain([image.path().as_os_str()]))?;
        let words = ["-t", format.type_to_mount(), "-o", options].map(OsStr::new);
        let mut mount = Self::new(words.into_iter().chain([image.path().as_os_str()]), at)?;
        mount.image = Some(image);
        Ok(mount)
    }

    /// A file system in memory; `options` as for `mount -o`, `size=1m` for one.
    pub(crate) fn tmpfs(options: &str, at: &Path) -> Result<Self, String> {
        let options = if options.is_empty() { "mode=755" } else { options };
        Self::without_a_device("tmpfs", options, at)
    }

    /// A file system in memory that keeps no attributes of users.
    pub(crate) fn ramfs(at: &Path) -> Result<Self, String> {
        Self::without_a_device("ramfs", "mode=755", at)
    }

    /// The directory `from` once more, at another place.
    pub(crate) fn bind(from: &Path, at: &Path) -> Result<Self, String> {
        Self::new(["--bind".as_ref(), from.as_os_str()], at)
    }

    /// `upper` over `lower`; `work` is the kernel's, empty and on the mount of `upper`.
    pub(crate) fn overlay(lower: &Path, upper: &Path, work: &Path, at: &Path) -> Result<Self, String> {
        let mut options = OsString::from("lowerdir=");
        for (word, path) in [("", lower), (",upperdir=", upper), (",workdir=", work)] {
            options.push(word);
            options.push(path);
        }
        if in_namespace() {
            options.push(",userxattr");
        }
        Self::new(["-t".as_ref(), "overlay".as_ref(), "-o".as_ref(), options.as_os_str(), "overlay".as_ref()], at)
    }

    /// By the call itself: a sweep mounts thousands.
    fn without_a_device(kind: &str, options: &str, at: &Path) -> Result<Self, String> {
        let told = |why: &dyn std::fmt::Display| format!("cannot mount a {kind} at {}: {why}", at.display());
        fs::create_dir_all(at).map_err(|error| told(&error))?;
        let options = std::ffi::CString::new(options).expect("options are text");
        let flags = rustix::mount::MountFlags::empty();
        rustix::mount::mount(kind, at, kind, flags, Some(options.as_c_str())).map_err(|error| told(&error))?;
        Ok(Self { at: at.to_owned(), image: None })
    }

    fn new<'word>(words: impl IntoIterator<Item = &'word OsStr>, at: &'word Path) -> Result<Self, String> {
        fs::create_dir_all(at).map_err(|error| format!("cannot make {}: {error}", at.display()))?;
        run(["mount".as_ref()].into_iter().chain(words).chain([at.as_os_str()]))?;
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

    /// Mounts it anew with other options, such as `ro`.
    pub(crate) fn again_as(&self, options: &str) -> Result<(), String> {
        run(["mount".as_ref(), "-o".as_ref(), format!("remount,{options}").as_ref(), self.at.as_os_str()]).map(drop)
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        // Detached at once even while in use; the kernel frees the loop device when the last user is gone.
        let _ = rustix::mount::unmount(&self.at, rustix::mount::UnmountFlags::DETACH);
    }
}

/// Runs a command; its failure is what it said.
fn run<'word>(words: impl IntoIterator<Item = &'word OsStr>) -> Result<Output, String> {
    let words: Vec<&OsStr> = words.into_iter().collect();
    let told = |why: &str| format!("{} failed: {why}", words.join(" ".as_ref()).to_string_lossy());
    let output = Command::new(words[0]).args(&words[1..]).output().map_err(|error| told(&error.to_string()))?;
    if output.status.success() { Ok(output) } else { Err(told(String::from_utf8_lossy(&output.stderr).trim())) }
}

/// Runs one test of this binary again, in a namespace; panics if it fails there, skips if there can be none.
#[track_caller]
pub(crate) fn run_again_in_namespace(closure: &str) {
    let (option, kind) = if is_root() { ("-m", MOUNTS) } else { ("-Urm", USERS) };
    if let Err(why) = run(["unshare", option, "true"].map(OsStr::new)) {
        return super::say_skipped(&why);
    }
    let test = closure.split_once("::").map_or(closure, |(_, path)| path).trim_end_matches("::{{closure}}");
    let itself = std::env::current_exe().expect("the test binary has a path");
    let output = Command::new("unshare")
        .arg(option)
        .arg(itself)
        .args(["--exact", test, "--nocapture"])
        .env(NAMESPACE, kind)
        .output()
        .expect("unshare ran just now");
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    err.lines().filter_map(|line| line.strip_prefix("SKIPPED: ")).for_each(super::say_skipped);
    // A name that matches no test is a success to the runner, but not to us.
    assert!(out.contains("test result: ok. 1 passed"), "{test} in a namespace:\n{out}\n{err}");
}
