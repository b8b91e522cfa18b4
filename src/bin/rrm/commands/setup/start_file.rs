//! A start file on the disk: read, checked, and replaced as a whole.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use rrm::error::{Error, cannot};
use rrm::sys::{self, Dir, Exchange, FileId, FileKind, Inode, Metadata, Name, if_there};
use rrm::text::quoted;
use rrm::transfer::{Given, Traits};

use super::beside::{beside, left};
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

    /// Replaces the whole file, or removes it, where `text` is none. What another program saves meanwhile is not lost.
    ///
    /// # After a crash
    /// It is the old one or the new one. The other may be left beside it, until [`Self::sweep`].
    pub(super) fn write(&self, text: Option<&[u8]>) -> anyhow::Result<()> {
        if text == self.text.as_deref() {
            return Ok(());
        }
        if let Some(above) = self.path.parent() {
            sys::create_private_dirs(above).map_err(cannot("make", above))?;
        }
        let (directory, name) = Self::place(&self.path)?;
        let name = Name::new(&name)?;
        let beside = beside(name).map_err(cannot(WRITE, &self.path))?;
        let beside = Name::new(&beside)?;
        let Some(text) = text else { return self.take_away(&directory, name, beside) };
        let file = directory.create_file(beside).map_err(cannot(WRITE, &self.path))?;
        let made = sys::metadata_of_file(&file).map_err(cannot(WRITE, &self.path))?.id;
        let written = self.fill(&directory, name, file, text).and_then(|()| self.put(&directory, name, beside, made));
        if written.is_err() && is_at(&directory, beside, made) {
            let _ = directory.remove_file(beside);
        }
        written
    }

    /// Removes what killed runs have left beside the file, where all of it is in the file as well.
    pub(super) fn sweep(&self, is_in_file: impl Fn(Vec<u8>) -> bool) {
        let Ok((directory, name)) = Self::place(&self.path) else { return };
        let Ok(name) = Name::new(&name) else { return };
        for left in left(&directory, name).unwrap_or_default() {
            if let Ok(left) = Name::new(&left)
                && read(&directory, left).is_ok_and(&is_in_file)
            {
                let _ = directory.remove_file(left);
            }
        }
    }

    fn fill(&self, directory: &Dir, name: Name<'_>, file: File, text: &[u8]) -> anyhow::Result<()> {
        let failed = || cannot(WRITE, &self.path);
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
        Ok(())
    }

    /// Puts the file that was `made` beside this one in its place.
    fn put(&self, directory: &Dir, name: Name<'_>, beside: Name<'_>, made: FileId) -> anyhow::Result<()> {
        let failed = || cannot(WRITE, &self.path);
        let flush = || sys::flush(directory).map_err(failed());
        self.check_unchanged(directory, name)?;
        if self.text.is_none() {
            sys::rename_no_replace(directory, beside, directory, name).map_err(failed())?;
            return Ok(flush()?);
        }
        match sys::exchange(directory, beside, name).map_err(failed())? {
            // Only the look just before it tells then.
            Exchange::NotHere => {
                sys::rename_replacing(directory, beside, name).map_err(failed())?;
                Ok(flush()?)
            }
            Exchange::Done if self.is_as_read(directory, beside) => {
                flush()?;
                Ok(directory.remove_file(beside).map_err(failed())?)
            }
            Exchange::Done => {
                sys::exchange(directory, beside, name).map_err(failed())?;
                if is_at(directory, beside, made) { self.changed() } else { self.is_in(beside) }
            }
        }
    }

    /// Removes the file, which is looked at where nobody else saves it.
    fn take_away(&self, directory: &Dir, name: Name<'_>, beside: Name<'_>) -> anyhow::Result<()> {
        let failed = || cannot("remove", &self.path);
        self.check_unchanged(directory, name)?;
        sys::rename_no_replace(directory, name, directory, beside).map_err(failed())?;
        if self.is_as_read(directory, beside) {
            return Ok(directory.remove_file(beside).map_err(failed())?);
        }
        match sys::rename_no_replace(directory, beside, directory, name) {
            Ok(()) => self.changed(),
            Err(_) => self.is_in(beside),
        }
    }

    fn changed(&self) -> anyhow::Result<()> {
        bail!("cannot write {}: it was changed meanwhile; run rrm setup again", quoted(&self.path))
    }

    /// Where what another program has saved is, if it has saved once more.
    fn is_in(&self, beside: Name<'_>) -> anyhow::Result<()> {
        let beside = self.path.with_file_name(beside.as_os_str());
        bail!("cannot write {}: it was changed twice meanwhile; compare it with {}", quoted(&self.path), quoted(beside))
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

    fn check_unchanged(&self, directory: &Dir, name: Name<'_>) -> anyhow::Result<()> {
        let now = if_there(read(directory, name)).map_err(cannot("read", &self.path))?;
        if now == self.text { Ok(()) } else { self.changed() }
    }

    /// Whether what is at this name is what was read.
    fn is_as_read(&self, directory: &Dir, name: Name<'_>) -> bool {
        read(directory, name).ok() == self.text
    }
}

fn is_at(directory: &Dir, name: Name<'_>, made: FileId) -> bool {
    directory.metadata_of(name).is_ok_and(|found| found.id == made)
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

#[cfg(test)]
mod tests {
    use std::fs;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use rrm::sys::door::faults::watched;

    use super::*;

    /// Another program saves, once or twice, right before each call: what it saved last is there, and is told if it is beside.
    #[test]
    fn what_is_saved_meanwhile_is_not_lost() {
        for (text, times) in [(Some(&b"new\n"[..]), 1), (None, 1), (Some(b"new\n"), 2), (None, 2)] {
            let mut saved_at = 0..;
            while let Some(at) = saved_at.next().filter(|at| check(text, *at, times)) {
                assert!(at < 100);
            }
            assert!(saved_at.start >= 3);
        }
    }

    /// Whether there were so many calls.
    #[expect(clippy::disallowed_methods, reason = "an editor saves so")]
    fn check(text: Option<&'static [u8]>, at: usize, times: usize) -> bool {
        let home = tempfile::tempdir().expect("a directory");
        let path = home.path().join("rc");
        fs::write(&path, "old\n").expect("written");
        let file = StartFile::open(home.path(), &path).expect("it is sound");
        let (calls, saves) = (Arc::new(AtomicUsize::new(0)), at..at + times);
        let save = {
            let (calls, path) = (Arc::clone(&calls), path.clone());
            move |_: &'static str| {
                let call = calls.fetch_add(1, Ordering::Relaxed);
                if saves.contains(&call) {
                    let new = path.with_file_name("new");
                    fs::write(&new, format!("saved {call}\n")).expect("written");
                    fs::rename(&new, &path).expect("saved");
                }
            }
        };
        let written = watched(save, || file.write(text)).result.expect("nothing stopped it");
        let calls = calls.load(Ordering::Relaxed);
        let last = calls.min(at + times).checked_sub(1).filter(|last| *last >= at);
        let Some(last) = last else { return false };
        let last = format!("saved {last}\n");
        let others = fs::read_dir(home.path()).expect("a directory").map(|other| other.expect("an entry").path());
        let others: Vec<_> = others.filter(|other| *other != path).collect();
        if fs::read_to_string(&path).is_ok_and(|text| text == last) && others.is_empty() {
            return true;
        }
        let told = written.expect_err("what was saved is not in its place").to_string();
        let is_told = |other: &PathBuf| told.contains(&*other.file_name().expect("a name").to_string_lossy());
        assert!(others.len() == 1 && others.iter().all(is_told), "{at}, {times}: {told}, {others:?}");
        true
    }
}
