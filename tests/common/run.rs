//! One run of a program: how it is started, and what it left behind.

use std::ffi::{OsStr, OsString};
use std::io::Write as _;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

pub(crate) use rrm::sys::patience::HURRY;

use super::terminal::Terminal;
use super::user::User;

/// Where the sandbox finds the tools it runs; nothing of the caller's own environment is used.
const SEARCH_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Names the directory that is the whole machine to rrm; a file of that name beside the program does, too.
pub(crate) const MACHINE: &str = "RRM_TEST_MACHINE";

/// A program about to be run, in an environment that holds nothing but what is said here.
#[derive(Clone, Debug)]
pub(crate) struct Invocation {
    program: PathBuf,
    args: Vec<OsString>,
    directory: PathBuf,
    environment: Vec<(OsString, OsString)>,
    input: Vec<u8>,
    user: User,
    through: Vec<OsString>,
    way: Way,
}

/// How a command is carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// By a program that is started.
    Program,
    /// By the library, in this process; see [`super::here`].
    Here,
}

impl Invocation {
    /// In the sandbox at `root`: of all mounts and homes an rrm sees only those in there.
    pub(crate) fn new(program: impl Into<PathBuf>, root: &Path, user: User) -> Self {
        let environment = [("PATH", SEARCH_PATH), ("TERM", "dumb"), ("LC_ALL", "C.UTF-8"), ("TZ", "UTC")];
        let mut environment: Vec<(OsString, OsString)> =
            environment.iter().map(|(name, value)| (name.into(), value.into())).collect();
        environment.push(("HOME".into(), root.join("home").into()));
        environment.push((MACHINE.into(), root.into()));
        let (program, directory) = (program.into(), root.join("work"));
        Self {
            program,
            args: Vec::new(),
            directory,
            environment,
            input: Vec::new(),
            user,
            through: Vec::new(),
            way: Way::Program,
        }
    }

    /// Has the command carried out in another way.
    pub(crate) fn by_way_of(mut self, way: Way) -> Self {
        self.way = way;
        self
    }

    pub(super) fn way(&self) -> Way {
        self.way
    }

    pub(super) fn user(&self) -> User {
        self.user
    }

    pub(super) fn directory(&self) -> &Path {
        &self.directory
    }

    /// The words after the program's name.
    pub(super) fn words_of_rrm(&self) -> &[OsString] {
        &self.args
    }

    /// The value of a variable of the environment.
    pub(super) fn variable(&self, name: &str) -> Option<OsString> {
        self.environment.iter().find(|(set, _)| set == name).map(|(_, value)| value.clone())
    }

    pub(crate) fn args<A: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = A>) -> Self {
        self.args.extend(args.into_iter().map(|arg| arg.as_ref().to_owned()));
        self
    }

    /// What is run, for a shell that is to run it.
    pub(crate) fn program(&self) -> &Path {
        &self.program
    }

    /// The working directory.
    pub(crate) fn within(mut self, directory: impl Into<PathBuf>) -> Self {
        self.directory = directory.into();
        self
    }

    pub(crate) fn with(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        let name = name.as_ref();
        self.environment.retain(|(set, _)| set != name);
        self.environment.push((name.to_owned(), value.as_ref().to_owned()));
        self
    }

    /// At this time, which rrm takes for the present.
    pub(crate) fn at(self, time: &str) -> Self {
        self.with("RRM_TEST_NOW", time)
    }

    pub(crate) fn without(mut self, name: impl AsRef<OsStr>) -> Self {
        self.environment.retain(|(set, _)| set != name.as_ref());
        self
    }

    /// Has rrm wait four times shorter for what may never come.
    pub(crate) fn in_a_hurry(self) -> Self {
        self.with(HURRY, "4")
    }

    /// What the program reads on its standard input, which is a pipe and never a terminal; empty unless said.
    pub(crate) fn reading(mut self, input: impl Into<Vec<u8>>) -> Self {
        self.input = input.into();
        self
    }

    pub(crate) fn by(mut self, user: User) -> Self {
        self.user = user;
        self
    }

    /// Runs the program as the last words of another command, which has changed user already:
    /// `through(["sh", "-c", "umask 0; exec \"$@\"", "sh"])`.
    pub(crate) fn through<A: AsRef<OsStr>>(mut self, words: impl IntoIterator<Item = A>) -> Self {
        self.through.extend(words.into_iter().map(|word| word.as_ref().to_owned()));
        self
    }

    /// Runs the program under a shell's redirections, such as `>/dev/full` or `>&-`.
    pub(crate) fn redirected(self, redirections: &str) -> Self {
        self.through(["sh", "-c", &format!("exec \"$@\" {redirections}"), "sh"])
    }

    /// The command as somebody would type it.
    fn words(&self) -> Vec<OsString> {
        let prefix = self.user.prefix().iter().map(OsString::from);
        prefix.chain(self.words_of_command()).collect()
    }

    fn words_of_command(&self) -> impl Iterator<Item = OsString> {
        self.through.iter().cloned().chain([self.program.clone().into()]).chain(self.args.iter().cloned())
    }

    /// The same, for whoever the tests themselves can make another user: a program more to start is half as much again.
    fn start(&self) -> Command {
        let words: Vec<OsString> = if self.user.is_other() { self.words_of_command().collect() } else { self.words() };
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]);
        if self.user.is_other() {
            let (owner, group) = self.user.ids();
            command.uid(owner).gid(group);
        }
        command
    }

    /// The command, all three streams piped, for a test that talks to the program while it runs.
    pub(crate) fn spawn(&self) -> Child {
        self.spawn_with(Stdio::piped)
    }

    /// The command, each stream made by `stream`.
    pub(super) fn spawn_with(&self, stream: impl Fn() -> Stdio) -> Child {
        self.start()
            .current_dir(&self.directory)
            .env_clear()
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(stream())
            .stdout(stream())
            .stderr(stream())
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start {:?}: {error}", self.words()))
    }

    /// Runs the program on a terminal so many columns wide, where somebody types `typed`; what it shows is the output.
    pub(crate) fn on_terminal(&self, columns: u16, typed: &str) -> Run {
        self.on_terminal_after(columns, "", || typed.to_owned())
    }

    /// The same, but once `prompt` is shown `act` is done, and what it gives is typed.
    pub(crate) fn on_terminal_after(&self, columns: u16, prompt: &str, act: impl FnOnce() -> String) -> Run {
        let terminal = Terminal::open(columns);
        let mut child = self.spawn_with(|| terminal.program.try_clone().expect("a descriptor").into());
        let stdout = terminal.show(prompt, act);
        let status = child.wait().expect("the child can be waited for");
        Run { command: self.words(), status, stdout, stderr: Vec::new() }
    }

    pub(crate) fn run(&self) -> Run {
        if self.way == Way::Here {
            return super::here::run(self);
        }
        let mut child = self.spawn();
        let mut stdin = child.stdin.take().expect("stdin is piped");
        let input = self.input.clone();
        // A program may end without reading; the broken pipe that this thread then meets is no concern of the test.
        let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
        let output = child.wait_with_output().expect("the child can be waited for");
        writer.join().expect("the writer does not panic");
        Run { command: self.words(), status: output.status, stdout: output.stdout, stderr: output.stderr }
    }
}

/// What a finished program left: its exit status and all it printed.
#[derive(Debug)]
pub(crate) struct Run {
    command: Vec<OsString>,
    pub(crate) status: ExitStatus,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: Vec<u8>,
}

impl Run {
    /// Of a command that was carried out by other means than a program.
    pub(super) fn told(of: &Invocation, status: ExitStatus, stdout: Vec<u8>, stderr: Vec<u8>) -> Self {
        Self { command: of.words(), status, stdout, stderr }
    }

    /// Of a program that was spawned and waited for.
    pub(crate) fn of(output: std::process::Output) -> Self {
        Self { command: Vec::new(), status: output.status, stdout: output.stdout, stderr: output.stderr }
    }

    #[track_caller]
    pub(crate) fn ok(&self) -> &Self {
        self.fails(0)
    }

    /// Asserts the exit status, whatever it says of success.
    #[track_caller]
    pub(crate) fn fails(&self, code: i32) -> &Self {
        assert_eq!(self.status.code(), Some(code), "exit status of {self}");
        self
    }

    /// Asserts that it did its work or said what of it could not be done: that it knew its words, and did not panic.
    #[track_caller]
    pub(crate) fn does_or_says(&self) -> &Self {
        assert!(matches!(self.status.code(), Some(0 | 1)), "exit status of {self}");
        self
    }

    /// Asserts that a signal ended the program.
    #[track_caller]
    pub(crate) fn killed(&self, signal: i32) -> &Self {
        // A parent such as strace or a shell reports a signal's death as its own or as 128 and the number.
        let told = self.status.signal().or_else(|| self.status.code().map(|code| code - 128));
        assert_eq!(told, Some(signal), "signal that ended {self}");
        self
    }

    #[track_caller]
    pub(crate) fn silent(&self) -> &Self {
        assert!(self.stdout.is_empty() && self.stderr.is_empty(), "expected silence of {self}");
        self
    }

    pub(crate) fn stdout(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    pub(crate) fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.stderr).into_owned()
    }

    #[track_caller]
    pub(crate) fn out_contains(&self, part: &str) -> &Self {
        assert!(self.stdout().contains(part), "expected {part:?} in the output of {self}");
        self
    }

    /// All that is printed.
    #[track_caller]
    pub(crate) fn out_is(&self, whole: &str) -> &Self {
        assert_eq!(self.stdout(), whole, "{self}");
        self
    }

    #[track_caller]
    pub(crate) fn err_contains(&self, part: &str) -> &Self {
        assert!(self.stderr().contains(part), "expected {part:?} in the errors of {self}");
        self
    }

    #[track_caller]
    pub(crate) fn err_lacks(&self, part: &str) -> &Self {
        assert!(!self.stderr().contains(part), "expected no {part:?} in the errors of {self}");
        self
    }
}

impl std::fmt::Display for Run {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (out, err) = (self.stdout(), self.stderr());
        write!(formatter, "{:?} ({})\n--- stdout\n{out}\n--- stderr\n{err}", self.command, self.status)
    }
}
