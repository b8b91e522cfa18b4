//! Two ways to carry out the same steps: the library, which is fast, and the program.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};
use rrm::item::Holder;
use rrm::manager::{Builder, TrashManager};
use rrm::ops::clean::CleanOptions;
use rrm::ops::list::ListOptions;
use rrm::ops::remove::RemoveOptions;
use rrm::ops::remove::RemoveStep;
use rrm::ops::restore::{Conflict, Destination, Restorable, RestoreOptions};
use rrm::progress::Silent;
use rrm::rules::retention::Standing;
use rrm::rules::selection::{Filter, Selection, Term};

use super::steps::{self, Grace, Step, Which};
use crate::common::{Invocation, Run, Sandbox, snapshot};

/// An item as it is listed.
#[derive(Debug)]
pub(super) struct Listed {
    pub(super) id: String,
    pub(super) origin: PathBuf,
    /// Where the thing itself is.
    pub(super) place: PathBuf,
}

pub(super) trait Driver {
    /// Carries out a step, unless it is a person's own doing. Whether it succeeds is for the disk to tell.
    fn apply(&mut self, step: &Step);

    fn listed(&self) -> Vec<Listed>;
}

/// The label of the removals, so that undo never meets another trash of whoever runs the tests.
const LABEL: &str = "model";

pub(super) struct Library {
    settings: Builder,
    root: PathBuf,
    work: PathBuf,
    now: DateTime<Utc>,
}

impl Library {
    pub(super) fn new(sandbox: &Sandbox) -> Self {
        let (root, work) = (sandbox.root().to_owned(), sandbox.work());
        let now = DateTime::from_timestamp(1_790_000_000, 0).expect("a time");
        Self { settings: sandbox.manager(), root, work, now }
    }

    fn manager(&self) -> TrashManager {
        self.settings.clone().build()
    }

    fn remove(&self, paths: &[PathBuf], grace: Grace) {
        let days = if grace == Grace::None { 0 } else { 7 };
        let operands: Vec<PathBuf> = paths.iter().map(|path| self.work.join(path)).collect();
        let mut options = RemoveOptions::new(self.now);
        options.deletion = self.now + TimeDelta::days(days);
        options.session = Some(LABEL.into());
        let manager = self.manager();
        let plan = manager.plan_remove(&operands, &options).expect("nothing here is protected");
        for step in plan.steps {
            if let RemoveStep::Remove(removal) = step {
                manager.remove(&removal, &Silent).ok();
            }
        }
    }

    fn restore(&self, what: Restorable, to: Option<&Path>, conflict: steps::Conflict) {
        let mut request = RestoreOptions::new(what, self.now);
        request.destination = Destination { directory: to.map(|to| self.work.join(to)), name: None };
        request.conflict = match conflict {
            steps::Conflict::Fail => Conflict::Fail,
            steps::Conflict::Skip => Conflict::Skip,
            steps::Conflict::Rename => Conflict::Rename,
            steps::Conflict::Swap => Conflict::Swap,
            steps::Conflict::Merge => Conflict::Merge,
            steps::Conflict::MergeSwap => Conflict::MergeSwap,
        };
        request.deletion = self.now + TimeDelta::days(7);
        let manager = self.manager();
        let plan = manager.plan_restore(&request);
        manager.restore(&plan, &Silent, |_, _| {});
    }

    /// Only ever what is the sandbox's: discovery may find more.
    fn clean(&self, request: &CleanOptions) {
        let manager = self.manager();
        let mut plan = manager.plan_clean(request, &Silent);
        plan.items.retain(|item| item.trash.starts_with(&self.root));
        let cleaned = manager.clean(&plan, &Silent);
        assert!(cleaned.problems.is_empty(), "{:?}", cleaned.problems);
    }

    fn selection(text: &str) -> Selection {
        let term = Term::parse(text.as_ref(), Path::new("/"), |path| path.canonicalize().ok()).expect("a term");
        Selection { terms: vec![term], ..Selection::default() }
    }
}

fn by_path(path: &Path) -> String {
    format!("path:{}", path.display())
}

fn by_id(which: &Which) -> String {
    let Which::Id(id) = which else { unreachable!("the step was settled") };
    format!("id:{id}")
}

impl Driver for Library {
    fn apply(&mut self, step: &Step) {
        self.now += TimeDelta::seconds(1);
        match step {
            Step::Make(..) | Step::MakeAgain(_) | Step::Write(_) => {}
            Step::Remove(paths, grace) => self.remove(paths, *grace),
            Step::Restore(path, conflict) => {
                let selection = Self::selection(&by_path(&self.work.join(path)));
                self.restore(Restorable::Selected(selection), None, *conflict);
            }
            Step::RestoreItem(which, to, conflict) => {
                let selection = Self::selection(&by_id(which));
                self.restore(Restorable::Selected(selection), to.as_deref(), *conflict);
            }
            Step::Undo(conflict) => {
                let last = Restorable::LastBatches { most: 1, session: Some(LABEL.into()) };
                self.restore(last, None, *conflict);
            }
            Step::CleanExpired => self.clean(&CleanOptions::expired(self.now)),
            Step::CleanItem(which) => {
                // A selection that matches nothing is told as a problem of the plan.
                self.clean(&CleanOptions::chosen(Self::selection(&by_id(which)), self.now));
            }
            Step::CleanAll => {
                let filters = vec![Filter::Under(self.root.clone())];
                self.clean(&CleanOptions::chosen(Selection { filters, ..Selection::default() }, self.now));
            }
        }
    }

    fn listed(&self) -> Vec<Listed> {
        let mut request = ListOptions::new(Selection::default(), self.now);
        request.standing = Some(Standing::default());
        let items = self.manager().list(&request, &Silent).items.into_iter();
        let ours = items.filter(|item| item.trash.starts_with(&self.root));
        ours.map(|item| {
            let at = item.trash.join(item.id.to_string());
            Listed {
                id: item.id.to_string(),
                origin: item.original_path().expect("every item has a record").to_owned(),
                place: if item.holder == Holder::Envelope { at.join("item") } else { at },
            }
        })
        .collect()
    }
}

pub(super) struct Program {
    command: Invocation,
    root: PathBuf,
    work: PathBuf,
}

impl Program {
    pub(super) fn new(sandbox: &Sandbox) -> Self {
        let command = sandbox.command([""; 0]).with("RRM_SESSION", LABEL);
        Self { command, root: sandbox.root().to_owned(), work: sandbox.work() }
    }

    /// Runs a command, after a dry run of it that has told what it does.
    fn run(&self, words: &[&str], rest: impl IntoIterator<Item = OsString>) {
        let words = words.iter().map(OsString::from).chain(rest);
        let command = self.command.clone().args(words);
        let before = snapshot(&self.work);
        let dry = command.clone().args(["--dry-run"]).run();
        before.assert_is_at(&self.work);
        let run = command.args(["--verbose"]).run();
        run.does_or_says();
        assert_eq!(told(&dry), told(&run), "a dry run and the run:\n{dry}\n{run}");
    }
}

/// The status, what went wrong, and what was or would be done, in the words of a dry run.
pub(crate) fn told(run: &Run) -> (Option<i32>, Vec<String>, Vec<String>) {
    let errors = run.stderr().lines().filter(|line| line.contains(": cannot ")).map(str::to_owned).collect();
    let verbs = [
        ("removed directory", "remove"),
        ("removed", "remove"),
        ("restored", "restore"),
        ("skipped", "skip"),
        ("left", "leave"),
    ];
    let output = run.stdout();
    let done = output.lines().filter_map(|line| {
        if let Some((_, sum)) = line.split_once("delete ").or_else(|| line.split_once("deleted ")) {
            // How many; which ones only the dry run tells.
            let (number, items) = sum.split_once(" item")?;
            return Some(format!("would delete {number} item{}", if items.starts_with('s') { "s" } else { "" }));
        }
        let done = verbs.iter().find_map(|(done, verb)| Some(format!("would {verb}{}", line.strip_prefix(done)?)));
        Some(done.unwrap_or_else(|| line.to_owned()))
    });
    (run.status.code(), errors, done.collect())
}

fn word(conflict: steps::Conflict) -> &'static str {
    match conflict {
        steps::Conflict::Fail => "fail",
        steps::Conflict::Skip => "skip",
        steps::Conflict::Rename => "rename",
        steps::Conflict::Swap => "swap",
        steps::Conflict::Merge => "merge",
        steps::Conflict::MergeSwap => "merge-swap",
    }
}

impl Driver for Program {
    fn apply(&mut self, step: &Step) {
        let absolute = |path: &PathBuf| OsString::from(self.work.join(path));
        match step {
            Step::Make(..) | Step::MakeAgain(_) | Step::Write(_) => {}
            Step::Remove(paths, grace) => {
                let days = if *grace == Grace::None { "0" } else { "7" };
                self.run(&["rm", "--grace-period", days], paths.iter().map(absolute));
            }
            Step::Restore(path, conflict) => {
                self.run(&["restore", "--conflict", word(*conflict)], [by_path(&self.work.join(path)).into()]);
            }
            Step::RestoreItem(which, to, conflict) => {
                let to = to.iter().flat_map(|to| ["--to".into(), absolute(to)]);
                self.run(&["restore", "--conflict", word(*conflict), &by_id(which)], to);
            }
            Step::Undo(conflict) => self.run(&["undo", "--session", LABEL, "--conflict", word(*conflict)], []),
            Step::CleanExpired => self.run(&["clean"], []),
            Step::CleanItem(which) => self.run(&["clean", "--yes", &by_id(which)], []),
            Step::CleanAll => self.run(&["clean", "--yes", "--under"], [self.root.clone().into()]),
        }
    }

    fn listed(&self) -> Vec<Listed> {
        let run = self.command.clone().args(["list", "--format", "json"]).run();
        run.ok();
        let items = run.stdout.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        let items = items.map(|line| serde_json::from_slice(line).expect("an object"));
        items.map(|item: serde_json::Value| listed(&item)).filter(|item| item.place.starts_with(&self.root)).collect()
    }
}

fn listed(item: &serde_json::Value) -> Listed {
    let text = |key: &str| item[key].as_str().unwrap_or_default().to_owned();
    let at = Path::new(&text("trash_dir")).join(text("id"));
    // Directories of the model hold things named `a` and `b` only.
    let place = if at.join("item").symlink_metadata().is_ok() { at.join("item") } else { at };
    Listed { id: text("id"), origin: text("original_path").into(), place }
}
