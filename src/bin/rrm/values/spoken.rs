//! Times as people say them: `yesterday`, `monday 9:00`, `last week`.
//!
//! The crates that read English dates mean by `monday` the next one, by `yesterday` this time of it, and by `3h` what is to
//! come. Of what was removed that is never what is meant.

use chrono::{Datelike as _, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, Weekday};

/// Which of the days and times of a name is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// The latest that has begun.
    Past,
    /// The first that is to come.
    Future,
}

/// The time on the wall that `text` says, seen from `now`; a day, a week, a month and a year are where they begin.
pub(super) fn spoken(text: &str, now: NaiveDateTime, side: Side) -> Option<NaiveDateTime> {
    let text = text.to_ascii_lowercase();
    let words: Vec<&str> = text.split_whitespace().collect();
    let (day, time) = match words.split_last()? {
        (last, day) if last.contains(':') => (day, Some(time_of(last)?)),
        _ => (&words[..], None),
    };
    match (day, time) {
        (["now"], None) => Some(now),
        ([], Some(time)) => nearest(time, now, side),
        (day, time) => Some(day_of(day, now.date(), side)?.and_time(time.unwrap_or_default())),
    }
}

fn time_of(word: &str) -> Option<NaiveTime> {
    ["%H:%M", "%H:%M:%S"].iter().find_map(|form| NaiveTime::parse_from_str(word, form).ok())
}

/// This time of the day, where it is next to `now`.
fn nearest(time: NaiveTime, now: NaiveDateTime, side: Side) -> Option<NaiveDateTime> {
    let today = now.date().and_time(time);
    match side {
        Side::Past if today > now => today.checked_sub_days(Days::new(1)),
        Side::Future if today <= now => today.checked_add_days(Days::new(1)),
        Side::Past | Side::Future => Some(today),
    }
}

fn day_of(words: &[&str], today: NaiveDate, side: Side) -> Option<NaiveDate> {
    match words {
        ["today"] => Some(today),
        ["yesterday"] => today.pred_opt(),
        ["tomorrow"] => today.succ_opt(),
        ["last", unit @ ("week" | "month" | "year")] => unit_of(unit, today, -1),
        ["this", unit @ ("week" | "month" | "year")] => unit_of(unit, today, 0),
        ["next", unit @ ("week" | "month" | "year")] => unit_of(unit, today, 1),
        ["last", day] => today.pred_opt().and_then(|before| weekday(day, before, Side::Past)),
        ["next", day] => weekday(day, today, Side::Future),
        [day] => weekday(day, today, side),
        _ => None,
    }
}

/// Where the week, month or year begins that is so many after today's.
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

/// The day of this name that is next to `from`: that day itself, if it lies in the past.
fn weekday(name: &str, from: NaiveDate, side: Side) -> Option<NaiveDate> {
    let day: Weekday = name.parse().ok()?;
    match side {
        Side::Past => from.checked_sub_days(Days::new(from.weekday().days_since(day).into())),
        Side::Future => {
            let ahead = day.days_since(from.weekday());
            from.checked_add_days(Days::new(if ahead == 0 { 7 } else { ahead }.into()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A Wednesday.
    fn said(text: &str, side: Side) -> String {
        let now = NaiveDate::from_ymd_opt(2026, 11, 25).and_then(|day| day.and_hms_opt(10, 0, 0)).expect("a time");
        spoken(text, now, side).map_or_else(String::new, |time| time.format("%Y-%m-%d %H:%M").to_string())
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
            assert_eq!(said(text, Side::Past), time, "{text}");
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
            assert_eq!(said(text, Side::Future), time, "{text}");
        }
    }

    #[test]
    fn anything_else_is_not_understood() {
        for text in
            ["", "someday", "last", "last week 25:00", "monday tuesday", "14:30 yesterday", "1m", "7d", "week", ":"]
        {
            assert_eq!(said(text, Side::Past), "", "{text}");
        }
    }
}
