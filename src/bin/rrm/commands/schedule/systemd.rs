//! Schedules with a systemd user timer and service.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use rrm::text::quoted;

use super::{Every, Health, INSTALL, Job, last_run, missing, output, text};

const SERVICE: &str = "rrm-clean.service";
const TIMER: &str = "rrm-clean.timer";

/// The service of packages. It is sandboxed without a mount namespace: in one, it would not see file systems mounted
/// later inside items, which clean refuses. It may change modes, because deleting a tree can require write permission
/// on a set-group-ID directory.
const SERVICE_UNIT: &str = include_str!("rrm-clean.service");

/// The timer of packages.
const TIMER_UNIT: &str = include_str!("rrm-clean.timer");

/// The lines that differ in units for one user.
const PACKAGED_RUN: &str = "ExecStart=/usr/bin/rrm clean";
const PACKAGED_CALENDAR: &str = "OnCalendar=daily";

/// The first line of those.
const MADE: &str = "# Made by rrm schedule install; rrm schedule remove deletes it.\n";

/// The link that enabling creates, also for units of a package.
const WANTED: &str = "timers.target.wants/rrm-clean.timer";

/// The link that enabling creates in a user's directory of units.
pub(super) fn link(units: &Path) -> PathBuf {
    units.join(WANTED)
}

/// Whether a systemd user instance runs.
pub(super) fn runs() -> bool {
    output("systemctl", &["--user", "show-environment"]).is_ok_and(|output| output.status.success())
}

/// Writes both units and starts the timer. On failure both are removed.
pub(super) fn install(job: &Job, units: &Path) -> anyhow::Result<()> {
    let (service, timer) = (service(job)?, timer(job.every));
    let written = write(units, SERVICE, &service).and_then(|()| write(units, TIMER, &timer));
    let started = written
        .and_then(|()| systemctl(&["daemon-reload"]))
        .and_then(|()| systemctl(&["enable", TIMER]))
        .and_then(|()| systemctl(&["restart", TIMER]));
    if started.is_err() {
        remove(units)?;
    }
    started
}

#[expect(clippy::disallowed_methods, reason = "what install wrote is nothing that a person could miss")]
pub(super) fn remove(units: &Path) -> anyhow::Result<()> {
    let there = [TIMER, SERVICE, WANTED].map(|name| units.join(name)).into_iter();
    let there: Vec<_> = there.filter(|path| path.symlink_metadata().is_ok()).collect();
    if there.is_empty() {
        return Ok(());
    }
    let running = runs();
    if running {
        systemctl(&["stop", TIMER])?;
    }
    for path in there {
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("cannot remove {}", quoted(&path)));
            }
            _ => {}
        }
    }
    if running { systemctl(&["daemon-reload"]) } else { Ok(()) }
}

pub(super) fn status(units: &Path) -> anyhow::Result<Option<String>> {
    let Some((path, timer)) = read_first([TIMER, WANTED].map(|name| units.join(name)))? else { return Ok(None) };
    let when = timer.lines().find_map(|line| line.strip_prefix("OnCalendar=")).unwrap_or("unknown");
    let active = match output("systemctl", &["--user", "is-active", TIMER]) {
        Ok(output) => String::from_utf8_lossy(&output.stdout).trim().to_owned(),
        Err(_) => String::new(),
    };
    let active = if active.is_empty() { "systemd does not answer" } else { &active };
    let last = output("systemctl", &["--user", "show", "--property=LastTriggerUSec", "--value", TIMER]);
    let last = last.map_or_else(|_| String::new(), |output| String::from_utf8_lossy(&output.stdout).into_owned());
    let last = last_run(&last);
    Ok(Some(format!("a systemd user timer runs rrm clean: {}, {when}, {active}, {last}", quoted(&path))))
}

/// The first of the files that exists.
fn read_first(paths: [PathBuf; 2]) -> anyhow::Result<Option<(PathBuf, String)>> {
    for path in paths {
        match fs::read_to_string(&path) {
            Ok(text) => return Ok(Some((path, text))),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error).with_context(|| format!("cannot read {}", quoted(&path))),
        }
    }
    Ok(None)
}

/// Whether the timer is enabled and active, and its program exists.
pub(super) fn health(units: &Path) -> Health {
    let path = units.join(TIMER);
    if path.symlink_metadata().is_err() {
        return Health::None;
    }
    let idle = |why: &str| Health::Idle { path: path.clone(), why: why.to_owned(), remedy: INSTALL };
    let answers =
        |verb: &str| output("systemctl", &["--user", verb, TIMER]).is_ok_and(|output| output.status.success());
    let service = fs::read_to_string(units.join(SERVICE)).unwrap_or_default();
    let program = service.lines().find_map(|line| line.strip_prefix("ExecStart=\"")?.split_once('"'));
    if !runs() {
        idle("no systemd user instance is running")
    } else if !answers("is-enabled") {
        idle("the timer is not enabled")
    } else if !answers("is-active") {
        idle("the timer is not started")
    } else {
        program.and_then(|(program, _)| missing(program)).unwrap_or(Health::Sound)
    }
}

fn systemctl(args: &[&str]) -> anyhow::Result<()> {
    let words = [&["--user"], args].concat();
    let output = output("systemctl", &words).context("cannot run systemctl")?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("systemctl {}: {}; use rrm schedule install --by cron instead", words.join(" "), said.trim());
    }
    Ok(())
}

fn write(units: &Path, name: &str, content: &str) -> anyhow::Result<()> {
    let path = units.join(name);
    let written = fs::create_dir_all(units).and_then(|()| fs::write(&path, content));
    written.with_context(|| format!("cannot write {}", quoted(path)))
}

/// The service of a job.
fn service(job: &Job) -> anyhow::Result<String> {
    let mut run = String::new();
    for (name, value) in &job.variables {
        run.push_str(&format!("Environment={}\n", word(&format!("{name}={}", text(value)?))));
    }
    let log = match &job.log {
        Some(log) => format!(" --log {}", command_word(text(log)?)),
        None => String::new(),
    };
    run.push_str(&format!("ExecStart={} clean{log}", command_word(text(&job.program)?)));
    Ok(format!("{MADE}{}", SERVICE_UNIT.replacen(PACKAGED_RUN, &run, 1)))
}

fn timer(every: Every) -> String {
    let calendar = match every {
        Every::Minute => "minutely",
        Every::Hour => "hourly",
        Every::Day => "daily",
        Every::Week => "weekly",
        Every::Month => "monthly",
    };
    format!("{MADE}{}", TIMER_UNIT.replacen(PACKAGED_CALENDAR, &format!("OnCalendar={calendar}"), 1))
}

/// A quoted word in a unit file (systemd.syntax(7), systemd.unit(5)).
fn word(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('%', "%%"))
}

/// A quoted word in a command of a unit file, where `$` begins a variable (systemd.service(5)).
fn command_word(text: &str) -> String {
    word(text).replace('$', "$$")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_paths_are_quoted_for_systemd() {
        let job = Job {
            every: Every::Week,
            program: r#"/opt/a "b" $c 5%\d/rrm"#.into(),
            variables: vec![("RRM_TRASH_DIR", "/t $x".into())],
            log: None,
        };
        let service = service(&job).expect("plain text");
        assert!(service.contains("ExecStart=\"/opt/a \\\"b\\\" $$c 5%%\\\\d/rrm\" clean\n"), "{service}");
        assert!(service.contains("Environment=\"RRM_TRASH_DIR=/t $x\"\n"), "{service}");
        assert!(timer(job.every).contains("OnCalendar=weekly\n"));
    }

    #[test]
    fn what_a_package_installs_is_what_is_made_for_a_user_every_day() {
        let job = Job { every: Every::Day, program: "/usr/bin/rrm".into(), variables: vec![], log: None };
        let service = service(&job).expect("plain text");
        assert_eq!(service.replace('"', ""), format!("{MADE}{SERVICE_UNIT}"));
        assert_eq!(timer(job.every), format!("{MADE}{TIMER_UNIT}"));
        assert_ne!(timer(Every::Week), timer(Every::Day));
    }
}
