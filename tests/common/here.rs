//! Commands of rrm carried out in this process, by its library, where a sweep would have to start half a dozen programs for
//! each state: some five times faster.
//!
//! The words are those of the program, as far as the sweeps need them. A command is a manager of its own, as a process
//! would be, and runs with the rights of the sandbox's user.

use std::ffi::{OsStr, OsString};
use std::io::Write as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;

use chrono::{DateTime, TimeDelta, Utc};
use rrm::error::{Error, ErrorKind};
use rrm::item::{Keep, TrashItem};
use rrm::manager::{Builder, TrashManager};
use rrm::ops::Copying;
use rrm::ops::clean::CleanOptions;
use rrm::ops::export::ExportOptions;
use rrm::ops::import::{ImportOptions, Sources};
use rrm::ops::is_only_a_warning;
use rrm::ops::keep::KeepOptions;
use rrm::ops::list::ListOptions;
use rrm::ops::remove::RemoveStep;
use rrm::ops::remove::{Place, RemoveOptions};
use rrm::ops::restore::Restored;
use rrm::ops::restore::{Conflict, Destination, Open, Restorable, RestoreOptions};
use rrm::progress::Silent;
use rrm::rules::selection::{Filter, Selection, Term, absolute};

use super::platform;
use super::run::{Invocation, MACHINE, Run};
use super::user::User;

/// Carries out the words of an invocation.
pub(super) fn run(invocation: &Invocation) -> Run {
    let command = Command::read(invocation);
    let did = as_user(invocation.user(), || command.carry_out());
    let status = i32::from(did.problems.iter().any(|error| !is_only_a_warning(error.kind)));
    let mut told = Vec::new();
    did.problems.iter().for_each(|error| writeln!(told, "rrm: {error}").expect("memory takes it"));
    Run::told(invocation, ExitStatus::from_raw(status << 8), did.output, told)
}

/// What a command came to.
#[derive(Default)]
struct Did {
    output: Vec<u8>,
    problems: Vec<Error>,
}

/// The words of a command, read.
struct Command {
    settings: Builder,
    home: PathBuf,
    directory: PathBuf,
    verb: String,
    operands: Vec<OsString>,
    flags: Vec<String>,
    values: Vec<(String, OsString)>,
    session: Option<OsString>,
    now: DateTime<Utc>,
}

const FLAGS: &[&str] = &["-f", "--yes", "--into-home", "--all", "--release"];
const VALUES: &[&str] = &["--to", "--conflict", "--under", "--session", "--format"];

impl Command {
    fn read(invocation: &Invocation) -> Self {
        let mut words = invocation.words_of_rrm().iter().cloned();
        let verb = words.next().expect("a command").into_string().expect("its name is text");
        let mut command = Self {
            settings: settings(invocation),
            home: home(invocation),
            directory: invocation.directory().to_owned(),
            verb,
            operands: Vec::new(),
            flags: Vec::new(),
            values: Vec::new(),
            session: invocation.variable("RRM_SESSION"),
            now: Utc::now(),
        };
        while let Some(word) = words.next() {
            match word.to_str() {
                Some(flag) if FLAGS.contains(&flag) => command.flags.push(flag.to_owned()),
                Some(name) if VALUES.contains(&name) => {
                    command.values.push((name.to_owned(), words.next().expect("a value")));
                }
                Some(other) if other.starts_with('-') => panic!("{other} is not known here; run the program"),
                _ => command.operands.push(word),
            }
        }
        command
    }

    fn carry_out(&self) -> Did {
        let manager = self.settings.clone().build();
        match self.verb.as_str() {
            "rm" => self.remove(&manager),
            "undo" => {
                let session = self.value("--session").map(OsStr::to_owned);
                self.restore(&manager, Restorable::LastBatches { most: 1, session })
            }
            "restore" => self.restore(&manager, Restorable::Selected(self.selection())),
            "redo" => self.redo(&manager),
            "clean" => self.clean(&manager),
            "import" => self.import(&manager),
            "export" => self.export(&manager),
            "keep" => self.keep(&manager),
            "list" => self.list(&manager),
            other => panic!("{other} is not known here; run the program"),
        }
    }

    fn remove(&self, manager: &TrashManager) -> Did {
        let operands: Vec<PathBuf> = self.operands.iter().map(|operand| self.directory.join(operand)).collect();
        let steps = match manager.plan_remove(&operands, &self.remove_options()) {
            Ok(plan) => plan.steps,
            Err(problems) => return Did { problems, ..Did::default() },
        };
        let mut did = Did::default();
        let mut removals = Vec::new();
        for step in steps {
            match step {
                RemoveStep::Remove(removal) | RemoveStep::RemoveAround(removal) => removals.push(removal),
                RemoveStep::Refuse(error) => did.problems.push(error),
            }
        }
        manager.remove_each(&removals, &Silent, |_, result| did.problems.extend(result.err()));
        if self.has("-f") {
            did.problems.retain(|error| error.kind != ErrorKind::NotFound);
        }
        did
    }

    fn remove_options(&self) -> RemoveOptions {
        let mut options = RemoveOptions::new(self.now);
        options.place = if self.has("--into-home") { Place::Home } else { Place::OwnVolume };
        options.copying = self.copying();
        options.deletion = self.deletion();
        options.session.clone_from(&self.session);
        options
    }

    fn restore(&self, manager: &TrashManager, what: Restorable) -> Did {
        let mut request = RestoreOptions::new(what, self.now);
        request.destination =
            Destination { directory: self.value("--to").map(|to| self.directory.join(to)), name: None };
        request.conflict = match self.value("--conflict").map(|word| word.to_str().expect("text")) {
            None => Conflict::Fail,
            Some("rename") => Conflict::Rename,
            Some("swap") => Conflict::Swap,
            Some("skip") => Conflict::Skip,
            Some("merge") => Conflict::Merge,
            Some("merge-swap") => Conflict::MergeSwap,
            Some(other) => panic!("{other} is no conflict mode"),
        };
        request.copying = self.copying();
        request.open = if self.has("--yes") { Open::Agreed } else { Open::Refuse };
        request.deletion = self.deletion();
        let plan = manager.plan_restore(&request);
        let mut did = Did::default();
        manager.restore(&plan, &Silent, |_, result| match result {
            Ok(Restored::Marked(_, error)) | Err(error) => did.problems.push(error),
            Ok(Restored::Merged(merged)) => did.problems.extend(merged.problems),
            Ok(_) => {}
        });
        did.problems.extend(plan.problems);
        if plan.steps.is_empty() && did.problems.is_empty() {
            did.problems.push(Error::new(ErrorKind::NoMatch, "restore", "", "nothing to restore"));
        }
        did
    }

    /// Of what the program has undone: here an undo leaves no note.
    fn redo(&self, manager: &TrashManager) -> Did {
        let plan = manager.plan_redo().expect("the note can be read");
        let mut did = Did { problems: plan.problems, ..Did::default() };
        manager.redo(&plan.steps, &self.remove_options(), &Silent, |_, result| match result {
            Ok((_, problem)) => did.problems.extend(problem),
            Err(error) => did.problems.push(error),
        });
        if did.problems.is_empty() {
            did.problems.extend(manager.forget_undo().err());
        }
        did
    }

    fn clean(&self, manager: &TrashManager) -> Did {
        let request = match self.selection() {
            selection if self.has("--all") || !selection.is_everything() => CleanOptions::chosen(selection, self.now),
            _ => CleanOptions::expired(self.now),
        };
        let plan = manager.plan_clean(&request, &Silent);
        let cleaned = manager.clean(&plan, &Silent);
        Did { problems: plan.problems.into_iter().chain(cleaned.problems).collect(), ..Did::default() }
    }

    fn import(&self, manager: &TrashManager) -> Did {
        let sources = Sources::At(self.operands.iter().map(|path| self.directory.join(path)).collect());
        let mut request = ImportOptions::new(sources, |time| Some(time.and_utc()), self.now);
        request.copying = self.copying();
        request.deletion = self.deletion();
        let mut plan = manager.plan_import(&request);
        let mut did = Did { problems: std::mem::take(&mut plan.problems), ..Did::default() };
        manager.import(&plan, &Silent, |_, result| did.problems.extend(result.err()));
        did
    }

    fn export(&self, manager: &TrashManager) -> Did {
        let data_home = self.home.join(".local/share");
        let request = ExportOptions::new(self.selection(), Some(data_home), |at| at.naive_utc(), self.now);
        let mut plan = manager.plan_export(&request);
        let mut did = Did { problems: std::mem::take(&mut plan.problems), ..Did::default() };
        manager.export(&plan, &Silent, |_, result| match result {
            Ok(exported) => did.problems.extend(exported.problem),
            Err(error) => did.problems.push(error),
        });
        did
    }

    fn list(&self, manager: &TrashManager) -> Did {
        let request = ListOptions::new(self.selection(), self.now);
        let listing = manager.list(&request, &Silent);
        Did { output: listing.items.iter().flat_map(line).collect(), problems: listing.problems }
    }

    fn keep(&self, manager: &TrashManager) -> Did {
        let keep = if self.has("--release") { Keep::No } else { Keep::Forever };
        let plan = manager.plan_keep(&KeepOptions::new(self.selection(), keep));
        let done = manager.keep(&plan, |_| {});
        Did { problems: plan.problems.into_iter().chain(done).collect(), ..Did::default() }
    }

    fn selection(&self) -> Selection {
        let resolve = |path: &Path| path.canonicalize().ok();
        let term = |word| Term::parse(word, &self.directory, resolve).expect("the words of a test are terms");
        let under = self.value("--under").map(|path| Filter::Under(absolute(path.as_ref(), &self.directory)));
        let session = self.value("--session").map(|label| Filter::Session(label.to_owned()));
        Selection {
            terms: self.operands.iter().map(|word| term(word)).collect(),
            filters: under.into_iter().chain(session).collect(),
            ..Selection::default()
        }
    }

    fn has(&self, flag: &str) -> bool {
        self.flags.iter().any(|known| known == flag)
    }

    fn value(&self, name: &str) -> Option<&OsStr> {
        self.values.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_os_str())
    }

    fn copying(&self) -> Copying {
        if self.has("--yes") { Copying::Whatever } else { Copying::WithinReason }
    }

    fn deletion(&self) -> DateTime<Utc> {
        self.now + TimeDelta::days(30)
    }
}

fn home(invocation: &Invocation) -> PathBuf {
    invocation.variable("HOME").expect("a sandbox has a home").into()
}

fn settings(invocation: &Invocation) -> Builder {
    let home = home(invocation);
    let home_trash = invocation.variable("RRM_TRASH_DIR").map(PathBuf::from);
    let root = invocation.variable(MACHINE).map_or_else(|| PathBuf::from("/"), PathBuf::from);
    let trash = home_trash.unwrap_or_else(|| home.join(".local/share/rrm/trash"));
    TrashManager::at(trash).protect(home).look_below(root)
}

/// An item as `rrm list --format json` tells of it, as far as the sweeps look.
fn line(item: &TrashItem) -> Vec<u8> {
    let object = serde_json::json!({
        "id": item.id.to_string(),
        "trash_dir": item.trash.to_string_lossy(),
        "original_path": item.original_path().map(Path::to_string_lossy),
    });
    format!("{object}\n").into_bytes()
}

/// Does something with the rights of a user, in this thread and those that it starts: on Linux each has its own.
fn as_user<T>(user: User, act: impl FnOnce() -> T) -> T {
    let _back = user.is_other().then(|| Rights::become_user(user));
    act()
}

/// The rights of another user; given back when this is dropped.
struct Rights;

impl Rights {
    fn become_user(user: User) -> Self {
        let (uid, gid) = user.ids();
        platform::act_as(uid, gid).expect("root may");
        Self
    }
}

impl Drop for Rights {
    fn drop(&mut self) {
        platform::act_as_root().expect("root was never given up");
    }
}
