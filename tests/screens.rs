//! What people see, at several widths, in files below `tests/screens` that a review can read.

mod scene;
mod volume;

use std::fmt::Write as _;

use crate::common::{Sandbox, is_writing, is_written, source};
use scene::{Scene, spoil};

const WIDTHS: [u16; 3] = [40, 80, 200];

/// Each command as it is typed, and what is shown of it.
fn shown(scene: &Scene, lines: &[(&[&str], String)]) -> String {
    let mut text = String::new();
    for (words, output) in lines {
        let _ = write!(text, "$ rrm {}\n{}\n", words.join(" "), scene.masked(output));
    }
    text
}

fn on_terminal(scene: &Scene, columns: u16, words: &[&str]) -> String {
    scene.command(words).on_terminal(columns, "").stdout()
}

fn written(name: &str, text: &str) {
    is_written(&format!("tests/screens/{name}.txt"), text, "screens::");
}

const REPORTS: [&[&str]; 4] = [&["list"], &["undo", "--list"], &["stats"], &["doctor"]];

#[test]
fn reports_at_every_width() {
    let scene = Scene::new();
    for columns in WIDTHS {
        let lines = REPORTS.map(|words| (words, on_terminal(&scene, columns, words)));
        // A sentence may be broken, a line of a table not; the path of a volume is as long as it is.
        let is_sentence = |line: &str| line.starts_with("checked ") || line.contains(" items, ");
        let is_wide = |line: &&str| width(line) > columns.into() && !is_sentence(line) && !line.starts_with("Volume ");
        let wide: Vec<_> = lines.iter().flat_map(|(_, output)| output.lines()).filter(is_wide).collect();
        assert!(wide.is_empty(), "wider than {columns} columns:\n{}", wide.join("\n"));
        let text = shown(&scene, &lines);
        written(&format!("reports-{columns}"), &text);
    }
}

/// The cells that a line takes.
fn width(line: &str) -> usize {
    unicode_width::UnicodeWidthStr::width(line)
}

#[test]
fn reports_in_a_pipe() {
    let scene = Scene::new();
    let mut words = REPORTS.to_vec();
    words.extend([&["list", "--sessions"][..], &["list", "--sessions", "--json"]]);
    words.extend([&["list", "--json", "--last", "2"][..], &["list", "--format", "plain", "--last", "2"]]);
    let lines: Vec<_> = words.into_iter().map(|words| (words, scene.command(words).run().stdout())).collect();
    written("reports-pipe", &shown(&scene, &lines));
}

/// As long as each can be told from the others by more than its name, it has its line.
#[test]
fn ten_of_one_removal_and_directory_are_one_line_on_a_terminal() {
    let sandbox = Sandbox::new();
    let removed = |directory: &str, number: usize| {
        let paths: Vec<_> = (0..number).map(|at| sandbox.file(format!("{directory}/f{at}"), "x")).collect();
        sandbox.command(["rm"]).args(&paths).run().ok();
    };
    removed("nine", 9);
    removed("ten", 10);
    removed("eleven", 6);
    removed("eleven", 5);
    let rows = |words: &[&str]| sandbox.command([&["list"], words].concat()).on_terminal(200, "").stdout();
    let shown = rows(&[]);
    assert!(shown.contains("/ten, f0 …\n") && shown.contains("30 items, 30 B; --each lists each item\n"), "{shown}");
    assert_eq!(shown.lines().count(), 1 + 9 + 1 + 6 + 5 + 1, "{shown}");
    assert_eq!(rows(&["--sort", "path"]).lines().count(), 1 + 9 + 1 + 11 + 1);
    for words in [&["--each"][..], &["-S"], &["--sort", "kind"], &["--full"]] {
        let shown = rows(words);
        assert_eq!(shown.lines().count(), 32, "{words:?}: {shown}");
        assert!(!shown.contains("--each"), "{words:?}: {shown}");
    }
    assert_eq!(sandbox.rrm(["list"]).stdout().lines().count(), 31, "in a pipe");
}

/// What is coloured is between marks: `<1;34>` begins a colour, `<0>` ends it.
#[test]
fn reports_in_colour() {
    let scene = Scene::new();
    let lines = REPORTS.map(|words| {
        let shown = scene.command(words).without("NO_COLOR").on_terminal(80, "").stdout();
        (words, with_marks(&shown))
    });
    written("reports-colour", &shown(&scene, &lines));
}

fn with_marks(text: &str) -> String {
    let mut parts = text.split("\x1b[");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| match part.split_once('m') {
        Some((colour, rest)) => format!("{text}<{colour}>{rest}"),
        None => format!("{text}<?>{part}"),
    })
}

#[test]
fn what_doctor_finds() {
    let scene = Scene::new();
    spoil(&scene.sandbox);
    let words = ["doctor", "."];
    for columns in WIDTHS {
        let text = shown(&scene, &[(&words, on_terminal(&scene, columns, &words))]);
        written(&format!("doctor-{columns}"), &text);
    }
}

#[test]
fn help_at_every_width() {
    let scene = Scene::new();
    let commands = scene.sandbox.subcommands();
    for option in ["-h", "--help"] {
        for columns in WIDTHS {
            let mut lines = vec![(vec![option], on_terminal(&scene, columns, &[option]))];
            for command in &commands {
                let words = vec![command.as_str(), option];
                let shown = on_terminal(&scene, columns, &words);
                let rows = shown.lines().count();
                assert!(
                    option == "--help" || columns < 80 || rows <= 24,
                    "rrm {command} -h has {rows} lines:\n{shown}"
                );
                assert!(option == "-h" || shown.contains("\nExample"), "rrm {command} --help has no examples");
                lines.push((words, shown));
            }
            let lines: Vec<_> = lines.iter().map(|(words, shown)| (&words[..], shown.clone())).collect();
            let text = shown(&scene, &lines);
            let wrapped: Vec<_> = text.lines().filter(|line| columns > 40 && width(line) > columns.into()).collect();
            assert!(wrapped.is_empty(), "wider than {columns} columns:\n{}", wrapped.join("\n"));
            written(&format!("help{}-{columns}", if option == "-h" { "-short" } else { "" }), &text);
        }
    }
}

/// Several moments of the picker, one below the other.
#[test]
fn browse_at_every_width() {
    let scene = Scene::new();
    let moments = [("rrm browse", ""), ("s: sort", "s"), ("?: help", "?"), ("d: delete", "xd")];
    for columns in WIDTHS {
        let name = format!("browse-{columns}");
        let before = read(&name);
        let mut screen = scene.command(&["browse"]).on_screen(columns, 24);
        let mut text = String::new();
        for (what, keys) in moments {
            screen.types(keys);
            let heading = format!("# {what}\n");
            let expected = before.split_once(&heading).and_then(|(_, rest)| rest.split("\n# ").next());
            match expected.filter(|_| !is_writing()) {
                // It is drawn in several steps.
                Some(expected) => {
                    screen.until(&format!("what tests/screens/{name}.txt has"), |screen| {
                        scene.masked(&screen.contents()).trim_end() == expected.trim_end()
                    });
                }
                None => std::thread::sleep(std::time::Duration::from_secs(1)),
            }
            let _ = write!(text, "{heading}{}\n\n", scene.masked(&screen.text()).trim_end());
        }
        screen.types("nq").is_left();
        written(&name, &text);
    }
}

/// What was written before.
fn read(name: &str) -> String {
    std::fs::read_to_string(source().join(format!("tests/screens/{name}.txt"))).unwrap_or_default()
}
