//! What a guarded run has taken away, one line a thing, in the order in which it happened.
//!
//! A line is fields with tabs between them, bytes that are not printable ASCII as `%XX`, and a full stop as the last field:
//! what a crash or a full disk cut short is no line, and is passed over. Nobody else can write it.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::item::Before;
use crate::sys::{FileId, FileKind, Timestamp};
use crate::text::{percent_decoded, percent_encoded};
use crate::transfer::Traits;

/// Which inode something is, also later: numbers are used again, but not with the same birth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    /// Only where no birth is told: many file systems get another number with each mount.
    device: (u32, u32),
    inode: u64,
    birth: Option<Timestamp>,
}

impl Key {
    /// That of what has this identity and was made at this time.
    #[must_use]
    pub(crate) fn new(id: FileId, birth: Option<Timestamp>) -> Self {
        let device = if birth.is_some() { (0, 0) } else { id.device };
        Self { device, inode: id.inode, birth }
    }
}

/// Whether something was there before the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Age {
    /// It was.
    Old,
    /// The run made it.
    New,
}

/// An inode that something happened to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Thing {
    /// Which one.
    pub(crate) key: Key,
    /// What kind of file.
    pub(crate) kind: FileKind,
    /// Whether it was there before the run.
    pub(crate) age: Age,
}

/// How a number came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    /// It is another name of the inode.
    Link,
    /// It is a copy, because there could be no other name.
    Copy,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Entry {
    /// The run, as the first line: its label, and for how many seconds its items are kept.
    Run { session: Option<OsString>, grace: i64 },
    /// A name goes; what it is a name of has a number.
    Kept { number: u64, by: By, thing: Thing, before: Before, modified: Timestamp, path: Option<PathBuf> },
    /// The content of a file goes; a copy of it has a number, and belongs to every name of that file.
    Content { number: u64, thing: Thing, before: Before, path: Option<PathBuf> },
    /// A directory goes, which is empty by now.
    Emptied { thing: Thing, path: Option<PathBuf> },
    /// What something had before the run changed it, or took a name from it.
    Had { thing: Thing, path: Option<PathBuf>, traits: Traits },
    /// Something gets another name.
    Moved { thing: Thing, from: PathBuf, to: PathBuf },
    /// Two things change places.
    Exchanged { one: Thing, one_path: PathBuf, other: Thing, other_path: PathBuf },
}

const END: &str = "\t.\n";

impl Entry {
    /// The line, its end included.
    #[must_use]
    pub(crate) fn to_line(&self) -> String {
        let mut line = Line::default();
        match self {
            Self::Run { session, grace } => {
                line.word("run").word(grace).optional(session.as_deref());
            }
            Self::Kept { number, by, thing, before, modified, path } => {
                let by = if *by == By::Link { "link" } else { "copy" };
                line.word("kept").word(number).word(by).thing(thing);
                line.before(*before).time(*modified).path(path.as_deref());
            }
            Self::Content { number, thing, before, path } => {
                line.word("content").word(number).thing(thing).before(*before).path(path.as_deref());
            }
            Self::Emptied { thing, path } => {
                line.word("emptied").thing(thing).path(path.as_deref());
            }
            Self::Had { thing, path, traits } => {
                line.word("had").thing(thing).path(path.as_deref()).traits(traits);
            }
            Self::Moved { thing, from, to } => {
                line.word("moved").thing(thing).bytes(from.as_os_str()).bytes(to.as_os_str());
            }
            Self::Exchanged { one, one_path, other, other_path } => {
                line.word("exchanged").thing(one).bytes(one_path.as_os_str());
                line.thing(other).bytes(other_path.as_os_str());
            }
        }
        line.0 + END
    }

    /// The number that it tells of.
    #[must_use]
    pub(crate) fn number(&self) -> Option<u64> {
        match self {
            Self::Kept { number, .. } | Self::Content { number, .. } => Some(*number),
            _ => None,
        }
    }

    /// What a line says, without its end; `None` for one that says nothing.
    #[must_use]
    pub(crate) fn from_line(line: &str) -> Option<Self> {
        let mut fields = Fields::of(line)?;
        let entry = match fields.next()? {
            "run" => {
                let grace = fields.number()?;
                Self::Run { session: fields.optional()?, grace }
            }
            "kept" => Self::Kept {
                number: fields.number()?,
                by: if fields.next()? == "link" { By::Link } else { By::Copy },
                thing: fields.thing()?,
                before: fields.before()?,
                modified: fields.time()?,
                path: fields.path()?,
            },
            "content" => Self::Content {
                number: fields.number()?,
                thing: fields.thing()?,
                before: fields.before()?,
                path: fields.path()?,
            },
            "emptied" => Self::Emptied { thing: fields.thing()?, path: fields.path()? },
            "had" => Self::Had { thing: fields.thing()?, path: fields.path()?, traits: fields.traits()? },
            "moved" => Self::Moved { thing: fields.thing()?, from: fields.bytes()?.into(), to: fields.bytes()?.into() },
            "exchanged" => Self::Exchanged {
                one: fields.thing()?,
                one_path: fields.bytes()?.into(),
                other: fields.thing()?,
                other_path: fields.bytes()?.into(),
            },
            _ => return None,
        };
        Some(entry)
    }
}

/// All that can be read of a journal.
#[must_use]
pub(crate) fn entries(journal: &[u8]) -> Vec<Entry> {
    let lines = journal.split_inclusive(|byte| *byte == b'\n').filter_map(|line| line.strip_suffix(b"\n"));
    lines.filter_map(|line| Entry::from_line(std::str::from_utf8(line).ok()?)).collect()
}

/// A line that is being written.
#[derive(Default)]
pub(super) struct Line(pub(super) String);

impl Line {
    pub(super) fn word(&mut self, word: &(impl ToString + ?Sized)) -> &mut Self {
        if !self.0.is_empty() {
            self.0.push('\t');
        }
        self.0.push_str(&word.to_string());
        self
    }

    pub(super) fn bytes(&mut self, bytes: &OsStr) -> &mut Self {
        self.word(&percent_encoded(bytes.as_bytes()))
    }

    /// One that may be missing begins with `=` if it is there.
    fn optional(&mut self, bytes: Option<&OsStr>) -> &mut Self {
        self.word(&bytes.map_or_else(String::new, |bytes| format!("={}", percent_encoded(bytes.as_bytes()))))
    }

    fn path(&mut self, path: Option<&Path>) -> &mut Self {
        self.optional(path.map(Path::as_os_str))
    }

    fn time(&mut self, time: Timestamp) -> &mut Self {
        self.word(&format_args!("{}.{:09}", time.seconds, time.nanoseconds))
    }

    fn before(&mut self, before: Before) -> &mut Self {
        self.word(if before == Before::Changed { "changed" } else { "same" })
    }

    fn thing(&mut self, thing: &Thing) -> &mut Self {
        let Thing { key: Key { device, inode, birth }, kind, age } = thing;
        self.word(&format_args!("{}:{}:{inode}", device.0, device.1));
        match birth {
            Some(birth) => self.time(*birth),
            None => self.word("-"),
        };
        self.word(letter_of(*kind)).word(if *age == Age::Old { "old" } else { "new" })
    }

    pub(super) fn traits(&mut self, traits: &Traits) -> &mut Self {
        let Traits { mode, owner, accessed, modified, attributes } = traits;
        self.word(&format_args!("{mode:o}")).word(&owner.0).word(&owner.1).time(*accessed).time(*modified);
        for (name, value) in attributes {
            self.bytes(name).bytes(OsStr::from_bytes(value));
        }
        self
    }
}

/// The fields of a line that is whole.
pub(super) struct Fields<'a>(std::str::Split<'a, char>);

impl<'a> Fields<'a> {
    pub(super) fn of(line: &'a str) -> Option<Self> {
        line.strip_suffix("\t.").map(|fields| Self(fields.split('\t')))
    }

    pub(super) fn next(&mut self) -> Option<&'a str> {
        self.0.next()
    }

    pub(super) fn are_over(&self) -> bool {
        self.0.clone().next().is_none()
    }

    pub(super) fn number<T: FromStr>(&mut self) -> Option<T> {
        self.next()?.parse().ok()
    }

    pub(super) fn bytes(&mut self) -> Option<OsString> {
        bytes_of(self.next()?)
    }

    /// What may be missing; `None` where the field itself is, or cannot be read.
    #[expect(clippy::option_option, reason = "what is missing and what cannot be read are two things")]
    fn optional(&mut self) -> Option<Option<OsString>> {
        match self.next()?.strip_prefix('=') {
            None => Some(None),
            Some(bytes) => bytes_of(bytes).map(Some),
        }
    }

    #[expect(clippy::option_option, reason = "what is missing and what cannot be read are two things")]
    pub(super) fn path(&mut self) -> Option<Option<PathBuf>> {
        Some(self.optional()?.map(PathBuf::from))
    }

    fn time(&mut self) -> Option<Timestamp> {
        time_of(self.next()?)
    }

    fn before(&mut self) -> Option<Before> {
        match self.next()? {
            "changed" => Some(Before::Changed),
            "same" => Some(Before::Unchanged),
            _ => None,
        }
    }

    fn thing(&mut self) -> Option<Thing> {
        let mut numbers = self.next()?.split(':');
        let device = (numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?);
        let inode = numbers.next()?.parse().ok()?;
        let birth = match self.next()? {
            "-" => None,
            time => Some(time_of(time)?),
        };
        let kind = kind_of(self.next()?)?;
        let age = match self.next()? {
            "old" => Age::Old,
            "new" => Age::New,
            _ => return None,
        };
        Some(Thing { key: Key { device, inode, birth }, kind, age })
    }

    pub(super) fn traits(&mut self) -> Option<Traits> {
        let mode = u32::from_str_radix(self.next()?, 8).ok()?;
        let owner = (self.number()?, self.number()?);
        let (accessed, modified) = (self.time()?, self.time()?);
        let mut traits = Traits { mode, owner, accessed, modified, attributes: [].into() };
        while let Some(name) = self.next() {
            traits.attributes.insert(bytes_of(name)?, self.bytes()?.into_vec());
        }
        Some(traits)
    }
}

fn bytes_of(field: &str) -> Option<OsString> {
    percent_decoded(field.as_bytes()).map(OsString::from_vec)
}

fn time_of(field: &str) -> Option<Timestamp> {
    let (seconds, nanoseconds) = field.split_once('.')?;
    Some(Timestamp { seconds: seconds.parse().ok()?, nanoseconds: nanoseconds.parse().ok()? })
}

const LETTERS: [(FileKind, &str); 8] = [
    (FileKind::File, "f"),
    (FileKind::Directory, "d"),
    (FileKind::Symlink, "l"),
    (FileKind::Fifo, "p"),
    (FileKind::Socket, "s"),
    (FileKind::BlockDevice, "b"),
    (FileKind::CharDevice, "c"),
    (FileKind::Unknown, "?"),
];

fn letter_of(kind: FileKind) -> &'static str {
    LETTERS.iter().find(|(known, _)| *known == kind).map_or("?", |(_, letter)| letter)
}

fn kind_of(letter: &str) -> Option<FileKind> {
    LETTERS.iter().find(|(_, known)| *known == letter).map(|(kind, _)| *kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn thing() -> Thing {
        let birth = Some(Timestamp { seconds: -3, nanoseconds: 7 });
        let key = Key::new(FileId { device: (8, 1), inode: u64::MAX }, birth);
        Thing { key, kind: FileKind::Symlink, age: Age::New }
    }

    fn some() -> Vec<Entry> {
        let odd = PathBuf::from(OsStr::from_bytes(b"/odd\t\n=%\xff."));
        let old = Thing { key: Key::new(FileId { device: (8, 1), inode: 2 }, None), age: Age::Old, ..thing() };
        let time = Timestamp { seconds: 1_790_000_000, nanoseconds: 999_999_999 };
        let traits = Traits {
            mode: 0o2775,
            owner: (1000, 65_534),
            accessed: time,
            modified: time,
            attributes: [("user.\t".into(), b"\0\n".to_vec()), ("user.empty".into(), Vec::new())].into(),
        };
        let before = Before::Changed;
        vec![
            Entry::Run { session: Some("".into()), grace: -1 },
            Entry::Run { session: None, grace: i64::MAX },
            Entry::Kept { number: 1, by: By::Link, thing: thing(), before, modified: time, path: Some(odd.clone()) },
            Entry::Kept { number: 2, by: By::Copy, thing: old, before, modified: time, path: None },
            Entry::Content { number: 3, thing: thing(), before: Before::Unchanged, path: Some(odd.clone()) },
            Entry::Emptied { thing: old, path: Some("/".into()) },
            Entry::Had { thing: old, path: None, traits: traits.clone() },
            Entry::Had { thing: old, path: Some(odd.clone()), traits: Traits { attributes: [].into(), ..traits } },
            Entry::Moved { thing: thing(), from: odd.clone(), to: "/a b".into() },
            Entry::Exchanged { one: thing(), one_path: odd.clone(), other: old, other_path: odd },
        ]
    }

    fn text() -> String {
        some().iter().map(Entry::to_line).collect()
    }

    #[test]
    fn what_is_written_is_read() {
        assert_eq!(entries(text().as_bytes()), some());
    }

    /// Half of a line would put a thing somewhere else, or give a directory half of its attributes.
    #[test]
    fn what_is_cut_short_is_passed_over_and_nothing_else() {
        let (whole, text) = (some(), text());
        for end in 0..text.len() {
            let lines = text[..end].matches('\n').count();
            assert_eq!(entries(&text.as_bytes()[..end]), whole[..lines], "{}", &text[..end]);
        }
    }

    #[test]
    fn a_line_that_another_begins_in_is_no_line() {
        let line = some()[2].to_line();
        for cut in 1..line.len() - 1 {
            let torn = format!("{}\n{line}", &line[..cut]);
            assert_eq!(entries(torn.as_bytes()), [some()[2].clone()], "{torn}");
        }
    }
}
