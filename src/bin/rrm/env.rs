//! Environment, clock and user database. Nothing else reads them.

mod root;
pub(crate) mod users;

use std::ffi::OsString;
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use rrm::text::Charset;

use crate::gnu::grammar::Order;
use root::root;

/// Said where nothing works without a home directory.
pub(crate) const NO_HOME: &str = "there is no home directory; set HOME";

#[derive(Debug, Clone)]
pub(crate) struct Environment {
    /// The user's home directory: `$HOME`, or that of the user database.
    pub(crate) home: Option<PathBuf>,
    /// The directory to look for trash directories and mounts in: `/`, or a test's own.
    pub(crate) root: PathBuf,
    /// The user's data directory, as XDG or the platform has it.
    pub(crate) data_dir: Option<PathBuf>,
    /// `$XDG_DATA_HOME`, if set.
    pub(crate) data_home: Option<PathBuf>,
    /// The directory of configurations: `$XDG_CONFIG_HOME`, or `~/.config`.
    pub(crate) config_dir: Option<PathBuf>,
    /// `$ZDOTDIR`, where zsh has its start files, if set.
    pub(crate) zsh_dir: Option<PathBuf>,
    /// `$SHELL`, the user's shell.
    pub(crate) shell: Option<PathBuf>,
    pub(crate) trash_dir: Option<PathBuf>,
    pub(crate) grace_period: Option<OsString>,
    pub(crate) immediate: Option<OsString>,
    pub(crate) session: Option<OsString>,
    /// Whether `$RRM_GUARD` is set, as `rrm guard` sets it for what it runs.
    pub(crate) guard: bool,
    pub(crate) path: Option<OsString>,
    /// The character set of messages.
    pub(crate) charset: Charset,
    /// Where options of `rm` may stand; `$POSIXLY_CORRECT` counts even if empty.
    pub(crate) order: Order,
}

impl Environment {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]
    pub(crate) fn read() -> Self {
        let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
        let set_path = |name: &str| set(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let home = set("HOME").map_or_else(users::own_home, |home| Some(PathBuf::from(home)));
        // Without `$HOME` it would call getpwuid_r(3), and a statically linked program cannot do that on a machine with
        // another libc.
        let data_dir = || set_path("HOME").and_then(|_| dirs::data_dir());
        let home = home.filter(|home| home.is_absolute());
        let in_home = |below: &str| home.as_ref().map(|home| home.join(below));
        let data_home = set_path("XDG_DATA_HOME");
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].map(set);
        let [lc_all, lc_ctype, lang] = locale.each_ref().map(Option::as_deref);
        Self {
            data_dir: data_home.clone().or_else(data_dir).or_else(|| in_home(".local/share")),
            data_home,
            config_dir: set_path("XDG_CONFIG_HOME").or_else(|| in_home(".config")),
            zsh_dir: set_path("ZDOTDIR"),
            shell: set_path("SHELL"),
            home,
            root: root(),
            trash_dir: set("RRM_TRASH_DIR").map(PathBuf::from),
            grace_period: set("RRM_GRACE_PERIOD"),
            immediate: set("RRM_IMMEDIATE"),
            session: set("RRM_SESSION"),
            guard: set("RRM_GUARD").is_some(),
            path: set("PATH"),
            charset: Charset::of_locale(lc_all, lc_ctype, lang),
            order: if std::env::var_os("POSIXLY_CORRECT").is_some() { Order::First } else { Order::Anywhere },
        }
    }

    /// The path of this program, without links.
    pub(crate) fn program() -> std::io::Result<PathBuf> {
        std::env::current_exe()
    }

    /// A program of the system, to be started.
    pub(crate) fn program_of_system(name: &str) -> PathBuf {
        root::program(name)
    }

    /// The working directory; `/` where it is gone, so that absolute operands still work.
    #[expect(clippy::unused_self, reason = "it belongs to the environment, though the kernel tells it")]
    pub(crate) fn working_directory(&self) -> PathBuf {
        Self::here()
    }

    /// The same, as a function that the library can call.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]
    pub(crate) fn here() -> PathBuf {
        std::env::current_dir().unwrap_or_else(|_| PathBuf::from("/"))
    }

    /// Whether the terminal has colours and `$NO_COLOR` is not set.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]
    pub(crate) fn takes_colours() -> bool {
        std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()) && Self::has_screen()
    }

    /// Whether the terminal can draw a screen.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]
    pub(crate) fn has_screen() -> bool {
        std::env::var_os("TERM").is_some_and(|term| !term.is_empty() && term != "dumb")
    }
}

/// The time. Commands read it once, when they begin; the screen of `rrm browse` again while it is open. A test sets it by
/// `RRM_TEST_NOW`.
#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
pub(crate) fn now() -> DateTime<Utc> {
    #[cfg(feature = "testing")]
    if let Some(set) = std::env::var("RRM_TEST_NOW").ok().and_then(|set| set.parse().ok()) {
        return set;
    }
    Utc::now()
}

/// Where a test wants the losses of a guarded command written down, and not kept.
#[cfg(feature = "testing")]
#[expect(clippy::disallowed_methods, reason = "the environment")]
pub(crate) fn recorded_losses() -> Option<PathBuf> {
    std::env::var_os("RRM_TEST_LOSSES").map(PathBuf::from)
}

/// Injects the faults that a test has asked for.
#[cfg(feature = "testing")]
#[expect(clippy::disallowed_methods, clippy::expect_used, reason = "the environment, and a mistake of the test itself")]
pub(crate) fn inject_faults() {
    use rrm::sys::door::faults::{ENVIRONMENT, obey};
    use rrm::sys::patience::{HURRY, hurry};
    if let Ok(words) = std::env::var(ENVIRONMENT) {
        obey(&words).expect("the words of the test are understood");
    }
    if let Ok(times) = std::env::var(HURRY) {
        hurry(times.parse().expect("the number of the test is one"));
    }
}
