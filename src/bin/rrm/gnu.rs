//! GNU `rm` as seen from outside: its command line, questions, messages and quoting.
//!
//! Nothing here reads the environment, the file system or a terminal: all inputs are passed in, so that tests can
//! compare with the real `rm`. The wording is that of GNU coreutils 9.1, learnt by running it.

pub(crate) mod grammar;
pub(crate) mod long_options;
pub(crate) mod messages;
pub(crate) mod options;
pub(crate) mod prompt;
pub(crate) mod quote;
pub(crate) mod texts;

#[cfg(test)]
mod testing;
