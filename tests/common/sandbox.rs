//! A fresh place for one test: a home, a working directory beside it, and the program to run there.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use rrm::manager::{Builder, TrashManager};
use rrm::progress::Silent;
use rrm::purge::{Measure, purge};
use rrm::sys::{Dir, Name};
use tempfile::TempDir;

use super::platform::is_in_memory;
use super::run::{Invocation, Run, Way};
use super::user::User;

/// A temporary directory with `home/` and `work/`, both on one file system so that what is removed in `work` goes to
/// the trash in `home` and nothing is left on the mount that holds them. Gone when dropped, whatever is in it.
#[derive(Debug)]
pub(crate) struct Sandbox {
    root: PathBuf,
    user: User,
    program: PathBuf,
    way: Way,
    // Only deletes an empty directory; the content goes first, in our own `Drop`.
    _directory: TempDir,
}

impl Sandbox {
    /// A sandbox of whoever runs the tests.
    pub(crate) fn new() -> Self {
        Self::of(User::Caller)
    }

    /// A sandbox of someone to whom permissions mean something.
    pub(crate) fn ordinary() -> Self {
        Self::of(User::Nobody)
    }

    /// `RRM_TEST_ROOT` names the directory that sandboxes are made in, so that a run can be put on any file system; see
    /// [`place_of_sandboxes`].
    pub(crate) fn of(user: User) -> Self {
        super::settle_in();
        let parent = place_of_sandboxes();
        let directory = tempfile::Builder::new().prefix("rrm-test-").tempdir_in(parent).expect("a sandbox can be made");
        // The resolved path, because rrm records resolved parents.
        let root = directory.path().canonicalize().expect("the sandbox has a path");
        fs::set_permissions(&root, fs::Permissions::from_mode(0o755)).expect("the sandbox is ours");
        let program = reachable_program(user, &root);
        let sandbox = Self { root, user, program, way: Way::Program, _directory: directory };
        for place in [sandbox.home(), sandbox.work(), sandbox.root.join("bin")] {
            fs::create_dir_all(&place).expect("the sandbox is empty");
            sandbox.give(&place);
        }
        symlink(&sandbox.program, sandbox.root.join("bin/rm")).expect("bin is empty");
        sandbox
    }

    /// The same sandbox, whose commands are carried out in another way.
    pub(crate) fn by_way_of(mut self, way: Way) -> Self {
        self.way = way;
        self
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn user(&self) -> User {
        self.user
    }

    pub(crate) fn home(&self) -> PathBuf {
        self.root.join("home")
    }

    pub(crate) fn work(&self) -> PathBuf {
        self.root.join("work")
    }

    /// A path below the working directory; an absolute path is itself.
    pub(crate) fn path(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.work().join(relative)
    }

    /// Where the home trash is unless a test says otherwise.
    pub(crate) fn trash(&self) -> PathBuf {
        self.home().join(".local/share/rrm/trash")
    }

    /// A manager in this process, to be built.
    pub(crate) fn manager(&self) -> Builder {
        TrashManager::at(self.trash()).protect(self.home()).look_below(&self.root)
    }

    /// `rrm` with these words, to be changed before it is run.
    pub(crate) fn command<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Invocation {
        self.tool(&self.program, args).by_way_of(self.way)
    }

    /// The same program under the name `rm`.
    pub(crate) fn command_as_rm<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Invocation {
        self.tool(self.root.join("bin/rm"), args)
    }

    /// Any other program in the sandbox's surroundings.
    pub(crate) fn tool<A: AsRef<OsStr>>(
        &self,
        program: impl Into<PathBuf>,
        args: impl IntoIterator<Item = A>,
    ) -> Invocation {
        Invocation::new(program, &self.root, self.user).args(args)
    }

    pub(crate) fn rrm<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Run {
        self.command(args).run()
    }

    pub(crate) fn rrm_as_rm<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Run {
        self.command_as_rm(args).run()
    }

    /// What `rrm list` tells, one value an item.
    #[track_caller]
    pub(crate) fn list_json(&self) -> Vec<serde_json::Value> {
        let run = self.rrm(["list", "--format", "json"]);
        run.ok();
        let lines = run.stdout.split(|&byte| byte == b'\n').filter(|line| !line.is_empty());
        lines
            .map(|line| serde_json::from_slice(line).unwrap_or_else(|error| panic!("not JSON ({error}): {run}")))
            .collect()
    }

    /// The names of the commands, as `rrm --help` lists them.
    #[track_caller]
    pub(crate) fn subcommands(&self) -> Vec<String> {
        let help = self.rrm(["--help"]).ok().stdout();
        let lines = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
        // What a command does may go on in the next line.
        let names = lines.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
        let names = names.filter_map(|line| line.split_whitespace().next());
        let names: Vec<_> = names.filter(|name| *name != "help").map(str::to_owned).collect();
        assert!(names.len() > 15, "the help lists only {names:?}");
        names
    }
}

impl Sandbox {
    /// Removes the whole sandbox without another program, which costs as much as many a test.
    fn purge(&self) -> std::io::Result<()> {
        let parent = Dir::open(self.root.parent().expect("a sandbox is in a directory"))?;
        let name = Name::new(self.root.file_name().expect("a sandbox has a name"))?;
        let purged = purge(&parent, name, Measure::Entries, &Silent);
        purged.failures.into_iter().next().map_or(Ok(()), |failure| Err(failure.error))
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // Not the standard library's removal, which fails on deep trees; and one that stops at a mount left behind.
        if self.purge().is_ok() {
            return;
        }
        let remove = || Command::new("rm").args(["-rf", "--one-file-system", "--"]).arg(&self.root).output();
        if remove().is_ok_and(|output| !output.status.success()) {
            let _ = Command::new("chmod").args(["-R", "u+rwX", "--"]).arg(&self.root).output();
            if let Ok(output) = remove() {
                eprintln!("{}", String::from_utf8_lossy(&output.stderr));
            }
        }
    }
}

/// Where sandboxes are made: the directory that `RRM_TEST_ROOT` names, else memory if there is plenty, else the temporary
/// directory.
///
/// ext4 gives no inode away again for five seconds, and searches for one that it may give. With thousands of files made
/// and deleted in each of them, that search is half of what all tests cost.
pub(crate) fn place_of_sandboxes() -> PathBuf {
    static PLACE: OnceLock<PathBuf> = OnceLock::new();
    let choose = || std::env::var_os("RRM_TEST_ROOT").map(PathBuf::from).or_else(roomy_memory);
    PLACE.get_or_init(|| choose().unwrap_or_else(std::env::temp_dir)).clone()
}

/// Where images of disks are made: in memory too, where a flush of such a disk waits for no other. The temporary directory
/// may be on an image itself.
pub(super) fn place_of_images() -> PathBuf {
    static PLACE: OnceLock<PathBuf> = OnceLock::new();
    PLACE.get_or_init(|| roomy_memory().unwrap_or_else(|| "/var/tmp".into())).clone()
}

fn roomy_memory() -> Option<PathBuf> {
    Some(PathBuf::from(MEMORY)).filter(|memory| is_roomy_memory(memory))
}

const MEMORY: &str = "/dev/shm";

/// Whether a directory is on a tmpfs with room for all tests, which takes what they put there: in containers it is often
/// small, and before Linux 6.6 it kept no attributes of users.
fn is_roomy_memory(place: &Path) -> bool {
    const ENOUGH: u64 = 2 << 30;
    let Ok(space) = rustix::fs::statvfs(place) else { return false };
    let takes_attributes = || {
        let file = tempfile::Builder::new().prefix("rrm-test-").tempfile_in(place);
        file.is_ok_and(|file| xattr::set(file.path(), "user.rrm", b"?").is_ok())
    };
    is_in_memory(place) && space.f_bavail * space.f_frsize >= ENOUGH && takes_attributes()
}

/// The program where `user` can execute it: where it was built, or a copy if a directory on the way there is closed.
fn reachable_program(user: User, root: &Path) -> PathBuf {
    let built = super::binary();
    let is_open = |path: &Path| fs::metadata(path).is_ok_and(|data| data.permissions().mode() & 0o001 != 0);
    if !user.is_other() || built.ancestors().all(is_open) {
        return built;
    }
    fs::create_dir_all(root.join("bin")).expect("the sandbox is empty");
    let copy = root.join("bin/rrm");
    super::copy_program(&built, &copy);
    copy
}
