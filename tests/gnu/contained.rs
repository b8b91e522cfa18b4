//! A place where nothing of the machine's can be removed.
//!
//! The command lines include `rm -rf /`. Our own `rm` refuses that; a test of it, or a broken one that somebody tries
//! out, must not stake the machine on it. So each test runs again in a mount namespace of its own, where every mount is
//! read-only but one: a file system in memory at [`ARENA`].

use std::fs;
use std::process::Command;

use crate::common::skip::pass_on;
use crate::common::{Missing, say_skipped};

/// Where the tests work.
pub(super) const ARENA: &str = "/dev/shm";

/// The set variable tells a test that it is meant to run contained; whether it does, it looks for itself.
const CONTAINED: &str = "RRM_TEST_CONTAINED";

/// The words `unshare` gets, and what is run in the new namespace. A mount keeps its own options, which an ordinary user
/// may not take away, and loses only `rw`.
const SCRIPT: &str = r#"
mount --make-rprivate / &&
mount -t tmpfs -o mode=1777 tmpfs /dev/shm &&
while read -r _ _ _ _ point options _; do
  case $point in
    /dev/shm | /proc | /proc/*) ;; # /proc holds nothing that could be removed, and maps users
    *) mount -o "remount,bind,ro,${options#*,}" "$(printf %b "$point")" 2>/dev/null ;;
  esac
done < /proc/self/mountinfo
"#;

/// At the head of a test: runs the rest contained.
macro_rules! contained {
    () => {
        if !$crate::gnu::contained::is_contained() {
            // A closure's type carries the path of the test that it stands in.
            $crate::gnu::contained::run_again(std::any::type_name_of_val(&|| ()));
            return;
        }
    };
}

pub(super) fn is_contained() -> bool {
    std::env::var_os(CONTAINED).is_some() && writable_mounts().iter().all(|point| point == ARENA)
}

/// Mount points at which anything of worth could be removed.
fn writable_mounts() -> Vec<String> {
    let table = fs::read_to_string("/proc/self/mountinfo").expect("the mount table");
    let mount = |line: &str| {
        let fields: Vec<&str> = line.split(' ').collect();
        let kind = line.split(" - ").nth(1).and_then(|rest| rest.split(' ').next());
        let holds_files = !matches!(kind, Some("proc" | "sysfs" | "devpts" | "cgroup" | "cgroup2" | "mqueue"));
        (holds_files && !fields[5].split(',').any(|option| option == "ro")).then(|| fields[4].to_owned())
    };
    table.lines().filter_map(mount).collect()
}

/// Runs one test of this binary again, contained; panics if it fails there, skips if it cannot be contained.
#[track_caller]
pub(super) fn run_again(closure: &str) {
    crate::common::settle_in();
    if std::env::var_os(CONTAINED).is_some() {
        return say_skipped(&Missing::new("mounts that can be read-only", format!("{:?} cannot", writable_mounts())));
    }
    let test = closure.split_once("::").map_or(closure, |(_, path)| path).trim_end_matches("::{{closure}}");
    let (uid, gid) = (rustix::process::geteuid().as_raw(), rustix::process::getegid().as_raw());
    // An ordinary user is root only to mount, and an ordinary user again for the test.
    let (namespaces, back) = match uid {
        0 => (["--mount", "--propagation=private"].as_slice(), String::new()),
        _ => (["-Urm"].as_slice(), format!("unshare --user --map-user={uid} --map-group={gid}")),
    };
    let output = Command::new("unshare")
        .args(namespaces)
        .args(["sh", "-c", &format!("{SCRIPT}\nexec {back} \"$@\""), "sh"])
        .arg(std::env::current_exe().expect("the test binary has a path"))
        .args(["--exact", test, "--nocapture"])
        .env(CONTAINED, "1")
        .output();
    let output = match output {
        Ok(output) => output,
        Err(error) => return say_skipped(&Missing::new("unshare", error.to_string())),
    };
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if err.starts_with("unshare:") {
        return say_skipped(&Missing::new("a mount namespace", err));
    }
    pass_on(&err);
    // A name that matches no test is a success to the runner, but not to us.
    assert!(out.contains("test result: ok. 1 passed"), "{test}, contained:\n{out}\n{err}");
}
