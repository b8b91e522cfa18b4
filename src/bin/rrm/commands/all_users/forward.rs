//! Passing on what a command prints for each user.

use std::ffi::OsString;
use std::io::{self, Write};

use super::{AllUsers, Limits, Line};
use crate::env::users::User;
use crate::exit::Exit;
use crate::options::ReportForm;
use crate::output;
use crate::session::println;

/// Runs the command for each user: what it prints stands under the user's name, or is an object with the user's name. A
/// failure for one does not stop the others.
pub(crate) fn forward(
    all: &AllUsers<'_>,
    words: &[OsString],
    form: ReportForm,
    limits: Limits,
) -> anyhow::Result<Exit> {
    let mut worst = Exit::Success;
    for user in &all.users {
        worst = worst.max(forward_one(all, user, words, form, limits)?);
    }
    Ok(worst)
}

/// Only a failure to write output is an error; other failures are printed and end in the exit status.
fn forward_one(
    all: &AllUsers<'_>,
    user: &User,
    words: &[OsString],
    form: ReportForm,
    limits: Limits,
) -> anyhow::Result<Exit> {
    let name = all.name_of(user);
    let (mut printed, mut lines, mut strange) = (false, 0_usize, 0_usize);
    let mut write_error = None;
    let result = all.run(user, words, limits, |line| {
        lines += 1;
        if lines > limits.lines {
            return Ok(());
        }
        let written = match (line, form) {
            (Line::Out(line), ReportForm::Json) => match output::object_of_user(&user.name, &line) {
                Some(object) => writeln!(io::stdout(), "{}", output::line_of(&object)),
                None => {
                    strange += 1;
                    Ok(())
                }
            },
            (Line::Out(line), ReportForm::Text) => {
                let header = if printed { Ok(()) } else { writeln!(io::stdout(), "{name}:") };
                printed = true;
                header.and_then(|()| Line::Out(line).pass_on(all.messages.charset))
            }
            (line @ Line::Err(_), _) => line.pass_on(all.messages.charset),
        };
        written.map_err(|error| {
            let kind = error.kind();
            write_error = Some(error);
            kind.into()
        })
    });
    if let Some(error) = write_error {
        return Err(error.into());
    }
    if let Some(more @ 1..) = lines.checked_sub(limits.lines) {
        all.messages.say(&format!("{more} more lines about the trash of {name} are not shown"));
    }
    if printed {
        println("")?;
    }
    let failure = match result {
        Ok(status) if status.success() && strange == 0 => return Ok(Exit::Success),
        Ok(_) if strange > 0 => "its output is not JSON".to_owned(),
        // It has said why.
        Ok(status) if status.code() == Some(1) => return Ok(Exit::Failure),
        Ok(status) => status.to_string(),
        Err(error) => format!("{error:#}"),
    };
    all.messages.say(&format!("cannot run rrm {} for {name}: {failure}", all.command));
    Ok(Exit::Failure)
}
