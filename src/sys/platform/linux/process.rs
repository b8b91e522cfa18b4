//! What `/proc` tells of processes (proc(5)).

use std::fs;
use std::io;
use std::path::Path;

use rustix::fs::OFlags;
use rustix::rand::{GetRandomFlags, getrandom};

use crate::sys::values::if_there;

/// getrandom(2).
pub(in crate::sys) fn fill_at_random(buffer: &mut [u8]) -> io::Result<()> {
    let mut filled = 0;
    while filled < buffer.len() {
        filled += getrandom(&mut buffer[filled..], GetRandomFlags::empty())?;
    }
    Ok(())
}

/// Since Linux 4.7.
pub(in crate::sys) fn told_umask() -> Option<u32> {
    u32::from_str_radix(&of_this_process("Umask:")?, 8).ok()
}

pub(in crate::sys) fn ignores(signal: i32) -> Option<bool> {
    let mask = u64::from_str_radix(&of_this_process("SigIgn:")?, 16).ok()?;
    Some(mask >> (signal - 1) & 1 == 1)
}

fn of_this_process(key: &str) -> Option<String> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| Some(line.strip_prefix(key)?.trim().to_owned()))
}

pub(in crate::sys) fn close_inherited() -> io::Result<()> {
    let mut inherited = Vec::new();
    for entry in fs::read_dir("/proc/self/fdinfo")? {
        let entry = entry?;
        let number = entry.file_name().to_str().and_then(|name| name.parse().ok());
        // That of this very listing goes while it is read.
        let Some(told) = if_there(fs::read_to_string(entry.path()))? else { continue };
        let flags = told.lines().find_map(|line| u32::from_str_radix(line.strip_prefix("flags:")?.trim(), 8).ok());
        let passes_on = flags.is_none_or(|flags| flags & OFlags::CLOEXEC.bits() == 0);
        inherited.extend(number.filter(|number: &i32| *number > 2 && passes_on));
    }
    Ok(inherited.into_iter().try_for_each(nix::unistd::close)?)
}

/// A process is known by its name; `None` where the processes of others are hidden.
pub(in crate::sys) fn is_any_running(names: &[&str]) -> Option<bool> {
    let name = |process: &Path| fs::read_to_string(process.join("comm")).ok();
    name(Path::new("/proc/1"))?;
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten().map(|entry| entry.path());
    Some(processes.filter_map(|process| name(&process)).any(|name| names.contains(&name.trim_end())))
}
