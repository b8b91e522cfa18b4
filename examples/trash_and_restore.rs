//! Moves a file to the trash, and back: `trash_and_restore TRASH FILE`.
#![allow(clippy::disallowed_methods, reason = "an example is told by the system what time it is, and by whom")]

use std::path::Path;

use chrono::{DateTime, Utc};
use rrm::error::Result;
use rrm::manager::TrashManager;
use rrm::ops::remove::{RemoveOptions, Removed};
use rrm::ops::restore::{Restorable, RestoreOptions};
use rrm::progress::Silent;

pub(crate) fn trash_and_restore(manager: &TrashManager, file: &Path, now: DateTime<Utc>) -> Result<()> {
    let removal = manager.plan_removal(file, &RemoveOptions::new(now))?;
    if let Removed::Trashed(item) = manager.remove(&removal, &Silent)? {
        let plan = manager.plan_restore(&RestoreOptions::new(Restorable::items([item.id]), now));
        let mut failed = None;
        manager.restore(&plan, &Silent, |_, result| failed = result.err());
        return failed.map_or(Ok(()), Err);
    }
    Ok(())
}

fn main() -> Result<()> {
    let words: Vec<_> = std::env::args_os().skip(1).collect();
    let [trash, file] = &words[..] else { return Ok(()) };
    trash_and_restore(&TrashManager::at(trash).build(), file.as_ref(), Utc::now())
}
