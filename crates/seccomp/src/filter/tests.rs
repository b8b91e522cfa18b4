//! The filter is run here by a machine that knows the few instructions it is made of.

use super::*;
use crate::calls::{Call, call_of};

/// What the kernel is told of a call.
fn verdict(program: &[sock_filter], arch: u32, number: u32, arguments: [u64; 6]) -> u32 {
    let at = |offset: u32| match offset {
        NUMBER => number,
        ARCH => arch,
        _ => u32::try_from(arguments[((offset - ARGUMENTS) / 8) as usize] & 0xffff_ffff).expect("32 bits"),
    };
    let (mut accumulator, mut next) = (0, 0);
    loop {
        let sock_filter { code, jt, jf, k } = program[next];
        next += 1;
        let mut branch = |holds: bool| next += usize::from(if holds { jt } else { jf });
        match u32::from(code) {
            code if code == libc::BPF_LD | libc::BPF_W | libc::BPF_ABS => accumulator = at(k),
            code if code == libc::BPF_ALU | libc::BPF_AND | libc::BPF_K => accumulator &= k,
            code if code == libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K => branch(accumulator == k),
            code if code == libc::BPF_JMP | libc::BPF_JSET | libc::BPF_K => branch(accumulator & k != 0),
            code if code == libc::BPF_JMP | libc::BPF_JA => next += k as usize,
            code if code == libc::BPF_RET | libc::BPF_K => return k,
            code => panic!("an instruction that the kernel cannot foresee: {code:#x}"),
        }
    }
}

fn told(arch: u32, number: u32, arguments: [u64; 6]) -> u32 {
    verdict(&program(tables()), arch, number, arguments)
}

const WRONLY: u32 = 1;
const RDWR: u32 = 2;

const LACKING: u32 = LACKS.k;

#[test]
fn every_row_is_answered_as_it_says() {
    for table in tables() {
        for row in table.rows {
            let is = told(table.arch, row.number, [0; 6]);
            match row.when {
                When::Always => assert_eq!(is, STOP.k, "{row:?}"),
                When::Lacks => assert_eq!(is, LACKING, "{row:?}"),
                When::Writes(argument) => {
                    for (flags, expected) in [
                        (0, ALLOW),
                        (O_CREAT, ALLOW),
                        (O_TRUNC, STOP),
                        (O_TRUNC | O_CREAT, STOP),
                        (O_TRUNC | O_EXCL, STOP),
                        (O_TRUNC | O_CREAT | O_EXCL, ALLOW),
                        (O_TRUNC | 0o2_000_002, STOP),
                        (WRONLY, STOP),
                        (RDWR, STOP),
                        (RDWR | O_CREAT, STOP),
                        (RDWR | O_CREAT | O_EXCL, ALLOW),
                        (WRONLY | O_APPEND, ALLOW),
                        (WRONLY | O_APPEND | O_TRUNC, STOP),
                        (RDWR | O_TMPFILE | 0o200_000, ALLOW),
                    ] {
                        let mut arguments = [u64::MAX << 32; 6];
                        arguments[argument as usize] |= u64::from(flags);
                        assert_eq!(told(table.arch, row.number, arguments), expected.k, "{row:?} {flags:o}");
                    }
                }
            }
        }
    }
}

#[test]
fn what_is_in_no_table_goes_on_and_no_other_table_is_there() {
    for table in tables() {
        for number in (0..600).filter(|number| call_of(table.arch, *number).is_none()) {
            assert_eq!(told(table.arch, number, [u64::MAX; 6]), ALLOW.k, "{number}");
        }
        if table.foreign_bits != 0 {
            assert_eq!(told(table.arch, table.foreign_bits | 1, [0; 6]), LACKING);
        }
    }
    assert_eq!(told(0x1234, 1, [0; 6]), LACKING);
}

#[test]
fn a_number_is_in_a_table_once_and_means_the_call() {
    for table in tables() {
        let mut numbers: Vec<u32> = table.rows.iter().map(|row| row.number).collect();
        numbers.sort_unstable();
        let count = numbers.len();
        numbers.dedup();
        assert_eq!(numbers.len(), count, "{:#x}", table.arch);
        assert_eq!(call_of(table.arch, 425), Some(Call::IoUringSetup));
    }
}

/// The tables have their numbers written down; of this processor the C library knows them, too.
#[cfg(target_arch = "x86_64")]
#[test]
fn the_numbers_are_those_of_the_c_library() {
    for (number, call) in [
        (libc::SYS_unlink, Call::Unlink),
        (libc::SYS_unlinkat, Call::UnlinkAt),
        (libc::SYS_rmdir, Call::Rmdir),
        (libc::SYS_rename, Call::Rename),
        (libc::SYS_renameat, Call::RenameAt),
        (libc::SYS_renameat2, Call::RenameAt2),
        (libc::SYS_open, Call::Open),
        (libc::SYS_openat, Call::OpenAt),
        (libc::SYS_openat2, Call::OpenAt2),
        (libc::SYS_creat, Call::Creat),
        (libc::SYS_truncate, Call::Truncate),
        (libc::SYS_ftruncate, Call::FileTruncate),
        (libc::SYS_chmod, Call::Chmod),
        (libc::SYS_fchmod, Call::FileChmod),
        (libc::SYS_fchmodat, Call::ChmodAt),
        (libc::SYS_chown, Call::Chown),
        (libc::SYS_fchown, Call::FileChown),
        (libc::SYS_lchown, Call::LinkChown),
        (libc::SYS_fchownat, Call::ChownAt),
        (libc::SYS_utime, Call::Utime),
        (libc::SYS_utimes, Call::Utimes),
        (libc::SYS_futimesat, Call::FutimesAt),
        (libc::SYS_utimensat, Call::UtimensAt),
        (libc::SYS_setxattr, Call::SetXattr),
        (libc::SYS_lsetxattr, Call::LinkSetXattr),
        (libc::SYS_fsetxattr, Call::FileSetXattr),
        (libc::SYS_removexattr, Call::RemoveXattr),
        (libc::SYS_lremovexattr, Call::LinkRemoveXattr),
        (libc::SYS_fremovexattr, Call::FileRemoveXattr),
        (libc::SYS_io_uring_setup, Call::IoUringSetup),
    ] {
        assert_eq!(call_of(0xc000_003e, u32::try_from(number).expect("a small number")), Some(call));
    }
}
