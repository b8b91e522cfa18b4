//! How much is said and in what colours: the options that every command has.

use std::ffi::OsString;

use clap::{Args, ValueEnum};

use crate::output::{Colour, Verbosity};

#[derive(Debug, Clone, Copy, Default, Args)]
pub(crate) struct FeedbackArgs {
    /// Print what is done.
    #[arg(short, long, global = true, overrides_with = "quiet", display_order = 901)]
    pub(crate) verbose: bool,

    /// Print only output and errors: no hints, summaries or progress.
    #[arg(short, long, global = true, overrides_with = "verbose", display_order = 902)]
    pub(crate) quiet: bool,

    /// When to use colours: auto (on a terminal), always or never.
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value_t = ColorWhen::Auto,
          hide_possible_values = true, display_order = 903)]
    pub(crate) color: ColorWhen,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorWhen {
    #[default]
    Auto,
    Always,
    Never,
}

impl FeedbackArgs {
    /// Of the two options one overrides the other; said on both sides of the command, the quiet one counts.
    pub(crate) fn verbosity(self) -> Verbosity {
        match (self.quiet, self.verbose) {
            (true, _) => Verbosity::Quiet,
            (false, true) => Verbosity::Verbose,
            (false, false) => Verbosity::Usual,
        }
    }

    pub(crate) fn colour(self) -> Colour {
        self.color.into()
    }
}

impl From<ColorWhen> for Colour {
    fn from(when: ColorWhen) -> Self {
        match when {
            ColorWhen::Auto => Self::Auto,
            ColorWhen::Always => Self::Always,
            ColorWhen::Never => Self::Never,
        }
    }
}

/// What the words say about colours, for a help text or a complaint, which come before anything is understood.
pub(crate) fn colour_of_help(words: &[OsString]) -> ColorWhen {
    let words = words.iter().map(|word| word.to_string_lossy()).take_while(|word| word != "--");
    let words: Vec<_> = words.collect();
    let apart = words.windows(2).filter(|pair| pair[0] == "--color").map(|pair| &*pair[1]);
    let said = words.iter().filter_map(|word| word.strip_prefix("--color=")).chain(apart).next_back();
    said.and_then(|said| ColorWhen::from_str(said, false).ok()).unwrap_or_default()
}
