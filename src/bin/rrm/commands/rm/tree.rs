//! Asks about an operand and everything below it.
//!
//! Answers are collected first and carried out later, so that a tree with only yes answers becomes one item.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::Path;

use rrm::error::{Error, ErrorKind};
use rrm::ops::remove::Removal;
use rrm::sys::{self, Metadata, MountRoot};

use crate::exit::Exit;
use crate::gnu::messages;
use crate::gnu::options::{Options, Prompt};
use crate::gnu::prompt::{
    Answer, Content, Entry, Outcome, Parent, Protection, Stdin, Step, first_step, is_protection_asked, last_step,
};
use crate::output::Messages;

/// Whom to ask, and when.
#[derive(Clone, Copy)]
pub(super) struct Asker<'a> {
    pub(super) messages: &'a Messages,
    pub(super) options: Options,
    pub(super) stdin: Stdin,
}

/// Whether file systems are mounted in the operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mounts {
    None,
    /// They are skipped.
    Below,
}

/// The result of the questions.
#[derive(Debug)]
pub(super) struct Answers {
    /// What to remove, in the order of the questions: the operand, parts of it, or nothing. A directory includes its
    /// contents.
    pub(super) agreed: Vec<Removal>,
    /// Whether something could not be removed; a message said so. A no is not a failure.
    pub(super) exit: Exit,
}

/// Asks about an operand.
pub(super) fn ask(asker: Asker<'_>, operand: Removal, mounts: Mounts) -> Answers {
    let top = operand.clone();
    let mut walk = Walk { asker, mounts, top, answers: Answers { agreed: Vec::new(), exit: Exit::Success } };
    walk.visit_and_note(operand);
    walk.answers
}

/// The walk over one operand. It keeps no directory open, so depth is limited only by path length.
struct Walk<'a> {
    asker: Asker<'a>,
    mounts: Mounts,
    /// The operand itself.
    top: Removal,
    answers: Answers,
}

impl Walk<'_> {
    /// Asks about one entry and what is below it.
    fn visit(&mut self, path: &OsStr, metadata: Metadata) -> Outcome {
        let names = if metadata.is_dir() { names_in(path) } else { Ok(Vec::new()) };
        // An unreadable directory does not count as empty.
        let is_empty = if metadata.is_dir() { names.as_ref().is_ok_and(Vec::is_empty) } else { metadata.size == 0 };
        let entry = self.look(path, &metadata, if is_empty { Content::Empty } else { Content::Some });
        let first = first_step(&entry, self.asker.options, self.asker.stdin, self.asker.messages.charset);
        let enters = metadata.is_dir() && !is_empty;
        match self.answer(first) {
            Answer::No if enters => Outcome::NotEntered,
            Answer::No => Outcome::Kept,
            Answer::Yes if enters => self.descend(&entry, &metadata, names),
            Answer::Yes => Outcome::Removed,
        }
    }

    fn descend(&mut self, entry: &Entry<'_>, metadata: &Metadata, names: io::Result<Vec<OsString>>) -> Outcome {
        let names = match names {
            Ok(names) => names,
            Err(error) => return self.leave_unseen(entry, error),
        };
        let before = self.answers.agreed.len();
        let outcome = match self.visit_entries(entry, metadata, names) {
            Some(outcome) if outcome.parent() == Parent::StaysSilently => outcome,
            kept => self.leave(entry, kept),
        };
        if outcome == Outcome::Removed {
            // They are removed with the directory.
            self.answers.agreed.truncate(before);
        }
        outcome
    }

    /// Asks about a directory that cannot be read.
    fn leave_unseen(&mut self, entry: &Entry<'_>, error: io::Error) -> Outcome {
        match self.answer_to_last(entry) {
            Answer::No => Outcome::Kept,
            Answer::Yes if self.takes_unseen() => Outcome::Removed,
            Answer::Yes => self.fail(&Error::system("remove", entry.path, error)),
        }
    }

    /// Asks about a directory after its entries; `kept` is an entry that stays.
    fn leave(&mut self, entry: &Entry<'_>, kept: Option<Outcome>) -> Outcome {
        match (self.answer_to_last(entry), kept) {
            (Answer::No, _) => Outcome::Kept,
            (Answer::Yes, None) => Outcome::Removed,
            (Answer::Yes, Some(_)) => {
                let reason = "Directory not empty";
                self.fail(&Error::new(ErrorKind::DirectoryNotEmpty, "remove", entry.path, reason))
            }
        }
    }

    /// Asks about the entries of a directory; returns the outcome of one that stays, if any.
    fn visit_entries(&mut self, directory: &Entry<'_>, metadata: &Metadata, names: Vec<OsString>) -> Option<Outcome> {
        let mut stays = None;
        for name in names {
            let entry = Path::new(directory.path).join(name).into_os_string();
            let outcome = match self.visit_entry(&entry, metadata) {
                Outcome::Removed if self.is_held_by(directory) => self.take_back(&entry),
                outcome => outcome,
            };
            if outcome != Outcome::Removed && stays.is_none_or(|known: Outcome| known.parent() == Parent::Asked) {
                stays = Some(outcome);
            }
        }
        stays
    }

    /// Whether no entry of the directory may be removed. A rename of the directory ignores that, but with `-i` each
    /// entry behaves as in rm.
    fn is_held_by(&self, directory: &Entry<'_>) -> bool {
        self.asker.options.prompt == Prompt::Always && directory.protection == Protection::WriteProtected
    }

    fn take_back(&mut self, entry: &OsStr) -> Outcome {
        self.answers.agreed.pop_if(|last| last.operand == entry);
        self.fail(&Error::new(ErrorKind::System, "remove", entry, "Permission denied"))
    }

    /// Asks about one entry of a directory. A missing entry, or one removed unseen, does not keep the directory.
    fn visit_entry(&mut self, operand: &OsStr, parent: &Metadata) -> Outcome {
        match sys::metadata_at(Path::new(operand)) {
            Ok(metadata) if self.mounts == Mounts::Below && is_mounted(&metadata, parent) => self.skip_mount(operand),
            Ok(metadata) => self.visit_and_note(self.top.of_entry(operand.to_owned(), metadata)),
            Err(error) if error.kind() == io::ErrorKind::NotFound || self.takes_unseen() => Outcome::Removed,
            Err(error) => self.fail(&Error::system("remove", operand, error)),
        }
    }

    fn visit_and_note(&mut self, removal: Removal) -> Outcome {
        let outcome = self.visit(&removal.operand, removal.metadata);
        if outcome == Outcome::Removed {
            self.answers.agreed.push(removal);
        }
        outcome
    }

    fn skip_mount(&mut self, point: &OsStr) -> Outcome {
        self.asker.messages.say(&messages::other_device(point, self.asker.messages.charset));
        self.answers.exit = Exit::Failure;
        Outcome::Failed
    }

    /// Whether an unreadable directory may be removed with its contents: not with `-i`, and not if a mount may be in
    /// it.
    fn takes_unseen(&self) -> bool {
        self.asker.options.prompt != Prompt::Always && self.mounts == Mounts::None
    }

    fn answer_to_last(&mut self, directory: &Entry<'_>) -> Answer {
        let Asker { options, messages, stdin } = self.asker;
        self.answer(last_step(directory, options, stdin, messages.charset))
    }

    fn answer(&mut self, step: Step) -> Answer {
        match step {
            Step::Go => Answer::Yes,
            Step::Ask(question) => self.asker.messages.ask(&question),
            Step::Refuse(message) => {
                self.asker.messages.say(&message);
                self.answers.exit = Exit::Failure;
                Answer::No
            }
        }
    }

    fn fail(&mut self, error: &Error) -> Outcome {
        self.asker.messages.error(error);
        self.answers.exit = Exit::Failure;
        Outcome::Failed
    }

    fn look<'p>(&self, path: &'p OsStr, metadata: &Metadata, content: Content) -> Entry<'p> {
        let matters = is_protection_asked(metadata.kind, self.asker.options, self.asker.stdin);
        let protected = matters && !sys::may_write(Path::new(path));
        let protection = if protected { Protection::WriteProtected } else { Protection::Writable };
        Entry { path, kind: metadata.kind, content, protection }
    }
}

/// The names in a directory. It is closed again, because deep walks would run out of descriptors.
fn names_in(path: &OsStr) -> io::Result<Vec<OsString>> {
    std::fs::read_dir(path)?.map(|entry| Ok(entry?.file_name())).collect()
}

/// Whether the entry is a mount point. The device number alone does not tell: btrfs subvolumes and overlay files have
/// their own.
fn is_mounted(entry: &Metadata, parent: &Metadata) -> bool {
    match entry.mount_root {
        MountRoot::Yes => true,
        MountRoot::No => false,
        MountRoot::Unknown => entry.id.device != parent.id.device,
    }
}
