//! What a caller gets: plans, which only tell what would be done, and what was done.

pub use crate::ops::clean::CleanPlan;
pub use crate::ops::clean::Cleaned;
pub use crate::ops::import::Imported;
pub use crate::ops::import::{ImportPlan, ImportStep};
pub use crate::ops::list::{History, Listing};
pub use crate::ops::remove::{Removal, Removed, TrashPlan, TrashStep};
pub use crate::ops::restore::MadeAnew;
pub use crate::ops::restore::{Merged, Piece, RestorePlan, RestoreStep, Restored};
pub use crate::ops::show::Preview;
pub use crate::ops::show::{Showing, Shown};
pub use crate::ops::stats::Summary;

/// What an examination found.
pub mod diagnosis {
    pub use crate::finding::*;
    pub use crate::ops::doctor::Diagnosis;
}
