//! Dates and times in words: `yesterday`, `monday 9:00`, `last week`.
//!
//! Crates for English dates take `monday` for the next one, `yesterday` for this time of day, and `3h` for the future. For
//! removed items the past is meant.

use chrono::{Datelike as _, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, Weekday};

/// Which day or time a word means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tense {
    /// The latest in the past.
    Past,
    /// The first in the future.
    Future,
}

/// The local time that `text` means at `now`; days, weeks, months and years begin at their start.
pub(super) fn in_words(text: &str, now: NaiveDateTime, tense: Tense) -> Option<NaiveDateTime> {
    let text = text.to_ascii_lowercase();
    let words: Vec<&str> = text.split_whitespace().collect();
    let (day, time) = match words.split_last()? {
        (last, day) if last.contains(':') => (day, Some(time_of(last)?)),
        _ => (&words[..], None),
    };
    match (day, time) {
        (["now"], None) => Some(now),
        ([], Some(time)) => nearest(time, now, tense),
        (day, time) => Some(day_of(day, now.date(), tense)?.and_time(time.unwrap_or_default())),
    }
}

fn time_of(word: &str) -> Option<NaiveTime> {
    ["%H:%M", "%H:%M:%S"].iter().find_map(|form| NaiveTime::parse_from_str(word, form).ok())
}

/// This time of day, the nearest to `now`.
fn nearest(time: NaiveTime, now: NaiveDateTime, tense: Tense) -> Option<NaiveDateTime> {
    let today = now.date().and_time(time);
    match tense {
        Tense::Past if today > now => today.checked_sub_days(Days::new(1)),
        Tense::Future if today <= now => today.checked_add_days(Days::new(1)),
        Tense::Past | Tense::Future => Some(today),
    }
}

fn day_of(words: &[&str], today: NaiveDate, tense: Tense) -> Option<NaiveDate> {
    match words {
        ["today"] => Some(today),
        ["yesterday"] => today.pred_opt(),
        ["tomorrow"] => today.succ_opt(),
        ["last", unit @ ("week" | "month" | "year")] => unit_of(unit, today, -1),
        ["this", unit @ ("week" | "month" | "year")] => unit_of(unit, today, 0),
        ["next", unit @ ("week" | "month" | "year")] => unit_of(unit, today, 1),
        ["last", day] => today.pred_opt().and_then(|before| weekday(day, before, Tense::Past)),
        ["next", day] => weekday(day, today, Tense::Future),
        [day] => weekday(day, today, tense),
        _ => None,
    }
}

/// The start of a week, month or year, counted from the current one.
fn unit_of(unit: &str, today: NaiveDate, after: i32) -> Option<NaiveDate> {
    match unit {
        "week" => {
            today.week(Weekday::Mon).checked_first_day()?.checked_add_signed(chrono::TimeDelta::weeks(after.into()))
        }
        "month" => {
            let first = today.with_day(1)?;
            let months = Months::new(after.unsigned_abs());
            if after < 0 { first.checked_sub_months(months) } else { first.checked_add_months(months) }
        }
        _ => NaiveDate::from_ymd_opt(today.year().checked_add(after)?, 1, 1),
    }
}

/// The nearest day with this name; in the past, `from` itself counts.
fn weekday(name: &str, from: NaiveDate, tense: Tense) -> Option<NaiveDate> {
    let day: Weekday = name.parse().ok()?;
    match tense {
        Tense::Past => from.checked_sub_days(Days::new(from.weekday().days_since(day).into())),
        Tense::Future => {
            let ahead = day.days_since(from.weekday());
            from.checked_add_days(Days::new(if ahead == 0 { 7 } else { ahead }.into()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A Wednesday.
    fn words(text: &str, tense: Tense) -> String {
        let now = NaiveDate::from_ymd_opt(2026, 11, 25).and_then(|day| day.and_hms_opt(10, 0, 0)).expect("a time");
        in_words(text, now, tense).map_or_else(String::new, |time| time.format("%Y-%m-%d %H:%M").to_string())
    }

    #[test]
    fn what_was_is_meant_of_the_past() {
        for (text, time) in [
            ("now", "2026-11-25 10:00"),
            ("today", "2026-11-25 00:00"),
            ("Yesterday", "2026-11-24 00:00"),
            ("yesterday 14:30", "2026-11-24 14:30"),
            ("monday", "2026-11-23 00:00"),
            ("MON 9:05", "2026-11-23 09:05"),
            ("wednesday", "2026-11-25 00:00"),
            ("thursday", "2026-11-19 00:00"),
            ("last wednesday", "2026-11-18 00:00"),
            ("last tue", "2026-11-24 00:00"),
            ("last week", "2026-11-16 00:00"),
            ("this week", "2026-11-23 00:00"),
            ("last month", "2026-10-01 00:00"),
            ("this month", "2026-11-01 00:00"),
            ("last year", "2025-01-01 00:00"),
            ("9:00", "2026-11-25 09:00"),
            ("14:30", "2026-11-24 14:30"),
            ("10:00", "2026-11-25 10:00"),
        ] {
            assert_eq!(words(text, Tense::Past), time, "{text}");
        }
    }

    #[test]
    fn what_comes_is_meant_of_the_future() {
        for (text, time) in [
            ("tomorrow", "2026-11-26 00:00"),
            ("monday", "2026-11-30 00:00"),
            ("wednesday", "2026-12-02 00:00"),
            ("next friday 12:00", "2026-11-27 12:00"),
            ("next week", "2026-11-30 00:00"),
            ("next month", "2026-12-01 00:00"),
            ("next year", "2027-01-01 00:00"),
            ("14:30", "2026-11-25 14:30"),
            ("10:00", "2026-11-26 10:00"),
        ] {
            assert_eq!(words(text, Tense::Future), time, "{text}");
        }
    }

    #[test]
    fn anything_else_is_not_understood() {
        for text in
            ["", "someday", "last", "last week 25:00", "monday tuesday", "14:30 yesterday", "1m", "7d", "week", ":"]
        {
            assert_eq!(words(text, Tense::Past), "", "{text}");
        }
    }
}
