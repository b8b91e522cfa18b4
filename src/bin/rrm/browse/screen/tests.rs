//! What states look like.

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::style::Color;

use super::*;
use crate::browse::action::Action;
use crate::browse::report::Report;
use crate::browse::state::{Preview, Question, Visibility};
use crate::browse::testing::{state, typed};
use rrm::text::Charset;

fn drawn(state: &mut State, width: u16, height: u16, theme: &Theme) -> Terminal<TestBackend> {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("it has no system to fail");
    terminal.draw(|frame| draw(frame, state, theme)).expect("it has no system to fail");
    terminal
}

fn lines(terminal: &Terminal<TestBackend>) -> Vec<String> {
    let buffer = terminal.backend().buffer();
    let row = |y| (0..buffer.area.width).map(|x| buffer[(x, y)].symbol()).collect::<String>();
    (0..buffer.area.height).map(|y| row(y).trim_end().to_owned()).collect()
}

fn plain() -> Theme {
    Theme::new(None, Charset::Utf8)
}

#[test]
fn a_screen_of_eighty_by_twenty_four() {
    let mut state = state(&["/home/ann/notes/todo.md", "/srv/データ/very/long/path/to/a/file.txt"]);
    let id = state.current().expect("the first").id;
    state.apply(Report::Previewed(Preview { id, lines: vec!["buy milk".to_owned()] }));
    let lines = lines(&drawn(&mut state, 80, 24, &plain()));
    assert_eq!(lines[0], " rrm browse  2 items, 20 B                                         newest first");
    assert_eq!(lines[1], " / press / to filter");
    assert!(lines[2].starts_with("───── age ───── size  path ──"), "{}", lines[2]);
    assert_eq!(lines[3], "       2h       10 B  ~/notes/todo.md          │ ~/notes/todo.md");
    assert_eq!(
        lines[4],
        "       2h       10 B  …ong/path/to/a/file.txt  │ kind     file, 10 B"
            .replace("txt│", "txt  │")
            .replace("…/long", "…long")
    );
    assert_eq!(lines[10], "                                               │ buy milk");
    assert!(lines[23].starts_with(" ? help  Enter restore"), "{}", lines[23]);
}

#[test]
fn nothing_panics_however_small_the_screen_and_whatever_is_in_front() {
    let mut state = state(&["/home/ann/日本語/e\u{301}", "/d/"]);
    typed(&mut state, "日 kind:nosuch");
    let fronts = [Action::Back, Action::Help, Action::Back, Action::Messages, Action::Back, Action::RestoreElsewhere];
    for overlay in fronts {
        state.act(overlay);
        for (width, height) in [(1, 1), (24, 7), (25, 8), (64, 7), (65, 40), (300, 80)] {
            drawn(&mut state, width, height, &plain());
        }
    }
}

#[test]
fn what_is_asked_is_seen_whole_or_is_not_asked() {
    let long = format!("  ~/{}", "a/".repeat(2000));
    let mut state = state(&["/a"]);
    let lines = vec!["delete 1 item (13 B) for good?".to_owned(), long, "This cannot be undone.".to_owned()];
    state.ask(Question { lines, then: None });
    assert_eq!(state.visibility, Visibility::Hidden, "it is not drawn yet");
    for (width, height) in [(80, 24), (40, 8), (24, 14), (300, 80)] {
        let text = self::lines(&drawn(&mut state, width, height, &plain())).join("\n");
        assert_eq!(state.visibility, Visibility::Full, "{width}x{height}");
        let whole = ["for good?", "~/a/", "cannot be", "undone.", "y  yes", "any other key  no"];
        assert!(whole.iter().all(|part| text.contains(part)), "{width}x{height}\n{text}");
    }
    for (width, height) in [(2, 8), (20, 4), (80, 6), (24, 7)] {
        let text = self::lines(&drawn(&mut state, width, height, &plain())).join(" ");
        assert_eq!(state.visibility, Visibility::Hidden, "{width}x{height}");
        assert!(text.starts_with("to") && !text.contains('y'), "{text}");
    }
    state.act(Action::Back);
    drawn(&mut state, 24, 7, &plain());
    assert_eq!(state.visibility, Visibility::Full, "the list has room there");
    state.act(Action::RestoreElsewhere);
    drawn(&mut state, 24, 7, &plain());
    assert_eq!(state.visibility, Visibility::Hidden);
    drawn(&mut state, 80, 24, &plain());
    assert!(state.is_typing());
}

#[test]
fn a_filter_that_is_not_understood_says_what_is_missing() {
    let mut state = state(&["/a"]);
    typed(&mut state, "kind:nosuch");
    let lines = lines(&drawn(&mut state, 120, 24, &plain()));
    assert!(lines[1].contains("kind: the kinds are file, directory"), "{}", lines[1]);
    assert!(lines[3].contains("/a"), "it does not count yet");
}

#[test]
fn without_colours_there_are_none_and_with_them_hits_are_seen() {
    let mut state = state(&["/home/ann/main.rs"]);
    typed(&mut state, "main");
    let colours = |terminal: &Terminal<TestBackend>| {
        let cells = terminal.backend().buffer().content().iter();
        cells.filter(|cell| cell.fg != Color::Reset || cell.bg != Color::Reset).count()
    };
    assert_eq!(colours(&drawn(&mut state, 80, 24, &plain())), 0);
    let theme = Theme::new(Some(crate::output::PathColours::default()), Charset::Utf8);
    let terminal = drawn(&mut state, 80, 24, &theme);
    let hits = terminal.backend().buffer().content().iter().filter(|cell| cell.fg == Color::Yellow);
    assert_eq!(hits.map(ratatui::buffer::Cell::symbol).collect::<String>(), "main");
}

#[test]
fn in_a_locale_without_utf_8_nothing_is_drawn_but_ascii() {
    let mut state = state(&["/a", "/a/very/long/path/that/has/to/be/cut/somewhere"]);
    for overlay in [Action::Back, Action::Messages] {
        state.act(overlay);
        let lines = lines(&drawn(&mut state, 80, 24, &Theme::new(None, Charset::Ascii)));
        assert!(lines.iter().all(|line| line.is_ascii()), "{lines:#?}");
    }
}
