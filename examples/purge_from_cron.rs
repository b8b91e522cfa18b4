//! Deletes what is past its grace period, as a line of a crontab would: `purge_from_cron TRASH`.
#![allow(clippy::disallowed_methods, clippy::print_stderr, reason = "an example is told the time by the system")]

use std::path::Path;
use std::process::ExitCode;

use chrono::{DateTime, Utc};
use rrm::error::{Error, ErrorKind};
use rrm::manager::TrashManager;
use rrm::ops::clean::CleanOptions;
use rrm::progress::Silent;

/// How many items are gone for good, and what went wrong. That another clean is running, or a stick unplugged, is nothing
/// that cron should write a mail about.
pub(crate) fn purge(trash: &Path, now: DateTime<Utc>) -> (usize, Vec<Error>) {
    let manager = TrashManager::at(trash).build();
    let plan = manager.plan_clean(&CleanOptions::expired(now), &Silent);
    let cleaned = manager.clean(&plan, &Silent);
    let mut problems: Vec<_> = plan.problems.into_iter().chain(cleaned.problems).collect();
    problems.retain(|problem| !matches!(problem.kind, ErrorKind::Busy | ErrorKind::Unplugged));
    (cleaned.deleted.len(), problems)
}

fn main() -> ExitCode {
    let (_, problems) = purge(std::env::args_os().nth(1).unwrap_or_default().as_ref(), Utc::now());
    problems.iter().for_each(|problem| eprintln!("{problem}"));
    if problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
