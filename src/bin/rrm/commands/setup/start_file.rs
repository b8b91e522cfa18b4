//! A start file on the disk: read, checked, and replaced as a whole.

use std::ffi::OsString;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use rrm::error::{Error, cannot};
use rrm::sys::{self, Dir, FileKind, Inode, Metadata, Name, if_there};
use rrm::text::quoted;
use rrm::transfer::{Given, Traits};

use super::route::route;

const WRITE: &str = "write";

/// The largest file that is read.
const LARGEST: u64 = 16 << 20;

/// A start file that may be written.
#[derive(Debug)]
pub(super) struct StartFile {
    /// Where it is, behind all links.
    pub(super) path: PathBuf,
    pub(super) text: Option<Vec<u8>>,
}

impl StartFile {
    /// Reads the file, or refuses one that could not be replaced as a whole and stay what it is.
    pub(super) fn open(home: &Path, named: &Path) -> anyhow::Result<Self> {
        let path = route(home, named)?;
        if if_there(sys::metadata_at(&path)).map_err(cannot("read", named))?.is_none() {
            return Self::missing(path);
        }
        let (directory, name) = Self::place(&path)?;
        let found = directory.metadata_of(Name::new(&name)?).map_err(cannot("read", &path))?;
        if let Some(why) = unfit(&found) {
            bail!("cannot write {}: {why}; nothing was changed", quoted(&path));
        }
        directory.check_writable().map_err(|error| nothing_changed(cannot(WRITE, &path)(error)))?;
        let text = read(&directory, Name::new(&name)?).map_err(cannot("read", &path))?;
        Ok(Self { path, text: Some(text) })
    }

    fn missing(path: PathBuf) -> anyhow::Result<Self> {
        let above = path.ancestors().skip(1).find(|above| sys::metadata_following(above).is_ok());
        let above = above.unwrap_or(Path::new("/"));
        let writable = Dir::open_following(above).and_then(|dir| dir.check_writable());
        writable.map_err(|error| nothing_changed(cannot(WRITE, &path)(error)))?;
        Ok(Self { path, text: None })
    }

    fn place(path: &Path) -> anyhow::Result<(Dir, OsString)> {
        let (above, name) =
            path.parent().zip(path.file_name()).with_context(|| format!("{} is no file", quoted(path)))?;
        let directory = Dir::open_following(above).map_err(cannot("open", above))?;
        Ok((directory, name.to_owned()))
    }

    /// Replaces the whole file, or removes it, where `text` is none.
    ///
    /// # After a crash
    /// It is the old one or the new one. A file `.NAME.rrm-setup` may be left beside it, which the next run removes.
    pub(super) fn write(&self, text: Option<&[u8]>) -> anyhow::Result<()> {
        if text == self.text.as_deref() {
            return Ok(());
        }
        if let Some(above) = self.path.parent() {
            sys::create_private_dirs(above).map_err(cannot("make", above))?;
        }
        let (directory, name) = Self::place(&self.path)?;
        let name = Name::new(&name)?;
        let Some(text) = text else {
            self.check_unchanged(&directory, name)?;
            return Ok(directory.remove_file(name).map_err(cannot("remove", &self.path))?);
        };
        let new = OsString::from_iter([".".as_ref(), name.as_os_str(), ".rrm-setup".as_ref()]);
        let new = Name::new(&new)?;
        match directory.remove_file(new) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(cannot("remove", &self.path.with_file_name(new.as_os_str()))(error).into());
            }
            _ => {}
        }
        let written = self.write_beside(&directory, name, new, text);
        if written.is_err() {
            let _ = directory.remove_file(new);
        }
        written
    }

    fn write_beside(&self, directory: &Dir, name: Name<'_>, new: Name<'_>, text: &[u8]) -> anyhow::Result<()> {
        let failed = || cannot(WRITE, &self.path);
        let file = directory.create_file(new).map_err(failed())?;
        sys::write(&file, text).map_err(failed())?;
        let file = Inode::Open(file);
        if self.text.is_some() {
            self.make_alike(directory, name, &file)?;
        } else {
            file.set_mode(0o644 & !sys::umask()).map_err(failed())?;
        }
        if let Inode::Open(file) = &file {
            sys::flush_file(file).map_err(failed())?;
        }
        self.check_unchanged(directory, name)?;
        let moved = match self.text {
            Some(_) => sys::rename_replacing(directory, new, name),
            None => sys::rename_no_replace(directory, new, directory, name),
        };
        moved.and_then(|()| sys::flush(directory)).map_err(failed())?;
        Ok(())
    }

    /// Gives the new file what the old one has beside its content and its times.
    fn make_alike(&self, directory: &Dir, name: Name<'_>, new: &Inode) -> anyhow::Result<()> {
        let failed = || cannot(WRITE, &self.path);
        let old = Inode::Open(directory.open_file(name).map_err(failed())?);
        let was = old.metadata().map_err(failed())?;
        let is = new.metadata().map_err(failed())?;
        let traits = Traits { accessed: is.accessed, modified: is.modified, ..Traits::of(&old, &was) };
        let given = traits.give(new).map_err(failed())?;
        let is = new.metadata().map_err(failed())?;
        if given != Given::All || (was.mode, was.uid, was.gid) != (is.mode, is.uid, is.gid) {
            bail!(
                "cannot write {}: its group, mode or attributes could not be kept; nothing was changed",
                quoted(&self.path)
            );
        }
        Ok(())
    }

    /// What another program has saved since is not lost.
    fn check_unchanged(&self, directory: &Dir, name: Name<'_>) -> anyhow::Result<()> {
        let now = if_there(read(directory, name)).map_err(cannot("read", &self.path))?;
        if now == self.text {
            return Ok(());
        }
        bail!("cannot write {}: it was changed meanwhile; run rrm setup again", quoted(&self.path))
    }
}

/// Why a file cannot be replaced by one like it.
fn unfit(found: &Metadata) -> Option<&'static str> {
    const WRITABLE: u32 = 0o200;
    match found.kind {
        FileKind::File => {}
        FileKind::Directory => return Some("it is a directory"),
        _ => return Some("it is not a regular file"),
    }
    if found.uid != sys::effective_uid() {
        Some("it belongs to another user")
    } else if found.mode & WRITABLE == 0 {
        Some("it is read-only; chmod u+w makes it writable")
    } else if found.links > 1 {
        Some("it has other names (hard links), which would keep the old content")
    } else if found.size > LARGEST {
        Some("it is too large for a startup file")
    } else {
        None
    }
}

fn nothing_changed(error: Error) -> anyhow::Error {
    Error { reason: format!("{}; nothing was changed", error.reason).into(), ..error }.into()
}

fn read(directory: &Dir, name: Name<'_>) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    directory.open_file(name)?.take(LARGEST + 1).read_to_end(&mut text)?;
    Ok(text)
}
