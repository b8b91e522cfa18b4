//! Which system calls are stopped, and how they are numbered.

/// What a process asks for, whichever processor's table its number is from. Arguments are in the order of the manual page,
/// but for the lengths of [`Call::Truncate64`] and [`Call::FileTruncate64`], which come in two halves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is the system call of its name")]
pub enum Call {
    Unlink,
    UnlinkAt,
    Rmdir,
    Rename,
    RenameAt,
    RenameAt2,
    Open,
    OpenAt,
    OpenAt2,
    Creat,
    Truncate,
    FileTruncate,
    Truncate64,
    FileTruncate64,
    Chmod,
    FileChmod,
    ChmodAt,
    Chown,
    LinkChown,
    FileChown,
    ChownAt,
    Utime,
    Utimes,
    FutimesAt,
    UtimensAt,
    SetXattr,
    LinkSetXattr,
    FileSetXattr,
    SetXattrAt,
    RemoveXattr,
    LinkRemoveXattr,
    FileRemoveXattr,
    RemoveXattrAt,
    IoUringSetup,
}

/// When a call of the table is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Whatever its arguments are.
    Always,
    /// If the flags in this argument may take the content of a file that is there: `O_TRUNC`, or what lets write at any place,
    /// which is neither `O_RDONLY` nor `O_APPEND`; but not together with `O_CREAT` and `O_EXCL`, or for a file without a name.
    Writes(u32),
    /// Never: the program is told that the kernel lacks it (`ENOSYS`). It would do what the others do, unseen.
    Lacks,
}

/// One row of a table.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// The number of the call.
    pub number: u32,
    /// Which it is.
    pub call: Call,
    /// When it is stopped.
    pub when: When,
}

/// A way to enter the kernel: the value that the kernel has for it (`AUDIT_ARCH_…`), and its calls.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// What `seccomp_data.arch` is.
    pub arch: u32,
    /// Numbers with any of these bits are another table's, for which the kernel has no `arch` of its own: x32 on x86-64.
    pub foreign_bits: u32,
    /// The calls; the most frequent first.
    pub rows: &'static [Row],
}

/// The tables of the processor that this is built for; none where nobody has written them down.
#[must_use]
pub const fn tables() -> &'static [Table] {
    if cfg!(all(target_arch = "x86_64", target_pointer_width = "64")) {
        &[X86_64, I386]
    } else if cfg!(target_arch = "aarch64") {
        &[AARCH64]
    } else {
        &[]
    }
}

/// Which call a number means.
#[must_use]
pub fn call_of(arch: u32, number: u32) -> Option<Call> {
    let table = tables().iter().find(|table| table.arch == arch)?;
    table.rows.iter().find(|row| row.number == number).map(|row| row.call)
}

const fn always(number: u32, call: Call) -> Row {
    Row { number, call, when: When::Always }
}

const fn writes(number: u32, call: Call, flags: u32) -> Row {
    Row { number, call, when: When::Writes(flags) }
}

/// The one that is the same everywhere, as all calls since 2019 are.
const IO_URING: Row = Row { number: 425, call: Call::IoUringSetup, when: When::Lacks };
const OPENAT2: Row = always(437, Call::OpenAt2);
const FCHMODAT2: Row = always(452, Call::ChmodAt);
const SETXATTRAT: Row = always(463, Call::SetXattrAt);
const REMOVEXATTRAT: Row = always(466, Call::RemoveXattrAt);

const X86_64: Table = Table {
    arch: 0xc000_003e,
    foreign_bits: 0x4000_0000,
    rows: &[
        writes(257, Call::OpenAt, 2),
        writes(2, Call::Open, 1),
        always(87, Call::Unlink),
        always(263, Call::UnlinkAt),
        always(82, Call::Rename),
        always(264, Call::RenameAt),
        always(316, Call::RenameAt2),
        always(84, Call::Rmdir),
        OPENAT2,
        always(85, Call::Creat),
        always(76, Call::Truncate),
        always(77, Call::FileTruncate),
        always(90, Call::Chmod),
        always(91, Call::FileChmod),
        always(268, Call::ChmodAt),
        FCHMODAT2,
        always(92, Call::Chown),
        always(93, Call::FileChown),
        always(94, Call::LinkChown),
        always(260, Call::ChownAt),
        always(132, Call::Utime),
        always(235, Call::Utimes),
        always(261, Call::FutimesAt),
        always(280, Call::UtimensAt),
        always(188, Call::SetXattr),
        always(189, Call::LinkSetXattr),
        always(190, Call::FileSetXattr),
        SETXATTRAT,
        always(197, Call::RemoveXattr),
        always(198, Call::LinkRemoveXattr),
        always(199, Call::FileRemoveXattr),
        REMOVEXATTRAT,
        IO_URING,
    ],
};

/// What a 32-bit program on x86-64 calls.
const I386: Table = Table {
    arch: 0x4000_0003,
    foreign_bits: 0,
    rows: &[
        writes(295, Call::OpenAt, 2),
        writes(5, Call::Open, 1),
        always(10, Call::Unlink),
        always(301, Call::UnlinkAt),
        always(38, Call::Rename),
        always(302, Call::RenameAt),
        always(353, Call::RenameAt2),
        always(40, Call::Rmdir),
        OPENAT2,
        always(8, Call::Creat),
        always(92, Call::Truncate),
        always(93, Call::FileTruncate),
        always(193, Call::Truncate64),
        always(194, Call::FileTruncate64),
        always(15, Call::Chmod),
        always(94, Call::FileChmod),
        always(306, Call::ChmodAt),
        FCHMODAT2,
        always(182, Call::Chown),
        always(95, Call::FileChown),
        always(16, Call::LinkChown),
        always(212, Call::Chown),
        always(207, Call::FileChown),
        always(198, Call::LinkChown),
        always(298, Call::ChownAt),
        always(30, Call::Utime),
        always(271, Call::Utimes),
        always(299, Call::FutimesAt),
        always(320, Call::UtimensAt),
        always(412, Call::UtimensAt),
        always(226, Call::SetXattr),
        always(227, Call::LinkSetXattr),
        always(228, Call::FileSetXattr),
        SETXATTRAT,
        always(235, Call::RemoveXattr),
        always(236, Call::LinkRemoveXattr),
        always(237, Call::FileRemoveXattr),
        REMOVEXATTRAT,
        IO_URING,
    ],
};

/// 32-bit ARM programs are not of this table, and so cannot run at all.
const AARCH64: Table = Table {
    arch: 0xc000_00b7,
    foreign_bits: 0,
    rows: &[
        writes(56, Call::OpenAt, 2),
        always(35, Call::UnlinkAt),
        always(38, Call::RenameAt),
        always(276, Call::RenameAt2),
        OPENAT2,
        always(45, Call::Truncate),
        always(46, Call::FileTruncate),
        always(52, Call::FileChmod),
        always(53, Call::ChmodAt),
        FCHMODAT2,
        always(55, Call::FileChown),
        always(54, Call::ChownAt),
        always(88, Call::UtimensAt),
        always(5, Call::SetXattr),
        always(6, Call::LinkSetXattr),
        always(7, Call::FileSetXattr),
        SETXATTRAT,
        always(14, Call::RemoveXattr),
        always(15, Call::LinkRemoveXattr),
        always(16, Call::FileRemoveXattr),
        REMOVEXATTRAT,
        IO_URING,
    ],
};
