//! What the last undo brought back: a file in the home trash, so that a redo can remove the same things again.
//!
//! It has a title, a line for each thing and a last line, and is written once that of the undo before is gone. Nobody else
//! can write it; but what it leads to is a live file, which others may have replaced, so each line tells which file that
//! was. A file that is not whole, as after a power failure, is no note at all.

use std::ffi::{OsStr, OsString};
use std::io::{self, Read as _};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Path, PathBuf};

use chrono::{DateTime, SecondsFormat, Utc};

use crate::item::{ItemId, Keep, TrashItem};
use crate::store::{TrashDir, layout};
use crate::sys::{self, FileId, Timestamp, if_there};
use crate::text::{percent_decoded, percent_encoded};

const TITLE: &str = "rrm undone 1";
const END: &str = "end";

/// Which file something is, and when its inode was last changed: a number alone is given to another file soon.
pub type Seen = (FileId, Timestamp);

/// What an item was in the trash, for when it becomes one again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Past {
    /// Its ID; it gets a new one.
    pub id: ItemId,
    /// Where it was.
    pub original_path: Option<PathBuf>,
    /// When it was removed.
    pub trashed: Option<DateTime<Utc>>,
    /// When its grace period ended.
    pub deletion: Option<DateTime<Utc>>,
    /// Who removed it.
    pub session: Option<OsString>,
    /// Whether it was exempt from `clean`.
    pub keep: Keep,
    /// How large it was.
    pub size: Option<u64>,
}

impl Past {
    /// That of this item.
    #[must_use]
    pub fn of(item: &TrashItem) -> Self {
        Self {
            id: item.id,
            original_path: item.original_path().map(Into::into),
            trashed: item.trashed.instant(),
            deletion: item.deletion.instant(),
            session: item.session.as_deref().map(OsStr::to_owned),
            keep: item.keep,
            size: item.size,
        }
    }

    /// That of a part of this item, which comes back on its own.
    #[must_use]
    pub fn of_part(item: &TrashItem, part: &Path) -> Self {
        let original_path = item.original_path().map(|path| path.join(part));
        Self { original_path, size: None, ..Self::of(item) }
    }
}

/// Something that an undo brought back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undone {
    /// Where it was brought to.
    pub path: PathBuf,
    /// Which file that was.
    pub seen: Seen,
    /// What it was in the trash.
    pub past: Past,
}

impl TrashDir {
    /// Notes what the last undo brought back, instead of what the one before did.
    ///
    /// # After a crash
    /// There is no note, or half of one, which is none, or the new one.
    pub fn note_undone(&self, undone: &[Undone]) -> io::Result<()> {
        // Of two undos at once the one that ends later is the last.
        let text = written(undone);
        self.making_room(|| {
            self.forget_undone()?;
            let file = self.dir.create_file(layout::UNDONE)?;
            sys::write(&file, text.as_bytes())
        })
    }

    /// What the last undo brought back; nothing, if that was taken back.
    pub fn undone(&self) -> io::Result<Vec<Undone>> {
        let Some(mut file) = if_there(self.dir.open_file(layout::UNDONE))? else { return Ok(Vec::new()) };
        let mut content = Vec::new();
        file.read_to_end(&mut content)?;
        Ok(read(&content).unwrap_or_default())
    }

    /// Forgets it: it was taken back.
    pub fn forget_undone(&self) -> io::Result<()> {
        if_there(self.dir.remove_file(layout::UNDONE)).map(drop)
    }
}

fn written(undone: &[Undone]) -> String {
    let lines: String = undone.iter().map(|one| line_of(one) + "\n").collect();
    format!("{TITLE}\n{lines}{END}\n")
}

fn read(content: &[u8]) -> Option<Vec<Undone>> {
    let text = std::str::from_utf8(content).ok()?;
    let lines = text.strip_prefix(TITLE)?.strip_prefix('\n')?.strip_suffix('\n')?.strip_suffix(END)?;
    lines.lines().map(parse).collect()
}

/// The fields with tabs between them. One that may be missing begins with `=` if it is there.
fn line_of(undone: &Undone) -> String {
    let Undone { path, seen: (id, changed), past } = undone;
    let bytes = |value: Option<&OsStr>| value.map(|value| percent_encoded(value.as_bytes()));
    let optional = |value: Option<String>| value.map_or_else(String::new, |value| format!("={value}"));
    let keep = match past.keep {
        Keep::No => "no".to_owned(),
        Keep::Forever => "forever".to_owned(),
        Keep::Until(end) => date(end),
    };
    [
        format!("{}\t{}\t{}", id.device.0, id.device.1, id.inode),
        format!("{}\t{}", changed.seconds, changed.nanoseconds),
        percent_encoded(path.as_os_str().as_bytes()),
        past.id.to_string(),
        optional(bytes(past.original_path.as_deref().map(AsRef::as_ref))),
        optional(past.trashed.map(date)),
        optional(past.deletion.map(date)),
        optional(bytes(past.session.as_deref())),
        keep,
        optional(past.size.map(|size| size.to_string())),
    ]
    .join("\t")
}

fn date(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

fn parse(line: &str) -> Option<Undone> {
    let mut fields = line.split('\t');
    let id = FileId { device: (number(&mut fields)?, number(&mut fields)?), inode: number(&mut fields)? };
    let changed = Timestamp { seconds: number(&mut fields)?, nanoseconds: number(&mut fields)? };
    let path = bytes(fields.next()?)?.into();
    let item = ItemId::from_name(OsStr::new(fields.next()?))?;
    let mut optional = || fields.next().map(|field| field.strip_prefix('='));
    let original_path = optional()?.map(|field| bytes(field).map(PathBuf::from));
    let [trashed, deletion] = [optional()?, optional()?].map(|field| field.map(parse_date));
    let session = optional()?.map(bytes);
    let keep = match fields.next()? {
        "no" => Keep::No,
        "forever" => Keep::Forever,
        end => Keep::Until(parse_date(end)?),
    };
    let size = fields.next()?.strip_prefix('=').map(|size| size.parse().ok());
    let past = Past {
        id: item,
        original_path: whole(original_path)?,
        trashed: whole(trashed)?,
        deletion: whole(deletion)?,
        session: whole(session)?,
        keep,
        size: whole(size)?,
    };
    Some(Undone { path, seen: (id, changed), past })
}

/// What a field says: nothing, or a value; `None` where there is one that cannot be read.
#[expect(clippy::option_option, reason = "what is missing and what cannot be read are two things")]
fn whole<T>(field: Option<Option<T>>) -> Option<Option<T>> {
    match field {
        None => Some(None),
        Some(value) => value.map(Some),
    }
}

fn number<'a, T: std::str::FromStr>(fields: &mut impl Iterator<Item = &'a str>) -> Option<T> {
    fields.next()?.parse().ok()
}

fn bytes(field: &str) -> Option<OsString> {
    percent_decoded(field.as_bytes()).map(OsString::from_vec)
}

fn parse_date(field: &str) -> Option<DateTime<Utc>> {
    Some(DateTime::parse_from_rfc3339(field).ok()?.to_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some() -> Vec<Undone> {
        let seen = (FileId { device: (8, 1), inode: u64::MAX }, Timestamp { seconds: -1, nanoseconds: 999_999_999 });
        let at = DateTime::from_timestamp(1_790_000_000, 123_456_000).expect("an instant");
        let full = Past {
            id: crate::item::testing::id(7),
            original_path: Some(OsStr::from_bytes(b"/odd\t\n=%\xff").into()),
            trashed: Some(at),
            deletion: Some(at),
            session: Some("".into()),
            keep: Keep::Until(at),
            size: Some(0),
        };
        let none = Past {
            original_path: None,
            trashed: None,
            deletion: None,
            session: None,
            keep: Keep::Forever,
            size: None,
            ..full.clone()
        };
        [(full, OsStr::from_bytes(b"/a b\r\n\t\xff")), (none, OsStr::new("/"))]
            .into_iter()
            .map(|(past, path)| Undone { path: path.into(), seen, past })
            .collect()
    }

    #[test]
    fn what_is_written_is_read() {
        for undone in [vec![], some()] {
            assert_eq!(read(written(&undone).as_bytes()), Some(undone));
        }
    }

    /// Half of a note would have a redo take back half of an undo, and say that this was all.
    #[test]
    fn what_is_cut_short_or_something_else_is_no_note() {
        let whole = written(&some());
        for end in 0..whole.len() {
            assert_eq!(read(&whole.as_bytes()[..end]), None, "{}", &whole[..end]);
        }
        assert_eq!(read(whole.replace("rrm undone 1", "rrm undone 2").as_bytes()), None);
        assert_eq!(read(whole.replace("forever", "long").as_bytes()), None);
    }
}
