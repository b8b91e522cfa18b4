//! What a caller may ask of a [`TrashManager`](crate::manager::TrashManager), in words of the trash and without a
//! trace of a command line.

pub use crate::ops::Copying;
pub use crate::ops::clean::{CleanRequest, Trashes};
pub use crate::ops::doctor::ExamineRequest;
pub use crate::ops::import::{ImportRequest, LocalTime, Sources};
pub use crate::ops::keep::KeepRequest;
pub use crate::ops::list::{ListRequest, Sizes};
pub use crate::ops::remove::{Directories, Mounts, Place, TrashRequest};
pub use crate::ops::restore::{Conflict, Destination, Open, Restorable, RestoreRequest};
pub use crate::ops::show::ShowRequest;
pub use crate::ops::stats::StatsRequest;
