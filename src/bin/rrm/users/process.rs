//! One user's clean, in a process that is that user.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{ChildStdout, Command, ExitStatus, Stdio};

use anyhow::Context as _;
use chrono::{DateTime, Utc};

use super::User;
use crate::args::CleanArgs;
use crate::exit::Exit;
use crate::gnu::quote::quote_where_needed;
use crate::log::{self, Log};
use crate::run::println;
use crate::terminal::Messages;
use crate::translate::Voice;

/// Where setpriv is; nothing else is started.
const SEARCH_PATH: &str = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin";

/// How many bytes of a line are taken from a user's process, which may be made to say anything.
const LINE: u64 = 4096;

/// What the cleans of all users have in common.
pub(super) struct Round<'a> {
    pub(super) program: PathBuf,
    pub(super) now: DateTime<Utc>,
    pub(super) log: Option<Log>,
    pub(super) args: &'a CleanArgs,
    pub(super) messages: &'a Messages,
}

impl Round<'_> {
    /// Has one user's trash cleaned. Fails only where output or log cannot be written; what goes wrong for the user is
    /// said and is in the exit status.
    pub(super) fn clean_for(&mut self, user: &User) -> anyhow::Result<Exit> {
        let name = quote_where_needed(&user.name, self.messages.charset);
        if self.args.dry_run || self.messages.voice == Voice::Verbose {
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
            let report = report.or(failure.clone()).unwrap_or_else(|| "no report".to_owned());
            log.add(self.now, &format!("{name}: {report}"))?;
        }
        Ok(failure.map_or(Exit::Success, |_| Exit::Failure))
    }

    /// Runs it to its end, and gives what it reports for the log.
    fn run(&self, user: &User) -> anyhow::Result<(ExitStatus, Option<String>)> {
        let mut child = self.command(user).spawn().context("cannot start setpriv, which util-linux has")?;
        let line = child.stdout.take().map(last_line).transpose();
        let status = child.wait()?;
        Ok((status, line.context("cannot read what it says")?.flatten()))
    }

    /// Groups come from the user database, through whatever feeds that on this machine (initgroups(3)): the trash may be
    /// where only one of them leads.
    fn command(&self, user: &User) -> Command {
        let mut command = Command::new("setpriv");
        command.args([format!("--reuid={}", user.uid), format!("--regid={}", user.gid)]);
        command.args(["--init-groups", "--no-new-privs", "--"]).arg(&self.program).arg("clean");
        command.args(self.args.dry_run.then_some("--dry-run"));
        command.args(match self.messages.voice {
            Voice::Verbose => Some("--verbose"),
            Voice::Quiet => Some("--quiet"),
            Voice::AsRm | Voice::Usual => None,
        });
        command.env_clear().env("HOME", &user.home).env("USER", &user.name).env("LOGNAME", &user.name);
        command.env("PATH", SEARCH_PATH).current_dir("/").stdin(Stdio::null());
        if self.log.is_some() && !self.args.dry_run {
            command.args(["--log", log::OUTPUT]).stdout(Stdio::piped());
        }
        command
    }
}

/// Passes on what a user's clean prints but for its last line, which is its log's: without the date, which is ours to
/// tell, and without what a terminal would obey.
fn last_line(output: ChildStdout) -> io::Result<Option<String>> {
    let (mut output, mut last) = (BufReader::new(output), Vec::new());
    loop {
        let mut line = Vec::new();
        if output.by_ref().take(LINE).read_until(b'\n', &mut line)? == 0 {
            break;
        }
        io::stdout().write_all(&last)?;
        last = line;
    }
    let text = String::from_utf8_lossy(&last);
    Ok(text.split_once(' ').map(|(_, line)| line.chars().filter(|c| !c.is_control()).collect()))
}
