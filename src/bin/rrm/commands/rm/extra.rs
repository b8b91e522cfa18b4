//! The options that `rrm rm` has and GNU rm has not.

use std::ffi::OsString;

use rrm::error::{Error, ErrorKind, Result};
use rrm::ops::Copying;
use rrm::ops::remove::{Directories, Mounts, Place, RemoveOptions};

use crate::context::Context;
use crate::gnu::options as gnu;

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
    /// With `-r`, as in rm.
    #[default]
    AsTyped,
    /// If an operand is a directory: rrm needs no `-r`.
    AsFound,
}

/// Whether to remove or only to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Effect {
    #[default]
    Real,
    DryRun,
}

/// How removed items are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Format {
    #[default]
    AsRm,
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
    pub(super) fn request(&self, options: gnu::Options, context: &Context) -> Result<RemoveOptions> {
        let mut request = RemoveOptions::new(context.now);
        request.directories = match options.directories {
            gnu::Directories::Refuse => Directories::Refuse,
            gnu::Directories::Empty => Directories::OnlyEmpty,
            gnu::Directories::Recurse => Directories::Whole,
        };
        request.mounts = match options.mounts {
            gnu::Mounts::Cross => Mounts::Refuse,
            gnu::Mounts::Stay => Mounts::LeaveOut,
        };
        request.place = self.place(context)?;
        request.copying = self.copying;
        request.deletion = context.deletion(self.grace_period.as_deref())?;
        request.session = self.session.clone().or_else(|| context.environment.session.clone());
        Ok(request)
    }

    /// Where removed items go. `$RRM_IMMEDIATE` is for places where nobody would want anything back; an option that asks for
    /// a trash overrides it.
    fn place(&self, context: &Context) -> Result<Place> {
        match (self.place, &self.grace_period, &context.environment.immediate) {
            (Some(Place::Nowhere), ..) => context.limits.check_immediate("--immediate").map(|()| Place::Nowhere),
            (Some(place), ..) => Ok(place),
            (None, None, Some(set)) if set == "1" => {
                context.limits.check_immediate("RRM_IMMEDIATE=1").map(|()| Place::Nowhere)
            }
            (None, None, Some(set)) if set != "0" => {
                Err(Error::new(ErrorKind::BadValue, "read RRM_IMMEDIATE", set, "it must be 0 or 1"))
            }
            _ => Ok(context.place()),
        }
    }
}
