//! Checks around the trash: settings, schedule, completions and shim.

mod completions;

use rrm::config::Key;
use rrm::finding::Severity;
use rrm::ops::list::ListOptions;
use rrm::rules::selection::Selection;

use crate::commands::schedule::{self, Health, Locations};
use crate::commands::setup;
use crate::commands::shim::Shim;
use crate::output;
use crate::output::finding::{Entry, Repair};
use crate::session::Session;
use crate::values::check_setting;

/// Adds the findings.
pub(super) fn check(session: &Session<'_>, entries: &mut Vec<Entry>) {
    check_settings(session, entries);
    check_immediate(session, entries);
    check_schedule(session, entries);
    entries.extend(completions::stale(session));
    entries.extend(setup::damaged(&session.context.environment).into_iter().map(|(path, meaning)| {
        let remedy = "repair or delete these lines by hand; rrm setup then writes them anew".to_owned();
        warning("damaged-setup", path, meaning, remedy)
    }));
    if let Ok(shim) = Shim::new(None, &session.context.environment, session.messages)
        && let Some((path, meaning)) = shim.trouble()
    {
        let remedy =
            "start a new shell; if it stays, rrm shim install prints the line that your shell needs".to_owned();
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
    if let Err(error) = context.limits.check_read() {
        let meaning = format!("what root has set for all users cannot be read: {}", error.reason);
        let remedy = "root: chown root: it, chmod 755 it, and rrm config --system set what is invalid".to_owned();
        entries.push(warning("spoilt-choice", context.limits_dir(), meaning, remedy));
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
        Health::None => entries.extend(large_and_unscheduled(session)),
        Health::Sound => entries.retain(|entry| entry.name != "overdue-items"),
        Health::Idle { path, why, remedy } => entries.push(warning(
            "idle-schedule",
            path,
            format!("rrm clean is scheduled but does not run: {why}"),
            remedy.to_owned(),
        )),
    }
}

/// From how many bytes on a trash that nothing cleans is worth a note.
const LARGE: u64 = 10 << 30;

/// A large trash without a schedule. Sizes count as far as they are known; nothing is measured for it.
fn large_and_unscheduled(session: &Session<'_>) -> Option<Entry> {
    let options = ListOptions::new(Selection::default(), session.context.now);
    let items = session.manager().list(&options, &session.messages.progress()).items;
    let bytes = items.iter().filter_map(|item| item.size).fold(0, u64::saturating_add);
    let trash = session.context.home_trash.clone().unwrap_or_default();
    let meaning = format!("the trash holds {}, and rrm clean is not scheduled", output::size(bytes));
    let remedy = "rrm schedule install runs rrm clean every day".to_owned();
    let warning = warning("unscheduled-clean", trash, meaning, remedy);
    (bytes >= LARGE).then_some(Entry { severity: Severity::Note, ..warning })
}

fn warning(name: &'static str, path: std::path::PathBuf, meaning: String, remedy: String) -> Entry {
    Entry { severity: Severity::Warning, name, path, meaning, remedy, repair: Repair::None }
}
