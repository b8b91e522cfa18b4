//! One line of text that is being typed.

/// The text, and where the next character goes: a place between two characters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Line {
    text: String,
    /// In bytes.
    caret: usize,
}

/// A change to a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edit {
    Insert(char),
    Backspace,
    Delete,
    DeleteWord,
    Clear,
    Left,
    Right,
    Start,
    End,
}

impl Line {
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// What stands before the caret.
    pub(super) fn before(&self) -> &str {
        &self.text[..self.caret]
    }

    pub(super) fn edit(&mut self, edit: Edit) {
        match edit {
            Edit::Insert(c) => {
                self.text.insert(self.caret, c);
                self.caret += c.len_utf8();
            }
            Edit::Backspace => self.cut(self.left()),
            Edit::Delete => {
                let end = self.right();
                self.text.replace_range(self.caret..end, "");
            }
            Edit::DeleteWord => self.cut(self.word()),
            Edit::Clear => *self = Self::default(),
            Edit::Left => self.caret = self.left(),
            Edit::Right => self.caret = self.right(),
            Edit::Start => self.caret = 0,
            Edit::End => self.caret = self.text.len(),
        }
    }

    fn cut(&mut self, from: usize) {
        self.text.replace_range(from..self.caret, "");
        self.caret = from;
    }

    fn left(&self) -> usize {
        self.before().char_indices().next_back().map_or(0, |(at, _)| at)
    }

    fn right(&self) -> usize {
        self.text[self.caret..].chars().next().map_or(self.caret, |c| self.caret + c.len_utf8())
    }

    /// Where the word before the caret begins.
    fn word(&self) -> usize {
        let trimmed = self.before().trim_end();
        trimmed.rfind(char::is_whitespace).map_or(0, |at| at + trimmed[at..].chars().next().map_or(0, char::len_utf8))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_edited_by_characters_and_words() {
        let mut line = Line::default();
        "kind:dir été".chars().for_each(|c| line.edit(Edit::Insert(c)));
        [Edit::Left, Edit::Backspace].into_iter().for_each(|edit| line.edit(edit));
        assert_eq!((line.text(), line.before()), ("kind:dir éé", "kind:dir é"));
        [Edit::End, Edit::DeleteWord].into_iter().for_each(|edit| line.edit(edit));
        assert_eq!(line.text(), "kind:dir ");
        [Edit::DeleteWord, Edit::Backspace, Edit::Delete].into_iter().for_each(|edit| line.edit(edit));
        assert_eq!(line, Line::default());
        [Edit::Insert('b'), Edit::Start, Edit::Insert('a'), Edit::Right, Edit::Right]
            .into_iter()
            .for_each(|edit| line.edit(edit));
        assert_eq!((line.text(), line.before()), ("ab", "ab"));
        [Edit::Start, Edit::Delete].into_iter().for_each(|edit| line.edit(edit));
        assert_eq!(line.text(), "b");
    }
}
