//! Making a directory of ours writable for as long as it is moved.
//!
//! To move a directory to another parent is to rewrite its `..`, which takes write permission on the directory itself
//! (rename(2), `EACCES`), and setting attributes takes it too.

use std::io;

use crate::sys::{self, Dir, Metadata};

/// What an owner may do with a directory that rrm itself uses.
pub(in crate::store) const OWNER_ALL: u32 = 0o700;

/// What an owner needs to move a directory.
pub(in crate::store) const OWNER_WRITE: u32 = 0o200;

/// A directory that got [`OWNER_WRITE`] to be moved.
#[must_use = "it is moved, or its mode is given back"]
pub(in crate::store) struct MadeWritable {
    dir: Dir,
    mode: u32,
}

/// Makes the directory at hand writable if it is ours and is not; `None` where nothing had to be changed.
///
/// # Security
/// Where others may rename, `dir` may open another than what was looked at: that would get the mode of this one, now and
/// when it is given back.
pub(in crate::store) fn make_writable(
    dir: impl FnOnce() -> io::Result<Dir>,
    metadata: &Metadata,
) -> io::Result<Option<MadeWritable>> {
    let is_movable = metadata.mode & OWNER_WRITE != 0;
    if !metadata.is_dir() || is_movable || metadata.uid != sys::effective_uid() {
        return Ok(None);
    }
    let dir = dir()?;
    if dir.metadata()?.id != metadata.id {
        return Err(io::Error::other("it was replaced by something else"));
    }
    dir.set_mode(metadata.mode | OWNER_WRITE)?;
    Ok(Some(MadeWritable { dir, mode: metadata.mode }))
}

impl MadeWritable {
    /// Gives it the mode that it had.
    pub(in crate::store) fn restore_mode(self) -> io::Result<()> {
        self.dir.set_mode(self.mode)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::Name;

    #[test]
    fn only_what_was_looked_at_gets_another_mode() {
        let root = tempfile::tempdir().expect("a temporary directory");
        let dir = Dir::open(root.path()).expect("opened");
        let (open, private) = (Name::fixed("open"), Name::fixed("private"));
        dir.create_private_dir(open).and_then(|open| open.set_mode(0o555)).expect("made");
        let seen = dir.metadata_of(open).expect("looked at");
        let made = dir.create_private_dir(private).expect("made");
        assert!(make_writable(|| dir.open_dir(private), &seen).is_err());
        assert_eq!(made.metadata().expect("looked at").mode & 0o777, 0o700);
        let made_writable =
            make_writable(|| dir.open_dir(open), &seen).expect("it is what was seen").expect("it is ours");
        assert_eq!(dir.metadata_of(open).expect("looked at").mode & 0o777, 0o755);
        made_writable.restore_mode().expect("tightened");
        assert_eq!(dir.metadata_of(open).expect("looked at").mode & 0o777, 0o555);
    }
}
