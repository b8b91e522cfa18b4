//! `rrm shim`: puts an `rm` before the system's in PATH, for shells, scripts, editors and build tools.
//!
//! It is a link named `rm` to this program. Only such a link is ever replaced or removed. Startup files are written by
//! `rrm setup`, and by nothing else.

mod finder;
mod link;

use std::ffi::OsStr;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueHint};
use rrm::error::{Error, ErrorKind, Result};

use self::finder::{Caller, Finding, find_in};
use self::link::{Place, Replaced};
use super::help::Help;
use crate::env::Environment;
use crate::exit::Exit;
use crate::gnu::quote::quote;
use crate::output::{Messages, Verbosity};
use crate::session::Start;
use rrm::text::escaped;

pub(super) const HELP: Help = Help {
    examples: "\
Examples:
  rrm shim install           Make ~/.local/bin/rm, a link to rrm
  rrm shim status            Show which rm shells, cron and sudo run",
    everyday: "",
    page: include_str!("../manual/shim.man"),
};

#[derive(Debug, Args)]
pub(crate) struct ShimArgs {
    /// The action.
    #[command(subcommand)]
    pub(crate) action: ShimAction,
}

// What to do about the `rm` in front of the system's.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum ShimAction {
    /// Link rm to rrm, and print the line to add to your shell's startup file.
    Install(ShimDirectory),
    /// Show which shells use the link, and what the others run.
    Status(ShimDirectory),
    /// Remove the link.
    Remove(ShimDirectory),
}

// Where the `rm` is.
#[derive(Debug, Clone, Args)]
pub(crate) struct ShimDirectory {
    /// The directory of the link [default: ~/.local/bin].
    #[arg(value_hint = ValueHint::DirPath)]
    pub(crate) dir: Option<PathBuf>,
}

pub(super) fn run(args: &ShimArgs, start: Start<'_>) -> anyhow::Result<Exit> {
    let messages = start.messages;
    let mut out: Box<dyn Write> =
        if messages.verbosity == Verbosity::Quiet { Box::new(io::sink()) } else { Box::new(io::stdout()) };
    let about = |typed: &ShimDirectory| Shim::new(typed.dir.clone(), &start.environment, messages);
    match &args.action {
        ShimAction::Install(typed) => about(typed)?.install(&mut out),
        ShimAction::Status(typed) => about(typed)?.status(&mut io::stdout()),
        ShimAction::Remove(typed) => about(typed)?.remove(),
    }
}

/// The link, and what the actions on it need.
pub(crate) struct Shim<'a> {
    environment: &'a Environment,
    messages: &'a Messages,
    place: Place,
}

impl<'a> Shim<'a> {
    /// The link in `directory`, by default `~/.local/bin`.
    pub(crate) fn new(
        directory: Option<PathBuf>,
        environment: &'a Environment,
        messages: &'a Messages,
    ) -> Result<Self> {
        let no_home =
            || Error::new(ErrorKind::BadValue, "find", "~/.local/bin", "there is no home directory; name a DIR");
        let usual = || environment.home.as_ref().map(|home| home.join(".local/bin"));
        let directory = directory.or_else(usual).ok_or_else(no_home)?;
        let directory = environment.working_directory().join(directory);
        let program = Environment::program().map_err(|error| Error::system("find", "rrm", error))?;
        Ok(Self { environment, messages, place: Place::new(&directory, program) })
    }

    pub(crate) fn link(&self) -> &Path {
        self.place.link()
    }

    pub(crate) fn program(&self) -> &Path {
        self.place.program()
    }

    /// Whether the link is there and leads to this program; an error where something else has its name.
    pub(crate) fn is_made(&self) -> Result<bool> {
        self.place.is_made()
    }

    /// Whether a link to an rrm is there.
    pub(crate) fn is_ours(&self) -> bool {
        self.place.is_ours()
    }

    /// Whether PATH finds an rrm under that name.
    pub(crate) fn is_program_in_path(&self) -> bool {
        self.environment.path.as_deref().is_some_and(|path| finder::find_program(path, "rrm").is_some())
    }

    /// Makes the link and prints what is left to do.
    pub(crate) fn install(&self, out: &mut impl Write) -> anyhow::Result<Exit> {
        let done = match self.place.install()? {
            Replaced::Nothing => "made",
            Replaced::OurOwn => "renewed",
            Replaced::Kept => "already there:",
        };
        writeln!(out, "{done} {}, a link to {}", self.quoted(self.place.link()), self.quoted(self.place.program()))?;
        let found = self.environment.path.as_deref().and_then(find_in);
        if found.as_deref() == Some(self.place.link()) {
            writeln!(out, "PATH finds it first")?;
        } else {
            self.advise(out)?;
        }
        writeln!(out, "'rrm shim status' shows which shells use it")?;
        Ok(Exit::Success)
    }

    fn advise(&self, out: &mut impl Write) -> anyhow::Result<()> {
        let directory = quote(self.place.directory().as_os_str(), self.messages.charset);
        writeln!(
            out,
            "PATH does not find it first. Run rrm setup, or add the line for your shell at the end of its startup file:"
        )?;
        let lines = [
            ("bash", "~/.bashrc", format!("PATH={directory}:$PATH")),
            ("zsh", "~/.zshrc", format!("path=({directory} $path)")),
            ("fish", "~/.config/fish/config.fish", format!("fish_add_path --path --move --prepend {directory}")),
            ("login and desktop sessions", "~/.profile", format!("export PATH={directory}:\"$PATH\"")),
            (
                "cron",
                "crontab -e, at the top",
                format!("PATH={}:/usr/bin:/bin", escaped(self.place.directory(), self.messages.charset)),
            ),
        ];
        for (who, file, line) in lines {
            writeln!(out, "  {who} ({file}):\n    {line}")?;
        }
        Ok(())
    }

    /// Prints whether the link works and which shells use it. Fails if it is missing, dangling or not ours.
    pub(crate) fn status(&self, out: &mut impl Write) -> anyhow::Result<Exit> {
        let sound = self.place.check();
        match &sound {
            Ok(()) => writeln!(
                out,
                "{:<12} {} points to {}",
                "link",
                self.quoted(self.place.link()),
                self.quoted(self.place.program())
            )?,
            Err(error) => self.messages.error(error),
        }
        for caller in Caller::ALL {
            let told = match caller.find(self.environment) {
                Finding::Path(path) if path == self.place.link() => "uses it".to_owned(),
                Finding::Path(path) if self.place.is_our_program(&path) => {
                    format!("uses it as {}", self.quoted(&path))
                }
                Finding::Path(path) => format!("runs {} instead", self.quoted(&path)),
                Finding::Other(what) => format!("runs {} instead", quote(&what, self.messages.charset)),
                Finding::Nothing => "finds no rm".to_owned(),
                Finding::NotInstalled => "is not installed".to_owned(),
                Finding::NoAnswer => "did not answer".to_owned(),
            };
            writeln!(out, "{:<12} {told}", caller.name())?;
        }
        Ok(if sound.is_ok() { Exit::Success } else { Exit::Failure })
    }

    /// Why a link of ours is not found, if there is one in the usual place or in PATH.
    pub(crate) fn trouble(&self) -> Option<(PathBuf, String)> {
        let path = self.environment.path.as_deref().unwrap_or_default();
        let usual = self.place.directory().to_owned();
        let places = finder::directories(path).chain([usual]).map(|directory| self.place.beside(&directory));
        let ours = places.into_iter().find(Place::is_ours)?;
        let link = ours.link().to_owned();
        if let Err(error) = ours.check() {
            return Some((link, error.reason.into_owned()));
        }
        match find_in(path) {
            Some(found) if found == link || self.place.is_our_program(&found) => None,
            Some(found) => Some((link, format!("PATH finds {} before it", self.quoted(&found)))),
            None => Some((link, "PATH does not include its directory".to_owned())),
        }
    }

    /// Removes the link, if it is ours.
    pub(crate) fn remove(&self) -> anyhow::Result<Exit> {
        self.place.remove()?;
        self.messages.done(&format!("removed {}", self.quoted(self.place.link())))?;
        Ok(Exit::Success)
    }

    fn quoted(&self, path: &Path) -> String {
        let name: &OsStr = path.as_os_str();
        quote(name, self.messages.charset)
    }
}
