//! The program under the name `rm`, beside what the comparison with GNU shows: what becomes of ours there, and the cases
//! that must hold under both names.

use std::fs;

use crate::common::{Invocation, Mount, Run, Sandbox, binary, copy_program, snapshot, strace};

/// The program with these words under each of its two names; `rrm rm` needs no `-r`, but takes it.
fn both<'a>(sandbox: &'a Sandbox, words: &'a [&'a str]) -> [Invocation; 2] {
    [sandbox.command_as_rm(words), sandbox.command(["rm"].iter().chain(words))]
}

/// The original paths of what is in the trash, below the working directory and in order.
fn trashed(sandbox: &Sandbox) -> Vec<String> {
    let here = sandbox.work();
    let path = |item: &serde_json::Value| {
        let path = item["original_path"].as_str().expect("a path").to_owned();
        path.strip_prefix(here.to_str().expect("text"))
            .map_or(path.clone(), |rest| rest.trim_start_matches('/').to_owned())
    };
    let mut paths: Vec<_> = sandbox.list_json().iter().map(path).collect();
    paths.sort();
    paths
}

#[test]
fn no_option_and_no_command_of_ours_is_known() {
    let sandbox = Sandbox::new();
    sandbox.file("f", "");
    for option in ["--trash-dir=x", "--json", "--immediate", "--into-home", "-g", "-n", "--session=x", "--yes"] {
        let run = sandbox.rrm_as_rm([option, "f"]);
        run.fails(1).err_contains("option").err_contains("--help' for more information.");
    }
    for command in ["list", "restore", "clean", "config", "shim"] {
        sandbox.rrm_as_rm([command]).fails(1).err_contains(&format!("cannot remove '{command}': No such file"));
        sandbox.file(command, "");
        sandbox.rrm_as_rm([command]).ok().silent();
    }
    assert_eq!(trashed(&sandbox), ["clean", "config", "list", "restore", "shim"]);
}

/// For places where nobody would want anything back. What is refused is refused all the same.
#[test]
fn the_environment_can_do_without_a_trash() {
    let sandbox = Sandbox::new();
    let set = |value: &str, command: Invocation| command.with("RRM_IMMEDIATE", value).run();
    for command in both(&sandbox, &["-r", "f", "d"]) {
        for (value, left) in [("0", &["d", "f"][..]), ("", &["d", "f"]), ("1", &[])] {
            sandbox.file("f", "");
            sandbox.file("d/f", "");
            set(value, command.clone()).ok().silent();
            assert_eq!(trashed(&sandbox), left, "{value}");
            sandbox.rrm(["clean", "--all", "--yes"]).ok();
        }
    }
    sandbox.file("f", "");
    for command in both(&sandbox, &["f"]) {
        let run = set("perhaps", command);
        assert!(!run.status.success() && run.stderr().contains("cannot read RRM_IMMEDIATE"), "{run}");
    }
    set("1", sandbox.command(["rm", "-n", "f"])).ok().out_is("would delete 'f'\n");
    set("1", sandbox.command(["rm", "-g", "1d", "f"])).ok();
    assert_eq!(trashed(&sandbox), ["f"]);
    sandbox.file(sandbox.home().join("f"), "");
    for command in both(&sandbox, &["-rf", "../home"]) {
        set("1", command).fails(1);
    }
    assert!(sandbox.home().join("f").exists());
    set("1", sandbox.command(["doctor"])).out_contains("note: ").out_contains("delete for good, without the trash");
}

#[test]
fn a_hard_link_is_as_good_as_a_symbolic_one() {
    let sandbox = Sandbox::new();
    let program = sandbox.root().join("bin/hard/rm");
    fs::create_dir(program.parent().expect("a parent")).expect("a directory");
    if fs::hard_link(binary(), &program).is_err() {
        copy_program(&binary(), &program); // where a link cannot reach
    }
    sandbox.dir("d");
    sandbox.tool(&program, ["d"]).run().fails(1).err_contains("cannot remove 'd': Is a directory");
    sandbox.tool(&program, ["-r", "d"]).run().ok().silent();
    assert_eq!(trashed(&sandbox), ["d"]);
}

#[test]
fn the_environment_and_standing_choices_apply() {
    let sandbox = Sandbox::new();
    let remaining = |item: &serde_json::Value| {
        let date =
            |name: &str| chrono::DateTime::parse_from_rfc3339(item[name].as_str().expect("a date")).expect("RFC 3339");
        (date("deletion_date") - date("trashed_date")).num_hours()
    };
    sandbox.file("a", "");
    sandbox.command_as_rm(["a"]).with("RRM_GRACE_PERIOD", "3h").with("RRM_SESSION", "mine").run().ok().silent();
    let items = sandbox.list_json();
    assert_eq!((remaining(&items[0]), items[0]["session"].as_str()), (3, Some("mine")));

    let elsewhere = sandbox.home().join("elsewhere");
    sandbox.file("b", "");
    sandbox.command_as_rm(["b"]).with("RRM_TRASH_DIR", &elsewhere).run().ok().silent();
    assert_eq!(sandbox.list_json().len(), 1);
    sandbox.command(["undo"]).with("RRM_TRASH_DIR", &elsewhere).run().ok();

    if sandbox.rrm(["config", "set", "grace-period", "5h"]).status.success() {
        sandbox.file("c", "");
        sandbox.rrm_as_rm(["c"]).ok().silent();
        let items = sandbox.list_json();
        assert!(items.iter().any(|item| remaining(item) == 5), "{items:?}");
    }
    sandbox.command_as_rm(["b"]).with("RRM_GRACE_PERIOD", "nonsense").run().fails(1).err_contains("nonsense");
    assert!(sandbox.path("b").symlink_metadata().is_ok());
}

#[test]
fn errors_have_no_hints() {
    let sandbox = Sandbox::new();
    sandbox.dir("d");
    sandbox.symlink("l", "d");
    assert_eq!(sandbox.rrm_as_rm(["-r", "l/"]).fails(1).stderr().lines().count(), 1);
    sandbox.rrm(["rm", "l/"]).fails(1).err_contains("rrm: hint: ");
}

/// Where answers come from.
#[derive(Debug, Clone, Copy)]
enum From {
    Pipe,
    Terminal,
}

/// The program with these answers, and all that it showed.
fn answered(command: &Invocation, from: From, answers: &str) -> (Run, String) {
    let run = match from {
        From::Pipe => command.clone().reading(answers).run(),
        From::Terminal => command.on_terminal(200, answers),
    };
    let shown = run.stdout() + &run.stderr();
    (run, shown)
}

const EACH: [(usize, From); 4] = [(0, From::Pipe), (1, From::Pipe), (0, From::Terminal), (1, From::Terminal)];

/// Six questions: into `d`, into `only`, two files, and out again.
const TREE: &[(&str, &str)] = &[("only/keep", "k"), ("only/go", "g")];

#[test]
fn what_was_answered_yes_goes_and_the_rest_stays() {
    for (number, from) in EACH {
        let sandbox = Sandbox::new();
        sandbox.tree("d", TREE);
        // Both files are asked about in the order of the directory; yes to one of the two, whichever it is.
        let answers = "y\ny\ny\nn\ny\ny\n";
        let (run, shown) = answered(&both(&sandbox, &["-ri", "d"])[number], from, answers);
        run.fails(1);
        assert!(shown.contains("descend into directory 'd/only'?") && shown.contains("Directory not empty"), "{run}");
        let left: Vec<_> = fs::read_dir(sandbox.path("d/only")).expect("it stays").collect();
        assert_eq!(left.len(), 1, "{run}");
        assert_eq!(trashed(&sandbox).len(), 1, "{run}");
        sandbox.rrm(["undo"]).ok();
        assert_eq!(fs::read_dir(sandbox.path("d/only")).expect("it stays").count(), 2);
    }
}

#[test]
fn a_tree_answered_yes_throughout_goes_and_comes_back_as_one() {
    for (number, from) in EACH {
        let sandbox = Sandbox::new();
        let tree = sandbox.tree("d", TREE);
        let before = snapshot(&tree);
        let answers = "y\n".repeat(6);
        let (run, _) = answered(&both(&sandbox, &["-ri", "d"])[number], from, &answers);
        run.ok();
        assert_eq!(trashed(&sandbox), ["d"], "{run}");
        sandbox.rrm(["restore", "d"]).ok();
        assert_eq!(snapshot(&tree), before);
    }
}

#[test]
fn nothing_is_asked_off_a_terminal_or_about_a_few_operands() {
    let sandbox = Sandbox::ordinary();
    sandbox.file("ro", "x");
    sandbox.chmod("ro", 0o444);
    sandbox.rrm(["rm", "-I", "ro"]).ok().silent();
    sandbox.dir("d");
    sandbox.command(["rm", "-I", "d"]).reading("n\n").run().ok().err_contains("remove 1 argument recursively? ");
    sandbox.file("ro", "x");
    sandbox.chmod("ro", 0o444);
    let (run, shown) = answered(&sandbox.command_as_rm(["ro"]), From::Terminal, "n\n");
    run.ok();
    assert!(shown.contains("remove write-protected regular file 'ro'? "), "{run}");
    assert!(sandbox.path("ro").symlink_metadata().is_ok());
}

/// One label groups what several commands removed, under either name.
#[test]
fn a_session_is_listed_and_restored_as_a_whole() {
    let sandbox = Sandbox::new();
    for name in ["a", "b", "c", "other"] {
        sandbox.file(name, name);
    }
    sandbox.command_as_rm(["a"]).with("RRM_SESSION", "job 7").run().ok();
    sandbox.command(["rm", "b"]).with("RRM_SESSION", "job 7").run().ok();
    sandbox.rrm(["rm", "--session", "job 7", "c"]).ok();
    sandbox.command_as_rm(["other"]).with("RRM_SESSION", "job 8").run().ok();
    let listed = sandbox.rrm(["list", "--session", "job 7", "--format", "json"]);
    assert_eq!(listed.ok().stdout().lines().count(), 3);
    sandbox.rrm(["restore", "--session", "job 7"]).ok();
    for name in ["a", "b", "c"] {
        assert_eq!(fs::read_to_string(sandbox.path(name)).expect("restored"), name);
    }
    assert_eq!(trashed(&sandbox), ["other"]);
    sandbox.rrm(["restore", "--session", "job 7"]).fails(1);
}

// [12]
#[test]
fn a_link_is_never_followed() {
    for number in [0, 1] {
        let sandbox = Sandbox::new();
        let target = sandbox.tree("target", &[("precious", "x")]);
        sandbox.symlink("l", "target");
        let before = snapshot(&target);
        for words in [&["l/"][..], &["-r", "l/"], &["-rf", "l/"], &["-rf", "l//"]] {
            both(&sandbox, words)[number].run().fails(1);
        }
        both(&sandbox, &["l"])[number].run().ok().silent();
        assert_eq!(trashed(&sandbox), ["l"]);
        sandbox.rrm(["clean", "--all", "--yes"]).ok();
        assert_eq!(snapshot(&target), before);
    }
}

// [13]
#[test]
fn dots_are_refused_one_by_one() {
    for number in [0, 1] {
        let sandbox = Sandbox::new();
        sandbox.tree("d", &[("x", "")]);
        let words = ["-r", "", ".", "..", "./", ".//", "d/.", "d/..", "d/../", "d/../d/."];
        let run = both(&sandbox, &words)[number].run();
        run.fails(1).err_contains("cannot remove '': No such file or directory");
        assert_eq!(run.stderr().matches("refusing to remove '.' or '..' directory: skipping").count(), 8, "{run}");
        for name in ["..x", "...", ".hidden"] {
            sandbox.file(name, "");
        }
        both(&sandbox, &["-r", ".", "..x", "...", ".hidden"])[number].run().fails(1);
        assert_eq!(trashed(&sandbox), ["...", "..x", ".hidden"]);
    }
}

// [14], [16]; the root itself is for the comparison with GNU, which runs where it cannot be harmed.
#[test]
fn what_is_protected_refuses_the_whole_command() {
    for number in [0, 1] {
        let sandbox = Sandbox::new();
        sandbox.file("bystander", "");
        sandbox.dir("~");
        let home = sandbox.home();
        let root = sandbox.root().to_owned();
        both(&sandbox, &["-r", "~"])[number].run().ok();
        let trash = sandbox.trash();
        for protected in [&home, &root, &trash, &home.join(".local"), &home.join("../home")] {
            let words = ["-rf", "bystander", protected.to_str().expect("text")];
            both(&sandbox, &words)[number].run().fails(1).err_contains("nothing was removed");
            assert!(sandbox.path("bystander").symlink_metadata().is_ok(), "{}", protected.display());
        }
        assert_eq!(trashed(&sandbox), ["~"]);
        let beside = home.join(".rrm-other");
        fs::create_dir(&beside).expect("a directory");
        both(&sandbox, &["-r", beside.to_str().expect("text")])[number].run().ok().silent();
    }
}

// [15]
#[test]
fn a_mount_is_refused_with_its_tree_or_left_out_of_it() {
    in_mount_namespace!();
    for number in [0, 1] {
        let sandbox = Sandbox::new();
        sandbox.tree("d", &[("x", ""), ("s/y", "")]);
        let mount = or_skip!(Mount::tmpfs("", &sandbox.path("d/m")));
        fs::write(mount.path().join("live"), "").expect("the mount is ours");
        both(&sandbox, &["-rf", "d"])[number].run().fails(1).err_contains("d/m");
        both(&sandbox, &["-rf", "d/m"])[number].run().fails(1).err_contains("another file system is mounted there");
        let words = ["-rf", "--preserve-root=all", "d/m"];
        let run = both(&sandbox, &words)[number].run();
        run.fails(1).err_contains("skipping 'd/m', since it's on a different device\n");
        run.err_contains("and --preserve-root=all is in effect\n");
        assert!(sandbox.path("d/x").symlink_metadata().is_ok());

        let run = both(&sandbox, &["-rf", "--one-file-system", "d"])[number].run();
        run.fails(1).err_contains("skipping 'd/m', since it's on a different device\n");
        assert_eq!(run.stderr().lines().count(), 1, "{run}");
        assert_eq!(trashed(&sandbox), ["d/s", "d/x"]);
        assert!(mount.path().join("live").symlink_metadata().is_ok());
    }
}

// [17], [18]
#[test]
fn a_name_is_only_a_name() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    let names: &[&[u8]] =
        &[b"-rf", b"--trash-dir=x", b"list", b"45", b"a b", b"new\nline", b"\x1b[31m", b"$HOME", b"it's", b"\xff\xfe"];
    for number in [0, 1] {
        let sandbox = Sandbox::new();
        for name in names {
            sandbox.file(OsStr::from_bytes(name), "");
        }
        let words = [&b"--"[..]].into_iter().chain(names.iter().copied()).map(OsStr::from_bytes);
        let command = if number == 0 { sandbox.command_as_rm(words) } else { sandbox.command(["rm"]).args(words) };
        command.run().ok().silent();
        assert_eq!(fs::read_dir(sandbox.work()).expect("readable").count(), 0);
        sandbox.rrm(["undo"]).ok();
        assert_eq!(fs::read_dir(sandbox.work()).expect("readable").count(), names.len());
    }
    let sandbox = Sandbox::new();
    sandbox.file("-foo", "");
    sandbox.rrm_as_rm(["-foo"]).fails(1).err_contains(" ./-foo' to remove the file '-foo'.");
}

// [19], [39]
#[test]
fn force_silences_what_is_missing_and_no_failure() {
    for number in [0, 1] {
        let sandbox = Sandbox::ordinary();
        sandbox.tree("held", &[("x", "")]);
        sandbox.chmod("held", 0o555);
        for (words, status) in [
            (&["nosuch"][..], 1),
            (&["-f", "nosuch"], 0),
            (&["held/x"], 1),
            (&["-f", "held/x"], 1),
            (&["-rf", "."], 1),
            (&["-f", "held/x", "nosuch"], 1),
        ] {
            let run = both(&sandbox, words)[number].run();
            run.fails(status);
            assert_eq!(run.stderr().is_empty(), status == 0, "{run}");
        }
        for redirection in [">/dev/full", ">&-"] {
            sandbox.file("f", "");
            let run = both(&sandbox, &["-v", "f"])[number].clone().redirected(redirection).run();
            assert!(sandbox.path("f").symlink_metadata().is_err(), "{run}");
        }
        sandbox.file("f", "");
        let run = both(&sandbox, &["-v", "f"])[number].clone().redirected(">/dev/full").run();
        run.fails(1).err_contains("write error: No space left on device");
        sandbox.chmod("held", 0o755);
    }
}

/// What `rm -v` prints, one name after the other, of a tree that is made anew each time.
fn names_told(sandbox: &Sandbox, program: Option<&str>, words: &[&str]) -> String {
    sandbox.tree("t", &[("a", ""), ("it's", ""), ("s/b", ""), ("s/u/c", ""), ("z/d", "")]);
    sandbox.dir("t/empty");
    sandbox.symlink("t/link", "nowhere");
    sandbox.fifo("t/s/fifo");
    sandbox.file("f", "");
    match program {
        None => sandbox.rrm_as_rm(words).ok().stdout(),
        Some(program) => sandbox.tool(program, words).run().ok().stdout(),
    }
}

/// Each name of a tree in the order and the words of rm, what a directory holds before it.
#[test]
fn a_verbose_removal_tells_each_name_as_rm_does() {
    for words in [&["-rv", "t", "f"][..], &["--verbose", "-r", "t///"], &["-frv", "./t/s/..//s", "t"], &["-v", "f"]] {
        let ours = names_told(&Sandbox::ordinary(), None, words);
        let theirs = names_told(&Sandbox::ordinary(), Some("/bin/rm"), words);
        assert_eq!(ours, theirs, "{words:?}");
    }
    let sandbox = Sandbox::ordinary();
    sandbox.dir("a/a");
    sandbox.file("b", "");
    let told = "removed directory 'a/a'\nremoved directory 'a'\nremoved 'b'\n";
    sandbox.rrm_as_rm(["--verbose", "-r", "a", "b"]).ok().out_is(told);
    sandbox.file("d/x", "");
    sandbox.rrm_as_rm(["-rv", "d///"]).ok().out_is("removed 'd/x'\nremoved directory 'd/'\n");
    // One that cannot be read goes with all that is in it, and rm is not asked to tell of that.
    sandbox.file("d/closed/x", "");
    sandbox.chmod("d/closed", 0);
    if sandbox.user().is_other() {
        let told = "removed directory 'd/closed'\nremoved directory 'd'\n";
        sandbox.rrm_as_rm(["-rfv", "d"]).ok().out_is(told);
    }
    // In its own name it tells what it was asked to remove, which is one item.
    sandbox.file("d/x", "");
    sandbox.rrm(["rm", "-rv", "d"]).ok().out_is("removed directory 'd'\n");
}

/// A tree is moved as one, whatever it holds: without `-v`, nobody looks into it.
#[test]
fn only_a_verbose_removal_looks_into_a_tree() {
    or_skip!(strace::available());
    let reads = |options: &str| {
        let sandbox = Sandbox::new();
        sandbox.tree("t", &[("a/b/c", ""), ("d/e", ""), ("f", "")]);
        let (run, log) = strace::log_of(&sandbox.command_as_rm([options, "t"]));
        run.ok();
        let is_opened = |name: &str| log.contains(&format!("\"{name}\""));
        ["a", "b", "d"].into_iter().filter(|name| is_opened(name)).count()
    };
    assert_eq!((reads("-r"), reads("-rv")), (0, 3));
}
