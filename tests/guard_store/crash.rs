//! Killed anywhere.
