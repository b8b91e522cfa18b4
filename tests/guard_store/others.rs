//! What other users could make of it.
