//! Waits for keys and signals.

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

/// How long to wait for a key at a time. A thread that should end is woken earlier.
const POLL_TIMEOUT: Duration = Duration::from_secs(1);

/// How long to wait for the thread to end: it may wait for the rest of a key sequence that never comes.
const LEAVE_TIMEOUT: Duration = Duration::from_millis(100);

/// The thread that reads keys.
pub(super) struct Keys {
    unwanted: Arc<AtomicBool>,
    /// Never sent to: it closes when the thread ends.
    end: Receiver<Infallible>,
}

impl Keys {
    /// Sends keys and changes of the terminal size.
    pub(super) fn read(shared: &Shared) -> io::Result<Self> {
        let (alive, end) = channel();
        let unwanted = Arc::new(AtomicBool::new(false));
        let stop = unwanted.clone();
        shared.spawn(move |shared| {
            let _alive = alive;
            while !stop.load(Ordering::Relaxed) {
                match event::poll(POLL_TIMEOUT).and_then(|there| there.then(event::read).transpose()) {
                    // A terminal that has hung up is always readable and has no data.
                    Ok(None) if rrm::sys::has_hung_up() => return shared.send(Event::NoTerminal),
                    Ok(None) => {}
                    Ok(Some(key)) => shared.send(Event::Key(key)),
                    Err(_) => return shared.send(Event::NoTerminal),
                }
            }
        })?;
        Ok(Self { unwanted, end })
    }

    /// Stops reading keys.
    pub(super) fn leave(self) {
        self.unwanted.store(true, Ordering::Relaxed);
        // A false SIGWINCH wakes the thread without taking a key.
        if signal_hook::low_level::raise(SIGWINCH).is_ok() {
            let _ = self.end.recv_timeout(LEAVE_TIMEOUT);
        }
    }
}

/// Sends signals that end, stop or continue the program.
pub(super) fn signals(shared: &Shared) -> io::Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGCONT])?;
    shared.spawn(move |shared| signals.forever().for_each(|signal| shared.send(Event::Signal(signal)))).map(drop)
}
