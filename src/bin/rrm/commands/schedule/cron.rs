//! A line in the user's crontab. Every other line stays as it is, byte for byte.

use std::io::{self, ErrorKind, Write};
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};

use super::{Every, Health, Job, missing, output, text};

/// What our line ends with. To the shell that runs it, it is a comment.
const MARK: &str = "# rrm schedule";

pub(super) fn install(job: &Job) -> anyhow::Result<()> {
    let line = line(job)?;
    let Some(old) = read()? else {
        bail!("neither a systemd user instance nor crontab is available; run rrm clean some other way")
    };
    write(&with_line(&old, Some(&line)))
}

pub(super) fn remove() -> anyhow::Result<()> {
    match read()? {
        Some(old) if old.split(|byte| *byte == b'\n').any(is_ours) => write(&with_line(&old, None)),
        _ => Ok(()),
    }
}

pub(super) fn status() -> anyhow::Result<Option<String>> {
    let old = read()?.unwrap_or_default();
    let ours = old.split(|byte| *byte == b'\n').find(|line| is_ours(line)).map(String::from_utf8_lossy);
    Ok(ours.map(|line| format!("cron runs rrm clean: {line}")))
}

/// Whether a cron runs, and the program that it is to run is there.
pub(super) fn health() -> Health {
    let Ok(Some(crontab)) = read() else { return Health::None };
    let Some(line) = crontab.split(|byte| *byte == b'\n').find(|line| is_ours(line)) else { return Health::None };
    let line = String::from_utf8_lossy(line);
    let program = line.rsplit_once("' clean").and_then(|(before, _)| Some(before.rsplit_once('\'')?.1));
    if is_running() {
        program.and_then(missing).unwrap_or(Health::Sound)
    } else {
        let remedy = "start the cron service, or use rrm schedule install --by systemd";
        Health::Idle { path: "crontab".into(), why: "cron is not running".to_owned(), remedy }
    }
}

/// Whether anything runs crontabs: a daemon, known by the name of its process, or systemd in its place. Where the processes
/// of others are hidden, nobody can tell, and it counts as running.
fn is_running() -> bool {
    const NAMES: [&str; 5] = ["cron", "crond", "fcron", "dcron", "bcron-sched"];
    rrm::sys::is_any_running(&NAMES).unwrap_or(true)
        || output("systemctl", &["is-active", "cron.target"]).is_ok_and(|output| output.status.success())
}

/// The crontab, or `None` where there is no cron. Only what plainly says that there is no crontab yet is an empty one:
/// whatever else went wrong, writing would lose the lines that could not be read.
fn read() -> anyhow::Result<Option<Vec<u8>>> {
    let output = match output("crontab", &["-l"]) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        result => result.context("cannot run crontab")?,
    };
    if output.status.success() {
        return Ok(Some(output.stdout));
    }
    let said = String::from_utf8_lossy(&output.stderr);
    if said.contains("no crontab for") {
        return Ok(Some(Vec::new()));
    }
    bail!("cannot read the crontab: {}; nothing was changed; crontab -l must work first", said.trim())
}

/// crontab(1) checks what it is given and replaces the old one in one step.
fn write(crontab: &[u8]) -> anyhow::Result<()> {
    let mut child = Command::new("crontab")
        .arg("-")
        .env("LC_ALL", "C")
        .stdin(Stdio::piped())
        .spawn()
        .context("cannot run crontab")?;
    let written = match child.stdin.take() {
        Some(mut input) => input.write_all(crontab),
        None => Err(io::ErrorKind::BrokenPipe.into()),
    };
    let status = child.wait().context("cannot run crontab")?;
    written.context("cannot write the crontab")?;
    if !status.success() {
        bail!("cannot write the crontab: crontab failed with {status}; try crontab -e");
    }
    Ok(())
}

fn with_line(old: &[u8], line: Option<&str>) -> Vec<u8> {
    let others = old.split_inclusive(|byte| *byte == b'\n').filter(|line| !is_ours(line));
    let mut new: Vec<u8> = others.flatten().copied().collect();
    if let Some(line) = line {
        if new.last().is_some_and(|byte| *byte != b'\n') {
            new.push(b'\n');
        }
        new.extend_from_slice(line.as_bytes());
        new.push(b'\n');
    }
    new
}

fn is_ours(line: &[u8]) -> bool {
    line.trim_ascii_end().ends_with(MARK.as_bytes())
}

fn line(job: &Job) -> anyhow::Result<String> {
    let when = match job.every {
        Every::Minute => "* * * * *",
        Every::Hour => "@hourly",
        Every::Day => "@daily",
        Every::Week => "@weekly",
        Every::Month => "@monthly",
    };
    let mut command = String::new();
    for (name, value) in &job.variables {
        command.push_str(&format!("{name}={} ", quoted(text(value)?)));
    }
    command.push_str(&format!("{} clean", quoted(text(&job.program)?)));
    if let Some(log) = &job.log {
        command.push_str(&format!(" --log {}", quoted(text(log)?)));
    }
    // To cron, a bare % ends the command (crontab(5)).
    Ok(format!("{when} {} {MARK}", command.replace('%', "\\%")))
}

/// One word for sh.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job() -> Job {
        Job {
            every: Every::Day,
            program: "/opt/it's 100%/rrm".into(),
            variables: vec![("RRM_TRASH_DIR", "/t $HOME".into())],
            log: Some("/var/log/rrm".into()),
        }
    }

    #[test]
    fn a_line_is_quoted_for_sh_and_for_cron() {
        let expected =
            r"@daily RRM_TRASH_DIR='/t $HOME' '/opt/it'\''s 100\%/rrm' clean --log '/var/log/rrm' # rrm schedule";
        assert_eq!(line(&job()).expect("a line"), expected);
        assert!(line(&Job { program: "/a\nb".into(), ..job() }).is_err());
    }

    #[test]
    fn no_other_line_is_touched() {
        let ours = line(&job()).expect("a line");
        let others = b"# mine\r\n\nMAILTO=me\n* * * * * echo \xff # not rrm schedule d\n";
        for old in [&others[..], b"", b"* * * * * no newline at the end"] {
            let new = with_line(old, Some(&ours));
            assert!(new.starts_with(old) && new.ends_with(b"# rrm schedule\n"));
            assert_eq!(with_line(&new, Some(&ours)), new);
            assert_eq!(with_line(&new, None).trim_ascii_end(), old.trim_ascii_end());
        }
    }
}
