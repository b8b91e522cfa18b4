//! Finds the `rm` that each caller runs, by running the caller.

use std::ffi::{OsStr, OsString};
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use rrm::sys;
use rrm::sys::patience::patience;

use crate::env::Environment;

/// How long a shell may take to start.
const PATIENCE: Duration = Duration::from_secs(5);

/// The prefix of answers, because startup files may print anything.
const MARK: &str = "rrm-shim:";

/// The default PATH of crontabs (crontab(5)).
const CRON: &str = "/usr/bin:/bin";

/// The PATH of sudo if it cannot be read: Debian's, and that of most systems (sudoers(5)).
const SUDO: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Callers of `rm`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Caller {
    Bash,
    Zsh,
    Fish,
    Sh,
    Cron,
    Sudo,
}

/// What a caller finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Finding {
    Path(PathBuf),
    /// An alias or a function of the shell, in its words.
    Other(OsString),
    Nothing,
    NotInstalled,
    /// No answer in time, or none that is understood.
    NoAnswer,
}

impl Caller {
    pub(super) const ALL: [Self; 6] = [Self::Bash, Self::Zsh, Self::Fish, Self::Sh, Self::Cron, Self::Sudo];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Bash => "bash",
            Self::Zsh => "zsh",
            Self::Fish => "fish",
            Self::Sh => "sh -c",
            Self::Cron => "cron",
            Self::Sudo => "sudo",
        }
    }

    /// Runs the caller and returns what it finds.
    pub(super) fn find(self, environment: &Environment) -> Finding {
        let look = format!("printf '{MARK}%s\\n' \"$(command -v rm)\"");
        let is_here =
            |program: &str| environment.path.as_deref().is_some_and(|path| find_program(path, program).is_some());
        match self {
            Self::Bash | Self::Zsh | Self::Fish if !is_here(self.name()) => Finding::NotInstalled,
            Self::Bash | Self::Zsh | Self::Fish => ask(apart().args([self.name(), "-i", "-c", &look])),
            Self::Sh => ask(apart().args(["sh", "-c", &look])),
            Self::Cron => ask(apart().args(["/bin/sh", "-c", &look]).env_clear().env("PATH", CRON)),
            Self::Sudo if !is_here("sudo") => Finding::NotInstalled,
            // Running it would ask for a password, or report the user to the administrator.
            Self::Sudo => find_in(OsStr::new(SUDO)).map_or(Finding::Nothing, Finding::Path),
        }
    }
}

/// The first `rm` in PATH.
pub(super) fn find_in(path: &OsStr) -> Option<PathBuf> {
    find_program(path, "rm")
}

/// The directories of PATH.
pub(super) fn directories(path: &OsStr) -> impl Iterator<Item = PathBuf> {
    let named = path.as_bytes().split(|byte| *byte == b':').filter(|directory| !directory.is_empty());
    named.map(|directory| PathBuf::from(OsStr::from_bytes(directory)))
}

pub(super) fn find_program(path: &OsStr, name: &str) -> Option<PathBuf> {
    directories(path).map(|directory| directory.join(name)).find(|candidate| {
        sys::metadata_following(candidate).is_ok_and(|found| !found.is_dir() && found.mode & 0o111 != 0)
    })
}

/// Starts a new session (setsid(1)), so that an interactive shell does not take the terminal and can be ended with its
/// children.
fn apart() -> Command {
    Command::new("setsid")
}

fn ask(command: &mut Command) -> Finding {
    let command = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let Ok(mut child) = command.spawn() else { return Finding::NoAnswer };
    let answer = answer_of(&mut child);
    sys::kill_group(&child);
    let _ = child.wait();
    answer.map_or(Finding::NoAnswer, |answer| meaning(&answer))
}

/// The answer; waits at most [`PATIENCE`], even for programs left running.
fn answer_of(child: &mut Child) -> Option<Vec<u8>> {
    let mut output = child.stdout.take()?;
    let (sender, receiver) = mpsc::channel();
    let reader = std::thread::Builder::new().spawn(move || {
        let mut text = Vec::new();
        let mut piece = [0; 4096];
        while let Ok(read @ 1..) = output.read(&mut piece) {
            text.extend_from_slice(&piece[..read]);
            if let Some(answer) = answer_in(&text) {
                let _ = sender.send(answer.to_owned());
                return;
            }
        }
    });
    reader.ok().and_then(|_| receiver.recv_timeout(patience(PATIENCE)).ok())
}

/// A complete line with the prefix.
fn answer_in(text: &[u8]) -> Option<&[u8]> {
    let at = text.windows(MARK.len()).position(|window| window == MARK.as_bytes())? + MARK.len();
    let end = text[at..].iter().position(|byte| *byte == b'\n')?;
    Some(&text[at..at + end])
}

fn meaning(answer: &[u8]) -> Finding {
    match answer {
        b"" => Finding::Nothing,
        [b'/', ..] => Finding::Path(PathBuf::from(OsStr::from_bytes(answer))),
        other => Finding::Other(OsStr::from_bytes(other).to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_told_from_what_a_start_file_prints() {
        assert_eq!(answer_in(b"welcome\nrrm-shim:/bin/rm\nbye"), Some(&b"/bin/rm"[..]));
        assert_eq!(answer_in(b"\x1b[0mrrm-shim:\n"), Some(&b""[..]));
        assert_eq!(answer_in(b"rrm-shim:/bin/"), None);
    }

    #[test]
    fn an_alias_is_no_path() {
        assert_eq!(meaning(b"alias rm='rm -i'"), Finding::Other("alias rm='rm -i'".into()));
        assert_eq!(meaning(b"/bin/rm"), Finding::Path("/bin/rm".into()));
        assert_eq!(meaning(b""), Finding::Nothing);
    }
}
