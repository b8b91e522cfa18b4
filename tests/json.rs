//! `--json` of the commands that change something: an object a line for each item, with the keys of a list.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use crate::common::{Run, Sandbox, snapshot};

fn objects(run: &Run) -> Vec<Value> {
    run.ok().stdout().lines().map(|line| serde_json::from_str(line).expect("an object a line")).collect()
}

fn keys(object: &Value) -> BTreeSet<&str> {
    object.as_object().expect("an object").keys().map(String::as_str).collect()
}

/// Two files in the trash, and the keys that the list has for them.
fn trashed() -> (Sandbox, Vec<Value>) {
    let sandbox = Sandbox::ordinary();
    sandbox.file("a", "a");
    sandbox.file("b", "b");
    sandbox.rrm(["rm", "--session", "label", "a", "b"]).ok();
    let listed = sandbox.list_json();
    (sandbox, listed)
}

/// Asserts that these are objects of `a` and `b` with the keys of a list, in this state.
#[track_caller]
fn assert_told(sandbox: &Sandbox, told: &[Value], listed: &[Value], state: &str) {
    assert_eq!(told.len(), 2, "{told:?}");
    for (object, name) in told.iter().zip(["a", "b"]) {
        assert_eq!(keys(object), keys(&listed[0]), "{object}");
        assert_eq!(object["original_path"], sandbox.path(name).to_str().expect("plain"));
        assert_eq!((&object["state"], &object["session"]), (&Value::from(state), &Value::from("label")), "{object}");
    }
}

/// In the order of their paths.
fn sorted(mut objects: Vec<Value>) -> Vec<Value> {
    objects.sort_by_key(|object| object["original_path"].to_string());
    objects
}

#[test]
fn a_keep_and_a_release_are_told() {
    let (sandbox, listed) = trashed();
    let before = snapshot(sandbox.root());
    assert_told(&sandbox, &sorted(objects(&sandbox.rrm(["keep", "-n", "--json", "a", "b"]))), &listed, "kept");
    before.assert_is_at(sandbox.root());
    assert_told(&sandbox, &sorted(objects(&sandbox.rrm(["keep", "--json", "a", "b"]))), &listed, "kept");
    let release = ["keep", "--release", "--json", "a", "b"];
    assert_told(&sandbox, &sorted(objects(&sandbox.rrm(release))), &listed, "trashed");
    assert!(objects(&sandbox.rrm(release)).is_empty(), "nobody kept them any more");
}

#[test]
fn a_clean_tells_what_it_deleted() {
    let (sandbox, listed) = trashed();
    let before = snapshot(sandbox.work());
    let dry = sorted(objects(&sandbox.rrm(["clean", "-n", "--json", "a", "b"])));
    assert_told(&sandbox, &dry, &listed, "deleted");
    before.assert_is_at(sandbox.work());
    assert_eq!(sandbox.list_json().len(), 2);
    let told = sorted(objects(&sandbox.rrm(["clean", "--yes", "--json", "a", "b"])));
    assert_eq!(told, dry);
    assert!(sandbox.list_json().is_empty());
    assert!(objects(&sandbox.rrm(["clean", "--json"])).is_empty());
    sandbox.file("c", "c");
    sandbox.rrm(["rm", "-g", "0", "c"]).ok();
    let due = objects(&sandbox.rrm(["clean", "--json"]));
    assert_eq!((&due[0]["goes"], &due[0]["goes_by"]), (&Value::from("now"), &Value::from("grace-period")), "{due:?}");
}

#[test]
fn a_redo_tells_the_new_items() {
    let (sandbox, listed) = trashed();
    sandbox.rrm(["undo"]).ok();
    let dry = sorted(objects(&sandbox.rrm(["redo", "-n", "--json"])));
    assert_told(&sandbox, &dry, &listed, "trashed");
    assert!(dry[0]["id"].is_null() && sandbox.path("a").exists());
    let told = sorted(objects(&sandbox.rrm(["redo", "--json"])));
    assert_told(&sandbox, &told, &listed, "trashed");
    let ids = |objects: &[Value]| objects.iter().map(|object| object["id"].to_string()).collect::<BTreeSet<_>>();
    assert_eq!(ids(&told), ids(&sandbox.list_json()));
}

#[test]
fn a_dry_removal_tells_what_would_become_items() {
    let (sandbox, listed) = trashed();
    sandbox.rrm(["undo"]).ok();
    let told = objects(&sandbox.rrm(["rm", "-n", "--json", "--session", "label", "a", "b"]));
    assert_told(&sandbox, &told, &listed, "trashed");
    assert!(sandbox.path("a").exists());
    // What would be deleted for good would never be an item.
    let run = sandbox.command(["rm", "-n", "--json", "a"]).with("RRM_IMMEDIATE", "1").run();
    run.ok().out_is("would delete 'a'\n");
}

#[test]
fn an_import_tells_its_items() {
    let sandbox = Sandbox::ordinary();
    let listed = {
        sandbox.file("x", "x");
        sandbox.rrm(["rm", "x"]).ok();
        sandbox.list_json()
    };
    let trash = sandbox.dir("other");
    sandbox.file("other/files/a", "a");
    let info = format!("[Trash Info]\nPath={}\nDeletionDate=2026-01-02T03:04:05\n", sandbox.path("a").display());
    sandbox.file("other/info/a.trashinfo", info);
    for words in [&["import", "-n", "--json"][..], &["import", "--json"]] {
        let run = sandbox.command(words).args([&trash]).run();
        let told = objects(&run);
        assert_eq!(told.len(), 1, "{run}");
        assert_eq!(keys(&told[0]), keys(&listed[0]));
        assert_eq!(told[0]["original_path"], sandbox.path("a").to_str().expect("plain"));
        assert!(told[0]["trashed_date"].as_str().is_some_and(|date| date.starts_with("2026-01-0")), "{run}");
    }
    assert_eq!(sandbox.list_json().len(), 2);
    assert!(fs::symlink_metadata(sandbox.path("other/files/a")).is_err());
}

#[test]
fn an_export_tells_its_items() {
    let (sandbox, listed) = trashed();
    let place = sandbox.home().join(".local/share/Trash");
    let export = |words: &[&str]| {
        let mut told = sorted(objects(&sandbox.rrm([&["export", "--json", "--under", "."], words].concat())));
        let paths = told.iter_mut().map(|object| object.as_object_mut().and_then(|keys| keys.remove("path")));
        let paths: Vec<_> = paths.map(|path| path.expect("where it is")).collect();
        assert_told(&sandbox, &told, &listed, "exported");
        paths
    };
    let path = |path: &std::path::Path| Value::from(path.to_string_lossy());
    assert_eq!(export(&["-n"]), [path(&place), path(&place)]);
    assert_eq!(export(&[]), [path(&place.join("files/a")), path(&place.join("files/b"))]);
    assert!(sandbox.list_json().is_empty());
}

/// Who releases what nobody keeps is told, and what a dry run says is what the run does.
#[test]
fn a_release_of_what_is_not_kept_says_so() {
    let (sandbox, _) = trashed();
    sandbox.rrm(["keep", "a"]).ok().silent();
    let dry = sandbox.rrm(["keep", "-n", "--release", "a", "b"]).ok().stdout();
    let run = sandbox.rrm(["keep", "-v", "--release", "a", "b"]).ok().stdout();
    let lines: Vec<&str> = run.lines().collect();
    assert!(lines[0].starts_with("released ") && lines[0].ends_with("/a'"), "{run}");
    assert!(lines[1].ends_with("/b' is not kept") && lines.len() == 2, "{run}");
    assert_eq!(dry, run.replacen("released", "would release", 1));
    let dry = sandbox.rrm(["keep", "-n", "a"]).ok().stdout();
    assert!(dry.starts_with("would keep "), "{dry}");
    assert!(sandbox.list_json().iter().all(|item| item["state"] == "trashed"));
}
