//! The event loop: draws, waits for events, carries out orders.

use std::collections::HashSet;
use std::io;
use std::sync::mpsc::{Receiver, TryRecvError};
use std::time::Duration;

use anyhow::Context as _;
use ratatui::crossterm::event::{Event as Input, KeyEventKind};
use rrm::item::{ItemId, ItemKind, Keep, TrashItem};
use rrm::ops::Copying;
use rrm::ops::clean::CleanOptions;
use rrm::ops::keep::KeepOptions;
use rrm::ops::list::Sizes;
use rrm::ops::restore::{Open, Restorable};
use rrm::rules::selection::{Selection, Term};
use signal_hook::consts::{SIGCONT, SIGHUP, SIGTSTP};

use tui_input::InputRequest;

use super::action::Action;
use super::input::action;
use super::order::Order;
use super::query::Query;
use super::screen::{Theme, draw};
use super::search::SearchState;
use super::state::{Note, State};
use super::terminal::Screen;
use super::work::{Event, Job, Shared, Workers};
use crate::context::Context;
use crate::env::now;

/// How often the ages are updated.
const CLOCK_INTERVAL: Duration = Duration::from_mins(1);

/// How the screen ended.
#[derive(Debug)]
pub(super) enum Ending {
    Left,
    /// Restore these items.
    Chosen(HashSet<ItemId>),
    Signal(i32),
    /// A thread panicked; its message has been printed.
    Panic,
}

pub(super) struct Picker {
    pub(super) context: Context,
    pub(super) state: State,
    pub(super) theme: Theme,
    pub(super) shared: Shared,
    pub(super) events: Receiver<Event>,
}

/// A picker that is running.
struct Running {
    picker: Picker,
    screen: Screen,
    workers: Workers,
    /// The item previewed last.
    previewed: Option<ItemId>,
    /// Items measured or queued.
    measured: HashSet<ItemId>,
    /// How to end once no work is half-done.
    leaving: Option<Ending>,
}

impl Picker {
    /// Runs until the screen ends, and then restores the terminal.
    pub(super) fn run(self) -> anyhow::Result<Ending> {
        let screen = Screen::enter().context("cannot use the terminal")?;
        let workers = Workers::start(self.shared.clone()).context("cannot start a thread")?;
        let mut running =
            Running { picker: self, screen, workers, previewed: None, measured: HashSet::new(), leaving: None };
        let ending = running.run_events()?;
        let Running { screen, mut workers, .. } = running;
        workers.leave_keys();
        drop(screen);
        if let Ending::Chosen(_) = ending {
            workers.finish();
        }
        Ok(ending)
    }
}

impl Running {
    fn run_events(&mut self) -> anyhow::Result<Ending> {
        loop {
            self.draw()?;
            self.preview()?;
            self.measure();
            if let Some(event) = self.next_event() {
                self.take(event)?;
            }
            while let Ok(event) = self.picker.events.try_recv() {
                self.take(event)?;
            }
            let may_leave = self.picker.state.work.doing.is_none();
            if let Some(ending) = self.leaving.take_if(|_| may_leave) {
                return Ok(ending);
            }
        }
    }

    /// A terminal that is gone must not leave work half-done.
    fn draw(&mut self) -> anyhow::Result<()> {
        let (state, theme) = (&mut self.picker.state, &self.picker.theme);
        match self.screen.draw(|frame| draw(frame, state, theme)) {
            Err(_) if rrm::sys::has_hung_up() => {
                if self.leaving.is_none() {
                    self.leave(Ending::Signal(SIGHUP));
                }
                Ok(())
            }
            drawn => drawn.context("cannot draw the screen"),
        }
    }

    /// Searches on until an event arrives or the search is complete.
    fn next_event(&mut self) -> Option<Event> {
        while self.picker.state.is_stale() {
            match self.picker.events.try_recv() {
                Ok(event) => return Some(event),
                Err(TryRecvError::Empty) if self.picker.state.search_on() == SearchState::Finished => return None,
                Err(TryRecvError::Empty) => {}
                Err(TryRecvError::Disconnected) => return Some(Event::NoTerminal),
            }
        }
        let event = self.picker.events.recv_timeout(CLOCK_INTERVAL).ok();
        let now = now();
        (self.picker.state.now, self.picker.context.now) = (now, now);
        event
    }

    fn take(&mut self, event: Event) -> anyhow::Result<()> {
        match event {
            Event::Key(input) => return self.take_input(input),
            Event::Report(report) => {
                if let Some(order) = self.picker.state.apply(report) {
                    return self.carry_out(order);
                }
            }
            Event::Signal(SIGTSTP) => return self.carry_out(Order::Suspend),
            Event::Signal(SIGCONT) => self.screen.resume().context("cannot use the terminal")?,
            Event::Signal(signal) => self.leave(Ending::Signal(signal)),
            Event::NoTerminal => self.leave(Ending::Signal(SIGHUP)),
            Event::Panic => {
                self.picker.state.work.doing = None;
                self.leave(Ending::Panic);
            }
        }
        Ok(())
    }

    fn take_input(&mut self, input: Input) -> anyhow::Result<()> {
        let orders: Vec<Order> = match input {
            Input::Key(key) if key.kind != KeyEventKind::Release => {
                let action = action(key, &self.picker.state);
                action.and_then(|action| self.picker.state.act(action)).into_iter().collect()
            }
            // Pasted text is never a command.
            Input::Paste(text) if self.picker.state.is_typing() => {
                // Line ends and tabs become spaces.
                let typed = text.trim_end().chars().map(|c| if c.is_whitespace() { ' ' } else { c });
                let typed = typed.filter(|c| !c.is_control());
                let orders = typed.filter_map(|c| self.picker.state.act(Action::Type(InputRequest::InsertChar(c))));
                orders.last().into_iter().collect()
            }
            _ => Vec::new(),
        };
        orders.into_iter().try_for_each(|order| self.carry_out(order))
    }

    /// Ends once the current item is complete; at the second request, at once.
    fn leave(&mut self, ending: Ending) {
        self.workers.stop();
        if self.leaving.replace(ending).is_some() {
            self.picker.state.work.doing = None;
        } else if let Some(doing) = &self.picker.state.work.doing {
            let words = format!("{doing}: stopping after the current item; press again to stop now");
            self.picker.state.note = Some(Note::Trouble(words));
        }
    }

    fn carry_out(&mut self, order: Order) -> anyhow::Result<()> {
        let context = &self.picker.context;
        match order {
            Order::Restore(asked) => {
                let what = Restorable::Selected(selection(asked.ids.clone()));
                let mut request = context.restore(what)?;
                request.destination.directory.clone_from(&asked.to);
                (request.conflict, request.copying) = (asked.conflict, asked.copying);
                if asked.copying == Copying::Whatever {
                    // The confirmed question showed where each item goes.
                    request.open = Open::Agreed;
                }
                self.workers.act(Job::Restore(asked, request));
            }
            Order::Keep(before, keep) => {
                self.workers.act(Job::Keep { requests: vec![keep_request(before, keep)], undoable: true });
            }
            Order::KeepAsBefore(before) => {
                self.workers.act(Job::Keep { requests: as_before(before), undoable: false });
            }
            Order::PlanDeletion(ids) => self.workers.act(Job::Plan(clean_request(context, ids)?)),
            Order::Delete(plan) => self.workers.act(Job::Delete(plan)),
            Order::TakeBack(back) => self.workers.act(Job::TakeBack(back, context.take_back()?)),
            Order::Reload => {
                self.picker.state.work.loading = true;
                self.measured.clear();
                self.workers.reload().context("cannot start a thread")?;
            }
            Order::Search => {
                let query = Query::read(self.picker.state.filter.value(), context);
                self.picker.state.look_for(query);
            }
            Order::Suspend => self.suspend().context("cannot use the terminal")?,
            Order::Redraw => self.screen.forget().context("cannot draw the screen")?,
            Order::Leave => self.leave(Ending::Left),
            Order::Choose(ids) => self.leave(Ending::Chosen(ids)),
        }
        Ok(())
    }

    /// While suspended, input is not for this program.
    fn suspend(&mut self) -> io::Result<()> {
        if !rrm::sys::has_job_control() {
            self.picker.state.note = Some(Note::Trouble("cannot suspend: there is no shell to return to".to_owned()));
            return Ok(());
        }
        self.workers.leave_keys();
        self.screen.suspend()?;
        self.workers.take_keys()
    }

    /// Requests a preview of the item under the cursor.
    fn preview(&mut self) -> anyhow::Result<()> {
        let current = self.picker.state.current();
        if self.previewed == current.map(|item| item.id) {
            return Ok(());
        }
        self.previewed = current.map(|item| item.id);
        current.map_or(Ok(()), |item| self.workers.preview(item)).context("cannot start a thread")
    }

    /// Requests sizes of directories if needed.
    fn measure(&mut self) {
        if !self.picker.state.wants_sizes() || self.picker.state.work.loading {
            return;
        }
        let unknown = |item: &&TrashItem| item.size.is_none() && item.kind == ItemKind::Directory;
        let items = self.picker.state.entries.items.iter().filter(unknown);
        let new: Vec<TrashItem> = items.filter(|item| self.measured.insert(item.id)).cloned().collect();
        if !new.is_empty() {
            self.picker.state.work.to_measure += new.len();
            self.workers.measure(new);
        }
    }
}

fn selection(ids: HashSet<ItemId>) -> Selection {
    Selection { terms: vec![Term::items(ids)], ..Selection::default() }
}

/// The request to delete selected items, which will be confirmed.
fn clean_request(context: &Context, ids: HashSet<ItemId>) -> rrm::error::Result<CleanOptions> {
    let floor = context.standing_for_deletion()?.floor;
    let mut options = CleanOptions::chosen(selection(ids), context.now);
    (options.floor, options.sizes) = (floor, Sizes::Measured);
    Ok(options)
}

type Before = Vec<(ItemId, Keep)>;

fn keep_request(before: Before, keep: Keep) -> (KeepOptions, Before) {
    let ids = before.iter().map(|(id, _)| *id).collect();
    (KeepOptions::new(selection(ids), keep), before)
}

/// One request for all items with the same state before.
fn as_before(before: Before) -> Vec<(KeepOptions, Before)> {
    let mut ways: Vec<(Keep, Before)> = Vec::new();
    for (id, keep) in before {
        match ways.iter_mut().find(|(way, _)| *way == keep) {
            Some((_, items)) => items.push((id, keep)),
            None => ways.push((keep, vec![(id, keep)])),
        }
    }
    ways.into_iter().map(|(keep, items)| keep_request(items, keep)).collect()
}
