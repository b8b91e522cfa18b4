//! A schedule that is not carried out, and a shim that nobody finds.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use super::{clean, doctor, findings, found, planted, with_trash};
use crate::common::{Missing, Sandbox, copy_program, is_root};

/// Replaces one of the tools that the doctor asks.
fn tool(sandbox: &Sandbox, name: &str, script: &str) {
    let path = sandbox.root().join("tools").join(name);
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("the tool is there");
}

fn tools_first(sandbox: &Sandbox) -> String {
    format!("{}:/usr/bin:/bin", sandbox.root().join("tools").display())
}

fn with_timer(sandbox: &Sandbox) -> PathBuf {
    with_trash(sandbox);
    scheduled(sandbox)
}

fn scheduled(sandbox: &Sandbox) -> PathBuf {
    tool(sandbox, "systemctl", "exit 0");
    let install = sandbox.command(["schedule", "install", "--by", "systemd"]);
    install.with("PATH", tools_first(sandbox)).run().ok();
    sandbox.home().join(".config/systemd/user/rrm-clean.timer")
}

#[test]
fn a_timer_has_to_be_enabled_and_started() {
    let sandbox = Sandbox::ordinary();
    let timer = with_timer(&sandbox);
    clean(&sandbox, &[]);
    for (script, why) in [
        ("exit 1", "no systemd user instance is running"),
        ("case $2 in is-enabled) exit 1;; esac", "not enabled"),
        ("case $2 in is-active) exit 3;; esac", "not started"),
    ] {
        tool(&sandbox, "systemctl", script);
        let remedy = found(&sandbox, &[], "warning", "idle-schedule", &timer);
        assert!(remedy.starts_with("rrm schedule install"), "{remedy}");
        doctor(&sandbox, &["--repair"]).run().fails(1).out_contains(why);
    }
    tool(&sandbox, "systemctl", "exit 0");
    clean(&sandbox, &[]);
}

#[test]
fn a_schedule_runs_a_program_that_is_there() {
    let sandbox = Sandbox::ordinary();
    let timer = with_timer(&sandbox);
    let service = timer.with_extension("service");
    let text = fs::read_to_string(&service).expect("the unit");
    let start = text.lines().find(|line| line.starts_with("ExecStart")).expect("it starts something");
    fs::write(&service, text.replace(start, "ExecStart=\"/nonexistent/rrm\" clean")).expect("ours");
    found(&sandbox, &[], "warning", "idle-schedule", "/nonexistent/rrm".as_ref());
}

/// With a schedule that is sound, what is overdue is not for want of one.
#[test]
fn what_is_overdue_is_not_told_beside_a_sound_schedule() {
    let sandbox = Sandbox::ordinary();
    with_timer(&sandbox);
    let (path, ended) = (("original_path", "/tmp/x"), ("deletion_date", "2021-02-01T00:00:00Z"));
    planted(&sandbox, &[path, ended]);
    clean(&sandbox, &[]);
    tool(&sandbox, "systemctl", "exit 1");
    let all = findings(&sandbox, &[], 1);
    let names: Vec<_> = all.iter().map(|one| one["finding"].as_str().expect("text")).collect();
    assert_eq!(names, ["idle-schedule", "overdue-items"]);
}

/// In a process namespace of its own, the only processes are the test's.
#[test]
fn a_line_in_a_crontab_needs_a_cron() {
    let sandbox = Sandbox::new();
    with_trash(&sandbox);
    let program = crate::common::binary();
    let line = |program: &str| format!("echo \"@daily '{program}' clean # rrm schedule\"");
    tool(&sandbox, "crontab", &line(program.to_str().expect("text")));
    let unshare = if is_root() { ["unshare", "-pf", "--mount-proc"] } else { ["unshare", "-Urpf", "--mount-proc"] };
    or_skip!(or_say(&sandbox.tool(unshare[0], unshare[1..].iter().chain(&["true"])).run()));
    let status = sandbox.command(["schedule", "status"]).with("PATH", tools_first(&sandbox));
    let run = status.through(unshare).through(["sh", "-c", "exec \"$@\"", "sh"]).run();
    run.fails(1).out_contains("@daily").err_contains("does not run: cron is not running");
    run.err_contains("hint: start the cron service");
    let alone = |script: &str| doctor(&sandbox, &[]).through(unshare).through(["sh", "-c", script, "sh"]).run();
    alone("exec \"$@\"")
        .fails(1)
        .out_contains("warning: 'crontab': ")
        .out_contains("cron is not running")
        .out_contains("start the cron service");
    // A program of that name is all that there is to see of one.
    copy_program(Path::new("/bin/sleep"), &sandbox.path("cron"));
    let with_cron = "\"$HOME/../work/cron\" 60 & while ! grep -qx cron /proc/[0-9]*/comm; do :; done; \"$@\"";
    alone(with_cron).ok().out_contains("no problems found");
    tool(&sandbox, "crontab", &line("/nonexistent/rrm"));
    alone(with_cron).fails(1).out_contains("'/nonexistent/rrm': ").out_contains("no longer exists");
}

fn or_say(run: &crate::common::Run) -> Result<(), Missing> {
    if run.status.success() { Ok(()) } else { Err(Missing::new("process namespaces", run.stderr())) }
}

#[test]
fn a_shim_is_of_use_only_where_it_is_found_first() {
    let sandbox = Sandbox::ordinary();
    with_trash(&sandbox);
    let link = sandbox.home().join(".local/bin/rm");
    sandbox.rrm(["shim", "install"]).ok();
    let remedy = found(&sandbox, &[], "warning", "shim-not-first", &link);
    assert!(remedy.starts_with("start a new shell; if it stays, rrm shim install"), "{remedy}");
    let usual = format!("{}:/usr/bin:/bin", sandbox.root().join("tools").display());
    let first = format!("{}:{usual}", link.parent().expect("a directory").display());
    doctor(&sandbox, &[]).with("PATH", &first).run().ok();
    let last = format!("{usual}:{}", link.parent().expect("a directory").display());
    doctor(&sandbox, &[]).with("PATH", last).run().fails(1).out_contains("before it");
    fs::remove_file(&link).expect("ours");
    symlink("/nonexistent/rrm", &link).expect("a link");
    doctor(&sandbox, &[]).with("PATH", &first).run().fails(1).out_contains("it is dangling");
    sandbox.rrm(["shim", "install"]).ok();
    doctor(&sandbox, &[]).with("PATH", &first).run().ok();
    sandbox.rrm(["shim", "remove"]).ok();
    clean(&sandbox, &[]);
}

#[test]
fn a_choice_that_cannot_be_used_is_named() {
    let sandbox = Sandbox::ordinary();
    let trash = with_trash(&sandbox);
    let config = trash.parent().expect("it has one");
    sandbox.set_attribute(config, "user.rrm_max_size", "a lot");
    let remedy = found(&sandbox, &[], "warning", "spoilt-choice", config);
    assert_eq!(remedy, "rrm config unset max-size");
    sandbox.rrm(["config", "unset", "max-size"]).ok();
    clean(&sandbox, &[]);
}

#[test]
fn a_large_trash_that_nothing_cleans_is_named() {
    let sandbox = Sandbox::ordinary();
    let trash = with_trash(&sandbox);
    let large = |bytes: u64| {
        let file = fs::File::create(sandbox.path("large")).expect("it can be made");
        file.set_len(bytes).expect("it takes no room");
        sandbox.give(&sandbox.path("large"));
        sandbox.rrm(["rm", "large"]).ok();
    };
    large(9 << 30);
    clean(&sandbox, &[]);
    large(1 << 30);
    let remedy = found(&sandbox, &[], "note", "unscheduled-clean", &trash);
    assert!(remedy.starts_with("rrm schedule install"), "{remedy}");
    scheduled(&sandbox);
    clean(&sandbox, &[]);
}

#[test]
fn completions_of_another_version_are_named_and_replaced() {
    let sandbox = Sandbox::ordinary();
    with_trash(&sandbox);
    let home = sandbox.home();
    for (shell, below) in [
        ("bash", ".local/share/bash-completion/completions/rrm"),
        ("zsh", ".local/share/zsh/site-functions/_rrm"),
        ("fish", ".config/fish/completions/rrm.fish"),
    ] {
        let (path, script) = (home.join(below), sandbox.rrm(["completions", shell]).ok().stdout());
        sandbox.file(&path, format!("{script}# of an older version\n"));
        let remedy = found(&sandbox, &[], "warning", "stale-completions", &path);
        assert_eq!(remedy, format!("rrm completions {shell} > '{}'", path.display()));
        fs::write(&path, script).expect("ours");
        clean(&sandbox, &[]);
        fs::write(&path, format!("source <(rrm completions {shell})\n")).expect("ours");
        clean(&sandbox, &[]);
    }
}
