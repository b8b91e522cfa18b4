//! What root has set for all users of the machine, and nobody can lower.

use std::path::Path;
use std::sync::Arc;

use chrono::TimeDelta;
use rrm::attributes::SystemAttributes;
use rrm::config::{Config, Key, Whose};
use rrm::error::{Error, ErrorKind, Result};
use rrm::rules::retention::{Rule, Standing};

use crate::values;

/// The directory whose attributes hold the limits, below the root directory.
pub(super) const DIRECTORY: &str = "etc/rrm";

/// What root has set for all users.
#[derive(Debug, Clone, Default)]
pub(crate) struct Limits {
    /// As it was set.
    pub(crate) config: Config,
    /// How long everything that was removed is kept at least.
    least_grace: Option<TimeDelta>,
    /// How large the trash of a volume may be at most.
    most_space: Option<u64>,
    /// Why it cannot be read, if it cannot. Then nothing is deleted, which it might forbid.
    unread: Option<Arc<Error>>,
}

impl Limits {
    /// What can be limited: the least grace period, the most space, and trash directories on mounts.
    pub(crate) const KEYS: [Key; 3] = [Key::GracePeriod, Key::MaxSize, Key::OtherMounts];

    /// Reads them; one system call where there are none.
    pub(super) fn read(directory: &Path) -> Self {
        let read = Config::read(directory, Whose::Root, &SystemAttributes).and_then(|config| {
            let text = |key| config.get(key).map(|value| value.to_string_lossy());
            let least_grace = text(Key::GracePeriod).map(|text| values::grace(&text)).transpose()?;
            let most_space = text(Key::MaxSize).map(|text| values::size(&text)).transpose()?;
            Ok(Self { least_grace, most_space, unread: None, config })
        });
        read.unwrap_or_else(|error| Self { unread: Some(Arc::new(error)), ..Self::default() })
    }

    /// The text of a limit, if there is one.
    fn text(&self, key: Key) -> String {
        self.config.get(key).map(|value| value.to_string_lossy().into_owned()).unwrap_or_default()
    }

    /// A grace period that nobody asked for in so many words.
    pub(super) fn grace(&self, chosen: TimeDelta) -> TimeDelta {
        chosen.max(self.least_grace.unwrap_or(chosen))
    }

    /// Refuses a grace period that is too short.
    pub(crate) fn check_grace(&self, grace: TimeDelta, text: &str) -> Result<()> {
        match self.least_grace {
            Some(least) if grace < least => Err(self.refusal(Key::GracePeriod, "use the grace period", text)),
            _ => Ok(()),
        }
    }

    /// Refuses to delete without the trash.
    pub(crate) fn check_immediate(&self, asked_by: &str) -> Result<()> {
        self.check_read()?;
        match self.least_grace {
            Some(least) if !least.is_zero() => Err(self.refusal(Key::GracePeriod, "use", asked_by)),
            _ => Ok(()),
        }
    }

    /// Refuses a setting of a user that goes beyond a limit.
    pub(crate) fn check_setting(&self, key: Key, text: &str) -> Result<()> {
        match (key, self.most_space) {
            (Key::GracePeriod, _) => self.check_grace(values::grace(text)?, text),
            (Key::MaxSize, Some(most)) if values::size(text)? > most => Err(self.refusal(key, "use the setting", text)),
            (Key::OtherMounts, _) if self.forbids_mounts() && text != "home" => {
                Err(self.refusal(key, "use the setting", text))
            }
            _ => Ok(()),
        }
    }

    /// Whether nothing may be put into a trash directory on another mount than the home trash is on.
    pub(super) fn forbids_mounts(&self) -> bool {
        self.config.get(Key::OtherMounts).is_some_and(|choice| choice == "home")
    }

    /// A user's rules within the limits.
    pub(super) fn apply(&self, mut standing: Standing) -> Standing {
        standing.floor = standing.floor.max(self.least_grace);
        if let Some(most) = self.most_space {
            let own =
                standing.rules.iter().find_map(|rule| if let Rule::MaxSize(own) = rule { Some(*own) } else { None });
            standing.rules.retain(|rule| !matches!(rule, Rule::MaxSize(_)));
            standing.rules.push(Rule::MaxSize(own.map_or(most, |own| own.min(most))));
        }
        standing
    }

    /// The minimum age of what a clean deletes, if a person asked for another than the configured one.
    pub(crate) fn minimum_age(&self, asked: Option<TimeDelta>, text: &str) -> Result<Option<TimeDelta>> {
        match self.least_grace {
            Some(least) if asked.unwrap_or_default() < least => {
                Err(self.refusal(Key::GracePeriod, "use the limit", text))
            }
            _ => Ok(asked),
        }
    }

    /// The value that counts for a user who has chosen this one, where a limit says otherwise.
    pub(crate) fn binding(&self, key: Key, chosen: &str) -> Option<String> {
        let is_bound = match key {
            Key::GracePeriod => {
                self.least_grace.is_some() && values::grace(chosen).is_ok_and(|own| self.grace(own) > own)
            }
            Key::MaxSize => self.most_space.is_some_and(|most| values::size(chosen).map_or(true, |own| own > most)),
            Key::OtherMounts => self.forbids_mounts(),
            _ => false,
        };
        is_bound.then(|| self.text(key))
    }

    /// Fails where the limits cannot be read: nothing is deleted that they may keep.
    pub(crate) fn check_read(&self) -> Result<()> {
        let Some(unread) = &self.unread else { return Ok(()) };
        let reason = format!("{}; nothing is deleted until root repairs that", unread.reason);
        Err(Error::new(ErrorKind::System, unread.action.clone(), &unread.path, reason))
    }

    fn refusal(&self, key: Key, action: &'static str, what: &str) -> Error {
        let limit = match key {
            Key::GracePeriod => format!("has set a minimum grace period of {} for all users", self.text(key)),
            Key::MaxSize => format!("has set a maximum of {} for all users", self.text(key)),
            _ => "allows no trash on other mounts".to_owned(),
        };
        let reason = format!("root {limit}; see rrm config --system");
        Error::new(ErrorKind::BadValue, action, what, reason)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(days: i64, most: u64) -> Limits {
        Limits { least_grace: Some(TimeDelta::days(days)), most_space: Some(most), ..Limits::default() }
    }

    #[test]
    fn what_a_user_has_chosen_counts_where_it_is_stricter() {
        let own = |days, most| Standing {
            floor: Some(TimeDelta::days(days)),
            rules: vec![Rule::MaxSize(most), Rule::PastGrace],
        };
        for ((days, most), expected) in [((1, 10), (7, 10)), ((9, 100), (9, 50)), ((7, 50), (7, 50))] {
            let standing = limits(7, 50).apply(own(days, most));
            assert_eq!(standing.floor, Some(TimeDelta::days(expected.0)));
            assert_eq!(standing.rules, [Rule::PastGrace, Rule::MaxSize(expected.1)]);
        }
        assert_eq!(limits(7, 50).grace(TimeDelta::days(8)), TimeDelta::days(8));
        assert_eq!(limits(7, 50).grace(TimeDelta::days(6)), TimeDelta::days(7));
    }

    #[test]
    fn without_limits_nothing_is_refused() {
        let none = Limits::default();
        assert!(none.check_immediate("--immediate").is_ok() && none.check_grace(TimeDelta::zero(), "0").is_ok());
        assert_eq!(none.minimum_age(None, "0").expect("no limit"), None);
        assert_eq!(none.apply(Standing::default()).rules, Standing::default().rules);
    }
}
