//! The process that stands for COMMAND where rrm was started.

use std::io::{self, Write as _};
use std::os::unix::net::UnixStream;
use std::sync::Arc;

use super::keeper::stand_by;
use super::wire::{Told, hear};
use super::{Guard, Guarded, NotRun, Said, Watch, fork_without};
use crate::sys::Ending;
use crate::sys::guarded::{SignalMask, Signals, is_stopped, stop, wait_to_read};

/// The signal that has a stopped process go on.
const SIGCONT: u8 = 18;

pub(super) fn run(command: &Guarded, watch: &Arc<dyn Watch>, heard: &dyn Fn(Said)) -> Result<Guard, NotRun> {
    let (mine, theirs) = UnixStream::pair().map_err(NotRun::NoKeeper)?;
    let mask = SignalMask::own().map_err(NotRun::NoKeeper)?;
    // Before there is anybody to pass them on to, so that none ends us alone. COMMAND gets the mask that we had.
    let signals = Signals::catch().map_err(NotRun::NoKeeper)?;
    let ours = fork_without((mine, signals), || stand_by(command, &mask, watch, &theirs));
    let (_, (mine, mut signals)) = ours.map_err(NotRun::NoKeeper)?;
    drop(theirs);
    wait(&mine, &mut signals, heard)
}

/// Waits for the last word.
fn wait(keeper: &UnixStream, signals: &mut Signals, heard: &dyn Fn(Said)) -> Result<Guard, NotRun> {
    let mut ended = None;
    loop {
        let (is_told, is_signalled) = wait_to_read(keeper, &*signals).map_err(NotRun::NoKeeper)?;
        // First what has us go on: whether COMMAND is still stopped is looked at later.
        while let Some(signal) = signals.take().ok().flatten().filter(|_| is_signalled) {
            pass_on(keeper, signal);
        }
        if !is_told {
            continue;
        }
        match hear(keeper).map_err(NotRun::NoKeeper)? {
            Some(Told::NotRun(why)) => return Err(why),
            Some(Told::Line(line)) => heard(Said::Line(line)),
            Some(Told::More(more)) => heard(Said::More(more)),
            Some(Told::Stopped(process)) => stop_with(process),
            Some(Told::Ended(ending)) => ended = Some(ending),
            Some(Told::Words(words)) => {
                let ending = ended.unwrap_or(Ending::Exited(UNKNOWN));
                return Ok(Guard { ending, told: Some(words) });
            }
            None => {
                let gone = || NotRun::NoKeeper(io::ErrorKind::BrokenPipe.into());
                return ended.map(|ending| Guard { ending, told: None }).ok_or_else(gone);
            }
        }
    }
}

/// How COMMAND ended where the only one who knew was killed.
const UNKNOWN: i32 = 125;

fn pass_on(mut keeper: &UnixStream, signal: i32) {
    let _ = keeper.write_all(&[u8::try_from(signal).unwrap_or(SIGCONT)]);
}

/// Stops as COMMAND has, so that a shell above takes its terminal back; not if COMMAND goes on already.
fn stop_with(process: u32) {
    if is_stopped(process) {
        stop();
    }
}
