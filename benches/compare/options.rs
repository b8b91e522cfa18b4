//! What to measure, where, and how much of it.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};

use crate::contest::Statistic;
use crate::place::At;

/// What rows are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Subject {
    Remove,
    List,
    Restore,
    Clean,
    Copy,
    Guard,
}

/// Measure rrm beside other programs and print a table of ratios.
#[derive(Debug, Parser)]
#[command(name = "compare")]
#[expect(clippy::struct_excessive_bools, reason = "options that are given or not")]
pub(crate) struct Options {
    /// Directories to measure in; the temporary directory unless said
    directories: Vec<PathBuf>,

    /// As root, measure on new file systems of these kinds: ext4, xfs, btrfs, tmpfs; all four unless said
    #[arg(long, value_delimiter = ',', num_args = 0.., require_equals = true, value_name = "KIND,...",
          default_missing_value = "ext4,xfs,btrfs,tmpfs")]
    file_systems: Vec<String>,

    /// Where the images of those file systems are kept while they are mounted
    #[arg(long, value_name = "DIR", default_value_os_t = std::env::temp_dir())]
    pub(crate) images: PathBuf,

    /// A directory on another mount, from which the copies are made
    #[arg(long, value_name = "DIR", default_value = "/dev/shm")]
    pub(crate) other: PathBuf,

    /// The rrm to measure, instead of the one that is built for it
    #[arg(long, value_name = "PATH")]
    pub(crate) rrm: Option<PathBuf>,

    /// Install the other programs first: Debian's with apt, those of crates.io into --peers
    #[arg(long)]
    pub(crate) install: bool,

    /// Where the programs of crates.io are installed and looked for, beside $PATH
    #[arg(long, value_name = "DIR", default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/target/peers"))]
    pub(crate) peers: PathBuf,

    /// Small trees and few rounds, for a first look
    #[arg(long)]
    quick: bool,

    /// A directory of a million files, the memory of a list of a million items, and an undo beside so many
    #[arg(long)]
    pub(crate) million: bool,

    /// How often each program does a thing; slow ones do it twice
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub(crate) rounds: usize,

    /// How many single files are removed by one process each
    #[arg(long, value_name = "N", default_value_t = 200)]
    pub(crate) starts: usize,

    /// How many files are removed, or restored, by one command
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    pub(crate) files: usize,

    /// How many items are listed
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    pub(crate) items: usize,

    /// How many files the directory holds that is removed as one item
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    pub(crate) directory: usize,

    /// How many items there are when the memory of a list is measured; as many as are listed unless said
    #[arg(long, value_name = "N")]
    remembered: Option<usize>,

    /// How many files each tree holds that is deleted for good
    #[arg(long, value_name = "N", default_value_t = 50_000)]
    pub(crate) tree: usize,

    /// How large the large file is that is copied, in MiB
    #[arg(long, value_name = "MIB", default_value_t = 256)]
    pub(crate) large: u64,

    /// Only these rows
    #[arg(long, value_name = "SUBJECT,...", value_delimiter = ',', value_enum)]
    only: Vec<Subject>,

    /// What stands for several rounds
    #[arg(long, value_enum, default_value_t = Statistic::Best)]
    pub(crate) statistic: Statistic,

    /// Keep what is printed as benches/RESULTS.md
    #[arg(long)]
    pub(crate) write: bool,

    /// What `cargo bench` says to every benchmark
    #[arg(long, hide = true)]
    bench: bool,
}

impl Options {
    /// With the sizes that `--quick` and `--million` stand for.
    pub(crate) fn settled(mut self) -> Self {
        if self.quick {
            (self.rounds, self.starts, self.large) = (3, 20, 16);
            (self.files, self.items, self.directory, self.tree) = (1_000, 10_000, 10_000, 5_000);
        }
        if self.million {
            (self.directory, self.remembered) = (1_000_000, Some(1_000_000));
        }
        self
    }

    /// Whether file systems of our own are to be mounted.
    pub(crate) fn mounts(&self) -> bool {
        !self.file_systems.is_empty()
    }

    /// Where to measure.
    pub(crate) fn places(&self) -> Vec<At> {
        let named = self.directories.iter().map(|path| At::Directory(path.clone()));
        let fresh = self.file_systems.iter().map(|kind| At::Fresh(kind.clone()));
        let places: Vec<At> = named.chain(fresh).collect();
        if places.is_empty() { vec![At::Directory(std::env::temp_dir())] } else { places }
    }

    /// Whether the rows about this are wanted.
    pub(crate) fn wants(&self, subject: Subject) -> bool {
        self.only.is_empty() || self.only.contains(&subject)
    }

    /// How many items a list holds whose memory is measured.
    pub(crate) fn remembered(&self) -> usize {
        self.remembered.unwrap_or(self.items)
    }

    /// How often a program takes part that is much slower.
    pub(crate) fn rounds_of_peers(&self) -> usize {
        self.rounds.min(2)
    }

    /// The sizes, in words.
    pub(crate) fn sizes(&self) -> String {
        format!(
            "{} of {} rounds (of {} for one file; slow programs {}), {} files, {} items, a directory of {}, trees of {}",
            self.statistic.name(),
            self.rounds,
            self.starts,
            self.rounds_of_peers(),
            self.files,
            self.items,
            self.directory,
            self.tree,
        )
    }
}
