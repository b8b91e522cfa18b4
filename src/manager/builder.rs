//! What a manager is told before it does anything.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use chrono::TimeDelta;

use super::TrashManager;
use super::parents::Parents;
use crate::attributes::{ExtendedAttributes, SystemAttributes};
use crate::volume::{Places, Volumes};

/// Where things are for one user. Begun by [`TrashManager::at`], ended by [`Self::build`].
#[derive(Clone)]
#[must_use = "it does nothing before it is built"]
pub struct Builder {
    home_trash: Option<PathBuf>,
    protected: Option<PathBuf>,
    root: PathBuf,
    here: fn() -> PathBuf,
    grace_period: Option<TimeDelta>,
    attributes: Arc<dyn ExtendedAttributes>,
}

impl TrashManager {
    /// A manager whose home trash is, or will be, at this absolute path. It is made when it is first needed.
    pub fn at(home_trash: impl Into<PathBuf>) -> Builder {
        Builder { home_trash: Some(home_trash.into()), ..Self::without_home() }
    }

    /// A manager for whoever has no home directory: trashes on other volumes are all that it has.
    pub fn without_home() -> Builder {
        Builder {
            home_trash: None,
            protected: None,
            root: PathBuf::from("/"),
            here: || PathBuf::from("/"),
            grace_period: None,
            attributes: Arc::new(SystemAttributes),
        }
    }
}

impl Builder {
    /// Never removes this directory, nor one that holds it: most likely the user's home.
    pub fn protect(mut self, directory: impl Into<PathBuf>) -> Self {
        self.protected = Some(directory.into());
        self
    }

    /// Looks for trash directories and mounts in this directory and below it only, instead of on the whole machine.
    pub fn look_below(mut self, root: impl Into<PathBuf>) -> Self {
        self.root = root.into();
        self
    }

    /// Asks this for the working directory, if a trash has to be looked for there and above: without a home trash nothing
    /// remembers where others are.
    pub fn working_directory(mut self, here: fn() -> PathBuf) -> Self {
        self.here = here;
        self
    }

    /// How long after its removal an item is due that a full disk had no room to note a date on. Not told, it never is.
    pub fn grace_period(mut self, grace_period: TimeDelta) -> Self {
        self.grace_period = Some(grace_period);
        self
    }

    /// Keeps records by these, instead of by the system's extended attributes.
    pub fn attributes(mut self, attributes: Arc<dyn ExtendedAttributes>) -> Self {
        self.attributes = attributes;
        self
    }

    /// The manager. Nothing is looked at before it is asked for something.
    #[must_use]
    pub fn build(self) -> TrashManager {
        let Self { home_trash: home, protected, root, here, grace_period, attributes } = self;
        let volumes = Volumes::new(Places { home, root, here }, attributes.clone());
        TrashManager {
            protected,
            grace_period,
            attributes,
            volumes,
            parents: Parents::default(),
            known: Mutex::default(),
        }
    }
}
