//! How things get into a trash directory and out of it, and from one of its shelves to the other.

pub(super) mod close;
pub(super) mod make_writable;
pub(super) mod place;
pub(super) mod shelf;
pub(super) mod take;
