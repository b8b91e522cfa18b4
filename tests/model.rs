//! Random sequences of rm, restore, undo and clean, with files made and changed between them, against a model in
//! memory. After each step the disk is what the model says: every content that was ever made is in exactly one place,
//! and the list tells exactly what is in the trash. Each command of the program has told the same in a dry run before.

pub(crate) mod drivers;
mod merge;
mod steps;
mod world;

use proptest::prelude::*;

use crate::common::{Sandbox, random};
use drivers::{Driver, Library, Program};
use steps::Step;
use world::World;

/// Runs `cases` sequences of at most `longest` steps.
fn check(cases: u32, longest: usize, driver: impl Fn(&Sandbox) -> Box<dyn Driver>) {
    let sequences = prop::collection::vec(steps::some_steps(), longest / 2..=longest);
    random::for_each(cases, &sequences, |steps| run(&steps.concat(), &driver));
}

fn run(steps: &[Step], driver: impl Fn(&Sandbox) -> Box<dyn Driver>) {
    let sandbox = Sandbox::new();
    let (mut world, mut driver) = (World::new(sandbox.work()), driver(&sandbox));
    for step in steps {
        let step = world.settle(step);
        world.apply(&step);
        driver.apply(&step);
        world.compare(&sandbox, &driver.listed(), &step);
    }
}

#[test]
fn the_library_does_what_the_model_says() {
    check(80, 40, |sandbox| Box::new(Library::new(sandbox)));
}

#[test]
fn the_program_does_what_the_model_and_its_dry_run_say() {
    check(8, 20, |sandbox| Box::new(Program::new(sandbox)));
}
