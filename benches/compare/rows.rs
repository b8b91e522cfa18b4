//! The rows of the table, by what is done.

mod clean;
mod copy;
mod guard;
mod list;
mod remove;
mod restore;

use anyhow::Result;

use crate::bench::Bench;
use crate::options::Subject;

/// Makes the rows about one subject.
type Rows = fn(&mut Bench) -> Result<()>;

/// Makes all rows that are wanted.
pub(crate) fn measure(bench: &mut Bench) -> Result<()> {
    let rows: [(Subject, Rows); 6] = [
        (Subject::Remove, remove::measure),
        (Subject::List, list::measure),
        (Subject::Restore, restore::measure),
        (Subject::Clean, clean::measure),
        (Subject::Copy, copy::measure),
        (Subject::Guard, guard::measure),
    ];
    rows.iter().filter(|(subject, _)| bench.options.wants(*subject)).try_for_each(|(_, rows)| rows(bench))
}
