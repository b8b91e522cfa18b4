//! What is around the trash: whether a schedule that was installed is carried out, and a shim found.

use rrm::outcome::diagnosis::Severity;

use super::{Repair, Told};
use crate::run::Session;
use crate::schedule::{self, Standing};
use crate::shim::Shim;

/// Adds what is found. Where a schedule is sound, what is overdue is not for want of one.
pub(super) fn check(session: &Session<'_>, told: &mut Vec<Told>) {
    let standing = session.context.environment.unit_dir.as_deref().map_or(Standing::None, schedule::standing);
    match standing {
        Standing::None => {}
        Standing::Sound => told.retain(|told| told.name != "overdue-items"),
        Standing::Idle { path, why } => told.push(warning(
            "idle-schedule",
            path,
            format!("rrm clean is scheduled and is not run: {why}"),
            "rrm schedule install sets it up anew".to_owned(),
        )),
    }
    if let Ok(shim) = Shim::new(None, &session.context.environment, session.messages)
        && let Some((path, meaning)) = shim.trouble()
    {
        let remedy = "rrm shim install prints the line that your shell needs".to_owned();
        told.push(warning("shim-not-first", path, meaning, remedy));
    }
}

fn warning(name: &'static str, path: std::path::PathBuf, meaning: String, remedy: String) -> Told {
    Told { severity: Severity::Warning, name, path, meaning, remedy, repair: Repair::None }
}
