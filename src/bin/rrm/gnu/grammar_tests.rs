//! Held against the real `rm`, where there is one.

use std::os::unix::ffi::OsStringExt;
use std::path::Path;
use std::process::{Command, Output};

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::*;
use crate::gnu::testing::{GNU_RM, is_gnu_rm_here};

/// A directory with files that look like options; `rm` never gets to remove one, since every command line that is
/// compared ends in an operand that is refused or in an error.
fn disguised_files() -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a directory");
    for name in ["-foo", "--foo", "-a b", "-it's", "-x\n", "--=", "-é"] {
        std::fs::write(dir.path().join(name), "").expect("a file");
    }
    dir
}

fn ours(words: &[OsString], order: Order, charset: Charset, dir: &Path) -> CommandLine {
    let exists = |name: &OsStr| dir.join(name).symlink_metadata().is_ok();
    parse(words, &Surroundings { program: OsStr::new(GNU_RM), charset, order, exists: &exists })
}

fn theirs(words: &[OsString], order: Order, charset: Charset, dir: &Path) -> Output {
    let mut command = Command::new(GNU_RM);
    command.args(words).env_clear().current_dir(dir).stdin(std::process::Stdio::null());
    command.env("LC_ALL", if charset == Charset::Utf8 { "C.UTF-8" } else { "C" });
    if order == Order::First {
        command.env("POSIXLY_CORRECT", "");
    }
    command.output().expect("rm runs")
}

/// What `rm` shows of its reading of a command line whose operands are all missing.
fn expected(line: &CommandLine) -> (i32, Vec<u8>) {
    match line {
        CommandLine::UsageError(lines) => (1, lines.clone()),
        CommandLine::Remove(options, operands) if asks_once(*options, operands) => (0, Vec::new()),
        CommandLine::Remove(options, operands) if options.missing == Missing::Fail => (1, complaints(operands)),
        CommandLine::Remove(..) | CommandLine::Help | CommandLine::Version => (0, Vec::new()),
    }
}

/// The question is answered by the end of the input: no, which is a success.
fn asks_once(options: Options, operands: &[OsString]) -> bool {
    let large = operands.len() > 3 || options.directories == Directories::Recurse;
    options.prompt == Prompt::Once && large && !operands.is_empty()
}

fn complaints(operands: &[OsString]) -> Vec<u8> {
    let line = |name| format!("{GNU_RM}: cannot remove {}: No such file or directory\n", quote(name, Charset::Utf8));
    operands.iter().flat_map(|name| line(name).into_bytes()).collect()
}

fn compare(words: &[OsString], dir: &Path) {
    for order in [Order::Anywhere, Order::First] {
        for charset in [Charset::Utf8, Charset::Ascii] {
            let line = ours(words, order, charset, dir);
            let output = theirs(words, order, charset, dir);
            let (status, stderr) = expected(&line);
            assert_eq!(output.status.code(), Some(status), "{words:?}: {output:?}");
            let is_shown = matches!(line, CommandLine::Help | CommandLine::Version);
            assert_eq!(!output.stdout.is_empty(), is_shown, "{words:?}: {output:?}");
            if status == 1 && (charset == Charset::Utf8 || matches!(line, CommandLine::UsageError(_))) {
                let text = String::from_utf8_lossy;
                assert_eq!(text(&stderr), text(&output.stderr), "{words:?}");
                assert_eq!(stderr, output.stderr, "{words:?}");
            }
        }
    }
}

/// Words of every kind that the grammar tells apart.
const WORDS: &[&str] = &[
    "-f",
    "-i",
    "-I",
    "-r",
    "-R",
    "-d",
    "-v",
    "-fi",
    "-rfv",
    "-dr",
    "-rx",
    "-x",
    "-i=x",
    "-r-",
    "-",
    "--",
    "---",
    "---p",
    "---=",
    "--force",
    "--f",
    "--forcex",
    "--interactive",
    "--i",
    "--i=a",
    "--i=n",
    "--interactive=no",
    "--interactive=",
    "--interactive=x",
    "--interactive=it's",
    "--interactive=a\\b‘’\n\u{1b}",
    "--interactive=never",
    "--interactive=once",
    "--interactive=neverx",
    "--recursive",
    "--r",
    "--re=1",
    "--recursive=",
    "--dir",
    "--d",
    "--verbose",
    "--v",
    "--ver",
    "--ver=x",
    "--vers",
    "--verb",
    "--one-file-system",
    "--o",
    "--one=",
    "--preserve-root",
    "--p",
    "--p=all",
    "--p=al",
    "--preserve-root=",
    "--preserve-root=a'\n",
    "--no-preserve-root",
    "--n",
    "--no-preserve-roo",
    "--no-preserve-roo=x",
    "--no-preserve-root=x",
    "--help",
    "--h",
    "--help=x",
    "--=",
    "--=x",
    "--foo",
    "--fob",
    "-foo",
    "-a b",
    "-it's",
    "-x\n",
    "-é",
    "--é",
    "-foo/x",
    "nosuch",
    "no such",
    "",
    "it'sn't",
];

#[test]
fn every_word_is_read_as_rm_reads_it() {
    if !is_gnu_rm_here() {
        return;
    }
    let dir = disguised_files();
    for word in WORDS {
        compare(&[OsString::from(word), OsString::from("nosuch")], dir.path());
        compare(&[OsString::from(word)], dir.path());
    }
    let invalid = OsString::from_vec(b"--interactive=\xff\xe2\x82".to_vec());
    compare(&[invalid], dir.path());
    compare(&[OsString::from_vec(b"--\xff=".to_vec())], dir.path());
}

#[test]
fn random_command_lines_are_read_as_rm_reads_them() {
    if !is_gnu_rm_here() {
        return;
    }
    let dir = disguised_files();
    let mut runner = TestRunner::new(Config { cases: 100, failure_persistence: None, ..Config::default() });
    // A `--` would make operands of the files that must stay.
    let word =
        proptest::sample::select(WORDS).prop_filter("keeps files", |word| *word != "--").prop_map(OsString::from);
    let lines = proptest::collection::vec(word, 0..6);
    let checked = runner.run(&lines, |words| {
        // An operand ends the options of the POSIX order, and what follows it would be removed.
        let operand_at = words.iter().position(|word| !word.as_bytes().starts_with(b"-") || word == "-");
        let words = &words[..operand_at.map_or(words.len(), |at| at + 1)];
        compare(words, dir.path());
        Ok(())
    });
    checked.expect("alike");
}

#[test]
fn options_stand_anywhere_but_where_posix_is_asked_for() {
    let words = ["a", "-f", "--", "-i"].map(OsString::from);
    let dir = tempfile::tempdir().expect("a directory");
    let read = |order| match ours(&words, order, Charset::Utf8, dir.path()) {
        CommandLine::Remove(options, operands) => (options.missing, operands.len()),
        other => panic!("{other:?}"),
    };
    assert_eq!(read(Order::Anywhere), (Missing::Ignore, 2));
    assert_eq!(read(Order::First), (Missing::Fail, 4));
}

#[test]
fn the_last_word_on_asking_wins() {
    let dir = tempfile::tempdir().expect("a directory");
    let read = |words: &str| {
        let words: Vec<OsString> = words.split(' ').map(OsString::from).collect();
        match ours(&words, Order::Anywhere, Charset::Utf8, dir.path()) {
            CommandLine::Remove(options, _) => (options.prompt, options.missing),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(read("-i -I -f x"), (Prompt::Never, Missing::Ignore));
    assert_eq!(read("-f -i -I x"), (Prompt::Once, Missing::Fail));
    assert_eq!(read("-fI --interactive x"), (Prompt::Always, Missing::Fail));
    assert_eq!(read("-f --interactive=no x"), (Prompt::Never, Missing::Ignore));
    assert_eq!(read("-i --interactive=no x"), (Prompt::Never, Missing::Fail));
    assert_eq!(read("x"), (Prompt::WriteProtected, Missing::Fail));
}

#[test]
fn minus_d_adds_nothing_to_minus_r_in_either_order() {
    let dir = tempfile::tempdir().expect("a directory");
    for (word, directories) in
        [("-dr", Directories::Recurse), ("-rd", Directories::Recurse), ("-d", Directories::Empty)]
    {
        match ours(&[word, "x"].map(OsString::from), Order::Anywhere, Charset::Utf8, dir.path()) {
            CommandLine::Remove(options, _) => assert_eq!(options.directories, directories),
            other => panic!("{other:?}"),
        }
    }
}
