//! `rrm stats`: sums of what is in the trash, from outside.

use std::fs;
use std::path::Path;

use chrono::{SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::common::{Format, Mount, Run, Sandbox, User, removed_at};

/// The volumes that are told, counting only what was below the working directory: other trashes of the tester's may be
/// found as well.
#[track_caller]
fn volumes(sandbox: &Sandbox) -> Vec<Value> {
    let run = sandbox.rrm(["stats", "--here", "--format", "json"]);
    let lines = run.ok().stdout.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| serde_json::from_slice(line).unwrap_or_else(|error| panic!("{error}: {run}"))).collect()
}

/// The same without what is on the disk, which each file system has in its own way.
#[track_caller]
fn volumes_by_content(sandbox: &Sandbox) -> Vec<Value> {
    let mut volumes = volumes(sandbox);
    let sums = volumes.iter_mut().flat_map(|volume| volume.as_object_mut().expect("an object").values_mut());
    for tally in sums.filter_map(Value::as_object_mut).flat_map(|sums| sums.values_mut()) {
        tally.as_object_mut().expect("a sum").remove("on_disk").expect("what it frees");
    }
    volumes
}

fn tally(items: u64, bytes: u64) -> Value {
    json!({ "items": items, "bytes": bytes, "unmeasured": 0 })
}

/// Removes a file of this size, as if it had been so many days ago, for so many days.
fn removed(sandbox: &Sandbox, name: &str, size: usize, age: i64, grace: i64) {
    sandbox.file(name, vec![b'x'; size]);
    let listed = sandbox.rrm(["rm", "--json", name]).ok().stdout();
    let item: Value = serde_json::from_str(&listed).expect("an object");
    let place = sandbox.trash().join(item["id"].as_str().expect("an ID is text"));
    let trashed = Utc::now() - TimeDelta::days(age) - TimeDelta::hours(1);
    let date = |days| (trashed + TimeDelta::days(days)).to_rfc3339_opts(SecondsFormat::Nanos, true);
    sandbox.set_attribute(&place, "user.deletion_date", date(grace));
    removed_at(&place, trashed);
}

#[test]
fn sums_are_by_age_by_kind_and_by_when_it_goes() {
    let sandbox = Sandbox::new();
    removed(&sandbox, "new", 10, 0, 30);
    removed(&sandbox, "week", 20, 5, 6);
    removed(&sandbox, "old", 40, 200, 20);
    removed(&sandbox, "kept", 80, 20, 1);
    sandbox.rrm(["keep", "kept"]).ok();
    sandbox.tree("d", &[("a", "1234"), ("b/c", "56")]);
    sandbox.symlink("link", "x");
    sandbox.rrm(["rm", "-g", "300d", "d", "link"]).ok();
    let told = volumes_by_content(&sandbox);
    let [volume] = &told[..] else { panic!("one volume holds them all: {told:?}") };
    assert_eq!((&volume["items"], &volume["bytes"], &volume["unmeasured"]), (&json!(6), &json!(157), &json!(0)));
    let ages = json!({ "day": tally(3, 17), "week": tally(1, 20), "month": tally(1, 80), "year": tally(1, 40),
        "older": tally(0, 0), "unknown": tally(0, 0) });
    assert_eq!(volume["by_age"], ages);
    assert_eq!(volume["by_kind"]["file"], tally(4, 150));
    assert_eq!(volume["by_kind"]["directory"], tally(1, 6));
    assert_eq!(volume["by_kind"]["symlink"], tally(1, 1));
    let due = json!({ "now": tally(1, 40), "day": tally(1, 20), "week": tally(0, 0), "month": tally(1, 10),
        "later": tally(2, 7), "kept": tally(1, 80), "never": tally(0, 0) });
    assert_eq!(volume["by_due"], due);
    let largest: Vec<_> = volume["largest"].as_array().expect("an array").iter().map(|item| &item["size"]).collect();
    assert_eq!(largest, [80, 40, 20, 10, 6]);
    assert_eq!(volume["trashes"], json!([{ "trash_dir": sandbox.trash() }]));
    let size = volume["volume_size"].as_u64().zip(volume["volume_available"].as_u64());
    assert!(size.is_none_or(|(size, available)| available <= size), "{volume}");
    assert!(sandbox.work().starts_with(volume["mount_point"].as_str().expect("it is mounted")));
}

#[test]
fn the_bars_fit_eighty_columns_and_the_locale() {
    let sandbox = Sandbox::new();
    removed(&sandbox, "large", 30_000, 0, 30);
    removed(&sandbox, "small", 1, 40, 50);
    let stats = |locale: &str| sandbox.command(["stats", "--here"]).with("LC_ALL", locale);
    let utf8 = stats("C.UTF-8").run().ok().stdout();
    // But for the names of places, which are shown whole.
    let bars = |text: &str| {
        let upper = text.split("\nLARGEST").next().expect("there is a first part");
        upper.lines().filter(|line| !line.starts_with("Volume")).collect::<Vec<_>>().join("\n")
    };
    assert!(bars(&utf8).lines().all(|line| line.chars().count() <= 80), "{utf8}");
    let row = |text: &str, label: &str| {
        let row = text.lines().find(|line| line.starts_with(label)).unwrap_or_else(|| panic!("no {label}: {text}"));
        row.split_whitespace().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(row(&utf8, "in the last day")[4..], ["1", "29.3", "KiB", &format!("{}▉", "█".repeat(40))], "{utf8}");
    assert_eq!(row(&utf8, "in the last year")[4..], ["1", "1", "B", "▏"]);
    assert!(utf8.contains(", <1% by these items\n"), "{utf8}");
    assert_eq!(row(&utf8, "Holds")[..5], ["Holds", "2", "items,", "29.3", "KiB"]);
    let ascii = stats("C").run().ok().stdout();
    assert!(bars(&ascii).is_ascii(), "{ascii}");
    assert_eq!(row(&ascii, "within a month")[6..], ["#".repeat(41)]);
    let narrow = stats("C.UTF-8").on_terminal(50, "").ok().stdout();
    assert!(bars(&narrow).lines().all(|line| line.chars().count() <= 50), "{narrow}");
    assert!(bars(&narrow).lines().any(|line| line.chars().count() == 50), "{narrow}");
}

#[test]
fn each_volume_is_told_for_itself() {
    in_mount_namespace!();
    let sandbox = Sandbox::new();
    let other = or_skip!(Mount::tmpfs("mode=755,size=1m", &sandbox.path("other")));
    fs::write(other.path().join("file"), [b'x'; 100]).expect("it may be written");
    sandbox.file("file", "x");
    sandbox.rrm(["rm", "file", "other/file"]).ok();
    let told = volumes(&sandbox);
    assert_eq!(told.len(), 2, "{told:?}");
    let volume = told.iter().find(|volume| volume["bytes"] == 100).expect("the other volume is told");
    assert_eq!((&volume["mount_point"], &volume["file_system"]), (&json!(other.path()), &json!("tmpfs")));
    assert_eq!(volume["volume_size"], 1 << 20);
    let text = sandbox.rrm(["stats", "--here"]).ok().stdout();
    assert_eq!(text.matches("\nHolds ").count(), 2, "{text}");
    assert!(text.contains(" of 1.0 MiB\n"), "{text}");
    let bare = or_skip!(Mount::ramfs(&sandbox.path("bare")));
    fs::write(bare.path().join("file"), "12345").expect("it may be written");
    sandbox.rrm(["rm", "bare/file"]).ok();
    let told = volumes(&sandbox);
    let volume = told.iter().find(|volume| volume["file_system"] == "ramfs").expect("it is told");
    assert_eq!((&volume["volume_size"], &volume["bytes"]), (&Value::Null, &json!(5)), "it counts no space");
}

#[test]
fn what_cannot_be_measured_is_told_as_such() {
    let sandbox = Sandbox::ordinary();
    sandbox.file("d/closed/file", "x");
    sandbox.chmod("d/closed", 0o000);
    sandbox.rrm(["rm", "-f", "d"]).ok();
    let told = volumes(&sandbox);
    assert_eq!((&told[0]["items"], &told[0]["unmeasured"]), (&json!(1), &json!(1)));
    sandbox
        .rrm(["stats", "--here"])
        .ok()
        .out_contains("1 item, 0 B (0 B on disk) and 1 of unknown size")
        .err_lacks("rrm");
}

#[test]
fn nothing_to_count_is_told_in_one_line() {
    let sandbox = Sandbox::ordinary();
    let nothing = |run: &Run| {
        assert!(run.stdout.is_empty(), "{run}");
        run.err_contains("nothing in the trash matches");
    };
    nothing(sandbox.rrm(["stats", "--here"]).ok());
    nothing(sandbox.rrm(["stats", "no-such-item"]).fails(1));
    sandbox.rrm(["stats", "--here", "--format", "json"]).ok().silent();
    sandbox.file("file", "x");
    sandbox.rrm(["rm", "file"]).ok();
    sandbox.rrm(["stats", "--here", "--largest", "0"]).ok().out_contains("Holds     1 item, 1 B (");
    nothing(sandbox.rrm(["stats", "--here", "--kind", "fifo"]).ok());
    sandbox.command(["stats", "--here"]).redirected(">/dev/full").run().fails(1).err_contains("No space");
}

/// What is said of a volume is what df says, and what deleting frees is what du counts: neither a file with holes, nor one
/// with another name, nor a thousand small ones make that another number.
#[test]
fn it_agrees_with_df_and_du() {
    in_mount_namespace!();
    let sandbox = Sandbox::new();
    let mount = or_skip!(Mount::image(Format::Ext4, 64, &sandbox.path("mount")));
    let at = |name: &str| mount.path().join(name);
    fs::create_dir(at("d")).expect("root may");
    (0..300).for_each(|number| fs::write(at("d").join(number.to_string()), "x").expect("there is room"));
    fs::write(at("big"), vec![b'x'; 20 << 20]).expect("there is room");
    fs::File::create(at("holes")).and_then(|file| file.set_len(1 << 40)).expect("it has only holes");
    fs::write(at("linked"), vec![b'x'; 1 << 20]).expect("there is room");
    fs::hard_link(at("linked"), at("stays")).expect("a link");
    sandbox.command(["rm"]).args(["d", "big", "holes", "linked"].map(at)).run().ok();
    let output = |program: &str, words: &[&str], path: &Path| -> Vec<u64> {
        let run = sandbox.tool(program, words).args([path]).run();
        let text = run.ok().stdout();
        let last = text.lines().last().expect("a line").split_whitespace();
        last.filter_map(|word| word.trim_end_matches('%').parse().ok()).collect()
    };
    let df = output("df", &["-B1", "--output=size,used,avail,pcent"], mount.path());
    let trash = mount.path().join(format!(".rrm-{}", User::Caller.ids().0));
    // A deletion frees nothing of what has another name elsewhere.
    let items = sandbox.list_json().into_iter();
    let items = items.filter(|item| item["original_path"].as_str().is_some_and(|path| !path.ends_with("/linked")));
    let places = items.map(|item| trash.join(item["id"].as_str().expect("an ID")));
    let du: u64 = places.map(|item| output("du", &["-s", "-B1"], &item)[0]).sum();
    let run = sandbox.command(["stats", "--json", "--under"]).args([mount.path()]).run();
    let volume: Value = serde_json::from_slice(&run.ok().stdout).expect("one object");
    for (key, expected) in [("volume_size", df[0]), ("volume_used", df[1]), ("volume_available", df[2])] {
        assert_eq!(volume[key], expected, "{key}");
    }
    let freed = volume["on_disk"].as_u64().expect("a number");
    assert_eq!(freed, du);
    assert_eq!(volume["by_due"]["month"]["on_disk"], freed);
    assert!(volume["bytes"].as_u64().is_some_and(|bytes| bytes > 1 << 40), "{volume}");
    let text = sandbox.command(["stats", "--under"]).args([mount.path()]).run().ok().stdout();
    assert!(text.contains(&format!("\nUsed      {}%, ", df[3])), "{text}");
}
