//! `rrm config`: shows and changes settings.

mod system;

use std::ffi::OsString;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand};
use rrm::attributes::SystemAttributes;
use rrm::config::{Config, Key, Whose};

use super::help::Help;
use crate::context::{Context, GRACE_PERIOD};
use crate::exit::Exit;
use crate::gnu::quote::quote;
use crate::session::{Start, println};
use crate::values::check_setting;

pub(super) const HELP: Help = Help {
    examples: "\
Examples:
  rrm config                        Print all settings
  rrm config set grace-period 2w    Keep removed items for two weeks
  rrm config --system               Print the limits that root has set",
    everyday: "",
    page: include_str!("../manual/config.man"),
};

#[derive(Debug, Args)]
pub(crate) struct ConfigArgs {
    /// Limits for all users of the machine, which only root can set: grace-period (at least), max-size (at most),
    /// other-mounts (home forbids trash directories on mounts).
    #[arg(long, global = true)]
    pub(crate) system: bool,

    #[command(subcommand)]
    pub(crate) action: Option<ConfigAction>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigAction {
    /// Show one setting, or all.
    Get {
        /// The setting.
        #[arg(value_parser = key())]
        key: Option<Key>,
    },
    /// Change a setting.
    Set {
        /// The setting.
        #[arg(value_parser = key())]
        key: Key,
        /// grace-period, older-than, keep-newer-than: a duration; trash-dir: an absolute path; other-mounts: own or
        /// home; max-size: a size; min-free: a size or a percentage; keep-newest: a number.
        value: OsString,
    },
    /// Reset a setting.
    #[command(visible_alias = "reset")]
    Unset {
        /// The setting.
        #[arg(value_parser = key())]
        key: Key,
    },
}

/// Parses the name of a setting; help and completions describe each one.
fn key() -> impl TypedValueParser<Value = Key> {
    PossibleValuesParser::new(Key::ALL.map(|key| PossibleValue::new(key.name()).help(meaning(key))))
        .try_map(|name| Key::ALL.into_iter().find(|key| key.name() == name).ok_or("no such setting"))
}

fn meaning(key: Key) -> &'static str {
    match key {
        Key::GracePeriod => "How long removed items are kept",
        Key::TrashDir => "The home trash directory",
        Key::OtherMounts => "Trash for other mounts: one on each mount (own), or the home trash (home)",
        Key::OlderThan => "Clean items removed longer ago, even inside their grace period",
        Key::MaxSize => "Clean the oldest items until the trash on each volume is at most this large",
        Key::MinFree => "Clean the oldest items until each volume has this much free",
        Key::KeepNewest => "Clean all but this many newest versions of each path",
        Key::KeepNewerThan => "Never clean items removed more recently",
    }
}

pub(super) fn run(args: &ConfigArgs, start: Start<'_>) -> anyhow::Result<Exit> {
    let session = &start.session()?;
    if args.system {
        return system::run(args.action.as_ref(), session);
    }
    let context = &session.context;
    match &args.action {
        None | Some(ConfigAction::Get { key: None }) => {
            for key in Key::ALL {
                println(&format!("{} {}", key.name(), value_of(context, key)))?;
            }
        }
        Some(ConfigAction::Get { key: Some(key) }) => println(&value_of(context, *key))?,
        Some(ConfigAction::Set { key, value }) => {
            check_setting(*key, value)?;
            context.limits.check_setting(*key, &value.to_string_lossy())?;
            Config::set(context.config_dir()?, Whose::User, &SystemAttributes, *key, Some(value))?;
            let value = quote(value, session.messages.charset);
            session.messages.done(&format!("set {} to {value}", key.name()))?;
        }
        Some(ConfigAction::Unset { key }) => {
            Config::set(context.config_dir()?, Whose::User, &SystemAttributes, *key, None)?;
            session.messages.done(&format!("reset {} to its default", key.name()))?;
        }
    }
    Ok(Exit::Success)
}

/// The value of a setting, or its default, as text; a limit that root has set, where that counts.
fn value_of(context: &Context, key: Key) -> String {
    let chosen = context.config.get(key).map(|value| value.to_string_lossy().into_owned());
    let value = chosen.unwrap_or_else(|| match key {
        Key::GracePeriod => GRACE_PERIOD.to_owned(),
        Key::TrashDir => {
            let directory = context.config_dir.as_ref().map(|directory| directory.join("trash"));
            directory.map_or_else(|| "none".to_owned(), |trash| trash.to_string_lossy().into_owned())
        }
        Key::OtherMounts => "own".to_owned(),
        Key::OlderThan | Key::MaxSize | Key::MinFree | Key::KeepNewest | Key::KeepNewerThan => "none".to_owned(),
    });
    context.limits.binding(key, &value).unwrap_or(value)
}
