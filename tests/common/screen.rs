//! A program that draws on a whole terminal, and the person in front of it.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::num::NonZero;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, ExitStatus};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use rustix::termios::{Termios, Winsize, tcgetattr, tcsetwinsize};

use super::run::Invocation;
use super::terminal::Terminal;

/// How long a screen is waited for. Whoever waits so long has found a defect.
const PATIENCE: Duration = Duration::from_mins(2);

/// A program on a terminal of its own, which is understood as a terminal emulator does.
pub(crate) struct Screen {
    child: Child,
    person: File,
    /// The program's side, held open so that its settings can be asked for.
    program: File,
    shown: Arc<(Mutex<Shown>, Condvar)>,
}

struct Shown {
    parser: vt100::Parser,
    /// All that was ever written.
    bytes: Vec<u8>,
}

impl Invocation {
    /// Starts the program on a terminal of so many columns and rows, which controls it as a login does.
    pub(crate) fn on_screen(self, columns: u16, rows: u16) -> Screen {
        let Terminal { person, program } = Terminal::sized(columns, rows);
        let child = self.through(["setsid", "-c"]).spawn_with(|| program.try_clone().expect("a descriptor").into());
        let parser = vt100::Parser::new(cells(rows), cells(columns), 1000);
        let shown = Arc::new((Mutex::new(Shown { parser, bytes: Vec::new() }), Condvar::new()));
        let (mut from, to) = (person.try_clone().expect("a descriptor"), shown.clone());
        std::thread::spawn(move || {
            let mut part = [0; 8192];
            // EIO says that the program's side is closed everywhere.
            while let Ok(count @ 1..) = from.read(&mut part) {
                let mut shown = to.0.lock().expect("no thread panics with it");
                shown.parser.process(&part[..count]);
                shown.bytes.extend(&part[..count]);
                to.1.notify_all();
            }
        });
        Screen { child, person, program, shown }
    }
}

impl Screen {
    /// Types, in the bytes that a terminal sends for keys.
    #[track_caller]
    pub(crate) fn types(&mut self, keys: &str) -> &mut Self {
        self.person.write_all(keys.as_bytes()).expect("a terminal takes what is typed");
        self
    }

    /// What is on the screen, its lines without blanks at their ends.
    pub(crate) fn text(&self) -> String {
        self.shown().parser.screen().contents()
    }

    /// All bytes that were written to it.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.shown().bytes.clone()
    }

    fn shown(&self) -> MutexGuard<'_, Shown> {
        self.shown.0.lock().expect("no thread panics with it")
    }

    /// Waits until the screen is as `is_so` says.
    #[track_caller]
    pub(crate) fn until(&mut self, what: &str, is_so: impl Fn(&vt100::Screen) -> bool) -> &mut Self {
        let is_not_so = |shown: &mut Shown| !is_so(shown.parser.screen());
        let waited = self.shown.1.wait_timeout_while(self.shown(), PATIENCE, is_not_so);
        let (shown, outcome) = waited.expect("no thread panics with it");
        let text = outcome.timed_out().then(|| shown.parser.screen().contents());
        drop(shown);
        assert!(text.is_none(), "waited for {what}:\n{}", text.unwrap_or_default());
        self
    }

    /// Waits until `text` is shown.
    #[track_caller]
    pub(crate) fn shows(&mut self, text: &str) -> &mut Self {
        self.until(text, |screen| screen.contents().contains(text))
    }

    /// Waits until these words are shown, wherever their lines are broken, in a box or out of one.
    #[track_caller]
    pub(crate) fn tells(&mut self, words: &str) -> &mut Self {
        let is_frame = |c: char| ('\u{2500}'..='\u{257f}').contains(&c);
        self.until(words, |screen| {
            let text = screen.contents().replace(is_frame, " ");
            text.split_whitespace().collect::<Vec<_>>().join(" ").contains(words)
        })
    }

    /// Waits until `text` is not shown.
    #[track_caller]
    pub(crate) fn hides(&mut self, text: &str) -> &mut Self {
        self.until(&format!("no {text}"), |screen| !screen.contents().contains(text))
    }

    /// Waits until the program has given the terminal's own screen back.
    #[track_caller]
    pub(crate) fn is_left(&mut self) -> &mut Self {
        self.until("the other screen", |screen| !screen.alternate_screen() && !screen.hide_cursor())
    }

    /// Makes the terminal another size; the kernel tells the program.
    pub(crate) fn resize(&mut self, columns: u16, rows: u16) -> &mut Self {
        self.shown().parser.screen_mut().set_size(cells(rows), cells(columns));
        let size = Winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&self.program, size).expect("a terminal has a size");
        self
    }

    /// The terminal's settings, all of them.
    pub(crate) fn settings(&self) -> String {
        let Termios { input_modes, output_modes, control_modes, local_modes, special_codes, .. } =
            tcgetattr(&self.program).expect("a terminal has settings");
        format!("{input_modes:?} {output_modes:?} {control_modes:?} {local_modes:?} {special_codes:?}")
    }

    pub(crate) fn signal(&mut self, signal: i32) -> &mut Self {
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw).expect("it has one");
        let signal = Signal::from_named_raw(signal).expect("it has a name");
        kill_process(pid, signal).expect("the program runs");
        self
    }

    /// Waits for the end of the program.
    #[track_caller]
    pub(crate) fn ends(&mut self) -> ExitStatus {
        let since = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("the child can be waited for") {
                return status;
            }
            assert!(since.elapsed() < PATIENCE, "waited for the end:\n{}", self.text());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// The signal that ended the program, or else its exit status.
    #[track_caller]
    pub(crate) fn ends_by(&mut self) -> Result<i32, Option<i32>> {
        let status = self.ends();
        status.signal().ok_or(status.code())
    }
}

fn cells(number: u16) -> NonZero<u16> {
    NonZero::new(number).expect("a terminal has cells")
}

impl Drop for Screen {
    fn drop(&mut self) {
        // A test that failed leaves it running.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
