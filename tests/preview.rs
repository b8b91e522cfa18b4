//! A glance at trashed items: bounded, and neither fooled, blocked nor led astray by what is there.

use std::fs;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use rrm::error::ErrorKind;
use rrm::item::TrashItem;
use rrm::manager::TrashManager;
use rrm::ops::list::ListOptions;
use rrm::ops::show::Preview;
use rrm::preview::{Content, Extent, Limits, More, Tree, Twig};
use rrm::progress::Silent;
use rrm::rules::selection::Selection;

use crate::common::{Sandbox, is_root};

/// Removes `name` and looks at it, or at a part of it.
struct Glance {
    manager: TrashManager,
    item: TrashItem,
}

impl Glance {
    fn of(sandbox: &Sandbox, name: &str) -> Self {
        sandbox.rrm(["rm", "-f", name]).ok();
        let manager = sandbox.manager().build();
        let request = ListOptions::new(Selection::default(), chrono::DateTime::default());
        let mut items = manager.list(&request, &Silent).items;
        items.retain(|item| *item.trash == sandbox.trash() && item.original_path() == Some(&sandbox.path(name)));
        Self { manager, item: items.pop().expect("it is in the trash") }
    }

    fn at(&self, part: &str, limits: &Limits) -> Preview {
        self.manager.preview(&self.item, Path::new(part), limits).expect("it is there")
    }

    fn content(&self, part: &str) -> Content {
        self.at(part, &Limits::default()).content.expect("it can be read")
    }

    fn place(&self) -> PathBuf {
        self.item.trash.join(self.item.id.to_string())
    }
}

/// A tree as lines of text, as a picture to compare with.
fn drawn(tree: &Tree) -> Vec<String> {
    let line = |twig: &Twig| match twig {
        Twig::Entry { name, kind, size } => format!("{} {kind:?} {size:?}", name.display()),
        Twig::More(More::Exactly(number)) => format!("+{number}"),
        Twig::More(More::AtLeast(number)) => format!("+{number}?"),
        Twig::Unreadable(error) => format!("!{:?}", error.kind()),
    };
    tree.lines.iter().map(|entry| format!("{}{}", " ".repeat(entry.depth), line(&entry.twig))).collect()
}

fn tree(content: Content) -> Tree {
    match content {
        Content::Directory(tree) => tree,
        other => panic!("no tree: {other:?}"),
    }
}

#[test]
fn each_kind_of_thing_is_told_by_what_it_is() {
    let sandbox = Sandbox::new();
    sandbox.file("notes.txt", "one\n\x1b[2Jtwo\n");
    sandbox.file("image", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
    sandbox.file("data.txt", b"\0\x01\x02");
    sandbox.file("empty", "");
    sandbox.symlink("link", "/etc/passwd");
    sandbox.fifo("fifo");
    sandbox.socket("socket");
    let content = |name| Glance::of(&sandbox, name).content("");
    let Content::Text(head) = content("notes.txt") else { panic!("text") };
    assert_eq!((head.bytes.as_slice(), head.extent), (&b"one\n\x1b[2Jtwo\n"[..], Extent::Whole));
    assert!(matches!(content("image"), Content::Binary(Some("PNG image"))));
    assert!(matches!(content("data.txt"), Content::Binary(None)));
    assert!(matches!(content("empty"), Content::Text(head) if head.bytes.is_empty() && head.extent == Extent::Whole));
    assert!(matches!(content("link"), Content::Symlink(target) if target == Path::new("/etc/passwd")));
    // Opened, either would wait for somebody at its other end.
    assert!(matches!(content("fifo"), Content::Special));
    assert!(matches!(content("socket"), Content::Special));
}

#[test]
fn a_device_is_told_and_not_opened() {
    if !is_root() {
        skip!("root", "to make a device");
    }
    let sandbox = Sandbox::new();
    sandbox.device("null");
    let preview = Glance::of(&sandbox, "null").at("", &Limits::default());
    assert!(matches!(preview.content, Ok(Content::Special)));
    assert_eq!(preview.metadata.rdev, (1, 3));
}

#[test]
fn what_is_huge_is_cut() {
    let sandbox = Sandbox::new();
    let hole = sandbox.file("hole", "a line\n");
    let mut file = fs::File::options().write(true).open(hole).expect("it opens");
    file.seek(SeekFrom::Start(1 << 40)).expect("it may be sparse");
    file.write_all(b"end").expect("its end can be written");
    sandbox.file("line", vec![b'x'; 1 << 20]);
    let preview = Glance::of(&sandbox, "hole").at("", &Limits { bytes: 6, ..Limits::default() });
    assert!(
        matches!(preview.content, Ok(Content::Text(head)) if head.bytes == b"a line" && head.extent == Extent::Cut)
    );
    assert_eq!(preview.metadata.size, (1 << 40) + 3);
    let Content::Text(head) = Glance::of(&sandbox, "line").content("") else { panic!("text") };
    assert_eq!((head.bytes.len(), head.extent), (Limits::default().bytes, Extent::Cut));
}

#[test]
fn a_directory_is_drawn_a_little_of_everything_first() {
    let sandbox = Sandbox::new();
    sandbox.tree("d", &[("b/1", "x"), ("b/2", "x"), ("b/3", "x"), ("a/deep/er/file", ""), ("c", "four")]);
    sandbox.symlink("d/link", "/");
    let glance = Glance::of(&sandbox, "d");
    let top = ["a Directory None", "b Directory None", "c File Some(4)", "link Symlink Some(1)"];
    let whole = tree(glance.content(""));
    let expected = [
        top[0],
        " deep Directory None",
        "  er Directory None",
        top[1],
        " 1 File Some(1)",
        " 2 File Some(1)",
        " 3 File Some(1)",
        top[2],
        top[3],
    ];
    assert_eq!(drawn(&whole), expected);
    assert_eq!(whole.extent, Extent::Cut, "three levels are not all");
    let few = |entries| {
        let tree = tree(glance.at("", &Limits { entries, ..Limits::default() }).content.expect("it can be read"));
        assert_eq!(tree.extent, Extent::Cut);
        drawn(&tree)
    };
    assert_eq!(few(3), [top[0], top[1], top[2], "+1"]);
    assert_eq!(few(6), [top[0], " deep Directory None", top[1], " 1 File Some(1)", " +2", top[2], top[3]]);
    assert_eq!(few(0), ["+4"]);
    assert_eq!(drawn(&tree(glance.content("a/deep/er"))), ["file File Some(0)"]);
    assert!(matches!(glance.content("c"), Content::Text(head) if head.bytes == b"four"));
    assert_eq!(tree(glance.content("a/deep/er")).extent, Extent::Whole);
}

#[test]
fn a_directory_of_any_width_and_depth_is_cut() {
    let sandbox = Sandbox::new();
    let wide = sandbox.dir("wide");
    (0..5000).for_each(|number| drop(fs::File::create(wide.join(number.to_string())).expect("it is made")));
    let mut deep = sandbox.dir("deep");
    for _ in 0..100 {
        deep.push("d");
        fs::create_dir(&deep).expect("it is made");
    }
    let wide = tree(Glance::of(&sandbox, "wide").content(""));
    assert_eq!(wide.lines.len(), Limits::default().entries + 1);
    assert!(matches!(wide.lines.last().map(|line| &line.twig), Some(Twig::More(More::AtLeast(1900..)))));
    let all = Limits { entries: usize::MAX, depth: usize::MAX, ..Limits::default() };
    let deep = tree(Glance::of(&sandbox, "deep").at("", &all).content.expect("it can be read"));
    assert_eq!((deep.lines.len(), deep.extent), (16, Extent::Cut));
}

#[test]
fn no_link_leads_out_of_an_item() {
    let sandbox = Sandbox::new();
    sandbox.file("secret/file", "secret");
    sandbox.dir("d");
    sandbox.symlink("d/link", sandbox.path("secret"));
    let glance = Glance::of(&sandbox, "d");
    assert_eq!(drawn(&tree(glance.content("")))[0].split(' ').nth(1), Some("Symlink"));
    for part in ["link/file", "../../../../../../etc", "/etc", "no/such", "no"] {
        let refused = glance.manager.preview(&glance.item, Path::new(part), &Limits::default());
        assert!(refused.is_err(), "{part}: {refused:?}");
    }
    let missing = glance.manager.preview(&glance.item, Path::new("no"), &Limits::default()).expect_err("it is missing");
    assert_eq!((missing.kind, missing.path), (ErrorKind::NotFound, sandbox.path("d/no")));
}

#[test]
fn what_may_not_be_read_says_so() {
    without_privileges!();
    let sandbox = Sandbox::new();
    sandbox.chmod(sandbox.file("d/file", "x"), 0o000);
    sandbox.chmod(sandbox.dir("d/closed"), 0o000);
    let glance = Glance::of(&sandbox, "d");
    let file = glance.at("file", &Limits::default());
    assert_eq!((file.metadata.mode, file.metadata.size), (0, 1));
    let error = file.content.expect_err("it may not be read");
    assert_eq!((error.path.clone(), &*error.reason), (sandbox.path("d/file"), "Permission denied"));
    let whole = tree(glance.content(""));
    assert_eq!(drawn(&whole), ["closed Directory None", " !PermissionDenied", "file File Some(1)"]);
    assert_eq!(whole.extent, Extent::Cut);
}

#[test]
fn a_glance_leaves_no_trace() {
    let sandbox = Sandbox::new();
    let file = sandbox.file("d/file", "x");
    let old = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_hours(24);
    let times = fs::FileTimes::new().set_accessed(old).set_modified(old);
    for path in [file, sandbox.path("d")] {
        fs::File::open(path).and_then(|file| file.set_times(times)).expect("its times can be set");
    }
    let glance = Glance::of(&sandbox, "d");
    let times = |path: &Path| {
        let metadata = fs::symlink_metadata(path).expect("it is there");
        (metadata.atime(), metadata.mtime(), metadata.ctime(), metadata.ctime_nsec())
    };
    let (directory, file) = (glance.place(), glance.place().join("file"));
    let before = (times(&directory), times(&file));
    glance.content("");
    glance.content("file");
    assert_eq!((times(&directory), times(&file)), before);
}
