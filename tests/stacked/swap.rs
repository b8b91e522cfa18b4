//! An exchange that cannot come to its end is not begun.

use super::{Kind, users};
use crate::common::say_skipped;

#[test]
fn what_is_in_the_way_stays_until_the_copy_is_agreed_to() {
    in_mount_namespace!();
    for user in users() {
        let served = match Kind::ExfatFuse.serve(user) {
            Ok(served) => served,
            Err(missing) => {
                say_skipped(&missing);
                continue;
            }
        };
        served.sandbox.file("thing", "old");
        served.sandbox.chmod("thing", 0o600);
        served.sandbox.rrm(["rm", "thing"]).ok().silent();
        served.script(&served.dir(), "printf new > thing", &[]);
        let swap = || served.sandbox.command(["restore", "thing", "--conflict", "swap", "--to"]).args([served.dir()]);
        let content = || std::fs::read_to_string(served.dir().join("thing")).ok();
        swap().run().fails(1).err_contains("cannot keep the permissions");
        assert_eq!(content().as_deref(), Some("new"), "it stays in its place");
        assert_eq!(served.sandbox.list_json().len(), 1);
        swap().args(["--yes"]).run().ok();
        assert_eq!(content().as_deref(), Some("old"));
        assert_eq!(served.sandbox.list_json().len(), 1, "what was there is in the trash");
    }
}
