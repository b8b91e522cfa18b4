//! Candidates from the trash: IDs, original paths, and session labels.

use std::collections::{BTreeMap, HashSet};
use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::sync::OnceLock;

use clap_complete::engine::CompletionCandidate;
use rrm::item::{ItemId, TrashItem};
use rrm::text::{Charset, escaped};

use super::named_trash;
use crate::context::Context;
use crate::env::Environment;
use crate::output::span;

/// How many of the newest items are read for one key, so that nobody waits.
const MOST_READ: usize = 2_000;

/// How many candidates are offered.
const MOST_OFFERED: usize = 100;

/// Reads the trash when it is needed.
pub(super) struct TrashCandidates {
    context: Option<Context>,
    all: OnceLock<Vec<TrashItem>>,
}

impl TrashCandidates {
    /// The trash that `words` or the environment name.
    pub(super) fn new(environment: Environment, words: &[OsString]) -> Self {
        Self { context: Context::read(environment, named_trash(words)).ok(), all: OnceLock::new() }
    }

    /// Items by ID or path. For an empty word, the paths below the working directory and the newest IDs.
    pub(super) fn items(&self, typed: &OsStr) -> Vec<CompletionCandidate> {
        let Some(typed) = typed.to_str() else { return Vec::new() };
        if let Some(digits) = typed.strip_prefix("id:") {
            return self.ids(digits).into_iter().map(|candidate| candidate.add_prefix("id:")).collect();
        }
        if let Some(path) = typed.strip_prefix("path:") {
            return self.paths(path).into_iter().map(|candidate| candidate.add_prefix("path:")).collect();
        }
        let is_id = typed.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
        let ids = if is_id && !typed.starts_with('-') { self.ids(typed) } else { Vec::new() };
        let all = self.paths(typed).into_iter().chain(ids).enumerate();
        all.map(|(order, candidate)| candidate.display_order(Some(order))).collect()
    }

    /// The labels in use, with the number of items.
    pub(super) fn sessions(&self, typed: &OsStr) -> Vec<CompletionCandidate> {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for session in self.all().iter().filter_map(|item| item.session.as_ref()?.to_str()) {
            *counts.entry(session.to_owned()).or_default() += 1;
        }
        let fitting =
            counts.into_iter().filter(|(label, _)| typed.to_str().is_some_and(|typed| label.starts_with(typed)));
        let offered = fitting.take(MOST_OFFERED);
        offered.map(|(label, count)| candidate(label, crate::output::count(count as u64, "item"))).collect()
    }

    /// IDs with this prefix, the newest first, with path and age.
    fn ids(&self, digits: &str) -> Vec<CompletionCandidate> {
        let digits = digits.to_ascii_lowercase();
        let begun = |id: &ItemId| id.to_string().starts_with(&digits);
        let read = (!digits.is_empty()).then(|| self.read(MOST_OFFERED, begun));
        let items = read.as_deref().unwrap_or_else(|| self.all());
        let charset = self.context.as_ref().map_or(Charset::Utf8, |context| context.environment.charset);
        let name = |id: &ItemId| if digits.len() > id.short().len() { id.to_string() } else { id.short() };
        let offered = items.iter().take(MOST_OFFERED);
        offered.map(|item| candidate(name(&item.id), format!("{}, {}", place(item, charset), self.age(item)))).collect()
    }

    /// Original paths with this prefix, the newest first; relative ones from the working directory.
    fn paths(&self, typed: &str) -> Vec<CompletionCandidate> {
        let Some(context) = &self.context else { return Vec::new() };
        let here = context.environment.working_directory();
        // The directory of the typed path; the rest is compared as text.
        let (directory, _) = typed.rsplit_once('/').map_or(("", typed), |(above, name)| (&typed[..=above.len()], name));
        let base = rrm::rules::selection::absolute(Path::new(directory), &here);
        let base = base.canonicalize().unwrap_or(base);
        let mut seen = HashSet::new();
        let items = self.all();
        let candidates = items.iter().filter_map(|item| {
            let below = item.original_path()?.strip_prefix(&base).ok()?.to_str()?;
            let path = format!("{directory}{below}");
            let is_fitting = path.starts_with(typed) && !path.starts_with('-') && seen.insert(path.clone());
            is_fitting.then(|| candidate(path, format!("{}, {}", item.kind.name(), self.age(item))))
        });
        candidates.take(MOST_OFFERED).collect()
    }

    fn age(&self, item: &TrashItem) -> String {
        let removed = item.trashed.instant().zip(self.context.as_ref());
        removed.map_or_else(|| "unknown".to_owned(), |(at, context)| format!("{} ago", span(context.now - at)))
    }

    /// The newest items that may be read.
    fn all(&self) -> &[TrashItem] {
        self.all.get_or_init(|| self.read(MOST_READ, |_| true))
    }

    /// The newest items with wanted IDs.
    fn read(&self, most: usize, wanted: impl Fn(&ItemId) -> bool) -> Vec<TrashItem> {
        let Some(context) = &self.context else { return Vec::new() };
        context.manager().build().newest_items(most, wanted)
    }
}

fn candidate(value: String, about: String) -> CompletionCandidate {
    CompletionCandidate::new(value).help(Some(about.into()))
}

fn place(item: &TrashItem, charset: Charset) -> String {
    item.original_path().map_or_else(|| "unknown path".to_owned(), |path| escaped(path, charset))
}
