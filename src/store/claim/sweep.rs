//! What interrupted commands leave in a trash directory, and how it goes away.

use std::ffi::OsString;
use std::io;

use chrono::{DateTime, Utc};

use crate::item::Spot;
use crate::store::envelope::{discard_envelope, is_abandoned};
use crate::store::{TrashDir, layout};
use crate::sys::{Dir, Locked, Name, Timestamp};

impl TrashDir {
    /// Takes the right to clean; `None` where another process has it.
    pub fn lock_for_cleaning(&self) -> io::Result<Option<Locked>> {
        Locked::take(self.dir.readable()?)
    }

    /// Where claimed items are.
    pub fn doomed_dir(&self) -> io::Result<Dir> {
        self.own_dir(layout::DOOMED)
    }

    /// The same place, as a path to show.
    #[must_use]
    pub fn doomed_path(&self) -> std::path::PathBuf {
        self.path.join(layout::DOOMED.as_os_str())
    }

    /// Where claimed items are, if any ever were, and their names.
    pub fn doomed(&self) -> io::Result<Option<(Dir, Vec<OsString>)>> {
        let Some(doomed) = self.own_dir_if_there(layout::DOOMED)? else { return Ok(None) };
        let mut names = Vec::new();
        doomed.for_each_entry(|entry| {
            names.push(entry.name);
            Ok(())
        })?;
        Ok(Some((doomed, names)))
    }

    /// Removes an abandoned envelope if it is old enough.
    ///
    /// Only what is known to be empty goes (rmdir(2)), so a removal that is slower than all others loses at most the
    /// race for its envelope, and says so.
    pub fn sweep(&self, spot: Spot, modified: Timestamp, now: DateTime<Utc>) -> io::Result<()> {
        if !is_abandoned(modified, now) {
            return Ok(());
        }
        let (shelf, name) = (self.shelf(spot.shelf())?, spot.name());
        let name = Name::new(&name)?;
        discard_envelope(&shelf, &shelf.open_dir(name)?, name)
    }
}
