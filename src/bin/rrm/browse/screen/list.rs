//! The list.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;
use rrm::item::{ItemKind, TrashItem};
use unicode_width::UnicodeWidthStr;

use super::style::Theme;
use super::text::cut_of;
use crate::browse::arrange::Grouping;
use crate::browse::arrange::day;
use crate::browse::fuzzy::Matcher;
use crate::browse::state::{Row, State};
use crate::options::SortKey;
use crate::output::{Detail, count, expires, removed, size};

/// The minimum width for both dates.
const WIDE: usize = 60;

/// The minimum width for a date and the size.
const MIDDLING: usize = 44;

/// The width of the selection mark.
const MARK: usize = 3;

pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, state: &State, theme: &Theme) {
    if state.rows.is_empty() {
        let words = match (state.is_stale() || state.work.loading, state.search.is_unlimited()) {
            (true, _) => return,
            (false, true) => "  the trash is empty",
            (false, false) => "  nothing in the trash matches",
        };
        return frame.render_widget(Paragraph::new(words).style(theme.dim()), area);
    }
    let mut matcher = Matcher::default();
    let shown = (state.top..state.rows.len()).take(usize::from(area.height));
    for (y, at) in (area.y..).zip(shown) {
        let line = Rect { y, height: 1, ..area };
        let width = usize::from(area.width);
        let drawn = match state.rows[at] {
            Row::Heading { first, count } => heading(state, first, count, width, theme),
            Row::Item(index) => item_line(state, index, width, theme, &mut matcher),
        };
        frame.render_widget(drawn, line);
        if at == state.cursor {
            frame.buffer_mut().set_style(line, Theme::cursor());
        }
    }
}

fn heading<'a>(state: &State, first: usize, number: usize, width: usize, theme: &Theme) -> Line<'a> {
    let item = &state.entries.items[first];
    let name = match (state.arrangement.grouping, item.trashed.instant()) {
        (Grouping::Directory, _) => item.original_path().and_then(std::path::Path::parent).map_or_else(
            || "unknown path".to_owned(),
            |path| crate::output::path(path, state.home.as_deref(), state.charset),
        ),
        (Grouping::Day, Some(at)) => day(at).format("%A, %-d %B %Y").to_string(),
        (_, Some(_)) => format!("removed {}", removed(&item.trashed, state.now, Detail::Short)),
        (_, None) => "removed at an unknown time".to_owned(),
    };
    let text = format!("{name}, {}", count(number as u64, "item"));
    Line::styled(format!(" {}", theme.start_of(&text, width.saturating_sub(1))), theme.heading())
}

fn item_line<'a>(state: &State, index: usize, width: usize, theme: &Theme, matcher: &mut Matcher) -> Line<'a> {
    let item = &state.entries.items[index];
    let is_selected = state.selected.contains(&item.id);
    let mark = if is_selected { Span::styled(" * ", theme.accent()) } else { Span::raw("   ") };
    let mut spans = vec![mark];
    for column in Column::shown(state, width) {
        let (_, room) = column.title_and_room();
        let text = theme.start_of(&column.text(state, index), room);
        let blank = " ".repeat(room.saturating_sub(text.width()));
        spans.push(Span::styled(format!("{blank}{text}  "), theme.dim()));
    }
    let used: usize = spans.iter().map(Span::width).sum();
    let room = width.saturating_sub(used + 1);
    spans.extend(path(state, index, room, theme, matcher));
    Line::from(spans)
}

/// The columns before the path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Age,
    Goes,
    Size,
}

impl Column {
    /// The columns that fit beside a path: the sort key first.
    fn shown(state: &State, width: usize) -> &'static [Self] {
        match state.arrangement.key {
            _ if width >= WIDE => &[Self::Age, Self::Goes, Self::Size],
            SortKey::Expires if width >= MIDDLING => &[Self::Goes, Self::Size],
            _ if width >= MIDDLING => &[Self::Age, Self::Size],
            SortKey::Expires => &[Self::Goes],
            SortKey::Size => &[Self::Size],
            _ => &[Self::Age],
        }
    }

    fn title_and_room(self) -> (&'static str, usize) {
        match self {
            Self::Age => ("age", 6),
            Self::Goes => ("expires", 8),
            Self::Size => ("size", 9),
        }
    }

    fn text(self, state: &State, index: usize) -> String {
        let item = &state.entries.items[index];
        match self {
            Self::Age => removed(&item.trashed, state.now, Detail::Short).trim_end_matches(" ago").to_owned(),
            Self::Goes if state.entries.fate(index).is_none() => String::new(),
            Self::Goes => expires(state.entries.fate(index), state.now, Detail::Short),
            Self::Size => item.size.map_or_else(|| "-".to_owned(), size),
        }
    }
}

/// The column titles, joined by a line.
pub(super) fn titles(state: &State, width: usize, rule: &str) -> String {
    let mut titles = rule.repeat(MARK);
    for column in Column::shown(state, width) {
        let (title, room) = column.title_and_room();
        titles.push_str(&rule.repeat(room.saturating_sub(title.len() + 1)));
        titles.push_str(&format!(" {title} {rule}"));
    }
    titles.truncate(titles.len() - rule.len());
    titles + " path "
}

/// The path with matched letters marked; a long path is cut at its start.
fn path<'a>(state: &State, index: usize, room: usize, theme: &Theme, matcher: &mut Matcher) -> Vec<Span<'a>> {
    let (item, text) = (&state.entries.items[index], state.entries.text(index));
    let end = ending(item);
    let room = room.saturating_sub(end.len());
    let words = &state.search.query().words;
    let positions: Vec<usize> = words.iter().flat_map(|word| matcher.positions(word, text)).collect();
    let (style, hit) = (theme.path(item), theme.path(item).patch(theme.hit()));
    let cut = cut_of(text, room, theme.mark().width());
    let mut spans = Vec::new();
    if cut > 0 {
        spans.push(Span::styled(theme.mark(), theme.dim()));
    }
    for (at, c) in text.chars().enumerate().skip(cut) {
        push(&mut spans, c, if positions.contains(&at) { hit } else { style });
    }
    spans.push(Span::styled(end, theme.dim()));
    spans
}

/// Adds a character. Characters of one style share a span, so that combining marks stay with their letters.
fn push(spans: &mut Vec<Span<'_>>, c: char, style: Style) {
    match spans.last_mut() {
        Some(last) if last.style == style => last.content.to_mut().push(c),
        _ => spans.push(Span::styled(c.to_string(), style)),
    }
}

/// The suffix of `ls -F`.
fn ending(item: &TrashItem) -> &'static str {
    match item.kind {
        ItemKind::Directory => "/",
        ItemKind::Symlink => "@",
        ItemKind::Fifo => "|",
        ItemKind::Socket => "=",
        ItemKind::File | ItemKind::BlockDevice | ItemKind::CharDevice => "",
    }
}
