//! The rrm command.
fn main() {}
