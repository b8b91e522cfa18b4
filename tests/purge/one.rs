//! The tests of deletion, by one worker.

use rrm::purge::Workers;

const WORKERS: Workers = Workers::One;

#[path = "suite.rs"]
mod suite;
