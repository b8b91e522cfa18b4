//! How large a directory is, all of it.

use std::io;

use crate::progress::{Activity, Amount, Progress};
use crate::sys::{Dir, Name};
use crate::walk::{Ascent, Step, Walk};

/// Adds up the lengths of all files below the directory `name` of `holder`, which no mount interrupts.
///
/// Fails where something cannot be read: a sum of half the files would be no size.
pub(super) fn measure(holder: &Dir, name: Name<'_>, progress: &dyn Progress) -> io::Result<u64> {
    progress.begin(Activity::Measuring, None);
    let sum = add_up(holder, name, progress);
    progress.end();
    sum
}

fn add_up(holder: &Dir, name: Name<'_>, progress: &dyn Progress) -> io::Result<u64> {
    let mut walk = Walk::new(holder.open_dir_on_this_mount(name)?, name);
    let mut sum = 0;
    loop {
        match walk.step()? {
            Step::Finished if walk.leave()? == Ascent::Over => return Ok(sum),
            Step::Finished => {}
            Step::Found(entry) => {
                progress.advance(Amount { entries: 1, bytes: 0 });
                let name = Name::new(&entry.name).map_err(io::Error::other)?;
                let metadata = walk.here().metadata_of(name)?;
                if metadata.is_dir() {
                    let child = walk.here().open_dir_on_this_mount(name)?;
                    walk.enter(child, entry.name)?;
                } else {
                    sum += metadata.size;
                }
            }
        }
    }
}
