//! What keeper and stand-by tell the front: a byte that says what, the length of the rest, the rest.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;

use super::NotRun;
use crate::sys::Ending;

/// What the front is told.
#[derive(Debug)]
pub(super) enum Told {
    /// COMMAND was not run.
    NotRun(NotRun),
    /// Something that was kept, in words.
    Line(Vec<u8>),
    /// How many more things were kept than there was time to name.
    More(u64),
    /// COMMAND, of this number, was stopped.
    Stopped(u32),
    /// COMMAND ended.
    Ended(Ending),
    /// What the keeper has to say at the end; the last word.
    Words(Vec<u8>),
}

const NO_GUARD: u8 = b'g';
const ALREADY: u8 = b'a';
const NO_PROGRAM: u8 = b'p';
const NO_KEEPER: u8 = b'k';
const LINE: u8 = b'l';
const MORE: u8 = b'm';
const STOPPED: u8 = b's';
const EXITED: u8 = b'e';
const KILLED: u8 = b'd';
const WORDS: u8 = b'w';

/// Tells the front, which may be gone: that is no failure.
pub(super) fn tell(mut front: &UnixStream, told: &Told) {
    let number = |error: &io::Error| error.raw_os_error().unwrap_or_default().to_ne_bytes().to_vec();
    let (what, rest) = match told {
        Told::NotRun(NotRun::NoGuard(error)) => (NO_GUARD, number(error)),
        Told::NotRun(NotRun::Guarded) => (ALREADY, Vec::new()),
        Told::NotRun(NotRun::NoProgram(error)) => (NO_PROGRAM, number(error)),
        Told::NotRun(NotRun::NoKeeper(error)) => (NO_KEEPER, number(error)),
        Told::Line(line) => (LINE, line.clone()),
        Told::More(more) => (MORE, more.to_ne_bytes().to_vec()),
        Told::Stopped(process) => (STOPPED, process.to_ne_bytes().to_vec()),
        Told::Ended(Ending::Exited(status)) => (EXITED, status.to_ne_bytes().to_vec()),
        Told::Ended(Ending::Killed(signal)) => (KILLED, signal.to_ne_bytes().to_vec()),
        Told::Words(words) => (WORDS, words.clone()),
    };
    let mut message = vec![what];
    message.extend(u32::try_from(rest.len()).unwrap_or(u32::MAX).to_ne_bytes());
    message.extend(rest);
    let _ = front.write_all(&message);
}

/// What was told; `None` when nobody is left who could.
pub(super) fn hear(mut keeper: &UnixStream) -> io::Result<Option<Told>> {
    let (mut what, mut length) = ([0], [0; 4]);
    if keeper.read(&mut what)? == 0 {
        return Ok(None);
    }
    keeper.read_exact(&mut length)?;
    let mut rest = Vec::new();
    keeper.take(u32::from_ne_bytes(length).into()).read_to_end(&mut rest)?;
    let number = rest.first_chunk().map(|bytes| i32::from_ne_bytes(*bytes)).unwrap_or_default();
    let error = || io::Error::from_raw_os_error(number);
    Ok(Some(match what[0] {
        NO_GUARD => Told::NotRun(NotRun::NoGuard(error())),
        ALREADY => Told::NotRun(NotRun::Guarded),
        NO_PROGRAM => Told::NotRun(NotRun::NoProgram(error())),
        NO_KEEPER => Told::NotRun(NotRun::NoKeeper(error())),
        LINE => Told::Line(rest),
        MORE => Told::More(rest.first_chunk().map(|bytes| u64::from_ne_bytes(*bytes)).unwrap_or_default()),
        STOPPED => Told::Stopped(number.unsigned_abs()),
        EXITED => Told::Ended(Ending::Exited(number)),
        KILLED => Told::Ended(Ending::Killed(number)),
        _ => Told::Words(rest),
    }))
}

/// An error by its number alone, which is all that another process can be told.
pub(super) fn plain(error: &io::Error) -> io::Error {
    io::Error::from_raw_os_error(error.raw_os_error().unwrap_or_default())
}
