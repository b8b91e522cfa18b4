//! Colours of paths, from `$LS_COLORS`.

use lscolors::{Indicator, LsColors, Style};
use rrm::item::{ItemKind, TrashItem};

#[derive(Debug, Default)]
pub(crate) struct PathColours(LsColors);

impl PathColours {
    pub(super) fn read() -> Self {
        Self(LsColors::from_env().unwrap_or_default())
    }

    /// The path of an item in the colours that `ls` would give it.
    pub(super) fn paint(&self, item: &TrashItem, path: &str) -> String {
        let painted = |style: &Style| style.to_nu_ansi_term_style().paint(path).to_string();
        self.style_of(item).map_or_else(|| path.to_owned(), painted)
    }

    /// The style that `ls` would give an item, by its kind and the ending of its name.
    pub(crate) fn style_of(&self, item: &TrashItem) -> Option<&Style> {
        let indicator = match item.kind {
            ItemKind::File => Indicator::RegularFile,
            ItemKind::Directory => Indicator::Directory,
            ItemKind::Symlink => Indicator::SymbolicLink,
            ItemKind::Fifo => Indicator::FIFO,
            ItemKind::Socket => Indicator::Socket,
            ItemKind::BlockDevice => Indicator::BlockDevice,
            ItemKind::CharDevice => Indicator::CharacterDevice,
        };
        let by_ending = || item.original_name().and_then(|name| self.0.style_for_str(name.to_str()?));
        match indicator {
            Indicator::RegularFile => by_ending().or_else(|| self.0.style_for_indicator(indicator)),
            _ => self.0.style_for_indicator(indicator),
        }
    }
}
