//! A preview as lines for a terminal, with nothing in them that it would obey.

use std::ffi::OsStr;

use rrm::ops::show::Preview;
use rrm::preview::{Content, Extent, Head, More, Tree, TreeLine, Twig};
use rrm::store::kind_of;
use rrm::sys::FileKind;
use rrm::text::{Charset, escaped, escaped_content};
use unicode_width::UnicodeWidthStr;

use super::text::{size, start_of};

/// How far apart the places are that a tab leads to.
const TAB: usize = 8;

/// The lines, each at most `width` columns wide where a width is told.
pub(crate) fn lines(preview: &Preview, width: Option<usize>, charset: Charset) -> Vec<String> {
    let lines = match &preview.content {
        Err(error) => vec![format!("(cannot be read: {})", error.reason)],
        Ok(Content::Text(head)) => text(head, charset),
        Ok(Content::Binary(format)) => vec![format!("({})", format.unwrap_or("not text"))],
        Ok(Content::Directory(tree)) => drawn(tree, charset),
        Ok(Content::Symlink(target)) => vec![format!("-> {}", escaped(target, charset))],
        Ok(Content::Special) => vec!["(not opened)".to_owned()],
    };
    let cut = |line: String| width.map_or_else(|| line.clone(), |width| start_of(&line, width, charset));
    lines.into_iter().map(cut).collect()
}

fn text(head: &Head, charset: Charset) -> Vec<String> {
    let mut lines: Vec<String> = head.lines().map(|line| text_line(line, charset)).collect();
    match head.extent {
        Extent::Whole if lines.is_empty() => lines.push("(empty)".to_owned()),
        Extent::Whole => {}
        Extent::Cut => lines.push("(and more)".to_owned()),
    }
    lines
}

/// A line of a text: tabs are spaces, what moves the cursor otherwise is escaped.
fn text_line(line: &[u8], charset: Charset) -> String {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let mut parts = line.split(|byte| *byte == b'\t').map(|part| escaped_content(part, charset));
    let mut text = parts.next().unwrap_or_default();
    for part in parts {
        let column = text.width();
        text.extend(std::iter::repeat_n(' ', TAB - column % TAB));
        text.push_str(&part);
    }
    text
}

/// What joins the lines of a tree: beside an entry, beside the last one, and below those two.
fn branches(charset: Charset) -> [&'static str; 4] {
    match charset {
        Charset::Utf8 => ["├── ", "└── ", "│   ", "    "],
        Charset::Ascii => ["|-- ", "`-- ", "|   ", "    "],
    }
}

fn drawn(tree: &Tree, charset: Charset) -> Vec<String> {
    if tree.lines.is_empty() {
        return vec!["(empty)".to_owned()];
    }
    let [entry, last, below, below_last] = branches(charset);
    // Read from its end, a tree tells at each line on which levels something follows.
    let mut follows: Vec<bool> = Vec::new();
    let mut drawn: Vec<String> = Vec::with_capacity(tree.lines.len());
    for TreeLine { depth, twig } in tree.lines.iter().rev() {
        follows.resize(depth + 1, false);
        let above = follows[..*depth].iter().map(|follows| if *follows { below } else { below_last });
        let own = if follows[*depth] { entry } else { last };
        drawn.push(above.chain([own]).collect::<String>() + &label(twig, charset));
        follows[*depth] = true;
    }
    drawn.reverse();
    drawn
}

fn label(twig: &Twig, charset: Charset) -> String {
    let shown = |name: &OsStr| escaped(name, charset);
    match twig {
        Twig::Entry { name, kind: FileKind::Directory, .. } => format!("{}/", shown(name)),
        Twig::Entry { name, kind: FileKind::File, size: Some(bytes) } => format!("{}  {}", shown(name), size(*bytes)),
        Twig::Entry { name, kind, .. } => format!("{}  ({})", shown(name), kind_of(*kind).name()),
        Twig::More(More::Exactly(number)) => format!("({number} more)"),
        Twig::More(More::AtLeast(number)) => format!("({number} more, at least)"),
        Twig::Unreadable(error) => format!("(cannot be read: {})", rrm::error::words_of(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(entries: &[(usize, &str)]) -> Tree {
        let twig = |name: &str| match name.strip_suffix('/') {
            Some(name) => Twig::Entry { name: name.into(), kind: FileKind::Directory, size: None },
            None => Twig::Entry { name: name.into(), kind: FileKind::File, size: Some(2) },
        };
        let lines = entries.iter().map(|(depth, name)| TreeLine { depth: *depth, twig: twig(name) }).collect();
        Tree { lines, extent: Extent::Whole }
    }

    #[test]
    fn a_tree_is_joined_level_by_level() {
        let tree = tree(&[(0, "a/"), (1, "b/"), (2, "c"), (1, "d"), (0, "e/"), (1, "\x1bf")]);
        let expected =
            ["├── a/", "│   ├── b/", "│   │   └── c  2 B", "│   └── d  2 B", "└── e/", "    └── \\x1bf  2 B"];
        assert_eq!(drawn(&tree, Charset::Utf8), expected);
        assert_eq!(drawn(&tree, Charset::Ascii)[2], "|   |   `-- c  2 B");
    }

    #[test]
    fn a_line_of_text_obeys_nobody() {
        assert_eq!(text_line(b"a\tb\x1b[2J\xff\r", Charset::Utf8), "a       b\\x1b[2J\\xff");
        assert_eq!(text_line("日本語日\tb".as_bytes(), Charset::Utf8), "日本語日        b");
        assert_eq!(text_line(b"a\\n\rb", Charset::Utf8), "a\\n\\x0db");
    }
}
