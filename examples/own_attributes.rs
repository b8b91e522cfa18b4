//! Keeps the records of a trash under names of its own, and tells of each: `own_attributes TRASH FILE`.
//!
//! Whatever can keep some bytes under a name for an open file will do: a database, a server, a disk that fails in a test.
#![allow(clippy::disallowed_methods, clippy::print_stdout, reason = "an example shows what it does")]

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use rrm::attributes::{ExtendedAttributes, SystemAttributes};
use rrm::error::Result;
use rrm::manager::{Builder, TrashManager};
use rrm::ops::remove::{RemoveOptions, Removed};
use rrm::progress::Silent;

/// The system's attributes, with a word in front of each name.
pub(crate) struct Prefixed(pub(crate) &'static str);

impl Prefixed {
    fn name(&self, name: &str) -> String {
        format!("{}.{name}", self.0)
    }
}

impl ExtendedAttributes for Prefixed {
    fn list(&self, file: &File) -> io::Result<Vec<OsString>> {
        let own = |name: OsString| Some(name.to_str()?.strip_prefix(self.0)?.strip_prefix('.')?.into());
        Ok(SystemAttributes.list(file)?.into_iter().filter_map(own).collect())
    }

    fn get(&self, file: &File, name: &str) -> io::Result<Option<Vec<u8>>> {
        SystemAttributes.get(file, &self.name(name))
    }

    fn create(&self, file: &File, name: &str, value: &[u8]) -> io::Result<()> {
        println!("{} = {}", self.name(name), String::from_utf8_lossy(value));
        SystemAttributes.create(file, &self.name(name), value)
    }

    fn set(&self, file: &File, name: &str, value: &[u8]) -> io::Result<()> {
        SystemAttributes.set(file, &self.name(name), value)
    }

    fn remove(&self, file: &File, name: &str) -> io::Result<()> {
        SystemAttributes.remove(file, &self.name(name))
    }
}

pub(crate) fn remove(trash: Builder, file: &Path, now: DateTime<Utc>) -> Result<Removed> {
    let manager = trash.attributes(Arc::new(Prefixed("example"))).build();
    let removal = manager.plan_removal(file, &RemoveOptions::new(now))?;
    manager.remove(&removal, &Silent)
}

fn main() -> Result<()> {
    let words: Vec<_> = std::env::args_os().skip(1).collect();
    let [trash, file] = &words[..] else { return Ok(()) };
    remove(TrashManager::at(trash), file.as_ref(), Utc::now()).map(drop)
}
