//! The mounts that this process sees, from `/proc/self/mountinfo` (proc(5)).

use std::io;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;

use crate::sys::values::Mount;

pub(in crate::sys) const MOUNT_TABLE: &str = "/proc/self/mountinfo";

pub(in crate::sys) fn mount_table() -> io::Result<Vec<Mount>> {
    match std::fs::read(MOUNT_TABLE) {
        Ok(table) => Ok(parse(&table)),
        // That would read as if something else were not there.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(io::Error::other("/proc is not mounted")),
        Err(error) => Err(error),
    }
}

/// Reads a mount table; a line that is not of its form is passed over.
fn parse(table: &[u8]) -> Vec<Mount> {
    table.split(|byte| *byte == b'\n').filter_map(parse_line).collect()
}

fn parse_line(line: &[u8]) -> Option<Mount> {
    let mut fields = line.split(|byte| *byte == b' ');
    let shows = fields.nth(3)?;
    let point = fields.next()?;
    let kind = fields.skip_while(|field| *field != b"-").nth(1)?;
    Some(Mount { point: path(point), shows: path(shows), kind: String::from_utf8_lossy(kind).into_owned() })
}

pub(super) fn path(field: &[u8]) -> PathBuf {
    std::ffi::OsString::from_vec(unescape(field)).into()
}

/// Undoes the kernel's `\040` for the bytes that would break its table: space, tab, newline, backslash.
fn unescape(field: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(field.len());
    let mut rest = field;
    while let Some((first, after)) = rest.split_first() {
        let octal = (*first == b'\\').then(|| after.get(..3)).flatten().and_then(|digits| {
            let value = u32::from_str_radix(std::str::from_utf8(digits).ok()?, 8).ok()?;
            u8::try_from(value).ok()
        });
        if let Some(byte) = octal {
            plain.push(byte);
            rest = &after[3..];
        } else {
            plain.push(*first);
            rest = after;
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_table_is_read_with_its_escapes() {
        let table = b"36 35 98:0 /mnt\\0401 /mnt/a\\040b\\134 rw,noatime master:1 - ext3 /dev/root rw\n\
            nonsense\n\
            37 35 0:21 / /proc rw - proc proc rw\n";
        let points: Vec<_> = parse(table).into_iter().map(|m| (m.shows, m.point, m.kind)).collect();
        let read = |shows: &str, point: &str, kind: &str| (shows.into(), point.into(), kind.to_owned());
        assert_eq!(points, [read("/mnt 1", "/mnt/a b\\", "ext3"), read("/", "/proc", "proc")]);
    }
}
