//! What every command needs to know: the time, the environment, and the settings.

mod selection;

use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};
use rrm::config::{Config, Key};
use rrm::error::{Error, ErrorKind, Result};
use rrm::manager::{Builder, TrashManager};
use rrm::ops::remove::{Place, RemoveOptions};
use rrm::ops::restore::{Restorable, RestoreOptions};
use rrm::rules::retention::Standing;
use rrm::rules::selection::absolute;
use rrm::text::Charset;

use crate::env::{Environment, now};
use crate::gnu::quote::quote_where_needed;
use crate::values;

/// How long what is removed is kept where nobody says otherwise.
pub(crate) const GRACE_PERIOD: &str = "30d";

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

    /// Where things are, for the library. A grace period that cannot be read is told by the command that needs it.
    pub(crate) fn manager(&self) -> Builder {
        let builder = self.home_trash.as_ref().map_or_else(TrashManager::without_home, TrashManager::at);
        let builder = builder.look_below(&self.environment.root).working_directory(Environment::here);
        let home = self.environment.home.iter();
        let builder = home.fold(builder, Builder::protect);
        self.grace_period().into_iter().fold(builder, Builder::grace_period)
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
            (Some(typed), _) => values::after(self.now, typed),
            (None, Some(set)) => {
                values::after(self.now, &set).map_err(|error| Error { action: "read RRM_GRACE_PERIOD".into(), ..error })
            }
            (None, None) => values::after(self.now, &chosen().unwrap_or_else(|| GRACE_PERIOD.to_owned())),
        }
    }

    /// How long things are kept, if nobody says otherwise.
    pub(crate) fn grace_period(&self) -> Result<TimeDelta> {
        Ok(self.deletion(None)? - self.now)
    }

    /// The request that tells how what was restored goes back to the trash; whatever comes back has its own dates.
    pub(crate) fn take_back(&self) -> Result<RemoveOptions> {
        let mut options = RemoveOptions::new(self.now);
        options.place = self.place();
        options.deletion = self.deletion(None)?;
        Ok(options)
    }

    /// Where removed items go.
    pub(crate) fn place(&self) -> Place {
        match self.config.get(Key::OtherMounts) {
            Some(choice) if choice == "home" => Place::Home,
            _ => Place::OwnVolume,
        }
    }

    /// The request to restore something to where it was.
    pub(crate) fn restore(&self, what: Restorable) -> Result<RestoreOptions> {
        let mut options = RestoreOptions::new(what, self.now);
        options.deletion = self.deletion(None)?;
        Ok(options)
    }

    /// The rules that hold while nobody says otherwise. One that cannot be read fails the command: without it a clean
    /// might delete what it was meant to spare.
    pub(crate) fn standing(&self) -> Result<Standing> {
        let mut standing = Standing::default();
        for key in [Key::OlderThan, Key::MaxSize, Key::MinFree, Key::KeepNewest] {
            if let Some(chosen) = self.config.get(key) {
                standing.rules.push(values::standing_rule(key, &chosen.to_string_lossy())?);
            }
        }
        if let Some(chosen) = self.config.get(Key::KeepNewerThan) {
            standing.floor = values::floor(&chosen.to_string_lossy())?;
        }
        Ok(standing)
    }

    /// As [`Self::standing`], for what deletes: settings out of reach may hold a rule that spares something.
    pub(crate) fn standing_to_delete(&self) -> Result<Standing> {
        let Some(unread) = &self.unread else { return self.standing() };
        let reason = format!(
            "{}, so nothing is deleted that they may spare; set HOME to a directory that you can read",
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
