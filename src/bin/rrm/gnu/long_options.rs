//! The long options, and finding the one that an abbreviation means.

/// A long option of `rm`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LongOption {
    Force,
    Interactive,
    OneFileSystem,
    NoPreserveRoot,
    PreserveRoot,
    PresumeInputTty,
    Recursive,
    Dir,
    Verbose,
    Help,
    Version,
}

/// What an abbreviation stands for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// The only option that begins so.
    One(LongOption),
    /// Several options begin so: these.
    Several(Vec<LongOption>),
    /// No option begins so.
    Nothing,
}

/// Whether `=` and an argument may follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Argument {
    /// None is taken.
    Refused,
    /// One is taken, but none is needed.
    Optional,
}

impl LongOption {
    /// All, in the order in which GNU lists the possibilities of an ambiguous one.
    pub(crate) const ALL: [Self; 11] = [
        Self::Force,
        Self::Interactive,
        Self::OneFileSystem,
        Self::NoPreserveRoot,
        Self::PreserveRoot,
        Self::PresumeInputTty,
        Self::Recursive,
        Self::Dir,
        Self::Verbose,
        Self::Help,
        Self::Version,
    ];

    /// The name behind the two dashes. One that is not documented has a third dash, so that no letter abbreviates it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Force => "force",
            Self::Interactive => "interactive",
            Self::OneFileSystem => "one-file-system",
            Self::NoPreserveRoot => "no-preserve-root",
            Self::PreserveRoot => "preserve-root",
            Self::PresumeInputTty => "-presume-input-tty",
            Self::Recursive => "recursive",
            Self::Dir => "dir",
            Self::Verbose => "verbose",
            Self::Help => "help",
            Self::Version => "version",
        }
    }

    /// Whether it takes an argument.
    pub(crate) const fn argument(self) -> Argument {
        match self {
            Self::Interactive | Self::PreserveRoot => Argument::Optional,
            _ => Argument::Refused,
        }
    }

    /// Finds what `typed`, without the dashes and without an argument, stands for.
    ///
    /// No option's name begins another's, so that a whole name needs no precedence over a prefix.
    pub(crate) fn find(typed: &[u8]) -> Found {
        let candidates: Vec<_> = Self::ALL.into_iter().filter(|one| one.name().as_bytes().starts_with(typed)).collect();
        match candidates.as_slice() {
            [] => Found::Nothing,
            [one] => Found::One(*one),
            _ => Found::Several(candidates),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_whole_name_means_its_option() {
        for option in LongOption::ALL {
            assert_eq!(LongOption::find(option.name().as_bytes()), Found::One(option));
        }
    }
}
