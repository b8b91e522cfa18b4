//! Any of the processes is killed or stopped, at any moment.

use std::fs;
use std::process::Child;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::{at, guard, sandbox, taken};
use crate::common::Sandbox;
use crate::common::held::wait_for;

/// A guarded shell that removes `one` once `go` is there, and then ends with status 6.
struct Guarded {
    front: Child,
}

const SCRIPT: &str =
    "echo $PPID >keeper; while [ -e keeper ] && [ ! -e go ]; do sleep 0.01; done; rm one || exit 7; exit 6";

impl Guarded {
    fn start(sandbox: &Sandbox) -> Self {
        fs::write(sandbox.path("one"), "1").expect("work is empty");
        let front = guard(sandbox, ["sh", "-c", SCRIPT]).spawn();
        wait_for("the command to begin", || {
            fs::read_to_string(sandbox.path("keeper")).is_ok_and(|text| text.ends_with('\n'))
        });
        Self { front }
    }

    fn front(&self) -> Pid {
        Pid::from_child(&self.front)
    }

    fn status(mut self) -> Option<i32> {
        let began = Instant::now();
        loop {
            if let Some(status) = self.front.try_wait().expect("a child") {
                return status.code();
            }
            if began.elapsed() > Duration::from_mins(1) {
                self.front.kill().expect("a child");
                panic!("it hangs");
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

/// Lets the shell go on.
fn go(sandbox: &Sandbox) {
    fs::write(sandbox.path("go"), "").expect("work is ours");
}

fn keeper(sandbox: &Sandbox) -> Pid {
    let number = fs::read_to_string(sandbox.path("keeper")).expect("the shell tells");
    Pid::from_raw(number.trim().parse().expect("a number")).expect("a process")
}

fn parent(process: Pid) -> Pid {
    let told = fs::read_to_string(format!("/proc/{process}/stat")).expect("it runs");
    let fields = told.rsplit_once(')').expect("a name").1;
    Pid::from_raw(fields.split_whitespace().nth(1).and_then(|field| field.parse().ok()).expect("a number"))
        .expect("one")
}

fn is_there(process: Pid) -> bool {
    let told = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    told.rsplit_once(')').is_some_and(|(_, rest)| !rest.starts_with(" Z"))
}

fn kill(process: Pid, signal: Signal) {
    kill_process(process, signal).expect("it runs");
}

#[test]
fn a_keeper_that_is_killed_has_a_successor() {
    let sandbox = or_skip!(sandbox());
    let guarded = Guarded::start(&sandbox);
    let keeper = keeper(&sandbox);
    kill(keeper, Signal::KILL);
    wait_for("the keeper to end", || !is_there(keeper));
    go(&sandbox);
    assert_eq!(guarded.status(), Some(6));
    assert_eq!(taken(&sandbox), ["succeeded".to_owned(), format!("removed {}", at(&sandbox, "one"))]);
}

#[test]
fn a_keeper_that_is_killed_in_the_midst_of_an_answer_has_a_successor_that_gives_it() {
    let sandbox = or_skip!(sandbox());
    fs::write(sandbox.path("slow-forever"), "1").expect("work is empty");
    let script = "echo $PPID >keeper; rm slow-forever; exit 6";
    let guarded = Guarded { front: guard(&sandbox, ["sh", "-c", script]).spawn() };
    let lines = || fs::read_to_string(super::record(&sandbox)).unwrap_or_default();
    wait_for("the slow one", || lines().contains("slow-forever"));
    kill(keeper(&sandbox), Signal::KILL);
    // Neither gives an answer, so that the watchdog of the second has to.
    assert_eq!(guarded.status(), Some(6));
    let removed = format!("removed {}", at(&sandbox, "slow-forever"));
    let missed = format!("missed {} of rm: the disk or server took too long", at(&sandbox, "slow-forever"));
    assert_eq!(taken(&sandbox), [removed.clone(), "succeeded".to_owned(), removed, missed]);
}

#[test]
fn a_keeper_that_is_stopped_goes_on() {
    let sandbox = or_skip!(sandbox());
    let guarded = Guarded::start(&sandbox);
    kill(keeper(&sandbox), Signal::STOP);
    go(&sandbox);
    assert_eq!(guarded.status(), Some(6));
    assert_eq!(taken(&sandbox), [format!("removed {}", at(&sandbox, "one"))]);
}

#[test]
fn a_stand_by_that_is_killed_changes_nothing() {
    let sandbox = or_skip!(sandbox());
    let guarded = Guarded::start(&sandbox);
    kill(parent(keeper(&sandbox)), Signal::KILL);
    go(&sandbox);
    assert_eq!(guarded.status(), Some(6));
    assert_eq!(taken(&sandbox), [format!("removed {}", at(&sandbox, "one"))]);
}

#[test]
fn without_keeper_and_stand_by_nothing_is_lost_and_nothing_hangs() {
    let sandbox = or_skip!(sandbox());
    let guarded = Guarded::start(&sandbox);
    let keeper = keeper(&sandbox);
    kill(parent(keeper), Signal::KILL);
    kill(keeper, Signal::KILL);
    wait_for("the keeper to end", || !is_there(keeper));
    go(&sandbox);
    assert_eq!(guarded.status(), Some(125), "nobody knows how COMMAND ended");
    assert!(sandbox.path("one").exists());
}

#[test]
fn a_front_that_is_killed_takes_the_command_with_it() {
    let sandbox = or_skip!(sandbox());
    let guarded = Guarded::start(&sandbox);
    let keeper = keeper(&sandbox);
    kill(guarded.front(), Signal::KILL);
    wait_for("the keeper to end", || !is_there(keeper));
    assert!(sandbox.path("one").exists());
}

#[test]
fn a_signal_to_the_front_reaches_the_command() {
    let sandbox = or_skip!(sandbox());
    for signal in [Signal::TERM, Signal::INT, Signal::HUP, Signal::USR1] {
        let script = "trap 'echo caught >caught; exit 5' TERM INT HUP USR1; echo $PPID >keeper
            while :; do sleep 0.01; done";
        let front = guard(&sandbox, ["sh", "-c", script]).spawn();
        wait_for("the command to begin", || {
            fs::read_to_string(sandbox.path("keeper")).is_ok_and(|text| text.ends_with('\n'))
        });
        let guarded = Guarded { front };
        kill(guarded.front(), signal);
        assert_eq!(guarded.status(), Some(5), "{signal:?}");
        fs::remove_file(sandbox.path("keeper")).expect("the shell wrote it");
    }
}

/// What many threads do at random, and what they would be told: nothing but that something is there, or is not; and that a
/// call was interrupted, which the keeper had received and not yet noted.
const AT_RANDOM: &str = r#"
import os, random, sys, threading, time
end, counts, odd = time.time() + float(sys.argv[1]), [], []
open("keeper", "w").write(f"{os.getppid()}\n")
def work(seed):
    some, count = random.Random(seed), 0
    os.mkdir(str(seed))
    while time.time() < end:
        one, other = (f"{seed}/{some.randrange(20)}" for _ in range(2))
        act = some.randrange(8)
        try:
            if act < 2: open(one, "w").write("x" * some.randrange(1000))
            elif act == 2: os.unlink(one)
            elif act == 3: os.rename(one, other)
            elif act == 4: os.truncate(one, 1)
            elif act == 5: os.mkdir(one + "d")
            elif act == 6: os.rmdir(one + "d")
            elif act == 7: os.chmod(one, 0o600)
        except (FileNotFoundError, FileExistsError, InterruptedError): pass
        except OSError as error: odd.append(f"{act} {error!r}")
        count += 1
    counts.append(count)
child = os.fork()
threads = [threading.Thread(target=work, args=(n + (100 if child else 0),)) for n in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
if child: os.waitpid(child, 0)
print(len(counts), sum(counts) > 100, odd)
"#;

#[test]
fn sixteen_threads_notice_nothing_while_the_keeper_is_killed() {
    let sandbox = or_skip!(sandbox());
    if !super::has("python3") {
        skip!("python3", "for a program of many threads");
    }
    let seconds = std::env::var("RRM_TEST_SECONDS").unwrap_or_else(|_| "1".to_owned());
    let front = sandbox.command(["guard", "--", "python3", "-c", AT_RANDOM, &seconds]).spawn();
    wait_for("the command to begin", || {
        fs::read_to_string(sandbox.path("keeper")).is_ok_and(|text| text.ends_with('\n'))
    });
    std::thread::sleep(Duration::from_millis(300));
    kill(keeper(&sandbox), Signal::KILL);
    let output = front.wait_with_output().expect("a child");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(text, "8 True []\n8 True []\n", "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(0));
}
