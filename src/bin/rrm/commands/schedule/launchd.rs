//! Schedules with a launchd agent of the user (launchd.plist(5)).

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use rrm::text::quoted;

use super::{Every, Health, INSTALL, Job, missing, output, text};

/// The label of the agent.
const LABEL: &str = "rrm.clean";

const AGENT: &str = "rrm.clean.plist";

/// The file of the agent.
pub(super) fn agent(agents: &Path) -> PathBuf {
    agents.join(AGENT)
}

/// Whether launchd runs here.
pub(super) fn runs() -> bool {
    output("launchctl", &["version"]).is_ok_and(|output| output.status.success())
}

/// Writes and loads the agent, replacing an old one. If loading fails, it is removed.
pub(super) fn install(job: &Job, agents: &Path) -> anyhow::Result<()> {
    let (path, agent) = (agents.join(AGENT), text_of(job)?);
    remove(agents)?;
    let written = fs::create_dir_all(agents).and_then(|()| fs::write(&path, agent));
    let loaded = written
        .with_context(|| format!("cannot write {}", quoted(&path)))
        .and_then(|()| launchctl(&["bootstrap", &domain(), text(&path)?]));
    if loaded.is_err() {
        remove(agents)?;
    }
    loaded
}

#[expect(clippy::disallowed_methods, reason = "what install wrote is nothing that a person could miss")]
pub(super) fn remove(agents: &Path) -> anyhow::Result<()> {
    let path = agents.join(AGENT);
    match fs::remove_file(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        removed => removed.with_context(|| format!("cannot remove {}", quoted(&path)))?,
    }
    if is_loaded() { launchctl(&["bootout", &service()]) } else { Ok(()) }
}

pub(super) fn status(agents: &Path) -> Option<String> {
    let path = agents.join(AGENT);
    path.symlink_metadata().ok()?;
    let loaded = if is_loaded() { "loaded" } else { "not loaded" };
    Some(format!("a launchd agent runs rrm clean: {}, {loaded}", quoted(&path)))
}

/// Whether the agent is loaded and its program exists.
pub(super) fn health(agents: &Path) -> Health {
    let path = agents.join(AGENT);
    let Ok(agent) = fs::read_to_string(&path) else { return Health::None };
    let program = agent.split("<string>").nth(2).and_then(|rest| rest.split_once("</string>"));
    if !is_loaded() {
        return Health::Idle { path, why: "launchd has not loaded it".to_owned(), remedy: INSTALL };
    }
    // An escaped path is not checked.
    let plain = program.map(|(program, _)| program).filter(|program| !program.contains('&'));
    plain.and_then(missing).unwrap_or(Health::Sound)
}

fn is_loaded() -> bool {
    output("launchctl", &["print", &service()]).is_ok_and(|output| output.status.success())
}

/// The domain of agents of a logged-in user.
fn domain() -> String {
    format!("gui/{}", rrm::sys::effective_uid())
}

fn service() -> String {
    format!("{}/{LABEL}", domain())
}

fn launchctl(words: &[&str]) -> anyhow::Result<()> {
    let output = output("launchctl", words).context("cannot run launchctl")?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("launchctl {}: {}; use rrm schedule install --by cron instead", words.join(" "), said.trim());
    }
    Ok(())
}

fn text_of(job: &Job) -> anyhow::Result<String> {
    let mut words = vec![text(&job.program)?, "clean"];
    if let Some(log) = &job.log {
        words.extend(["--log", text(log)?]);
    }
    let words: Vec<String> =
        words.into_iter().map(|word| format!("    <string>{}</string>\n", escaped(word))).collect();
    let (words, mut variables) = (words.concat(), String::new());
    for (name, value) in &job.variables {
        let value = escaped(text(value)?);
        variables.push_str(&format!("    <key>{name}</key>\n    <string>{value}</string>\n"));
    }
    Ok(format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<!-- Made by rrm schedule install; rrm schedule remove deletes it. -->
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key>
  <string>{LABEL}</string>
  <key>ProgramArguments</key>
  <array>
{words}  </array>
  <key>EnvironmentVariables</key>
  <dict>
{variables}  </dict>
{}
  <key>ProcessType</key>
  <string>Background</string>
  <key>LowPriorityIO</key>
  <true/>
  <key>Nice</key>
  <integer>19</integer>
  <key>Umask</key>
  <integer>63</integer>
</dict>
</plist>
"#,
        when(job.every)
    ))
}

/// launchd catches up on runs missed during sleep.
fn when(every: Every) -> String {
    let at = |keys: &[(&str, u32)]| {
        let keys = keys.iter().map(|(key, number)| format!("    <key>{key}</key>\n    <integer>{number}</integer>\n"));
        let keys = keys.collect::<Vec<_>>().concat();
        format!("  <key>StartCalendarInterval</key>\n  <dict>\n{keys}  </dict>")
    };
    match every {
        Every::Minute => at(&[]),
        Every::Hour => at(&[("Minute", 0)]),
        Every::Day => at(&[("Hour", 0), ("Minute", 0)]),
        Every::Week => at(&[("Weekday", 1), ("Hour", 0), ("Minute", 0)]),
        Every::Month => at(&[("Day", 1), ("Hour", 0), ("Minute", 0)]),
    }
}

/// Escapes text for XML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_paths_are_escaped_and_every_span_is_its_own() {
        let job = Job {
            every: Every::Week,
            program: "/opt/a <b> & 'c'/rrm".into(),
            variables: vec![("RRM_TRASH_DIR", "/t & x".into())],
            log: Some("/l".into()),
        };
        let agent = text_of(&job).expect("plain text");
        for part in [
            "/opt/a &lt;b&gt; &amp; 'c'/rrm<",
            "<string>/t &amp; x<",
            "<string>--log</string>\n    <string>/l<",
            "Weekday",
        ] {
            assert!(agent.contains(part), "{part} in {agent}");
        }
        assert_ne!(when(Every::Day), when(Every::Month));
        assert!(text_of(&Job { program: "/a\nb".into(), ..job }).is_err());
    }
}
