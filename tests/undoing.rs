//! `rrm undo` of several commands, what it lists, and `rrm redo`.

use std::fs;
use std::os::unix::fs::MetadataExt as _;

use serde_json::Value;

use crate::common::{Mount, Sandbox, snapshot};

/// Removes each of these with a command of its own; the content is the name.
fn removed(sandbox: &Sandbox, names: &[&str]) {
    for name in names {
        sandbox.file(name, name);
        sandbox.rrm(["rm", name]).ok();
    }
}

fn listed(sandbox: &Sandbox) -> Vec<String> {
    let path = |item: &Value| item["original_path"].as_str().expect("a path").to_owned();
    let mut names: Vec<String> = sandbox
        .list_json()
        .iter()
        .map(|item| path(item).strip_prefix(&format!("{}/", sandbox.work().display())).expect("from here").to_owned())
        .collect();
    names.sort();
    names
}

fn quoted(sandbox: &Sandbox, name: &str) -> String {
    format!("'{}'", sandbox.path(name).display())
}

#[test]
fn undo_takes_a_number_of_commands() {
    let sandbox = Sandbox::new();
    removed(&sandbox, &["a", "b", "c", "d"]);
    let run = sandbox.rrm(["undo", "3"]);
    let [b, c, d] = ["b", "c", "d"].map(|name| quoted(&sandbox, name));
    assert_eq!(run.ok().stdout(), format!("restored 3 items: {b}, {c}, {d}\n"));
    assert_eq!(listed(&sandbox), ["a"]);
    sandbox.rrm(["undo", "5"]).ok().out_is(&format!("restored {}\n", quoted(&sandbox, "a")));
    sandbox.rrm(["undo", "2"]).fails(1).err_contains("nothing to restore");
    for wrong in ["0", "x", "-1"] {
        sandbox.rrm(["undo", wrong]).fails(2);
    }
}

/// Of what two commands removed from one place the later comes back, and the other is named.
#[test]
fn undo_of_several_names_what_is_in_the_way() {
    let sandbox = Sandbox::new();
    removed(&sandbox, &["a", "a", "b"]);
    let run = sandbox.rrm(["undo", "3"]);
    run.fails(1).err_contains(&format!("cannot restore {}: it already exists", quoted(&sandbox, "a")));
    let [a, b] = ["a", "b"].map(|name| quoted(&sandbox, name));
    assert_eq!(run.stdout(), format!("restored 2 of 3 items: {a}, {b}\n"));
    assert_eq!(listed(&sandbox), ["a"]);
}

#[test]
fn undo_tells_many_items_in_one_line() {
    let sandbox = Sandbox::new();
    let names: Vec<String> = (100..160).map(|number| format!("f{number}")).collect();
    for name in &names {
        sandbox.file(name, name);
    }
    sandbox.command(["rm"]).args(&names).run().ok();
    let [a, b, c] = ["f100", "f101", "f102"].map(|name| quoted(&sandbox, name));
    let some = format!("60 items: {a}, {b}, {c} and 57 more\n");
    sandbox.rrm(["undo"]).ok().out_is(&format!("restored {some}"));
    sandbox.rrm(["redo", "-q"]).ok().silent();
    let verbose = sandbox.rrm(["undo", "-v"]);
    assert_eq!(verbose.ok().stdout().lines().count(), 60, "{verbose}");
    let some = some.replacen("items:", "items again:", 1);
    sandbox.rrm(["redo"]).ok().out_is(&format!("removed {some}"));
}

#[test]
fn undo_lists_the_last_commands_and_touches_nothing() {
    let sandbox = Sandbox::new();
    sandbox.rrm(["undo", "--list"]).ok().err_contains("nothing to undo");
    removed(&sandbox, &["a", "b"]);
    let names: Vec<String> = (10..30).map(|number| format!("many{number}")).collect();
    for name in &names {
        sandbox.file(name, name);
    }
    sandbox.command(["rm", "--session", "build"]).args(&names).run().ok();
    let run = sandbox.rrm(["undo", "--list"]);
    let lines: Vec<String> = run.ok().stdout().lines().map(str::to_owned).collect();
    let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(words(&lines[0]), ["N", "AGE", "ITEMS", "SESSION", "PATHS"]);
    assert_eq!((lines.len(), &words(&lines[1])[2..4]), (4, &["20".to_owned(), "build".to_owned()][..]), "{run}");
    assert!(lines[2].ends_with("/b") && lines[3].ends_with("/a") && lines[3].starts_with('3'), "{run}");
    let run = sandbox.rrm(["undo", "-l", "2", "--json"]);
    let objects: Vec<Value> = run.ok().stdout().lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(objects.len(), 2);
    assert_eq!(objects[0]["items"], 20);
    assert_eq!(objects[0]["session"], "build");
    assert_eq!(objects[0]["original_paths"].as_array().map(Vec::len), Some(10));
    assert_eq!(objects[1]["original_paths"][0], sandbox.path("b").to_str().expect("plain"));
    assert!(objects[1]["trashed_date"].is_string() && objects[1]["session"].is_null());
    sandbox.rrm(["undo", "--list", "--session", "none"]).ok().out_is("");
    assert_eq!(listed(&sandbox).len(), 22);
}

/// An object a line, with the keys of a list, and where the item is.
#[test]
fn what_came_back_is_told_as_json() {
    let sandbox = Sandbox::new();
    sandbox.file("a", "a");
    sandbox.file("b", "b");
    sandbox.rrm(["rm", "a", "b"]).ok();
    let listed = sandbox.list_json();
    let keys = |object: &Value| object.as_object().expect("an object").keys().cloned().collect::<Vec<_>>();
    for words in [&["undo", "-n", "--json", "--conflict", "rename"][..], &["undo", "--json", "--conflict", "rename"]] {
        sandbox.file("a", "in the way");
        let run = sandbox.rrm(words);
        let objects: Vec<Value> =
            run.ok().stdout().lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        assert_eq!(objects.len(), 2, "{run}");
        assert_eq!(objects[0]["path"], sandbox.path("a.~1~").to_str().expect("plain"), "{run}");
        assert_eq!(objects[0]["original_path"], sandbox.path("a").to_str().expect("plain"));
        let mut expected = keys(&listed[0]);
        expected.push("path".to_owned());
        expected.sort();
        assert_eq!(keys(&objects[1]), expected);
    }
    sandbox.rrm(["rm", "b"]).ok();
    assert_eq!(sandbox.rrm(["restore", "--json", "b"]).ok().stdout().lines().count(), 1);
}

/// Either way, as often as one likes: nothing of ours stays on what is there, and each item is what it was.
#[test]
fn redo_takes_an_undo_back() {
    let sandbox = Sandbox::ordinary();
    sandbox.file("tree/inner/file", "content");
    sandbox.symlink("link", "nowhere");
    sandbox.file("tree/kept", "kept");
    sandbox.rrm(["rm", "-g", "60d", "--session", "label", "tree/kept"]).ok();
    sandbox.rrm(["keep", "tree/kept"]).ok();
    sandbox.rrm(["rm", "-g", "90d", "tree", "link"]).ok();
    let told = |sandbox: &Sandbox| {
        let mut items = sandbox.list_json();
        // It is another item, and was removed by the redo.
        for item in items.iter_mut().filter_map(serde_json::Value::as_object_mut) {
            item.retain(|key, _| !["id", "trashed_date"].contains(&key.as_str()));
        }
        items.sort_by_key(|item| item["original_path"].to_string());
        items
    };
    let before = told(&sandbox);
    sandbox.rrm(["redo"]).fails(1).err_contains("nothing to redo");
    for _ in 0..2 {
        sandbox.rrm(["undo", "2"]).ok();
        assert_eq!(xattr::list(sandbox.path("tree/kept")).expect("listed").count(), 0);
        let there = snapshot(sandbox.work());
        let dry = sandbox.rrm(["redo", "-n"]);
        assert_eq!(dry.ok().stdout().lines().count(), 3, "{dry}");
        there.assert_is_at(sandbox.work());
        sandbox.rrm(["redo"]).ok().out_contains("removed 3 items again: ");
        assert!(!sandbox.path("tree").exists() && sandbox.path("link").symlink_metadata().is_err());
        assert_eq!(told(&sandbox), before);
        sandbox.rrm(["redo"]).fails(1).err_contains("nothing to redo");
    }
    sandbox.rrm(["doctor"]).ok().err_lacks("did not create");
    sandbox.rrm(["list"]).ok().err_lacks("did not create");
}

/// What a person has put there since is not what the undo restored, be it the same in every byte.
#[test]
fn redo_leaves_what_was_replaced_or_changed() {
    let sandbox = Sandbox::new();
    let names = ["replaced", "exchanged", "written", "full/f", "gone", "same"];
    for name in names {
        sandbox.file(name, name);
    }
    sandbox.rrm(["rm", "replaced", "exchanged", "written", "full", "gone", "same"]).ok();
    sandbox.rrm(["undo"]).ok();
    fs::remove_file(sandbox.path("replaced")).expect("removed");
    sandbox.file("replaced", "replaced");
    sandbox.file("new", "exchanged");
    fs::rename(sandbox.path("new"), sandbox.path("exchanged")).expect("renamed");
    fs::write(sandbox.path("written"), "more").expect("written");
    sandbox.file("full/g", "g");
    fs::remove_file(sandbox.path("gone")).expect("removed");
    let run = sandbox.rrm(["redo"]);
    run.fails(1);
    for stays in ["replaced", "exchanged", "written", "full"] {
        run.err_contains(&format!("cannot remove {}: it was changed after it was restored", quoted(&sandbox, stays)));
        assert!(sandbox.path(stays).exists(), "{stays}");
    }
    run.err_lacks("gone").out_is(&format!("removed 1 of 5 items again: {}\n", quoted(&sandbox, "same")));
    assert_eq!(listed(&sandbox), ["same"]);
}

/// A directory above it that leads elsewhere by now leads to another file.
#[test]
fn redo_removes_nothing_behind_a_link_that_came_since() {
    let sandbox = Sandbox::new();
    sandbox.file("d/f", "f");
    sandbox.file("other/f", "other");
    sandbox.rrm(["rm", "d/f"]).ok();
    sandbox.rrm(["undo"]).ok();
    fs::rename(sandbox.path("d"), sandbox.path("moved")).expect("renamed");
    sandbox.symlink("d", "other");
    sandbox.rrm(["redo"]).fails(1).err_contains("it was changed");
    assert_eq!(fs::read_to_string(sandbox.path("other/f")).expect("it stays"), "other");
    assert_eq!(listed(&sandbox), [""; 0]);
}

/// The last undo is the one that counts, also if nothing of it came back or it was killed before it could be noted.
#[test]
fn only_the_last_undo_is_taken_back() {
    let sandbox = Sandbox::new();
    removed(&sandbox, &["a", "b"]);
    sandbox.rrm(["undo"]).ok();
    sandbox.rrm(["undo"]).ok();
    sandbox.rrm(["redo"]).ok().out_is(&format!("removed {} again\n", quoted(&sandbox, "a")));
    assert!(sandbox.path("b").exists());
    sandbox.rrm(["undo"]).ok();
    removed(&sandbox, &["a", "c"]);
    sandbox.rrm(["undo"]).ok();
    sandbox.file("a", "in the way");
    sandbox.rrm(["undo"]).fails(1);
    sandbox.rrm(["redo"]).fails(1).err_contains("nothing to redo");
    assert!(sandbox.path("c").exists());
    assert_eq!(fs::read_to_string(sandbox.path("a")).expect("it stays"), "in the way");
}

/// Two names of one file change its inode by turns, and so does a directory and what was removed from inside it.
#[test]
fn redo_knows_what_undo_itself_changed() {
    let sandbox = Sandbox::new();
    sandbox.file("one", "one");
    fs::hard_link(sandbox.path("one"), sandbox.path("two")).expect("linked");
    sandbox.rrm(["rm", "one", "two"]).ok();
    sandbox.rrm(["undo"]).ok();
    sandbox.rrm(["redo"]).ok().out_contains("removed 2 items again");
    sandbox.rrm(["undo", "--to", "elsewhere"]).ok();
    assert_eq!(fs::metadata(sandbox.path("elsewhere/one")).expect("there").nlink(), 2);
    sandbox.rrm(["redo"]).ok().out_contains("removed 2 items again");
    assert_eq!(listed(&sandbox), ["one", "two"]);
}

/// What a redo removes can be undone for as long as what is removed now, however long ago it was removed first.
#[test]
fn nothing_is_due_at_once_that_redo_removes() {
    let sandbox = Sandbox::new();
    sandbox.file("a", "a");
    sandbox.rrm(["rm", "-g", "0", "a"]).ok();
    sandbox.rrm(["undo"]).ok();
    sandbox.rrm(["redo"]).ok();
    sandbox.rrm(["clean"]).ok();
    assert_eq!(listed(&sandbox), ["a"]);
}

/// A note that is not whole, or not ours to believe, has nothing removed.
#[test]
fn half_a_note_is_none() {
    let sandbox = Sandbox::new();
    removed(&sandbox, &["a"]);
    sandbox.rrm(["undo"]).ok();
    let note = sandbox.trash().join(".undone");
    let whole = fs::read_to_string(&note).expect("noted");
    fs::write(&note, whole.trim_end_matches("end\n")).expect("written");
    sandbox.rrm(["redo"]).fails(1).err_contains("nothing to redo");
    fs::write(&note, &whole).expect("written");
    sandbox.rrm(["redo"]).ok();
    assert!(!note.exists());
}

/// What stays would go with the directory that it is in.
#[test]
fn redo_leaves_the_directory_of_what_was_changed() {
    let sandbox = Sandbox::new();
    sandbox.file("d/x", "x");
    sandbox.rrm(["rm", "d/x", "d"]).ok();
    sandbox.rrm(["undo"]).ok();
    fs::write(sandbox.path("d/x"), "edited").expect("written");
    let run = sandbox.rrm(["redo"]);
    run.fails(1).err_contains("it was changed").err_contains("something in it was changed");
    assert_eq!(fs::read_to_string(sandbox.path("d/x")).expect("it stays"), "edited");
    assert_eq!(listed(&sandbox), [""; 0]);
}

/// A redo is the removal that the next undo takes back, and no rule finds it older than that.
#[test]
fn what_redo_removes_is_removed_now() {
    let sandbox = Sandbox::new();
    removed(&sandbox, &["a"]);
    sandbox.rrm(["undo"]).ok();
    removed(&sandbox, &["b"]);
    sandbox.rrm(["redo"]).ok();
    sandbox.rrm(["undo"]).ok().out_contains("/a'");
    assert_eq!(listed(&sandbox), ["b"]);
}

/// Nothing tells a copy from what somebody has exchanged it for.
#[test]
fn what_was_copied_back_is_not_removed_again() {
    in_mount_namespace!();
    let sandbox = Sandbox::new();
    let _mount = or_skip!(Mount::tmpfs("", &sandbox.path("m")));
    sandbox.file("m/f", "f");
    sandbox.rrm(["rm", "--into-home", "m/f"]).ok();
    sandbox.rrm(["undo"]).ok();
    sandbox.rrm(["redo"]).fails(1).err_contains("nothing to redo");
    assert!(sandbox.path("m/f").exists());
}
