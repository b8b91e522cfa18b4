//! The names of the attributes that a record consists of.

/// Where the item was: raw bytes. If a slash is at its end it is the directory, and [`ORIGINAL_NAME`] is the rest.
pub(in crate::store) const ORIGINAL_PATH: &str = "original_path";
/// The last name of a long path: raw bytes.
pub(in crate::store) const ORIGINAL_NAME: &str = "original_name";
/// When its grace period ends: RFC 3339, UTC.
pub(in crate::store) const DELETION_DATE: &str = "deletion_date";
/// Who removed it: raw bytes.
pub(in crate::store) const SESSION: &str = "rrm_session";
/// How large a directory was found to be, all of it: bytes in decimal.
pub(in crate::store) const SIZE: &str = "rrm_size";
/// The name that an imported item had in the trash of another program, raw bytes, until nothing of it is left there.
pub(in crate::store) const IMPORT: &str = "rrm_import";

/// Of older versions: when it was removed, RFC 3339, UTC, nanoseconds. The first version wrote none.
pub(in crate::store) const TRASHED_DATE: &str = "trashed_date";
/// Of older versions: the permission bits to give back, in octal, where a directory had to be made writable to be moved.
pub(in crate::store) const MODE: &str = "rrm_mode";
/// Of older versions: until when a person keeps the item, RFC 3339, UTC; anything else, `forever` first of all, has no end.
pub(in crate::store) const KEEP: &str = "rrm_keep";
/// Of older versions: marks the directory that carries it as an envelope, for the item in it.
pub(in crate::store) const ENVELOPE: &str = "rrm_envelope";

/// The attributes of a record, those of older versions included. Those that tell the path come first when a record is
/// written and go last when it is erased: whatever a crash leaves of a record still says which file it belongs to.
pub(in crate::store) const OURS: [&str; 9] =
    [ORIGINAL_NAME, ORIGINAL_PATH, MODE, DELETION_DATE, TRASHED_DATE, SESSION, KEEP, SIZE, IMPORT];
