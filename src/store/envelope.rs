//! Which items carry their own record and which need an envelope, and how an envelope is made and taken away.

use std::io;

use super::record::{self, ENVELOPE, Unwritten};
use super::{Keeps, TrashDir, layout};
use crate::attributes::RecordFile;
use crate::item::{ItemId, Record};
use crate::sys::{Dir, FileKind, Metadata, Name};

/// Where an item's record shall go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// As attributes on the item; in an envelope after all, if it refuses them.
    OwnRecord,
    /// As attributes on a directory made to hold it.
    Envelope,
}

/// The rule, as far as metadata decide it.
///
/// Only regular files and directories carry `user.*` attributes (xattr(7)). They belong to the inode, so a file with
/// several names would show one record under all of them. And a directory that even its owner may not read would hide
/// its record as soon as it has its mode back.
#[must_use]
pub fn shape_of(metadata: &Metadata) -> Shape {
    let own = match metadata.kind {
        FileKind::Directory => metadata.mode & 0o400 != 0,
        FileKind::File => metadata.links == 1,
        _ => false,
    };
    if own { Shape::OwnRecord } else { Shape::Envelope }
}

impl TrashDir {
    /// Makes an envelope with `record` in `holder`, ready to take its item.
    ///
    /// # After a crash
    /// A directory without an item: never listed, and swept by `clean` once it is old.
    pub(super) fn make_envelope(&self, holder: &Dir, id: &ItemId, record: &Record) -> io::Result<Dir> {
        let name = id.to_string();
        let name = Name::new(&name)?;
        let envelope = holder.create_private_dir(name)?;
        if let Err(error) = self.seal(&envelope, record) {
            discard_envelope(holder, &envelope, name).ok();
            return Err(error);
        }
        Ok(envelope)
    }

    /// Writes the record on an envelope: as attributes, or as a file where those are unsupported or too small.
    fn seal(&self, envelope: &Dir, record: &Record) -> io::Result<()> {
        let file = envelope.readable()?;
        let mark = std::iter::once((ENVELOPE, b"1".to_vec()));
        let write_file = || RecordFile::keep(&file, mark.chain(record::encode(record)));
        if self.keeps() == Keeps::Nothing {
            return write_file();
        }
        let marked = self.attributes.create(&file, ENVELOPE, b"1").map_err(Unwritten::from);
        match marked.and_then(|()| record::create(&*self.attributes, &file, record)) {
            Ok(()) => Ok(()),
            Err(Unwritten::Refused(error)) => {
                // The directory is new, ours and empty: what is unsupported on it is unsupported on all here.
                if error.kind() == io::ErrorKind::Unsupported {
                    self.learn(Keeps::Nothing);
                }
                self.attributes.remove(&file, ENVELOPE).ok();
                write_file()
            }
            Err(Unwritten::Failed(error)) => Err(error),
        }
    }
}

/// Takes away an envelope that holds no item any more.
///
/// rmdir(2) fails on whatever else is in it, so nothing is lost if there is.
pub(super) fn discard_envelope(holder: &Dir, envelope: &Dir, name: Name<'_>) -> io::Result<()> {
    if let Err(error) = envelope.metadata_of(layout::ITEM)
        && error.kind() == io::ErrorKind::NotFound
    {
        RecordFile::erase(envelope)?;
    }
    holder.remove_dir(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::{FileId, MountRoot, Timestamp};

    fn metadata(kind: FileKind, mode: u32, links: u32) -> Metadata {
        let never = Timestamp { seconds: 0, nanoseconds: 0 };
        Metadata {
            kind,
            mode,
            uid: 0,
            gid: 0,
            links,
            size: 0,
            blocks: 0,
            id: FileId { device: (0, 0), inode: 1 },
            rdev: (0, 0),
            mount: None,
            mount_root: MountRoot::No,
            accessed: never,
            modified: never,
            changed: never,
        }
    }

    #[test]
    fn the_rule() {
        use FileKind::{BlockDevice, CharDevice, Directory, Fifo, File, Socket, Symlink};
        let table = [
            (File, 0o644, 1, Shape::OwnRecord),
            (File, 0o644, 2, Shape::Envelope),
            (File, 0o000, 1, Shape::OwnRecord),
            (Directory, 0o755, 2, Shape::OwnRecord),
            (Directory, 0o555, 9, Shape::OwnRecord),
            (Directory, 0o000, 2, Shape::Envelope),
            (Directory, 0o300, 2, Shape::Envelope),
            (Symlink, 0o777, 1, Shape::Envelope),
            (Fifo, 0o644, 1, Shape::Envelope),
            (Socket, 0o755, 1, Shape::Envelope),
            (BlockDevice, 0o660, 1, Shape::Envelope),
            (CharDevice, 0o660, 1, Shape::Envelope),
        ];
        for (kind, mode, links, shape) in table {
            assert_eq!(shape_of(&metadata(kind, mode, links)), shape, "{kind:?} {mode:o} {links}");
        }
    }
}
