//! Lists of more items than are read, or made text of, at once.

use std::collections::BTreeSet;

use super::{id_of, is_there};
use crate::common::{Sandbox, strace};

/// How many items there are: more than are read, and than are made text of, at once.
const MANY: usize = 1100;

/// The calls that tell what is read, and when something is told.
const READ_AND_TOLD: &[&str] = &["openat", "write"];

/// A trash of many files with long names and one directory, which is in no other list's way.
fn filled() -> Sandbox {
    let sandbox = Sandbox::new();
    let names: Vec<String> = (0..MANY - 1).map(|number| format!("{number}-{}", "x".repeat(100))).collect();
    for name in &names {
        sandbox.file(name, "");
    }
    sandbox.tree("tree", &[("a", "12345")]);
    sandbox.rrm(["rm", "tree"].map(str::to_owned).into_iter().chain(names)).ok();
    sandbox
}

fn listed(sandbox: &Sandbox, options: &[&str]) -> Vec<String> {
    let run = sandbox.rrm(["list"].iter().chain(options));
    run.ok().stdout().split_terminator(['\n', '\0']).map(str::to_owned).collect()
}

fn sorted(mut lines: Vec<String>) -> Vec<String> {
    lines.sort();
    lines
}

/// The IDs in the lines of a log; what a list reads it opens by its ID.
fn ids_in<'a>(log: impl Iterator<Item = &'a str>, ids: &BTreeSet<String>) -> BTreeSet<String> {
    let opened = log.filter(|line| line.contains("openat(")).filter_map(|line| line.split('"').nth(1));
    opened.filter(|name| ids.contains(*name)).map(str::to_owned).collect()
}

fn ids(sandbox: &Sandbox) -> BTreeSet<String> {
    listed(sandbox, &["--format", "plain"]).iter().map(|line| line[..36].to_owned()).collect()
}

// --sort none changes the order, and nothing else.
#[test]
fn without_an_order_the_same_is_listed() {
    let sandbox = filled();
    let tree = id_of(&sandbox, "tree");
    let selections: [&[&str]; 6] =
        [&[], &["--kind", "directory"], &["--last", "3"], &["1*"], &[&tree], &["--larger-than", "1"]];
    let forms = ["plain", "json", "null", "table"];
    for (turn, selection) in selections.into_iter().enumerate() {
        // Each selection in two forms, and each form with three selections.
        for form in [forms[turn % forms.len()], forms[(turn + 1) % forms.len()]] {
            let form = ["--format", form, "--full"];
            let with = |order: &[&str]| listed(&sandbox, &[order, &form, selection].concat());
            let (any, none) = (with(&[]), with(&["--sort", "none"]));
            assert_eq!(sorted(any), sorted(none), "{form:?} {selection:?}");
        }
    }
}

// The first line is out before a handful of items is read, and before any other volume is asked. It is the first item where
// the directory begins with one, and not with a name of rrm's own.
#[test]
fn without_an_order_the_first_line_comes_at_once() {
    or_skip!(strace::available());
    let sandbox = filled();
    let ids = ids(&sandbox);
    for form in ["plain", "json", "null"] {
        let (run, log) =
            strace::log_of_calls(READ_AND_TOLD, &sandbox.command(["list", "--sort", "none", "--format", form]));
        run.ok();
        assert!(!log.contains("mountinfo") || log.find("write(1, ") < log.find("mountinfo"), "{form}: {log}");
        let before = log.lines().take_while(|line| !line.contains("write(1, "));
        let read = ids_in(before, &ids).len();
        assert!((1..=4).contains(&read), "{form}: {read} read before the first line");
        assert_eq!(ids_in(log.lines(), &ids).len(), MANY, "{form}: read in all");
    }
}

// Whoever has seen enough does not wait for the rest to be read.
#[test]
fn without_an_order_reading_ends_with_the_reader() {
    or_skip!(strace::available());
    let sandbox = filled();
    let ids = ids(&sandbox);
    for form in ["plain", "json"] {
        let head = ["sh", "-c", "\"$@\" | head -n 1", "sh"];
        let command = sandbox.command(["list", "--sort", "none", "--format", form]).through(head);
        let (run, log) = strace::log_of_calls(READ_AND_TOLD, &command);
        assert!(run.stderr.is_empty(), "{run}");
        assert_eq!(run.stdout().lines().count(), 1, "{run}");
        let read = ids_in(log.lines(), &ids).len();
        assert!(read < MANY, "{form}: all {read} items were read for one line");
        assert!(log.contains("killed by SIGPIPE"), "{form}: it ends as every program without a reader");
    }
}

// What takes an end of the order has none to take.
#[test]
fn without_an_order_there_is_no_end_of_it() {
    let sandbox = Sandbox::new();
    sandbox.file("a", "");
    sandbox.rrm(["rm", "a"]).ok();
    for option in ["--reverse", "--limit=1"] {
        for form in ["plain", "table"] {
            let run = sandbox.rrm(["list", "--sort", "none", "--format", form, option]);
            run.fails(2).err_contains("--sort none").err_contains(option.split('=').next().unwrap());
            assert!(run.stdout.is_empty(), "{run}");
        }
    }
    assert!(!is_there(&sandbox.path("a")));
}

// Rows are made some at a time, and still stand under one heading.
#[test]
fn the_columns_of_a_long_table_are_aligned() {
    let sandbox = filled();
    for options in [&[][..], &["--full"]] {
        let lines = listed(&sandbox, &[&["--sort", "size"], options].concat());
        assert_eq!(lines.len(), MANY + 1);
        let [kind, path] = ["  K", "PATH"].map(|heading| lines[0].find(heading).unwrap());
        for line in &lines[1..] {
            let expected = match (line.ends_with("/tree"), options) {
                (true, []) => "  d  /",
                (false, []) => "  f  /",
                (true, _) => "  directory  /",
                (false, _) => "  file       /",
            };
            assert_eq!(&line[kind..=path], expected, "{line}");
        }
    }
}

/// One line a session, the last one last; what has no label, and what others could have labelled, is in one of its own.
#[test]
fn sessions_are_summed_up() {
    let sandbox = Sandbox::ordinary();
    for (label, name, size) in [("build", "a", 10), ("agent 7\n", "b", 300), ("build", "c", 20), ("forged", "open", 1)]
    {
        sandbox.file(name, vec![b'x'; size]);
        sandbox.command(["rm", "--session", label, name]).run().ok();
    }
    let open = sandbox.list_json().into_iter().find(|item| item["session"] == "forged").expect("it is listed");
    sandbox.chmod(sandbox.trash().join(open["id"].as_str().expect("an ID")), 0o666);
    sandbox.tree("d", &[("x", "12345")]);
    sandbox.rrm(["rm", "d"]).ok();
    let lines = |words: &[&str]| -> Vec<Vec<String>> {
        let run = sandbox.rrm([&["list", "--sessions"], words].concat());
        let lines = run.ok().stdout();
        lines.lines().map(|line| line.split_whitespace().take(5).map(str::to_owned).collect()).collect()
    };
    let expected = [
        &["SESSION", "ITEMS", "SIZE", "OLDEST", "NEWEST"][..],
        &["agent", "7\\n", "1", "300", "B"],
        &["build", "2", "30", "B", "0s"],
        &["-", "2", "1", "B+", "0s"],
    ];
    assert_eq!(lines(&[]), expected);
    assert_eq!(lines(&["--size"])[3], ["-", "2", "6", "B", "0s"]);
    assert_eq!(lines(&["--larger-than", "100"]).len(), 2, "a filter applies");
    let as_json = sandbox.rrm(["list", "--sessions", "--json"]).ok().stdout();
    let told: Vec<serde_json::Value> =
        as_json.lines().map(|line| serde_json::from_str(line).expect("an object a line")).collect();
    let labels: Vec<_> = told.iter().map(|sum| sum["session"].as_str()).collect();
    assert_eq!(labels, [Some("agent 7\n"), Some("build"), None]);
    assert_eq!((&told[1]["items"], &told[1]["bytes"], &told[2]["bytes"]), (&2.into(), &30.into(), &6.into()));
    assert!(told[1]["oldest"].as_str() < told[1]["newest"].as_str(), "{told:?}");
    assert_eq!(sandbox.rrm(["list", "--sessions", "--format", "json"]).ok().stdout(), as_json);
    for form in ["plain", "null"] {
        sandbox.rrm(["list", "--sessions", "--format", form]).fails(2).err_contains("this format has only paths");
    }
    sandbox.rrm(["list", "--sessions", "--sort", "size"]).fails(2);
    sandbox.rrm(["list", "--sessions", "no-such-item"]).fails(1).err_contains("nothing in the trash matches");
}
