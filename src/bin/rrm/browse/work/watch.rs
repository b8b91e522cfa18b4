//! Waiting for keys and signals.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use ratatui::crossterm::event;
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGTERM, SIGTSTP, SIGWINCH};
use signal_hook::iterator::Signals;

use super::{Event, Shared};

/// How long a key is waited for at a time. A thread that is no longer wanted is woken before that.
const POLL_TIMEOUT: Duration = Duration::from_secs(1);

/// How long an end is waited for: the terminal may have sent half a key, and the other half may never come.
const LEAVE_TIMEOUT: Duration = Duration::from_millis(100);

/// The reading of what is typed.
pub(super) struct Keys {
    unwanted: Arc<AtomicBool>,
    /// Nothing is ever sent: it hears that the other end has gone, and the thread with it.
    end: Receiver<Infallible>,
}

impl Keys {
    /// Tells of keys and of changes of the terminal's size.
    pub(super) fn read(shared: &Shared) -> io::Result<Self> {
        let (alive, end) = channel();
        let unwanted = Arc::new(AtomicBool::new(false));
        let stop = unwanted.clone();
        shared.spawn(move |shared| {
            let _alive = alive;
            while !stop.load(Ordering::Relaxed) {
                match event::poll(POLL_TIMEOUT).and_then(|there| there.then(event::read).transpose()) {
                    // There is always something to read of a terminal that has hung up, and it is nothing.
                    Ok(None) if rrm::sys::has_hung_up() => return shared.send(Event::NoTerminal),
                    Ok(None) => {}
                    Ok(Some(key)) => shared.send(Event::Key(key)),
                    Err(_) => return shared.send(Event::NoTerminal),
                }
            }
        })?;
        Ok(Self { unwanted, end })
    }

    /// Leaves what is typed from now on to whoever has the terminal next.
    pub(super) fn leave(self) {
        self.unwanted.store(true, Ordering::Relaxed);
        // A change of the terminal's size, which there was not, is what wakes it without taking a key.
        if signal_hook::low_level::raise(SIGWINCH).is_ok() {
            let _ = self.end.recv_timeout(LEAVE_TIMEOUT);
        }
    }
}

/// Tells of signals that would end or stop the program, or say that it goes on.
pub(super) fn signals(shared: &Shared) -> io::Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGCONT])?;
    shared.spawn(move |shared| signals.forever().for_each(|signal| shared.send(Event::Signal(signal)))).map(drop)
}
