//! Several programs that do the same, in turn: one round of each, then the next round.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Result, bail};
use clap::ValueEnum;

/// "In the same time", as a ratio: what two runs of the same may differ by.
pub(crate) const THE_SAME: f64 = 1.2;

/// One who takes part.
pub(crate) struct Contestant<'a> {
    pub(crate) name: String,
    rounds: usize,
    /// Does the round with this number and says how long it took; what has to be got ready is not in that time.
    round: Box<dyn FnMut(usize) -> Result<Duration> + 'a>,
}

impl<'a> Contestant<'a> {
    pub(crate) fn new(
        name: impl Into<String>,
        rounds: usize,
        round: impl FnMut(usize) -> Result<Duration> + 'a,
    ) -> Self {
        Self { name: name.into(), rounds, round: Box::new(round) }
    }
}

/// What stands for the times of several rounds.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Statistic {
    /// The shortest: what disturbs a run only ever makes it longer.
    Best,
    /// The one in the middle.
    Median,
}

impl Statistic {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Best => "best",
            Self::Median => "median",
        }
    }

    fn of(self, mut times: Vec<Duration>) -> Duration {
        times.sort();
        let at = match self {
            Self::Best => 0,
            Self::Median => times.len() / 2,
        };
        times.get(at).copied().unwrap_or_default()
    }
}

/// Holds all rounds and gives each contestant's time, or why it has none. It fails only when a person stops it.
pub(crate) fn hold(
    contestants: &mut [Contestant],
    statistic: Statistic,
    stop: &AtomicBool,
) -> Result<Vec<Result<Duration>>> {
    let mut times: Vec<Result<Vec<Duration>>> = contestants.iter().map(|_| Ok(vec![])).collect();
    for number in 0..contestants.iter().map(|one| one.rounds).max().unwrap_or(0) {
        for (contestant, times) in contestants.iter_mut().zip(&mut times) {
            if stop.load(Ordering::Relaxed) {
                bail!("stopped");
            }
            if number < contestant.rounds {
                take_round(contestant, number, times);
            }
        }
    }
    Ok(times.into_iter().map(|times| times.map(|times| statistic.of(times))).collect())
}

/// One round; who has failed before does not try again.
fn take_round(contestant: &mut Contestant, number: usize, times: &mut Result<Vec<Duration>>) {
    let Ok(taken) = times else { return };
    match (contestant.round)(number) {
        Ok(time) => taken.push(time),
        Err(error) => *times = Err(error),
    }
}
