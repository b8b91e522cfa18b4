//! One function a command.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use rrm::attributes::SystemAttributes;
use rrm::config::{Config, Key};
use rrm::error::{Error, ErrorKind};
use rrm::manager::TrashManager;
use rrm::retention::Fates;

use crate::args::{self, Cli, Command, ConfigAction, RmArgs, ShimAction, ShimDirectory};
use crate::called_rm;
use crate::complete;
use crate::exit::Exit;
use crate::gnu::quote::quote;
use crate::remove::Remover;
use crate::shim::Shim;
use crate::terminal::{Messages, output_hint};
use crate::translate::{Colour, Context, Effect, Environment, Voice, check_choice};
use crate::view::{Detail, Scene};

/// Reads the command line, runs the command, and tells how it ended. The first word is the name it was started under.
pub(crate) fn main(words: &[OsString]) -> Exit {
    if let Some((program, words)) = words.split_first().filter(|(program, _)| called_rm::is_its_name(program)) {
        return called_rm::main(program, words);
    }
    let environment = Environment::read();
    let cli = match args::read(words) {
        Ok(cli) => cli,
        Err(told) => {
            let messages = Messages::new("rrm", environment.charset, Voice::Usual);
            let exit = help_or_complaint(&told, args::colour_of_help(words).into(), &messages);
            if let Some(removal) = args::as_removal(words, &told, environment.charset) {
                messages.hint(&format!("to remove files, use: {removal}"));
            }
            return exit;
        }
    };
    let messages = Messages::new("rrm", environment.charset, cli.common.feedback.voice());
    run(cli, environment, &messages).unwrap_or_else(|error| failed(&error, &messages))
}

/// Prints a help text or the version, or says what is wrong with the command line.
fn help_or_complaint(told: &clap::Error, colour: Colour, messages: &Messages) -> Exit {
    let text = told.render();
    if told.use_stderr() {
        messages.complain(&text.to_string(), colour.on(&io::stderr()).then(|| text.ansi().to_string()));
        return Exit::Usage;
    }
    let text = if colour.on_stdout() { text.ansi().to_string() } else { text.to_string() };
    let mut out = io::stdout();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Exit::Success,
        Err(error) => messages.write_error(&error),
    }
}

/// Tells of an error that ended the command, and what it makes of the exit status.
pub(crate) fn failed(error: &anyhow::Error, messages: &Messages) -> Exit {
    if let Some(known) = error.downcast_ref::<Error>() {
        messages.error(known);
        return if known.kind == ErrorKind::BadValue { Exit::Usage } else { Exit::Failure };
    }
    match error.downcast_ref::<io::Error>() {
        Some(pipe) if pipe.kind() == io::ErrorKind::BrokenPipe => Exit::BrokenPipe,
        Some(cause) => {
            messages.say(&format!("{error}: {}", rrm::error::words_of(cause)));
            messages.hint(output_hint(cause));
            Exit::Failure
        }
        None => {
            messages.say(&format!("{error:#}"));
            Exit::Failure
        }
    }
}

fn run(cli: Cli, environment: Environment, messages: &Messages) -> anyhow::Result<Exit> {
    match &cli.command {
        Command::Completions { shell } => {
            io::stdout().write_all(&complete::script(*shell)).context("write error")?;
            return Ok(Exit::Success);
        }
        Command::Complete { shell, words } => return Ok(complete::answer(*shell, words, environment)),
        Command::Shim { action } => return shim(action.clone(), &environment, messages),
        Command::Clean(args) if args.all_users => return crate::users::clean_all(args, messages),
        Command::Man { dir } => {
            crate::manual::write(dir)?;
            messages.done(&format!("wrote the manual pages to {}", quote(dir.as_os_str(), messages.charset)))?;
            return Ok(Exit::Success);
        }
        _ => {}
    }
    let context = Context::read(environment, cli.common.trash_dir.as_deref())?;
    let session = Session { context, messages, colour: cli.common.feedback.colour() };
    match cli.command {
        Command::Rm(args) => session.rm(args),
        Command::List(args) => session.list(&args),
        Command::Show(args) => session.show(&args),
        Command::Stats(args) => session.stats(&args),
        Command::Browse(args) => session.browse(&args),
        Command::Restore(args) => session.restore(&args),
        Command::Undo(args) => session.undo(&args),
        Command::Redo(args) => session.redo(&args),
        Command::Clean(args) => session.clean(&args),
        Command::Keep(args) => session.keep(&args),
        Command::Guard(args) => session.guard(args),
        Command::Import(args) => session.import(&args),
        Command::Doctor(args) => session.doctor(&args),
        Command::Schedule(args) => session.schedule(&args.action, cli.common.trash_dir.as_deref()),
        Command::Config(args) => session.config(args.action),
        Command::Completions { .. } | Command::Complete { .. } | Command::Shim { .. } | Command::Man { .. } => {
            Ok(Exit::Success)
        }
    }
}

fn shim(action: ShimAction, environment: &Environment, messages: &Messages) -> anyhow::Result<Exit> {
    let mut out: Box<dyn Write> =
        if messages.voice == Voice::Quiet { Box::new(io::sink()) } else { Box::new(io::stdout()) };
    let about = |typed: ShimDirectory| Shim::new(typed.dir, environment, messages);
    match action {
        ShimAction::Install(typed) => about(typed)?.install(&mut out),
        ShimAction::Status(typed) => about(typed)?.status(&mut io::stdout()),
        ShimAction::Remove(typed) => about(typed)?.remove(),
    }
}

/// One command that needs the trash.
pub(crate) struct Session<'a> {
    pub(crate) context: Context,
    pub(crate) messages: &'a Messages,
    pub(crate) colour: Colour,
}

impl Session<'_> {
    pub(crate) fn manager(&self) -> TrashManager {
        let manager = TrashManager::new(self.context.settings(), Arc::new(SystemAttributes));
        // One that cannot be read is told by the command that needs it.
        match self.context.grace_period() {
            Ok(grace_period) => manager.with_grace_period(grace_period),
            Err(_) => manager,
        }
    }

    fn rm(&self, args: RmArgs) -> anyhow::Result<Exit> {
        let (options, ours) = (args.gnu(self.messages.voice), args.ours());
        if args.paths.is_empty() && options.missing == crate::gnu::options::Missing::Fail {
            self.messages.say("missing operand");
            self.messages.hint("usage: rrm rm PATH...; see rrm rm --help");
            return Ok(Exit::Usage);
        }
        let manager = self.manager();
        let exit = Remover::new(&self.context, self.messages, &manager, options, &ours).run(args.paths)?;
        if ours.afterwards == crate::translate::Afterwards::Clean && ours.effect == Effect::Real {
            return Ok(exit.max(self.clean_afterwards(&manager)?));
        }
        Ok(exit)
    }

    /// What output is made with, beside the items themselves.
    pub(crate) fn scene<'a>(&'a self, fates: Option<&'a Fates>, detail: Detail) -> Scene<'a> {
        Scene {
            now: self.context.now,
            fates,
            home: self.context.environment.home.as_deref(),
            width: rrm::sys::terminal_width(),
            detail,
            charset: self.messages.charset,
            colours: Environment::colours(self.colour),
        }
    }

    fn config(&self, action: Option<ConfigAction>) -> anyhow::Result<Exit> {
        match action {
            None | Some(ConfigAction::Get { key: None }) => {
                for key in Key::ALL {
                    println(&format!("{} {}", key.name(), self.context.choice(key)))?;
                }
            }
            Some(ConfigAction::Get { key: Some(key) }) => println(&self.context.choice(key))?,
            Some(ConfigAction::Set { key, value }) => {
                check_choice(key, &value)?;
                Config::set(self.context.config_dir()?, &SystemAttributes, key, Some(&value))?;
                let value = quote(&value, self.messages.charset);
                self.messages.done(&format!("set {} to {value}", key.name()))?;
            }
            Some(ConfigAction::Unset { key }) => {
                Config::set(self.context.config_dir()?, &SystemAttributes, key, None)?;
                self.messages.done(&format!("reset {} to its default", key.name()))?;
            }
        }
        Ok(Exit::Success)
    }

    /// How much to tell of what went well, for a command that tells so much unasked.
    pub(crate) fn told(&self, unasked: Told) -> Told {
        match self.messages.voice {
            Voice::Verbose => Told::Everything,
            Voice::Usual => unasked,
            Voice::Quiet | Voice::AsRm => Told::Nothing,
        }
    }

    pub(crate) fn quoted(&self, path: &Path) -> String {
        quote(path.as_os_str(), self.messages.charset)
    }
}

/// How much is told of what went well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    Nothing,
    /// One line for all of it.
    Summary,
    /// An object for each item.
    Json,
    Everything,
}

pub(crate) fn println(line: &str) -> anyhow::Result<()> {
    writeln!(io::stdout(), "{line}").context("write error")
}
