//! What the kernel does, seen between two threads: one has the filter, the other listens.

use std::ffi::CString;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;
use std::thread::JoinHandle;

use super::*;

/// Starts a thread under the filter that does `act`; `None` where this kernel, or whoever runs the tests, may not.
fn guarded<T: Send + 'static>(act: impl FnOnce() -> T + Send + 'static) -> Option<(Listener, JoinHandle<T>)> {
    if check_kernel().is_err() {
        return None;
    }
    let (sender, receiver) = channel();
    let thread = std::thread::spawn(move || {
        sender.send(install(&Filter::new().expect("a processor with a table"))).expect("the test listens");
        act()
    });
    match receiver.recv().expect("the thread tells") {
        Ok(listener) => Some((listener, thread)),
        // Another listener is above us.
        Err(error) if error.raw_os_error() == Some(libc::EBUSY) => None,
        Err(error) => panic!("the kernel takes no filter: {error}"),
    }
}

/// A file of this test's own.
fn file(name: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("rrm-seccomp-{}-{name}", std::process::id()));
    std::fs::write(&path, "content").expect("a temporary file can be made");
    path
}

fn unlink(path: &Path) -> i32 {
    let path = CString::new(path.as_os_str().as_bytes()).expect("no zero in it");
    // SAFETY: `path` ends with a zero.
    let told = unsafe { libc::unlink(path.as_ptr()) };
    if told == 0 { 0 } else { io::Error::last_os_error().raw_os_error().expect("a number") }
}

fn next(listener: &Listener) -> Stopped {
    loop {
        if let Some(stopped) = listener.receive().expect("the listener works") {
            return stopped;
        }
    }
}

#[test]
fn a_stopped_call_goes_on_or_fails() {
    let path = file("answers");
    let removed = path.clone();
    let calls = move || [unlink(&removed), unlink(&removed)];
    let Some((listener, thread)) = guarded(calls) else { return };
    listener.take_turns();
    for answer in [Answer::Fail(libc::EPERM), Answer::GoOn] {
        let stopped = next(&listener);
        assert_eq!(stopped.call(), Some(Call::Unlink));
        assert!(listener.is_waiting(stopped.id));
        assert!(path.symlink_metadata().is_ok(), "nothing is done before the answer");
        listener.answer(stopped.id, answer).expect("it waits");
        assert!(!listener.is_waiting(stopped.id));
    }
    assert_eq!(thread.join().expect("it ends"), [libc::EPERM, 0]);
    assert!(path.symlink_metadata().is_err());
}

#[test]
fn only_what_may_take_a_content_is_stopped_among_openings() {
    let path = file("openings");
    let opened = path.clone();
    let Some((listener, thread)) = guarded(move || {
        std::fs::read(&opened).expect("reading is not stopped");
        std::fs::OpenOptions::new().append(true).open(&opened).expect("nor is appending");
        std::fs::OpenOptions::new().write(true).truncate(true).create_new(true).open(&opened).expect_err("it is there");
        std::fs::File::create(&opened).expect("it may go on");
        unlink(&opened);
    }) else {
        return;
    };
    for call in [Call::OpenAt, Call::Unlink] {
        let stopped = next(&listener);
        assert_eq!(stopped.call(), Some(call));
        listener.answer(stopped.id, Answer::GoOn).expect("it waits");
    }
    thread.join().expect("it ends");
}

#[test]
fn nobody_gets_a_ring_or_a_second_listener() {
    let Some((_listener, thread)) = guarded(|| {
        // SAFETY: it would only read from the address, which is none.
        let ring = unsafe { libc::syscall(libc::SYS_io_uring_setup, 1, null::<u8>()) };
        let ring = (ring, io::Error::last_os_error().raw_os_error());
        let second = install(&Filter::new().expect("a filter")).map(drop);
        (ring, second.map_err(|error| error.raw_os_error()))
    }) else {
        return;
    };
    let (ring, second) = thread.join().expect("it ends");
    assert_eq!(ring, (-1, Some(libc::ENOSYS)));
    assert_eq!(second, Err(Some(libc::EBUSY)));
}

#[test]
fn without_a_listener_calls_fail_and_do_nothing() {
    let path = file("alone");
    let removed = path.clone();
    let Some((listener, thread)) = guarded(move || unlink(&removed)) else { return };
    let stopped = next(&listener);
    let second = Listener::from(listener.0.try_clone().expect("a descriptor"));
    drop(listener);
    assert!(second.is_waiting(stopped.id), "whoever holds the listener, too, can answer what the first has received");
    drop(second);
    assert_eq!(thread.join().expect("it ends"), libc::ENOSYS);
    assert_eq!(unlink(&path), 0, "it is still there");
}

/// The number of the flag is a guess that some kernels take without a word, so its effect is what counts.
#[test]
fn a_signal_does_not_break_into_a_call_that_was_received() {
    extern "C" fn caught(_: c_int) {}
    let path = file("signal");
    let removed = path.clone();
    // SAFETY: the handler does nothing, and the structure is whole.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = caught as *const () as usize;
        assert_eq!(libc::sigaction(libc::SIGUSR2, &raw const action, std::ptr::null_mut()), 0);
    }
    let Some((listener, thread)) = guarded(move || unlink(&removed)) else { return };
    let stopped = next(&listener);
    let process = c_int::try_from(std::process::id()).expect("a number of a process");
    let thread_number = c_int::try_from(stopped.thread).expect("a number of a thread");
    // SAFETY: it takes three numbers.
    let sent = unsafe { libc::syscall(libc::SYS_tgkill, process, thread_number, libc::SIGUSR2) };
    assert_eq!(sent, 0);
    std::thread::sleep(std::time::Duration::from_millis(20));
    assert!(listener.is_waiting(stopped.id));
    listener.answer(stopped.id, Answer::GoOn).expect("it waits");
    assert_eq!(thread.join().expect("it ends"), 0, "not EINTR");
}
