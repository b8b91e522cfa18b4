//! What keeper and stand-by say to the front, in one order and by a thread of its own: whoever keeps things waits for no front
//! that is stopped.

use std::io;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{Builder, JoinHandle};

use super::Say;
use super::wire::{Told, tell};

/// How many lines wait to be said.
const WAITING: usize = 4096;

pub(super) struct Voice {
    /// Nothing is the end.
    words: SyncSender<Option<Told>>,
    /// How many lines nobody had the time for.
    unsaid: Arc<AtomicU64>,
    speaker: Option<JoinHandle<()>>,
}

impl Voice {
    pub(super) fn new(front: UnixStream) -> io::Result<Self> {
        let (words, heard) = sync_channel(WAITING);
        let unsaid = Arc::new(AtomicU64::new(0));
        let counted = unsaid.clone();
        let speaker = Builder::new().name("voice".into()).spawn(move || speak(&front, &heard, &counted))?;
        Ok(Self { words, unsaid, speaker: Some(speaker) })
    }

    /// Says something that must be heard.
    pub(super) fn tell(&self, told: Told) {
        // Without a speaker there is no front.
        let _ = self.words.send(Some(told));
    }

    /// Says lines; where there are too many, how many more there were.
    pub(super) fn lines(&self) -> Say {
        let (words, unsaid) = (self.words.clone(), self.unsaid.clone());
        Box::new(move |line| {
            if words.try_send(Some(Told::Line(line))).is_err() {
                unsaid.fetch_add(1, Relaxed);
            }
        })
    }
}

impl Drop for Voice {
    fn drop(&mut self) {
        let _ = self.words.send(None);
        if let Some(speaker) = self.speaker.take() {
            // It ends with the last word, or never began.
            let _ = speaker.join();
        }
    }
}

fn speak(front: &UnixStream, words: &Receiver<Option<Told>>, unsaid: &AtomicU64) {
    while let Ok(Some(told)) = words.recv() {
        let more = unsaid.swap(0, Relaxed);
        if more > 0 {
            tell(front, &Told::More(more));
        }
        tell(front, &told);
    }
}
