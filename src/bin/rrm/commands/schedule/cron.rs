//! Schedules with a line in the user's crontab. All other lines stay the same.

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::process::Stdio;

use anyhow::{Context as _, bail};

use super::{Every, Health, Job, last_run, missing, output, scheduler, text};

/// The end of our line, a comment for the shell.
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
        Some(old) if old.split(|byte| *byte == b'\n').any(is_ours) => {
            let left = with_line(&old, None);
            if left.split(|byte| *byte == b'\n').all(is_of_crontab) { remove_all() } else { write(&left) }
        }
        _ => Ok(()),
    }
}

pub(super) fn status() -> anyhow::Result<Option<String>> {
    let old = read()?.unwrap_or_default();
    let ours = old.split(|byte| *byte == b'\n').find(|line| is_ours(line)).map(String::from_utf8_lossy);
    Ok(ours.map(|line| match log_of(&line).map(fs::read_to_string) {
        // Nobody but its own log tells when it ran.
        Some(log) => {
            let log = log.unwrap_or_default();
            let last = log.lines().last().and_then(|line| line.split(' ').next());
            format!("cron runs rrm clean: {line}, {}", last_run(last.unwrap_or_default()))
        }
        None => format!("cron runs rrm clean: {line}"),
    }))
}

/// The log that a line names. A path that had to be quoted is not read.
fn log_of(line: &str) -> Option<&str> {
    let (log, end) = line.rsplit_once(" --log '")?.1.split_once('\'')?;
    (end.trim_start() == MARK).then_some(log)
}

/// Whether cron runs and the program exists.
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

/// Whether a cron daemon runs, by the names of processes, or systemd in its place. If other users' processes are
/// hidden, assume yes.
fn is_running() -> bool {
    const NAMES: [&str; 5] = ["cron", "crond", "fcron", "dcron", "bcron-sched"];
    rrm::sys::is_any_running(&NAMES).unwrap_or(true)
        || output("systemctl", &["is-active", "cron.target"]).is_ok_and(|output| output.status.success())
}

/// The crontab, or `None` without cron. Only a clear "no crontab" counts as empty: after any other error, writing would
/// lose the lines that could not be read.
fn read() -> anyhow::Result<Option<Vec<u8>>> {
    let output = match output("crontab", &["-l"]) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        result => result.context("cannot run crontab")?,
    };
    if output.status.success() {
        return Ok(Some(output.stdout));
    }
    let said = String::from_utf8_lossy(&output.stderr);
    // The second is what busybox says.
    if said.contains("no crontab for") || said.starts_with("crontab: can't open '") {
        return Ok(Some(Vec::new()));
    }
    bail!("cannot read the crontab: {}; nothing was changed; crontab -l must work first", said.trim())
}

/// crontab(1) checks its input and replaces the crontab atomically.
fn write(lines: &[u8]) -> anyhow::Result<()> {
    let mut crontab = scheduler("crontab");
    let mut child = crontab.arg("-").stdin(Stdio::piped()).spawn().context("cannot run crontab")?;
    let written = match child.stdin.take() {
        Some(mut input) => input.write_all(lines),
        None => Err(io::ErrorKind::BrokenPipe.into()),
    };
    let status = child.wait().context("cannot run crontab")?;
    written.context("cannot write the crontab")?;
    if !status.success() {
        bail!("cannot write the crontab: crontab failed with {status}; try crontab -e");
    }
    Ok(())
}

/// Removes the crontab, as it is where there was none before [`install`].
fn remove_all() -> anyhow::Result<()> {
    let output = output("crontab", &["-r"]).context("cannot run crontab")?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("cannot remove the crontab: {}; try crontab -e", said.trim());
    }
    Ok(())
}

/// Whether crontab(1) itself writes such a line above a crontab, or it is empty.
fn is_of_crontab(line: &[u8]) -> bool {
    let line = String::from_utf8_lossy(line);
    let is_installation = line.starts_with("# (") && line.contains(" installed on ");
    line.is_empty()
        || line.starts_with("# DO NOT EDIT THIS FILE")
        || line.starts_with("# (Cron version ")
        || is_installation
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
    // A plain % ends the command (crontab(5)).
    Ok(format!("{when} {} {MARK}", command.replace('%', "\\%")))
}

/// A quoted word for sh.
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
    fn the_log_is_read_from_the_line() {
        let with = |log: &str| line(&Job { log: Some(log.into()), ..job() }).expect("a line");
        assert_eq!(log_of(&with("/var/log/rrm x")), Some("/var/log/rrm x"));
        assert_eq!(log_of(&with("/it's")), None);
        assert_eq!(log_of(&line(&Job { log: None, ..job() }).expect("a line")), None);
    }

    #[test]
    fn the_lines_of_crontab_itself_are_nobodys() {
        let header = "# DO NOT EDIT THIS FILE - edit the master and reinstall.\n\
            # (/tmp/crontab.x installed on Mon Nov 30 16:00:00 2026)\n\
            # (Cron version -- $Id: crontab.c,v 2.13 1994/01/17 03:20:37 vixie Exp $)\n\n";
        assert!(header.split('\n').all(|line| is_of_crontab(line.as_bytes())));
        for line in ["# mine", "MAILTO=me", "# (mine)", " "] {
            assert!(!is_of_crontab(line.as_bytes()), "{line}");
        }
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
