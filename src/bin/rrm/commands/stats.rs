//! `rrm stats`: what each volume's trash holds.

mod all_users;

use std::io::{self, Write};

use anyhow::Context as _;
use clap::Args;
use rrm::error::Result;
use rrm::ops::list::{ListOptions, Sizes};
use rrm::ops::stats::StatsOptions;
use rrm::ops::stats::Summary;

use super::help::Help;
use crate::context::Context;
use crate::exit::Exit;
use crate::options::{ReportForm, ReportFormArgs, SelectionArgs};
use crate::output::{self, Detail};
use crate::session::{Session, Start};
use crate::values::whole_number;

pub(super) const HELP: Help = Help {
    examples: "\
Examples:
  rrm stats                         Items by age, kind and due date
  rrm stats --under ~/projects --largest 20
                                    Only items from below a directory",
    everyday: "words largest json here since older_than larger_than last",
    page: include_str!("../manual/stats.man"),
};

#[derive(Debug, Args)]
pub(crate) struct StatsArgs {
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,

    /// List the N largest items on each volume.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = whole_number)]
    pub(crate) largest: usize,

    /// As root, show how much each user has in the trash, since when, and when the next of it is due.
    #[arg(long, conflicts_with_all = ["words", "here", "largest", "trash_dir"])]
    pub(crate) all_users: bool,

    #[command(flatten)]
    pub(crate) form: ReportFormArgs,
}

impl StatsArgs {
    fn request(&self, context: &Context) -> Result<StatsOptions> {
        let selection = context.selection_to_show(&self.selection)?;
        let standing = Some(context.standing()?);
        let mut list = ListOptions::new(selection, context.now);
        (list.sizes, list.standing) = (Sizes::Measured, standing);
        Ok(StatsOptions::new(list, self.largest))
    }
}

pub(super) fn run(args: &StatsArgs, start: Start<'_>) -> anyhow::Result<Exit> {
    let session = &start.session()?;
    let request = args.request(&session.context)?;
    if args.all_users {
        return all_users::sum_up(args, session);
    }
    let summary = session.manager().stats(&request, &session.messages.progress());
    let exit = session.messages.problems(&summary.problems);
    if summary.volumes.is_empty() && summary.problems.is_empty() && args.form.form() == ReportForm::Text {
        let everything = request.list.selection.is_everything();
        session.messages.say(if everything { "there is no trash yet" } else { "nothing in the trash matches" });
    }
    print_summary(session, &summary, args.form.form()).context("write error")?;
    Ok(exit)
}

fn print_summary(session: &Session<'_>, summary: &Summary, form: ReportForm) -> io::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    match form {
        ReportForm::Json => {
            let object = |volume| output::volume_object(volume, summary.fates.as_ref(), session.context.now);
            summary.volumes.iter().try_for_each(|volume| writeln!(out, "{}", output::line_of(&object(volume))))?;
        }
        ReportForm::Text => {
            output::write_stats(&summary.volumes, &session.view(summary.fates.as_ref(), Detail::Short), &mut out)?;
        }
    }
    out.flush()
}
