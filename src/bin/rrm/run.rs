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
use rrm::outcome::{RestorePlan, RestoreStep, Restored};
use rrm::request::{Copying, Open, Restorable, RestoreRequest};
use rrm::retention::Fates;

use crate::args::{
    self, Cli, Command, ConfigAction, RestoreArgs, RestoreToArgs, RmArgs, ShimAction, ShimDirectory, UndoArgs,
};
use crate::browse;
use crate::called_rm;
use crate::complete;
use crate::exit::Exit;
use crate::gnu::quote::quote;
use crate::remove::Remover;
use crate::shim::Shim;
use crate::terminal::{Consent, Messages, clear_progress, output_hint};
use crate::translate::{Colour, Context, Effect, Environment, Voice, check_choice, effect};
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
            return help_or_complaint(&told, args::colour_of_help(words).into(), &messages);
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
        Command::Clean(args) => session.clean(&args),
        Command::Keep(args) => session.keep(&args),
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

    fn restore(&self, args: &RestoreArgs) -> anyhow::Result<Exit> {
        let selection = self.context.selection(&args.selection)?;
        if !selection.is_everything() {
            return self.carry_out_restore(Restorable::Selected(selection), &args.to);
        }
        if browse::has_terminal() {
            return self.restore_picked(&args.to);
        }
        self.messages.say("nothing selected to restore");
        self.messages.hint("name an ID or a path from rrm list; rrm undo restores what the last rrm rm removed");
        Ok(Exit::Usage)
    }

    fn undo(&self, args: &UndoArgs) -> anyhow::Result<Exit> {
        self.carry_out_restore(Restorable::LastBatch(args.session.clone()), &args.to)
    }

    pub(crate) fn carry_out_restore(&self, what: Restorable, to: &RestoreToArgs) -> anyhow::Result<Exit> {
        let request = self.context.restore(what, to)?;
        let manager = self.manager();
        let plan = manager.plan_restore(&request);
        let exit = self.messages.problems(&plan.problems);
        if plan.steps.is_empty() && exit == Exit::Success {
            self.messages.say("nothing to restore");
            self.messages.hint("rrm list shows the items in the trash");
            return Ok(Exit::Failure);
        }
        if effect(to.dry_run) == Effect::DryRun {
            return Ok(exit.max(self.tell_restore_plan(&manager, &plan, &request)?));
        }
        let told = self.told(if is_undo(&request) { Told::Everything } else { Told::Nothing });
        Ok(exit.max(self.restore_all(&manager, plan, request, told)?))
    }

    /// Tells of each step how it would end. What would be asked about on a terminal is told as what it is without one.
    fn tell_restore_plan(
        &self,
        manager: &TrashManager,
        plan: &RestorePlan,
        request: &RestoreRequest,
    ) -> anyhow::Result<Exit> {
        let mut exit = Exit::Success;
        let mut lines = Vec::new();
        manager.foresee_restore(plan, request, |_, foreseen| match foreseen {
            Ok(Restored::At(path) | Restored::Marked(path, _)) => {
                lines.push(format!("would restore {}", self.quoted(&path)));
            }
            Ok(Restored::Skipped(path)) => lines.push(format!("would skip {}", self.quoted(&path))),
            Err(error) => exit = exit.max(self.messages.problems(&[error])),
        });
        let mut out = io::BufWriter::new(io::stdout().lock());
        lines.iter().try_for_each(|line| writeln!(out, "{line}")).and_then(|()| out.flush()).context("write error")?;
        Ok(exit)
    }

    /// Restores what is planned; what needs consent is asked about once the rest is done.
    fn restore_all(
        &self,
        manager: &TrashManager,
        mut plan: RestorePlan,
        mut request: RestoreRequest,
        told: Told,
    ) -> anyhow::Result<Exit> {
        let (mut exit, mut unagreed) = self.restore_steps(manager, &plan, &request, told)?;
        // What is open may turn out to be large as well; so that is asked first.
        for kind in [ErrorKind::OpenRecord, ErrorKind::NeedsConsent] {
            let (asked, others): (Vec<_>, Vec<_>) = unagreed.into_iter().partition(|(_, error)| error.kind == kind);
            unagreed = others;
            (plan.steps, exit) = self.agreed(asked, exit);
            if plan.steps.is_empty() {
                continue;
            }
            match kind {
                ErrorKind::OpenRecord => request.open = Open::Agreed,
                _ => request.copying = Copying::Whatever,
            }
            let (again, more) = self.restore_steps(manager, &plan, &request, told)?;
            exit = exit.max(again);
            unagreed.extend(more);
        }
        Ok(exit)
    }

    /// Those of the steps that a person agrees to.
    fn agreed(&self, asked: Vec<(RestoreStep, Error)>, mut exit: Exit) -> (Vec<RestoreStep>, Exit) {
        let mut agreed = Vec::new();
        for (step, error) in asked {
            match self.messages.consent_to(&error) {
                Consent::Given => agreed.push(step),
                Consent::Refused => {}
                Consent::NobodyToAsk => exit = exit.max(Exit::Failure),
            }
        }
        (agreed, exit)
    }

    fn restore_steps(
        &self,
        manager: &TrashManager,
        plan: &RestorePlan,
        request: &RestoreRequest,
        told: Told,
    ) -> anyhow::Result<(Exit, Vec<(RestoreStep, Error)>)> {
        let mut exit = Exit::Success;
        let mut unagreed = Vec::new();
        let mut out = io::BufWriter::new(io::stdout().lock());
        let mut written = Ok(());
        let made_anew = manager.restore(plan, request, &self.messages.progress().listening(), |step, result| {
            let (verb, path) = match result {
                Ok(Restored::At(path)) => ("restored", path),
                Ok(Restored::Marked(path, problem)) => {
                    exit = exit.max(self.messages.problems(&[problem]));
                    ("restored", path)
                }
                Ok(Restored::Skipped(path)) => ("skipped", path),
                Err(error) if matches!(error.kind, ErrorKind::NeedsConsent | ErrorKind::OpenRecord) => {
                    return unagreed.push((step.clone(), error));
                }
                Err(error) => {
                    exit = exit.max(self.messages.problems(&[error]));
                    return;
                }
            };
            if told == Told::Everything || path != step.target {
                let line = format!("{verb} {}", self.quoted(&path));
                clear_progress();
                written = std::mem::replace(&mut written, Ok(())).and_then(|()| writeln!(out, "{line}"));
            }
        });
        written.and_then(|()| out.flush()).context("write error")?;
        made_anew.iter().for_each(|anew| self.messages.close(&crate::view::made_anew(anew, self.messages.charset)));
        Ok((exit, unagreed))
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
    Everything,
}

fn is_undo(request: &RestoreRequest) -> bool {
    matches!(request.what, Restorable::LastBatch(_))
}

pub(crate) fn println(line: &str) -> anyhow::Result<()> {
    writeln!(io::stdout(), "{line}").context("write error")
}
