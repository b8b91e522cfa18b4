//! Losing data while removing, and the options of `rrm rm`.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use super::{attributes, holds_the_same, id_of, is_there, listed, names_in_trash};
use crate::common::{Format, Invocation, Missing, Mount, Run, Sandbox, User, is_root, snapshot, strace};

// [5] Names in the trash never collide, within a command...
#[test]
fn three_files_of_one_name_from_three_directories_all_come_back() {
    let sandbox = Sandbox::new();
    for directory in ["a", "b", "c"] {
        sandbox.file(format!("{directory}/same"), directory);
    }
    sandbox.rrm(["rm", "a/same", "b/same", "c/same"]).ok().silent();
    assert_eq!(listed(&sandbox), ["a/same", "b/same", "c/same"]);
    sandbox.rrm(["undo"]).ok();
    for directory in ["a", "b", "c"] {
        assert_eq!(fs::read_to_string(sandbox.path(directory).join("same")).unwrap(), directory);
    }
}

// [5] ...between commands that run at once, which also make the trash at once...
#[test]
fn two_hundred_removals_at_once_lose_nothing() {
    let sandbox = Sandbox::new();
    let removals: Vec<Invocation> = (0..200)
        .map(|number| {
            sandbox.file(format!("{number}/same"), number.to_string());
            sandbox.command(["rm".to_owned(), format!("{number}/same")])
        })
        .collect();
    let children: Vec<_> = removals.iter().map(Invocation::spawn).collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    assert_eq!(listed(&sandbox).len(), 200);
    let words = (0..200).map(|number| format!("{number}/same"));
    sandbox.rrm(["restore".to_owned()].into_iter().chain(words)).ok();
    for number in 0..200 {
        assert_eq!(fs::read_to_string(sandbox.path(format!("{number}/same"))).unwrap(), number.to_string());
    }
}

// [5] ...and however many there are already: what is in the trash is never looked through for a free name.
#[test]
fn three_hundred_of_one_name_cost_the_same_each() {
    or_skip!(strace::available());
    let sandbox = Sandbox::new();
    let operands: Vec<String> = (0..300).map(|number| format!("{number}/same")).collect();
    for operand in &operands {
        sandbox.file(operand, operand);
    }
    sandbox.rrm(["rm".to_owned()].into_iter().chain(operands)).ok().silent();
    assert_eq!(sandbox.list_json().len(), 300);

    sandbox.file("last", "");
    let log = sandbox.path("log");
    let traced = ["strace", "-f", "-y", "-e", "trace=getdents64", "-o"].map(Path::new);
    sandbox.command(["rm", "last"]).through(traced.into_iter().chain([log.as_path()])).run().ok();
    let reads = fs::read_to_string(log).unwrap();
    assert!(!reads.contains(&*sandbox.trash().to_string_lossy()), "{reads}");
}

// [6] An attribute is on the file, not on its name: two names must not share one record.
#[test]
fn two_hard_links_come_back_each_to_its_own_path() {
    for order in [["a", "b"], ["b", "a"]] {
        let sandbox = Sandbox::new();
        let a = sandbox.file("a", "one inode");
        let b = sandbox.hard_link("b", "a");
        let before = snapshot(sandbox.work());
        sandbox.rrm(["rm", "a"]).ok();
        assert_eq!(attributes(&b), [""; 0], "b is alive and shows nothing of ours");
        sandbox.rrm(["rm", "b"]).ok();
        assert_eq!(listed(&sandbox), ["a", "b"]);
        for name in order {
            sandbox.rrm(["restore", name]).ok();
        }
        assert!(is_there(&a) && is_there(&b));
        holds_the_same(&before, &sandbox.work());
    }
}

/// Removes `path`, sees it listed with its kind, restores it, and compares.
#[track_caller]
fn comes_back(sandbox: &Sandbox, path: &Path, kind: &str) {
    let before = snapshot(path);
    assert!(!before.paths().is_empty(), "{} is there", path.display());
    sandbox.rrm(["rm".as_ref(), "-f".as_ref(), path.as_os_str()]).ok().silent();
    assert!(!is_there(path), "{} is gone", path.display());
    let items = sandbox.list_json();
    assert_eq!(items.len(), 1, "{items:?}");
    assert_eq!(items[0]["original_path"], *path.to_string_lossy());
    assert_eq!(items[0]["kind"], kind);
    sandbox.rrm(["restore".as_ref(), path.as_os_str()]).ok().silent();
    before.assert_is_at(path);
    assert_eq!(names_in_trash(sandbox), [""; 0], "the trash holds nothing any more");
}

// [7, 27] Each kind of file is carried by rename, with a record that it can bear.
#[test]
fn every_kind_of_file_comes_back_as_it_was() {
    let sandbox = Sandbox::ordinary();
    sandbox.tree("live", &[("inside", "precious")]);
    let live = snapshot(sandbox.path("live"));
    let deep = ["a/b/c/file"; 1][0];
    comes_back(&sandbox, &sandbox.file("plain", "content"), "file");
    comes_back(&sandbox, &sandbox.file("empty", ""), "file");
    comes_back(&sandbox, &sandbox.symlink("link", "live/inside"), "symlink");
    comes_back(&sandbox, &sandbox.symlink("dangling", "nowhere"), "symlink");
    comes_back(&sandbox, &sandbox.symlink("to-directory", "live"), "symlink");
    comes_back(&sandbox, &sandbox.symlink("loop", "loop"), "symlink");
    comes_back(&sandbox, &sandbox.fifo("fifo"), "fifo");
    comes_back(&sandbox, &sandbox.socket("socket"), "socket");
    comes_back(&sandbox, &sandbox.tree("directory", &[(deep, "1"), ("b", "2")]), "directory");
    comes_back(&sandbox, &sandbox.dir("empty directory"), "directory");
    comes_back(&sandbox, &sandbox.file("n".repeat(255), "long"), "file");
    live.assert_is_at(sandbox.path("live"));
}

// [7, 27] Root may set attributes anywhere; its things must come back the same.
#[test]
fn every_kind_of_file_of_the_caller_comes_back_as_it_was() {
    let sandbox = Sandbox::new();
    comes_back(&sandbox, &sandbox.file("plain", "content"), "file");
    comes_back(&sandbox, &sandbox.symlink("dangling", "nowhere"), "symlink");
    comes_back(&sandbox, &sandbox.fifo("fifo"), "fifo");
    sandbox.tree("closed", &[("a", "1")]);
    comes_back(&sandbox, &sandbox.chmod("closed", 0o555), "directory");
    sandbox.file("read-only", "content");
    comes_back(&sandbox, &sandbox.chmod("read-only", 0o444), "file");
    sandbox.file("set-user", "content");
    comes_back(&sandbox, &sandbox.chmod("set-user", 0o6755), "file");
    if !is_root() {
        skip!("root", "to make a device");
    }
    comes_back(&sandbox, &sandbox.device("device"), "char-device");
    sandbox.file("others", "content");
    comes_back(&sandbox, &sandbox.chown("others", 1234), "file");
}

// [7] A mode that forbids reading, writing or labelling keeps nothing from being moved, and is kept itself.
#[test]
fn whatever_its_mode_a_file_or_directory_comes_back_as_it_was() {
    for mode in [0o444, 0o000, 0o200, 0o111, 0o4755] {
        let sandbox = Sandbox::ordinary();
        sandbox.file("file", "content");
        comes_back(&sandbox, &sandbox.chmod("file", mode), "file");
    }
    for mode in [0o555, 0o000, 0o300, 0o500, 0o1777, 0o2755] {
        let sandbox = Sandbox::ordinary();
        sandbox.tree("directory", &[("a", "1"), ("below/b", "2")]);
        comes_back(&sandbox, &sandbox.chmod("directory", mode), "directory");
        sandbox.chmod("directory", 0o755);
    }
}

// [7] A file whose attribute space is full, or holds a user's value under one of our attribute names, goes into an envelope.
#[test]
fn a_file_that_takes_no_attributes_comes_back_with_its_own() {
    let sandbox = Sandbox::ordinary();
    let full = sandbox.file("full", "content");
    let fill = |number: usize| xattr::set(&full, format!("user.filler{number}"), &[b'x'; 3000]).is_ok();
    let filled = (0..20).take_while(|number| fill(*number)).count();
    (0..200).take_while(|number| xattr::set(&full, format!("user.small{number}"), &[b'x'; 30]).is_ok()).count();
    assert!(filled > 0);
    comes_back(&sandbox, &full, "file");

    sandbox.file("labelled", "content");
    sandbox.set_attribute("labelled", "user.deletion_date", "when I say so");
    comes_back(&sandbox, &sandbox.set_attribute("labelled", "user.colour", "red"), "file");
    sandbox.dir("labelled directory");
    comes_back(&sandbox, &sandbox.set_attribute("labelled directory", "user.original_path", "/mine"), "directory");
}

/// Holds the lease of a file, as a file server does for a client, until its standard input ends.
const LEASE: &str =
    "import fcntl,os,sys; f=os.open(sys.argv[1],os.O_RDWR); fcntl.fcntl(f,fcntl.F_SETLEASE,fcntl.F_WRLCK)
print('held',flush=True); sys.stdin.read()";

// [7] A file that cannot be opened for now, because a file server has leased it to a client: rm removes it.
#[test]
fn a_leased_file_comes_back() {
    let sandbox = Sandbox::ordinary();
    let leased = sandbox.file("leased", "content");
    let mut holder = std::process::Command::new("python3");
    holder.args(["-c", LEASE]).arg(&leased).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut holder = or_skip!(holder.spawn().map_err(|error| Missing::new("python3", error.to_string())));
    let mut told = [0; 4];
    let is_held = holder.stdout.take().is_some_and(|mut output| output.read_exact(&mut told).is_ok());
    let removed = is_held.then(|| sandbox.rrm(["rm", "leased"]));
    drop(holder.stdin.take());
    holder.wait().expect("it ends with its input");
    let Some(removed) = removed else { skip!("leases", "none can be had here") };
    removed.ok().silent();
    assert!(!leased.exists());
    sandbox.rrm(["undo"]).ok();
    assert_eq!(fs::read_to_string(leased).unwrap(), "content");
}

// [7] More names of attributes than can be listed: tmpfs, xfs and btrfs take them.
#[test]
fn a_file_whose_attributes_cannot_be_listed_comes_back() {
    in_mount_namespace!();
    let sandbox = Sandbox::new();
    let mount = or_skip!(Mount::tmpfs("", &sandbox.path("m")));
    let many = sandbox.file(mount.path().join("many"), "content");
    let set = |number: usize| {
        xattr::set(&many, format!("user.{number:0235}"), b"")
            .map_err(|error| Missing::new("many attributes on tmpfs", error.to_string()))
    };
    or_skip!((0..400).try_for_each(set));
    sandbox.rrm(["rm", "m/many"]).ok().silent();
    assert_eq!(sandbox.list_json().len(), 1);
    sandbox.rrm(["undo"]).ok();
    assert_eq!(fs::read_to_string(&many).unwrap(), "content");
    assert_eq!(xattr::get(&many, format!("user.{:0235}", 399)).unwrap().as_deref(), Some(&b""[..]));
}

// [7] What rename allows, rrm does: a file of somebody else in a directory of ours.
#[test]
fn someone_elses_file_in_our_directory_comes_back_as_it_was() {
    if !is_root() {
        skip!("root", "to make a file of somebody else");
    }
    let sandbox = Sandbox::ordinary();
    for mode in [0o644, 0o600, 0o666] {
        sandbox.file("theirs", "content");
        sandbox.chown("theirs", 1234);
        let theirs = sandbox.chmod("theirs", mode);
        comes_back(&sandbox, &theirs, "file");
        fs::remove_file(theirs).unwrap();
    }
}

/// A file whose absolute path is as long as the kernel takes.
fn longest_path(sandbox: &Sandbox) -> PathBuf {
    const LONGEST: usize = 4095;
    let mut path = sandbox.work();
    while LONGEST - path.as_os_str().len() > 256 + 2 {
        path.push("d".repeat(254));
    }
    let room = LONGEST - path.as_os_str().len() - 1;
    path.push("f".repeat(room.min(255)));
    sandbox.file(path, "far down")
}

// [7] The record of a long path does not fit everywhere, and the path is restored all the same.
#[test]
fn a_file_with_the_longest_path_comes_back() {
    let sandbox = Sandbox::ordinary();
    let path = longest_path(&sandbox);
    assert!(path.as_os_str().len() >= 4094, "{}", path.as_os_str().len());
    comes_back(&sandbox, &path, "file");
}

// [9] A removal that fails leaves no stub in the trash and no attribute on the file.
#[test]
fn a_failed_removal_leaves_file_and_trash_as_they_were() {
    let sandbox = Sandbox::ordinary();
    sandbox.file("other", "");
    sandbox.rrm(["rm", "other"]).ok();
    let trash = snapshot(sandbox.trash());
    let kept = sandbox.file("fixed/kept", "content");
    sandbox.fifo("fixed/fifo");
    sandbox.chmod("fixed", 0o555);
    let before = snapshot(sandbox.path("fixed"));
    sandbox.rrm(["rm", "fixed/kept", "fixed/fifo"]).fails(1).err_contains("fixed/kept").err_contains("fixed/fifo");
    before.assert_is_at(sandbox.path("fixed"));
    assert_eq!(attributes(&kept), [""; 0]);
    holds_the_same(&trash, &sandbox.trash());
    sandbox.chmod("fixed", 0o755);
}

// [9] Somebody else's open file in a sticky directory takes our attributes, but does not let itself be moved.
#[test]
fn a_file_that_takes_attributes_but_no_rename_loses_them_again() {
    if !is_root() {
        skip!("root", "to make a file of somebody else");
    }
    let sandbox = Sandbox::ordinary();
    sandbox.dir("shared");
    sandbox.chown("shared", 0);
    sandbox.chmod("shared", 0o1777);
    sandbox.file("shared/theirs", "content");
    sandbox.chown("shared/theirs", 0);
    let theirs = sandbox.chmod("shared/theirs", 0o666);
    sandbox.rrm(["rm", "-f", "shared/theirs"]).fails(1).err_contains("shared/theirs");
    assert_eq!(attributes(&theirs), [""; 0]);
    assert_eq!(names_in_trash(&sandbox), [""; 0]);
}

/// Writes until the disk has no room, first in large and then in small pieces.
fn fill(directory: &Path) {
    for size in [1 << 20, 1 << 16, 4096, 1] {
        let name = |number: usize| directory.join(format!("filler-{size}-{number}"));
        (0..10_000).take_while(|number| fs::write(name(*number), vec![b'x'; size]).is_ok()).count();
    }
}

// [11] Full is when people remove things: a rename needs no room, or next to none; clean none at all.
#[test]
fn on_a_full_disk_rm_works_or_says_what_to_do_and_clean_needs_no_room() {
    in_mount_namespace!();
    for format in [None, Some(Format::Ext4), Some(Format::Xfs), Some(Format::Btrfs)] {
        let sandbox = Sandbox::ordinary();
        let at = sandbox.path("disk");
        let mount = match format {
            None => Mount::tmpfs("size=1m", &at),
            Some(format) => Mount::image(format, 8, &at),
        };
        let mount = match mount {
            Ok(mount) => mount.owned_by(User::Nobody),
            Err(why) => {
                crate::common::say_skipped(&why);
                continue;
            }
        };
        if sandbox.user().is_other() || format.is_none() {
            full_disk(&sandbox, mount.path());
        }
    }
}

fn full_disk(sandbox: &Sandbox, disk: &Path) {
    sandbox.file(disk.join("first"), "content");
    let large = sandbox.file(disk.join("large"), vec![b'x'; 200_000]);
    sandbox.rrm(["rm", "disk/first"]).ok().silent();
    fill(disk);
    let run = sandbox.rrm(["rm", "disk/large"]);
    if run.status.code() == Some(0) {
        run.silent();
        assert_eq!(listed(sandbox), ["disk/first", "disk/large"]);
    } else {
        run.fails(1).err_contains("disk/large").err_contains("No space left").err_contains("hint: ");
        assert!(is_there(&large));
        assert_eq!(attributes(&large), [""; 0]);
    }
    sandbox.rrm(["clean", "--under", "disk", "--yes"]).ok().silent();
    assert_eq!(listed(sandbox), [""; 0]);
}

// [19] -f is about questions and what is missing; it neither hides a failure nor means for good.
#[test]
fn force_neither_hides_a_failure_nor_deletes_for_good() {
    let sandbox = Sandbox::ordinary();
    let kept = sandbox.file("fixed/kept", "content");
    sandbox.chmod("fixed", 0o555);
    sandbox.rrm(["rm", "-f", "fixed/kept"]).fails(1).err_contains("cannot remove 'fixed/kept'");
    assert!(is_there(&kept));
    sandbox.chmod("fixed", 0o755);

    sandbox.file("file", "content");
    sandbox.tree("tree", &[("a", "1")]);
    sandbox.rrm(["rm", "-rf", "file", "tree", "missing"]).ok().silent();
    assert_eq!(listed(&sandbox), ["file", "tree"]);
}

// [19] Where there is no place to move things to, they stay; -f does not mean that they may be deleted instead.
#[test]
fn without_any_trash_a_file_stays_whatever_the_options() {
    let sandbox = Sandbox::ordinary();
    let file = sandbox.file("file", "content");
    for options in [&["rm", "file"][..], &["rm", "-f", "file"], &["rm", "-rf", "--auto-clean", "file"]] {
        let options = options.iter().copied().chain(["--into-home"]);
        let run = sandbox.command(options).with("RRM_TRASH_DIR", "/proc/nowhere/trash").run();
        run.fails(1).err_contains("/proc/nowhere");
        assert_eq!(fs::read_to_string(&file).unwrap(), "content");
    }
}

// -i asks for each, takes only y for yes, and no is no failure.
#[test]
fn interactive_removes_only_what_was_agreed_to() {
    let sandbox = Sandbox::new();
    for name in ["a", "b", "c"] {
        sandbox.file(name, "x");
    }
    let run = sandbox.command(["rm", "-i", "a", "b", "c"]).reading("y\nn\nyes\n").run();
    run.ok().err_contains("remove regular file 'a'?").err_contains("remove regular file 'c'?");
    assert_eq!(listed(&sandbox), ["a", "c"]);
    sandbox.command(["rm", "--interactive=always", "b"]).run().ok();
    assert!(is_there(&sandbox.path("b")), "no answer is no");
}

// -I and --interactive=once ask once for more than three or for a recursive removal; of -f -i -I the last wins.
#[test]
fn the_last_of_the_prompting_options_wins() {
    let sandbox = Sandbox::new();
    for name in ["a", "b", "c", "d"] {
        sandbox.file(name, "x");
    }
    for option in ["-I", "--interactive=once"] {
        let run = sandbox.command(["rm", option, "a", "b", "c", "d"]).reading("n\n").run();
        run.ok().err_contains("remove 4 arguments");
    }
    sandbox.command(["rm", "-i", "-f", "a"]).run().ok().silent();
    sandbox.command(["rm", "-f", "-i", "b"]).run().ok().err_contains("remove");
    sandbox.command(["rm", "-i", "--interactive=never", "c"]).run().ok().silent();
    sandbox.command(["rm", "-i", "-I", "d"]).reading("y\n").run().ok().err_lacks("regular");
    assert_eq!(listed(&sandbox), ["a", "c", "d"]);
}

// -d takes empty directories only, -r and -R nothing else than without them; a directory needs no -r.
#[test]
fn dir_takes_only_empty_directories() {
    let sandbox = Sandbox::new();
    sandbox.dir("empty");
    sandbox.tree("full", &[("a", "1")]);
    for name in ["one", "two", "three"] {
        sandbox.tree(name, &[("a", "1")]);
    }
    let run = sandbox.rrm(["rm", "-d", "empty", "full"]);
    run.fails(1).err_contains("cannot remove 'full': Directory not empty").err_contains("hint: leave out -d");
    sandbox.rrm(["rm", "one"]).ok().silent();
    sandbox.rrm(["rm", "-R", "two"]).ok().silent();
    sandbox.rrm(["rm", "-d", "--recursive", "three"]).ok().silent();
    assert_eq!(listed(&sandbox), ["empty", "one", "three", "two"]);
}

// -v tells of each operand; -n only tells.
#[test]
fn verbose_and_dry_run_tell_what_is_and_what_would_be_removed() {
    let sandbox = Sandbox::new();
    sandbox.file("a file", "x");
    sandbox.dir("dir");
    let run = sandbox.rrm(["rm", "-n", "a file", "dir", "missing"]);
    run.fails(1).err_contains("'missing'");
    assert_eq!(run.stdout(), "would remove 'a file'\nwould remove 'dir'\n");
    assert!(is_there(&sandbox.path("a file")) && !is_there(&sandbox.trash()));
    let run = sandbox.rrm(["rm", "-v", "a file", "dir/"]);
    assert_eq!(run.ok().stdout(), "removed 'a file'\nremoved directory 'dir/'\n");
}

// --json tells of each removal as an object; --session labels it, $RRM_SESSION does without the option.
#[test]
fn json_and_session_label_and_tell_each_removal() {
    let sandbox = Sandbox::new();
    sandbox.file("a", "four");
    sandbox.file("b", "x");
    let run = sandbox.rrm(["rm", "--json", "--session", "agent 7", "a"]);
    let told: serde_json::Value = serde_json::from_slice(&run.ok().stdout).unwrap();
    assert_eq!((&told["session"], &told["size"]), (&"agent 7".into(), &4.into()));
    assert_eq!(told["original_path"], *sandbox.path("a").to_string_lossy());
    assert_eq!(told["id"], id_of(&sandbox, "a"));
    sandbox.command(["rm", "b"]).with("RRM_SESSION", "agent 8").run().ok().silent();
    let run = sandbox.rrm(["list", "--session", "agent 8", "--format", "plain"]);
    assert!(run.ok().stdout().ends_with("/b\n") && run.stdout().lines().count() == 1, "{run}");
}

/// In how many whole hours the only item that was at `path` is due.
fn hours_left(sandbox: &Sandbox, path: &str) -> i64 {
    let id = id_of(sandbox, path);
    let items = sandbox.list_json();
    let item = items.iter().find(|item| item["id"] == id.as_str()).unwrap();
    let date = |key: &str| chrono::DateTime::parse_from_rfc3339(item[key].as_str().unwrap()).unwrap();
    (date("deletion_date") - date("trashed_date")).num_hours()
}

// The grace period: option before environment before standing choice before thirty days.
#[test]
fn the_grace_period_is_the_one_said_nearest() {
    let sandbox = Sandbox::new();
    for name in ["default", "chosen", "set", "said", "bare"] {
        sandbox.file(name, "");
    }
    sandbox.rrm(["rm", "default"]).ok();
    sandbox.rrm(["config", "set", "grace-period", "10d"]).ok();
    sandbox.rrm(["rm", "chosen"]).ok();
    let wrong = sandbox.command(["rm", "set"]).with("RRM_GRACE_PERIOD", "soon").run();
    wrong.fails(2).err_contains("cannot read RRM_GRACE_PERIOD 'soon': write it as 7d");
    assert!(!wrong.stderr().contains("hint:"), "{wrong}");
    sandbox.command(["rm", "set"]).with("RRM_GRACE_PERIOD", "2d").run().ok();
    sandbox.command(["rm", "-g", "12h", "said"]).with("RRM_GRACE_PERIOD", "2d").run().ok();
    sandbox.rrm(["rm", "--grace-period=3", "bare"]).ok();
    let hours = ["default", "chosen", "set", "said", "bare"].map(|name| hours_left(&sandbox, name));
    assert_eq!(hours, [720, 240, 48, 12, 72]);
}

// A duration that cannot be read moves nothing and says which can.
#[test]
fn a_bad_duration_shows_the_accepted_forms() {
    let sandbox = Sandbox::new();
    let file = sandbox.file("file", "");
    for bad in ["soon", "-1", "7x", "99999y", ""] {
        let run = sandbox.command(["rm", &format!("-g={bad}"), "file"]).run();
        run.fails(2).err_contains("duration");
        if bad != "99999y" {
            run.err_contains("7d").err_contains("a bare number is days");
        }
        assert!(is_there(&file));
    }
}

// --immediate deletes now, with all below; links are not followed.
#[test]
fn immediate_deletes_now_and_follows_no_link() {
    let sandbox = Sandbox::ordinary();
    sandbox.tree("live", &[("inside", "precious")]);
    let live = snapshot(sandbox.path("live"));
    sandbox.tree("tree", &[("a", "1"), ("below/b", "2")]);
    sandbox.symlink("tree/link", "../live");
    sandbox.chmod("tree/below", 0o555);
    sandbox.symlink("link", "live");
    sandbox.rrm(["rm", "--immediate", "tree", "link"]).ok().silent();
    assert!(!is_there(&sandbox.path("tree")) && !is_there(&sandbox.path("link")));
    live.assert_is_at(sandbox.path("live"));
    assert_eq!(listed(&sandbox), [""; 0]);
    sandbox.rrm(["rm", "--immediate", "--json", "live"]).fails(2);
    live.assert_is_at(sandbox.path("live"));
}

// [74] What cannot be deleted is named, each of it, in the words of GNU.
#[test]
fn immediate_names_each_failure() {
    if !is_root() {
        skip!("root", "to make directories of somebody else");
    }
    let sandbox = Sandbox::ordinary();
    let files = ["tree/a/x", "tree/a/y", "tree/b/z"];
    for file in files.iter().chain(&["tree/ours"]) {
        sandbox.file(file, "");
    }
    for directory in ["tree/a", "tree/b"] {
        sandbox.chown(directory, 0);
    }
    let lines = |run: &Run| {
        let stderr = run.stderr();
        let mut lines: Vec<_> = stderr.lines().map(|line| line.trim_start_matches("rrm: ").to_owned()).collect();
        lines.retain(|line| line.starts_with("cannot"));
        lines.sort();
        lines
    };
    let run = sandbox.rrm(["rm", "-rf", "--immediate", "tree"]);
    run.fails(1);
    assert_eq!(lines(&run), files.map(|file| format!("cannot remove '{file}': Permission denied")), "{run}");
    assert!(!is_there(&sandbox.path("tree/ours")));
}

// --auto-clean deletes what is due, and never what was just removed with a grace period.
#[test]
fn auto_clean_deletes_what_is_due_and_nothing_else() {
    let sandbox = Sandbox::new();
    for name in ["old", "kept", "new"] {
        sandbox.file(name, "");
    }
    sandbox.rrm(["rm", "-g", "0", "old"]).ok();
    sandbox.rrm(["rm", "kept"]).ok();
    sandbox.rrm(["rm", "--auto-clean", "new"]).ok().silent();
    assert_eq!(listed(&sandbox), ["kept", "new"]);
}

// GNU's remaining options are understood and open no door.
#[test]
fn the_options_about_mounts_and_the_root_are_understood() {
    let sandbox = Sandbox::ordinary();
    for options in [&["--one-file-system"][..], &["--preserve-root"], &["--preserve-root=all"], &["--no-preserve-root"]]
    {
        sandbox.tree("tree", &[("a", "1")]);
        sandbox.rrm(["rm"].iter().chain(options).chain(&["tree"])).ok().silent();
        sandbox.rrm(["rm"].iter().chain(options).chain(&["-r", "/"])).fails(1).err_contains("'/'");
    }
    assert_eq!(listed(&sandbox).len(), 4);
}

// --trash-dir, $RRM_TRASH_DIR and the standing choice name the home trash, in this order.
#[test]
fn the_home_trash_is_where_it_was_said() {
    let sandbox = Sandbox::new();
    let place = |name: &str| sandbox.root().join("work").join(name);
    sandbox.file("said", "");
    sandbox.file("set", "");
    sandbox.file("chosen", "");
    sandbox.command(["rm", "set"]).with("RRM_TRASH_DIR", place("b")).run().ok();
    let run = sandbox.command(["--trash-dir", "a", "rm", "said"]).with("RRM_TRASH_DIR", place("b")).run();
    run.ok().silent();
    sandbox.rrm(["config".as_ref(), "set".as_ref(), "trash-dir".as_ref(), place("c").as_os_str()]).ok();
    sandbox.rrm(["rm", "chosen"]).ok();
    for (trash, name) in [("a", "said"), ("b", "set"), ("c", "chosen")] {
        let run = sandbox.rrm(["list", "--format=plain", "--trash-dir", trash]);
        assert!(run.ok().stdout().contains(&format!("/{name}\n")) && run.stdout().lines().count() == 1, "{run}");
    }
    assert!(!is_there(&sandbox.trash()));
}

// What not even root may remove has a reason that permissions do not show, and the hint names it.
#[test]
fn what_chattr_holds_is_said_to_be_held_by_it() {
    if !is_root() {
        skip!("root", "to set attributes with chattr");
    }
    let sandbox = Sandbox::new();
    let chattr = |change: &str, name: &str| sandbox.tool("chattr", [change, name]).by(User::Caller).run();
    for (flag, name, operand) in [("i", "file", "file"), ("i", "dir", "dir/inside"), ("a", "log", "log")] {
        sandbox.tree("dir", &[("inside", "")]);
        sandbox.file(if name == "dir" { "other" } else { name }, "");
        let set = chattr(&format!("+{flag}"), name);
        if !set.status.success() {
            skip!("a file system with attributes of chattr", "{set}");
        }
        let run = sandbox.rrm(["rm", operand]);
        chattr(&format!("-{flag}"), name).ok();
        run.fails(1).err_contains("Operation not permitted").err_contains("lsattr -d").err_lacks("ls -ld");
        sandbox.rrm(["rm", operand, "dir"]).ok();
    }
}
