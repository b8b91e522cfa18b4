//! The command lines.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use super::case::{Case, Stdin, Stdout};
use super::tree::OPERANDS;

/// Enough of one answer for every question of a case.
const YES: &str = "y\ny\ny\ny\ny\ny\ny\ny\ny\ny\ny\ny\ny\ny\ny\ny\ny\ny\ny\ny\n";
const NO: &str = "n\nn\nn\nn\nn\nn\nn\nn\nn\nn\nn\nn\nn\nn\nn\nn\nn\nn\nn\nn\n";

/// Answers that take a tree apart in different places.
const ANSWERS: &[&str] = &[
    YES,
    NO,
    "y\nn\ny\ny\ny\ny\ny\ny\n",
    "y\ny\nn\ny\ny\ny\ny\ny\n",
    "y\ny\ny\nn\ny\ny\ny\ny\ny\n",
    "y\ny\ny\ny\nn\ny\ny\ny\ny\n",
    "y\ny\ny\ny\ny\nn\ny\ny\ny\n",
    "y\ny\ny\ny\ny\ny\nn\ny\ny\n",
    "y\ny\ny\ny\ny\ny\ny\nn\n",
    "y\ny\nn\nn\nn\nn\nn\nn\n",
    "Yes\nno\nYES\n y\nyes",
    "y",
];

/// Options that decide what happens to an operand.
const OPTIONS: &[&[&str]] = &[
    &[],
    &["-f"],
    &["-i"],
    &["-I"],
    &["-r"],
    &["-d"],
    &["-v"],
    &["-rf"],
    &["-ri"],
    &["-rI"],
    &["-id"],
    &["-fd"],
    &["-rv"],
    &["-fv"],
    &["-iv"],
    &["-riv"],
    &["-dv"],
    &["-Rfv"],
    &["-dr"],
    &["-f", "-i"],
    &["-i", "-f"],
    &["---presume-input-tty"],
    &["---presume-input-tty", "-r"],
    &["---presume-input-tty", "-d"],
    &["---presume-input-tty", "-fr"],
    &["--interactive=never", "-r"],
    &["--interactive=once", "-r"],
    &["--interactive", "-r"],
    &["--one-file-system", "-r"],
    &["--preserve-root=all", "-r"],
];

/// Spellings that are refused, or mean something else than they seem to.
const SPELLINGS: &[&str] = &[
    "",
    ".",
    "..",
    "./",
    ".//",
    "../",
    "d/.",
    "d/..",
    "d/../",
    "./d/./",
    "/",
    "//",
    "/..",
    "f/",
    "l/",
    "dangling/",
    "f/x",
    "ed/",
    "ed///",
    "d//",
    "dl/",
    "nosuch",
    "nosuch/",
    "nosuch/x",
    "./f",
    "d/../f",
    "d//s/b",
    "...",
    "..x",
    "-",
    "~",
    "d/s/..",
    "no\nsuch",
    "rodx/x",
    "closed/x",
    "rod/x",
    "it's not/\n",
];

/// Wrong, abbreviated and misplaced options, each with an operand.
const GRAMMAR: &[&str] = &[
    "-x",
    "-rx",
    "-foo",
    "--foo",
    "--force-m",
    "--force-me",
    "--f",
    "--r",
    "--ver",
    "--verb",
    "--v",
    "--re=1",
    "--i=n",
    "--i=a",
    "--i=x",
    "--i=",
    "--interactive=o",
    "--pr",
    "--pr=al",
    "--pr=all",
    "--no-preserve",
    "--no-preserve-root",
    "--no-preserve-root=x",
    "--=",
    "---",
    "---p",
    "--help",
    "--version",
    "--hel",
    "--vers",
    "-rfiIdv",
    "-é",
    "-i=x",
];

/// All of them.
pub(super) fn all() -> Vec<Case> {
    let mut cases = options_and_operands();
    cases.extend(spellings());
    cases.extend(answers());
    cases.extend(grammar());
    cases.extend(streams());
    cases.extend(many_operands());
    cases
}

/// Each set of options before, behind and across `--` from each operand, the inputs taking turns.
fn options_and_operands() -> Vec<Case> {
    let inputs = [Stdin::Pipe(YES), Stdin::Null, Stdin::Terminal(YES), Stdin::Pipe(NO), Stdin::Terminal(NO)];
    let mut turn = 0;
    let mut cases = Vec::new();
    for options in OPTIONS {
        for operand in OPERANDS {
            let words = match turn % 3 {
                0 => [*options, &["--", operand]].concat(),
                1 if !operand.starts_with('-') => [&[*operand], *options].concat(),
                _ => [*options, &[*operand]].concat(),
            };
            cases.push(Case::new(words).stdin(inputs[turn % inputs.len()]));
            turn += 1;
        }
        let bytes = options.iter().map(OsStr::new).chain([OsStr::from_bytes(b"bytes\xff\xe2\x82")]);
        cases.push(Case::new(bytes).stdin(Stdin::Pipe(YES)));
        turn += 1; // so that the turns shift against the operands
    }
    cases
}

fn spellings() -> Vec<Case> {
    let options: &[&[&str]] = &[&[], &["-f"], &["-r"], &["-rf"], &["-i"], &["-ri"], &["-d"], &["-v"]];
    let each = |options: &&'static [&'static str]| {
        let case = |operand: &&'static str| Case::new([*options, &["--", operand]].concat()).stdin(Stdin::Pipe(YES));
        SPELLINGS.iter().map(case).collect::<Vec<_>>()
    };
    options.iter().flat_map(each).collect()
}

fn answers() -> Vec<Case> {
    let operands: &[&[&str]] =
        &[&["d"], &["deep"], &["rodx", "closed"], &["empty", "f", "ro", "ed", "p"], &["d", "f", "ed"]];
    let mut cases = Vec::new();
    for options in ["-ri", "-riv", "-rI", "-i", "-r"] {
        for operands in operands {
            for (number, text) in ANSWERS.iter().enumerate() {
                let stdin = if number % 3 == 2 { Stdin::Terminal(text) } else { Stdin::Pipe(text) };
                cases.push(Case::new([&[options], *operands].concat()).stdin(stdin));
            }
        }
    }
    cases
}

fn grammar() -> Vec<Case> {
    let mut cases =
        vec![Case::new::<&str>([]), Case::new(["-f"]), Case::new(["-r"]), Case::new(["--"]), Case::new(["-fi"])];
    cases.push(Case::new(["-i", "-f"]));
    cases.push(Case::new(["-f", "--interactive=never"]));
    for word in GRAMMAR {
        cases.push(Case::new([word, "nosuch"]));
        cases.push(Case::new(["f", word]).stdin(Stdin::Pipe(YES)));
        cases.push(Case::new(["--", word]));
        cases.push(Case::new(["f", word, "ed"]).variable("POSIXLY_CORRECT", ""));
        cases.push(Case::new([word, "ü"]).variable("LC_ALL", "C"));
    }
    for name in OPERANDS {
        cases.push(Case::new(["-i", "--", name]).variable("LC_ALL", "C"));
    }
    cases
}

fn streams() -> Vec<Case> {
    let mut cases = Vec::new();
    let lines: &[&[&str]] = &[
        &["f"],
        &["-v", "f", "empty"],
        &["-rv", "d"],
        &["-i", "f"],
        &["-ri", "d"],
        &["-f", "nosuch"],
        &["nosuch", "f"],
        &["-v", "nosuch"],
        &["-I", "f", "empty", "ro", "p"],
        &["-iv", "f", "empty"],
        &["-dv", "ed", "d"],
        &["--help"],
        &["--version"],
        &["-x"],
        &["ro"],
        &["-v", "--", "-foo", "it's"],
    ];
    for words in lines {
        for stdin in [Stdin::Closed, Stdin::Terminal(YES), Stdin::Terminal("")] {
            cases.push(Case::new(*words).stdin(stdin));
        }
        for stdout in [Stdout::Open, Stdout::Closed, Stdout::Full, Stdout::Broken] {
            cases.push(Case::new(*words).stdin(Stdin::Pipe(YES)).stdout(stdout));
        }
        cases.push(Case::new(*words).stdin(Stdin::Closed).stdout(Stdout::Closed));
    }
    cases
}

fn many_operands() -> Vec<Case> {
    let lines: &[&[&str]] = &[
        &["f", "f"],
        &["nosuch", "f", "nosuch", "empty"],
        &["f", "d", "empty"],
        &["-r", "d", "d/s", "f"],
        &["-r", "d/s", "d"],
        &["-rf", "nosuch", "d", "/", "f"],
        &["-r", ".", "f"],
        &["-r", "f", "..", "ed", "/"],
        &["-d", "ed", "d", "f"],
        &["-v", "f", "nosuch", "l", "dl", "dangling", "p", "socket"],
        &["-I", "f", "empty", "l"],
        &["-I", "f", "empty", "l", "p"],
        &["-rI", "f"],
        &["-rI", "f", "nosuch"],
        &["-I", "nosuch", "a", "b", "c", "f"],
        &["f", "-f", "nosuch"],
        &["f", "--", "-f", "-foo"],
        &["-r", "rodx", "f", "closed", "empty"],
        &["l", "f", "dl", "d"],
        &["-r", "dl", "d"],
        &["-r", "dl", "dl/", "f"],
        &["-rv", "d", "f", "ed"],
        &["-fr", "rod", "rodx", "closed"],
        &["-i", "nosuch", "d", "f", "f/", "ro"],
        &["-id", "d", "ed", "rod", "closed"],
        &["-ri", "ed", "rod", "closed", "rodx"],
    ];
    let stdins = [Stdin::Null, Stdin::Pipe(YES), Stdin::Pipe(NO), Stdin::Terminal(YES), Stdin::Terminal("y\nn\ny\n")];
    lines.iter().flat_map(|words| stdins.map(|stdin| Case::new(*words).stdin(stdin))).collect()
}
