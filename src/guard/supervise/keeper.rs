//! The processes behind the front: the stand-by, the keeper, and COMMAND until it is COMMAND.

use std::io::{self, Read as _, Write as _};
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::net::UnixStream;
use std::sync::Arc;

use super::flights::Flights;
use super::serve::serve;
use super::voice::Voice;
use super::wire::{Told, plain, tell};
use super::{Guarded, NotRun, Watch, fork_without};
use crate::sys::guarded::{
    Leash, Listener, SignalMask, adopt_orphans, hand_over, leave_group, leave_surroundings, own_group, put_under_guard,
    take_over, wait_for_children, wake,
};
use crate::sys::{Ending, Happened};

/// How a process of ours ends that has done all it was there for.
const DONE: u8 = 0;
const FAILED: u8 = 1;
/// How what would have been COMMAND ends.
const NEVER_BEGAN: u8 = 125;

/// COMMAND, to those that keep for it.
struct Kept {
    process: u32,
    /// The group of the front, which COMMAND is born into.
    group: u32,
    listener: OwnedFd,
}

/// The stand-by's life.
pub(super) fn stand_by(command: &Guarded, mask: &SignalMask, watch: &Arc<dyn Watch>, front: &UnixStream) -> u8 {
    let group = own_group();
    let Ok((mine, theirs)) = UnixStream::pair() else { return FAILED };
    let Ok(flights) = Flights::new() else { return FAILED };
    if adopt_orphans().is_err() {
        return FAILED;
    }
    let (keeper, mine) = match fork_without(mine, || keep((command, mask), watch, front, &theirs, &flights, group)) {
        Ok(forked) => forked,
        Err(error) => {
            tell(front, &Told::NotRun(NotRun::NoKeeper(plain(&error))));
            return FAILED;
        }
    };
    drop(theirs);
    if leave_group().and_then(|()| leave_surroundings()).is_err() {
        return FAILED;
    }
    let mut process = [0; 4];
    let Ok((Some(listener), 4)) = take_over(&mine, &mut process) else { return FAILED };
    let kept = Kept { process: u32::from_ne_bytes(process), group, listener };
    loop {
        match wait_for_children() {
            Ok(Happened::Stopped(process)) => wake(process),
            Ok(Happened::Ended(process, ending)) if process == keeper => {
                if ending == Ending::Exited(DONE.into()) {
                    return DONE;
                }
                break;
            }
            Ok(Happened::Ended(..)) => {}
            Ok(Happened::NoChildren) | Err(_) => break,
        }
    }
    watch.succeed();
    see_through(&kept, watch, front, &flights)
}

/// The keeper's life.
fn keep(
    command: (&Guarded, &SignalMask),
    watch: &Arc<dyn Watch>,
    front: &UnixStream,
    stand_by: &UnixStream,
    flights: &Flights,
    group: u32,
) -> u8 {
    match begin(command, stand_by, group) {
        Ok((kept, go)) => {
            // The threads that answer are there before the first call can be stopped.
            let served = Listener::new(match kept.listener.try_clone() {
                Ok(listener) => listener,
                Err(error) => return not_run(front, NotRun::NoKeeper(error)),
            });
            let served = served.and_then(|listener| serve(listener, watch.clone(), flights.clone()));
            if let Err(error) = served {
                return not_run(front, NotRun::NoKeeper(error));
            }
            let voice = match voice_of(watch, front) {
                Ok(voice) => voice,
                Err(error) => return not_run(front, NotRun::NoKeeper(error)),
            };
            if let Err(why) = let_run(go) {
                voice.tell(Told::NotRun(why));
                return DONE;
            }
            wait_for_the_end(&kept, watch.as_ref(), front, &voice)
        }
        Err(why) => not_run(front, why),
    }
}

fn voice_of(watch: &Arc<dyn Watch>, front: &UnixStream) -> io::Result<Voice> {
    let voice = Voice::new(front.try_clone()?)?;
    watch.speak(voice.lines());
    Ok(voice)
}

fn not_run(front: &UnixStream, why: NotRun) -> u8 {
    tell(front, &Told::NotRun(why));
    DONE
}

/// Starts what will be COMMAND, and takes its listener; it waits for a word on the stream.
fn begin(command: (&Guarded, &SignalMask), stand_by: &UnixStream, group: u32) -> Result<(Kept, UnixStream), NotRun> {
    adopt_orphans().map_err(NotRun::NoKeeper)?;
    let (mine, theirs) = UnixStream::pair().map_err(NotRun::NoKeeper)?;
    let (process, mine) = fork_without(mine, || become_command(command, &theirs)).map_err(NotRun::NoKeeper)?;
    drop(theirs);
    leave_group().and_then(|()| leave_surroundings()).map_err(NotRun::NoKeeper)?;
    let mut told = [0; 4];
    let listener = match take_over(&mine, &mut told).map_err(NotRun::NoKeeper)? {
        (Some(listener), _) => listener,
        (None, 4) => {
            let error = io::Error::from_raw_os_error(i32::from_ne_bytes(told));
            let is_taken = error.kind() == io::ErrorKind::ResourceBusy;
            return Err(if is_taken { NotRun::Guarded } else { NotRun::NoGuard(error) });
        }
        (None, _) => return Err(NotRun::NoKeeper(io::ErrorKind::BrokenPipe.into())),
    };
    hand_over(stand_by, listener.as_fd(), &process.to_ne_bytes()).map_err(NotRun::NoKeeper)?;
    Ok((Kept { process, group, listener }, mine))
}

/// Says the word, and hears whether COMMAND runs: then the stream closes with the exec.
fn let_run(mut go: UnixStream) -> Result<(), NotRun> {
    let mut told = Vec::new();
    go.write_all(b"!").and_then(|()| go.read_to_end(&mut told)).map_err(NotRun::NoKeeper)?;
    match told.first_chunk() {
        None => Ok(()),
        Some(number) => Err(NotRun::NoProgram(io::Error::from_raw_os_error(i32::from_ne_bytes(*number)))),
    }
}

/// What will be COMMAND: puts itself under the guard, hands the listener over, waits for the word, and becomes it.
fn become_command((command, mask): (&Guarded, &SignalMask), mut keeper: &UnixStream) -> u8 {
    let tell = |error: &io::Error| {
        let _ = (&*keeper).write_all(&error.raw_os_error().unwrap_or_default().to_ne_bytes());
        NEVER_BEGAN
    };
    let handed = put_under_guard().map(|listener| hand_over(keeper, listener.as_fd(), b"here"));
    match handed {
        Err(error) => return tell(&error),
        Ok(Err(_)) => return NEVER_BEGAN,
        Ok(Ok(())) => {}
    }
    let mut word = [0];
    if !matches!(keeper.read(&mut word), Ok(1)) {
        return NEVER_BEGAN;
    }
    match mask.restore() {
        Ok(()) => tell(&super::become_command(command)),
        Err(error) => tell(&error),
    }
}

/// Goes on in the place of a keeper that is dead.
fn see_through(kept: &Kept, watch: &Arc<dyn Watch>, front: &UnixStream, flights: &Flights) -> u8 {
    let Ok(listener) = kept.listener.try_clone().and_then(Listener::new) else { return FAILED };
    if serve(listener, watch.clone(), flights.clone()).is_err() {
        return FAILED;
    }
    let Ok(voice) = voice_of(watch, front) else { return FAILED };
    wait_for_the_end(kept, watch.as_ref(), front, &voice)
}

/// Waits for COMMAND and then for all that it has left, and tells the front what it has to know.
fn wait_for_the_end(kept: &Kept, watch: &dyn Watch, front: &UnixStream, voice: &Voice) -> u8 {
    let leash = Leash::of(kept.process).ok().map(Arc::new);
    if let (Some(leash), Ok(front)) = (leash.clone(), front.try_clone()) {
        let group = kept.group;
        std::thread::spawn(move || pass_signals_on(&front, &leash, group));
    }
    let mut is_told = false;
    let mut tell_the_end = |ending: Option<Ending>| {
        if let Some(ending) = ending {
            voice.tell(Told::Ended(ending));
        }
        if !std::mem::replace(&mut is_told, true) {
            voice.tell(Told::Words(watch.end()));
        }
    };
    if leash.is_none() {
        // It has ended before this process took over.
        tell_the_end(None);
    }
    loop {
        match wait_for_children() {
            Ok(Happened::Stopped(process)) if process == kept.process => voice.tell(Told::Stopped(process)),
            Ok(Happened::Ended(process, ending)) if process == kept.process => tell_the_end(Some(ending)),
            Ok(Happened::Stopped(_) | Happened::Ended(..)) => {}
            Ok(Happened::NoChildren) | Err(_) => break,
        }
    }
    tell_the_end(None);
    watch.end();
    DONE
}

/// Sends COMMAND what the front was sent. A front that is killed takes COMMAND with it, as COMMAND itself would have been.
fn pass_signals_on(mut front: &UnixStream, leash: &Leash, group: u32) {
    const SIGKILL: i32 = 9;
    const SIGCONT: i32 = 18;
    let mut signal = [0];
    loop {
        match front.read(&mut signal) {
            Ok(1..) if i32::from(signal[0]) == SIGCONT => leash.wake_unless_of(group),
            Ok(1..) => leash.send(signal[0].into()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Ok(0) | Err(_) => return leash.send(SIGKILL),
        }
    }
}
