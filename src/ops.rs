//! What can be done with the trash: one verb a file, each a plan that touches nothing and its execution.

pub(crate) mod clean;
pub(crate) mod copy;
pub(crate) mod doctor;
pub(crate) mod import;
pub(crate) mod keep;
pub(crate) mod list;
pub(crate) mod remove;
pub(crate) mod restore;
pub(crate) mod show;
pub(crate) mod stats;
pub(crate) mod threads;
pub(crate) mod undo;

pub use list::is_only_a_warning;
pub use remove::foresee::ForeseenRemovals;
pub use undo::again::Returned;
pub use undo::{RedoPlan, Undoing};
