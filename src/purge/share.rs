//! How two workers share a tree with hardly a word between them.
//!
//! In a directory where the other may be at work, each first takes the half of the entries that its name gives it, and then
//! whatever is left. What both want, one of them finds gone, which is no failure; but they want the same only near the
//! end. As long as the second worker is not there, the first takes both halves.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::sys::Name;

/// What a worker takes of a directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Share {
    /// All of it: no other is expected here.
    Whole,
    /// Its half.
    Half,
    /// Whatever is left once the half is gone.
    Rest,
}

impl Share {
    /// What is taken once this share is gone.
    pub(super) fn then(self) -> Self {
        if self == Self::Whole { Self::Whole } else { Self::Rest }
    }
}

/// What the workers at one tree know of each other.
#[derive(Debug, Default)]
pub(super) struct Crew {
    has_second: AtomicBool,
    turn: Mutex<()>,
}

/// One of the workers at a tree.
#[derive(Debug, Clone, Copy)]
pub(super) struct Worker<'a> {
    crew: &'a Crew,
    half: Half,
}

/// Which half of the entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Half {
    First,
    Second,
}

impl Crew {
    pub(super) fn first(&self) -> Worker<'_> {
        Worker { crew: self, half: Half::First }
    }

    /// The second worker, which from now on the first one reckons with.
    pub(super) fn second(&self) -> Worker<'_> {
        self.has_second.store(true, Ordering::Relaxed);
        Worker { crew: self, half: Half::Second }
    }
}

impl<'a> Worker<'a> {
    /// Whether the entry `name` falls to this worker, where it takes this share.
    pub(super) fn takes(self, share: Share, name: Name<'_>) -> bool {
        share != Share::Half || self.is_alone() || half_of(name) == self.half
    }

    /// What it takes of a directory below one of which it takes `share`.
    pub(super) fn below(self, share: Share) -> Share {
        match share {
            // The other one may be at work in any of these.
            Share::Rest => Share::Half,
            Share::Half if self.is_alone() => Share::Half,
            Share::Half | Share::Whole => Share::Whole,
        }
    }

    /// Lets one worker at a time remove names of files that have several: else each of two may think that the last name is
    /// the other's to remove.
    pub(super) fn turn(self) -> MutexGuard<'a, ()> {
        self.crew.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_alone(self) -> bool {
        !self.crew.has_second.load(Ordering::Relaxed)
    }
}

/// The half that a name falls to: every second one, on the whole, also of names that are counted through.
fn half_of(name: Name<'_>) -> Half {
    let mix = |sum: u32, byte: &u8| (sum ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
    match (name.as_bytes().iter().fold(0x811c_9dc5, mix) >> 16) & 1 {
        0 => Half::First,
        _ => Half::Second,
    }
}

#[cfg(test)]
mod tests {

    use super::*;

    #[test]
    fn about_every_second_name_is_of_the_half() {
        let forms: [fn(u32) -> String; 4] = [
            |n| n.to_string(),
            |n| format!("{n:08}.txt"),
            |n| (n * 2).to_string(),
            |n| format!("{}{n}", "x".repeat(100)),
        ];
        for form in forms {
            let names: Vec<String> = (0..1000).map(form).collect();
            let half = names.iter().filter(|name| half_of(Name::new(name).expect("plain")) == Half::First).count();
            assert!((400..600).contains(&half), "{half} of {:?}", &names[..3]);
        }
    }
}
