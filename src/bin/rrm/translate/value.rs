//! Values as people write them: durations, moments, sizes, kinds.

use std::ffi::OsStr;
use std::path::Path;
use std::time::Duration;

use bytesize::ByteSize;
use chrono::{DateTime, Local, MappedLocalTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc};
use rrm::config::Key;
use rrm::error::{Error, ErrorKind, Result};
use rrm::item::ItemKind;

const DURATION_FORMS: &str = "write it as 7d, 12h, 90min, 2w, 1month or 1d 12h; a bare number is days";
const MOMENT_FORMS: &str = "write a date as 2026-11-21, \"2026-11-21 14:00\" or 2026-11-21T14:00:00Z, \
    or how long ago as 2h, 7d, 2w; a bare number is days";
const SIZE_FORMS: &str = "write it as 500, 10k, 10KiB, 1.5G or 1.5GiB";

fn bad(what: &'static str, text: &str, forms: &'static str) -> Error {
    Error::new(ErrorKind::BadValue, what, text, forms)
}

/// A duration; a bare number is days.
pub(crate) fn duration(text: &str) -> Result<Duration> {
    let unreadable = || bad("read the duration", text, DURATION_FORMS);
    let trimmed = text.trim();
    match trimmed.parse::<u64>() {
        Ok(days) => days.checked_mul(86_400).map(Duration::from_secs).ok_or_else(unreadable),
        Err(_) => humantime::parse_duration(trimmed).map_err(|_| unreadable()),
    }
}

/// The moment a duration after another.
pub(crate) fn after(now: DateTime<Utc>, text: &str) -> Result<DateTime<Utc>> {
    let too_long = || bad("use the duration", text, "it ends after the last date that can be written");
    let delta = TimeDelta::from_std(duration(text)?).map_err(|_| too_long())?;
    // RFC 3339 has four digits for the year.
    now.checked_add_signed(delta).filter(|end| end.timestamp() < 253_402_300_800).ok_or_else(too_long)
}

/// A moment: a date, or how long ago.
pub(crate) fn moment(text: &str, now: DateTime<Utc>) -> Result<DateTime<Utc>> {
    if let Some(date) = date(text.trim()) {
        return Ok(date);
    }
    let unreadable = || bad("read the time", text, MOMENT_FORMS);
    let ago = duration(text).map_err(|_| unreadable())?;
    TimeDelta::from_std(ago).ok().and_then(|ago| now.checked_sub_signed(ago)).ok_or_else(unreadable)
}

/// A date in local time, or with an offset of its own. Of a time that a change of daylight saving repeats, the first.
fn date(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
        return Some(instant.to_utc());
    }
    let at_time = ["%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M"]
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
    let naive = at_time.or_else(|| Some(NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_time(NaiveTime::MIN)))?;
    // A time that a change of daylight saving leaves out is taken as the hour after it.
    // chrono does not always keep the two instants of a repeated time in their order.
    let local = |time: &NaiveDateTime| match Local.from_local_datetime(time) {
        MappedLocalTime::Ambiguous(one, other) => Some(one.min(other)),
        clear => clear.single(),
    };
    local(&naive).or_else(|| local(&(naive + TimeDelta::hours(1)))).map(|instant| instant.to_utc())
}

/// A size in bytes.
pub(crate) fn size(text: &str) -> Result<u64> {
    text.trim().parse::<ByteSize>().map(|size| size.as_u64()).map_err(|_| bad("read the size", text, SIZE_FORMS))
}

/// A kind of item.
pub(crate) fn kind(text: &str) -> Result<ItemKind> {
    let unknown = || {
        let known: Vec<_> = ItemKind::ALL.iter().map(|kind| kind.name()).collect();
        Error::new(ErrorKind::BadValue, "use the kind", text, format!("the kinds are {}", known.join(", ")))
    };
    ItemKind::ALL.into_iter().find(|kind| kind.name() == text).ok_or_else(unknown)
}

/// Whether a standing choice can be kept: whatever is chosen now must not fail each later command.
pub(crate) fn check_choice(key: Key, value: &OsStr) -> Result<()> {
    let text = value.to_string_lossy();
    match key {
        Key::GracePeriod => duration(&text).map(|_| ()),
        Key::TrashDir if Path::new(value).is_absolute() => Ok(()),
        Key::TrashDir => Err(bad("use the trash directory", &text, "it must be an absolute path")),
        Key::OtherMounts if matches!(&*text, "own" | "home") => Ok(()),
        Key::OtherMounts => Err(bad("use the choice", &text, "it is own or home")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_as_people_write_them() {
        for (text, seconds) in
            [("7", 604_800), ("0", 0), ("7d", 604_800), ("12h", 43_200), ("1d 12h", 129_600), ("2w", 1_209_600)]
        {
            assert_eq!(duration(text).expect(text), Duration::from_secs(seconds), "{text}");
        }
        for text in ["", "-1", "7x", "d", "1e9", "99999999999999999999", "0x10"] {
            let error = duration(text).expect_err(text);
            assert!(error.reason.contains("12h"), "{error}");
        }
        let now = DateTime::from_timestamp(1_790_000_000, 0).expect("an instant");
        assert!(after(now, "99999y").is_err());
    }

    #[test]
    fn moments_are_dates_or_how_long_ago() {
        let now = DateTime::from_timestamp(1_790_000_000, 0).expect("an instant");
        assert_eq!(moment("2h", now).expect("ago"), now - TimeDelta::hours(2));
        let instant = DateTime::parse_from_rfc3339("2026-11-21T14:00:00+01:00").expect("an instant");
        assert_eq!(moment("2026-11-21T14:00:00+01:00", now).expect("a date"), instant);
        assert!(moment("2026-11-21", now).is_ok());
        assert!(moment("2026-13-21", now).is_err());
        assert!(moment("yesterday", now).is_err());
    }

    #[test]
    fn sizes_as_people_write_them() {
        for (text, bytes) in [("500", 500), ("10k", 10_000), ("10KiB", 10_240), ("1.5GiB", 1_610_612_736)] {
            assert_eq!(size(text).expect(text), bytes, "{text}");
        }
        assert!(size("big").is_err());
        assert!(size("-1").is_err());
    }
}
