//! What the records of older versions of rrm tell besides. Nothing like them is written any more.

use std::fs::File;
use std::io;

use crate::attributes::ExtendedAttributes;
use crate::item::{Keep, Stamp};
use crate::store::record::keys::{ENVELOPE, KEEP, MODE, TRASHED_DATE};
use crate::store::record::{self, Carrier, Found};
use crate::sys::metadata_of_file;

/// What only an older record tells.
pub(in crate::store) struct Older {
    pub(in crate::store) trashed: Stamp,
    pub(in crate::store) mode: Option<u32>,
    pub(in crate::store) keep: Keep,
    pub(in crate::store) is_envelope: bool,
}

pub(in crate::store) fn read(attributes: &dyn ExtendedAttributes, file: &File) -> io::Result<(Found, Older)> {
    let found = record::read(attributes, file, Carrier::of(&metadata_of_file(file)?))?;
    let older = Older {
        trashed: record::decode_date(attributes.get(file, TRASHED_DATE)?),
        mode: attributes.get(file, MODE)?.and_then(|value| decode_mode(&value)),
        keep: decode_keep(attributes.get(file, KEEP)?),
        is_envelope: is_marked(attributes, file)?,
    };
    Ok((found, older))
}

/// Whether a directory says that it is an envelope. Only one with an ID of version 4 may say so.
pub(in crate::store) fn is_marked(attributes: &dyn ExtendedAttributes, directory: &File) -> io::Result<bool> {
    Ok(attributes.get(directory, ENVELOPE)?.is_some())
}

/// A value that cannot be read was meant to keep the item, so it does.
pub(in crate::store) fn decode_keep(value: Option<Vec<u8>>) -> Keep {
    match record::decode_date(value) {
        Stamp::Missing => Keep::No,
        Stamp::At(end) => Keep::Until(end),
        Stamp::Unreadable => Keep::Forever,
    }
}

fn decode_mode(value: &[u8]) -> Option<u32> {
    let mode = u32::from_str_radix(std::str::from_utf8(value).ok()?, 8).ok()?;
    (mode <= 0o7777).then_some(mode)
}
