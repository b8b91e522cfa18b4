//! The state of the screen, as a value: nothing here draws, waits or touches a file.

mod parts;

use std::cmp::Reverse;
use std::collections::HashSet;
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use rrm::item::{ItemId, TrashItem};
use rrm::rules::retention::Standing;
use rrm::text::Charset;
use tui_input::Input;

use super::arrange::Arrangement;
use super::change::Undoable;
use super::entries::{ChangesMeanwhile, Entries};
use super::query::Query;
use super::search::{Search, SearchState};
use crate::browse::arrange::Grouping;
use crate::options::SortKey;

pub(super) use parts::{Focus, Note, Overlay, Preview, Purpose, Question, Row, Side, Visibility, Work};

/// Whether the rows match the search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rows {
    Current,
    Stale,
}

#[derive(Debug)]
pub(super) struct State {
    pub(super) purpose: Purpose,
    pub(super) now: DateTime<Utc>,
    pub(super) home: Option<PathBuf>,
    /// The working directory.
    pub(super) here: PathBuf,
    /// The home trash, which is not named.
    pub(super) home_trash: PathBuf,
    pub(super) charset: Charset,
    /// The rules of clean.
    pub(super) standing: Standing,
    pub(super) entries: Entries,
    pub(super) arrangement: Arrangement,
    pub(super) search: Search,
    pub(super) rows: Vec<Row>,
    rows_are: Rows,
    pub(super) cursor: usize,
    /// The first visible row.
    pub(super) top: usize,
    /// The number of visible rows.
    pub(super) height: usize,
    pub(super) selected: HashSet<ItemId>,
    pub(super) filter: Input,
    pub(super) focus: Focus,
    pub(super) overlay: Option<Overlay>,
    /// Whether everything in front is visible, else the list.
    pub(super) visibility: Visibility,
    pub(super) side: Side,
    pub(super) preview: Option<Preview>,
    /// How far the preview is scrolled.
    pub(super) preview_top: usize,
    pub(super) work: Work,
    pub(super) meanwhile: ChangesMeanwhile,
    pub(super) note: Option<Note>,
    /// All messages, the latest last.
    pub(super) log: Vec<String>,
    /// Actions to undo, the latest last.
    pub(super) done: Vec<Undoable>,
}

impl State {
    pub(super) fn new(purpose: Purpose, now: DateTime<Utc>, sort: SortKey, grouping: Grouping) -> Self {
        Self {
            purpose,
            now,
            home: None,
            here: PathBuf::from("/"),
            home_trash: PathBuf::new(),
            charset: Charset::Utf8,
            standing: Standing::default(),
            entries: Entries::default(),
            arrangement: Arrangement::new(sort, grouping),
            search: Search::default(),
            rows: Vec::new(),
            rows_are: Rows::Stale,
            cursor: 0,
            top: 0,
            height: 1,
            selected: HashSet::new(),
            filter: Input::default(),
            focus: if purpose == Purpose::Choose { Focus::Filter } else { Focus::List },
            overlay: None,
            visibility: Visibility::Full,
            side: Side::Shown,
            preview: None,
            preview_top: 0,
            work: Work { loading: true, ..Work::default() },
            meanwhile: ChangesMeanwhile::default(),
            note: None,
            log: Vec::new(),
            done: Vec::new(),
        }
    }

    /// Appends items.
    pub(super) fn add(&mut self, more: Entries) {
        let from = self.entries.len();
        self.entries.append(more);
        self.arrangement.update(&self.entries.items);
        self.search.more(&self.entries, from);
        self.rows_are = Rows::Stale;
    }

    /// Replaces all items.
    pub(super) fn replace(&mut self, entries: Entries) {
        self.entries = entries;
        self.start_over();
        let there: HashSet<ItemId> = self.entries.items.iter().map(|item| item.id).collect();
        self.selected.retain(|id| there.contains(id));
    }

    /// Removes items that are no longer in the trash.
    pub(super) fn remove(&mut self, gone: &HashSet<ItemId>) {
        if gone.is_empty() {
            return;
        }
        self.meanwhile.removed.extend(gone.iter().filter(|_| self.work.loading));
        self.entries.remove(gone);
        self.selected.retain(|id| !gone.contains(id));
        self.start_over();
    }

    /// Sorts and searches again after items moved.
    fn start_over(&mut self) {
        self.rows.clear();
        self.refresh();
    }

    /// Sorts and searches again after something about the items changed.
    pub(super) fn refresh(&mut self) {
        self.arrangement.forget();
        self.arrangement.update(&self.entries.items);
        self.search.again(&self.entries);
        self.settle();
    }

    /// Starts a search, from the top.
    pub(super) fn look_for(&mut self, query: Query) {
        self.search.look_for(query, &self.entries);
        self.rows_are = Rows::Stale;
        (self.cursor, self.top) = (0, 0);
    }

    /// Searches on; shows the hits once all are found.
    pub(super) fn search_on(&mut self) -> SearchState {
        let search_state = self.search.step(&self.entries);
        if search_state == SearchState::Finished {
            self.build_rows();
        }
        search_state
    }

    /// Completes the search.
    pub(super) fn settle(&mut self) {
        while self.search_on() == SearchState::Running {}
    }

    /// Whether the search is not complete.
    pub(super) fn is_stale(&self) -> bool {
        self.rows_are == Rows::Stale
    }

    /// Makes the rows of the hits. The cursor follows its item, except at the top.
    pub(super) fn build_rows(&mut self) {
        let followed = self.current().map(|item| item.id).filter(|_| self.cursor > 0);
        let mut hits = self.search.hits().to_vec();
        hits.sort_unstable_by_key(|hit| {
            let (group, rank) = self.arrangement.place(hit.index);
            (group, Reverse(hit.score), rank)
        });
        self.rows_are = Rows::Current;
        self.rows.clear();
        let mut in_group = None;
        for hit in hits {
            let (group, _) = self.arrangement.place(hit.index);
            if self.arrangement.grouping != Grouping::None && in_group.replace(group) != Some(group) {
                self.rows.push(Row::Heading { first: hit.index, count: 0 });
            }
            self.rows.push(Row::Item(hit.index));
        }
        self.count_groups();
        let same = |row: &Row| matches!(row, Row::Item(index) if Some(self.entries.items[*index].id) == followed);
        self.cursor = followed.and_then(|_| self.rows.iter().position(same)).unwrap_or(self.cursor);
        self.keep_visible();
    }

    fn count_groups(&mut self) {
        let mut below = 0;
        for row in self.rows.iter_mut().rev() {
            match row {
                Row::Item(_) => below += 1,
                Row::Heading { count, .. } => *count = std::mem::take(&mut below),
            }
        }
    }

    /// Keeps the cursor on a row, and that row visible.
    pub(super) fn keep_visible(&mut self) {
        self.cursor = self.cursor.min(self.rows.len().saturating_sub(1));
        let last_top = self.rows.len().saturating_sub(self.height);
        let lowest = (self.cursor + 1).saturating_sub(self.height);
        self.top = self.top.clamp(lowest, self.cursor.max(lowest)).min(last_top);
    }

    /// The item under the cursor.
    pub(super) fn current(&self) -> Option<&TrashItem> {
        match self.rows.get(self.cursor)? {
            Row::Item(index) => self.entries.items.get(*index),
            Row::Heading { .. } => None,
        }
    }

    /// The items of a row: one, or those of a group.
    pub(super) fn items_of(&self, row: usize) -> impl Iterator<Item = &TrashItem> {
        let rows = match self.rows.get(row) {
            Some(Row::Heading { count, .. }) => row + 1..row + 1 + count,
            Some(Row::Item(_)) => row..row + 1,
            None => 0..0,
        };
        self.rows[rows].iter().filter_map(|row| match row {
            Row::Item(index) => self.entries.items.get(*index),
            Row::Heading { .. } => None,
        })
    }

    /// The items of an action: the selected ones, or those under the cursor.
    pub(super) fn targets(&self) -> Vec<&TrashItem> {
        if self.selected.is_empty() {
            return self.items_of(self.cursor).collect();
        }
        self.entries.items.iter().filter(|item| self.selected.contains(&item.id)).collect()
    }

    /// Whether the order or the filter needs sizes of directories.
    pub(super) fn wants_sizes(&self) -> bool {
        self.arrangement.key == SortKey::Size || self.search.asks_for_size()
    }

    /// How many selected items are filtered out.
    pub(super) fn hidden(&self) -> usize {
        let shown = |row: &&Row| matches!(row, Row::Item(index) if self.entries.items.get(*index).is_some_and(|item| self.selected.contains(&item.id)));
        self.selected.len().saturating_sub(self.rows.iter().filter(shown).count())
    }

    /// Whether a visible line is being edited.
    pub(super) fn is_typing(&self) -> bool {
        let line = matches!((&self.overlay, self.focus), (Some(Overlay::Directory(_)), _) | (None, Focus::Filter));
        line && self.visibility == Visibility::Full
    }

    /// Asks a question. It must be visible before any key answers it.
    pub(super) fn ask(&mut self, question: Question) {
        self.overlay = Some(Overlay::Question(question));
        self.visibility = Visibility::Hidden;
    }

    /// Shows a message and keeps it.
    pub(super) fn tell(&mut self, note: Note) {
        let (Note::Done(text) | Note::Trouble(text)) = &note;
        self.log.push(text.clone());
        self.note = Some(note);
    }
}
