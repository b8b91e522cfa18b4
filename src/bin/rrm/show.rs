//! `rrm show`: the record of an item, a preview of it, or its content.

use std::io::{self, IsTerminal, Read, Write};
use std::path::Path;

use anyhow::Context as _;
use rrm::error::Error;
use rrm::manager::TrashManager;
use rrm::outcome::Shown;

use crate::args::ShowArgs;
use crate::exit::Exit;
use crate::options::ReportForm;
use crate::output::{self, Detail};
use crate::run::Session;

/// How much of a file is in memory while it is printed.
const PIECE: usize = 128 * 1024;

impl Session<'_> {
    pub(crate) fn show(&self, args: &ShowArgs) -> anyhow::Result<Exit> {
        let request = self.context.show(args)?;
        let manager = self.manager();
        let showing = manager.show(&request, &self.messages.progress());
        let exit = self.problems_of_words(&showing.problems, &request.selection, "show")?;
        if args.content {
            return Ok(exit.max(self.print_content(&manager, &showing.shown)?));
        }
        self.print_shown(&showing.shown, args.form.form()).context("write error")?;
        Ok(exit)
    }

    fn print_shown(&self, all: &[Shown], form: ReportForm) -> io::Result<()> {
        let mut out = io::BufWriter::new(io::stdout().lock());
        let scene = self.scene(None, Detail::Full);
        for (number, shown) in all.iter().enumerate() {
            match form {
                ReportForm::Json => {
                    writeln!(out, "{}", output::line_of(&output::shown_object(shown, self.context.now)))?
                }
                ReportForm::Text => {
                    if number > 0 {
                        writeln!(out)?;
                    }
                    output::write_shown(shown, &scene, &mut out)?;
                }
            }
        }
        out.flush()
    }

    /// Prints the one file that was chosen, as it is unless a terminal would obey it. Nothing else goes to standard output,
    /// whatever happens.
    fn print_content(&self, manager: &TrashManager, shown: &[Shown]) -> anyhow::Result<Exit> {
        let [only] = shown else {
            if let [_, _, ..] = shown {
                self.messages.say(&format!("--content prints only one file, but {} items match", shown.len()));
                self.messages.hint("rrm show without --content prints their IDs");
            }
            return Ok(Exit::Failure);
        };
        let file = match manager.open(&only.item, &only.part) {
            Ok(file) => file,
            Err(error) => return Ok(self.messages.problems(&[error])),
        };
        let out = io::stdout().lock();
        match out.is_terminal() {
            true => pass_on(file, &only.path, output::Escaped::new(out, self.messages.charset))?,
            false => pass_on(file, &only.path, out)?,
        }
        Ok(Exit::Success)
    }
}

/// Prints a file piece by piece: a failed read is told as another thing than a failed write.
fn pass_on(mut file: impl Read, path: &Path, mut out: impl Write) -> anyhow::Result<()> {
    let mut piece = vec![0; PIECE];
    loop {
        let length = match file.read(&mut piece) {
            Ok(0) => return out.flush().context("write error"),
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(Error::system("read", path, error).into()),
        };
        out.write_all(&piece[..length]).context("write error")?;
    }
}
