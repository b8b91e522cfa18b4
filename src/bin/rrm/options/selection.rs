//! Words and filters that select items.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::{Args, ValueHint};
use rrm::rules::selection::absolute;

use crate::values::number;

/// The heading of the filters in help texts.
const FILTERS: &str = "Filters";

// What to act on, in the one language of list, restore and clean.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct SelectionArgs {
    /// IDs (four or more digits), original paths, globs, or words to search for; the prefix id:, path:, name: or
    /// glob: says which.
    #[arg(value_name = "SELECTION")]
    pub(crate) words: Vec<OsString>,

    /// Only items from below DIR.
    #[arg(long, help_heading = FILTERS, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) under: Option<PathBuf>,

    /// Only items from below the working directory.
    #[arg(long, help_heading = FILTERS, conflicts_with = "under")]
    pub(crate) here: bool,

    /// Only items removed since WHEN: monday, 14:30, 2h.
    #[arg(long, help_heading = FILTERS, value_name = "WHEN")]
    pub(crate) since: Option<String>,

    /// Only items removed before WHEN.
    #[arg(long, help_heading = FILTERS, value_name = "WHEN")]
    pub(crate) before: Option<String>,

    /// Only items removed longer ago than DURATION: 30d.
    #[arg(long, help_heading = FILTERS, value_name = "DURATION")]
    pub(crate) older_than: Option<String>,

    /// Only items larger than SIZE: 500, 10k, 1.5GiB.
    #[arg(long, help_heading = FILTERS, value_name = "SIZE")]
    pub(crate) larger_than: Option<String>,

    /// Only items smaller than SIZE.
    #[arg(long, help_heading = FILTERS, value_name = "SIZE")]
    pub(crate) smaller_than: Option<String>,

    /// Only items of these kinds: file, directory, symlink, fifo, socket, block-device, char-device.
    #[arg(long, help_heading = FILTERS, value_name = "KIND", value_delimiter = ',')]
    pub(crate) kind: Vec<String>,

    /// Only items of session LABEL.
    #[arg(long, help_heading = FILTERS, value_name = "LABEL")]
    pub(crate) session: Option<OsString>,

    /// Only the N newest items.
    #[arg(long, help_heading = FILTERS, value_name = "N", value_parser = number)]
    pub(crate) last: Option<usize>,
}

impl SelectionArgs {
    /// The filters as words for another process, which runs in another directory. It gets no words to select by.
    pub(crate) fn filters_as_words(&self, here: &Path) -> Vec<OsString> {
        // Without `..`, so that no filter is forgotten. clap refuses the first two with `--all-users`.
        let Self {
            words: _,
            here: _,
            under,
            since,
            before,
            older_than,
            larger_than,
            smaller_than,
            kind,
            session,
            last,
        } = self;
        let under = under.as_deref().map(|directory| absolute(directory, here).into_os_string());
        let text = |value: &Option<String>| value.as_ref().map(OsString::from);
        let kinds = (!kind.is_empty()).then(|| kind.join(",").into());
        let filters = [
            ("--under=", under),
            ("--since=", text(since)),
            ("--before=", text(before)),
            ("--older-than=", text(older_than)),
            ("--larger-than=", text(larger_than)),
            ("--smaller-than=", text(smaller_than)),
            ("--kind=", kinds),
            ("--session=", session.clone()),
            ("--last=", last.map(|number| number.to_string().into())),
        ];
        let word = |(option, value): (&str, Option<OsString>)| Some(OsString::from_iter([option.into(), value?]));
        filters.into_iter().filter_map(word).collect()
    }
}
