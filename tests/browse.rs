//! The picker, on a real pseudo-terminal: what is on its screen, what it does to files, and what it leaves behind.

use std::fs;
use std::io::Read as _;
use std::path::PathBuf;

use crate::common::{Invocation, Sandbox, Screen};

const ENTER: &str = "\r";
const ESCAPE: &str = "\x1b";
const DOWN: &str = "\x1b[B";

/// A sandbox that has removed `words`, each by a command of its own, the last one last.
fn removed(words: &[&str]) -> Sandbox {
    let sandbox = Sandbox::ordinary();
    for word in words {
        let path = sandbox.file(home(&sandbox, word), format!("content of {word}\n"));
        sandbox.rrm(["rm".as_ref(), path.as_os_str()]).ok();
    }
    sandbox
}

/// A path in the home directory, so that the list has it as `~/name`: the names of sandboxes are random, and letters that
/// are looked for must not be in them.
fn home(sandbox: &Sandbox, name: &str) -> PathBuf {
    sandbox.home().join(name)
}

fn on_terminal(sandbox: &Sandbox, words: &[&str]) -> Invocation {
    let under = sandbox.home();
    let words = words.iter().copied().chain(["--under", under.to_str().expect("our names are ASCII")]);
    sandbox.command(words).with("TERM", "xterm-256color")
}

/// The picker over what was removed in this sandbox, all of it read, 80 columns wide and 24 rows high.
#[track_caller]
fn browse(sandbox: &Sandbox) -> Screen {
    let mut screen = on_terminal(sandbox, &["browse"]).on_screen(80, 24);
    screen.until("all items", |screen| {
        let text = screen.contents();
        text.contains(" item") && !text.contains("reading the trash")
    });
    screen
}

/// Leaves with `q`; the terminal has to be as it was.
#[track_caller]
fn leave(mut screen: Screen) {
    screen.types("q").is_left();
    assert_eq!(screen.ends_by(), Err(Some(0)));
}

/// What is in the trash of what was in the home directory: names, and when they were removed.
fn listed(sandbox: &Sandbox) -> Vec<(String, String)> {
    let below = format!("{}/", sandbox.home().display());
    let text = |item: &serde_json::Value, key: &str| item[key].as_str().unwrap_or_default().to_owned();
    let items = sandbox.list_json();
    let named = items.iter().map(|item| (text(item, "original_path"), text(item, "trashed_date")));
    let mut ours: Vec<_> = named.filter_map(|(path, at)| Some((path.strip_prefix(&below)?.to_owned(), at))).collect();
    ours.sort();
    ours
}

fn names(sandbox: &Sandbox) -> Vec<String> {
    listed(sandbox).into_iter().map(|(name, _)| name).collect()
}

#[test]
fn two_are_found_selected_restored_and_taken_back() {
    let sandbox = removed(&["notes/one.txt", "notes/two.txt", "other.log"]);
    let before = listed(&sandbox);
    let mut screen = browse(&sandbox);
    screen.shows("3 items").shows("other.log").shows("content of other.log").shows("? help");
    screen.types("/txt").shows("2 found").hides("other.log").shows("content of notes/two.txt");
    screen.types(ENTER).types(" ").shows("1 selected").types(" ").shows("2 selected");
    screen.types(ENTER).shows("restored 2 items; u undoes it").shows("nothing in the trash matches");
    assert_eq!(fs::read(home(&sandbox, "notes/two.txt")).expect("restored"), b"content of notes/two.txt\n");
    assert_eq!(names(&sandbox), ["other.log"]);
    screen.types("u").shows("moved 2 items back to the trash").shows("2 found");
    assert_eq!(listed(&sandbox), before, "as if nothing had happened, their dates too");
    assert!(!home(&sandbox, "notes/one.txt").exists());
    screen.types("u").shows("nothing to undo");
    leave(screen);
}

#[test]
fn a_trash_without_a_match_is_not_called_empty() {
    let sandbox = removed(&["a"]);
    let mut screen = on_terminal(&sandbox, &["browse", "zzz"]).on_screen(80, 24);
    screen.shows("nothing in the trash matches").hides("is empty");
    leave(screen);
}

#[test]
fn the_terminal_is_given_back_as_it_was() {
    let sandbox = removed(&["a"]);
    let mut screen = browse(&sandbox);
    // Between the start of the program and its first byte the settings are those of a fresh terminal.
    let fresh = sandbox.tool("sleep", ["0"]).on_screen(80, 24).settings();
    screen.shows("content of a").until("the alternate screen", vt100::Screen::alternate_screen);
    assert_ne!(screen.settings(), fresh, "keys arrive one by one");
    screen.types("q").is_left();
    assert_eq!((screen.ends_by(), screen.settings()), (Err(Some(0)), fresh.clone()));
    for signal in [libc_number("TERM"), libc_number("HUP"), libc_number("INT")] {
        let mut screen = browse(&sandbox);
        screen.shows("content of a").types("/typing").shows("typing").signal(signal).is_left();
        assert_eq!((screen.ends_by(), screen.settings()), (Ok(signal), fresh.clone()), "signal {signal}");
    }
}

fn libc_number(name: &str) -> i32 {
    match name {
        "HUP" => 1,
        "INT" => 2,
        _ => 15,
    }
}

#[test]
fn deleting_is_asked_and_no_is_the_answer_unless_it_is_yes() {
    let sandbox = removed(&["a", "b"]);
    let mut screen = browse(&sandbox);
    screen.shows("content of b").types("d").shows("delete 1 item (13 B) for good?").shows("cannot be undone");
    screen.types(ENTER).hides("for good?");
    assert_eq!(names(&sandbox), ["a", "b"]);
    screen.types("ad").shows("delete 2 items (26 B) for good?").types("n").hides("for good?");
    assert_eq!(names(&sandbox), ["a", "b"]);
    screen.types("nd").shows("delete 1 item").types("y").shows("deleted 1 item, ").shows("1 item,");
    assert_eq!(names(&sandbox), ["a"]);
    leave(screen);
}

/// The screen goes by the time that it is, not by the time when it was opened.
#[test]
fn what_is_old_enough_by_now_can_be_deleted() {
    let sandbox = Sandbox::ordinary();
    sandbox.rrm(["config", "set", "keep-newer-than", "3s"]).ok();
    let path = sandbox.file(home(&sandbox, "a"), "content of a\n");
    sandbox.rrm(["rm".as_ref(), path.as_os_str()]).ok();
    let mut screen = browse(&sandbox);
    std::thread::sleep(std::time::Duration::from_millis(3100));
    screen.types("d").shows("for good?").types("y").shows("deleted 1 item, ");
    assert_eq!(names(&sandbox), [""; 0]);
    leave(screen);
}

#[test]
fn what_is_kept_is_not_deleted_and_undo_gives_back_what_held() {
    let sandbox = removed(&["a", "b"]);
    sandbox.rrm(["keep".as_ref(), "--until=2d".as_ref(), home(&sandbox, "b").as_os_str()]).ok();
    let mut screen = browse(&sandbox);
    screen.shows("kept 2d").types("ak").shows("keeping 2 items; u undoes it").hides("kept 2d").shows("kept");
    screen
        .types("d")
        .shows("cannot delete")
        .types("m")
        .tells("it is kept (k releases it)")
        .types(ENTER)
        .shows("q leave");
    assert_eq!(names(&sandbox), ["a", "b"]);
    screen.types("u").shows("kept 2d").types("q").is_left();
    sandbox.rrm(["list", "--full"]).ok().out_contains("kept until ");
    let plain = sandbox.rrm(["list".as_ref(), home(&sandbox, "a").as_os_str()]);
    assert!(!plain.stdout().contains("kept"), "{plain}");
}

#[test]
fn elsewhere_is_asked_for_and_undone_without_a_trace() {
    let sandbox = removed(&["a"]);
    let before = listed(&sandbox);
    let mut screen = browse(&sandbox);
    screen.shows("content of a").types("t").shows("restore 1 item into this directory");
    screen.types("elsewhere").shows("elsewhere").types(ENTER).shows("restored ");
    assert!(sandbox.path("elsewhere/a").is_file());
    screen.types("u").shows("moved 1 item back to the trash");
    assert!(!sandbox.path("elsewhere/a").exists());
    assert_eq!(listed(&sandbox), before, "it was at its own place, not there");
    leave(screen);
}

#[test]
fn nothing_is_overwritten_and_what_was_changed_is_not_taken_back() {
    let sandbox = removed(&["a"]);
    sandbox.file(home(&sandbox, "a"), "of today");
    let mut screen = browse(&sandbox);
    screen
        .shows("content of a")
        .types("r")
        .shows("something already exists")
        .types("n")
        .hides("something already exists");
    screen.types("r").shows("as name.~1~").types("y").shows("restored ");
    assert_eq!(fs::read(home(&sandbox, "a")).expect("untouched"), b"of today");
    assert_eq!(fs::read(home(&sandbox, "a.~1~")).expect("restored"), b"content of a\n");
    fs::remove_file(home(&sandbox, "a.~1~")).expect("ours");
    sandbox.file(home(&sandbox, "a.~1~"), "another file");
    screen.types("u").shows("cannot remove").types("m").tells("it was changed");
    assert!(home(&sandbox, "a.~1~").exists());
    screen.types(ENTER).shows("q leave");
    leave(screen);
}

#[test]
fn it_is_the_same_at_every_size() {
    let sandbox = removed(&["a", "b", "c"]);
    let mut screen = browse(&sandbox);
    screen.shows("content of c").resize(120, 40).shows("in 30d");
    screen.until("a footer on the last line", |screen| {
        screen.rows(0, 120).nth(39).is_some_and(|row| row.contains("? help"))
    });
    screen.resize(40, 10).hides("content of c").shows("3 items").shows("? help");
    screen.resize(20, 4).shows("too small").resize(80, 24).shows("content of c").types(DOWN).shows("content of b");
    leave(screen);
}

#[test]
fn on_a_screen_too_small_to_see_it_nothing_is_done() {
    let sandbox = removed(&["a"]);
    for (columns, rows) in [(2, 8), (20, 4), (30, 6)] {
        let mut screen = on_terminal(&sandbox, &["browse"]).on_screen(columns, rows);
        let told = if columns < 9 { "to" } else { "too small" };
        // The last of them leaves, so that all have been taken by then.
        screen.shows(told).types("d").types("y").types("r").types(ENTER).types(ESCAPE).is_left();
        assert_eq!((screen.ends_by(), names(&sandbox)), (Err(Some(0)), vec!["a".to_owned()]), "{columns}x{rows}");
    }
    let mut screen = browse(&sandbox);
    screen.shows("content of a").types("d").shows("for good?").resize(24, 7).shows("too small");
    screen.types("y").types(ESCAPE).shows("? help");
    assert_eq!(names(&sandbox), ["a"]);
    leave(screen);
}

#[test]
fn names_stay_names_and_without_colour_there_is_none() {
    let sandbox = Sandbox::ordinary();
    let names = [
        "evil\x1b[2J\x1b]0;title\x07",
        "日本語の長い名前です.txt",
        "👩\u{200d}👩\u{200d}👧.png",
        "e\u{301}te\u{301}",
        "gpj\u{202e}exe",
    ];
    for name in names {
        let path = sandbox.file(home(&sandbox, name), "\x1b[31mred\x1b[0m\x07\n");
        sandbox.rrm(["rm".as_ref(), path.as_os_str()]).ok();
    }
    let mut screen = on_terminal(&sandbox, &["browse"]).with("NO_COLOR", "1").on_screen(80, 24);
    screen.shows("5 items").shows("[2J\\x1b]0;title\\x07").shows("本語の長い名前です.txt").shows("e\u{301}te\u{301}");
    screen.shows("gpj\\xe2\\x80\\xaeexe").shows("\\x1b[31mred");
    screen.types("/été").types("\x15").types("本語").shows("1 found");
    screen.types(ESCAPE).shows("q leave").types("?").shows("delete for good").types("?").hides("delete for good");
    let bytes = screen.bytes();
    for order in [&b"\x1b[2J\x1b]0"[..], b"\x1b]0;title", b"\x1b[31m", b"\x1b[38", b"\x1b[36m", "\u{202e}".as_bytes()] {
        let sent = bytes.windows(order.len()).any(|part| part == order);
        assert!(!sent, "{} was written to the terminal", order.escape_ascii());
    }
    leave(screen);
}

#[test]
fn without_a_terminal_it_never_starts() {
    let sandbox = removed(&["a"]);
    sandbox.rrm(["browse"]).fails(2).err_contains("no terminal").err_contains("rrm list");
    sandbox.rrm(["restore"]).fails(2).err_contains("nothing selected to restore");
    let out = sandbox.command(["browse"]).redirected(">out");
    let mut screen = out.on_screen(80, 24);
    assert_eq!(screen.ends_by(), Err(Some(2)));
    assert_eq!(fs::read(sandbox.path("out")).expect("made by the shell"), b"");
}

#[test]
fn restore_without_a_selection_lets_one_pick() {
    let sandbox = removed(&["a.txt", "pick-b.log", "c.txt"]);
    let choose = || sandbox.command(["restore", "-v"]).with("TERM", "xterm-256color").on_screen(80, 24);
    let mut screen = choose();
    screen
        .shows("rrm restore")
        .types("pick-b.log")
        .shows("1 found")
        .shows("content of pick-b.log")
        .types(ENTER)
        .is_left();
    screen.shows("restored ").shows("pick-b.log");
    assert_eq!((screen.ends_by(), names(&sandbox)), (Err(Some(0)), vec!["a.txt".to_owned(), "c.txt".to_owned()]));
    let mut screen = choose();
    screen.shows("content of c.txt").types("\x03").is_left();
    assert_eq!((screen.ends_by(), names(&sandbox).len()), (Err(Some(0)), 2));
}

#[test]
fn groups_are_selected_by_their_heads() {
    let sandbox = Sandbox::ordinary();
    let [a, b, c] = ["d/a", "d/b", "e/c"].map(|name| sandbox.file(home(&sandbox, name), "x").into_os_string());
    sandbox.rrm(["rm".into(), a, b]).ok();
    sandbox.rrm(["rm".into(), c]).ok();
    let mut screen = browse(&sandbox);
    screen.shows("3 items").types("g").shows("by command").shows("2 items");
    screen
        .types("gg")
        .shows("by day")
        .types("g")
        .hides("by day")
        .types("gg")
        .shows("by directory")
        .shows("~/d, 2 items");
    // The head of the first group, which is d once they are sorted by path.
    screen
        .types("s")
        .shows("by path, by directory")
        .types("\x1b[H")
        .types(" ")
        .shows("2 selected")
        .types("r")
        .shows("restored 2 items");
    assert_eq!(names(&sandbox), ["e/c"]);
    leave(screen);
}

#[test]
fn ctrl_z_stops_it_like_any_other_program() {
    let sandbox = removed(&["a"]);
    // Only a shell that a person uses gives the terminal to its jobs and takes it back.
    let shell = sandbox.tool("bash", ["--norc", "--noediting", "-i"]).with("PS1", "$ ").with("TERM", "xterm-256color");
    let shell = shell.with("RRM", sandbox.command(["browse"]).program());
    let mut screen = shell.on_screen(80, 24);
    screen.shows("$ ").types("\"$RRM\" browse --under ~\n").shows("content of a");
    screen.types("\x1a").is_left().shows("Stopped").types("stty -a | grep -o ' icano[n]'\n").shows(" icanon");
    screen.types("fg\n").hides("Stopped").shows("content of a").types("q").is_left();
    screen.types("echo ended $?\n").shows("ended 0").types("exit\n");
    assert_eq!(screen.ends_by(), Err(Some(0)));
}

/// [61] A script that waits for it stops with it, or else nobody has the terminal.
#[test]
fn ctrl_z_stops_the_script_that_started_it_too() {
    let sandbox = removed(&["a"]);
    let shell = sandbox.tool("bash", ["--norc", "--noediting", "-i"]).with("PS1", "$ ").with("TERM", "xterm-256color");
    let shell = shell.with("RRM", sandbox.command(["browse"]).program());
    let mut screen = shell.on_screen(80, 24);
    screen.shows("$ ").types("sh -c '\"$RRM\" browse --under ~; echo script went on'\n").shows("content of a");
    screen.types("\x1a").is_left().shows("Stopped").types("echo shell is $((1 + 1))\n").shows("shell is 2");
    screen.types("fg\n").hides("shell is 2").shows("content of a").types("q").is_left().shows("script went on");
    screen.types("exit\n");
    assert_eq!(screen.ends_by(), Err(Some(0)));
}

/// [61] Where no shell would have it go on, it does not stop.
#[test]
fn ctrl_z_without_a_shell_is_told() {
    let sandbox = removed(&["a"]);
    let mut screen = browse(&sandbox);
    screen.shows("content of a").types("\x1a").shows("there is no shell");
    leave(screen);
}

/// [62] The terminal goes away: whether a signal tells of it or not, the program ends, and as that signal ends one.
#[test]
fn a_terminal_that_hangs_up_ends_it() {
    if std::process::Command::new("script").arg("--version").output().is_err() {
        skip!("bsdutils", "for a terminal that somebody closes");
    }
    let sandbox = removed(&["a"]);
    let program = sandbox.command(["browse"]).program().to_owned();
    let browse = "stty rows 24 cols 80; \"$RRM\" browse --under ~; echo $? >status";
    for line in [format!("trap '' HUP; sh -c 'trap - HUP; {browse}'"), format!("exec setsid --wait sh -c '{browse}'")] {
        let script = sandbox.tool("script", ["--quiet", "--flush", "--command", &line, "/dev/null"]);
        let mut terminal = script.with("RRM", &program).with("TERM", "xterm-256color").with("SHELL", "/bin/sh").spawn();
        let mut shown = Vec::new();
        let mut out = terminal.stdout.take().expect("it is piped");
        while !String::from_utf8_lossy(&shown).contains("~/a") {
            let mut part = [0; 4096];
            let count = out.read(&mut part).expect("a pipe can be read");
            assert!(count > 0, "it ended early: {}", String::from_utf8_lossy(&shown));
            shown.extend(&part[..count]);
        }
        terminal.kill().expect("it runs");
        terminal.wait().expect("it was started here");
        let status = sandbox.path("status");
        let since = std::time::Instant::now();
        while fs::read_to_string(&status).unwrap_or_default().is_empty() {
            assert!(since.elapsed() < std::time::Duration::from_mins(2), "it goes on without a terminal: {line}");
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        assert_eq!(fs::read_to_string(&status).expect("it is there"), "129\n", "{line}");
        fs::remove_file(status).expect("it is there");
    }
}

/// [64] A terminal that shows lines and nothing else is told what to do instead.
#[test]
fn on_a_dumb_terminal_it_never_starts() {
    let sandbox = removed(&["a"]);
    for (words, told) in [(&["browse"][..], "rrm list"), (&["restore"], "name an ID or a path")] {
        for term in ["dumb", ""] {
            let run = sandbox.command(words).with("TERM", term).on_terminal(80, "q");
            run.fails(2).out_contains(told);
            assert!(!run.stdout.contains(&0x1b), "{run}");
        }
    }
}

/// [65] What is pasted is no order, and its lines are words.
#[test]
fn lines_that_are_pasted_into_the_filter_are_words() {
    let sandbox = removed(&["one two", "onetwo"]);
    let mut screen = browse(&sandbox);
    screen.types("/").types("\x1b[200~one\ttwo\x1b[2J\nq\n\x1b[201~").shows("one two[2J q");
    screen.types("\x15").types("\x1b[200~\"one\ntwo\"\n\x1b[201~").shows("1 found");
    screen.types(ESCAPE).shows("q leave");
    leave(screen);
}
