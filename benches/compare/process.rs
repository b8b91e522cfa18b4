//! One run of one program: its time, or the most memory it had.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{Seek, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

/// Where a program's memory is looked at again after this long; what it takes and gives back between is not seen.
const BETWEEN_LOOKS: Duration = Duration::from_millis(1);

/// A program with its words, started directly and without a shell.
#[derive(Debug, Clone)]
pub(crate) struct Job {
    program: PathBuf,
    words: Vec<OsString>,
    home: PathBuf,
    directory: PathBuf,
    input: &'static str,
}

impl Job {
    pub(crate) fn new(program: impl Into<PathBuf>, home: &Path, directory: &Path) -> Self {
        Self { program: program.into(), words: vec![], home: home.into(), directory: directory.into(), input: "" }
    }

    pub(crate) fn words<W: AsRef<OsStr>>(mut self, words: impl IntoIterator<Item = W>) -> Self {
        self.words.extend(words.into_iter().map(|word| word.as_ref().to_owned()));
        self
    }

    /// What somebody types.
    pub(crate) fn reading(mut self, input: &'static str) -> Self {
        self.input = input;
        self
    }

    /// How long the whole process takes, from its start until it was waited for.
    pub(crate) fn time(&self) -> Result<Duration> {
        let mut command = self.command()?;
        let begun = Instant::now();
        let status = command.spawn().and_then(|mut child| child.wait());
        let took = begun.elapsed();
        self.check(status.with_context(|| self.shown())?)?;
        Ok(took)
    }

    /// Runs it, whatever it takes.
    pub(crate) fn run(&self) -> Result<()> {
        self.time().map(drop)
    }

    /// The most memory that it had resident, in bytes.
    pub(crate) fn peak(&self) -> Result<u64> {
        let mut child = self.command()?.spawn().with_context(|| self.shown())?;
        let mut peak = 0;
        let status = loop {
            if let Some(status) = child.try_wait()? {
                break status;
            }
            peak = most_resident(&child).unwrap_or(0).max(peak);
            thread::sleep(BETWEEN_LOOKS);
        };
        self.check(status)?;
        Ok(peak)
    }

    fn command(&self) -> Result<Command> {
        let mut input = tempfile::tempfile()?;
        input.write_all(self.input.as_bytes())?;
        input.rewind()?;
        let mut command = Command::new(&self.program);
        command.args(&self.words).current_dir(&self.directory).env_clear().envs(environment(&self.home));
        command.stdin(input).stdout(Stdio::null()).stderr(File::create(self.complaints())?);
        Ok(command)
    }

    /// The file that keeps what it says on its standard error.
    fn complaints(&self) -> PathBuf {
        self.home.join("stderr")
    }

    fn check(&self, status: ExitStatus) -> Result<()> {
        let said = || fs::read_to_string(self.complaints()).unwrap_or_default();
        ensure!(status.success(), "{} ({status}): {}", self.shown(), said().lines().next().unwrap_or_default());
        Ok(())
    }

    fn shown(&self) -> String {
        let name = self.program.file_name().unwrap_or_default().to_string_lossy();
        let words: Vec<_> = self.words.iter().take(3).map(|word| word.to_string_lossy()).collect();
        format!("{name} {}", words.join(" "))
    }
}

/// Nothing of the caller's but where programs are: each has its trash below `home`. The locale is one of UTF-8, as people
/// have it; in the locale C rm has none to read, which is a fifth of its time for one file.
fn environment(home: &Path) -> Vec<(&'static str, OsString)> {
    let below = |name: &str| home.join(name).into_os_string();
    vec![
        ("PATH", std::env::var_os("PATH").unwrap_or_default()),
        ("LC_ALL", "C.UTF-8".into()),
        ("HOME", home.into()),
        ("XDG_DATA_HOME", below(".local/share")),
        ("XDG_CONFIG_HOME", below(".config")),
        ("XDG_CACHE_HOME", below(".cache")),
        ("RIP_GRAVEYARD", below("graveyard")),
    ]
}

/// `VmHWM` of proc_pid_status(5), in bytes; nothing once the process has ended.
fn most_resident(child: &Child) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}
