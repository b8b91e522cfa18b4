//! A safer `rm`.
pub mod progress;
pub mod sys;
