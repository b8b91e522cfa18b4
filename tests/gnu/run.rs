//! Running one case under one `rm`.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, lchown};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use rustix::fs::OFlags;
use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::OpenptFlags;

use super::case::{Case, Stdin, Stdout};
use super::contained::ARENA;
use super::tree;
use crate::common::MACHINE;

/// Who runs `rm`, and owns the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum User {
    /// Whoever runs the test.
    Ourselves,
    /// The user with this number; only root can become one.
    Other(u32),
}

impl User {
    fn number(self) -> Option<u32> {
        match self {
            Self::Ourselves => None,
            Self::Other(number) => Some(number),
        }
    }
}

/// How long a run may take before it hangs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience(pub(super) Duration);

/// Far longer than anything takes that ends.
pub(super) const PATIENT: Patience = Patience(Duration::from_mins(1));

/// What can be seen of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Outcome {
    /// As a shell tells it: 128 and more for a signal, 124 for a run that did not end.
    pub(super) status: i32,
    pub(super) stdout: String,
    pub(super) stderr: String,
    pub(super) left: Vec<String>,
}

impl Outcome {
    /// What differs, GNU's first.
    pub(super) fn difference_to(&self, ours: &Self) -> String {
        let mut lines = Vec::new();
        let mut compare = |what: &str, one: &dyn std::fmt::Debug, other: &dyn std::fmt::Debug, same: bool| {
            if !same {
                lines.push(format!("  {what}: GNU  {one:?}\n  {what}: ours {other:?}\n"));
            }
        };
        compare("status", &self.status, &ours.status, self.status == ours.status);
        compare("stdout", &self.stdout, &ours.stdout, self.stdout == ours.stdout);
        compare("stderr", &self.stderr, &ours.stderr, self.stderr == ours.stderr);
        let only = |one: &Self, other: &Self| -> Vec<String> {
            one.left.iter().filter(|line| !other.left.contains(line)).cloned().collect()
        };
        compare("left", &only(self, ours), &only(ours, self), self.left == ours.left);
        lines.concat()
    }
}

/// A case and its two runs.
pub(super) struct Ran<'a> {
    pub(super) case: &'a Case,
    pub(super) theirs: &'a Outcome,
    pub(super) ours: &'a Outcome,
}

/// A directory where one case after the other runs, always in a tree of the same path.
pub(super) struct Stage {
    place: PathBuf,
    pub(super) user: User,
    /// What a tree is that nobody has touched.
    whole: Vec<String>,
}

/// Where the tree is in a stage.
const TREE: &str = "trees/tree";

impl Stage {
    pub(super) fn new(place: &Path, user: User) -> Self {
        for directory in [place.to_owned(), place.join("home"), place.join("trees")] {
            fs::create_dir(&directory).expect("a directory");
            if let Some(number) = user.number() {
                lchown(&directory, Some(number), Some(number)).expect("an owner");
            }
        }
        let root = place.join(TREE);
        tree::make(&root, user.number());
        Self { place: place.to_owned(), user, whole: tree::describe(&root) }
    }

    /// Runs the case in a whole tree with the `rm` of the directory `bin`. What hangs is a difference, not a hung test.
    pub(super) fn run(&self, bin: &Path, case: &Case, patience: Patience) -> Outcome {
        let root = self.place.join(TREE);
        let (output, ended) = self.run_in(&root, bin, case, patience);
        let left = tree::describe(&root);
        if left != self.whole {
            tree::remove(&root);
            tree::make(&root, self.user.number());
        }
        let text = |bytes: &[u8]| bytes.escape_ascii().to_string().replace("\\n", "\n");
        let signal = || 128 + output.status.signal().expect("a signal where no status is");
        let status = if ended == Ended::ByUs { 124 } else { output.status.code().unwrap_or_else(signal) };
        Outcome { status, stdout: text(&output.stdout), stderr: text(&output.stderr), left }
    }

    fn run_in(&self, root: &Path, bin: &Path, case: &Case, patience: Patience) -> (Output, Ended) {
        let mut command = self.command(bin, case);
        command.current_dir(root).stderr(Stdio::piped());
        // Both are held until the end: a terminal whose other side is gone would answer with an error.
        let mut answers = None;
        match case.stdin {
            Stdin::Null | Stdin::Closed => _ = command.stdin(Stdio::null()),
            Stdin::Pipe(text) => {
                let (reader, mut writer) = io::pipe().expect("a pipe");
                writer.write_all(text.as_bytes()).expect("fits the pipe");
                command.stdin(reader);
            }
            Stdin::Terminal(text) => {
                let (controller, terminal) = terminal();
                answers = Some(controller).inspect(|mut it| type_answers(&mut it, text));
                command.stdin(terminal);
            }
        }
        match case.stdout {
            Stdout::Open | Stdout::Closed => _ = command.stdout(Stdio::piped()),
            Stdout::Full => _ = command.stdout(File::options().write(true).open("/dev/full").expect("/dev/full")),
            Stdout::Broken => _ = command.stdout(io::pipe().expect("a pipe").1),
        }
        let output = output_of(command.spawn().expect("rm runs"), patience);
        drop(answers);
        output
    }

    fn command(&self, bin: &Path, case: &Case) -> Command {
        let mut command = program(bin, case);
        command.args(&case.words).env_clear().env("PATH", bin).env(MACHINE, ARENA);
        command.env("LC_ALL", "C.UTF-8").env("HOME", self.place.join("home"));
        command.env("XDG_DATA_HOME", self.place.join("home/data")).env("RRM_TRASH_DIR", self.place.join("home/trash"));
        command.envs(case.variables.iter().copied());
        if let Some(number) = self.user.number() {
            command.uid(number).gid(number);
        }
        command
    }
}

/// Who ended a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ended {
    Itself,
    ByUs,
}

/// Waits for the end of a run, and ends it once it takes too long.
fn output_of(child: Child, Patience(patience): Patience) -> (Output, Ended) {
    let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw).expect("it has a number");
    let (ended, end) = mpsc::channel::<()>();
    thread::scope(|scope| {
        let watching = scope.spawn(move || match end.recv_timeout(patience) {
            Err(mpsc::RecvTimeoutError::Timeout) => {
                kill_process(pid, Signal::KILL).map_or(Ended::Itself, |()| Ended::ByUs)
            }
            _ => Ended::Itself,
        });
        let output = child.wait_with_output().expect("rm ends");
        drop(ended);
        (output, watching.join().expect("no panic"))
    })
}

/// `rm` under that very name. Only a shell can start a program with a standard stream closed.
fn program(bin: &Path, case: &Case) -> Command {
    let input = if case.stdin == Stdin::Closed { "<&-" } else { "" };
    let output = if case.stdout == Stdout::Closed { ">&-" } else { "" };
    if input.is_empty() && output.is_empty() {
        let mut command = Command::new(bin.join("rm"));
        command.arg0("rm");
        return command;
    }
    let mut command = Command::new("/bin/sh");
    command.args(["-c", &format!("exec rm \"$@\" {input} {output}"), "sh"]);
    command
}

/// Both sides of a new pseudo-terminal (pty(7)).
fn terminal() -> (File, File) {
    let controller = rustix::pty::openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a pseudo-terminal");
    rustix::pty::grantpt(&controller).expect("granted");
    rustix::pty::unlockpt(&controller).expect("unlocked");
    let name = rustix::pty::ptsname(&controller, Vec::new()).expect("a name");
    let no_controlling_terminal = i32::try_from(OFlags::NOCTTY.bits()).expect("a flag");
    let mut options = File::options();
    options.read(true).write(true).custom_flags(no_controlling_terminal);
    (controller.into(), options.open(name.to_str().expect("a path")).expect("the terminal"))
}

/// Types the answers and then Control-D, again and again, so that no question waits for ever.
fn type_answers(controller: &mut &File, answers: &str) {
    controller.write_all(answers.as_bytes()).expect("typed");
    controller.write_all(&[4; 40]).expect("typed");
}
