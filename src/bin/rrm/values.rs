//! Values as people write them: durations, moments, sizes, kinds.

mod in_words;

use std::ffi::OsStr;
use std::path::Path;
use std::time::Duration;

use bytesize::ByteSize;
use chrono::{DateTime, Local, MappedLocalTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc};
use rrm::config::Key;
use rrm::error::{Error, ErrorKind, Result};
use rrm::item::ItemKind;
use rrm::rules::retention::{Free, Rule};

use in_words::{Tense, in_words};

const DURATION_FORMS: &str = "write it as 7d, 12h, 90min, 2w, 1month or 1d 12h; a bare number is days";
const MOMENT_FORMS: &str = "write it as today, yesterday, monday, \"last week\", 14:30, 2026-11-21, \
    \"2026-11-21 14:00\", or how long ago as 2h, 7d, 2w; a bare number is days";
const MINUTES_OR_MONTHS: &str = "minutes or months? write 1min or 1mo";
const SIZE_FORMS: &str = "write it as 500, 10k, 10KiB, 1.5G or 1.5GiB";

const END_FORMS: &str = "write it as tomorrow, monday, \"next week\", 2026-11-21, \"2026-11-21 14:00\", \
    or for how long as 12h, 7d, 2w";
const FREE_FORMS: &str = "write it as 10% (1% to 99%), or as a size: 50G, 50GiB";
const EVERYTHING: &str = "each clean would delete everything";

const READ_TIME: &str = "read the time";

fn bad(what: &'static str, text: &str, forms: &'static str) -> Error {
    Error::new(ErrorKind::BadValue, what, text, forms)
}

/// A duration; a bare number is days.
pub(crate) fn duration(text: &str) -> Result<Duration> {
    duration_in(text, "read the duration", DURATION_FORMS)
}

/// A duration where other `forms` are allowed too.
fn duration_in(text: &str, what: &'static str, forms: &'static str) -> Result<Duration> {
    let unreadable = || bad(what, text, forms);
    let trimmed = text.trim();
    if let Ok(days) = trimmed.parse::<u64>() {
        return days.checked_mul(86_400).map(Duration::from_secs).ok_or_else(unreadable);
    }
    if trimmed.split(|c: char| !c.is_alphabetic()).any(|unit| matches!(unit, "m" | "M")) {
        return Err(bad(what, text, MINUTES_OR_MONTHS));
    }
    humantime::parse_duration(&with_whole_units(trimmed)).map_err(|_| unreadable())
}

/// Spells out `mo`, the short form in tables.
fn with_whole_units(text: &str) -> String {
    let units = text.split_inclusive(|c: char| !c.is_alphabetic());
    let whole = |part: &str| match part.strip_prefix("mo") {
        Some(end) if !end.starts_with(char::is_alphabetic) => format!("month{end}"),
        _ => part.to_owned(),
    };
    units.map(whole).collect()
}

/// The time a duration after another.
pub(crate) fn after(now: DateTime<Utc>, text: &str) -> Result<DateTime<Utc>> {
    let duration = duration(text)?;
    end_of(now, duration).ok_or_else(|| bad("use the duration", text, "it ends after the latest supported date"))
}

fn end_of(now: DateTime<Utc>, duration: Duration) -> Option<DateTime<Utc>> {
    let end = now.checked_add_signed(TimeDelta::from_std(duration).ok()?)?;
    // RFC 3339 years have four digits.
    Some(end).filter(|end| end.timestamp() < 253_402_300_800)
}

/// A time in the past: a date, or how long ago.
pub(crate) fn moment(text: &str, now: DateTime<Utc>) -> Result<DateTime<Utc>> {
    if let Some(date) = date(text.trim()).or_else(|| words(text, now, Tense::Past)) {
        return Ok(date);
    }
    let span = text.trim().strip_suffix("ago").map_or(text, str::trim_end);
    let unit = ["a ", "an "].iter().find_map(|article| span.strip_prefix(article));
    let span = unit.map_or_else(|| span.to_owned(), |unit| format!("1 {unit}"));
    let ago = duration_in(&span, READ_TIME, MOMENT_FORMS).map_err(|error| Error { path: text.into(), ..error })?;
    let moment = TimeDelta::from_std(ago).ok().and_then(|ago| now.checked_sub_signed(ago));
    moment.ok_or_else(|| bad(READ_TIME, text, MOMENT_FORMS))
}

/// How long ago a time was; a time in the future is an error.
pub(crate) fn age(text: &str, now: DateTime<Utc>) -> Result<TimeDelta> {
    let age = now - moment(text, now)?;
    if age < TimeDelta::zero() { Err(bad("use the time", text, "it is in the future")) } else { Ok(age) }
}

/// A time in the future: a date, or how long from now.
pub(crate) fn end(text: &str, now: DateTime<Utc>) -> Result<DateTime<Utc>> {
    let end = if let Some(date) = date(text.trim()).or_else(|| words(text, now, Tense::Future)) {
        date
    } else {
        let duration = duration_in(text, READ_TIME, END_FORMS)?;
        end_of(now, duration).ok_or_else(|| bad(READ_TIME, text, END_FORMS))?
    };
    if end <= now { Err(bad("keep until", text, "it is in the past")) } else { Ok(end) }
}

/// The minimum age of items to delete; 0 is none.
pub(crate) fn minimum_age(text: &str) -> Result<Option<TimeDelta>> {
    let age = delta(text)?;
    Ok((!age.is_zero()).then_some(age))
}

/// A grace period.
pub(crate) fn grace(text: &str) -> Result<TimeDelta> {
    delta(text)
}

fn delta(text: &str) -> Result<TimeDelta> {
    TimeDelta::from_std(duration(text)?).map_err(|_| bad("use the duration", text, "it is too long"))
}

/// The rule of an option or setting.
pub(crate) fn rule(key: Key, text: &str) -> Result<Rule> {
    match key {
        Key::OlderThan => delta(text).map(Rule::OlderThan),
        Key::MaxSize => size(text).map(Rule::MaxSize),
        Key::MinFree => free(text).map(Rule::MinFree),
        Key::KeepNewest => match text.trim().parse() {
            Ok(number) if number > 0 => Ok(Rule::KeepNewest(number)),
            _ => Err(bad("read the number of versions", text, "write a number, 1 or more")),
        },
        Key::GracePeriod | Key::TrashDir | Key::OtherMounts | Key::KeepNewerThan => {
            Err(bad("use as a rule", key.name(), "it is not a rule"))
        }
    }
}

/// A rule for every future clean, so one that deletes everything is refused.
pub(crate) fn standing_rule(key: Key, text: &str) -> Result<Rule> {
    match rule(key, text)? {
        Rule::OlderThan(age) if age.is_zero() => Err(bad("save the setting", text, EVERYTHING)),
        Rule::MaxSize(0) => Err(bad("save the setting", text, EVERYTHING)),
        rule => Ok(rule),
    }
}

/// Free space: a percentage of the volume, or bytes.
fn free(text: &str) -> Result<Free> {
    let Some(percent) = text.trim().strip_suffix('%') else {
        return size(text).map(Free::Bytes).map_err(|_| bad("read the free space", text, FREE_FORMS));
    };
    match percent.trim().parse() {
        Ok(percent @ 1..=99) => Ok(Free::Percent(percent)),
        _ => Err(bad("read the free space", text, FREE_FORMS)),
    }
}

/// A time in words, in local time.
fn words(text: &str, now: DateTime<Utc>, tense: Tense) -> Option<DateTime<Utc>> {
    in_words(text, now.with_timezone(&Local).naive_local(), tense).and_then(local)
}

/// A date in local time, or with an offset of its own.
fn date(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
        return Some(instant.to_utc());
    }
    let at_time = ["%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M"]
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
    let naive = at_time.or_else(|| Some(NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_time(NaiveTime::MIN)))?;
    local(naive)
}

/// The instant of a local time: the first of two when clocks go back; an hour later if clocks skip it.
pub(crate) fn local(time: NaiveDateTime) -> Option<DateTime<Utc>> {
    // chrono does not always return the two instants in order.
    let instant = |time: NaiveDateTime| match Local.from_local_datetime(&time) {
        MappedLocalTime::Ambiguous(one, other) => Some(one.min(other)),
        clear => clear.single(),
    };
    let later = || time.checked_add_signed(TimeDelta::hours(1)).and_then(instant);
    instant(time).or_else(later).map(|instant| instant.to_utc())
}

/// The local time of an instant.
pub(crate) fn wall_clock(instant: DateTime<Utc>) -> NaiveDateTime {
    instant.with_timezone(&Local).naive_local()
}

/// A size in bytes.
pub(crate) fn size(text: &str) -> Result<u64> {
    text.trim().parse::<ByteSize>().map(|size| size.as_u64()).map_err(|_| bad("read the size", text, SIZE_FORMS))
}

/// A number of things, at least one.
pub(crate) fn number(text: &str) -> std::result::Result<usize, &'static str> {
    text.parse().ok().filter(|number| *number > 0).ok_or("write a number, 1 or more")
}

/// A number of things, or none.
pub(crate) fn whole_number(text: &str) -> std::result::Result<usize, &'static str> {
    text.parse().map_err(|_| "write a number, 0 or more")
}

/// A kind of item by its name or a unique prefix.
pub(crate) fn kind(text: &str) -> Result<ItemKind> {
    let unknown = || {
        let known: Vec<_> = ItemKind::ALL.iter().map(|kind| kind.name()).collect();
        Error::new(ErrorKind::BadValue, "use the kind", text, format!("the kinds are {}", known.join(", ")))
    };
    let named = |name: &str| ItemKind::ALL.into_iter().find(|kind| kind.name() == name);
    let names: Vec<_> = ItemKind::ALL.iter().map(|kind| kind.name()).collect();
    unique_prefix_of(text, &names).and_then(named).ok_or_else(unknown)
}

/// The name that `text` is, or is a unique prefix of.
pub(crate) fn unique_prefix_of<'a>(text: &str, names: &[&'a str]) -> Option<&'a str> {
    let mut begun = names.iter().filter(|name| !text.is_empty() && name.starts_with(text));
    let only = begun.next().filter(|_| begun.next().is_none());
    names.iter().find(|name| **name == text).or(only).copied()
}

/// Checks a setting before it is saved, because an invalid one makes later commands fail.
pub(crate) fn check_setting(key: Key, value: &OsStr) -> Result<()> {
    let text = value.to_string_lossy();
    match key {
        Key::GracePeriod => duration(&text).map(|_| ()),
        Key::TrashDir if Path::new(value).is_absolute() => Ok(()),
        Key::TrashDir => Err(bad("use the trash directory", &text, "it must be an absolute path")),
        Key::OtherMounts if matches!(&*text, "own" | "home") => Ok(()),
        Key::OtherMounts => Err(bad("use the setting", &text, "it must be own or home")),
        Key::OlderThan | Key::MaxSize | Key::MinFree | Key::KeepNewest => standing_rule(key, &text).map(|_| ()),
        Key::KeepNewerThan => minimum_age(&text).map(|_| ()),
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
        for (text, months) in [("1mo", 1), ("3mo 2d", 3), ("2month", 2), ("1year2mo", 14)] {
            let days = duration(text).expect(text).as_secs() / 86_400;
            assert!((months * 30..months * 31 + 3).contains(&days), "{text}: {days}");
        }
        for text in ["1m", "1M", "1d 30m", "1h30m"] {
            assert_eq!(duration(text).expect_err(text).reason, MINUTES_OR_MONTHS, "{text}");
            assert_eq!(moment(text, DateTime::UNIX_EPOCH).expect_err(text).reason, MINUTES_OR_MONTHS, "{text}");
            assert_eq!(end(text, DateTime::UNIX_EPOCH).expect_err(text).reason, MINUTES_OR_MONTHS, "{text}");
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
        assert!(moment("someday", now).is_err());
        for (text, ago) in [
            ("3h ago", 3),
            ("3 hours ago", 3),
            ("2d ago", 48),
            ("1d 2h ago", 26),
            ("a day ago", 24),
            ("an hour ago", 1),
        ] {
            assert_eq!(moment(text, now).expect(text), now - TimeDelta::hours(ago), "{text}");
        }
        let either = moment("1m ago", now).expect_err("either");
        assert_eq!((either.path.as_path(), &*either.reason), (Path::new("1m ago"), MINUTES_OR_MONTHS));
        let (today, yesterday) = (moment("today", now), moment("yesterday", now));
        let (today, yesterday) = (today.expect("a day"), yesterday.expect("a day"));
        assert!(yesterday < today && today <= now && now - yesterday <= TimeDelta::hours(49));
    }

    #[test]
    fn rules_as_people_write_them() {
        let day = TimeDelta::days(1);
        for (key, text, rule_meant) in [
            (Key::OlderThan, "30d", Rule::OlderThan(day * 30)),
            (Key::MaxSize, "20G", Rule::MaxSize(20_000_000_000)),
            (Key::MinFree, "10%", Rule::MinFree(Free::Percent(10))),
            (Key::MinFree, "50GiB", Rule::MinFree(Free::Bytes(50 << 30))),
            (Key::KeepNewest, "3", Rule::KeepNewest(3)),
        ] {
            assert_eq!(standing_rule(key, text).expect(text), rule_meant, "{text}");
        }
        for (key, text) in [
            (Key::OlderThan, "0"),
            (Key::OlderThan, "2026-11-21"),
            (Key::MaxSize, "0"),
            (Key::MaxSize, "all"),
            (Key::MinFree, "0%"),
            (Key::MinFree, "100%"),
            (Key::MinFree, "%"),
            (Key::KeepNewest, "0"),
            (Key::KeepNewest, "-1"),
        ] {
            assert!(check_setting(key, OsStr::new(text)).is_err(), "{key:?} {text}");
        }
        assert_eq!((minimum_age("0").expect("none"), minimum_age("2d").expect("some")), (None, Some(day * 2)));
        assert!(check_setting(Key::KeepNewerThan, OsStr::new("soon")).is_err());
    }

    #[test]
    fn an_end_lies_ahead_and_an_age_behind() {
        let now = DateTime::from_timestamp(1_790_000_000, 0).expect("an instant");
        assert!(end("tomorrow", now).expect("an end") > now);
        assert_eq!(end("yesterday", now).expect_err("past").reason, "it is in the past");
        assert_eq!(end("2d", now).expect("an end"), now + TimeDelta::days(2));
        assert_eq!(age("2d", now).expect("an age"), TimeDelta::days(2));
        assert!(end("2001-01-01", now).is_err());
        assert!(end("0", now).is_err());
        assert!(age("2096-01-01", now).is_err());
    }

    #[test]
    fn a_kind_may_be_cut_short_while_it_is_one() {
        for (text, meant) in
            [("dir", Some(ItemKind::Directory)), ("file", Some(ItemKind::File)), ("fifo", Some(ItemKind::Fifo))]
        {
            assert_eq!(kind(text).ok(), meant, "{text}");
        }
        for text in ["", "f", "s", "directories", "Dir"] {
            assert!(kind(text).is_err(), "{text}");
        }
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
