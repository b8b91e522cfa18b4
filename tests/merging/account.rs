//! Every path of a sandbox with what is there, whether that is in its place or in the trash.

use std::collections::BTreeSet;
use std::path::Path;

use crate::common::{Sandbox, Tree, snapshot};

/// How closely modes are looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Modes {
    Exactly,
    /// A directory that was made writable for its owner, to be moved, may be so still.
    AsAfterAKill,
}

/// What a merge changes nothing of: for each file its path and all that is known of it, whether it is live or would be
/// there again. Of two directories at one path that are alike, one may go.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Account {
    files: Vec<String>,
    directories: BTreeSet<String>,
}

impl Account {
    /// Of what is in the working directory of a sandbox, and of all its items.
    pub(crate) fn of(sandbox: &Sandbox) -> Self {
        Self::with(sandbox, Modes::Exactly)
    }

    pub(crate) fn with(sandbox: &Sandbox, modes: Modes) -> Self {
        let listed = crate::crash::accounts::listed(sandbox, &sandbox.command([""; 0]));
        let mut account = Self { files: Vec::new(), directories: BTreeSet::new() };
        account.add(&sandbox.work(), &snapshot(sandbox.work()), modes);
        listed.iter().for_each(|item| account.add(&item.origin, &snapshot(&item.place), modes));
        account.files.sort();
        account
    }

    #[track_caller]
    pub(crate) fn assert_is(&self, later: &Self) {
        let lines = |account: &Self| account.files.iter().chain(&account.directories).cloned().collect::<Vec<_>>();
        let (before, after) = (lines(self), lines(later));
        let lost: Vec<_> = before.iter().filter(|line| !after.contains(line)).collect();
        let new: Vec<_> = after.iter().filter(|line| !before.contains(line)).collect();
        assert!(self == later, "lost: {lost:#?}\nnew: {new:#?}\n{} and {} files", self.files.len(), later.files.len());
    }

    fn add(&mut self, origin: &Path, tree: &Tree, modes: Modes) {
        for (path, node) in tree.traits() {
            let path = if path.as_os_str().is_empty() { origin.to_owned() } else { origin.join(path) };
            let mut node = node.clone();
            node.remove("same file as");
            // In the trash, others may not write; what it was is in the name of the item.
            let mode = u32::from_str_radix(&node["mode"], 8).expect("a mode is shown in octal");
            let is_dir = mode & 0o170_000 == 0o040_000;
            let loosened = if is_dir && modes == Modes::AsAfterAKill { 0o200 } else { 0 };
            node.insert("mode".to_owned(), format!("{:o}", mode & !0o022 | loosened));
            node.retain(|name, _| !OURS.iter().any(|ours| name == &format!("attribute {ours}")));
            if is_dir {
                node.remove("modified");
                self.directories.insert(format!("{} {node:?}", path.display()));
            } else {
                self.files.push(format!("{} {node:?}", path.display()));
            }
        }
    }
}

/// A record, and the mask of an access list, which closing to others changes.
const OURS: [&str; 6] = [
    "user.original_path",
    "user.original_name",
    "user.deletion_date",
    "user.rrm_session",
    "user.rrm_size",
    "system.posix_acl_access",
];
