//! Colours, and what stands in for them where there are none.

use ratatui::style::{Color, Modifier, Style};
use ratatui::symbols::border::{PLAIN, Set};
use rrm::item::TrashItem;

use crate::output::{PathColours, start_of};
use rrm::text::Charset;

/// How things look.
#[derive(Debug)]
pub(in crate::browse) struct Theme {
    /// The colours of `$LS_COLORS`, where colours may be used at all.
    colours: Option<PathColours>,
    /// What may be shown beside ASCII.
    charset: Charset,
}

impl Theme {
    pub(in crate::browse) fn new(colours: Option<PathColours>, charset: Charset) -> Self {
        Self { colours, charset }
    }

    fn in_charset<T>(&self, utf8: T, ascii: T) -> T {
        match self.charset {
            Charset::Utf8 => utf8,
            Charset::Ascii => ascii,
        }
    }

    /// As much of the start of a text as fits.
    pub(super) fn start_of(&self, text: &str, room: usize) -> String {
        start_of(text, room, self.charset)
    }

    /// What stands where something was left out.
    pub(super) fn mark(&self) -> &'static str {
        self.in_charset("…", "...")
    }

    /// A line from left to right, and what it is where one goes down from it.
    pub(super) fn rule(&self) -> (&'static str, &'static str) {
        self.in_charset(("─", "┬"), ("-", "+"))
    }

    pub(super) fn borders(&self) -> Set<'static> {
        const ASCII: Set<'static> = Set {
            top_left: "+",
            top_right: "+",
            bottom_left: "+",
            bottom_right: "+",
            vertical_left: "|",
            vertical_right: "|",
            horizontal_top: "-",
            horizontal_bottom: "-",
        };
        self.in_charset(PLAIN, ASCII)
    }

    fn coloured(&self, colour: Color, without: Modifier) -> Style {
        match self.colours {
            Some(_) => Style::new().fg(colour),
            None => Style::new().add_modifier(without),
        }
    }

    pub(super) fn title() -> Style {
        Style::new().add_modifier(Modifier::BOLD | Modifier::REVERSED)
    }

    /// What matters now.
    pub(super) fn accent(&self) -> Style {
        self.coloured(Color::Cyan, Modifier::BOLD)
    }

    /// What is there to be looked up.
    pub(super) fn dim(&self) -> Style {
        self.coloured(Color::DarkGray, Modifier::DIM)
    }

    pub(super) fn trouble(&self) -> Style {
        self.coloured(Color::Red, Modifier::BOLD)
    }

    /// The letters that were looked for.
    pub(super) fn hit(&self) -> Style {
        self.coloured(Color::Yellow, Modifier::UNDERLINED).add_modifier(Modifier::BOLD)
    }

    pub(super) fn heading(&self) -> Style {
        self.coloured(Color::Blue, Modifier::BOLD).add_modifier(Modifier::BOLD)
    }

    pub(super) fn cursor() -> Style {
        Style::new().add_modifier(Modifier::REVERSED)
    }

    pub(super) fn key() -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    /// A path, as `ls` would show it.
    pub(super) fn path(&self, item: &TrashItem) -> Style {
        let style = self.colours.as_ref().and_then(|colours| colours.style_of(item));
        style.map_or_else(Style::new, of_ls)
    }
}

fn of_ls(style: &lscolors::Style) -> Style {
    let font = &style.font_style;
    let modifiers = [
        (font.bold, Modifier::BOLD),
        (font.dimmed, Modifier::DIM),
        (font.italic, Modifier::ITALIC),
        (font.underline, Modifier::UNDERLINED),
        (font.strikethrough, Modifier::CROSSED_OUT),
    ];
    let set = modifiers.into_iter().filter(|(set, _)| *set).fold(Modifier::empty(), |all, (_, one)| all | one);
    Style { fg: style.foreground.map(colour), bg: style.background.map(colour), add_modifier: set, ..Style::default() }
}

fn colour(colour: lscolors::Color) -> Color {
    use lscolors::Color as Ls;
    match colour {
        Ls::Black => Color::Black,
        Ls::Red => Color::Red,
        Ls::Green => Color::Green,
        Ls::Yellow => Color::Yellow,
        Ls::Blue => Color::Blue,
        Ls::Magenta => Color::Magenta,
        Ls::Cyan => Color::Cyan,
        Ls::White => Color::Gray,
        Ls::BrightBlack => Color::DarkGray,
        Ls::BrightRed => Color::LightRed,
        Ls::BrightGreen => Color::LightGreen,
        Ls::BrightYellow => Color::LightYellow,
        Ls::BrightBlue => Color::LightBlue,
        Ls::BrightMagenta => Color::LightMagenta,
        Ls::BrightCyan => Color::LightCyan,
        Ls::BrightWhite => Color::White,
        Ls::Fixed(number) => Color::Indexed(number),
        Ls::RGB(red, green, blue) => Color::Rgb(red, green, blue),
    }
}
