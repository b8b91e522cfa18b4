//! `rrm rm`, faulted at each of its calls.

use super::scene::assert_honest;
use super::{Allowed, Scene, Shape};
use crate::common::fault::{Point, each_point};
use crate::common::{Fault, Run};

pub(super) fn sweep(fault: Fault, shape: &Shape) -> usize {
    each_point(
        fault,
        || Scene::new(shape),
        |scene| scene.about_all(&["rm"]),
        |scene, point, run| {
            match fault {
                Fault::Kill => scene.assert_accounted(Allowed::BOTH),
                Fault::Error(_) | Fault::Done(_) => check_failed(scene, point, run),
            }
            check_next(scene, Allowed::at_last(fault, point));
        },
    )
}

/// What failed is where it was, as it was, and the trash as if it had never been tried; the other operands went.
///
/// What could not be taken off again is still there, and that is told.
fn check_failed(scene: &Scene, point: &Point, run: &Run) {
    assert_honest(run);
    let marks = point.call == "fremovexattr" && !run.status.success();
    scene.assert_accounted(Allowed { marks, ..Allowed::NOTHING });
    scene.assert_trash_at_rest();
    let left = scene.origins().iter().filter(|path| path.symlink_metadata().is_ok()).count();
    assert_eq!(left > 0, !run.status.success(), "the status does not tell what happened: {run}");
}

/// The same command again removes what is left, and undo brings everything back.
fn check_next(scene: &Scene, allowed: Allowed) {
    scene.rm().run().ok();
    assert!(scene.origins().iter().all(|path| path.symlink_metadata().is_err()), "not removed the second time");
    scene.undo_all();
    scene.assert_in_place(allowed);
    scene.assert_swept();
}
