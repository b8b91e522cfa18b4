//! From keys to actions.

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use tui_input::InputRequest;

use super::action::{Action, Motion};
use super::state::{Focus, Overlay, State, Visibility};

/// What a key means at this moment; nothing, if it has no meaning.
pub(super) fn action(key: KeyEvent, state: &State) -> Option<Action> {
    let control = key.modifiers.contains(KeyModifiers::CONTROL);
    if state.visibility == Visibility::Hidden {
        return when_hidden(key.code, control, state);
    }
    if let (KeyCode::Char(letter), true) = (key.code, control) {
        return controlled(letter, state);
    }
    // With Alt a letter is another key. Escape twice in a row arrives as Escape with Alt.
    if key.modifiers.contains(KeyModifiers::ALT) && key.code != KeyCode::Esc {
        return None;
    }
    match (&state.overlay, state.focus) {
        (Some(Overlay::Question(_)), _) => Some(answer(key.code)),
        (Some(Overlay::Directory(_)), _) => typed(key.code).or_else(|| accepted(key.code)),
        (Some(Overlay::Help | Overlay::Messages), _) => Some(Action::Back),
        (None, Focus::Filter) => filtering(key.code, state),
        (None, Focus::List) => listed(key.code),
    }
}

/// Where nobody sees what a key would do, it only leads away from there.
fn when_hidden(code: KeyCode, control: bool, state: &State) -> Option<Action> {
    match code {
        KeyCode::Char('z') if control => Some(Action::Suspend),
        KeyCode::Char('c') if control => Some(Action::Leave),
        KeyCode::Char('q') if !control => Some(Action::Leave),
        KeyCode::Esc if state.overlay.is_some() => Some(Action::Back),
        KeyCode::Esc => Some(Action::Leave),
        _ => None,
    }
}

/// With Ctrl: the same everywhere, as far as it makes sense there.
fn controlled(letter: char, state: &State) -> Option<Action> {
    let typing = state.focus == Focus::Filter || matches!(state.overlay, Some(Overlay::Directory(_)));
    Some(match letter {
        'c' => Action::Leave,
        'd' if !typing => Action::Leave,
        'z' => Action::Suspend,
        'l' => Action::Redraw,
        'w' if typing => Action::Type(InputRequest::DeletePrevWord),
        'u' if typing => Action::Type(InputRequest::DeleteLine),
        'a' if typing => Action::Type(InputRequest::GoToStart),
        'e' if typing => Action::Type(InputRequest::GoToEnd),
        'h' if typing => Action::Type(InputRequest::DeletePrevChar),
        'p' => Action::Move(Motion::Up),
        'n' => Action::Move(Motion::Down),
        'r' => Action::Reload,
        _ => return None,
    })
}

fn answer(code: KeyCode) -> Action {
    match code {
        KeyCode::Char('y' | 'Y') => Action::Yes,
        _ => Action::No,
    }
}

/// What changes a line.
fn typed(code: KeyCode) -> Option<Action> {
    Some(Action::Type(match code {
        KeyCode::Char(c) => InputRequest::InsertChar(c),
        KeyCode::Backspace => InputRequest::DeletePrevChar,
        KeyCode::Delete => InputRequest::DeleteNextChar,
        KeyCode::Left => InputRequest::GoToPrevChar,
        KeyCode::Right => InputRequest::GoToNextChar,
        KeyCode::Home => InputRequest::GoToStart,
        KeyCode::End => InputRequest::GoToEnd,
        _ => return None,
    }))
}

fn accepted(code: KeyCode) -> Option<Action> {
    match code {
        KeyCode::Enter => Some(Action::Accept),
        KeyCode::Esc => Some(Action::Back),
        _ => None,
    }
}

fn filtering(code: KeyCode, state: &State) -> Option<Action> {
    match code {
        KeyCode::Char('?') if state.filter.value().is_empty() => Some(Action::Help),
        KeyCode::Tab => Some(Action::Toggle),
        _ => accepted(code).or_else(|| moved(code)).or_else(|| typed(code)),
    }
}

fn moved(code: KeyCode) -> Option<Action> {
    Some(match code {
        KeyCode::Up => Action::Move(Motion::Up),
        KeyCode::Down => Action::Move(Motion::Down),
        KeyCode::PageUp => Action::Move(Motion::PageUp),
        KeyCode::PageDown => Action::Move(Motion::PageDown),
        KeyCode::F(1) => Action::Help,
        _ => return None,
    })
}

fn listed(code: KeyCode) -> Option<Action> {
    let letter = match code {
        KeyCode::Char(letter) => letter,
        KeyCode::Home => return Some(Action::Move(Motion::First)),
        KeyCode::End => return Some(Action::Move(Motion::Last)),
        KeyCode::Tab => return Some(Action::Toggle),
        KeyCode::Delete => return Some(Action::Delete),
        _ => return accepted(code).or_else(|| moved(code)),
    };
    Some(match letter {
        ' ' => Action::Toggle,
        'a' => Action::SelectAll,
        'n' => Action::SelectNone,
        'i' => Action::Invert,
        '/' => Action::Focus(Focus::Filter),
        's' => Action::NextSort,
        'S' => Action::ReverseSort,
        'g' => Action::NextGrouping,
        'p' => Action::ToggleSide,
        '[' => Action::ScrollPreview(Motion::Up),
        ']' => Action::ScrollPreview(Motion::Down),
        'r' => Action::Restore,
        't' => Action::RestoreElsewhere,
        'k' => Action::ToggleKeep,
        'd' => Action::Delete,
        'u' => Action::Undo,
        'm' => Action::Messages,
        '?' => Action::Help,
        'q' => Action::Leave,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use rrm::ops::clean::{CleanOptions, CleanPlan};

    use super::*;
    use crate::browse::order::Order;
    use crate::browse::state::Question;
    use crate::browse::testing::{now, state};

    fn key(code: KeyCode, modifiers: KeyModifiers, state: &State) -> Option<Action> {
        action(KeyEvent::new(code, modifiers), state)
    }

    #[test]
    fn a_letter_is_itself_where_it_is_typed() {
        let mut state = state(&["/a"]);
        let d = |state: &State| key(KeyCode::Char('d'), KeyModifiers::NONE, state);
        assert_eq!(d(&state), Some(Action::Delete));
        state.focus = Focus::Filter;
        assert_eq!(d(&state), Some(Action::Type(InputRequest::InsertChar('d'))));
        assert_eq!(key(KeyCode::Char('?'), KeyModifiers::NONE, &state), Some(Action::Help));
        state.filter.handle(InputRequest::InsertChar('x'));
        assert_eq!(
            key(KeyCode::Char('?'), KeyModifiers::NONE, &state),
            Some(Action::Type(InputRequest::InsertChar('?')))
        );
        assert_eq!(key(KeyCode::Char('d'), KeyModifiers::ALT, &state), None);
        assert_eq!(key(KeyCode::Char('c'), KeyModifiers::CONTROL, &state), Some(Action::Leave));
    }

    #[test]
    fn keys_edit_the_filter() {
        let mut state = state(&["/a"]);
        state.focus = Focus::Filter;
        let mut after = |keys: &[(KeyCode, KeyModifiers)]| {
            for (code, modifiers) in keys {
                let action = key(*code, *modifiers, &state).expect("it means something");
                state.act(action);
            }
            state.filter.value().to_owned()
        };
        let plain = |code| (code, KeyModifiers::NONE);
        let control = |letter| (KeyCode::Char(letter), KeyModifiers::CONTROL);
        let typed: Vec<_> = "kind:dir été".chars().map(|c| plain(KeyCode::Char(c))).collect();
        assert_eq!(after(&typed), "kind:dir été");
        assert_eq!(after(&[plain(KeyCode::Left), plain(KeyCode::Backspace)]), "kind:dir éé");
        assert_eq!(after(&[plain(KeyCode::End), control('w')]), "kind:dir ");
        assert_eq!(after(&[plain(KeyCode::Home), plain(KeyCode::Delete), plain(KeyCode::Right)]), "ind:dir ");
        assert_eq!(after(&[control('h'), control('e'), control('a'), plain(KeyCode::Char('k'))]), "knd:dir ");
        assert_eq!(after(&[control('u')]), "");
    }

    #[test]
    fn nothing_is_done_that_nobody_sees() {
        let mut state = state(&["/a"]);
        let then = Some(Order::Delete(Box::new(CleanPlan::of(&CleanOptions::expired(now())))));
        state.ask(Question { lines: vec![], then });
        let all = (' '..='~').map(KeyCode::Char).chain([KeyCode::Enter, KeyCode::Delete, KeyCode::Tab, KeyCode::Esc]);
        for code in all {
            let expected = match code {
                KeyCode::Char('q') => Some(Action::Leave),
                KeyCode::Esc => Some(Action::Back),
                _ => None,
            };
            assert_eq!(key(code, KeyModifiers::NONE, &state), expected, "{code:?}");
        }
        for (letter, expected) in [('c', Some(Action::Leave)), ('z', Some(Action::Suspend)), ('r', None)] {
            assert_eq!(key(KeyCode::Char(letter), KeyModifiers::CONTROL, &state), expected, "{letter:?}");
        }
        state.overlay = None;
        assert_eq!(key(KeyCode::Esc, KeyModifiers::NONE, &state), Some(Action::Leave));
    }

    #[test]
    fn only_a_y_is_a_yes() {
        let mut state = state(&["/a"]);
        let then = Some(Order::Delete(Box::new(CleanPlan::of(&CleanOptions::expired(now())))));
        state.overlay = Some(Overlay::Question(Question { lines: vec![], then }));
        for code in [KeyCode::Enter, KeyCode::Char('d'), KeyCode::Char(' '), KeyCode::Esc, KeyCode::Tab] {
            assert_eq!(key(code, KeyModifiers::NONE, &state), Some(Action::No));
        }
        assert_eq!(key(KeyCode::Char('y'), KeyModifiers::NONE, &state), Some(Action::Yes));
    }
}
