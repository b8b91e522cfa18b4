//! rrm beside the programs whose work it does: GNU `rm`, `mv`, `ls`, `cp` and other trashes, on the same trees, in turn
//! within one run. Prints one Markdown table of ratios.
//!
//! ```sh
//! cargo bench --bench compare -- --quick                        # under a minute, in the temporary directory
//! cargo bench --bench compare -- --install --file-systems       # as root: all there is
//! ```
//!
//! Programs are started directly, with a home of their own below the directory that is measured on, and all that a row
//! removes is made before the first of its runs: ext4 avoids inodes that were freed in the last minutes, so that files
//! made after a deletion would be other files.
//!
//! No program here empties a trash but rrm, and that only of what the run itself removed: the others cannot be told
//! to leave alone what the person who runs this has in the trash on another mount.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a program for developers, which makes and deletes what it measures with"
)]

mod bench;
mod contest;
mod machine;
mod options;
mod place;
mod process;
mod programs;
mod rows;
mod table;
mod trees;

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anyhow::Result;
use clap::Parser;

use bench::Bench;
use options::Options;
use place::Place;
use programs::Programs;
use table::Table;

fn main() -> Result<()> {
    let options = Options::parse().settled();
    if options.mounts() {
        place::enter_private_namespace()?;
    }
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM, signal_hook::consts::SIGHUP] {
        signal_hook::flag::register(signal, stop.clone())?;
    }
    if options.install {
        programs::install(&options);
    }
    let programs = Programs::find(&options)?;
    if options.mounts() {
        machine::read_programs_anew()?;
    }
    let mut table = Table::default();
    for at in options.places() {
        let place = Place::prepare(&at, &options.images)?;
        eprintln!("{} ({})", place.name, place.directory().display());
        rows::measure(&mut Bench {
            options: &options,
            programs: &programs,
            place: &place,
            table: &mut table,
            stop: &stop,
        })?;
    }
    let report = format!("{}\n{table}", machine::describe(&options, &programs)?);
    print!("{report}");
    if options.write {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/RESULTS.md");
        let reasons = "What is missed, and why: [REASONS.md](REASONS.md).";
        fs::write(path, format!("# rrm beside other programs\n\n{reasons}\n\n{report}"))?;
    }
    Ok(())
}
