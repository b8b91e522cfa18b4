//! `rrm setup`: what it asks, what it writes into start files of every shape, and that all of it can be taken back.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use crate::common::fault::{Point, each_point};
use crate::common::{Fault, Invocation, Run, Sandbox, User, installed, is_root};

const FIRST: &str = "# >>> rrm setup >>>";
const LAST: &str = "# <<< rrm setup <<<";

/// Each shell with the start file that it has in a home.
const SHELLS: [(&str, &str); 3] = [("bash", ".bashrc"), ("zsh", ".zshrc"), ("fish", ".config/fish/conf.d/rrm.fish")];

/// A sandbox with rrm and a systemd that agrees to everything. Links, because a program that was written just now may be busy.
fn prepared(sandbox: Sandbox) -> Sandbox {
    sandbox.symlink("tools/rrm", sandbox.command([""; 0]).program());
    sandbox.symlink("tools/systemctl", "/bin/true");
    // Where root is one of a container, the sandbox starts everything by it.
    sandbox.symlink("tools/setpriv", "/usr/bin/setpriv");
    sandbox
}

fn sandbox() -> Sandbox {
    prepared(Sandbox::new())
}

fn path(sandbox: &Sandbox) -> String {
    format!("{}:/usr/bin:/bin", sandbox.path("tools").display())
}

/// With nothing else in PATH, and so without the machine's own crontab.
fn setup(sandbox: &Sandbox, words: &[&str]) -> Invocation {
    in_tools(sandbox, &[&["setup"], words].concat()).with("SHELL", "/usr/bin/bash")
}

fn in_tools(sandbox: &Sandbox, words: &[&str]) -> Invocation {
    sandbox.command(words).with("PATH", sandbox.path("tools"))
}

/// Everything in a home: kinds, modes, links and contents.
fn state(home: &Path) -> BTreeMap<PathBuf, String> {
    let mut state = BTreeMap::new();
    let mut left = vec![home.to_owned()];
    while let Some(directory) = left.pop() {
        for entry in fs::read_dir(directory).expect("a directory") {
            let path = entry.expect("an entry").path();
            let found = path.symlink_metadata().expect("it is there");
            let content = if found.is_dir() {
                left.push(path.clone());
                String::new()
            } else if found.is_symlink() {
                format!("{:?}", fs::read_link(&path).expect("a link"))
            } else if found.is_file() {
                fs::read(&path).expect("a file").escape_ascii().to_string()
            } else {
                String::new()
            };
            state.insert(path, format!("{:?} {:o} {content}", found.file_type(), found.mode()));
        }
    }
    state
}

fn text(path: impl AsRef<Path>) -> String {
    fs::read_to_string(path).expect("a start file")
}

const SOUND: [(&str, &str); 6] = [
    ("empty", ""),
    ("usual", "alias ll='ls -l'\n"),
    ("without a final newline", "alias ll='ls -l'"),
    ("line ends of DOS", "alias ll='ls -l'\r\nalias la='ls -a'\r\n"),
    ("without a final newline of DOS", "alias ll='ls -l'\r\n# end\r"),
    ("only a newline", "\n"),
];

/// In a home with nothing, and with a start file of each shape: written, written again, taken back to the byte.
#[test]
fn what_is_written_is_taken_back_to_the_byte() {
    for (shell, file) in SHELLS {
        for (shape, content) in SOUND.map(|(shape, content)| (shape, Some(content))).into_iter().chain([("none", None)])
        {
            let sandbox = sandbox();
            let home = sandbox.home();
            if let Some(content) = content {
                sandbox.file(home.join(file), content);
            }
            let before = state(&home);
            let run = setup(&sandbox, &[shell, "--yes"]).run();
            run.ok().out_contains(&format!("rrm init {shell} --rm")).out_contains("--remove");
            let written = text(home.join(file));
            let shown = &written[written.find(FIRST).expect("a mark")..];
            for line in shown.lines() {
                run.out_contains(&format!("  {line}\n"));
            }
            assert!(written.starts_with(content.unwrap_or_default()), "{shape}: {written}");
            assert_eq!((written.matches(FIRST).count(), written.matches(LAST).count()), (1, 1), "{shape}: {written}");
            assert!(home.join(".local/bin/rm").is_symlink());
            assert!(home.join(".config/systemd/user/rrm-clean.timer").exists());
            let after = state(&home);
            setup(&sandbox, &[shell, "--yes"]).run().ok().out_contains("nothing to write");
            assert_eq!(state(&home), after, "{shape}: the second run changed something");
            setup(&sandbox, &[shell, "--remove", "-n"]).run().ok().out_contains("remove the link");
            assert_eq!(state(&home), after, "{shape}: it was only to be shown");
            setup(&sandbox, &[shell, "--remove"]).run().ok();
            assert_eq!(state(&home), before, "{shell}, {shape}");
            setup(&sandbox, &[shell, "--remove"]).run().ok().err_contains("nothing to remove");
        }
    }
}

/// The link into a repository stays a link, and the file in it has what it had beside its content.
#[test]
fn a_link_into_a_repository_stays() {
    let sandbox = sandbox();
    let (link, file) = (sandbox.home().join(".bashrc"), sandbox.file("dotfiles/bashrc", "alias a=b\n"));
    sandbox.chmod(&file, 0o640);
    sandbox.set_attribute(&file, "user.note", "kept");
    sandbox.symlink(&link, "../work/dotfiles/bashrc");
    setup(&sandbox, &["--yes"]).run().ok();
    assert_eq!(fs::read_link(&link).expect("a link"), Path::new("../work/dotfiles/bashrc"));
    assert!(text(&file).starts_with("alias a=b\n# >>>"));
    assert_eq!(file.metadata().expect("a file").permissions().mode() & 0o7777, 0o640);
    assert_eq!(xattr::get(&file, "user.note").expect("attributes").as_deref(), Some(&b"kept"[..]));
    setup(&sandbox, &["--remove"]).run().ok();
    assert_eq!((text(&file), link.is_symlink()), ("alias a=b\n".to_owned(), true));
    assert_eq!(fs::read_dir(file.parent().expect("a directory")).expect("a directory").count(), 1);
}

/// Refuses, names the file and why, and has changed nothing at all.
#[track_caller]
fn refused(sandbox: &Sandbox, command: &Invocation, why: &str) {
    let before = state(&sandbox.home());
    let run = command.run();
    run.fails(1).err_contains(why).err_contains("bashrc");
    assert_eq!(state(&sandbox.home()), before, "{run}");
}

#[test]
fn a_start_file_that_cannot_stay_what_it_is_is_refused() {
    let shapes: [(&dyn Fn(&Sandbox, &Path), &str); 6] = [
        (&|sandbox, file| drop(sandbox.chmod(sandbox.file(file, "a\n"), 0o444)), "it is read-only"),
        (&|sandbox, file| drop(sandbox.dir(file)), "it is a directory"),
        (&|sandbox, file| drop(sandbox.fifo(file)), "it is not a regular file"),
        (&|sandbox, file| drop(sandbox.symlink(file, "nowhere")), "cannot follow"),
        (&|sandbox, file| drop(sandbox.symlink(file, ".bashrc")), "cannot follow"),
        (
            &|sandbox, file| drop(sandbox.hard_link(sandbox.home().join("other"), sandbox.file(file, "a\n"))),
            "hard links",
        ),
    ];
    for (make, why) in shapes {
        let sandbox = sandbox();
        make(&sandbox, &sandbox.home().join(".bashrc"));
        refused(&sandbox, &setup(&sandbox, &["--yes"]), why);
        refused(&sandbox, &setup(&sandbox, &["--remove"]), why);
    }
}

#[test]
fn marks_that_are_no_pair_are_named_by_their_line() {
    for (content, why) in [
        (format!("a\n{FIRST}\nb\n"), "line 2 is '# >>> rrm setup >>>' without a '# <<< rrm setup <<<' after it"),
        (format!("a\n\n{LAST}\nb\n"), "line 3 is '# <<< rrm setup <<<' without a '# >>> rrm setup >>>' before it"),
        (format!("{FIRST}\n{FIRST}\n{LAST}\n"), "line 2 is a second '# >>> rrm setup >>>'"),
        (format!("cat <<EOF\n{FIRST}\na\n{LAST}\nEOF\n"), "line 3 is between the marks of rrm setup and is not"),
    ] {
        let sandbox = sandbox();
        sandbox.file(sandbox.home().join(".bashrc"), content);
        refused(&sandbox, &setup(&sandbox, &["--yes"]), why);
        refused(&sandbox, &setup(&sandbox, &["--remove"]), why);
        let doctor = in_tools(&sandbox, &["doctor"]).run();
        doctor.fails(1).out_contains(why);
    }
}

/// A person's own line between the marks would be lost; one that only begins as a mark does is theirs.
#[test]
fn a_line_of_a_person_is_never_taken_out() {
    let sandbox = sandbox();
    let file = sandbox.file(sandbox.home().join(".bashrc"), format!("{FIRST} my own note\n"));
    setup(&sandbox, &["--yes"]).run().ok();
    let sound = text(&file);
    sandbox.file(&file, sound.replace(LAST, &format!("export MINE=1\n{LAST}")));
    let line = 1 + text(&file).lines().position(|line| line == "export MINE=1").expect("the line");
    for words in ["--yes", "--remove"] {
        refused(&sandbox, &setup(&sandbox, &[words]), &format!("line {line} is between the marks of rrm setup"));
    }
    sandbox.file(&file, &sound);
    let run = setup(&sandbox, &["--remove"]).run();
    for line in sound.lines().skip(1) {
        run.ok().out_contains(&format!("  {line}\n"));
    }
    assert_eq!(text(&file), format!("{FIRST} my own note\n"));
}

#[test]
fn the_file_of_another_user_is_refused() {
    if !is_root() {
        skip!("root", "to make a file of another user");
    }
    let sandbox = prepared(Sandbox::of(User::Nobody));
    let file = sandbox.file(sandbox.home().join(".bashrc"), "a\n");
    std::os::unix::fs::chown(&file, Some(1), Some(1)).expect("root may");
    refused(&sandbox, &setup(&sandbox, &["--yes"]), "it belongs to another user");
    fs::remove_file(&file).expect("root may");
    sandbox.chmod(sandbox.home(), 0o555);
    refused(&sandbox, &setup(&sandbox, &["--yes"]), "nothing was changed");
}

/// Nothing is written in the home directory of another user, whose links would steer where root writes.
#[test]
fn the_home_directory_of_another_user_is_refused() {
    if !is_root() {
        skip!("root", "to make a home directory of another user");
    }
    let sandbox = sandbox();
    let (home, elsewhere) = (sandbox.home(), sandbox.dir("elsewhere"));
    std::os::unix::fs::chown(&home, Some(65534), Some(65534)).expect("root may");
    let script = format!(
        "mkdir -p ~/.config/fish ~/.local && ln -s '{0}' ~/.config/fish/conf.d && ln -s '{0}' ~/.local/bin",
        elsewhere.display()
    );
    let as_other = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
    let sh = sandbox.tool("sh", ["-c", &script]).through(as_other);
    sh.with("PATH", "/usr/bin:/bin").run().ok();
    for words in [&["fish", "--yes"][..], &["fish", "--remove"], &["fish"]] {
        let run = setup(&sandbox, words).run();
        run.fails(1).err_contains("it belongs to another user; set HOME").err_contains("HOME");
    }
    assert_eq!(fs::read_dir(&elsewhere).expect("a directory").count(), 0);
}

/// In one's own, no directory on the way is one that others may change, and the preview tells where links lead.
#[test]
fn a_way_that_others_may_change_is_refused() {
    let sandbox = sandbox();
    let home = sandbox.home();
    let shared = sandbox.dir("shared");
    sandbox.chmod(&shared, 0o777);
    // In a container the root directory may be nobody's whom it knows.
    let above = |at: &str| format!("{}../work/shared", "../".repeat(at.split('/').count()));
    for (link, at) in [("conf.d", ".config/fish"), ("bin", ".local"), ("systemd", ".config")] {
        fs::create_dir_all(home.join(at)).expect("directories");
        let link = home.join(at).join(link);
        sandbox.symlink(&link, above(at));
        let before = state(&home);
        setup(&sandbox, &["fish", "--yes"]).run().fails(1).err_contains("other users may write to it");
        assert_eq!((state(&home), fs::read_dir(&shared).expect("a directory").count()), (before, 0));
        fs::remove_file(&link).expect("a link");
    }
    sandbox.symlink(home.join(".config/fish/conf.d"), above(".config/fish"));
    sandbox.chmod(&shared, 0o775);
    setup(&sandbox, &["fish", "--yes", "-n"]).run().ok();
    if is_root() {
        std::os::unix::fs::chown(&shared, None, Some(65534)).expect("root may");
        setup(&sandbox, &["fish", "--yes", "-n"]).run().fails(1).err_contains("other users may write to it");
        std::os::unix::fs::chown(&shared, Some(65534), None).expect("root may");
        setup(&sandbox, &["fish", "--yes", "-n"]).run().fails(1).err_contains("it belongs to another user");
        std::os::unix::fs::chown(&shared, Some(0), Some(0)).expect("root may");
    }
    sandbox.chmod(&shared, 0o755);
    let there = format!("which leads to '{}'", shared.join("rrm.fish").display());
    setup(&sandbox, &["fish", "--yes"]).run().ok().out_contains(&there);
    assert!(shared.join("rrm.fish").exists());
    setup(&sandbox, &["fish", "--remove"]).run().ok().out_contains(&there);
    assert_eq!(fs::read_dir(&shared).expect("a directory").count(), 0);
}

/// All is looked at before anything is written.
#[test]
fn an_rm_of_others_or_no_rrm_in_path_stops_everything() {
    let sandbox = sandbox();
    let home = sandbox.home();
    sandbox.symlink("nothing/setpriv", "/usr/bin/setpriv");
    let without = setup(&sandbox, &["--yes"]).with("PATH", sandbox.path("nothing"));
    let run = without.run();
    run.fails(1).err_contains("PATH has no rrm");
    sandbox.file(home.join(".local/bin/rm"), "#!/bin/sh\n");
    let before = state(&home);
    setup(&sandbox, &["--yes"]).run().fails(1).err_contains("it is not a link to rrm");
    setup(&sandbox, &["--yes"]).with("SHELL", "/bin/tcsh").run().fails(1).err_contains("rrm setup bash, zsh or fish");
    assert_eq!(state(&home), before);
}

#[test]
fn without_a_terminal_nothing_is_written() {
    let sandbox = sandbox();
    let before = state(&sandbox.home());
    setup(&sandbox, &[]).reading("y\ny\ny\ny\n").run().fails(1).err_contains("no terminal").err_contains("--yes");
    setup(&sandbox, &["-n"]).run().ok().out_contains("rrm init bash --rm").out_contains("run rrm clean every day");
    assert_eq!(state(&sandbox.home()), before);
}

/// What was there before stays when the rest is taken back.
#[test]
fn what_was_there_before_stays() {
    let sandbox = sandbox();
    let home = sandbox.home();
    in_tools(&sandbox, &["shim", "install"]).run().ok();
    in_tools(&sandbox, &["schedule", "install"]).run().ok();
    let before = state(&home);
    setup(&sandbox, &["--yes"]).run().ok();
    assert!(!text(home.join(".bashrc")).contains("# made"));
    setup(&sandbox, &["--remove"]).run().ok();
    assert_eq!(state(&home), before);
}

/// A crontab as Debian's crontab(1) would keep it if its -l showed the first lines, too.
const CRONTAB: &str = r#"#!/bin/sh
table="$HOME/../crontab"
case $1 in
-l) [ -e "$table" ] || { echo 'no crontab for you' >&2; exit 1; }; /bin/cat "$table" ;;
-r) /bin/rm "$table" ;;
-) { echo '# DO NOT EDIT THIS FILE'; echo '# (- installed on Monday)'; /bin/cat; } >"$table.new"; /bin/mv "$table.new" "$table" ;;
esac
"#;

/// Where cron does not run, as in a process namespace of its own, setup says so; the crontab of whoever had none goes again.
#[test]
fn a_schedule_that_does_not_run_is_told_and_taken_back() {
    let sandbox = sandbox();
    fs::remove_file(sandbox.path("tools/systemctl")).expect("a link");
    sandbox.symlink("tools/systemctl", "/bin/false");
    sandbox.chmod(sandbox.file("tools/crontab", CRONTAB), 0o755);
    let unshare = if is_root() { ["unshare", "-pf", "--mount-proc"] } else { ["unshare", "-Urpf", "--mount-proc"] };
    let tried = sandbox.tool(unshare[0], unshare[1..].iter().chain(&["true"])).run();
    if !tried.status.success() {
        skip!("process namespaces", "{}", tried.stderr());
    }
    let table = sandbox.home().join("../crontab");
    for content in [None, Some("# mine\n")] {
        if let Some(content) = content {
            sandbox.file(&table, content);
        }
        let run = setup(&sandbox, &["--yes"]).with("PATH", path(&sandbox)).through(unshare).run();
        run.ok().err_contains("does not run: cron is not running").err_contains("start the cron service");
        assert!(text(&table).ends_with("# rrm schedule\n"));
        setup(&sandbox, &["--remove"]).with("PATH", path(&sandbox)).run().ok().out_contains("remove the schedule");
        match content {
            None => assert!(!table.exists(), "{}", text(&table)),
            Some(content) => assert!(text(&table).ends_with(content)),
        }
    }
}

/// On a terminal: what is asked, what the answers write, and that what is there is not asked for again.
#[test]
fn the_answers_decide() {
    let sandbox = sandbox();
    let home = sandbox.home();
    let asked = |typed: &str| setup(&sandbox, &[]).on_terminal(200, typed);
    asked("n\nn\nn\n")
        .ok()
        .out_contains("make rm run rrm")
        .out_contains("run rrm clean every day (deletes")
        .out_contains("nothing to write");
    asked("n\nn\ny\nn\n").ok().out_contains("write this?").out_contains("nothing was written");
    assert!(state(&home).is_empty());
    asked("n\nn\ny\ny\n").ok();
    assert!(text(home.join(".bashrc")).contains("rrm init bash)"), "{}", text(home.join(".bashrc")));
    assert!(!home.join(".local").exists() && !home.join(".config").exists());
    let again = asked("y\nn\ny\n");
    assert!(again.ok().out_contains("make rm run rrm").stdout().matches("complete the").count() == 0, "{again}");
    assert!(text(home.join(".bashrc")).contains("rrm init bash --rm)"), "{again}");
    setup(&sandbox, &["--remove"]).run().ok();
    assert!(state(&home).is_empty(), "{:?}", state(&home));
    asked("y\nn\nn\ny\n").ok();
    assert!(text(home.join(".bashrc")).contains("--rm --no-completions"));
}

/// A person answers, opens a new shell, and has what was asked for: in a home without a start file, and in one with one.
#[test]
fn a_new_shell_has_what_was_asked_for() {
    for (shell, file) in SHELLS {
        let program = or_skip!(installed(shell, shell));
        for content in [None, Some("# mine")] {
            let sandbox = sandbox();
            if let Some(content) = content {
                sandbox.file(sandbox.home().join(file), content);
            }
            let before = state(&sandbox.home());
            setup(&sandbox, &[]).with("SHELL", &program).on_terminal(200, "y\ny\ny\ny\n").ok();
            sandbox.file("my file", "content");
            let options: &[&str] = if shell == "zsh" { &["-d", "-i"] } else { &["-i"] };
            let new = sandbox.tool(&program, options).through(["setsid", "--ctty", "--wait"]);
            let new = new.with("PATH", path(&sandbox)).with("TERM", "xterm");
            let run =
                new.on_terminal_after(200, "", || "rm 'my file'\rrrm restore my\t\rrm 'my file'\rexit\r".to_owned());
            let items = sandbox.list_json();
            assert_eq!(items.len(), 1, "{shell}: {run}");
            assert!(items[0]["session"].as_str().is_some_and(|label| label.starts_with("shell-")), "{items:?}");
            assert_eq!(fs::read_dir(sandbox.trash()).expect("a trash").filter(is_item).count(), 1);
            setup(&sandbox, &["--remove"]).with("SHELL", &program).run().ok();
            for path in before.keys() {
                assert_eq!(state(&sandbox.home()).get(path), before.get(path), "{}", path.display());
            }
            assert!(!sandbox.home().join(".local/bin").exists());
        }
    }
}

fn is_item(entry: &std::io::Result<fs::DirEntry>) -> bool {
    entry.as_ref().is_ok_and(|entry| entry.file_name().len() == 36)
}

/// Whatever its name is, a file that is not all in the start file stays.
#[test]
fn a_file_with_a_name_like_ours_stays() {
    let sandbox = sandbox();
    let names = [".bashrc", "..bashrc.rrm-setup", "..bashrc.rrm-setup-0123456789abcdef"];
    names.iter().for_each(|name| drop(sandbox.file(sandbox.home().join(name), format!("# {name}\n"))));
    let before = state(&sandbox.home());
    setup(&sandbox, &["--yes"]).run().ok();
    setup(&sandbox, &["--remove"]).run().ok();
    assert_eq!(state(&sandbox.home()), before);
}

/// Killed, or failed, at any call: the start file is the old or the new one, and the next run brings it to its end.
#[test]
fn a_start_file_is_whole_whenever_it_ends() {
    const OLD: &str = "alias ll='ls -l'";
    let scene = || {
        let sandbox = sandbox();
        sandbox.file(sandbox.home().join(".bashrc"), OLD);
        sandbox
    };
    let written = |sandbox: &Sandbox| setup(sandbox, &["--yes"]);
    let is_whole = |sandbox: &Sandbox, run: &Run| {
        let found = text(sandbox.home().join(".bashrc"));
        assert!(found == OLD || found.starts_with(OLD) && found.ends_with(&format!("{LAST}\n")), "{found}: {run}");
    };
    let check = |sandbox: &Sandbox, _: &Point, run: &Run| {
        is_whole(sandbox, run);
        written(sandbox).run().ok();
        setup(sandbox, &["--remove"]).run().ok();
        let left: Vec<_> = state(&sandbox.home()).into_keys().collect();
        assert_eq!(left, [sandbox.home().join(".bashrc")], "{run}");
        assert_eq!(text(&left[0]), OLD);
    };
    // EINVAL: a file system that exchanges nothing.
    for fault in [Fault::Kill, Fault::Error("EIO"), Fault::Error("ENOSPC"), Fault::Error("EINVAL")] {
        assert!(each_point(fault, scene, written, check) > 3);
    }
    let both = || {
        let sandbox = scene();
        written(&sandbox).run().ok();
        sandbox
    };
    assert!(each_point(Fault::Kill, both, |sandbox| setup(sandbox, &["--remove"]), check) > 3);
}
