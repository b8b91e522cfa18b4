//! What `rrm guard` needs of seccomp(2): one filter, a listener for what it stops, and a fork.
//!
//! These few calls have no safe interface in the crates that rrm uses, so all of rrm's `unsafe` code is here, a call and its
//! reason at a time. What a stopped call means, and what is done about it, is rrm's business.
//!
//! | module | what it is |
//! |---|---|
//! | [`calls`] | which system calls are stopped, by their numbers on each processor |
//! | [`filter`] | the filter as the array of instructions that the kernel takes; pure |
//! | [`listener`] | seccomp(2), and the ioctls of seccomp_unotify(2) |
//! | [`fork()`] | a copy of this process, while it has one thread |
//!
//! On other systems than Linux the crate is empty.
#![cfg(target_os = "linux")]

pub mod calls;
pub mod filter;
pub mod fork;
pub mod listener;

pub use calls::Call;
pub use filter::Filter;
pub use fork::fork;
pub use listener::{Answer, Listener, Stopped, install};
