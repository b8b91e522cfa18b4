//! `rrm clean --all-users`: as root, cleans each user's trash in a process of that user.

use std::ffi::OsString;
use std::io;
use std::process::ExitStatus;

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use rrm::text::escaped_content;

use super::CleanArgs;
use super::log::{self, Log};
use crate::commands::all_users::{AllUsers, Allowance, Line, Passed};
use crate::env::now;
use crate::env::users::User;
use crate::exit::Exit;
use crate::output::Messages;

/// Cleans for every user who owns a home directory. A failure for one does not stop the others.
pub(crate) fn clean_all(args: &CleanArgs, messages: &Messages) -> anyhow::Result<Exit> {
    let all = match AllUsers::find("clean", messages)? {
        Ok(all) => all,
        Err(exit) => return Ok(exit),
    };
    let log = args.log.as_deref().map(Log::open).transpose()?;
    let mut cleaner = Cleaner { all: &all, now: now(), log, args };
    all.users.iter().map(|user| cleaner.clean_for(user)).try_fold(Exit::Success, |worst, exit| Ok(worst.max(exit?)))
}

/// What all users' cleans share.
struct Cleaner<'a> {
    all: &'a AllUsers<'a>,
    now: DateTime<Utc>,
    log: Option<Log>,
    args: &'a CleanArgs,
}

impl Cleaner<'_> {
    /// Cleans one user's trash. Only a failure to write output or log is an error; other failures are printed and end
    /// in the exit status.
    fn clean_for(&mut self, user: &User) -> anyhow::Result<Exit> {
        let name = self.all.name_of(user);
        let (ended, report) = self.run(user).context("write error")?;
        let (failure, report) = match ended {
            Ok(status) => ((!status.success()).then(|| status.to_string()), report),
            Err(error) => (Some(format!("{error:#}")), None),
        };
        if let Some(why) = &failure {
            self.all.messages.say(&format!("cannot clean the trash of {name}: {why}"));
        }
        if let Some(log) = self.log.as_mut().filter(|_| !self.args.dry_run) {
            let report = report.or(failure.clone()).unwrap_or_else(|| "it printed no summary".to_owned());
            log.add(self.now, &format!("{name}: {report}"))?;
        }
        Ok(failure.map_or(Exit::Success, |_| Exit::Failure))
    }

    /// Runs the process; returns how it ended, and its line for the log.
    fn run(&self, user: &User) -> io::Result<(anyhow::Result<ExitStatus>, Option<String>)> {
        let has_report = self.log.is_some() && !self.args.dry_run;
        let mut words = vec![OsString::from("clean")];
        words.extend(self.args.dry_run.then(|| "--dry-run".into()));
        if has_report {
            words.extend(["--log".into(), log::OUTPUT.into()]);
        }
        let (mut report, mut passed) = (None, Passed::new(self.all, user, Allowance::BRIEF));
        let ended = self.all.run(user, &words, Allowance::BRIEF, |line| {
            let line = match line {
                // The last line is for the log, so each line waits for the next.
                Line::Out(line) if has_report => report.replace(line).map(Line::Out),
                line => Some(line),
            };
            line.map_or(Ok(()), |line| passed.print(line))
        })?;
        passed.end()?;
        let report = report.map(|line| escaped_content(&line, self.all.messages.charset));
        // Without its date: we write our own.
        Ok((ended, report.and_then(|line| line.split_once(' ').map(|(_, said)| said.to_owned()))))
    }
}
