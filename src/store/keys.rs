//! The names of the attributes that a record consists of.

/// Where the item was: raw bytes. If a slash is at its end it is the directory, and [`ORIGINAL_NAME`] is the rest.
pub(super) const ORIGINAL_PATH: &str = "original_path";
/// The last name of a long path: raw bytes.
pub(super) const ORIGINAL_NAME: &str = "original_name";
/// When its grace period ends: RFC 3339, UTC.
pub(super) const DELETION_DATE: &str = "deletion_date";
/// Who removed it: raw bytes.
pub(super) const SESSION: &str = "rrm_session";
/// How large a directory was found to be, all of it: bytes in decimal.
pub(super) const SIZE: &str = "rrm_size";
/// The name that an imported item had in the trash of another program, raw bytes, until nothing of it is left there.
pub(super) const IMPORT: &str = "rrm_import";

/// Of older versions: when it was removed, RFC 3339, UTC, nanoseconds. The first version wrote none.
pub(super) const TRASHED_DATE: &str = "trashed_date";
/// Of older versions: the permission bits to give back, in octal, where a directory had to be made writable to be moved.
pub(super) const MODE: &str = "rrm_mode";
/// Of older versions: until when a person keeps the item, RFC 3339, UTC; anything else, `forever` first of all, has no end.
pub(super) const KEEP: &str = "rrm_keep";
/// Of older versions: marks the directory that carries it as an envelope, for the item in it.
pub(super) const ENVELOPE: &str = "rrm_envelope";

/// The attributes of a record, those of older versions included. Those that tell the path come first when a record is
/// written and go last when it is erased: whatever a crash leaves of a record still says which file it belongs to.
pub(super) const OURS: [&str; 9] =
    [ORIGINAL_NAME, ORIGINAL_PATH, MODE, DELETION_DATE, TRASHED_DATE, SESSION, KEEP, SIZE, IMPORT];
