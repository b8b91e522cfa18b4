//! Nothing of COMMAND changes.

use std::fs;

use super::{guard, record, sandbox, sandbox_of, taken};
use crate::common::held::wait_for;
use crate::common::{Sandbox, strace};

#[test]
fn the_exit_status_is_the_commands() {
    let sandbox = or_skip!(sandbox());
    for (script, status) in [("exit 0", 0), ("exit 7", 7), ("exit 255", 255), ("kill -9 $$", 137), ("kill -15 $$", 143)]
    {
        guard(&sandbox, ["sh", "-c", script]).run().fails(status).silent();
    }
}

#[test]
fn what_cannot_be_run_is_told_as_other_programs_tell_it() {
    let sandbox = or_skip!(sandbox());
    fs::write(sandbox.path("text"), "").expect("work is empty");
    for (program, status, words) in [
        ("nosuch", 127, "rrm: cannot run 'nosuch': No such file or directory"),
        ("./text", 126, "rrm: cannot run './text': Permission denied"),
    ] {
        guard(&sandbox, [program]).run().fails(status).err_contains(words);
    }
    sandbox.rrm(["guard"]).fails(2);
    sandbox.rrm(["guard", "--bogus", "true"]).fails(2).err_contains("--bogus");
    assert_eq!(taken(&sandbox), [""; 0]);
}

#[test]
fn it_has_its_streams_arguments_environment_and_directory() {
    let sandbox = or_skip!(sandbox());
    let run = guard(&sandbox, ["sh", "-c", "cat; pwd; echo \"$VALUE $1\"; echo error >&2", "sh", "--verbose"]);
    let run = run.with("VALUE", "a value").reading("input\n").run();
    run.ok().out_is(&format!("input\n{}\na value --verbose\n", sandbox.work().display()));
    assert_eq!(run.stderr(), "error\n");
    let labelled = sandbox.command(["guard", "--session", "agent", "sh", "-c", "echo $RRM_SESSION $RRM_GUARD"]);
    labelled.with("RRM_TEST_LOSSES", record(&sandbox)).run().ok().out_is("agent 1\n");
}

/// A shell gives a program more than the standard streams, and others wait for their ends.
#[test]
fn it_has_the_descriptors_that_it_was_given_and_nobody_else_keeps_them() {
    let sandbox = or_skip!(sandbox());
    let script = "sleep 100 >/dev/null 2>&1 3>&- & echo through >&3; echo $!";
    let run = guard(&sandbox, ["sh", "-c", script]).redirected("3>&1 | cat").run();
    let text = run.ok().stdout();
    let (through, sleeper) = text.split_once('\n').expect("two lines");
    assert_eq!(through, "through");
    let killed = crate::common::mounts::system("kill").arg(sleeper.trim()).status().expect("kill runs");
    assert!(killed.success(), "it outlives COMMAND, and does not hold the pipe");
}

#[test]
fn what_outlives_the_command_is_guarded_until_it_ends() {
    let sandbox = or_skip!(sandbox());
    fs::write(sandbox.path("one"), "1").expect("work is empty");
    let daemon = "while [ -e one ] && [ ! -e go ]; do sleep 0.01; done; rm one; echo done >two";
    let script = format!("(setsid sh -c '{daemon}' >/dev/null 2>&1 &); exit 3");
    guard(&sandbox, ["sh", "-c", &script]).run().fails(3);
    assert_eq!(taken(&sandbox), [""; 0]);
    fs::write(sandbox.path("go"), "").expect("work is ours");
    let has_ended = || fs::read_to_string(record(&sandbox)).is_ok_and(|lines| lines.lines().any(|line| line == "end"));
    wait_for("the keeper to end with the last process", has_ended);
    assert_eq!(taken(&sandbox), [format!("removed {}", super::at(&sandbox, "one"))]);
    assert_eq!(fs::read_to_string(sandbox.path("two")).expect("it went on to its end"), "done\n");
}

#[test]
fn a_guard_in_a_guard_runs_the_command_and_adds_nothing() {
    let sandbox = or_skip!(sandbox());
    fs::write(sandbox.path("one"), "1").expect("work is empty");
    let inner = sandbox.command([""; 0]);
    let inner = inner.program().as_os_str().to_owned();
    let words = [inner.as_os_str(), "guard".as_ref(), "sh".as_ref(), "-c".as_ref(), "rm one; exit 4".as_ref()];
    guard(&sandbox, words).run().fails(4).silent();
    assert_eq!(taken(&sandbox), [format!("removed {}", super::at(&sandbox, "one"))]);
}

#[test]
fn an_ordinary_user_can_guard() {
    let sandbox = or_skip!(sandbox_of(Sandbox::ordinary()));
    let script = "echo x >one; rm one; exit 5";
    guard(&sandbox, ["sh", "-c", script]).run().fails(5).silent();
    assert_eq!(taken(&sandbox), [format!("removed {}", super::at(&sandbox, "one"))]);
}

/// What a debugger or a sandbox of its own does in there works as outside.
#[test]
fn it_can_be_traced() {
    let sandbox = or_skip!(sandbox());
    or_skip!(strace::available());
    fs::write(sandbox.path("one"), "1").expect("work is empty");
    guard(&sandbox, ["strace", "-f", "-o", "trace", "rm", "one"]).run().ok().silent();
    assert_eq!(taken(&sandbox), [format!("removed {}", super::at(&sandbox, "one"))]);
}

#[test]
fn it_can_be_debugged() {
    let sandbox = or_skip!(sandbox());
    or_skip!(strace::available());
    if !super::has("gdb") {
        skip!("gdb", "for what runs under it");
    }
    fs::write(sandbox.path("one"), "1").expect("work is empty");
    let words =
        ["gdb", "-nx", "-q", "-batch", "-iex", "set debuginfod enabled off", "-ex", "run", "--args", "rm", "one"];
    guard(&sandbox, words).with("PYTHONDONTWRITEBYTECODE", "1").run().ok().out_contains("exited normally");
    let told = taken(&sandbox);
    assert!(told.contains(&format!("removed {}", super::at(&sandbox, "one"))), "{told:?}");
}

/// The server of tmux leaves everything that COMMAND was, and what runs in it is guarded for as long as it lives.
#[test]
fn a_server_of_terminals_goes_on_and_is_guarded() {
    let sandbox = or_skip!(sandbox());
    if !crate::common::mounts::system("tmux").arg("-V").output().is_ok_and(|told| told.status.success()) {
        skip!("tmux", "for its server");
    }
    fs::write(sandbox.path("one"), "1").expect("work is empty");
    let inside = "while [ ! -e go ]; do sleep 0.01; done; rm one; echo done >two";
    let words = ["tmux", "-L", "rrm", "-f", "/dev/null", "new-session", "-d", inside];
    // The name of a socket is short.
    let sockets = tempfile::tempdir_in("/tmp").expect("a directory");
    let tmux = guard(&sandbox, words).with("TMUX_TMPDIR", sockets.path()).with("TERM", "xterm");
    tmux.with("SHELL", "/bin/sh").run().ok();
    assert!(sandbox.path("one").exists());
    fs::write(sandbox.path("go"), "").expect("work is ours");
    let has_ended = || fs::read_to_string(record(&sandbox)).is_ok_and(|lines| lines.lines().any(|line| line == "end"));
    wait_for("what runs in tmux", || sandbox.path("two").exists());
    wait_for("the server to end with what it runs", has_ended);
    let told = taken(&sandbox);
    assert!(told.contains(&format!("removed {}", super::at(&sandbox, "one"))), "{told:?}");
}
