//! Which part of rrm may know which: the import rules of the sources, held by reading them.
//!
//! The compiler already keeps the library from the binary's own types; what it cannot see is held here. Comments,
//! strings and tests are not read.

mod binary;
mod circles;
mod paths;
mod rules;

use std::fs;

use crate::common::{source, sources};
use circles::Crate;
use paths::{mentions, module_of};
use rules::RULES;

/// Every sentence that says where a file breaks a rule. `file` is relative to `src/`.
fn violations(file: &str, text: &str) -> Vec<String> {
    let mentioned = mentions(text, &module_of(file));
    let broken = |rule: &rules::Rule| {
        let found: Vec<String> =
            mentioned.iter().filter(|path| rule.forbids(path)).map(|path| path.join("::")).collect();
        (!found.is_empty()).then(|| format!("src/{file} names {}: {}", found.join(", "), rule.why))
    };
    RULES.iter().chain(binary::RULES).filter(|rule| rule.concerns(file)).filter_map(broken).collect()
}

/// Every file below `src/`, as its path there and its text.
fn files() -> Vec<(String, String)> {
    let top = source().join("src");
    let files = sources(&top).into_iter().map(|path| {
        let text = fs::read_to_string(&path).expect("a source is text");
        (path.strip_prefix(&top).expect("it was found below").to_str().expect("our names are ASCII").to_owned(), text)
    });
    files.collect()
}

/// The lines of all files that `is_wrong` about, each with where it is; what only tests see is passed over.
fn lines_that(is_wrong: impl Fn(&str, &str) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    for (file, text) in files() {
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let lines = code.lines().filter(|line| is_wrong(&file, line));
        found.extend(lines.map(|line| format!("src/{file}: {}", line.trim())));
    }
    found
}

#[test]
fn every_source_keeps_to_the_import_rules() {
    let broken: Vec<String> = files().iter().flat_map(|(file, text)| violations(file, text)).collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// The lines that a file has at least and at most.
const LINES: std::ops::RangeInclusive<usize> = 20..=400;

/// Files that are shorter for a reason.
const SHORT: [(&str, &str); 8] = [
    ("rules.rs", "it says what its parts have in common"),
    ("store/moving.rs", "the same"),
    ("bin/rrm/gnu.rs", "the same"),
    ("sys/loss.rs", "it gives what values only describe its open directories"),
    ("sys/values/opening.rs", "each platform's way of opening takes it from here"),
    ("sys/platform/posix/attribute.rs", "a platform may have another"),
    ("bin/rrm/env/root.rs", "tests have another root"),
    ("bin/rrm/commands/help.rs", "commands take it from below the table of all"),
];

#[test]
fn every_file_has_a_size_to_read() {
    let may_be_short = |file: &str| {
        file.ends_with("tests.rs") || file.ends_with("testing.rs") || SHORT.iter().any(|(short, _)| *short == file)
    };
    let sizes = files().into_iter().map(|(file, text)| (text.lines().count(), file));
    let wrong = sizes.filter(|(lines, file)| lines > LINES.end() || (lines < LINES.start() && !may_be_short(file)));
    let wrong: Vec<_> = wrong.map(|(lines, file)| format!("src/{file}: {lines} lines")).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_modules_of_the_library_know_each_other_in_a_circle() {
    let circles = Crate::of(files().into_iter().filter(|(file, _)| !file.starts_with("bin/"))).circles();
    assert!(circles.is_empty(), "{}", circles.join("\n"));
}

#[test]
fn a_circle_is_seen_whatever_it_leads_through() {
    let crate_of = |files: &[(&str, &str)]| {
        Crate::of(files.iter().map(|(file, text)| ((*file).to_owned(), (*text).to_owned()))).circles().len()
    };
    for (files, circles) in [
        (&[("a.rs", "use crate::b::B;"), ("b.rs", "use super::a::A;")][..], 1),
        (
            &[
                ("a.rs", "use crate::b::B;"),
                ("b.rs", "use crate::c::C;"),
                ("c.rs", ""),
                ("c/d.rs", "fn f() { crate::a::g() }"),
            ],
            1,
        ),
        (&[("s.rs", ""), ("s/a.rs", "use super::b::B;"), ("s/b.rs", "use crate::s::{a::A, c};"), ("s/c.rs", "")], 1),
        // What a directory's own file passes on is the module's that has it.
        (
            &[
                ("s.rs", "pub use a::A; pub use self::b::{B, C};"),
                ("s/a.rs", "use super::C;"),
                ("s/b.rs", "use crate::s::A;"),
            ],
            1,
        ),
        (&[("s.rs", "pub struct S; pub use a::A;"), ("s/a.rs", "use super::S;"), ("s/b.rs", "use super::A;")], 0),
        (&[("a.rs", "use crate::b::B;"), ("b.rs", "#[cfg(test)]\nmod tests { use crate::a::A; }")], 0),
        (&[("a.rs", "// use crate::b::B;"), ("b.rs", "use crate::a::A;")], 0),
        (&[("s.rs", "pub use other;"), ("s/a.rs", "use super::other::Other;")], 0),
    ] {
        assert_eq!(crate_of(files), circles, "{files:?}");
    }
}

/// What a file manager needs is named in the library's documentation; no other program can reach the rest.
#[test]
fn what_nothing_is_promised_about_is_out_of_reach() {
    let text = fs::read_to_string(source().join("src/lib.rs")).expect("a source is text");
    let promised = text.split("What a file manager needs is in").nth(1).and_then(|rest| rest.split(';').next());
    let promised = promised.expect("a sentence that names the modules");
    let lines: Vec<&str> = text.lines().collect();
    for (at, line) in lines.iter().enumerate() {
        let Some(name) = line.strip_prefix("pub mod ").and_then(|rest| rest.strip_suffix(';')) else { continue };
        let is_behind_a_door =
            lines[..at].ends_with(&["#[cfg(any(feature = \"cli\", feature = \"testing\"))]", "#[doc(hidden)]"]);
        assert!(is_behind_a_door != promised.contains(&format!("`{name}`")), "{name}");
    }
}

/// `{:?}` escapes in a way of its own. The library's error has it for programmers; what a transfer says is escaped where it
/// is told.
#[test]
fn no_name_is_shown_by_debug() {
    let is_known = |file: &str| file == "error.rs" || file.starts_with("transfer/") || file.ends_with("tests.rs");
    let found = lines_that(|file, line| !is_known(file) && (line.contains(":?}") || line.contains(":#?}")));
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// What a platform has is asked for where it is chosen, so that a new one is a file and not a search.
#[test]
fn only_the_door_of_sys_names_a_platform() {
    const PLATFORM: [&str; 8] = [
        "target_os",
        "target_vendor",
        "target_family",
        "target_env",
        "target_arch",
        "feature = \"posix\"",
        "\"/proc",
        "\"/dev/",
    ];
    let found =
        lines_that(|file, line| !file.starts_with("sys/platform") && PLATFORM.iter().any(|word| line.contains(word)));
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn a_broken_rule_is_seen_in_every_spelling() {
    for (file, text) in [
        ("ops/list.rs", "use clap::Parser;"),
        ("manager.rs", "fn f() { rustix::fs::stat(x) }"),
        ("store/record.rs", "use std::{fs, env};"),
        ("store/record.rs", "use super::super::manager::TrashManager;"),
        ("store.rs", "use crate::{item::{Record, ItemId}, manager::TrashManager};"),
        ("purge.rs", "fn f(item: &crate::item::TrashItem) {}"),
        ("volume.rs", "use super::manager;"),
        ("item.rs", "use crate::sys::Dir;"),
        ("error.rs", "use crate::item::ItemId;"),
        ("rules/selection.rs", "fn f() { let now = chrono::Utc::now(); }"),
        ("sys/dir.rs", "use crate::progress::Progress;"),
        ("sys/dir.rs", "fn f() { println!(\"{}\", 1) }"),
        ("finding.rs", "use std::io;"),
        ("ops/clean/options.rs", "use std::io;"),
        ("ops/restore/staging.rs", "fn f(dir: &Dir) { dir.create_private_dir(name) }"),
        ("ops/copy/reconcile.rs", "fn f(dir: &Dir) { dir.remove_dir(name) }"),
        ("ops/copy/reconcile.rs", "use crate::purge::{Measure, purge};"),
        ("ops/restore/plan.rs", "use crate::private::{Found, PrivateDir};"),
        ("transfer/remove_source/aside.rs", "fn f(dir: &Dir) { dir.create_marked_dir(name) }"),
        ("bin/rrm/session.rs", "use rustix::fs::stat;"),
        ("bin/rrm/session.rs", "fn f() { std::env::var(\"HOME\") }"),
        ("bin/rrm/output/table.rs", "use clap::ValueEnum;"),
        ("bin/rrm/commands/clean/log.rs", "fn f() { path.display() }"),
        ("rules/selection/term.rs", "fn f() { name.escape_debug() }"),
    ] {
        assert!(!violations(file, text).is_empty(), "unseen in {file}: {text}");
    }
}

#[test]
fn what_only_looks_like_a_broken_rule_is_let_be() {
    for (file, text) in [
        ("manager.rs", "// use clap::Parser;\n/* rustix /* nested */ rustix::fs */ /// println!(\"\")"),
        (
            "manager.rs",
            r##"const A: &str = "use clap::Parser"; const B: &str = r#"a"rustix::fs"#; const C: char = '"';"##,
        ),
        ("manager.rs", "#[cfg(test)]\nmod tests { use std::env; fn f() { println!(\"}\") } }\nfn g<'a>() {}"),
        ("manager/tests.rs", "use std::env;"),
        ("sys/dir.rs", "use rustix::fs::stat; use super::name::Name; use crate::sys::Metadata;"),
        ("store/record.rs", "use super::layout; use crate::{item::Record, sys};"),
        ("bin/rrm/options.rs", "use clap::Parser;"),
        ("bin/rrm/env.rs", "fn f() { std::env::var_os(\"HOME\"); chrono::Utc::now() }"),
    ] {
        assert_eq!(violations(file, text), [""; 0], "{file}: {text}");
    }
}
