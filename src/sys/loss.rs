//! What a stopped call is about to take away, in directories that are held open.

use super::Dir;
use super::values::loss;

/// One name in a directory.
pub type Found = loss::Found<Dir>;
/// What a stopped call is about to take away.
pub type Loss = loss::Loss<Dir>;
/// What was seen of a stopped call.
pub type Seen = loss::Seen<Dir>;
