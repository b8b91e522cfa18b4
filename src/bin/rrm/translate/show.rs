//! What is meant by the options of show.

use rrm::error::Result;
use rrm::preview::Limits;
use rrm::request::{ShowRequest, Sizes};
use rrm::selection::Selection;

use super::Context;
use crate::args::ShowArgs;

impl Context {
    /// The request of a show. Whoever wants the content waits for no measuring.
    pub(crate) fn show(&self, args: &ShowArgs) -> Result<ShowRequest> {
        Ok(ShowRequest {
            selection: Selection { terms: self.terms(&args.words)?, ..Selection::default() },
            sizes: if args.content { Sizes::AsKnown } else { Sizes::Measured },
            limits: Limits::default(),
            standing: self.standing()?,
            now: self.now,
        })
    }
}
