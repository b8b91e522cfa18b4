//! Accounting for every thing: where it was, where it may be now, and that it is whole.

use std::path::{Path, PathBuf};

use rrm::item::{ItemId, Shape};
use serde_json::Value;

use super::Allowed;
use crate::common::{Invocation, Sandbox, Tree, snapshot};

/// Something a person had, and where.
pub(crate) struct Thing {
    pub(crate) origin: PathBuf,
    pub(crate) tree: Tree,
}

impl Thing {
    pub(crate) fn at(origin: &Path) -> Self {
        Self { origin: origin.to_owned(), tree: snapshot(origin) }
    }

    /// How what is at `place` differs from the thing, but for what is allowed; nothing if it is whole there.
    pub(crate) fn damage(&self, place: &Path, allowed: Allowed) -> String {
        let difference = self.tree.difference(&snapshot(place));
        difference.lines().filter(|line| !is_allowed(line, allowed)).collect::<Vec<_>>().join("\n")
    }
}

fn is_allowed(line: &str, allowed: Allowed) -> bool {
    // The top of a tree has the empty path.
    let Some((name, change)) = line.strip_prefix("changed: : ").and_then(|rest| rest.split_once(": ")) else {
        return false;
    };
    match (name, change.split_once(" -> ")) {
        ("mode", Some((old, new))) => {
            let (old, new) = (octal(old), octal(new));
            (allowed.loosened && new == old | 0o200) || (allowed.closed && new == old & !0o022)
        }
        // Its mask is what the mode shows as that of the group.
        ("attribute system.posix_acl_access" | "attribute trusted.SGI_ACL_FILE", Some(_)) => allowed.closed,
        ("links" | "same file as", Some(_)) => allowed.unlinked,
        (name, Some(("(none)", _))) => allowed.marks && OURS.contains(&name),
        _ => false,
    }
}

/// The attributes that rrm sets on a thing.
const OURS: [&str; 7] = [
    "attribute user.original_path",
    "attribute user.original_name",
    "attribute user.deletion_date",
    "attribute user.trashed_date",
    "attribute user.rrm_session",
    "attribute user.rrm_mode",
    "attribute user.rrm_import",
];

fn octal(text: &str) -> u32 {
    u32::from_str_radix(text, 8).expect("a mode is shown in octal")
}

/// An item that `rrm list` tells of.
#[derive(Debug)]
pub(crate) struct Listed {
    pub(crate) origin: PathBuf,
    /// Where the thing itself is.
    pub(crate) place: PathBuf,
}

/// All that is listed of a sandbox. Fails if anything is that is not there, or of unknown origin.
#[track_caller]
pub(crate) fn listed(sandbox: &Sandbox, list: &Invocation) -> Vec<Listed> {
    let run = list.clone().args(["list", "--format", "json"]).run();
    run.ok().err_lacks(&sandbox.root().to_string_lossy());
    let lines = run.stdout.split(|&byte| byte == b'\n').filter(|line| !line.is_empty());
    let items = lines.map(|line| serde_json::from_slice(line).expect("a line is an object"));
    // The user may have more trashes than the sandbox's.
    let is_ours =
        |item: &Value| item["trash_dir"].as_str().is_some_and(|path| Path::new(path).starts_with(sandbox.root()));
    items.filter(is_ours).map(|item| one_listed(&item)).collect()
}

#[track_caller]
fn one_listed(item: &Value) -> Listed {
    let text = |key: &str| PathBuf::from(item[key].as_str().unwrap_or_else(|| panic!("no {key} in {item}")));
    let places = [text("trash_dir").join(text("id")), text("trash_dir").join("kept").join(text("id"))];
    let at = places.iter().find(|at| at.symlink_metadata().is_ok()).unwrap_or(&places[0]);
    let place = if is_envelope(at) { at.join("item") } else { at.clone() };
    assert!(place.symlink_metadata().is_ok(), "listed and not there: {item}");
    Listed { origin: text("original_path"), place }
}

/// Whether an entry of a trash directory is an envelope, by its name or as an older one is marked.
fn is_envelope(at: &Path) -> bool {
    let id = at.file_name().and_then(ItemId::from_name).expect("an item has an ID");
    match id.told() {
        Some(told) => matches!(told.shape, Shape::Envelope | Shape::RecordFile),
        None => at.join("attributes").exists() || matches!(xattr::get(at, "user.rrm_envelope"), Ok(Some(_))),
    }
}

/// Asserts that every thing is whole in exactly one place, which is in the trash under its origin or one of the places
/// in `live`, and that nothing else is in those places.
#[track_caller]
pub(super) fn assert_accounted(things: &[Thing], listed: &[Listed], live: &[PathBuf], allowed: Allowed) {
    let mut missing: Vec<&Thing> = things.iter().collect();
    let live = live.iter().filter(|path| path.symlink_metadata().is_ok());
    let places = listed.iter().map(|item| (&item.place, Some(&item.origin), Allowed::IN_TRASH));
    for (place, origin, allowed) in places.chain(live.map(|path| (path, None, allowed))) {
        let may_be = |thing: &&Thing| origin.is_none_or(|origin| *origin == thing.origin);
        let damages: Vec<(usize, String)> = missing
            .iter()
            .enumerate()
            .filter(|(_, thing)| may_be(thing))
            .map(|(at, thing)| (at, thing.damage(place, allowed)))
            .collect();
        let Some((at, _)) = damages.iter().find(|(_, damage)| damage.is_empty()) else {
            panic!("{} is nothing that was, or a second one of it:\n{damages:?}", place.display());
        };
        missing.remove(*at);
    }
    let missing: Vec<&PathBuf> = missing.iter().map(|thing| &thing.origin).collect();
    assert!(missing.is_empty(), "lost: {missing:?}\nlisted: {listed:?}");
}
