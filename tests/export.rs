//! Handing items over to the trash of the desktop: with the programs that share it, and to trashes that are not as they
//! should be.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use crate::common::{Mount, Sandbox, Tree, User, installed, is_root, names_in, snapshot};

fn desktop(sandbox: &Sandbox) -> PathBuf {
    sandbox.home().join(".local/share/Trash")
}

/// What is in a trash of the desktop: each thing is told of.
#[track_caller]
fn things_in(trash: &Path) -> Vec<String> {
    let (files, info) = (names_in(trash.join("files")), names_in(trash.join("info")));
    let told: Vec<String> = files.iter().map(|name| format!("{name}.trashinfo")).collect();
    assert_eq!(info, told, "what is in files is told of in info");
    files
}

/// One of everything, what carries its record and what does not; the paths, and what is at each.
fn everything(sandbox: &Sandbox) -> Vec<(PathBuf, Tree)> {
    let tree = sandbox.tree("tree", &[("a", "1"), ("below/b", "2")]);
    sandbox.set_attribute(&tree, "user.comment", "a person's own");
    sandbox.tree("closed", &[("a", "1")]);
    let made = [
        sandbox.chmod("closed", 0o555),
        tree,
        sandbox.file("plain", "content"),
        sandbox.chmod(sandbox.file("of-a-group", "content"), 0o664),
        sandbox.symlink("dangling", "/no/such/place"),
        sandbox.fifo("fifo"),
        sandbox.chmod(sandbox.file("read-only", "secret"), 0o400),
        sandbox.file("odd %41+\u{e9} \u{1b}[2J\\n;#\nname ", "odd"),
    ];
    made.into_iter().map(|path| (path.clone(), snapshot(&path))).collect()
}

fn removed(sandbox: &Sandbox) -> Vec<(PathBuf, Tree)> {
    let things = everything(sandbox);
    let paths = things.iter().map(|(path, _)| path);
    sandbox.command(["rm"]).args(paths).with("TZ", "Asia/Tokyo").run().ok();
    things
}

#[test]
fn what_is_exported_is_as_it_was_and_an_import_takes_it_back() {
    let sandbox = Sandbox::ordinary();
    let things = removed(&sandbox);
    let dates = |sandbox: &Sandbox| {
        let date = |item: &serde_json::Value| item["trashed_date"].as_str().expect("a date")[..19].to_owned();
        let mut dates: Vec<_> =
            sandbox.list_json().iter().map(|item| (item["original_path"].to_string(), date(item))).collect();
        dates.sort();
        dates
    };
    let before = dates(&sandbox);
    let run = sandbox.rrm(["export", "--under", "."]);
    run.ok().out_contains("exported 8 items: ");
    assert_eq!(run.stdout().lines().count(), 1, "{run}");
    assert_eq!(sandbox.list_json().len(), 0);
    assert_eq!(things_in(&desktop(&sandbox)).len(), 8);
    for (path, tree) in &things {
        tree.assert_is_at(desktop(&sandbox).join("files").join(path.file_name().expect("a name")));
    }
    let mode = fs::metadata(desktop(&sandbox)).expect("it was made").permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    sandbox.rrm(["doctor"]).ok();
    sandbox.command(["import".as_ref(), desktop(&sandbox).as_os_str()]).run().ok().silent();
    assert_eq!(dates(&sandbox), before, "paths and dates are as they were");
    sandbox.rrm(["restore", "--under", "."]).ok();
    things.iter().for_each(|(path, tree)| tree.assert_is_at(path));
}

#[test]
fn trash_cli_lists_what_was_exported_and_restores_it() {
    or_skip!(installed("trash-list", "trash-cli"));
    let sandbox = Sandbox::ordinary();
    let things = removed(&sandbox);
    sandbox.command(["export", "--under", "."]).with("TZ", "Asia/Tokyo").run().ok();
    // The sandbox's programs are in another zone, and other programs know only what the clock on the wall showed.
    let there = things_in(&desktop(&sandbox));
    let info = fs::read_to_string(desktop(&sandbox).join("info").join(format!("{}.trashinfo", there[0])));
    let date = info.expect("it is told").lines().find_map(|line| Some(line.strip_prefix("DeletionDate=")?.to_owned()));
    let date = date.expect("a date").replace('T', " ");
    let listed = sandbox.tool("trash-list", [""; 0]).run();
    for (path, _) in &things {
        listed.ok().out_contains(&format!("{date} {}\n", path.to_string_lossy()));
    }
    let (plain, before) = things.iter().find(|(path, _)| path.ends_with("plain")).expect("it was removed");
    sandbox.tool("trash-restore", [plain]).reading("0\n").run().ok();
    before.assert_is_at(plain);
    assert_eq!(things_in(&desktop(&sandbox)).len(), 7);
}

/// One rule for output, and for what touches nothing.
#[test]
fn it_says_no_more_than_it_has_to() {
    let sandbox = Sandbox::ordinary();
    for name in ["a", "b", "found-by-a-word", "d"] {
        sandbox.file(name, name);
        sandbox.rrm(["rm", name]).ok();
    }
    let before = snapshot(sandbox.home());
    let dry = sandbox.rrm(["export", "-n", "a", "b"]);
    let place = desktop(&sandbox);
    let lines: Vec<String> = dry.ok().stdout().lines().map(str::to_owned).collect();
    assert!(lines.len() == 2 && lines[0].starts_with("would export "), "{dry}");
    assert!(lines[0].ends_with(&format!("/a' to '{}'", place.display())), "{dry}");
    let told = sandbox.rrm(["export", "-n", "--json", "a"]).ok().stdout();
    assert!(told.contains(r#""state":"exported""#) && told.lines().count() == 1, "{told}");
    before.assert_is_at(sandbox.home());
    sandbox.rrm(["export", "a"]).ok().silent();
    sandbox.rrm(["export", "-v", "b"]).ok().out_contains("/b'\n").out_contains("exported ");
    sandbox.rrm(["export", "found"]).ok().out_contains("exported ").out_contains("found-by-a-word'\n");
    let told = sandbox.rrm(["export", "--json", "--under", "."]).ok().stdout();
    let told: serde_json::Value = serde_json::from_str(&told).expect("one object");
    assert_eq!(told["path"], *place.join("files/d").to_string_lossy());
    assert_eq!(things_in(&place).len(), 4);
    sandbox.rrm(["export", "--under", "."]).fails(1).err_contains("nothing in the trash matches");
    sandbox.rrm(["export", "a"]).fails(1).err_contains("nothing in the trash matches");
    sandbox.rrm(["export"]).fails(2).err_contains("nothing selected to export");
}

/// Versions of one path, a name that has no room for an ending, and what is there already: nothing is replaced.
#[test]
fn nothing_there_is_replaced() {
    let sandbox = Sandbox::ordinary();
    for content in ["old", "new"] {
        sandbox.file("f", content);
        sandbox.rrm(["rm", "f"]).ok();
    }
    let long = "\u{e9}".repeat(127);
    sandbox.file(&long, "long");
    sandbox.rrm(["rm", &long]).ok();
    sandbox.file(desktop(&sandbox).join("files/f"), "an orphan");
    sandbox.dir(desktop(&sandbox).join("info"));
    sandbox.file(desktop(&sandbox).join("info/f.~1~.trashinfo"), "[Trash Info]\nPath=/a\n");
    sandbox.chmod(desktop(&sandbox), 0o700);
    sandbox.rrm(["export", "--under", "."]).ok();
    let files = desktop(&sandbox).join("files");
    let cut = "\u{e9}".repeat(118);
    assert_eq!(names_in(&files), ["f", "f.~2~", "f.~3~", &cut]);
    let read = |name: &str| fs::read_to_string(files.join(name)).expect("it is there");
    let mut versions = [read("f.~2~"), read("f.~3~")];
    versions.sort();
    assert_eq!((read("f"), versions), ("an orphan".into(), ["new".into(), "old".into()]));
    let orphan = fs::read_to_string(desktop(&sandbox).join("info/f.~1~.trashinfo"));
    assert_eq!(orphan.expect("it is there"), "[Trash Info]\nPath=/a\n");
    sandbox.command(["import".as_ref(), desktop(&sandbox).as_os_str()]).run().ok();
    let name = sandbox.path(&long);
    sandbox.command(["restore".as_ref(), name.as_os_str()]).run().ok();
    assert_eq!(fs::read_to_string(name).expect("under its whole name"), "long");
}

#[test]
fn what_is_kept_and_what_is_open_stays() {
    let sandbox = Sandbox::ordinary();
    for name in ["kept", "open", "plain"] {
        sandbox.file(name, name);
        sandbox.rrm(["rm", name]).ok();
    }
    sandbox.rrm(["keep", "kept"]).ok();
    let item = |name: &str| {
        let items = sandbox.list_json();
        let path = sandbox.path(name).to_string_lossy().into_owned();
        let item = items.into_iter().find(|item| item["original_path"] == *path).expect("it is listed");
        item["id"].as_str().expect("text").to_owned()
    };
    let open = item("open");
    sandbox.chmod(sandbox.trash().join(&open), 0o666);
    sandbox.rrm(["list"]).ok();
    let run = sandbox.rrm(["export", &item("open"), &item("kept"), "plain"]);
    run.fails(1).err_contains("others could have written its record").err_contains("use rrm restore ID --to DIR");
    run.err_contains("it is kept, and other programs would not keep it").err_contains("rrm keep --release releases it");
    assert_eq!(things_in(&desktop(&sandbox)), ["plain"]);
    assert_eq!(sandbox.list_json().len(), 2);
}

#[test]
fn a_desktop_trash_that_is_not_safely_ours_gets_nothing() {
    let sandbox = Sandbox::ordinary();
    sandbox.file("f", "content");
    sandbox.rrm(["rm", "f"]).ok();
    let trash = desktop(&sandbox);
    let refused = |reason: &str| {
        for words in [&["export", "f"][..], &["export", "-n", "f"]] {
            sandbox.command(words).run().fails(1).err_contains("cannot export").err_contains(reason);
        }
        assert_eq!(sandbox.list_json().len(), 1);
    };
    for part in ["files", "info"] {
        sandbox.dir(trash.join(part));
    }
    sandbox.chmod(&trash, 0o777);
    refused("others may write to it (mode 0777)");
    sandbox.rrm(["export", "f"]).err_contains("hint: a desktop trash must be yours");
    // It is told of once, however many items there are.
    sandbox.file("g", "content");
    sandbox.rrm(["rm", "g"]).ok();
    let run = sandbox.rrm(["export", "--under", "."]);
    assert_eq!(run.fails(1).stderr().matches("others may write to it").count(), 1, "{run}");
    sandbox.rrm(["undo"]).ok();
    sandbox.chmod(&trash, 0o755);
    for part in ["files", "info"] {
        sandbox.chmod(trash.join(part), 0o777);
        refused(&format!("Trash/{part}': others may write to it (mode 0777)"));
        sandbox.chmod(trash.join(part), 0o755);
    }
    fs::rename(trash.join("files"), sandbox.path("elsewhere")).expect("ours");
    sandbox.symlink(trash.join("files"), sandbox.path("elsewhere"));
    refused("symbolic link");
    fs::rename(&trash, sandbox.path("trash")).expect("ours");
    sandbox.symlink(&trash, sandbox.path("trash"));
    refused("symbolic link");
}

#[test]
fn one_that_cannot_be_told_of_keeps_no_other() {
    let sandbox = Sandbox::ordinary();
    for name in ["a", "b", "c"] {
        sandbox.file(name, name);
        sandbox.rrm(["rm", name]).ok();
    }
    let items = sandbox.list_json();
    let first = items.iter().find(|item| item["original_path"].as_str().is_some_and(|path| path.ends_with("/a")));
    let notice = format!("{}.notice", first.expect("it is listed")["id"].as_str().expect("text"));
    sandbox.dir(sandbox.trash().join(".staging").join(notice));
    sandbox.chmod(sandbox.trash().join(".staging"), 0o700);
    let run = sandbox.rrm(["export", "--under", "."]);
    run.fails(1).err_contains("cannot export '").err_contains("/a'").out_contains("exported 2 of 3 items: ");
    assert_eq!(things_in(&desktop(&sandbox)), ["b", "c"]);
}

#[test]
fn what_is_on_a_volume_stays_on_it() {
    in_mount_namespace!();
    let sandbox = Sandbox::ordinary();
    let mount = or_skip!(Mount::tmpfs("", &sandbox.path("mount"))).owned_by(User::Nobody);
    let (user, _) = User::Nobody.ids();
    let own = mount.path().join(format!(".Trash-{user}"));
    let shared = mount.path().join(".Trash");
    let remove = |name: &str| {
        let path = sandbox.file(format!("mount/there/{name}"), name);
        sandbox.command(["rm".as_ref(), path.as_os_str()]).run().ok();
        path
    };
    // Neither a shared trash that is not sticky nor a link to one is used.
    sandbox.chmod(sandbox.dir("mount/.Trash"), 0o777);
    let first = remove("a b");
    sandbox.command(["export".as_ref(), first.as_os_str()]).run().ok().silent();
    assert_eq!(things_in(&own), ["a b"]);
    let info = fs::read_to_string(own.join("info/a b.trashinfo")).expect("it is told of");
    assert!(info.contains("\nPath=there/a%20b\n"), "{info}");
    fs::rename(&shared, mount.path().join("real")).expect("ours");
    sandbox.chmod("mount/real", 0o1777);
    sandbox.symlink("mount/.Trash", "real");
    sandbox.command(["export".as_ref(), remove("b").as_os_str()]).run().ok().silent();
    assert_eq!(things_in(&own), ["a b", "b"]);
    // One that is as it should be is.
    fs::remove_file(&shared).expect("a link");
    fs::rename(mount.path().join("real"), &shared).expect("ours");
    if is_root() {
        // What somebody else has made under our number is not ours.
        let planted = sandbox.dir(shared.join(user.to_string()));
        sandbox.chown(&planted, 0);
        sandbox.command(["export".as_ref(), remove("d").as_os_str()]).run().ok().silent();
        assert_eq!(things_in(&own), ["a b", "b", "d"]);
        fs::remove_dir(planted).expect("it is empty");
    }
    sandbox.command(["export".as_ref(), remove("c").as_os_str()]).run().ok().silent();
    assert_eq!(things_in(&shared.join(user.to_string())), ["c"]);
    assert!(!desktop(&sandbox).exists(), "nothing went over to another volume");
    if installed("trash-list", "trash-cli").is_ok() {
        let listed = sandbox.tool("trash-list", [""; 0]).run();
        for name in ["a b", "b", "c"] {
            listed.ok().out_contains(&format!("{}\n", mount.path().join("there").join(name).display()));
        }
    }
    sandbox.rrm(["import"]).ok();
    sandbox.command(["restore".as_ref(), first.as_os_str()]).run().ok();
    assert_eq!(fs::read_to_string(first).expect("back"), "a b");
}

/// Whoever owns the directory that all share may put another trash in the place of each, sticky or not.
#[test]
fn a_shared_trash_that_another_user_owns_is_not_used() {
    in_mount_namespace!();
    if !is_root() {
        skip!("root", "to be another user");
    }
    let sandbox = Sandbox::ordinary();
    let mount = or_skip!(Mount::tmpfs("mode=1777", &sandbox.path("mount")));
    let (user, _) = User::Nobody.ids();
    let of_another = |script: &str| {
        let words = ["--reuid=65533", "--regid=65533", "--clear-groups", "sh", "-ec", script];
        sandbox.tool("setpriv", words).within(mount.path()).by(User::Caller).run().ok();
    };
    of_another("mkdir .Trash; chmod 1777 .Trash");
    let file = sandbox.file("mount/f", "content");
    sandbox.command(["rm".as_ref(), file.as_os_str()]).run().ok();
    sandbox.command(["export".as_ref(), file.as_os_str()]).run().ok().silent();
    let shared = mount.path().join(".Trash").join(user.to_string());
    assert!(!shared.exists(), "it would be out of reach once its owner moves it away");
    assert_eq!(things_in(&mount.path().join(format!(".Trash-{user}"))), ["f"]);
    // One that was made there before is not believed.
    for part in ["files", "info"] {
        sandbox.dir(shared.join(part));
    }
    let import = sandbox.command(["import".as_ref(), shared.as_os_str()]).run();
    import.fails(1).err_contains("it is shared and belongs to user 65533");
}

#[test]
fn what_has_no_desktop_trash_on_its_volume_stays() {
    in_mount_namespace!();
    let sandbox = Sandbox::ordinary();
    let mount = or_skip!(Mount::tmpfs("", &sandbox.path("mount")));
    let ours = sandbox.dir("mount/ours");
    sandbox.give(&ours);
    let file = sandbox.file("mount/ours/f", "content");
    sandbox.give(&file);
    sandbox.chmod(mount.path(), 0o555);
    sandbox.command(["rm".as_ref(), file.as_os_str()]).run().ok();
    let export = sandbox.command(["export".as_ref(), file.as_os_str()]);
    export
        .run()
        .fails(1)
        .err_contains("there is no desktop trash on the volume of")
        .err_contains("restore ID --to DIR");
    assert_eq!(sandbox.list_json().len(), 1);
    assert_eq!(names_in(mount.path()), ["ours"]);
    // A file system that began inside of an item since would be emptied with it.
    let tree = sandbox.tree("tree", &[("inner/x", "")]);
    sandbox.command(["rm".as_ref(), tree.as_os_str()]).run().ok();
    let items = sandbox.list_json();
    let item = items.iter().find(|item| item["kind"] == "directory").expect("it is listed");
    let inside = sandbox.trash().join(item["id"].as_str().expect("text")).join("inner");
    let _inner = or_skip!(Mount::tmpfs("", &inside));
    sandbox.command(["export".as_ref(), tree.as_os_str()]).run().fails(1).err_contains("mounted inside it");
}

#[test]
fn only_one_moves_things_there_at_a_time() {
    let sandbox = Sandbox::ordinary();
    for name in ["a", "b"] {
        sandbox.file(name, name);
        sandbox.rrm(["rm", name]).ok();
    }
    sandbox.rrm(["export", "a"]).ok();
    let held = desktop(&sandbox).join("info");
    let export = sandbox.command(["export", "b"]);
    let busy = export.clone().through(["flock".as_ref(), held.as_os_str()]).run();
    busy.fails(1).err_contains("another import or export is running there");
    export.run().ok().silent();
    assert_eq!(things_in(&desktop(&sandbox)), ["a", "b"]);
}
