//! What each action makes of a state.

use rrm::ops::Copying;
use rrm::ops::restore::Conflict;
use tui_input::InputRequest;

use super::*;
use crate::browse::testing::{rows, state, typed};

fn press(state: &mut State, actions: &[Action]) -> Option<Order> {
    actions.iter().fold(None, |_, action| state.act(*action))
}

#[test]
fn the_cursor_stays_on_its_item_in_another_order() {
    let mut state = state(&["/b", "/c", "/a"]);
    assert_eq!(rows(&state), ["/b", "/c", "/a"]);
    press(&mut state, &[Action::Move(Motion::Down), Action::NextSort]);
    assert_eq!((rows(&state), state.cursor), (vec!["/a".into(), "/b".into(), "/c".into()], 2));
    press(&mut state, &[Action::ReverseSort]);
    assert_eq!((rows(&state), state.cursor), (vec!["/c".into(), "/b".into(), "/a".into()], 0));
    press(&mut state, &[Action::Move(Motion::Last), Action::Move(Motion::Down)]);
    assert_eq!(state.cursor, 2);
    state.height = 2;
    press(&mut state, &[Action::Move(Motion::PageUp)]);
    assert_eq!((state.cursor, state.top), (1, 0));
}

#[test]
fn a_filter_is_typed_and_taken_back_step_by_step() {
    let mut state = state(&["/home/ann/notes", "/home/ann/d/", "/etc/x"]);
    press(&mut state, &[Action::Focus(Focus::Filter)]);
    typed(&mut state, "kind:dir");
    assert_eq!(rows(&state), ["~/d"]);
    assert!(press(&mut state, &[Action::Accept]).is_none());
    assert_eq!(state.focus, Focus::List);
    press(&mut state, &[Action::SelectAll]);
    assert!(matches!(press(&mut state, &[Action::Back]), Some(Order::Search)));
    state.look_for(crate::browse::query::Query::default());
    state.settle();
    assert_eq!((rows(&state).len(), state.selected.len()), (3, 1));
    assert!(press(&mut state, &[Action::Back]).is_none());
    assert!(state.selected.is_empty());
}

#[test]
fn what_is_done_is_done_to_the_selection_even_if_it_is_not_shown() {
    let mut state = state(&["/a", "/b", "/c"]);
    press(&mut state, &[Action::Toggle, Action::Toggle]);
    typed(&mut state, "c");
    assert_eq!((rows(&state), state.hidden()), (vec!["/c".to_owned()], 2));
    press(&mut state, &[Action::Invert]);
    let Some(Order::PlanDeletion(ids)) = press(&mut state, &[Action::Delete]) else { panic!("it is asked first") };
    assert_eq!(ids.len(), 3);
    assert!(press(&mut state, &[Action::Restore]).is_none(), "one thing at a time");
    assert!(matches!(&state.note, Some(Note::Trouble(words)) if words.contains("still looking at 3 items")));
}

#[test]
fn a_group_is_toggled_and_restored_as_one() {
    let mut state = state(&["/d/a", "/d/b", "/e/c"]);
    press(&mut state, &[Action::NextGrouping, Action::NextGrouping]);
    assert_eq!(rows(&state), ["- 2", "/d/a", "/d/b", "- 1", "/e/c"]);
    let Some(Order::Restore(asked)) = press(&mut state, &[Action::Accept]) else { panic!("a restore") };
    assert_eq!((asked.ids.len(), asked.conflict, asked.copying), (2, Conflict::Fail, Copying::WithinReason));
    state.work.doing = None;
    press(&mut state, &[Action::Toggle]);
    assert_eq!((state.selected.len(), state.cursor), (2, 1));
    press(&mut state, &[Action::Move(Motion::First), Action::Toggle]);
    assert!(state.selected.is_empty());
}

#[test]
fn elsewhere_is_seen_from_here_and_home() {
    for (line, directory) in [("sub/../x", "/work/x"), ("~/x", "/home/ann/x"), ("/x", "/x")] {
        let mut state = state(&["/a"]);
        state.here = "/work".into();
        press(&mut state, &[Action::RestoreElsewhere]);
        line.chars().for_each(|c| drop(state.act(Action::Type(InputRequest::InsertChar(c)))));
        let Some(Order::Restore(asked)) = press(&mut state, &[Action::Accept]) else { panic!("a restore") };
        assert_eq!(asked.to.as_deref(), Some(std::path::Path::new(directory)));
    }
    let mut state = state(&["/a"]);
    assert!(press(&mut state, &[Action::RestoreElsewhere, Action::Accept]).is_none(), "nowhere is no directory");
    assert!(press(&mut state, &[Action::RestoreElsewhere, Action::Back]).is_none());
    assert!(state.overlay.is_none() && state.work.doing.is_none());
}

#[test]
fn to_choose_is_to_leave_with_what_was_chosen() {
    let mut state = state(&["/a", "/b"]);
    state.purpose = Purpose::Choose;
    assert!(matches!(press(&mut state, &[Action::Accept]), Some(Order::Choose(ids)) if ids.len() == 1));
    typed(&mut state, "nosuch");
    assert!(press(&mut state, &[Action::Accept]).is_none());
}
