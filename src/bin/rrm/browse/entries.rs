//! The known items, with the texts that are shown and searched.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use rrm::item::{ItemId, TrashItem};
use rrm::rules::retention::Fate;
use rrm::text::Charset;

use crate::output::origin;

/// Items with their escaped paths. Adding items keeps the positions of others.
#[derive(Debug, Default)]
pub(super) struct Entries {
    pub(super) items: Vec<TrashItem>,
    texts: Vec<String>,
    /// The fates, known once all items are.
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

    /// Appends other items.
    pub(super) fn append(&mut self, mut more: Self) {
        self.items.append(&mut more.items);
        self.texts.append(&mut more.texts);
        self.fates.extend(more.fates);
    }

    /// Removes items, which moves the others.
    pub(super) fn remove(&mut self, gone: &HashSet<ItemId>) {
        let stays: Vec<bool> = self.items.iter().map(|item| !gone.contains(&item.id)).collect();
        let mut stay = stays.iter();
        self.texts.retain(|_| stay.next().is_some_and(|stays| *stays));
        self.items.retain(|item| !gone.contains(&item.id));
    }

    /// A copy with only these items.
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

/// Changes made while the trash was being read; the read items may be older.
#[derive(Debug, Default)]
pub(super) struct ChangesMeanwhile {
    pub(super) added: HashSet<ItemId>,
    pub(super) removed: HashSet<ItemId>,
}

impl ChangesMeanwhile {
    /// Removes outdated items from what was read.
    pub(super) fn correct(&self, mut read: Entries) -> Entries {
        if !(self.added.is_empty() && self.removed.is_empty()) {
            read.remove(&self.added);
            read.remove(&self.removed);
        }
        read
    }
}
