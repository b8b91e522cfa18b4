//! `rrm list`: what is in the trash.

use std::io::{self, IsTerminal as _, Write};
use std::ops::ControlFlow;

use anyhow::Context as _;
use rrm::item::TrashItem;
use rrm::outcome::Listing;
use rrm::request::ListRequest;

use crate::args::{Direction, Form, ListArgs, ListOrder};
use crate::exit::Exit;
use crate::options::compare;
use crate::output::{self, Detail, Scene};
use crate::run::Session;

impl Session<'_> {
    pub(crate) fn list(&self, args: &ListArgs) -> anyhow::Result<Exit> {
        let request = self.context.list(args)?;
        if args.order() == ListOrder::AsFound && args.form() != Form::Table {
            return self.list_as_found(&request, args);
        }
        let mut listing = self.manager().list(&request, &self.messages.progress());
        arrange(&mut listing.items, args);
        if listing.items.is_empty() && args.form() == Form::Table {
            if listing.problems.is_empty() && args.limit != Some(0) {
                let everything = request.selection.is_everything();
                self.messages.close(if everything { "the trash is empty" } else { "nothing in the trash matches" });
            }
        } else {
            self.write(args, &listing).context(WRITING)?;
        }
        Ok(self.messages.problems(&listing.problems))
    }

    fn write(&self, args: &ListArgs, listing: &Listing) -> io::Result<()> {
        let scene = self.scene(listing.fates.as_ref(), if args.full { Detail::Full } else { Detail::Short });
        let mut out = io::BufWriter::new(io::stdout().lock());
        write_items(args.form(), &listing.items, &scene, &mut out)?;
        if args.form() == Form::Table && self.messages.voice.hints() && io::stdout().is_terminal() {
            writeln!(out, "{}", output::footer(&listing.items, &scene))?;
        }
        out.flush()
    }

    /// Writes each item as soon as it is read, and reads no further once nobody reads what is written.
    fn list_as_found(&self, request: &ListRequest, args: &ListArgs) -> anyhow::Result<Exit> {
        let mut out = io::BufWriter::new(io::stdout().lock());
        let mut written = Ok(());
        let problems = self.manager().list_as_found(request, &self.messages.progress(), |items, fates| {
            let scene = self.scene(fates, Detail::Full);
            written = write_items(args.form(), items, &scene, &mut out).and_then(|()| out.flush());
            if written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        written.context(WRITING)?;
        Ok(self.messages.problems(&problems))
    }
}

fn write_items(form: Form, items: &[TrashItem], scene: &Scene<'_>, out: &mut impl Write) -> io::Result<()> {
    match form {
        Form::Table => output::write_table(items, scene, out),
        Form::Plain => output::write_plain(items, out),
        Form::Json => output::write_json(items, scene, out),
        Form::Null => output::write_null(items, out),
    }
}

/// What failed when the output took no more.
const WRITING: &str = "cannot write the list";

/// Puts the items in order, and leaves out those before the last so many.
fn arrange(items: &mut Vec<TrashItem>, args: &ListArgs) {
    if let ListOrder::By(key) = args.order() {
        // Not the stable way: it needs half as much memory again.
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
