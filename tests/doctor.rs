//! Every finding of `rrm doctor`: made on purpose, found, mended by what it says, and found clean. And that a repair
//! deletes nothing of anybody's.

mod places;
mod surroundings;
mod unfinished;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::common::{HURRY, Invocation, Sandbox, is_root, snapshot, strace};

/// A name that an item may have.
const ID: &str = "0b0a7a4e-9b1c-4c8e-8f57-0123456789ab";

/// `rrm doctor` with a crontab and a systemd of the test's own: nothing is scheduled.
fn doctor(sandbox: &Sandbox, words: &[&str]) -> Invocation {
    let tools = sandbox.root().join("tools");
    if !tools.exists() {
        let program = |name: &str, text: &str| {
            let path = sandbox.file(tools.join(name), format!("#!/bin/sh\n{text}\n"));
            sandbox.chmod(path, 0o755);
        };
        program("crontab", "echo 'no crontab for you' >&2; exit 1");
        program("systemctl", "exit 1");
    }
    let path = format!("{}:/usr/bin:/bin", tools.display());
    sandbox.command([&["doctor"], words].concat()).with("PATH", path).in_a_hurry()
}

/// What is found, one object each, and whether something is to be done.
#[track_caller]
fn findings(sandbox: &Sandbox, words: &[&str], status: i32) -> Vec<Value> {
    let run = doctor(sandbox, &[&["--format", "json"], words].concat()).run();
    run.fails(status);
    run.stdout().lines().map(|line| serde_json::from_str(line).expect("an object a line")).collect()
}

/// Asserts that this and nothing else is found, tells of it, and gives what is said to mend it.
#[track_caller]
fn found(sandbox: &Sandbox, words: &[&str], severity: &str, finding: &str, path: &Path) -> String {
    let all = findings(sandbox, words, i32::from(severity != "note"));
    assert_eq!(all.len(), 1, "{all:?}");
    let told = ["severity", "finding", "path", "repair"].map(|key| all[0][key].as_str().unwrap_or("(none)"));
    assert_eq!(told, [severity, finding, path.to_str().expect("plain text"), "none"], "{all:?}");
    let line = doctor(sandbox, words).run();
    line.out_contains(&format!("{severity}: '{}': ", path.display()));
    all[0]["remedy"].as_str().expect("a text").to_owned()
}

/// Asserts that a repair mends all that there is, and that nothing is found afterwards.
#[track_caller]
fn repaired(sandbox: &Sandbox, words: &[&str]) {
    let run = doctor(sandbox, &[&["--repair"], words].concat()).run();
    run.ok().out_contains("repaired: ").out_contains("no problems found");
    clean(sandbox, words);
}

#[track_caller]
fn clean(sandbox: &Sandbox, words: &[&str]) {
    let run = doctor(sandbox, words).run();
    run.ok().out_contains(": no problems found\n");
    assert_eq!(run.stdout().lines().count(), 1, "{run}");
}

/// Asserts that a repair leaves the finding, and the whole sandbox, as they are.
#[track_caller]
fn left_alone(sandbox: &Sandbox, words: &[&str]) {
    let before = [sandbox.home(), sandbox.work()].map(snapshot);
    let all = findings(sandbox, &[&["--repair"], words].concat(), 1);
    assert!(all.iter().all(|one| one["repair"] != "done"), "{all:?}");
    before[0].assert_is_at(sandbox.home());
    before[1].assert_is_at(sandbox.work());
}

/// Runs what a finding says: `rrm` and the words behind it, up to what it does.
#[track_caller]
fn follow(sandbox: &Sandbox, remedy: &str) {
    let line = remedy.split(" restores ").next().unwrap_or(remedy).split(" deletes ").next().unwrap_or(remedy);
    let line = line.split(" continues").next().unwrap_or(line).replace("DIR", "taken-out").replace("rrm ", "\"$0\" ");
    let program = crate::common::binary();
    sandbox.tool("sh", ["-ec", &line, program.to_str().expect("plain text")]).run().ok();
}

/// A home trash with one sound item in it.
fn with_trash(sandbox: &Sandbox) -> PathBuf {
    sandbox.file("sound", "x");
    sandbox.rrm(["rm", "sound"]).ok();
    clean(sandbox, &[]);
    sandbox.trash()
}

/// A file in the trash under the name of an item, with attributes as given.
fn planted(sandbox: &Sandbox, attributes: &[(&str, &str)]) -> PathBuf {
    let path = sandbox.file(sandbox.trash().join(ID), "planted");
    attributes.iter().for_each(|(name, value)| drop(sandbox.set_attribute(&path, &format!("user.{name}"), value)));
    path
}

#[test]
fn an_item_without_an_origin_is_taken_out_by_its_id() {
    let sandbox = Sandbox::ordinary();
    with_trash(&sandbox);
    let item = planted(&sandbox, &[]);
    let remedy = found(&sandbox, &[], "warning", "untagged-item", &item);
    left_alone(&sandbox, &[]);
    follow(&sandbox, &remedy);
    assert_eq!(fs::read_to_string(sandbox.path("taken-out").join(ID)).expect("it is there"), "planted");
    clean(&sandbox, &[]);
}

#[test]
fn a_record_that_leads_astray_is_named_and_not_followed() {
    let sandbox = Sandbox::ordinary();
    with_trash(&sandbox);
    let date = "2096-01-01T00:00:00Z";
    let item = planted(&sandbox, &[("original_path", "/tmp/../etc/x"), ("deletion_date", date)]);
    let remedy = found(&sandbox, &[], "warning", "untrusted-record", &item);
    left_alone(&sandbox, &[]);
    follow(&sandbox, &remedy);
    clean(&sandbox, &[]);
}

#[test]
fn dates_that_cannot_be_right_are_named() {
    let sandbox = Sandbox::ordinary();
    with_trash(&sandbox);
    let item = planted(&sandbox, &[("original_path", "/tmp/x"), ("deletion_date", "some day")]);
    found(&sandbox, &[], "warning", "doubtful-date", &item);
    left_alone(&sandbox, &[]);
    sandbox.rrm(["clean", "--yes", &format!("id:{}", &ID[..8])]).ok();
    clean(&sandbox, &[]);
}

#[test]
fn an_item_that_cannot_be_read_is_named() {
    let sandbox = Sandbox::ordinary();
    with_trash(&sandbox);
    let item = planted(&sandbox, &[("original_path", "/tmp/x"), ("deletion_date", "2096-01-01T00:00:00Z")]);
    sandbox.chmod(&item, 0o000);
    let remedy = found(&sandbox, &[], "error", "unreadable-item", &item);
    left_alone(&sandbox, &[]);
    sandbox.tool("sh", ["-c", &remedy]).run().ok();
    clean(&sandbox, &[]);
}

#[test]
fn an_empty_envelope_goes_once_nobody_can_be_at_work_with_it() {
    let sandbox = Sandbox::ordinary();
    let trash = with_trash(&sandbox);
    let envelope = sandbox.dir(trash.join(ID));
    found(&sandbox, &[], "note", "empty-envelope", &envelope);
    doctor(&sandbox, &["--repair"]).run().ok().out_contains("note: ");
    assert!(envelope.exists(), "it may be about to be filled");
    let empty = |record: bool| {
        if record {
            fs::write(envelope.join("attributes"), "rrm attributes 1\nrrm_envelope=1\noriginal_path=/x\n")
                .expect("made");
            sandbox.give(&envelope.join("attributes"));
        }
        sandbox.tool("touch", ["-d", "2 hours ago", envelope.to_str().expect("text")]).run().ok();
        found(&sandbox, &[], "warning", "empty-envelope", &envelope);
        repaired(&sandbox, &[]);
        assert!(!envelope.exists());
    };
    empty(false);
    sandbox.dir(&envelope);
    empty(true);
    sandbox.dir(&envelope);
    sandbox.set_attribute(&envelope, "user.rrm_envelope", "1");
    empty(false);
}

#[test]
fn files_in_an_envelope_that_are_not_its_item_are_left_alone() {
    let sandbox = Sandbox::ordinary();
    let trash = with_trash(&sandbox);
    sandbox.symlink("link", "nowhere");
    sandbox.rrm(["rm", "link"]).ok();
    let is_envelope = |path: &PathBuf| path.join("item").symlink_metadata().is_ok();
    let names = fs::read_dir(&trash).expect("the trash").map(|entry| entry.expect("an entry").path());
    let envelope = names.into_iter().find(is_envelope).expect("a link is in an envelope");
    let mine = sandbox.file(envelope.join("attributes"), "mine");
    found(&sandbox, &[], "warning", "crowded-envelope", &envelope);
    left_alone(&sandbox, &[]);
    // Without its item, too, and however old.
    fs::rename(envelope.join("item"), sandbox.path("item")).expect("moved");
    sandbox.tool("touch", ["-d", "2 hours ago", envelope.to_str().expect("text")]).run().ok();
    found(&sandbox, &[], "warning", "crowded-envelope", &envelope);
    left_alone(&sandbox, &[]);
    fs::rename(mine, sandbox.path("mine")).expect("moved");
    sandbox.tool("touch", ["-d", "2 hours ago", envelope.to_str().expect("text")]).run().ok();
    repaired(&sandbox, &[]);
}

#[test]
fn what_rrm_did_not_put_there_is_named_and_stays() {
    let sandbox = Sandbox::ordinary();
    let trash = with_trash(&sandbox);
    let mine = sandbox.file(trash.join("notes.txt"), "mine");
    let remedy = found(&sandbox, &[], "warning", "foreign-entry", &mine);
    left_alone(&sandbox, &[]);
    sandbox.dir("taken-out");
    follow(&sandbox, &remedy);
    clean(&sandbox, &[]);
    let mine = sandbox.file(trash.join("volumes/note"), "mine");
    found(&sandbox, &[], "warning", "foreign-entry", &mine);
    left_alone(&sandbox, &[]);
}

#[test]
fn items_that_nobody_cleans_are_counted() {
    let sandbox = Sandbox::ordinary();
    let trash = with_trash(&sandbox);
    let ended = [
        ("original_path", "/tmp/x"),
        ("trashed_date", "2026-01-02T00:00:00Z"),
        ("deletion_date", "2026-02-01T00:00:00Z"),
    ];
    planted(&sandbox, &ended);
    let remedy = found(&sandbox, &[], "warning", "overdue-items", &trash);
    assert!(remedy.starts_with("rrm schedule install"), "{remedy}");
    left_alone(&sandbox, &[]);
    sandbox.rrm(["clean", "--trash", trash.to_str().expect("text")]).ok();
    clean(&sandbox, &[]);
}

/// The record that a killed removal or restore leaves, on a file and far down in a tree.
#[test]
fn records_on_living_files_are_erased_and_nothing_else() {
    let sandbox = Sandbox::ordinary();
    with_trash(&sandbox);
    let top = sandbox.tree("top", &[("a/b/file", "x"), ("other", "y")]);
    let file = sandbox.path("top/a/b/file");
    let own = [("user.original_path", file.to_str().expect("text")), ("user.colour", "red")];
    own.iter().for_each(|(name, value)| drop(sandbox.set_attribute(&file, name, value)));
    let words = [top.to_str().expect("text")];
    found(&sandbox, &words, "warning", "stray-attributes", &file);
    clean(&sandbox, &[]);
    doctor(&sandbox, &["--repair", words[0]]).run().ok().out_contains("removed user.original_path\n");
    let left: Vec<_> = xattr::list(&file).expect("attributes").collect();
    assert_eq!(left, ["user.colour"]);
    clean(&sandbox, &words);

    // What the record says is not believed: whoever may write to the directory could have put it there.
    let dir = sandbox.path("top/a");
    sandbox.set_attribute(&dir, "user.original_path", "/elsewhere");
    sandbox.set_attribute(&dir, "user.rrm_mode", "0555");
    sandbox.chmod(&dir, 0o755);
    found(&sandbox, &["top"], "warning", "stray-attributes", &dir);
    repaired(&sandbox, &["top"]);
    let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&dir).expect("there").permissions());
    assert_eq!(mode & 0o7777, 0o755);
}

/// What others can write is their word: root repairs nothing on it.
#[test]
fn root_repairs_nothing_that_others_can_write() {
    if !is_root() {
        skip!("root", "to act on what belongs to others");
    }
    let sandbox = Sandbox::new();
    with_trash(&sandbox);
    for (owner, mode, who) in [(1234, 0o755, "user 1234 could have written"), (0, 0o775, "others could have written")] {
        let dir = sandbox.dir(format!("of {owner}"));
        sandbox.set_attribute(&dir, "user.original_path", "/elsewhere");
        sandbox.set_attribute(&dir, "user.rrm_mode", "0055");
        sandbox.chmod(&dir, mode);
        sandbox.chown(&dir, owner);
        let words = [dir.to_str().expect("text")];
        found(&sandbox, &words, "warning", "stray-attributes", &dir);
        left_alone(&sandbox, &words);
        doctor(&sandbox, &["--repair", words[0]]).run().fails(1).out_contains(who);
    }
}

/// A removal writes the record first and renames second; who comes between must not take the record for a rest.
#[test]
fn the_record_of_a_removal_under_way_is_left_to_it() {
    or_skip!(strace::available());
    let sandbox = Sandbox::ordinary();
    with_trash(&sandbox);
    let file = sandbox.file("top/file", "x");
    let slow = ["strace", "-f", "-q", "-o", "/dev/null", "-e", "inject=renameat2:delay_enter=500000"];
    let removal = sandbox.command(["rm", "top/file"]).through(slow).spawn();
    while file.exists() && xattr::list(&file).is_ok_and(|names| names.count() == 0) {}
    // It waits for longer than the removal is held up.
    doctor(&sandbox, &["--repair", "top"]).without(HURRY).run().ok();
    assert!(removal.wait_with_output().expect("it ends").status.success());
    let paths: Vec<_> = sandbox.list_json().iter().map(|item| item["original_path"].to_string()).collect();
    assert!(paths.iter().any(|path| path.contains("top/file")), "{paths:?}");
}

/// What may be a person's own, lies behind a link, or belongs to somebody's copy of a trash is no finding.
#[test]
fn what_only_looks_like_a_stray_record_is_let_be() {
    let sandbox = Sandbox::ordinary();
    let trash = with_trash(&sandbox);
    let outside = sandbox.file("outside", "x");
    sandbox.set_attribute(&outside, "user.rrm_session", "s");
    sandbox.symlink("top/link", &outside);
    sandbox.symlink("top/up", "..");
    sandbox.fifo("top/fifo");
    let own = sandbox.file("top/own", "x");
    sandbox.set_attribute(&own, "user.original_path", "https://example.org/x");
    sandbox.set_attribute(&own, "user.deletion_date", "2031-01-01T00:00:00Z");
    sandbox.tool("cp", ["-a", trash.to_str().expect("text"), "top/backup"]).run().ok();
    let before = snapshot(sandbox.path("top"));
    clean(&sandbox, &["top", "top/link"]);
    doctor(&sandbox, &["--repair", "top"]).run().ok();
    before.assert_is_at(sandbox.path("top"));
    doctor(&sandbox, &["--repair", trash.to_str().expect("text")])
        .run()
        .fails(1)
        .err_contains("it is in a trash directory");
    doctor(&sandbox, &["--repair", sandbox.home().to_str().expect("text")]).run().ok();
    clean(&sandbox, &[]);
    assert_eq!(sandbox.list_json().len(), 1, "the item has its record");
}

#[test]
fn findings_are_lines_for_people_and_objects_for_programs() {
    let sandbox = Sandbox::ordinary();
    let trash = with_trash(&sandbox);
    let odd = std::os::unix::ffi::OsStrExt::from_bytes(b"odd\x1b[2J\n\xff");
    sandbox.file(trash.join::<&std::ffi::OsStr>(odd), "x");
    let all = findings(&sandbox, &[], 1);
    let keys: Vec<&String> = all[0].as_object().expect("an object").keys().collect();
    assert_eq!(keys, ["finding", "meaning", "path", "path_bytes", "remedy", "repair", "repair_text", "severity"]);
    let shown = doctor(&sandbox, &[]).with("TERM", "xterm").on_terminal(80, "");
    shown
        .fails(1)
        .out_contains("\u{1b}[33mwarning\u{1b}[0m: '")
        .out_contains("checked 1 trash directory with 1 item: 1 problem found\n");
    assert!(!shown.stdout().contains("[2J\n"), "{shown}");
    let quiet = doctor(&sandbox, &["-q", "--color=never"]).run();
    assert_eq!(
        (quiet.fails(1).stdout().lines().count(), quiet.stdout().starts_with("warning: '")),
        (1, true),
        "{quiet}"
    );
    doctor(&sandbox, &["-v"]).run().fails(1).out_contains(&format!("checked '{}'\n", trash.display()));
    doctor(&sandbox, &["--format", "table"]).run().fails(2);
    doctor(&sandbox, &["nosuch"]).run().fails(1).err_contains("cannot check").err_contains("hint: ");
}

/// Without any trash, too.
#[test]
fn where_nothing_was_ever_removed_nothing_is_wrong_and_nothing_is_made() {
    let sandbox = Sandbox::ordinary();
    doctor(&sandbox, &["--repair"])
        .run()
        .ok()
        .out_contains("checked 0 trash directories with 0 items: no problems found\n");
    assert!(!sandbox.trash().exists());
}

/// A file with another name in a trash, and one that is called by an ID, may be items: their records stay.
#[test]
fn what_may_be_an_item_keeps_its_record() {
    let sandbox = Sandbox::new();
    sandbox.file("f", "content");
    sandbox.rrm(["rm", "f"]).ok();
    let id = sandbox.list_json()[0]["id"].as_str().expect("an ID").to_owned();
    std::fs::hard_link(sandbox.trash().join(&id), sandbox.path("recovered")).expect("one file system");
    sandbox.tool("cp", ["-a", sandbox.trash().join(&id).to_str().expect("text"), &id]).run().ok();
    sandbox.command(["doctor", "--repair", ".", &id, "recovered"]).run().ok();
    // A long path is recorded in two values.
    let value = |name: &str| xattr::get(sandbox.path(&id), name).expect("readable").unwrap_or_default();
    let recorded = [value("user.original_path"), value("user.original_name")].concat();
    assert_eq!(recorded, sandbox.path("f").into_os_string().into_encoded_bytes());
    sandbox.rrm(["undo"]).ok();
    assert!(sandbox.path("f").exists());
}
