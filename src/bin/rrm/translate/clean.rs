//! What is meant by the options of clean and keep, and by the standing rules.

use std::path::{Path, PathBuf};

use rrm::config::Key;
use rrm::error::{Error, ErrorKind, Result};
use rrm::item::Keep;
use rrm::request::{CleanRequest, KeepRequest, Sizes, Trashes};
use rrm::rules::retention::{Policy, Rule, Standing};
use rrm::rules::selection::{Searching, Selection, absolute};

use super::Context;
use crate::args::{CleanArgs, KeepArgs};
use crate::values;

/// What has to be agreed to before a clean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asking {
    /// Nothing: whoever set the standing rules has agreed to what they do, and a grace period that is over is over.
    Nothing,
    /// What is inside its grace period.
    InsideGrace,
    /// All of it.
    Everything,
}

impl Context {
    /// The rules that hold while nobody says otherwise. One that cannot be read fails the command: without it a clean
    /// might delete what it was meant to spare.
    pub(crate) fn standing(&self) -> Result<Standing> {
        let mut standing = Standing::default();
        for key in [Key::OlderThan, Key::MaxSize, Key::MinFree, Key::KeepNewest] {
            if let Some(chosen) = self.config.get(key) {
                standing.rules.push(values::standing_rule(key, &chosen.to_string_lossy())?);
            }
        }
        if let Some(chosen) = self.config.get(Key::KeepNewerThan) {
            standing.floor = values::floor(&chosen.to_string_lossy())?;
        }
        Ok(standing)
    }

    /// As [`Self::standing`], for what deletes: settings out of reach may hold a rule that spares something.
    fn standing_to_delete(&self) -> Result<Standing> {
        let Some(unread) = &self.unread else { return self.standing() };
        let reason = format!(
            "{}, so nothing is deleted that they may spare; set HOME to a directory that you can read",
            unread.reason
        );
        Err(Error::new(ErrorKind::System, unread.action.clone(), &unread.path, reason))
    }

    /// The request of a clean, and what has to be asked before it is carried out.
    pub(crate) fn clean(&self, args: &CleanArgs) -> Result<(CleanRequest, Asking)> {
        let standing = self.standing_to_delete()?;
        let selection = self.selection_at_any_age(&args.selection)?;
        let typed = self.typed_rules(args)?;
        let (policy, asking) = match (args.all || !selection.is_everything(), typed.is_empty()) {
            (false, true) => (Policy::Rules(standing.rules), Asking::Nothing),
            (false, false) => (Policy::Rules(typed), Asking::InsideGrace),
            (true, false) => (Policy::Rules(typed), Asking::Everything),
            (true, true) => (Policy::Chosen, Asking::Everything),
        };
        let floor = args.keep_newer_than.as_deref().map(values::floor).transpose()?.unwrap_or(standing.floor);
        let asking = if args.yes { Asking::Nothing } else { asking };
        let shown = args.dry_run || asking != Asking::Nothing;
        let sizes = if shown { Sizes::Measured } else { Sizes::AsKnown };
        Ok((CleanRequest { selection, policy, floor, trashes: self.trashes(args), sizes, now: self.now }, asking))
    }

    /// The request of the clean that follows a removal: only what is past its grace period, because a rule about space
    /// could take what has just been removed.
    pub(crate) fn clean_afterwards(&self) -> Result<CleanRequest> {
        Ok(CleanRequest { floor: self.standing_to_delete()?.floor, ..CleanRequest::expired(self.now) })
    }

    /// The request to delete what a person has picked, and will be asked about.
    pub(crate) fn clean_chosen(&self, selection: Selection) -> Result<CleanRequest> {
        let floor = self.standing_to_delete()?.floor;
        Ok(CleanRequest { floor, sizes: Sizes::Measured, ..CleanRequest::chosen(selection, self.now) })
    }

    fn typed_rules(&self, args: &CleanArgs) -> Result<Vec<Rule>> {
        let mut rules = Vec::new();
        rules.extend(args.rules.expired.then_some(Rule::PastGrace));
        if let Some(text) = &args.selection.older_than {
            rules.push(Rule::OlderThan(values::age(text, self.now)?));
        }
        for (key, typed) in [
            (Key::MaxSize, &args.rules.max_size),
            (Key::MinFree, &args.rules.min_free),
            (Key::KeepNewest, &args.rules.keep_newest),
        ] {
            rules.extend(typed.as_deref().map(|text| values::rule(key, text)).transpose()?);
        }
        Ok(rules)
    }

    /// Trash directories are known by the paths that they were found at, so each is looked for as it is spelled and as
    /// it is without links.
    fn trashes(&self, args: &CleanArgs) -> Trashes {
        if args.trash.is_empty() {
            return Trashes::All;
        }
        let here = self.environment.working_directory();
        let spelled = args.trash.iter().map(|path| absolute(path, &here));
        Trashes::At(spelled.flat_map(|path: PathBuf| [path.canonicalize().ok(), Some(path)]).flatten().collect())
    }

    /// What has to be in the environment of a clean that is run elsewhere for it to find this trash and these rules.
    pub(crate) fn to_pass_on(&self, typed_trash_dir: Option<&Path>) -> Vec<(&'static str, PathBuf)> {
        let told = typed_trash_dir.or(self.environment.trash_dir.as_deref());
        let mut variables = Vec::new();
        variables.extend(self.environment.data_home.clone().map(|path| ("XDG_DATA_HOME", path)));
        variables.extend(told.and(self.home_trash.clone()).map(|trash| ("RRM_TRASH_DIR", trash)));
        variables
    }

    /// The request of a keep.
    pub(crate) fn keep(&self, args: &KeepArgs) -> Result<KeepRequest> {
        let keep = match (&args.until, args.release) {
            (_, true) => Keep::No,
            (None, false) => Keep::Forever,
            (Some(text), false) => Keep::Until(values::end(text, self.now)?),
        };
        let selection = self.selection(&args.selection)?;
        // What is released may be deleted by the next clean, so it is chosen as strictly.
        let searching = if args.release { Searching::Tell } else { selection.searching };
        Ok(KeepRequest { selection: Selection { searching, ..selection }, keep })
    }
}
