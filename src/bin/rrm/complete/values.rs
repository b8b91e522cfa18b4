//! Fixed values: durations, times, sizes, kinds.

use std::ffi::OsStr;

use clap_complete::engine::CompletionCandidate;
use rrm::item::ItemKind;

/// Durations; for a number, its units.
pub(super) fn durations(typed: &OsStr) -> Vec<CompletionCandidate> {
    let usual = ["12h", "1d", "2d", "7d", "14d", "30d", "90d", "1year"].map(|value| (value, ""));
    of(typed, &usual, &[("min", "minutes"), ("h", "hours"), ("d", "days"), ("w", "weeks"), ("month", "months")])
}

/// Times in the past.
pub(super) fn moments(typed: &OsStr) -> Vec<CompletionCandidate> {
    let usual = [
        ("10min", "ago"),
        ("1h", "ago"),
        ("1d", "ago"),
        ("7d", "ago"),
        ("30d", "ago"),
        ("today", ""),
        ("yesterday", ""),
        ("monday", ""),
    ];
    of(typed, &usual, &[("min", "minutes ago"), ("h", "hours ago"), ("d", "days ago"), ("w", "weeks ago")])
}

/// Sizes; for a number, its units.
pub(super) fn sizes(typed: &OsStr) -> Vec<CompletionCandidate> {
    let usual = ["100k", "1M", "10M", "100M", "1G", "10G"].map(|value| (value, ""));
    of(typed, &usual, &[("k", "thousands of bytes"), ("M", "millions"), ("G", "billions"), ("GiB", "1024 MiB")])
}

/// The kinds of items.
pub(super) fn kinds(typed: &OsStr) -> Vec<CompletionCandidate> {
    of(typed, &ItemKind::ALL.map(|kind| (kind.name(), "")), &[])
}

/// Values with the typed prefix, or the typed number with each unit.
fn of(typed: &OsStr, usual: &[(&str, &'static str)], units: &[(&str, &'static str)]) -> Vec<CompletionCandidate> {
    let Some(typed) = typed.to_str() else { return Vec::new() };
    let is_number = !typed.is_empty() && typed.bytes().all(|byte| byte.is_ascii_digit());
    let with_unit = units.iter().filter(|_| is_number).map(|(unit, about)| (format!("{typed}{unit}"), *about));
    let usual = usual.iter().filter(|(value, _)| !is_number && value.starts_with(typed));
    let all = usual.map(|(value, about)| ((*value).to_owned(), *about)).chain(with_unit);
    let candidate = |(order, (value, about)): (usize, (String, &'static str))| {
        let help = (!about.is_empty()).then(|| about.into());
        CompletionCandidate::new(value).help(help).display_order(Some(order))
    };
    all.enumerate().map(candidate).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_gets_units_and_nothing_the_usual_values() {
        let values = |typed: &str| -> Vec<String> {
            let found = durations(OsStr::new(typed));
            found.iter().map(|candidate| candidate.get_value().to_string_lossy().into_owned()).collect()
        };
        assert_eq!(values("3"), ["3min", "3h", "3d", "3w", "3month"]);
        assert_eq!(values("1y"), ["1year"]);
        assert!(values("").contains(&"30d".to_owned()));
        assert!(values("x").is_empty());
    }
}
