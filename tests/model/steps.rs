//! What may happen, chosen at random from a small world, so that things often meet.

use std::path::PathBuf;

use proptest::prelude::*;
use proptest::sample::Index;

/// One thing that happens.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// A person makes a file, a directory or a link, if nothing is there and its parent is a directory.
    Make(PathBuf, Made),
    /// A person makes some of what an item holds anew, at its place.
    MakeAgain(Which),
    /// A person overwrites a file.
    Write(PathBuf),
    Remove(Vec<PathBuf>, Grace),
    /// Restores by path: an item, or a part of one.
    Restore(PathBuf, Conflict),
    /// Restores one item of those in the trash, perhaps to another directory.
    RestoreItem(Which, Option<PathBuf>, Conflict),
    Undo(Conflict),
    CleanExpired,
    CleanItem(Which),
    CleanAll,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Made {
    File,
    Directory,
    /// A directory with another in it, and files in both.
    Tree,
    Link,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Grace {
    /// Expired at once.
    None,
    Week,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Conflict {
    Fail,
    Skip,
    Rename,
    Swap,
    Merge,
    MergeSwap,
}

impl Conflict {
    const ALL: [Self; 6] = [Self::Fail, Self::Skip, Self::Rename, Self::Swap, Self::Merge, Self::MergeSwap];
}

/// An item: any one, and once the trash is known, the one with this ID.
#[derive(Clone, Debug)]
pub(super) enum Which {
    Any(Index),
    Id(String),
}

/// A path of up to three of two names, mostly a short one: few enough that the same ones come again and again.
fn path() -> impl Strategy<Value = PathBuf> {
    let name = || prop::sample::select(vec!["a", "b"]);
    let path = |depth| prop::collection::vec(name(), depth).prop_map(|names| names.iter().collect());
    prop_oneof![3 => path(1), 3 => path(2), 1 => path(3)]
}

fn conflict() -> impl Strategy<Value = Conflict> {
    prop::sample::select(Conflict::ALL.to_vec())
}

fn which() -> impl Strategy<Value = Which> {
    any::<Index>().prop_map(Which::Any)
}

/// Some steps: mostly one, at times those that make a merge of something.
pub(super) fn some_steps() -> impl Strategy<Value = Vec<Step>> {
    let merge = prop::sample::select(vec![Conflict::Merge, Conflict::MergeSwap]);
    let torn = (path(), which(), merge).prop_map(|(path, which, conflict)| {
        let removed = Step::Remove(vec![path.clone()], Grace::Week);
        let restored = Step::Restore(path.clone(), conflict);
        vec![Step::Make(path, Made::Tree), removed, Step::MakeAgain(which), restored]
    });
    prop_oneof![12 => any_step().prop_map(|step| vec![step]), 1 => torn]
}

/// Things are made often enough for the rest to have something to meet.
fn any_step() -> impl Strategy<Value = Step> {
    let made = prop::sample::select(vec![Made::File, Made::File, Made::Directory, Made::Tree, Made::Tree, Made::Link]);
    let grace = prop::sample::select(vec![Grace::None, Grace::Week]);
    prop_oneof![
        16 => (path(), made).prop_map(|(path, made)| Step::Make(path, made)),
        1 => path().prop_map(Step::Write),
        1 => which().prop_map(Step::MakeAgain),
        6 => (prop::collection::vec(path(), 1..=4), grace).prop_map(|(paths, grace)| Step::Remove(paths, grace)),
        5 => (path(), conflict()).prop_map(|(path, conflict)| Step::Restore(path, conflict)),
        3 => (which(), prop::option::of(path()), conflict())
            .prop_map(|(which, to, conflict)| Step::RestoreItem(which, to, conflict)),
        2 => conflict().prop_map(Step::Undo),
        1 => Just(Step::CleanExpired),
        1 => which().prop_map(Step::CleanItem),
        1 => Just(Step::CleanAll),
    ]
}
