//! `rrm redo`, faulted at each of its calls.

use super::scene::{assert_honest, label};
use super::{Allowed, Scene, shapes};
use crate::common::Fault;
use crate::common::fault::each_point;

#[test]
fn redo_at_each_call() {
    let shape = shapes::batch().by_the_program();
    for fault in [Fault::Kill, Fault::Error("EIO")] {
        let undone = || {
            let scene = Scene::trashed(&shape);
            scene.undo_all();
            scene
        };
        let points = each_point(
            fault,
            undone,
            |scene| scene.sandbox.command(["redo"]),
            |scene, point, run| {
                scene.assert_accounted(Allowed::BOTH);
                if fault != Fault::Kill {
                    assert_honest(run);
                }
                // The next one goes on; what it was about to move has changed by that.
                let again = scene.sandbox.rrm(["redo"]);
                again.does_or_says();
                scene.assert_accounted(Allowed::BOTH);
                scene.undo_all();
                scene.assert_accounted(Allowed::BOTH);
                // Whatever is left of a record goes with the next removal.
                scene.rm().run().ok();
                scene.undo_all();
                scene.assert_in_place(Allowed::at_last(fault, point));
                scene.assert_swept();
            },
        );
        println!("{points} points: redo {fault:?} {}", label(&undone().sandbox));
        assert!(points > 5);
    }
}
