//! Hiding data: whatever else is in a trash, what rm accepted is listed; and the filters of `rrm list`.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use super::{id_of, is_there, listed};
use crate::common::held::wait_for;
use crate::common::{Sandbox, is_root, snapshot, strace};

/// A made-up ID.
fn id(number: usize) -> String {
    format!("000000{number:02}-0000-4000-8000-000000000000")
}

fn planted(sandbox: &Sandbox, number: usize, attributes: &[(&str, &str)]) -> PathBuf {
    let path = sandbox.file(sandbox.trash().join(id(number)), "planted");
    for (name, value) in attributes {
        sandbox.set_attribute(&path, &format!("user.{name}"), value);
    }
    path
}

/// Everything that a backup, another program or a failing disk may leave in a trash.
fn litter(sandbox: &Sandbox) {
    let trash = sandbox.trash();
    sandbox.file(trash.join("foreign"), "");
    sandbox.dir(trash.join("foreign directory"));
    sandbox.symlink(trash.join("foreign link"), "/etc/passwd");
    planted(sandbox, 1, &[]);
    planted(sandbox, 2, &[("deletion_date", "not a date"), ("original_path", "relative")]);
    planted(sandbox, 3, &[("original_path", &"x".repeat(3500))]);
    sandbox.tree(trash.join(id(4)), &[("untagged", "1")]);
    sandbox.dir(trash.join(id(5)));
    sandbox.tree(trash.join(id(6)), &[("item", "1"), ("attributes", "no record at all \u{0} %zz\n")]);
    sandbox.tree(trash.join(id(7)), &[("item", "1"), ("attributes/is a directory", "")]);
    sandbox.symlink(trash.join(id(8)), "/");
    sandbox.fifo(trash.join(id(9)));
    sandbox.dir(trash.join(id(10)));
    sandbox.set_attribute(trash.join(id(10)), "user.rrm_envelope", "1");
    sandbox.tree(trash.join(id(11)), &[("item", "1"), ("attributes", "")]);
    sandbox.chmod(trash.join(id(11)), 0o000);
    sandbox.file(trash.join(id(12)), "");
    sandbox.chmod(trash.join(id(12)), 0o000);
}

// [36] The bad is named and the good is listed, restored and cleaned.
#[test]
fn litter_in_the_trash_hides_nothing_and_is_named() {
    let sandbox = Sandbox::ordinary();
    for name in ["good", "due", "kept"] {
        sandbox.file(name, name);
    }
    sandbox.fifo("fifo");
    sandbox.rrm(["rm", "good", "kept", "fifo"]).ok();
    sandbox.rrm(["rm", "-g", "0", "due"]).ok();
    litter(&sandbox);
    let before = snapshot("/etc/passwd");

    for form in ["table", "plain", "json", "null"] {
        let run = sandbox.rrm(["list", "--format", form]);
        for name in ["good", "due", "kept", "fifo"] {
            run.out_contains(&format!("/{name}"));
        }
        run.err_contains("foreign'").err_contains("foreign directory").err_contains("foreign link");
    }
    let run = sandbox.rrm(["list", "good"]);
    run.out_contains("/good");
    sandbox.rrm(["restore", "good"]).fails(1).err_contains("foreign");
    sandbox.rrm(["restore", "fifo"]).fails(1).err_contains("foreign");
    assert!(is_there(&sandbox.path("good")) && is_there(&sandbox.path("fifo")));
    sandbox.rrm(["clean"]).fails(1);
    let run = sandbox.rrm(["list", "--format", "plain"]);
    run.out_contains("/kept\n");
    assert!(!run.stdout().contains("/due\n"), "{run}");
    for name in ["foreign", "foreign directory", "foreign link"] {
        assert!(is_there(&sandbox.trash().join(name)), "{name} is not ours to delete");
    }
    for number in [1, 2, 3, 4, 6, 7, 8, 9, 12] {
        assert!(is_there(&sandbox.trash().join(id(number))), "{number} has no date that says it is due");
    }
    before.assert_is_at("/etc/passwd");
    // What was said of each must be enough to get rid of it.
    for number in [1, 2, 4, 8, 9] {
        sandbox.rrm(["restore", &id(number), "--to", "rescued"]).ok();
        assert!(is_there(&sandbox.path("rescued").join(id(number))), "{number}");
    }
}

// [36] Attributes that are not ours, however large, are neither read nor lost.
#[test]
fn large_attributes_of_others_do_no_harm() {
    let sandbox = Sandbox::ordinary();
    let file = sandbox.file("file", "content");
    let sizes = [60_000, 16_000, 3000, 900];
    let set = sizes.iter().find(|size| xattr::set(&file, "user.junk", &vec![b'j'; **size]).is_ok());
    assert!(set.is_some());
    let before = snapshot(&file);
    sandbox.rrm(["rm", "file"]).ok().silent();
    assert_eq!(listed(&sandbox), ["file"]);
    sandbox.rrm(["restore", "file"]).ok().silent();
    before.assert_is_at(&file);
}

// The trash of the first rrm: UUID names, a path and a date, nothing else.
#[test]
fn the_trash_of_the_first_rrm_is_listed_restored_and_cleaned() {
    let sandbox = Sandbox::new();
    sandbox.file("x", "");
    sandbox.rrm(["rm", "x"]).ok();
    sandbox.rrm(["clean", "--yes", "x"]).ok();
    let records = [("file", "2099-01-01T00:00:00+00:00"), ("due", "2001-01-01T12:00:00.123456789+02:00")];
    for (number, (name, date)) in records.into_iter().enumerate() {
        let origin = sandbox.path(name).display().to_string();
        planted(&sandbox, number + 20, &[("original_path", &origin), ("deletion_date", date)]);
    }
    let tree = sandbox.tree(sandbox.trash().join(id(30)), &[("inside", "1")]);
    sandbox.set_attribute(&tree, "user.original_path", sandbox.path("tree").to_string_lossy().as_bytes());
    sandbox.set_attribute(&tree, "user.deletion_date", "2099-01-01T00:00:00Z");

    assert_eq!(listed(&sandbox), ["due", "file", "tree"]);
    sandbox.rrm(["list", "--full"]).ok().out_contains("unknown").out_contains("due").err_lacks("cannot");
    sandbox.rrm(["restore", "file", "tree/inside", "tree"]).fails(1).err_contains("tree/inside");
    sandbox.rrm(["clean"]).ok().silent();
    assert_eq!(fs::read_to_string(sandbox.path("file")).unwrap(), "planted");
    assert_eq!(fs::read_to_string(sandbox.path("tree/inside")).unwrap(), "1");
    assert!(!listed(&sandbox).contains(&"due".to_owned()));
    assert_eq!(super::attributes(&sandbox.path("file")), [""; 0]);
}

// [73] Two commands that find out at once whether modes are kept neither accept an open trash nor close it to its owner.
#[test]
fn a_look_at_an_open_trash_that_another_disturbs_refuses_it_all_the_same() {
    or_skip!(strace::available());
    let sandbox = Sandbox::ordinary();
    let open = sandbox.dir("open");
    sandbox.chmod(&open, 0o755);
    let list = sandbox.command(["list"]).with("RRM_TRASH_DIR", &open);
    let held = list.held_after("fchmod");
    wait_for("the try", || fs::metadata(&open).unwrap().permissions().mode() & 0o100 == 0);
    list.run().fails(1).err_contains("others may use it");
    sandbox.chmod(&open, 0o755);
    held.released().fails(1).err_contains("others may use it");
    assert_eq!(fs::metadata(&open).unwrap().permissions().mode() & 0o777, 0o755);
}

// [38] A trash that others could have made or may enter is refused with the reason, and nothing is put there.
#[test]
fn a_trash_that_is_not_ours_alone_is_refused() {
    let sandbox = Sandbox::ordinary();
    let file = sandbox.file("file", "content");
    let trash = |name: &str| sandbox.path(name);
    sandbox.dir("target");
    sandbox.chmod("target", 0o700);
    sandbox.symlink("link", "target");
    sandbox.file("regular", "");
    for (name, mode) in [("open", 0o755), ("group", 0o770), ("searchable", 0o711)] {
        sandbox.dir(name);
        sandbox.chmod(name, mode);
    }
    let mut bad = vec!["link", "regular", "open", "group", "searchable"];
    if is_root() {
        sandbox.dir("theirs");
        sandbox.chmod("theirs", 0o700);
        sandbox.chown("theirs", 1234);
        bad.push("theirs");
    }
    for name in bad {
        let at = trash(name);
        let before = snapshot(&at);
        for arguments in [&["rm", "file"][..], &["rm", "-f", "file"], &["list"], &["undo"], &["clean"]] {
            let run = sandbox.command(arguments).with("RRM_TRASH_DIR", &at).run();
            run.fails(1).err_contains(&at.display().to_string());
            assert_eq!(fs::read_to_string(&file).unwrap(), "content");
        }
        let run = sandbox.command(["list"]).with("RRM_TRASH_DIR", &at).run();
        assert!(name == "theirs" || run.stderr().contains("0700"), "{run}");
        before.assert_is_at(&at);
    }
}

// [38] A careless umask opens nothing.
#[test]
fn an_umask_of_nothing_still_makes_a_closed_trash() {
    let sandbox = Sandbox::ordinary();
    sandbox.file("file", "");
    sandbox.fifo("fifo");
    let open = ["sh", "-c", "umask 000; exec \"$@\"", "sh"];
    sandbox.command(["rm", "-g", "0", "file", "fifo"]).through(open).run().ok();
    sandbox.command(["clean", "--yes", "file"]).through(open).run().ok();
    sandbox.command(["config", "set", "grace-period", "1d"]).through(open).run().ok();
    let mode = |path: PathBuf| {
        use std::os::unix::fs::PermissionsExt as _;
        path.symlink_metadata().unwrap().permissions().mode() & 0o7777
    };
    assert_eq!(mode(sandbox.trash()), 0o700);
    assert_eq!(mode(sandbox.trash().join(".doomed")), 0o700);
    assert_eq!(mode(sandbox.trash().join(id_of(&sandbox, "fifo"))), 0o700);
    assert_eq!(mode(sandbox.trash().parent().unwrap().into()), 0o700);
}

// Each filter of list leaves out what it says.
#[test]
fn each_filter_of_list_chooses_what_it_says() {
    let sandbox = Sandbox::new();
    sandbox.file("small", "1");
    sandbox.file("d/large", vec![b'x'; 20_000]);
    sandbox.tree("tree", &[("a", &"x".repeat(3000))]);
    sandbox.symlink("link", "x");
    sandbox.fifo("d/fifo");
    for name in ["small", "d/large", "tree", "link", "d/fifo"] {
        sandbox.rrm(["rm", "--session", name, name]).ok();
    }
    let chosen = |filter: &[&str]| {
        let run = sandbox.rrm(["list", "--format=plain"].iter().chain(filter));
        let mut names: Vec<String> =
            run.ok().stdout().lines().map(|line| line.rsplit('/').next().unwrap().to_owned()).collect();
        names.sort();
        names.join(" ")
    };
    assert_eq!(chosen(&["--under", "d"]), "fifo large");
    assert_eq!(chosen(&["--larger-than", "10k"]), "large");
    assert_eq!(chosen(&["--larger-than", "2k"]), "large tree");
    assert_eq!(chosen(&["--smaller-than", "100"]), "fifo link small");
    assert_eq!(chosen(&["--kind", "symlink,fifo"]), "fifo link");
    assert_eq!(chosen(&["--kind", "directory"]), "tree");
    assert_eq!(chosen(&["--session", "tree"]), "tree");
    assert_eq!(chosen(&["--last", "2"]), "fifo link");
    assert_eq!(chosen(&["--since", "1h"]), "fifo large link small tree");
    assert_eq!(chosen(&["--before", "1h"]), "");
    assert_eq!(chosen(&["--older-than", "1h"]), "");
    assert_eq!(chosen(&["--since", "2001-01-01", "--before", "2099-01-01T00:00:00Z", "--kind=file"]), "large small");
    assert_eq!(chosen(&["d/*", "small"]), "fifo large small");
    let run = sandbox.command(["list", "--format=plain", "--here"]).within(sandbox.path("d")).run();
    assert_eq!(run.ok().stdout().lines().count(), 2);
}

// A value that cannot be read is told with the forms that can.
#[test]
fn bad_values_of_filters_show_the_accepted_forms() {
    let sandbox = Sandbox::new();
    for (option, value, form) in [
        ("--since", "someday", "2026-11-21"),
        ("--before", "2026-13-01", "2h"),
        ("--older-than", "old", "7d"),
        ("--larger-than", "big", "10KiB"),
        ("--smaller-than", "-1", "10KiB"),
        ("--kind", "folder", "char-device"),
    ] {
        let run = sandbox.rrm(["list", &format!("{option}={value}")]);
        run.fails(2).err_contains(value).err_contains(form);
    }
}
