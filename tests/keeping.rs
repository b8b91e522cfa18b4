//! What leaves the trash by rule, what a person keeps, and who runs the clean: from outside.
//!
//! Every clean here names its trash directory, so that no rule under test reaches what others have removed on this
//! machine.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::all_users::{in_own_machine, in_own_machine_with};
use crate::common::{Invocation, Run, Sandbox, is_root};

/// The paths of what is listed below the working directory, sorted.
fn listed(sandbox: &Sandbox) -> Vec<String> {
    let below = format!("{}/", sandbox.work().display());
    let path = |item: &serde_json::Value| item["original_path"].as_str()?.strip_prefix(&below).map(str::to_owned);
    let mut paths: Vec<String> = sandbox.list_json().iter().filter_map(path).collect();
    paths.sort();
    paths
}

/// The one item in the trash directory, and its listing.
fn only_item(sandbox: &Sandbox) -> (PathBuf, serde_json::Value) {
    let items: Vec<_> = sandbox.list_json();
    let ours: Vec<_> = items.iter().filter(|item| item["trash_dir"] == *sandbox.trash().to_string_lossy()).collect();
    assert_eq!(ours.len(), 1, "{items:?}");
    (sandbox.trash().join(ours[0]["id"].as_str().expect("an ID is text")), ours[0].clone())
}

fn attribute(path: &Path, name: &str) -> Option<String> {
    let value = xattr::get(path, name).expect("attributes can be read")?;
    Some(String::from_utf8(value).expect("ours are text"))
}

fn clean(sandbox: &Sandbox, words: &[&str]) -> Run {
    let trash = sandbox.trash();
    sandbox.rrm([&["clean", "--trash", trash.to_str().expect("our names are ASCII")], words].concat())
}

/// Removes files of these names and sizes, one command each, so that they are of different ages.
fn removed(sandbox: &Sandbox, files: &[(&str, usize)]) {
    for (name, size) in files {
        sandbox.file(name, vec![b'x'; *size]);
        sandbox.rrm(["rm", name]).ok();
    }
}

#[test]
fn a_trash_is_made_to_fit_by_the_oldest_after_a_yes() {
    // Where an inode has no room for the path, the record takes a block more: three need 192 to 204 KiB.
    let sandbox = Sandbox::ordinary();
    removed(&sandbox, &[("a", 65_536), ("b", 65_536), ("c", 65_536)]);
    clean(&sandbox, &["--max-size", "160KiB", "-n"])
        .ok()
        .out_contains("KiB): the trash of its volume is larger than 160.0 KiB")
        .out_contains("would delete 1 item (");
    clean(&sandbox, &["--max-size", "160KiB"]).fails(1).err_contains("refusing to delete 1 item").err_contains("--yes");
    assert_eq!(listed(&sandbox), ["a", "b", "c"]);
    clean(&sandbox, &["--max-size", "204KiB"]).ok().silent();
    clean(&sandbox, &["--max-size", "160KiB", "--yes"]).ok();
    assert_eq!(listed(&sandbox), ["b", "c"]);
    clean(&sandbox, &["--min-free", "1", "--yes"]).ok();
    assert_eq!(listed(&sandbox), ["b", "c"], "there is so much free");
    clean(&sandbox, &["--min-free", "1000000T", "--yes"]).ok();
    assert_eq!(listed(&sandbox), [""; 0]);
}

#[test]
fn standing_rules_make_a_bare_clean_do_it_all() {
    let sandbox = Sandbox::ordinary();
    removed(&sandbox, &[("v", 1), ("v", 2), ("v", 3), ("w", 1)]);
    clean(&sandbox, &[]).ok().silent();
    assert_eq!(listed(&sandbox), ["v", "v", "v", "w"]);
    sandbox.rrm(["config", "set", "keep-newest", "2"]).ok();
    sandbox.rrm(["list", "--full"]).ok().out_contains("due: keep-newest");
    sandbox.rrm(["config", "set", "keep-newer-than", "1d"]).ok();
    clean(&sandbox, &["-v"]).ok().out_contains("stays: it was removed too recently").out_contains("deleted 0 items");
    clean(&sandbox, &["--all", "--yes"]).ok().out_contains("too recently");
    assert_eq!(listed(&sandbox), ["v", "v", "v", "w"], "the floor wins over everything");
    sandbox.rrm(["config", "unset", "keep-newer-than"]).ok();
    clean(&sandbox, &[]).ok().silent();
    assert_eq!(listed(&sandbox), ["v", "v", "w"]);
    for (key, value) in
        [("older-than", "0"), ("max-size", "0"), ("keep-newest", "0"), ("min-free", "100%"), ("min-free", "x")]
    {
        sandbox.rrm(["config", "set", key, value]).fails(2);
    }
}

/// A rule that cannot be read might be the one that spares.
#[test]
fn a_standing_rule_that_cannot_be_read_deletes_nothing() {
    let sandbox = Sandbox::ordinary();
    sandbox.file("a", "a");
    sandbox.rrm(["rm", "-g", "0", "a"]).ok();
    let config = sandbox.trash().parent().expect("it has one").to_owned();
    sandbox.set_attribute(&config, "user.rrm_keep_newer_than", "a while");
    clean(&sandbox, &[]).fails(2).err_contains("a while");
    clean(&sandbox, &["--all", "--yes"]).fails(2);
    assert!(sandbox.trash().read_dir().expect("the trash").count() >= 3, "the item is there");
}

#[test]
fn what_is_kept_stays_until_it_is_released() {
    let sandbox = Sandbox::ordinary();
    sandbox.file("file", "x");
    sandbox.symlink("link", "nowhere");
    sandbox.tree("closed", &[("inner", "x")]);
    sandbox.chmod("closed", 0o555);
    let all = ["closed", "file", "link"];
    sandbox.rrm(["rm", "-f", "-g", "0", "file", "link", "closed"]).ok();
    sandbox.rrm(["keep"]).fails(2);
    sandbox.rrm(["keep", "nothing"]).fails(1);
    sandbox.rrm(["keep", "--until", "2001-01-01", "file"]).fails(2);
    sandbox.rrm(["keep", "--until", "2d", "file", "link", "closed"]).ok().silent();
    sandbox.rrm(["list"]).ok().out_contains(" kept ");
    sandbox.rrm(["list", "--full"]).ok().out_contains("kept until ");
    clean(&sandbox, &[]).ok().silent();
    // What is kept is none of all; it is named, and no failure.
    clean(&sandbox, &["--all", "--yes"]).ok().out_contains("stays: it is kept");
    clean(&sandbox, &["file", "--yes"]).fails(1).err_contains("it is kept");
    assert_eq!(listed(&sandbox), all);
    sandbox.rrm(["restore", "closed"]).ok();
    let closed = sandbox.path("closed");
    assert_eq!(xattr::list(&closed).expect("attributes").count(), 0, "nothing of ours stays on it");
    assert!(fs::metadata(&closed).expect("restored").permissions().readonly(), "and its mode is as it was");
    sandbox.rrm(["keep", "--release", "file", "link"]).ok();
    clean(&sandbox, &[]).ok().silent();
    assert_eq!(listed(&sandbox), [""; 0]);
}

/// A removal by a copy was killed before its source went, so the item is the same as what is in place; then it was kept.
#[test]
fn the_second_copy_that_a_person_keeps_is_not_settled_away() {
    let sandbox = Sandbox::ordinary();
    let file = sandbox.file("thesis", "x");
    sandbox.tool("cp", ["-a", "thesis", "same"]).run().ok();
    sandbox.rrm(["rm", "thesis"]).ok();
    sandbox.tool("mv", ["same", "thesis"]).run().ok();
    let (item, _) = only_item(&sandbox);
    let id = item.file_name().expect("it has one").to_str().expect("an ID is text");
    let note = sandbox.trash().join(".staging").join(format!("{id}.elsewhere"));
    sandbox.dir(sandbox.trash().join(".staging"));
    sandbox.chmod(sandbox.trash().join(".staging"), 0o700);
    sandbox.symlink(&note, &file);
    sandbox.rrm(["keep", id]).ok();
    clean(&sandbox, &[]).ok();
    assert_eq!(listed(&sandbox), ["thesis"]);
    assert!(note.symlink_metadata().is_ok(), "the note stays");
    sandbox.rrm(["keep", "--release", id]).ok();
    clean(&sandbox, &[]).ok();
    assert_eq!(listed(&sandbox), [""; 0], "what is the same twice stays in its place");
    assert_eq!(fs::read(file).expect("it is there"), b"x");
}

#[test]
fn a_directory_is_measured_once_and_anew_when_a_part_has_left() {
    let sandbox = Sandbox::ordinary();
    sandbox.tree("tree", &[("a", "12345"), ("deep/b", "123")]);
    sandbox.rrm(["rm", "tree"]).ok();
    let (item, told) = only_item(&sandbox);
    assert!(told["size"].is_null());
    sandbox.rrm(["list", "--size"]).ok();
    assert_eq!(
        (only_item(&sandbox).1["size"].as_u64(), attribute(&item, "user.rrm_size")),
        (Some(8), Some("8".to_owned()))
    );
    sandbox.rrm(["restore", "tree/deep"]).ok();
    assert_eq!(attribute(&item, "user.rrm_size"), None);
    sandbox.rrm(["list", "--size"]).ok();
    assert_eq!(only_item(&sandbox).1["size"].as_u64(), Some(5));
    fs::remove_dir_all(sandbox.path("tree")).expect("made by the restore");
    sandbox.rrm(["restore", "tree"]).ok();
    assert_eq!(xattr::list(sandbox.path("tree")).expect("attributes").count(), 0);
}

/// What somebody wrote under one of our names before the removal is kept with the thing, and is no part of its record.
#[test]
fn a_value_under_one_of_our_names_is_not_believed_and_comes_back() {
    let sandbox = Sandbox::ordinary();
    for (name, value) in [("rrm_session", "theirs"), ("rrm_size", "9000000000000"), ("rrm_keep", "forever")] {
        sandbox.tree("thesis", &[("a", "1")]);
        let path = sandbox.set_attribute("thesis", &format!("user.{name}"), value);
        sandbox.rrm(["rm", "thesis"]).ok();
        let told = only_item(&sandbox).1;
        assert!(told["session"].is_null() && told["size"].is_null() && told["state"] == "trashed", "{name}: {told}");
        for words in [["--session", "theirs"], ["--larger-than", "1G"]] {
            sandbox.command(["clean", "--yes"]).args(words).run().ok();
            assert_eq!(listed(&sandbox), ["thesis"], "{name}: {words:?}");
        }
        sandbox.rrm(["restore", "thesis"]).ok();
        assert_eq!(attribute(&path, &format!("user.{name}")).as_deref(), Some(value));
        fs::remove_dir_all(path).expect("ours");
    }
}

/// What is noted of a directory may have become wrong: whoever still writes into it makes it so.
#[test]
fn a_clean_by_size_measures_what_it_deletes() {
    let sandbox = Sandbox::ordinary();
    sandbox.tree("thesis", &[("a", "1")]);
    sandbox.rrm(["rm", "thesis"]).ok();
    let (item, _) = only_item(&sandbox);
    xattr::set(&item, "user.rrm_size", b"9000000000000").expect("set");
    sandbox.rrm(["clean", "--yes", "--larger-than", "1G"]).ok();
    assert_eq!(listed(&sandbox), ["thesis"]);
}

#[test]
fn a_part_of_an_item_is_not_taken_for_the_whole() {
    let sandbox = Sandbox::ordinary();
    sandbox.tree("tree", &[("a", "1"), ("b", "1")]);
    sandbox.rrm(["rm", "tree"]).ok();
    let part = format!("{}/a", only_item(&sandbox).1["id"].as_str().expect("an ID"));
    clean(&sandbox, &["--yes", &part]).fails(1).err_contains("select the whole item");
    sandbox.rrm(["keep", &part]).fails(1);
    assert_eq!(listed(&sandbox), ["tree"]);
}

#[test]
fn only_the_trash_that_was_named_is_cleaned() {
    let sandbox = Sandbox::ordinary();
    removed(&sandbox, &[("a", 1)]);
    let elsewhere = sandbox.dir("elsewhere");
    let named = ["clean", "--all", "--yes", "--trash", elsewhere.to_str().expect("our names are ASCII")];
    sandbox.rrm(named).fails(1).err_contains("not a trash directory of yours");
    assert_eq!(listed(&sandbox), ["a"]);
}

/// As Go leaves its module cache: no tool that only removes can delete it.
#[test]
fn a_read_only_module_cache_is_trashed_and_purged_by_its_owner() {
    let sandbox = Sandbox::ordinary();
    for module in ["a@v1.0.0", "b@v2.1.0"] {
        for package in ["", "internal/x/"] {
            let file = sandbox.file(format!("mod/example.com/{module}/{package}go.mod"), "module example.com\n");
            sandbox.chmod(file, 0o444);
        }
        for directory in ["/internal/x", "/internal", ""] {
            sandbox.chmod(format!("mod/example.com/{module}{directory}"), 0o555);
        }
    }
    sandbox.chmod("mod/example.com", 0o555);
    sandbox.chmod("mod", 0o555);
    sandbox.rrm(["rm", "-f", "-g", "0", "mod"]).ok().silent();
    clean(&sandbox, &[]).ok().silent();
    let left = fs::read_dir(sandbox.trash().join(".doomed")).expect("the claimed").count();
    assert_eq!((listed(&sandbox), left), (vec![], 0));
}

#[test]
fn a_clean_without_terminal_or_environment_is_silent_and_logged() {
    let sandbox = Sandbox::new();
    sandbox.file("a", "a");
    sandbox.rrm(["rm", "-g", "0", "a"]).ok();
    let log = sandbox.work().join("log");
    let trash = sandbox.trash();
    let words = ["clean", "--trash", trash.to_str().expect("ASCII"), "--log", log.to_str().expect("ASCII")];
    let bare = ["LC_ALL", "TERM", "TZ", "PATH"].iter().fold(sandbox.command(words), Invocation::without);
    bare.clone().redirected("</dev/null").run().ok().silent();
    bare.run().ok().silent();
    let log = fs::read_to_string(log).expect("the log");
    let lines: Vec<&str> = log.lines().collect();
    assert_eq!(lines.len(), 2, "{log}");
    assert!(lines[0].contains(" deleted 1 item, ") && lines[1].contains(" deleted 0 items, "), "{log}");
    clean(&sandbox, &["--log", "-"]).ok().out_contains("Z deleted 0 items, ").out_contains(", 0 problems\n");
}

/// A systemctl that agrees to everything, so that the units are written and nothing is started, and a crontab that knows
/// of none.
fn with_systemctl(sandbox: &Sandbox) -> PathBuf {
    for (name, script) in [("systemctl", "exit 0"), ("crontab", "echo 'no crontab for you' >&2; exit 1")] {
        sandbox.file(format!("tools/{name}"), format!("#!/bin/sh\n{script}\n"));
        sandbox.chmod(format!("tools/{name}"), 0o755);
    }
    sandbox.path("tools")
}

#[test]
fn the_units_are_what_systemd_understands() {
    let sandbox = Sandbox::new();
    let path = format!("{}:/usr/bin:/bin", with_systemctl(&sandbox).display());
    let schedule = |words: &[&str]| sandbox.command([&["schedule"], words].concat()).with("PATH", &path).run();
    schedule(&["install", "--by", "systemd", "--every", "hour", "--log", "/a log %h $HOME"]).ok();
    schedule(&["status"]).ok().out_contains("hourly");
    let units = sandbox.home().join(".config/systemd/user");
    let runtime = sandbox.dir("runtime");
    sandbox.file("targets/basic.target", "[Unit]\n");
    let known = format!("{}:{}", units.display(), sandbox.path("targets").display());
    for unit in ["rrm-clean.timer", "rrm-clean.service"] {
        let mut verify = Command::new("/usr/bin/systemd-analyze");
        verify.args(["--user", "--man=no", "verify"]).arg(units.join(unit));
        // Of these units alone: those of the machine have their own faults.
        verify.env_clear().env("XDG_RUNTIME_DIR", &runtime).env("SYSTEMD_UNIT_PATH", &known);
        let output = match verify.output() {
            Ok(output) => output,
            Err(why) => skip!("systemd", "systemd-analyze: {why}"),
        };
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && said.is_empty(), "{unit}: {said}");
    }
    schedule(&["remove"]).ok();
    assert_eq!(fs::read_dir(units).expect("the directory stays").count(), 0);
    schedule(&["status"]).fails(1);
}

/// A launchctl that notes what it is told and knows what it was told to load.
#[test]
fn a_launchd_agent_is_written_loaded_and_taken_away() {
    let sandbox = Sandbox::new();
    let script = r#"#!/bin/sh
        echo "$*" >>"${0%/*}/told"
        case $1 in
            bootstrap) [ -e "$3" ] && touch "${0%/*}/loaded" ;;
            bootout) rm "${0%/*}/loaded" ;;
            print) [ -e "${0%/*}/loaded" ] ;;
        esac
    "#;
    with_systemctl(&sandbox);
    sandbox.file("tools/launchctl", script);
    sandbox.chmod("tools/launchctl", 0o755);
    let path = format!("{}:/usr/bin:/bin", sandbox.path("tools").display());
    let schedule = |words: &[&str]| sandbox.command([&["schedule"], words].concat()).with("PATH", &path).run();
    let agent = sandbox.home().join("Library/LaunchAgents/rrm.clean.plist");
    for every in ["day", "week"] {
        schedule(&["install", "--by", "launchd", "--every", every]).ok();
        assert!(fs::read_to_string(&agent).expect("an agent").contains("<string>clean</string>"));
    }
    schedule(&["status"]).ok().out_contains("launchd").out_contains(", loaded");
    schedule(&["install", "--by", "systemd"]).ok();
    assert!(!agent.exists() && !sandbox.path("tools/loaded").exists(), "it would run twice");
    schedule(&["install", "--by", "launchd"]).ok();
    schedule(&["remove"]).ok();
    assert!(!agent.exists());
    schedule(&["status"]).fails(1);
    let told = fs::read_to_string(sandbox.path("tools/told")).expect("a record");
    assert!(told.lines().any(|line| line.starts_with("bootstrap gui/")), "{told}");
    assert!(told.lines().any(|line| line.starts_with("bootout gui/") && line.ends_with("/rrm.clean")), "{told}");
}

/// The whole way: installed by rrm, run by Debian's cron, seen to clean. Its minute becomes the moment when cron starts.
#[test]
fn cron_cleans_a_real_trash() {
    if !is_root() {
        skip!("root", "to run a cron daemon");
    }
    if !Path::new("/usr/sbin/cron").exists() {
        skip!("cron", "there is no /usr/sbin/cron");
    }
    let sandbox = Sandbox::ordinary();
    let script = r##"
        as_user sh -c 'echo x >due; echo x >young; "$0" rm -g 0 due; "$0" rm young; echo "# mine" | crontab -' "$RRM"
        as_user "$RRM" schedule install --by cron --every minute --log "$HOME/log"
        as_user sh -c 'crontab -l | sed "s/^\* \* \* \* \*/@reboot/" | crontab -'
        cron -f & daemon=$!
        trap 'kill $daemon' EXIT
        for try in $(seq 600); do
            if [ -s log ]; then break; fi
            sleep 0.1
        done
        cat log
        as_user "$RRM" schedule status
        as_user "$RRM" list --format plain
        as_user "$RRM" schedule remove
        as_user crontab -l
        as_user "$RRM" schedule status || echo none
    "##;
    let run = in_own_machine(&sandbox, script);
    run.ok()
        .out_contains("cron runs rrm clean: @reboot")
        .out_contains(", last run 20")
        .out_contains("deleted 1 item")
        .out_contains("0 problems");
    run.out_contains("/young").out_contains("\n# mine\n").out_contains("none");
    assert!(!run.stdout().contains("/due"), "{run}");
}

/// The same by a systemd of the user's own, which gets a corner of the control groups to itself: that and a directory for
/// its sockets are all that it asks of a machine. To the timer's minute is added the moment when it is started.
#[test]
fn a_systemd_timer_cleans_a_real_trash() {
    if !is_root() {
        skip!("root", "to make a control group");
    }
    let systemd =
        ["/usr/lib/systemd/systemd", "/lib/systemd/systemd"].into_iter().find(|path| Path::new(path).exists());
    let Some(systemd) = systemd else { skip!("systemd", "it is not installed") };
    let sandbox = Sandbox::ordinary();
    let script = r#"
        groups=
        for top in /sys/fs/cgroup /sys/fs/cgroup/unified /sys/fs/cgroup/systemd; do
            if [ -e $top/cgroup.procs ] && mkdir $top/rrm-test-$$; then groups="$groups $top/rrm-test-$$"; fi
        done
        trap 'for group in $groups; do find $group -depth -type d -exec rmdir {} +; done' EXIT
        chown -R 65534:65534 $groups || { echo no control group; exit 0; }
        mkdir -p /run/systemd/system /run/user/65534; chown 65534 /run/user/65534; chmod 700 /run/user/65534
        session() { as_user XDG_RUNTIME_DIR=/run/user/65534 "$@"; }
        (
            for group in $groups; do sh -c 'echo $PPID' >$group/cgroup.procs; done
            exec setpriv --reuid=65534 --regid=65534 --clear-groups env -i PATH="$PATH" HOME="$HOME" \
                XDG_RUNTIME_DIR=/run/user/65534 "$SYSTEMD" --user >/run/systemd.log 2>&1
        ) &
        daemon=$!
        for try in $(seq 50); do
            if session systemctl --user is-system-running >/dev/null 2>&1; then break; fi
            if [ $try = 50 ]; then echo no systemd; cat /run/systemd.log; exit 0; fi
            sleep 0.2
        done
        session sh -c 'echo x >due; echo x >young; "$0" rm -g 0 due; "$0" rm young' "$RRM"
        session "$RRM" schedule install --every minute --log "$HOME/log"
        session "$RRM" schedule status
        mkdir "$HOME/.config/systemd/user/rrm-clean.timer.d"
        printf '[Timer]\nOnActiveSec=0\n' >"$HOME/.config/systemd/user/rrm-clean.timer.d/now.conf"
        session systemctl --user daemon-reload
        session systemctl --user restart rrm-clean.timer
        for try in $(seq 600); do
            if [ -s log ]; then break; fi
            sleep 0.1
        done
        cat log
        session "$RRM" schedule status
        session "$RRM" list --format plain
        session systemctl --user show --property=Result rrm-clean.service
        session "$RRM" schedule remove
        session systemctl --user list-timers
        session systemctl --user exit
        wait $daemon || true
    "#;
    let run = in_own_machine_with(&sandbox, script, &[("SYSTEMD", systemd)]);
    run.ok();
    for missing in ["no control group", "no systemd"] {
        if run.stdout().contains(missing) {
            skip!("systemd", "{missing}: {run}");
        }
    }
    run.out_contains("systemd user timer runs rrm clean: ")
        .out_contains("minutely, active, not run yet\n")
        .out_contains("minutely, active, last run ")
        .out_contains("deleted 1 item");
    run.out_contains("0 problems\n")
        .out_contains("/young")
        .out_contains("Result=success")
        .out_contains("0 timers listed");
    assert!(!run.stdout().contains("/due"), "{run}");
}

/// The crontab of busybox has other words for a table that was never made.
#[test]
fn busybox_schedules_too() {
    if !is_root() {
        skip!("root", "to have a spool of crontabs");
    }
    // Not every busybox can do all that busybox can.
    let applets = Command::new("/bin/busybox").arg("--list").output().map(|told| told.stdout).unwrap_or_default();
    if !applets.split(|byte| *byte == b'\n').any(|applet| applet == b"crontab") {
        skip!("busybox", "there is no /bin/busybox with a crontab");
    }
    let sandbox = Sandbox::ordinary();
    let script = r#"
        mkdir "$OTHER/tools"; ln -s /bin/busybox "$OTHER/tools/crontab"
        busybox_as_root() { env -i PATH="$OTHER/tools:$PATH" HOME="$OTHER" "$RRM" schedule "$@"; }
        busybox_as_root install --by cron
        busybox_as_root install --by cron --every week
        crontab -l
        busybox_as_root remove
        busybox_as_root status || echo none
    "#;
    let run = in_own_machine(&sandbox, script);
    run.ok().out_contains("@weekly").out_contains("none");
    assert!(!run.stdout().contains("@daily"), "{run}");
}

/// What is in a crontab that cannot be read must not be replaced by one line of ours.
#[test]
fn a_crontab_that_cannot_be_read_is_not_written() {
    let sandbox = Sandbox::new();
    let tools = sandbox.dir("tools");
    sandbox.file(
        "tools/crontab",
        "#!/bin/sh\n[ \"$1\" = -l ] || touch \"$HOME/written\"\necho 'cannot connect' >&2\nexit 1\n",
    );
    sandbox.chmod("tools/crontab", 0o755);
    let path = format!("{}:/usr/bin:/bin", tools.display());
    for action in [&["install", "--by", "cron"][..], &["remove"]] {
        let run = sandbox.command([&["schedule"], action].concat()).with("PATH", &path).run();
        run.fails(1).err_contains("cannot read the crontab: cannot connect");
    }
    assert!(!sandbox.home().join("written").exists());
}
