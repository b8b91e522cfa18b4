//! `rrm show`: what is told of an item, from outside.

use std::fs;
use std::io::Read as _;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::common::{Mount, Run, Sandbox};

#[track_caller]
fn json(run: &Run) -> Vec<Value> {
    let lines = run.ok().stdout.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| serde_json::from_slice(line).unwrap_or_else(|error| panic!("{error}: {run}"))).collect()
}

fn shown(sandbox: &Sandbox, item: &str) -> Value {
    json(&sandbox.rrm(["show", "--format", "json", item])).pop().expect("one is shown")
}

/// The value of a row in the form for people.
fn row<'a>(text: &'a str, label: &str) -> Option<&'a str> {
    text.lines().find_map(|line| line.strip_prefix(label)).map(str::trim)
}

#[test]
fn the_whole_record_is_told() {
    let sandbox = Sandbox::ordinary();
    sandbox.chmod(sandbox.file("notes.txt", "first\n"), 0o640);
    sandbox.rrm(["rm", "--session", "tab\tbed", "-g", "2d", "notes.txt"]).ok();
    sandbox.rrm(["keep", "notes.txt"]).ok();
    let told = sandbox.rrm(["show", "notes.txt"]).ok().stdout();
    let id = sandbox.list_json().into_iter().find(|item| item["session"] == "tab\tbed").expect("it is listed");
    let id = id["id"].as_str().expect("an ID is text");
    let place = sandbox.trash().join("kept").join(id);
    assert_eq!(row(&told, "ID "), Some(id));
    assert_eq!(row(&told, "Path "), sandbox.path("notes.txt").to_str());
    assert_eq!(row(&told, "Kind "), Some("file, text"));
    assert_eq!(row(&told, "Size "), Some("6 B"));
    assert_eq!(row(&told, "Mode "), Some("rw-r----- (0640)"));
    assert!(row(&told, "Owner ").is_some_and(|owner| owner.contains(&sandbox.user().ids().0.to_string())));
    assert!(row(&told, "Removed ").is_some_and(|when| when.contains("s ago (20")));
    assert_eq!(row(&told, "Expires "), Some("kept"));
    assert_eq!(row(&told, "Kept "), Some("until it is released"));
    assert_eq!(row(&told, "Session "), Some("tab\\tbed"));
    assert_eq!(row(&told, "On disk "), place.to_str());
    assert_eq!(row(&told, "Record "), Some("attributes of the item itself"));
    assert_eq!(row(&told, "Versions "), None);
    assert!(told.ends_with("\n\nfirst\n"), "{told}");
    sandbox.rrm(["keep", "--release", "notes.txt"]).ok();
    let told = sandbox.rrm(["show", "notes.txt"]).ok().stdout();
    assert!(row(&told, "Expires ").is_some_and(|when| when.starts_with("in 2d (20")), "{told}");
}

/// An item that is kept until a date expires then, or later with its grace period. After that date it is not kept.
#[test]
fn the_later_of_keep_and_grace_period_is_when_it_expires() {
    let sandbox = Sandbox::new();
    let told = |at: &str| sandbox.command(["show", "file"]).at(at).run().ok().stdout();
    sandbox.file("file", "x");
    sandbox.command(["rm", "-g", "10d", "file"]).at("2030-01-01T00:00:00Z").run().ok();
    let keep = |until: &str| sandbox.command(["keep", "file", "--until", until]).at("2030-01-01T00:00:00Z").run();
    keep("20d").ok().silent();
    let kept = told("2030-01-01T00:00:00Z");
    assert!(row(&kept, "Expires ").is_some_and(|when| when.starts_with("in 20d (2030-01-21 ")), "{kept}");
    assert!(row(&kept, "Kept ").is_some_and(|kept| kept.ends_with("(for 20d)")), "{kept}");
    keep("5d").ok().err_contains("hint: the grace period ends later (2030-01-11 ");
    let kept = told("2030-01-01T00:00:00Z");
    assert!(row(&kept, "Expires ").is_some_and(|when| when.starts_with("in 10d (2030-01-11 ")), "{kept}");
    let free = told("2030-01-07T00:00:00Z");
    assert_eq!(row(&free, "Kept "), Some("no"), "{free}");
}

#[test]
fn json_is_that_of_the_list_and_more() {
    let sandbox = Sandbox::ordinary();
    sandbox.tree("d", &[("sub/file", "four"), ("x", "")]);
    sandbox.symlink("d/link", "no\u{1b}where");
    sandbox.rrm(["rm", "d"]).ok();
    sandbox.chmod(sandbox.dir("d"), 0o555);
    sandbox.rrm(["rm", "-f", "d"]).ok();
    let whole = shown(&sandbox, "d");
    let listed = json(&sandbox.rrm(["list", "--size", "--format", "json", "d"]));
    let listed = listed.iter().find(|item| item["id"] == whole["id"]).expect("it is listed");
    for (key, value) in listed.as_object().expect("an object") {
        assert_eq!(whole.get(key), Some(value), "{key}");
    }
    assert_eq!((&whole["size"], &whole["mode"], &whole["part"]), (&json!(0), &json!("0555"), &Value::Null));
    assert_eq!(whole["other_versions"].as_array().map(Vec::len), Some(1));
    let file = shown(&sandbox, "d/sub/file");
    assert_eq!(
        (&file["part"], &file["part_kind"], &file["part_size"]),
        (&json!("sub/file"), &json!("file"), &json!(4))
    );
    assert_eq!(whole["other_versions"][0], file["id"], "only the older one has the part");
    let stored = PathBuf::from(file["stored_path"].as_str().expect("a path"));
    assert_eq!(fs::read(stored).expect("it is there"), b"four");
    let by_id = format!("{}/link", file["id"].as_str().expect("an ID is text"));
    assert_eq!(shown(&sandbox, &by_id)["link_target"], "no\u{1b}where");
    let told = sandbox.rrm(["show", &by_id]).ok().stdout();
    assert!(told.ends_with("-> no\\x1bwhere\n"), "{told}");
    assert_eq!(row(&told, "Part of "), sandbox.path("d").to_str());
}

#[test]
fn every_holder_of_a_record_is_told() {
    let sandbox = Sandbox::new();
    sandbox.file("file", "x");
    sandbox.symlink("link", "x");
    sandbox.fifo("fifo");
    sandbox.rrm(["rm", "file", "link", "fifo"]).ok();
    for (name, record) in [("file", "item"), ("link", "envelope"), ("fifo", "envelope")] {
        let told = shown(&sandbox, name);
        assert_eq!(told["record"], record, "{name}");
        let stored = PathBuf::from(told["stored_path"].as_str().expect("a path"));
        assert!(stored.symlink_metadata().is_ok(), "{}", stored.display());
    }
    let foreign = "0b0a7a4e-9b1c-4c8e-8f57-0123456789ab";
    sandbox.file(sandbox.trash().join(foreign), "lost");
    let lost = shown(&sandbox, foreign);
    assert_eq!((&lost["record"], &lost["original_path"], &lost["goes"]), (&Value::Null, &Value::Null, &json!("never")));
    sandbox.rrm(["show", foreign]).ok().out_contains("(unknown path)").out_contains("\nlost\n");
    sandbox.rrm(["show", "fifo"]).ok().out_contains("(not opened)");
}

#[test]
fn a_record_in_a_file_is_told() {
    in_mount_namespace!();
    let sandbox = Sandbox::new();
    let bare = or_skip!(Mount::ramfs(&sandbox.path("bare")));
    let path = bare.path().join("file");
    fs::write(&path, "x").expect("it may be written");
    sandbox.rrm(["rm".as_ref(), path.as_os_str()]).ok();
    let told = json(&sandbox.rrm(["show".as_ref(), "--format".as_ref(), "json".as_ref(), path.as_os_str()]));
    assert_eq!(told[0]["record"], "file");
}

#[test]
fn of_several_versions_the_newest_is_shown_and_the_list_has_all_in_order() {
    let sandbox = Sandbox::ordinary();
    for content in ["1", "22", "333"] {
        sandbox.file("it's", content);
        sandbox.rrm(["rm", "it's"]).ok();
    }
    sandbox.file("other", "");
    sandbox.rrm(["rm", "other"]).ok();
    let told = sandbox.rrm(["show", "it's"]).ok().stdout();
    assert!(told.ends_with("\n333\n"), "{told}");
    let versions = row(&told, "Versions ").expect("there are others");
    let command = versions.strip_prefix("2 others of this path: rrm ").expect("a command follows");
    let command = format!("exec \"$@\" {command} --format plain");
    let listed = sandbox.command([""; 0]).through(["sh", "-c", &command, "sh"]).run();
    let sizes: Vec<&str> = std::str::from_utf8(&listed.ok().stdout)
        .expect("plain text")
        .lines()
        .filter_map(|line| line.split('\t').nth(3))
        .collect();
    assert_eq!(sizes, ["1", "2", "3"], "the newest is the last");
    let ids = shown(&sandbox, "it's")["other_versions"].clone();
    let oldest = sandbox.rrm(["show", "--content", ids[1].as_str().expect("an ID is text")]);
    assert_eq!(oldest.ok().stdout(), "1");
}

#[test]
fn content_is_the_bytes_and_nothing_else() {
    let sandbox = Sandbox::new();
    let bytes: Vec<u8> = (0..=255).cycle().take(300_000).collect();
    sandbox.file("d/bytes", &bytes);
    sandbox.file("empty", "");
    sandbox.symlink("link", "d");
    sandbox.fifo("fifo");
    sandbox.hard_link("twin", sandbox.file("one", "twins"));
    sandbox.rrm(["rm", "-f", "d", "empty", "link", "fifo", "twin"]).ok();
    let content = |word| sandbox.rrm(["show", "--content", word]);
    assert!(content("d/bytes").ok().stdout == bytes);
    assert_eq!(content("twin").ok().stdout(), "twins");
    sandbox.rrm(["show", "twin"]).ok().out_contains("\nLinks     2\n");
    content("empty").ok().silent();
    for (word, reason) in
        [("d", "it is a directory"), ("link", "symbolic link"), ("fifo", "not a regular file"), ("no", "matches")]
    {
        let refused = content(word);
        refused.fails(1).err_contains(reason).err_contains("hint: ");
        assert!(refused.stdout.is_empty());
    }
    content("*").fails(1).err_contains("--content prints only one file, but 5 items match");
    sandbox.rrm(["show", "--content", "--format", "json", "d"]).fails(2);
    sandbox.rrm(["show"]).fails(2);
    sandbox.command(["show", "--content", "d/bytes"]).redirected(">/dev/full").run().fails(1).err_contains("No space");
}

#[test]
fn a_reader_that_goes_away_ends_it_quietly() {
    let sandbox = Sandbox::new();
    sandbox.file("big", vec![b'x'; 4 << 20]);
    sandbox.rrm(["rm", "big"]).ok();
    let mut child = sandbox.command(["show", "--content", "big"]).spawn();
    let mut some = [0; 10];
    child.stdout.take().expect("a pipe").read_exact(&mut some).expect("it begins");
    let output = child.wait_with_output().expect("it ends");
    Run::of(output).killed(13).err_lacks("rrm");
}

/// What a file holds must not drive the terminal that it is shown on.
#[test]
fn a_preview_is_harmless_and_fits_the_terminal() {
    let sandbox = Sandbox::ordinary();
    sandbox.file("evil", [&b"\x1b]0;owned\x07\x1b[2J\n\xff\x9b1m\n"[..], &[b'w'; 200], b"\n"].concat());
    sandbox.file("d/\u{1b}[31m\n", "x");
    sandbox.rrm(["rm", "evil", "d"]).ok();
    for item in ["evil", "d"] {
        let on_terminal = sandbox.command(["show", item]).on_terminal(60, "");
        on_terminal.ok();
        let text = on_terminal.stdout();
        assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{text:?}");
        let preview = text.split_once("\n\n").expect("a preview follows").1.to_owned();
        assert!(preview.lines().all(|line| line.chars().count() <= 60), "{preview}");
        assert!(sandbox.rrm(["show", item]).ok().stdout.iter().all(|byte| *byte != 0x1b));
    }
    sandbox.rrm(["show", "evil"]).ok().out_contains(&"w".repeat(200));
    let content = sandbox.command(["show", "--content", "evil"]).on_terminal(60, "").ok().stdout();
    assert_eq!(content, format!("\\x1b]0;owned\\x07\\x1b[2J\n\\xff\\x9b1m\n{}\n", "w".repeat(200)));
}

#[test]
fn what_may_not_be_read_is_shown_without_its_content() {
    let sandbox = Sandbox::ordinary();
    sandbox.chmod(sandbox.file("d/secret", "x"), 0o000);
    sandbox.rrm(["rm", "-f", "d"]).ok();
    let run = sandbox.rrm(["show", "d/secret"]);
    run.ok().out_contains("--------- (0000)");
    run.out_contains("(cannot be read: Permission denied)");
    sandbox.rrm(["show", "--content", "d/secret"]).fails(1).err_contains("Permission denied");
}
