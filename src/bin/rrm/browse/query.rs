//! What the line above the list means: the filters of the command line without their dashes, and letters to look for.

use std::borrow::Cow;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use rrm::rules::selection::Selection;

use super::fuzzy::Pattern;
use crate::context::Context;
use crate::options::SelectionArgs;
use crate::values::beginning_of;

/// The options that narrow a selection, under their own names.
const FILTERS: [&str; 9] =
    ["under", "since", "before", "older-than", "larger-than", "smaller-than", "kind", "session", "last"];

/// What begins a word that chooses as it does on the command line.
const TERMS: [&str; 3] = ["id", "path", "glob"];

/// What is looked for.
#[derive(Debug, Clone, Default)]
pub(super) struct Query {
    /// What has to be in the path, each somewhere.
    pub(super) words: Vec<Pattern>,
    /// What the filters leave.
    pub(super) selection: Selection,
    /// The filters as they were read, to know whether they have changed.
    filters: Vec<String>,
    /// Why a filter is not understood; it then counts as not yet typed.
    pub(super) problem: Option<String>,
}

impl Query {
    /// Reads what was typed.
    pub(super) fn read(text: &str, context: &Context) -> Self {
        let mut query = Self::default();
        let mut args = SelectionArgs::default();
        for token in tokens(text) {
            let Some((name, value)) = filter(&token) else {
                query.words.push(Pattern::new(&token));
                continue;
            };
            let mut more = args.clone();
            let added = add(&mut more, name, value, context.environment.home.as_deref());
            match added.and_then(|()| context.selection_as_spelled(&more).map_err(|error| error.reason)) {
                Ok(selection) => {
                    query.selection = selection;
                    query.filters.push(token.clone());
                    args = more;
                }
                Err(reason) => query.problem = Some(format!("{name}: {reason}")),
            }
        }
        query
    }

    /// Whether everything that meets this query meets `shorter`, too: it is a longer version of the same line.
    pub(super) fn extends(&self, shorter: &Self) -> bool {
        self.filters == shorter.filters
            && self.words.len() >= shorter.words.len()
            && self.words.iter().zip(&shorter.words).all(|(word, before)| word.extends(before))
    }

    /// Whether nothing is asked for.
    pub(super) fn is_empty(&self) -> bool {
        self.words.is_empty() && self.selection.is_everything()
    }
}

/// The words of a line, at blanks that are not between double quotes.
fn tokens(text: &str) -> Vec<String> {
    let (mut tokens, mut quoted) = (vec![String::new()], false);
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            c if c.is_whitespace() && !quoted => tokens.push(String::new()),
            c => tokens.iter_mut().next_back().into_iter().for_each(|token| token.push(c)),
        }
    }
    tokens.retain(|token| !token.is_empty());
    tokens
}

/// The filter that a word is, and its value.
fn filter(token: &str) -> Option<(&'static str, &str)> {
    let (name, value) = token.split_once(':')?;
    let term = TERMS.iter().find(|term| **term == name).copied();
    Some((term.or_else(|| beginning_of(name, &FILTERS))?, value))
}

fn add(args: &mut SelectionArgs, name: &str, value: &str, home: Option<&Path>) -> Result<(), Cow<'static, str>> {
    let text = Some(value.to_owned());
    match name {
        "under" => args.under = Some(expand_home(value, home)),
        "since" => args.since = text,
        "before" => args.before = text,
        "older-than" => args.older_than = text,
        "larger-than" => args.larger_than = text,
        "smaller-than" => args.smaller_than = text,
        "kind" => args.kind.extend(value.split(',').filter(|kind| !kind.is_empty()).map(str::to_owned)),
        "session" => args.session = Some(value.into()),
        "last" => args.last = Some(value.parse().map_err(|_| "write a number")?),
        "path" => args.words.push(prefixed("path:", expand_home(value, home))),
        term => args.words.push(format!("{term}:{value}").into()),
    }
    Ok(())
}

fn prefixed(prefix: &str, path: PathBuf) -> OsString {
    let mut word = OsString::from(prefix);
    word.push(path);
    word
}

/// A path as it is typed where no shell puts in the home directory for `~`.
pub(super) fn expand_home(text: &str, home: Option<&Path>) -> PathBuf {
    match (text.strip_prefix('~').filter(|rest| rest.is_empty() || rest.starts_with('/')), home) {
        (Some(rest), Some(home)) => home.join(rest.trim_start_matches('/')),
        _ => PathBuf::from(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_part_words_unless_they_are_quoted() {
        assert_eq!(tokens("  a b\tsince:\"2026-11-21 14:00\" "), ["a", "b", "since:2026-11-21 14:00"]);
    }

    #[test]
    fn a_filter_may_be_shortened_and_everything_else_is_looked_for() {
        assert_eq!(filter("larger:1M"), Some(("larger-than", "1M")));
        assert_eq!(filter("k:dir"), Some(("kind", "dir")));
        assert_eq!(filter("glob:*.rs"), Some(("glob", "*.rs")));
        for word in ["s:1", "https://x", "main", ":x", "i:1234"] {
            assert_eq!(filter(word), None, "{word}");
        }
    }

    #[test]
    fn the_home_directory_has_its_sign() {
        let home = Some(Path::new("/home/ann"));
        assert_eq!(expand_home("~/src", home), Path::new("/home/ann/src"));
        assert_eq!(expand_home("~", home), Path::new("/home/ann/"));
        assert_eq!(expand_home("~bob/x", home), Path::new("~bob/x"));
        assert_eq!(expand_home("src", home), Path::new("src"));
    }
}
