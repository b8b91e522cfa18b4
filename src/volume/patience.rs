//! Asking many places of which some may not answer: a server that is gone holds up whoever opens a file there.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread::Builder;
use std::time::{Duration, Instant};

use crate::sys;
use crate::sys::door::carried;
use crate::sys::patience::patience;

/// How long the places may take to answer, once no answer comes any more, before the others go on without them.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long one is waited for before the next ones are asked beside it.
const PROMPT: Duration = Duration::from_millis(50);

/// Asks about each of `places`, and gives each answer in their order, or `None` where there was none in time: all that do
/// not answer are waited for together.
///
/// They are asked one after the other in a thread of its own, and where one does not answer at once, the rest in another.
pub fn ask_each<P, A>(places: &Arc<Vec<P>>, ask: impl Fn(&P) -> A + Clone + Send + 'static) -> Vec<Option<A>>
where
    P: Send + Sync + 'static,
    A: Send + 'static,
{
    let next = Arc::new(AtomicUsize::new(0));
    let (sender, answers) = mpsc::channel();
    let begin = || {
        let (places, next, ask, sender) = (places.clone(), next.clone(), ask.clone(), sender.clone());
        let asker = move || {
            // It may wait until the end of the process, and no signal would come through to it.
            sys::leave_signals_to_others();
            while let Some((number, place)) = take_next(&places, &next) {
                if sender.send((number, ask(place))).is_err() {
                    break;
                }
            }
        };
        Builder::new().spawn(carried(asker)).is_ok()
    };
    let mut answered: Vec<Option<A>> = places.iter().map(|_| None).collect();
    let mut missing = places.len();
    let mut silent_since = None;
    if missing > 0 && !begin() {
        // Where no thread can be had, one place after the other, for as long as it takes.
        return places.iter().map(|place| Some(ask(place))).collect();
    }
    while missing > 0 {
        let are_left = next.load(Ordering::Relaxed) < places.len();
        let longest = patience(PATIENCE);
        let rest = silent_since.map_or(longest, |since: Instant| longest.saturating_sub(since.elapsed()));
        match answers.recv_timeout(if are_left { patience(PROMPT) } else { rest }) {
            Ok((number, answer)) => {
                answered[number] = Some(answer);
                missing -= 1;
            }
            Err(RecvTimeoutError::Timeout) if are_left => {
                silent_since.get_or_insert_with(Instant::now);
                begin();
            }
            Err(_) => break,
        }
    }
    answered
}

/// The next place that nobody has asked about, and its number.
fn take_next<'a, P>(places: &'a [P], next: &AtomicUsize) -> Option<(usize, &'a P)> {
    let number = next.fetch_add(1, Ordering::Relaxed);
    places.get(number).map(|place| (number, place))
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;

    use super::*;

    /// What waits for all others to be asked, too, is answered: so none was waited for alone.
    #[test]
    fn what_does_not_answer_at_once_does_not_keep_others_from_being_asked() {
        let together = Arc::new(Barrier::new(4));
        let places = Arc::new(vec![false, true, true, false, true, true]);
        let ask = move |waits: &bool| {
            if *waits {
                together.wait();
            }
            *waits
        };
        assert_eq!(ask_each(&places, ask), places.iter().copied().map(Some).collect::<Vec<_>>());
    }

    #[test]
    fn what_never_answers_is_left_behind() {
        let (_held, never) = mpsc::channel::<()>();
        let never = Arc::new(std::sync::Mutex::new(never));
        let ask = move |hangs: &bool| *hangs && never.lock().is_ok_and(|never| never.recv().is_err());
        assert_eq!(ask_each(&Arc::new(vec![false, true, false, true]), ask), [Some(false), None, Some(false), None]);
    }
}
