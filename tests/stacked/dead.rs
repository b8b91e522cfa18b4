//! A file system whose daemon hangs or is dead: it is like one that is unplugged, and a person can end the wait for it.

use std::process::Child;

use rustix::process::{Pid, Signal, kill_process};

use super::{Kind, Served, users};
use crate::common::held::wait_for;
use crate::common::{Missing, Run, User, say_skipped, strace};

/// A served file system with one item in its trash, and one in the home trash that was removed after it.
fn scene(user: User) -> Result<Served, Missing> {
    let served = Kind::Sshfs.serve(user)?;
    served.script(&served.dir(), "printf far > far", &[]);
    served.sandbox.file("near", "near");
    served.sandbox.command(["rm"]).args([served.dir().join("far")]).run().ok().silent();
    served.sandbox.rrm(["rm", "near"]).ok().silent();
    Ok(served)
}

fn each(test: impl Fn(&mut Served)) {
    for user in users() {
        match scene(user) {
            Ok(mut served) => test(&mut served),
            Err(missing) => say_skipped(&missing),
        }
    }
}

/// What has to work for all that is elsewhere, with one line about what is out of reach.
fn works_without(served: &Served, why: &str) {
    let told = |run: &Run| assert_eq!(run.stderr().matches(why).count(), 1, "{run}");
    let listed = served.sandbox.rrm(["list"]);
    told(listed.ok().out_contains("near"));
    let undone = served.sandbox.rrm(["undo"]);
    told(undone.ok().out_contains("near"));
    served.sandbox.rrm(["rm", "near"]).ok().silent();
    served.sandbox.rrm(["clean"]).ok().silent();
    served.sandbox.rrm(["doctor"]).ok().out_contains(why);
}

#[test]
#[ignore = "takes long; RRM_CI_DAILY=1 .ci/run has it"]
fn a_daemon_that_hangs_costs_only_its_own_volume() {
    in_mount_namespace!();
    each(|served| {
        served.daemon().hang();
        works_without(served, "its volume does not answer");
        served.daemon().wake();
        served.sandbox.rrm(["list"]).ok().out_contains("far").err_lacks("volume");
    });
}

#[test]
fn a_daemon_that_is_dead_costs_only_its_own_volume() {
    in_mount_namespace!();
    each(|served| {
        served.daemon().die();
        works_without(served, "the server of its volume is gone");
    });
}

/// A caught signal never ends such a wait; the second one ends the process.
#[test]
#[ignore = "takes long; RRM_CI_DAILY=1 .ci/run has it"]
fn a_restore_that_waits_for_a_daemon_can_be_ended() {
    in_mount_namespace!();
    or_skip!(strace::available());
    let mut served = or_skip!(Kind::Sshfs.serve(User::Caller));
    served.script(&served.dir(), "mkdir tree; printf x > tree/file", &[]);
    let tree = served.dir().join("tree");
    served.sandbox.command(["rm", "--into-home", "--yes"]).args([&tree]).run().ok();
    // What is made first is beside the target.
    let held = served.sandbox.command(["undo", "--yes"]).held_before("mkdirat", 1);
    served.daemon().hang();
    let mut waiting = held.goes_on();
    ends_by(Signal::INT, &mut waiting);
    assert_eq!(waiting.wait().expect("it can be waited for").code(), Some(130));
    served.daemon().wake();
    served.sandbox.rrm(["undo", "--yes"]).ok();
    assert_eq!(std::fs::read(tree.join("file")).expect("it is back"), b"x");
}

/// Asks again and again, as a person does.
fn ends_by(signal: Signal, waiting: &mut Child) {
    let pid = Pid::from_child(waiting);
    let waiting = std::cell::RefCell::new(waiting);
    wait_for("the end of a wait", || {
        let is_over = waiting.borrow_mut().try_wait().expect("it can be asked for").is_some();
        if !is_over {
            let _ = kill_process(pid, signal);
        }
        is_over
    });
}
