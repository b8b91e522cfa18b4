//! The filter, as the array of instructions that the kernel takes (seccomp(2), and bpf in networking/filter of the kernel's
//! documents). Only instructions that the kernel can foresee are used, so that a call that is never stopped costs nothing: it
//! works the verdict out once for each number.

use libc::sock_filter;

use crate::calls::{Row, Table, When, tables};

/// A filter for [`install`](crate::install).
#[derive(Debug, Clone)]
pub struct Filter {
    pub(crate) program: Vec<sock_filter>,
}

impl Filter {
    /// The filter of this processor; `None` where there is no table for it.
    #[must_use]
    pub fn new() -> Option<Self> {
        if tables().is_empty() { None } else { Some(Self { program: program(tables()) }) }
    }
}

/// Where `seccomp_data` has the number of a call.
const NUMBER: u32 = 0;
/// Where it has the processor's table.
const ARCH: u32 = 4;
/// Where its arguments begin, 64 bits each. Of flags the lower half counts, which comes first: all of our processors are
/// little-endian.
const ARGUMENTS: u32 = 16;

const O_CREAT: u32 = 0o100;
const O_EXCL: u32 = 0o200;
const O_TRUNC: u32 = 0o1000;
const O_ACCMODE: u32 = 3;
const O_APPEND: u32 = 0o2000;
const O_TMPFILE: u32 = 0o20_000_000;

const ALLOW: sock_filter = answer(libc::SECCOMP_RET_ALLOW);
const STOP: sock_filter = answer(libc::SECCOMP_RET_USER_NOTIF);
const LACKS: sock_filter = answer(libc::SECCOMP_RET_ERRNO | libc::ENOSYS as u32);

fn program(tables: &[Table]) -> Vec<sock_filter> {
    let mut program = vec![load(ARCH)];
    for table in tables {
        let body = body(table);
        // A jump reaches 255 instructions, so the way past a table is a jump without a condition.
        program.push(jump_if_equal(table.arch, 1, 0));
        program.push(jump(body.len()));
        program.extend(body);
    }
    program.push(LACKS);
    program
}

fn body(table: &Table) -> Vec<sock_filter> {
    let mut body = vec![load(NUMBER)];
    if table.foreign_bits != 0 {
        body.extend([jump_if_any(table.foreign_bits, 0, 1), LACKS]);
    }
    body.extend(table.rows.iter().flat_map(row));
    body.push(ALLOW);
    body
}

fn row(row: &Row) -> Vec<sock_filter> {
    match row.when {
        When::Always => vec![jump_if_equal(row.number, 0, 1), STOP],
        When::Lacks => vec![jump_if_equal(row.number, 0, 1), LACKS],
        When::Writes(argument) => vec![
            jump_if_equal(row.number, 0, 8),
            load(ARGUMENTS + 8 * argument),
            jump_if_any(O_TRUNC, 2, 0),
            jump_if_any(O_ACCMODE, 0, 4),
            jump_if_any(O_APPEND | O_TMPFILE, 3, 0),
            keep_bits(O_CREAT | O_EXCL),
            jump_if_equal(O_CREAT | O_EXCL, 1, 0),
            STOP,
            ALLOW,
        ],
    }
}

const fn instruction(code: u32, k: u32, then: u8, otherwise: u8) -> sock_filter {
    #[expect(clippy::cast_possible_truncation, reason = "the codes of the kernel fit in 16 bits")]
    let code = code as u16;
    sock_filter { code, jt: then, jf: otherwise, k }
}

const fn load(offset: u32) -> sock_filter {
    instruction(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, offset, 0, 0)
}

const fn keep_bits(bits: u32) -> sock_filter {
    instruction(libc::BPF_ALU | libc::BPF_AND | libc::BPF_K, bits, 0, 0)
}

const fn jump_if_equal(value: u32, then: u8, otherwise: u8) -> sock_filter {
    instruction(libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K, value, then, otherwise)
}

const fn jump_if_any(bits: u32, then: u8, otherwise: u8) -> sock_filter {
    instruction(libc::BPF_JMP | libc::BPF_JSET | libc::BPF_K, bits, then, otherwise)
}

fn jump(over: usize) -> sock_filter {
    // The kernel takes 4096 instructions, and checks that every jump stays among them.
    instruction(libc::BPF_JMP | libc::BPF_JA, u32::try_from(over).unwrap_or(u32::MAX), 0, 0)
}

const fn answer(value: u32) -> sock_filter {
    instruction(libc::BPF_RET | libc::BPF_K, value, 0, 0)
}

#[cfg(test)]
mod tests;
