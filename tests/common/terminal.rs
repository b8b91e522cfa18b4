//! A terminal that a program under test may write on and read from.

use std::ffi::OsStr;
use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::OpenOptionsExt as _;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::OFlags;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

/// How long a program may be silent, in seconds. Whoever waits so long has found a defect.
const PATIENCE: Timespec = Timespec { tv_sec: 120, tv_nsec: 0 };

/// A pseudo-terminal (pty(7)).
pub(super) struct Terminal {
    /// The person's side.
    pub(super) person: File,
    /// The program's side.
    pub(super) program: File,
}

impl Terminal {
    pub(super) fn open(columns: u16) -> Self {
        Self::sized(columns, 24)
    }

    pub(super) fn sized(columns: u16, rows: u16) -> Self {
        let person = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal can be had");
        grantpt(&person).and_then(|()| unlockpt(&person)).expect("the terminal is ours");
        let name = ptsname(&person, Vec::new()).expect("it has a name");
        let mut options = OpenOptions::new();
        let no_control = i32::try_from(OFlags::NOCTTY.bits()).expect("a flag");
        let program = options.read(true).write(true).custom_flags(no_control);
        let program = program.open(OsStr::from_bytes(name.as_bytes())).expect("the other side opens");
        let size = Winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&program, size).expect("a terminal has a size");
        Self { person: person.into(), program }
    }

    /// Waits until `prompt` is shown, does `act`, types what that gives, and gives all that is shown until the program
    /// ends, line ends as a program writes them.
    pub(super) fn show(self, prompt: &str, act: impl FnOnce() -> String) -> Vec<u8> {
        let Self { mut person, program } = self;
        drop(program);
        let (mut shown, mut part) = (Vec::new(), [0; 4096]);
        let mut act = Some(act);
        loop {
            let waited_for = String::from_utf8_lossy(&shown).contains(prompt);
            if let Some(act) = act.take_if(|_| waited_for) {
                person.write_all(act().as_bytes()).expect("a terminal takes what is typed");
            }
            let mut waited = [PollFd::new(&person, PollFlags::IN)];
            let events = poll(&mut waited, Some(&PATIENCE)).expect("a terminal can be waited for");
            // The terminal is dropped with this panic, and the program is hung up on.
            assert!(events > 0, "it neither ends nor goes on:\n{}", String::from_utf8_lossy(&shown));
            match person.read(&mut part) {
                Ok(count @ 1..) => shown.extend(&part[..count]),
                // EIO says that the program's side is closed everywhere.
                Ok(_) | Err(_) => break,
            }
        }
        String::from_utf8_lossy(&shown).replace("\r\n", "\n").into_bytes()
    }
}
