//! What a list is sorted by.

use clap::ValueEnum;
use clap::builder::PossibleValue;

use crate::options::SortKey;

/// In which order items are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ListOrder {
    /// Sorted.
    By(SortKey),
    /// As they are read.
    AsFound,
}

impl ValueEnum for ListOrder {
    fn value_variants<'a>() -> &'a [Self] {
        &[
            Self::By(SortKey::Deleted),
            Self::By(SortKey::Expires),
            Self::By(SortKey::Size),
            Self::By(SortKey::Path),
            Self::By(SortKey::Kind),
            Self::AsFound,
        ]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        match self {
            Self::By(key) => key.to_possible_value(),
            Self::AsFound => Some(PossibleValue::new("none").help("Unsorted: print each item as soon as it is found")),
        }
    }
}
