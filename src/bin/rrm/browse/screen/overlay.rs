//! What is shown in front of the list.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::Line;
use ratatui::widgets::{Block, Clear, Padding, Paragraph};

use tui_input::Input;

use super::style::Theme;
use super::text::{self, one_line, wrapped};
use crate::browse::state::{Question, State, Visibility};
use crate::output::count;

/// A box in the middle with these lines in it; gives where its inside is.
pub(super) fn boxed(frame: &mut Frame<'_>, area: Rect, title: &str, lines: Vec<Line<'_>>, theme: &Theme) -> Rect {
    let widest = lines.iter().map(Line::width).chain([title.len() + 2]).max().unwrap_or(0);
    let width = u16::try_from(widest + 4).unwrap_or(u16::MAX).min(area.width.saturating_sub(2));
    let height = u16::try_from(lines.len() + 2).unwrap_or(u16::MAX).min(area.height);
    let (x, y) = (area.x + (area.width - width) / 2, area.y + (area.height - height) / 2);
    let place = Rect { x, y, width, height };
    let block = Block::bordered()
        .title(format!(" {title} "))
        .border_set(theme.borders())
        .border_style(theme.accent())
        .padding(Padding::horizontal(1));
    let inside = block.inner(place);
    frame.render_widget(Clear, place);
    frame.render_widget(Paragraph::new(lines).block(block), place);
    inside
}

/// How much room a line in a box has.
fn room(area: Rect) -> usize {
    usize::from(area.width).saturating_sub(8).min(76)
}

/// Whether a box with so many lines is no higher than the screen. No line of ours is wider.
fn fits(lines: usize, area: Rect) -> bool {
    lines + 2 <= usize::from(area.height)
}

/// Where something is asked that there is no room for: nothing that would look like a part of it.
fn too_small(frame: &mut Frame<'_>, area: Rect) -> Visibility {
    frame.render_widget(Clear, area);
    let words = wrapped("too small for the question; Esc cancels", usize::from(area.width));
    frame.render_widget(Paragraph::new(words.into_iter().map(Line::raw).collect::<Vec<_>>()), area);
    Visibility::Hidden
}

/// What keys there are: beside each other, or below each other where that is too wide.
fn keys(keys: [&'static str; 2], area: Rect) -> Vec<Line<'static>> {
    let beside = keys.join("      ");
    match beside.len() <= room(area) {
        true => vec![Line::styled(beside, Theme::key())],
        false => keys.map(|key| Line::styled(key, Theme::key())).to_vec(),
    }
}

/// How much is said of what a question is about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Names {
    Whole,
    /// One line for each.
    Cut,
}

pub(super) fn question(frame: &mut Frame<'_>, area: Rect, question: &Question, theme: &Theme) -> Visibility {
    let lines = [Names::Whole, Names::Cut].map(|names| question_lines(question, names, area, theme));
    let Some(lines) = lines.into_iter().find(|lines| fits(lines.len(), area)) else { return too_small(frame, area) };
    boxed(frame, area, "are you sure?", lines, theme);
    Visibility::Full
}

fn question_lines(question: &Question, names: Names, area: Rect, theme: &Theme) -> Vec<Line<'static>> {
    let room = room(area);
    let shown = |line: &String| match names == Names::Cut && line.starts_with(' ') {
        true => vec![theme.start_of(line, room)],
        false => wrapped(line, room),
    };
    let mut lines: Vec<Line<'_>> = question.lines.iter().flat_map(shown).map(Line::raw).collect();
    lines.push(Line::raw(""));
    lines.extend(keys(["y  yes", "any other key  no"], area));
    lines
}

pub(super) fn directory(frame: &mut Frame<'_>, area: Rect, line: &Input, state: &State, theme: &Theme) -> Visibility {
    let items = count(state.targets().len() as u64, "item");
    let room = room(area);
    let before = text::visible(&text::before_caret(line));
    // The end is what is being typed.
    let hidden = before.chars().count().saturating_sub(room.saturating_sub(2));
    let shown: String = text::visible(line.value()).chars().skip(hidden).collect();
    let caret: String = before.chars().skip(hidden).collect();
    let asked = wrapped(&format!("restore {items} into this directory; created if missing"), room);
    let mut lines: Vec<Line<'_>> = asked.into_iter().chain([String::new()]).map(Line::raw).collect();
    let row = u16::try_from(lines.len()).unwrap_or(u16::MAX);
    lines.extend([Line::styled(theme.start_of(&shown, room), theme.accent()), Line::raw("")]);
    lines.extend(keys(["Enter  restore", "Esc  cancel"], area));
    if !fits(lines.len(), area) {
        return too_small(frame, area);
    }
    let inside = boxed(frame, area, "restore elsewhere", lines, theme);
    let width = ratatui::text::Span::raw(caret).width();
    self::caret(frame, Rect { y: inside.y + row, height: 1, ..inside }, width);
    Visibility::Full
}

pub(super) fn messages(frame: &mut Frame<'_>, area: Rect, state: &State, theme: &Theme) {
    let most = usize::from(area.height).saturating_sub(4);
    let mut lines: Vec<String> = state.log.iter().flat_map(|words| wrapped(&one_line(words), room(area))).collect();
    if lines.is_empty() {
        lines.push("no messages yet".to_owned());
    }
    lines.drain(..lines.len().saturating_sub(most));
    boxed(frame, area, "messages", lines.into_iter().map(Line::raw).collect(), theme);
}

/// The caret of the terminal itself, which blinks and which programs that read the screen aloud follow.
pub(super) fn caret(frame: &mut Frame<'_>, line: Rect, column: usize) {
    let column = u16::try_from(column).unwrap_or(u16::MAX).min(line.width.saturating_sub(1));
    frame.set_cursor_position(Position { x: line.x + column, y: line.y });
}
