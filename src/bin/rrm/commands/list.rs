//! `rrm list`: lists the items in the trash.

mod all_users;

use std::io::{self, IsTerminal as _, Write};
use std::ops::ControlFlow;

use anyhow::Context as _;
use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};
use rrm::error::{Error, ErrorKind, Result};
use rrm::item::TrashItem;
use rrm::ops::list::Listing;
use rrm::ops::list::{ListOptions, Sizes};

use super::help::Help;
use crate::context::Context;
use crate::exit::Exit;
use crate::options::{ReportForm, SelectionArgs, SortKey, compare};
use crate::output::{self, Detail, View};
use crate::session::{Session, Start};
use crate::values::whole_number;

pub(super) const HELP: Help = Help {
    examples: "\
Examples:
  rrm list --here --since 2h        Items removed here in the last two hours
  rrm list --format json '*.log'    Items that match a glob, as JSON
  rrm list --sort none --format plain | head -n 5
                                    Any five items, at once",
    everyday: "words largest_first newest_first reverse size each full json here since older_than last",
    page: include_str!("../manual/list.man"),
};

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,

    /// Sort by KEY, the last removed and the largest last.
    #[arg(long, value_enum, value_name = "KEY", default_value_t = ListOrder::By(SortKey::Removed))]
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

    /// Print one line for each session, as a table or as JSON.
    #[arg(long, conflicts_with_all = ["sort", "largest_first", "newest_first", "reverse", "limit", "each", "full"])]
    pub(crate) sessions: bool,

    /// List each item on a line of its own.
    #[arg(long)]
    pub(crate) each: bool,

    /// Print full IDs, dates and paths.
    #[arg(long)]
    pub(crate) full: bool,

    /// As root, list the items of each user, as a table or as JSON.
    #[arg(long, conflicts_with_all = ["words", "here", "trash_dir", "sessions"])]
    pub(crate) all_users: bool,

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

    /// The form of what an option tells beside the paths.
    fn report_form(&self, option: &str) -> Result<ReportForm> {
        match self.form() {
            Form::Table => Ok(ReportForm::Text),
            Form::Json => Ok(ReportForm::Json),
            Form::Plain | Form::Null => {
                let reason = "this format has only paths; use --format json";
                Err(Error::new(ErrorKind::BadValue, format!("use with {option}"), "--format", reason))
            }
        }
    }

    /// The sort order; `-S` and `-t` change only the direction.
    pub(crate) fn order(&self) -> ListOrder {
        match (self.largest_first, self.newest_first) {
            (true, _) => ListOrder::By(SortKey::Size),
            (_, true) => ListOrder::By(SortKey::Removed),
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

    /// Whether many items of one removal may share a line: not where each is shown for its size or kind.
    fn folds(&self) -> bool {
        let key = self.order();
        let is_apart = matches!(key, ListOrder::By(SortKey::Size | SortKey::Kind));
        self.form() == Form::Table && !self.each && !self.full && !is_apart
    }

    fn request(&self, context: &Context) -> Result<ListOptions> {
        self.check_order()?;
        let selection = context.selection_to_show(&self.selection)?;
        let asked = self.size || selection.asks_for_size();
        let sizes = if asked { Sizes::Measured } else { Sizes::AsKnown };
        let standing = match self.form() {
            Form::Table | Form::Json => Some(context.standing()?),
            Form::Plain | Form::Null => None,
        };
        let is_newest_kept = self.direction() != Direction::Reversed;
        let is_by_age = self.order() == ListOrder::By(SortKey::Removed) && is_newest_kept && sizes == Sizes::AsKnown;
        let mut options = ListOptions::new(selection, context.now);
        (options.sizes, options.standing) = (sizes, standing);
        options.newest = self.limit.filter(|_| is_by_age);
        Ok(options)
    }

    /// Refuses `--reverse` and `--limit` without an order.
    fn check_order(&self) -> Result<()> {
        let asked = match (self.reverse, self.limit) {
            _ if self.order() != ListOrder::AsFound => return Ok(()),
            (true, _) => "--reverse",
            (false, Some(_)) => "--limit",
            (false, None) => return Ok(()),
        };
        let reason = "--sort none has no order; use head -n N for the first lines or --last N for the newest items";
        Err(Error::new(ErrorKind::BadValue, "use", asked, reason))
    }
}

/// Which end of the order comes last on the terminal, and which one `--limit` keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    /// The newest or largest comes last and is kept.
    AsSorted,
    /// The oldest or smallest comes last and is kept.
    Reversed,
    /// The newest or largest comes first and is kept.
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

/// The order of the items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ListOrder {
    By(SortKey),
    /// As they are found.
    AsFound,
}

impl ValueEnum for ListOrder {
    fn value_variants<'a>() -> &'a [Self] {
        &[
            Self::By(SortKey::Removed),
            Self::By(SortKey::Expires),
            Self::By(SortKey::Size),
            Self::By(SortKey::Path),
            Self::By(SortKey::Kind),
            Self::AsFound,
        ]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        match self {
            Self::By(key) => key.to_possible_value(),
            Self::AsFound => Some(PossibleValue::new("none").help("Unsorted: print each item as soon as it is found")),
        }
    }
}

pub(super) fn run(args: &ListArgs, start: Start<'_>) -> anyhow::Result<Exit> {
    let session = &start.session()?;
    let request = args.request(&session.context)?;
    if args.all_users {
        return all_users::list_all(args, session);
    }
    let sessions = args.sessions.then(|| args.report_form("--sessions")).transpose()?;
    if args.order() == ListOrder::AsFound && args.form() != Form::Table {
        return list_as_found(session, &request, args);
    }
    let mut listing = session.manager().list(&request, &session.messages.progress());
    arrange(&mut listing.items, args);
    if listing.items.is_empty() && args.form() == Form::Table {
        if listing.problems.is_empty() && args.limit != Some(0) {
            let everything = request.selection.is_everything();
            session.messages.close(if everything { "the trash is empty" } else { "nothing in the trash matches" });
        }
    } else {
        write(session, args, sessions, &listing).context(WRITING)?;
    }
    Ok(session.messages.problems(&listing.problems))
}

fn write(session: &Session<'_>, args: &ListArgs, sessions: Option<ReportForm>, listing: &Listing) -> io::Result<()> {
    let view = session.view(listing.fates.as_ref(), if args.full { Detail::Full } else { Detail::Short });
    let mut out = io::BufWriter::new(io::stdout().lock());
    if let Some(form) = sessions {
        match form {
            ReportForm::Json => output::write_sessions_as_json(&listing.items, &mut out)?,
            ReportForm::Text => output::write_sessions(&listing.items, &view, &mut out)?,
        }
        return out.flush();
    }
    let rows = if args.folds() && view.width.is_some() {
        output::write_folded_table(&listing.items, &view, &mut out)?
    } else {
        write_items(args.form(), &listing.items, &view, &mut out)?;
        listing.items.len()
    };
    if args.form() == Form::Table && session.messages.verbosity.hints() && io::stdout().is_terminal() {
        let each = if rows < listing.items.len() { "; --each lists each item" } else { "" };
        writeln!(out, "{}{each}", output::footer(&listing.items, &view))?;
    }
    out.flush()
}

/// Writes each item as soon as it is read, and stops reading when the output is closed.
fn list_as_found(session: &Session<'_>, request: &ListOptions, args: &ListArgs) -> anyhow::Result<Exit> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    let mut written = Ok(());
    let problems = session.manager().list_as_found(request, &session.messages.progress(), |items, fates| {
        let view = session.view(fates, Detail::Full);
        written = write_items(args.form(), items, &view, &mut out).and_then(|()| out.flush());
        if written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    written.context(WRITING)?;
    Ok(session.messages.problems(&problems))
}

fn write_items(form: Form, items: &[TrashItem], view: &View<'_>, out: &mut impl Write) -> io::Result<()> {
    match form {
        Form::Table => output::write_table(items, view, out),
        Form::Plain => output::write_plain(items, out),
        Form::Json => output::write_json(items, view, out),
        Form::Null => output::write_null(items, out),
    }
}

/// Context of an error from standard output.
const WRITING: &str = "cannot write the list";

/// Sorts the items and applies `--limit`.
fn arrange(items: &mut Vec<TrashItem>, args: &ListArgs) {
    if let ListOrder::By(key) = args.order() {
        // An unstable sort: a stable one needs half as much memory again.
        items.sort_unstable_by(|a, b| compare(key, a, b));
    }
    if args.direction() == Direction::Reversed {
        items.reverse();
    }
    if let Some(limit) = args.limit {
        items.drain(..items.len().saturating_sub(limit));
    }
    if args.direction() == Direction::AsLs {
        items.reverse();
    }
}
