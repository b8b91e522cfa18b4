//! The model of a merge.

use std::path::{Path, PathBuf};

use super::steps::{Conflict, Grace};
use super::world::{Item, Mover, Node, Tree, World, join, take};

impl World {
    pub(super) fn can_merge(&self, at: usize, part: &Path, target: &Path) -> bool {
        let trashed = self.trash[at].tree.get(part);
        [trashed, self.live.get(target)].iter().all(|node| *node == Some(&Node::Directory))
    }

    /// Whether an undo passes over what a command has removed from here, because nothing of it would come back.
    pub(super) fn would_stay(&self, origin: &Path, command: u64, conflict: Conflict) -> bool {
        let is_it = |item: &&Item| item.command == command && item.by == Mover::Removal && item.origin == origin;
        let tree = || &self.trash.iter().find(is_it).expect("it was removed").tree;
        match conflict {
            Conflict::Skip => self.live.contains_key(origin),
            Conflict::Merge if !self.live.contains_key(origin) => false,
            Conflict::Merge => {
                let (back, left) = self.sorted_out(tree(), origin);
                back.is_empty() && !left.is_empty()
            }
            _ => false,
        }
    }

    /// Which parts of a tree come back to a target when they are merged there, and which have something in their way.
    fn sorted_out(&self, tree: &Tree, target: &Path) -> (Vec<PathBuf>, Vec<PathBuf>) {
        let (mut back, mut left): (Vec<PathBuf>, Vec<PathBuf>) = Default::default();
        for (part, node) in tree {
            if back.iter().chain(&left).any(|above| part.starts_with(above)) {
                continue;
            }
            match (node, self.live.get(&join(target, part))) {
                (_, None) => back.push(part.clone()),
                (Node::Directory, Some(Node::Directory)) => {}
                _ => left.push(part.clone()),
            }
        }
        (back, left)
    }

    /// Moves what is missing at the target there, and with a swap the rest as well. A directory that is empty by then
    /// is not listed any more.
    pub(super) fn merge(&mut self, at: usize, part: &Path, target: &Path, conflict: Conflict) {
        let mut tree = take(&mut self.trash[at].tree, part);
        let (mut back, left) = self.sorted_out(&tree, target);
        if conflict == Conflict::MergeSwap {
            for below in &left {
                self.remove(&join(target, below), Grace::Week, Mover::Swap);
            }
            back.extend(left);
        }
        for below in back {
            let moved = take(&mut tree, &below);
            let place = join(target, &below);
            self.live.extend(moved.into_iter().map(|(path, node)| (join(&place, &path), node)));
        }
        let is_shared = |path: &Path| self.live.get(&join(target, path)) == Some(&Node::Directory);
        let stays = |path: &Path, node: Node| node != Node::Directory || !is_shared(path);
        let holds = |known: &Path| tree.iter().any(|(path, node)| path.starts_with(known) && stays(path, *node));
        let rest = tree.iter().filter(|(path, _)| holds(path));
        let rest = rest.map(|(path, node)| (join(part, path), *node)).collect::<Tree>();
        self.trash[at].tree.extend(rest);
        self.trash.retain(|item| !item.tree.is_empty());
    }
}
