//! The meaning and the remedy of each finding.

use std::path::{Path, PathBuf};

use rrm::finding::{Age, At, Fault, Finding, Left, Registration, Source};
use rrm::sys;

use crate::output;
use crate::output::finding::{Entry, Repair};
use crate::session::Session;

/// The entry of a finding.
pub(super) fn of(session: &Session<'_>, finding: &Finding) -> Entry {
    let (path, meaning, remedy) = Words { session }.of(finding);
    Entry { severity: finding.severity(), name: finding.name(), path, meaning, remedy, repair: Repair::None }
}

/// What a repair did.
pub(super) fn done(finding: &Finding) -> String {
    match finding {
        Finding::EmptyEnvelope { .. } => "removed the empty envelope".to_owned(),
        Finding::InterruptedCopy { .. } => "removed the unfilled envelope".to_owned(),
        Finding::InterruptedMove { .. } => "removed the note of a finished copy".to_owned(),
        Finding::DeadRegistration { .. } => "removed the registration".to_owned(),
        Finding::Unregistered { .. } => "registered it".to_owned(),
        Finding::Stray { names, .. } => format!("removed {}", listed(names)),
        _ => "set mode 0700".to_owned(),
    }
}

/// Attributes as `getfattr` names them, in the order of writing.
fn listed(names: &[&str]) -> String {
    let names: Vec<_> = names.iter().rev().map(|name| format!("user.{name}")).collect();
    names.join(", ")
}

/// Path, meaning, remedy.
type Text = (PathBuf, String, String);

struct Words<'a> {
    session: &'a Session<'a>,
}

impl Words<'_> {
    fn of(&self, finding: &Finding) -> Text {
        match finding {
            Finding::WrongMode { trash, mode } => self.wrong_mode(trash, *mode),
            Finding::Unregistered { trash } => {
                let meaning = "a trash directory of yours that no command finds".to_owned();
                (trash.clone(), meaning, self.repair(&format!("{} registers it", self.quoted(trash))))
            }
            Finding::Unsafe { trash, reason } => self.in_the_way(trash, &format!("{reason}, so rrm does not use it")),
            Finding::OfAnother { trash, owner } => {
                let meaning = format!("it belongs to user {owner}; rrm uses another directory on that volume");
                (trash.clone(), meaning, "nothing to do; only that user or root can remove it".to_owned())
            }
            Finding::NoHome { trash, reason } => {
                let meaning = format!("no home trash: {reason}; rrm uses the trash of each volume, and no settings");
                (trash.clone(), meaning, "set HOME, or RRM_TRASH_DIR and RRM_GRACE_PERIOD".to_owned())
            }
            Finding::Unusable { path, fault } => self.unusable(path, *fault),
            Finding::NoAttributes { trash } => no_attributes(trash),
            Finding::Untagged(at) => {
                self.to_be_taken_out(at, "an item without a record of its original path".to_owned())
            }
            Finding::Untrusted { at, recorded, reason } => self.to_be_taken_out(
                at,
                format!("an item with an untrusted original path {}: {reason}", self.quoted(recorded)),
            ),
            Finding::Open { at, recorded } => {
                let meaning = format!(
                    "an item whose record others could have written; the original path in it is {}",
                    self.quoted(recorded)
                );
                self.to_be_taken_out(at, meaning)
            }
            Finding::Doubtful { at, original } => self.doubtful(at, original),
            Finding::Unreadable { path, reason, owner } => self.unreadable(path, reason, *owner),
            Finding::EmptyEnvelope { at, age } => self.empty_envelope(at, *age),
            Finding::Crowded { at, others } => self.crowded(at, *others),
            Finding::Foreign { path, owner } => {
                let owner = owner.map_or_else(String::new, |uid| format!(", and it belongs to user {uid}"));
                self.in_the_way(path, &format!("rrm did not create it{owner}; rrm leaves it alone"))
            }
            Finding::InterruptedCopy { trash, name, source } => {
                self.interrupted_copy(&trash.join(".staging").join(name), source)
            }
            Finding::InterruptedMove { at, place, left } => self.interrupted_move(at, place, *left),
            Finding::InterruptedClean { doomed, entries } => self.interrupted_clean(doomed, *entries),
            Finding::DeadRegistration { home, name, target, state } => {
                self.dead_registration(&home.join("volumes").join(name), target, *state)
            }
            Finding::Unreachable { trash, reason } => {
                (trash.clone(), reason.clone(), "mount its volume to use its items".to_owned())
            }
            Finding::Stray { path, names, .. } => self.stray(path, names),
            Finding::Overdue { items, longest } => {
                let items = output::count(*items as u64, "item");
                let late = output::span(*longest);
                let meaning = format!("{items} should have been deleted up to {late} ago, but rrm clean does not run");
                let trash = self.session.context.home_trash.clone().unwrap_or_default();
                (trash, meaning, "rrm schedule install runs rrm clean every day".to_owned())
            }
        }
    }

    fn quoted(&self, path: &Path) -> String {
        self.session.quoted(path)
    }

    fn command(&self, name: &str) -> String {
        self.session.context.command(name, self.session.messages.charset)
    }

    /// What `rrm doctor --repair` would do.
    fn repair(&self, deed: &str) -> String {
        format!("{} {deed}", self.command("doctor --repair"))
    }

    fn wrong_mode(&self, trash: &Path, mode: u32) -> Text {
        let others = mode & 0o077;
        if others == 0 {
            return self.unusable(trash, Fault::Mode(mode));
        }
        let meaning = format!("others may use it (mode {mode:04o}), so rrm does not");
        (trash.to_owned(), meaning, self.repair("sets mode 0700"))
    }

    fn unusable(&self, path: &Path, fault: Fault) -> Text {
        match fault {
            Fault::Mode(mode) => {
                let meaning = format!("you cannot use it (mode {mode:04o})");
                (path.to_owned(), meaning, self.repair("sets mode 0700"))
            }
            Fault::Owner(uid) => {
                let meaning = format!("it belongs to user {uid}, so you cannot use it");
                (path.to_owned(), meaning, self.give_back(path))
            }
            Fault::NoDirectory => self.in_the_way(path, "it is not a directory, and blocks one that rrm needs"),
        }
    }

    fn give_back(&self, path: &Path) -> String {
        format!("sudo chown -R {} {}", sys::effective_uid(), self.quoted(path))
    }

    fn in_the_way(&self, path: &Path, meaning: &str) -> Text {
        (path.to_owned(), meaning.to_owned(), format!("mv {} DIR", self.quoted(path)))
    }

    fn to_be_taken_out(&self, at: &At, meaning: String) -> Text {
        let restore = self.command(&format!("restore id:{} --to DIR", at.spot.id.short()));
        (at.path(), meaning, format!("{restore} restores it"))
    }

    fn doubtful(&self, at: &At, original: &Path) -> Text {
        let meaning = format!("the dates of {} cannot be right, so no rule deletes it", self.quoted(original));
        let [restore, clean] =
            ["restore", "clean"].map(|name| self.command(&format!("{name} id:{}", at.spot.id.short())));
        (at.path(), meaning, format!("{restore} restores it, {clean} deletes it"))
    }

    fn unreadable(&self, path: &Path, reason: &str, owner: Option<u32>) -> Text {
        let remedy = match owner {
            Some(_) => self.give_back(path),
            None => format!("chmod -R u+rwX {}", self.quoted(path)),
        };
        (path.to_owned(), format!("cannot read the item: {reason}"), remedy)
    }

    fn empty_envelope(&self, at: &At, age: Age) -> Text {
        let (meaning, remedy) = match age {
            Age::Old => ("an empty envelope that a killed command left behind", self.repair("removes it")),
            Age::Young => ("an empty envelope; a command may be using it", "check again in an hour".to_owned()),
        };
        (at.path(), meaning.to_owned(), remedy)
    }

    fn crowded(&self, at: &At, others: usize) -> Text {
        let files = output::count(others as u64, "file");
        let meaning = format!("an envelope with {files} that rrm did not create; rrm leaves them alone");
        (at.path(), meaning, format!("ls -la {} shows them; move them away", self.quoted(&at.path())))
    }

    fn interrupted_copy(&self, path: &Path, source: &Source) -> Text {
        let clean = self.command("clean");
        let (meaning, remedy) = match source {
            Source::Uncopied => ("an envelope that a killed copy did not fill".to_owned(), self.repair("removes it")),
            Source::There(from) => (
                format!("a copy that a killed command left behind; {} still exists", self.quoted(from)),
                format!("{clean} deletes the copy"),
            ),
            Source::Gone(from) => {
                let from = self.quoted(from);
                let meaning = format!(
                    "a copy of {from}, which no longer exists; it may be the only copy, and {clean} deletes it"
                );
                (meaning, format!("mv {} DEST", self.quoted(&path.join("item"))))
            }
            Source::Unknown => (
                format!("no command uses it, and its original path is unknown; {clean} deletes it"),
                format!("check it first; to save it, mv {} DIR", self.quoted(path)),
            ),
        };
        (path.to_owned(), meaning, remedy)
    }

    fn interrupted_move(&self, at: &At, place: &Path, left: Left) -> Text {
        let (clean, id) = (self.command("clean"), at.spot.id.short());
        let (meaning, remedy) = match left {
            Left::Copy => (
                format!("an unfinished copy of item {id} that a killed restore left behind"),
                format!("{clean} deletes it; the item is in the trash"),
            ),
            Left::Both => (
                format!("a killed command left a copy; item {id} may be the same"),
                format!("{clean} compares them and deletes the item if they are the same"),
            ),
            Left::Note => {
                ("a killed command left a note about a copy here".to_owned(), self.repair("removes the note"))
            }
            Left::Unknown => (
                "a killed command may have left this private directory".to_owned(),
                format!("check it, then move or remove it; {clean} then removes the note"),
            ),
        };
        (place.to_owned(), meaning, remedy)
    }

    fn interrupted_clean(&self, doomed: &Path, entries: usize) -> Text {
        let items = output::count(entries as u64, "item");
        let meaning = format!("{items} that an interrupted clean did not finish deleting; they cannot be restored");
        (doomed.to_owned(), meaning, format!("{} continues", self.command("clean")))
    }

    fn dead_registration(&self, link: &Path, target: &Path, state: Registration) -> Text {
        let target = self.quoted(target);
        let meaning = match state {
            Registration::Gone => format!("registers {target}, but the volume mounted there has no trash"),
            Registration::Twice => format!("registers {target} a second time"),
            Registration::Relative => format!("registers {target}, which is not an absolute path"),
        };
        (link.to_owned(), meaning, self.repair("removes it"))
    }

    fn stray(&self, path: &Path, names: &[&str]) -> Text {
        let meaning = format!("it is not in a trash, but has {}", listed(names));
        (path.to_owned(), meaning, self.repair(&format!("{} removes them", self.quoted(path))))
    }
}

fn no_attributes(trash: &Path) -> Text {
    let meaning = "its file system does not support attributes; each record is a file beside its item";
    (trash.to_owned(), meaning.to_owned(), "nothing to do".to_owned())
}
