//! What the documents say is what the program does.
//!
//! The README's session is run as it stands there, block after block, and its output compared line by line. What differs
//! from run to run is matched by a pattern, on both sides:
//!
//! | in the README | stands for |
//! |---|---|
//! | `/home/ada` | the home directory |
//! | eight hexadecimal digits at the start of a line | the ID of an item |
//! | a number before `s ago` | seconds |
//! | a size before ` freed` | what the file system gave back |
//! | a run of spaces | any number of spaces |

mod commands;
mod session;

use std::collections::BTreeSet;
use std::fs;

use crate::common::{Sandbox, source};
use commands::{Commands, fragments, long_options, roff_fragments};

fn document(name: &str) -> String {
    fs::read_to_string(source().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn pages() -> Vec<(String, String)> {
    let directory = fs::read_dir(source().join("man")).expect("the manual is committed");
    let names = directory.map(|entry| entry.expect("an entry").file_name().into_string().expect("our names are ASCII"));
    names.map(|name| (name.clone(), document(&format!("man/{name}")))).collect()
}

/// The code block that follows a mark.
fn block_after(text: &str, mark: &str) -> String {
    let after = text.split_once(mark).unwrap_or_else(|| panic!("the README has no {mark}")).1;
    let block = after.split("```").nth(1).expect("a code block follows");
    block.split_once('\n').expect("it has a first line").1.trim_end().to_owned()
}

#[test]
fn the_readmes_two_commands_are_what_ci_runs() {
    let readme = document("README.md");
    let ci = document(".ci/run");
    for mark in ["<!-- first command -->", "<!-- test command -->"] {
        let command = block_after(&readme, mark);
        assert!(!command.contains('\n'), "not one line: {command}");
        assert!(ci.lines().any(|line| line.trim() == command), ".ci/run does not run: {command}");
    }
}

#[test]
fn every_command_and_option_in_the_documents_exists() {
    let commands = Commands::read(&Sandbox::new());
    for name in ["README.md", "CHANGELOG.md", "CONTRIBUTING.md"] {
        for fragment in fragments(&document(name)) {
            commands.check(&fragment, name);
        }
    }
    for (name, page) in pages() {
        for fragment in roff_fragments(&page) {
            commands.check(&fragment, &name);
        }
    }
}

#[test]
fn every_command_has_a_page_with_all_of_its_options() {
    let commands = Commands::read(&Sandbox::new());
    let mut expected = BTreeSet::from(["rrm.1".to_owned()]);
    for command in commands.names() {
        let name = format!("rrm-{command}.1");
        let page = document(&format!("man/{name}")).replace("\\-", "-");
        let missing: Vec<_> = commands.options_of(command).difference(&long_options(&page)).cloned().collect();
        assert!(missing.is_empty(), "{name} lacks {missing:?}");
        expected.insert(name);
    }
    assert_eq!(pages().into_iter().map(|(name, _)| name).collect::<BTreeSet<_>>(), expected);
}

/// A promise names the tests that back it; they are there.
#[test]
fn every_test_that_the_readme_names_exists() {
    let readme = document("README.md");
    let promises = readme.split("## ").find(|part| part.starts_with("Promises")).expect("the README has promises");
    let sources = all_tests();
    let rows = promises.lines().filter(|line| line.starts_with("| ")).skip(1);
    let mut named = 0;
    for test in rows.filter_map(|row| row.rsplit('|').nth(1)).flat_map(|cell| cell.split('`').skip(1).step_by(2)) {
        named += 1;
        let is_there =
            if test.contains('/') { source().join(test).exists() } else { sources.contains(&format!("fn {test}()")) };
        assert!(is_there, "the README names a test that is not there: {test}");
    }
    assert!(named > 5, "only {named} tests were found in the README");
}

/// So are those that back what other pages tell.
#[test]
fn every_test_that_a_page_in_docs_names_exists() {
    let sources = all_tests();
    let is_name =
        |text: &&str| text.contains('_') && text.bytes().all(|byte| byte == b'_' || byte.is_ascii_lowercase());
    for (page, least) in [("docs/shared-machines.md", 15), ("docs/full-disks.md", 8)] {
        let text = document(page);
        let named: Vec<&str> = text.split('`').skip(1).step_by(2).filter(is_name).collect();
        assert!(named.len() > least, "{page} names {named:?}");
        for test in named {
            assert!(sources.contains(&format!("fn {test}()")), "{page} names a test that is not there: {test}");
        }
    }
}

/// The text of all tests.
fn all_tests() -> String {
    let mut directories = vec![source().join("tests"), source().join("src")];
    let mut text = String::new();
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(directory).expect("tests can be read") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                directories.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                text.push_str(&fs::read_to_string(path).expect("a source is text"));
            }
        }
    }
    text
}

/// A reader without the picture has its words, and the picture needs nothing from anywhere else.
#[test]
fn every_picture_of_the_readme_is_there_told_in_words_and_needs_nothing_else() {
    let readme = document("README.md");
    let mut seen = BTreeSet::new();
    for (words, path) in readme.split("![").skip(1).filter_map(|rest| rest.split_once(')')?.0.split_once("](")) {
        let picture = document(path);
        assert!(picture.starts_with("<svg ") && picture.ends_with("</svg>\n"), "{path} is no whole SVG");
        let outside = ["href", "url(", "<script", "<style", "<image"].into_iter().find(|word| picture.contains(word));
        assert_eq!(outside, None, "{path} refers to something else");
        assert!(words.len() > 80, "{path} is not told in words");
        seen.insert(path.to_owned());
    }
    assert_eq!(seen, ["browse", "list", "stats"].map(|name| format!("docs/pictures/{name}.svg")).into());
}

#[test]
fn the_readmes_session_does_what_it_shows() {
    session::play(&document("README.md"), &Sandbox::new());
}
