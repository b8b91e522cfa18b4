//! On what machine, with which versions, when.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Result, ensure};
use chrono::Utc;

use crate::options::Options;
use crate::programs::{Programs, cargo, version};

/// What stands above the table.
pub(crate) fn describe(options: &Options, programs: &Programs) -> Result<String> {
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease")?;
    let cores = std::thread::available_parallelism()?;
    let size = fs::metadata(&programs.rrm)?.len();
    let peers = programs.peers.iter().map(|peer| format!("{} ({})", peer.name, peer.version));
    let others: Vec<String> = ["rm", "mv", "ls", "cp"].iter().filter_map(|name| version(Path::new(name))).collect();
    Ok(format!(
        "{}; {}, {cores} cores, Linux {}.\n\n{} ({size} bytes, {} crates beside itself); {}.\n\n{}.\n\n\
         Each figure is the time of rrm divided by that of the program beside it, and the time of rrm.\n",
        Utc::now().format("%Y-%m-%d"),
        processor()?,
        kernel.trim(),
        version(&programs.rrm).unwrap_or_default(),
        dependencies().map_or_else(|| "an unknown number of".to_owned(), |count| count.to_string()),
        others.into_iter().chain(peers).collect::<Vec<_>>().join(", "),
        options.sizes(),
    ))
}

/// Has every program come from the disk once more, as after a start of the machine. What was written a moment ago lies in
/// memory in larger pieces and starts faster by a fifth, which would favour what was just built or installed.
pub(crate) fn read_programs_anew() -> Result<()> {
    ensure!(Command::new("sync").status()?.success(), "sync failed");
    Ok(fs::write("/proc/sys/vm/drop_caches", "3")?)
}

fn processor() -> Result<String> {
    let text = fs::read_to_string("/proc/cpuinfo")?;
    let named = text.lines().find_map(|line| line.strip_prefix("model name"));
    Ok(named.map_or(std::env::consts::ARCH, |name| name.trim_start_matches([' ', '\t', ':'])).to_owned())
}

/// How many crates are built for the program, without itself.
fn dependencies() -> Option<usize> {
    let words = ["tree", "--locked", "--offline", "--edges", "normal", "--prefix", "none", "--format", "{p}"];
    let output = Command::new(cargo()).args(words).current_dir(env!("CARGO_MANIFEST_DIR")).output().ok()?;
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let crates: BTreeSet<&str> = told.lines().map(|line| line.trim_end_matches(" (*)")).collect();
    output.status.success().then(|| crates.len().saturating_sub(1))
}
