//! The link named `rm`: made, told about and removed, and nothing else touched.

use std::fs;
use std::os::unix::fs::symlink;

use crate::common::Sandbox;

#[test]
fn it_is_made_found_and_removed() {
    let sandbox = Sandbox::new();
    let link = sandbox.home().join(".local/bin/rm");
    sandbox.rrm(["shim", "status"]).fails(1).err_contains("it does not exist");
    sandbox.rrm(["shim", "install"]).ok().out_contains("~/.bashrc").out_contains("fish_add_path");
    sandbox.rrm(["shim", "install"]).ok().out_contains("already there");
    sandbox.tool(&link, ["nosuch"]).run().fails(1).err_contains("cannot remove 'nosuch'");

    let path = format!("{}:/usr/bin:/bin", link.parent().expect("a directory").display());
    let status = sandbox.command(["shim", "status"]).with("PATH", &path).run();
    status.ok().out_contains("sh -c        uses it\n").out_contains("cron         runs '");
    let cron = status.stdout().lines().find(|line| line.starts_with("cron")).map(str::to_owned).expect("a line");
    assert!(cron.ends_with("/bin/rm' instead"), "{cron}");
    sandbox.command(["shim", "install"]).with("PATH", &path).run().ok().out_contains("PATH finds it first");

    sandbox.rrm(["shim", "remove"]).ok().silent();
    assert!(link.symlink_metadata().is_err());
    sandbox.rrm(["shim", "remove"]).fails(1);
}

/// Start files are read, and believed more than the PATH that they are given.
#[test]
fn each_shell_is_asked_itself() {
    let sandbox = Sandbox::new();
    sandbox.rrm(["shim", "install"]).ok();
    let home = sandbox.home();
    fs::write(home.join(".bashrc"), "echo noise; PATH=$HOME/.local/bin:$PATH\n").expect("a start file");
    fs::write(home.join(".zshrc"), "alias rm='rm -i'\n").expect("a start file");
    let status = sandbox.rrm(["shim", "status"]);
    let line = |name: &str| {
        let text = status.ok().stdout();
        text.lines().find(|line| line.starts_with(name)).map(str::to_owned).expect("a line for each")
    };
    assert!(line("bash").contains("uses it") || line("bash").contains("is not installed"), "{status}");
    assert!(line("zsh").contains("alias") || line("zsh").contains("is not installed"), "{status}");
    assert!(line("sh -c").ends_with("/rm' instead"), "{status}");
}

#[test]
fn a_shell_that_never_ends_is_not_waited_for() {
    let sandbox = Sandbox::new();
    sandbox.rrm(["shim", "install"]).ok();
    fs::write(sandbox.home().join(".bashrc"), "while :; do sleep 1; done\n").expect("a start file");
    let status = sandbox.command(["shim", "status"]).in_a_hurry().run();
    if status.ok().stdout().contains("bash         is not installed") {
        skip!("bash", "it is not installed");
    }
    status.out_contains("bash         did not answer").out_contains("sh -c        runs");
}

#[test]
fn nothing_but_our_link_is_replaced_or_removed() {
    let sandbox = Sandbox::new();
    let link = sandbox.work().join("rm");
    let here = sandbox.work();
    let here = here.to_str().expect("text");
    for words in [["shim", "install", here], ["shim", "status", here], ["shim", "remove", here]] {
        fs::write(&link, "#!/bin/sh\n").expect("a program");
        sandbox.rrm(words).fails(1).err_contains("it is not a link to rrm").err_contains("by hand");
        assert_eq!(fs::read_to_string(&link).expect("it stays"), "#!/bin/sh\n");
        fs::remove_file(&link).expect("ours");
        symlink("/bin/rm", &link).expect("a link");
        sandbox.rrm(words).fails(1).err_contains("it is not a link to rrm");
        assert_eq!(fs::read_link(&link).expect("it stays").to_str(), Some("/bin/rm"));
        fs::remove_file(&link).expect("ours");
    }
}

#[test]
fn a_dead_link_is_told_of_loudly_and_renewed() {
    let sandbox = Sandbox::new();
    let link = sandbox.path("rm");
    symlink("/nonexistent/rrm", &link).expect("a link");
    let here = sandbox.work();
    let here = here.to_str().expect("text");
    sandbox.rrm(["shim", "status", here]).fails(1).err_contains("it is dangling").err_contains("/nonexistent/rrm");
    sandbox.rrm(["shim", "install", here]).ok().out_contains("renewed");
    sandbox.rrm(["shim", "status", here]).ok();
}
