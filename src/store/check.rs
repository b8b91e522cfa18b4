//! Problems in one trash directory. The check changes nothing. It briefly locks each copy, because that is the only way to
//! find out whether a command uses it (flock(2)).

use std::ffi::OsStr;
use std::io;
use std::path::Path;

use chrono::{DateTime, Utc};

use crate::attributes::{ExtendedAttributes, RecordFile};
use crate::error::{Error, ErrorKind, Result, words_of};
use crate::finding::{Age, At, Fault, Finding, Source};
use crate::item::{Holder, Origin, Spot, State, TrashItem, Untrusted};
use crate::store::envelope::discard_envelope;
use crate::store::envelope::is_abandoned;
use crate::store::lock::take_over;
use crate::store::moving::make_writable::OWNER_ALL;
use crate::store::record;
use crate::store::record::keys::ORIGINAL_PATH;
use crate::store::{Reading, TrashDir, layout};
use crate::sys::{self, Dir, Name, Timestamp};

impl TrashDir {
    /// Looks at the directory itself and those that rrm works in.
    pub fn check_places(&self, found: &mut Vec<Finding>) -> io::Result<()> {
        let mode = self.dir.metadata()?.mode;
        if mode & OWNER_ALL != OWNER_ALL {
            found.push(Finding::WrongMode { trash: self.path.to_path_buf(), mode });
        }
        for name in [layout::STAGING, layout::DOOMED, layout::KEPT, layout::VOLUMES] {
            let fault = self.fault_of(name)?;
            found.extend(fault.map(|fault| Finding::Unusable { path: self.path.join(name.as_os_str()), fault }));
        }
        if self.dir.readable().is_ok_and(|file| !keeps_attributes(&*self.attributes, &file)) {
            found.push(Finding::NoAttributes { trash: self.path.to_path_buf() });
        }
        Ok(())
    }

    fn fault_of(&self, name: Name<'_>) -> io::Result<Option<Fault>> {
        let Some(metadata) = sys::if_there(self.dir.metadata_of(name))? else { return Ok(None) };
        Ok(if !metadata.is_dir() {
            Some(Fault::NoDirectory)
        } else if metadata.uid != sys::effective_uid() {
            Some(Fault::Owner(metadata.uid))
        } else {
            (metadata.mode & OWNER_ALL != OWNER_ALL).then_some(Fault::Mode(metadata.mode))
        })
    }

    /// Looks at what was read under one name.
    pub fn check_entry(&self, reading: &Result<Reading>, now: DateTime<Utc>, found: &mut Vec<Finding>) {
        match reading {
            Ok(Reading::Item(item)) => self.check_item(item, now, found),
            Ok(Reading::Abandoned { spot, modified }) => found.extend(self.check_abandoned(*spot, *modified, now)),
            Ok(Reading::Gone) => {}
            Err(error) if error.kind == ErrorKind::Foreign => found.push(self.foreign_entry(error)),
            Err(error) => {
                found.push(self.unreadable(&error.path, error.reason.to_string()));
            }
        }
    }

    fn check_item(&self, item: &TrashItem, now: DateTime<Utc>, found: &mut Vec<Finding>) {
        let at = || At { trash: self.path.clone(), spot: item.spot() };
        match &item.origin {
            Origin::Unknown => found.push(Finding::Untagged(at())),
            Origin::Untrusted(record) => {
                let Untrusted { recorded, reason } = &**record;
                found.push(Finding::Untrusted { at: at(), recorded: recorded.clone(), reason });
            }
            Origin::Known(path) if item.is_open() => {
                found.push(Finding::Open { at: at(), recorded: path.clone() });
            }
            Origin::Known(path) if item.state(now) == State::Doubtful => {
                found.push(Finding::Doubtful { at: at(), original: path.clone() });
            }
            Origin::Known(_) => {}
        }
        if item.holder == Holder::Envelope
            && let Ok(others @ 1..) = self.others_in(item.spot())
        {
            found.push(Finding::Crowded { at: at(), others });
        }
    }

    fn check_abandoned(&self, spot: Spot, modified: Timestamp, now: DateTime<Utc>) -> Option<Finding> {
        let at = At { trash: self.path.clone(), spot };
        match self.others_in(spot) {
            Ok(0) if is_abandoned(modified, now) => Some(Finding::EmptyEnvelope { at, age: Age::Old }),
            Ok(0) => Some(Finding::EmptyEnvelope { at, age: Age::Young }),
            Ok(others) => Some(Finding::Crowded { at, others }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => Some(self.unreadable(&at.path(), words_of(&error))),
        }
    }

    /// How many names an envelope holds beside its item and its record.
    fn others_in(&self, spot: Spot) -> io::Result<usize> {
        let shelf = self.shelf(spot.shelf())?;
        RecordFile::others_in(&shelf.open_dir(Name::new(&spot.name())?)?, layout::ITEM)
    }

    fn foreign_entry(&self, error: &Error) -> Finding {
        Finding::Foreign { path: error.path.clone(), owner: self.other_owner(&error.path) }
    }

    fn unreadable(&self, path: &Path, reason: String) -> Finding {
        Finding::Unreadable { path: path.to_owned(), reason, owner: self.other_owner(path) }
    }

    /// Whose an entry is, if it is not ours.
    fn other_owner(&self, path: &Path) -> Option<u32> {
        let owner = sys::metadata_at(path).ok()?.uid;
        (owner != self.owner).then_some(owner)
    }

    /// Looks at what a clean has claimed and not deleted.
    pub fn check_doomed(&self) -> io::Result<Option<Finding>> {
        let entries = self.doomed()?.map_or(0, |(_, names)| names.len());
        Ok((entries > 0).then(|| Finding::InterruptedClean { doomed: self.doomed_path(), entries }))
    }

    /// Looks at one copy on its way in; nothing, if somebody works on it.
    pub fn check_staged(&self, staging: &Dir, name: &OsStr) -> io::Result<Option<Finding>> {
        let checked = Name::new(name)?;
        let source = match staging.open_dir(checked) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => Source::Unknown,
            Err(error) => return Err(error),
            Ok(envelope) => match take_over(staging, checked, &envelope)? {
                None => return Ok(None),
                Some(_lock) => self.source_of(&envelope)?,
            },
        };
        Ok(Some(Finding::InterruptedCopy { trash: self.path.clone(), name: name.to_owned(), source }))
    }

    fn source_of(&self, envelope: &Dir) -> io::Result<Source> {
        let holds_no_item = envelope.metadata_of(layout::ITEM).is_err_and(|e| e.kind() == io::ErrorKind::NotFound);
        if holds_no_item && RecordFile::others_in(envelope, layout::ITEM)? == 0 {
            return Ok(Source::Uncopied);
        }
        let file = envelope.readable()?;
        let recorded = match record::read_path(&*self.attributes, &file)? {
            None => record::read_path(&RecordFile, &file)?,
            recorded => recorded,
        };
        Ok(match self.origin(recorded) {
            Origin::Known(path) if sys::metadata_at(&path).is_ok() => Source::There(path),
            Origin::Known(path) => Source::Gone(path),
            Origin::Unknown | Origin::Untrusted { .. } => Source::Unknown,
        })
    }

    /// Removes an envelope if it is old and still holds nothing but its record.
    pub fn remove_empty(&self, spot: Spot, now: DateTime<Utc>) -> io::Result<()> {
        let reading =
            self.read_spot(spot, None).map_err(|error| error.source.unwrap_or_else(|| io::ErrorKind::Other.into()))?;
        match reading {
            Reading::Abandoned { modified, .. } if self.others_in(spot)? == 0 => self.sweep(spot, modified, now),
            Reading::Abandoned { .. } | Reading::Item(_) => Err(io::ErrorKind::DirectoryNotEmpty.into()),
            Reading::Gone => Ok(()),
        }
    }

    /// Removes an envelope from the staging directory if nobody works on it and nothing was copied into it.
    pub fn remove_uncopied(&self, name: &OsStr) -> io::Result<()> {
        let Some(staging) = self.own_dir_if_there(layout::STAGING)? else { return Ok(()) };
        let name = Name::new(name)?;
        let envelope = staging.open_dir(name)?;
        let Some(_lock) = take_over(&staging, name, &envelope)? else {
            return Err(io::ErrorKind::ResourceBusy.into());
        };
        match self.source_of(&envelope)? {
            Source::Uncopied => discard_envelope(&staging, &envelope, name),
            _ => Err(io::ErrorKind::DirectoryNotEmpty.into()),
        }
    }
}

/// Whether files can carry attributes here: one that is not there is asked for, which changes nothing.
fn keeps_attributes(attributes: &dyn ExtendedAttributes, file: &std::fs::File) -> bool {
    !attributes.get(file, ORIGINAL_PATH).is_err_and(|error| error.kind() == io::ErrorKind::Unsupported)
}
