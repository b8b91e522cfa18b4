//! `rrm show`: the record of an item, a preview of it, or its content.

use std::ffi::OsString;
use std::io::{self, IsTerminal, Read, Write};
use std::path::Path;

use anyhow::Context as _;
use clap::Args;
use rrm::error::{Error, Result};
use rrm::manager::TrashManager;
use rrm::ops::list::Sizes;
use rrm::ops::show::ShowOptions;
use rrm::ops::show::Shown;
use rrm::rules::selection::{Searching, Selection};

use super::help::Help;
use crate::context::Context;
use crate::exit::Exit;
use crate::options::{ReportForm, ReportFormArgs};
use crate::output::{self, Detail};
use crate::session::{Session, Start};

pub(super) const HELP: Help = Help {
    examples: "\
Examples:
  rrm show notes.txt                The newest version of notes.txt
  rrm show 3f1c/src                 A directory inside the item whose ID begins with 3f1c
  rrm show --content notes.txt | diff - notes.txt
                                    Compare it with the current file",
    everyday: "",
    page: include_str!("../manual/show.man"),
};

#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// IDs (four or more digits), original paths, globs or words to search for; add /PATH for a part of a removed directory.
    #[arg(value_name = "ITEM[/PATH]", required = true)]
    pub(crate) words: Vec<OsString>,

    /// Print only the content of one file, byte for byte (escaped on a terminal).
    #[arg(long, conflicts_with = "ReportFormArgs")]
    pub(crate) content: bool,

    #[command(flatten)]
    pub(crate) form: ReportFormArgs,
}

impl ShowArgs {
    /// `--content` needs no measuring.
    fn request(&self, context: &Context) -> Result<ShowOptions> {
        let selection =
            Selection { terms: context.terms(&self.words)?, searching: Searching::One, ..Selection::default() };
        let mut options = ShowOptions::new(selection, context.standing()?, context.now);
        options.sizes = if self.content { Sizes::AsKnown } else { Sizes::Measured };
        Ok(options)
    }
}

/// How much of a file is read at a time.
const PIECE: usize = 128 * 1024;

pub(super) fn run(args: &ShowArgs, start: Start<'_>) -> anyhow::Result<Exit> {
    let session = &start.session()?;
    let request = args.request(&session.context)?;
    let manager = session.manager();
    let showing = manager.show(&request, &session.messages.progress());
    let exit = session.report_problems(&showing.problems, &request.selection, "show")?;
    if args.content {
        return Ok(exit.max(print_content(session, &manager, &showing.shown)?));
    }
    print_shown(session, &showing.shown, args.form.form()).context("write error")?;
    Ok(exit)
}

fn print_shown(session: &Session<'_>, all: &[Shown], form: ReportForm) -> io::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    let view = session.view(None, Detail::Full);
    for (number, shown) in all.iter().enumerate() {
        match form {
            ReportForm::Json => {
                writeln!(out, "{}", output::line_of(&output::shown_object(shown, session.context.now)))?;
            }
            ReportForm::Text => {
                if number > 0 {
                    writeln!(out)?;
                }
                output::write_shown(shown, &view, &mut out)?;
            }
        }
    }
    out.flush()
}

/// Prints the content of the selected file, escaped on a terminal. Nothing else goes to standard output.
fn print_content(session: &Session<'_>, manager: &TrashManager, shown: &[Shown]) -> anyhow::Result<Exit> {
    let [only] = shown else {
        if let [_, _, ..] = shown {
            session.messages.say(&format!("--content prints only one file, but {} items match", shown.len()));
            session.messages.hint("rrm show without --content prints their IDs");
        }
        return Ok(Exit::Failure);
    };
    let file = match manager.open(&only.item, &only.part) {
        Ok(file) => file,
        Err(error) => return Ok(session.messages.problems(&[error])),
    };
    let out = io::stdout().lock();
    match out.is_terminal() {
        true => pass_on(file, &only.path, output::Escaped::new(out, session.messages.charset))?,
        false => pass_on(file, &only.path, out)?,
    }
    Ok(Exit::Success)
}

/// Copies a file to the output. Read errors and write errors have different messages.
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
