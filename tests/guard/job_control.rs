//! At a terminal: a shell's jobs, keys that send signals, a shell inside.

use super::{guard, sandbox};
use crate::common::{Invocation, Sandbox, Screen};

/// A shell on a terminal, to which `guarded` is what guards a command.
fn shell(sandbox: &Sandbox) -> Screen {
    let command: Invocation = guard(sandbox, [""; 0]);
    let shell = sandbox.tool("bash", ["--norc", "--noprofile", "-i"]).with("PS1", "ready> ");
    let shell = shell.with("RRM_TEST_LOSSES", super::record(sandbox)).with("RRM", command.program());
    let mut screen = shell.on_screen(100, 30);
    screen.shows("ready>");
    screen
}

/// Waits until a shell waits for a line.
#[track_caller]
fn prompts<'a>(screen: &'a mut Screen, prompt: &str) -> &'a mut Screen {
    screen.until(prompt, |screen| screen.contents().trim_end().ends_with(prompt))
}

#[test]
fn a_guarded_job_is_stopped_and_goes_on() {
    let sandbox = or_skip!(sandbox());
    if !super::has("bash") {
        skip!("bash", "for its jobs");
    }
    let mut screen = shell(&sandbox);
    screen.types("\"$RRM\" guard sh -c 'echo one; read line; echo \"<$line>\"; exit 3'\n").shows("\none");
    prompts(screen.types("\x1a").shows("Stopped"), "ready>");
    screen.types("fg\n").shows("\n\"$RRM\" guard sh -c").types("text\n").shows("<text>");
    prompts(screen.types("echo status=$?\n").shows("status=3"), "ready>");
    // One that stops alone, without the key, stops the job as well.
    screen.types("clear; \"$RRM\" guard sh -c 'echo two; kill -STOP $$; echo three'\n").shows("\ntwo").shows("Stopped");
    prompts(&mut screen, "ready>").types("fg\n").shows("\nthree");
    prompts(&mut screen, "ready>").types("exit\n");
    assert!(screen.ends().success());
}

#[test]
fn ctrl_c_ends_the_command_once() {
    let sandbox = or_skip!(sandbox());
    if !super::has("bash") {
        skip!("bash", "for its jobs");
    }
    let mut screen = shell(&sandbox);
    let script = "trap \"echo caught\" INT; echo one; read line || read line; echo \"<$line>\"";
    screen.types(&format!("\"$RRM\" guard sh -c '{script}'\n")).shows("\none");
    screen.types("\x03").shows("^Ccaught").types("text\n").shows("<text>");
    assert_eq!(screen.text().matches("caught\n").count(), 1, "{}", screen.text());
    prompts(&mut screen, "ready>").types("clear; \"$RRM\" guard sh -c 'echo two; exec sleep 100'\n").shows("\ntwo");
    prompts(screen.types("\x03"), "ready>").types("echo status=$?\n").shows("status=130");
    prompts(&mut screen, "ready>").types("exit\n");
    screen.ends();
}

#[test]
fn a_shell_in_a_guard_has_its_own_jobs_and_can_be_suspended() {
    let sandbox = or_skip!(sandbox());
    if !super::has("bash") {
        skip!("bash", "for its jobs");
    }
    let mut screen = shell(&sandbox);
    prompts(screen.types("PS1='inner> ' \"$RRM\" guard bash --norc --noprofile -i\n"), "\ninner>");
    // It reads by itself: a child that is just being started could not be stopped.
    screen.types("sh -c 'echo go; read line'\n").shows("\ngo");
    prompts(screen.types("\x1a").shows("Stopped"), "\ninner>");
    prompts(screen.types("kill %1; clear; suspend\n"), "\nready>");
    prompts(screen.types("fg\n").shows("guard bash").types("\n"), "\ninner>");
    prompts(screen.types("exit 4\n"), "\nready>").types("echo status=$?\n").shows("status=4");
    prompts(&mut screen, "ready>").types("exit\n");
    screen.ends();
}
