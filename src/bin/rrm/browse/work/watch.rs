//! Waiting for keys and signals.

use std::io;
use std::sync::atomic::Ordering;
use std::thread::JoinHandle;
use std::time::Duration;

use ratatui::crossterm::event;
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGTERM, SIGTSTP};
use signal_hook::iterator::Signals;

use super::{Desk, Event};

/// How long a key is waited for before looking whether any is wanted at all.
const PATIENCE: Duration = Duration::from_millis(200);

/// Tells of keys and of changes of the terminal's size, until nobody wants them.
pub(super) fn keys(desk: &Desk) -> io::Result<JoinHandle<()>> {
    desk.spawn(|desk| {
        while !desk.closed.load(Ordering::Relaxed) {
            match event::poll(PATIENCE).and_then(|there| if there { event::read().map(Some) } else { Ok(None) }) {
                Ok(None) => {}
                Ok(Some(key)) => desk.send(Event::Key(key)),
                Err(_) => return desk.send(Event::NoTerminal),
            }
        }
    })
}

/// Tells of signals that would end or stop the program, or say that it goes on.
pub(super) fn signals(desk: &Desk) -> io::Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGCONT])?;
    desk.spawn(move |desk| signals.forever().for_each(|signal| desk.send(Event::Signal(signal)))).map(drop)
}
