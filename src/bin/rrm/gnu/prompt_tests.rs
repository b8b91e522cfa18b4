//! Held against the real `rm`, where there is one.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use super::*;
use crate::gnu::grammar::{Order, Surroundings, parse};
use crate::gnu::options::CommandLine;
use crate::gnu::testing::{GNU_RM, is_gnu_rm_here};

/// What `rm WORDS e`, run in a directory where `make` made `e`, writes to standard error when nothing is answered.
fn theirs(make: &dyn Fn(&Path), words: &[&str]) -> String {
    let dir = tempfile::tempdir().expect("a directory");
    make(&dir.path().join("e"));
    let mut command = Command::new(GNU_RM);
    command.args(words).arg("e").current_dir(dir.path()).env_clear().stdin(Stdio::null());
    String::from_utf8(command.output().expect("rm runs").stderr).expect("text")
}

fn options_of(words: &[&str]) -> Options {
    let surroundings =
        Surroundings { program: OsStr::new("rm"), charset: Charset::Ascii, order: Order::Anywhere, exists: &|_| false };
    let words: Vec<_> = words.iter().chain(&["e"]).map(Into::into).collect();
    match parse(&words, &surroundings) {
        CommandLine::Remove(options, _) => options,
        other => panic!("{other:?}"),
    }
}

/// What we would write, up to the first question or refusal.
fn ours(entry: &Entry<'_>, words: &[&str]) -> String {
    let options = options_of(words);
    let once = before_all(1, options);
    match if once == Step::Go { first_step(entry, options, Stdin::Other, Charset::Ascii) } else { once } {
        Step::Ask(question) => format!("{GNU_RM}: {question}"),
        Step::Refuse(message) => format!("{GNU_RM}: {message}\n"),
        Step::Go => String::new(),
    }
}

fn writable() -> impl Fn(&Path) -> Protection {
    // For root nothing is write-protected.
    let is_root = rrm::sys::effective_uid() == 0;
    move |path| match path.symlink_metadata() {
        Ok(metadata) if !is_root && metadata.permissions().mode() & 0o200 == 0 => Protection::WriteProtected,
        _ => Protection::Writable,
    }
}

type Make = Box<dyn Fn(&Path)>;

fn kinds() -> Vec<(Make, FileKind, Content)> {
    let read_only = |path: &Path| fs::set_permissions(path, fs::Permissions::from_mode(0o555)).expect("chmod");
    vec![
        (Box::new(|e| fs::write(e, "").expect("file")), FileKind::File, Content::Empty),
        (Box::new(|e| fs::write(e, "x").expect("file")), FileKind::File, Content::Some),
        (
            Box::new(move |e| {
                fs::write(e, "x").expect("file");
                read_only(e);
            }),
            FileKind::File,
            Content::Some,
        ),
        (Box::new(|e| fs::create_dir(e).expect("dir")), FileKind::Directory, Content::Empty),
        (
            Box::new(move |e| {
                fs::create_dir(e).expect("dir");
                read_only(e);
            }),
            FileKind::Directory,
            Content::Empty,
        ),
        (Box::new(|e| fs::create_dir_all(e.join("x")).expect("dir")), FileKind::Directory, Content::Some),
        (Box::new(|e| std::os::unix::fs::symlink("nosuch", e).expect("link")), FileKind::Symlink, Content::Some),
        (
            Box::new(|e| drop(std::os::unix::net::UnixListener::bind(e).expect("socket"))),
            FileKind::Socket,
            Content::Some,
        ),
        (
            Box::new(|e| assert!(Command::new("mkfifo").arg(e).status().expect("mkfifo").success())),
            FileKind::Fifo,
            Content::Some,
        ),
    ]
}

const ASKING: &[&[&str]] = &[
    &[],
    &["-f"],
    &["-i"],
    &["-I"],
    &["-d"],
    &["-r"],
    &["-id"],
    &["-ir"],
    &["-Ir"],
    &["-if"],
    &["-fir"],
    &["---presume-input-tty"],
    &["---presume-input-tty", "-r"],
    &["---presume-input-tty", "-d"],
    &["---presume-input-tty", "-fr"],
    &["---presume-input-tty", "--interactive=never"],
    &["---presume-input-tty", "-I"],
];

#[test]
fn the_first_question_is_the_one_that_rm_asks() {
    if !is_gnu_rm_here() {
        return;
    }
    for (number, (make, kind, content)) in kinds().iter().enumerate() {
        let dir = tempfile::tempdir().expect("a directory");
        make(&dir.path().join("e"));
        let protection = writable()(&dir.path().join("e"));
        let entry = Entry { path: OsStr::new("e"), kind: *kind, content: *content, protection };
        for words in ASKING {
            assert_eq!(ours(&entry, words), theirs(make, words), "kind {number} with {words:?}");
        }
    }
}

#[test]
fn a_large_command_is_asked_for_once() {
    let asked = |operands, words: &[&str]| before_all(operands, options_of(words));
    assert_eq!(asked(3, &["-I"]), Step::Go);
    assert_eq!(asked(4, &["-I"]), Step::Ask("remove 4 arguments? ".to_owned()));
    assert_eq!(asked(1, &["-rI"]), Step::Ask("remove 1 argument recursively? ".to_owned()));
    assert_eq!(asked(2, &["-rI"]), Step::Ask("remove 2 arguments recursively? ".to_owned()));
    assert_eq!(asked(9, &["-rIf"]), Step::Go);
    assert_eq!(asked(9, &["-rIi"]), Step::Go);
}

#[test]
fn protection_is_asked_for_where_a_terminal_can_answer() {
    let entry = |kind, protection| Entry { path: OsStr::new("e"), kind, content: Content::Some, protection };
    let step = |kind, protection, words: &[&str], stdin| {
        first_step(&entry(kind, protection), options_of(words), stdin, Charset::Utf8)
    };
    let file = |words: &[&str], stdin| step(FileKind::File, Protection::WriteProtected, words, stdin);
    let question = Step::Ask("remove write-protected regular file 'e'? ".to_owned());
    assert_eq!(file(&[], Stdin::Terminal), question);
    assert_eq!(file(&["-I"], Stdin::Terminal), question);
    assert_eq!(file(&["-i"], Stdin::Other), question);
    assert_eq!(file(&[], Stdin::Other), Step::Go);
    assert_eq!(file(&["-f"], Stdin::Terminal), Step::Go);
    assert_eq!(step(FileKind::Symlink, Protection::WriteProtected, &[], Stdin::Terminal), Step::Go);
    let directory = step(FileKind::Directory, Protection::WriteProtected, &["-r"], Stdin::Terminal);
    assert_eq!(directory, Step::Ask("descend into write-protected directory 'e'? ".to_owned()));
}

#[test]
fn only_a_y_at_the_start_is_yes() {
    if !is_gnu_rm_here() {
        return;
    }
    for line in
        ["y\n", "Y\n", "yes", "Yup\n", "y\0", "yn\n", "", "\n", " y\n", "n\n", "\ny\n", "j\n", "ｙ\n", "ny", "\u{ff}y"]
    {
        let dir = tempfile::tempdir().expect("a directory");
        fs::write(dir.path().join("e"), "").expect("a file");
        let mut command = Command::new(GNU_RM);
        command.args(["-i", "e"]).current_dir(dir.path()).stdin(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("rm runs");
        child.stdin.take().expect("a pipe").write_all(line.as_bytes()).expect("written");
        child.wait().expect("rm ends");
        let theirs = if dir.path().join("e").try_exists().expect("looked at") { Answer::No } else { Answer::Yes };
        assert_eq!(read_answer(&mut line.as_bytes()).expect("read"), theirs, "{line:?}");
    }
}

#[test]
fn one_question_takes_one_line() {
    let mut input = &b"no\nyes\n"[..];
    assert_eq!(read_answer(&mut input).expect("read"), Answer::No);
    assert_eq!(read_answer(&mut input).expect("read"), Answer::Yes);
    assert_eq!(read_answer(&mut input).expect("read"), Answer::No);
}
