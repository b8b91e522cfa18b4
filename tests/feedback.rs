//! What is said beside the output that a command is for: hints, closing lines, progress, colours; and how a person has
//! it otherwise.

use std::path::Path;

use crate::common::{Invocation, Mount, Run, Sandbox, strace};

/// Files `f0`, `f1` and so on.
fn files(sandbox: &Sandbox, number: usize) -> Vec<String> {
    let names: Vec<String> = (0..number).map(|number| format!("f{number}")).collect();
    names.iter().for_each(|name| drop(sandbox.file(name, "x")));
    names
}

fn removal(sandbox: &Sandbox, words: &[&str], number: usize) -> Invocation {
    let operands = files(sandbox, number);
    sandbox.command(words.iter().copied().chain(["--session", "s"]).chain(operands.iter().map(String::as_str)))
}

fn undone(sandbox: &Sandbox) {
    sandbox.rrm(["undo", "--session", "s"]).ok();
}

#[test]
fn a_large_removal_tells_on_a_terminal_how_to_undo_it() {
    let sandbox = Sandbox::ordinary();
    let line = "rrm: moved 10 items to the trash; rrm undo restores them\n";
    removal(&sandbox, &["rm"], 1).run().ok();
    undone(&sandbox);
    let shown = removal(&sandbox, &["rm"], 10).on_terminal(80, "");
    assert_eq!(shown.ok().stdout(), line);
    undone(&sandbox);
    removal(&sandbox, &["rm"], 9).on_terminal(80, "").ok().silent();
    undone(&sandbox);
    removal(&sandbox, &["rm"], 10).run().ok().silent();
    undone(&sandbox);
    removal(&sandbox, &["rm", "-q"], 10).on_terminal(80, "").ok().silent();
    undone(&sandbox);
    removal(&sandbox, &["rm", "--dry-run"], 10).on_terminal(80, "").ok().err_lacks("moved");
    let as_rm = sandbox.command_as_rm(files(&sandbox, 10)).on_terminal(80, "");
    as_rm.ok().silent();
}

/// Once, where a person can read it.
#[test]
fn the_first_removal_ever_says_where_it_went() {
    let sandbox = Sandbox::ordinary();
    let told = format!(
        "rrm: moved 1 item to the trash in '{}'; rrm undo restores it; rrm list shows the trash\n",
        sandbox.trash().display()
    );
    removal(&sandbox, &["rm", "-n"], 1).on_terminal(80, "").ok().err_lacks("moved");
    assert_eq!(removal(&sandbox, &["rm"], 1).on_terminal(80, "").ok().stdout(), told);
    undone(&sandbox);
    removal(&sandbox, &["rm"], 1).on_terminal(80, "").ok().silent();
    let quiet = Sandbox::ordinary();
    quiet.command_as_rm(files(&quiet, 1)).on_terminal(80, "").ok().silent();
    removal(&quiet, &["rm"], 1).on_terminal(80, "").ok().silent();
    let piped = Sandbox::ordinary();
    removal(&piped, &["rm"], 1).run().ok().silent();
    removal(&Sandbox::ordinary(), &["rm", "-q"], 1).on_terminal(80, "").ok().silent();
}

/// What is told can be typed, also where the trash is not the usual one.
#[test]
fn the_undo_that_is_told_undoes() {
    let sandbox = Sandbox::ordinary();
    let trash = sandbox.path("a trash");
    removal(&sandbox, &["rm", "--trash-dir", "a trash"], 1).run().ok();
    let shown = removal(&sandbox, &["rm", "--trash-dir", "a trash"], 12).on_terminal(200, "");
    let undo = format!("rrm --trash-dir '{}' undo", trash.display());
    shown.ok().out_contains(&format!("moved 12 items to the trash; {undo} restores them"));
    let words = format!("\"$0\" {}", undo.strip_prefix("rrm ").expect("it is a command"));
    let program = crate::common::binary();
    sandbox.tool("sh", ["-c", &words, program.to_str().expect("plain text")]).run().ok();
    assert!(sandbox.path("f11").exists());
}

#[test]
fn quiet_leaves_only_what_was_asked_for_and_what_went_wrong() {
    let sandbox = Sandbox::ordinary();
    let error = "rrm: cannot remove 'nosuch': No such file or directory\n";
    assert_eq!(sandbox.rrm(["rm", "-q", "nosuch"]).fails(1).stderr(), error);
    assert_eq!(sandbox.rrm(["--quiet", "rm", "nosuch"]).fails(1).stderr(), error);
    sandbox.rrm(["rm", "nosuch"]).fails(1).err_contains("rrm: hint: ");
    sandbox.file("a", "a");
    sandbox.rrm(["rm", "-q", "a"]).ok().silent();
    sandbox.rrm(["list", "-q"]).ok().out_contains("a");
    sandbox.rrm(["undo", "-q", "--session", "nosuch"]).fails(1).err_lacks("hint");
    sandbox.rrm(["undo", "-q"]).ok().silent();
    sandbox.rrm(["rm", "a"]).ok();
    let trash = sandbox.trash();
    let clean = ["clean", "-q", "--all", "--trash", trash.to_str().expect("plain text")];
    let asked = sandbox.command(clean).on_terminal(80, "y\n");
    asked.ok().out_contains("for good?");
    assert!(!asked.stdout().contains("deleted 1"), "{asked}");
    sandbox.rrm(["list", "-q"]).ok().silent();
    sandbox.rrm(["shim", "install", "-q"]).ok().silent();
}

#[test]
fn verbose_tells_what_was_done_in_every_command_that_does_something() {
    let sandbox = Sandbox::ordinary();
    let trash = sandbox.trash();
    let trash = trash.to_str().expect("plain text");
    sandbox.file("a", "a");
    for (words, told) in [
        (&["rm", "-v", "a"][..], "removed 'a'\n"),
        (&["keep", "-v", "a"], "kept "),
        (&["keep", "--release", "--verbose", "a"], "released "),
        (&["-v", "restore", "a"], "restored '"),
        (&["rm", "--verbose", "a"], "removed 'a'\n"),
        (&["clean", "-v", "--trash", trash], "deleted 0 items, "),
        (&["config", "set", "-v", "grace-period", "2w"], "set grace-period to '2w'\n"),
        (&["config", "unset", "-v", "grace-period"], "reset grace-period to its default\n"),
        (&["man", "-v", "pages"], "wrote the manual pages to 'pages'\n"),
        (&["shim", "install", "-v"], "made '"),
        (&["shim", "remove", "-v"], "removed '"),
    ] {
        sandbox.rrm(words).ok().out_contains(told);
    }
    sandbox.file("a", "a");
    sandbox.rrm(["rm", "-v", "-q", "a"]).ok().silent();
    sandbox.file("a", "a");
    sandbox.rrm(["rm", "-q", "-v", "a"]).ok().out_contains("removed 'a'\n");
}

#[test]
fn who_leaves_the_command_out_is_told_how_to_remove() {
    let sandbox = Sandbox::ordinary();
    for (words, removal) in [
        (&["notes.txt"][..], "rrm rm notes.txt"),
        (&["-rf", "a b"], "rrm rm -rf 'a b'"),
        (&["q1", "q2", "q3", "q4"], "rrm rm q1 q2 q3 ..."),
    ] {
        sandbox.rrm(words).fails(2).err_contains(&format!("hint: to remove files, use: {removal}\n"));
    }
    for words in [&["lst"][..], &["-x"], &["schedule", "foo"], &["list", "-f"]] {
        sandbox.rrm(words).fails(2).err_lacks("to remove files");
    }
    sandbox.rrm(["list", "--last", "x"]).fails(2).err_contains("write a number, 1 or more");
    sandbox.rrm(["stats", "--largest", "x"]).fails(2).err_contains("write a number, 0 or more");
}

#[test]
fn a_keep_of_nothing_fails() {
    let sandbox = Sandbox::ordinary();
    sandbox.rrm(["keep", "--under", "nosuch"]).fails(1).err_contains("nothing in the trash matches");
    sandbox.rrm(["keep", "--release"]).fails(2).err_contains("nothing selected to release");
}

/// Under the name `rm` none of these options exists.
#[test]
fn rm_knows_none_of_these_options() {
    let sandbox = Sandbox::ordinary();
    for option in ["-q", "--quiet", "--color=never", "--color"] {
        sandbox.file("a", "a");
        sandbox.rrm_as_rm([option, "a"]).fails(1);
        assert!(sandbox.path("a").exists(), "{option}");
    }
}

#[test]
fn colours_are_where_they_are_wanted() {
    let sandbox = Sandbox::ordinary();
    sandbox.dir("d");
    sandbox.rrm(["rm", "d"]).ok();
    let list = |words: &[&str]| {
        sandbox.command([&["list"], words].concat()).with("TERM", "xterm").with("LS_COLORS", "di=01;34")
    };
    let coloured = |run: Run| run.ok().stdout().contains("\u{1b}[");
    for (words, on_terminal, in_pipe) in [
        (&[][..], true, false),
        (&["--color", "auto"], true, false),
        (&["--color=always"], true, true),
        (&["--color=never"], false, false),
    ] {
        assert_eq!(coloured(list(words).on_terminal(80, "")), on_terminal, "{words:?} on a terminal");
        assert_eq!(coloured(list(words).run()), in_pipe, "{words:?} in a pipe");
    }
    assert!(!coloured(list(&[]).with("NO_COLOR", "1").on_terminal(80, "")));
    assert!(coloured(list(&["--color=always"]).with("NO_COLOR", "1").run()));
    sandbox.rrm(["list", "--color=blue"]).fails(2);
    // Help and complaints, too, wherever it is said.
    let help = |words: &[&str]| sandbox.command(words).with("TERM", "xterm");
    assert!(coloured(help(&["rm", "--help"]).on_terminal(80, "")));
    assert!(!coloured(help(&["rm", "--help", "--color", "never"]).on_terminal(80, "")));
    assert!(coloured(help(&["--color=always", "rm", "--help"]).run()));
    assert!(help(&["--color=always", "nosuch"]).run().fails(2).stderr().contains("\u{1b}["));
    assert!(!help(&["nosuch", "--", "--color=always"]).run().fails(2).stderr().contains("\u{1b}["));
    // [66] One rule for tables, help and complaints.
    for name in ["CLICOLOR_FORCE", "FORCE_COLOR"] {
        assert!(!coloured(list(&[]).with(name, "1").run()) && !coloured(help(&["rm", "--help"]).with(name, "1").run()));
        assert!(!help(&["nosuch"]).with(name, "1").run().fails(2).stderr().contains("\u{1b}["));
    }
}

/// Whoever asks in the words of git or cargo is told the same.
#[test]
fn help_is_a_command_as_well() {
    let sandbox = Sandbox::ordinary();
    let told = |words: &[&str]| sandbox.rrm(words).ok().stdout();
    assert_eq!(told(&["help"]), told(&["--help"]));
    assert_eq!(told(&["help", "list"]), told(&["list", "--help"]));
    assert_eq!(told(&["help", "shim", "status"]), told(&["shim", "status", "--help"]));
    sandbox.rrm(["help", "nosuch"]).fails(2);
}

/// A hundred errors of one kind have one next step.
#[test]
fn a_hint_is_told_once() {
    let sandbox = Sandbox::ordinary();
    let run =
        sandbox.rrm((0..100).map(|number| format!("nosuch{number}")).fold(vec!["rm".to_owned()], |mut all, one| {
            all.push(one);
            all
        }));
    assert_eq!((run.stderr().matches("No such file").count(), run.stderr().matches("hint:").count()), (100, 1));
}

/// Runs it on a terminal, with every call of this name slowed down so much that sixteen take longer than the moment for
/// which nothing is shown; a shorter one than people get.
fn slowly(command: &Invocation, call: &str) -> Run {
    let inject = format!("inject={call}:delay_enter=9000");
    let trace = format!("trace={call}");
    command
        .clone()
        .with("TERM", "xterm")
        .in_a_hurry()
        .through(["strace", "-f", "-q", "-o", "/dev/null", "-e", &trace, "-e", &inject])
        .on_terminal(80, "")
}

fn with_tree(sandbox: &Sandbox, at: impl AsRef<Path>) {
    (0..16).for_each(|number| drop(sandbox.file(at.as_ref().join(format!("f{number}")), "12345")));
}

#[test]
fn long_work_tells_how_far_it_is() {
    or_skip!(strace::available());
    let sandbox = Sandbox::ordinary();
    with_tree(&sandbox, "tree");
    let removed = slowly(&removal(&sandbox, &["rm"], 16), "renameat2");
    removed
        .ok()
        .out_contains("moving ")
        .out_contains(" of 16 items, ")
        .out_contains(" left")
        .out_contains("moved 16 items");
    let restored = slowly(&sandbox.command(["undo"]), "renameat2");
    restored.ok().out_contains(" of 16 items, ");

    sandbox.rrm(["rm", "tree"]).ok();
    let measured = slowly(&sandbox.command(["list", "--size", "tree"]), "statx");
    measured.ok().out_contains("measuring ").out_contains(" entries, ").out_contains(" B, ").out_contains("/s, ");
    let quiet = sandbox.command(["-q", "list", "--size", "tree"]);
    assert!(!slowly(&quiet, "statx").ok().stdout().contains("measuring"));

    let trash = sandbox.trash();
    let clean = sandbox.command(["clean", "--all", "-y", "--trash", trash.to_str().expect("plain text")]);
    slowly(&clean, "unlinkat").ok().out_contains("deleting ").out_contains(" entries, ").out_contains("KiB");
}

#[test]
fn a_copy_in_and_out_of_the_trash_tells_how_far_it_is() {
    in_mount_namespace!();
    or_skip!(strace::available());
    let sandbox = Sandbox::ordinary();
    let _disk = or_skip!(Mount::tmpfs("", &sandbox.path("disk"))).owned_by(sandbox.user());
    with_tree(&sandbox, "disk/tree");
    removal(&sandbox, &["rm"], 1).run().ok();
    // The survey asks for the attributes of each entry, and so does the copy.
    let copied = slowly(&sandbox.command(["rm", "--into-home", "disk/tree"]), "flistxattr");
    copied
        .ok()
        .out_contains("measuring ")
        .out_contains("copying ")
        .out_contains(" of 17 entries, ")
        .out_contains("/s, ");
    // One item, but a person has waited for it.
    copied.out_contains("moved 1 item to the trash; rrm undo restores it");
    slowly(&sandbox.command(["undo"]), "flistxattr").ok().out_contains("copying ").out_contains(" of 17 entries, ");
}

/// Work that is over at once shows nothing, nor does any in a pipe.
#[test]
fn short_work_and_pipes_show_no_progress() {
    let sandbox = Sandbox::ordinary();
    with_tree(&sandbox, "tree");
    removal(&sandbox, &["rm"], 1).run().ok();
    sandbox.command(["rm", "tree"]).on_terminal(80, "").ok().silent();
    let shown = sandbox.command(["list", "--size", "tree"]).on_terminal(80, "");
    assert!(!shown.ok().stdout().contains("measuring"), "{shown}");
    sandbox.rrm(["list", "--size", "tree"]).ok().err_lacks("measuring");
}
