//! A trash for each mount: made where things are, found again without being told, and trusted only where it is ours.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::path::{Path, PathBuf};

use super::{id_of, is_there, listed};
use crate::common::{Format, Mount, Sandbox, User, is_root, say_skipped, snapshot};

/// The name of the sandbox user's trash on a volume.
fn trash_name(sandbox: &Sandbox) -> String {
    format!(".rrm-{}", sandbox.user().ids().0)
}

/// Removes, lists, restores, undoes and cleans on a volume, all from elsewhere and without saying where it is.
#[track_caller]
fn serves(sandbox: &Sandbox, volume: &Path, trash: &Path) {
    let at = |name: &str| volume.join(name);
    sandbox.tree(at("tree"), &[("a", "1"), ("below/b", "2")]);
    sandbox.symlink(at("link"), "nowhere");
    for name in ["file", "undone", "due"] {
        sandbox.file(at(name), name);
    }
    let before = snapshot(at("tree"));
    let inode = fs::metadata(at("tree/below/b")).unwrap().ino();
    let rrm = |arguments: &[&str], path: &Path| {
        sandbox.rrm(arguments.iter().map(AsRef::as_ref).chain([path.as_os_str()])).ok();
    };
    for name in ["tree", "link", "file"] {
        rrm(&["rm"], &at(name));
    }
    rrm(&["rm", "-g", "0"], &at("due"));
    rrm(&["rm"], &at("undone"));
    assert!(is_there(trash), "the trash is at {}", trash.display());
    let data = fs::symlink_metadata(trash).unwrap();
    // Below a directory with the set-group-id bit every directory has it.
    assert_eq!((data.mode() & 0o5777, data.uid()), (0o700, sandbox.user().ids().0));
    let mut origins: Vec<PathBuf> =
        sandbox.list_json().iter().map(|item| PathBuf::from(item["original_path"].as_str().unwrap())).collect();
    origins.sort();
    assert_eq!(origins, ["due", "file", "link", "tree", "undone"].map(at));

    sandbox.rrm(["undo"]).ok();
    assert_eq!(fs::read_to_string(at("undone")).unwrap(), "undone");
    rrm(&["restore"], &at("tree"));
    before.assert_is_at(at("tree"));
    assert_eq!(fs::metadata(at("tree/below/b")).unwrap().ino(), inode, "moved and not copied");
    sandbox.rrm(["clean"]).ok();
    rrm(&["clean", "--yes"], &at("file"));
    rrm(&["restore"], &at("link"));
    assert_eq!(sandbox.list_json().len(), 0);
}

// [35] Whatever rm accepted on a mount, every other command finds.
#[test]
fn each_kind_of_mount_has_a_trash_that_is_found_again() {
    in_mount_namespace!();
    for format in [None, Some(Format::Ext4), Some(Format::Xfs), Some(Format::Btrfs)] {
        let sandbox = Sandbox::ordinary();
        let at = sandbox.path("disk");
        let mount = match format {
            None => Mount::tmpfs("", &at),
            Some(format) => Mount::image(format, 16, &at),
        };
        match mount {
            Ok(mount) => {
                let mount = mount.owned_by(User::Nobody);
                serves(&sandbox, mount.path(), &mount.path().join(trash_name(&sandbox)));
            }
            Err(why) => say_skipped(&why),
        }
    }
}

// [35] A rename does not cross a bind mount though the device is the same: it has a trash of its own.
#[test]
fn a_bind_mount_has_a_trash_of_its_own() {
    in_mount_namespace!();
    let sandbox = Sandbox::ordinary();
    let data = sandbox.dir("data");
    let bind = Mount::bind(&data, &sandbox.path("bound")).unwrap();
    serves(&sandbox, bind.path(), &data.join(trash_name(&sandbox)));
}

// [51] The bind mount is gone, and the directory is there still, with the trash in it: also behind another mount.
#[test]
fn a_trash_made_through_a_bind_mount_is_found_without_it() {
    in_mount_namespace!();
    let sandbox = Sandbox::ordinary();
    let data = sandbox.tree("data", &[("d/f", "content"), ("d/g", "")]);
    let bind = Mount::bind(&data.join("d"), &sandbox.path("bound")).unwrap();
    let before = snapshot(data.join("d/f"));
    sandbox.rrm(["rm", "bound/f"]).ok();
    assert_eq!(listed(&sandbox), ["bound/f"]);
    drop(bind);
    let run = sandbox.rrm(["list"]);
    run.ok().out_contains("data/d/f");
    assert_eq!(run.stderr(), "", "nothing is missing");
    let other = Mount::bind(&sandbox.dir("other"), &sandbox.path("bound")).unwrap();
    assert_eq!(listed(&sandbox), ["data/d/f"]);
    let run = sandbox.rrm(["doctor", "--repair"]);
    assert!(!run.stdout().contains("registration"), "{run}");
    drop(other);
    // By any mount that shows it.
    let _wider = Mount::bind(&data, &sandbox.path("wider")).unwrap();
    sandbox.rrm(["undo"]).ok();
    before.assert_is_at(data.join("d/f"));
    assert_eq!(listed(&sandbox), [""; 0]);
}

// [78] A directory that two mounts show has one inode; yet nothing is renamed from one of them to the other.
#[test]
fn each_mount_of_a_directory_is_served_through_itself() {
    in_mount_namespace!();
    let sandbox = Sandbox::ordinary();
    let data = sandbox.tree("data", &[("f", ""), ("g", "")]);
    let _one = Mount::bind(&data, &sandbox.path("one")).unwrap();
    let _two = Mount::bind(&data, &sandbox.path("two")).unwrap();
    sandbox.rrm(["rm", "one/f", "two/g"]).ok().silent();
    let trashes: Vec<_> = sandbox.list_json().iter().map(|item| item["trash_dir"].clone()).collect();
    assert!(trashes.iter().all(|trash| *trash != *sandbox.trash().to_string_lossy()), "copied home: {trashes:?}");
}

// [35] A btrfs subvolume is no mount, and a rename does not leave it all the same.
#[test]
fn a_btrfs_subvolume_has_a_trash_of_its_own() {
    in_mount_namespace!();
    let sandbox = Sandbox::ordinary();
    let mount = or_skip!(Mount::image(Format::Btrfs, 128, &sandbox.path("disk"))).owned_by(User::Nobody);
    let subvolume = mount.path().join("deep/sub");
    sandbox.dir(mount.path().join("deep"));
    sandbox.tool("btrfs", ["subvolume", "create", "disk/deep/sub"]).by(User::Caller).run().ok();
    sandbox.give(&subvolume);
    serves(&sandbox, &subvolume, &subvolume.join(trash_name(&sandbox)));
    let trash = mount.path().join(trash_name(&sandbox));
    serves(&sandbox, mount.path(), &trash);
}

// [35] On an overlay a file of the lower layer moves, and so does whatever was made above.
#[test]
fn an_overlay_has_a_trash_that_is_found_again() {
    in_mount_namespace!();
    let sandbox = Sandbox::ordinary();
    sandbox.tree("lower", &[("low", "low")]);
    let (upper, work) = (sandbox.dir("upper"), sandbox.dir("overlay-work"));
    let overlay = or_skip!(Mount::overlay(&sandbox.path("lower"), &upper, &work, &sandbox.path("over")));
    serves(&sandbox, overlay.path(), &overlay.path().join(trash_name(&sandbox)));
    let low = overlay.path().join("low");
    sandbox.rrm(["rm".as_ref(), low.as_os_str()]).ok().silent();
    assert!(!is_there(&low) && is_there(&sandbox.path("lower/low")));
    assert_eq!(listed(&sandbox), ["over/low"]);
    sandbox.rrm(["restore".as_ref(), low.as_os_str()]).ok();
    assert_eq!(fs::read_to_string(low).unwrap(), "low");
}

/// A volume whose root is not the user's, with a directory of theirs in it.
fn foreign_volume(sandbox: &Sandbox) -> Mount {
    let mount = Mount::tmpfs("mode=755", &sandbox.path("disk")).unwrap();
    sandbox.dir(mount.path().join("srv/mine"));
    if is_root() {
        sandbox.chown(mount.path().join("srv"), 0);
    }
    mount
}

// [35] Where the root of the mount is not ours, the trash is in the highest directory that is, and known all the same.
#[test]
fn a_trash_below_the_root_of_a_mount_is_found_again() {
    in_mount_namespace!();
    if !is_root() {
        skip!("root", "to make a mount of somebody else");
    }
    let sandbox = Sandbox::ordinary();
    let mount = foreign_volume(&sandbox);
    let mine = mount.path().join("srv/mine");
    serves(&sandbox, &mine, &mine.join(trash_name(&sandbox)));
}

// A volume whose upper directories are root's and a group's, as /srv is: the trash is up there, not among the user's work,
// where a build directory could not be removed any more for the trash in it.
#[test]
fn a_groups_directory_of_root_takes_its_members_trash() {
    in_mount_namespace!();
    if !is_root() {
        skip!("root", "to make a directory that somebody else may write to");
    }
    let sandbox = Sandbox::ordinary();
    let mount = Mount::tmpfs("mode=2775", &sandbox.path("disk")).unwrap();
    chown(mount.path(), Some(0), Some(sandbox.user().ids().1)).unwrap();
    fs::set_permissions(mount.path(), fs::Permissions::from_mode(0o2775)).unwrap();
    let build = sandbox.dir(mount.path().join("build"));
    serves(&sandbox, &build, &mount.path().join(trash_name(&sandbox)));
    sandbox.file(build.join("a"), "");
    sandbox.rrm(["rm", "disk/build/a"]).ok().silent();
    sandbox.rrm(["rm", "disk/build"]).ok().silent();
    assert_eq!(listed(&sandbox), ["disk/build", "disk/build/a"]);
}

// Another user's directory that is not sticky takes nobody else's trash, whoever may write to it.
#[test]
fn a_directory_of_another_user_holds_no_trash() {
    in_mount_namespace!();
    if !is_root() {
        skip!("root", "to make a directory of somebody else");
    }
    let sandbox = Sandbox::ordinary();
    let mount = Mount::tmpfs("mode=755", &sandbox.path("disk")).unwrap();
    chown(mount.path(), Some(1), Some(sandbox.user().ids().1)).unwrap();
    fs::set_permissions(mount.path(), fs::Permissions::from_mode(0o2775)).unwrap();
    let build = sandbox.dir(mount.path().join("build"));
    serves(&sandbox, &build, &build.join(trash_name(&sandbox)));
}

// [16] What a bind mount showed as its root has the trash of that mount in it, by whatever path it is removed.
#[test]
fn a_directory_with_a_trash_in_it_is_refused_by_any_path() {
    in_mount_namespace!();
    let sandbox = Sandbox::ordinary();
    let project = sandbox.tree("project", &[("src/file", "content"), ("src/kept", "")]);
    let bind = Mount::bind(&project, &sandbox.path("container")).unwrap();
    sandbox.rrm(["rm", "container/src/file"]).ok().silent();
    drop(bind);
    assert!(is_there(&project.join(trash_name(&sandbox))));
    let run = sandbox.rrm(["rm", "project"]);
    run.fails(1).err_contains("it holds the trash directory").err_contains("with 1 item");
    assert!(is_there(&project.join("src/kept")));
    sandbox.rrm(["rm", "project/src"]).ok().silent();
    let _again = Mount::bind(&project, &sandbox.path("container")).unwrap();
    assert_eq!(listed(&sandbox), ["container/src/file", "project/src"]);
}

// A sticky root, as of /tmp, takes everybody's trash.
#[test]
fn a_sticky_mount_takes_everybodys_trash() {
    in_mount_namespace!();
    let sandbox = Sandbox::ordinary();
    let mount = Mount::tmpfs("mode=1777", &sandbox.path("disk")).unwrap();
    serves(&sandbox, mount.path(), &mount.path().join(trash_name(&sandbox)));
}

// A drive mounted elsewhere has its things restored there: its records are relative.
#[test]
fn a_drive_mounted_elsewhere_is_restored_to_where_it_is_now() {
    in_mount_namespace!();
    let sandbox = Sandbox::ordinary();
    let drive = sandbox.dir("drive");
    let first = Mount::bind(&drive, &sandbox.path("first")).unwrap();
    sandbox.file(first.path().join("d/file"), "content");
    sandbox.rrm(["rm", "first/d/file"]).ok();
    drop(first);
    let second = Mount::bind(&drive, &sandbox.path("second")).unwrap();
    assert!(sandbox.rrm(["list", "--format=plain"]).stdout().contains("/second/d/file\n"));
    sandbox.rrm(["restore", "second/d/file"]).ok();
    assert_eq!(fs::read_to_string(second.path().join("d/file")).unwrap(), "content");
}

// [37] A volume that is not mounted is named once, hides nothing, fails nothing, and comes back with its mount.
#[test]
fn a_volume_that_is_not_mounted_is_named_and_hides_nothing() {
    in_mount_namespace!();
    let sandbox = Sandbox::ordinary();
    // What is on it is out of sight without that mount.
    let outside = tempfile::tempdir().unwrap();
    let drive = Mount::tmpfs("", outside.path()).unwrap().owned_by(User::Nobody);
    let at = sandbox.path("disk");
    let mount = Mount::bind(drive.path(), &at).unwrap();
    sandbox.file(at.join("away"), "");
    sandbox.file("here", "");
    sandbox.rrm(["rm", "disk/away", "here"]).ok();
    drop(mount);
    let named = at.join(trash_name(&sandbox)).display().to_string();
    let run = sandbox.rrm(["list", "--format=plain"]);
    run.ok().out_contains("/here\n").err_contains(&named).err_contains("mounted");
    assert_eq!(run.stderr().matches(&named).count(), 1, "{run}");
    sandbox.rrm(["restore", "disk/away"]).fails(1).err_contains(&named);
    sandbox.rrm(["restore", "here"]).ok();
    sandbox.rrm(["clean"]).ok();
    let mount = Mount::bind(drive.path(), &at).unwrap();
    assert_eq!(listed(&sandbox), ["disk/away"]);
    drop(mount);
}

// [38] On a volume too, a trash that others made or may enter is not used, neither for writing nor for reading.
#[test]
fn a_trash_on_a_volume_that_is_not_ours_alone_is_refused() {
    in_mount_namespace!();
    let kinds: &[&str] = if is_root() { &["link", "open", "file", "theirs"] } else { &["link", "open", "file"] };
    for kind in kinds {
        let sandbox = Sandbox::ordinary();
        let mount = Mount::tmpfs("mode=1777", &sandbox.path("disk")).unwrap();
        let trash = mount.path().join(trash_name(&sandbox));
        let elsewhere = sandbox.tree("elsewhere", &[("kept", "1")]);
        sandbox.chmod("elsewhere", 0o700);
        match *kind {
            "link" => drop(sandbox.symlink(&trash, &elsewhere)),
            "file" => drop(sandbox.file(&trash, "")),
            "open" => drop((sandbox.dir(&trash), sandbox.chmod(&trash, 0o755))),
            _ => drop((sandbox.dir(&trash), sandbox.chmod(&trash, 0o700), sandbox.chown(&trash, 1234))),
        }
        let planted = trash.join("00000001-0000-4000-8000-000000000000");
        if *kind != "file" {
            fs::write(&planted, "planted").unwrap();
            xattr::set(&planted, "user.original_path", b"victim").unwrap();
            xattr::set(&planted, "user.deletion_date", b"2001-01-01T00:00:00Z").unwrap();
        }
        let before = snapshot(&trash);
        sandbox.file("disk/sub/file", "content");
        let run = sandbox.rrm(["list"]);
        assert!(!run.stdout().contains("victim"), "{run}");
        // [43] What is somebody else's hides nothing of ours, and is a matter for doctor alone.
        let status = i32::from(*kind != "theirs");
        run.fails(status);
        if status != 0 {
            run.err_contains(&trash.display().to_string());
        }
        sandbox.rrm(["rm", "disk/sub/file"]).ok();
        sandbox.rrm(["clean"]).fails(status);
        sandbox.rrm(["restore", "disk/victim"]).fails(1);
        assert!(!is_there(&mount.path().join("victim")), "{kind}");
        before.assert_is_at(&trash);
    }
}

// [24] Records planted on a shared drive lead nowhere: absolute, climbing, and another owner's trash.
#[test]
fn records_planted_on_a_shared_drive_lead_nowhere() {
    in_mount_namespace!();
    let sandbox = Sandbox::ordinary();
    let mount = Mount::tmpfs("mode=1777", &sandbox.path("disk")).unwrap();
    let trash = sandbox.dir(mount.path().join(trash_name(&sandbox)));
    sandbox.chmod(&trash, 0o700);
    let victim = sandbox.path("victim");
    let absolute = victim.display().to_string();
    for (number, path) in [absolute.as_str(), "../victim", "a/../../victim", "/", ""].into_iter().enumerate() {
        let id = format!("0000000{number}-0000-4000-8000-000000000000");
        sandbox.file(trash.join(&id), "planted");
        sandbox.set_attribute(trash.join(&id), "user.original_path", path);
        sandbox.set_attribute(trash.join(&id), "user.deletion_date", "2099-01-01T00:00:00Z");
        sandbox.rrm(["restore", &id]).fails(1).err_contains("cannot be trusted");
        assert!(!is_there(&victim), "{path}");
    }
    sandbox.rrm(["list"]).ok().out_contains("(untrusted)");
}

// [37] A link in the home trash that leads to no trash of ours is neither followed nor fatal.
#[test]
fn a_stale_registration_hides_nothing() {
    let sandbox = Sandbox::ordinary();
    sandbox.file("file", "");
    sandbox.rrm(["rm", "file"]).ok();
    let volumes = sandbox.trash().join("volumes");
    sandbox.symlink(volumes.join("00000001-0000-4000-8000-000000000000"), "/nowhere/.rrm-1");
    sandbox.symlink(volumes.join("00000002-0000-4000-8000-000000000000"), "relative");
    sandbox.file(volumes.join("00000003-0000-4000-8000-000000000000"), "no link");
    sandbox.symlink(volumes.join("00000004-0000-4000-8000-000000000000"), "/etc/passwd/.rrm-1");
    let run = sandbox.rrm(["list"]);
    run.out_contains("/file").err_contains("/nowhere/.rrm-1");
    sandbox.rrm(["restore", &id_of_plain(&sandbox)]).fails(1).err_contains("/nowhere/.rrm-1");
    assert!(is_there(&sandbox.path("file")));
}

/// The ID of the first item, for where the list has something to complain of.
fn id_of_plain(sandbox: &Sandbox) -> String {
    sandbox.rrm(["list", "--format=plain"]).stdout().split('\t').next().unwrap().to_owned()
}

// What is on one mount is not offered to another: two volumes, one command, each its own trash, one batch.
#[test]
fn one_command_over_two_volumes_is_one_batch() {
    in_mount_namespace!();
    let sandbox = Sandbox::ordinary();
    let mount = Mount::tmpfs("", &sandbox.path("disk")).unwrap().owned_by(User::Nobody);
    sandbox.file("here", "");
    sandbox.file(mount.path().join("there"), "");
    sandbox.rrm(["rm", "disk/there", "here"]).ok();
    assert_eq!(listed(&sandbox), ["disk/there", "here"]);
    assert!(is_there(&mount.path().join(trash_name(&sandbox)).join(id_of(&sandbox, "disk/there"))));
    sandbox.rrm(["undo"]).ok();
    assert!(is_there(&mount.path().join("there")) && is_there(&sandbox.path("here")));
}
