//! Signals: Ctrl-C stops work between two items, and ends the program while it asks a question.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Once};
use std::thread::{Builder, park};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

/// Whether a person asked to stop. Signal handlers belong to the process, and so does this: a command that does one thing
/// after another begins none of them any more.
static INTERRUPTED: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);

/// Whether a question waits for its answer.
static ASKING: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);

/// Makes SIGINT and SIGTERM request a stop. A second signal ends the process, and so does the first while a question
/// waits.
pub(super) fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| [SIGINT, SIGTERM].into_iter().for_each(catch));
}

/// From now on signals come to a thread that does nothing else. A caught one does not end a wait for a server that does not
/// answer; so it would neither be heard while this thread waits, nor would the second one end the process.
///
/// It costs a thread, so it is for what takes long or is many.
pub(super) fn watch() {
    static WATCHING: Once = Once::new();
    WATCHING.call_once(|| {
        let watcher = Builder::new().stack_size(STACK).spawn(|| {
            loop {
                park();
            }
        });
        if watcher.is_ok() {
            rrm::sys::leave_signals_to_others();
        }
    });
}

/// More than a handler takes.
const STACK: usize = 64 << 10;

/// The same as [`listen`] for SIGHUP, unless nohup ignores it, so that no half copy is left.
pub(super) fn listen_for_hang_up() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        if !rrm::sys::ignores(SIGHUP) {
            catch(SIGHUP);
        }
    });
}

fn catch(signal: i32) {
    for condition in [&*INTERRUPTED, &*ASKING] {
        let _ = signal_hook::flag::register_conditional_shutdown(signal, 128 + signal, condition.clone());
    }
    let _ = signal_hook::flag::register(signal, INTERRUPTED.clone());
}

/// Whether a person asked to stop since [`listen`].
pub(crate) fn is_interrupted() -> bool {
    INTERRUPTED.load(Ordering::Relaxed)
}

/// Asks. Nothing is half-done now, so a signal may end the program.
pub(super) fn while_asking<T>(ask: impl FnOnce() -> T) -> T {
    ASKING.store(true, Ordering::Relaxed);
    let answer = ask();
    ASKING.store(false, Ordering::Relaxed);
    answer
}
