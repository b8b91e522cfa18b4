//! Ctrl-C and its like: a wish to stop between two items, and the end where a question waits for its answer.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

/// Whether a question waits for its answer. As the handlers of signals are, it is the whole process's.
static ASKING: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);

/// From now on SIGINT and SIGTERM ask to stop; a second one ends the process after all, and so does the first while a
/// question is asked. Where a signal cannot be caught, the first one ends it too.
pub(super) fn listen() -> Arc<AtomicBool> {
    let interrupted = Arc::new(AtomicBool::new(false));
    [SIGINT, SIGTERM].into_iter().for_each(|signal| catch(signal, &interrupted));
    interrupted
}

/// The same for a terminal that hangs up, unless nohup has it ignored: half a copy would be left.
pub(super) fn listen_for_hang_up(interrupted: &Arc<AtomicBool>) {
    if !rrm::sys::ignores(SIGHUP) {
        catch(SIGHUP, interrupted);
    }
}

fn catch(signal: i32, interrupted: &Arc<AtomicBool>) {
    for condition in [interrupted, &*ASKING] {
        let _ = signal_hook::flag::register_conditional_shutdown(signal, 128 + signal, condition.clone());
    }
    let _ = signal_hook::flag::register(signal, interrupted.clone());
}

/// Asks. Nothing is half-done meanwhile, so a signal need not wait for the answer.
pub(super) fn while_asking<T>(ask: impl FnOnce() -> T) -> T {
    ASKING.store(true, Ordering::Relaxed);
    let answer = ask();
    ASKING.store(false, Ordering::Relaxed);
    answer
}
