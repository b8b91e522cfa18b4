//! Ctrl-C and its like: a wish to stop between two items, and the end where a question waits for its answer.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};

/// Whether a question waits for its answer. As the handlers of signals are, it is the whole process's.
static ASKING: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);

/// From now on SIGINT and SIGTERM ask to stop; a second one ends the process after all, and so does the first while a
/// question is asked. Where a signal cannot be caught, the first one ends it too.
pub(super) fn listen() -> Arc<AtomicBool> {
    let interrupted = Arc::new(AtomicBool::new(false));
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        for condition in [&interrupted, &*ASKING] {
            let _ = signal_hook::flag::register_conditional_shutdown(signal, 128 + signal, condition.clone());
        }
        let _ = signal_hook::flag::register(signal, interrupted.clone());
    }
    interrupted
}

/// Asks. Nothing is half-done meanwhile, so a signal need not wait for the answer.
pub(super) fn while_asking<T>(ask: impl FnOnce() -> T) -> T {
    ASKING.store(true, Ordering::Relaxed);
    let answer = ask();
    ASKING.store(false, Ordering::Relaxed);
    answer
}
