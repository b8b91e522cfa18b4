//! `rrm list --all-users`: as root, lists each user's trash in a process of that user.

use std::ffi::OsString;

use clap::ValueEnum as _;

use super::{Form, ListArgs};
use crate::commands::all_users::{AllUsers, Allowance, forward};
use crate::exit::Exit;
use crate::session::Session;

/// Lists for every user who owns a home directory.
pub(super) fn list_all(args: &ListArgs, session: &Session<'_>) -> anyhow::Result<Exit> {
    let form = args.report_form("--all-users")?;
    match AllUsers::find("list", session.messages)? {
        Ok(all) => {
            let here = session.context.environment.working_directory();
            let words = [args.as_words(), args.selection.filters_as_words(&here)].concat();
            forward(&all, &words, form, Allowance::ITEMS)
        }
        Err(exit) => Ok(exit),
    }
}

impl ListArgs {
    /// The command without its filters.
    fn as_words(&self) -> Vec<OsString> {
        let sort = self.sort.to_possible_value().map(|value| format!("--sort={}", value.get_name()));
        let limit = self.limit.map(|limit| format!("--limit={limit}"));
        let flags = [
            (self.largest_first, "-S"),
            (self.newest_first, "-t"),
            (self.reverse, "--reverse"),
            (self.size, "--size"),
            (self.full, "--full"),
            (self.form() == Form::Json, "--json"),
        ];
        let flags = flags.into_iter().filter(|(is_set, _)| *is_set).map(|(_, flag)| flag.to_owned());
        // The other two say how to sort.
        let sort = sort.filter(|_| !self.largest_first && !self.newest_first);
        ["list".to_owned()].into_iter().chain(sort).chain(limit).chain(flags).map(OsString::from).collect()
    }
}
