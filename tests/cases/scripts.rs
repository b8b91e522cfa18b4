//! What scripts rely on: exit statuses, streams that are closed or full, signals; and the small commands.

use std::fs;
use std::io::{Read as _, Write as _};

use rustix::process::{Pid, Signal, kill_process};

use super::{is_there, listed};
use crate::common::{Sandbox, User, is_root, snapshot};

// [39] Exit statuses: each kind of operand, with -f and without, alone and among others.
#[test]
fn exit_statuses_are_as_documented() {
    // The operand, the status without -f and with it.
    let kinds = [("ok", 0, 0), ("missing", 1, 0), ("file/below", 1, 0), (".", 1, 1), ("/", 1, 1), ("fixed/kept", 1, 1)];
    for (operand, plain, forced) in kinds {
        for (option, expected) in [("--", plain), ("-f", forced)] {
            for many in [false, true] {
                let sandbox = Sandbox::ordinary();
                for name in ["ok", "file", "fixed/kept", "first", "last"] {
                    sandbox.file(name, "");
                }
                sandbox.chmod("fixed", 0o555);
                let operands = if many { vec!["first", operand, "last"] } else { vec![operand] };
                let run = sandbox.rrm(["rm", option].iter().chain(&operands));
                run.fails(expected);
                assert_eq!(run.stderr.is_empty(), expected == 0, "{run}");
                assert!(run.stdout.is_empty(), "{run}");
                let others_done = many && operand != "/";
                assert_eq!(!is_there(&sandbox.path("last")), others_done, "{run}");
                sandbox.chmod("fixed", 0o755);
            }
        }
    }
}

// [39] A command line that cannot be understood is 2, does nothing, and says how it is written.
#[test]
fn a_bad_command_line_is_two_and_does_nothing() {
    let sandbox = Sandbox::new();
    let file = sandbox.file("file", "");
    let bad: [&[&str]; 11] = [
        &[],
        &["nonsense"],
        &["rm"],
        &["rm", "--nonsense", "file"],
        &["rm", "--interactive=perhaps", "file"],
        &["rm", "--immediate", "-g", "1d", "file"],
        &["rm", "-g", "soon", "file"],
        &["list", "--format", "xml"],
        &["restore"],
        &["clean", "--all", "--last", "3"],
        &["config", "set", "colour", "red"],
    ];
    for arguments in bad {
        let run = sandbox.rrm(arguments);
        run.fails(2);
        assert!(!run.stderr.is_empty() && run.stdout.is_empty() && is_there(&file), "{run}");
    }
    sandbox.rrm(["rm", "-f"]).ok().silent();
    for arguments in [&["--help"][..], &["--version"], &["rm", "--help"], &["list", "-h"]] {
        let run = sandbox.rrm(arguments);
        assert!(!run.ok().stdout.is_empty() && run.stderr.is_empty(), "{run}");
    }
}

// [39] A stdout that is full or closed stops no removal; the failure is in the exit status, and nothing panics.
#[test]
fn a_full_or_closed_stdout_stops_nothing() {
    let sandbox = Sandbox::ordinary();
    for redirection in [">/dev/full", ">&-", ">/dev/full 2>&-", ">&- 2>&- <&-"] {
        for option in ["-v", "--json"] {
            let names = ["a", "b"];
            for name in &names {
                sandbox.file(name, "");
            }
            let run = sandbox.command(["rm", option, "a", "b"]).redirected(redirection).run();
            assert!(names.iter().all(|name| !is_there(&sandbox.path(name))), "{run}");
            run.err_lacks("panicked");
            if redirection.contains("full") {
                run.fails(1);
            }
            let run = sandbox.command(["undo"]).redirected(redirection).run();
            run.err_lacks("panicked");
            assert!(names.iter().all(|name| is_there(&sandbox.path(name))), "{run}");
        }
    }
    sandbox.file("c", "");
    sandbox.command(["rm", "-g", "0", "c"]).redirected(">&-").run().ok();
    let run = sandbox.command(["list"]).redirected(">/dev/full").run();
    run.fails(1).err_contains("No space left").err_lacks("--immediate");
    sandbox.command(["clean", "-v"]).redirected(">/dev/full").run().fails(1);
    assert_eq!(listed(&sandbox), [""; 0]);
    sandbox.command(["rm", "missing"]).redirected("2>&-").run().fails(1);
    sandbox.command(["rm", "missing"]).redirected("2>/dev/full").run().fails(1);
}

// [39] Ctrl-C in a batch: what is removed is listed, the rest is where it was, and undo brings all back.
#[test]
fn an_interrupted_batch_leaves_everything_in_one_place() {
    let sandbox = Sandbox::new();
    let names: Vec<String> = (0..1000).map(|number| format!("d/{number}-{}", "x".repeat(100))).collect();
    for name in &names {
        sandbox.file(name, "");
    }
    let before = snapshot(sandbox.path("d"));
    let mut child = sandbox.command(["rm".to_owned(), "-v".into()].into_iter().chain(names.clone())).spawn();
    // Nobody reads what it tells, so it waits with its pipe full, in the middle of the batch.
    let mut first = [0];
    child.stdout.as_mut().unwrap().read_exact(&mut first).unwrap();
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(!output.status.success(), "{output:?}");
    assert!(!String::from_utf8_lossy(&output.stderr).contains("panicked"));
    let there = names.iter().filter(|name| is_there(&sandbox.path(name))).count();
    let listed = sandbox.list_json().len();
    assert_eq!(there + listed, names.len());
    assert!(listed > 0 && there > 0, "{listed} of {}", names.len());
    sandbox.rrm(["undo"]).ok();
    super::holds_the_same(&before, &sandbox.path("d"));
}

// [39] At a question Ctrl-C ends it at once, and nothing that was asked about is touched.
#[test]
fn an_interrupt_at_a_question_is_no_answer() {
    let sandbox = Sandbox::new();
    for name in ["a", "b"] {
        sandbox.file(name, "x");
    }
    let mut child = sandbox.command(["rm", "-i", "a", "b"]).spawn();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(b"y\n").unwrap();
    let (mut asked, mut byte) = (Vec::new(), [0]);
    while !asked.ends_with(b"'b'? ") {
        child.stderr.as_mut().unwrap().read_exact(&mut byte).unwrap();
        asked.push(byte[0]);
    }
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    assert!(!child.wait().unwrap().success(), "it ends without an answer");
    assert_eq!(listed(&sandbox), ["a"]);
    assert!(is_there(&sandbox.path("b")));
    drop(stdin);
}

// config: each choice is shown, kept, checked, taken back, and there is no file.
#[test]
fn config_keeps_checks_and_takes_back_each_choice() {
    let sandbox = Sandbox::new();
    let get = |key: &str| sandbox.rrm(["config", "get", key]).ok().stdout();
    assert_eq!((get("grace-period"), get("other-mounts")), ("30d\n".into(), "own\n".into()));
    assert_eq!(get("trash-dir"), format!("{}\n", sandbox.trash().display()));
    for (key, value) in [("grace-period", "2w"), ("trash-dir", "/some/where"), ("other-mounts", "home")] {
        sandbox.rrm(["config", "set", key, value]).ok().silent();
        assert_eq!(get(key), format!("{value}\n"));
        sandbox.rrm(["config", "get"]).ok().out_contains(&format!("{key} {value}\n"));
    }
    sandbox.rrm(["config", "set", "grace-period", "soon"]).fails(2).err_contains("12h");
    sandbox.rrm(["config", "set", "trash-dir", "relative"]).fails(2).err_contains("absolute");
    sandbox.rrm(["config", "set", "other-mounts", "perhaps"]).fails(2).err_contains("own").err_contains("home");
    assert_eq!(get("grace-period"), "2w\n");
    let directory = sandbox.home().join(".local/share/rrm");
    assert_eq!(fs::read_dir(directory).unwrap().count(), 0, "no file");
    for key in ["grace-period", "trash-dir", "other-mounts"] {
        sandbox.rrm(["config", "unset", key]).ok().silent();
        sandbox.rrm(["config", "unset", key]).ok().silent();
    }
    assert_eq!(get("grace-period"), "30d\n");
}

// A choice that an older hand has spoilt is named with its remedy, and can be repaired.
#[test]
fn a_spoilt_choice_is_named_and_can_be_set_anew() {
    let sandbox = Sandbox::new();
    let file = sandbox.file("file", "");
    sandbox.rrm(["config", "set", "grace-period", "1d"]).ok();
    sandbox.set_attribute(sandbox.home().join(".local/share/rrm"), "user.rrm_grace_period", "soon");
    sandbox.rrm(["rm", "file"]).fails(2).err_contains("'soon'").err_contains("7d");
    assert!(is_there(&file));
    sandbox.rrm(["config", "unset", "grace-period"]).ok();
    sandbox.rrm(["rm", "file"]).ok();
    let relative = sandbox.command(["list"]).with("RRM_TRASH_DIR", "trash").run();
    relative.fails(2).err_contains("$RRM_TRASH_DIR").err_contains("absolute");
}

// completions and manual pages come out of the program itself.
#[test]
fn completions_and_manual_pages_are_written() {
    let sandbox = Sandbox::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let run = sandbox.rrm(["completions", shell]);
        run.ok().out_contains("rrm");
    }
    sandbox.rrm(["completions", "tcsh"]).fails(2).err_contains("bash");
    sandbox.command(["completions", "bash"]).redirected(">/dev/full").run().fails(1).err_lacks("panicked");
    // [66]
    for words in [&["--version"][..], &["--help"], &["rm", "--help"], &["help", "list"]] {
        let run = sandbox.command(words).redirected(">/dev/full").run();
        run.fails(1).err_contains("rrm: write error: No space left on device");
    }
    sandbox.rrm(["man", "pages/here"]).ok();
    for page in ["rrm.1", "rrm-rm.1", "rrm-list.1", "rrm-restore.1", "rrm-undo.1", "rrm-clean.1", "rrm-config.1"] {
        assert!(is_there(&sandbox.path("pages/here").join(page)), "{page}");
    }
    sandbox.file("file", "");
    sandbox.rrm(["man", "file/below"]).fails(1).err_contains("file/below");
}

// Nothing but a page of rrm's makes way for one; what else has such a name stays, and so do the other pages.
#[test]
fn manual_pages_replace_nothing_but_themselves() {
    let sandbox = Sandbox::ordinary();
    sandbox.rrm(["man", "pages"]).ok();
    let page = sandbox.path("pages/rrm-list.1");
    let written = fs::read(&page).unwrap();
    sandbox.file(&page, ".TH RRM 1 \"rrm 0.0.1\" \"rrm manual\"\nold");
    sandbox.rrm(["man", "pages"]).ok();
    assert_eq!(fs::read(&page).unwrap(), written, "a page is renewed");
    assert!(fs::read_dir(sandbox.path("pages")).unwrap().all(|entry| {
        let name = entry.unwrap().file_name().into_string().unwrap();
        name.starts_with("rrm") && name.ends_with(".1")
    }));

    let target = sandbox.file("target", written.as_slice());
    let notes = sandbox.file("other/rrm-undo.1", ".TH NOTES 1\nmy own words on the rrm manual\n");
    sandbox.symlink("other/rrm-list.1", &target);
    sandbox.symlink("other/rrm-rm.1", sandbox.path("nowhere"));
    let before = snapshot(sandbox.path("other"));
    let run = sandbox.rrm(["man", "other"]);
    run.fails(1).err_contains("rrm-undo.1").err_contains("rrm-list.1").err_contains("rrm-rm.1");
    before.assert_is_at(sandbox.path("other"));
    assert!(!is_there(&sandbox.path("nowhere")) && is_there(&notes));
    assert_eq!(fs::read(&target).unwrap(), written);
}

// [34] Root with the home of whoever called it, as sudo may leave it, makes no trash there that its owner cannot use.
#[test]
fn no_trash_is_made_in_the_home_of_somebody_else() {
    if !is_root() {
        skip!("root", "to act in the home of another user");
    }
    let sandbox = Sandbox::ordinary();
    sandbox.file("kept", "1");
    // Into the home trash alone: the tester's own volumes are none of a test's business.
    let run = sandbox.command(["rm", "--into-home", "kept"]).by(User::Caller).run();
    run.fails(1).err_contains("belongs to user 65534");
    assert!(is_there(&sandbox.path("kept")) && !is_there(&sandbox.trash()));
}

// [34] A home that is no absolute path would be another one in each directory.
#[test]
fn a_relative_home_is_no_home() {
    let sandbox = Sandbox::ordinary();
    sandbox.file("kept", "1");
    let run = sandbox.command(["rm", "--into-home", "kept"]).with("HOME", "relative").run();
    run.fails(1).err_contains("there is no home directory").err_contains("--trash-dir");
    assert!(is_there(&sandbox.path("kept")) && !is_there(&sandbox.path("relative")));
}

// [54] A page names no other that is never written, and its words have blanks between them.
#[test]
fn pages_refer_to_pages_that_are_there() {
    let sandbox = Sandbox::ordinary();
    sandbox.rrm(["man", "man"]).ok();
    for page in fs::read_dir(sandbox.path("man")).unwrap() {
        let page = page.unwrap().path();
        let text = fs::read_to_string(&page).unwrap().replace("\\-", "-").replace(" (1)", "(1)");
        let words = text.split(|c: char| !(c.is_alphanumeric() || "-()".contains(c)));
        for name in words.filter(|word| word.starts_with("rrm")).filter_map(|word| word.strip_suffix("(1)")) {
            assert!(sandbox.path(format!("man/{name}.1")).exists(), "{name}(1) in {}", page.display());
        }
        // `.BR` changes the face with each word, and joins them.
        let joined = text.lines().filter_map(|line| line.strip_prefix(".BR ")).filter(|line| !line.contains('"'));
        let long = joined.filter(|line| line.split(' ').filter(|word| word.len() > 2).count() > 3);
        assert_eq!(long.collect::<Vec<_>>(), [""; 0], "{}", page.display());
    }
}
