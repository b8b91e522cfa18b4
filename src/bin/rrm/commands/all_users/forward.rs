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
        let (mut passed, mut write_error) = (Passed::default(), None);
        let result = all.run(user, words, limits, |line| {
            let written = passed.pass_on(line, form, limits, (all, user));
            written.map_err(|error| {
                let kind = error.kind();
                write_error = Some(error);
                kind.into()
            })
        });
        if let Some(error) = write_error {
            return Err(error.into());
        }
        if passed.has_header {
            println("")?;
        }
        let name = all.name_of(user);
        if let Some(more @ 1..) = passed.lines.checked_sub(limits.lines) {
            all.messages.say(&format!("{more} more lines about the trash of {name} are not shown"));
        }
        let failure = match result {
            Ok(_) if passed.strange > 0 => Some("its output is not JSON".to_owned()),
            Ok(status) if status.success() => continue,
            // It has said why.
            Ok(status) if status.code() == Some(1) => None,
            Ok(status) => Some(status.to_string()),
            Err(error) => Some(format!("{error:#}")),
        };
        worst = Exit::Failure;
        if let Some(why) = failure {
            all.messages.say(&format!("cannot run rrm {} for {name}: {why}", all.command));
        }
    }
    Ok(worst)
}

/// What was passed on for one user.
#[derive(Default)]
struct Passed {
    has_header: bool,
    lines: usize,
    /// Lines that were to be objects and are none.
    strange: usize,
}

impl Passed {
    fn pass_on(
        &mut self,
        line: Line,
        form: ReportForm,
        limits: Limits,
        (all, user): (&AllUsers<'_>, &User),
    ) -> io::Result<()> {
        self.lines += 1;
        if self.lines > limits.lines {
            return Ok(());
        }
        match (&line, form) {
            (Line::Out(object), ReportForm::Json) => {
                let object = output::object_of_user(&user.name, object);
                self.strange += usize::from(object.is_none());
                return object.map_or(Ok(()), |object| writeln!(io::stdout(), "{}", output::line_of(&object)));
            }
            (Line::Out(_), ReportForm::Text) if !self.has_header => {
                self.has_header = true;
                writeln!(io::stdout(), "{}:", all.name_of(user))?;
            }
            _ => {}
        }
        line.pass_on(all.messages.charset)
    }
}
