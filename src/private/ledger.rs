//! What is written down of private directories, so that what a kill leaves of them is known again.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;

use super::{Found, PrivateDir, Purpose, Trace, is_random_name};
use crate::sys::{Dir, Name, Timestamp, if_there, write};

/// A file that only we can write, to which each private directory of one command is added: its name before it is made,
/// and what it is known by as soon as that is known.
///
/// A line is `aside NAME` or `copy NAME`, and then `MAJOR:MINOR INODE SECONDS.NANOSECONDS;`, the last a `-` where the file
/// system does not tell it.
#[derive(Debug)]
pub struct Ledger(File);

/// A private directory that a ledger tells of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// What it was made for.
    pub purpose: Purpose,
    /// What it was called.
    pub name: OsString,
    /// What it is known by. Without that it was not used yet.
    trace: Option<Trace>,
}

impl Ledger {
    /// Adds to this file.
    #[must_use]
    pub fn on(file: File) -> Self {
        Self(file)
    }

    pub(super) fn about_to_make(&self, purpose: Purpose, name: &OsStr) -> io::Result<()> {
        let word = match purpose {
            Purpose::Copy => "copy",
            Purpose::Aside => "aside",
        };
        self.add(&format!("\n{word} {}", name.to_string_lossy()))
    }

    pub(super) fn made(&self, trace: &Trace) -> io::Result<()> {
        let Trace { device: (major, minor), inode, born } = trace;
        let born = born.map_or_else(|| "-".to_owned(), |born| format!("{}.{}", born.seconds, born.nanoseconds));
        self.add(&format!(" {major}:{minor} {inode} {born};"))
    }

    /// One write, so that a kill leaves all of it or nothing.
    fn add(&self, text: &str) -> io::Result<()> {
        write(&self.0, text.as_bytes())
    }

    /// What the content of such a file tells. A line that cannot be read is left out.
    #[must_use]
    pub fn read(content: &[u8]) -> Vec<Recorded> {
        content.split(|byte| *byte == b'\n').filter_map(|line| recorded(std::str::from_utf8(line).ok()?)).collect()
    }
}

fn recorded(line: &str) -> Option<Recorded> {
    let mut words = line.splitn(3, ' ');
    let purpose = match words.next()? {
        "copy" => Purpose::Copy,
        "aside" => Purpose::Aside,
        _ => return None,
    };
    let name = OsString::from(words.next()?);
    let trace = words.next().and_then(|words| trace(words.strip_suffix(';')?));
    is_random_name(&name).then_some(Recorded { purpose, name, trace })
}

fn trace(text: &str) -> Option<Trace> {
    let words: Vec<&str> = text.split(' ').collect();
    let [device, inode, born] = words[..] else { return None };
    let (major, minor) = device.split_once(':')?;
    let born = match born {
        "-" => None,
        born => {
            let (seconds, nanoseconds) = born.split_once('.')?;
            Some(Timestamp { seconds: seconds.parse().ok()?, nanoseconds: nanoseconds.parse().ok()? })
        }
    };
    Some(Trace { device: (major.parse().ok()?, minor.parse().ok()?), inode: inode.parse().ok()?, born })
}

impl Recorded {
    /// Looks what is under its name in `holder` now.
    ///
    /// # Security
    /// Whoever may rename in `holder` decides what is found. So it is ours only if it is the very directory that was made,
    /// or, where that was never written down, if it is empty as it was then.
    pub fn find(&self, holder: &Dir) -> io::Result<Found> {
        let name = Name::new(&self.name)?;
        if if_there(holder.metadata_of(name))?.is_none() {
            return Ok(Found::Gone);
        }
        let Some(found) = PrivateDir::open(holder, name)? else { return Ok(Found::Unknown) };
        let is_it = match &self.trace {
            Some(trace) => trace.is_of(&found.trace),
            None => found.dir.is_empty()?,
        };
        Ok(if is_it { Found::Ours(found) } else { Found::Unknown })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    fn ledger(root: &tempfile::TempDir) -> Ledger {
        Ledger::on(File::create(root.path().join("ledger")).expect("made"))
    }

    fn read(root: &tempfile::TempDir) -> Vec<Recorded> {
        Ledger::read(&fs::read(root.path().join("ledger")).expect("read"))
    }

    fn scene() -> (tempfile::TempDir, Dir) {
        let root = tempfile::tempdir().expect("a temporary directory");
        fs::create_dir(root.path().join("shared")).expect("made");
        let shared = Dir::open(&root.path().join("shared")).expect("opened");
        (root, shared)
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "what a test made it may move and remove")]
    fn what_is_made_is_known_again_and_nothing_else_is() {
        let (root, shared) = scene();
        let ledger = ledger(&root);
        let made = PrivateDir::make(&shared, Purpose::Copy, Some(&ledger)).expect("made");
        made.dir().create_file(Name::fixed("item")).expect("made");
        let [recorded] = &read(&root)[..] else { panic!("one line") };
        assert_eq!((recorded.purpose, recorded.name.as_os_str()), (Purpose::Copy, made.name()));
        assert!(matches!(recorded.find(&shared), Ok(Found::Ours(_))));

        let path = root.path().join("shared").join(made.name());
        fs::rename(&path, root.path().join("moved")).expect("moved");
        assert!(matches!(recorded.find(&shared), Ok(Found::Gone)));
        for mode in [0o700, 0o1700, 0o1777] {
            fs::create_dir(&path).expect("another");
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("set");
            assert!(matches!(recorded.find(&shared), Ok(Found::Unknown)), "{mode:o}");
            fs::remove_dir(&path).expect("it is empty");
        }
        std::os::unix::fs::symlink(root.path().join("moved"), &path).expect("a link");
        assert!(matches!(recorded.find(&shared), Ok(Found::Unknown)));
    }

    /// Killed between mkdir and the second half of the line.
    #[test]
    fn what_was_not_used_yet_is_ours_as_long_as_it_is_empty() {
        let (root, shared) = scene();
        let made = PrivateDir::make(&shared, Purpose::Aside, None).expect("made");
        ledger(&root).about_to_make(Purpose::Aside, made.name()).expect("written");
        let [recorded] = &read(&root)[..] else { panic!("one line") };
        assert!(matches!(recorded.find(&shared), Ok(Found::Ours(_))));
        made.dir().create_file(Name::fixed("item")).expect("made");
        assert!(matches!(recorded.find(&shared), Ok(Found::Unknown)));
    }

    #[test]
    fn a_torn_line_and_a_strange_one_tell_nothing_that_is_acted_on() {
        let name = format!(".rrm-{}", "0a".repeat(16));
        let whole = format!("\ncopy {name} 8:1 12 1700000000.5;");
        assert!(Ledger::read(whole.as_bytes())[0].trace.is_some());
        for end in 1..whole.len() {
            let found = Ledger::read(&whole.as_bytes()[..end]);
            assert!(found.iter().all(|recorded| recorded.trace.is_none()), "{end}: {found:?}");
        }
        for line in ["", "copy ../x 8:1 12 -;", "copy .rrm-1000 8:1 12 -;", &format!("drop {name} 8:1 12 -;"), "\u{0}"]
        {
            assert_eq!(Ledger::read(line.as_bytes()), [], "{line}");
        }
    }
}
