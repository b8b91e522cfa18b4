//! One user's clean, in a process of that user.
//!
//! # Security
//! A user can inspect and stop their own processes and take their descriptors. So the process gets none of root's but
//! two pipes, a session without a terminal, and an environment that tells it nothing. Anyone can write to the pipes:
//! the output is escaped, and a pipe is not waited for after its process has ended.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use rrm::text::{Charset, escaped_content};

use crate::commands::clean::CleanArgs;
use crate::commands::clean::log::{self, Log};
use crate::env::users::User;
use crate::exit::Exit;
use crate::gnu::quote::quote_where_needed;
use crate::output::{Messages, Verbosity};
use crate::session::println;

/// The PATH that setpriv is looked up in.
const SEARCH_PATH: &str = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin";

/// How many lines are passed on. A user's process may print anything, and root may get it by mail.
const MAX_LINES: usize = 1000;

/// How many bytes of a line are passed on.
const MAX_LINE: u64 = 1024;

/// How many lines are queued. A process that prints faster has to wait.
const QUEUE_LENGTH: usize = 64;

/// How often to check whether a silent process has ended.
const POLL_INTERVAL: Duration = Duration::from_millis(100);

/// How long to read the pipes after the process has ended. All it printed is in them, but another process may hold them
/// open.
const DRAIN_TIME: Duration = Duration::from_secs(1);

/// What all users' cleans share.
pub(super) struct UserCleaner<'a> {
    pub(super) program: PathBuf,
    pub(super) now: DateTime<Utc>,
    pub(super) log: Option<Log>,
    pub(super) args: &'a CleanArgs,
    pub(super) messages: &'a Messages,
}

impl UserCleaner<'_> {
    /// Cleans one user's trash. Only a failure to write output or log is an error; other failures are printed and end
    /// in the exit status.
    pub(super) fn clean_for(&mut self, user: &User) -> anyhow::Result<Exit> {
        let name = quote_where_needed(&user.name, self.messages.charset);
        if self.args.dry_run || self.messages.verbosity == Verbosity::Verbose {
            println(&format!("{name}:"))?;
        }
        let (failure, report) = match self.run(user) {
            Ok((status, report)) => ((!status.success()).then(|| status.to_string()), report),
            Err(error) => (Some(format!("{error:#}")), None),
        };
        if let Some(why) = &failure {
            self.messages.say(&format!("cannot clean the trash of {name}: {why}"));
        }
        if let Some(log) = self.log.as_mut().filter(|_| !self.args.dry_run) {
            let report = report.or(failure.clone()).unwrap_or_else(|| "it printed no summary".to_owned());
            log.add(self.now, &format!("{name}: {report}"))?;
        }
        Ok(failure.map_or(Exit::Success, |_| Exit::Failure))
    }

    /// Runs the process; returns its status and its line for the log.
    fn run(&self, user: &User) -> anyhow::Result<(ExitStatus, Option<String>)> {
        let mut child = self.command(user).spawn().context("cannot start setsid (part of util-linux)")?;
        let printed = printed(&mut child).context("cannot read its output")?;
        let has_report = self.log.is_some() && !self.args.dry_run;
        let (mut report, charset, mut lines) = (None, self.messages.charset, 0);
        let status = each_line(&mut child, &printed, |line| {
            let line = match line {
                // The last line is for the log, so each line waits for the next.
                Line::Out(line) if has_report => report.replace(line).map(Line::Out),
                line => Some(line),
            };
            lines += usize::from(line.is_some());
            line.filter(|_| lines <= MAX_LINES).map_or(Ok(()), |line| line.pass_on(charset))
        })?;
        if let Some(more @ 1..) = lines.checked_sub(MAX_LINES) {
            let name = quote_where_needed(&user.name, charset);
            self.messages.say(&format!("{more} more lines about the trash of {name} are not shown"));
        }
        let report = report.map(|line| escaped_content(&line, charset));
        // Without its date: we write our own.
        Ok((status, report.and_then(|line| line.split_once(' ').map(|(_, said)| said.to_owned()))))
    }

    /// setpriv initializes the groups from the user database (initgroups(3)): the trash may be reachable only by one of
    /// them.
    fn command(&self, user: &User) -> Command {
        let mut command = Command::new("setsid");
        command.arg("setpriv").args([format!("--reuid={}", user.uid), format!("--regid={}", user.gid)]);
        command.args(["--init-groups", "--no-new-privs", "--"]).arg(&self.program).arg("clean");
        command.args(self.args.dry_run.then_some("--dry-run"));
        command.args(match self.messages.verbosity {
            Verbosity::Verbose => Some("--verbose"),
            Verbosity::Quiet => Some("--quiet"),
            Verbosity::AsRm | Verbosity::Usual => None,
        });
        command.env_clear().env("HOME", &user.home).env("USER", &user.name).env("LOGNAME", &user.name);
        command.env("PATH", SEARCH_PATH).current_dir("/");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        if self.log.is_some() && !self.args.dry_run {
            command.args(["--log", log::OUTPUT]);
        }
        command
    }
}

/// A printed line, cut to its maximum length.
enum Line {
    Out(Vec<u8>),
    Err(Vec<u8>),
}

impl Line {
    fn pass_on(self, charset: Charset) -> io::Result<()> {
        match self {
            Self::Out(line) => writeln!(io::stdout(), "{}", escaped_content(&line, charset)),
            Self::Err(line) => {
                Messages::say_bytes(&[escaped_content(&line, charset).as_bytes(), b"\n"].concat());
                Ok(())
            }
        }
    }
}

/// Reads the output in two threads that end with their pipes.
fn printed(child: &mut Child) -> io::Result<Receiver<Line>> {
    let (lines, printed) = sync_channel(QUEUE_LENGTH);
    if let Some(output) = child.stdout.take() {
        read(output, Line::Out, lines.clone())?;
    }
    if let Some(errors) = child.stderr.take() {
        read(errors, Line::Err, lines)?;
    }
    Ok(printed)
}

fn read(pipe: impl Read + Send + 'static, as_line: fn(Vec<u8>) -> Line, lines: SyncSender<Line>) -> io::Result<()> {
    let mut pipe = BufReader::new(pipe);
    let mut next = move || {
        let mut line = Vec::new();
        let length = pipe.by_ref().take(MAX_LINE).read_until(b'\n', &mut line).unwrap_or(0);
        if line.pop_if(|last| *last == b'\n').is_none() && length > 0 {
            let rest = pipe.skip_until(b'\n').unwrap_or(0);
            line.extend_from_slice(if rest > 1 { b"..." } else { b"" });
        }
        (length > 0).then_some(line)
    };
    let read = move || while next().is_some_and(|line| lines.send(as_line(line)).is_ok()) {};
    thread::Builder::new().spawn(read).map(drop)
}

/// Calls `each` for each line until the process has ended and its pipes are empty.
fn each_line(
    child: &mut Child,
    printed: &Receiver<Line>,
    mut each: impl FnMut(Line) -> io::Result<()>,
) -> anyhow::Result<ExitStatus> {
    let mut ended: Option<Instant> = None;
    loop {
        match printed.recv_timeout(POLL_INTERVAL) {
            Ok(line) => each(line)?,
            Err(RecvTimeoutError::Disconnected) => return Ok(child.wait()?),
            Err(RecvTimeoutError::Timeout) => {}
        }
        if ended.is_none() && child.try_wait()?.is_some() {
            ended = Some(Instant::now());
        }
        if ended.is_some_and(|ended| ended.elapsed() > DRAIN_TIME) {
            return Ok(child.wait()?);
        }
    }
}
