//! Held against the real `rm`, where there is one.

use std::ffi::{OsStr, OsString};
use std::ops::RangeInclusive;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::process::Command;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::*;
use crate::gnu::testing::{GNU_RM, is_gnu_rm_here};
use rrm::text::is_printable;

const LOCALES: [(&str, Charset); 2] = [("C", Charset::Ascii), ("C.UTF-8", Charset::Utf8)];

/// What `rm` says of names that do not exist, run where there is no file at all.
fn complaints(names: &[OsString], locale: &str) -> Vec<u8> {
    let nowhere = tempfile::tempdir().expect("a directory");
    let mut command = Command::new(GNU_RM);
    command.arg("--").args(names).env_clear().env("LC_ALL", locale);
    command.current_dir(nowhere.path()).output().expect("rm runs").stderr
}

fn check_against_rm(names: &[OsString]) -> Result<(), TestCaseError> {
    for (locale, charset) in LOCALES {
        let theirs = String::from_utf8(complaints(names, locale)).expect("printable");
        for (line, name) in theirs.lines().zip(names) {
            let ours = format!("{GNU_RM}: cannot remove {}: No such file or directory", quote(name, charset));
            prop_assert_eq!(line, ours, "{:?}", name);
        }
        prop_assert_eq!(theirs.lines().count(), names.len());
    }
    Ok(())
}

fn odd_names() -> Vec<OsString> {
    let mut names: Vec<Vec<u8>> = (1..=255).filter(|&byte| byte != b'/').map(|byte| vec![byte]).collect();
    for byte in (1..=255).filter(|&byte| byte != b'/') {
        names.extend([vec![b'q', byte, b'q'], vec![byte, b'\'', byte], vec![byte, byte, b'x']]);
    }
    let texts = [
        "-rf", "--x=y", "it's", "'", "''", "\n'", "'\n", "a\nb", "ü", "日本", "e\u{301}", "~x", "#'", "x#'", "a=b'",
        "{}'",
    ];
    names.extend(texts.iter().map(|text| text.as_bytes().to_vec()));
    names.extend([b"\xe2\x82".to_vec(), b"\xe2\x82a".to_vec(), b"\xed\xa0\x80".to_vec(), b"\xf4\x90\x80\x80".to_vec()]);
    names.iter().map(|name| OsStr::from_bytes(&[b"nosuch/", name.as_slice()].concat()).to_owned()).collect()
}

#[test]
fn odd_names_are_quoted_as_rm_quotes_them() {
    if !is_gnu_rm_here() {
        return;
    }
    check_against_rm(&odd_names()).expect("alike");
    // Without the directory in front, a character can be the first and the only one.
    let names = odd_names().into_iter().map(|name| OsString::from_vec(name.as_bytes()[7..].to_vec()));
    let bare: Vec<_> = names.filter(|name| name != ".").collect();
    check_against_rm(&bare).expect("alike");
}

/// Characters that every Unicode of this century has assigned, and that can be seen: of a later one, rm's C library may know
/// less than we do.
const OLD: &[RangeInclusive<char>] = &[
    '\u{1}'..='\u{ac}',
    '\u{ae}'..='\u{24f}',
    '\u{2010}'..='\u{2027}',
    '\u{202f}'..='\u{203a}',
    '一'..='\u{9fa5}',
    '\u{1f300}'..='\u{1f320}',
];

/// Whether all characters among these bytes are old ones; a few random bytes can make one as well.
fn is_old(bytes: &[u8]) -> bool {
    let mut characters = bytes.utf8_chunks().flat_map(|chunk| chunk.valid().chars());
    characters.all(|character| character == '\0' || OLD.iter().any(|old| old.contains(&character)))
}

/// Where `rm` shows a character that turns the direction of writing or cannot be seen, a terminal is not to be steered.
#[test]
fn what_turns_or_hides_is_escaped_though_rm_shows_it() {
    let quoted = |name: &str| quote(OsStr::new(name), Charset::Utf8);
    assert_eq!(quoted("gpj\u{202e}exe"), "'gpj'$'\\342\\200\\256''exe'");
    assert_eq!(quoted("a\u{200b}"), "'a'$'\\342\\200\\213'");
    assert_eq!(quoted("\u{301}e"), "''$'\\314\\201''e'");
}

#[test]
fn random_names_are_quoted_as_rm_quotes_them() {
    if !is_gnu_rm_here() {
        return;
    }
    let foreign = proptest::char::ranges(std::borrow::Cow::Borrowed(OLD));
    let character = prop_oneof![foreign, proptest::char::range(' ', '~'), Just('\''), Just('\n')];
    let text = proptest::collection::vec(character, 1..12);
    let of_text = text.prop_map(|text| text.into_iter().collect::<String>().into_bytes());
    let of_bytes = proptest::collection::vec(any::<u8>(), 1..12).prop_filter("old characters", |name| is_old(name));
    let bytes = prop_oneof![of_text, of_bytes];
    let name = bytes.prop_map(|name| [&b"nosuch/"[..], &name].concat());
    // Slashes at the end are not shown, which is no matter of quoting.
    let name =
        name.prop_filter("a name", |name| !name.contains(&0) && !name.ends_with(b"/")).prop_map(OsString::from_vec);
    let mut runner = TestRunner::new(Config { cases: 20, failure_persistence: None, ..Config::default() });
    runner.run(&proptest::collection::vec(name, 50), |names| check_against_rm(&names)).expect("alike");
}

/// Every character of planes 0 to 3, and some of the last. The two tables may be of different versions of Unicode; then
/// the newer one has more characters, and lacks none of the other's.
#[test]
fn what_is_printable_is_what_the_c_library_prints() {
    if !is_gnu_rm_here() {
        return;
    }
    let planes = ('\u{80}'..='\u{33fff}').chain('\u{e0000}'..='\u{e0fff}').chain('\u{f0000}'..='\u{f000f}');
    let planes: Vec<char> = planes.collect();
    // Neighbours that are alike to us share a name: it is shown as it is, or nothing of it is.
    let alike = planes.chunk_by(|one, next| is_printable(*one) == is_printable(*next));
    let names: Vec<&[char]> = alike.flat_map(|alike| alike.chunks(LONGEST)).collect();
    let (mut only_ours, mut only_theirs) = (Vec::new(), Vec::new());
    for some in names.chunks(400) {
        let paths: Vec<OsString> =
            some.iter().map(|name| format!("nosuch/{}", name.iter().collect::<String>()).into()).collect();
        let theirs = String::from_utf8(complaints(&paths, "C.UTF-8")).expect("printable");
        assert_eq!(theirs.lines().count(), some.len());
        for (line, name) in theirs.lines().zip(some) {
            match is_printable(name[0]) {
                true if line.contains('$') => only_ours.push(name),
                false if !line.is_ascii() => only_theirs.push(name),
                _ => {}
            }
        }
    }
    assert!(only_ours.is_empty() || only_theirs.is_empty(), "only theirs: {only_theirs:?}, only ours: {only_ours:?}");
}

/// So many characters have room in a name of 255 bytes.
const LONGEST: usize = 60;
