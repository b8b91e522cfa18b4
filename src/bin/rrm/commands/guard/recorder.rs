//! In the place of the trash, for tests of the supervision alone: writes down what would be lost, a line each.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;

use rrm::guard::{Found, Keeper, Loss, Missed, Say, Verdict, Watch};
use rrm::text::quoted;

pub(super) struct Recorder {
    lines: File,
}

impl Recorder {
    pub(super) fn new(path: &Path) -> std::io::Result<Self> {
        Ok(Self { lines: File::options().create(true).append(true).open(path)? })
    }

    fn write(&self, line: &str) {
        // In one write, so that the lines of several threads stay whole.
        let _ = (&self.lines).write_all(format!("{line}\n").as_bytes());
    }
}

fn place(found: &Found) -> String {
    found.path.as_deref().map_or_else(|| "?".to_owned(), quoted)
}

impl Keeper for Recorder {
    fn keep(&self, loss: Loss) -> Verdict {
        let line = match &loss {
            Loss::Removed(found) => format!("removed {}", place(found)),
            Loss::RemovedDirectory(found) => format!("removed directory {}", place(found)),
            Loss::Moved { from, to_path, replaced, .. } => format!(
                "moved {} to {}{}",
                place(from),
                to_path.as_deref().map_or_else(|| "?".to_owned(), quoted),
                if replaced.is_some() { ", replacing" } else { "" }
            ),
            Loss::Exchanged(one, other) => format!("exchanged {} and {}", place(one), place(other)),
            Loss::Shortened { file, found, length } => {
                let size = file.metadata().map(|is| is.len()).unwrap_or_default();
                format!("shortened {} from {size} to {length}", found.as_ref().map_or_else(|| "?".to_owned(), place))
            }
            Loss::Written { found, .. } => format!("written {}", place(found)),
            Loss::Changed(found, change) => format!("changed {} of {}", format_of(change), place(found)),
        };
        let is_slow = line.contains("slow-forever");
        self.write(&line);
        if is_slow {
            std::thread::sleep(std::time::Duration::from_hours(1));
        }
        if line.contains("refused") { Verdict::Refuse(std::io::ErrorKind::PermissionDenied) } else { Verdict::GoOn }
    }

    fn missed(&self, missed: Missed) -> Verdict {
        let path = missed.path.as_deref().map_or_else(|| "?".to_owned(), quoted);
        self.write(&format!("missed {path} of {}: {}", missed.program.to_string_lossy(), missed.why.words()));
        Verdict::GoOn
    }
}

fn format_of(change: &rrm::guard::Change) -> String {
    use rrm::guard::Change;
    match change {
        Change::Mode => "mode".to_owned(),
        Change::Owner => "owner".to_owned(),
        Change::Times => "times".to_owned(),
        Change::Attribute(name) => name.to_string_lossy().into_owned(),
    }
}

impl Watch for Recorder {
    fn tick(&self) {}

    fn speak(&self, _: Say) {}

    fn end(&self) -> Vec<u8> {
        self.write("end");
        Vec::new()
    }

    fn succeed(&self) {
        self.write("succeeded");
    }
}
