//! What is removed, listed and copied.

use std::fs::{self, File, Permissions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use anyhow::Result;

/// How many files each directory of a tree of small ones holds.
const IN_SMALL: usize = 10;

/// The names of so many files, all of one length.
pub(crate) fn names(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("file-{number:07}")).collect()
}

/// A directory of so many empty files: to remove them is least work for rm, so that nothing hides what rrm adds.
pub(crate) fn flat(at: &Path, count: usize) -> Result<()> {
    fs::create_dir_all(at)?;
    for name in names(count) {
        File::create(at.join(name))?;
    }
    Ok(())
}

/// The same, of this mode whatever the umask.
pub(crate) fn of_mode(at: &Path, count: usize, mode: u32) -> Result<()> {
    flat(at, count)?;
    names(count).iter().try_for_each(|name| Ok(fs::set_permissions(at.join(name), Permissions::from_mode(mode))?))
}

/// So many files in small directories.
pub(crate) fn small_directories(at: &Path, count: usize) -> Result<()> {
    for directory in names(count.div_ceil(IN_SMALL)) {
        flat(&at.join(directory), IN_SMALL)?;
    }
    Ok(())
}

/// A file of random bytes, so many MiB.
pub(crate) fn large(at: &Path, mebibytes: u64) -> Result<()> {
    std::io::copy(&mut File::open("/dev/urandom")?.take(mebibytes << 20), &mut File::create(at)?)?;
    Ok(())
}

/// A file of 8 GiB that holds 4 MiB, in its midst.
pub(crate) fn sparse(at: &Path) -> Result<()> {
    let mut file = File::create(at)?;
    file.set_len(8 << 30)?;
    file.seek(SeekFrom::Start(4 << 30))?;
    std::io::copy(&mut File::open("/dev/urandom")?.take(4 << 20), &mut file)?;
    Ok(())
}

/// A directory of so many files of a few bytes.
pub(crate) fn written(at: &Path, count: usize) -> Result<()> {
    fs::create_dir_all(at)?;
    for name in names(count) {
        File::create(at.join(&name))?.write_all(name.as_bytes())?;
    }
    Ok(())
}

/// A FreeDesktop trash that holds so many files which were in `work`, as its programs leave it: to have it filled by the
/// slowest of them would take minutes.
pub(crate) fn freedesktop_trash(home: &Path, work: &Path, count: usize) -> Result<()> {
    let trash = home.join(".local/share/Trash");
    flat(&trash.join("files"), count)?;
    fs::create_dir_all(trash.join("info"))?;
    for name in names(count) {
        let path = work.join(&name);
        let text = format!("[Trash Info]\nPath={}\nDeletionDate=2026-01-01T12:00:00\n", path.display());
        fs::write(trash.join("info").join(name + ".trashinfo"), text)?;
    }
    Ok(())
}
