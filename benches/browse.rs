//! How long the picker takes to its first screen, and to answer a key, with many items: `cargo bench --bench browse`,
//! with another number of items than 100 000 as `RRM_BENCH_ITEMS`.
//!
//! It is measured from outside, on a pseudo-terminal: from the start of the program, or from the byte that a key sends, to
//! the first moment at which a terminal emulator shows what is waited for, seen to the millisecond.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    clippy::type_complexity,
    missing_docs,
    dead_code,
    unused_macros,
    reason = "the toolbox of the tests, where a program may look at the disk and fail in any way it likes"
)]

#[path = "../tests/common/mod.rs"]
#[macro_use]
mod common;

use std::time::{Duration, Instant};

use common::{Sandbox, Screen};

/// How often each key is pressed.
const TIMES: usize = 25;

fn main() {
    let items = std::env::var("RRM_BENCH_ITEMS").ok().and_then(|number| number.parse().ok()).unwrap_or(100_000);
    let sandbox = Sandbox::ordinary();
    fill(&sandbox, items);
    let since = Instant::now();
    let mut screen = sandbox.command(["browse"]).with("TERM", "xterm-256color").on_screen(120, 40);
    screen.shows("rrm browse");
    tell("first screen", &[since.elapsed()]);
    screen.until("an item", |screen| screen.contents().contains("file-"));
    tell("first items", &[since.elapsed()]);
    screen.shows(&format!("{items} items")).hides("reading the trash");
    tell("all items", &[since.elapsed()]);
    let since = Instant::now();
    sandbox.rrm(["list", "--format", "plain"]).ok();
    tell("rrm list, for comparison", &[since.elapsed()]);
    keys(&mut screen, items);
    screen.types("q").is_left();
}

/// Removes so many files of some hundred directories, a directory at a time.
fn fill(sandbox: &Sandbox, items: usize) {
    let script = r#"
        for directory in $(seq "$2"); do
            mkdir -p "project-$directory/src/module" && cd "project-$directory/src/module"
            seq -f "file-$directory-%g.rs" 1000 | tee /dev/null | xargs touch
            "$1" rm -- *
            cd ../../..
        done"#;
    let program = sandbox.command(["rm"]).program().to_owned();
    let directories = (items / 1000).to_string();
    sandbox.tool("sh", ["-c", script, "sh"]).args([program.as_os_str(), directories.as_ref()]).run().ok();
}

fn keys(screen: &mut Screen, items: usize) {
    let down = (0..TIMES).map(|at| pressed(screen, "\x1b[B", |screen| is_cursor(screen, at + 1)));
    tell("down", &down.collect::<Vec<_>>());
    // The longest way: every path fits, and is weighed.
    let (mut echoes, mut found, mut narrowed) = (Vec::new(), Vec::new(), Vec::new());
    let all = format!("{items} found");
    screen.types("/").shows("letters of a path");
    for _ in 0..TIMES {
        for line in ["f", "fi", "fil", "file"] {
            let (since, shown) = (Instant::now(), format!(" / {line} "));
            echoes.push(pressed(screen, &line[line.len() - 1..], |screen| screen.contents().contains(&shown)));
            screen.shows(&all);
            found.push(since.elapsed());
        }
        narrowed.push(pressed(screen, "9", |screen| !screen.contents().contains(&all)));
        screen.types("\x15").shows("letters of a path").hides("found");
    }
    tell("a letter is shown", &echoes);
    tell("all that fit it, all of them", &found);
    tell("all that fit it, fewer", &narrowed);
    screen.types("\r");
    for (key, title) in
        [("s", "by path"), ("s", "largest first"), ("s", "next to go"), ("s", "by kind"), ("s", "newest first")]
    {
        tell(&format!("sort, {title}"), &[pressed(screen, key, |screen| screen.contents().contains(title))]);
    }
    tell("group by command", &[pressed(screen, "g", |screen| screen.contents().contains("by command"))]);
    tell("select all", &[pressed(screen, "a", |screen| screen.contents().contains("selected"))]);
}

/// Whether the cursor is on this row of the list.
fn is_cursor(screen: &vt100::Screen, row: usize) -> bool {
    let line = u16::try_from(row + 3).expect("a row of a screen");
    screen.cell(line, 10).is_some_and(vt100::Cell::inverse)
}

fn pressed(screen: &mut Screen, key: &str, shown: impl Fn(&vt100::Screen) -> bool) -> Duration {
    let since = Instant::now();
    screen.types(key).until("the answer to a key", shown);
    since.elapsed()
}

fn tell(what: &str, times: &[Duration]) {
    let mut times = times.to_vec();
    times.sort_unstable();
    let middle = times[times.len() / 2];
    let longest = times[times.len() - 1];
    println!("{what:<28} {:>8.1} ms, at most {:>8.1} ms", middle.as_secs_f64() * 1e3, longest.as_secs_f64() * 1e3);
}
