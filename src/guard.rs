//! What a program destroys while it runs under `rrm guard`, and how it is kept.
//!
//! A filter stops the few system calls that take a name or a content away, and tells a supervisor before the kernel does
//! what was asked. The supervisor looks at what the call means and hands a [`Loss`] to a [`Keeper`], which makes another
//! name for what is about to lose its own; then the call goes on, unchanged. rrm can only add names: it is a net, and no
//! sandbox.
//!
//! While the run goes on, a [`GuardedRun`] keeps numbers and a journal on each volume, and nothing else. When it ends, or is
//! found without an owner, a promotion makes items of them.

mod carry_out;
mod journal;
mod loss;
mod names;
mod plan;
mod promote;
mod run;
mod summary;
mod supervise;
mod volume;

pub(crate) use carry_out::{Batch, batch_of, carry_out};
pub(crate) use journal::{Age, Entry, Key, Thing, entries};
pub use loss::{Change, Found, Keeper, Loss, Missed, Verdict, Why};
pub use run::{GuardOptions, GuardedRun, Otherwise, Writes};
pub use summary::Summary;
pub use supervise::{Guard, Guarded, NotRun, Said, Say, Watch, become_command, supervise};
