//! How well a few typed letters fit a text: they have to be in it in their order, and it is the better the closer they
//! stand together and to the beginnings of words.

const MATCH: i32 = 16;
const GAP: i32 = 3;
const GAP_EXTENSION: i32 = 1;
const ADJACENT: i32 = 6;
const AFTER_SLASH: i32 = 9;
const AFTER_SEPARATOR: i32 = 8;
const CAMEL_CASE: i32 = 7;
const IN_FILE_NAME: i32 = 2;
/// No way of fitting ends here.
const NOWHERE: i32 = i32::MIN / 2;
/// How many pairs of letters are weighed; what is longer fits, but is not told how well.
const MOST_CELLS: usize = 1 << 15;

/// The letters of one word. Without a capital among them, capitals make no difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern {
    letters: Vec<char>,
    case: Case,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Case {
    Exact,
    Any,
}

impl Pattern {
    pub(super) fn new(text: &str) -> Self {
        let case = if text.chars().any(char::is_uppercase) { Case::Exact } else { Case::Any };
        Self { letters: text.chars().map(|c| folded(c, case)).collect(), case }
    }

    /// Whether whatever fits this word fits `shorter`, too.
    pub(super) fn extends(&self, shorter: &Self) -> bool {
        self.letters.starts_with(&shorter.letters) && (self.case == shorter.case || shorter.case == Case::Any)
    }

    fn is_in(&self, text: &str) -> bool {
        let mut wanted = self.letters.iter();
        let mut next = wanted.next();
        for c in text.chars().map(|c| folded(c, self.case)) {
            match next {
                None => return true,
                Some(letter) if *letter == c => next = wanted.next(),
                Some(_) => {}
            }
        }
        next.is_none()
    }
}

fn folded(c: char, case: Case) -> char {
    match case {
        Case::Exact => c,
        Case::Any if c.is_ascii() => c.to_ascii_lowercase(),
        Case::Any => c.to_lowercase().next().unwrap_or(c),
    }
}

/// Weighs texts, keeping its tables from one to the next.
#[derive(Debug, Default)]
pub(super) struct Matcher {
    text: Vec<char>,
    bonus: Vec<i32>,
    /// For each letter of the word a row: the best weight of all before it and itself, ending at each place.
    ends: Vec<i32>,
}

impl Matcher {
    /// The weight of `word` in `text`; `None` where it does not fit.
    pub(super) fn score(&mut self, word: &Pattern, text: &str) -> Option<i32> {
        if !word.is_in(text) {
            return None;
        }
        Some(self.fill(word, text).map_or(0, |(score, _)| score))
    }

    /// Which characters of `text` the letters of `word` were taken for, counted from nought.
    pub(super) fn positions(&mut self, word: &Pattern, text: &str) -> Vec<usize> {
        if !word.is_in(text) {
            return Vec::new();
        }
        let Some((_, mut place)) = self.fill(word, text) else { return Vec::new() };
        let mut positions = vec![place];
        for row in (1..word.letters.len()).rev() {
            place = self.place_before(row, place);
            positions.push(place);
        }
        positions.reverse();
        positions
    }

    /// Fills the table; gives the best weight and where it ends.
    fn fill(&mut self, word: &Pattern, text: &str) -> Option<(i32, usize)> {
        self.read(text, word.case);
        let width = self.text.len();
        if width * word.letters.len() > MOST_CELLS {
            return None;
        }
        self.ends.clear();
        self.ends.resize(width * word.letters.len(), NOWHERE);
        for (row, letter) in word.letters.iter().enumerate() {
            self.fill_row(row, *letter);
        }
        let last = self.ends.chunks_exact(width.max(1)).next_back()?;
        // Of two that are as good, the one nearer to the end of the path.
        last.iter().copied().enumerate().max_by_key(|(_, score)| *score).map(|(place, score)| (score, place))
    }

    fn fill_row(&mut self, row: usize, letter: char) {
        let width = self.text.len();
        let (before, here) = self.ends.split_at_mut(row * width);
        let before = before.get(row.saturating_sub(1) * width..).unwrap_or_default();
        let mut across = NOWHERE;
        for place in 0..width {
            if place >= 2 && row > 0 {
                across = (across - GAP_EXTENSION).max(before[place - 2] - GAP);
            }
            if self.text[place] != letter {
                continue;
            }
            let from = match (row, place) {
                (0, _) => 0,
                (_, 0) => NOWHERE,
                _ => across.max(before[place - 1] + ADJACENT),
            };
            if from > NOWHERE / 2 {
                here[place] = from + MATCH + self.bonus[place];
            }
        }
    }

    /// Where the letter before the one of `row` stands, if that one is at `place`.
    fn place_before(&self, row: usize, place: usize) -> usize {
        let width = self.text.len();
        let before = &self.ends[(row - 1) * width..row * width];
        let from = self.ends[row * width + place] - MATCH - self.bonus[place];
        if place > 0 && before[place - 1] + ADJACENT == from {
            return place - 1;
        }
        let cost = |at: &usize| GAP + GAP_EXTENSION * i32::try_from(place - 2 - at).unwrap_or(i32::MAX / 4);
        (0..place.saturating_sub(1)).rev().find(|at| before[*at] - cost(at) == from).unwrap_or(0)
    }

    fn read(&mut self, text: &str, case: Case) {
        let name = text.rfind('/').map_or(0, |slash| slash + 1);
        self.text.clear();
        self.bonus.clear();
        let mut previous = '/';
        for (at, c) in text.char_indices() {
            self.bonus.push(begins(previous, c) + if at >= name { IN_FILE_NAME } else { 0 });
            self.text.push(folded(c, case));
            previous = c;
        }
    }
}

/// What it is worth that `c` comes after `previous`.
fn begins(previous: char, c: char) -> i32 {
    match previous {
        '/' => AFTER_SLASH,
        '-' | '_' | '.' | ' ' => AFTER_SEPARATOR,
        _ if previous.is_lowercase() && c.is_uppercase() => CAMEL_CASE,
        _ if !previous.is_numeric() && c.is_numeric() => CAMEL_CASE,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn best<'a>(word: &str, texts: &[&'a str]) -> &'a str {
        let (word, mut matcher) = (Pattern::new(word), Matcher::default());
        texts.iter().max_by_key(|text| matcher.score(&word, text)).expect("there are some")
    }

    #[test]
    fn letters_fit_in_their_order_only() {
        let mut matcher = Matcher::default();
        let mut fits = |word: &str, text: &str| matcher.score(&Pattern::new(word), text).is_some();
        assert!(fits("mn", "src/main.rs") && fits("MAIN", "MAIN") && fits("main", "MAIN") && fits("ÉT", "ÉTÉ"));
        assert!(fits("été", "ÉTÉ") && fits("日ファ", "日本語のファイル"));
        assert!(!fits("nm", "src/main.rs") && !fits("Main", "main") && !fits("a", ""));
    }

    #[test]
    fn words_and_names_come_first() {
        assert_eq!(best("main", &["~/m/a/i/n", "~/src/main.rs", "~/domain/x"]), "~/src/main.rs");
        assert_eq!(best("not", &["~/notes/a", "~/a/notes"]), "~/a/notes");
        assert_eq!(best("fb", &["~/fooBar", "~/fxxb", "~/xfb"]), "~/fooBar");
    }

    #[test]
    fn the_places_are_those_that_were_weighed() {
        let mut matcher = Matcher::default();
        assert_eq!(matcher.positions(&Pattern::new("foo"), "f/o/o/foo"), [6, 7, 8]);
        assert_eq!(matcher.positions(&Pattern::new("sm"), "src/main"), [0, 4]);
        assert_eq!(matcher.positions(&Pattern::new("x"), "src"), [0; 0]);
    }

    #[test]
    fn what_is_too_long_to_weigh_still_fits() {
        let long = "ab/".repeat(20_000);
        assert_eq!(Matcher::default().score(&Pattern::new("abab"), &long), Some(0));
    }
}
