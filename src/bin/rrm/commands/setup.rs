//! `rrm setup`: asks what a person wants of rrm in their shell, shows what that writes, writes it, and undoes it.
//!
//! The only command that writes a start file. The link, the schedule and the text for the shell are those of the commands
//! that make them.

mod beside;
mod block;
mod route;
mod start_file;

use std::collections::BTreeSet;
use std::io;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;
use rrm::sys::{self, Dir, Name};
use rrm::text::{escaped_content, quoted};

use self::block::{Chosen, Parts, SCHEDULE};
use self::route::{check_home, route};
use self::start_file::StartFile;
use super::help::Help;
use super::init::StartedShell;
use super::schedule::{self, Locations, Scheduler};
use super::shim::Shim;
use crate::env::{Environment, NO_HOME};
use crate::exit::Exit;
use crate::output::Consent;
use crate::session::{Session, Start, println};

pub(super) const HELP: Help = Help {
    examples: "\
Examples:
  rrm setup              Ask three questions, show what the answers write, and write it
  rrm setup --remove     Take all of it back",
    everyday: "",
    page: include_str!("../manual/setup.man"),
};

#[derive(Debug, Args)]
pub(crate) struct SetupArgs {
    /// The shell to set up [default: that of $SHELL].
    shell: Option<StartedShell>,

    /// Answer yes to all questions.
    #[arg(short, long)]
    yes: bool,

    /// Undo what rrm setup did.
    #[arg(long)]
    remove: bool,

    /// Only print what would be written, as with --yes, or removed.
    #[arg(short = 'n', long)]
    dry_run: bool,
}

pub(super) fn run(args: &SetupArgs, start: Start<'_>) -> anyhow::Result<Exit> {
    let session = &start.session()?;
    let setup = Setup::look(args.shell, session)?;
    if !args.dry_run {
        setup.sweep();
    }
    if args.remove {
        return setup.remove(args.dry_run);
    }
    let answers = if args.yes || args.dry_run { Answers::Yes } else { Answers::Asked };
    let there = setup.there()?;
    let Some(wanted) = setup.ask(&there, answers) else { return Ok(Exit::Failure) };
    let plan = setup.plan(there, wanted)?;
    if plan.is_empty() {
        let takes_back = format!("nothing to write; {}", setup.shell.takes_back());
        println(if setup.parts.has_block() { &takes_back } else { "nothing to write" })?;
        return Ok(Exit::Success);
    }
    plan.show()?;
    if args.dry_run {
        return Ok(Exit::Success);
    }
    if answers == Answers::Asked && session.messages.confirm("write this? ") != Consent::Given {
        println("nothing was written")?;
        return Ok(Exit::Success);
    }
    plan.carry_out()
}

/// The link, and its directory, below the home directory.
const LINK: &str = ".local/bin/rm";
const LINKS: &str = ".local/bin";

/// Where the answers come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answers {
    Yes,
    Asked,
}

/// What a person has already.
struct There {
    /// An error where something else has the name of the link.
    is_linked: rrm::error::Result<bool>,
    is_scheduled: bool,
    /// The scheduler of this system.
    scheduler: Scheduler,
}

/// What a person may want, or have already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Wanted {
    rm: bool,
    schedule: bool,
    completions: bool,
}

/// How everything is before anything is done.
struct Setup<'a> {
    session: &'a Session<'a>,
    shell: StartedShell,
    home: PathBuf,
    locations: Locations,
    shim: Shim<'a>,
    path: PathBuf,
    file: StartFile,
    parts: Parts,
}

impl<'a> Setup<'a> {
    fn look(shell: Option<StartedShell>, session: &'a Session<'a>) -> anyhow::Result<Self> {
        let environment = &session.context.environment;
        let home = environment.home.clone().context(NO_HOME)?;
        check_home(&home)?;
        let locations = Locations::of(environment).context(NO_HOME)?;
        let shell = match shell {
            Some(shell) => shell,
            None => StartedShell::of(environment)
                .context("SHELL names no shell that rrm knows; use rrm setup bash, zsh or fish")?,
        };
        let path = shell.start_file(environment).context(NO_HOME)?;
        let file = StartFile::open(&home, &path)?;
        let parts = match Parts::read(file.text.clone(), shell) {
            Ok(parts) => parts,
            Err(damaged) => bail!(
                "cannot change {}: {damaged}; nothing was changed; move or delete this line by hand",
                quoted(&path)
            ),
        };
        for directory in locations.directories() {
            route(&home, directory)?;
        }
        let shim = Shim::new(Some(route(&home, &home.join(LINKS))?), environment, session.messages)?;
        Ok(Self { session, shell, home, locations, shim, path, file, parts })
    }

    /// Removes what killed runs have left, unless there is anything in it that is not in the start file.
    fn sweep(&self) {
        let is = |parts: &Parts| parts.without().unwrap_or_default();
        self.file.sweep(|text| {
            text.is_empty() || Parts::read(Some(text), self.shell).is_ok_and(|left| is(&left) == is(&self.parts))
        });
    }

    /// What is there already of what may be asked for.
    fn there(&self) -> anyhow::Result<There> {
        let is_scheduled = schedule::is_scheduled(&self.locations)?;
        Ok(There { is_linked: self.shim.is_made(), is_scheduled, scheduler: schedule::available() })
    }

    /// What is set up already is not asked for. `None` where there is nobody to ask.
    fn ask(&self, there: &There, answers: Answers) -> Option<Wanted> {
        let Setup { parts: Parts { chosen, .. }, session, shim, shell, .. } = self;
        let is_linked = matches!(there.is_linked, Ok(true));
        let link = format!("make rm run rrm, by the link {}? ", session.quoted(shim.link()));
        let clean = "run rrm clean every day (deletes items past their grace period for good)? ";
        let complete = format!("complete the command line of rrm in {}? ", shell.name());
        Some(Wanted {
            rm: self.wants(chosen.rm && is_linked, answers, &link)?,
            schedule: self.wants(there.is_scheduled, answers, clean)?,
            completions: self.wants(chosen.completions, answers, &complete)?,
        })
    }

    fn wants(&self, is_there: bool, answers: Answers, question: &str) -> Option<bool> {
        if is_there || answers == Answers::Yes {
            return Some(true);
        }
        match self.session.messages.confirm(question) {
            Consent::Given => Some(true),
            Consent::Refused => Some(false),
            Consent::NobodyToAsk | Consent::Interrupted => {
                self.session.messages.say("there is no terminal to ask on; nothing was written");
                self.session.messages.hint("rrm setup --dry-run prints what rrm setup --yes writes");
                None
            }
        }
    }

    fn plan(&self, there: There, wanted: Wanted) -> anyhow::Result<Plan<'_>> {
        let links = wanted.rm && !there.is_linked?;
        let schedules = (wanted.schedule && !there.is_scheduled).then_some(there.scheduler);
        let mut made = self.parts.chosen.made.clone();
        if links {
            let link = self.home.join(LINK);
            made.insert(LINK.to_owned());
            made.extend(self.missing_above(&link));
        }
        if let Some(scheduler) = schedules {
            made.insert(SCHEDULE.to_owned());
            made.extend(
                schedule::first_file(&self.locations, scheduler).iter().flat_map(|file| self.missing_above(file)),
            );
        }
        let uses_shell = wanted.rm || wanted.completions;
        if uses_shell || !made.is_empty() {
            made.extend(self.missing_above(&self.path));
        }
        if uses_shell && !self.shim.is_program_in_path() {
            bail!("cannot set up {}: PATH has no rrm; add its directory to PATH and try again", self.shell.name());
        }
        let chosen = Chosen { rm: wanted.rm, completions: wanted.completions, made };
        let is_needed = chosen != Chosen::default();
        let lines = is_needed.then(|| chosen.lines(self.shell));
        let lines = lines.filter(|lines| Some(self.parts.with(lines)) != self.file.text);
        Ok(Plan { setup: self, lines, links, schedules })
    }

    /// The directories above a path and below the home directory that do not exist.
    fn missing_above(&self, path: &Path) -> impl Iterator<Item = String> {
        let missing = path.ancestors().skip(1).take_while(|above| sys::metadata_at(above).is_err());
        missing.filter_map(|above| self.below_home(above))
    }

    /// A path as it is written down; `None` where it is elsewhere or does not fit on a line.
    fn below_home(&self, path: &Path) -> Option<String> {
        let text = path.strip_prefix(&self.home).ok()?.to_str()?;
        (!text.is_empty() && !text.contains(char::is_control)).then(|| text.to_owned())
    }

    fn remove(&self, dry_run: bool) -> anyhow::Result<Exit> {
        if !self.parts.has_block() {
            self.session
                .messages
                .close(&format!("nothing to remove: {} has no lines of rrm setup", quoted(&self.path)));
            return Ok(Exit::Success);
        }
        let made = &self.parts.chosen.made;
        let is_link_ours = made.contains(LINK) && self.shim.is_ours();
        println(&format!("take these lines out of {}:", self.named()))?;
        self.print_lines(self.parts.block())?;
        if is_link_ours {
            println(&format!("remove the link {}", self.session.quoted(self.shim.link())))?;
        }
        if made.contains(SCHEDULE) {
            println("remove the schedule of rrm clean")?;
        }
        if dry_run {
            return Ok(Exit::Success);
        }
        // The lines as late as possible, so that a second run takes back what a first one that was killed has left.
        if made.contains(SCHEDULE) {
            schedule::remove(&self.locations)?;
        }
        if is_link_ours {
            self.shim.remove()?;
        }
        self.remove_directories(made);
        self.file.write(self.parts.without().as_deref())?;
        // The file itself may have been in one.
        self.remove_directories(made);
        Ok(Exit::Success)
    }

    /// The start file, and where it is behind its links.
    fn named(&self) -> String {
        let (named, path) = (self.session.quoted(&self.path), self.session.quoted(&self.file.path));
        if named == path { named } else { format!("{named}, which leads to {path}") }
    }

    fn print_lines(&self, lines: &[u8]) -> anyhow::Result<()> {
        let charset = self.session.messages.charset;
        let mut lines =
            lines.trim_ascii_end().split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
        lines.try_for_each(|line| println(&format!("  {}", escaped_content(line, charset))))
    }

    /// Removes the directories that were made, if they are empty; the lowest first.
    fn remove_directories(&self, made: &BTreeSet<String>) {
        let is_plain = |path: &&Path| path.components().all(|part| matches!(part, Component::Normal(_)));
        for path in made.iter().rev().map(Path::new).filter(is_plain).map(|path| self.home.join(path)) {
            if let Some((above, name)) = path.parent().zip(path.file_name())
                && let (Ok(above), Ok(name)) = (route(&self.home, above), Name::new(name))
                && let Ok(above) = Dir::open(&above)
            {
                let _ = above.remove_dir(name);
            }
        }
    }
}

/// What is left to do.
struct Plan<'a> {
    setup: &'a Setup<'a>,
    /// The lines to write between the marks.
    lines: Option<String>,
    links: bool,
    /// With which scheduler to run clean.
    schedules: Option<Scheduler>,
}

impl Plan<'_> {
    fn is_empty(&self) -> bool {
        self.lines.is_none() && !self.links && self.schedules.is_none()
    }

    fn show(&self) -> anyhow::Result<()> {
        let Setup { session, shim, parts, .. } = self.setup;
        if let Some(lines) = &self.lines {
            println(&format!("write to {}:", self.setup.named()))?;
            self.setup.print_lines(parts.marked(lines).as_bytes())?;
        }
        if self.links {
            println(&format!("link {} to {}", session.quoted(shim.link()), session.quoted(shim.program())))?;
        }
        if self.schedules.is_some() {
            println("run rrm clean every day, as rrm schedule install does")?;
        }
        Ok(())
    }

    /// The start file first, where everything is written down that `--remove` takes back.
    fn carry_out(&self) -> anyhow::Result<Exit> {
        let Setup { session, file, parts, shim, .. } = self.setup;
        if let Some(lines) = &self.lines {
            file.write(Some(&parts.with(lines)))?;
        }
        if self.links {
            shim.install(&mut io::sink())?;
        }
        if let Some(scheduler) = self.schedules {
            schedule::install_daily(session, &self.setup.locations, scheduler)?;
        }
        println(&format!("done; a new shell uses it, and {}", self.setup.shell.takes_back()))?;
        if self.schedules.is_some() {
            schedule::tell_idle(session, &self.setup.locations);
        }
        Ok(Exit::Success)
    }
}

impl StartedShell {
    /// The shell of the user.
    fn of(environment: &Environment) -> Option<Self> {
        let name = environment.shell.as_deref()?.file_name()?;
        [Self::Bash, Self::Zsh, Self::Fish].into_iter().find(|shell| name == shell.name())
    }

    /// How what was set up for this shell is taken back, whatever the shell is then.
    fn takes_back(self) -> String {
        format!("rrm setup {} --remove undoes it", self.name())
    }

    /// The file that it reads when somebody is going to type in it.
    fn start_file(self, environment: &Environment) -> Option<PathBuf> {
        let home = environment.home.as_deref();
        Some(match self {
            Self::Bash => home?.join(".bashrc"),
            Self::Zsh => environment.zsh_dir.as_deref().or(home)?.join(".zshrc"),
            Self::Fish => environment.config_dir.as_deref()?.join("fish/conf.d/rrm.fish"),
        })
    }
}

/// Start files that `rrm setup` refuses to change for what is at its marks: where, and what is wrong.
pub(crate) fn damaged(environment: &Environment) -> Vec<(PathBuf, String)> {
    let shells = [StartedShell::Bash, StartedShell::Zsh, StartedShell::Fish];
    let files = shells.into_iter().filter_map(|shell| Some((shell, shell.start_file(environment)?)));
    let Some(home) = &environment.home else { return Vec::new() };
    files
        .filter_map(|(shell, path)| {
            let damaged = Parts::read(StartFile::open(home, &path).ok()?.text, shell).err()?;
            Some((path, damaged.to_string()))
        })
        .collect()
}
