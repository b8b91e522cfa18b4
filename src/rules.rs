//! What is decided about items, as pure functions of them: which are meant, which leave and when, and what they add up to.

pub mod retention;
pub mod selection;
pub mod statistics;
