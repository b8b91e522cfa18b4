//! What is around the trash: whether choices can be used, a schedule that was installed is carried out, and a shim found.

use rrm::config::Key;
use rrm::finding::Severity;

use crate::commands::schedule::{self, Health, Places};
use crate::commands::shim::Shim;
use crate::output::finding::{Entry, Repair};
use crate::session::Session;
use crate::values::check_choice;

/// Adds what is found.
pub(super) fn check(session: &Session<'_>, entries: &mut Vec<Entry>) {
    check_choices(session, entries);
    check_schedule(session, entries);
    if let Ok(shim) = Shim::new(None, &session.context.environment, session.messages)
        && let Some((path, meaning)) = shim.trouble()
    {
        let remedy = "rrm shim install prints the line that your shell needs".to_owned();
        entries.push(warning("shim-not-first", path, meaning, remedy));
    }
}

/// A choice that cannot be read fails the commands that it is about: without it a clean might take what it was to spare.
fn check_choices(session: &Session<'_>, entries: &mut Vec<Entry>) {
    let context = &session.context;
    for key in Key::ALL {
        let spoilt = context.config.get(key).and_then(|value| check_choice(key, value).err());
        entries.extend(spoilt.map(|error| {
            let meaning = format!("the setting {} is invalid: {}", key.name(), error.reason);
            let remedy = format!("rrm config unset {}", key.name());
            warning("spoilt-choice", context.config_dir.clone().unwrap_or_default(), meaning, remedy)
        }));
    }
}

/// Where a schedule is sound, what is overdue is not for want of one.
fn check_schedule(session: &Session<'_>, entries: &mut Vec<Entry>) {
    let health = Places::of(&session.context.environment).map_or(Health::None, |places| schedule::health(&places));
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
