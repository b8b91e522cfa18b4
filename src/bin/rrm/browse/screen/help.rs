//! The help of keys.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::overlay::boxed;
use super::style::Theme;
use crate::browse::state::{Focus, Overlay, Purpose, State};

/// All keys of the list.
const KEYS: [(&str, &str); 18] = [
    ("↑ ↓ PgUp PgDn", "move"),
    ("Home End", "first, last"),
    ("Space Tab", "select or unselect; on a heading, its group"),
    ("a  n  i", "select all shown; none; invert"),
    ("/", "filter (Esc: back to the list; again: clear)"),
    ("Enter r", "restore"),
    ("t", "restore to another directory"),
    ("k", "keep: exempt from clean; again: release"),
    ("d Del", "delete for good; asks, and cannot be undone"),
    ("u", "undo the last change made here"),
    ("s  S", "sort by date, path, size, due date, kind; reverse"),
    ("g", "group by command, directory, day"),
    ("p", "show or hide details and preview"),
    ("[  ]", "scroll the preview"),
    ("m", "all messages"),
    ("Ctrl-R Ctrl-L", "reload the trash; redraw the screen"),
    ("Ctrl-Z", "suspend; fg resumes"),
    ("q Ctrl-C", "leave"),
];

/// The width of the keys.
const KEY: usize = 15;

const FILTERS: &str = "kind: under: since: before: larger: smaller: session: last:";

pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, state: &State, theme: &Theme) {
    // Less the borders, the padding and the margins of the box.
    let room = usize::from(area.width).saturating_sub(6);
    let mut lines: Vec<Line<'_>> = KEYS
        .iter()
        .map(|(keys, what)| {
            let what =
                if *keys == "Enter r" && state.purpose == Purpose::Choose { "restore; Enter leaves" } else { what };
            let what = theme.start_of(what, room.saturating_sub(KEY));
            Line::from(vec![Span::styled(format!("{keys:<KEY$}"), Theme::key()), Span::raw(what)])
        })
        .collect();
    for line in [&*format!("In the filter: {FILTERS}"), "and letters of a path in order. See rrm-browse(1)."] {
        lines.push(Line::styled(theme.start_of(line, room), theme.dim()));
    }
    boxed(frame, area, "keys", lines, theme);
}

/// The most important keys now, as many as fit.
pub(super) fn draw_keys(frame: &mut Frame<'_>, area: Rect, state: &State, theme: &Theme) {
    let keys: &[(&str, &str)] = match (&state.overlay, state.focus, state.purpose) {
        (Some(Overlay::Help | Overlay::Messages), ..) => &[("any key", "back to the list")],
        (Some(_), ..) => &[],
        (None, Focus::Filter, Purpose::Browse) => {
            &[("Enter", "to the list"), ("Tab", "select"), ("↑ ↓", "move"), ("Ctrl-U", "clear"), ("F1", "help")]
        }
        (None, Focus::Filter, Purpose::Choose) => {
            &[("Enter", "restore"), ("Tab", "select"), ("↑ ↓", "move"), ("Esc", "more keys"), ("Ctrl-C", "leave")]
        }
        (None, Focus::List, _) => &[
            ("?", "help"),
            ("Enter", "restore"),
            ("Space", "select"),
            ("/", "filter"),
            ("u", "undo"),
            ("q", "leave"),
            ("k", "keep"),
            ("d", "delete"),
            ("s", "sort"),
            ("g", "group"),
            ("t", "elsewhere"),
        ],
    };
    let mut spans = vec![Span::raw(" ")];
    for (key, what) in keys {
        let more = [Span::styled(*key, Theme::key()), Span::styled(format!(" {what}  "), theme.dim())];
        let width: usize = spans.iter().chain(&more).map(Span::width).sum();
        if width <= usize::from(area.width) + 2 {
            spans.extend(more);
        }
    }
    frame.render_widget(Line::from(spans), area);
}
