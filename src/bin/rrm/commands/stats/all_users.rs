//! `rrm stats --all-users`: as root, sums up each user's trash, listed in a process of that user.

use std::cmp::Reverse;
use std::ffi::OsString;
use std::io::{self, Write};

use anyhow::Context as _;

use super::StatsArgs;
use crate::commands::all_users::{AllUsers, Allowance, Line, Passed};
use crate::env::users::User;
use crate::exit::Exit;
use crate::options::ReportForm;
use crate::output::{self, UserSum};
use crate::session::Session;

/// Sums up for every user who owns a home directory, the one with most first. A failure for one does not stop the others.
pub(super) fn sum_up(args: &StatsArgs, session: &Session<'_>) -> anyhow::Result<Exit> {
    let all = match AllUsers::find("stats", session.messages)? {
        Ok(all) => all,
        Err(exit) => return Ok(exit),
    };
    let here = session.context.environment.working_directory();
    let list = ["list", "--json", "--size", "--sort=none"].map(OsString::from);
    let words = [list.to_vec(), args.selection.filters_as_words(&here)].concat();
    let (mut sums, mut worst) = (Vec::new(), Exit::Success);
    for user in &all.users {
        let (sum, exit) = sum_of(&all, user, &words).context("write error")?;
        sums.push(sum);
        worst = worst.max(exit);
    }
    sums.retain(|sum| sum.items() > 0);
    sums.sort_by_key(|sum| Reverse(sum.bytes()));
    let mut out = io::BufWriter::new(io::stdout().lock());
    let written = match args.form.form() {
        ReportForm::Json => sums.iter().try_for_each(|sum| writeln!(out, "{}", output::line_of(&sum.object()))),
        ReportForm::Text if sums.is_empty() => {
            session.messages.close("no user has anything in the trash");
            Ok(())
        }
        ReportForm::Text => output::write_user_sums(&sums, session.context.now, session.messages.charset, &mut out),
    };
    written.and_then(|()| out.flush()).context("write error")?;
    Ok(worst)
}

/// What a user's process lists, in sums. What fails of it is printed.
fn sum_of(all: &AllUsers<'_>, user: &User, words: &[OsString]) -> io::Result<(UserSum, Exit)> {
    let mut sum = UserSum::of(user.name.clone());
    let (mut passed, mut strange) = (Passed::new(all, user, Allowance::ITEMS), 0_usize);
    let ended = all.run(user, words, Allowance::ITEMS, |line| match line {
        Line::Out(line) => {
            strange += usize::from(!passed.takes_one() || !sum.add(&line));
            Ok(())
        }
        line @ Line::Err(_) => passed.print(line),
    })?;
    passed.end()?;
    let failure = match ended {
        Ok(_) if strange > 0 => "its list cannot be read to its end".to_owned(),
        Ok(status) if status.success() => return Ok((sum, Exit::Success)),
        Ok(status) => status.to_string(),
        Err(error) => format!("{error:#}"),
    };
    all.messages.say(&format!("cannot sum up the trash of {}: {failure}", all.name_of(user)));
    Ok((sum, Exit::Failure))
}
