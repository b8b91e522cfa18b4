//! Deletes what is past its grace period, as a line of a crontab would: `purge_from_cron TRASH`.
#![allow(clippy::disallowed_methods, clippy::print_stderr, reason = "an example is told the time by the system")]

use std::process::ExitCode;

use chrono::{DateTime, Utc};
use rrm::error::{Error, ErrorKind};
use rrm::manager::TrashManager;
use rrm::ops::clean::CleanOptions;
use rrm::progress::Silent;

/// How many items are gone for good, and what went wrong. That another clean is running, or a stick unplugged, is nothing
/// that cron should write a mail about.
pub(crate) fn purge(manager: &TrashManager, now: DateTime<Utc>) -> (usize, Vec<Error>) {
    let plan = manager.plan_clean(&CleanOptions::expired(now), &Silent);
    let cleaned = manager.clean(&plan, &Silent);
    let mut problems: Vec<_> = plan.problems.into_iter().chain(cleaned.problems).collect();
    problems.retain(|problem| !matches!(problem.kind, ErrorKind::Busy | ErrorKind::Unplugged));
    (cleaned.deleted.len(), problems)
}

fn main() -> ExitCode {
    let manager = TrashManager::at(std::env::args_os().nth(1).unwrap_or_default()).build();
    let (_, problems) = purge(&manager, Utc::now());
    problems.iter().for_each(|problem| eprintln!("{problem}"));
    if problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
