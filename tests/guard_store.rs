//! What a guarded run keeps, and how it comes back: without a filter. Each call is told to the run right before it is made, in
//! this process.

mod crash;
mod doing;
mod others;
mod power;
mod random;
mod shapes;
mod taken_over;
