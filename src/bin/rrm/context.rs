//! The time, the environment and the settings of a command.

mod limits;
mod selection;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use rrm::config::{Config, Key, Whose};
use rrm::error::{Error, ErrorKind, Result};
use rrm::manager::{Builder, TrashManager};
use rrm::ops::remove::{Place, RemoveOptions};
use rrm::ops::restore::{Restorable, RestoreOptions};
use rrm::rules::retention::{Free, Rule, Standing};
use rrm::rules::selection::absolute;
use rrm::text::Charset;

use crate::env::{Environment, NO_HOME, now};
use crate::gnu::quote::quote_where_needed;
use crate::values;

pub(crate) use limits::Limits;

/// How long what is removed is kept where nobody says otherwise.
pub(crate) const GRACE_PERIOD: &str = "30d";

/// The time of the command, its environment and its settings.
#[derive(Clone)]
pub(crate) struct Context {
    /// When the command began; while the screen of `rrm browse` is open, the current time.
    pub(crate) now: DateTime<Utc>,
    /// The environment.
    pub(crate) environment: Environment,
    /// The settings of `rrm config`.
    pub(crate) config: Config,
    /// What root has set for all users.
    pub(crate) limits: Limits,
    /// Why the settings cannot be read, if they cannot.
    pub(crate) unread: Option<Arc<Error>>,
    /// The directory whose attributes hold the settings; `None` without a home directory.
    pub(crate) config_dir: Option<PathBuf>,
    /// The home trash; `None` without a home directory.
    pub(crate) home_trash: Option<PathBuf>,
    /// The path of `--trash-dir`, as typed.
    pub(crate) typed_trash_dir: Option<PathBuf>,
}

impl Context {
    /// Reads the clock and the settings. `trash_dir` is the path of `--trash-dir`.
    pub(crate) fn read(environment: Environment, trash_dir: Option<&Path>) -> Result<Self> {
        let config_dir = environment.data_dir.clone().map(|data| data.join("rrm"));
        let config = config_dir
            .as_ref()
            .map(|directory| Config::read(directory, Whose::User, &rrm::attributes::SystemAttributes));
        let (config, unread) = match config.transpose() {
            Ok(config) => (config.unwrap_or_default(), None),
            Err(error) if error.kind == ErrorKind::Unreachable => (Config::default(), Some(Arc::new(error))),
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
        let limits = Limits::read(&environment.root.join(limits::DIRECTORY));
        Ok(Self { now: now(), environment, config, limits, unread, config_dir, home_trash, typed_trash_dir })
    }

    /// The directory whose attributes hold the settings.
    pub(crate) fn config_dir(&self) -> Result<&Path> {
        let no_home = || Error::new(ErrorKind::BadValue, "find the settings", "$HOME", NO_HOME);
        self.config_dir.as_deref().ok_or_else(no_home)
    }

    /// The directory whose attributes hold what root sets for all users.
    pub(crate) fn limits_dir(&self) -> PathBuf {
        self.environment.root.join(limits::DIRECTORY)
    }

    /// The directories that the library needs to know.
    pub(crate) fn manager(&self) -> Builder {
        let builder = self.home_trash.as_ref().map_or_else(TrashManager::without_home, TrashManager::at);
        let builder = builder.look_below(&self.environment.root).working_directory(Environment::here);
        let home = self.environment.home.iter();
        let builder = home.fold(builder, Builder::protect);
        self.grace_period().into_iter().fold(builder, Builder::grace_period)
    }

    /// A command line for another command on the same trash.
    pub(crate) fn command(&self, name: &str, charset: Charset) -> String {
        match self.home_trash.as_ref().filter(|_| self.typed_trash_dir.is_some()) {
            Some(trash) => format!("rrm --trash-dir {} {name}", quote_where_needed(trash.as_os_str(), charset)),
            None => format!("rrm {name}"),
        }
    }

    /// The trash directory that was typed, if there is none.
    pub(crate) fn missing_trash(&self) -> Option<&Path> {
        let typed = self.home_trash.as_deref().filter(|_| self.typed_trash_dir.is_some());
        typed.filter(|trash| rrm::sys::metadata_at(trash).is_err())
    }

    /// When the grace period of an item removed now ends: by the option, the environment or the setting, and no earlier than
    /// root has set.
    pub(crate) fn deletion(&self, typed: Option<&str>) -> Result<DateTime<Utc>> {
        let set = self.environment.grace_period.as_ref().map(|value| value.to_string_lossy().into_owned());
        let chosen = || self.config.get(Key::GracePeriod).map(|value| value.to_string_lossy().into_owned());
        let asked = |text: &str| {
            let end = values::after(self.now, text)?;
            self.limits.check_grace(end - self.now, text).map(|()| end)
        };
        match (typed, set) {
            (Some(typed), _) => asked(typed),
            (None, Some(set)) => asked(&set).map_err(|error| Error { action: "read RRM_GRACE_PERIOD".into(), ..error }),
            (None, None) => {
                let end = values::after(self.now, &chosen().unwrap_or_else(|| GRACE_PERIOD.to_owned()))?;
                Ok(self.now + self.limits.grace(end - self.now))
            }
        }
    }

    /// The grace period without an option.
    pub(crate) fn grace_period(&self) -> Result<TimeDelta> {
        Ok(self.deletion(None)? - self.now)
    }

    /// The request to remove restored items again; they keep their own dates.
    pub(crate) fn take_back(&self) -> Result<RemoveOptions> {
        let mut options = RemoveOptions::new(self.now);
        options.place = self.place();
        options.deletion = self.deletion(None)?;
        Ok(options)
    }

    /// Where removed items go.
    pub(crate) fn place(&self) -> Place {
        match self.config.get(Key::OtherMounts) {
            _ if self.limits.forbids_mounts() => Place::Home,
            Some(choice) if choice == "home" => Place::Home,
            _ => Place::OwnVolume,
        }
    }

    /// The request to restore items to their original paths.
    pub(crate) fn restore(&self, what: Restorable) -> Result<RestoreOptions> {
        let mut options = RestoreOptions::new(what, self.now);
        options.deletion = self.deletion(None)?;
        Ok(options)
    }

    /// The configured rules, within the limits that root has set. An invalid one is an error: without it a clean could delete what it should keep.
    pub(crate) fn standing(&self) -> Result<Standing> {
        let mut standing = Standing::default();
        for key in [Key::OlderThan, Key::MaxSize, Key::MinFree, Key::KeepNewest] {
            if let Some(chosen) = self.config.get(key) {
                standing.rules.push(values::standing_rule(key, &chosen.to_string_lossy())?);
            }
        }
        if let Some(chosen) = self.config.get(Key::KeepNewerThan) {
            standing.floor = values::minimum_age(&chosen.to_string_lossy())?;
        }
        Ok(self.limits.apply(standing))
    }

    /// How much of each volume is to stay free, where that is set.
    pub(crate) fn min_free(&self) -> Result<Option<Free>> {
        let Some(chosen) = self.config.get(Key::MinFree) else { return Ok(None) };
        match values::rule(Key::MinFree, &chosen.to_string_lossy())? {
            Rule::MinFree(free) => Ok(Some(free)),
            _ => Ok(None),
        }
    }

    /// As [`Self::standing`], for a command that deletes: unreadable settings are an error, because a rule in them may keep
    /// an item.
    pub(crate) fn standing_for_deletion(&self) -> Result<Standing> {
        self.limits.check_read()?;
        let Some(unread) = &self.unread else { return self.standing() };
        let reason = format!(
            "{}; nothing is deleted, because the settings may keep it; set HOME to a directory that you can read",
            unread.reason
        );
        Err(Error::new(ErrorKind::System, unread.action.clone(), &unread.path, reason))
    }
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
