//! What `rrm list` takes.

use clap::{Args, ValueEnum};

use super::ListOrder;
use crate::options::{SelectionArgs, SortKey, whole_number};

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,

    /// Sort by KEY, the last removed and the largest last.
    #[arg(long, value_enum, value_name = "KEY", default_value_t = ListOrder::By(SortKey::Deleted))]
    pub(crate) sort: ListOrder,

    /// Sort as ls -S does: the largest first.
    #[arg(short = 'S', conflicts_with = "sort")]
    pub(crate) largest_first: bool,

    /// Sort as ls -t does: the last removed first.
    #[arg(short = 't', conflicts_with_all = ["sort", "largest_first"])]
    pub(crate) newest_first: bool,

    /// Reverse the order.
    #[arg(short, long)]
    pub(crate) reverse: bool,

    /// Print only the last N items; with -S and -t, the first N.
    #[arg(long, value_name = "N", value_parser = whole_number)]
    pub(crate) limit: Option<usize>,

    /// Measure directories.
    #[arg(long)]
    pub(crate) size: bool,

    /// Print full IDs, dates and paths.
    #[arg(long)]
    pub(crate) full: bool,

    /// Output format.
    #[arg(long, value_enum, value_name = "FORM", default_value_t = Form::Table)]
    pub(crate) format: Form,

    /// The same as --format json.
    #[arg(long, conflicts_with = "format")]
    pub(crate) json: bool,
}

impl ListArgs {
    pub(crate) fn form(&self) -> Form {
        if self.json { Form::Json } else { self.format }
    }

    /// What is sorted by; with -S and -t as without, but for the direction.
    pub(crate) fn order(&self) -> ListOrder {
        match (self.largest_first, self.newest_first) {
            (true, _) => ListOrder::By(SortKey::Size),
            (_, true) => ListOrder::By(SortKey::Deleted),
            _ => self.sort,
        }
    }

    pub(crate) fn direction(&self) -> Direction {
        match (self.largest_first || self.newest_first, self.reverse) {
            (true, false) => Direction::AsLs,
            (false, true) => Direction::Reversed,
            _ => Direction::AsSorted,
        }
    }
}

/// Which end of the order is next to the prompt, and which one --limit keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    /// The newest or largest comes last, and stays.
    AsSorted,
    /// The oldest or smallest comes last, and stays.
    Reversed,
    /// The newest or largest comes first, and stays.
    AsLs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// For people.
    Table,
    /// One line per item, tabs between fields, unprintable bytes escaped.
    Plain,
    /// One JSON object per item, each on its own line.
    Json,
    /// Like plain, but paths unescaped and each item ended by NUL.
    Null,
}
