//! What is meant by the options of show and stats.

use rrm::error::Result;
use rrm::preview::Limits;
use rrm::request::{ListRequest, ShowRequest, Sizes, StatsRequest};
use rrm::rules::selection::{Searching, Selection};

use super::{Context, resolved};
use crate::args::{ShowArgs, StatsArgs};

impl Context {
    /// The request of a show. Whoever wants the content waits for no measuring.
    pub(crate) fn show(&self, args: &ShowArgs) -> Result<ShowRequest> {
        Ok(ShowRequest {
            selection: Selection {
                terms: self.terms(&args.words, resolved)?,
                searching: Searching::One,
                ..Selection::default()
            },
            sizes: if args.content { Sizes::AsKnown } else { Sizes::Measured },
            limits: Limits::default(),
            standing: self.standing()?,
            now: self.now,
        })
    }

    /// The request of sums.
    pub(crate) fn stats(&self, args: &StatsArgs) -> Result<StatsRequest> {
        let selection = self.selection_to_show(&args.selection)?;
        let standing = Some(self.standing()?);
        let list = ListRequest { selection, sizes: Sizes::Measured, standing, newest: None, now: self.now };
        Ok(StatsRequest { list, largest: args.largest })
    }
}
