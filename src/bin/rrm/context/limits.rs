//! What root has set for all users of the machine, and nobody can lower.

use std::path::Path;
use std::sync::Arc;

use chrono::TimeDelta;
use rrm::attributes::SystemAttributes;
use rrm::config::{Config, Key, Whose};
use rrm::error::{Error, ErrorKind, Result};
use rrm::rules::retention::{Rule, Standing};

use super::GRACE_PERIOD;
use crate::values;

/// The directory whose attributes hold the limits, below the root directory.
pub(super) const DIRECTORY: &str = "etc/rrm";

/// The choice for other mounts that allows no trash there.
const HOME: &str = "home";

/// What root has set for all users.
#[derive(Debug, Clone)]
pub(crate) enum Limits {
    Known(Known),
    /// Why they cannot be read. Whatever they may forbid is forbidden then.
    Unknown(Arc<Error>),
}

/// Limits that could be read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Known {
    /// As they were set.
    config: Config,
    /// How long everything that was removed is kept at least.
    least_grace: Option<TimeDelta>,
    /// How large the trash of a volume may be at most.
    most_space: Option<u64>,
}

impl Default for Limits {
    fn default() -> Self {
        Self::Known(Known::default())
    }
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
            Ok(Known { config, least_grace, most_space })
        });
        read.map_or_else(|error| Self::Unknown(Arc::new(error)), Self::Known)
    }

    /// A limit as it was set, or as it is taken to be where that is unknown.
    pub(crate) fn text(&self, key: Key) -> Option<String> {
        match (self, key) {
            (Self::Known(known), _) => known.config.get(key).map(|value| value.to_string_lossy().into_owned()),
            (Self::Unknown(_), Key::GracePeriod) => Some(GRACE_PERIOD.to_owned()),
            (Self::Unknown(_), Key::OtherMounts) => Some(HOME.to_owned()),
            (Self::Unknown(_), _) => None,
        }
    }

    /// How long everything that was removed is kept at least; where that is unknown, for as long as without any setting.
    fn least_grace(&self) -> Option<TimeDelta> {
        match self {
            Self::Known(known) => known.least_grace,
            Self::Unknown(_) => values::grace(GRACE_PERIOD).ok(),
        }
    }

    fn most_space(&self) -> Option<u64> {
        match self {
            Self::Known(known) => known.most_space,
            Self::Unknown(_) => None,
        }
    }

    /// Whether nothing may be put into a trash directory on another mount than the home trash is on.
    pub(super) fn forbids_mounts(&self) -> bool {
        self.text(Key::OtherMounts).is_some_and(|choice| choice == HOME)
    }

    /// A grace period that nobody asked for in so many words.
    pub(super) fn grace(&self, chosen: TimeDelta) -> TimeDelta {
        chosen.max(self.least_grace().unwrap_or(chosen))
    }

    /// Refuses a grace period that is too short.
    pub(crate) fn check_grace(&self, grace: TimeDelta, text: &str) -> Result<()> {
        match self.least_grace() {
            Some(least) if grace < least => Err(self.refusal(Key::GracePeriod, "use the grace period", text)),
            _ => Ok(()),
        }
    }

    /// Refuses to delete without the trash.
    pub(crate) fn check_immediate(&self, asked_by: &str) -> Result<()> {
        match self.floor()? {
            Some(least) if !least.is_zero() => Err(self.refusal(Key::GracePeriod, "use", asked_by)),
            _ => Ok(()),
        }
    }

    /// Whether a value of a user goes beyond a limit.
    fn is_beyond(&self, key: Key, text: &str) -> Result<bool> {
        Ok(match (key, self.least_grace(), self.most_space()) {
            (Key::GracePeriod, Some(least), _) => values::grace(text)? < least,
            (Key::MaxSize, _, Some(most)) => values::size(text)? > most,
            (Key::OtherMounts, ..) => self.forbids_mounts() && text != HOME,
            _ => false,
        })
    }

    /// Refuses a setting of a user that goes beyond a limit.
    pub(crate) fn check_setting(&self, key: Key, text: &str) -> Result<()> {
        match (key, self.is_beyond(key, text)?) {
            (_, false) => Ok(()),
            (Key::GracePeriod, true) => Err(self.refusal(key, "use the grace period", text)),
            (_, true) => Err(self.refusal(key, "use the setting", text)),
        }
    }

    /// The value that counts for a user who has chosen this one, where a limit says otherwise. What cannot be read is no
    /// stricter.
    pub(crate) fn binding(&self, key: Key, chosen: &str) -> Option<String> {
        self.is_beyond(key, chosen).unwrap_or(true).then(|| self.text(key)).flatten()
    }

    /// A user's rules within the limits.
    pub(super) fn apply(&self, mut standing: Standing) -> Standing {
        standing.floor = standing.floor.max(self.least_grace());
        if let Some(most) = self.most_space() {
            let own =
                standing.rules.iter().find_map(|rule| if let Rule::MaxSize(own) = rule { Some(*own) } else { None });
            standing.rules.retain(|rule| !matches!(rule, Rule::MaxSize(_)));
            standing.rules.push(Rule::MaxSize(own.map_or(most, |own| own.min(most))));
        }
        standing
    }

    /// The minimum age of what a clean deletes, if a person asked for another than the configured one.
    pub(crate) fn minimum_age(&self, asked: Option<TimeDelta>, text: &str) -> Result<Option<TimeDelta>> {
        match self.least_grace() {
            Some(least) if asked.unwrap_or_default() < least => {
                Err(self.refusal(Key::GracePeriod, "use the limit", text))
            }
            _ => Ok(asked),
        }
    }

    /// The minimum age of what leaves the trash for good. Fails where that is unknown.
    pub(crate) fn floor(&self) -> Result<Option<TimeDelta>> {
        self.check_read().map(|()| self.least_grace())
    }

    /// Fails where the limits cannot be read: nothing is deleted that they may keep.
    pub(crate) fn check_read(&self) -> Result<()> {
        let Self::Unknown(unread) = self else { return Ok(()) };
        let reason = format!("{}; nothing is deleted or exported until root repairs that", unread.reason);
        Err(Error::new(ErrorKind::System, unread.action.clone(), &unread.path, reason))
    }

    fn refusal(&self, key: Key, action: &'static str, what: &str) -> Error {
        let limit = self.text(key).unwrap_or_default();
        let reason = match (self, key) {
            (Self::Unknown(_), _) => "what root has set for all users cannot be read; run rrm doctor".to_owned(),
            (_, Key::GracePeriod) => told(&format!("has set a minimum grace period of {limit} for all users")),
            (_, Key::MaxSize) => told(&format!("has set a maximum of {limit} for all users")),
            _ => told("allows no trash on other mounts"),
        };
        Error::new(ErrorKind::BadValue, action, what, reason)
    }
}

fn told(limit: &str) -> String {
    format!("root {limit}; see rrm config --system")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(days: i64, most: u64) -> Limits {
        let (least_grace, most_space) = (Some(TimeDelta::days(days)), Some(most));
        Limits::Known(Known { least_grace, most_space, ..Known::default() })
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
