//! What a promotion asks of the disk.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use super::super::journal::Key;
use super::super::promote::{Look, Numbered};
use crate::store::Guard;
use crate::sys::{self, Dir, FileKind, Name};

/// What is compared at a time.
const PIECE: usize = 64 << 10;

pub(super) struct OnDisk<'a> {
    guard: &'a Guard,
    numbers: RefCell<HashMap<u64, Option<Numbered>>>,
    seen: RefCell<Seen>,
}

/// What was seen last of paths: they are asked for in turn, and most often more than once.
#[derive(Default)]
struct Seen {
    last: Option<(PathBuf, Option<Key>)>,
    /// A directory that is not there, so that nothing in it is.
    missing: Option<PathBuf>,
    /// One that is there.
    present: Option<PathBuf>,
}

impl<'a> OnDisk<'a> {
    pub(super) fn of(guard: &'a Guard) -> Self {
        Self { guard, numbers: RefCell::default(), seen: RefCell::default() }
    }

    fn look_at_number(&self, number: u64) -> io::Result<Numbered> {
        let name = Guard::name_of(number);
        let (is, birth) = self.guard.dir().metadata_and_birth_of(Name::new(&name)?)?;
        Ok(Numbered { key: Key::new(is.id, birth), links: is.links, modified: is.modified })
    }

    fn has_same_content(&self, number: u64, path: &Path) -> io::Result<bool> {
        let name = Guard::name_of(number);
        let parent = Dir::open_following(path.parent().unwrap_or(Path::new("/")))?;
        let last = Name::new(path.file_name().unwrap_or_default())?;
        let files = [(self.guard.dir(), Name::new(&name)?), (&parent, last)];
        for (dir, name) in files {
            // Nothing but a regular file is opened.
            if dir.metadata_of(name)?.kind != FileKind::File {
                return Ok(false);
            }
        }
        let [one, other] = files.map(|(dir, name)| dir.open_file_keeping_access_time(name));
        is_same(&one?, &other?)
    }
}

fn key_at(path: &Path) -> Option<Key> {
    let (is, birth) = sys::metadata_and_birth_at(path).ok()?;
    Some(Key::new(is.id, birth))
}

impl Look for OnDisk<'_> {
    fn at(&self, path: &Path) -> Option<Key> {
        let mut seen = self.seen.borrow_mut();
        if let Some((_, key)) = seen.last.as_ref().filter(|(last, _)| last == path) {
            return *key;
        }
        if seen.missing.as_ref().is_some_and(|missing| path.starts_with(missing)) {
            return None;
        }
        let key = key_at(path);
        if let (None, Some(parent)) = (key, path.parent())
            && seen.present.as_deref() != Some(parent)
        {
            let known = Some(parent.to_owned());
            match sys::metadata_at(parent).is_ok() {
                true => seen.present = known,
                false => seen.missing = known,
            }
        }
        seen.last = Some((path.to_owned(), key));
        key
    }

    fn links(&self, path: &Path) -> u32 {
        sys::metadata_at(path).map_or(0, |is| is.links)
    }

    fn number(&self, number: u64) -> Option<Numbered> {
        *self.numbers.borrow_mut().entry(number).or_insert_with(|| self.look_at_number(number).ok())
    }

    fn is_same_content(&self, number: u64, path: &Path) -> bool {
        // What cannot be read is not known to be the same.
        self.has_same_content(number, path).unwrap_or(false)
    }

    fn is_repository(&self, path: &Path) -> bool {
        let Ok(dir) = Dir::open(path) else { return false };
        let is = |name| dir.metadata_of(name).ok().map(|is| is.kind);
        let directories = [OBJECTS, REFS].map(is);
        is(HEAD) == Some(FileKind::File) && directories == [Some(FileKind::Directory); 2] && holds_objects(&dir)
    }
}

const HEAD: Name<'static> = Name::fixed("HEAD");
const OBJECTS: Name<'static> = Name::fixed("objects");
const REFS: Name<'static> = Name::fixed("refs");

/// Whether there is more than what a new repository has.
fn holds_objects(repository: &Dir) -> bool {
    const PACK: Name<'static> = Name::fixed("pack");
    let Ok(objects) = repository.open_dir(OBJECTS) else { return false };
    let is_packed = objects.open_dir(PACK).is_ok_and(|pack| !pack.is_empty().unwrap_or(true));
    let mut others = 0;
    let read = objects.for_each_entry(|entry| {
        others += usize::from(entry.name != "pack" && entry.name != "info");
        Ok(())
    });
    is_packed || (read.is_ok() && others > 0)
}

fn is_same(one: &File, other: &File) -> io::Result<bool> {
    let size = sys::metadata_of_file(one)?.size;
    if size != sys::metadata_of_file(other)?.size {
        return Ok(false);
    }
    let (mut ours, mut theirs) = (vec![0; PIECE], vec![0; PIECE]);
    let mut at = 0;
    while at < size {
        let length = usize::try_from(size - at).map_or(PIECE, |left| left.min(PIECE));
        one.read_exact_at(&mut ours[..length], at)?;
        other.read_exact_at(&mut theirs[..length], at)?;
        if ours[..length] != theirs[..length] {
            return Ok(false);
        }
        at += u64::try_from(length).map_err(io::Error::other)?;
    }
    Ok(true)
}
