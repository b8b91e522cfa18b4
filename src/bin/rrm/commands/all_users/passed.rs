//! What a user's process prints, on its way to root's output.
//!
//! # Security
//! It may look like the section of another user, or like a message of root's. So each line shows whose it is: on standard
//! output it is indented, below the user's name, which is not; on standard error it begins with that name.

use std::io::{self, Write};

use rrm::text::escaped_content;

use super::{AllUsers, Allowance, Line};
use crate::env::users::User;
use crate::output::Messages;

/// What was passed on for one user: so many lines.
pub(crate) struct Passed<'a> {
    all: &'a AllUsers<'a>,
    name: String,
    most: usize,
    lines: usize,
    has_header: bool,
}

impl<'a> Passed<'a> {
    pub(crate) fn new(all: &'a AllUsers<'a>, user: &User, allowance: Allowance) -> Self {
        Self { all, name: all.name_of(user), most: allowance.lines, lines: 0, has_header: false }
    }

    /// Counts a line, and says whether there is room for it.
    pub(crate) fn takes_one(&mut self) -> bool {
        self.lines += 1;
        self.lines <= self.most
    }

    /// Prints a line, escaped, if there is room for it.
    pub(crate) fn print(&mut self, line: Line) -> io::Result<()> {
        if !self.takes_one() {
            return Ok(());
        }
        let charset = self.all.messages.charset;
        match line {
            Line::Out(line) => {
                if !self.has_header {
                    self.has_header = true;
                    writeln!(io::stdout(), "{}:", self.name)?;
                }
                writeln!(io::stdout(), "  {}", escaped_content(&line, charset))
            }
            Line::Err(line) => {
                Messages::say_bytes(format!("{}: {}\n", self.name, escaped_content(&line, charset)).as_bytes());
                Ok(())
            }
        }
    }

    /// Ends the user's section, and says how many lines had no room.
    pub(crate) fn end(self) -> io::Result<()> {
        if self.has_header {
            writeln!(io::stdout())?;
        }
        if let Some(more @ 1..) = self.lines.checked_sub(self.most) {
            self.all.messages.say(&format!("{more} more lines about the trash of {} are not shown", self.name));
        }
        Ok(())
    }
}
