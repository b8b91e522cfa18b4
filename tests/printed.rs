//! Every text that rrm prints, as one text that can be read: `tests/printed.txt`. The manual pages are texts of their own,
//! and words alone, such as the keys of JSON and the headings of columns, are none.

mod source;
mod words;

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use crate::common::{is_written, source as project, sources};
use words::{CLUMSY, OTHER_WORDS};

/// How many words a sentence may have.
const LONGEST: usize = 25;

/// The texts of one source.
struct Page {
    file: String,
    texts: Vec<String>,
}

/// Every page that has a text, in the order of the files' names.
fn pages() -> Vec<Page> {
    let top = project();
    let mut pages = Vec::new();
    let src = top.join("src");
    let is_read = |path: &PathBuf| !is_passed_over(path.strip_prefix(&src).expect("it was found below"));
    for path in sources(&src).into_iter().filter(is_read) {
        let code = fs::read_to_string(&path).expect("a source is text");
        let texts: Vec<_> = source::strings(&code).into_iter().filter(|text| is_text(text)).collect();
        let file = path.strip_prefix(&top).expect("it was found below").display().to_string();
        if !texts.is_empty() {
            pages.push(Page { file, texts });
        }
    }
    assert!(pages.len() > 100, "only {} sources were found to print anything", pages.len());
    pages
}

/// Whether a path below `src/` is of tests, or of the manual pages.
fn is_passed_over(path: &Path) -> bool {
    let is_of_tests = |name: &OsStr| {
        let stem = Path::new(name).file_stem().and_then(OsStr::to_str).expect("our names are ASCII");
        matches!(stem, "tests" | "testing" | "faults") || stem.ends_with("_tests")
    };
    path.iter().any(is_of_tests) || path.starts_with("bin/rrm/manual") || path == Path::new("bin/rrm/manual.rs")
}

/// Whether it has a word and a blank beside it.
fn is_text(text: &str) -> bool {
    let words = || text.split_whitespace();
    let has_word = words().any(|word| word.matches(|c: char| c.is_alphabetic()).count() > 1);
    let is_date = words().all(|word| word.starts_with('%'));
    has_word && !is_date && (words().nth(1).is_some() || text.trim() != text)
}

/// The pages as one text. A text of several lines is indented from its second on; blanks at an end are shown as `·`.
fn whole(pages: &[Page]) -> String {
    let mut text = String::from("Every text that rrm prints; see tests/printed.rs.\n");
    for page in pages {
        text += &format!("\n{}\n\n", page.file);
        for one in &page.texts {
            let (start, end) = (one.len() - one.trim_start().len(), one.trim_end().len());
            let shown = format!("{}{}{}", gap(&one[..start]), &one[start..end], gap(&one[end..]));
            text += &format!("  {}\n", shown.replace('\n', "\n    "));
        }
    }
    text.lines().map(|line| line.trim_end().to_owned() + "\n").collect()
}

fn gap(blanks: &str) -> String {
    blanks.replace('\n', "").replace([' ', '\t'], "·")
}

/// The sentences of a text. A line of its own, as in an example, is one too.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.lines().flat_map(|line| line.split_inclusive(". ").flat_map(|part| part.split_inclusive("? ")))
}

/// Words in small letters with single blanks between and around them, so that a phrase is found as whole words.
fn plain(text: &str) -> String {
    let is_between = |c: char| c.is_whitespace() || ",;:.?!()\"".contains(c);
    let words: Vec<_> = text.split(is_between).filter(|word| !word.is_empty()).collect();
    format!(" {} ", words.join(" ").to_lowercase())
}

/// What is wrong with a text.
fn faults(text: &str) -> Vec<String> {
    let long = sentences(text).filter(|sentence| sentence.split_whitespace().count() > LONGEST);
    let mut faults: Vec<_> = long.map(|sentence| format!("over {LONGEST} words: {sentence}")).collect();
    let plain = plain(text);
    let has = |phrase: &str| plain.contains(&format!(" {phrase} "));
    faults.extend(CLUMSY.iter().filter(|phrase| has(phrase)).map(|phrase| format!("{phrase:?} in: {text}")));
    let others = OTHER_WORDS.iter().filter(|(other, _)| has(other));
    faults.extend(others.map(|(other, ours)| format!("{other:?} where it should be {ours:?}: {text}")));
    faults
}

#[test]
fn every_printed_text_is_in_the_file_that_is_read() {
    is_written("tests/printed.txt", &whole(&pages()), "printed::");
}

#[test]
fn every_printed_text_is_short_plain_and_in_our_words() {
    let pages = pages();
    let found: Vec<String> = pages
        .iter()
        .flat_map(|page| page.texts.iter().flat_map(move |text| faults(text).into_iter().map(|it| (&page.file, it))))
        .map(|(file, fault)| format!("{file}: {fault}"))
        .collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// Each word that is ours is explained, so that it may stand in a text.
#[test]
fn every_word_of_ours_is_in_the_glossary() {
    let contributing = fs::read_to_string(project().join("CONTRIBUTING.md")).expect("a text");
    let glossary = contributing.split("\n## ").find(|part| part.starts_with("Words\n")).expect("there is a glossary");
    for (_, ours) in OTHER_WORDS {
        assert!(glossary.contains(ours), "CONTRIBUTING.md does not explain {ours:?}");
    }
}

#[test]
fn what_is_wrong_with_a_text_is_told() {
    let long = "word ".repeat(LONGEST) + "word. Short.";
    assert_eq!(faults(&long).len(), 1);
    assert!(faults(&"word ".repeat(LONGEST)).is_empty());
    assert_eq!(faults("what shall be restored?"), ["\"shall\" in: what shall be restored?"]);
    assert_eq!(faults("Recover it."), ["\"recover\" where it should be \"restore\": Recover it."]);
    assert!(faults("it is marshalled").is_empty());
    assert!(is_text("an item!") && is_text("kept {}") && !is_text("kept") && !is_text(", ") && !is_text("%H %M"));
}
