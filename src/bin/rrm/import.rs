//! `rrm import`: what is told and asked around taking over the trashes of other programs.

use std::collections::HashSet;
use std::io::{self, Write};

use anyhow::Context as _;
use chrono::Local;
use rrm::error::ErrorKind;
use rrm::item::ItemId;
use rrm::manager::TrashManager;
use rrm::outcome::{ImportPlan, ImportStep, Imported};
use rrm::request::{Copying, ImportRequest};
use rrm::retention::{Fate, Rule};

use crate::args::ImportArgs;
use crate::exit::Exit;
use crate::run::{Session, Told};
use crate::terminal::Consent;
use crate::translate::{Effect, effect};
use crate::view;

impl Session<'_> {
    pub(crate) fn import(&self, args: &ImportArgs) -> anyhow::Result<Exit> {
        let request = self.context.import(args)?;
        let manager = self.manager();
        let plan = manager.plan_import(&request);
        let exit = self.messages.problems(&plan.problems);
        if plan.steps.is_empty() && plan.problems.is_empty() {
            self.messages.say("nothing to import");
        }
        if effect(args.dry_run) == Effect::DryRun {
            return self.tell_import_plan(&plan).map(|()| exit);
        }
        let told = self.told(Told::Nothing);
        Ok(exit.max(self.import_all(&manager, plan, request, told)?))
    }

    fn tell_import_plan(&self, plan: &ImportPlan) -> anyhow::Result<()> {
        let mut out = io::BufWriter::new(io::stdout().lock());
        for step in &plan.steps {
            let date = step.trashed.with_timezone(&Local).format("%Y-%m-%d %H:%M:%S");
            writeln!(out, "would import {}, removed {date}", self.quoted(&step.original))?;
        }
        writeln!(out, "would import {}", view::count(plan.steps.len() as u64, "item"))?;
        Ok(out.flush()?)
    }

    /// Imports what is planned; what needs consent is asked about once the rest is done.
    fn import_all(
        &self,
        manager: &TrashManager,
        mut plan: ImportPlan,
        mut request: ImportRequest,
        told: Told,
    ) -> anyhow::Result<Exit> {
        let mut round = self.import_steps(manager, &plan, &request, told)?;
        let mut exit = round.exit;
        plan.steps = Vec::new();
        for (step, error) in std::mem::take(&mut round.unagreed) {
            match self.messages.consent_to(&error) {
                Consent::Given => plan.steps.push(step),
                Consent::Refused => {}
                Consent::NobodyToAsk => exit = exit.max(Exit::Failure),
            }
        }
        let mut imported = round.imported;
        if !plan.steps.is_empty() {
            request.copying = Copying::Whatever;
            let again = self.import_steps(manager, &plan, &request, told)?;
            exit = exit.max(again.exit);
            imported.extend(again.imported);
        }
        self.warn_of_rules(manager, &imported)?;
        Ok(exit)
    }

    fn import_steps(
        &self,
        manager: &TrashManager,
        plan: &ImportPlan,
        request: &ImportRequest,
        told: Told,
    ) -> anyhow::Result<Round> {
        let mut round = Round { exit: Exit::Success, imported: HashSet::new(), unagreed: Vec::new() };
        let mut out = io::BufWriter::new(io::stdout().lock());
        let mut written = Ok(());
        manager.import(plan, request, &self.messages.progress().watching(), |step, result| match result {
            Ok(Imported::Done(item)) => {
                round.imported.insert(item.id);
                if told == Told::Everything {
                    let line = format!("imported {}", self.quoted(&step.original));
                    written = std::mem::replace(&mut written, Ok(())).and_then(|()| writeln!(out, "{line}"));
                }
            }
            Ok(Imported::Gone) => {}
            Err(error) if error.kind == ErrorKind::NeedsConsent => round.unagreed.push((step.clone(), error)),
            Err(error) => round.exit = round.exit.max(self.messages.problems(&[error])),
        });
        written.and_then(|()| out.flush()).context("write error")?;
        Ok(round)
    }

    /// The grace period of what was imported begins today, but a standing rule may go by the day it was removed. Nobody
    /// shall learn that from the next clean.
    fn warn_of_rules(&self, manager: &TrashManager, imported: &HashSet<ItemId>) -> anyhow::Result<()> {
        let standing = self.context.standing()?;
        if imported.is_empty() || standing.rules.iter().all(|rule| *rule == Rule::PastGrace) {
            return Ok(());
        }
        let fates = manager.fates_now(&standing, self.context.now);
        let due = fates.iter().filter(|(id, fate)| imported.contains(id) && matches!(fate, Fate::Due(_))).count();
        if due > 0 {
            let items = view::count(due as u64, "imported item");
            self.messages.say(&format!("by your configured rules, the next rrm clean deletes {items}"));
            self.messages.hint("rrm list shows them, rrm keep exempts them, rrm config shows the rules");
        }
        Ok(())
    }
}

/// What came of going through a plan once.
struct Round {
    exit: Exit,
    imported: HashSet<ItemId>,
    /// What waits for somebody to agree to a copy.
    unagreed: Vec<(ImportStep, rrm::error::Error)>,
}
