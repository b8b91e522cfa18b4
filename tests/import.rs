//! Taking over the trashes of other programs: with those programs themselves, and with what they would never write.
//!
//! No import here looks for trashes by itself, so that none of the tester's own is touched, except to say what it would do.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use crate::common::{Invocation, Mount, Run, Sandbox, Tree, User, installed, is_root, names_in, snapshot};

/// A time by the clock on the wall, as other programs write it, and in the zone that tests are in.
const DATE: &str = "2026-01-02T03:04:05";

fn foreign_trash(sandbox: &Sandbox) -> PathBuf {
    sandbox.home().join(".local/share/Trash")
}

/// Makes an empty trash as other programs do.
fn make_trash(sandbox: &Sandbox, at: &Path) {
    for part in ["files", "info"] {
        let part = sandbox.dir(at.join(part));
        sandbox.chmod(part, 0o700);
    }
    sandbox.chmod(at, 0o700);
}

/// Puts a file, and what is told of it, into a trash.
fn put(sandbox: &Sandbox, trash: &Path, name: &str, info: impl AsRef<[u8]>) {
    sandbox.file(trash.join("files").join(name), "content");
    sandbox.file(trash.join("info").join(format!("{name}.trashinfo")), info);
}

fn info(path: &str) -> String {
    format!("[Trash Info]\nPath={path}\nDeletionDate={DATE}\n")
}

fn import(sandbox: &Sandbox, words: &[&str]) -> Run {
    let trash = foreign_trash(sandbox);
    sandbox.command(["import".as_ref(), trash.as_os_str()]).args(words).run()
}

fn assert_emptied(trash: &Path) {
    assert_eq!([names_in(trash.join("files")), names_in(trash.join("info"))], [[""; 0], [""; 0]]);
}

/// What is listed of the sandbox; the user may have more.
fn listed(sandbox: &Sandbox) -> Vec<serde_json::Value> {
    let mut items = sandbox.list_json();
    items.retain(|item| item["original_path"].as_str().is_some_and(|path| Path::new(path).starts_with(sandbox.root())));
    items
}

/// One of everything that other programs can remove, one with an odd name; the paths, and what is at each.
fn everything(sandbox: &Sandbox, odd: &[u8]) -> Vec<(PathBuf, Tree)> {
    let tree = sandbox.tree("tree", &[("a", "1"), ("below/b", "2")]);
    sandbox.hard_link(tree.join("c"), tree.join("a"));
    sandbox.set_attribute(&tree, "user.comment", "a person's own");
    let made = [
        sandbox.file("plain", "content"),
        tree,
        sandbox.symlink("dangling", "/no/such/place"),
        sandbox.fifo("fifo"),
        sandbox.file("read-only", "secret"),
        sandbox.file(OsStr::from_bytes(odd), "odd"),
    ];
    sandbox.chmod("read-only", 0o400);
    made.into_iter().map(|path| (path.clone(), snapshot(&path))).collect()
}

/// Removes everything with another program, and asserts that it is listed after an import, and comes back as it was.
fn round_trip(program: &[&str], odd: &[u8]) {
    let sandbox = Sandbox::ordinary();
    let things = everything(&sandbox, odd);
    let paths: Vec<&PathBuf> = things.iter().map(|(path, _)| path).collect();
    sandbox.tool(program[0], &program[1..]).args(&paths).run().ok();
    assert!(paths.iter().all(|path| path.symlink_metadata().is_err()), "{program:?} removes");
    import(&sandbox, &[]).ok().silent();
    assert_emptied(&foreign_trash(&sandbox));
    let listed = sandbox.rrm(["list", "--format", "null", "--since", "1h", "--under", "."]);
    let told = listed.ok().stdout.split(|byte| *byte == 0).filter_map(|record| record.split(|b| *b == b'\t').nth(5));
    let mut told: Vec<PathBuf> = told.map(|path| PathBuf::from(OsStr::from_bytes(path))).collect();
    told.sort();
    let mut expected: Vec<PathBuf> = paths.into_iter().cloned().collect();
    expected.sort();
    assert_eq!(told, expected);
    sandbox.rrm(["restore", "--under", "."]).ok().out_contains("restored 6 items: ");
    for (path, tree) in &things {
        tree.assert_is_at(path);
    }
}

#[test]
fn what_trash_put_removed_comes_back_as_it_was() {
    or_skip!(installed("trash-put", "trash-cli"));
    // It fails on names that are not UTF-8.
    round_trip(&["trash-put", "--"], "odd %41+\u{e9} \u{1b}[2J\nname".as_bytes());
}

#[test]
fn what_gio_removed_comes_back_as_it_was() {
    or_skip!(installed("gio", "libglib2.0-bin"));
    round_trip(&["gio", "trash", "--"], b"odd %41+ \xff\x1b[2J\nname");
}

/// A file system of the user's own, and a removal there with another program.
fn on_a_volume(program: &[&str]) {
    let sandbox = Sandbox::ordinary();
    let mount = or_skip!(Mount::tmpfs("", &sandbox.path("mount"))).owned_by(User::Nobody);
    let (user, _) = User::Nobody.ids();
    let file = sandbox.file("mount/there/file", "content");
    let before = snapshot(&file);
    sandbox.tool(program[0], &program[1..]).args([&file]).run().ok();
    let trash = mount.path().join(format!(".Trash-{user}"));
    assert_eq!(names_in(trash.join("files")), ["file"], "{program:?} uses the trash of the volume");
    sandbox.rrm(["import", "-n"]).out_contains("/mount/there/file");
    sandbox.command(["import".as_ref(), trash.as_os_str()]).run().ok().silent();
    assert_emptied(&trash);
    let ours = mount.path().join(format!(".rrm-{user}"));
    assert_eq!(listed(&sandbox)[0]["trash_dir"], *ours.to_string_lossy(), "it was moved, not copied");
    sandbox.rrm(["restore", "mount/there/file"]).ok();
    before.assert_is_at(&file);
}

#[test]
fn what_trash_put_removed_on_a_volume_stays_there() {
    in_mount_namespace!();
    or_skip!(installed("trash-put", "trash-cli"));
    on_a_volume(&["trash-put"]);
}

/// The trash that all users of a volume share is used only as the specification has it.
#[test]
fn a_shared_trash_must_be_sticky_and_no_link() {
    in_mount_namespace!();
    let sandbox = Sandbox::ordinary();
    let mount = or_skip!(Mount::tmpfs("", &sandbox.path("mount"))).owned_by(User::Nobody);
    let (user, _) = User::Nobody.ids();
    let shared = sandbox.dir("mount/.Trash");
    let trash = shared.join(user.to_string());
    make_trash(&sandbox, &trash);
    put(&sandbox, &trash, "f", info("there/f"));
    sandbox.chmod(&shared, 0o777);
    let import = sandbox.command(["import".as_ref(), trash.as_os_str()]);
    import.run().fails(1).err_contains("not sticky");
    sandbox.rrm(["import", "-n"]).fails(1).err_contains("not sticky");
    fs::rename(&shared, mount.path().join("elsewhere")).expect("the mount is ours");
    sandbox.symlink("mount/.Trash", "elsewhere");
    sandbox.rrm(["import", "-n"]).fails(1).err_contains("symbolic link");
    fs::remove_file(&shared).expect("a link");
    fs::rename(mount.path().join("elsewhere"), &shared).expect("the mount is ours");
    sandbox.chmod(&shared, 0o1777);
    import.run().ok().silent();
    assert_emptied(&trash);
    assert_eq!(listed(&sandbox)[0]["original_path"], *mount.path().join("there/f").to_string_lossy());
}

#[test]
fn it_keeps_its_date_and_its_grace_period_begins_now() {
    let sandbox = Sandbox::ordinary();
    make_trash(&sandbox, &foreign_trash(&sandbox));
    put(&sandbox, &foreign_trash(&sandbox), "f", info(&sandbox.path("f").to_string_lossy()));
    import(&sandbox, &["-g", "3d"]).ok().silent();
    let item = &listed(&sandbox)[0];
    assert_eq!(item["trashed_date"], "2026-01-02T03:04:05Z");
    assert_eq!(item["state"], "trashed");
    sandbox.rrm(["list"]).ok().out_contains("   3d  ");
    let trash = sandbox.trash();
    sandbox.command(["clean".as_ref(), "--trash".as_ref(), trash.as_os_str()]).run().ok().silent();
    assert_eq!(listed(&sandbox).len(), 1, "the next clean leaves it");
}

#[test]
fn a_rule_that_would_take_it_is_told() {
    let sandbox = Sandbox::ordinary();
    make_trash(&sandbox, &foreign_trash(&sandbox));
    put(&sandbox, &foreign_trash(&sandbox), "f", info(&sandbox.path("f").to_string_lossy()));
    sandbox.rrm(["config", "set", "older-than", "10d"]).ok();
    import(&sandbox, &[]).ok().err_contains("the next rrm clean deletes 1 imported item").err_contains("rrm keep");
}

/// What was imported is nothing that the last `rrm rm` removed, be its date the latest of all.
#[test]
fn undo_passes_over_what_was_imported() {
    let sandbox = Sandbox::ordinary();
    make_trash(&sandbox, &foreign_trash(&sandbox));
    let later = info(&sandbox.path("imported").to_string_lossy()).replace("2026-01-02", "2999-01-02");
    put(&sandbox, &foreign_trash(&sandbox), "imported", later);
    sandbox.symlink(foreign_trash(&sandbox).join("files/link"), "x");
    sandbox.file(
        foreign_trash(&sandbox).join("info/link.trashinfo"),
        info(&sandbox.path("link").to_string_lossy()).replace("2026-01-02", "2999-01-02"),
    );
    sandbox.file("removed", "content");
    sandbox.command(["rm", "removed"]).with("RRM_SESSION", "import-test").run().ok();
    import(&sandbox, &[]).ok();
    sandbox.rrm(["undo", "--session", "import-test", "-n"]).ok().out_contains("/removed");
    let all = sandbox.rrm(["undo", "-n"]);
    assert!(!all.ok().stdout().contains("/imported") && !all.stdout().contains("/link"), "{all}");
}

/// Each line: what is told of a file, and why that is not believed.
#[test]
fn what_cannot_be_believed_is_told_and_left() {
    let sandbox = Sandbox::ordinary();
    let trash = foreign_trash(&sandbox);
    make_trash(&sandbox, &trash);
    let good = |path: &str| info(path).into_bytes();
    let huge = [good("/a"), vec![b'x'; 70_000]].concat();
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("up", good("/a/../../etc/passwd"), "not plain"),
        ("dot", good("/a/./b"), "not plain"),
        ("empty-path", good(""), "not plain"),
        ("nul", good("/a%00b"), "not plain"),
        ("percent", good("/a%4"), "cannot be decoded"),
        ("huge", huge, "too large"),
        ("empty", Vec::new(), "does not begin"),
        ("junk", vec![0xff; 300], "does not begin"),
        ("no-path", b"[Trash Info]\nDeletionDate=2026-01-02T03:04:05\n".to_vec(), "no path"),
        ("bad-date", b"[Trash Info]\nPath=/a\nDeletionDate=yesterday\n".to_vec(), "date cannot be read"),
        ("late-date", b"[Trash Info]\nPath=/a\nDeletionDate=+12026-01-02T03:04:05\n".to_vec(), "date cannot be read"),
    ];
    for (name, info, _) in &cases {
        put(&sandbox, &trash, name, info);
    }
    sandbox.fifo(trash.join("info/fifo.trashinfo"));
    sandbox.symlink(trash.join("info/link.trashinfo"), "up.trashinfo");
    sandbox.file(trash.join("info/stray"), "");
    sandbox.file(trash.join("info/alone.trashinfo"), info("/a"));
    sandbox.file(trash.join("files/untold"), "");
    put(&sandbox, &trash, "fine", info(&sandbox.path("line%0Abreak").to_string_lossy()));
    let before = snapshot(&trash);
    let run = import(&sandbox, &["-v"]);
    run.fails(1).out_contains(r"/line'$'\n''break'");
    for (name, _, reason) in &cases {
        let line = run.stderr().lines().find(|line| line.contains(&format!("/{name}.trashinfo"))).map(str::to_owned);
        assert!(line.as_ref().is_some_and(|line| line.contains(reason)), "{name}: {line:?}");
    }
    run.err_contains("fifo.trashinfo': it is not a regular file")
        .err_contains("link.trashinfo': it is not a regular file");
    run.err_contains("/stray': it is not a .trashinfo")
        .err_contains("alone.trashinfo': the file it describes does not exist");
    run.err_contains("files/untold': it has no .trashinfo");
    let difference = before.difference(&snapshot(&trash));
    let changes: Vec<_> = difference.lines().filter(|line| !line.contains(": modified: ")).collect();
    assert_eq!(changes, ["gone: files/fine", "gone: info/fine.trashinfo"]);
}

/// Of what is in order but alone, only a warning is made.
#[test]
fn orphans_are_warnings() {
    let sandbox = Sandbox::ordinary();
    let trash = foreign_trash(&sandbox);
    make_trash(&sandbox, &trash);
    sandbox.file(trash.join("info/alone.trashinfo"), info("/a"));
    sandbox.file(trash.join("files/untold"), "");
    import(&sandbox, &[]).ok().err_contains("alone.trashinfo").err_contains("untold");
}

#[test]
fn a_path_in_the_trash_of_a_volume_stays_on_it() {
    let sandbox = Sandbox::ordinary();
    let (user, _) = User::Nobody.ids();
    let trash = sandbox.path(format!("top/.Trash-{user}"));
    make_trash(&sandbox, &trash);
    put(&sandbox, &trash, "absolute", info(&sandbox.path("top/absolute").to_string_lossy()));
    put(&sandbox, &trash, "relative", info("below/relative"));
    let run = sandbox.command(["import".as_ref(), trash.as_os_str()]).run();
    run.fails(1).err_contains("an absolute path, in the trash of a volume");
    let listed = listed(&sandbox);
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0]["original_path"], *sandbox.path("top/below/relative").to_string_lossy());
}

/// Not every program resolves links in the paths that it notes, and a restore follows none.
#[test]
fn links_on_the_way_to_a_path_are_resolved() {
    let sandbox = Sandbox::ordinary();
    make_trash(&sandbox, &foreign_trash(&sandbox));
    sandbox.dir("real");
    sandbox.symlink("link", "real");
    put(&sandbox, &foreign_trash(&sandbox), "f", info(&sandbox.path("link/gone/f").to_string_lossy()));
    import(&sandbox, &[]).ok();
    sandbox.rrm(["restore", "real/gone/f"]).ok();
    assert!(sandbox.path("real/gone/f").exists());
}

#[test]
fn a_trash_that_is_not_safely_ours_is_refused() {
    let sandbox = Sandbox::ordinary();
    let trash = foreign_trash(&sandbox);
    make_trash(&sandbox, &trash);
    put(&sandbox, &trash, "f", info("/a"));
    sandbox.chmod(&trash, 0o777);
    import(&sandbox, &[]).fails(1).err_contains("others may write to it (mode 0777)");
    sandbox.chmod(&trash, 0o700);
    fs::rename(trash.join("info"), trash.join("real")).expect("the trash is ours");
    sandbox.symlink(trash.join("info"), "real");
    import(&sandbox, &[]).fails(1).err_contains("symbolic link");
    let nothing = sandbox.dir("nothing");
    sandbox.command(["import".as_ref(), nothing.as_os_str()]).run().fails(1).err_contains("it is not a trash");
    let missing = sandbox.rrm(["import", "no/such/place"]);
    missing.fails(1).err_contains("No such file or directory").err_contains("hint: check the spelling of the path");
}

/// In directories that anybody may write to, another user tells of what was never there.
#[test]
fn what_another_user_planted_is_not_imported() {
    if !is_root() {
        skip!("root", "to be another user");
    }
    let sandbox = Sandbox::ordinary();
    let trash = foreign_trash(&sandbox);
    make_trash(&sandbox, &trash);
    for above in trash.ancestors().take_while(|above| above.starts_with(sandbox.root())) {
        sandbox.chmod(above, 0o755);
    }
    let parts = ["files", "info"].map(|part| trash.join(part));
    for part in &parts {
        sandbox.chmod(part, 0o777);
    }
    let told = info(&sandbox.path("planted").to_string_lossy());
    let script = r#"printf %s "$TOLD" >info/p.trashinfo; echo bad >files/p; chmod 666 info/p.trashinfo files/p"#;
    let words = ["--reuid=65533", "--regid=65533", "--clear-groups", "sh", "-ec", script];
    sandbox.tool("setpriv", words).with("TOLD", &told).within(&trash).by(User::Caller).run().ok();
    for part in &parts {
        let reason = format!("{}': others may write to it (mode 0777)", part.display());
        import(&sandbox, &[]).fails(1).err_contains(&reason);
        sandbox.chmod(part, 0o755);
    }
    // What was planted while they were open is as little believed afterwards.
    import(&sandbox, &[]).fails(1).err_contains("p.trashinfo': it belongs to another user; it was left unchanged");
    let own = trash.join("info/p.trashinfo");
    sandbox.chown(&own, User::Nobody.ids().0);
    import(&sandbox, &[]).fails(1).err_contains("p.trashinfo': others may write to it; it was left unchanged");
    assert_eq!(listed(&sandbox).len(), 0);
}

/// A rename would carry the mount along, and the next clean would empty a live file system.
#[test]
fn a_directory_with_a_mount_in_it_is_left() {
    in_mount_namespace!();
    let sandbox = Sandbox::ordinary();
    let trash = foreign_trash(&sandbox);
    make_trash(&sandbox, &trash);
    let inner = sandbox.dir(trash.join("files/d/inner"));
    sandbox.file(trash.join("info/d.trashinfo"), info(&sandbox.path("d").to_string_lossy()));
    let _mount = or_skip!(Mount::tmpfs("", &inner)).owned_by(User::Nobody);
    sandbox.file(inner.join("live"), "content");
    import(&sandbox, &[]).fails(1).err_contains("a file system is mounted inside it");
    assert!(inner.join("live").exists());
}

#[test]
fn only_one_imports_from_a_trash_at_a_time() {
    let sandbox = Sandbox::ordinary();
    let trash = foreign_trash(&sandbox);
    make_trash(&sandbox, &trash);
    put(&sandbox, &trash, "f", info(&sandbox.path("f").to_string_lossy()));
    let held = trash.join("info");
    let import: Invocation = sandbox.command(["import".as_ref(), trash.as_os_str()]);
    import
        .clone()
        .through(["flock".as_ref(), held.as_os_str()])
        .run()
        .fails(1)
        .err_contains("another import or export is running");
    import.run().ok().silent();
    import.run().ok().err_contains("nothing to import");
}

#[test]
fn a_dry_run_tells_and_touches_nothing() {
    let sandbox = Sandbox::ordinary();
    let trash = foreign_trash(&sandbox);
    make_trash(&sandbox, &trash);
    put(&sandbox, &trash, "f", info(&sandbox.path("f").to_string_lossy()));
    let before = snapshot(sandbox.home());
    let run = import(&sandbox, &["-n"]);
    run.ok().out_contains("/f', removed 2026-01-02 03:04:05\nwould import 1 item\n");
    before.assert_is_at(sandbox.home());
}
