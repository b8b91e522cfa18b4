//! The name of an item, and what it tells.
//!
//! A UUID of version 8 (RFC 9562), whose free bits are used like this, the most significant first:
//!
//! | bits | what |
//! |---|---|
//! | 48 | random, so that a short prefix is a short ID |
//! | 4 | the version, 8 |
//! | 12 | random |
//! | 2 | the variant |
//! | 4 | random |
//! | 6 | flags: in an envelope, the record is a file, `g-w` taken, `o-w` taken, `u+w` given, imported |
//! | 52 | microseconds since 1970, to the year 2112: the last 13 digits |
//!
//! Nobody else can make or change a name in a directory of mode 0700, so what a name tells is believed. Items that older
//! versions of rrm made have random UUIDs of version 4, which tell nothing.

use std::ffi::OsStr;
use std::fmt;

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// How many random bytes a name is made of.
pub const RANDOM: usize = 8;

const VERSION: u128 = 0x8 << 76;
const VERSION_BITS: u128 = 0xf << 76;
const VARIANT: u128 = 0b10 << 62;
const VARIANT_BITS: u128 = 0b11 << 62;

const INSTANT_BITS: u32 = 52;
const LATEST: u64 = (1 << INSTANT_BITS) - 1;

const ENVELOPE: u8 = 1 << 5;
const RECORD_FILE: u8 = 1 << 4;
const GROUP_WRITE_TAKEN: u8 = 1 << 3;
const OTHERS_WRITE_TAKEN: u8 = 1 << 2;
const OWNER_WRITE_GIVEN: u8 = 1 << 1;
const IMPORTED: u8 = 1;
const FLAGS: u64 = 0b11_1111;

const OWNER_WRITE: u32 = 0o200;
const GROUP_WRITE: u32 = 0o020;
const OTHERS_WRITE: u32 = 0o002;

/// The name of an item in its trash directory: a UUID, hyphenated and in lower case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemId(Uuid);

/// Where the record of an item is, and whether it can be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// On the item itself, as attributes.
    Own,
    /// On the item itself, and others could write it for a moment after the removal: it is never believed.
    Doubted,
    /// On the directory made to hold the item, its envelope, as attributes.
    Envelope,
    /// In a file beside the item, in its envelope.
    RecordFile,
}

/// The permission bits that an item has in the trash and had not before, or had and has not now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Lent {
    /// Of `g+w` and `o+w`, those that were taken off, so that nobody else can write the record.
    pub taken: u32,
    /// `u+w`, if a directory was given that to be moved.
    pub given: u32,
}

impl Lent {
    /// The mode that the item had, if it has this one in the trash.
    #[must_use]
    pub fn original(self, mode: u32) -> u32 {
        (mode | self.taken) & !self.given
    }
}

/// How an item came to be in the trash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// It was removed.
    Removal,
    /// It was imported from the trash of another program.
    Import,
}

/// What a name tells of its item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// When it was removed, in whole microseconds. What one command removed has the same instant, and is one batch.
    pub removed: DateTime<Utc>,
    /// Where its record is.
    pub shape: Shape,
    /// What of its mode a restore gives back.
    pub lent: Lent,
    /// How it came here.
    pub arrival: Arrival,
}

impl Told {
    /// What the name of nothing tells.
    #[must_use]
    pub fn nothing() -> Self {
        Self { removed: DateTime::UNIX_EPOCH, shape: Shape::Own, lent: Lent::default(), arrival: Arrival::Removal }
    }

    fn flags(self) -> u8 {
        let shape = match self.shape {
            Shape::Own => 0,
            Shape::Doubted => RECORD_FILE,
            Shape::Envelope => ENVELOPE,
            Shape::RecordFile => ENVELOPE | RECORD_FILE,
        };
        let set = |flag: u8, is_set: bool| if is_set { flag } else { 0 };
        shape
            | set(GROUP_WRITE_TAKEN, self.lent.taken & GROUP_WRITE != 0)
            | set(OTHERS_WRITE_TAKEN, self.lent.taken & OTHERS_WRITE != 0)
            | set(OWNER_WRITE_GIVEN, self.lent.given & OWNER_WRITE != 0)
            | set(IMPORTED, self.arrival == Arrival::Import)
    }

    fn from_flags(removed: DateTime<Utc>, flags: u8) -> Self {
        let is_set = |flag: u8| flags & flag != 0;
        let bit = |flag: u8, bit: u32| if is_set(flag) { bit } else { 0 };
        Self {
            removed,
            shape: match (is_set(ENVELOPE), is_set(RECORD_FILE)) {
                (false, false) => Shape::Own,
                (false, true) => Shape::Doubted,
                (true, false) => Shape::Envelope,
                (true, true) => Shape::RecordFile,
            },
            lent: Lent {
                taken: bit(GROUP_WRITE_TAKEN, GROUP_WRITE) | bit(OTHERS_WRITE_TAKEN, OTHERS_WRITE),
                given: bit(OWNER_WRITE_GIVEN, OWNER_WRITE),
            },
            arrival: if is_set(IMPORTED) { Arrival::Import } else { Arrival::Removal },
        }
    }
}

impl ItemId {
    /// The name of an item, of which it tells this. An instant that the name cannot hold becomes the nearest that it can:
    /// nothing was removed before 1970, and what is removed after the year 2112 keeps no order among itself.
    #[must_use]
    pub fn new(random: [u8; RANDOM], told: Told) -> Self {
        let micros = u64::try_from(told.removed.timestamp_micros()).unwrap_or(0).min(LATEST);
        let random = u64::from_be_bytes(random);
        let (first, second, third) = (random >> 16, random >> 4 & 0xfff, random & 0xf);
        let low = third << 58 | u64::from(told.flags()) << INSTANT_BITS | micros;
        let bits = u128::from(first) << 80 | VERSION | u128::from(second) << 64 | VARIANT | u128::from(low);
        Self(Uuid::from_u128(bits))
    }

    /// What the name tells; `None` for one that an older version of rrm gave.
    #[must_use]
    pub fn told(&self) -> Option<Told> {
        let bits = self.0.as_u128();
        if bits & (VERSION_BITS | VARIANT_BITS) != VERSION | VARIANT {
            return None;
        }
        let [.., low] = [bits >> 64, bits & u128::from(u64::MAX)].map(|half| u64::try_from(half).unwrap_or(0));
        let removed = i64::try_from(low & LATEST).ok().and_then(DateTime::from_timestamp_micros)?;
        let flags = u8::try_from(low >> INSTANT_BITS & FLAGS).ok()?;
        Some(Told::from_flags(removed, flags))
    }

    /// The ID that a name spells; `None` for every other spelling of a UUID too, since names are compared as bytes.
    #[must_use]
    pub fn from_name(name: &OsStr) -> Option<Self> {
        let text = name.to_str()?;
        let uuid = Uuid::try_parse(text).ok()?;
        let canonical = uuid.as_hyphenated().encode_lower(&mut Uuid::encode_buffer()) == text;
        canonical.then_some(Self(uuid))
    }

    /// The ID that 32 hexadecimal digits spell.
    #[must_use]
    pub fn from_digits(digits: &str) -> Option<Self> {
        Some(digits).filter(|digits| digits.len() == 32).and_then(|digits| Uuid::try_parse(digits).ok()).map(Self)
    }

    /// The shortest form worth showing: the first eight hexadecimal digits.
    #[must_use]
    pub fn short(&self) -> String {
        self.to_string()[..8].to_owned()
    }
}

impl fmt::Display for ItemId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_hyphenated().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn told(removed: DateTime<Utc>) -> Told {
        Told { removed, shape: Shape::Own, lent: Lent::default(), arrival: Arrival::Removal }
    }

    fn micros(micros: i64) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(micros).expect("an instant")
    }

    /// The bits are where RFC 9562 and the table above have them.
    #[test]
    fn a_name_is_laid_out_as_documented() {
        let at = micros(0x6_0123_4567_89ab);
        let lent = Lent { taken: 0o022, given: 0o200 };
        let all = Told { removed: at, shape: Shape::RecordFile, lent, arrival: Arrival::Import };
        let (zeros, ones) = ([0; RANDOM], [0xff; RANDOM]);
        let table = [
            (ItemId::new(zeros, told(at)), "00000000-0000-8000-8006-0123456789ab"),
            (ItemId::new(ones, told(at)), "ffffffff-ffff-8fff-bc06-0123456789ab"),
            (ItemId::new(zeros, all), "00000000-0000-8000-83f6-0123456789ab"),
            (ItemId::new(*b"\x12\x34\x56\x78\x9a\xbc\xde\xf0", told(at)), "12345678-9abc-8def-8006-0123456789ab"),
        ];
        for (id, name) in table {
            assert_eq!(id.to_string(), name);
        }
    }

    #[test]
    fn what_a_name_was_told_it_tells() {
        for shape in [Shape::Own, Shape::Doubted, Shape::Envelope, Shape::RecordFile] {
            for taken in [0, 0o020, 0o002, 0o022] {
                for given in [0, 0o200] {
                    for arrival in [Arrival::Removal, Arrival::Import] {
                        for removed in [micros(0), micros(1), micros(1_790_000_000_123_456), micros((1 << 52) - 1)] {
                            let told = Told { removed, shape, lent: Lent { taken, given }, arrival };
                            let id = ItemId::new([0xa5; RANDOM], told);
                            assert_eq!(id.told(), Some(told), "{id}");
                            assert_eq!(ItemId::from_name(OsStr::new(&id.to_string())), Some(id));
                        }
                    }
                }
            }
        }
    }

    /// Random bytes that are others for every number.
    fn random(number: u64) -> [u8; RANDOM] {
        number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes()
    }

    #[test]
    fn a_million_names_of_one_instant_differ_and_are_one_batch() {
        let told = told(micros(7));
        let mut names: Vec<u128> = (0..1_000_000).map(|number| ItemId::new(random(number), told).0.as_u128()).collect();
        names.sort_unstable();
        assert!(names.windows(2).all(|two| two[0] != two[1]));
        assert!(names.iter().all(|name| ItemId(Uuid::from_u128(*name)).told() == Some(told)));
    }

    /// Each random bit of a name is one of those that were given, so that names differ wherever those do.
    #[test]
    fn a_name_keeps_every_random_bit() {
        let bits = (0..u64::BITS).map(|bit| 1_u64 << bit);
        let name = |random: u64| ItemId::new(random.to_be_bytes(), told(micros(7)));
        let names: std::collections::HashSet<_> = bits.chain([0]).map(name).collect();
        assert_eq!(names.len(), 64 + 1);
    }

    /// Names stand in no order as text; what they tell does, to the microsecond.
    #[test]
    fn names_of_successive_instants_tell_their_order() {
        let first = 1_790_000_000_123_456;
        let name = |number: i64| ItemId::new(random(number.unsigned_abs()), told(micros(first + number)));
        let removed = |id: ItemId| id.told().expect("a name of ours").removed;
        assert!((0..10_000).all(|number| removed(name(number)) < removed(name(number + 1))));
    }

    #[test]
    fn an_instant_that_does_not_fit_becomes_the_nearest() {
        let (first, last) = (micros(0), micros((1 << 52) - 1));
        let table = [
            (DateTime::<Utc>::MIN_UTC, first),
            (first - TimeDelta::microseconds(1), first),
            (first + TimeDelta::nanoseconds(1_999), micros(1)),
            (last + TimeDelta::microseconds(1), last),
            (DateTime::<Utc>::MAX_UTC, last),
        ];
        for (removed, kept) in table {
            let id = ItemId::new([0; RANDOM], told(removed));
            assert_eq!(id.told().map(|told| told.removed), Some(kept), "{removed}");
        }
        assert_eq!(last.to_rfc3339(), "2112-09-17T23:53:47.370495+00:00");
    }

    #[test]
    fn a_name_of_an_older_version_tells_nothing() {
        for name in [
            "0b0a7a4e-9b1c-4c8e-8f57-0123456789ab",
            "01890a5d-ac96-774b-bcce-b302099a8057",
            "00000000-0000-8000-c000-000000000000",
        ] {
            let id = ItemId::from_name(OsStr::new(name)).expect("a UUID");
            assert_eq!(id.told(), None, "{name}");
        }
    }

    #[test]
    fn a_mode_is_given_back_to_the_bit() {
        for mode in 0..=0o7777_u32 {
            let lent = Lent { taken: mode & 0o022, given: 0o200 & !mode };
            assert_eq!(lent.original(mode & !lent.taken | lent.given), mode, "{mode:o}");
        }
    }
}
