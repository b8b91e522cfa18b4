//! `rrm doctor`: finds problems and suggests fixes.

mod surroundings;
mod words;

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, ValueHint};
use rrm::finding::{Finding, Mending};
use rrm::manager::TrashManager;
use rrm::ops::doctor::Diagnosis;
use rrm::ops::doctor::ExamineOptions;
use rrm::rules::selection::absolute;

use super::all_users::{AllUsers, Allowance, forward};
use super::help::Help;
use crate::exit::Exit;
use crate::options::{ReportForm, ReportFormArgs};
use crate::output::finding::{Entry, LineStyle, Repair, line, object};
use crate::output::{self, Messages, Verbosity, clear_progress};
use crate::session::{Session, Start};

pub(super) const HELP: Help = Help {
    examples: "\
Examples:
  rrm doctor                 Check all trash directories
  rrm doctor --repair ~      Fix problems, and remove stray records from files",
    everyday: "",
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

    /// As root, check the trash of each user.
    #[arg(long, conflicts_with_all = ["paths", "repair", "trash_dir"])]
    pub(crate) all_users: bool,

    #[command(flatten)]
    pub(crate) form: ReportFormArgs,
}

pub(super) fn run(args: &DoctorArgs, start: Start<'_>) -> anyhow::Result<Exit> {
    if args.all_users {
        return examine_all(args.form.form(), start.messages);
    }
    let session = &start.session()?;
    let here = session.context.environment.working_directory();
    let files = args.paths.iter().map(|path| absolute(path, &here)).collect();
    let request = ExamineOptions::new(files, session.context.now);
    let (mut entries, diagnosis) = examine(session, args, &request);
    // The worst is last, where a person looks.
    entries.sort_by(|a, b| (a.severity, &a.path).cmp(&(b.severity, &b.path)));
    clear_progress();
    write_findings(session, args.form.form(), &entries, &diagnosis).context("cannot write the findings")?;
    let exit = session.messages.problems(&diagnosis.problems);
    Ok(exit.max(if entries.iter().any(Entry::is_open) { Exit::Failure } else { Exit::Success }))
}

/// Checks the trash of every user who owns a home directory.
fn examine_all(form: ReportForm, messages: &Messages) -> anyhow::Result<Exit> {
    let words = ["doctor"].into_iter().chain((form == ReportForm::Json).then_some("--json"));
    match AllUsers::find("doctor", messages)? {
        Ok(all) => forward(&all, &words.map(OsString::from).collect::<Vec<_>>(), form, Allowance::BRIEF),
        Err(exit) => Ok(exit),
    }
}

/// Checks, and repairs with `--repair`. A trash directory with a wrong mode can be checked only after its repair, so
/// all is checked again then.
fn examine(session: &Session<'_>, args: &DoctorArgs, request: &ExamineOptions) -> (Vec<Entry>, Diagnosis) {
    let manager = session.manager();
    let mut seen: Vec<Finding> = Vec::new();
    let mut entries = Vec::new();
    loop {
        let mut diagnosis = manager.examine(request, &session.messages.progress());
        let mut opened = false;
        diagnosis.findings.retain(|finding| !seen.contains(finding));
        for finding in &diagnosis.findings {
            let entry = attend_to(session, &manager, finding, args);
            let is_done = matches!(entry.repair, Repair::Done(_));
            opened |= is_done && matches!(finding, Finding::WrongMode { .. } | Finding::Unregistered { .. });
            entries.push(entry);
        }
        seen.append(&mut diagnosis.findings);
        if !opened {
            surroundings::check(session, &mut entries);
            return (entries, diagnosis);
        }
    }
}

fn attend_to(session: &Session<'_>, manager: &TrashManager, finding: &Finding, args: &DoctorArgs) -> Entry {
    let mut entry = words::of(session, finding);
    if args.repair && finding.mending() == Mending::Possible {
        entry.repair = match manager.mend(finding, session.context.now) {
            Ok(()) => Repair::Done(words::done(finding)),
            Err(error) => Repair::Failed(error.reason.into_owned()),
        };
    }
    entry
}

fn write_findings(session: &Session<'_>, form: ReportForm, entries: &[Entry], diagnosis: &Diagnosis) -> io::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    if form == ReportForm::Json {
        entries.iter().try_for_each(|entry| writeln!(out, "{}", output::line_of(&object(entry))))?;
        return out.flush();
    }
    let style = LineStyle { charset: session.messages.charset, colour: session.colour.on_stdout() };
    if session.messages.verbosity == Verbosity::Verbose {
        diagnosis.trashes.iter().try_for_each(|trash| writeln!(out, "checked {}", session.quoted(trash)))?;
    }
    for entry in entries {
        writeln!(out, "{}", line(entry, style))?;
        if entry.repair == Repair::None && session.messages.verbosity.hints() {
            writeln!(out, "  hint: {}", entry.remedy)?;
        }
    }
    if session.messages.verbosity.hints() {
        writeln!(out, "{}", summary(entries, diagnosis))?;
    }
    out.flush()
}

/// The last line: what was checked and how many problems there are.
fn summary(entries: &[Entry], diagnosis: &Diagnosis) -> String {
    let trashes = match diagnosis.trashes.len() {
        1 => "1 trash directory".to_owned(),
        number => format!("{number} trash directories"),
    };
    let mut looked_at = format!("checked {trashes} with {}", output::count(diagnosis.items, "item"));
    if diagnosis.files > 0 {
        looked_at.push_str(&format!(", and {} elsewhere", output::count(diagnosis.files, "file")));
    }
    let number = |is: &dyn Fn(&Entry) -> bool| entries.iter().filter(|entry| is(entry)).count() as u64;
    let repaired = number(&|entry| matches!(entry.repair, Repair::Done(_)));
    let repaired = if repaired > 0 { format!("{repaired} repaired, ") } else { String::new() };
    match number(&Entry::is_open) {
        0 => format!("{looked_at}: {repaired}no problems found"),
        remain => format!("{looked_at}: {repaired}{} found", output::count(remain, "problem")),
    }
}
