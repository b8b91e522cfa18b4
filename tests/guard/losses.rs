//! What each call takes away.

use std::fs;
use std::os::unix::fs::symlink;

use super::{at, guard, has, losses, sandbox, taken};
use crate::common::Sandbox;

/// Asserts what a script loses; `@NAME` stands for a path below the working directory.
#[track_caller]
fn check(sandbox: &Sandbox, script: &str, expected: &[&str]) {
    let told = losses(sandbox, script);
    assert_eq!(told, written(sandbox, expected), "{script}");
}

fn written(sandbox: &Sandbox, lines: &[&str]) -> Vec<String> {
    let word = |word: &str| match word.strip_prefix('@') {
        Some(name) => name.strip_suffix(',').map_or_else(|| at(sandbox, name), |name| at(sandbox, name) + ","),
        None => word.to_owned(),
    };
    lines.iter().map(|line| line.split(' ').map(word).collect::<Vec<_>>().join(" ")).collect()
}

#[test]
fn removals_and_renames_are_seen() {
    let sandbox = or_skip!(sandbox());
    for (script, expected) in [
        ("echo x >a; rm a", &["removed @a"][..]),
        ("ln -s nowhere a; rm a", &["removed @a"]),
        ("mkfifo a; rm ./a", &["removed @a"]),
        ("mkdir a; rmdir a/", &["removed directory @a"]),
        ("mkdir -p a/b; cd a; rm -r ../a/b; rmdir \"$OLDPWD/a\"", &["removed directory @a/b", "removed directory @a"]),
        ("echo x >a; mv a b; mv b \"$PWD/c\"", &["moved @a to @b", "moved @b to @c"]),
        ("echo x >a; mv -f a c; rm c", &["moved @a to @c, replacing", "removed @c"]),
        (
            "mkdir d; ln -s d l; echo x >d/a; rm l/a; rm l; rmdir d",
            &["removed @d/a", "removed @l", "removed directory @d"],
        ),
    ] {
        check(&sandbox, script, expected);
    }
}

#[test]
fn what_will_fail_takes_nothing() {
    let sandbox = or_skip!(sandbox());
    fs::create_dir(sandbox.path("d")).expect("work is empty");
    fs::write(sandbox.path("f"), "").expect("work is ours");
    for script in
        ["rm d 2>&1", "rmdir f 2>&1", "rm nothing 2>&1", "rmdir . 2>&1", "perl -e 'unlink q(f/)'", "sh -c ': >d' 2>&1"]
    {
        let script = format!("{{ {script}; }} >/dev/null || true");
        check(&sandbox, &script, &[]);
    }
}

#[test]
fn contents_are_seen_before_they_go() {
    let sandbox = or_skip!(sandbox());
    let script = "printf 12345 >a; printf 123 >a; truncate -s 1 a; truncate -s 9 a; : >>a; ln -s a l; : >l; : >l";
    let expected = [
        "shortened @a from 5 to 0",
        "written @a",
        "shortened @a from 3 to 1",
        "written @a",
        "shortened @a from 9 to 0",
    ];
    check(&sandbox, script, &expected);
    fs::write(sandbox.path("a"), "12345").expect("work is ours");
    check(
        &sandbox,
        "exec >>a 3>&1 4<>a; cd /; echo x | tee /dev/fd/3 /proc/self/fd/3 >/dev/null",
        &["written @a", "shortened @a from 5 to 0"],
    );
}

#[test]
fn what_the_kernel_makes_up_is_no_loss() {
    let sandbox = or_skip!(sandbox());
    let script = "for file in /dev/null /sys/kernel/mm/ksm/run; do [ ! -w $file ] || { : >$file; : 1<>$file; }; done";
    check(&sandbox, script, &[]);
}

#[test]
fn the_calls_of_other_programs_are_seen() {
    let sandbox = or_skip!(sandbox());
    if !has("perl") {
        skip!("perl", "for calls that no tool makes");
    }
    symlink("a", sandbox.path("link")).expect("work is empty");
    for (code, expected) in [
        // ftruncate, of a file whose name is gone, too
        ("open F, '+<', 'a'; truncate F, 2", &["written @a", "shortened @a from 5 to 2"][..]),
        ("open F, '+<', 'a'; unlink 'a'; truncate F, 0", &["written @a", "removed @a", "shortened ? from 5 to 0"]),
        // what may be written at any place, and what may not
        ("open F, '>>', 'a'; open F, '<', 'a'; open F, '+<', 'link'", &["written @a"]),
        ("syscall 2, $a = 'a', 02, 0; syscall 2, $a, 02001, 0; syscall 2, $a = '.', 020200002, 0", &["written @a"]),
        // renameat2: exchange, no replacement
        ("syscall 316, -100, $a = 'a', -100, $b = 'b', 2", &["exchanged @a and @b"]),
        ("syscall 316, -100, $a = 'a', -100, $b = 'b', 1", &[]),
        // openat2: its flags are in memory
        ("syscall 437, -100, $a = 'a', $h = pack('QQQ', 01001, 0, 0), 24", &["shortened @a from 5 to 0"]),
        ("syscall 437, -100, $a = 'a', $h = pack('QQQ', 1, 0, 0), 24", &["written @a"]),
        ("syscall 437, -100, $a = 'a', $h = pack('QQQ', 02001, 0, 0), 24", &[]),
        ("syscall 437, -100, $a = 'link', $h = pack('QQQ', 01001, 0, 0), 24", &["shortened @a from 5 to 0"]),
        // metadata
        ("chmod 0600, 'a'; chmod 0600, 'link'", &["changed mode of @a", "changed mode of @a"]),
        ("utime 1, 1, 'a'", &["changed times of @a"]),
        ("open F, '<', 'a'; chmod 0600, *F", &["changed mode of @a"]),
        ("syscall 188, $a = 'a', $n = 'user.x', $v = '1', 1, 0", &["changed user.x of @a"]),
    ] {
        fs::write(sandbox.path("a"), "12345").expect("work is ours");
        fs::write(sandbox.path("b"), "12345").expect("work is ours");
        guard(&sandbox, ["perl", "-e", code]).run().ok();
        assert_eq!(taken(&sandbox), written(&sandbox, expected), "{code}");
    }
}

#[test]
fn a_call_that_the_keeper_refuses_is_not_done() {
    let sandbox = or_skip!(sandbox());
    fs::write(sandbox.path("refused"), "content").expect("work is empty");
    let run = guard(&sandbox, ["rm", "refused"]).run();
    run.fails(1).err_contains("Operation not permitted");
    assert!(sandbox.path("refused").exists());
}

/// The smallest program of 32 bits that there can be: unlink("a"), exit(0).
fn program_of_32_bits() -> Vec<u8> {
    const BASE: u32 = 0x0804_8000;
    let code: &[u8] = &[
        0xb8, 10, 0, 0, 0, // mov eax, unlink
        0xbb, 0, 0, 0, 0, // mov ebx, the path
        0xcd, 0x80, // int 0x80
        0x31, 0xdb, // xor ebx, ebx
        0xb8, 1, 0, 0, 0, // mov eax, exit
        0xcd, 0x80, // int 0x80
    ];
    let header = 52 + 32;
    let length = u32::try_from(header + code.len() + 2).expect("a small program");
    let mut program = b"\x7fELF\x01\x01\x01".to_vec();
    program.resize(16, 0);
    let half = |program: &mut Vec<u8>, number: u16| program.extend(number.to_le_bytes());
    let word = |program: &mut Vec<u8>, number: u32| program.extend(number.to_le_bytes());
    half(&mut program, 2);
    half(&mut program, 3);
    [1, BASE + 84, 52, 0, 0].into_iter().for_each(|number| word(&mut program, number));
    [52, 32, 1, 0, 0, 0].into_iter().for_each(|number| half(&mut program, number));
    [1, 0, BASE, BASE, length, length, 5, 0x1000].into_iter().for_each(|number| word(&mut program, number));
    let path = BASE + u32::try_from(header + code.len()).expect("a small program");
    program.extend(code);
    program[header + 6..header + 10].copy_from_slice(&path.to_le_bytes());
    program.extend(b"a\0");
    program
}

#[cfg(target_arch = "x86_64")]
#[test]
fn a_program_of_32_bits_is_seen() {
    let sandbox = or_skip!(sandbox());
    let program = sandbox.path("program");
    fs::write(sandbox.path("image"), program_of_32_bits()).expect("work is empty");
    fs::write(sandbox.path("a"), "content").expect("work is empty");
    crate::common::copy_program(&sandbox.path("image"), &program);
    let made = crate::common::mounts::system("chmod").arg("755").arg(&program).status().expect("chmod runs");
    assert!(made.success());
    if !crate::common::mounts::system(&program)
        .current_dir(sandbox.root())
        .status()
        .is_ok_and(|status| status.success())
    {
        skip!("a kernel with programs of 32 bits", "for what they lose");
    }
    guard(&sandbox, [&program]).run().ok();
    assert_eq!(taken(&sandbox), written(&sandbox, &["removed @a"]));
    assert!(!sandbox.path("a").exists());
}

#[test]
fn nobody_gets_an_io_uring() {
    let sandbox = or_skip!(sandbox());
    if !has("perl") {
        skip!("perl", "for calls that no tool makes");
    }
    let code = "syscall 425, 1, 0; print 0 + $!";
    guard(&sandbox, ["perl", "-e", code]).run().ok().out_is("38");
}
