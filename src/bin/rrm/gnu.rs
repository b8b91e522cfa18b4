//! GNU `rm` as a person or script sees it: its command line, its questions, and how it writes names.
//!
//! Nothing here reads the environment, the file system or a terminal: what these rules depend on is passed in, so that
//! each can be held against the real `rm` in a test. The wordings are those of GNU coreutils 9.1, learnt by running it.

pub(crate) mod grammar;
pub(crate) mod long_options;
pub(crate) mod messages;
pub(crate) mod options;
pub(crate) mod prompt;
pub(crate) mod quote;
pub(crate) mod texts;

#[cfg(test)]
mod testing;
