//! What becomes of a run, by tables: a small world of names and inodes, in which each step is announced as a keeper would note
//! it and then done, or not.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::*;
use crate::sys::{FileId, FileKind};

/// Names and the inodes that they are of, and what of those has a number.
#[derive(Default)]
struct World {
    names: BTreeMap<PathBuf, u64>,
    directories: HashSet<u64>,
    old: HashSet<u64>,
    /// Which version of its content an inode has.
    versions: HashMap<u64, u32>,
    /// The inode of each number; for a copy of a content, one of its own, with the version that it has.
    numbers: HashMap<u64, u64>,
    copied: HashSet<u64>,
    last: u64,
    entries: Vec<Entry>,
}

fn key_of(inode: u64) -> Key {
    Key::new(FileId { device: (8, 1), inode }, Some(Timestamp { seconds: 1, nanoseconds: 0 }))
}

impl World {
    /// One with these names, a slash at the end of those of directories.
    fn of(names: &str) -> Self {
        let mut world = Self::default();
        names.split_whitespace().for_each(|name| world.make(name));
        world.old = world.names.values().copied().collect();
        world
    }

    fn make(&mut self, name: &str) {
        self.last += 1;
        if name.ends_with('/') {
            self.directories.insert(self.last);
        }
        self.names.insert(path(name.trim_end_matches('/')), self.last);
    }

    fn thing(&self, inode: u64) -> Thing {
        let kind = if self.directories.contains(&inode) { FileKind::Directory } else { FileKind::File };
        let age = if self.old.contains(&inode) { Age::Old } else { Age::New };
        Thing { key: key_of(inode), kind, age }
    }

    /// `-a` removes, `a>b` renames, `a=b` exchanges, `+a` makes anew, `!a` cuts, `a~b` makes a second name. With a question
    /// mark before it, it is announced and fails.
    fn step(&mut self, step: &str) {
        let (is_done, step) = step.strip_prefix('?').map_or((true, step), |step| (false, step));
        if let Some(name) = step.strip_prefix('+') {
            return self.make(name);
        }
        if let Some((name, other)) = step.split_once('~') {
            let inode = self.names[&path(name)];
            self.names.insert(path(other), inode);
        } else if let Some(name) = step.strip_prefix('-') {
            self.goes(&path(name));
            if is_done {
                self.names.remove(&path(name));
            }
        } else if let Some(name) = step.strip_prefix('!') {
            self.content_goes(&path(name));
            if is_done {
                *self.versions.entry(self.names[&path(name)]).or_default() += 1;
            }
        } else if let Some((from, to)) = step.split_once('>') {
            let (from, to) = (path(from), path(to));
            if self.names.contains_key(&to) {
                self.goes(&to);
            }
            let thing = self.thing(self.names[&from]);
            if thing.age == Age::Old || thing.kind == FileKind::Directory {
                self.entries.push(Entry::Moved { thing, from: from.clone(), to: to.clone() });
            }
            if is_done {
                self.names.remove(&to);
                let moved = self.take(&from);
                self.put(&to, moved);
            }
        } else if let Some((one, other)) = step.split_once('=') {
            let (one, other) = (path(one), path(other));
            self.entries.push(Entry::Exchanged {
                one: self.thing(self.names[&one]),
                one_path: one.clone(),
                other: self.thing(self.names[&other]),
                other_path: other.clone(),
            });
            if is_done {
                let (ones, others) = (self.take(&one), self.take(&other));
                self.put(&other, ones);
                self.put(&one, others);
            }
        } else {
            panic!("{step} is no step");
        }
    }

    fn take(&mut self, top: &Path) -> Vec<(PathBuf, u64)> {
        let below: Vec<PathBuf> = self.names.keys().filter(|name| name.starts_with(top)).cloned().collect();
        let mut taken = Vec::new();
        for name in below {
            let inode = self.names.remove(&name).expect("it is there");
            taken.push((name.strip_prefix(top).expect("below").to_owned(), inode));
        }
        taken
    }

    fn put(&mut self, top: &Path, names: Vec<(PathBuf, u64)>) {
        for (below, inode) in names {
            let name = if below.as_os_str().is_empty() { top.to_owned() } else { top.join(below) };
            self.names.insert(name, inode);
        }
    }

    fn goes(&mut self, name: &Path) {
        let inode = self.names[name];
        let (thing, path) = (self.thing(inode), Some(name.to_owned()));
        if thing.kind == FileKind::Directory {
            return self.entries.push(Entry::Emptied { thing, path });
        }
        let number = self.number(inode);
        let modified = Timestamp::default();
        self.entries.push(Entry::Kept { number, by: By::Link, thing, before: Before::Unchanged, modified, path });
    }

    fn content_goes(&mut self, name: &Path) {
        let inode = self.names[name];
        if !self.copied.insert(inode) {
            return;
        }
        self.last += 1;
        let (copy, version) = (self.last, self.versions.get(&inode).copied().unwrap_or(0));
        self.versions.insert(copy, version);
        let number = self.number(copy);
        let (thing, path) = (self.thing(inode), Some(name.to_owned()));
        self.entries.push(Entry::Content { number, thing, before: Before::Unchanged, path });
    }

    fn number(&mut self, inode: u64) -> u64 {
        let number = self.numbers.len() as u64 + 1;
        self.numbers.insert(number, inode);
        number
    }

    /// What it comes to, an item a word: its path, what is in it, and what became of its place.
    fn outcome(&self) -> String {
        let promotion = promote(&self.entries, self);
        let units: Vec<String> = promotion.units.iter().map(word).collect();
        units.join(" ")
    }
}

fn word(unit: &Unit) -> String {
    let sign = if matches!(unit.guarded, Guarded::Replaced(_)) { "!" } else { "" };
    let inside: Vec<String> = unit.parts.iter().skip(1).map(|part| part.below.display().to_string()).collect();
    let inside = if inside.is_empty() { String::new() } else { format!("[{}]", inside.join(",")) };
    let later = if unit.generation == 0 { String::new() } else { format!("^{}", unit.generation) };
    format!("{}{inside}{sign}{later}", unit.origin.strip_prefix("/").expect("absolute").display())
}

fn path(name: &str) -> PathBuf {
    Path::new("/").join(name)
}

impl Look for World {
    fn at(&self, path: &Path) -> Option<Key> {
        self.names.get(path).map(|inode| key_of(*inode))
    }

    fn number(&self, number: u64) -> Option<Numbered> {
        let inode = *self.numbers.get(&number)?;
        let names = self.names.values().chain(self.numbers.values());
        let links = u32::try_from(names.filter(|other| **other == inode).count()).expect("few");
        Some(Numbered { key: key_of(inode), links, modified: Timestamp::default() })
    }

    fn links(&self, path: &Path) -> u32 {
        let inode = self.names.get(path);
        let names = self.names.values().chain(self.numbers.values());
        u32::try_from(names.filter(|other| Some(*other) == inode).count()).expect("few")
    }

    fn is_same_content(&self, number: u64, path: &Path) -> bool {
        let version = |inode: Option<&u64>| inode.map(|inode| self.versions.get(inode).copied().unwrap_or(0));
        version(self.numbers.get(&number)) == version(self.names.get(path))
    }

    fn is_repository(&self, path: &Path) -> bool {
        self.names.contains_key(&path.join("HEAD")) && self.names.contains_key(&path.join("objects"))
    }
}

/// Before, what happens, and the items: `!` for what is replaced, `^1` for what came and went in a place of others.
#[test]
fn what_becomes_of_it() {
    for (before, steps, items) in [
        // One thing.
        ("a", "-a", "a"),
        ("a", "?-a", ""),
        ("a", "?-a -a", "a"),
        ("a", "-a +a", "a!"),
        ("a", "!a", "a!"),
        ("a", "?!a", ""),
        ("a", "!a -a", "a"),
        ("a", "!a -a +a", "a!"),
        ("a", "!a !a !a", "a!"),
        // Over something.
        ("a b", "a>b", "b!"),
        ("a", "+t t>a", "a!"),
        ("a", "+t t>a +t t>a", "a! a!^1"),
        ("a b", "?a>b", ""),
        ("a b", "?a>b a>b", "b!"),
        // Directories.
        ("d/ d/x d/e/ d/e/y", "-d/x -d/e/y -d/e -d", "d[e,e/y,x]"),
        ("d/ d/x d/e/ d/e/y", "-d/x -d/e/y -d/e", "d/e[y] d/x"),
        ("d/ d/x", "-d/x ?-d", "d/x"),
        ("d/ d/x d/y", "?-d -d/x ?-d -d/y -d", "d[x,y]"),
        ("d/ d/x", "-d/x -d +d/ +d/x", "d[x]!"),
        ("d/ d/x", "-d/x -d +d/ +d/x -d/x -d", "d[x] d[x]^1"),
        ("d/ d/x", "-d/x -d +d/ +d/z -d/z -d", "d[x] d[z]^1"),
        ("d/ d/x", "-d/x +d/n -d/n -d", "d[n,x]"),
        ("d/ d/x d/k", "d/k>k -d/x -d", "d[x]"),
        ("d/ d/e/ d/e/x d/e/y", "d/e>e -e/x -d", "d d/e/x"),
        ("d/ d/e/ d/e/x", "d/e>e -d -e/x", "d d/e/x"),
        ("d-e d/ d/x", "-d/x -d -d-e", "d[x] d-e"),
        // Moves, and their way back.
        ("a", "a>b", ""),
        ("a", "a>b -b", "a"),
        ("a", "a>b b>a", ""),
        ("s/ s/x", "s>s.bak -s.bak/x -s.bak", "s[x]"),
        ("a b X", "a>X b>X", "X! a"),
        ("a b", "a>X b>X", "a"),
        ("a", "a>b +a -a -b", "a a^1"),
        ("d/ d/x d/k", "+n/ d/x>n/x d/k>n/k -d n>d -d/x", "d[x]!"),
        ("a b", "a=b -a", "b!"),
        ("d/ d/x e/ e/x", "?d=e -d/x", "d/x"),
        ("d/ d/x e/ e/x", "?d=e -d/x -d", "d[x]"),
        ("d/ d/x e/ e/x", "d=e d=e -d/x", "d/x"),
        ("d/ d/x e/ e/x", "d=e -d/x d=e", "e/x"),
        ("d/ d/x e/ e/x", "d/x=e/x d=e -d/x", "d/x!"),
        ("a", "+n/ a>n/a n>m -m/a", "a"),
        ("a", "+n/ +n/x n>m -m/x -m", "m[x]"),
        ("s/ s/x", "s>t -t/x", "s/x"),
        ("s/ s/x", "s>t !t/x", "s/x!"),
        ("s/ s/x", "s>t +s/ t/x>s/x -t", "s!"),
        ("s/ s/x", "+s/n s/n>s/x s>t", "s/x!"),
        ("s/ s/x", "-s/x s>t", "s/x"),
        // Several names of one file.
        ("a", "a~b -a -b", "a b"),
        ("a", "a~b -a", "a"),
        ("a", "a~b -a !b", "a b!"),
        ("a", "a~b !b -a", "a b!"),
        ("a", "a~b !b -a -b", "a b"),
        ("a", "a~b ?-a -b", "b"),
        ("a", "a~b -a b>c", "a"),
        ("a", "?-a a>b", ""),
        ("a", "?-a a>b b>a", ""),
        ("a", "a~b -a b>a", "a!"),
        // The run's own work, old enough.
        ("", "+n -n", "n"),
        ("", "+n -n +n -n", "n n^1"),
        ("a", "-a +a -a", "a a^1"),
        // A repository is one thing.
        ("p/ p/.git/ p/.git/HEAD p/.git/objects/ p/.git/index", "-p/.git/index", ""),
        ("p/ p/.git/ p/.git/HEAD p/.git/objects/ p/.git/index p/w", "-p/w +p/.git/t p/.git/t>p/.git/index", "p/w"),
        ("p/ p/.git/ p/.git/HEAD p/.git/objects/ p/.git/hooks/ p/.git/hooks/h", "-p/.git/hooks/h", "p/.git/hooks/h"),
        (
            "p/ p/.git/ p/.git/HEAD p/.git/objects/ p/.git/modules/ p/.git/modules/m/ p/.git/modules/m/HEAD",
            "-p/.git/modules/m/HEAD -p/.git/modules/m",
            "p/.git/modules/m[HEAD]",
        ),
        (
            "p/ p/.git/ p/.git/HEAD p/.git/objects/ p/.git/modules/ p/.git/modules/m/ p/.git/modules/m/HEAD \
             p/.git/modules/m/objects/ p/.git/modules/m/index",
            "-p/.git/modules/m/index",
            "",
        ),
        ("p/ p/.git/ p/.git/HEAD p/.git/objects/", "-p/.git/HEAD -p/.git/objects -p/.git", "p/.git[HEAD,objects]"),
    ] {
        let mut world = World::of(before);
        steps.split_whitespace().for_each(|step| world.step(step));
        assert_eq!(world.outcome(), items, "{before}: {steps}");
    }
}

/// Every number is a part of an item, or one that nobody needs; none is both.
#[test]
fn no_number_is_forgotten() {
    for steps in ["-a", "?-a", "!a -a", "a~b -a !b -b", "?-a -a", "!a", "?!a", "!a +t t>a"] {
        let mut world = World::of("a");
        steps.split_whitespace().for_each(|step| world.step(step));
        let promotion = promote(&world.entries, &world);
        let used: HashSet<u64> = promotion.units.iter().flat_map(|unit| &unit.parts).filter_map(Part::number).collect();
        let unused: HashSet<u64> = promotion.unused.iter().copied().collect();
        assert!(used.is_disjoint(&unused), "{steps}");
        let all: HashSet<u64> = world.numbers.keys().copied().collect();
        assert_eq!(used.union(&unused).copied().collect::<HashSet<u64>>(), all, "{steps}");
    }
}

/// A thing that the run wrote to before it went, or while it had no name any more, is told from one as it was.
#[test]
fn what_was_changed_says_so() {
    let mut world = World::of("a b");
    world.step("-a");
    world.step("-b");
    for entry in &mut world.entries {
        if let Entry::Kept { number: 1, modified, .. } = entry {
            *modified = Timestamp { seconds: 7, nanoseconds: 0 };
        }
    }
    let promotion = promote(&world.entries, &world);
    let marks: Vec<Guarded> = promotion.units.iter().map(|unit| unit.guarded).collect();
    assert_eq!(marks, [Guarded::Removed(Before::Changed), Guarded::Removed(Before::Unchanged)]);
}

#[test]
fn a_content_that_other_names_keep_is_told() {
    for (steps, shared) in [("a~b !b", "b"), ("a~b !b -a", ""), ("a~b !b -b", ""), ("!a", ""), ("a~b a~c !b -a", "b")] {
        let mut world = World::of("a");
        steps.split_whitespace().for_each(|step| world.step(step));
        let told: Vec<PathBuf> = promote(&world.entries, &world).shared;
        let expected: Vec<PathBuf> = shared.split_whitespace().map(path).collect();
        assert_eq!(told, expected, "{steps}");
    }
}

#[test]
fn what_is_to_be_turned_back_is_what_is_still_there() {
    for (before, steps, expected) in [
        ("a b c", "a>x b>y -y x=c", "/a>/x /x=/c"),
        ("d/ d/x d/k", "+n/ d/k>n/k -d/x -d n>d", "/d/k>/n/k /n>/d"),
        ("d/ d/x e/", "?d=e -d/x", ""),
        ("d/ d/x", "d>e e/x>y -e", "/d/x>/y"),
        ("c/ c/d/ c/d/x", "c>b b/d>b/e b/e/x>y -b/e", "/c>/b /c/d/x>/y"),
        ("d/ a", "d>e a>e/x e/x>y -e", "/a>/e/x /a>/y"),
        ("a b", "+n/ a>n/x n/x>b -n", "/a>/n/x /a>/b"),
        ("d/ d/y a", "a~d/x d/x>d/y -a d>e", "/d/x>/d/y /d>/e"),
        ("a b", "a=b", "/a=/b"),
        ("a b", "a=b -a", "/a>/b"),
        ("a b", "a=b -b", "/b>/a"),
    ] {
        let mut world = World::of(before);
        steps.split_whitespace().for_each(|step| world.step(step));
        assert_eq!(moves_of(&world), expected, "{before}: {steps}");
    }
}

fn moves_of(world: &World) -> String {
    let moves: Vec<String> = promote(&world.entries, world)
        .aftermath
        .iter()
        .map(|entry| match entry {
            Entry::Moved { from, to, .. } => format!("{}>{}", from.display(), to.display()),
            Entry::Exchanged { one_path, other_path, .. } => format!("{}={}", one_path.display(), other_path.display()),
            other => panic!("{other:?}"),
        })
        .collect();
    moves.join(" ")
}
