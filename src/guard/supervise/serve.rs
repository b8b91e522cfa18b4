//! The threads that answer stopped calls.
//!
//! One of them receives, and answers by itself: most answers take some microseconds, and another thread would have to be
//! woken for each. Where an answer takes longer, the watchdog has another thread receive meanwhile, so that a signal which
//! comes to a process before its call was received finds it waiting for a few milliseconds at most. An answer that does not
//! come is given by the watchdog: the call goes on, and its loss is told.

use std::collections::HashMap;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::Builder;
use std::time::{Duration, Instant};

use super::Watch;
use super::flights::Flights;
use crate::guard::{Found, Loss, Verdict, Why};
use crate::sys::Seen;
use crate::sys::guarded::{Listener, Stopped, has_something, look};

const WORKERS: usize = 8;

/// How often the watchdog looks while calls are made.
const PACE: Duration = Duration::from_millis(2);

/// How long an answer may take: that of a name, and that of a content, which is copied.
const PATIENCE: Duration = Duration::from_secs(2);
const PATIENCE_WITH_CONTENT: Duration = Duration::from_secs(30);

/// How long a volume that did not answer is passed over.
const PASSED_OVER: Duration = Duration::from_mins(1);

/// When the watchdog goes to sleep after the last call.
const QUIET: Duration = Duration::from_millis(100);

type Device = (u32, u32);

struct Service {
    listener: Listener,
    watch: Arc<dyn Watch>,
    flights: Flights,
    desks: [Desk; WORKERS],
    /// Who receives.
    receiver: Mutex<usize>,
    appointed: Condvar,
    /// The same, to be looked at without the lock.
    receives: AtomicUsize,
    calls: AtomicU64,
    sleeps: AtomicBool,
    sleep: Mutex<()>,
    alarm: Condvar,
    passed_over: Mutex<HashMap<Device, Instant>>,
}

/// Where one thread works.
#[derive(Default)]
struct Desk {
    /// What it answers; taken by whoever gives the answer, the thread or the watchdog.
    current: Mutex<Option<Current>>,
    /// It has nothing to do.
    is_free: AtomicBool,
}

struct Current {
    stopped: Stopped,
    since: Instant,
    patience: Duration,
    path: Option<PathBuf>,
    device: Option<Device>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Answers calls for as long as this process lives, beginning with those that a keeper before it has left unanswered.
pub(super) fn serve(listener: Listener, watch: Arc<dyn Watch>, flights: Flights) -> io::Result<()> {
    let mut left = flights.all();
    left.retain(|stopped| listener.is_waiting(stopped));
    listener.interrupt_unknown(&flights.all());
    let service = Arc::new(Service {
        listener,
        watch,
        flights,
        desks: std::array::from_fn(|_| Desk::default()),
        receiver: Mutex::new(0),
        appointed: Condvar::new(),
        receives: AtomicUsize::new(0),
        calls: AtomicU64::new(0),
        sleeps: AtomicBool::new(false),
        sleep: Mutex::new(()),
        alarm: Condvar::new(),
        passed_over: Mutex::default(),
    });
    for place in 0..WORKERS {
        let (service, first) = (service.clone(), left.pop());
        Builder::new().name("guard".into()).spawn(move || service.work(place, first))?;
    }
    let (watchdog, clock) = (service.clone(), service);
    Builder::new().name("watchdog".into()).spawn(move || watchdog.look_after())?;
    Builder::new().name("tick".into()).spawn(move || clock.tick())?;
    Ok(())
}

impl Service {
    fn work(&self, place: usize, first: Option<Stopped>) {
        if let Some(stopped) = first {
            self.answer(place, stopped);
        }
        loop {
            self.wait_for_turn(place);
            match self.listener.receive() {
                Ok(Some(stopped)) => self.answer(place, stopped),
                Ok(None) if self.listener.has_nobody() => return,
                Ok(None) => {}
                // Memory, perhaps; nothing else can be done than to try again.
                Err(_) => std::thread::sleep(PACE),
            }
        }
    }

    fn wait_for_turn(&self, place: usize) {
        if self.receives.load(SeqCst) == place {
            return;
        }
        let mut receiver = locked(&self.receiver);
        while *receiver != place {
            self.desks[place].is_free.store(true, SeqCst);
            receiver = self.appointed.wait(receiver).unwrap_or_else(PoisonError::into_inner);
        }
        self.desks[place].is_free.store(false, SeqCst);
    }

    fn answer(&self, place: usize, stopped: Stopped) {
        self.flights.note(place, &stopped);
        let desk = &self.desks[place];
        *locked(&desk.current) =
            Some(Current { stopped, since: Instant::now(), patience: PATIENCE, path: None, device: None });
        self.calls.fetch_add(1, SeqCst);
        if self.sleeps.load(SeqCst) {
            let _sleep = locked(&self.sleep);
            self.alarm.notify_one();
        }
        // A fault of ours must not stop anybody else's work.
        let verdict = catch_unwind(AssertUnwindSafe(|| self.judge(desk, &stopped)))
            .unwrap_or_else(|_| self.watch.missed(self.listener.missed(&stopped, None, Why::Failed)));
        // The watchdog may have been faster.
        if locked(&desk.current).take().is_some() {
            self.send(&stopped, &verdict);
        }
    }

    fn send(&self, stopped: &Stopped, verdict: &Verdict) {
        match verdict {
            Verdict::GoOn => self.listener.let_go(stopped),
            Verdict::Refuse(error) | Verdict::RefuseOthers(error) => self.listener.refuse(stopped, *error),
        }
    }

    fn judge(&self, desk: &Desk, stopped: &Stopped) -> Verdict {
        match look(&self.listener, stopped) {
            Seen::Nothing => Verdict::GoOn,
            Seen::Question => Verdict::Refuse(io::ErrorKind::AlreadyExists),
            Seen::Missed(missed) => self.watch.missed(missed),
            Seen::Loss(loss) => {
                let found = found_of(&loss);
                let (path, device) =
                    (found.and_then(|found| found.path.clone()), found.map(|found| found.metadata.id.device));
                if device.is_some_and(|device| self.is_passed_over(device)) {
                    return self.watch.missed(self.listener.missed(stopped, path, Why::TooSlow));
                }
                if let Some(current) = &mut *locked(&desk.current) {
                    (current.path, current.device) = (path, device);
                    if matches!(*loss, Loss::Shortened { .. } | Loss::Written { .. }) {
                        current.patience = PATIENCE_WITH_CONTENT;
                    }
                }
                match self.watch.keep(*loss) {
                    Verdict::RefuseOthers(_) if self.listener.is_of_our_program(stopped) => Verdict::GoOn,
                    verdict => verdict,
                }
            }
        }
    }

    fn is_passed_over(&self, device: Device) -> bool {
        let mut passed_over = locked(&self.passed_over);
        if passed_over.is_empty() {
            return false;
        }
        passed_over.retain(|_, since| since.elapsed() < PASSED_OVER);
        passed_over.contains_key(&device)
    }

    /// The watchdog.
    fn look_after(&self) {
        let (mut seen, mut quiet_since) = (0, Instant::now());
        loop {
            let calls = self.calls.load(SeqCst);
            if calls != seen || self.desks.iter().any(|desk| locked(&desk.current).is_some()) {
                (seen, quiet_since) = (calls, Instant::now());
            }
            if quiet_since.elapsed() < QUIET {
                std::thread::sleep(PACE);
            } else {
                self.sleep_until_called(seen);
            }
            self.appoint();
            self.desks.iter().for_each(|desk| self.relieve(desk));
        }
    }

    fn sleep_until_called(&self, seen: u64) {
        let sleep = locked(&self.sleep);
        self.sleeps.store(true, SeqCst);
        // Whoever calls from here on sees that it sleeps, and needs the lock to wake it.
        if self.calls.load(SeqCst) == seen {
            drop(self.alarm.wait(sleep));
        }
        self.sleeps.store(false, SeqCst);
    }

    /// Has another thread receive where the one that does is long at its answer.
    fn appoint(&self) {
        let age = |place: usize| locked(&self.desks[place].current).as_ref().map(|current| current.since.elapsed());
        let mut receiver = locked(&self.receiver);
        let Some(age) = age(*receiver).filter(|age| *age > PACE) else { return };
        match self.desks.iter().position(|desk| desk.is_free.load(SeqCst)) {
            Some(free) => {
                *receiver = free;
                self.receives.store(free, SeqCst);
                self.appointed.notify_all();
            }
            None if age > PATIENCE => self.let_all_go(),
            None => {}
        }
    }

    /// No thread is left that could answer: nobody shall hang for that.
    fn let_all_go(&self) {
        while has_something(&self.listener) {
            let Ok(Some(stopped)) = self.listener.receive() else { return };
            let verdict = self.watch.missed(self.listener.missed(&stopped, None, Why::TooSlow));
            self.send(&stopped, &verdict);
        }
    }

    /// Gives the answer that a thread has not given in time.
    fn relieve(&self, desk: &Desk) {
        let is_late = |current: &mut Current| current.since.elapsed() > current.patience;
        let Some(late) = locked(&desk.current).take_if(is_late) else { return };
        if let Some(device) = late.device {
            locked(&self.passed_over).insert(device, Instant::now());
        }
        let verdict = self.watch.missed(self.listener.missed(&late.stopped, late.path, Why::TooSlow));
        self.send(&late.stopped, &verdict);
    }

    fn tick(&self) {
        let mut seen = 0;
        loop {
            std::thread::sleep(Duration::from_secs(1));
            let calls = self.calls.load(SeqCst);
            if std::mem::replace(&mut seen, calls) != calls {
                self.watch.tick();
            }
        }
    }
}

/// The place that a loss is told by.
fn found_of(loss: &Loss) -> Option<&Found> {
    match loss {
        Loss::Removed(found)
        | Loss::RemovedDirectory(found)
        | Loss::Moved { from: found, .. }
        | Loss::Exchanged(found, _)
        | Loss::Written { found, .. }
        | Loss::Changed(found, _) => Some(found),
        Loss::Shortened { found, .. } => found.as_ref(),
    }
}
