//! Asking many places of which some may not answer: a server that is gone holds up whoever opens a file there.

use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use crate::sys::door::carried;
use crate::sys::patience::patience;

/// How long a volume may take to answer before the others go on without it.
const PATIENCE: Duration = Duration::from_secs(2);

/// Asks about each of `places`, in order, and gives each answer, or `None` where there was none in time.
///
/// It is asked in a thread of its own, so that a place that hangs can be left behind; the rest then get another thread.
pub fn ask_each<P, A>(places: &Arc<Vec<P>>, ask: impl Fn(&P) -> A + Clone + Send + 'static) -> Vec<Option<A>>
where
    P: Send + Sync + 'static,
    A: Send + 'static,
{
    let mut answered = Vec::with_capacity(places.len());
    while answered.len() < places.len() {
        let (sender, answers) = mpsc::channel();
        let (asked, in_turn, ask, first) = (places.clone(), ask.clone(), ask.clone(), answered.len());
        let asker = move || asked[first..].iter().all(|place| sender.send(ask(place)).is_ok());
        if std::thread::Builder::new().spawn(carried(asker)).is_err() {
            // Where no thread can be had, one place after the other, for as long as it takes.
            answered.extend(places[first..].iter().map(|place| Some(in_turn(place))));
            break;
        }
        while answered.len() < places.len() {
            let answer = answers.recv_timeout(patience(PATIENCE)).ok();
            let is_lost = answer.is_none();
            answered.push(answer);
            if is_lost {
                break;
            }
        }
    }
    answered
}
