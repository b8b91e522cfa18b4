//! Details of the item and its preview.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Borders, Paragraph};
use rrm::item::{ItemKind, TrashItem};
use rrm::text::escaped;

use super::style::Theme;
use super::text::wrapped;
use crate::browse::state::{Row, State};
use crate::output::{Detail, count, expires, removed, size};

/// The maximum lines of a path.
const PATH_LINES: usize = 4;

pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, state: &State, theme: &Theme) {
    let line = Rect { x: area.x - 1, width: 1, ..area };
    frame
        .render_widget(Block::new().borders(Borders::LEFT).border_set(theme.borders()).border_style(theme.dim()), line);
    let inside = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
    let room = usize::from(inside.width);
    let lines = match state.rows.get(state.cursor) {
        Some(Row::Item(index)) => item_lines(state, *index, room, theme),
        Some(Row::Heading { count, .. }) => group_lines(state, *count, theme),
        None => Vec::new(),
    };
    frame.render_widget(Paragraph::new(lines), inside);
}

fn group_lines<'a>(state: &State, number: usize, theme: &Theme) -> Vec<Line<'a>> {
    let bytes = state.items_of(state.cursor).filter_map(|item| item.size).fold(0, u64::saturating_add);
    vec![
        Line::styled(count(number as u64, "item"), Theme::key()),
        Line::raw(size(bytes)),
        Line::raw(""),
        Line::styled("Actions here", theme.dim()),
        Line::styled("apply to all of them.", theme.dim()),
    ]
}

fn item_lines<'a>(state: &State, index: usize, room: usize, theme: &Theme) -> Vec<Line<'a>> {
    let (item, text) = (&state.entries.items[index], state.entries.text(index));
    let mut path = wrapped(text, room);
    if path.len() > PATH_LINES {
        path.truncate(PATH_LINES);
        path.push(theme.mark().to_owned());
    }
    let mut lines: Vec<Line<'a>> = path.into_iter().map(|line| Line::styled(line, Theme::key())).collect();
    for (name, value) in facts(state, item, index) {
        let value = theme.start_of(&value, room.saturating_sub(9));
        lines.push(Line::from(vec![Span::styled(format!("{name:<9}"), theme.dim()), Span::raw(value)]));
    }
    lines.push(Line::styled(theme.rule().0.repeat(room), theme.dim()));
    match &state.preview {
        Some(preview) if preview.id == item.id => {
            let shown = preview.lines.iter().skip(state.preview_top);
            lines.extend(shown.map(|line| Line::raw(theme.start_of(line, room))));
        }
        _ => lines.push(Line::styled("reading", theme.dim())),
    }
    lines
}

fn facts(state: &State, item: &TrashItem, index: usize) -> Vec<(&'static str, String)> {
    let bytes = match (item.size, item.kind) {
        (Some(bytes), _) => format!(", {}", size(bytes)),
        (None, ItemKind::Directory) => ", not measured".to_owned(),
        (None, _) => String::new(),
    };
    let mut facts = vec![
        ("kind", format!("{}{bytes}", item.kind.name())),
        ("removed", removed(&item.trashed, state.now, Detail::Short)),
        ("", removed(&item.trashed, state.now, Detail::Full)),
    ];
    let fate = state.entries.fate(index);
    facts.extend(fate.map(|fate| ("expires", expires(Some(fate), state.now, Detail::Short))));
    facts.push(("id", item.id.short()));
    facts.extend(item.session.as_ref().map(|label| ("session", escaped(label, state.charset))));
    facts.extend((*item.trash != *state.home_trash).then(|| ("trash", escaped(&*item.trash, state.charset))));
    facts
}
