//! From what was typed, and the environment, to what is meant. The only reader of the environment and the clock.

mod clean;
mod environment;
mod feedback;
mod import;
mod root;
mod show;
mod spoken;
mod value;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};
use rrm::config::{Config, Key};
use rrm::error::{Error, ErrorKind, Result};
use rrm::manager::Settings;
use rrm::request::{
    Conflict, Copying, Destination, Directories, ListRequest, Mounts, Open, Place, Restorable, RestoreRequest, Sizes,
    TrashRequest,
};
use rrm::selection::{Filter, Searching, Selection, Term, absolute};

use crate::args::{
    ConflictMode, Direction, Form, ListArgs, ListOrder, RestoreToArgs, RmArgs, SelectionArgs, SortKey, When,
};
use crate::gnu::options as gnu;
use crate::gnu::quote::quote_where_needed;
use rrm::text::Charset;

pub(crate) use clean::Asking;
pub(crate) use environment::Environment;
#[cfg(feature = "testing")]
pub(crate) use environment::{obey_a_test, recorded_losses};
pub(crate) use feedback::{Colour, Voice};
pub(crate) use value::{beginning_of, check_choice};

/// How long what is removed is kept where nobody says otherwise.
const GRACE_PERIOD: &str = "30d";

/// The time of the command, its environment and its settings.
pub(crate) struct Context {
    /// When the command began.
    pub(crate) now: DateTime<Utc>,
    /// What the environment says.
    pub(crate) environment: Environment,
    /// What was chosen with `rrm config`.
    pub(crate) config: Config,
    /// Why the settings are out of reach, so that nobody knows what was chosen.
    pub(crate) unread: Option<Error>,
    /// The directory whose attributes hold the settings; `None` for whoever has no home.
    pub(crate) config_dir: Option<PathBuf>,
    /// The home trash; `None` for whoever has no home.
    pub(crate) home_trash: Option<PathBuf>,
    /// `--trash-dir`, as it was typed.
    pub(crate) typed_trash_dir: Option<PathBuf>,
}

/// When the command began: asked once.
#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
pub(crate) fn now() -> DateTime<Utc> {
    Utc::now()
}

impl Context {
    /// Reads clock and configuration. `trash_dir` is what the command line says about the home trash.
    pub(crate) fn read(environment: Environment, trash_dir: Option<&Path>) -> Result<Self> {
        let config_dir = environment.data_dir.clone().map(|data| data.join("rrm"));
        let config = config_dir.as_ref().map(|directory| Config::read(directory, &rrm::attributes::SystemAttributes));
        let (config, unread) = match config.transpose() {
            Ok(config) => (config.unwrap_or_default(), None),
            Err(error) if error.kind == ErrorKind::Unreachable => (Config::default(), Some(error)),
            Err(error) => return Err(error),
        };
        let home_trash = if let Some(typed) = trash_dir {
            Some(absolute(typed, &environment.working_directory()))
        } else if let Some(set) = &environment.trash_dir {
            Some(must_be_absolute(set, "$RRM_TRASH_DIR")?)
        } else if let Some(chosen) = config.get(Key::TrashDir) {
            Some(must_be_absolute(Path::new(chosen), "trash-dir")?)
        } else {
            config_dir.as_ref().map(|directory| directory.join("trash"))
        };
        let typed_trash_dir = trash_dir.map(Path::to_owned);
        Ok(Self { now: now(), environment, config, unread, config_dir, home_trash, typed_trash_dir })
    }

    /// The directory whose attributes hold the settings.
    pub(crate) fn config_dir(&self) -> Result<&Path> {
        let no_home =
            || Error::new(ErrorKind::BadValue, "find the settings", "$HOME", "there is no home directory; set HOME");
        self.config_dir.as_deref().ok_or_else(no_home)
    }

    /// Where things are, for the library.
    pub(crate) fn settings(&self) -> Settings {
        Settings {
            home_trash: self.home_trash.clone(),
            home_directory: self.environment.home.clone(),
            root: self.environment.root.clone(),
            here: Environment::here,
        }
    }

    /// Another command about the same trash, to be typed.
    pub(crate) fn command(&self, name: &str, charset: Charset) -> String {
        match self.home_trash.as_ref().filter(|_| self.typed_trash_dir.is_some()) {
            Some(trash) => format!("rrm --trash-dir {} {name}", quote_where_needed(trash.as_os_str(), charset)),
            None => format!("rrm {name}"),
        }
    }

    /// When the grace period of what is removed now ends: by the option, the environment, the standing choice.
    pub(crate) fn deletion(&self, typed: Option<&str>) -> Result<DateTime<Utc>> {
        let set = self.environment.grace_period.as_ref().map(|value| value.to_string_lossy().into_owned());
        let chosen = || self.config.get(Key::GracePeriod).map(|value| value.to_string_lossy().into_owned());
        match (typed, set) {
            (Some(typed), _) => value::after(self.now, typed),
            (None, Some(set)) => {
                value::after(self.now, &set).map_err(|error| Error { action: "read RRM_GRACE_PERIOD".into(), ..error })
            }
            (None, None) => value::after(self.now, &chosen().unwrap_or_else(|| GRACE_PERIOD.to_owned())),
        }
    }

    /// How long things are kept, if nobody says otherwise.
    pub(crate) fn grace_period(&self) -> Result<TimeDelta> {
        Ok(self.deletion(None)? - self.now)
    }

    /// The request of a removal.
    pub(crate) fn trash(&self, operands: Vec<OsString>, options: gnu::Options, ours: &Ours) -> Result<TrashRequest> {
        Ok(TrashRequest {
            operands,
            directories: match options.directories {
                gnu::Directories::Refuse => Directories::Refuse,
                gnu::Directories::Empty => Directories::OnlyEmpty,
                gnu::Directories::Recurse => Directories::Whole,
            },
            mounts: match options.mounts {
                gnu::Mounts::Cross => Mounts::Refuse,
                gnu::Mounts::Stay => Mounts::LeaveOut,
            },
            place: ours.place.unwrap_or(self.place()),
            copying: ours.copying,
            now: self.now,
            deletion: self.deletion(ours.grace_period.as_deref())?,
            session: ours.session.clone().or_else(|| self.environment.session.clone()),
        })
    }

    /// The request that tells how what was restored goes back to the trash; whatever comes back has its own dates.
    pub(crate) fn take_back(&self) -> Result<TrashRequest> {
        Ok(TrashRequest {
            operands: Vec::new(),
            directories: Directories::Whole,
            mounts: Mounts::Refuse,
            place: self.place(),
            copying: Copying::WithinReason,
            now: self.now,
            deletion: self.deletion(None)?,
            session: None,
        })
    }

    /// What holds for a standing choice, as text.
    pub(crate) fn choice(&self, key: Key) -> String {
        let chosen = self.config.get(key).map(|value| value.to_string_lossy().into_owned());
        chosen.unwrap_or_else(|| match key {
            Key::GracePeriod => GRACE_PERIOD.to_owned(),
            Key::TrashDir => {
                let directory = self.config_dir.as_ref().map(|directory| directory.join("trash"));
                directory.map_or_else(|| "none".to_owned(), |trash| trash.to_string_lossy().into_owned())
            }
            Key::OtherMounts => "own".to_owned(),
            Key::OlderThan | Key::MaxSize | Key::MinFree | Key::KeepNewest | Key::KeepNewerThan => "none".to_owned(),
        })
    }

    fn place(&self) -> Place {
        match self.config.get(Key::OtherMounts) {
            Some(choice) if choice == "home" => Place::Home,
            _ => Place::OwnVolume,
        }
    }

    /// The request of a listing.
    pub(crate) fn list(&self, args: &ListArgs) -> Result<ListRequest> {
        check_order(args)?;
        let selection = self.selection_to_show(&args.selection)?;
        let asked = args.size || selection.asks_for_size();
        let sizes = if asked { Sizes::Measured } else { Sizes::AsKnown };
        let standing = match args.form() {
            Form::Table | Form::Json => Some(self.standing()?),
            Form::Plain | Form::Null => None,
        };
        let is_newest_kept = args.direction() != Direction::Reversed;
        let is_by_age = args.order() == ListOrder::By(SortKey::Deleted) && is_newest_kept && sizes == Sizes::AsKnown;
        Ok(ListRequest { selection, sizes, standing, newest: args.limit.filter(|_| is_by_age), now: self.now })
    }

    /// The request of a restore.
    pub(crate) fn restore(&self, what: Restorable, to: &RestoreToArgs) -> Result<RestoreRequest> {
        let working_directory = self.environment.working_directory();
        Ok(RestoreRequest {
            what,
            destination: Destination {
                directory: to.to.as_deref().map(|directory| absolute(directory, &working_directory)),
                name: to.rename.clone(),
            },
            conflict: match to.conflict {
                ConflictMode::Fail => Conflict::Fail,
                ConflictMode::Skip => Conflict::Skip,
                ConflictMode::Rename => Conflict::Rename,
                ConflictMode::Swap => Conflict::Swap,
            },
            copying: copying(to.yes),
            open: Open::Refuse,
            now: self.now,
            deletion: self.deletion(None)?,
        })
    }

    /// What the words and filters select.
    pub(crate) fn selection(&self, args: &SelectionArgs) -> Result<Selection> {
        Ok(Selection { searching: Searching::One, ..self.selection_with(args, resolved)? })
    }

    /// As [`Self::selection`], with all that a word is found in: for what is only shown.
    pub(crate) fn selection_to_show(&self, args: &SelectionArgs) -> Result<Selection> {
        Ok(Selection { searching: Searching::All, ..self.selection(args)? })
    }

    /// As [`Self::selection`], by the text alone: no file system is asked where a directory really is, so that nothing has
    /// to be waited for.
    pub(crate) fn selection_as_spelled(&self, args: &SelectionArgs) -> Result<Selection> {
        self.selection_with(args, |_| None)
    }

    /// As [`Self::selection`], without --older-than: to clean that is a rule.
    fn selection_at_any_age(&self, args: &SelectionArgs) -> Result<Selection> {
        Ok(Selection { searching: Searching::Tell, ..self.selection_less_age(args, resolved)? })
    }

    fn selection_with(
        &self,
        args: &SelectionArgs,
        resolve: impl Fn(&Path) -> Option<PathBuf> + Copy,
    ) -> Result<Selection> {
        let mut selection = self.selection_less_age(args, resolve)?;
        let older_than = args.older_than.as_deref().map(|text| value::moment(text, self.now)).transpose()?;
        selection.filters.extend(older_than.map(Filter::Before));
        Ok(selection)
    }

    /// What the words mean, seen from the working directory.
    fn terms(&self, words: &[OsString], resolve: impl Fn(&Path) -> Option<PathBuf> + Copy) -> Result<Vec<Term>> {
        let here = self.environment.working_directory();
        words.iter().map(|word| Term::parse(word, &here, resolve)).collect()
    }

    fn selection_less_age(
        &self,
        args: &SelectionArgs,
        resolve: impl Fn(&Path) -> Option<PathBuf> + Copy,
    ) -> Result<Selection> {
        let here = self.environment.working_directory();
        let terms = self.terms(&args.words, resolve)?;
        let mut filters = Vec::new();
        if let Some(directory) = args.under.as_deref().or(args.here.then_some(Path::new("."))) {
            let spelled = absolute(directory, &here);
            filters.push(Filter::Under(spelled.canonicalize().unwrap_or(spelled)));
        }
        let time = |text: &Option<String>| text.as_deref().map(|text| value::moment(text, self.now)).transpose();
        filters.extend(time(&args.since)?.map(Filter::Since));
        filters.extend(time(&args.before)?.map(Filter::Before));
        let size = |text: &Option<String>| text.as_deref().map(value::size).transpose();
        filters.extend(size(&args.larger_than)?.map(Filter::LargerThan));
        filters.extend(size(&args.smaller_than)?.map(Filter::SmallerThan));
        if !args.kind.is_empty() {
            filters.push(Filter::Kind(args.kind.iter().map(|name| value::kind(name)).collect::<Result<_>>()?));
        }
        filters.extend(args.session.clone().map(Filter::Session));
        Ok(Selection { terms, filters, last: args.last, ..Selection::default() })
    }
}

/// Refuses what asks for an end of the order where there is none.
fn check_order(args: &ListArgs) -> Result<()> {
    let asked = match (args.reverse, args.limit) {
        _ if args.order() != ListOrder::AsFound => return Ok(()),
        (true, _) => "--reverse",
        (false, Some(_)) => "--limit",
        (false, None) => return Ok(()),
    };
    let reason = "--sort none has no order; use head -n N for the first lines or --last N for the newest items";
    Err(Error::new(ErrorKind::BadValue, "use", asked, reason))
}

/// The time, for a screen that stays up while it passes.
#[expect(clippy::disallowed_methods, reason = "this module is the one that reads the clock")]
pub(crate) fn clock() -> DateTime<Utc> {
    Utc::now()
}

/// What `rrm rm` takes beside the options of GNU's rm.
#[derive(Debug, Clone)]
pub(crate) struct Ours {
    pub(crate) grace_period: Option<String>,
    pub(crate) place: Option<Place>,
    pub(crate) copying: Copying,
    pub(crate) session: Option<OsString>,
    pub(crate) effect: Effect,
    pub(crate) report: Report,
    pub(crate) afterwards: Afterwards,
    pub(crate) recursion: Recursion,
}

/// When a removal counts as recursive for the question that `-I` asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Recursion {
    /// With `-r`, as rm does.
    #[default]
    AsTyped,
    /// Where a directory is among the operands: rrm needs no `-r`.
    AsFound,
}

/// Whether anything is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Effect {
    /// It is done.
    #[default]
    Real,
    /// It is only told.
    DryRun,
}

/// How what is removed is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Report {
    /// As rm does.
    #[default]
    AsRm,
    /// As JSON.
    Json,
}

/// What follows a removal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Afterwards {
    /// Nothing.
    #[default]
    Nothing,
    /// What is past its grace period is deleted.
    Clean,
}

impl RmArgs {
    /// The part that GNU's rm has too.
    pub(crate) fn gnu(&self, voice: Voice) -> gnu::Options {
        let asked = match (self.force, self.always, self.once, self.interactive) {
            (true, ..) | (.., Some(When::Never)) => gnu::Prompt::Never,
            (_, true, ..) | (.., Some(When::Always)) => gnu::Prompt::Always,
            (_, _, true, _) | (.., Some(When::Once)) => gnu::Prompt::Once,
            _ => gnu::Prompt::WriteProtected,
        };
        gnu::Options {
            prompt: asked,
            missing: if self.force { gnu::Missing::Ignore } else { gnu::Missing::Fail },
            directories: if self.only_empty() { gnu::Directories::Empty } else { gnu::Directories::Recurse },
            mounts: if self.one_file_system { gnu::Mounts::Stay } else { gnu::Mounts::Cross },
            preserve_root: if self.no_preserve_root { gnu::PreserveRoot::No } else { gnu::PreserveRoot::Yes },
            separate_devices: match self.preserve_root.as_deref() {
                Some("all") => gnu::SeparateDevices::Reject,
                _ => gnu::SeparateDevices::Remove,
            },
            verbose: if voice == Voice::Verbose { gnu::Verbose::Yes } else { gnu::Verbose::No },
            input: gnu::Input::AsFound,
        }
    }

    /// The part that only rrm has.
    pub(crate) fn ours(&self) -> Ours {
        Ours {
            grace_period: self.grace_period.clone(),
            place: match (self.immediate, self.into_home) {
                (true, _) => Some(Place::Nowhere),
                (_, true) => Some(Place::Home),
                _ => None,
            },
            copying: copying(self.yes),
            session: self.session.clone(),
            effect: effect(self.dry_run),
            report: if self.json { Report::Json } else { Report::AsRm },
            afterwards: if self.auto_clean { Afterwards::Clean } else { Afterwards::Nothing },
            recursion: if self.recursive { Recursion::AsTyped } else { Recursion::AsFound },
        }
    }
}

impl Default for Ours {
    fn default() -> Self {
        Self {
            grace_period: None,
            place: None,
            copying: Copying::WithinReason,
            session: None,
            effect: Effect::default(),
            report: Report::default(),
            afterwards: Afterwards::default(),
            recursion: Recursion::default(),
        }
    }
}

/// What `--yes` means for copies.
pub(crate) fn copying(yes: bool) -> Copying {
    if yes { Copying::Whatever } else { Copying::WithinReason }
}

/// What `--dry-run` means.
pub(crate) fn effect(dry_run: bool) -> Effect {
    if dry_run { Effect::DryRun } else { Effect::Real }
}

/// Where a directory really is.
fn resolved(directory: &Path) -> Option<PathBuf> {
    directory.canonicalize().ok()
}

fn must_be_absolute(path: &Path, told_by: &'static str) -> Result<PathBuf> {
    if path.is_absolute() {
        Ok(absolute(path, Path::new("/")))
    } else {
        Err(Error::new(
            ErrorKind::BadValue,
            "use the trash directory",
            path,
            format!("{told_by} must be an absolute path"),
        ))
    }
}
