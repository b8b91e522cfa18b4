//! A disk that is full: removing works just when people remove.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;

use crate::common::{Format, Mount, Sandbox};

/// As many names as the trash directory's own block has room for.
const FILES: usize = 15;

/// Writes until nothing fits, not even a byte.
fn fill(sandbox: &Sandbox, at: &Path) {
    let fill = format!("for i in 1 2 3 4 5 6 7 8; do head -c 1G /dev/zero > {}/fill$i; done", at.display());
    sandbox.tool("sh", ["-c", &format!("({fill}) 2> /dev/null; true")]).run().ok();
}

/// Where ext4 has room in the inode for a short path, it needs no block.
#[test]
fn a_short_path_fits_where_no_block_is_left() {
    in_mount_namespace!();
    let sandbox = Sandbox::ordinary();
    let at = sandbox.path("d");
    let mount = or_skip!(Mount::image(Format::Ext4, 16, &at)).owned_by(sandbox.user());
    let here = mount.path();
    let trash = here.join("t");
    let rrm = |words: &[&str]| sandbox.command(words).within(here).with("RRM_TRASH_DIR", &trash).run();
    for number in 0..=FILES {
        let path = here.join(format!("f{number}"));
        File::create(&path).unwrap().write_all(b"x").unwrap();
        sandbox.give(&path);
    }
    rrm(&["rm", "f0"]).ok();
    fill(&sandbox, here);
    for number in 1..=FILES {
        rrm(&["rm", &format!("f{number}")]).ok();
    }
    let listed = rrm(&["list", "--format", "json"]).ok().stdout();
    let items: Vec<serde_json::Value> =
        listed.lines().map(|line| serde_json::from_str(line).expect("an object")).collect();
    let ours: Vec<_> = items.iter().filter(|item| item["trash_dir"] == trash.to_str().unwrap()).collect();
    assert_eq!(ours.len(), FILES + 1);
    for item in ours {
        assert_eq!(item["state"], "trashed", "{item}");
        assert!(item["deletion_date"].is_string(), "the configured grace period counts: {item}");
    }
    rrm(&["undo"]).ok();
    assert!(here.join(format!("f{FILES}")).exists());
}
