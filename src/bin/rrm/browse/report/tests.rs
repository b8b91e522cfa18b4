//! What each report makes of a state.

use super::*;
use crate::browse::action::Action;
use crate::browse::state::Overlay;
use crate::browse::testing::{at, item, now, rows, state};
use rrm::ops::clean::CleanOptions;
use rrm::text::Charset;

fn ids(state: &State) -> Vec<ItemId> {
    state.entries.items.iter().map(|item| item.id).collect()
}

fn back(state: &State, index: usize) -> Returned {
    let item = state.entries.items[index].clone();
    let path = item.original_path().expect("known").to_owned();
    Returned::new(&item, path)
}

#[test]
fn what_came_back_leaves_the_list_and_can_be_undone() {
    let mut state = state(&["/a", "/b"]);
    let asked = Restore::new(ids(&state).into_iter().collect(), None);
    let way = HashSet::from([state.entries.items[1].id]);
    let restored = Restored { asked, back: vec![back(&state, 0)], in_the_way: way, unagreed: vec![] };
    assert!(state.apply(Report::Restored(restored)).is_none());
    assert_eq!(rows(&state).len(), 1);
    let Some(Order::Restore(again)) = state.act(Action::Yes) else { panic!("asked whether beside it") };
    assert_eq!((again.ids.len(), again.conflict), (1, Conflict::Rename));
    state.work.doing = None;
    assert!(matches!(state.act(Action::Undo), Some(Order::TakeBack(back)) if back.len() == 1));
}

#[test]
fn an_item_that_nobody_tells_of_has_the_trash_read_again() {
    let mut state = state(&["/a"]);
    let asked = Restore::new(ids(&state).into_iter().collect(), None);
    let nothing = Restored { asked, back: vec![], in_the_way: HashSet::new(), unagreed: vec![] };
    assert!(matches!(state.apply(Report::Restored(nothing)), Some(Order::Reload)));
}

#[test]
fn what_is_done_while_the_trash_is_read_is_not_forgotten() {
    let mut state = state(&["/a", "/b"]);
    state.work.loading = true;
    let asked = Restore::new(ids(&state)[..1].iter().copied().collect(), None);
    let restored = Restored { asked, back: vec![back(&state, 0)], in_the_way: HashSet::new(), unagreed: vec![] };
    let read_before = state.entries.items.clone();
    state.apply(Report::Restored(restored));
    state.apply(Report::TakenBack(Entries::new(vec![item("/new", at(9), 1)], None, Charset::Utf8)));
    state.apply(Report::Reloaded(Entries::new(read_before, None, Charset::Utf8)));
    state.apply(Report::FoundAll(HashMap::new()));
    state.settle();
    assert_eq!(rows(&state), ["/a", "/new"], "one went, one came, whatever was read before");
}

#[test]
fn keeping_shows_at_once_and_undo_gives_back_each() {
    let mut state = state(&["/a", "/b"]);
    let changed = ids(&state).into_iter().map(|id| (id, Keep::No, Keep::Forever)).collect();
    assert!(state.apply(Report::Kept(Kept { changed, undoable: true })).is_none());
    assert!((0..2).all(|index| state.entries.fate(index) == Some(&Fate::Kept(None))));
    let Some(Order::KeepAsBefore(before)) = state.act(Action::Undo) else { panic!("an undo") };
    assert!(before.iter().all(|(_, keep)| *keep == Keep::No));
}

#[test]
fn a_deletion_is_carried_out_only_after_a_yes() {
    for (answer, is_done) in [(Action::No, false), (Action::Back, false), (Action::Yes, true)] {
        let mut state = state(&["/a", "/b"]);
        let mut plan = CleanPlan::of(&CleanOptions::expired(now()));
        plan.items.clone_from(&state.entries.items);
        state.apply(Report::Planned(Box::new(plan)));
        let Some(Overlay::Question(question)) = &state.overlay else { panic!("a question") };
        assert!(question.lines[0].contains("delete 2 items (20 B) for good?"));
        assert_eq!(matches!(state.act(answer), Some(Order::Delete(..))), is_done);
        assert!(state.overlay.is_none());
    }
}
