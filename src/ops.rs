//! What can be done with the trash: one verb a file, each a plan that touches nothing and its execution.

pub mod clean;
pub(crate) mod copy;
pub mod doctor;
pub mod export;
pub(crate) mod guarded;
pub mod import;
pub mod keep;
pub mod list;
pub mod remove;
pub mod restore;
pub mod show;
pub mod stats;
pub(crate) mod threads;
pub mod undo;

pub use copy::Copying;
pub use list::is_only_a_warning;
pub use remove::ForeseenRemovals;
pub use undo::{Returned, Undoing};
