//! Removing the wrong thing.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;

use super::{is_there, listed};
use crate::common::{Mount, Sandbox, User, snapshot};

// [12] A slash after a link to a directory could mean either; the link is taken only without it, the target never.
#[test]
fn a_link_to_a_directory_with_a_slash_is_refused_and_its_target_intact() {
    let sandbox = Sandbox::ordinary();
    let target = sandbox.tree("data", &[("image", "precious"), ("below/image", "precious")]);
    let link = sandbox.symlink("l", "data");
    let before = snapshot(&target);
    for operand in ["l/", "l//", "./l/"] {
        for options in [&["rm"][..], &["rm", "-r"], &["rm", "-rf"], &["rm", "--immediate"]] {
            let run = sandbox.rrm(options.iter().chain(&[operand]));
            run.fails(1).err_contains(&as_shown(operand)).err_contains("drop the trailing slash to remove the link");
            assert!(is_there(&link));
            before.assert_is_at(&target);
        }
    }
    sandbox.rrm(["rm", "-g", "0", "l"]).ok().silent();
    assert!(!is_there(&link));
    sandbox.rrm(["clean"]).ok();
    assert_eq!(listed(&sandbox), [""; 0]);
    before.assert_is_at(&target);
}

// [12] A slash says directory: what is none is refused, dangling links too, and -f takes it for missing.
#[test]
fn a_slash_after_what_is_no_directory_is_refused() {
    let sandbox = Sandbox::new();
    sandbox.file("file", "x");
    sandbox.symlink("to-file", "file");
    sandbox.symlink("dangling", "nowhere");
    for operand in ["file/", "to-file/", "dangling/"] {
        sandbox.rrm(["rm", operand]).fails(1).err_contains("Not a directory");
        sandbox.rrm(["rm", "-f", operand]).ok().silent();
    }
    assert_eq!(fs::read_dir(sandbox.work()).unwrap().count(), 3);
    sandbox.dir("directory");
    sandbox.rrm(["rm", "directory///"]).ok().silent();
    assert_eq!(listed(&sandbox), ["directory"]);
}

/// An operand as messages show it: as rm does, with one of several slashes at its end.
fn as_shown(operand: &str) -> String {
    let trimmed = operand.trim_end_matches('/');
    format!("'{trimmed}{}'", if trimmed.len() < operand.len() { "/" } else { "" })
}

// [13] `.` and `..` in every spelling are refused one by one; the other operands are done.
#[test]
fn dot_and_dot_dot_are_refused_in_every_spelling() {
    let sandbox = Sandbox::ordinary();
    sandbox.tree("d", &[("kept", "1")]);
    sandbox.tree("x", &[("kept", "1")]);
    let spellings =
        [".", "..", "./", ".//", "d/.", "d/..", "d/../", "d/./", "../work/x/.", "../../..", "./.", "d/.//", "./../"];
    for spelling in spellings {
        for option in ["-v", "-r", "-rf", "--immediate"] {
            sandbox.file("other", "");
            let before = snapshot(sandbox.path("d"));
            let run = sandbox.rrm(["rm", option, spelling, "other"]);
            run.fails(1).err_contains("refusing to remove '.' or '..'").err_contains(&as_shown(spelling));
            before.assert_is_at(sandbox.path("d"));
            assert!(is_there(&sandbox.path("x/kept")));
            assert!(!is_there(&sandbox.path("other")), "the others are done: {run}");
        }
    }
}

// [13] The empty name is no name, for `rm` a missing one.
#[test]
fn an_empty_operand_is_missing() {
    let sandbox = Sandbox::ordinary();
    sandbox.file("kept", "");
    sandbox.rrm(["rm", ""]).fails(1).err_contains("''").err_contains("No such file");
    sandbox.rrm(["rm", "-rf", ""]).ok().silent();
    assert!(is_there(&sandbox.path("kept")));
}

// [13] Names that only begin with dots are ordinary.
#[test]
fn names_that_begin_with_dots_are_ordinary() {
    let sandbox = Sandbox::new();
    for name in ["..x", "...", ".hidden", "x.."] {
        sandbox.file(name, name);
        sandbox.rrm(["rm", name]).ok().silent();
    }
    assert_eq!(listed(&sandbox), ["...", "..x", ".hidden", "x.."]);
    sandbox.rrm(["restore", "...", "..x", ".hidden", "x.."]).ok();
    assert_eq!(fs::read_to_string(sandbox.path("...")).unwrap(), "...");
}

// [14] The root and the home directory with all above it refuse the whole command, by any spelling.
#[test]
fn the_root_and_the_home_directory_refuse_the_whole_command() {
    let sandbox = Sandbox::ordinary();
    let other = sandbox.file("other", "");
    let kept = sandbox.file(sandbox.home().join("kept"), "precious");
    sandbox.symlink("to-root", "/");
    sandbox.symlink("to-home", sandbox.home());
    sandbox.symlink("above", "..");
    let home = sandbox.home().display().to_string();
    let root = sandbox.root().display().to_string();
    let spellings = [
        "/",
        "//",
        "///",
        "to-root/",
        &home,
        &format!("{home}/"),
        &format!("/{home}//"),
        "../home",
        "../home/",
        "to-home/",
        "above/home",
        "../work/../home",
        "/proc/self/cwd/../home",
        &root,
        &format!("{root}/"),
        "/proc/self/root/",
    ];
    for spelling in spellings {
        for option in ["-v", "-rf", "--immediate", "--no-preserve-root"] {
            let run = sandbox.rrm(["rm", option, "other", spelling]);
            run.fails(1).err_contains("nothing was removed");
            assert!(is_there(&other) && is_there(&kept), "{run}");
        }
    }
    // [52] What is told of the root is a way that is open.
    let run = sandbox.rrm(["rm", "-rf", "/"]);
    run.fails(1)
        .err_lacks("preserve-root")
        .err_contains("cannot remove '/'")
        .err_contains("hint: rrm never removes it");
    sandbox.rrm_as_rm(["-rf", "/"]).fails(1).err_contains("use --no-preserve-root to override this failsafe");
    let run = sandbox.command(["rm", "-r", "home"]).within(sandbox.root()).run();
    run.fails(1).err_contains("'home'").err_contains("your home directory");
    assert!(is_there(&kept));
}

// [14] A bind mount of the home directory is the home directory: told by identity, not by name.
#[test]
fn a_bind_mount_of_the_home_directory_is_refused() {
    in_mount_namespace!();
    let sandbox = Sandbox::ordinary();
    let kept = sandbox.file(sandbox.home().join("kept"), "precious");
    sandbox.file("other", "");
    let bind = Mount::bind(sandbox.root(), &sandbox.path("again")).unwrap();
    for operand in ["again/home", "again/home/", "again"] {
        sandbox.rrm(["rm", "-rf", "other", operand]).fails(1).err_contains("nothing was removed");
        assert!(is_there(&kept) && is_there(&sandbox.path("other")));
    }
    drop(bind);
}

// [14] A directory that is only called like the home directory is no more than its name.
#[test]
fn a_directory_named_like_the_home_directory_is_trashed_alone() {
    let sandbox = Sandbox::ordinary();
    let kept = sandbox.file(sandbox.home().join("kept"), "precious");
    for name in ["~", "${HOME}", "$HOME", "home"] {
        sandbox.tree(name, &[("a", "1")]);
        sandbox.rrm(["rm", "-rf", name]).ok().silent();
        assert!(!is_there(&sandbox.path(name)));
    }
    assert_eq!(listed(&sandbox), ["$HOME", "${HOME}", "home", "~"]);
    assert!(is_there(&kept));
}

// [15] A rename would carry a mount below along, and clean would empty the live file system.
#[test]
fn a_tree_with_a_mount_below_is_refused_and_the_mount_named() {
    in_mount_namespace!();
    let sandbox = Sandbox::ordinary();
    sandbox.tree("tree", &[("below/kept", "1")]);
    sandbox.tree("live", &[("kept", "precious")]);
    sandbox.file("other", "");
    let bind = Mount::bind(&sandbox.path("live"), &sandbox.path("tree/below/mount")).unwrap();
    let point = bind.path().display().to_string();
    for operand in ["tree", "tree/below/", "./tree/../tree"] {
        for options in [&["rm"][..], &["rm", "-rf"], &["rm", "--immediate"]] {
            let run = sandbox.rrm(options.iter().chain(&["other", operand]));
            run.fails(1).err_contains(&point).err_contains(operand).err_contains("nothing was removed");
        }
    }
    sandbox.rrm(["rm", "tree/below/mount"]).fails(1).err_contains("mounted there").err_contains("unmount");
    assert!(is_there(&sandbox.path("other")));
    let run = sandbox.rrm(["rm", "--one-file-system", "tree"]);
    run.fails(1).err_contains("skipping 'tree/below/mount'");
    assert_eq!(fs::read_to_string(sandbox.path("live/kept")).unwrap(), "precious");
    assert!(is_there(&bind.path().join("kept")));
}

// [15] A mount made inside an item after it was trashed belongs to the living.
#[test]
fn a_mount_made_inside_a_trashed_item_survives_clean() {
    in_mount_namespace!();
    let sandbox = Sandbox::ordinary();
    sandbox.tree("live", &[("kept", "precious")]);
    for name in ["tree", "other"] {
        sandbox.tree(name, &[("a", "1")]);
    }
    sandbox.rrm(["rm", "-g", "0", "tree"]).ok();
    let item = sandbox.trash().join(super::id_of(&sandbox, "tree"));
    sandbox.rrm(["rm", "-g", "0", "other"]).ok();
    let bind = Mount::bind(&sandbox.path("live"), &item.join("mount")).unwrap();
    for arguments in [&["clean"][..], &["clean", "--all", "--yes"]] {
        let run = sandbox.rrm(arguments);
        run.fails(1).err_contains(&bind.path().display().to_string()).err_contains("unmount it first");
        assert_eq!(fs::read_to_string(sandbox.path("live/kept")).unwrap(), "precious");
        assert_eq!(listed(&sandbox), ["tree"], "the other is deleted, this one stays listed");
    }
    drop(bind);
    sandbox.rrm(["clean"]).ok().silent();
    assert_eq!(listed(&sandbox), [""; 0]);
}

// [16] The trash, what is above it and what is in it refuse the whole command; what is beside it is ordinary.
#[test]
fn the_trash_is_no_operand_and_what_is_beside_it_is() {
    let sandbox = Sandbox::ordinary();
    let other = sandbox.file("other", "");
    sandbox.tree("tree", &[("inside", "1")]);
    sandbox.rrm(["rm", "tree"]).ok();
    let trash = sandbox.trash();
    let item = trash.join(super::id_of(&sandbox, "tree"));
    let in_it = item.join("inside");
    let spelled = sandbox.home().join(".local/../.local/share/rrm/trash");
    sandbox.symlink("to-trash", &trash);
    let through_link = sandbox.path("to-trash").join(item.file_name().unwrap());
    let above = trash.parent().unwrap().to_owned();
    for operand in [&trash, &above, &item, &in_it, &spelled, &sandbox.path("to-trash/"), &through_link] {
        let run = sandbox.rrm(["rm".as_ref(), "-rf".as_ref(), "other".as_ref(), operand.as_os_str()]);
        run.fails(1).err_contains("trash directory").err_contains("nothing was removed");
        assert!(is_there(&other));
    }
    assert_eq!(listed(&sandbox), ["tree"]);

    sandbox.rrm(["rm", "to-trash"]).ok();
    let beside = [sandbox.home().join(".rrm-other/x"), sandbox.home().join(".local/share/rrm-other/x")];
    for file in &beside {
        sandbox.file(file, "");
        sandbox.rrm(["rm".as_ref(), file.as_os_str()]).ok().silent();
        assert!(!is_there(file));
    }
}

// [16] A link by which the home trash is reached is as good as the directory: without it nothing would be found again.
#[test]
fn a_link_that_leads_to_the_trash_is_no_operand() {
    let sandbox = Sandbox::ordinary();
    sandbox.dir("big/share");
    sandbox.dir(sandbox.home().join(".local"));
    sandbox.symlink("middle", "big");
    let link = sandbox.symlink(sandbox.home().join(".local/share"), sandbox.path("middle/share"));
    let other = sandbox.symlink("other", "big/share");
    sandbox.file("t", "");
    sandbox.rrm(["rm", "t"]).ok().silent();
    for operand in [&link, &sandbox.path("middle"), &sandbox.path("big")] {
        let run = sandbox.rrm(["rm".as_ref(), operand.as_os_str()]);
        run.fails(1).err_contains("it is a trash directory, holds one, or is in one");
        assert!(is_there(operand));
    }
    assert_eq!(listed(&sandbox), ["t"]);
    sandbox.rrm(["rm".as_ref(), other.as_os_str()]).ok().silent();
}

// [17] A name that looks like an option is taken for one, as every program does, with the way out named.
#[test]
fn names_shaped_like_options_are_reached_as_with_rm() {
    let sandbox = Sandbox::ordinary();
    for name in ["-rf", "--trash-dir=x", "-v", "kept"] {
        sandbox.file(name, name);
    }
    sandbox.rrm(["rm", "./-rf"]).ok().silent();
    sandbox.rrm(["rm", "--", "--trash-dir=x", "-v"]).ok().silent();
    assert_eq!(listed(&sandbox), ["--trash-dir=x", "-rf", "-v"]);
    assert!(!is_there(&sandbox.path("x")));
    sandbox.file("-x", "");
    sandbox.rrm(["rm", "-x"]).fails(2).err_contains("-x");
    sandbox.rrm(["restore", "--", "-rf", "--trash-dir=x"]).ok();
    assert!(is_there(&sandbox.path("-rf")));
}

// [17] Words of our own grammar are only ever operands where operands belong.
#[test]
fn files_named_like_commands_are_only_operands() {
    let sandbox = Sandbox::new();
    let names = ["list", "restore", "clean", "undo", "rm", "45", "help", "abcd"];
    for name in names {
        sandbox.file(name, name);
    }
    sandbox.rrm(["rm"].iter().chain(&names)).ok().silent();
    assert_eq!(listed(&sandbox).len(), names.len());
    sandbox.rrm(["restore"].iter().chain(&names)).ok();
    for name in names {
        assert_eq!(fs::read_to_string(sandbox.path(name)).unwrap(), name);
    }
}

/// Names that break a log, a format, a shell or a terminal.
const HOSTILE: [&[u8]; 14] = [
    b"with space",
    b"new\nline",
    b"tab\tbed",
    b"esc\x1b[2J\x1b]0;title\x07",
    b"per%20cent%s%n",
    b"plus+plus",
    b"qu'ote\"d`",
    b"$HOME",
    b"\xe2\x80\xaegpj.exe",
    b"inv\xff\xfealid",
    b"back\\slash\\n",
    b"*?[a-z]{b,c}",
    b" ",
    b"\xe6\x97\xa5\xe6\x9c\xac",
];

// [18] Any bytes in a name survive every command and every form of output.
#[test]
fn names_of_any_bytes_are_removed_listed_and_restored() {
    let sandbox = Sandbox::new();
    for name in HOSTILE {
        let path = sandbox.file(OsStr::from_bytes(name), name);
        sandbox.rrm(["rm".as_ref(), path.as_os_str()]).ok().silent();
        assert!(!is_there(&path));
    }
    for form in ["table", "plain", "json"] {
        let run = sandbox.rrm(["list", "--format", form]);
        let header = usize::from(form == "table");
        assert_eq!(run.ok().stdout().lines().count(), HOSTILE.len() + header, "one line each: {run}");
        assert!(String::from_utf8(run.stdout.clone()).is_ok(), "text: {run}");
        assert!(!run.stdout.contains(&0x1b), "no escape reaches the reader: {run}");
    }
    for name in HOSTILE {
        let path = sandbox.path(OsStr::from_bytes(name));
        let word = [b"path:", path.as_os_str().as_bytes()].concat();
        sandbox.rrm([OsStr::new("restore"), OsStr::from_bytes(&word)]).ok().silent();
        assert_eq!(fs::read(&path).unwrap(), name);
    }
}

// [18] Each machine form tells the very bytes.
#[test]
fn json_and_null_lose_no_byte_of_a_name() {
    let sandbox = Sandbox::new();
    for name in HOSTILE {
        sandbox.file(OsStr::from_bytes(name), "");
    }
    let words = HOSTILE.iter().map(|name| OsStr::from_bytes(name));
    sandbox.rrm([OsStr::new("rm")].into_iter().chain(words)).ok();

    let run = sandbox.rrm(["list", "--format", "null"]);
    let mut names: Vec<&[u8]> = run.ok().stdout.split(|byte| *byte == 0).filter(|record| !record.is_empty()).collect();
    let last = |record: &mut &[u8]| *record = record.rsplitn(2, |byte| *byte == b'/').next().unwrap();
    names.iter_mut().for_each(last);
    names.sort_unstable();
    let mut expected = HOSTILE.to_vec();
    expected.sort_unstable();
    assert_eq!(names, expected);

    for item in sandbox.list_json() {
        let bytes = match item["original_path_bytes"].as_str() {
            Some(encoded) => rrm::text::percent_decoded(encoded.as_bytes()).unwrap(),
            None => item["original_path"].as_str().unwrap().as_bytes().to_vec(),
        };
        let name = bytes.rsplitn(2, |byte| *byte == b'/').next().unwrap();
        assert!(HOSTILE.contains(&name), "{item}");
    }
}

// [18] A message about such a name is one line that no terminal obeys.
#[test]
fn messages_escape_what_a_terminal_would_obey() {
    let sandbox = Sandbox::new();
    for command in ["rm", "restore"] {
        let run = sandbox.rrm([OsStr::new(command), OsStr::from_bytes(b"no\x1b[2J\nsuch\xff")]);
        run.fails(1);
        assert!(!run.stderr.contains(&0x1b) && !run.stderr().contains("2J\nsuch"), "{run}");
    }
}

// A removal acts on the directories that were named, through their links, and never on the last component's target.
#[test]
fn a_path_through_a_link_takes_the_thing_it_leads_to_under_its_real_path() {
    let sandbox = Sandbox::new();
    sandbox.tree("real", &[("file", "1")]);
    sandbox.symlink("link", "real");
    sandbox.rrm(["rm", "link/file"]).ok();
    assert_eq!(listed(&sandbox), ["real/file"]);
    sandbox.rrm(["restore", "link/file"]).ok();
    assert!(is_there(&sandbox.path("real/file")));
    assert_eq!(sandbox.user(), User::Caller);
}
