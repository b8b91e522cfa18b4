//! Questions about an operand and, if it is a directory, about everything in it.
//!
//! Answers are collected first and carried out after, so that a tree answered yes throughout goes as one item and comes
//! back as one.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use rrm::error::{Error, ErrorKind};
use rrm::outcome::Removal;
use rrm::sys::{self, FileKind, Metadata};

use super::Remover;
use crate::gnu::prompt::{
    Answer, Content, Entry, Outcome, Parent, Protection, Step, first_step, is_protection_asked, last_step,
};

/// What a person agreed to.
#[derive(Debug)]
pub(super) enum Agreed {
    /// To the whole operand.
    All,
    /// To these below it, and perhaps to nothing.
    Parts(Vec<Removal>),
}

/// Asks about an operand.
pub(super) fn ask(remover: &Remover<'_>, operand: &OsStr, metadata: Metadata) -> Result<Agreed, Error> {
    let mut asking = Asking { remover, agreed: Vec::new() };
    let path = without_slashes(operand);
    match asking.visit(path, metadata)? {
        Outcome::Removed => Ok(Agreed::All),
        Outcome::Kept | Outcome::NotEntered | Outcome::Failed => Ok(Agreed::Parts(asking.agreed)),
    }
}

struct Asking<'a> {
    remover: &'a Remover<'a>,
    agreed: Vec<Removal>,
}

impl Asking<'_> {
    /// Asks about one entry and what is below it. Only what stands alone is put into `agreed`: what goes with the
    /// directory above it is not named twice.
    fn visit(&mut self, path: &OsStr, metadata: Metadata) -> Result<Outcome, Error> {
        let entry = self.look(path, &metadata);
        let Remover { options, messages, .. } = *self.remover;
        let step = first_step(&entry, options, self.remover.stdin(), messages.charset);
        let enters = metadata.is_dir() && entry.content == Content::Some;
        match self.answer(step) {
            Answer::No if enters => return Ok(Outcome::NotEntered),
            Answer::No => return Ok(Outcome::Kept),
            Answer::Yes if !enters => return Ok(Outcome::Removed),
            Answer::Yes => {}
        }
        let (parts, stays) = self.visit_entries(path)?;
        let outcome = match stays {
            Some(outcome) if outcome.parent() == Parent::StaysSilently => outcome,
            kept => match self.answer(last_step(&entry, options, self.remover.stdin(), messages.charset)) {
                Answer::No => Outcome::Kept,
                Answer::Yes if kept.is_none() => return Ok(Outcome::Removed),
                Answer::Yes => {
                    self.fail_as_not_empty(path);
                    Outcome::Failed
                }
            },
        };
        self.agreed.extend(parts);
        Ok(outcome)
    }

    /// Asks about the entries of a directory; those agreed to, and what became of one that stays.
    fn visit_entries(&mut self, path: &OsStr) -> Result<(Vec<Removal>, Option<Outcome>), Error> {
        let unreadable = |error| Error::system("remove", path, error);
        let mut agreed = Vec::new();
        let mut stays = None;
        for entry in std::fs::read_dir(path).map_err(unreadable)? {
            let child = Path::new(path).join(entry.map_err(unreadable)?.file_name());
            let metadata = match sys::metadata_at(&child) {
                Ok(metadata) => metadata,
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                Err(error) => return Err(Error::system("remove", child, error)),
            };
            match self.visit(child.as_os_str(), metadata)? {
                Outcome::Removed => agreed.push(Removal { operand: child.into_os_string(), metadata }),
                outcome if stays.is_none_or(|known: Outcome| known.parent() == Parent::Asked) => stays = Some(outcome),
                _ => {}
            }
        }
        Ok((agreed, stays))
    }

    fn answer(&self, step: Step) -> Answer {
        match step {
            Step::Go => Answer::Yes,
            Step::Ask(question) => self.remover.messages.ask(&question),
            Step::Refuse(message) => {
                self.remover.messages.say(&message);
                Answer::No
            }
        }
    }

    fn fail_as_not_empty(&self, path: &OsStr) {
        let error = Error::new(ErrorKind::DirectoryNotEmpty, "remove", path, "Directory not empty");
        self.remover.messages.error(&error);
    }

    fn look<'p>(&self, path: &'p OsStr, metadata: &Metadata) -> Entry<'p> {
        let asked = is_protection_asked(metadata.kind, self.remover.options, self.remover.stdin());
        let protected = asked && !sys::may_write(Path::new(path));
        Entry {
            path,
            kind: metadata.kind,
            content: if is_empty(path, metadata) { Content::Empty } else { Content::Some },
            protection: if protected { Protection::WriteProtected } else { Protection::Writable },
        }
    }
}

/// Whether a file has no byte or a directory no entry; one that cannot be read is not called empty.
fn is_empty(path: &OsStr, metadata: &Metadata) -> bool {
    match metadata.kind {
        FileKind::Directory => std::fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_none()),
        _ => metadata.size == 0,
    }
}

/// An operand as the paths below it begin: without more than one slash at its end.
fn without_slashes(operand: &OsStr) -> &OsStr {
    let bytes = operand.as_bytes();
    let end = bytes.iter().rposition(|byte| *byte != b'/').map_or(1, |last| last + 1);
    OsStr::from_bytes(&bytes[..end.min(bytes.len())])
}
