//! `--all-users`: root runs rrm for each user with that user's rights, and takes what comes of it for that user's word.

use std::fs;

use crate::common::{Invocation, MACHINE, Run, Sandbox, User, binary, copy_program, is_root};

/// Runs a script in a mount namespace with a user database in which nobody's home is the sandbox's, an empty spool of
/// crontabs and an empty /run. `$RRM` is the program, `as_user` runs words as nobody.
pub(crate) fn in_own_machine(sandbox: &Sandbox, script: &str) -> Run {
    in_own_machine_with(sandbox, script, &[])
}

pub(crate) fn in_own_machine_with(sandbox: &Sandbox, script: &str, variables: &[(&str, &str)]) -> Run {
    let machine = own_machine(sandbox, script);
    variables.iter().fold(machine, |machine, (name, value)| machine.with(name, value)).run()
}

fn own_machine(sandbox: &Sandbox, script: &str) -> Invocation {
    let prelude = r#"
        set -eu
        spool=/var/spool/cron
        mount -t tmpfs tmpfs $spool
        mkdir $spool/crontabs; chmod 1730 $spool/crontabs; chgrp crontab $spool/crontabs 2>/dev/null || true
        mount -t tmpfs tmpfs /run
        printf 'root:x:0:0::%s:/bin/sh\nnobody:x:65534:65534::%s:/bin/sh\nghost:x:65533:65533::/nonexistent:/bin/sh\n' \
            "$OTHER" "$HOME" >"$OTHER/passwd"
        mount --bind "$OTHER/passwd" /etc/passwd
        # rrm runs only the programs of its own machine.
        mkdir "$OTHER/bin"; ln -s /usr/bin/crontab /usr/bin/systemctl "$OTHER/bin"; PATH="$OTHER/bin:$PATH"
        as_user() { setpriv --reuid=65534 --regid=65534 --clear-groups env -i PATH="$PATH" HOME="$HOME" "$@"; }
        # Whatever is given becomes what runs in place of each user's process.
        instead_of_setpriv() {
            cat >"$OTHER/setpriv"; chmod 755 "$OTHER/setpriv"; mount --bind "$OTHER/setpriv" "$(command -v setpriv)"
        }
        cd "$HOME"
    "#;
    let other = sandbox.root().join("root-home");
    fs::create_dir_all(&other).expect("the sandbox is ours");
    let program = sandbox.root().join("rrm-to-run");
    copy_program(&binary(), &program);
    // Who cleans for others, and a timer, start with an empty environment.
    fs::write(sandbox.root().join(MACHINE), sandbox.root().as_os_str().as_encoded_bytes())
        .expect("the sandbox is ours");
    let words = ["-m", "--propagation", "private", "sh", "-c", &format!("{prelude}\n{script}")];
    sandbox.tool("unshare", words).by(User::Caller).with("OTHER", other).with("RRM", program)
}

#[test]
fn root_cleans_for_each_user_with_that_users_rights() {
    if !is_root() {
        skip!("root", "to clean for others");
    }
    let sandbox = Sandbox::ordinary();
    let script = r#"
        echo x >of-root
        as_user sh -c 'echo x >mine; "$0" rm -g 0 mine' "$RRM"
        HOME="$OTHER" "$RRM" rm --into-home -g 0 of-root
        as_user "$RRM" clean --all-users && exit 9
        env -i PATH="$PATH" "$RRM" clean --all-users --dry-run --log "$OTHER/log"
        env -i PATH="$PATH" "$RRM" clean --all-users --log "$OTHER/log"
        cut -d' ' -f 2- "$OTHER/log"
        as_user "$RRM" list
        HOME="$OTHER" "$RRM" list
        stat -c 'claimed by %u' "$HOME/.local/share/rrm/trash/.doomed" "$OTHER/.local/share/rrm/trash/.doomed"
    "#;
    let run = in_own_machine(&sandbox, script);
    run.ok()
        .err_contains("cannot run rrm clean for all users: you are not root")
        .out_contains("claimed by 65534\nclaimed by 0\n");
    run.out_contains("\nnobody:\n  would delete ").out_contains("\n  would delete 1 item (2 B)\n");
    for name in ["root", "nobody"] {
        let lines = run.stdout().lines().filter(|line| line.starts_with(&format!("{name}: deleted 1 item, "))).count();
        assert_eq!(lines, 1, "a line for each user of the run that deleted: {run}");
    }
    assert_eq!(run.stderr().matches("the trash is empty").count(), 2, "{run}");
}

/// A home that its user reaches by a group of theirs alone, and not by the one of their line in the user database.
#[test]
fn root_cleans_where_only_a_further_group_of_the_user_leads() {
    if !is_root() {
        skip!("root", "to clean for others");
    }
    let sandbox = Sandbox::ordinary();
    let script = r#"
        mkdir "$OTHER/gate"; chgrp 54321 "$OTHER/gate"; chmod 750 "$OTHER/gate"; chmod 711 "$OTHER"
        mkdir "$OTHER/gate/home"; chown 65534:65534 "$OTHER/gate/home"
        printf 'nobody:x:65534:65534::%s:/bin/sh\n' "$OTHER/gate/home" >"$OTHER/passwd"
        printf 'nogroup:x:65534:\nkeepers:x:54321:nobody\n' >"$OTHER/group"
        mount --bind "$OTHER/group" /etc/group
        member() { setpriv --reuid=65534 --regid=65534 --groups=54321 env -i HOME="$OTHER/gate/home" "$@"; }
        member sh -c 'cd; echo x >mine; "$0" rm -g 0 mine' "$RRM"
        setpriv --reuid=65534 --regid=65534 --clear-groups ls "$OTHER/gate/home" 2>/dev/null && exit 9
        env -i PATH="$PATH" "$RRM" clean --all-users --verbose
        member "$RRM" list
    "#;
    in_own_machine(&sandbox, script).ok().out_contains("nobody:\n  deleted 1 item").err_contains("the trash is empty");
}

/// What a user's process says is that user's word: root's log takes no more of it than one line, and no escape.
#[test]
fn a_users_report_cannot_spoil_roots_log() {
    if !is_root() {
        skip!("root", "to clean for others");
    }
    let sandbox = Sandbox::ordinary();
    let script = r#"
        instead_of_setpriv <<'END'
#!/bin/sh
case "$*" in
    *reuid=0*) exit 3 ;;
    *) head -c 100000 /dev/zero | tr '\0' x; printf '\nDATE a report\033[2J\r of many words' ;;
esac
END
        env -i PATH="$PATH" "$RRM" clean --all-users --log "$OTHER/log" >/dev/null || echo "status $?"
        cut -d' ' -f 2- "$OTHER/log" | cat -v
    "#;
    let run = in_own_machine(&sandbox, script);
    run.ok().out_contains("status 1\nroot: exit status: 3\nnobody: a report\\x1b[2J\\x0d of many words\n");
    run.err_contains("cannot clean the trash of root: exit status: 3");
}

/// A user who fills their trash with what a clean complains of fills nobody else's mail: of the lines there are so many, each
/// is so long, and the last is the report all the same.
#[test]
fn a_users_process_cannot_fill_roots_mail() {
    if !is_root() {
        skip!("root", "to clean for others");
    }
    let sandbox = Sandbox::ordinary();
    let script = r#"
        instead_of_setpriv <<'END'
#!/bin/sh
head -c 100000 /dev/zero | tr '\0' x; echo
seq 3000; seq 3000 >&2
echo 'DATE a report'
END
        env -i PATH="$PATH" "$RRM" clean --all-users --log "$OTHER/log"
        cut -d' ' -f 2- "$OTHER/log"
    "#;
    let run = in_own_machine(&sandbox, script);
    run.ok().out_contains(&format!("{}...\n", "x".repeat(1024))).out_contains("nobody: a report\n");
    run.err_contains("rrm: 5001 more lines about the trash of root are not shown\n");
    run.err_contains("rrm: 5001 more lines about the trash of nobody are not shown\n");
    let lines = run.stdout().lines().count() + run.stderr().lines().count();
    assert_eq!(
        lines,
        2 * (1000 + 3) + 2,
        "two users, each with a name, an empty line and a count; and two lines in the log"
    );
}

/// Whoever is the user of a process may take what it has: it has nothing of root's, and no terminal.
#[test]
fn a_users_process_has_no_terminal_no_descriptor_and_no_environment_of_roots() {
    if !is_root() {
        skip!("root", "to clean for others");
    }
    let sandbox = Sandbox::ordinary();
    let script = r#"
        instead_of_setpriv <<'END'
#!/bin/sh
exec 2>&1
echo "descriptors: $(ls /proc/self/fd | tr '\n' ' ')"
(: </dev/tty) 2>/dev/null && echo "has a terminal" || echo "no terminal"
[ "$(cut -d' ' -f6 /proc/$$/stat)" = $$ ] && echo "a session of its own"
env | cut -d= -f1 | sort | tr '\n' ' '; echo
# Somebody takes the pipes and keeps them for a while.
sleep 3 &
printf 'DATE \033[2J\342\200\256reversed\n'
END
        exec 7<"$OTHER/passwd" 9>"$OTHER/lock"
        SECRET=1 RRM_SESSION=1 "$RRM" clean --all-users --log "$OTHER/log"
        cut -d' ' -f 2- "$OTHER/log" | cat -v
    "#;
    let run = own_machine(&sandbox, script).through(["setsid", "-c", "-w"]).on_terminal(200, "");
    for said in [
        "descriptors: 0 1 2 3 \n",
        "no terminal",
        "a session of its own",
        "HOME LOGNAME PATH PWD USER",
        "\\x1b[2J\\xe2\\x80\\xaereversed",
    ] {
        assert_eq!(run.stdout().matches(said).count(), 2, "{said}: {run}");
    }
    run.ok();
}

/// Who holds how much: what each user's own process lists, in a line, and as objects that say whose they are.
#[test]
fn root_lists_sums_up_and_examines_for_each_user() {
    if !is_root() {
        skip!("root", "to look for others");
    }
    let sandbox = Sandbox::ordinary();
    let script = r#"
        echo of-root >of-root; HOME="$OTHER" "$RRM" rm --into-home of-root
        as_user sh -c 'mkdir tree; echo 12345 >tree/a; echo x >"odd
name"; echo y >due; "$0" rm tree odd*; "$0" rm -g 0 due' "$RRM"
        all() { env -i PATH="$PATH" HOME="$OTHER" "$RRM" "$@" --all-users; }
        for command in list stats doctor; do as_user "$RRM" $command --all-users && exit 9; done
        all list; echo ==; all list --json --sort=path; echo ==; all list --kind directory --full; echo ==
        all stats; echo ==; all stats --json; echo ==; all stats --larger-than 1k; echo ==
        all doctor -v
    "#;
    let run = in_own_machine(&sandbox, script);
    let out = run.ok().stdout();
    for command in ["list", "stats", "doctor"] {
        run.err_contains(&format!("cannot run rrm {command} for all users: you are not root"));
    }
    let parts: Vec<&str> = out.split("==\n").collect();
    assert!(parts[0].starts_with("root:\n  ID") && parts[0].contains("\n\nnobody:\n  ID"), "{run}");
    assert_eq!(parts[0].matches("of-root").count(), 1, "{run}");
    let objects = |part: &str| -> Vec<serde_json::Value> {
        part.lines().map(|line| serde_json::from_str(line).expect("an object a line")).collect()
    };
    let owners: Vec<_> = objects(parts[1]).iter().map(|item| item["user"].as_str().map(str::to_owned)).collect();
    assert_eq!(owners, ["root", "nobody", "nobody", "nobody"].map(|name| Some(name.to_owned())), "{run}");
    assert!(parts[2].starts_with("nobody:\n") && !parts[2].contains("root:"), "a filter is passed on: {run}");
    let rows: Vec<Vec<&str>> = parts[3].lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(rows[0], ["USER", "ITEMS", "SIZE", "OLDEST", "DUE"], "{run}");
    assert_eq!((&rows[1][..4], &rows[1][5..]), (&["nobody", "3", "10", "B"][..], &["1", "now"][..]), "{run}");
    assert_eq!((&rows[2][..4], rows[2][5]), (&["root", "1", "8", "B"][..], "in"), "{run}");
    let sums = objects(parts[4]);
    assert_eq!((&sums[0]["user"], &sums[0]["items"], &sums[0]["due"]), (&"nobody".into(), &3.into(), &1.into()));
    assert!(sums[1]["next_due"].is_string() && sums[1]["oldest"].is_string(), "{run}");
    assert_eq!(parts[5], "", "nothing is so large");
    run.err_contains("no user has anything in the trash");
    assert!(parts[6].contains("root:\n  checked ") && parts[6].contains("nobody:\n  checked "), "{run}");
}

/// One whose trash is broken, or whose process dies, is named, and the others are listed.
#[test]
fn a_broken_trash_stops_nobody_elses() {
    if !is_root() {
        skip!("root", "to look for others");
    }
    let sandbox = Sandbox::ordinary();
    let script = r#"
        echo of-root >of-root; HOME="$OTHER" "$RRM" rm --into-home of-root
        printf 'nobody:x:65534:65534::%s:/bin/sh\nroot:x:0:0::%s:/bin/sh\n' "$HOME" "$OTHER" >"$OTHER/passwd"
        as_user sh -c 'echo x >mine; "$0" rm mine; chmod 777 .local/share/rrm/trash' "$RRM"
        all() { env -i PATH="$PATH" HOME="$OTHER" "$RRM" "$@" --all-users || echo "status $?"; }
        all list; all stats; all doctor; all list --format null
        instead_of_setpriv <<'END'
#!/bin/sh
case "$*" in *reuid=0*) echo listed ;; *) kill -SEGV $$ ;; esac
END
        all list
    "#;
    let run = in_own_machine(&sandbox, script);
    let out = run.ok().stdout();
    run.err_contains("others may use it (mode 0777)").err_contains("cannot sum up the trash of nobody: exit status: 1");
    run.err_contains("cannot use with --all-users '--format': this format has only paths");
    run.err_contains("cannot run rrm list for nobody: signal: 11 (SIGSEGV)");
    assert!(
        out.contains("root:\n  ID") && out.contains("\nroot      1   8 B ") && out.contains("root:\n  listed\n"),
        "{run}"
    );
    assert!(out.contains("nobody:\n  error: "), "{run}");
    let statuses: Vec<&str> = out.lines().filter_map(|line| line.strip_prefix("status ")).collect();
    assert_eq!(statuses, ["1", "1", "1", "2", "1"], "{run}");
}

/// What a process of theirs prints is their word: it is read as far as it is JSON, is escaped, and has an end.
#[test]
fn what_a_users_process_prints_is_only_that_users_word() {
    if !is_root() {
        skip!("root", "to look for others");
    }
    let sandbox = Sandbox::ordinary();
    let script = r#"
        instead_of_setpriv <<'END'
#!/bin/sh
case "$*" in
    *reuid=0*--json*) echo '{"size":1,"user":"nobody","goes":"now","path":"\u001b[2J\u202e"}' ;;
    *reuid=0*) printf '\033[2J\342\200\256 of root\n' ;;
    *) echo '[[[[' ; echo "'nobody" ;;
esac
END
        all() { env -i PATH="$PATH" HOME="$OTHER" "$RRM" "$@" --all-users || echo "status $?"; }
        all list; all list --json; all stats; all doctor --json
    "#;
    let run = in_own_machine(&sandbox, script);
    let out = run.ok().stdout();
    let (text, rest) = out.split_once("\n\nnobody:\n  [[[[\n  'nobody\n\n").unwrap_or_else(|| panic!("{run}"));
    assert_eq!(text, "root:\n  \\x1b[2J\\xe2\\x80\\xae of root", "{run}");
    let object = r#"{"goes":"now","path":"\u001b[2J\u202e","size":1,"user":"root"}"#;
    let expected =
        format!("{object}\nstatus 1\nUSER  ITEMS  SIZE  OLDEST    DUE\nroot      1   1 B       ?  1 now\nstatus 1\n");
    assert_eq!(rest, format!("{expected}{object}\nstatus 1\n"), "{run}");
    run.err_contains("cannot run rrm list for nobody: its output is not JSON");
    run.err_contains("cannot sum up the trash of nobody: its list cannot be read to its end");
}

/// A user takes the pipe of their process, and prints what looks like another's section, or like root's own word.
#[test]
fn a_user_cannot_speak_for_another() {
    if !is_root() {
        skip!("root", "to look for others");
    }
    let sandbox = Sandbox::ordinary();
    let script = r#"
        instead_of_setpriv <<'END'
#!/bin/sh
case "$*" in *reuid=0*) exit ;; esac
printf '\nroot:\nID forged\n'; printf 'rrm: cannot list the trash of root\n' >&2
END
        all() { env -i PATH="$PATH" HOME="$OTHER" "$RRM" "$@" --all-users; }
        all list; all clean; all clean --verbose; all stats || true
    "#;
    let run = in_own_machine(&sandbox, script);
    let (out, err) = (run.ok().stdout(), run.stderr());
    assert_eq!(out, "nobody:\n  \n  root:\n  ID forged\n\n".repeat(3), "{run}");
    assert_eq!(err.matches("nobody: rrm: cannot list the trash of root\n").count(), 4, "{run}");
    assert_eq!(err.matches("rrm: cannot list").count(), 4, "{run}");
}

/// A full disk under root's output is no fault of a user's.
#[test]
fn output_that_cannot_be_written_is_not_a_users_failure() {
    if !is_root() {
        skip!("root", "to look for others");
    }
    let sandbox = Sandbox::ordinary();
    let script = r#"
        instead_of_setpriv <<'END'
#!/bin/sh
echo said
END
        for command in clean list; do
            env -i PATH="$PATH" HOME="$OTHER" "$RRM" $command --all-users >/dev/full || echo "status $?"
        done
    "#;
    let run = in_own_machine(&sandbox, script);
    run.ok().out_is("status 1\nstatus 1\n");
    let err = run.stderr();
    assert_eq!(err.matches("rrm: write error: No space left on device\n").count(), 2, "{run}");
    assert!(!err.contains("cannot"), "{run}");
}

/// Who stops their own process keeps root from nobody else's trash.
#[test]
fn a_users_process_that_never_ends_is_killed() {
    if !is_root() {
        skip!("root", "to look for others");
    }
    let sandbox = Sandbox::ordinary();
    let script = r#"
        instead_of_setpriv <<'END'
#!/bin/sh
case "$*" in
    *reuid=0*) sleep 1000 & echo $! ; kill -STOP $$ ;;
    *) echo 'DATE a report' ;;
esac
END
        for command in clean list; do
            env -i PATH="$PATH" HOME="$OTHER" RRM_TEST_HURRY=3600 "$RRM" $command --all-users || echo "status $?"
        done
        env -i PATH="$PATH" HOME="$OTHER" RRM_TEST_HURRY=3600 "$RRM" clean --all-users --log - || echo "status $?"
    "#;
    let run = in_own_machine(&sandbox, script);
    run.ok().err_contains("cannot clean the trash of root: it did not end in time and was killed");
    run.err_contains("cannot run rrm list for root: it did not end in time and was killed");
    run.out_contains("nobody:\n  DATE a report\n").out_contains(" root: it did not end in time and was killed\n");
    run.out_contains("Z nobody: a report\n");
    assert_eq!(run.stdout().matches("status 1").count(), 3, "{run}");
    let sleepers = run.stdout();
    for pid in sleepers.lines().filter_map(|line| line.parse::<u32>().ok()) {
        let state = fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        assert!(!state.contains("sleep"), "{pid} still runs: {run}");
    }
}
