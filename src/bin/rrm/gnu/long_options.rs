//! Long options and their abbreviations.

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

/// The meaning of an abbreviation.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Found {
    One(LongOption),
    Several(Vec<LongOption>),
    Nothing,
}

/// Whether an argument may follow `=`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Argument {
    Refused,
    /// Yes, but it is not required.
    Optional,
}

impl LongOption {
    /// All, in the order of GNU's message about ambiguous options.
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

    /// The name after two dashes. The undocumented option has a third dash, so that no letter abbreviates it.
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

    /// Finds the option of `typed`, without dashes and argument.
    ///
    /// No name is a prefix of another, so a full name needs no precedence.
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
