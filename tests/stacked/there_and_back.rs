//! What is removed comes back as it was, or is refused, and what a file system cannot keep is named.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use super::{Kind, Served, users};
use crate::common::platform::ask_anew;
use crate::common::{Run, Tree, say_skipped, snapshot};

/// A line each for what a file system may be unable to hold.
const MAKE: &str = r#"
exec 2>&1
printf content > file; chmod 640 file; touch -d @1234567890 file
mkdir tree; for d in a b c d e; do mkdir tree/$d; for f in 0 1 2 3 4 5 6 7 8; do printf $d$f > tree/$d/$f; done; done
touch -d @1000000000 tree
ln -s nowhere link
mkfifo fifo
printf twice > one; ln one two
mkdir pair; printf pair > pair/one; ln pair/one pair/two
mkdir shut; printf x > shut/inside; chmod 555 shut
mkdir -m 555 bare
printf long > "$(printf '%0255d' 7)"
printf line > "$(printf 'new\nline')"
printf bytes > "$(printf 'b\377\376')"
printf labelled > labelled; setfattr -n user.colour -v blue labelled
true
"#;

/// What [`MAKE`] makes, as a person would call it.
fn things() -> Vec<(&'static str, Vec<u8>)> {
    let named = |(thing, name): (&'static str, &str)| (thing, name.as_bytes().to_vec());
    let mut things: Vec<_> = [
        ("file", "file"),
        ("directory of 50", "tree"),
        ("symbolic link", "link"),
        ("FIFO", "fifo"),
        ("one of two hard links", "one"),
        ("hard links in a directory", "pair"),
        ("0555 directory", "shut"),
        ("empty 0555 directory", "bare"),
        ("newline in a name", "new\nline"),
        ("attributes", "labelled"),
    ]
    .into_iter()
    .map(named)
    .collect();
    things.push(("name of 255 bytes", format!("{:0255}", 7).into_bytes()));
    things.push(("name that is no UTF-8", b"b\xff\xfe".to_vec()));
    things
}

/// One thing on one file system.
struct Thing {
    kind: Kind,
    called: &'static str,
    path: PathBuf,
    before: Tree,
}

/// What was seen on a file system.
#[derive(Default)]
pub(super) struct Complaints {
    /// What should not be so, and whose it is.
    pub(super) lines: Vec<String>,
    /// Things that it cannot hold.
    pub(super) lacks: Vec<&'static str>,
    /// What rrm said that a copy to it or from it loses.
    pub(super) losses: BTreeSet<&'static str>,
}

impl Complaints {
    fn check(&mut self, thing: &str, step: &str, is_so: bool, what: impl FnOnce() -> String) -> bool {
        if !is_so {
            self.lines.push(format!("{thing}: {step}: {}", what()));
        }
        is_so
    }
}

/// The whole list on one file system; what was not as it should be.
pub(super) fn list(served: &Served) -> Complaints {
    let dir = served.dir();
    served.script(&dir, MAKE, &[]);
    if served.kind == Kind::Rclone {
        // What was written is finished behind our back, and is another then.
        served.script(&dir, "sleep 1", &[]);
    }
    let at = |name: &[u8]| dir.join(OsStr::from_bytes(name));
    let wanted = things().into_iter().map(|(called, name)| (called, at(&name)));
    let (held, lacking): (Vec<_>, Vec<_>) = wanted.partition(|(_, path)| path.symlink_metadata().is_ok());
    let things: Vec<Thing> = held
        .into_iter()
        .map(|(called, path)| Thing { kind: served.kind, called, before: seen_anew(&path), path })
        .collect();
    let lacks = lacking.into_iter().map(|(called, _)| called).collect();
    let mut found = Complaints { lacks, ..Complaints::default() };
    for thing in &things {
        for step in [by_undo, by_id, by_swap, elsewhere_and_back] {
            let known = found.lines.len();
            step(served, thing, &mut found);
            if found.lines.len() > known {
                begin_anew(served, thing);
                break;
            }
        }
    }
    in_part(served, &mut found);
    all_at_once(served, &things, &mut found);
    found
}

/// So that what becomes of one thing says nothing of the next.
fn begin_anew(served: &Served, thing: &Thing) {
    rrm(served, ["clean", "--all", "--yes"], None);
    served.script(&served.dir(), "rm -rf \"$1\"", &[&thing.path]);
}

fn rrm<'a>(served: &Served, words: impl IntoIterator<Item = &'a str>, path: Option<&Path>) -> Run {
    let command = served.sandbox.command(words);
    command.args(path).run()
}

/// Removes a thing; says whether it is gone and listed.
fn removed(served: &Served, thing: &Thing, step: &str, found: &mut Complaints) -> Option<String> {
    let run = rrm(served, ["rm"], Some(&thing.path));
    let is_done = run.status.success();
    if !found.check(thing.called, step, is_done && run.stderr.is_empty(), || run.to_string()) && !is_done {
        found.check(thing.called, step, as_before(thing).is_empty(), || format!("not whole: {}", as_before(thing)));
        return None;
    }
    found.check(thing.called, step, thing.path.symlink_metadata().is_err(), || "it is still there".into());
    let items = served.sandbox.list_json();
    let is_it = |item: &&serde_json::Value| item["original_path"].as_str().is_some_and(|path| path.starts_with('/'));
    let id = items.iter().find(is_it).and_then(|item| item["id"].as_str().map(str::to_owned));
    found.check(thing.called, step, items.len() == 1 && id.is_some(), || format!("listed is {items:?}"));
    id
}

fn as_before(thing: &Thing) -> String {
    difference(thing.kind, &thing.before, &thing.path)
}

/// What is different at a path, but for what a rename alone makes so.
fn difference(kind: Kind, before: &Tree, path: &Path) -> String {
    let is_ours = |line: &&str| kind.forgets().iter().all(|lost| !line.contains(lost));
    before.difference(&seen_anew(path)).lines().filter(is_ours).collect::<Vec<_>>().join("\n")
}

/// A picture of what there is, and not of what the server told the kernel up to a second ago: after link(2) that is often
/// wrong.
fn seen_anew(path: &Path) -> Tree {
    look_anew(path);
    snapshot(path)
}

fn look_anew(path: &Path) {
    ask_anew(path);
    if path.symlink_metadata().is_ok_and(|is| is.is_dir()) {
        std::fs::read_dir(path).into_iter().flatten().flatten().for_each(|entry| look_anew(&entry.path()));
    }
}

fn is_back(thing: &Thing, step: &str, run: &Run, found: &mut Complaints) {
    found.check(thing.called, step, run.status.success(), || run.to_string());
    let difference = as_before(thing);
    found.check(thing.called, step, difference.is_empty(), || difference);
}

fn by_undo(served: &Served, thing: &Thing, found: &mut Complaints) {
    if removed(served, thing, "remove", found).is_some() {
        is_back(thing, "undo", &rrm(served, ["undo"], None), found);
    }
}

fn by_id(served: &Served, thing: &Thing, found: &mut Complaints) {
    if let Some(id) = removed(served, thing, "remove again", found) {
        is_back(thing, "restore by ID", &rrm(served, ["restore", &id], None), found);
    }
}

/// The old one comes back where a new one is, and the new one after it.
fn by_swap(served: &Served, thing: &Thing, found: &mut Complaints) {
    let Some(id) = removed(served, thing, "remove to swap", found) else { return };
    served.script(&served.dir(), "printf other > \"$1\"", &[&thing.path]);
    let run = rrm(served, ["restore", "--conflict", "swap", &id], None);
    is_back(thing, "swap", &run, found);
    let items = served.sandbox.list_json();
    if found.check(thing.called, "swap", items.len() == 1, || format!("listed is {items:?}")) {
        let id = items[0]["id"].as_str().unwrap_or_default();
        let run = served.sandbox.command(["restore", id, "--to"]).args([served.at()]).run();
        found.check(thing.called, "what was swapped", run.status.success(), || run.to_string());
        let other = served.at().join(thing.path.file_name().unwrap_or_default());
        found.check(thing.called, "what was swapped", std::fs::read(&other).is_ok_and(|is| is == b"other"), || {
            "lost".into()
        });
        served.script(&served.dir(), "rm -f \"$1\"", &[&other]);
    }
}

/// Traits that rrm names as lost, in a snapshot's words.
const LOSSES: [(&str, &[&str]); 6] = [
    ("owner or group", &["owner"]),
    ("permissions", &["mode"]),
    ("exact times", &["modified"]),
    ("extended attributes", &["attribute"]),
    ("access control list", &["attribute"]),
    ("hard links", &["links", "same file as"]),
];

/// Into the home trash, which is on another mount, and back. Each time somebody agrees to what is lost, if anything is.
fn elsewhere_and_back(served: &Served, thing: &Thing, found: &mut Complaints) {
    let mut named = String::new();
    let mut agreed = |words: &[&str], path: Option<&Path>| {
        let run = rrm(served, words.iter().copied(), path);
        if run.status.success() || !run.stderr().contains("cannot keep") {
            return run;
        }
        named.push_str(&run.stderr());
        rrm(served, words.iter().copied().chain(["--yes"]), path)
    };
    let run = agreed(&["rm", "--into-home"], Some(&thing.path));
    if !run.status.success() {
        let is_refused = run.stderr().contains("the other file system cannot hold it");
        found.check(thing.called, "into home", is_refused, || run.to_string());
        found.check(thing.called, "into home", as_before(thing).is_empty(), || {
            format!("not whole: {}", as_before(thing))
        });
        return;
    }
    found.check(thing.called, "into home", run.stderr.is_empty(), || run.to_string());
    let items = served.sandbox.list_json();
    if !found.check(thing.called, "into home", items.len() == 1, || format!("listed is {items:?}")) {
        return;
    }
    let run = agreed(&["undo"], None);
    found.check(thing.called, "back from home", run.status.success(), || run.to_string());
    let lost = || LOSSES.iter().filter(|(loss, _)| named.contains(loss));
    found.losses.extend(lost().map(|(loss, _)| *loss));
    let allowed: Vec<_> = lost().flat_map(|(_, traits)| *traits).collect();
    let difference = as_before(thing);
    let is_one_of_two = thing.path.ends_with("one");
    let is_named = |line: &&str| {
        // That another name outside is the same file is kept by no copy.
        allowed.iter().any(|loss| line.contains(&format!(": {loss}")))
            || (is_one_of_two && line.contains(": links: 2 -> 1"))
            || (is_one_of_two && line.contains("same file as"))
    };
    let unnamed: Vec<_> = difference.lines().filter(|line| !is_named(line)).collect();
    found.check(thing.called, "back from home", unnamed.is_empty(), || unnamed.join("\n"));
}

/// One file of a removed tree, and then the rest to another place.
fn in_part(served: &Served, found: &mut Complaints) {
    let (tree, part) = (served.dir().join("tree"), served.dir().join("tree/a/0"));
    let before = seen_anew(&part);
    let run = rrm(served, ["rm"], Some(&tree));
    found.check("a part", "remove", run.status.success(), || run.to_string());
    let run = rrm(served, ["restore"], Some(&part));
    found.check("a part", "restore", run.status.success(), || run.to_string());
    let difference = difference(served.kind, &before, &part);
    found.check("a part", "restore", difference.is_empty(), || difference);
    let run = served.sandbox.command(["restore", "--to"]).args([served.at()]).args([&tree]).run();
    found.check("a part", "restore the rest", run.status.success(), || run.to_string());
    let rest = snapshot(served.at().join("tree")).paths().len();
    found.check("a part", "restore the rest", rest == 50, || format!("{rest} of 50"));
}

/// All that is there, which is then deleted.
fn all_at_once(served: &Served, things: &[Thing], found: &mut Complaints) {
    let paths: Vec<_> = things.iter().map(|thing| &thing.path).filter(|path| path.symlink_metadata().is_ok()).collect();
    let run = served.sandbox.command(["rm"]).args(&paths).run();
    found.check("all", "remove", run.status.success() && run.stderr.is_empty(), || run.to_string());
    let items = served.sandbox.list_json();
    found.check("all", "remove", items.len() == paths.len(), || format!("listed is {items:?}"));
    let run = rrm(served, ["clean", "--all", "--yes"], None);
    found.check("all", "clean", run.status.success() && run.stderr.is_empty(), || run.to_string());
    let items = served.sandbox.list_json();
    found.check("all", "clean", items.is_empty(), || format!("listed is {items:?}"));
}

/// What rrm has left where it worked.
fn left_in(dir: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten().map(|entry| entry.path());
    entries.filter(|path| path.file_name().is_some_and(|name| name.as_bytes().starts_with(b".rrm-"))).collect()
}

fn each_user(kind: Kind) {
    let mut all = Vec::new();
    for user in users() {
        match kind.serve(user) {
            Ok(served) => {
                let mut found = list(&served);
                let left = left_in(&served.dir());
                found.check("all", "clean", left.is_empty(), || format!("left are {left:?}"));
                all.extend(found.lines.into_iter().map(|line| format!("{user:?}: {line}")));
            }
            Err(missing) => say_skipped(&missing),
        }
    }
    assert!(all.is_empty(), "{kind:?}: {} complaints:\n{}", all.len(), all.join("\n"));
}

macro_rules! each {
    ($($name:ident: $kind:ident $(($slow:meta))?),* $(,)?) => {
        $(
            #[test]
            $(#[$slow])?
            fn $name() {
                in_mount_namespace!();
                each_user(Kind::$kind);
            }
        )*
    };
}

each! {
    sshfs: Sshfs,
    mergerfs: Mergerfs,
    bindfs: Bindfs,
    gocryptfs: Gocryptfs,
    encfs: Encfs(ignore = "takes long; RRM_CI_DAILY=1 .ci/run has it"),
    cryfs: Cryfs(ignore = "takes long; RRM_CI_DAILY=1 .ci/run has it"),
    rclone: Rclone(ignore = "takes long; RRM_CI_DAILY=1 .ci/run has it"),
    unionfs: Unionfs,
    fuse_overlayfs: FuseOverlayfs(ignore = "takes long; RRM_CI_DAILY=1 .ci/run has it"),
    fuse2fs: Fuse2fs(ignore = "takes long; RRM_CI_DAILY=1 .ci/run has it"),
    ntfs: Ntfs3g(ignore = "takes long; RRM_CI_DAILY=1 .ci/run has it"),
    ntfs_ignoring_case: LowntfsIgnoringCase,
    exfat: ExfatFuse(ignore = "takes long; RRM_CI_DAILY=1 .ci/run has it"),
    gluster: Gluster(ignore = "takes long; RRM_CI_DAILY=1 .ci/run has it"),
}
