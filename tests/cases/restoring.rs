//! Losing data while restoring, and the options of `rrm restore` and `rrm undo`.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::Path;

use super::{attributes, id_of, is_there, listed, names_in_trash};
use crate::common::strace::available;
use crate::common::{Sandbox, User, content, is_root, removed_at, snapshot};

/// Makes `name` with this content and removes it.
fn removed(sandbox: &Sandbox, name: &str, content: &str) {
    sandbox.file(name, content);
    sandbox.rrm(["rm", name]).ok();
}

/// Makes something at a path.
type Obstacle<'a> = Box<dyn Fn(&Path) + 'a>;

/// What may stand in the way of a file.
fn obstacles(sandbox: &Sandbox) -> [(&'static str, Obstacle<'_>); 5] {
    let below = sandbox.work();
    [
        ("a file", Box::new(|path| fs::write(path, "live").unwrap())),
        ("an empty directory", Box::new(|path| fs::create_dir(path).unwrap())),
        ("a directory", Box::new(|path| fs::create_dir_all(path.join("sub")).unwrap())),
        ("a dangling link", Box::new(|path| symlink("nowhere", path).unwrap())),
        ("a link to a directory", Box::new(move |path| symlink(&below, path).unwrap())),
    ]
}

// [20] Whatever stands in the way stays as it is, in every mode, for files, directories and links.
#[test]
fn nothing_in_the_way_is_ever_overwritten() {
    for kind in ["file", "directory", "link"] {
        for number in 0..5 {
            for mode in ["fail", "skip", "rename", "swap"] {
                overwrites_nothing(kind, number, mode);
            }
        }
    }
}

fn overwrites_nothing(kind: &str, number: usize, mode: &str) {
    let sandbox = Sandbox::new();
    let path = match kind {
        "file" => sandbox.file("x", "trashed"),
        "directory" => sandbox.tree("x", &[("a", "trashed")]),
        _ => sandbox.symlink("x", "elsewhere"),
    };
    let trashed = snapshot(&path);
    sandbox.rrm(["rm", "x"]).ok();
    let (what, make) = &obstacles(&sandbox)[number];
    make(&path);
    let live = snapshot(&path);
    let run = sandbox.rrm(["restore", "--conflict", mode, "x"]);
    let note = format!("a {kind} restored with {mode} onto {what}: {run}");
    match mode {
        "fail" => drop(run.fails(1).err_contains("it already exists").err_contains("--conflict rename")),
        _ => drop(run.ok()),
    }
    match mode {
        "swap" => {
            trashed.assert_is_at(&path);
            assert_eq!(listed(&sandbox), ["x"], "{note}");
            fs::rename(&path, sandbox.path("aside")).unwrap();
            sandbox.rrm(["undo"]).ok();
            live.assert_is_at(&path);
        }
        "rename" => {
            live.assert_is_at(&path);
            trashed.assert_is_at(sandbox.path("x.~1~"));
            run.out_contains("x.~1~");
        }
        _ => {
            live.assert_is_at(&path);
            assert_eq!(listed(&sandbox), ["x"], "{note}");
        }
    }
}

// [20] Two versions of a path and a live file: no order of commands loses any of the three.
#[test]
fn two_versions_and_a_live_file_are_three_contents_in_every_order() {
    for mode in ["fail", "skip", "rename", "swap"] {
        for order in [[0, 1], [1, 0]] {
            let sandbox = Sandbox::new();
            removed(&sandbox, "x", "one");
            let one = id_of(&sandbox, "x");
            removed(&sandbox, "x", "two");
            let items = sandbox.list_json();
            let two = items.iter().find(|item| item["id"] != one.as_str()).unwrap()["id"].as_str().unwrap().to_owned();
            sandbox.file("x", "live");
            for version in order {
                // What is in the way stays there, and only that is a failure.
                let run = sandbox.rrm(["restore", "--conflict", mode, [&one, &two][version]]);
                run.fails(i32::from(mode == "fail"));
            }
            let mut found: Vec<String> =
                sandbox.list_json().iter().map(|item| content_of_item(&sandbox, item)).collect();
            for entry in fs::read_dir(sandbox.work()).unwrap() {
                found.push(fs::read_to_string(entry.unwrap().path()).unwrap());
            }
            found.sort();
            assert_eq!(found, ["live", "one", "two"], "{mode} {order:?}");
        }
    }
}

fn content_of_item(sandbox: &Sandbox, item: &serde_json::Value) -> String {
    fs::read_to_string(sandbox.trash().join(item["id"].as_str().unwrap())).unwrap()
}

// [20] Of several versions the newest comes back first, then the one before.
#[test]
fn the_newest_version_comes_back_first() {
    let sandbox = Sandbox::new();
    removed(&sandbox, "x", "one");
    removed(&sandbox, "x", "two");
    sandbox.rrm(["restore", "x"]).ok();
    assert_eq!(content(&sandbox, "x"), "two");
    sandbox.rrm(["restore", "x"]).fails(1);
    sandbox.rrm(["restore", "--rename", "y", "x"]).ok();
    assert_eq!((content(&sandbox, "x"), content(&sandbox, "y")), ("two".into(), "one".into()));
}

// [21] A restore that cannot be done leaves the item listed, with its record, and makes no directory.
#[test]
fn a_restore_that_fails_leaves_the_item_listed() {
    let sandbox = Sandbox::ordinary();
    sandbox.file("closed/below/file", "content");
    sandbox.fifo("closed/fifo");
    sandbox.rrm(["rm", "closed/below/file", "closed/fifo"]).ok();
    fs::remove_dir(sandbox.path("closed/below")).unwrap();
    sandbox.chmod("closed", 0o555);
    let trash = snapshot(sandbox.trash());
    let run = sandbox.rrm(["restore", "closed/below/file", "closed/fifo"]);
    run.fails(1).err_contains("closed/below").err_contains("closed/fifo").err_contains("Permission denied");
    trash.assert_is_at(sandbox.trash());
    assert_eq!(listed(&sandbox), ["closed/below/file", "closed/fifo"]);
    sandbox.chmod("closed", 0o755);
    sandbox.rrm(["restore", "closed/below/file", "closed/fifo"]).ok().silent();
    assert_eq!(content(&sandbox, "closed/below/file"), "content");
}

// [69] A spelling that leads back to the item is the item, with its record and its mode.
#[test]
fn an_id_with_a_path_that_leads_back_to_it_is_the_whole_item() {
    for part in ["/.", "/", "/x/..", "/./x/../."] {
        let sandbox = Sandbox::ordinary();
        sandbox.tree("d", &[("x/a", "1")]);
        sandbox.chmod("d", 0o775);
        let before = snapshot(sandbox.path("d"));
        sandbox.rrm(["rm", "d"]).ok();
        let id = sandbox.list_json()[0]["id"].as_str().unwrap().to_owned();
        sandbox.rrm(["restore", &format!("{id}{part}")]).ok().silent();
        before.assert_is_at(sandbox.path("d"));
        assert_eq!(names_in_trash(&sandbox), [""; 0], "{part}");
    }
}

// [44] What an undo skips, the next one steps over and names, so that it gets to what was removed before.
#[test]
fn an_undo_steps_over_what_it_has_skipped() {
    let sandbox = Sandbox::ordinary();
    for name in ["s0", "s1", "s2"] {
        sandbox.file(name, name);
        sandbox.rrm(["rm", name]).ok();
    }
    sandbox.file("s2", "live");
    let undo = || sandbox.rrm(["undo", "--conflict", "skip"]);
    for name in ["s1", "s0"] {
        let run = undo();
        run.ok().out_contains("skipped").out_contains("/s2'").out_contains(&format!("/{name}'"));
        assert_eq!(content(&sandbox, name), name);
    }
    undo().ok().out_contains("/s2'");
    assert_eq!(listed(&sandbox), ["s2"]);
    // Where nothing is to be skipped it is a failure each time, and nothing older is taken.
    sandbox.file("s1", "again");
    sandbox.rrm(["rm", "-f", "s1"]).ok();
    sandbox.file("s1", "live");
    sandbox
        .rrm(["undo"])
        .fails(1)
        .err_contains("s1': it already exists")
        .err_contains("hint: --conflict swap exchanges");
    assert_eq!(listed(&sandbox), ["s1", "s2"]);
}

// [22] A conflict costs only itself.
#[test]
fn three_conflicts_of_a_hundred_cost_only_themselves() {
    let sandbox = Sandbox::new();
    let names: Vec<String> = (0..100).map(|number| format!("d/f{number}")).collect();
    for name in &names {
        sandbox.file(name, name);
    }
    sandbox.rrm(["rm".to_owned()].into_iter().chain(names.clone())).ok();
    for number in [7, 50, 99] {
        sandbox.file(format!("d/f{number}"), "live");
    }
    let run = sandbox.rrm(["undo"]);
    run.fails(1).err_contains("d/f7'").err_contains("d/f50'").err_contains("d/f99'");
    assert_eq!(listed(&sandbox), ["d/f50", "d/f7", "d/f99"]);
    let restored = names.iter().filter(|name| content(&sandbox, name) == **name).count();
    assert_eq!(restored, 97);
}

// [23] Missing parents are made again.
#[test]
fn missing_parents_are_made_again() {
    let sandbox = Sandbox::new();
    removed(&sandbox, "a/b/c/file", "content");
    fs::remove_dir_all(sandbox.path("a")).unwrap();
    sandbox.rrm(["restore", "a/b/c/file"]).ok().silent();
    assert_eq!(content(&sandbox, "a/b/c/file"), "content");
}

fn mode_of(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

// [23] A parent that was closed to others is so again: as it was, where the trash has it...
#[test]
fn a_missing_parent_that_is_in_the_trash_is_made_like_it() {
    for (mode, umask) in [(0o700, "022"), (0o750, "077"), (0o2711, "000"), (0o555, "022")] {
        let sandbox = Sandbox::ordinary();
        sandbox.tree("private", &[("secret", "x"), ("deep/secret", "y")]);
        sandbox.chmod("private/deep", 0o711);
        sandbox.rrm(["rm", "private/secret", "private/deep/secret"]).ok();
        sandbox.rrm(["rm", "private/deep"]).ok();
        sandbox.chmod("private", mode);
        sandbox.rrm(["rm", "private"]).ok();
        let restore = |name: &str| {
            let umask = format!("umask {umask}; exec \"$@\"");
            sandbox.command(["restore", name]).through(["sh", "-c", &umask, "sh"]).run()
        };
        restore("private/deep/secret").ok().silent();
        assert_eq!(mode_of(&sandbox.path("private")), mode);
        assert_eq!(mode_of(&sandbox.path("private/deep")), 0o711);
        assert_eq!(content(&sandbox, "private/deep/secret"), "y");
    }
}

// [23] ...and where nothing tells what it was like, as closed as what comes back, which is told.
#[test]
fn a_missing_parent_of_which_nothing_is_known_is_as_closed_as_what_comes_back() {
    for (file, directory, is_told) in [(0o600, 0o700, true), (0o640, 0o750, true), (0o644, 0o755, false)] {
        let sandbox = Sandbox::ordinary();
        sandbox.file("gone/private/secret", "x");
        sandbox.chmod("gone/private/secret", file);
        sandbox.rrm(["rm", "gone/private/secret"]).ok();
        fs::remove_dir_all(sandbox.path("gone")).unwrap();
        let run = sandbox.rrm(["restore", "gone/private/secret"]);
        for made in ["gone", "gone/private"] {
            assert_eq!(mode_of(&sandbox.path(made)), directory, "{made}: {run}");
            assert_eq!(run.ok().stderr().contains(&format!("{made}'")), is_told, "{run}");
        }
        // Where a person names the place, it is as any other that they make.
        sandbox.rrm(["rm", "gone/private/secret"]).ok();
        sandbox.rrm(["restore", "--to", "new/place", "gone/private/secret"]).ok().silent();
        assert_eq!(mode_of(&sandbox.path("new/place")), 0o755);
    }
}

// [23] What others can write tells nothing: they could have a private directory made open.
#[test]
fn a_record_that_others_can_write_opens_no_missing_parent() {
    let sandbox = Sandbox::ordinary();
    sandbox.file("private/secret", "x");
    sandbox.chmod("private/secret", 0o600);
    sandbox.dir("theirs");
    sandbox.chmod("theirs", 0o777);
    sandbox.rrm(["rm", "private/secret", "theirs"]).ok();
    let item = sandbox.list_json().into_iter().find(|item| item["kind"] == "directory").expect("it is there");
    let private = sandbox.path("private");
    let item = sandbox.trash().join(item["id"].as_str().expect("an ID"));
    sandbox.set_attribute(&item, "user.original_path", private.display().to_string());
    sandbox.chmod(item, 0o777);
    fs::remove_dir(&private).unwrap();
    sandbox.rrm(["restore", "private/secret"]).ok();
    assert_eq!(mode_of(&private), 0o700);
}

// [23] A parent that is a file now is named; nothing is made and nothing lost.
#[test]
fn a_parent_that_is_a_file_now_is_named() {
    let sandbox = Sandbox::new();
    removed(&sandbox, "a/b/file", "content");
    fs::remove_dir_all(sandbox.path("a")).unwrap();
    let blocking = sandbox.file("a", "live").display().to_string();
    let run = sandbox.rrm(["restore", "a/b/file"]);
    run.fails(1).err_contains(&blocking).err_contains("not a directory").err_contains("--to");
    assert_eq!((content(&sandbox, "a"), listed(&sandbox)), ("live".into(), vec!["a/b/file".to_owned()]));
    let device = sandbox.rrm(["restore", "--to", "/dev/null", "a/b/file"]);
    device.fails(1).err_contains("cannot restore into '/dev/null': it is not a directory\n");
    sandbox.rrm(["restore", "--to", "elsewhere", "a/b/file"]).ok();
    assert_eq!(content(&sandbox, "elsewhere/file"), "content");
}

// [23] A parent that leads elsewhere now is not followed silently: where it leads is named.
#[test]
fn a_parent_that_is_a_link_now_is_refused_and_its_target_named() {
    let sandbox = Sandbox::new();
    sandbox.dir("outside");
    removed(&sandbox, "a/b/file", "content");
    fs::remove_dir_all(sandbox.path("a")).unwrap();
    sandbox.symlink("a", "outside");
    let outside = sandbox.path("outside").display().to_string();
    let run = sandbox.rrm(["restore", &format!("path:{}", sandbox.path("a/b/file").display())]);
    run.fails(1).err_contains(&outside).err_contains("--to");
    assert_eq!(fs::read_dir(&outside).unwrap().count(), 0, "{run}");
    assert_eq!(listed(&sandbox), ["a/b/file"]);
}

/// A file in the home trash under a made-up ID, with attributes as given.
fn planted(sandbox: &Sandbox, id: &str, attributes: &[(&str, &str)]) {
    let path = sandbox.file(sandbox.trash().join(id), "planted");
    for (name, value) in attributes {
        sandbox.set_attribute(&path, name, value);
    }
}

// [24] A record that leads where it must not is listed as such, and followed nowhere.
#[test]
fn a_record_that_leads_out_of_its_place_is_refused() {
    let sandbox = Sandbox::ordinary();
    removed(&sandbox, "make-the-trash", "");
    let victim = sandbox.path("victim");
    let up = format!("{}/sub/../victim", sandbox.work().display());
    for (number, path) in ["../victim", "victim", &up, "", "/", "/a//b", "/a/./b"].into_iter().enumerate() {
        let id = format!("0000000{number}-0000-4000-8000-000000000000");
        planted(&sandbox, &id, &[("user.original_path", path), ("user.deletion_date", "2031-01-01T00:00:00Z")]);
        let run = sandbox.rrm(["restore", &id]);
        run.fails(1).err_contains("cannot be trusted").err_contains("--to");
        assert!(!is_there(&victim), "{path}: {run}");
        sandbox.rrm(["list"]).ok().out_contains("(untrusted)");
        sandbox.rrm(["restore", &id, "--to", "checked"]).ok();
        assert_eq!(content(&sandbox, &format!("checked/{id}")), "planted");
    }
}

// [25] An ID is digits; nothing that looks like a path is ever joined to the trash.
#[test]
fn an_id_never_leads_out_of_the_trash() {
    let sandbox = Sandbox::ordinary();
    removed(&sandbox, "file", "content");
    sandbox.tree("tree", &[("inside", "1")]);
    sandbox.rrm(["rm", "tree"]).ok();
    let outside = sandbox.file("outside", "live");
    let tree = id_of(&sandbox, "tree");
    let words = [
        "id:../../../../../../work/outside".to_owned(),
        "id:/etc/passwd".into(),
        "id:xyz".into(),
        "id:".into(),
        "id:abc".into(),
        format!("id:{tree}/../file"),
        format!("{tree}/../../outside"),
        format!("{}/file", id_of(&sandbox, "file")),
        outside.display().to_string(),
    ];
    let before = snapshot(sandbox.trash());
    for word in words {
        let run = sandbox.rrm(["restore", &word]);
        assert!(matches!(run.status.code(), Some(1 | 2)) && run.stderr().contains("cannot"), "{word}: {run}");
        before.assert_is_at(sandbox.trash());
        assert_eq!(content(&sandbox, "outside"), "live");
    }
    sandbox.rrm(["restore", &format!("{tree}/inside")]).ok();
    assert_eq!(content(&sandbox, "tree/inside"), "1");
}

// [25] A prefix that several items share restores none and lists them.
#[test]
fn an_ambiguous_prefix_lists_its_candidates() {
    let sandbox = Sandbox::new();
    removed(&sandbox, "make-the-trash", "");
    let ids = ["abcd0000-0000-4000-8000-000000000001", "abcd0000-0000-4000-8000-000000000002"];
    for id in ids {
        let path = sandbox.path(format!("file-{}", &id[35..]));
        let date = ("user.deletion_date", "2031-01-01T00:00:00Z");
        planted(&sandbox, id, &[("user.original_path", &path.to_string_lossy()), date]);
    }
    for command in ["restore", "list", "clean"] {
        let run = sandbox.rrm([command, "abcd"]);
        run.fails(1).err_contains("'abcd'").err_contains(ids[0]).err_contains(ids[1]).err_contains("file-1");
        assert_eq!(listed(&sandbox).len(), 3);
    }
    sandbox.rrm(["restore", "abcd0000-0000-4000-8000-000000000002"]).ok();
    assert!(is_there(&sandbox.path("file-2")));
}

// [25] Digits that are the name of a file too are ambiguous until id: or path: says which.
#[test]
fn id_path_and_glob_say_which_is_meant() {
    let sandbox = Sandbox::new();
    removed(&sandbox, "first", "1");
    let id = id_of(&sandbox, "first");
    let prefix = &id[..8];
    removed(&sandbox, prefix, "2");
    sandbox.rrm(["restore", prefix]).fails(1).err_contains("id:").err_contains("path:");
    sandbox.rrm(["restore", &format!("path:{prefix}")]).ok();
    assert_eq!(content(&sandbox, prefix), "2");
    sandbox.rrm(["restore", &format!("id:{prefix}")]).ok();
    assert_eq!(content(&sandbox, "first"), "1");
    for name in ["a.log", "b.log", "c.txt", "sub/d.log"] {
        removed(&sandbox, name, name);
    }
    sandbox.rrm(["restore", "glob:*.log"]).ok();
    assert_eq!(listed(&sandbox), ["c.txt", "sub/d.log"]);
    sandbox.rrm(["restore", "**/*.log", "*.txt"]).ok();
    assert_eq!(listed(&sandbox), [""; 0]);
}

// [26] A child that is back already, then its parent: refused, or beside, or swapped; nothing lost.
#[test]
fn a_parent_restored_after_its_child_loses_nothing() {
    let prepare = |sandbox: &Sandbox| {
        sandbox.tree("parent", &[("child", "child"), ("other", "other")]);
        sandbox.rrm(["rm", "parent/child"]).ok();
        sandbox.rrm(["rm", "parent"]).ok();
        sandbox.rrm(["restore", "parent/child"]).ok();
        assert_eq!(content(sandbox, "parent/child"), "child");
    };
    let sandbox = Sandbox::new();
    prepare(&sandbox);
    sandbox.rrm(["restore", "parent"]).fails(1).err_contains("it already exists");
    assert_eq!((content(&sandbox, "parent/child"), listed(&sandbox)), ("child".into(), vec!["parent".to_owned()]));
    sandbox.rrm(["restore", "--conflict=rename", "parent"]).ok();
    assert_eq!(content(&sandbox, "parent.~1~/other"), "other");

    let sandbox = Sandbox::new();
    prepare(&sandbox);
    sandbox.rrm(["restore", "--conflict=swap", "parent"]).ok();
    assert_eq!(content(&sandbox, "parent/other"), "other");
    sandbox.rrm(["restore", "parent/child"]).ok();
    assert_eq!(content(&sandbox, "parent/child"), "child");
}

// [26] Both in one command: the parent comes first and the child finds its place in it.
#[test]
fn a_parent_and_its_child_restored_together_are_both_back() {
    let sandbox = Sandbox::new();
    sandbox.tree("parent", &[("child", "child"), ("other", "other")]);
    let before = snapshot(sandbox.path("parent"));
    sandbox.rrm(["rm", "parent/child"]).ok();
    sandbox.rrm(["rm", "parent"]).ok();
    sandbox.rrm(["restore", "parent/child", "parent"]).ok();
    assert_eq!(before.difference(&snapshot(sandbox.path("parent"))).lines().count(), 1, "but for the directory's time");
    assert_eq!(listed(&sandbox), [""; 0]);
}

// A part of a trashed directory comes back alone, by path or by ID; the rest stays.
#[test]
fn a_part_of_a_trashed_directory_comes_back_alone() {
    let sandbox = Sandbox::ordinary();
    sandbox.tree("dir", &[("a", "1"), ("sub/b", "2"), ("sub/c", "3")]);
    sandbox.rrm(["rm", "dir"]).ok();
    sandbox.rrm(["restore", "dir/sub/b"]).ok().silent();
    assert_eq!(content(&sandbox, "dir/sub/b"), "2");
    assert!(!is_there(&sandbox.path("dir/sub/c")));
    assert_eq!(listed(&sandbox), ["dir"]);
    sandbox.rrm(["restore", "dir/sub/none"]).fails(1).err_contains("does not contain it");
    let id = id_of(&sandbox, "dir");
    sandbox.rrm(["restore", &format!("{}/sub", &id[..8]), "--to", "out"]).ok();
    assert_eq!(content(&sandbox, "out/sub/c"), "3");
}

// The directories that a part was in are made again as they were: who was kept out by one is kept out still.
#[test]
fn a_part_comes_back_into_directories_that_are_as_private_as_they_were() {
    for sandbox in [Sandbox::ordinary(), Sandbox::new()] {
        sandbox.tree("above/private", &[("secret", "1"), ("closed/sub/other", "2"), ("closed/sub/third", "3")]);
        let modes = [("above/private", 0o700), ("above/private/closed", 0o2510), ("above/private/closed/sub", 0o1750)];
        if is_root() && sandbox.user() == User::Caller {
            modes.iter().for_each(|(path, _)| drop(sandbox.chown(path, 1234)));
        }
        for (path, mode) in modes {
            sandbox.set_attribute(path, "user.colour", path);
            sandbox.chmod(path, mode);
        }
        let look = |path: &str| {
            let data = fs::symlink_metadata(sandbox.path(path)).unwrap();
            (data.mode() & 0o7777, data.uid(), data.gid(), attributes(&sandbox.path(path)))
        };
        let before = modes.map(|(path, _)| look(path));
        sandbox.rrm(["rm", "above"]).ok().silent();
        sandbox.rrm(["restore", "above/private/closed/sub/other", "above/private/secret"]).ok().silent();
        assert_eq!(
            (content(&sandbox, "above/private/secret"), modes.map(|(path, _)| look(path))),
            ("1".into(), before)
        );
        assert!(!is_there(&sandbox.path("above/private/closed/sub/third")));
        assert_eq!(look("above").3, [""; 0], "nothing of ours is on the item's own directory");
        sandbox.rrm(["restore", "above"]).fails(1).err_contains("it already exists");
    }
}

// A part that does not come back leaves nothing that was made for it.
#[test]
fn directories_that_were_made_for_a_part_go_again_if_it_does_not_come() {
    let sandbox = Sandbox::ordinary();
    sandbox.tree("d", &[("closed/sub/file", "1")]);
    sandbox.chmod("d/closed/sub", 0o500);
    sandbox.rrm(["rm", "d"]).ok();
    sandbox.rrm(["restore", "d/closed/sub/file"]).fails(1).err_contains("Permission denied");
    assert!(!is_there(&sandbox.path("d")));
}

// [27] Nothing of ours remains on what came back, and all of its own is there.
#[test]
fn what_came_back_has_its_own_attributes_and_none_of_ours() {
    let sandbox = Sandbox::ordinary();
    let file = sandbox.file("file", "content");
    sandbox.set_attribute("file", "user.colour", "red");
    let tree = sandbox.tree("tree", &[("below/file", "content")]);
    sandbox.set_attribute("tree", "user.colour", "blue");
    sandbox.set_attribute("tree/below/file", "user.colour", "green");
    sandbox.tool("touch", ["-d", "2001-02-03 04:05:06.789", "tree", "file"]).run().ok();
    let before = (snapshot(&file), snapshot(&tree));
    sandbox.rrm(["rm", "--session", "label", "file", "tree"]).ok();
    sandbox.rrm(["undo"]).ok();
    before.0.assert_is_at(&file);
    before.1.assert_is_at(&tree);
    assert_eq!(attributes(&file), ["user.colour"]);
    assert_eq!(attributes(&tree), ["user.colour"]);
}

// A clock that was ahead, and was set back: what it dated is not the latest for as long as that is to come.
#[test]
fn undo_prefers_a_removal_whose_date_can_be_right() {
    let sandbox = Sandbox::new();
    for name in ["ahead", "right"] {
        sandbox.file(name, name);
        sandbox.rrm(["rm", name]).ok();
    }
    let id = |item: &serde_json::Value| item["id"].as_str().unwrap().to_owned();
    let ahead =
        sandbox.list_json().iter().find(|item| item["original_path"].as_str().unwrap().ends_with("/ahead")).map(id);
    let item = sandbox.trash().join(ahead.unwrap());
    sandbox.set_attribute(&item, "user.deletion_date", "2998-02-01T00:00:00Z");
    removed_at(&item, "2098-01-01T00:00:00Z".parse().unwrap());
    sandbox.rrm(["undo"]).ok();
    assert!(sandbox.path("right").exists() && !sandbox.path("ahead").exists());
    sandbox.rrm(["undo"]).ok();
    assert!(sandbox.path("ahead").exists());
}

// undo puts back what one command removed; again, the one before; --session only that label's.
#[test]
fn undo_goes_back_one_command_at_a_time() {
    let sandbox = Sandbox::new();
    for (label, names) in [("one", ["a", "b"]), ("two", ["c", "d"]), ("one", ["e", "f"])] {
        for name in &names {
            sandbox.file(name, *name);
        }
        sandbox.rrm(["rm", "--session", label, names[0], names[1]]).ok();
    }
    let run = sandbox.rrm(["undo", "-n"]);
    assert_eq!(run.ok().stdout().lines().count(), 2, "{run}");
    assert_eq!(listed(&sandbox).len(), 6);
    sandbox.rrm(["undo", "--session", "two"]).ok().out_contains("restored").out_contains("/c'");
    assert_eq!(listed(&sandbox), ["a", "b", "e", "f"]);
    sandbox.rrm(["undo"]).ok();
    assert_eq!(listed(&sandbox), ["a", "b"]);
    sandbox.rrm(["undo"]).ok();
    assert_eq!(listed(&sandbox), [""; 0]);
    sandbox.rrm(["undo"]).fails(1).err_contains("nothing to undo");
}

// --to, --rename, -v and -n.
#[test]
fn to_and_rename_say_where_and_verbose_and_dry_run_tell() {
    let sandbox = Sandbox::new();
    for name in ["a", "b"] {
        removed(&sandbox, name, name);
    }
    let run = sandbox.rrm(["restore", "-n", "--to", "out", "a"]);
    assert_eq!(run.ok().stdout(), format!("would restore '{}'\n", sandbox.path("out/a").display()));
    assert!(!is_there(&sandbox.path("out")));
    sandbox.rrm(["restore", "--to", "out", "--rename", "c", "a", "b"]).fails(1).err_contains("one name");
    sandbox.rrm(["restore", "--rename", "x/y", "a"]).fails(1).err_contains("not a single file name");
    sandbox.rrm(["restore", "-v", "--to", "out/deep", "--rename", "c", "a"]).ok().out_contains("out/deep/c'");
    assert_eq!(content(&sandbox, "out/deep/c"), "a");
    sandbox.rrm(["restore", "--rename", "renamed", "b"]).ok();
    assert_eq!(content(&sandbox, "renamed"), "b");
}

// A trash is no place to restore to: what is there is rrm's.
#[test]
fn nothing_is_restored_into_the_trash() {
    let sandbox = Sandbox::new();
    removed(&sandbox, "a", "a");
    let trash = sandbox.trash();
    for target in [trash.clone(), trash.join("sub"), trash.join(".doomed")] {
        let run = sandbox.rrm(["restore".as_ref(), "a".as_ref(), "--to".as_ref(), target.as_os_str()]);
        run.fails(1).err_contains("inside the trash");
    }
    assert_eq!(listed(&sandbox), ["a"]);
    sandbox.rrm(["list"]).ok().err_lacks("did not create it");
}

// Without a word restore says what it needs, and touches nothing.
#[test]
fn restore_without_a_selection_says_what_it_needs() {
    let sandbox = Sandbox::new();
    removed(&sandbox, "a", "a");
    sandbox.rrm(["restore"]).fails(2).err_contains("rrm list").err_contains("rrm undo");
    sandbox.rrm(["restore", "none"]).fails(1).err_contains("'none'").err_contains("rrm list");
    assert_eq!(listed(&sandbox), ["a"]);
}

/// By its whole ID an item is one `openat` away, whatever else the trash holds.
#[test]
fn a_whole_id_is_found_without_reading_the_other_items() {
    or_skip!(available());
    let sandbox = Sandbox::new();
    for number in 0..50 {
        sandbox.file(format!("f{number}"), number.to_string());
    }
    sandbox.command(["rm"]).args((0..50).map(|number| format!("f{number}"))).run().ok();
    let items = sandbox.list_json();
    let id = items[20]["id"].as_str().expect("an ID");
    let path = items[20]["original_path"].as_str().expect("a path").to_owned();
    let log = tempfile::NamedTempFile::new().expect("a temporary file can be made");
    let words =
        [OsString::from("strace"), "-f".into(), "-e".into(), "trace=openat".into(), "-o".into(), log.path().into()];
    sandbox.command(["restore", id]).through(words).run().ok();
    assert!(Path::new(&path).exists());
    let log = fs::read_to_string(log.path()).expect("strace wrote it");
    let others =
        items.iter().filter_map(|item| item["id"].as_str()).filter(|other| *other != id && log.contains(other));
    assert_eq!(others.collect::<Vec<_>>(), Vec::<&str>::new());
    // The same ID twice is one item, and one that is not there is an error of its own.
    let id = items[21]["id"].as_str().expect("an ID");
    sandbox.rrm(["restore", id, id]).ok();
    let (id, gone) = (items[22]["id"].as_str().expect("an ID"), "00000000-0000-4000-8000-000000000000");
    sandbox.rrm(["restore", gone, id]).fails(1).err_contains(gone);
    assert_eq!(sandbox.list_json().len(), 47);
}
