//! Another user in a thread of the test: the kernel keeps users and groups for each thread.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use super::{OURS, TEAM, THEM};
use crate::common::platform::become_user;

type Job = Box<dyn FnOnce(&File) -> usize + Send>;

/// Holds a file open, from before it is removed.
pub(super) struct Attacker {
    jobs: Sender<Job>,
    done: Receiver<usize>,
}

impl Attacker {
    pub(super) fn holding(path: &Path) -> Self {
        Self::having(path, OpenOptions::new().read(true))
    }

    /// As [`Self::holding`], to write to it.
    pub(super) fn holding_to_write(path: &Path) -> Self {
        Self::having(path, OpenOptions::new().write(true))
    }

    fn having(path: &Path, how: &OpenOptions) -> Self {
        let (jobs, to_do) = channel::<Job>();
        let (tell, done) = channel();
        let (path, how) = (path.to_owned(), how.clone());
        thread::spawn(move || {
            become_them().expect("root can become anybody");
            let file = how.open(&path).expect("they may read it");
            tell.send(0).expect("the test waits");
            for job in to_do {
                if tell.send(job(&file)).is_err() {
                    return;
                }
            }
        });
        done.recv().expect("they hold it");
        Self { jobs, done }
    }

    /// Makes it so long, with a hole, and writes so much at its start.
    pub(super) fn grows(&self, length: u64, content: usize) {
        use std::io::Write as _;
        let grow = move |mut file: &File| {
            file.set_len(length).expect("they may");
            file.write_all(&vec![b'x'; content]).expect("they may");
            0
        };
        self.jobs.send(Box::new(grow)).expect("they are there");
        self.done.recv().expect("they answer");
    }

    /// Tries all of this through the descriptor; says how much of it the kernel allowed.
    pub(super) fn writes(&self, values: Vec<(String, Option<Vec<u8>>)>) -> usize {
        let job = move |file: &File| {
            values.iter().filter(|(name, value)| write(file, name, value.as_deref()).is_ok()).count()
        };
        self.jobs.send(Box::new(job)).expect("they are there");
        self.done.recv().expect("they answer")
    }
}

fn write(file: &File, name: &str, value: Option<&[u8]>) -> io::Result<()> {
    use xattr::FileExt as _;
    match value {
        Some(value) => file.set_xattr(format!("user.{name}"), value),
        None => file.remove_xattr(format!("user.{name}")),
    }
}

fn become_them() -> io::Result<()> {
    become_user(THEM, THEM, &[TEAM, OURS])
}
