//! A program that serves a file system for as long as a test takes.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::common::mounts::system;
use crate::common::platform::{Node, make_node};
use crate::common::{Missing, Mount, Sandbox, User, is_root};

/// How long a mount may take. The slowest derives a key for some seconds.
const PATIENCE: Duration = Duration::from_mins(1);

/// A running daemon. Dropped, it is killed.
#[derive(Debug)]
pub(crate) struct Daemon {
    child: Child,
    /// The Debian package that has it.
    package: &'static str,
    /// What it prints.
    log: PathBuf,
}

/// What starts a daemon.
pub(super) struct Start<'a> {
    sandbox: &'a Sandbox,
    package: &'static str,
    command: Command,
    input: Input<'a>,
}

enum Input<'a> {
    Words(&'a str),
    /// Of a program that talks to the daemon.
    Pipe(Stdio, Stdio),
}

impl<'a> Start<'a> {
    /// A program of a package, as this user, in the foreground.
    pub(super) fn new<W: AsRef<OsStr>>(
        sandbox: &'a Sandbox,
        user: User,
        package: &'static str,
        words: impl IntoIterator<Item = W>,
    ) -> Self {
        let words: Vec<_> = words.into_iter().map(|word| word.as_ref().to_owned()).collect();
        let words: Vec<_> = user.prefix().iter().map(Into::into).chain(words).collect();
        let mut command = system(&words[0]);
        command.args(&words[1..]).current_dir(sandbox.root()).env("HOME", sandbox.home());
        Self { sandbox, package, command, input: Input::Words("") }
    }

    /// What it reads on its standard input.
    pub(super) fn reading(mut self, words: &'a str) -> Self {
        self.input = Input::Words(words);
        self
    }

    /// What it reads from and writes to.
    pub(super) fn talking(mut self, input: Stdio, output: Stdio) -> Self {
        self.input = Input::Pipe(input, output);
        self
    }

    pub(super) fn with(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// Runs it to its end, which is a success.
    pub(super) fn run(self) -> Result<(), Missing> {
        let mut daemon = self.spawn()?;
        let status = daemon.child.wait().expect("it can be waited for");
        if status.success() { Ok(()) } else { Err(daemon.said()) }
    }

    pub(super) fn spawn(mut self) -> Result<Daemon, Missing> {
        let log = self.sandbox.root().join(format!("{}.log", self.package));
        let output = || File::options().create(true).append(true).open(&log).expect("a log can be made");
        self.command.stderr(output());
        let words = match self.input {
            Input::Words(words) => {
                self.command.stdin(Stdio::piped()).stdout(output());
                Some(words)
            }
            Input::Pipe(input, out) => {
                self.command.stdin(input).stdout(out);
                None
            }
        };
        let missing = |error: std::io::Error| Missing::new(self.package, error.to_string());
        let mut child = self.command.spawn().map_err(missing)?;
        if let (Some(words), Some(mut stdin)) = (words, child.stdin.take()) {
            stdin.write_all(words.as_bytes()).ok();
        }
        Ok(Daemon { child, package: self.package, log })
    }
}

impl Daemon {
    /// Waits until it has mounted something at `at`, which is on another device then.
    pub(super) fn mounted(mut self, at: &Path) -> Result<Self, Missing> {
        let device = |path: &Path| fs::metadata(path).map(|is| is.dev());
        let above = at.parent().expect("a mount point is in a directory");
        let since = Instant::now();
        while device(at).ok() == device(above).ok() {
            let is_over = self.child.try_wait().expect("it can be asked for").is_some();
            if is_over || since.elapsed() > PATIENCE {
                return Err(self.said());
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        Ok(self)
    }

    fn said(&self) -> Missing {
        Missing::new(self.package, fs::read_to_string(&self.log).unwrap_or_default())
    }

    fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    /// Stops it: who asks it anything waits.
    pub(crate) fn hang(&self) {
        kill_process(self.pid(), Signal::STOP).expect("it is a child of ours");
    }

    /// Lets it go on.
    pub(crate) fn wake(&self) {
        kill_process(self.pid(), Signal::CONT).expect("it is a child of ours");
    }

    /// Kills it: whoever asks is told that it is not connected.
    pub(crate) fn die(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        self.die();
    }
}

/// Lets any user mount with `fusermount3`, and others look at what they mount: as distributions have `/dev/fuse`, and with
/// `user_allow_other` in its configuration. For this mount namespace.
pub(super) fn open_fuse_to_all(sandbox: &Sandbox) -> Result<Vec<Mount>, Missing> {
    if !is_root() {
        let opened = File::options().read(true).write(true).open("/dev/fuse");
        return opened.map(|_| Vec::new()).map_err(|error| Missing::new("/dev/fuse", error.to_string()));
    }
    let devices = Mount::tmpfs("", &sandbox.root().join("devices"))?;
    let (device, settings) = (devices.path().join("fuse"), devices.path().join("fuse.conf"));
    make_node(&device, Node::Fuse).map_err(|error| Missing::new("root", error.to_string()))?;
    fs::set_permissions(&device, fs::Permissions::from_mode(0o666)).expect("it is ours");
    fs::write(&settings, "user_allow_other\n").expect("there is room");
    let mut mounts = Vec::new();
    for (from, at) in [(device, "/dev/fuse"), (settings, "/etc/fuse.conf")] {
        if !Path::new(at).exists() {
            return Err(Missing::new("fuse3", format!("there is no {at}")));
        }
        mounts.push(Mount::file(&from, at.as_ref())?);
    }
    mounts.push(devices);
    Ok(mounts)
}
