//! One word of a selection: an ID, a path or a glob.

use std::cmp::Reverse;
use std::collections::HashSet;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};

use super::search::{Search, Searching, paths_of};
use super::{Chosen, Versions, absolute};
use crate::error::{Error, ErrorKind, Result};
use crate::item::{ItemId, ItemKind, TrashItem};
use crate::text::quoted;

/// How many hexadecimal digits a prefix of an ID needs at least, so that a short file name is seldom one.
const SHORTEST_PREFIX: usize = 4;

/// One word of a selection.
#[derive(Debug, Clone)]
pub struct Term {
    text: OsString,
    meaning: Meaning,
}

#[derive(Debug, Clone)]
enum Meaning {
    /// Exactly these, as one term, because a term each would search all items anew.
    Items(HashSet<ItemId>),
    Id(IdTerm),
    Path(Spelling),
    Glob(GlobMatcher),
    /// This name, wherever.
    Name(OsString),
    /// What the word is found in.
    Found(Search),
    /// Not said: a path if there was one, else an ID, else a glob, or what is searched for.
    Bare {
        id: Option<IdTerm>,
        path: Spelling,
        rest: Option<Rest>,
    },
}

/// What a word may mean that is no path and no ID.
#[derive(Debug, Clone)]
enum Rest {
    Glob(GlobMatcher),
    Search(Search),
}

/// A prefix of an ID, without hyphens, and perhaps a part of the item.
#[derive(Debug, Clone)]
struct IdTerm {
    digits: String,
    part: Option<PathBuf>,
}

/// The absolute paths that one word may mean: as it reads, and with the links of its parent resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spelling {
    paths: Vec<PathBuf>,
}

impl Spelling {
    /// The path `text` seen from `directory`; `resolve` may tell where a directory really is.
    pub fn new(text: &Path, directory: &Path, resolve: impl Fn(&Path) -> Option<PathBuf>) -> Self {
        let plain = absolute(text, directory);
        let resolved = plain.parent().and_then(resolve).zip(plain.file_name()).map(|(parent, name)| parent.join(name));
        let mut paths = vec![plain];
        paths.extend(resolved.filter(|path| *path != paths[0]));
        Self { paths }
    }
}

impl Term {
    /// Reads one word, seen from `directory`. `resolve` tells where a directory really is, since records hold paths
    /// whose directories are resolved.
    pub fn parse(text: &OsStr, directory: &Path, resolve: impl Fn(&Path) -> Option<PathBuf>) -> Result<Self> {
        let bytes = text.as_bytes();
        let after = |prefix: &str| bytes.strip_prefix(prefix.as_bytes()).map(OsStr::from_bytes);
        let meaning = if let Some(id) = after("id:") {
            Meaning::Id(IdTerm::parse(id).ok_or_else(|| bad_id(text))?)
        } else if let Some(path) = after("path:") {
            Meaning::Path(Spelling::new(Path::new(path), directory, resolve))
        } else if let Some(pattern) = after("glob:") {
            Meaning::Glob(glob(pattern, directory)?)
        } else if let Some(name) = after("name:") {
            Meaning::Name(name.to_owned())
        } else if bytes.is_empty() {
            return Err(Error::new(ErrorKind::BadValue, "find", "", "an empty argument selects nothing"));
        } else {
            Meaning::Bare {
                id: IdTerm::parse(text),
                path: Spelling::new(Path::new(text), directory, resolve),
                rest: if bytes.iter().any(|b| b"*?[{".contains(b)) {
                    glob(text, directory).ok().map(Rest::Glob)
                } else {
                    text.to_str().and_then(Search::of).map(Rest::Search)
                },
            }
        };
        Ok(Self { text: text.to_owned(), meaning })
    }

    /// Exactly these items, every version: what a person has pointed at. Those that have left the trash are no problem of
    /// their own.
    #[must_use]
    pub fn items(ids: HashSet<ItemId>) -> Self {
        let text = match ids.iter().next() {
            Some(id) if ids.len() == 1 => id.to_string(),
            _ => format!("{} items", ids.len()),
        };
        Self { text: text.into(), meaning: Meaning::Items(ids) }
    }

    /// The word as it was typed.
    #[must_use]
    pub fn text(&self) -> &OsStr {
        &self.text
    }

    /// The IDs of the only items that the word can mean, if there are such items: a random number is nobody's path.
    pub(super) fn whole_ids(&self) -> Option<Vec<ItemId>> {
        match &self.meaning {
            Meaning::Items(ids) => Some(ids.iter().copied().collect()),
            Meaning::Id(id) | Meaning::Bare { id: Some(id), .. } => id.whole().map(|id| vec![id]),
            _ => None,
        }
    }

    /// Whether the word may mean the item with this ID. What is not said to be an ID may be its path.
    pub(super) fn may_mean(&self, id: ItemId) -> bool {
        match &self.meaning {
            Meaning::Items(ids) => ids.contains(&id),
            Meaning::Id(begun) => begun.begins(id),
            _ => true,
        }
    }

    /// Whether the word is the ID of this item, or the beginning of it; a path never is.
    pub(super) fn names(&self, item: &TrashItem) -> bool {
        match &self.meaning {
            Meaning::Items(ids) => ids.contains(&item.id),
            Meaning::Id(id) | Meaning::Bare { id: Some(id), .. } => id.matches(item),
            _ => false,
        }
    }

    /// Finds what the word means among those of `items` whose places are in `passing`.
    pub(super) fn find(
        &self,
        items: &[TrashItem],
        passing: &[usize],
        versions: Versions,
        searching: Searching,
    ) -> Result<Vec<Chosen>> {
        match &self.meaning {
            Meaning::Items(ids) => Ok(find_items(ids, items, passing)),
            Meaning::Id(id) => self.find_id(id, items, passing),
            Meaning::Path(path) => Ok(find_path(path, items, passing, versions)),
            Meaning::Glob(glob) => Ok(find_glob(glob, items, passing, versions)),
            Meaning::Name(name) => Ok(find_name(name, items, passing, versions)),
            Meaning::Found(search) => self.search(search, items, passing, versions, searching),
            Meaning::Bare { id: Some(id), .. }
                if id.whole().is_some_and(|id| items.iter().any(|item| item.id == id)) =>
            {
                self.find_id(id, items, passing)
            }
            Meaning::Bare { id, path, rest } => {
                let by_path = find_path(path, items, passing, versions);
                let by_id = id.as_ref().map_or(Ok(Vec::new()), |id| self.find_id(id, items, passing))?;
                match (by_path.is_empty(), by_id.is_empty(), rest) {
                    (false, false, _) => Err(self.both()),
                    (false, true, _) => Ok(by_path),
                    (true, true, Some(Rest::Glob(glob))) => Ok(find_glob(glob, items, passing, versions)),
                    (true, true, Some(Rest::Search(search))) => {
                        self.search(search, items, passing, versions, searching)
                    }
                    (true, false, Some(Rest::Search(search)))
                        if searching != Searching::Off && search.is_name_of_another(items, passing, &by_id) =>
                    {
                        Err(self.both())
                    }
                    (true, _, _) => Ok(by_id),
                }
            }
        }
    }

    /// Finds what the word is found in, if that may be chosen.
    fn search(
        &self,
        search: &Search,
        items: &[TrashItem],
        passing: &[usize],
        versions: Versions,
        searching: Searching,
    ) -> Result<Vec<Chosen>> {
        if searching == Searching::Off {
            return Ok(Vec::new());
        }
        let (rank, found) = search.find(items, passing);
        let is_chosen = match searching {
            Searching::All => true,
            Searching::One => search.is_plain(rank) && paths_of(items, &found) == 1,
            Searching::Off | Searching::Tell => false,
        };
        if is_chosen || found.is_empty() {
            Ok(versions_of(found, items, versions))
        } else {
            Err(self.several(found.len()))
        }
    }

    fn several(&self, found: usize) -> Error {
        let reason = match found {
            1 => "is not the path of an item; it matches 1 item".to_owned(),
            count => format!("matches {count} items"),
        };
        Error::new(ErrorKind::Several, "choose", &self.text, reason)
    }

    /// The names that are nearest to the word, if it was searched for.
    pub(super) fn nearest(&self, items: &[TrashItem], passing: &[usize]) -> Vec<String> {
        match &self.meaning {
            Meaning::Bare { rest: Some(Rest::Search(search)), .. } => search.nearest(items, passing),
            _ => Vec::new(),
        }
    }

    /// The same word where it turned out to be no path: only searched for.
    #[must_use]
    pub fn searched(&self) -> Option<Self> {
        match &self.meaning {
            Meaning::Bare { rest: Some(Rest::Search(search)), .. } => {
                Some(Self { text: self.text.clone(), meaning: Meaning::Found(search.clone()) })
            }
            _ => None,
        }
    }

    /// Whether the word, not said to be anything else, spells this path.
    pub(crate) fn spells(&self, path: &Path) -> bool {
        matches!(&self.meaning, Meaning::Bare { path: spelling, .. } if spelling.paths.iter().any(|known| known == path))
    }

    fn find_id(&self, id: &IdTerm, items: &[TrashItem], passing: &[usize]) -> Result<Vec<Chosen>> {
        let found: Vec<usize> = passing.iter().copied().filter(|at| id.matches(&items[*at])).collect();
        if found.len() > 1 {
            return Err(self.ambiguous(&found, items));
        }
        Ok(found.into_iter().map(|index| Chosen { index, part: id.part.clone() }).collect())
    }

    fn ambiguous(&self, found: &[usize], items: &[TrashItem]) -> Error {
        const SHOWN: usize = 10;
        let mut reason = "several items begin with this ID:".to_owned();
        for index in &found[..found.len().min(SHOWN)] {
            let item = &items[*index];
            let path = item.original_path().map_or_else(|| "(unknown path)".to_owned(), quoted);
            reason.push_str(&format!("\n  {}  {}", item.id, path));
        }
        if found.len() > SHOWN {
            reason.push_str(&format!("\n  and {} more", found.len() - SHOWN));
        }
        Error::new(ErrorKind::Ambiguous, "choose", &self.text, reason)
    }

    fn both(&self) -> Error {
        let reason = "it is the ID of one item and the path or name of another; put id:, path: or name: in front";
        Error::new(ErrorKind::Ambiguous, "choose", &self.text, reason)
    }
}

impl IdTerm {
    fn parse(text: &OsStr) -> Option<Self> {
        let text = text.as_bytes();
        let end = text.iter().position(|byte| *byte == b'/').unwrap_or(text.len());
        let digits: String = std::str::from_utf8(&text[..end]).ok()?.replace('-', "").to_ascii_lowercase();
        let plausible = (SHORTEST_PREFIX..=32).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_hexdigit());
        let part = OsStr::from_bytes(text.get(end + 1..).unwrap_or_default());
        let part = (!part.is_empty()).then(|| absolute(Path::new(part), Path::new("/")));
        let part = part.and_then(|path| path.strip_prefix("/").map(Path::to_owned).ok());
        // `ID/.` and `ID/x/..` are the item, and not a part of it.
        let part = part.filter(|part| !part.as_os_str().is_empty());
        plausible.then_some(Self { digits, part })
    }

    /// The ID, if these are all of its digits.
    fn whole(&self) -> Option<ItemId> {
        ItemId::from_digits(&self.digits)
    }

    fn matches(&self, item: &TrashItem) -> bool {
        let whole = item.kind == ItemKind::Directory || self.part.is_none();
        whole && self.begins(item.id)
    }

    fn begins(&self, id: ItemId) -> bool {
        id.to_string().replace('-', "").starts_with(&self.digits)
    }
}

fn find_items(ids: &HashSet<ItemId>, items: &[TrashItem], passing: &[usize]) -> Vec<Chosen> {
    let meant = passing.iter().filter(|at| ids.contains(&items[**at].id));
    meant.map(|index| Chosen { index: *index, part: None }).collect()
}

/// The items that were at one of the paths; failing those, the trashed directories that the paths are inside of.
fn find_path(path: &Spelling, items: &[TrashItem], passing: &[usize], versions: Versions) -> Vec<Chosen> {
    let was_at = |at: &&usize| items[**at].original_path().is_some_and(|known| path.paths.iter().any(|p| p == known));
    let mut found: Vec<usize> = passing.iter().filter(was_at).copied().collect();
    if versions == Versions::Newest {
        let inside =
            if found.iter().all(|at| items[*at].is_open()) { find_inside(path, items, passing) } else { vec![] };
        if !inside.is_empty() || found.is_empty() {
            return inside;
        }
        found.sort_by_key(|at| (items[*at].is_open(), Reverse(items[*at].trashed.instant())));
        found.truncate(1);
    }
    found.into_iter().map(|index| Chosen { index, part: None }).collect()
}

/// The trashed directories that a path is inside of, the newest first; which of them holds the part is for the disk to
/// say.
fn find_inside(path: &Spelling, items: &[TrashItem], passing: &[usize]) -> Vec<Chosen> {
    let part_of = |at: &usize| {
        let item = &items[*at];
        let known = item.original_path().filter(|_| item.kind == ItemKind::Directory && !item.is_open())?;
        path.paths.iter().find_map(|path| path.strip_prefix(known).ok()).map(Path::to_owned)
    };
    let mut found: Vec<Chosen> =
        passing.iter().filter_map(|at| part_of(at).map(|part| Chosen { index: *at, part: Some(part) })).collect();
    found.sort_by_key(|chosen| Reverse(items[chosen.index].trashed.instant()));
    found
}

fn find_glob(glob: &GlobMatcher, items: &[TrashItem], passing: &[usize], versions: Versions) -> Vec<Chosen> {
    let is_match = |at: &usize| items[*at].original_path().is_some_and(|path| glob.is_match(path));
    let closed = passing.iter().copied().filter(|at| !items[*at].is_open());
    versions_of(closed.filter(is_match).collect(), items, versions)
}

fn find_name(name: &OsStr, items: &[TrashItem], passing: &[usize], versions: Versions) -> Vec<Chosen> {
    let closed = passing.iter().copied().filter(|at| !items[*at].is_open());
    versions_of(closed.filter(|at| items[*at].original_name() == Some(name)).collect(), items, versions)
}

/// Of the items found those that are wanted: all, or the newest of each path.
fn versions_of(mut found: Vec<usize>, items: &[TrashItem], versions: Versions) -> Vec<Chosen> {
    if versions == Versions::Newest {
        found.sort_by_key(|at| (items[*at].original_path(), Reverse(items[*at].trashed.instant())));
        found.dedup_by_key(|at| items[*at].original_path());
    }
    found.into_iter().map(|index| Chosen { index, part: None }).collect()
}

/// A glob over absolute paths. As in a shell, `*` stays within one directory and `**` does not.
fn glob(pattern: &OsStr, directory: &Path) -> Result<GlobMatcher> {
    let bad = |reason: String| Error::new(ErrorKind::BadValue, "read the glob", pattern, reason);
    let pattern_text = pattern.to_str().ok_or_else(|| bad("it is not UTF-8; name the path instead".to_owned()))?;
    let whole = if pattern_text.starts_with('/') {
        pattern_text.to_owned()
    } else {
        let directory = globset::escape(&directory.to_string_lossy());
        format!("{}/{}", directory.trim_end_matches('/'), pattern_text.trim_start_matches("./"))
    };
    let built = GlobBuilder::new(&whole).literal_separator(true).backslash_escape(true).build();
    built.map(|glob| glob.compile_matcher()).map_err(|error| bad(error.kind().to_string()))
}

fn bad_id(text: &OsStr) -> Error {
    let reason = "an ID is four or more hexadecimal digits";
    Error::new(ErrorKind::BadValue, "find", OsString::from_vec(text.as_bytes().to_vec()), reason)
}
