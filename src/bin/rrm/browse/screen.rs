//! Drawing a state.

mod help;
mod list;
mod overlay;
mod side;
mod style;
mod text;

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;
use unicode_width::UnicodeWidthStr;

use super::state::{Focus, Note, Overlay, Purpose, Row, Side, State, Visibility};
use crate::browse::arrange::Grouping;
use crate::options::SortKey;
use crate::output::{count, size};

pub(super) use style::Theme;

/// The minimum columns and rows.
const SMALLEST: (u16, u16) = (24, 7);
/// The minimum width of the list beside details.
const BESIDE: u16 = 64;

/// The hint behind a cut message.
const WHOLE: &str = "  m: all of it";

/// Draws the state. Sets its number of rows and whether everything is visible.
pub(super) fn draw(frame: &mut Frame<'_>, state: &mut State, theme: &Theme) {
    let area = frame.area();
    if area.width < SMALLEST.0 || area.height < SMALLEST.1 {
        state.visibility = Visibility::Hidden;
        return frame.render_widget(Paragraph::new("too small"), area);
    }
    let [title, filter, rule, body, note, keys] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Fill(1),
        Constraint::Length(1),
        Constraint::Length(1),
    ])
    .areas(area);
    let (list, side) = parts(body, state);
    state.height = usize::from(list.height);
    state.keep_visible();
    draw_title(frame, title, state, theme);
    draw_filter(frame, filter, state, theme);
    draw_rule(frame, rule, state, side.map(|side| side.x - 1), theme);
    list::draw(frame, list, state, theme);
    if let Some(side) = side {
        side::draw(frame, side, state, theme);
    }
    draw_note(frame, note, state, theme);
    help::draw_keys(frame, keys, state, theme);
    state.visibility = draw_front(frame, area, state, theme);
}

/// Draws what is in front of the list; returns whether it is visible.
fn draw_front(frame: &mut Frame<'_>, area: Rect, state: &State, theme: &Theme) -> Visibility {
    match &state.overlay {
        Some(Overlay::Help) => help::draw(frame, area, state, theme),
        Some(Overlay::Messages) => overlay::messages(frame, area, state, theme),
        Some(Overlay::Question(question)) => return overlay::question(frame, area, question, theme),
        Some(Overlay::Directory(line)) => return overlay::directory(frame, area, line, state, theme),
        None => {}
    }
    Visibility::Full
}

/// The areas of the list and the details.
fn parts(body: Rect, state: &State) -> (Rect, Option<Rect>) {
    if state.side == Side::Hidden || body.width < BESIDE {
        return (body, None);
    }
    let width = (body.width * 2 / 5).min(70);
    let [list, _, side] =
        Layout::horizontal([Constraint::Fill(1), Constraint::Length(2), Constraint::Length(width)]).areas(body);
    (list, Some(side))
}

fn draw_title(frame: &mut Frame<'_>, area: Rect, state: &State, theme: &Theme) {
    let name = match state.purpose {
        Purpose::Browse => " rrm browse ",
        Purpose::Choose => " rrm restore ",
    };
    let bytes = state.entries.items.iter().filter_map(|item| item.size).fold(0, u64::saturating_add);
    let mut about = format!(" {}, {}", count(state.entries.len() as u64, "item"), size(bytes));
    if state.work.loading {
        about.push_str(", reading the trash");
    } else if state.work.to_measure > 0 {
        about.push_str(&format!(", measuring {}", state.work.to_measure));
    }
    let left = Line::from(vec![Span::styled(name, Theme::title()), Span::raw(about)]);
    both_ends(frame, area, left, Span::styled(arrangement(state), theme.dim()));
}

/// The order in words.
fn arrangement(state: &State) -> String {
    use super::arrange::Direction::{Natural, Reversed};
    let order = match (state.arrangement.key, state.arrangement.direction) {
        _ if !state.search.query().words.is_empty() => "best match first",
        (SortKey::Removed, Natural) => "newest first",
        (SortKey::Removed, Reversed) => "oldest first",
        (SortKey::Path, Natural) => "by path",
        (SortKey::Path, Reversed) => "by path, reversed",
        (SortKey::Size, Natural) => "largest first",
        (SortKey::Size, Reversed) => "smallest first",
        (SortKey::Expires, Natural) => "soonest due first",
        (SortKey::Expires, Reversed) => "latest due first",
        (SortKey::Kind, Natural) => "by kind",
        (SortKey::Kind, Reversed) => "by kind, reversed",
    };
    let grouped = match state.arrangement.grouping {
        Grouping::None => "",
        Grouping::Command => ", by command",
        Grouping::Directory => ", by directory",
        Grouping::Day => ", by day",
    };
    format!("{order}{grouped} ")
}

fn draw_filter(frame: &mut Frame<'_>, area: Rect, state: &State, theme: &Theme) {
    let typing = state.focus == Focus::Filter;
    let query = state.search.query();
    let shown = state.rows.iter().filter(|row| matches!(row, Row::Item(_))).count();
    let mut end = if query.is_empty() { String::new() } else { format!("{shown} found ") };
    if !state.selected.is_empty() {
        end = match state.hidden() {
            0 => format!("{} selected  {end}", state.selected.len()),
            hidden => format!("{} selected, {hidden} not shown  {end}", state.selected.len()),
        };
    }
    let mut spans = vec![Span::styled(" / ", if typing { theme.accent() } else { theme.dim() })];
    match (&query.problem, state.filter.value()) {
        (_, "") if !typing => spans.push(Span::styled("press / to filter", theme.dim())),
        (_, "") => spans.push(Span::styled(" letters of a path, kind:dir, since:2h, larger:1M", theme.dim())),
        (None, text) => spans.push(Span::raw(text::visible(text))),
        (Some(problem), text) => {
            spans.extend([Span::raw(text::visible(text)), Span::styled(format!("  {problem}"), theme.trouble())]);
        }
    }
    both_ends(frame, area, Line::from(spans), Span::styled(end, theme.accent()));
    if typing && state.overlay.is_none() {
        let before = Span::raw(text::visible(&text::before_caret(&state.filter))).width();
        overlay::caret(frame, area, 3 + before);
    }
}

/// The line with column titles, split above the details.
fn draw_rule(frame: &mut Frame<'_>, area: Rect, state: &State, part: Option<u16>, theme: &Theme) {
    let (rule, parted) = theme.rule();
    let line: String = (area.x..area.right()).map(|column| if Some(column) == part { parted } else { rule }).collect();
    frame.render_widget(Span::styled(line, theme.dim()), area);
    let width = part.map_or(area.width, |part| part - area.x);
    let titles = list::titles(state, usize::from(width), rule);
    frame.render_widget(Span::styled(titles, theme.dim()), Rect { width, ..area });
}

fn draw_note(frame: &mut Frame<'_>, area: Rect, state: &State, theme: &Theme) {
    let (words, style) = match (&state.work.doing, &state.note) {
        (_, Some(Note::Trouble(words))) => (words.clone(), theme.trouble()),
        (Some(doing), _) => (doing.clone(), theme.accent()),
        (None, Some(Note::Done(words))) => (words.clone(), theme.accent()),
        (None, None) => return,
    };
    let (words, room) = (text::one_line(&words), usize::from(area.width).saturating_sub(2));
    let words = match words.width() <= room {
        true => words,
        false => theme.start_of(&words, room.saturating_sub(WHOLE.len())) + WHOLE,
    };
    frame.render_widget(Span::styled(format!(" {words}"), style), area);
}

/// Two texts at the ends of a line; the right one is dropped if they overlap.
fn both_ends(frame: &mut Frame<'_>, area: Rect, left: Line<'_>, right: Span<'_>) {
    let room = usize::from(area.width);
    if left.width() + right.width() < room {
        let width = u16::try_from(right.width()).unwrap_or(area.width);
        frame.render_widget(right, Rect { x: area.right() - width, width, ..area });
    }
    frame.render_widget(left, area);
}

#[cfg(test)]
mod tests;
