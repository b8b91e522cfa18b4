//! A tree that a guarded command has destroyed comes back by one undo, as it was.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use super::options::quoted;
use super::{has, sandbox, sandbox_of};
use crate::common::{Missing, Run, Sandbox, say_skipped};

/// What an entry was: its kind and mode, owner, time of change, content or target.
pub(super) type Entry = (u32, u32, i64, Vec<u8>);

/// All entries below a directory.
pub(super) fn tree(top: &Path) -> BTreeMap<PathBuf, Entry> {
    let mut entries = BTreeMap::new();
    let mut left = vec![top.to_owned()];
    while let Some(path) = left.pop() {
        let is = fs::symlink_metadata(&path).expect("it is there");
        let content = if is.is_file() {
            // One that its owner has closed is compared by its mode.
            fs::read(&path).unwrap_or_default()
        } else if is.is_symlink() {
            fs::read_link(&path).expect("a link").into_os_string().into_encoded_bytes()
        } else {
            left.extend(fs::read_dir(&path).expect("a directory").map(|entry| entry.expect("an entry").path()));
            Vec::new()
        };
        let changed = if is.is_dir() { 0 } else { is.mtime_nsec() + is.mtime() };
        entries.insert(path.strip_prefix(top).expect("below").to_owned(), (is.mode(), is.uid(), changed, content));
    }
    entries
}

/// Some files in some directories, of every kind that has a content or a meaning.
pub(super) fn grow(sandbox: &Sandbox) {
    let top = sandbox.path("tree");
    for directory in ["empty", "src/deep/deeper", "closed"] {
        fs::create_dir_all(top.join(directory)).expect("work is empty");
    }
    for (file, content) in
        [("a", "alpha"), ("b", "beta"), ("src/c", "gamma"), ("src/deep/deeper/d", "delta"), ("closed/e", "e")]
    {
        fs::write(top.join(file), content).expect("work is ours");
    }
    symlink("../a", top.join("src/link")).expect("work is ours");
    fs::set_permissions(top.join("b"), fs::Permissions::from_mode(0o640)).expect("it is ours");
    fs::set_permissions(top.join("closed"), fs::Permissions::from_mode(0o750)).expect("it is ours");
    let owner = sandbox.user().ids();
    for path in tree(&sandbox.path("tree")).keys() {
        std::os::unix::fs::lchown(top.join(path), Some(owner.0), Some(owner.1)).expect("root, or the same");
    }
}

/// Runs a script on a fresh tree under the guard, undoes it, and compares. What the run has made may stay, by these names.
#[track_caller]
fn comes_back(sandbox: &Sandbox, script: &str, stays: &[&str]) -> Run {
    let _ = fs::remove_dir_all(sandbox.path("tree"));
    grow(sandbox);
    let before = tree(&sandbox.path("tree"));
    let run = sandbox.command(["guard", "--", "sh", "-c", script]).within(sandbox.path("tree")).run();
    run.ok().silent();
    assert_ne!(tree(&sandbox.path("tree")), before, "it does something: {script}");
    let undone = sandbox.rrm(["undo"]);
    assert!(undone.status.success(), "{script}: {undone}");
    let mut after = tree(&sandbox.path("tree"));
    for name in stays {
        assert!(after.remove(Path::new(name)).is_some(), "{name} stays after {script}");
    }
    assert_eq!(after, before, "{script}");
    run
}

const SHAPES: &[(&str, &[&str])] = &[
    ("rm -rf src", &[]),
    ("rm -rf ./* .[!.]*", &[]),
    ("find . -mindepth 1 -delete", &[]),
    ("find . -type f -exec rm {} +", &[]),
    ("rm a b; rmdir empty", &[]),
    ("echo new >a", &[]),
    (": >b; rm b", &[]),
    ("cp a b", &[]),
    ("mv a b", &[]),
    ("mv a src/c; mv b src/c", &[]),
    ("mv src moved; rm -rf moved", &[]),
    ("mv a X; mv b X", &[]),
    ("sed -i s/a/x/ a b src/c", &[]),
    ("ln -sf nowhere b", &[]),
    ("rm a; echo new >a", &[]),
    ("chmod -R u+w .; rm -rf src", &[]),
    ("chmod 000 a; chmod 700 closed; rm b", &[]),
    ("truncate -s 1 src/deep/deeper/d", &[]),
    ("echo x | tee a b >/dev/null", &[]),
    ("dd if=/dev/zero of=a bs=1 count=2 conv=notrunc 2>/dev/null", &[]),
    ("printf x 1<>a; printf y 1<>a", &[]),
    ("shred a; shred -u b src/c", &[]),
    ("printf x 1<>a; mv a moved; echo new >moved; rm moved", &[]),
    ("NOTHING=; rm -rf $NOTHING./*", &[]),
    ("find . -mindepth 1 -delete -name '*.tmp'", &[]),
    ("find . -type f -exec sed -i s/a/x/ {} +", &[]),
    ("ln -s src build; rm -rf build/*", &["build"]),
    ("mkdir -p ../other; echo x >../other/a; tar -C ../other -cf ../other.tar a; tar xf ../other.tar", &[]),
    ("for file in a b src/c; do mv $file all; done", &[]),
    ("mv empty src/deep/; rm -rf src", &[]),
    ("echo made >made; rm -rf src", &["made"]),
    ("rm -rf src; mkdir src; echo other >src/c", &[]),
    ("mkdir new; mv src/deep new; rm -rf src; mv new src", &["new"]),
    ("mv src/c kept; rm -rf src; mkdir src; mv kept src/c", &[]),
    ("mkdir new; mv src/* new; rmdir src; mv new src; rm src/c", &["new"]),
];

#[test]
fn what_a_shell_destroys_comes_back() {
    let sandbox = or_skip!(sandbox());
    for (script, stays) in SHAPES {
        comes_back(&sandbox, script, stays);
    }
}

#[test]
fn what_an_ordinary_user_destroys_comes_back() {
    let sandbox = or_skip!(sandbox_of(Sandbox::ordinary()));
    for (script, stays) in SHAPES {
        comes_back(&sandbox, script, stays);
    }
}

#[test]
fn what_other_programs_destroy_comes_back() {
    let sandbox = or_skip!(sandbox());
    for (program, script) in [
        ("perl", "perl -pi -e s/a/x/ a b src/c"),
        ("perl", "perl -e 'unlink q(a), q(b); open F, q(>), q(src/c); rmdir q(empty)'"),
        ("python3", "python3 -c 'import shutil; shutil.rmtree(\"src\")'"),
        ("python3", "python3 -c 'import os; os.replace(\"a\", \"b\"); open(\"src/c\", \"w\").write(\"new\")'"),
        ("python3", "python3 -c 'import mmap; f = open(\"a\", \"r+b\"); mmap.mmap(f.fileno(), 0)[0:1] = b\"x\"'"),
        ("node", "node -e 'fs.rmSync(\"src\", {recursive: true}); fs.writeFileSync(\"a\", \"new\")'"),
        (
            "node",
            "node -e 'fs.promises.rm(\"src\", {recursive: true}).then(() => fs.promises.writeFile(\"a\", \"x\"))'",
        ),
        ("rsync", "rsync -r --delete empty/ src/"),
        ("rsync", "mkdir ../new; rsync -r --delete ../new/ ./"),
        ("npm", "echo '{\"scripts\": {\"clean\": \"rm -rf src a\"}}' >package.json; npm run -s clean"),
    ] {
        if has(program) {
            let stays: &[&str] = if program == "npm" { &["package.json"] } else { &[] };
            comes_back(&sandbox, script, stays);
        } else {
            say_skipped(&Missing::new(program, "for what it destroys"));
        }
    }
}

#[test]
fn what_git_destroys_comes_back() {
    let sandbox = or_skip!(sandbox());
    if !has("git") {
        skip!("git", "for what it destroys");
    }
    let git = "git -c user.name=a -c user.email=a@b -c init.defaultBranch=main";
    for (script, more) in [
        ("git clean -fdxq", ""),
        ("git checkout -q -- .", ""),
        ("git reset -q --hard", ""),
        ("git stash -q -u", ""),
        ("git worktree remove --force wt", "git worktree add -q wt -b other; echo work >wt/new"),
    ] {
        let top = sandbox.path("tree");
        let _ = fs::remove_dir_all(&top);
        grow(&sandbox);
        let prepare =
            format!("{git} init -q; {git} add a src; {git} commit -qm x; {more}\necho work >a; echo work >src/c");
        sandbox.tool("sh", ["-euc", &prepare]).within(&top).run().ok();
        let without_git = || tree(&top).into_iter().filter(|(path, _)| !path.starts_with(".git")).collect::<Vec<_>>();
        let before = without_git();
        let script = script.replacen("git", git, 1);
        sandbox.command(["guard", "--", "sh", "-c", &script]).within(&top).run().ok();
        assert_ne!(without_git(), before, "it does something: {script}");
        sandbox.rrm(["undo"]).ok();
        assert_eq!(without_git(), before, "{script}");
    }
}

/// A database writes into its file, beside a journal that comes and goes.
#[test]
fn what_a_database_overwrites_comes_back() {
    let sandbox = or_skip!(sandbox());
    if !has("python3") {
        skip!("python3", "for SQLite");
    }
    let python = |code: &str| {
        let code = format!("import sqlite3; c = sqlite3.connect('data'); c.execute('{code}'); c.commit()");
        ["python3".to_owned(), "-c".to_owned(), code]
    };
    for code in ["create table t (x)", "insert into t values (1), (2)"] {
        let [program, words @ ..] = python(code);
        sandbox.tool(&program, words).run().ok();
    }
    let before = fs::read(sandbox.path("data")).expect("it was made");
    for code in ["delete from t", "update t set x = 3", "vacuum"] {
        sandbox.command(["guard", "--"]).args(python(code)).run().ok().silent();
        assert_ne!(fs::read(sandbox.path("data")).expect("it is there"), before, "{code}");
        sandbox.rrm(["undo"]).ok();
        assert_eq!(fs::read(sandbox.path("data")).expect("it is back"), before, "{code}");
    }
}

/// A repository that stands does its own work; one that does not any more comes back, as does what somebody has put there.
#[test]
fn what_is_taken_out_of_a_repository_comes_back() {
    let sandbox = or_skip!(sandbox());
    if !has("git") {
        skip!("git", "for a repository");
    }
    let top = sandbox.path("tree");
    let git = "git -c user.name=a -c user.email=a@b -c init.defaultBranch=main";
    let prepare =
        format!("{git} init -q; {git} add .; {git} commit -qm x; mkdir -p .git/hooks; echo x >.git/hooks/own");
    for script in ["rm -rf .git/refs", "rm -rf .git/objects/* .git/refs", "rm .git/hooks/own"] {
        let _ = fs::remove_dir_all(&top);
        grow(&sandbox);
        sandbox.tool("sh", ["-euc", &prepare]).within(&top).run().ok();
        let before = tree(&top);
        sandbox.command(["guard", "--", "sh", "-c", script]).within(&top).run().ok();
        assert_ne!(tree(&top), before, "it does something: {script}");
        sandbox.rrm(["undo"]).ok();
        assert_eq!(tree(&top), before, "{script}");
    }
}

/// One inode with two names, of which one is gone by the time that the other takes its content away.
#[test]
fn a_content_that_goes_by_another_name_comes_back() {
    let sandbox = or_skip!(sandbox());
    fs::write(sandbox.path("a"), "alpha").expect("work is empty");
    fs::hard_link(sandbox.path("a"), sandbox.path("b")).expect("one file system");
    sandbox.command(["guard", "--", "sh", "-c", "rm a; echo new >b"]).run().ok();
    sandbox.rrm(["undo"]).ok();
    for name in ["a", "b"] {
        assert_eq!(fs::read_to_string(sandbox.path(name)).expect("it is back"), "alpha", "{name}");
    }
}

/// Nothing of a run that lost nothing is in the trash.
#[test]
fn what_a_command_makes_for_itself_is_not_kept() {
    let sandbox = or_skip!(sandbox());
    let script = "echo x >a; mv a b; rm b; mkdir d; echo y >d/e; rm -rf d; mktemp -d >/dev/null";
    sandbox.command(["guard", "--", "sh", "-c", script]).run().ok().silent();
    let items = sandbox.list_json();
    assert!(items.is_empty(), "{items:?}");
}

#[test]
fn the_trash_is_out_of_reach_of_the_command() {
    let sandbox = or_skip!(sandbox());
    fs::write(sandbox.path("a"), "alpha").expect("work is empty");
    sandbox.rrm(["rm", "a"]).ok();
    let script = "rm -rf \"$HOME\" 2>&1; mv \"$HOME/.local\" \"$HOME/elsewhere\"; rm -rf \"$HOME\" 2>&1
        mv \"$HOME/elsewhere\" \"$HOME/.local\"";
    let run = sandbox.command(["guard", "--", "sh", "-c", script]).run();
    run.out_contains("Operation not permitted");
    sandbox.rrm(["undo", "2"]).ok();
    assert_eq!(fs::read_to_string(sandbox.path("a")).expect("it is back"), "alpha");
}

#[test]
fn the_last_line_tells_what_was_lost() {
    let sandbox = or_skip!(sandbox());
    grow(&sandbox);
    let script = "rm -rf src; rm b; echo new >a";
    let run = sandbox.command(["guard", "--", "sh", "-c", script]).within(sandbox.path("tree"));
    let text = run.on_terminal(120, "").stdout();
    let expected = "rrm: sh removed 1 directory and 1 file and replaced 1 file; rrm undo restores all of it\n";
    assert_eq!(text, expected);
    let text = sandbox.command(["guard", "--", "true"]).on_terminal(120, "").stdout();
    assert_eq!(text, "", "nothing was lost");
}

/// An undo tells of all that it has done.
#[test]
fn what_an_undo_moves_back_is_named() {
    let sandbox = or_skip!(sandbox());
    let expected = format!("restored {}\nmoved back {}\n", quoted(&sandbox, "b"), quoted(&sandbox, "a"));
    for options in [&["undo"][..], &["undo", "-v"]] {
        let _ = fs::remove_dir_all(sandbox.path("tree"));
        grow(&sandbox);
        let command = sandbox.command(["guard", "--", "sh", "-c", "mv a moved; mv moved again; rm b"]);
        command.within(sandbox.path("tree")).run().ok();
        sandbox.rrm(options).ok().out_is(&expected);
    }
}

/// An rrm inside removes and restores as outside, and deletes nothing for good.
#[test]
fn rrm_works_inside_but_for_clean() {
    let sandbox = or_skip!(sandbox());
    for name in ["a", "b", "old"] {
        fs::write(sandbox.path(name), name).expect("work is empty");
    }
    sandbox.rrm(["rm", "old"]).ok();
    let rrm = sandbox.command([""; 0]).program().to_owned();
    let script = "\"$RRM\" rm a && \"$RRM\" undo && \"$RRM\" redo && \"$RRM\" undo && \"$RRM\" rm b; \"$RRM\" clean --all --yes && echo cleaned";
    let run = sandbox.command(["guard", "--", "sh", "-c", script]).with("RRM", &rrm).run();
    assert!(!run.stdout().contains("cleaned"), "{run}");
    assert!(!run.stderr().contains("redo"), "{run}");
    run.out_contains(" again\n").err_contains("cannot clean inside rrm guard; run rrm clean outside of it\n");
    assert_eq!(fs::read_to_string(sandbox.path("a")).expect("it was restored"), "a", "{run}");
    let left: Vec<String> = sandbox.list_json().iter().map(|item| item["original_path"].to_string()).collect();
    assert_eq!(left.len(), 2, "{left:?} {run}");
    assert_eq!(sandbox.rrm(["undo"]).stdout().matches("restored").count(), 1);
    assert_eq!(fs::read_to_string(sandbox.path("b")).expect("it was restored"), "b");
}

/// What rrm writes down is read again, whatever umask the command was to have.
#[test]
fn an_umask_that_takes_from_the_owner_takes_nothing_from_the_guard() {
    let sandbox = or_skip!(sandbox_of(Sandbox::ordinary()));
    let file = sandbox.file("file", "content");
    let guarded = sandbox.command(["guard", "--", "rm", "file"]).through(["sh", "-c", "umask 0477; exec \"$@\"", "sh"]);
    guarded.run().ok();
    sandbox.rrm(["undo"]).ok();
    assert_eq!(fs::read_to_string(file).expect("it is back"), "content");
}
