//! The forms of `rrm list`, on a terminal and in a pipe.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;

use unicode_width::UnicodeWidthStr as _;

use super::{id_of, listed};
use crate::common::{Run, Sandbox};

/// What the table must bear: long, wide, hostile, at home and elsewhere.
fn filled() -> Sandbox {
    let sandbox = Sandbox::new();
    let long = format!("{}/the-end-of-it.txt", "a-long-directory-name/".repeat(6).trim_end_matches('/'));
    let names = [
        OsStr::new("short"),
        OsStr::new(&long),
        OsStr::new("日本語の長い名前のファイルがここにあります日本語の長い名前.txt"),
        OsStr::new("e\u{301}e\u{301}e\u{301}"),
        OsStr::from_bytes(b"esc\x1b[31mred\x1b[0m\nnext\rback\x07\xff"),
        OsStr::new("gpj\u{202e}exe.txt"),
    ];
    for name in names {
        sandbox.file(name, "content");
    }
    sandbox.file(sandbox.home().join("documents/letter"), "x");
    sandbox.symlink("link", "x");
    sandbox.tool("mkfifo", ["fifo"]).run().ok();
    sandbox.rrm([OsStr::new("rm")].into_iter().chain(names).chain([OsStr::new("link"), OsStr::new("fifo")])).ok();
    sandbox.command(["rm", "documents/letter"]).within(sandbox.home()).run().ok();
    sandbox
}

/// The lines of the table, without the colours.
fn lines(run: &Run) -> Vec<String> {
    let text = run.stdout();
    let mut plain = String::new();
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once("\x1b[") {
        plain.push_str(before);
        rest = after.split_once('m').expect("an escape that only colours").1;
    }
    plain.push_str(rest);
    plain.lines().map(str::to_owned).collect()
}

// The table fits 80 columns whatever is in it, and keeps the ends of the paths.
#[test]
fn the_table_fits_the_terminal_with_names_of_any_kind() {
    let sandbox = filled();
    for (columns, term) in [(40, "dumb"), (80, "dumb"), (80, "xterm-256color"), (200, "dumb")] {
        let run = sandbox.command(["list"]).with("TERM", term).on_terminal(columns, "");
        run.ok();
        let lines = lines(&run);
        assert_eq!(lines.len(), 11, "a header, a line each, and their sum: {run}");
        assert_eq!(lines[10], "9 items, 44 B", "{run}");
        for line in &lines {
            assert!(line.width() <= usize::from(columns), "{} of {columns} columns: {line:?}", line.width());
            assert!(!line.chars().any(char::is_control), "{line:?}");
            assert!(!line.contains('\u{202e}'), "{line:?}");
        }
        run.out_contains("end-of-it.txt").out_contains("長い名前.txt").out_contains("~/documents/letter");
    }
}

// Columns are under their headings, also after wide and combining characters.
#[test]
fn the_newest_stands_last_and_columns_are_aligned() {
    let sandbox = filled();
    let run = sandbox.command(["list"]).on_terminal(100, "");
    let lines = lines(&run);
    let path = lines[0].find("PATH").expect("a header");
    for heading in ["ID", "AGE", "LEFT", "SIZE", "K", "PATH"] {
        assert!(lines[0].contains(heading), "{run}");
    }
    let items = &lines[1..lines.len() - 1];
    for line in items {
        let before = line.char_indices().nth(path).map(|(at, _)| &line[..at]).expect("as long as the header");
        assert!(before.ends_with("  ") && before.is_ascii(), "{line:?}");
    }
    assert!(items.last().unwrap().ends_with("~/documents/letter"), "{run}");
    assert!(items.last().unwrap().starts_with(&id_of(&sandbox, sandbox.home().join("documents/letter"))[..8]), "{run}");
}

// Most of 80 columns is for the paths, which lose their middle; a narrow terminal gets fewer columns.
#[test]
fn the_path_has_most_of_the_room() {
    let sandbox = filled();
    for (columns, room, heading) in [(80, 45, "ID        AGE  LEFT  SIZE  K  PATH"), (40, 20, "ID        AGE  PATH")] {
        let run = sandbox.command(["list"]).on_terminal(columns, "");
        let lines = lines(&run);
        assert_eq!(lines[0], heading);
        assert!(usize::from(columns) - lines[0].find("PATH").expect("a header") >= room, "{run}");
        let long = lines.iter().find(|line| line.contains("end-of-it")).expect("listed");
        assert!(long.ends_with("/the-end-of-it.txt") && long.contains("  /") && long.contains('…'), "{long}");
    }
}

// The last line sums up, for a person: how many, how large, what goes soon.
#[test]
fn the_last_line_counts_what_is_due() {
    let sandbox = Sandbox::new();
    for (name, grace) in [("due", "0"), ("soon", "2h"), ("later", "9d")] {
        sandbox.file(name, "12345");
        sandbox.rrm(["rm", "-g", grace, name]).ok();
    }
    let last = |words: &[&str]| lines(&sandbox.command(words).on_terminal(80, "")).pop().expect("a line");
    assert_eq!(last(&["list"]), "3 items, 15 B; 1 due, 1 due within a day");
    sandbox.dir("directory");
    sandbox.rrm(["rm", "directory"]).ok();
    assert_eq!(last(&["list", "later", "directory"]), "2 items, at least 5 B");
    assert!(last(&["list", "-q"]).ends_with("/directory"));
    assert!(!sandbox.rrm(["list"]).ok().stdout().contains("items"), "a pipe gets nothing but items");
}

// -S, -t and -r as ls has them; --limit keeps the largest or the newest.
#[test]
fn items_are_sorted_as_ls_would() {
    let sandbox = Sandbox::new();
    for (name, size) in [("b", 3), ("a", 1), ("c", 2)] {
        sandbox.file(name, "x".repeat(size));
        sandbox.rrm(["rm", name]).ok();
    }
    let names = |options: &[&str]| -> String {
        let run = sandbox.command(["list"]).args(options).run();
        run.ok().stdout().lines().skip(1).filter_map(|line| line.chars().last()).collect()
    };
    for (options, expected) in [
        (&[][..], "bac"),
        (&["-r"], "cab"),
        (&["-t"], "cab"),
        (&["-t", "-r"], "bac"),
        (&["-S"], "bca"),
        (&["-Sr"], "acb"),
        (&["--sort", "size"], "acb"),
        (&["-S", "--limit", "2"], "bc"),
        (&["-Sr", "--limit", "2"], "cb"),
        (&["-t", "--limit", "1"], "c"),
        (&["-r", "--limit", "1"], "b"),
    ] {
        assert_eq!(names(options), expected, "{options:?}");
    }
    sandbox.rrm(["list", "--limit", "0"]).ok().silent();
    for wrong in [&["-St"][..], &["-S", "--sort", "path"], &["--json", "--format", "plain"]] {
        sandbox.command(["list"]).args(wrong).run().fails(2);
    }
}

// --json is the same everywhere.
#[test]
fn json_is_one_word() {
    let sandbox = filled();
    for command in [&["list"][..], &["stats"], &["show", "short"], &["doctor"]] {
        let long = sandbox.command(command).args(["--format", "json"]).run();
        let short = sandbox.command(command).args(["--json"]).run();
        let keys = |run: &Run| -> Vec<Vec<String>> {
            let object = |line: &str| serde_json::from_str::<serde_json::Value>(line).expect("JSON");
            let keys = |line| object(line).as_object().expect("an object").keys().cloned().collect();
            run.ok().stdout().lines().map(keys).collect()
        };
        assert_eq!(keys(&long), keys(&short), "{command:?}");
    }
}

// A table in a pipe is the same but for width and colour: nothing is cut.
#[test]
fn a_table_in_a_pipe_is_whole_and_without_colour() {
    let sandbox = filled();
    let run = sandbox.command(["list"]).with("TERM", "xterm-256color").with("LS_COLORS", "*.txt=31:ln=36").run();
    run.ok().out_contains("/work/a-long-directory-name/").out_contains("~/documents/letter");
    assert!(!run.stdout.contains(&0x1b) && !run.stdout().contains('…'), "{run}");
    assert_eq!(run.stdout().lines().count(), 10, "{run}");
}

// $LS_COLORS gives the colours, $NO_COLOR and a dumb terminal take them.
#[test]
fn colours_come_from_ls_colors_unless_unwanted() {
    let sandbox = filled();
    let coloured = sandbox.command(["list"]).with("TERM", "xterm").with("LS_COLORS", "*.txt=38;5;123:ln=35");
    coloured.on_terminal(120, "").ok().out_contains("\x1b[38;5;123m").out_contains("\x1b[35m");
    for run in [
        coloured.clone().with("NO_COLOR", "1").on_terminal(120, ""),
        coloured.clone().with("TERM", "dumb").on_terminal(120, ""),
        coloured.without("TERM").on_terminal(120, ""),
    ] {
        assert!(!run.ok().stdout.contains(&0x1b), "{run}");
    }
}

// --full cuts nothing, tells whole IDs and dates.
#[test]
fn full_tells_whole_ids_dates_and_paths() {
    let sandbox = Sandbox::new();
    let name = "n".repeat(200);
    sandbox.file(sandbox.home().join(&name), "");
    sandbox.command(["rm", &name]).within(sandbox.home()).run().ok();
    let item = &sandbox.list_json()[0];
    let date = item["trashed_date"].as_str().unwrap()[..19].replace('T', " ");
    let run = sandbox.command(["list", "--full"]).on_terminal(80, "");
    run.ok().out_contains(item["id"].as_str().unwrap()).out_contains(item["original_path"].as_str().unwrap());
    run.out_contains(&date);
    let kathmandu = sandbox.command(["list", "--full"]).with("TZ", "XXX-5:45").run();
    assert!(!kathmandu.stdout().contains(&date), "dates are shown in local time: {kathmandu}");
}

// plain: tabs between fields, one line each, odd bytes escaped.
#[test]
fn plain_is_one_line_an_item_with_tabs_between_its_fields() {
    let sandbox = filled();
    let run = sandbox.rrm(["list", "--format", "plain"]);
    for line in run.ok().stdout().lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        assert_eq!(fields.len(), 6, "{line}");
        assert_eq!((fields[0].len(), fields[1].len(), fields[2].len()), (36, 20, 20), "{line}");
        assert!(fields[5].starts_with('/'), "{line}");
    }
    run.out_contains(r"esc\x1b[31mred\x1b[0m\nnext").out_contains(r"\xff").out_contains("日本語");
    let on_terminal = sandbox.command(["list", "--format", "plain"]).on_terminal(80, "");
    assert_eq!(run.stdout(), on_terminal.stdout(), "the same on a terminal");
}

// json: an object a line with every documented key, on a terminal too.
#[test]
fn json_has_every_documented_key() {
    let sandbox = filled();
    let keys =
        ["id", "original_path", "kind", "size", "trashed_date", "deletion_date", "trash_dir", "session", "state"];
    let items = sandbox.list_json();
    assert_eq!(items.len(), 9);
    for item in &items {
        for key in keys {
            assert!(item.get(key).is_some(), "{key} of {item}");
        }
        assert_eq!(item["state"], "trashed");
        assert_eq!(item["trash_dir"], *sandbox.trash().to_string_lossy());
    }
}

// An empty trash is a word to a person and nothing to a script.
#[test]
fn an_empty_trash_is_no_output_and_no_failure() {
    let sandbox = Sandbox::new();
    for form in ["plain", "json", "null"] {
        sandbox.rrm(["list", "--format", form]).ok().silent();
    }
    let run = sandbox.rrm(["list"]);
    assert!(run.ok().stdout.is_empty(), "{run}");
    assert!(!super::is_there(&sandbox.trash()), "looking makes nothing");
}

// --sort by each key, --reverse, --limit counted from the end that stands next to the prompt.
#[test]
fn sort_reverse_and_limit_give_the_order_they_say() {
    let sandbox = Sandbox::new();
    sandbox.file("b", "333");
    sandbox.file("c", "1");
    sandbox.symlink("a", "22");
    for (name, grace) in [("c", "3d"), ("a", "1d"), ("b", "2d")] {
        sandbox.rrm(["rm", "-g", grace, name]).ok();
    }
    let order = |options: &[&str]| {
        let run = sandbox.rrm(["list", "--format=plain"].iter().chain(options));
        run.ok().stdout().lines().map(|line| line.rsplit('/').next().unwrap().to_owned()).collect::<String>()
    };
    assert_eq!(order(&[]), "cab");
    assert_eq!(order(&["--sort", "removed", "--reverse"]), "bac");
    assert_eq!(order(&["--sort", "deleted", "--reverse"]), "bac");
    assert_eq!(order(&["--sort", "expires"]), "abc");
    assert_eq!(order(&["--sort", "size"]), "cab");
    assert_eq!(order(&["--sort", "path"]), "abc");
    assert_eq!(order(&["--sort", "kind"]), "cba");
    assert_eq!(order(&["--limit", "2"]), "ab");
    assert_eq!(order(&["-r", "--limit", "1"]), "c");
}

// --size walks directories; without it their size is not known and not made up.
#[test]
fn size_finds_out_how_large_directories_are() {
    let sandbox = Sandbox::new();
    sandbox.tree("tree", &[("a", "12345"), ("below/b", "123")]);
    sandbox.rrm(["rm", "tree"]).ok();
    assert!(sandbox.list_json()[0]["size"].is_null());
    let run = sandbox.rrm(["list", "--size", "--format", "json"]);
    let item: serde_json::Value = serde_json::from_slice(&run.ok().stdout).unwrap();
    assert_eq!(item["size"], 8, "the bytes of what is in it: {item}");
}

// Long lists go to a reader that stops early without a word.
#[test]
fn a_reader_that_leaves_early_is_no_failure_worth_a_word() {
    let sandbox = Sandbox::new();
    // More than a pipe holds.
    let names: Vec<String> = (0..700).map(|number| format!("{number}-{}", "x".repeat(100))).collect();
    for name in &names {
        sandbox.file(name, "");
    }
    sandbox.rrm(["rm".to_owned()].into_iter().chain(names)).ok();
    for form in ["table", "plain", "json", "null"] {
        let head = ["sh", "-c", "\"$@\" | head -c 10", "sh"];
        let run = sandbox.command(["list", "--format", form]).through(head).run();
        assert!(run.stderr.is_empty(), "{run}");
    }
    assert_eq!(listed(&sandbox).len(), 700);
}

/// Names that look alike as long as one is not escaped, and names that would steer a terminal.
const STEERING: [&str; 8] = [
    "a\nb",
    "a\\nb",
    "gpj\u{202e}exe",
    "no\u{ad}width",
    "c1\u{9b}2J",
    "\u{301}alone",
    "up\u{1b}[1A",
    "i\u{2066}so\u{feff}",
];

/// What nobody may be shown as it is.
fn steers(text: &str) -> bool {
    let is_hidden =
        |c: char| "\u{ad}\u{202e}\u{2066}\u{feff}\u{200b}".contains(c) || c.is_control() && !"\n\t".contains(c);
    text.contains(is_hidden) || text.contains("'\u{301}") || text.contains("/\u{301}")
}

// [53] [65] Whatever prints a name: nothing of it reaches a terminal that the terminal would obey or hide, and no two names
// look alike.
#[test]
fn one_escaping_is_everywhere() {
    let sandbox = Sandbox::new();
    for name in STEERING {
        sandbox.file(name, "");
    }
    let with_names = |words: &[&str]| sandbox.command([words, &STEERING[..]].concat());
    let mut runs = vec![with_names(&["rm", "-v"]).run()];
    let commands: [&[&str]; 7] = [
        &["list"],
        &["list", "--format", "plain"],
        &["list", "--format", "json"],
        &["show", "/**"],
        &["stats"],
        &["clean", "--all", "-n"],
        &["restore", "-n", "/**"],
    ];
    runs.extend(commands.map(|words| sandbox.command(words).run()));
    let failing: [&[&str]; 4] = [&["rm"], &["keep"], &["restore", "--to", "x\u{202e}"], &["show"]];
    runs.extend(failing.map(|words| sandbox.command(words).args(STEERING.map(|name| format!("nosuch-{name}"))).run()));
    runs.push(sandbox.command_as_rm(STEERING.map(|name| format!("nosuch-{name}"))).run());
    runs.extend(STEERING.map(|name| sandbox.rrm([format!("--no-such-{name}")])));
    runs.extend(STEERING.map(|name| sandbox.rrm([format!("nosuch-{name}")])));
    for run in &runs {
        assert!(!steers(&run.stdout()) && !steers(&run.stderr()), "{run}");
    }
    let table = sandbox.rrm(["list"]).stdout();
    assert!(table.contains("/a\\nb\n") && table.contains("/a\\\\nb\n"), "{table}");
    let told: Vec<String> = sandbox.list_json().iter().map(|item| item["original_path"].to_string()).collect();
    for name in STEERING {
        let path = serde_json::Value::from(sandbox.path(name).to_str().expect("text")).to_string();
        assert!(told.contains(&path), "{path} is not in {told:?}");
    }
    sandbox.rrm(["list", "--format", "json"]).out_contains("gpj\\u202eexe").out_contains("c1\\u009b2J");
}

// [53] In the C locale a table shows no more than a message does; what scripts read is the same in all.
#[test]
fn the_locale_counts_in_tables_and_messages_alike() {
    let sandbox = Sandbox::new();
    sandbox.file("été", "");
    sandbox.rrm(["rm", "été"]).ok();
    let run = |words: &[&str]| sandbox.command(words).with("LC_ALL", "C").run();
    run(&["list"]).out_contains("/\\xc3\\xa9t\\xc3\\xa9");
    run(&["show", "*t*"]).out_contains("/\\xc3\\xa9t\\xc3\\xa9");
    run(&["restore", "--to", "/dev/null/é", "*t*"]).err_contains("\\303\\251");
    for words in [&["list"][..], &["show", "*t*"], &["restore", "-n", "*t*"], &["clean", "-n", "--all"]] {
        let run = run(words);
        assert!(run.stdout().is_ascii() && run.stderr().is_ascii(), "{run}");
    }
    run(&["list", "--format", "plain"]).out_contains("/été\n");
}

// The short help of each command fits a screen; examples and the rest are in the long one.
#[test]
fn every_short_help_fits_a_screen() {
    let sandbox = Sandbox::new();
    let commands = sandbox.subcommands();
    for command in commands.iter().map(String::as_str).chain([""]) {
        let words: Vec<&str> = [command, "-h"].into_iter().filter(|word| !word.is_empty()).collect();
        let run = sandbox.command(&words).on_terminal(80, "");
        let lines = lines(&run);
        assert!(lines.len() <= 24, "{} lines: {run}", lines.len());
        assert!(lines.iter().all(|line| line.width() <= 80), "{run}");
        let long = sandbox.rrm(words.iter().map(|word| if *word == "-h" { "--help" } else { word }));
        assert!(long.ok().stdout().contains("Example"), "{long}");
        assert!(long.stdout().lines().count() >= lines.len(), "{long}");
    }
}
