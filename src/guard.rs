//! What a program destroys while it runs under `rrm guard`, and how it is kept.
//!
//! A filter stops the few system calls that take a name or a content away, and tells a supervisor before the kernel does
//! what was asked. The supervisor looks at what the call means and hands a [`Loss`] to a [`Keeper`], which makes another
//! name for what is about to lose its own; then the call goes on, unchanged. rrm can only add names: it is a net, and no
//! sandbox.

mod loss;
mod supervise;

pub use loss::{Change, Found, Keeper, Loss, Missed, Verdict, Why};
pub use supervise::{Guard, Guarded, NotRun, Watch, become_command, supervise};
