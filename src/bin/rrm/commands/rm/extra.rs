//! What `rrm rm` takes beside the options of GNU rm.

use std::ffi::OsString;

use rrm::error::Result;
use rrm::ops::Copying;
use rrm::ops::remove::{Directories, Mounts, Place, RemoveOptions};

use crate::context::Context;
use crate::gnu::options as gnu;

/// The options that GNU rm has not.
#[derive(Debug, Clone)]
pub(crate) struct Extra {
    pub(crate) grace_period: Option<String>,
    pub(crate) place: Option<Place>,
    pub(crate) copying: Copying,
    pub(crate) session: Option<OsString>,
    pub(crate) effect: Effect,
    pub(crate) format: Format,
    pub(crate) recursion: Recursion,
}

/// When a removal counts as recursive for the question that `-I` asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Recursion {
    /// With `-r`, as rm does.
    #[default]
    AsTyped,
    /// Where a directory is among the operands: rrm needs no `-r`.
    AsFound,
}

/// Whether anything is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Effect {
    /// It is done.
    #[default]
    Real,
    /// It is only told.
    DryRun,
}

/// How what is removed is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Format {
    /// As rm does.
    #[default]
    AsRm,
    /// As JSON.
    Json,
}

impl Default for Extra {
    fn default() -> Self {
        Self {
            grace_period: None,
            place: None,
            copying: Copying::WithinReason,
            session: None,
            effect: Effect::default(),
            format: Format::default(),
            recursion: Recursion::default(),
        }
    }
}

impl Extra {
    /// The request of a removal.
    pub(super) fn request(&self, options: gnu::Options, context: &Context) -> Result<RemoveOptions> {
        let mut asked = RemoveOptions::new(context.now);
        asked.directories = match options.directories {
            gnu::Directories::Refuse => Directories::Refuse,
            gnu::Directories::Empty => Directories::OnlyEmpty,
            gnu::Directories::Recurse => Directories::Whole,
        };
        asked.mounts = match options.mounts {
            gnu::Mounts::Cross => Mounts::Refuse,
            gnu::Mounts::Stay => Mounts::LeaveOut,
        };
        asked.place = self.place.unwrap_or(context.place());
        asked.copying = self.copying;
        asked.deletion = context.deletion(self.grace_period.as_deref())?;
        asked.session = self.session.clone().or_else(|| context.environment.session.clone());
        Ok(asked)
    }
}
