//! The tests of deletion, by two workers that begin with the first entry.

use rrm::purge::Workers;

const WORKERS: Workers = Workers::Two;

#[path = "suite.rs"]
mod suite;
