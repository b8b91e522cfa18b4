//! What single parts of the library cost, without a process around them: the codec of a record, a list, a selection, a
//! purge.
//!
//! ```sh
//! cargo bench --bench micro
//! ```
//!
//! Files are below `$TMPDIR`, so that another file system is measured by naming it there.
#![allow(
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a program for developers, which may look at the disk and fail in any way it likes"
)]

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use rrm::attributes::{ExtendedAttributes, SystemAttributes};
use rrm::item::{self, Arrival, ItemId, Lent, Record, Stamp, Told, TrashItem};
use rrm::progress::Silent;
use rrm::purge::{Measure, purge};
use rrm::rules::selection::{Filter, Selection, Term, Versions};
use rrm::store::{Base, Source, TrashDir, record};
use rrm::sys::{Dir, Name};
use tempfile::TempDir;

fn main() {
    divan::main();
}

/// Attributes that cost next to nothing, so that what is left is the codec.
#[derive(Default)]
struct InMemory(Mutex<HashMap<String, Vec<u8>>>);

impl InMemory {
    fn values<T>(&self, change: impl FnOnce(&mut HashMap<String, Vec<u8>>) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl ExtendedAttributes for InMemory {
    fn list(&self, _: &File) -> io::Result<Vec<OsString>> {
        Ok(self.values(|values| values.keys().map(OsString::from).collect()))
    }

    fn get(&self, _: &File, name: &str) -> io::Result<Option<Vec<u8>>> {
        Ok(self.values(|values| values.get(name).cloned()))
    }

    /// As if the attribute had never been there, so that one file is written again and again.
    fn create(&self, file: &File, name: &str, value: &[u8]) -> io::Result<()> {
        self.set(file, name, value)
    }

    fn set(&self, _: &File, name: &str, value: &[u8]) -> io::Result<()> {
        self.values(|values| values.insert(name.to_owned(), value.to_owned()));
        Ok(())
    }

    fn remove(&self, _: &File, name: &str) -> io::Result<()> {
        self.values(|values| values.remove(name));
        Ok(())
    }
}

fn now() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(20_000)
}

fn record_of(path: &Path) -> Record {
    let deletion = now() + TimeDelta::days(30);
    Record {
        original_path: path.into(),
        trashed: now(),
        deletion: Some(deletion),
        session: Some("bench".into()),
        imported_as: None,
    }
}

fn an_open_file() -> File {
    tempfile::tempfile().expect("a temporary file can be made")
}

/// To encode a record.
#[divan::bench]
fn record_written_in_memory(bencher: Bencher) {
    let (attributes, file) = (InMemory::default(), an_open_file());
    let record = record_of(Path::new("/home/ada/project/src/main.rs"));
    bencher.bench_local(|| record::create(&attributes, &file, black_box(&record)).is_ok());
}

/// To decode a record.
#[divan::bench]
fn record_read_in_memory(bencher: Bencher) {
    let (attributes, file) = (InMemory::default(), an_open_file());
    record::create(&attributes, &file, &record_of(Path::new("/home/ada/project/src/main.rs")))
        .expect("memory takes all");
    bencher.bench_local(|| record::read(black_box(&attributes), &file, record::Carrier::File).is_ok());
}

/// The same and its erasure, with the system's calls.
#[divan::bench]
fn record_written_read_and_erased(bencher: Bencher) {
    let file = an_open_file();
    let record = record_of(Path::new("/home/ada/project/src/main.rs"));
    bencher.bench_local(|| {
        let written = record::create(&SystemAttributes, &file, &record).is_ok();
        written
            && record::read(&SystemAttributes, &file, record::Carrier::File).is_ok()
            && record::erase(&SystemAttributes, &file).is_ok()
    });
}

fn fill(directory: &Path, count: usize) {
    fs::create_dir_all(directory).expect("the directory is new");
    for number in 0..count {
        File::create(directory.join(format!("file-{number}"))).expect("the directory is empty");
    }
}

/// A trash directory in `parent` that holds so many files.
fn trash_of(parent: &Path, count: usize) -> TrashDir {
    let work = parent.join("work");
    fill(&work, count);
    let attributes = Arc::new(SystemAttributes);
    let trash = TrashDir::open_or_create(&parent.join("trash"), Base::Absolute, attributes).expect("it can be made");
    let dir = Dir::open(&work).expect("it is there");
    for number in 0..count {
        let text = format!("file-{number}");
        let name = Name::new(&text).expect("a plain name");
        let metadata = dir.metadata_of(name).expect("it is there");
        let source = Source { parent: &dir, name, metadata: &metadata };
        trash.place(source, &record_of(&work.join(&text))).expect("a file of ours is taken");
    }
    trash
}

/// To read everything in a trash directory.
#[divan::bench(args = [100, 10_000])]
fn list(bencher: Bencher, count: usize) {
    let parent = TempDir::new().expect("a temporary directory can be made");
    let trash = trash_of(parent.path(), count);
    bencher.counter(ItemsCount::new(count)).bench_local(|| {
        let mut read = 0;
        trash.for_each(|reading| read += usize::from(reading.is_ok())).map(|()| read).ok()
    });
}

fn items(count: u32) -> Vec<TrashItem> {
    let trash: Arc<Path> = Path::new("/home/ada/.local/share/rrm/trash").into();
    let item = |number: u32| TrashItem {
        id: ItemId::new(
            (u64::from(number) | u64::from(number.wrapping_mul(0x9e37_79b9)) << 32).to_be_bytes(),
            Told { removed: now(), shape: item::Shape::Own, lent: Lent::default(), arrival: Arrival::Removal },
        ),
        trash: trash.clone(),
        size: Some(u64::from(number)),
        trashed: Stamp::At(now() - TimeDelta::seconds(number.into())),
        deletion: Stamp::At(now() + TimeDelta::days(30)),
        ..item::testing::item(
            &format!("/home/ada/project/directory-{}/file-{number}.rs", number % 100),
            TimeDelta::zero(),
        )
    };
    (0..count).map(item).collect()
}

fn choose(bencher: Bencher, selection: &Selection) {
    let items = items(100_000);
    bencher.counter(ItemsCount::new(items.len())).bench_local(|| selection.choose(black_box(&items), Versions::Newest));
}

fn term(text: &str) -> Selection {
    let term = Term::parse(text.as_ref(), Path::new("/home/ada/project"), |_| None).expect("a good term");
    Selection { terms: vec![term], ..Selection::default() }
}

/// To find one item by its path, a few by a glob and by filters, and the newest of each path.
#[divan::bench(args = ["path:directory-17/file-5017.rs", "glob:**/file-50*.rs"])]
fn select_by_term(bencher: Bencher, text: &str) {
    choose(bencher, &term(text));
}

#[divan::bench]
fn select_by_filters(bencher: Bencher) {
    let filters = vec![Filter::Under("/home/ada/project/directory-17".into()), Filter::LargerThan(1000)];
    choose(bencher, &Selection { filters, ..Selection::default() });
}

#[divan::bench]
fn select_newest(bencher: Bencher) {
    choose(bencher, &Selection { last: Some(10), ..Selection::default() });
}

/// How the files of a tree lie.
#[derive(Debug, Clone, Copy)]
enum Shape {
    Flat,
    SmallDirectories,
}

/// To delete a tree of a thousand files for good.
#[divan::bench(args = [Shape::Flat, Shape::SmallDirectories])]
fn purge_a_thousand(bencher: Bencher, shape: Shape) {
    let parent = TempDir::new().expect("a temporary directory can be made");
    let dir = Dir::open(parent.path()).expect("it is there");
    let tree = parent.path().join("tree");
    let build = || match shape {
        Shape::Flat => fill(&tree, 1000),
        Shape::SmallDirectories => (0..100).for_each(|number| fill(&tree.join(number.to_string()), 10)),
    };
    bencher
        .counter(ItemsCount::new(1000_usize))
        .with_inputs(build)
        .bench_local_values(|()| purge(&dir, Name::fixed("tree"), Measure::Entries, &Silent).removed);
}
