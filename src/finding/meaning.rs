//! What each finding means: how much it matters, whether it can be mended, and what it is called.

use super::{Age, Fault, Finding, Left, Mending, Severity, Source};

impl Finding {
    /// How much it matters.
    #[must_use]
    pub fn severity(&self) -> Severity {
        match self {
            Self::WrongMode { .. } | Self::Unsafe { .. } | Self::Unusable { .. } | Self::Unreadable { .. } => {
                Severity::Error
            }
            Self::InterruptedCopy { source: Source::Gone(_) | Source::Unknown, .. } => Severity::Error,
            Self::EmptyEnvelope { age: Age::Young, .. }
            | Self::NoAttributes { .. }
            | Self::Unreachable { .. }
            | Self::OfAnother { .. }
            | Self::NoHome { .. } => Severity::Note,
            _ => Severity::Warning,
        }
    }

    /// Whether it can be mended without anybody's data going.
    #[must_use]
    pub fn mending(&self) -> Mending {
        match self {
            Self::WrongMode { .. }
            | Self::Unregistered { .. }
            | Self::Unusable { fault: Fault::Mode(_), .. }
            | Self::EmptyEnvelope { age: Age::Old, .. }
            | Self::InterruptedCopy { source: Source::Uncopied, .. }
            | Self::InterruptedMove { left: Left::Note, .. }
            | Self::DeadRegistration { .. }
            | Self::Stray { .. } => Mending::Possible,
            _ => Mending::No,
        }
    }

    /// Its name in every output.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::WrongMode { .. } => "wrong-mode",
            Self::Unregistered { .. } => "unregistered-trash",
            Self::Unsafe { .. } => "unsafe-trash",
            Self::OfAnother { .. } => "anothers-trash",
            Self::NoHome { .. } => "no-home-trash",
            Self::Unusable { .. } => "unusable-directory",
            Self::NoAttributes { .. } => "no-attributes",
            Self::Untagged(_) => "untagged-item",
            Self::Untrusted { .. } => "untrusted-record",
            Self::Open { .. } => "open-record",
            Self::Doubtful { .. } => "doubtful-date",
            Self::Unreadable { .. } => "unreadable-item",
            Self::EmptyEnvelope { .. } => "empty-envelope",
            Self::Crowded { .. } => "crowded-envelope",
            Self::Foreign { .. } => "foreign-entry",
            Self::InterruptedCopy { .. } => "interrupted-copy",
            Self::InterruptedMove { .. } => "interrupted-move",
            Self::InterruptedClean { .. } => "interrupted-clean",
            Self::DeadRegistration { .. } => "dead-registration",
            Self::Unreachable { .. } => "unreachable-trash",
            Self::Stray { .. } => "stray-attributes",
            Self::Overdue { .. } => "overdue-items",
        }
    }
}
