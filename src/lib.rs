//! A safer `rm`.
pub mod attributes;
pub mod config;
pub mod error;
pub mod item;
pub mod manager;
pub mod outcome;
pub mod progress;
pub mod purge;
pub mod request;
pub mod selection;
pub mod store;
pub mod sys;
pub mod text;
pub mod transfer;
pub mod volume;
mod walk;
