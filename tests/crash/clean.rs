//! `rrm clean`, faulted at each of its calls.

use super::scene::{assert_honest, items_in};
use super::{Allowed, Scene, Shape};
use crate::common::Fault;
use crate::common::fault::each_point;

pub(super) fn sweep(fault: Fault, shape: &Shape) -> usize {
    each_point(
        fault,
        || Scene::trashed(shape),
        Scene::clean_all,
        |scene, _, run| {
            if fault != Fault::Kill {
                assert_honest(run);
            }
            // What failed to be deleted is listed, as far as it is left.
            if fault == Fault::Kill {
                assert_whole_or_gone(scene);
            }
            scene.clean_all().run().ok();
            scene.assert_swept();
            assert!(items_in(&scene.sandbox.trash()).is_empty(), "the second clean left something");
        },
    )
}

/// Whatever is listed is whole; whatever is not is gone for good, and none of it came back to life.
fn assert_whole_or_gone(scene: &Scene) {
    for item in scene.listed() {
        let whole = |thing: &&super::accounts::Thing| {
            thing.origin == item.origin
                && thing.damage(&item.place, Allowed { unlinked: true, ..Allowed::IN_TRASH }).is_empty()
        };
        assert!(scene.things.iter().any(|thing| whole(&thing)), "listed and not whole: {item:?}");
    }
    assert!(scene.origins().iter().all(|path| path.symlink_metadata().is_err()), "clean restored something");
}
