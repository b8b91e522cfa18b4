//! Random runs, undone.
