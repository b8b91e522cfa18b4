//! The power goes right before each of the calls of a command: everything is whole in one place at least, and what is in
//! the trash is listed.
//!
//! Two disks: one with the home, one with the things. Both are copied as they are, which is all that a
//! power cut leaves: what the kernel has not written is gone. It writes what it likes first, so the disk that things leave is
//! flushed before each call, and the one that they come to never is. Nothing can be lost but by a call that takes a name
//! away, so the disks are copied behind each of those, and at the end. A kill leaves what is not written, too; that is in
//! `crash`.

use std::collections::HashSet;
use std::fs::{self, File};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use tempfile::NamedTempFile;

use crate::common::mounts::copy_of_disk;
use crate::common::platform::flush_file_system;
use crate::common::{Format, Invocation, Missing, Mount, Sandbox, User, Way, fault};
use crate::crash::Allowed;
use crate::crash::accounts::{Listed, Thing, listed};

/// A command, and what was done and brought to the disk before it.
#[derive(Clone, Copy)]
struct Errand {
    before: &'static [&'static [&'static str]],
    command: &'static [&'static str],
    /// Whether the command is followed by all the things.
    about: About,
    /// The disk that everything leaves; none where all stays on its disk.
    left: Option<Disk>,
}

/// Which of the two.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Disk {
    Home,
    Work,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum About {
    All,
    Nothing,
}

/// What is deleted for good, and missed by nobody.
const EXTRA: &str = "extra";

/// What removes all things from a directory, to a trash of its own in the home.
const ANOTHER_PROGRAM: &str = "another program";

const REMOVED: &[&str] = &["rm"];
const UNDONE: &[&str] = &["undo"];
const COPIED: &[&str] = &["rm", "--into-home"];

const fn on_all(before: &'static [&'static [&'static str]], command: &'static [&'static str]) -> Errand {
    Errand { before, command, about: About::All, left: None }
}

const fn alone(before: &'static [&'static [&'static str]], command: &'static [&'static str]) -> Errand {
    Errand { before, command, about: About::Nothing, left: None }
}

const fn leaving(disk: Disk, errand: Errand) -> Errand {
    Errand { left: Some(disk), ..errand }
}

const ERRANDS: &[Errand] = &[
    on_all(&[], REMOVED),
    leaving(Disk::Work, on_all(&[], COPIED)),
    on_all(&[REMOVED], &["restore"]),
    alone(&[REMOVED], &["undo"]),
    alone(&[REMOVED, UNDONE], &["redo"]),
    leaving(Disk::Work, on_all(&[REMOVED], &["restore", "--to", "../home/back"])),
    on_all(&[REMOVED], &["keep"]),
    alone(&[REMOVED, &["rm", EXTRA]], &["clean", "--yes", EXTRA]),
    alone(&[&[ANOTHER_PROGRAM, "home/was"]], &["import", "../home/foreign"]),
    leaving(Disk::Home, alone(&[&[ANOTHER_PROGRAM, "work/was"]], &["import", "../home/foreign"])),
    on_all(&[REMOVED], &["export"]),
];

/// Makes a test of each format.
macro_rules! on_each {
    ($($name:ident: $format:ident),+ $(,)?) => {
        $(
            #[test]
            #[ignore = "takes long; .ci/run has it"]
            fn $name() {
                in_mount_namespace!();
                go_everywhere(Format::$format);
            }
        )+
    };
}

on_each! {
    on_ext4: Ext4,
    on_ext4_without_a_journal: PlainExt4,
    on_ext2: Ext2,
    on_xfs: Xfs,
    on_btrfs: Btrfs,
}

fn go_everywhere(format: Format) {
    for errand in ERRANDS {
        let machine = or_skip!(Machine::new(format));
        machine.prepare(errand);
        let command = machine.command(errand);
        let states = machine.run(&command, errand.left);
        println!("{format:?}: {} states: rrm {}", states.len(), errand.command.join(" "));
        let Machine { sandbox, disks, things } = machine;
        drop(disks);
        let mut failures = String::new();
        for State { before, copies } in states {
            let [home, work] = copies;
            let _disks = [(home, sandbox.home()), (work, sandbox.work())]
                .map(|(copy, at)| Mount::of_copy(format, copy, &at).expect("a disk can be mounted again"));
            let lost = lost(&sandbox, &things);
            if !lost.is_empty() {
                failures.push_str(&format!("at call {before}: {lost}\n"));
            }
        }
        assert!(failures.is_empty(), "{format:?}, rrm {}:\n{failures}", errand.command.join(" "));
    }
}

struct Machine {
    // Dropped first: the sandbox removes only what is its own.
    disks: [Mount; 2],
    sandbox: Sandbox,
    things: Vec<Thing>,
}

/// The disks right before one of the calls.
struct State {
    before: usize,
    copies: [NamedTempFile; 2],
}

impl Machine {
    fn new(format: Format) -> Result<Self, Missing> {
        let sandbox = Sandbox::new().by_way_of(Way::Here);
        let disks = [Mount::image(format, 24, &sandbox.home())?, Mount::image(format, 24, &sandbox.work())?];
        let things = one_of_each(&sandbox);
        Ok(Self { disks, sandbox, things })
    }

    fn prepare(&self, errand: &Errand) {
        self.sandbox.file(EXTRA, "");
        for words in errand.before {
            match words {
                [ANOTHER_PROGRAM, from] => remove_by_another(&self.sandbox, &self.things, from),
                // The program leaves the note that a redo goes by.
                words if *words == UNDONE => drop(self.sandbox.command(*words).by_way_of(Way::Program).run().ok()),
                words if words.contains(&EXTRA) => drop(self.sandbox.rrm(*words).ok()),
                words => drop(self.about_all(words).run().ok()),
            }
        }
        for mount in &self.disks {
            flush_file_system(&File::open(mount.path()).unwrap()).unwrap();
        }
    }

    fn about_all(&self, words: &[&str]) -> Invocation {
        let words = words.iter().map(PathBuf::from);
        self.sandbox.command(words.chain(self.things.iter().map(|thing| thing.origin.clone())))
    }

    fn command(&self, errand: &Errand) -> Invocation {
        match errand.about {
            About::All => self.about_all(errand.command),
            About::Nothing => self.sandbox.command(errand.command),
        }
    }

    /// Runs the command, and gives all states that differ, the one after it included.
    fn run(&self, command: &Invocation, left: Option<Disk>) -> Vec<State> {
        let disks = self.disks.each_ref().map(|mount| (mount.disk().to_owned(), mount.device()));
        let flushed = left.map(|disk| File::open(self.disks[disk as usize].path()).unwrap());
        let camera = Camera { disks, flushed, calls: 0, last: "", seen: HashSet::new(), states: Vec::new() };
        let camera = Arc::new(Mutex::new(camera));
        let shared = camera.clone();
        fault::watched(move |call| shared.lock().expect("no holder panics").look(call), command).ok();
        let mut camera = camera.lock().expect("no holder panics");
        camera.take();
        // Not to be in use when it is unmounted.
        camera.flushed = None;
        std::mem::take(&mut camera.states)
    }
}

/// Copies the disks behind each call that takes a name away, if they have changed.
struct Camera {
    disks: [(PathBuf, String); 2],
    flushed: Option<File>,
    calls: usize,
    /// The call before.
    last: &'static str,
    seen: HashSet<[u64; 2]>,
    states: Vec<State>,
}

impl Camera {
    fn look(&mut self, call: &'static str) {
        if matches!(self.last, "unlinkat" | "renameat" | "renameat2") {
            self.take();
        }
        self.last = call;
        self.calls += 1;
    }

    fn take(&mut self) {
        if let Some(disk) = &self.flushed {
            flush_file_system(disk).expect("a disk can be flushed");
        }
        if self.seen.insert(self.disks.each_ref().map(|(_, device)| writes_to(device))) {
            let copies = self.disks.each_ref().map(|(image, _)| copy_of_disk(image));
            self.states.push(State { before: self.calls, copies });
        }
    }
}

/// How often a block device was written to (the kernel's Documentation/block/stat.rst).
fn writes_to(device: &str) -> u64 {
    let told = fs::read_to_string(format!("/sys/block/{device}/stat")).expect("the kernel counts");
    told.split_whitespace().nth(4).and_then(|count| count.parse().ok()).expect("a count")
}

/// Things of every kind, in the working directory.
fn one_of_each(sandbox: &Sandbox) -> Vec<Thing> {
    let file = sandbox.file("file", "of some length".repeat(1000));
    sandbox.set_attribute("file", "user.colour", "blue");
    sandbox.chmod("file", 0o660);
    let tree = sandbox.tree("tree", &[("a", "first"), ("below/b", "second"), ("below/c", "third")]);
    sandbox.symlink("tree/link", "below/b");
    sandbox.hard_link("tree/d", "tree/a");
    let link = sandbox.symlink("link", "/no/such/place");
    let nodes = [sandbox.fifo("fifo"), sandbox.socket("socket"), sandbox.device("device")];
    let one = sandbox.file("one", "two names");
    let other = sandbox.hard_link("other", "one");
    [file, tree, link, one, other].iter().chain(&nodes).map(|path| Thing::at(path)).collect()
}

/// Has another program remove the things as if they had been in the directory `from`.
fn remove_by_another(sandbox: &Sandbox, things: &[Thing], from: &str) {
    let trash = sandbox.home().join("foreign");
    for part in ["files", "info"] {
        sandbox.dir(trash.join(part));
    }
    sandbox.chmod(&trash, 0o700);
    for thing in things {
        let name = thing.origin.file_name().expect("a name").to_str().expect("text");
        let was = sandbox.root().join(from).join(name);
        let info = format!("[Trash Info]\nPath={}\nDeletionDate=2026-01-02T03:04:05\n", was.display());
        sandbox.file(trash.join("info").join(format!("{name}.trashinfo")), info);
        // From the other disk, with all that it has.
        let copied =
            std::process::Command::new("cp").args(["-a", "--"]).arg(&thing.origin).arg(trash.join("files")).status();
        assert!(copied.expect("cp runs").success());
        fs::remove_file(&thing.origin).or_else(|_| fs::remove_dir_all(&thing.origin)).expect("it can be removed");
    }
}

/// What is nowhere whole, in words; nothing if all is somewhere.
fn lost(sandbox: &Sandbox, things: &[Thing]) -> String {
    let is_listed = listed(sandbox, &sandbox.command([""; 0]));
    let lost: Vec<String> = things.iter().filter_map(|thing| missing(sandbox, thing, &is_listed)).collect();
    lost.join("\n")
}

fn missing(sandbox: &Sandbox, thing: &Thing, listed: &[Listed]) -> Option<String> {
    const ANYHOW: Allowed = Allowed { marks: true, loosened: true, unlinked: true, closed: true };
    let name = thing.origin.file_name().expect("a name");
    let of_it = listed.iter().filter(|item| item.origin.file_name() == Some(name)).map(|item| item.place.clone());
    let elsewhere = ["back", "foreign/files"].map(|place| sandbox.home().join(place).join(name));
    let of_the_desktop = sandbox.work().join(format!(".Trash-{}/files", User::Caller.ids().0)).join(name);
    let places = [thing.origin.clone(), of_the_desktop].into_iter().chain(elsewhere).chain(of_it);
    let places: Vec<PathBuf> = places.collect();
    let damages: Vec<String> = places.iter().map(|place| thing.damage(place, ANYHOW)).collect();
    let is_whole = damages.iter().any(String::is_empty);
    (!is_whole).then(|| format!("{} is nowhere: {places:?} {damages:?}", thing.origin.display()))
}
