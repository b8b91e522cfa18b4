//! `rrm stats`: what each volume's trash holds.

use std::io::{self, Write};

use anyhow::Context as _;
use rrm::outcome::Summary;

use crate::args::StatsArgs;
use crate::exit::Exit;
use crate::options::ReportForm;
use crate::output::{self, Detail};
use crate::run::Session;

impl Session<'_> {
    pub(crate) fn stats(&self, args: &StatsArgs) -> anyhow::Result<Exit> {
        let request = self.context.stats(args)?;
        let summary = self.manager().stats(&request, &self.messages.progress());
        let exit = self.messages.problems(&summary.problems);
        if summary.volumes.is_empty() && summary.problems.is_empty() && args.form.form() == ReportForm::Text {
            let everything = request.list.selection.is_everything();
            self.messages.say(if everything { "there is no trash yet" } else { "nothing in the trash matches" });
        }
        self.print_summary(&summary, args.form.form()).context("write error")?;
        Ok(exit)
    }

    fn print_summary(&self, summary: &Summary, form: ReportForm) -> io::Result<()> {
        let mut out = io::BufWriter::new(io::stdout().lock());
        match form {
            ReportForm::Json => {
                let object = |volume| output::volume_object(volume, summary.fates.as_ref(), self.context.now);
                summary.volumes.iter().try_for_each(|volume| writeln!(out, "{}", output::line_of(&object(volume))))?;
            }
            ReportForm::Text => {
                output::write_stats(&summary.volumes, &self.scene(summary.fates.as_ref(), Detail::Short), &mut out)?;
            }
        }
        out.flush()
    }
}
