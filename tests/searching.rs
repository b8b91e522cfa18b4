//! Words that are no ID and no path: what each command makes of them.

use serde_json::Value;

use crate::common::Sandbox;

/// A sandbox with these removed by one command each, all in directories that are not the working directory.
fn removed(names: &[&str]) -> Sandbox {
    let sandbox = Sandbox::new();
    for name in names {
        sandbox.file(name, name);
        sandbox.rrm(["rm", name]).ok();
    }
    sandbox
}

fn id_of(sandbox: &Sandbox, name: &str) -> String {
    let is_it = |item: &Value| item["original_path"].as_str().is_some_and(|path| path.ends_with(name));
    let items = sandbox.list_json();
    items.iter().find(|item| is_it(item)).expect("listed")["id"].as_str().expect("an ID")[..8].to_owned()
}

#[test]
fn one_match_is_restored_and_told() {
    let sandbox = removed(&["d/report.txt", "d/zed", "e/zed.log"]);
    let told = format!("restored '{}'\n", sandbox.path("d/report.txt").display());
    sandbox.rrm(["restore", "repo"]).ok().out_is(&told);
    sandbox.rrm(["restore", "Zed"]).fails(1).err_contains("nothing in the trash matches; similar names: 'zed'");
    sandbox.rrm(["restore", "-q", "zed"]).ok().silent();
    assert!(sandbox.path("d/zed").exists() && !sandbox.path("e/zed.log").exists());
    sandbox.rrm(["restore", "e/zed.log"]).ok().silent();
}

#[test]
fn several_are_shown_with_the_line_to_type() {
    let sandbox = removed(&["d/zed", "e/zed"]);
    for command in [&["restore"][..], &["show"], &["show", "--content"], &["keep"], &["keep", "--release"]] {
        let run = sandbox.command(command).args(["zed"]).run();
        run.fails(1)
            .out_is("")
            .err_contains("rrm: 'zed' matches 2 items\n")
            .err_contains("hint: choose one by its ID: ");
        let line = format!("rrm {} {}", command.join(" ").replace(" --content", ""), id_of(&sandbox, "e/zed"));
        run.err_contains("d/zed\n").err_contains("e/zed\n").err_contains(&line);
    }
    assert_eq!(sandbox.list_json().len(), 2);
    let listed = sandbox.rrm(["list", "zed"]);
    assert_eq!(listed.ok().stdout().lines().filter(|line| line.ends_with("/zed")).count(), 2, "{listed}");
    sandbox.rrm(["restore", "zed", &id_of(&sandbox, "d/zed")]).fails(1);
    assert!(sandbox.path("d/zed").exists(), "one word costs the others nothing");
}

#[test]
fn versions_of_one_path_are_one_match() {
    let sandbox = removed(&["d/zed", "d/zed", "d/zed"]);
    sandbox.rrm(["keep", "zed"]).ok().out_contains("kept 3 items: ");
    sandbox.rrm(["restore", "zed"]).ok();
    assert_eq!(sandbox.list_json().len(), 2);
}

/// A glob takes all that a word has found, where the names have it.
#[test]
fn several_are_taken_by_a_glob() {
    let sandbox = removed(&["d/zed", "e/zed", "other"]);
    let found = sandbox.rrm(["restore", "zed"]);
    let hint = "; to select them all, use a glob: rrm restore '**/*zed*'\n";
    found.fails(1).err_contains("rrm: 'zed' matches 2 items\n").err_contains(hint);
    sandbox.rrm(["restore", "**/*zed*"]).ok();
    assert_eq!(sandbox.list_json().len(), 1);
    let sandbox = removed(&["zed/a", "zed/b"]);
    sandbox.rrm(["restore", "zed"]).fails(1).err_lacks("use a glob");
}

/// What is deleted for good is what was named, or what somebody has seen and agreed to.
#[test]
fn clean_never_widens_a_word() {
    let sandbox = removed(&["d/zed", "e/zed.log"]);
    for options in [&["--yes"][..], &["-n"], &[]] {
        let run = sandbox.command(["clean", "zed"]).args(options).run();
        run.fails(1).err_contains("rrm: 'zed' is not the path of an item; it matches 1 item\n").err_contains("d/zed\n");
        run.err_contains(&format!("hint: to delete it: rrm clean {}", id_of(&sandbox, "d/zed")));
    }
    assert_eq!(sandbox.list_json().len(), 2);
    let refused = sandbox.command(["clean", "zed"]).on_terminal(80, "n\n");
    let shown = refused.stdout();
    assert!(shown.contains("'zed' is not the path of an item; it matches 1 item"), "{refused}");
    assert!(
        shown.contains("d/zed") && shown.contains("/d/zed' (5 B) for good?") && !shown.contains("hint: "),
        "{refused}"
    );
    assert_eq!(sandbox.list_json().len(), 2);
    sandbox.command(["clean", "zed"]).on_terminal(80, "y\n").ok();
    assert_eq!(sandbox.list_json().len(), 1);
    sandbox.rrm(["clean", "--yes", "e/zed.log"]).ok();
    assert_eq!(sandbox.list_json().len(), 0);
}

/// The working directory was removed once, and is there again: every word could be a path in the old one.
#[test]
fn a_word_is_searched_where_a_removed_directory_has_not_got_it() {
    let sandbox = removed(&["d/zed", "d/inner"]);
    sandbox.file("old/inside", "inside");
    sandbox.rrm(["rm", "old"]).ok();
    sandbox.dir("old");
    let here = |word: &str| sandbox.command(["restore", word]).within(sandbox.path("old")).run();
    here("zed").ok().out_contains("d/zed'");
    here("inside").ok().silent();
    assert!(sandbox.path("old/inside").exists());
    here("none").fails(1).err_contains("does not contain it");
}

#[test]
fn what_is_said_to_be_a_path_is_not_searched() {
    let sandbox = removed(&["d/zed"]);
    for word in ["path:zed", "./zed", "/zed", "id:dead", "glob:zed", "name:ze", "zed*"] {
        sandbox.rrm(["restore", word]).fails(1).err_contains("nothing in the trash matches");
    }
    sandbox.rrm(["restore", "name:zed"]).ok().silent();
}

/// What a person of another program types first.
#[test]
fn names_of_other_programs_are_understood() {
    let sandbox = Sandbox::new();
    for (remove, list, restore, clean) in [
        ("delete", "ls", "recover", "empty"),
        ("remove", "search", "restore", "purge"),
        ("put", "find", "undo", "clean"),
        ("trash", "list", "undelete", "clean"),
        ("rm", "list", "unrm", "clean"),
    ] {
        sandbox.file("a", "a");
        sandbox.rrm([remove, "a"]).ok().silent();
        sandbox.rrm([list]).ok().out_contains("/a\n");
        sandbox.command([restore]).args((restore != "undo").then_some("a")).run().ok();
        sandbox.rrm([remove, "a"]).ok().silent();
        // Empty asks as clean does: what is inside its grace period stays, and is never deleted without a question.
        sandbox.rrm([clean]).ok().silent();
        sandbox.rrm([clean, "--all"]).fails(1).err_contains("without confirmation");
        sandbox.rrm([clean, "--all", "--yes"]).ok();
        assert_eq!(sandbox.list_json().len(), 0, "{clean}");
    }
    let help = sandbox.rrm(["--help"]);
    for hidden in ["delete", "recover", "purge", "search", "trash", "undelete", "unrm"] {
        let is_told = |line: &str| line.split_whitespace().next() == Some(hidden);
        assert!(!help.ok().stdout().lines().any(is_told), "{help}");
    }
}

/// On a terminal the screen of `browse` has just those to pick from, and what else was named goes along.
#[test]
fn on_a_terminal_several_are_picked_from() {
    let sandbox = removed(&["d/zed", "e/zed", "f/other", "g/third"]);
    let command = sandbox.command(["restore", "zed", "f/other"]).with("TERM", "xterm-256color");
    let mut screen = command.on_screen(80, 24);
    screen.shows("d/zed").shows("e/zed");
    assert!(!screen.text().contains("third"), "{}", screen.text());
    screen.types("\r");
    assert!(screen.ends().success());
    assert!(sandbox.path("f/other").exists());
    assert_eq!(sandbox.list_json().len(), 2);
}

/// The beginning of an ID that is the whole name of another item is neither.
#[test]
fn a_name_that_begins_another_items_id_is_ambiguous() {
    let sandbox = removed(&["d/other"]);
    let digits = id_of(&sandbox, "d/other")[..6].to_owned();
    sandbox.file(format!("e/{digits}"), "named so");
    sandbox.rrm(["rm", &format!("e/{digits}")]).ok();
    for words in [&["restore"][..], &["clean", "--yes"], &["keep"], &["show"]] {
        let run = sandbox.command(words).args([&digits]).run();
        run.fails(1).err_contains("put id:, path: or name: in front");
    }
    sandbox.rrm(["clean", "--yes", &format!("id:{digits}")]).ok();
    sandbox.rrm(["restore", &format!("name:{digits}")]).ok();
    assert!(sandbox.path(format!("e/{digits}")).exists());
}

/// What is released may be deleted by the next clean, so a word that it merely occurs in does not choose it.
#[test]
fn a_word_releases_nothing_that_it_is_only_a_part_of() {
    let sandbox = removed(&["d/budget-final.txt"]);
    sandbox.rrm(["keep", "final"]).ok();
    sandbox.rrm(["keep", "--release", "final"]).fails(1).err_contains("'final'");
    assert_eq!(sandbox.list_json()[0]["state"], "kept");
}

/// What one word is found in may be what another names: it is restored once.
#[test]
fn what_two_words_mean_is_restored_once() {
    let sandbox = removed(&["p", "q/foo"]);
    sandbox.dir("p");
    sandbox.command(["restore", "foo", "../q/foo"]).within(sandbox.path("p")).run().ok();
    assert!(sandbox.path("q/foo").exists());
}
