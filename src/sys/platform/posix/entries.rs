//! Reading directories with readdir(3): its stream holds the place, and has a descriptor of its own.

use std::collections::VecDeque;
use std::io;
use std::os::fd::AsFd;
use std::sync::{Mutex, PoisonError};

use rustix::fs::Dir as Stream;
use rustix::io::Errno;

use crate::sys::values::entry::Entry;
use crate::sys::values::entry::{Batch, entry, kind};
use crate::sys::values::metadata::FileKind;

/// How many entries make a batch.
const BATCH: usize = 8192;

/// How far a directory was read: the stream, once there is one.
#[derive(Debug, Default)]
pub(in crate::sys) struct Reading(Mutex<Option<Stream>>);

/// The stream has its own.
#[derive(Debug, Default)]
pub(in crate::sys) struct Room;

/// Hands over some entries: inode, kind and name.
pub(in crate::sys) fn read_some(
    dir: impl AsFd,
    reading: &Reading,
    _: &mut Room,
    mut each: impl FnMut(u64, Option<FileKind>, &[u8]),
) -> io::Result<Batch> {
    let mut stream = reading.0.lock().unwrap_or_else(PoisonError::into_inner);
    let stream = match &mut *stream {
        Some(stream) => stream,
        none => none.insert(stream_of(dir)?),
    };
    for given in 0..BATCH {
        let Some(entry) = stream.next() else { return Ok(if given == 0 { Batch::End } else { Batch::More }) };
        let entry = entry?;
        each(entry.ino(), kind(entry.file_type()), entry.file_name().to_bytes());
    }
    Ok(Batch::More)
}

pub(in crate::sys) fn rewind(_: impl AsFd, reading: &Reading) -> io::Result<()> {
    *reading.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    Ok(())
}

pub(in crate::sys) fn for_each(dir: impl AsFd, mut each: impl FnMut(Entry) -> io::Result<()>) -> io::Result<()> {
    let mut stream = Stream::read_from(dir)?;
    while let Some(entry) = next(&mut stream)? {
        each(entry)?;
    }
    Ok(())
}

/// How far a directory was listed. There is no position that another handle understands, so what is left when the stream
/// is given up is kept.
#[derive(Debug, Default)]
pub(in crate::sys) enum Listing {
    #[default]
    Start,
    Reading(Stream),
    /// The entries that are left, and the error that came after them.
    Left(VecDeque<Entry>, Option<io::Error>),
}

impl Listing {
    pub(in crate::sys) fn next(&mut self, dir: impl AsFd) -> io::Result<Option<Entry>> {
        if let Self::Start = self {
            *self = Self::Reading(stream_of(dir)?);
        }
        match self {
            Self::Start => Ok(None),
            Self::Reading(stream) => next(stream),
            Self::Left(entries, error) => match (entries.pop_front(), error.take()) {
                (None, Some(error)) => Err(error),
                (entry, kept) => {
                    *error = kept;
                    Ok(entry)
                }
            },
        }
    }

    pub(in crate::sys) fn set_aside(&mut self) {
        let Self::Reading(stream) = self else { return };
        let mut left = VecDeque::new();
        let error = loop {
            match next(stream) {
                Ok(Some(entry)) => left.push_back(entry),
                Ok(None) => break None,
                Err(error) => break Some(error),
            }
        };
        *self = Self::Left(left, error);
    }
}

/// A stream of its own; one that shares the handle where the directory may be read and not searched.
fn stream_of(dir: impl AsFd) -> io::Result<Stream> {
    match Stream::read_from(&dir) {
        Err(Errno::ACCESS) => {
            let mut shared = Stream::new(dir.as_fd().try_clone_to_owned()?)?;
            shared.rewind();
            Ok(shared)
        }
        opened => Ok(opened?),
    }
}

fn next(stream: &mut Stream) -> io::Result<Option<Entry>> {
    for found in stream {
        let found = found?;
        if let Some(entry) = entry(found.file_name().to_bytes(), found.file_type()) {
            return Ok(Some(entry));
        }
    }
    Ok(None)
}
