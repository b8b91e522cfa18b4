//! Trash directories that cannot be used, and registrations of others.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use super::{ID, clean, doctor, findings, found, left_alone, repaired, with_trash};
use crate::common::{Mount, Sandbox, is_root};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("it is there").permissions().mode() & 0o7777
}

/// One command mends the mode, and what only shows once it is mended.
#[test]
fn a_trash_open_to_others_is_closed_and_then_looked_into() {
    let sandbox = Sandbox::ordinary();
    let trash = with_trash(&sandbox);
    let envelope = sandbox.dir(trash.join(ID));
    sandbox.tool("touch", ["-d", "2 hours ago", envelope.to_str().expect("text")]).run().ok();
    sandbox.chmod(&trash, 0o755);
    sandbox.rrm(["list"]).fails(1).err_contains("others may use it");
    found(&sandbox, &[], "error", "wrong-mode", &trash);
    repaired(&sandbox, &[]);
    assert_eq!((mode(&trash), envelope.exists()), (0o700, false));
    sandbox.chmod(&trash, 0o500);
    found(&sandbox, &[], "error", "wrong-mode", &trash);
    repaired(&sandbox, &[]);
}

#[test]
fn a_trash_that_is_a_link_or_somebody_elses_is_left_to_a_person() {
    let sandbox = Sandbox::ordinary();
    let trash = with_trash(&sandbox);
    let real = sandbox.home().join("real");
    fs::rename(&trash, &real).expect("moved");
    symlink(&real, &trash).expect("a link");
    found(&sandbox, &[], "error", "unsafe-trash", &trash);
    left_alone(&sandbox, &[]);
    fs::remove_file(&trash).expect("ours");
    fs::rename(&real, &trash).expect("moved back");
    clean(&sandbox, &[]);
    if !is_root() {
        skip!("root", "to give a directory away");
    }
    sandbox.chown(&trash, 0);
    found(&sandbox, &[], "error", "unsafe-trash", &trash);
    left_alone(&sandbox, &[]);
}

#[test]
fn rrms_own_directories_have_to_be_usable() {
    let sandbox = Sandbox::ordinary();
    let trash = with_trash(&sandbox);
    let doomed = sandbox.chmod(trash.join(".doomed"), 0o500);
    found(&sandbox, &[], "error", "unusable-directory", &doomed);
    repaired(&sandbox, &[]);
    let staging = sandbox.file(trash.join(".staging"), "mine");
    let all = findings(&sandbox, &["--repair"], 1);
    assert_eq!(all[0]["finding"], "unusable-directory", "{all:?}");
    assert_eq!(fs::read_to_string(&staging).expect("it stays"), "mine");
    fs::remove_file(staging).expect("ours");
    clean(&sandbox, &[]);
}

#[test]
fn a_file_system_without_attributes_is_only_a_note() {
    in_mount_namespace!();
    let sandbox = Sandbox::ordinary();
    let _disk = or_skip!(Mount::ramfs(&sandbox.path("disk"))).owned_by(sandbox.user());
    let trash = sandbox.path("disk/trash");
    let words = ["--trash-dir", trash.to_str().expect("text")];
    sandbox.file("disk/a", "a");
    sandbox.rrm(["rm", words[0], words[1], "disk/a"]).ok();
    found(&sandbox, &words, "note", "no-attributes", &trash);
    doctor(&sandbox, &[&["--repair"][..], &words].concat()).run().ok();
}

/// The registration of the trash on the mount `stick`, and that trash.
fn with_stick(sandbox: &Sandbox) -> (std::path::PathBuf, std::path::PathBuf) {
    with_trash(sandbox);
    sandbox.file("stick/a", "a");
    sandbox.rrm(["rm", "stick/a"]).ok();
    let volumes = sandbox.trash().join("volumes");
    let link = fs::read_dir(volumes).expect("registrations").next().expect("one").expect("an entry").path();
    let trash = fs::read_link(&link).expect("a link");
    assert!(trash.starts_with(sandbox.path("stick")));
    (link, trash)
}

/// A medium in a drawer is nothing to be mended, and its registration is what finds it again.
#[test]
fn a_volume_that_is_not_mounted_is_a_note_and_stays_registered() {
    in_mount_namespace!();
    let sandbox = Sandbox::ordinary();
    let stick = or_skip!(Mount::tmpfs("", &sandbox.path("stick"))).owned_by(sandbox.user());
    let (link, trash) = with_stick(&sandbox);
    clean(&sandbox, &[]);
    drop(stick);
    for gone in [false, true] {
        if gone {
            // As /run/media does it: the mount point goes with the medium.
            fs::remove_dir(sandbox.path("stick")).expect("it is empty");
        }
        found(&sandbox, &[], "note", "unreachable-trash", &trash);
        doctor(&sandbox, &["--repair"]).run().ok().out_contains("note: ");
        assert!(link.symlink_metadata().is_ok(), "it is still registered");
    }
}

#[test]
fn a_registration_is_dead_where_its_volume_is_there_without_a_trash() {
    in_mount_namespace!();
    let sandbox = Sandbox::ordinary();
    let _stick = or_skip!(Mount::tmpfs("", &sandbox.path("stick"))).owned_by(sandbox.user());
    let (link, trash) = with_stick(&sandbox);
    fs::remove_dir_all(&trash).expect("ours");
    found(&sandbox, &[], "warning", "dead-registration", &link);
    repaired(&sandbox, &[]);
    assert!(link.symlink_metadata().is_err());
}

#[test]
fn a_registration_that_says_nothing_new_or_leads_nowhere_is_dead() {
    in_mount_namespace!();
    let sandbox = Sandbox::ordinary();
    let _stick = or_skip!(Mount::tmpfs("", &sandbox.path("stick"))).owned_by(sandbox.user());
    let (link, trash) = with_stick(&sandbox);
    // The second in the order of names is the one too many.
    let twice = link.with_file_name("ffffffff-ffff-4fff-bfff-ffffffffffff");
    symlink(&trash, &twice).expect("a link");
    found(&sandbox, &[], "warning", "dead-registration", &twice);
    repaired(&sandbox, &[]);
    assert!(link.symlink_metadata().is_ok() && trash.exists());
    let relative = link.with_file_name(ID);
    symlink("../x/.rrm-0", &relative).expect("a link");
    found(&sandbox, &[], "warning", "dead-registration", &relative);
    repaired(&sandbox, &[]);
    assert_eq!(sandbox.list_json().len(), 2, "both items are listed");
}

/// Neither is entered: what is on another mount is another question.
#[test]
fn no_mount_is_crossed_on_the_way_down() {
    in_mount_namespace!();
    let sandbox = Sandbox::ordinary();
    with_trash(&sandbox);
    let top = sandbox.dir("top");
    let _other = or_skip!(Mount::tmpfs("", &top.join("other"))).owned_by(sandbox.user());
    let file = sandbox.file("top/other/file", "x");
    sandbox.set_attribute(&file, "user.rrm_session", "s");
    clean(&sandbox, &["top"]);
    found(&sandbox, &["top/other"], "warning", "stray-attributes", &file);
}
