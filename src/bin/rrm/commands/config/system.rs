//! `rrm config --system`: shows and changes the limits for all users.

use rrm::attributes::SystemAttributes;
use rrm::config::{Config, Key, Whose};
use rrm::error::{Error, ErrorKind, Result};

use super::ConfigAction;
use crate::context::{Context, Limits};
use crate::exit::Exit;
use crate::gnu::quote::quote;
use crate::session::{Session, println};
use crate::values::check_setting;

pub(super) fn run(action: Option<&ConfigAction>, session: &Session<'_>) -> anyhow::Result<Exit> {
    let context = &session.context;
    let (key, value) = match action {
        None | Some(ConfigAction::Get { key: None }) => {
            context.limits.check_read()?;
            for key in Limits::KEYS {
                println(&format!("{} {}", key.name(), value_of(context, key)))?;
            }
            return Ok(Exit::Success);
        }
        Some(ConfigAction::Get { key: Some(key) }) => {
            check_key(*key)?;
            context.limits.check_read()?;
            println(&value_of(context, *key))?;
            return Ok(Exit::Success);
        }
        Some(ConfigAction::Set { key, value }) => (*key, Some(value)),
        Some(ConfigAction::Unset { key }) => (*key, None),
    };
    check_key(key)?;
    value.map_or(Ok(()), |value| check_setting(key, value))?;
    if rrm::sys::effective_uid() != 0 {
        session.messages.say("cannot set a limit for all users: you are not root");
        session.messages.hint("rrm config set changes your own settings");
        return Ok(Exit::Failure);
    }
    Config::set(&context.limits_dir(), Whose::Root, &SystemAttributes, key, value)?;
    let done = match value {
        Some(value) => format!("set {} for all users to {}", key.name(), quote(value, session.messages.charset)),
        None => format!("removed the limit {} for all users", key.name()),
    };
    session.messages.done(&done)?;
    Ok(Exit::Success)
}

/// Not every setting is one that users could exceed.
fn check_key(key: Key) -> Result<()> {
    if Limits::KEYS.contains(&key) {
        return Ok(());
    }
    let known: Vec<_> = Limits::KEYS.iter().map(|key| key.name()).collect();
    Err(Error::new(ErrorKind::BadValue, "limit", key.name(), format!("the limits are {}", known.join(", "))))
}

fn value_of(context: &Context, key: Key) -> String {
    context.limits.text(key).unwrap_or_else(|| "none".to_owned())
}
