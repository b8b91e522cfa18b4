//! A home that is missing, closed or unknown: services, containers and users of daemons have no better one.

use std::fs;
use std::path::{Path, PathBuf};

use super::is_there;
use crate::common::{Invocation, Missing, Mount, Sandbox, snapshot};

/// Homes that cannot be used, with what `rrm doctor` says of each that is worth a note.
fn homes(sandbox: &Sandbox) -> Vec<(PathBuf, Option<&'static str>)> {
    let closed = sandbox.dir("closed");
    sandbox.dir("closed/.local/share/rrm/trash");
    sandbox.chmod("closed", 0);
    let read_only = sandbox.dir("read-only");
    sandbox.chmod("read-only", 0o500);
    vec![
        (closed, Some("Permission denied")),
        (read_only, None),
        (sandbox.file("no-directory", ""), Some("Not a directory")),
        ("/nonexistent/home".into(), None),
    ]
}

/// A user database that lists nobody who is meant; who asks is told what a script prints. And where that is.
fn database(sandbox: &Sandbox, script: &str) -> Result<(Mount, PathBuf), Missing> {
    let getent = sandbox.file("bin/getent", format!("#!/bin/sh\n{script}\n"));
    sandbox.chmod(&getent, 0o755);
    let listed = sandbox.file("passwd", "daemon:x:1:1::/usr/sbin:/bin/sh\n");
    Ok((Mount::file(&listed, "/etc/passwd".as_ref())?, sandbox.path("bin")))
}

fn without_home(sandbox: &Sandbox, getent: &Path, words: &[&str]) -> Invocation {
    sandbox.command(words).without("HOME").with("PATH", format!("{}:/usr/bin:/bin", getent.display()))
}

/// A place where everybody may make directories, as `/tmp`, on the file system of the root.
fn sticky_place(sandbox: &Sandbox) -> PathBuf {
    let place = sandbox.root().join("tmp");
    fs::create_dir(&place).expect("the sandbox is ours");
    sandbox.chmod(&place, 0o1777)
}

/// Removes a file in two places without any way to remember that, and gets each back.
#[track_caller]
fn served(sandbox: &Sandbox, place: &Path, with_home: impl Fn(&[&str]) -> Invocation) {
    let shown = place.join("shared").display().to_string();
    for file in ["own", &shown] {
        sandbox.file(file, file);
        with_home(&["rm", file]).run().ok().silent();
        assert!(!is_there(&sandbox.path(file)));
        with_home(&["list"]).run().ok().out_contains(file);
        with_home(&["undo"]).run().ok();
        assert_eq!(fs::read_to_string(sandbox.path(file)).expect("it is back"), file);
    }
}

/// Who has a home, be it one where nothing was ever removed, takes nothing for theirs that came in an archive.
#[test]
fn what_an_archive_brings_is_nobodys_trash() {
    let sandbox = Sandbox::ordinary();
    let archive = sandbox.dir("archive");
    let without_home = |words: &[&str]| sandbox.command(words).within(&archive).with("HOME", "/nonexistent/home").run();
    sandbox.file("archive/file", "theirs");
    without_home(&["rm", "file"]).ok();
    // On a mount of its own it was made as high up as could be.
    let trash = format!(".rrm-{}", sandbox.user().ids().0);
    let made = [sandbox.root(), &sandbox.work(), &archive].map(|place| place.join(&trash));
    fs::rename(made.iter().find(|made| is_there(made)).expect("it is above"), archive.join(&trash)).expect("moved");
    without_home(&["list"]).ok().out_contains("file");
    let list = sandbox.command(["list", "--format", "plain"]).within(&archive).run();
    assert_eq!(list.ok().stdout(), "");
    sandbox.command(["undo"]).within(&archive).run().fails(1).err_contains("nothing to undo");
    assert!(!is_there(&archive.join("file")));
}

// [45, 101, 103] The mount's own trash serves, and is found again from where one stands or everybody may make one.
#[test]
fn without_a_home_that_can_be_used_a_mounts_own_trash_serves() {
    let sandbox = Sandbox::ordinary();
    let place = sticky_place(&sandbox);
    for (home, why) in homes(&sandbox) {
        let with_home = |words: &[&str]| sandbox.command(words).with("HOME", &home);
        served(&sandbox, &place, with_home);
        let run = with_home(&["doctor"]).run();
        if let Some(why) = why {
            run.ok().out_contains(&format!("no home trash: {why}"));
        }
        run.ok().out_contains("no problems found");
        with_home(&["config"]).run().ok().out_contains("grace-period 30d");
    }
}

// [101] What the environment says needs no settings.
#[test]
fn with_a_closed_home_the_environment_alone_is_enough() {
    let sandbox = Sandbox::ordinary();
    let (closed, _) = homes(&sandbox).swap_remove(0);
    sandbox.file("x", "");
    let with = |words: &[&str]| {
        let command = sandbox.command(words).with("HOME", &closed).with("RRM_GRACE_PERIOD", "2h");
        command.with("RRM_TRASH_DIR", sandbox.trash())
    };
    with(&["rm", "x"]).run().ok().silent();
    with(&["list"]).run().ok().out_contains(" 2h ");
}

// [101] A setting that cannot be read may spare what is due.
#[test]
fn with_a_closed_home_clean_deletes_nothing() {
    let sandbox = Sandbox::ordinary();
    let (closed, _) = homes(&sandbox).swap_remove(0);
    sandbox.file("x", "");
    sandbox.command(["rm", "-g", "0", "x"]).with("HOME", &closed).run().ok();
    for words in [&["clean"][..], &["clean", "--all", "--yes"]] {
        let run = sandbox.command(words).with("HOME", &closed).run();
        run.fails(1).err_contains("cannot read the settings on").err_contains("Permission denied; nothing is deleted");
    }
    sandbox.command(["list"]).with("HOME", &closed).run().ok().out_contains("work/x");
}

// [59] A number without a name, as containers run.
#[test]
fn without_any_home_nothing_missing_is_no_failure_and_a_mounts_trash_serves() {
    in_mount_namespace!();
    let sandbox = Sandbox::ordinary();
    let place = sticky_place(&sandbox);
    let (_database, getent) = or_skip!(database(&sandbox, "exit 2"));
    let homeless = |words: &[&str]| without_home(&sandbox, &getent, words);
    homeless(&["rm", "-f", "nosuch"]).run().ok().silent();
    homeless(&["list"]).run().ok();
    homeless(&["clean"]).run().ok();
    homeless(&["doctor"]).run().ok().out_contains("no home trash: there is no home directory");
    homeless(&["config", "set", "grace-period", "1d"]).run().fails(2).err_contains("there is no home directory");
    served(&sandbox, &place, homeless);
    sandbox.file("x", "");
    let run = homeless(&["rm", "--into-home", "x"]).run();
    run.fails(1).err_contains("'$HOME': there is no home directory").err_contains("--trash-dir");
    assert!(is_there(&sandbox.path("x")));
}

// [102] Services with a user of their own, and directories, tell of a user who is asked for, and list none.
#[test]
fn a_user_whom_no_database_lists_has_the_home_that_it_tells() {
    in_mount_namespace!();
    let sandbox = Sandbox::ordinary();
    let line = format!("dynamic:x:$2:$2::{}:/bin/sh", sandbox.home().display());
    let script = format!("[ $# = 2 ] && [ $1 = passwd ] && echo \"{line}\"");
    let (_database, getent) = or_skip!(database(&sandbox, &script));
    sandbox.file("x", "");
    without_home(&sandbox, &getent, &["rm", "x"]).run().ok().silent();
    assert!(is_there(&sandbox.trash()));
}

// [104] What a container has left in a project is found by the doctor, comes back, and is no obstacle once it is empty.
#[test]
fn a_trash_that_a_container_left_is_adopted_and_no_obstacle_when_empty() {
    in_mount_namespace!();
    let sandbox = Sandbox::ordinary();
    let project = sandbox.tree("project", &[(".env", "secret"), ("file", "")]);
    let container = Mount::bind(&project, &sandbox.path("container")).expect("a bind mount");
    sandbox.command(["rm", "-f", "container/.env"]).with("HOME", "/nonexistent/home").run().ok().silent();
    drop(container);
    let trash = project.join(format!(".rrm-{}", sandbox.user().ids().0));
    assert!(is_there(&trash));
    sandbox.rrm(["list"]).ok().err_contains("the trash is empty");

    let run = sandbox.rrm(["rm", "-rf", "project"]);
    run.fails(1).err_contains(&format!("it holds the trash directory '{}', with 1 item", trash.display()));
    run.err_contains("rrm doctor --repair DIR");
    sandbox.rrm(["doctor", "project"]).fails(1).out_contains("a trash directory of yours that no command finds");
    sandbox.rrm(["doctor", "--repair", "project"]).ok().out_contains("registered it");
    sandbox.rrm(["doctor", "project"]).ok();
    sandbox.rrm(["list"]).ok().out_contains("project/.env");
    sandbox.rrm(["restore", "project/.env"]).ok().silent();

    let before = snapshot(&project);
    sandbox.rrm(["rm", "-rf", "project"]).ok().silent();
    sandbox.rrm(["list", "--format", "plain"]).ok().err_lacks("project");
    sandbox.rrm(["undo"]).ok();
    before.assert_is_at(&project);
    sandbox.rrm(["rm", "--immediate", "project"]).ok().silent();
    assert!(!is_there(&project));
}
