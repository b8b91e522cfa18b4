//! Which items carry their own record and which need an envelope, and how an envelope is made and taken away.

use std::io;

use chrono::{DateTime, TimeDelta, Utc};

use crate::attributes::RecordFile;
use crate::item::{ItemId, Lent, Record, Shape};
use crate::store::OTHERS_WRITE;
use crate::store::record::{self, Unwritten};
use crate::store::{Keeps, TrashDir, layout};
use crate::sys::{Dir, FileKind, Metadata, Name, Timestamp, has_no_attributes, if_there};

const SET_GROUP_ID: u32 = 0o2000;

/// Where the record of an item shall go, as far as metadata decide it: on the item, or on an envelope. Where an item
/// refuses its own, it goes into an envelope after all.
///
/// Only regular files and directories carry `user.*` attributes (xattr(7)). They belong to the inode, so a file with
/// several names would show one record under all of them. And a directory that even its owner may not read would hide
/// its record.
///
/// # Security
/// What is not ours could be written by its owner, through a descriptor of before too. What a group or others may write
/// is closed to them once it is in the trash, because the kernel asks for the permission at each call that sets an
/// attribute. Where a chmod(2) takes more than that, it is not closed: of a set-group-ID bit, if the group is not ours.
#[must_use]
pub fn shape_of(metadata: &Metadata, us: u32, is_our_group: impl FnOnce(u32) -> bool) -> Shape {
    let carries = match metadata.kind {
        FileKind::Directory => metadata.mode & 0o400 != 0,
        FileKind::File => metadata.links == 1,
        _ => false,
    };
    let is_closed = metadata.mode & OTHERS_WRITE == 0;
    let can_be_closed = metadata.mode & SET_GROUP_ID == 0 || is_our_group(metadata.gid);
    let own = carries && metadata.uid == us && (is_closed || can_be_closed);
    if own { Shape::Own } else { Shape::Envelope }
}

impl TrashDir {
    /// Makes an envelope with `record` in `holder`, ready to take its item; `lent` is what its mode lacks or has besides.
    ///
    /// # After a crash
    /// A directory without an item: never listed, and swept by `clean` once it is old.
    pub(in crate::store) fn make_envelope(
        &self,
        holder: &Dir,
        record: &Record,
        lent: Lent,
    ) -> io::Result<(ItemId, Dir)> {
        if self.keeps() == Keeps::Attributes
            && let Some(made) = self.make_envelope_of(holder, Shape::Envelope, record, lent)?
        {
            return Ok(made);
        }
        // A new one, because its name tells what it is, and a server may lose what is new in a directory that is renamed.
        let made = self.make_envelope_of(holder, Shape::RecordFile, record, lent)?;
        made.ok_or_else(|| io::ErrorKind::Unsupported.into())
    }

    /// The same with the record in this way; `None` where it is refused, and nothing is left of the envelope.
    fn make_envelope_of(
        &self,
        holder: &Dir,
        shape: Shape,
        record: &Record,
        lent: Lent,
    ) -> io::Result<Option<(ItemId, Dir)>> {
        let id = self.new_id(record, shape, lent)?;
        let text = id.to_string();
        let name = Name::new(&text)?;
        let envelope = holder.create_private_dir(name)?;
        match self.seal(&envelope, shape, record) {
            Ok(()) => Ok(Some((id, envelope))),
            Err(unwritten) => {
                discard_envelope(holder, &envelope, name).ok();
                match unwritten {
                    Unwritten::Failed(error) => Err(error),
                    Unwritten::Refused(_) => Ok(None),
                }
            }
        }
    }

    /// Writes the record on an envelope: as attributes, or as a file where those are unsupported or too small.
    fn seal(&self, envelope: &Dir, shape: Shape, record: &Record) -> Result<(), Unwritten> {
        let file = envelope.readable().map_err(Unwritten::Failed)?;
        if shape == Shape::RecordFile {
            return RecordFile::keep(&file, record::encode(record)).map_err(Unwritten::Failed);
        }
        record::create(&*self.attributes, &file, record).inspect_err(|unwritten| {
            // The directory is new, ours and empty: what is unsupported on it is unsupported on all here.
            if matches!(unwritten, Unwritten::Refused(error) if has_no_attributes(error)) {
                self.learn(Keeps::Nothing);
            }
        })
    }
}

/// How long an envelope without an item is left alone: far longer than a removal takes between making it and filling
/// it, or a restore between emptying it and removing it.
const ABANDONED_AFTER: TimeDelta = TimeDelta::hours(1);

/// Whether an envelope that was last changed at this time is filled by nobody any more.
pub(in crate::store) fn is_abandoned(modified: Timestamp, now: DateTime<Utc>) -> bool {
    let modified = DateTime::from_timestamp(modified.seconds, modified.nanoseconds).unwrap_or(DateTime::<Utc>::MAX_UTC);
    now.signed_duration_since(modified) >= ABANDONED_AFTER
}

/// Takes away an envelope that holds no item any more.
///
/// rmdir(2) fails on whatever else is in it, so nothing is lost if there is.
pub(in crate::store) fn discard_envelope(holder: &Dir, envelope: &Dir, name: Name<'_>) -> io::Result<()> {
    // Most have their record in attributes, and are empty.
    let Err(error) = holder.remove_dir(name) else { return Ok(()) };
    if !matches!(if_there(envelope.metadata_of(layout::ITEM)), Ok(None)) {
        return Err(error);
    }
    RecordFile::erase(envelope)?;
    holder.remove_dir(name).or_else(|_| {
        RecordFile::erase_unfinished(envelope)?;
        holder.remove_dir(name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::{FileId, MountRoot, Timestamp};

    const US: u32 = 1000;
    const OUR_GROUP: u32 = 100;

    fn metadata(kind: FileKind, mode: u32, links: u32) -> Metadata {
        let never = Timestamp { seconds: 0, nanoseconds: 0 };
        Metadata {
            kind,
            mode,
            uid: US,
            gid: OUR_GROUP,
            links,
            size: 0,
            blocks: 0,
            id: FileId { device: (0, 0), inode: 1 },
            rdev: (0, 0),
            mount: None,
            mount_root: MountRoot::No,
            flags: 0,
            accessed: never,
            modified: never,
            changed: never,
        }
    }

    fn shape(metadata: &Metadata) -> Shape {
        shape_of(metadata, US, |group| group == OUR_GROUP)
    }

    #[test]
    fn the_rule() {
        use FileKind::{BlockDevice, CharDevice, Directory, Fifo, File, Socket, Symlink};
        let table = [
            (File, 0o644, 1, Shape::Own),
            (File, 0o644, 2, Shape::Envelope),
            (File, 0o000, 1, Shape::Own),
            (File, 0o664, 1, Shape::Own),
            (File, 0o666, 1, Shape::Own),
            (File, 0o2775, 1, Shape::Own),
            (Directory, 0o755, 2, Shape::Own),
            (Directory, 0o2775, 2, Shape::Own),
            (Directory, 0o555, 9, Shape::Own),
            (Directory, 0o000, 2, Shape::Envelope),
            (Directory, 0o300, 2, Shape::Envelope),
            (Symlink, 0o777, 1, Shape::Envelope),
            (Fifo, 0o644, 1, Shape::Envelope),
            (Socket, 0o755, 1, Shape::Envelope),
            (BlockDevice, 0o660, 1, Shape::Envelope),
            (CharDevice, 0o660, 1, Shape::Envelope),
        ];
        for (kind, mode, links, expected) in table {
            assert_eq!(shape(&metadata(kind, mode, links)), expected, "{kind:?} {mode:o} {links}");
        }
    }

    #[test]
    fn what_is_not_ours_or_cannot_be_closed_carries_nothing() {
        for (kind, mode) in [(FileKind::File, 0o644), (FileKind::Directory, 0o755), (FileKind::File, 0o666)] {
            let theirs = Metadata { uid: US + 1, ..metadata(kind, mode, 1) };
            assert_eq!(shape(&theirs), Shape::Envelope, "{kind:?} {mode:o}");
        }
        for (mode, expected) in [
            (0o664, Shape::Own),
            (0o2755, Shape::Own),
            (0o2775, Shape::Envelope),
            (0o2777, Shape::Envelope),
            (0o2757, Shape::Envelope),
        ] {
            let theirs = Metadata { gid: OUR_GROUP + 1, ..metadata(FileKind::Directory, mode, 2) };
            assert_eq!(shape(&theirs), expected, "{mode:o}");
        }
    }

    /// What each error of a call that sets an attribute leads to: another form, or no removal.
    #[test]
    fn what_an_error_makes_of_the_shape() {
        use rustix::io::Errno;
        let refusals = [Errno::NOTSUP, Errno::PERM, Errno::ACCESS, Errno::NOSPC, Errno::TOOBIG, Errno::RANGE];
        for errno in refusals.into_iter().chain([Errno::DQUOT, Errno::EXIST, Errno::IO]) {
            assert!(matches!(io::Error::from(errno).into(), Unwritten::Refused(_)), "{errno}");
        }
        for errno in [Errno::NOTCONN, Errno::NOENT, Errno::ROFS, Errno::NOMEM] {
            assert!(matches!(io::Error::from(errno).into(), Unwritten::Failed(_)), "{errno}");
        }
    }
}
