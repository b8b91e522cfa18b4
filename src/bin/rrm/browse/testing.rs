//! Fixtures for tests of the screen.

use rrm::text::Charset;
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use rrm::config::Config;
use rrm::item::testing;
pub(super) use rrm::item::testing::now;
use rrm::item::{Arrival, ItemId, ItemKind, Lent, RANDOM, Shape, Stamp, Told, TrashItem};

use tui_input::InputRequest;

use super::action::Action;
use super::entries::Entries;
use super::order::Order;
use super::query::Query;
use super::report::Report;
use super::state::{Purpose, State};
use crate::browse::Grouping;
use crate::context::{Context, Limits};
use crate::env::Environment;
use crate::options::SortKey;

/// A time this many hours before a base long ago.
pub(super) fn at(hour: usize) -> DateTime<Utc> {
    now() - TimeDelta::days(9000) + TimeDelta::hours(i64::try_from(hour).expect("small"))
}

/// A file removed at that time; its ID is made from path and date.
pub(super) fn item(path: &str, trashed: DateTime<Utc>, size: u64) -> TrashItem {
    let mut bytes = [0_u8; RANDOM];
    for (at, byte) in path.bytes().chain(trashed.timestamp().to_le_bytes()).enumerate() {
        bytes[at % RANDOM] = bytes[at % RANDOM].wrapping_mul(31).wrapping_add(byte);
    }
    let told = Told { removed: trashed, shape: Shape::Own, lent: Lent::default(), arrival: Arrival::Removal };
    TrashItem {
        id: ItemId::new(bytes, told),
        trash: Arc::from(Path::new("/trash")),
        kind: if path.ends_with('/') { ItemKind::Directory } else { ItemKind::File },
        size: (!path.ends_with('/')).then_some(size),
        trashed: Stamp::At(trashed),
        deletion: Stamp::At(now() + TimeDelta::days(30)),
        ..testing::item(path.trim_end_matches('/'), TimeDelta::zero())
    }
}

/// An empty context.
pub(super) fn context() -> Context {
    let environment = Environment { home: Some("/home/ann".into()), ..Environment::read() };
    Context {
        now: now(),
        environment,
        config: Config::default(),
        limits: Limits::default(),
        unread: None,
        config_dir: None,
        home_trash: Some("/trash".into()),
        typed_trash_dir: None,
    }
}

/// A state with these items, the last removed first.
pub(super) fn state(paths: &[&str]) -> State {
    let items: Vec<TrashItem> = paths
        .iter()
        .rev()
        .enumerate()
        .map(|(hour, path)| {
            item(path, now() - TimeDelta::hours(2) + TimeDelta::minutes(i64::try_from(hour).expect("few")), 10)
        })
        .collect();
    let mut state = State::new(Purpose::Browse, now(), SortKey::Removed, Grouping::None);
    state.home = Some("/home/ann".into());
    state.home_trash = "/trash".into();
    state.height = 10;
    let fates = state.standing.fates(&items, &[], now()).of_each(&items);
    let entries = Entries::new(items, Some(Path::new("/home/ann")), Charset::Utf8);
    state.apply(Report::Found(entries));
    state.apply(Report::FoundAll(fates));
    state.settle();
    state
}

/// Types a filter and searches.
pub(super) fn typed(state: &mut State, text: &str) {
    for c in text.chars() {
        let order = state.act(Action::Type(InputRequest::InsertChar(c)));
        assert!(matches!(order, Some(Order::Search)));
    }
    state.look_for(Query::read(state.filter.value(), &context()));
    state.settle();
}

/// The paths of the rows, `-` for a heading.
pub(super) fn rows(state: &State) -> Vec<String> {
    use super::state::Row;
    let shown = |row: &Row| match row {
        Row::Heading { count, .. } => format!("- {count}"),
        Row::Item(index) => state.entries.text(*index).to_owned(),
    };
    state.rows.iter().map(shown).collect()
}
