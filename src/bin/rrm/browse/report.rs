//! Reports of the threads, and what the state does with them.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use rrm::item::{ItemId, Keep, TrashItem};
use rrm::ops::Copying;
use rrm::ops::Returned;
use rrm::ops::clean::CleanPlan;
use rrm::ops::restore::Conflict;
use rrm::rules::retention::Fate;

use super::change::Undoable;
use super::entries::{ChangesMeanwhile, Entries};
use super::order::{Order, Restore};
use super::state::{Note, Preview, Question, State};
use crate::output::clean::{report as words_of, summary};
use crate::output::count;

/// A report of a thread.
#[derive(Debug)]
pub(super) enum Report {
    /// Some items, as they are found.
    Found(Entries),
    /// All items have been found; their fates.
    FoundAll(HashMap<ItemId, Fate>),
    /// All items, read again.
    Reloaded(Entries),
    /// Errors in words.
    Trouble(Vec<String>),
    /// Sizes of directories.
    Measured(HashMap<ItemId, Option<u64>>),
    Previewed(Preview),
    /// Progress of the current work.
    Progress(String),
    Restored(Restored),
    Kept(Kept),
    Planned(Box<CleanPlan>),
    Deleted(rrm::ops::clean::Cleaned, HashSet<ItemId>),
    /// Items that are back in the trash.
    TakenBack(Entries),
}

/// The result of a restore.
#[derive(Debug)]
pub(super) struct Restored {
    pub(super) asked: Restore,
    pub(super) back: Vec<Returned>,
    /// Items whose targets exist.
    pub(super) in_the_way: HashSet<ItemId>,
    /// Items that need consent, and why.
    pub(super) unagreed: Vec<(ItemId, String)>,
}

/// The result of keeping or releasing.
#[derive(Debug)]
pub(super) struct Kept {
    /// Items with their states before and after.
    pub(super) changed: Vec<(ItemId, Keep, Keep)>,
    /// Whether it can be undone; undoing itself cannot.
    pub(super) undoable: bool,
}

impl State {
    /// Applies a report; returns what to do next.
    pub(super) fn apply(&mut self, report: Report) -> Option<Order> {
        match report {
            Report::Found(entries) => {
                let entries = self.meanwhile.correct(entries);
                self.add(entries);
            }
            Report::FoundAll(fates) => {
                self.entries.fates.extend(fates);
                self.loaded();
            }
            Report::Reloaded(entries) => {
                let mut entries = self.meanwhile.correct(entries);
                entries.append(self.entries.only(&self.meanwhile.added));
                self.replace(entries);
            }
            Report::Trouble(words) => self.trouble(words),
            Report::Measured(sizes) => self.measured(&sizes),
            Report::Previewed(preview) => self.preview = Some(preview),
            Report::Progress(words) => self.work.doing = self.work.doing.is_some().then_some(words),
            Report::Restored(restored) => return self.restored(restored),
            Report::Kept(kept) => return self.kept(kept),
            Report::Planned(plan) => self.planned(plan),
            Report::Deleted(cleaned, gone) => {
                self.work.doing = None;
                self.remove(&gone);
                self.tell(Note::Done(words_of(&cleaned)));
            }
            Report::TakenBack(entries) => self.taken_back(entries),
        }
        None
    }

    fn trouble(&mut self, words: Vec<String>) {
        let more = words.len().saturating_sub(1);
        self.log.extend(words.iter().skip(1).cloned());
        if let Some(first) = words.into_iter().next() {
            let first = if more > 0 { format!("{first} (and {more} more: m)") } else { first };
            self.tell(Note::Trouble(first));
        }
    }

    fn measured(&mut self, sizes: &HashMap<ItemId, Option<u64>>) {
        self.work.to_measure = self.work.to_measure.saturating_sub(sizes.len());
        for item in &mut self.entries.items {
            item.size = item.size.or(sizes.get(&item.id).copied().flatten());
        }
        if self.wants_sizes() {
            self.refresh();
        }
    }

    fn loaded(&mut self) {
        self.work.loading = false;
        self.meanwhile = ChangesMeanwhile::default();
    }

    /// Reads the trash again, because another program changed it or something failed half-way.
    fn look_again(&self) -> Option<Order> {
        (!self.work.loading).then_some(Order::Reload)
    }

    fn restored(&mut self, restored: Restored) -> Option<Order> {
        self.work.doing = None;
        let Restored { asked, back, in_the_way, unagreed } = restored;
        let gone: HashSet<ItemId> = back.iter().map(|returned| returned.past.id).collect();
        self.remove(&gone);
        let all_told = gone.len() + in_the_way.len() + unagreed.len() == asked.ids.len();
        match &back[..] {
            [] => {}
            [one] => self.tell(Note::Done(format!("restored {}; u undoes it", self.shown_path(&one.path)))),
            all => self.tell(Note::Done(format!("restored {}; u undoes it", count(all.len() as u64, "item")))),
        }
        if !back.is_empty() {
            self.done.push(Undoable::Restored(back));
        }
        if !in_the_way.is_empty() {
            self.ask(beside(asked, in_the_way));
        } else if !unagreed.is_empty() {
            self.ask(copying(asked, unagreed));
        }
        if all_told { None } else { self.look_again() }
    }

    fn kept(&mut self, kept: Kept) -> Option<Order> {
        self.work.doing = None;
        if kept.changed.is_empty() {
            return self.look_again();
        }
        let now: HashMap<ItemId, Keep> = kept.changed.iter().map(|(id, _, now)| (*id, *now)).collect();
        for item in &mut self.entries.items {
            item.keep = now.get(&item.id).copied().unwrap_or(item.keep);
        }
        self.tell_fates(|item| now.contains_key(&item.id));
        let held = kept.changed.iter().filter(|(_, _, keep)| keep.holds(self.now)).count();
        let (number, verb) = if held > 0 { (held, "keeping") } else { (kept.changed.len(), "released") };
        let undo = if kept.undoable { "; u undoes it" } else { "" };
        self.tell(Note::Done(format!("{verb} {}{undo}", count(number as u64, "item"))));
        if kept.undoable {
            self.done.push(Undoable::Kept(kept.changed.into_iter().map(|(id, before, _)| (id, before)).collect()));
        }
        None
    }

    fn planned(&mut self, plan: Box<CleanPlan>) {
        self.work.doing = None;
        let sizes: HashMap<ItemId, u64> = plan.items.iter().filter_map(|item| Some((item.id, item.size?))).collect();
        for item in &mut self.entries.items {
            item.size = item.size.or(sizes.get(&item.id).copied());
        }
        if plan.items.is_empty() {
            return;
        }
        let mut lines = vec![format!("delete {} for good?", summary(&plan.items))];
        lines.extend(
            plan.items
                .iter()
                .take(3)
                .map(|item| format!("  {}", crate::output::origin(item, self.home.as_deref(), self.charset))),
        );
        if plan.items.len() > 3 {
            lines.push(format!("  and {} more", plan.items.len() - 3));
        }
        lines.push("This cannot be undone.".to_owned());
        self.ask(Question { lines, then: Some(Order::Delete(plan)) });
    }

    fn taken_back(&mut self, entries: Entries) {
        self.work.doing = None;
        let number = entries.len() as u64;
        let new: HashSet<ItemId> = entries.items.iter().map(|item| item.id).collect();
        self.meanwhile.added.extend(new.iter().filter(|_| self.work.loading));
        self.add(entries);
        self.tell_fates(|item| new.contains(&item.id));
        self.settle();
        if number > 0 {
            self.tell(Note::Done(format!("moved {} back to the trash", count(number, "item"))));
        }
    }

    /// The fates of items by their dates alone: versions and free space are known only after a full read.
    fn tell_fates(&mut self, which: impl Fn(&TrashItem) -> bool) {
        for item in self.entries.items.iter().filter(|item| which(item)) {
            let fates = self.standing.fates(std::slice::from_ref(item), &[], self.now);
            self.entries.fates.insert(item.id, fates.of(item));
        }
    }

    fn shown_path(&self, path: &Path) -> String {
        crate::output::path(path, self.home.as_deref(), self.charset)
    }
}

/// Asks before restoring beside existing files.
fn beside(asked: Restore, ids: HashSet<ItemId>) -> Question {
    let items = count(ids.len() as u64, "item");
    let lines = vec![
        format!("something already exists where {items} would go"),
        "Nothing is overwritten. Restore beside it, as name.~1~?".to_owned(),
    ];
    Question { lines, then: Some(Order::Restore(Restore { ids, conflict: Conflict::Rename, ..asked })) }
}

/// Asks before large or lossy copies.
fn copying(asked: Restore, unagreed: Vec<(ItemId, String)>) -> Question {
    let mut lines: Vec<String> = unagreed.iter().take(3).map(|(_, reason)| format!("  {reason}")).collect();
    if unagreed.len() > lines.len() {
        lines.push(format!("  and {} more", unagreed.len() - lines.len()));
    }
    lines.push("Restore anyway?".to_owned());
    let ids = unagreed.into_iter().map(|(id, _)| id).collect();
    Question { lines, then: Some(Order::Restore(Restore { ids, copying: Copying::Whatever, ..asked })) }
}

#[cfg(test)]
mod tests;
