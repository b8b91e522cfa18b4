//! What is shown in front of the list.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::Line;
use ratatui::widgets::{Block, Clear, Padding, Paragraph};

use super::style::Theme;
use super::text::{self, one_line, wrapped};
use crate::browse::line;
use crate::browse::state::{Question, State};
use crate::view::count;

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

pub(super) fn question(frame: &mut Frame<'_>, area: Rect, question: &Question, theme: &Theme) {
    let mut lines: Vec<Line<'_>> =
        question.lines.iter().flat_map(|line| wrapped(line, room(area))).map(Line::raw).collect();
    lines.push(Line::raw(""));
    lines.push(Line::styled("y  yes      any other key  no", Theme::key()));
    boxed(frame, area, "are you sure?", lines, theme);
}

pub(super) fn directory(frame: &mut Frame<'_>, area: Rect, line: &line::Line, state: &State, theme: &Theme) {
    let items = count(state.meant().len() as u64, "item");
    let room = room(area);
    let before = text::visible(line.before());
    // The end is what is being typed.
    let hidden = before.chars().count().saturating_sub(room.saturating_sub(2));
    let shown: String = text::visible(line.text()).chars().skip(hidden).collect();
    let caret: String = before.chars().skip(hidden).collect();
    let lines = vec![
        Line::raw(format!("restore {items} into this directory; it is made if it is missing")),
        Line::raw(""),
        Line::styled(theme.start_of(&shown, room), theme.accent()),
        Line::raw(""),
        Line::styled("Enter  restore      Esc  leave it", Theme::key()),
    ];
    let inside = boxed(frame, area, "restore elsewhere", lines, theme);
    let width = ratatui::text::Span::raw(caret).width();
    self::caret(frame, Rect { y: inside.y + 2, height: 1, ..inside }, width);
}

pub(super) fn messages(frame: &mut Frame<'_>, area: Rect, state: &State, theme: &Theme) {
    let most = usize::from(area.height).saturating_sub(4);
    let mut lines: Vec<String> = state.log.iter().flat_map(|words| wrapped(&one_line(words), room(area))).collect();
    if lines.is_empty() {
        lines.push("nothing has been told yet".to_owned());
    }
    lines.drain(..lines.len().saturating_sub(most));
    boxed(frame, area, "messages", lines.into_iter().map(Line::raw).collect(), theme);
}

/// The caret of the terminal itself, which blinks and which programs that read the screen aloud follow.
pub(super) fn caret(frame: &mut Frame<'_>, line: Rect, column: usize) {
    let column = u16::try_from(column).unwrap_or(u16::MAX).min(line.width.saturating_sub(1));
    frame.set_cursor_position(Position { x: line.x + column, y: line.y });
}
