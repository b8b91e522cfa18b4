//! Removing, as `rm` does it: questions between the plan and its execution, messages, `-v`.

mod tree;

use std::ffi::{OsStr, OsString};
use std::io::{self, IsTerminal, Write};
use std::os::unix::ffi::OsStrExt;

use rrm::error::{Error, ErrorKind};
use rrm::manager::TrashManager;
use rrm::outcome::{Removal, Removed, TrashStep};
use rrm::progress::Progress;
use rrm::request::{Copying, Directories, Place, TrashRequest};
use rrm::sys::FileKind;

use crate::exit::Exit;
use crate::gnu::options::{self as gnu, Missing, Options, Verbose};
use crate::gnu::prompt::{Answer, Stdin, Step, before_all};
use crate::gnu::quote::quote;
use crate::terminal::{Consent, Messages, TerminalProgress};
use crate::translate::{Context, Effect, Ours, Report};
use crate::view;

/// One run of `rrm rm`.
pub(crate) struct Remover<'a> {
    pub(crate) context: &'a Context,
    pub(crate) messages: &'a Messages,
    pub(crate) manager: &'a TrashManager,
    pub(crate) options: Options,
    pub(crate) ours: &'a Ours,
}

impl Remover<'_> {
    /// Removes the operands.
    pub(crate) fn run(&self, operands: Vec<OsString>) -> anyhow::Result<Exit> {
        if let Step::Ask(question) = before_all(operands.len(), self.options)
            && self.messages.ask(&question) == Answer::No
        {
            return Ok(Exit::Success);
        }
        let request = self.context.trash(operands, self.directories(), self.ours)?;
        let plan = match self.manager.plan_trash(&request) {
            Ok(plan) => plan,
            Err(protected) => {
                self.messages.problems(&protected);
                self.messages.say("nothing was removed");
                return Ok(Exit::Failure);
            }
        };
        let mut run = Run {
            remover: self,
            request: &request,
            progress: TerminalProgress::default(),
            out: io::BufWriter::new(io::stdout()),
            exit: Exit::Success,
        };
        for step in plan.steps {
            match step {
                TrashStep::Refuse(error) => run.failed(&error),
                TrashStep::Remove(removal) => run.consider(removal),
            }
        }
        Ok(run.finish())
    }

    fn directories(&self) -> Directories {
        match self.options.directories {
            gnu::Directories::Refuse => Directories::Refuse,
            gnu::Directories::Empty => Directories::OnlyEmpty,
            gnu::Directories::Recurse => Directories::Whole,
        }
    }

    fn stdin(&self) -> Stdin {
        if io::stdin().is_terminal() { Stdin::Terminal } else { Stdin::Other }
    }

    /// Whether any question may come up; if not, nothing has to be found out for one.
    fn may_ask(&self) -> bool {
        match self.options.prompt {
            gnu::Prompt::Never => false,
            gnu::Prompt::Always => true,
            gnu::Prompt::WriteProtected | gnu::Prompt::Once => {
                self.stdin() == Stdin::Terminal || self.options.input == gnu::Input::PresumedTerminal
            }
        }
    }
}

/// The operands of one command, one after the other.
struct Run<'a> {
    remover: &'a Remover<'a>,
    request: &'a TrashRequest,
    progress: TerminalProgress,
    out: io::BufWriter<io::Stdout>,
    exit: Exit,
}

impl Run<'_> {
    /// Asks what is to be asked about one operand, and removes what was agreed to.
    fn consider(&mut self, removal: Removal) {
        if !self.remover.may_ask() {
            return self.remove(&removal);
        }
        match tree::ask(self.remover, &removal.operand, removal.metadata) {
            Ok(tree::Agreed::All) => self.remove(&removal),
            Ok(tree::Agreed::Parts(parts)) => parts.iter().for_each(|part| self.remove(part)),
            Err(error) => self.failed(&error),
        }
    }

    fn remove(&mut self, removal: &Removal) {
        if self.remover.ours.effect == Effect::DryRun {
            return self.tell_dry_run(removal);
        }
        if self.progress.interrupted() {
            self.exit = Exit::Failure;
            return;
        }
        match self.remover.manager.trash(removal, self.request, &self.progress) {
            Ok(removed) => self.tell(removal, &removed),
            Err(error) if error.kind == ErrorKind::NeedsConsent => self.ask_to_copy(removal, &error),
            Err(error) => self.failed(&error),
        }
    }

    /// A copy that is large or loses something is made only if a person agrees.
    fn ask_to_copy(&mut self, removal: &Removal, error: &Error) {
        match self.remover.messages.consent_to(error) {
            Consent::Refused => {}
            Consent::NobodyToAsk => self.exit = Exit::Failure,
            Consent::Given => {
                let request = TrashRequest { copying: Copying::Whatever, ..self.request.clone() };
                match self.remover.manager.trash(removal, &request, &self.progress) {
                    Ok(removed) => self.tell(removal, &removed),
                    Err(error) => self.failed(&error),
                }
            }
        }
    }

    fn failed(&mut self, error: &Error) {
        let is_missing = matches!(error.kind, ErrorKind::NotFound | ErrorKind::NotADirectory);
        if is_missing && self.remover.options.missing == Missing::Ignore {
            return;
        }
        self.exit = Exit::Failure;
        self.remover.messages.error(error);
    }

    fn tell(&mut self, removal: &Removal, removed: &Removed) {
        match (self.remover.ours.report, removed) {
            (Report::Json, Removed::Trashed(item)) => {
                self.line(&view::object(item, self.remover.context.now).to_string());
            }
            _ if self.remover.options.verbose == Verbose::Yes => {
                let what = if removal.metadata.kind == FileKind::Directory { "removed directory" } else { "removed" };
                self.line(&format!("{what} {}", self.quoted(removal)));
            }
            _ => {}
        }
    }

    fn tell_dry_run(&mut self, removal: &Removal) {
        let deed = match self.request.place {
            Place::Nowhere => "delete",
            Place::OwnVolume | Place::Home => "remove",
        };
        let line = format!("would {deed} {}", self.quoted(removal));
        self.line(&line);
    }

    /// The operand as GNU rm quotes it, without the slashes at its end but one.
    fn quoted(&self, removal: &Removal) -> String {
        let bytes = removal.operand.as_bytes();
        let end = bytes.iter().rposition(|byte| *byte != b'/').map_or(bytes.len(), |last| last + 1);
        let shown = &bytes[..bytes.len().min(end + usize::from(end < bytes.len()))];
        quote(OsStr::from_bytes(shown), self.remover.messages.charset)
    }

    /// Output waits in a buffer, so that a reader who went away does not stop a removal; `finish` tells of it.
    fn line(&mut self, line: &str) {
        if writeln!(self.out, "{line}").is_err() {
            self.exit = Exit::Failure;
        }
    }

    fn finish(mut self) -> Exit {
        if let Err(error) = self.out.flush() {
            self.remover.messages.say(&format!("write error: {}", rrm::error::words_of(&error)));
            return Exit::Failure;
        }
        self.exit
    }
}
