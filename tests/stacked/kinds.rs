//! The file systems, and how each is mounted.

use std::fs;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use super::Served;
use super::daemon::{Daemon, Start, open_fuse_to_all};
use crate::common::mounts::{Format, format_image};
use crate::common::{Missing, Mount, Sandbox, User};

/// What serves a file system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Another machine's, over SFTP.
    Sshfs,
    /// A pool of two branches.
    Mergerfs,
    /// Another place for a directory.
    Bindfs,
    Gocryptfs,
    Encfs,
    /// Encrypted in blocks, which tells nothing of sizes.
    Cryfs,
    /// A cloud's storage, here a directory's.
    Rclone,
    /// A branch to write to above one to read.
    Unionfs,
    FuseOverlayfs,
    /// ext4 without the kernel.
    Fuse2fs,
    Ntfs3g,
    /// NTFS, where `A` and `a` are one name.
    LowntfsIgnoringCase,
    ExfatFuse,
    /// One client of a volume.
    Gluster,
}

/// An invocation's words.
type Words = Vec<std::ffi::OsString>;

macro_rules! words {
    ($($word:expr),* $(,)?) => {{
        let words: Words = vec![$(std::ffi::OsString::from($word)),*];
        words
    }};
}

impl Kind {
    /// Mounts it with `d` on it, for this user.
    pub(crate) fn serve(self, user: User) -> Result<Served, Missing> {
        let sandbox = Sandbox::of(user);
        let at = sandbox.dir("m");
        let mut served =
            Served { kind: self, mounts: vec![at.clone()], daemons: Vec::new(), beneath: Vec::new(), sandbox };
        served.beneath = open_fuse_to_all(&served.sandbox)?;
        self.start(&mut served, &at)?;
        let made = served.sandbox.tool("mkdir", [at.join("d")]).run();
        if served.dir().is_dir() { Ok(served) } else { Err(Missing::new(format!("{self:?}"), made.stderr())) }
    }

    pub(crate) const ALL: [Self; 14] = [
        Self::Sshfs,
        Self::Mergerfs,
        Self::Bindfs,
        Self::Gocryptfs,
        Self::Encfs,
        Self::Cryfs,
        Self::Rclone,
        Self::Unionfs,
        Self::FuseOverlayfs,
        Self::Fuse2fs,
        Self::Ntfs3g,
        Self::LowntfsIgnoringCase,
        Self::ExfatFuse,
        Self::Gluster,
    ];

    /// What people call it, and the Debian package that has it.
    pub(crate) fn called(self) -> (&'static str, &'static str) {
        match self {
            Self::Sshfs => ("sshfs", "sshfs"),
            Self::Mergerfs => ("mergerfs, two branches", "mergerfs"),
            Self::Bindfs => ("bindfs", "bindfs"),
            Self::Gocryptfs => ("gocryptfs", "gocryptfs"),
            Self::Encfs => ("encfs", "encfs"),
            Self::Cryfs => ("cryfs", "cryfs"),
            Self::Rclone => ("rclone mount", "rclone"),
            Self::Unionfs => ("unionfs-fuse", "unionfs-fuse"),
            Self::FuseOverlayfs => ("fuse-overlayfs", "fuse-overlayfs"),
            Self::Fuse2fs => ("fuse2fs", "fuse2fs"),
            Self::Ntfs3g => ("ntfs-3g", "ntfs-3g"),
            Self::LowntfsIgnoringCase => ("lowntfs-3g, ignore_case", "ntfs-3g"),
            Self::ExfatFuse => ("exfat-fuse", "exfat-fuse"),
            Self::Gluster => ("GlusterFS", "glusterfs-client"),
        }
    }

    /// What a rename alone does not keep here, whoever makes it, in the words of a snapshot.
    pub(crate) fn forgets(self) -> &'static [&'static str] {
        match self {
            // A thing with a new name gets another time, in whole seconds; all in a directory with a new name is made anew.
            Self::Encfs | Self::Rclone => &[": modified: "],
            // Names of one file have numbers of their own, so that no program sees that they are one.
            Self::Mergerfs | Self::Unionfs => &[": links: ", ": same file as: "],
            _ => &[],
        }
    }

    fn start(self, served: &mut Served, at: &Path) -> Result<(), Missing> {
        let Served { sandbox, daemons, beneath: mounts, .. } = served;
        let user = sandbox.user();
        // Below the sandbox and not in its working directory, where no test looks.
        let back = |name: &str| sandbox.dir(sandbox.root().join(name));
        let for_others: &[&str] = if user.is_other() { &["-o", "allow_other"] } else { &[] };
        let served = |package, program: Words, more: Words| {
            let words = program.into_iter().chain(for_others.iter().map(Into::into)).chain(more);
            Start::new(sandbox, user, package, words)
        };
        let started = match self {
            Self::Sshfs => {
                let (ours, theirs) = UnixStream::pair().expect("two ends");
                let [server_in, server_out] = both(&theirs);
                let server = Start::new(sandbox, user, "openssh-sftp-server", ["/usr/lib/openssh/sftp-server"]);
                daemons.push(server.talking(server_in, server_out).spawn()?);
                let [input, output] = both(&ours);
                let mut from = words!(":")[0].clone();
                from.push(back("remote"));
                served("sshfs", words!["sshfs", "-f", "-o", "passive"], words![from, at]).talking(input, output)
            }
            Self::Mergerfs => {
                let mut branches = back("one").into_os_string();
                branches.push(":");
                branches.push(back("two"));
                // Its own fusermount refuses it to ordinary users; it is root's, as in fstab.
                let words = words!["mergerfs", "-f", "-o", "allow_other", branches, at];
                Start::new(sandbox, User::Caller, "mergerfs", words)
            }
            Self::Bindfs => served("bindfs", words!["bindfs", "-f"], words![back("below"), at]),
            Self::Gocryptfs => {
                let key = ["-q", "-scryptn", "10", "-extpass", "echo secret"];
                let below = back("below");
                let init = ["gocryptfs", "-init"].iter().chain(&key).map(Into::into).chain(words![&below]);
                Start::new(sandbox, user, "gocryptfs", init.collect::<Words>()).run()?;
                let others: &[&str] = if user.is_other() { &["-allow_other"] } else { &[] };
                let words = ["gocryptfs", "-fg"].iter().chain(others).chain(&key).map(Into::into);
                Start::new(sandbox, user, "gocryptfs", words.chain(words![below, at]).collect::<Words>())
            }
            Self::Encfs => {
                let words = words![back("below"), at];
                served("encfs", words!["encfs", "-f", "-S", "--standard"], words).reading("secret\n")
            }
            Self::Cryfs => {
                let words = words![back("below"), at];
                let cryfs = served("cryfs", words!["cryfs", "-f"], words).reading("secret\n");
                cryfs.with("CRYFS_FRONTEND", "noninteractive").with("CRYFS_NO_UPDATE_CHECK", "true")
            }
            Self::Rclone => {
                let mut from = words!(":local:")[0].clone();
                from.push(back("below"));
                let options = ["rclone", "mount", "--config", "", "--allow-other"];
                let words = options.into_iter().map(Into::into).chain(words![from, at]);
                Start::new(sandbox, user, "rclone", words.collect::<Words>())
            }
            Self::Unionfs => {
                let mut branches = back("upper").into_os_string();
                branches.push("=RW:");
                branches.push(back("lower"));
                branches.push("=RO");
                served("unionfs-fuse", words!["unionfs", "-f", "-o", "cow"], words![branches, at])
            }
            Self::FuseOverlayfs => {
                let mut layers = words!("lowerdir=")[0].clone();
                layers.push(back("lower"));
                for (word, name) in [(",upperdir=", "upper"), (",workdir=", "working")] {
                    layers.push(word);
                    layers.push(back(name));
                }
                served("fuse-overlayfs", words!["fuse-overlayfs", "-f"], words!["-o", layers, at])
            }
            Self::Fuse2fs => {
                let (owner, group) = user.ids();
                let owner = format!("root_owner={owner}:{group}");
                let image = image(sandbox, Format::Ext4, &["-E", &owner])?;
                served("fuse2fs", words!["fuse2fs", "-f", "-o", "fakeroot"], words![image, at])
            }
            Self::Ntfs3g => stick(sandbox, "ntfs-3g", "", at)?,
            Self::LowntfsIgnoringCase => stick(sandbox, "lowntfs-3g", ",ignore_case", at)?,
            Self::ExfatFuse => {
                mounts.insert(0, Mount::stick(Format::Exfat, user, "022", at)?);
                return Ok(());
            }
            Self::Gluster => return gluster(sandbox, &[at.to_owned()], daemons),
        };
        daemons.push(started.spawn()?.mounted(at)?);
        Ok(())
    }
}

/// Root's daemon for NTFS, as a desktop starts it for a user: all on it belongs to that one, with one mode.
fn stick<'a>(sandbox: &'a Sandbox, program: &str, more: &str, at: &Path) -> Result<Start<'a>, Missing> {
    let (owner, group) = sandbox.user().ids();
    let image = image(sandbox, Format::Ntfs, &[])?;
    let options = format!("no_detach,allow_other,uid={owner},gid={group},umask=022{more}");
    Ok(Start::new(sandbox, User::Caller, "ntfs-3g", words![program, "-o", options, image, at]))
}

impl Served {
    /// One volume of GlusterFS by two clients, at `m` and `n`, which know nothing of each other.
    pub(crate) fn gluster_twice() -> Result<Self, Missing> {
        let sandbox = Sandbox::of(User::Caller);
        let at = ["m", "n"].map(|name| sandbox.dir(name));
        let mut served =
            Self { kind: Kind::Gluster, mounts: at.to_vec(), daemons: Vec::new(), beneath: Vec::new(), sandbox };
        served.beneath = open_fuse_to_all(&served.sandbox)?;
        gluster(&served.sandbox, &at, &mut served.daemons)?;
        served.sandbox.dir("m/d");
        Ok(served)
    }
}

/// Standard input and output at one end of a connection.
fn both(end: &UnixStream) -> [Stdio; 2] {
    [(); 2].map(|()| std::os::fd::OwnedFd::from(end.try_clone().expect("a descriptor")).into())
}

/// A formatted image in the sandbox.
fn image(sandbox: &Sandbox, format: Format, words: &[&str]) -> Result<PathBuf, Missing> {
    let image = sandbox.file(sandbox.root().join("image"), "");
    format_image(format, words, 16, &image)?;
    Ok(image)
}

/// A server and as many clients as there are mount points, which talk through a socket in the sandbox. They belong to root.
pub(super) fn gluster(sandbox: &Sandbox, at: &[PathBuf], daemons: &mut Vec<Daemon>) -> Result<(), Missing> {
    let root = sandbox.root();
    let brick = sandbox.dir(root.join("brick"));
    let volume = |name: &str, text: String| {
        let path = root.join(name);
        fs::write(&path, text).expect("there is room");
        path
    };
    let socket = root.join("socket");
    let server = volume(
        "server.vol",
        SERVER.replace("BRICK", &brick.to_string_lossy()).replace("SOCKET", &socket.to_string_lossy()),
    );
    let client = volume("client.vol", CLIENT.replace("SOCKET", &socket.to_string_lossy()));
    let start = |program: &str, file: &Path, name: &str| {
        let (log, pid) = (root.join(format!("{name}.gluster")), root.join(format!("{name}.pid")));
        words![program, "-N", "-f", file, "-l", log, "-p", pid]
    };
    daemons
        .push(Start::new(sandbox, User::Caller, "glusterfs-server", start("glusterfsd", &server, "server")).spawn()?);
    crate::common::held::wait_for("the server's socket", || socket.exists());
    for (number, at) in at.iter().enumerate() {
        let words = start("glusterfs", &client, &format!("client{number}")).into_iter();
        let fresh = ["--entry-timeout=0", "--attribute-timeout=0"].map(Into::into);
        let words: Words = words.chain(fresh).chain([at.into()]).collect();
        daemons.push(Start::new(sandbox, User::Caller, "glusterfs-client", words).spawn()?.mounted(at)?);
    }
    Ok(())
}

const SERVER: &str = "\
volume posix
  type storage/posix
  option directory BRICK
end-volume
volume locks
  type features/locks
  subvolumes posix
end-volume
volume brick
  type performance/io-threads
  subvolumes locks
end-volume
volume server
  type protocol/server
  option transport-type socket
  option transport.address-family unix
  option transport.socket.listen-path SOCKET
  option auth.addr.brick.allow *
  subvolumes brick
end-volume
";

const CLIENT: &str = "\
volume client
  type protocol/client
  option transport-type socket
  option transport.address-family unix
  option transport.socket.connect-path SOCKET
  option remote-host localhost
  option remote-subvolume brick
  option send-gids true
end-volume
";
