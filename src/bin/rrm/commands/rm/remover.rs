//! Removes like `rm`: asks between plan and execution, prints messages.

use std::ffi::{OsStr, OsString};
use std::io::{self, IsTerminal as _};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::Arc;

use rrm::error::{Error, ErrorKind};
use rrm::manager::TrashManager;
use rrm::ops::ForeseenRemovals;
use rrm::ops::remove::Place;
use rrm::ops::remove::{Removal, RemoveOptions, RemoveStep, Removed};
use rrm::progress::{Activity, Amount, Progress as _};
use rrm::sys;

use super::extra::{Effect, Extra, Format, Recursion};
use super::lines::Output;
use super::tree;
use crate::context::Context;
use crate::exit::Exit;
use crate::gnu::messages;
use crate::gnu::options::{Directories, Input, Missing, Options, PreserveRoot, Prompt, SeparateDevices, Verbose};
use crate::gnu::prompt::{Answer, Stdin, Step, before_all};
use crate::gnu::quote::quote;
use crate::output;
use crate::output::{Consent, Messages, TerminalProgress, Verbosity, exit_of};
use crate::session::Session;

/// One run of `rm` or `rrm rm`.
pub(crate) struct Remover<'a> {
    context: &'a Context,
    messages: &'a Messages,
    manager: &'a TrashManager,
    options: Options,
    extra: &'a Extra,
    stdin: Stdin,
}

impl<'a> Remover<'a> {
    pub(crate) fn new(session: &'a Session<'a>, manager: &'a TrashManager, options: Options, extra: &'a Extra) -> Self {
        // With -f or -i it does not matter whether standard input is a terminal.
        let matters = matches!(options.prompt, Prompt::WriteProtected | Prompt::Once);
        let stdin = if matters && io::stdin().is_terminal() { Stdin::Terminal } else { Stdin::Other };
        Self { context: &session.context, messages: session.messages, manager, options, extra, stdin }
    }

    /// Removes the operands.
    pub(crate) fn run(&self, operands: Vec<OsString>) -> anyhow::Result<Exit> {
        let operands: Vec<_> = operands.into_iter().map(without_needless_slashes).collect();
        if let Step::Ask(question) = self.before_all(&operands)
            && self.messages.ask(&question) == Answer::No
        {
            return Ok(Exit::Success);
        }
        let options = self.extra.request(self.options, self.context)?;
        let plan = match self.manager.plan_remove(&operands, &options) {
            Ok(plan) => plan,
            Err(protected) => return Ok(self.refuse_all(&protected, operands.len())),
        };
        let progress = self.messages.progress().listening();
        progress.begin(Activity::Moving, Some(Amount { entries: plan.steps.len() as u64, bytes: 0 }));
        let mut run = Run {
            remover: self,
            progress: &progress,
            output: Output::new(),
            foreseen: self.manager.foresee_removals(),
            trashed: 0,
            first_trash: None,
            exit: Exit::Success,
        };
        let mut unasked = Vec::new();
        for step in plan.steps {
            match step {
                RemoveStep::Remove(removal) if !self.may_ask() => unasked.push(removal),
                step => {
                    run.remove(&std::mem::take(&mut unasked));
                    run.step(step);
                }
            }
        }
        run.remove(&unasked);
        Ok(run.finish())
    }

    /// The question of `-I`.
    fn before_all(&self, operands: &[OsString]) -> Step {
        let is_directory = |operand: &OsString| sys::metadata_at(Path::new(operand)).is_ok_and(|found| found.is_dir());
        let mut options = self.options;
        if options.prompt == Prompt::Once
            && self.extra.recursion == Recursion::AsFound
            && !operands.iter().any(is_directory)
        {
            options.directories = Directories::Refuse;
        }
        before_all(operands.len(), options)
    }

    /// One protected operand refuses the whole command: the others were probably not meant either.
    fn refuse_all(&self, protected: &[Error], operands: usize) -> Exit {
        for error in protected {
            self.refuse(error);
        }
        if operands > 1 {
            self.messages.say("nothing was removed");
        }
        Exit::Failure
    }

    /// As `rm`, the messages are GNU's. They name options that rrm does not obey, so as rrm it prints its own.
    fn refuse(&self, error: &Error) {
        let (path, charset) = (error.path.as_os_str(), self.messages.charset);
        let lines = match error.kind {
            ErrorKind::RootDirectory
                if self.messages.verbosity == Verbosity::AsRm && self.options.preserve_root == PreserveRoot::Yes =>
            {
                messages::root(path, charset)
            }
            ErrorKind::MountPoint if self.options.separate_devices == SeparateDevices::Reject => {
                messages::separate_device(path, charset)
            }
            _ => return self.messages.error(error),
        };
        for line in lines {
            self.messages.say(&line);
        }
    }

    fn asker(&self) -> tree::Asker<'_> {
        tree::Asker { messages: self.messages, options: self.options, stdin: self.stdin }
    }

    /// Whether any question is possible; otherwise the checks for questions are skipped.
    fn may_ask(&self) -> bool {
        match self.options.prompt {
            Prompt::Never => false,
            Prompt::Always => true,
            Prompt::WriteProtected | Prompt::Once => {
                self.stdin == Stdin::Terminal || self.options.input == Input::PresumedTerminal
            }
        }
    }
}

/// Drops repeated slashes at the end, as GNU does in messages. `//` stays: POSIX lets it mean another place.
fn without_needless_slashes(operand: OsString) -> OsString {
    let bytes = operand.as_bytes();
    if bytes == b"//" || !bytes.ends_with(b"//") {
        return operand;
    }
    let end = bytes.iter().rposition(|byte| *byte != b'/').map_or(0, |last| last + 1);
    OsStr::from_bytes(&bytes[..=end]).to_owned()
}

/// The item that a removal would make: it has no ID yet.
fn future_line(removal: &Removal) -> String {
    let operand = Path::new(&removal.operand);
    let parent = operand.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let parent = parent.canonicalize().unwrap_or_else(|_| parent.to_owned());
    let original = operand.file_name().map(|name| parent.join(name));
    let RemoveOptions { session, now, deletion, .. } = &*removal.options;
    let object = output::future_object(original.as_deref(), session.as_deref(), Some(*now), Some(*deletion));
    output::line_of(&object)
}

/// The run of one command over its operands.
struct Run<'a> {
    remover: &'a Remover<'a>,
    progress: &'a TerminalProgress,
    output: Output,
    /// What the dry run has removed so far.
    foreseen: ForeseenRemovals<'a>,
    /// Number of new items.
    trashed: u64,
    /// The trash directory of the first of them.
    first_trash: Option<Arc<Path>>,
    exit: Exit,
}

/// From how many items on to print how to undo, in case it was a mistake.
const MANY: u64 = 10;

impl Run<'_> {
    fn step(&mut self, step: RemoveStep) {
        match step {
            RemoveStep::Refuse(error) => self.refused(error),
            RemoveStep::Remove(removal) => self.ask(removal, tree::Mounts::None),
            RemoveStep::RemoveAround(removal) => self.ask(removal, tree::Mounts::Below),
        }
    }

    /// Asks about one operand and removes what was agreed to. Operands that an earlier one took along are reported as
    /// missing.
    fn ask(&mut self, mut removal: Removal, mounts: tree::Mounts) {
        if self.progress.interrupted() {
            self.exit = Exit::Interrupted;
            return;
        }
        match sys::metadata_at(Path::new(&removal.operand)) {
            Ok(metadata) => removal.metadata = metadata,
            Err(error) => return self.failed(&Error::system("remove", removal.operand, error)),
        }
        self.output.flush();
        let answers = tree::ask(self.remover.asker(), removal, mounts);
        self.exit = self.exit.max(answers.exit);
        self.remove(&answers.agreed);
    }

    /// Prints why an operand is refused, or that an earlier one took it along.
    fn refused(&mut self, error: Error) {
        let bytes = error.path.as_os_str().as_bytes();
        // Before a question rm follows a link with a trailing slash; without one it tries to remove the link itself.
        let itself = bytes.strip_suffix(b"/").filter(|rest| !rest.is_empty() && !self.remover.may_ask());
        match sys::metadata_at(Path::new(OsStr::from_bytes(itself.unwrap_or(bytes)))) {
            Err(now) if now.kind() == io::ErrorKind::NotFound => {
                self.failed(&Error::system("remove", error.path, now));
            }
            _ => self.failed(&self.foreseen.check_there(error.path.as_os_str()).err().unwrap_or(error)),
        }
    }

    fn remove(&mut self, removals: &[Removal]) {
        if self.remover.extra.effect == Effect::DryRun {
            return removals.iter().for_each(|removal| self.print_dry_run(removal));
        }
        let (manager, progress) = (self.remover.manager, self.progress);
        let done = manager.remove_each(removals, progress, |removal, result| {
            progress.advance(Amount { entries: 1, bytes: 0 });
            match result {
                Ok(removed) => self.print_removed(removal, &removed),
                Err(error) if error.kind == ErrorKind::NeedsConsent => self.ask_to_copy(removal, &error),
                Err(error) => self.failed(&error),
            }
        });
        if done < removals.len() {
            self.exit = Exit::Interrupted;
        }
    }

    /// Asks before a large or lossy copy.
    fn ask_to_copy(&mut self, removal: &Removal, error: &Error) {
        match self.remover.messages.consent_to(error) {
            Consent::Refused => {}
            Consent::NobodyToAsk => self.exit = self.exit.max(Exit::Failure),
            Consent::Interrupted => self.exit = Exit::Interrupted,
            Consent::Given => match self.remover.manager.remove(&removal.agreed(), self.progress) {
                Ok(removed) => self.print_removed(removal, &removed),
                Err(error) => self.failed(&error),
            },
        }
    }

    fn failed(&mut self, error: &Error) {
        let is_missing = matches!(error.kind, ErrorKind::NotFound | ErrorKind::NotADirectory);
        if is_missing && self.remover.options.missing == Missing::Ignore {
            return;
        }
        self.exit = self.exit.max(exit_of(error.kind)).max(Exit::Failure);
        self.output.flush();
        self.remover.messages.error(error);
    }

    fn print_removed(&mut self, removal: &Removal, removed: &Removed) {
        if let Removed::Trashed(item) = removed {
            self.trashed += 1;
            self.first_trash.get_or_insert_with(|| item.trash.clone());
        }
        match (self.remover.extra.format, removed) {
            (Format::Json, Removed::Trashed(item)) => {
                self.output.line(&output::object_line(item, self.remover.context.now));
            }
            _ if self.remover.options.verbose == Verbose::Yes => self.print_names(removal, removed),
            _ => {}
        }
    }

    /// One line; called `rm`, a line for each name in a directory, which is looked for only then.
    fn print_names(&mut self, removal: &Removal, removed: &Removed) {
        let Self { remover, output, .. } = self;
        let (operand, charset) = (Path::new(&removal.operand), remover.messages.charset);
        let mut is_told = false;
        if let (Removed::Trashed(item), Verbosity::AsRm) = (removed, remover.messages.verbosity)
            && removal.metadata.is_dir()
        {
            // What cannot be read is gone from its place all the same.
            let walked = remover.manager.each_entry(item, |inner, kind| {
                is_told = inner.as_os_str().is_empty();
                let path = if is_told { operand.to_owned() } else { operand.join(inner) };
                output.line(&messages::removed(path.as_os_str(), kind, charset));
            });
            drop(walked);
        }
        if !is_told {
            output.line(&messages::removed(&removal.operand, removal.metadata.kind, charset));
        }
    }

    fn print_dry_run(&mut self, removal: &Removal) {
        if let Err(error) = self.foreseen.remove(removal) {
            return self.failed(&error);
        }
        let name = quote(&removal.operand, self.remover.messages.charset);
        self.output.line(&match (removal.options.place, self.remover.extra.format) {
            // It would never be an item.
            (Place::Nowhere, _) => format!("would delete {name}"),
            (Place::OwnVolume | Place::Home, Format::AsRm) => format!("would remove {name}"),
            (Place::OwnVolume | Place::Home, Format::Json) => future_line(removal),
        });
    }

    fn finish(mut self) -> Exit {
        self.progress.end();
        if self.progress.interrupted() {
            self.remover.messages.say("interrupted");
            self.remover.messages.hint("unprocessed operands are unchanged; rrm undo restores the rest");
        }
        let exit = self.exit.max(std::mem::replace(&mut self.output, Output::new()).finish(self.remover.messages));
        let much = self.trashed >= MANY || (self.trashed > 0 && self.progress.has_lasted());
        let is_first = self.first_trash.is_some() && self.remover.manager.has_made_home_trash();
        if (much || is_first) && io::stdout().is_terminal() && io::stderr().is_terminal() {
            self.print_undo(if is_first { self.first_trash.as_deref() } else { None });
        }
        exit
    }

    /// Prints how to undo; after the very first removal also where the trash is.
    fn print_undo(&self, trash: Option<&Path>) {
        let (context, charset) = (self.remover.context, self.remover.messages.charset);
        let (undo, list) = (context.command("undo", charset), context.command("list", charset));
        let (items, them) = (output::count(self.trashed, "item"), if self.trashed == 1 { "it" } else { "them" });
        self.remover.messages.close(&match trash {
            Some(trash) => {
                let trash = quote(trash.as_os_str(), charset);
                format!("moved {items} to the trash in {trash}; {undo} restores {them}; {list} shows the trash")
            }
            None => format!("moved {items} to the trash; {undo} restores {them}"),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slashes_at_the_end_are_shown_as_rm_shows_them() {
        let cases = [
            ("d", "d"),
            ("d/", "d/"),
            ("d///", "d/"),
            ("/", "/"),
            ("//", "//"),
            ("///", "/"),
            ("", ""),
            ("//d", "//d"),
        ];
        for (operand, shown) in cases {
            assert_eq!(without_needless_slashes(operand.into()), shown, "{operand}");
        }
    }
}
