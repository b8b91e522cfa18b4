//! The commands and options that the program has, and those that a document names.

use std::collections::{BTreeMap, BTreeSet};

use crate::common::Sandbox;

/// Every command of the program with its long options, as its help tells them.
pub(crate) struct Commands {
    options: BTreeMap<String, BTreeSet<String>>,
    aliases: BTreeMap<String, String>,
    /// The options that stand before any command.
    common: BTreeSet<String>,
}

impl Commands {
    pub(crate) fn read(sandbox: &Sandbox) -> Self {
        let help = sandbox.rrm(["--help"]).ok().stdout();
        let mut read =
            Self { options: BTreeMap::new(), aliases: BTreeMap::new(), common: long_options(&options_part(&help)) };
        for line in commands_in(&help) {
            let name = line.split_whitespace().next().expect("a line of the help is not empty").to_owned();
            if let Some((_, alias)) = line.split_once("[alias: ") {
                read.aliases.insert(alias.trim_end_matches(']').to_owned(), name.clone());
            }
            let told = sandbox.rrm([name.as_str(), "--help"]).ok().stdout();
            let mut options = long_options(&options_part(&told));
            for line in commands_in(&told) {
                let action = line.split_whitespace().next().expect("a line of the help is not empty");
                options.extend(long_options(&options_part(&sandbox.rrm([&name, action, "--help"]).ok().stdout())));
            }
            read.options.insert(name, options);
        }
        assert!(read.options.len() > 6, "the help lists only {:?}", read.options.keys());
        read
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &String> {
        self.options.keys()
    }

    pub(crate) fn options_of(&self, command: &str) -> &BTreeSet<String> {
        let name = self.aliases.get(command).map_or(command, String::as_str);
        self.options.get(name).unwrap_or_else(|| panic!("there is no command {command}"))
    }

    /// Asserts that the command that a fragment runs, and each long option in it, exists.
    pub(crate) fn check(&self, fragment: &str, document: &str) {
        let mut words = fragment.split_whitespace();
        let known = match words.next() {
            Some("rrm") => match words.find(|word| !word.starts_with('-')) {
                Some(word) if word.starts_with(|c: char| c.is_ascii_lowercase()) => {
                    let exists = self.options.contains_key(word) || self.aliases.contains_key(word);
                    assert!(exists, "{document} names a command that does not exist: {fragment}");
                    self.options_of(word).clone()
                }
                _ => self.common.clone(),
            },
            Some(word) if word.starts_with("--") => self.options.values().flatten().cloned().collect(),
            _ => return,
        };
        let unknown: Vec<_> = long_options(fragment).difference(&known).cloned().collect();
        assert!(unknown.is_empty(), "{document} names options that do not exist in {fragment:?}: {unknown:?}");
    }
}

/// The help without the examples at its end and the texts before its options.
fn options_part(help: &str) -> String {
    let from = help.find("\nOptions:").unwrap_or(0);
    let end = help.find("\nExample").unwrap_or(help.len());
    help[from..end].lines().filter(|line| line.trim_start().starts_with('-')).collect::<Vec<_>>().join("\n")
}

/// The lines of a help that name a command. `help` is none: it says what --help says, and has neither options nor a page.
fn commands_in(help: &str) -> Vec<&str> {
    let lines = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    // A text that is too long for its line goes on further to the right.
    lines.filter(|line| line.starts_with("  ") && !line.starts_with("   ") && !line.starts_with("  help ")).collect()
}

/// Every `--word` in a text.
pub(crate) fn long_options(text: &str) -> BTreeSet<String> {
    let is_part = |c: char| c.is_ascii_lowercase() || c == '-';
    let pieces = text.split(|c: char| !is_part(c));
    let options = pieces.filter(|piece| piece.starts_with("--") && piece.len() > 3);
    options.map(|piece| piece.trim_end_matches('-').to_owned()).collect()
}

/// The pieces of code in a Markdown text: each command of its blocks, and each span between backticks.
pub(crate) fn fragments(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (number, part) in text.split("```").enumerate() {
        if number % 2 == 1 {
            found.extend(part.lines().skip(1).flat_map(|line| commands_of(line.trim_start_matches("$ "))));
        } else {
            found.extend(part.split('`').skip(1).step_by(2).map(str::to_owned));
        }
    }
    found
}

fn commands_of(line: &str) -> Vec<String> {
    line.split(['&', '|', ';', '>']).map(|command| command.trim().to_owned()).collect()
}

/// The pieces of code in a page: what is in bold, and its examples.
pub(crate) fn roff_fragments(page: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in page.lines() {
        let plain = line.replace("\\-", "-").replace("\\fB", "").replace("\\fR", "");
        if let Some(example) = plain.strip_prefix("$ ") {
            found.extend(commands_of(example));
        } else if let Some(bold) = plain.strip_prefix(".B ") {
            found.push(bold.trim_matches('"').to_owned());
        } else if let Some(mixed) = plain.strip_prefix(".BR ") {
            // What alternates with a roman font is quoted, or a word of its own.
            match mixed.contains('"') {
                true => found.extend(mixed.split('"').skip(1).step_by(2).map(str::to_owned)),
                false => found.extend(mixed.split_whitespace().next().map(str::to_owned)),
            }
        }
    }
    found
}

#[test]
fn what_a_document_names_is_found() {
    assert_eq!(long_options("a --to=x, `--dry-run` -- -x ---"), BTreeSet::from(["--to".into(), "--dry-run".into()]));
    let text = "see `rrm list`\n```sh\n$ cd x && rrm rm --json y\n```\nor `--here`";
    assert_eq!(fragments(text), ["rrm list", "cd x", "", "rrm rm --json y", "--here"]);
    let page = ".B rrm undo \\-\\-to\n.BR \"rrm rm\" \", \" x\n.BR \\-\\-here ,\n$ \\fBrrm clean \\-n\\fR\nrrm does";
    assert_eq!(roff_fragments(page), ["rrm undo --to", "rrm rm", ", ", "--here", "rrm clean -n"]);
}
