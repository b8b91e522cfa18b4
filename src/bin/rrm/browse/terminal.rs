//! Takes the terminal for the screen and restores it when the screen ends, on an error, on a panic of any thread, and
//! while the program is stopped.

use std::io::{self, BufWriter, Stdout};
use std::mem::ManuallyDrop;
use std::sync::atomic::{AtomicBool, Ordering};

use ratatui::backend::CrosstermBackend;
use ratatui::crossterm::cursor::Show;
use ratatui::crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use ratatui::crossterm::execute;
use ratatui::crossterm::terminal::{EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode};
use ratatui::layout::{Position, Rect};
use ratatui::{Frame, Terminal};

/// Whether a panic ended the screen. The panic hook belongs to the process, and so does this.
static LOST: AtomicBool = AtomicBool::new(false);

/// The terminal while the screen is up.
pub(super) struct Screen {
    /// Never dropped: its drop prints an error, and may panic, if the terminal is gone.
    terminal: ManuallyDrop<Terminal<CrosstermBackend<BufWriter<Stdout>>>>,
}

impl Screen {
    /// Takes the terminal.
    pub(super) fn enter() -> io::Result<Self> {
        // Created first: it reads the size, and if that fails nothing has changed.
        let terminal = Terminal::new(CrosstermBackend::new(BufWriter::new(io::stdout())))?;
        let screen = Self { terminal: ManuallyDrop::new(terminal) };
        give_back_on_panic();
        take()?;
        Ok(screen)
    }

    /// Draws, unless a thread panicked: its message stays visible.
    pub(super) fn draw(&mut self, draw: impl FnOnce(&mut Frame<'_>)) -> io::Result<()> {
        if !LOST.load(Ordering::Relaxed) {
            self.terminal.draw(draw)?;
        }
        Ok(())
    }

    /// Redraws everything the next time.
    pub(super) fn forget(&mut self) -> io::Result<()> {
        // Not `clear`: it asks for the cursor position and may read keys as the answer.
        let size = self.terminal.size()?;
        self.terminal.resize(Rect::from((Position::ORIGIN, size)))
    }

    /// Stops the process group, as Ctrl-Z does, and resumes with it.
    pub(super) fn suspend(&mut self) -> io::Result<()> {
        give_back();
        rrm::sys::stop_group()?;
        self.resume()
    }

    /// Takes the terminal back.
    pub(super) fn resume(&mut self) -> io::Result<()> {
        // Otherwise raw mode would be saved as the mode to restore.
        disable_raw_mode()?;
        take()?;
        self.forget()
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        give_back();
        if !std::thread::panicking() {
            drop(std::panic::take_hook());
        }
    }
}

fn take() -> io::Result<()> {
    enable_raw_mode()?;
    execute!(io::stdout(), EnterAlternateScreen, EnableBracketedPaste)
}

/// Errors do not matter: the terminal may be gone.
fn give_back() {
    let _ = execute!(io::stdout(), DisableBracketedPaste, LeaveAlternateScreen, Show);
    let _ = disable_raw_mode();
}

/// The hook restores the terminal before it prints the panic, so that the message can be read.
fn give_back_on_panic() {
    let tell = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !LOST.swap(true, Ordering::Relaxed) {
            give_back();
        }
        tell(panic);
    }));
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;
    use std::fs::{File, OpenOptions};
    use std::io::Read as _;
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    use std::process::Command;

    use rustix::fs::OFlags;
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
    use rustix::termios::{Winsize, tcgetattr, tcsetwinsize};

    use super::*;

    const WORDS: &str = "what went wrong can be read";

    #[test]
    #[ignore = "the next test has it run on a terminal"]
    fn it_panics() {
        let mut screen = Screen::enter().expect("there is a terminal");
        screen.draw(|_| {}).expect("it can be drawn on");
        panic!("{WORDS}");
    }

    #[test]
    fn a_panic_is_told_on_the_terminal_as_it_was() {
        let mut person = File::from(openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal"));
        grantpt(&person).and_then(|()| unlockpt(&person)).expect("it is ours");
        let size = Winsize { ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&person, size).expect("it has a size");
        let name = ptsname(&person, Vec::new()).expect("it has a name");
        // A process without a terminal would get this one as its own.
        let not_ours = i32::try_from(OFlags::NOCTTY.bits()).expect("a flag");
        let mut options = OpenOptions::new();
        let program = options.read(true).write(true).custom_flags(not_ours).open(OsStr::from_bytes(name.as_bytes()));
        let program = program.expect("it opens");
        let modes = |person: &File| format!("{:?}", tcgetattr(person).expect("it has settings").local_modes);
        let before = modes(&person);
        let mut command = Command::new(std::env::args_os().next().expect("the test has a path"));
        command.args(["--exact", "browse::terminal::tests::it_panics", "--ignored", "--nocapture"]);
        command.env("RUST_BACKTRACE", "0").stdin(program.try_clone().expect("a descriptor"));
        command.stdout(program.try_clone().expect("a descriptor")).stderr(program);
        let mut child = command.spawn().expect("the test runs");
        drop(command);
        let mut shown = Vec::new();
        // EIO means that the other side is closed.
        let _ = person.read_to_end(&mut shown);
        assert!(!child.wait().expect("the child").success());
        let shown = String::from_utf8_lossy(&shown).into_owned();
        let at = |what: &str| shown.find(what).unwrap_or_else(|| panic!("no {what:?} in {shown:?}"));
        assert!(at("\u{1b}[?1049h") < at("\u{1b}[?1049l") && at("\u{1b}[?1049l") < at(WORDS), "{shown:?}");
        assert_eq!(modes(&person), before);
    }
}
