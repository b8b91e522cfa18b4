//! The README's session: its commands, what it shows of their output, and what they really print.

use std::os::unix::fs::symlink;

use crate::common::{Sandbox, binary};

const MARK: &str = "<!-- session -->";

/// The home directory of the session.
const HOME: &str = "/home/ada";

/// Not in any output of ours: it stands between the outputs of two commands.
const BETWEEN: char = '\u{1e}';

/// A command and the lines shown below it.
struct Step {
    command: String,
    shown: Vec<String>,
}

fn steps(readme: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for part in readme.split(MARK).skip(1) {
        let block = part.split("```").nth(1).expect("a code block follows the mark");
        for line in block.lines().skip(1) {
            match (line.strip_prefix("$ "), steps.last_mut()) {
                (Some(command), _) => steps.push(Step { command: command.to_owned(), shown: Vec::new() }),
                (None, Some(step)) => step.shown.push(line.to_owned()),
                (None, None) => panic!("output before the first command: {line}"),
            }
        }
    }
    steps
}

/// Runs the session in one shell, so that its working directory lasts, and compares.
pub(crate) fn play(readme: &str, sandbox: &Sandbox) {
    let steps = steps(readme);
    assert!(steps.len() > 10, "only {} commands were found", steps.len());
    let bin = sandbox.path("session-bin");
    std::fs::create_dir(&bin).expect("the sandbox is empty");
    symlink(binary(), bin.join("rrm")).expect("a link can be made");
    let commands: Vec<&str> = steps.iter().map(|step| step.command.as_str()).chain([""]).collect();
    let script = commands.join("\nprintf '\\036'\n");
    let path = format!("{}:/usr/bin:/bin", bin.display());
    let run = sandbox.tool("bash", ["-c", &format!("exec 2>&1\n{script}")]).with("PATH", path).run();
    let home = sandbox.home().to_str().expect("a sandbox is UTF-8").to_owned();
    let output = run.stdout().replace(&home, HOME);
    let printed: Vec<&str> = output.split(BETWEEN).collect();
    assert_eq!(printed.len(), steps.len() + 1, "the session ended early: {run}");
    for (step, printed) in steps.iter().zip(printed) {
        let printed: Vec<String> = printed.lines().map(pattern).collect();
        let shown: Vec<String> = step.shown.iter().map(|line| pattern(line)).collect();
        assert_eq!(printed, shown, "the README shows otherwise below: $ {}", step.command);
    }
}

/// The line with all that varies replaced, as the table at the top of this test says.
fn pattern(line: &str) -> String {
    let mut words: Vec<&str> = line.split_whitespace().collect();
    if words.first().is_some_and(|word| word.len() == 8 && word.bytes().all(|b| b.is_ascii_hexdigit())) {
        words[0] = "ID";
        if words.get(1).is_some_and(|age| is_seconds(age)) {
            words[1] = "SECONDS";
        }
    }
    for at in 1..words.len() {
        if words[at] == "ago" && is_seconds(words[at - 1]) {
            words[at - 1] = "SECONDS";
        }
        if words[at] == "freed" && at >= 2 && words[at - 2].parse::<f64>().is_ok() {
            (words[at - 2], words[at - 1]) = ("SOME", "BYTES");
        }
    }
    words.join(" ")
}

fn is_seconds(word: &str) -> bool {
    word.strip_suffix('s').is_some_and(|number| number.parse::<u32>().is_ok())
}

#[test]
fn only_what_varies_is_let_pass() {
    let same = |a, b| pattern(a) == pattern(b);
    assert!(same("84f1d5e6  0s  30d  14", "00000000  12s  30d  14"));
    assert!(same("deleted 1 item, 8.0 KiB freed", "deleted 1 item, 512 B freed"));
    for (shown, printed) in [
        ("84f1d5e6  0s  30d", "84f1d5e6  0s  29d"),
        ("84f1d5e6  0s", "84f1d5e  0s"),
        ("84f1d5e6  0s", "84f1d5e6  2h"),
        ("deleted 1 item, 8.0 KiB freed", "deleted 2 items, 8.0 KiB freed"),
        ("0s ago", "2h ago"),
        ("14 B", "15 B"),
    ] {
        assert!(!same(shown, printed), "{shown} and {printed}");
    }
}
