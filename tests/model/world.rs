//! The model: what a person made, where it is, and what is in the trash.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use super::drivers::Listed;
use super::steps::{Conflict, Grace, Made, Step, Which};
use crate::common::Sandbox;

/// What is at a path. No two files or links are ever made with the same number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Node {
    File(u64),
    Link(u64),
    Directory,
}

/// Paths below a top, which itself is the empty path.
pub(super) type Tree = BTreeMap<PathBuf, Node>;

#[derive(Debug)]
pub(super) struct Item {
    /// Known once the list has told it.
    id: Option<String>,
    pub(super) origin: PathBuf,
    pub(super) tree: Tree,
    /// Which command removed it.
    pub(super) command: u64,
    grace: Grace,
    pub(super) by: Mover,
}

/// What moved something to the trash. Undo is asked for removals only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mover {
    Removal,
    Swap,
}

pub(super) struct World {
    root: PathBuf,
    pub(super) live: Tree,
    pub(super) trash: Vec<Item>,
    commands: u64,
    made: u64,
    /// The numbers that nobody deleted or overwrote.
    kept: BTreeSet<u64>,
}

impl World {
    pub(super) fn new(root: PathBuf) -> Self {
        let live = Tree::from([(PathBuf::new(), Node::Directory)]);
        Self { root, live, trash: Vec::new(), commands: 0, made: 0, kept: BTreeSet::new() }
    }

    /// The step with its choice of an item made. Where a path is in two directories that one command removed, either
    /// may be meant; such a step is left out.
    pub(super) fn settle(&self, step: &Step) -> Step {
        let settled = |which: &Which| match which {
            Which::Any(index) if !self.trash.is_empty() => {
                Which::Id(index.get(&self.trash).id.clone().expect("every item was listed"))
            }
            _ => Which::Id("ffffffff-ffff-4fff-bfff-ffffffffffff".to_owned()),
        };
        match step {
            Step::CleanItem(which) => Step::CleanItem(settled(which)),
            Step::MakeAgain(which) => Step::MakeAgain(settled(which)),
            Step::RestoreItem(which, to, conflict) => Step::RestoreItem(settled(which), to.clone(), *conflict),
            Step::Remove(paths, grace) => {
                Step::Remove(paths.iter().map(|path| self.mostly_live(path)).collect(), *grace)
            }
            Step::Restore(_, conflict @ (Conflict::Merge | Conflict::MergeSwap)) if let Some(torn) = self.torn() => {
                Step::RestoreItem(torn, None, *conflict)
            }
            Step::Restore(path, conflict) => match self.mostly_trashed(path) {
                path if self.is_ambiguous(&path) => Step::CleanExpired,
                path => Step::Restore(path, *conflict),
            },
            other => other.clone(),
        }
    }

    /// The largest directory in the trash with another at its place.
    fn torn(&self) -> Option<Which> {
        let items = self.trash.iter().filter(|item| item.tree.len() > 1 && self.live.contains_key(&item.origin));
        items.max_by_key(|item| item.tree.len()).and_then(|item| item.id.clone()).map(Which::Id)
    }

    /// The path, or where nothing is there, mostly one where something is: else too many steps would do nothing.
    fn mostly_live(&self, path: &Path) -> PathBuf {
        let all: Vec<PathBuf> = self.live.keys().skip(1).cloned().collect();
        self.mostly(path, self.live.contains_key(path), &all)
    }

    /// The same with what is in the trash, parts of directories included.
    fn mostly_trashed(&self, path: &Path) -> PathBuf {
        let paths = |item: &Item| item.tree.keys().map(|part| join(&item.origin, part)).collect::<Vec<_>>();
        let all: Vec<PathBuf> = self.trash.iter().flat_map(paths).collect();
        self.mostly(path, !self.holders(path).is_empty(), &all)
    }

    fn mostly(&self, path: &Path, is_there: bool, all: &[PathBuf]) -> PathBuf {
        let turn = usize::try_from(self.commands).expect("few commands");
        if is_there || all.is_empty() || turn.is_multiple_of(5) {
            return path.to_owned();
        }
        all[(turn + path.as_os_str().len()) % all.len()].clone()
    }

    fn is_ambiguous(&self, path: &Path) -> bool {
        let holders = self.holders(path);
        holders.iter().any(|a| holders.iter().any(|b| a != b && self.trash[*a].command == self.trash[*b].command))
    }

    pub(super) fn apply(&mut self, step: &Step) {
        self.commands += 1;
        match step {
            Step::Make(path, made) => self.make(path, *made),
            Step::MakeAgain(which) => self.make_again(which),
            Step::Write(path) => self.write(path),
            Step::Remove(paths, grace) => {
                for path in paths.iter().filter(|path| !path.as_os_str().is_empty()) {
                    self.remove(path, *grace, Mover::Removal);
                }
            }
            Step::Restore(path, conflict) => self.restore_path(path, *conflict),
            Step::RestoreItem(which, to, conflict) => self.restore_item(which, to.as_deref(), *conflict),
            Step::Undo(conflict) => self.undo(*conflict),
            Step::CleanExpired => self.purge(|item| item.grace == Grace::None),
            Step::CleanItem(Which::Id(id)) => self.purge(|item| item.id.as_ref() == Some(id)),
            Step::CleanItem(Which::Any(_)) => unreachable!("the step was settled"),
            Step::CleanAll => self.purge(|_| true),
        }
    }

    fn make(&mut self, path: &Path, made: Made) {
        self.make_one(path, made);
        if made == Made::Tree && self.live.get(path) == Some(&Node::Directory) {
            let below = [("a", Made::File), ("b", Made::Directory), ("b/a", Made::File), ("b/b", Made::Link)];
            below.iter().for_each(|(name, made)| self.make_one(&path.join(name), *made));
        }
    }

    fn make_one(&mut self, path: &Path, made: Made) {
        let parent = path.parent().expect("a path of the model has a name");
        if self.live.contains_key(path) || self.live.get(parent) != Some(&Node::Directory) {
            return;
        }
        let (number, place) = (self.made, self.root.join(path));
        self.made += 1;
        let node = match made {
            Made::File => fs::write(place, content(number)).map(|()| Node::File(number)),
            Made::Link => symlink(content(number), place).map(|()| Node::Link(number)),
            Made::Directory | Made::Tree => fs::create_dir(place).map(|()| Node::Directory),
        };
        let node = node.expect("the place is free");
        if node != Node::Directory {
            self.kept.insert(number);
        }
        self.live.insert(path.to_owned(), node);
    }

    /// Makes two of three things that an item holds anew, at their places; a link as a file.
    fn make_again(&mut self, which: &Which) {
        let Some(item) = self.item(which) else { return };
        let nodes: Vec<_> = item.tree.iter().map(|(part, node)| (join(&item.origin, part), *node)).collect();
        let turn = usize::try_from(self.commands).expect("few commands");
        let skips = |at: usize| at > 0 && (at + turn).is_multiple_of(3);
        for (_, (path, node)) in nodes.into_iter().enumerate().filter(|(at, _)| !skips(*at)) {
            self.make(&path, if node == Node::Directory { Made::Directory } else { Made::File });
        }
    }

    fn item(&self, which: &Which) -> Option<&Item> {
        let Which::Id(id) = which else { unreachable!("the step was settled") };
        self.trash.iter().find(|item| item.id.as_ref() == Some(id))
    }

    fn write(&mut self, path: &Path) {
        if let Some(Node::File(number)) = self.live.get_mut(path) {
            self.kept.remove(number);
            *number = self.made;
            self.made += 1;
            self.kept.insert(*number);
            fs::write(self.root.join(path), content(*number)).expect("the file can be written");
        }
    }

    pub(super) fn remove(&mut self, path: &Path, grace: Grace, by: Mover) {
        if !self.live.contains_key(path) {
            return;
        }
        let tree = take(&mut self.live, path);
        let (origin, command) = (path.to_owned(), self.commands);
        self.trash.push(Item { id: None, origin, tree, command, grace, by });
    }

    /// The items that a path means, or the ones it is inside of.
    fn holders(&self, path: &Path) -> Vec<usize> {
        let all = || 0..self.trash.len();
        let exact: Vec<usize> = all().filter(|at| self.trash[*at].origin == path).collect();
        let holds = |at: &usize| {
            let item = &self.trash[*at];
            path.strip_prefix(&item.origin).is_ok_and(|part| item.tree.contains_key(part))
        };
        if exact.is_empty() { all().filter(holds).collect() } else { exact }
    }

    fn restore_path(&mut self, path: &Path, conflict: Conflict) {
        let Some(at) = self.holders(path).into_iter().max_by_key(|at| self.trash[*at].command) else { return };
        if self.trash[at].origin == path {
            return self.restore(at, Path::new(""), path, conflict);
        }
        let part = path.strip_prefix(&self.trash[at].origin).expect("it is a holder").to_owned();
        self.restore(at, &part, path, conflict);
    }

    fn restore_item(&mut self, which: &Which, to: Option<&Path>, conflict: Conflict) {
        let Which::Id(id) = which else { unreachable!("the step was settled") };
        let Some(at) = self.trash.iter().position(|item| item.id.as_ref() == Some(id)) else { return };
        let origin = self.trash[at].origin.clone();
        let name = origin.file_name().expect("an item has a name");
        self.restore(at, Path::new(""), &to.map_or(origin.clone(), |to| to.join(name)), conflict);
    }

    /// The last removal; with the one before it, if all of it is skipped.
    fn undo(&mut self, conflict: Conflict) {
        let removals = || self.trash.iter().filter(|item| item.by == Mover::Removal);
        let commands: BTreeSet<u64> = removals().map(|item| item.command).collect();
        let mut meant: Vec<(PathBuf, u64)> = Vec::new();
        for command in commands.into_iter().rev() {
            let batch = removals().filter(|item| item.command == command).map(|item| item.origin.clone());
            let batch: Vec<PathBuf> = batch.collect();
            let is_left = batch.iter().all(|origin| self.would_stay(origin, command, conflict));
            meant.extend(batch.into_iter().map(|origin| (origin, command)));
            if !is_left {
                break;
            }
        }
        meant.sort_by(|(a, _), (b, _)| a.cmp(b));
        for (origin, command) in meant {
            let is_it = |item: &Item| item.command == command && item.by == Mover::Removal && item.origin == origin;
            let at = self.trash.iter().position(is_it).expect("one path is removed once by one command");
            self.restore(at, Path::new(""), &origin, conflict);
        }
    }

    /// Moves an item, or a part of one, to a path, as far as what is there allows.
    fn restore(&mut self, at: usize, part: &Path, target: &Path, conflict: Conflict) {
        let above: Vec<PathBuf> = target.ancestors().skip(1).map(Path::to_owned).collect();
        if above.iter().any(|path| self.live.get(path).is_some_and(|node| *node != Node::Directory)) {
            return;
        }
        let mut target = target.to_owned();
        if self.live.contains_key(&target) {
            match conflict {
                Conflict::Rename => target = self.free_name(&target),
                Conflict::Merge | Conflict::MergeSwap if self.can_merge(at, part, &target) => {
                    return self.merge(at, part, &target, conflict);
                }
                Conflict::Fail | Conflict::Skip | Conflict::Merge => return,
                Conflict::Swap | Conflict::MergeSwap => self.remove(&target, Grace::Week, Mover::Swap),
            }
        }
        for path in above {
            self.live.insert(path, Node::Directory);
        }
        let tree = take(&mut self.trash[at].tree, part);
        self.live.extend(tree.into_iter().map(|(path, node)| (join(&target, &path), node)));
        self.trash.retain(|item| !item.tree.is_empty());
    }

    fn free_name(&self, target: &Path) -> PathBuf {
        let numbered = |number| PathBuf::from(format!("{}.~{number}~", target.display()));
        (1..10_000).map(numbered).find(|path| !self.live.contains_key(path)).expect("some number is free")
    }

    fn purge(&mut self, which: impl Fn(&Item) -> bool) {
        for item in self.trash.extract_if(.., |item| which(item)) {
            for number in numbers(&item.tree) {
                self.kept.remove(&number);
            }
        }
    }

    /// A person gives all directories the same mode: a restore makes some closed, and a merge leaves what has another.
    fn open_directories(&self) {
        let directories = self.live.iter().filter(|(_, node)| **node == Node::Directory);
        for (path, _) in directories {
            fs::set_permissions(self.root.join(path), Permissions::from_mode(0o755)).expect("it is ours");
        }
    }

    /// Asserts that the disk and the list are what the model says, and learns the IDs of new items.
    pub(super) fn compare(&mut self, sandbox: &Sandbox, listed: &[Listed], step: &Step) {
        assert_eq!(walk(&sandbox.work()), self.live, "what is live after {step:?}");
        self.open_directories();
        let mut expected: Vec<&mut Item> = self.trash.iter_mut().collect();
        for found in listed {
            let tree = walk(&found.place);
            let is_known = expected.iter().any(|item| item.id.as_ref() == Some(&found.id));
            let is_it = |item: &&mut Item| {
                item.id.as_ref() == is_known.then_some(&found.id)
                    && self.root.join(&item.origin) == found.origin
                    && item.tree == tree
            };
            let Some(at) = expected.iter().position(is_it) else {
                panic!("listed after {step:?} and not in the model: {found:?} {tree:?}\nleft: {expected:?}");
            };
            expected.swap_remove(at).id = Some(found.id.clone());
        }
        assert!(expected.is_empty(), "not listed after {step:?}: {expected:?}");
        let trees = self.trash.iter().map(|item| &item.tree).chain([&self.live]);
        let all: Vec<u64> = trees.flat_map(numbers).collect();
        assert_eq!(all.len(), self.kept.len(), "something is in two places after {step:?}");
        assert_eq!(all.into_iter().collect::<BTreeSet<_>>(), self.kept, "something is lost after {step:?}");
    }
}

/// Takes what is at and below a path out of a tree.
pub(super) fn take(tree: &mut Tree, path: &Path) -> Tree {
    let taken = tree.extract_if(.., |known, _| known.starts_with(path));
    taken.map(|(known, node)| (known.strip_prefix(path).expect("it is below").to_owned(), node)).collect()
}

/// Without the slash at the end that an empty path would bring.
pub(super) fn join(top: &Path, path: &Path) -> PathBuf {
    if path.as_os_str().is_empty() { top.to_owned() } else { top.join(path) }
}

fn numbers(tree: &Tree) -> impl Iterator<Item = u64> {
    tree.values().filter_map(|node| match node {
        Node::File(number) | Node::Link(number) => Some(*number),
        Node::Directory => None,
    })
}

fn content(number: u64) -> String {
    format!("thing-{number}")
}

fn number(content: &str) -> u64 {
    content.strip_prefix("thing-").and_then(|digits| digits.parse().ok()).expect("a content that was made")
}

/// What is on disk at and below a path.
fn walk(top: &Path) -> Tree {
    let mut tree = Tree::new();
    let mut waiting = vec![PathBuf::new()];
    while let Some(path) = waiting.pop() {
        let place = join(top, &path);
        let kind = place.symlink_metadata().expect("what is listed is there").file_type();
        let node = if kind.is_symlink() {
            Node::Link(number(&fs::read_link(&place).expect("a link").to_string_lossy()))
        } else if kind.is_dir() {
            let entries = fs::read_dir(&place).expect("a directory");
            waiting.extend(entries.map(|entry| path.join(entry.expect("an entry").file_name())));
            Node::Directory
        } else {
            Node::File(number(&fs::read_to_string(&place).expect("a file")))
        };
        tree.insert(path, node);
    }
    tree
}
