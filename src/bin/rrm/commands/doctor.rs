//! `rrm doctor`: finds problems and suggests fixes.

mod surroundings;
mod words;

use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, ValueHint};
use rrm::finding::{Finding, Mending};
use rrm::manager::TrashManager;
use rrm::ops::doctor::Diagnosis;
use rrm::ops::doctor::ExamineOptions;
use rrm::rules::selection::absolute;

use super::help::Help;
use crate::exit::Exit;
use crate::options::{ReportForm, ReportFormArgs};
use crate::output::finding::{Look, Repair, Told, line, object};
use crate::output::{self, Voice, clear_progress};
use crate::session::{Session, Start};

pub(super) const HELP: Help = Help {
    examples: "\
Examples:
  rrm doctor                 Check all trash directories
  rrm doctor --repair ~      Fix problems, and remove stray records from files",
    everyday: None,
    page: include_str!("../manual/doctor.man"),
};

#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {
    /// Files and directories to check for attributes that rrm left behind.
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(crate) paths: Vec<PathBuf>,

    /// Fix problems without losing data.
    #[arg(long)]
    pub(crate) repair: bool,

    #[command(flatten)]
    pub(crate) form: ReportFormArgs,
}

pub(super) fn run(args: &DoctorArgs, start: Start<'_>) -> anyhow::Result<Exit> {
    let session = &start.session()?;
    let here = session.context.environment.working_directory();
    let files = args.paths.iter().map(|path| absolute(path, &here)).collect();
    let request = ExamineOptions::new(files, session.context.now);
    let (told, diagnosis) = examine(session, args, &request);
    clear_progress();
    write_findings(session, args.form.form(), &told, &diagnosis).context("cannot write the findings")?;
    let exit = session.messages.problems(&diagnosis.problems);
    Ok(exit.max(if told.iter().any(Told::remains) { Exit::Failure } else { Exit::Success }))
}

/// Looks, and with `--repair` mends. A trash directory that nobody may use before its mode is mended can only be looked
/// into afterwards, so then it is all done once more.
fn examine(session: &Session<'_>, args: &DoctorArgs, request: &ExamineOptions) -> (Vec<Told>, Diagnosis) {
    let manager = session.manager();
    let mut seen: Vec<Finding> = Vec::new();
    let mut told = Vec::new();
    loop {
        let mut diagnosis = manager.examine(request, &session.messages.progress());
        let mut opened = false;
        diagnosis.findings.retain(|finding| !seen.contains(finding));
        for finding in &diagnosis.findings {
            let told_of = attend_to(session, &manager, finding, args);
            let is_done = matches!(told_of.repair, Repair::Done(_));
            opened |= is_done && matches!(finding, Finding::WrongMode { .. } | Finding::Unregistered { .. });
            told.push(told_of);
        }
        seen.append(&mut diagnosis.findings);
        if !opened {
            surroundings::check(session, &mut told);
            return (told, diagnosis);
        }
    }
}

fn attend_to(session: &Session<'_>, manager: &TrashManager, finding: &Finding, args: &DoctorArgs) -> Told {
    let mut told = words::of(session, finding);
    if args.repair && finding.mending() == Mending::Possible {
        told.repair = match manager.mend(finding, session.context.now) {
            Ok(()) => Repair::Done(words::done(finding)),
            Err(error) => Repair::Failed(error.reason.into_owned()),
        };
    }
    told
}

fn write_findings(session: &Session<'_>, form: ReportForm, told: &[Told], diagnosis: &Diagnosis) -> io::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    if form == ReportForm::Json {
        told.iter().try_for_each(|told| writeln!(out, "{}", output::line_of(&object(told))))?;
        return out.flush();
    }
    let look = Look { charset: session.messages.charset, colour: session.colour.on_stdout() };
    if session.messages.voice == Voice::Verbose {
        diagnosis.trashes.iter().try_for_each(|trash| writeln!(out, "checked {}", session.quoted(trash)))?;
    }
    told.iter().try_for_each(|told| writeln!(out, "{}", line(told, look)))?;
    if session.messages.voice.hints() {
        writeln!(out, "{}", summary(told, diagnosis))?;
    }
    out.flush()
}

/// What was looked at, and what came of it.
fn summary(told: &[Told], diagnosis: &Diagnosis) -> String {
    let trashes = match diagnosis.trashes.len() {
        1 => "1 trash directory".to_owned(),
        number => format!("{number} trash directories"),
    };
    let mut looked_at = format!("checked {trashes} with {}", output::count(diagnosis.items, "item"));
    if diagnosis.files > 0 {
        looked_at.push_str(&format!(", and {} elsewhere", output::count(diagnosis.files, "file")));
    }
    let number = |is: &dyn Fn(&Told) -> bool| told.iter().filter(|told| is(told)).count() as u64;
    let repaired = number(&|told| matches!(told.repair, Repair::Done(_)));
    let repaired = if repaired > 0 { format!("{repaired} repaired, ") } else { String::new() };
    match number(&Told::remains) {
        0 => format!("{looked_at}: {repaired}no problems found"),
        remain => format!("{looked_at}: {repaired}{} found", output::count(remain, "problem")),
    }
}
