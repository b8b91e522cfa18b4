//! Killed or failed at each system call that changes something, in each of the shapes that an item can have: every
//! thing is whole in exactly one place, and the next command brings all to where it belongs.
//!
//! One test is one verb and one shape. It prints how many points it ran; `--nocapture` shows that.

pub(crate) mod accounts;
mod clean;
mod export;
mod first_use;
mod import;
mod merge;
mod redo;
mod remove;
mod restore;
mod scene;
mod shapes;

use crate::common::fault::Point;
use crate::common::{Fault, Missing, say_skipped};
use scene::Scene;
use shapes::Shape;

/// Makes a test of each verb for each shape.
macro_rules! sweeps {
    ($($shape:ident),+ $(,)?) => {
        mod at_each_call_of_rm {
            $(#[test] fn $shape() { super::sweep(&super::shapes::$shape(), super::remove::sweep); })+
        }
        mod at_each_call_of_restore {
            $(#[test] fn $shape() { super::sweep(&super::shapes::$shape(), super::restore::sweep); })+
        }
        mod at_each_call_of_clean {
            $(#[test] fn $shape() { super::sweep(&super::shapes::$shape(), super::clean::sweep); })+
        }
    };
}

sweeps! {
    plain_file, directory_tree, symlink, dangling_link, fifo, socket, device, hard_linked_pair, read_only_file,
    unreadable_file, closed_directory, locked_directory, file_of_another, full_attributes, long_path, batch,
    as_root, file_of_a_group, directory_of_all, listed_file, deep_file, odd_names, empty_ones, set_id_file,
    closed_in_closed,
}

/// The same by the program, killed by the signal itself, for the shapes that have most of the others in them.
mod by_the_program {
    use super::{clean, remove, restore, shapes, sweep};

    #[test]
    fn at_each_call_of_rm() {
        sweep(&shapes::batch().by_the_program(), remove::sweep);
        sweep(&shapes::as_root().by_the_program(), remove::sweep);
    }

    #[test]
    fn at_each_call_of_restore() {
        sweep(&shapes::batch().by_the_program(), restore::sweep);
    }

    #[test]
    fn at_each_call_of_clean() {
        sweep(&shapes::batch().by_the_program(), clean::sweep);
    }
}

/// Runs a sweep once for each fault that the shape is to meet.
fn sweep(shape: &Shape, each: impl Fn(Fault, &Shape) -> usize) {
    if let Some(why) = shape.missing() {
        return say_skipped(&Missing::new("root", why));
    }
    for fault in shape.faults {
        let points = each(*fault, shape);
        println!("{points} points: {} {fault:?}", shape.name);
        assert!(points > 0, "a verb that changes nothing does nothing");
    }
}

/// How far a thing that should be whole may differ from what it was.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a difference of its own, allowed or not")]
pub(crate) struct Allowed {
    /// Attributes of ours on it.
    pub(crate) marks: bool,
    /// A directory writable for its owner that was not.
    pub(crate) loosened: bool,
    /// A file with fewer names than it had.
    pub(crate) unlinked: bool,
    /// What others may write no more, as long as it is in the trash.
    pub(crate) closed: bool,
}

impl Allowed {
    const NOTHING: Self = Self { marks: false, loosened: false, unlinked: false, closed: false };
    const BOTH: Self = Self { marks: true, loosened: true, ..Self::NOTHING };
    const IN_TRASH: Self = Self { closed: true, ..Self::BOTH };

    /// What may still be seen after the next command. No record outlives the last attribute, so a mode that could not
    /// be given back at that moment stays; and neither does one that could not be given back at all.
    fn at_last(fault: Fault, point: &Point) -> Self {
        Self { loosened: fault == Fault::Kill || point.call.contains("chmod"), ..Self::NOTHING }
    }
}
