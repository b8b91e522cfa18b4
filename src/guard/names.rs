//! Where things were before the run began, by all that it has moved until now.

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;
use std::path::{Path, PathBuf};

/// The names that a run has changed: what is at a path now, and below it, was at another one before.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// Only the paths where that differs from what the directory above says.
    origins: BTreeMap<PathBuf, PathBuf>,
}

/// Whether anything in a directory was somewhere else before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    SomethingOld,
    NothingOld,
}

impl Names {
    /// Where what is at `path` now was before.
    pub(super) fn origin(&self, path: &Path) -> PathBuf {
        for above in path.ancestors() {
            if let Some(origin) = self.origins.get(above) {
                let below = path.strip_prefix(above).unwrap_or(Path::new(""));
                return if below.as_os_str().is_empty() { origin.clone() } else { origin.join(below) };
            }
        }
        path.to_owned()
    }

    /// Where what was at each of these paths is now; what is not told is where the directory above it is.
    pub(super) fn places(&self) -> HashMap<&Path, &Path> {
        self.origins.iter().map(|(now, origin)| (&**origin, &**now)).collect()
    }

    /// What is at `from` is at `to` from now on, and what was there is no more.
    pub(super) fn moved(&mut self, from: &Path, to: &Path) {
        let origin = self.origin(from);
        let below = self.take(from);
        self.gone(to);
        self.put(to, origin, from, below);
    }

    /// As [`Self::moved`] for a directory that the run made: nothing was there before, but perhaps what it holds was somewhere
    /// else. Says whether that is so.
    pub(super) fn made_was_moved(&mut self, from: &Path, to: &Path) -> Holds {
        let mut below = self.take(from);
        below.retain(|(path, _)| path != from);
        let holds = if below.is_empty() { Holds::NothingOld } else { Holds::SomethingOld };
        self.gone(to);
        let origin = self.origin(to);
        self.put(to, origin, from, below);
        holds
    }

    /// What is at the one is at the other from now on.
    pub(super) fn exchanged(&mut self, one: &Path, other: &Path) {
        let (origin, other_origin) = (self.origin(one), self.origin(other));
        let (below, other_below) = (self.take(one), self.take(other));
        self.put(other, origin, one, below);
        self.put(one, other_origin, other, other_below);
    }

    /// What was at `path` is no more: what comes there is something of its own.
    pub(super) fn gone(&mut self, path: &Path) {
        self.take(path);
    }

    fn put(&mut self, to: &Path, origin: PathBuf, from: &Path, below: Vec<(PathBuf, PathBuf)>) {
        for (path, origin) in below {
            if let Ok(rest) = path.strip_prefix(from)
                && !rest.as_os_str().is_empty()
            {
                self.origins.insert(to.join(rest), origin);
            }
        }
        if self.origin(to) != origin {
            self.origins.insert(to.to_owned(), origin);
        }
    }

    /// Forgets what is known of a path and of all below it.
    fn take(&mut self, path: &Path) -> Vec<(PathBuf, PathBuf)> {
        let known = self.origins.range::<Path, _>((Bound::Included(path), Bound::Unbounded));
        let paths: Vec<PathBuf> =
            known.take_while(|(known, _)| known.starts_with(path)).map(|(known, _)| known.clone()).collect();
        paths.into_iter().filter_map(|known| self.origins.remove_entry(&known)).collect()
    }
}

/// Where what was at `origin` would be now, by [`Names::places`].
pub(super) fn place_of(origin: &Path, places: &HashMap<&Path, &Path>) -> PathBuf {
    let moved = origin.ancestors().find_map(|above| Some((above, *places.get(above)?)));
    match moved.map(|(above, now)| (origin.strip_prefix(above).unwrap_or(Path::new("")), now)) {
        Some((below, now)) if below.as_os_str().is_empty() => now.to_owned(),
        Some((below, now)) => now.join(below),
        None => origin.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a run does, one step a word: `a>b` moves, `a=b` exchanges, `-a` is the end of what is there.
    fn after(steps: &str) -> Names {
        let mut names = Names::default();
        for step in steps.split_whitespace() {
            if let Some((from, to)) = step.split_once('>') {
                names.moved(Path::new(from), Path::new(to));
            } else if let Some((one, other)) = step.split_once('=') {
                names.exchanged(Path::new(one), Path::new(other));
            } else {
                names.gone(Path::new(step.trim_start_matches('-')));
            }
        }
        names
    }

    #[test]
    fn the_way_back() {
        for (steps, path, origin) in [
            ("", "/a/b", "/a/b"),
            ("/a>/b", "/b", "/a"),
            ("/a>/b", "/b/c/d", "/a/c/d"),
            ("/a>/b", "/bc", "/bc"),
            ("/a>/b", "/a", "/a"),
            ("/a>/b /b>/c", "/c/x", "/a/x"),
            ("/a>/b /b>/c", "/b", "/b"),
            ("/a>/b /b>/a", "/a/x", "/a/x"),
            ("/a/x>/y /a>/b", "/y", "/a/x"),
            ("/a>/b /b/x>/y", "/y", "/a/x"),
            ("/a>/b /b/x>/b/y", "/b/y/z", "/a/x/z"),
            ("/x>/a/y /a>/b", "/b/y", "/x"),
            ("/x>/a/y /a>/b /b>/c", "/c/y/z", "/x/z"),
            ("/a>/t /b>/a /t>/b", "/b", "/a"),
            ("/a>/t /b>/a /t>/b", "/a", "/b"),
            ("/a=/b", "/a/x", "/b/x"),
            ("/a=/b", "/b/x", "/a/x"),
            ("/x>/a/y /a=/b", "/b/y", "/x"),
            ("/a>/x -/x", "/x", "/x"),
            ("/a>/x /b>/x", "/x", "/b"),
            ("/a>/b -/b/c", "/b/c", "/a/c"),
        ] {
            let names = after(steps);
            assert_eq!(names.origin(Path::new(path)), Path::new(origin), "{steps}: {path}");
            if path != origin {
                assert_eq!(place_of(Path::new(origin), &names.places()), Path::new(path), "{steps}: {origin}");
            }
        }
    }
}
