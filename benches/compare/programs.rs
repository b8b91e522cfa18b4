//! The programs that rrm is measured beside: which there are here, and how each is told what to do.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::options::Options;

/// How one of the other trashes is used. Of each command the first word is the program.
#[derive(Debug)]
struct Usage {
    name: &'static str,
    /// What is put in front of the names of what is removed.
    remove: &'static [&'static str],
    /// What lists everything.
    list: &'static [&'static str],
    /// What is put in front of a path that is restored; a program that asks which is answered 0.
    restore: &'static [&'static str],
    /// How its answer to `--version` begins: two of these have a program called `trash`.
    version: &'static str,
}

/// Without words for what a program cannot do without a desktop's daemons, or only for a person who picks from a menu.
const USAGES: &[Usage] = &[
    Usage {
        name: "trash-cli",
        remove: &["trash-put", "--"],
        list: &["trash-list"],
        restore: &["trash-restore"],
        version: "trash-put ",
    },
    Usage { name: "gio", remove: &["gio", "trash", "--"], list: &[], restore: &[], version: "" },
    Usage {
        name: "trashy",
        remove: &["trash", "put", "--"],
        list: &["trash", "list"],
        restore: &["trash", "restore", "--force", "--match", "exact"],
        version: "trashy ",
    },
    Usage { name: "rip2", remove: &["rip", "--force", "--"], list: &[], restore: &[], version: "rip " },
    Usage { name: "conceal", remove: &["cnc", "--"], list: &["conceal", "list"], restore: &[], version: "" },
];

/// What apt installs.
const DEBIAN: &[&str] = &["trash-cli", "libglib2.0-bin"];

/// What cargo installs.
const CRATES: &[&str] = &["trashy", "rip2", "conceal"];

/// A program and the words in front of its operands.
pub(crate) type Words = Vec<PathBuf>;

/// One of the other trashes, found here.
#[derive(Debug)]
pub(crate) struct Peer {
    pub(crate) name: &'static str,
    pub(crate) version: String,
    pub(crate) remove: Words,
    pub(crate) list: Option<Words>,
    pub(crate) restore: Option<Words>,
}

/// rrm as people install it. Cargo has built one for this benchmark, but with all that tests and benchmarks ask of the
/// libraries: half a megabyte more, and slower to start.
fn release() -> Result<PathBuf> {
    let words = ["build", "--release", "--locked", "--bin", "rrm"];
    let built = Command::new(cargo()).args(words).current_dir(env!("CARGO_MANIFEST_DIR")).status()?;
    ensure!(built.success(), "cargo cannot build the program");
    Ok(env!("CARGO_BIN_EXE_rrm").into())
}

/// The program that makes the same system calls as rrm and does nothing else; where no compiler is, its rows are left out.
fn floor() -> Option<PathBuf> {
    let (source, program) =
        (concat!(env!("CARGO_MANIFEST_DIR"), "/benches/floor.c"), concat!(env!("CARGO_TARGET_TMPDIR"), "/floor"));
    let built = Command::new("cc").args(["-O2", "-o", program, source]).status();
    match built {
        Ok(status) if status.success() => Some(program.into()),
        failed => {
            eprintln!("left out: {source}: cc: {failed:?}");
            None
        }
    }
}

/// rrm and all that it is measured beside.
#[derive(Debug)]
pub(crate) struct Programs {
    pub(crate) rrm: PathBuf,
    pub(crate) floor: Option<PathBuf>,
    pub(crate) peers: Vec<Peer>,
}

impl Programs {
    pub(crate) fn find(options: &Options) -> Result<Self> {
        let rrm = options.rrm.clone().map_or_else(release, Ok)?;
        let rrm = rrm.canonicalize().with_context(|| rrm.display().to_string())?;
        Ok(Self { rrm, floor: floor(), peers: USAGES.iter().filter_map(|usage| Peer::find(usage, options)).collect() })
    }
}

impl Peer {
    fn find(usage: &Usage, options: &Options) -> Option<Self> {
        let search = std::env::var_os("PATH").unwrap_or_default();
        let places: Vec<PathBuf> =
            std::iter::once(options.peers.join("bin")).chain(std::env::split_paths(&search)).collect();
        let all = |command: &[&str]| {
            let (name, words) = command.split_first()?;
            let is_it = |path: &PathBuf| version(path).is_some_and(|told| told.starts_with(usage.version));
            let mut found = places.iter().map(|place| place.join(name)).filter(|path| path.is_file());
            // Only the first command is known by its version: the others come with it.
            let program = if command == usage.remove { found.find(is_it) } else { found.next() };
            Some(std::iter::once(program?).chain(words.iter().map(PathBuf::from)).collect::<Words>())
        };
        let remove = all(usage.remove)?;
        let version = version(&remove[0]).unwrap_or_default();
        Some(Self { name: usage.name, version, remove, list: all(usage.list), restore: all(usage.restore) })
    }
}

/// The first line of what a program answers to `--version`.
pub(crate) fn version(program: &Path) -> Option<String> {
    let output = Command::new(program).arg("--version").stdin(Stdio::null()).output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).lines().next().unwrap_or_default().to_owned())
}

/// Installs what can be installed; what cannot is told and left out.
pub(crate) fn install(options: &Options) {
    let mut apt = Command::new("apt-get");
    run_or_tell(apt.args(["install", "-y", "--no-install-recommends"]).args(DEBIAN));
    for name in CRATES {
        let mut cargo = Command::new(cargo());
        run_or_tell(cargo.args(["install", "--locked", "--root"]).arg(&options.peers).arg(name));
    }
}

fn run_or_tell(command: &mut Command) {
    match command.status() {
        Ok(status) if status.success() => {}
        Ok(status) => eprintln!("left out: {command:?}: {status}"),
        Err(error) => eprintln!("left out: {command:?}: {error}"),
    }
}

/// The cargo that runs this.
pub(crate) fn cargo() -> PathBuf {
    std::env::var_os("CARGO").map_or_else(|| "cargo".into(), PathBuf::from)
}
