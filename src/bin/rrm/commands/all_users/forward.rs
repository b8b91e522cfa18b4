//! Passing on what a command prints for each user.

use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitStatus;

use anyhow::Context as _;

use super::{AllUsers, Allowance, Line, Passed};
use crate::env::users::User;
use crate::exit::Exit;
use crate::options::ReportForm;
use crate::output;

/// Runs the command for each user: what it prints stands under the user's name, or is an object with the user's name. A
/// failure for one does not stop the others.
pub(crate) fn forward(
    all: &AllUsers<'_>,
    words: &[OsString],
    form: ReportForm,
    allowance: Allowance,
) -> anyhow::Result<Exit> {
    let mut worst = Exit::Success;
    for user in &all.users {
        let (ended, strange) = forward_for(all, user, words, form, allowance).context("write error")?;
        let failure = match ended {
            Ok(_) if strange > 0 => Some("its output is not JSON".to_owned()),
            Ok(status) if status.success() => continue,
            // It has said why.
            Ok(status) if status.code() == Some(1) => None,
            Ok(status) => Some(status.to_string()),
            Err(error) => Some(format!("{error:#}")),
        };
        worst = Exit::Failure;
        if let Some(why) = failure {
            all.messages.say(&format!("cannot run rrm {} for {}: {why}", all.command, all.name_of(user)));
        }
    }
    Ok(worst)
}

/// Runs it for one; how that ended, and how many lines were to be objects and are none.
fn forward_for(
    all: &AllUsers<'_>,
    user: &User,
    words: &[OsString],
    form: ReportForm,
    allowance: Allowance,
) -> io::Result<(anyhow::Result<ExitStatus>, usize)> {
    let (mut passed, mut strange) = (Passed::new(all, user, allowance), 0);
    let ended = all.run(user, words, allowance, |line| match (line, form) {
        (Line::Out(line), ReportForm::Json) if passed.takes_one() => {
            let object = output::object_of_user(&user.name, &line);
            strange += usize::from(object.is_none());
            object.map_or(Ok(()), |object| writeln!(io::stdout(), "{}", output::line_of(&object)))
        }
        (Line::Out(_), ReportForm::Json) => Ok(()),
        (line, _) => passed.print(line),
    })?;
    passed.end()?;
    Ok((ended, strange))
}
