//! Whom the program runs as.

const NOBODY: u32 = 65534;

/// Whom a sandbox belongs to and its programs run as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum User {
    /// Whoever runs the tests, root included.
    Caller,
    /// Someone without privileges: `nobody` where root runs the tests, else the caller.
    Nobody,
}

impl User {
    /// The user and group number.
    pub(crate) fn ids(self) -> (u32, u32) {
        if self.is_other() {
            (NOBODY, NOBODY)
        } else {
            (rustix::process::geteuid().as_raw(), rustix::process::getegid().as_raw())
        }
    }

    /// Whether a program has to change user to become this one.
    pub(crate) fn is_other(self) -> bool {
        self == Self::Nobody && is_root()
    }

    /// The words put in front of a command so that it runs as this user.
    pub(crate) fn prefix(self) -> &'static [&'static str] {
        if self.is_other() {
            &["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        } else if in_namespace() {
            // Root of a namespace overrides permissions on its own files; without capabilities it is an ordinary user.
            &["setpriv", "--bounding-set=-all", "--inh-caps=-all"]
        } else {
            &[]
        }
    }
}

/// Whether the tests run with the privileges of the machine's root.
pub(crate) fn is_root() -> bool {
    rustix::process::geteuid().is_root() && !in_namespace()
}

/// Whether the tests run as the root of a user namespace, which may mount but has no other privilege: of one that a test
/// made, or of a container.
pub(crate) fn in_namespace() -> bool {
    // The machine's own users are each mapped to themselves (user_namespaces(7)).
    let is_mapped = |map: String| map.split_whitespace().ne(["0", "0", "4294967295"]);
    rustix::process::geteuid().is_root() && std::fs::read_to_string("/proc/self/uid_map").is_ok_and(is_mapped)
}
