//! A safer `rm`.
pub mod progress;
pub mod purge;
pub mod sys;
pub mod transfer;
