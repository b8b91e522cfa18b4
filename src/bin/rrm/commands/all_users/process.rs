//! A process of one user.
//!
//! # Security
//! A user can inspect and stop their own processes and take their descriptors. So the process gets none of root's but
//! two pipes, a session without a terminal, and an environment that tells it nothing. Anyone can write to the pipes:
//! the output is escaped, and a pipe is not waited for after its process has ended. One that does not end is killed.

use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, anyhow};
use rrm::sys::kill_group;
use rrm::sys::patience::patience;

use super::Allowance;
use crate::env::users::User;

/// The PATH that setpriv is looked up in.
const SEARCH_PATH: &str = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin";

/// How many lines are queued. A process that prints faster has to wait.
const QUEUE_LENGTH: usize = 64;

/// How often to check whether a silent process has ended.
const POLL_INTERVAL: Duration = Duration::from_millis(100);

/// How long to read the pipes after the process has ended. All it printed is in them, but another process may hold them
/// open.
const DRAIN_TIME: Duration = Duration::from_secs(1);

/// rrm with the rights of a user. setpriv initializes the groups from the user database (initgroups(3)): the trash may be
/// reachable only by one of them.
pub(super) fn command(user: &User, program: &Path) -> Command {
    let mut command = Command::new("setsid");
    command.arg("setpriv").args([format!("--reuid={}", user.uid), format!("--regid={}", user.gid)]);
    command.args(["--init-groups", "--no-new-privs", "--"]).arg(program);
    command.env_clear().env("HOME", &user.home).env("USER", &user.name).env("LOGNAME", &user.name);
    command.env("PATH", SEARCH_PATH).current_dir("/");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs the process and calls `each` for each line that it prints.
pub(super) fn run(
    mut command: Command,
    allowance: Allowance,
    each: impl FnMut(Line) -> io::Result<()>,
) -> io::Result<anyhow::Result<ExitStatus>> {
    let mut child = match command.spawn().context("cannot start setsid (part of util-linux)") {
        Ok(child) => child,
        Err(error) => return Ok(Err(error)),
    };
    let ended = match printed(&mut child, allowance.bytes).context("cannot read its output") {
        Ok(printed) => each_line(&mut child, &printed, allowance.time, each),
        Err(error) => Ok(Err(error)),
    };
    if !matches!(ended, Ok(Ok(_))) {
        // The session of its own is a process group as well.
        kill_group(&child);
        child.wait().ok();
    }
    ended
}

/// A printed line, cut to its maximum length.
pub(crate) enum Line {
    Out(Vec<u8>),
    Err(Vec<u8>),
}

/// Reads the output in two threads that end with their pipes.
fn printed(child: &mut Child, longest: u64) -> io::Result<Receiver<Line>> {
    let (lines, printed) = sync_channel(QUEUE_LENGTH);
    if let Some(output) = child.stdout.take() {
        read(output, Line::Out, longest, lines.clone())?;
    }
    if let Some(errors) = child.stderr.take() {
        read(errors, Line::Err, longest, lines)?;
    }
    Ok(printed)
}

fn read(
    pipe: impl Read + Send + 'static,
    as_line: fn(Vec<u8>) -> Line,
    longest: u64,
    lines: SyncSender<Line>,
) -> io::Result<()> {
    let mut pipe = BufReader::new(pipe);
    let mut next = move || {
        let mut line = Vec::new();
        let length = pipe.by_ref().take(longest).read_until(b'\n', &mut line).unwrap_or(0);
        if line.pop_if(|last| *last == b'\n').is_none() && length > 0 {
            let rest = pipe.skip_until(b'\n').unwrap_or(0);
            line.extend_from_slice(if rest > 1 { b"..." } else { b"" });
        }
        (length > 0).then_some(line)
    };
    let read = move || while next().is_some_and(|line| lines.send(as_line(line)).is_ok()) {};
    thread::Builder::new().spawn(read).map(drop)
}

/// Calls `each` for each line until the process has ended and its pipes are empty. After an error, of `each` or inside, it
/// may still run.
fn each_line(
    child: &mut Child,
    printed: &Receiver<Line>,
    time: Duration,
    mut each: impl FnMut(Line) -> io::Result<()>,
) -> io::Result<anyhow::Result<ExitStatus>> {
    let (begun, mut ended) = (Instant::now(), None::<Instant>);
    loop {
        match printed.recv_timeout(POLL_INTERVAL) {
            Ok(line) => each(line)?,
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {}
        }
        if begun.elapsed() > patience(time) {
            return Ok(Err(anyhow!("it did not end in time and was killed")));
        }
        // That it cannot be asked is what the last wait says.
        if ended.is_none() && !matches!(child.try_wait(), Ok(None)) {
            ended = Some(Instant::now());
        }
        if ended.is_some_and(|ended| ended.elapsed() > DRAIN_TIME) {
            break;
        }
    }
    Ok(child.wait().map_err(Into::into))
}
