//! Running a test again in a process of its own, where it has other rights or its own mounts.

use super::mounts::system;
use super::skip::{Missing, pass_on, say_skipped};
use super::user::is_root;

/// The set variable tells a test binary that it runs in a mount namespace of its own.
const NAMESPACE: &str = "RRM_TEST_NAMESPACE";

/// The set variable tells a test binary that its user has no privileges.
const POWERLESS: &str = "RRM_TEST_POWERLESS";

/// At the head of a test that mounts: the test is run again, by itself, in a mount namespace, and takes that run's
/// result. An ordinary user's becomes the root of a user namespace too.
macro_rules! in_mount_namespace {
    () => {
        if !$crate::common::again::has_private_mounts() {
            // A closure's type carries the path of the test that it stands in.
            $crate::common::again::in_namespace(std::any::type_name_of_val(&|| ()));
            return;
        }
    };
}

/// At the head of a test that is itself to be refused something: root, whom nothing is refused, runs it again without
/// privileges.
macro_rules! without_privileges {
    () => {
        if $crate::common::again::is_privileged() {
            $crate::common::again::powerless(std::any::type_name_of_val(&|| ()));
            return;
        }
    };
}

/// Whether what the tests mount is seen by nobody else.
pub(crate) fn has_private_mounts() -> bool {
    std::env::var_os(NAMESPACE).is_some()
}

pub(crate) fn is_privileged() -> bool {
    rustix::process::geteuid().is_root() && std::env::var_os(POWERLESS).is_none()
}

/// Runs a test in a mount namespace; skips it if there can be none.
#[track_caller]
pub(crate) fn in_namespace(closure: &str) {
    run(&["unshare", if is_root() { "-m" } else { "-Urm" }], NAMESPACE, closure);
}

/// Runs a test as the same user without capabilities.
#[track_caller]
pub(crate) fn powerless(closure: &str) {
    run(&["setpriv", "--bounding-set=-all", "--inh-caps=-all"], POWERLESS, closure);
}

/// Runs one test of this binary again, behind these words; panics if it fails there, skips if they fail.
#[track_caller]
fn run(words: &[&str], variable: &str, closure: &str) {
    super::settle_in();
    let tried = system(words[0]).args(&words[1..]).arg("true").output();
    let refused = tried.map(|output| (!output.status.success()).then(|| lossy(&output.stderr)));
    if let Some(why) = refused.unwrap_or_else(|error| Some(error.to_string())) {
        return say_skipped(&Missing::new(words.join(" "), why));
    }
    let test = closure.split_once("::").map_or(closure, |(_, path)| path).trim_end_matches("::{{closure}}");
    let output = system(words[0])
        .args(&words[1..])
        .arg(std::env::current_exe().expect("the test binary has a path"))
        .args(["--exact", test, "--nocapture", "--include-ignored"])
        .env(variable, "1")
        .output()
        .expect("it ran just now");
    let (out, err) = (lossy(&output.stdout), lossy(&output.stderr));
    // A name that matches no test is a success to the runner, but not to us.
    assert!(out.contains("test result: ok. 1 passed"), "{test} behind {}:\n{out}\n{err}", words.join(" "));
    pass_on(&err);
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
