//! The parts of `benches/purge.sh` that a shell is too slow or too simple for: making trees, and deleting them by one
//! worker or two, whichever the program itself would take.
//!
//!   purge make SHAPE DIRECTORY    flat, wide or halves, 200 000 files each
//!   purge one DIRECTORY           each entry of DIRECTORY, one after the other, by one worker
//!   purge two DIRECTORY           the same by two workers
//!   purge apart DIRECTORY         two entries of DIRECTORY at once, by one worker each
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a measurement that fails has to stop, and say why")]

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::Path;
use std::thread;

use rrm::progress::Silent;
use rrm::purge::{Measure, Workers, purge_by};
use rrm::sys::{Dir, Name};

fn main() {
    let words: Vec<OsString> = std::env::args_os().skip(1).filter(|word| word != "--bench").collect();
    let words: Vec<&OsStr> = words.iter().map(OsString::as_os_str).collect();
    match words[..] {
        [make, shape, directory] if make == "make" => make_trees(shape.to_str().unwrap(), Path::new(directory)),
        [way, directory] if way == "one" => delete(Path::new(directory), Workers::One),
        [way, directory] if way == "two" => delete(Path::new(directory), Workers::Two),
        [way, directory] if way == "apart" => delete_apart(Path::new(directory)),
        _ => eprintln!("benches/purge.sh runs this program"),
    }
}

fn make_trees(shape: &str, top: &Path) {
    match shape {
        "flat" => fill(&top.join("tree"), 200_000),
        "wide" => (0..20_000).for_each(|number| fill(&top.join(format!("tree/{number}")), 10)),
        _ => ["a", "b"].iter().for_each(|half| fill(&top.join(half), 100_000)),
    }
}

fn fill(directory: &Path, files: u32) {
    fs::create_dir_all(directory).unwrap();
    for number in 0..files {
        fs::write(directory.join(format!("file-{number:06}")), "a little content\n").unwrap();
    }
}

fn delete(top: &Path, workers: Workers) {
    entries(top).iter().for_each(|name| delete_one(top, name, workers));
}

fn delete_apart(top: &Path) {
    thread::scope(|scope| {
        for name in entries(top) {
            scope.spawn(move || delete_one(top, &name, Workers::One));
        }
    });
}

fn entries(top: &Path) -> Vec<OsString> {
    fs::read_dir(top).unwrap().map(|entry| entry.unwrap().file_name()).collect()
}

fn delete_one(top: &Path, name: &OsStr, workers: Workers) {
    let dir = Dir::open_following(top).unwrap();
    let purged = purge_by(workers, &dir, Name::new(name).unwrap(), Measure::Bytes, &Silent);
    assert!(purged.is_complete(), "{:?}", purged.failures);
}
