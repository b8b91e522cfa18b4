//! In user namespaces, as containers without root have them: of whom something is, and what can be done about it.

use super::{is_there, listed};
use crate::common::{Run, Sandbox, User, is_root};

/// Runs a script of root's in a mount namespace. `$RRM` is the program, and `as_user` runs words as nobody.
fn as_root_of_a_machine(sandbox: &Sandbox, script: &str) -> Run {
    let prelude = r#"
        set -eu
        as_user() { setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; }
    "#;
    let words = ["-m", "--propagation", "private", "sh", "-c", &format!("{prelude}\n{script}")];
    let program = sandbox.command::<&str>([]).program().to_owned();
    sandbox.tool("unshare", words).by(User::Caller).with("RRM", program).run()
}

// [105] What belongs to the users of our containers cannot be deleted by us; the hint names who can, and that works.
#[test]
fn what_belongs_to_a_containers_users_is_deleted_in_their_namespace() {
    if !is_root() {
        skip!("root", "to have files of several users");
    }
    let sandbox = Sandbox::ordinary();
    sandbox.file("store/ours", "");
    sandbox.file("store/theirs/file", "");
    sandbox.chown("store/theirs/file", 100_999);
    sandbox.chown("store/theirs", 100_999);
    sandbox.chmod("store/theirs", 0o700);
    sandbox.rrm(["rm", "-rf", "store"]).ok().silent();
    let script = r#"
        [ -e /etc/subuid ] || { echo no subuid; exit 0; }
        echo nobody:100000:65536 >subuid; mount --bind subuid /etc/subuid
        as_user "$RRM" clean --yes store || echo failed
        as_user "$RRM" list
        id=$(as_user "$RRM" list --format plain | cut -c -8)
        setpriv --reuid=65534 --regid=65534 --clear-groups unshare -U sleep 1000 & inside=$!
        trap 'kill $inside' EXIT
        while [ "$(readlink /proc/$inside/ns/user)" = "$(readlink /proc/self/ns/user)" ]; do sleep 0.01; done
        for map in uid_map gid_map; do printf '0 65534 1\n1 100000 65536\n' >/proc/$inside/$map; done
        nsenter -t $inside -U -S 0 -G 0 "$RRM" clean --yes "$id"
    "#;
    let run = as_root_of_a_machine(&sandbox, script);
    if run.stdout().contains("no subuid") {
        skip!("subuid", "there is no /etc/subuid");
    }
    run.ok().out_contains("failed").out_contains("/store");
    run.err_contains("/theirs': Permission denied");
    run.err_contains("hint: it belongs to a user of your containers; podman unshare rrm clean ID deletes it");
    assert_eq!(listed(&sandbox), [""; 0], "{run}");
}

// [106] The trash of the machine's root, as a container's root sees it: somebody else's, and no concern of any command.
#[test]
fn the_trash_of_the_machines_root_is_no_concern_of_a_containers() {
    if !is_root() {
        skip!("root", "to have a trash of root's");
    }
    let sandbox = Sandbox::ordinary();
    let roots = sandbox.dir(sandbox.root().join(".rrm-0"));
    sandbox.chown(&roots, 0);
    sandbox.chmod(&roots, 0o700);
    sandbox.file("f", "");
    let script = r#"
        as_user unshare --user --map-root-user true || { echo no namespaces; exit 0; }
        inside() { as_user unshare --user --map-root-user "$RRM" "$@"; }
        for command in 'rm f' list undo clean 'rm f'; do inside $command; done
        inside doctor
    "#;
    let run = as_root_of_a_machine(&sandbox, script);
    if run.stdout().contains("no namespaces") {
        skip!("user namespaces", "nobody may make one");
    }
    run.ok().out_contains("note: ").out_contains("/.rrm-0': it belongs to user 65534");
    assert!(!run.stdout().contains("mv "), "nobody could: {run}");
    assert_eq!(run.stderr(), "", "{run}");
    assert!(!is_there(&sandbox.path("f")));
}
