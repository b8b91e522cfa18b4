//! All items that are known, and what is shown and searched of them.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use rrm::item::{ItemId, TrashItem};
use rrm::rules::retention::Fate;
use rrm::text::Charset;

use crate::output::origin;

/// Items, each with its path as it may be written to a terminal. Their places do not change while items are added.
#[derive(Debug, Default)]
pub(super) struct Entries {
    pub(super) items: Vec<TrashItem>,
    texts: Vec<String>,
    /// What will become of each; not known before all items are.
    pub(super) fates: HashMap<ItemId, Fate>,
}

impl Entries {
    pub(super) fn new(items: Vec<TrashItem>, home: Option<&Path>, charset: Charset) -> Self {
        let texts = items.iter().map(|item| origin(item, home, charset)).collect();
        Self { items, texts, fates: HashMap::new() }
    }

    pub(super) fn len(&self) -> usize {
        self.items.len()
    }

    pub(super) fn text(&self, index: usize) -> &str {
        &self.texts[index]
    }

    pub(super) fn fate(&self, index: usize) -> Option<&Fate> {
        self.fates.get(&self.items[index].id)
    }

    /// Adds others at the end.
    pub(super) fn append(&mut self, mut more: Self) {
        self.items.append(&mut more.items);
        self.texts.append(&mut more.texts);
        self.fates.extend(more.fates);
    }

    /// Leaves out items that are gone. The places of all others change.
    pub(super) fn remove(&mut self, gone: &HashSet<ItemId>) {
        let stays: Vec<bool> = self.items.iter().map(|item| !gone.contains(&item.id)).collect();
        let mut stay = stays.iter();
        self.texts.retain(|_| stay.next().is_some_and(|stays| *stays));
        self.items.retain(|item| !gone.contains(&item.id));
    }

    /// Copies of those of these.
    pub(super) fn only(&self, ids: &HashSet<ItemId>) -> Self {
        let mut only = Self::default();
        for (item, text) in self.items.iter().zip(&self.texts).filter(|(item, _)| ids.contains(&item.id)) {
            only.items.push(item.clone());
            only.texts.push(text.clone());
            only.fates.extend(self.fates.get(&item.id).map(|fate| (item.id, *fate)));
        }
        only
    }
}

/// What we did to the trash while it was read: what the reading says of these may be older than what we know.
#[derive(Debug, Default)]
pub(super) struct ChangesMeanwhile {
    pub(super) added: HashSet<ItemId>,
    pub(super) removed: HashSet<ItemId>,
}

impl ChangesMeanwhile {
    /// What was read, without what we know better.
    pub(super) fn correct(&self, mut read: Entries) -> Entries {
        if !(self.added.is_empty() && self.removed.is_empty()) {
            read.remove(&self.added);
            read.remove(&self.removed);
        }
        read
    }
}
