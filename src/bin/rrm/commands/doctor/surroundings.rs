//! Checks around the trash: settings, schedule and shim.

use rrm::config::Key;
use rrm::finding::Severity;

use crate::commands::schedule::{self, Health, Locations};
use crate::commands::shim::Shim;
use crate::output::finding::{Entry, Repair};
use crate::session::Session;
use crate::values::check_setting;

/// Adds the findings.
pub(super) fn check(session: &Session<'_>, entries: &mut Vec<Entry>) {
    check_settings(session, entries);
    check_immediate(session, entries);
    check_schedule(session, entries);
    if let Ok(shim) = Shim::new(None, &session.context.environment, session.messages)
        && let Some((path, meaning)) = shim.trouble()
    {
        let remedy = "rrm shim install prints the line that your shell needs".to_owned();
        entries.push(warning("shim-not-first", path, meaning, remedy));
    }
}

/// Invalid settings. They fail commands, because a clean without one could delete what it should keep.
fn check_settings(session: &Session<'_>, entries: &mut Vec<Entry>) {
    let context = &session.context;
    for key in Key::ALL {
        let spoilt = context.config.get(key).and_then(|value| check_setting(key, value).err());
        entries.extend(spoilt.map(|error| {
            let meaning = format!("the setting {} is invalid: {}", key.name(), error.reason);
            let remedy = format!("rrm config unset {}", key.name());
            warning("spoilt-choice", context.config_dir.clone().unwrap_or_default(), meaning, remedy)
        }));
    }
}

/// `$RRM_IMMEDIATE`, with which removals cannot be undone.
fn check_immediate(session: &Session<'_>, entries: &mut Vec<Entry>) {
    if session.context.environment.immediate.as_ref().is_some_and(|set| set == "1") {
        let meaning = "rrm rm and rm delete for good, without the trash".to_owned();
        let warning = warning("no-undo", "$RRM_IMMEDIATE".into(), meaning, "unset it to use the trash".to_owned());
        entries.push(Entry { severity: Severity::Note, ..warning });
    }
}

/// A schedule that does not run. If it runs, overdue items are not its fault.
fn check_schedule(session: &Session<'_>, entries: &mut Vec<Entry>) {
    let health =
        Locations::of(&session.context.environment).map_or(Health::None, |locations| schedule::health(&locations));
    match health {
        Health::None => {}
        Health::Sound => entries.retain(|entry| entry.name != "overdue-items"),
        Health::Idle { path, why, remedy } => entries.push(warning(
            "idle-schedule",
            path,
            format!("rrm clean is scheduled but does not run: {why}"),
            remedy.to_owned(),
        )),
    }
}

fn warning(name: &'static str, path: std::path::PathBuf, meaning: String, remedy: String) -> Entry {
    Entry { severity: Severity::Warning, name, path, meaning, remedy, repair: Repair::None }
}
