//! What every row works with.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use anyhow::Result;

use crate::contest::{self, Contestant};
use crate::options::Options;
use crate::place::Place;
use crate::process::Job;
use crate::programs::{Peer, Programs};
use crate::table::{Cell, Table};
use crate::trees;

/// How many names one command is given when a trash is filled; all of them have to fit in `ARG_MAX`.
const AT_ONCE: usize = 20_000;

/// One place being measured.
pub(crate) struct Bench<'a> {
    pub(crate) options: &'a Options,
    pub(crate) programs: &'a Programs,
    pub(crate) place: &'a Place,
    pub(crate) table: &'a mut Table,
    pub(crate) stop: &'a AtomicBool,
}

/// A home and a working directory for one program in one row.
#[derive(Debug, Clone)]
pub(crate) struct Area {
    pub(crate) home: PathBuf,
    pub(crate) work: PathBuf,
    rrm: PathBuf,
}

impl Area {
    /// A run of `program`, in the working directory.
    pub(crate) fn job(&self, program: impl Into<PathBuf>) -> Job {
        Job::new(program, &self.home, &self.work)
    }

    /// The same, in a directory below it.
    pub(crate) fn job_in(&self, directory: &Path, program: impl Into<PathBuf>) -> Job {
        Job::new(program, &self.home, directory)
    }

    /// A run of rrm.
    pub(crate) fn rrm(&self) -> Job {
        self.job(&self.rrm)
    }

    /// The same, in a directory below the working directory.
    pub(crate) fn rrm_in(&self, directory: &Path) -> Job {
        self.job_in(directory, &self.rrm)
    }

    /// A run of one of a peer's commands.
    pub(crate) fn peer(&self, command: &[PathBuf]) -> Job {
        self.job(&command[0]).words(&command[1..])
    }

    /// The home trash of rrm.
    pub(crate) fn trash(&self) -> PathBuf {
        self.home.join(".local/share/rrm/trash")
    }

    /// Removes files of the working directory with rrm.
    pub(crate) fn trash_all(&self, names: &[String]) -> Result<()> {
        names.chunks(AT_ONCE).try_for_each(|some| self.rrm().words(["rm"]).words(some).run())
    }

    /// Makes so many files with the names of [`trees::names`] and removes them.
    pub(crate) fn fill(&self, count: usize) -> Result<()> {
        trees::flat(&self.work, count)?;
        self.trash_all(&trees::names(count))
    }
}

impl<'a> Bench<'a> {
    /// An area that nobody has used.
    pub(crate) fn area(&self, row: &str, program: &str) -> Result<Area> {
        let at = self.place.directory().join(row).join(program);
        let area = Area { home: at.join("home"), work: at.join("work"), rrm: self.programs.rrm.clone() };
        fs::create_dir_all(&area.home)?;
        fs::create_dir_all(&area.work)?;
        Ok(area)
    }

    /// The other trashes.
    pub(crate) fn peers(&self) -> impl Iterator<Item = &'a Peer> + use<'a> {
        self.programs.peers.iter()
    }

    /// Has all contestants do the same; the first is rrm, and each of the others makes a row. `target` says what the ratio
    /// to the one of a name should be at most.
    pub(crate) fn compare(
        &mut self,
        what: &str,
        mut contestants: Vec<Contestant>,
        target: impl Fn(&str) -> Option<f64>,
    ) -> Result<()> {
        let times = contest::hold(&mut contestants, self.options.statistic, self.stop)?;
        let Some((ours, others)) = times.split_first() else { return Ok(()) };
        for (contestant, theirs) in contestants.iter().skip(1).zip(others) {
            let cell = compared(ours, theirs, target(&contestant.name));
            self.table.put(&self.place.name, what, &contestant.name, cell);
        }
        Ok(())
    }

    /// A row about something other than time.
    pub(crate) fn put(&mut self, what: &str, beside: &str, cell: Cell) {
        self.table.put(&self.place.name, what, beside, cell);
    }
}

fn compared(ours: &Result<Duration>, theirs: &Result<Duration>, target: Option<f64>) -> Cell {
    match (ours, theirs) {
        (Ok(ours), Ok(theirs)) => Cell::times(*ours, *theirs, target),
        (Err(error), _) | (_, Err(error)) => Cell::Failed(format!("{error:#}")),
    }
}
