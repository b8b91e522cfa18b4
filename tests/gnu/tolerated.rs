//! The differences that are wanted, or cannot be helped. Each excuses as little as it can.

use super::case::{Stdin, Stdout};
use super::run::{Outcome, Ran};

/// A difference and its reason.
pub(super) struct Tolerated {
    /// Why it is.
    #[allow(dead_code, reason = "for whoever reads the table")]
    pub(super) reason: &'static str,
    /// Whether it explains everything that differs in a case.
    pub(super) excuses: fn(&Ran<'_>) -> bool,
}

/// All of them.
pub(super) const TABLE: &[Tolerated] = &[
    Tolerated {
        reason: "help and version say that this is rrm",
        excuses: |ran| says_who_it_is(ran) && same_but_stdout(ran) && !ran.ours.stdout.is_empty(),
    },
    Tolerated {
        reason: "link/ on a link to a directory is refused, where GNU empties the target",
        excuses: |ran| {
            let is_whole = ["d", "d/a", "d/s", "d/s/b", "d/full", "dl"].iter().all(|name| ran.ours.has(name));
            ran.case.is_recursive() && ran.case.has("dl/") && is_whole && ran.ours.status == 1
        },
    },
    Tolerated {
        reason: "/ among the operands refuses the whole command, where GNU goes on with the others",
        excuses: |ran| {
            let refusal = "rm: it is dangerous to operate recursively on \\'/\\'\n\
                rm: use --no-preserve-root to override this failsafe\n";
            ran.case.is_recursive()
                && ran.theirs.stderr.contains(refusal)
                && ran.ours.stderr == format!("{refusal}rm: nothing was removed\n")
                && (ran.theirs.status, ran.ours.status) == (1, 1)
                && ran.theirs.left.iter().all(|line| ran.ours.left.contains(line))
        },
    },
    Tolerated {
        reason: "a directory inside the operand that cannot be read or written does not stop a rename; at a terminal that \
            leads to other questions",
        excuses: |ran| {
            let trees = ["rodx", "closed", "deep"];
            let is_about_one = |message: &String| trees.iter().any(|name| message.contains(&format!("\\'{name}")));
            let is_in_one = |line: &String| trees.iter().any(|name| line.starts_with(&format!("\"{name}")));
            let others = |outcome| messages(outcome).into_iter().filter(|it| !is_about_one(it)).collect::<Vec<_>>();
            let rest =
                |outcome: &Outcome| outcome.left.iter().filter(|line| !is_in_one(line)).cloned().collect::<Vec<_>>();
            let went = trees.iter().all(|name| !ran.case.has(name) || !ran.ours.has(name));
            let is_denied = |message: &String| message.contains("Permission denied") || message.contains("stat");
            ran.case.is_recursive()
                && messages(ran.theirs).iter().filter(|it| is_about_one(it)).any(is_denied)
                && (went || matches!(ran.case.stdin, Stdin::Terminal(_)))
                && rest(ran.ours) == rest(ran.theirs)
                && others(ran.ours) == others(ran.theirs)
        },
    },
    Tolerated {
        reason: "a reader who went away stops no removal; GNU ends at the line it cannot write, before its next message",
        excuses: |ran| {
            ran.case.stdout == Stdout::Broken
                && ran.case.is_verbose()
                && ran.ours.stderr.starts_with(&ran.theirs.stderr)
                && ran.ours.status == ran.theirs.status
                && ran.ours.left.iter().all(|line| ran.theirs.left.contains(line))
        },
    },
    Tolerated {
        reason: "the Rust runtime opens closed standard streams as /dev/null: an output that was closed takes everything",
        excuses: |ran| {
            let complaint = "rm: write error: Bad file descriptor\n";
            let expected = ran.theirs.stderr.replace(complaint, "");
            ran.case.stdout == Stdout::Closed
                && ran.theirs.stderr.contains(complaint)
                && ran.ours.stderr == expected
                && ran.ours.left == ran.theirs.left
        },
    },
    Tolerated {
        reason: "the Rust runtime opens closed standard streams as /dev/null: an input that was closed is at its end",
        excuses: |ran| {
            let complaint = "rm: error closing file: Bad file descriptor\n";
            let expected = ran.theirs.stderr.replace(complaint, "");
            ran.case.stdin == Stdin::Closed
                && ran.theirs.stderr.contains(complaint)
                && ran.ours.stderr.trim_end() == expected.trim_end()
                && ran.ours.left == ran.theirs.left
        },
    },
];

fn says_who_it_is(ran: &Ran<'_>) -> bool {
    let is_one = |word: &str| word.len() > 2 && ("--help".starts_with(word) || word.starts_with("--vers"));
    ran.case.words.iter().filter_map(|word| word.to_str()).any(is_one)
}

fn same_but_stdout(ran: &Ran<'_>) -> bool {
    let seen = |outcome: &Outcome| (outcome.status, outcome.stderr.clone(), outcome.left.clone());
    seen(ran.theirs) == seen(ran.ours)
}

/// Standard error as single messages and questions; a question ends in no newline.
fn messages(outcome: &Outcome) -> Vec<String> {
    outcome.stderr.split("rm: ").skip(1).map(str::to_owned).collect()
}

impl Outcome {
    /// Whether the entry of this path is left.
    fn has(&self, path: &str) -> bool {
        let start = format!("\"{path}\" ");
        self.left.iter().any(|line| line.starts_with(&start))
    }
}
