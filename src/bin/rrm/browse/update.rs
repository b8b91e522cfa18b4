//! Actions on the state, and the orders that they give.

use std::collections::HashSet;

use rrm::item::{ItemId, Keep};
use rrm::rules::selection::absolute;
use tui_input::{Input, InputRequest};

use super::action::{Action, Motion};
use super::arrange::Direction;
use super::order::{Order, Restore};
use super::query::expand_home;
use super::state::{Focus, Note, Overlay, Purpose, Row, Side, State};
use crate::browse::arrange::Grouping;
use crate::options::SortKey;
use crate::output::count;

const SORTS: [SortKey; 5] = [SortKey::Removed, SortKey::Path, SortKey::Size, SortKey::Expires, SortKey::Kind];
const GROUPINGS: [Grouping; 4] = [Grouping::None, Grouping::Command, Grouping::Directory, Grouping::Day];

impl State {
    /// Applies an action; returns an order for the event loop.
    pub(super) fn act(&mut self, action: Action) -> Option<Order> {
        if action != Action::Redraw && self.overlay.is_none() {
            self.note = None;
        }
        match action {
            Action::Move(motion) => self.move_cursor(motion),
            Action::Toggle => self.toggle(),
            Action::SelectAll => self.select_shown(),
            Action::SelectNone => self.selected.clear(),
            Action::Invert => self.invert(),
            Action::Focus(focus) => self.focus = focus,
            Action::Type(edit) => return self.type_in(edit),
            Action::Back => return self.back(),
            Action::NextSort => self.arrange_by(next(&SORTS, self.arrangement.key), self.arrangement.grouping),
            Action::NextGrouping => self.arrange_by(self.arrangement.key, next(&GROUPINGS, self.arrangement.grouping)),
            Action::ReverseSort => self.reverse(),
            Action::ToggleSide => self.side = if self.side == Side::Shown { Side::Hidden } else { Side::Shown },
            Action::ScrollPreview(motion) => self.scroll_preview(motion),
            Action::Accept => return self.accept(),
            Action::Help => self.overlay = Some(Overlay::Help),
            Action::Messages => self.overlay = Some(Overlay::Messages),
            Action::Yes => return self.answer_yes(),
            Action::No => self.overlay = None,
            Action::Suspend => return Some(Order::Suspend),
            Action::Redraw => return Some(Order::Redraw),
            Action::Leave => return Some(Order::Leave),
            Action::Reload => return Some(Order::Reload).filter(|_| !self.work.loading),
            Action::Restore | Action::RestoreElsewhere | Action::ToggleKeep | Action::Delete | Action::Undo => {
                return self.begin(action);
            }
        }
        None
    }

    fn move_cursor(&mut self, motion: Motion) {
        let last = self.rows.len().saturating_sub(1);
        let page = self.height.saturating_sub(1).max(1);
        self.cursor = match motion {
            Motion::Up => self.cursor.saturating_sub(1),
            Motion::Down => self.cursor + 1,
            Motion::PageUp => self.cursor.saturating_sub(page),
            Motion::PageDown => self.cursor + page,
            Motion::First => 0,
            Motion::Last => last,
        };
        self.preview_top = 0;
        self.keep_visible();
    }

    /// Selects a row or a group and moves on.
    fn toggle(&mut self) {
        let ids: Vec<ItemId> = self.items_of(self.cursor).map(|item| item.id).collect();
        if ids.iter().all(|id| self.selected.contains(id)) {
            for id in &ids {
                self.selected.remove(id);
            }
        } else {
            self.selected.extend(ids);
        }
        self.move_cursor(Motion::Down);
    }

    fn shown(&self) -> impl Iterator<Item = ItemId> {
        self.rows.iter().filter_map(|row| match row {
            Row::Item(index) => self.entries.items.get(*index).map(|item| item.id),
            Row::Heading { .. } => None,
        })
    }

    fn select_shown(&mut self) {
        let shown: Vec<ItemId> = self.shown().collect();
        self.selected.extend(shown);
    }

    fn invert(&mut self) {
        let shown: HashSet<ItemId> = self.shown().collect();
        self.selected = self.selected.symmetric_difference(&shown).copied().collect();
    }

    fn type_in(&mut self, edit: InputRequest) -> Option<Order> {
        if let Some(Overlay::Directory(line)) = &mut self.overlay {
            line.handle(edit);
            return None;
        }
        self.filter.handle(edit);
        Some(Order::Search)
    }

    /// Closes what is in front, else the filter, else the selection.
    fn back(&mut self) -> Option<Order> {
        match (self.overlay.take(), self.focus) {
            (Some(_), _) => {}
            (None, Focus::Filter) => self.focus = Focus::List,
            (None, Focus::List) if self.filter.value().is_empty() => self.selected.clear(),
            (None, Focus::List) => {
                self.filter = Input::default();
                return Some(Order::Search);
            }
        }
        None
    }

    fn arrange_by(&mut self, key: SortKey, grouping: Grouping) {
        (self.arrangement.key, self.arrangement.grouping) = (key, grouping);
        self.arrangement.direction = Direction::Natural;
        self.arranged();
    }

    fn reverse(&mut self) {
        self.arrangement.direction = match self.arrangement.direction {
            Direction::Natural => Direction::Reversed,
            Direction::Reversed => Direction::Natural,
        };
        self.arranged();
    }

    /// The hits stay the same in another order.
    fn arranged(&mut self) {
        self.arrangement.update(&self.entries.items);
        if !self.is_stale() {
            self.build_rows();
        }
    }

    fn scroll_preview(&mut self, motion: Motion) {
        let last = self.preview.as_ref().map_or(0, |preview| preview.lines.len().saturating_sub(1));
        self.preview_top = match motion {
            Motion::Up => self.preview_top.saturating_sub(1),
            _ => (self.preview_top + 1).min(last),
        };
    }

    fn accept(&mut self) -> Option<Order> {
        match (self.overlay.take(), self.purpose, self.focus) {
            (Some(Overlay::Directory(line)), ..) => self.restore_to(&line),
            (None, Purpose::Choose, _) => Some(self.ids()).filter(|ids| !ids.is_empty()).map(Order::Choose),
            (None, Purpose::Browse, Focus::Filter) => {
                self.focus = Focus::List;
                None
            }
            (None, Purpose::Browse, Focus::List) => self.begin(Action::Restore),
            (Some(_), ..) => None,
        }
    }

    fn restore_to(&mut self, line: &Input) -> Option<Order> {
        let typed = expand_home(line.value().trim(), self.home.as_deref());
        if typed.as_os_str().is_empty() {
            return None;
        }
        let ids = self.ids();
        self.work.doing = Some(format!("restoring {}", count(ids.len() as u64, "item")));
        Some(Order::Restore(Restore::new(ids, Some(absolute(&typed, &self.here)))))
    }

    fn ids(&self) -> HashSet<ItemId> {
        self.targets().into_iter().map(|item| item.id).collect()
    }

    fn answer_yes(&mut self) -> Option<Order> {
        let Some(Overlay::Question(question)) = self.overlay.take() else { return None };
        let order = question.then?;
        self.work.doing = Some(match &order {
            Order::Delete(plan) => format!("deleting {}", count(plan.items.len() as u64, "item")),
            Order::Restore(restore) => format!("restoring {}", count(restore.ids.len() as u64, "item")),
            _ => "working".to_owned(),
        });
        Some(order)
    }

    /// Starts work on items, one at a time.
    fn begin(&mut self, action: Action) -> Option<Order> {
        if let Some(doing) = &self.work.doing {
            self.note = Some(Note::Trouble(format!("still {doing}")));
            return None;
        }
        let ids = self.ids();
        let items = count(ids.len() as u64, "item");
        let (doing, order) = match action {
            Action::Undo => {
                let Some(change) = self.done.pop() else {
                    self.note = Some(Note::Trouble("nothing to undo: only changes made here can be undone".to_owned()));
                    return None;
                };
                (change.undoing(), change.undone())
            }
            _ if ids.is_empty() => return None,
            Action::RestoreElsewhere => {
                self.overlay = Some(Overlay::Directory(Input::default()));
                return None;
            }
            Action::ToggleKeep => self.keeping(),
            Action::Delete => (format!("looking at {items}"), Order::PlanDeletion(ids)),
            _ => (format!("restoring {items}"), Order::Restore(Restore::new(ids, None))),
        };
        self.work.doing = Some(doing);
        Some(order)
    }

    /// Keeps all items, or releases them if all are kept.
    fn keeping(&self) -> (String, Order) {
        let before: Vec<(ItemId, Keep)> = self.targets().into_iter().map(|item| (item.id, item.keep)).collect();
        let items = count(before.len() as u64, "item");
        match before.iter().all(|(_, keep)| keep.holds(self.now)) {
            true => (format!("releasing {items}"), Order::Keep(before, Keep::No)),
            false => (format!("keeping {items}"), Order::Keep(before, Keep::Forever)),
        }
    }
}

fn next<T: Copy + PartialEq>(all: &[T], current: T) -> T {
    let after = all.iter().position(|one| *one == current).map_or(0, |at| at + 1);
    all.get(after).or(all.first()).copied().unwrap_or(current)
}

#[cfg(test)]
mod tests;
