//! `rrm doctor`: finds problems and suggests fixes.

mod surroundings;
mod words;

use std::io::{self, Write};

use anyhow::Context as _;
use rrm::manager::TrashManager;
use rrm::outcome::diagnosis::{Diagnosis, Finding, Mending};
use rrm::request::ExamineRequest;
use rrm::rules::selection::absolute;

use crate::args::DoctorArgs;
use crate::exit::Exit;
use crate::options::ReportForm;
use crate::output;
use crate::output::finding::{Look, Repair, Told, line, object};
use crate::output::{Voice, clear_progress};
use crate::run::Session;

impl Session<'_> {
    pub(crate) fn doctor(&self, args: &DoctorArgs) -> anyhow::Result<Exit> {
        let here = self.context.environment.working_directory();
        let files = args.paths.iter().map(|path| absolute(path, &here)).collect();
        let request = ExamineRequest { files, now: self.context.now };
        let (told, diagnosis) = self.examine(args, &request);
        clear_progress();
        self.write_findings(args.form.form(), &told, &diagnosis).context("cannot write the findings")?;
        let exit = self.messages.problems(&diagnosis.problems);
        Ok(exit.max(if told.iter().any(Told::remains) { Exit::Failure } else { Exit::Success }))
    }

    /// Looks, and with `--repair` mends. A trash directory that nobody may use before its mode is mended can only be looked
    /// into afterwards, so then it is all done once more.
    fn examine(&self, args: &DoctorArgs, request: &ExamineRequest) -> (Vec<Told>, Diagnosis) {
        let manager = self.manager();
        let mut seen: Vec<Finding> = Vec::new();
        let mut told = Vec::new();
        loop {
            let mut diagnosis = manager.examine(request, &self.messages.progress());
            let mut opened = false;
            diagnosis.findings.retain(|finding| !seen.contains(finding));
            for finding in &diagnosis.findings {
                let told_of = self.attend_to(&manager, finding, args);
                let is_done = matches!(told_of.repair, Repair::Done(_));
                opened |= is_done && matches!(finding, Finding::WrongMode { .. } | Finding::Unregistered { .. });
                told.push(told_of);
            }
            seen.append(&mut diagnosis.findings);
            if !opened {
                surroundings::check(self, &mut told);
                return (told, diagnosis);
            }
        }
    }

    fn attend_to(&self, manager: &TrashManager, finding: &Finding, args: &DoctorArgs) -> Told {
        let mut told = words::of(self, finding);
        if args.repair && finding.mending() == Mending::Possible {
            told.repair = match manager.mend(finding, self.context.now) {
                Ok(()) => Repair::Done(words::done(finding)),
                Err(error) => Repair::Failed(error.reason.into_owned()),
            };
        }
        told
    }

    fn write_findings(&self, form: ReportForm, told: &[Told], diagnosis: &Diagnosis) -> io::Result<()> {
        let mut out = io::BufWriter::new(io::stdout().lock());
        if form == ReportForm::Json {
            told.iter().try_for_each(|told| writeln!(out, "{}", output::line_of(&object(told))))?;
            return out.flush();
        }
        let look = Look { charset: self.messages.charset, colour: self.colour.on_stdout() };
        if self.messages.voice == Voice::Verbose {
            diagnosis.trashes.iter().try_for_each(|trash| writeln!(out, "checked {}", self.quoted(trash)))?;
        }
        told.iter().try_for_each(|told| writeln!(out, "{}", line(told, look)))?;
        if self.messages.voice.hints() {
            writeln!(out, "{}", summary(told, diagnosis))?;
        }
        out.flush()
    }
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
