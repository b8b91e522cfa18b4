//! Keeping others from writing the record of an item.
//!
//! The kernel asks for permission at each call that sets an attribute, whatever the descriptor was opened for. So who has
//! one of before the removal cannot write the record any more once the mode does not let them.

use std::fs::File;
use std::io;
use std::thread::sleep;
use std::time::Duration;

use crate::item::{ItemId, Lent, Record, Shape, Spot, Told};
use crate::store::OTHERS_WRITE;
use crate::store::lock::is_ours;
use crate::store::spot::At;
use crate::store::{TrashDir, record};
use crate::sys::{Metadata, Name, metadata_of_file, rename_to_own_name, set_mode_of_file};

/// How long a reader waits for a removal that is between its rename and its last call, each time a millisecond.
const ATTEMPTS: u32 = 20;

impl TrashDir {
    /// Takes from others the right to write to what carries its record, and makes sure that it is still what we wrote.
    pub(in crate::store) fn close(&self, file: &File, is: &Metadata, record: &Record) -> io::Result<()> {
        if is.mode & OTHERS_WRITE == 0 {
            return Ok(());
        }
        set_mode_of_file(file, is.mode & !OTHERS_WRITE)?;
        record::restore(&*self.attributes, file, record)
    }

    /// Closes what a killed removal or restore left open to others, and sees to it that its record is never believed again.
    /// Says what it is called now, and what it is.
    ///
    /// The name comes first, so that no crash makes a record look as if others could not have written it. Where nothing can
    /// be written the item stays as it is, and as open.
    pub(in crate::store) fn close_what_was_left(&self, at: &At<'_>, file: &File) -> io::Result<(Spot, Metadata)> {
        for _ in 0..ATTEMPTS {
            let is = metadata_of_file(file)?;
            if is.uid != self.owner || is.mode & OTHERS_WRITE == 0 {
                return Ok((at.spot, is));
            }
            if is_ours(file) {
                return Ok(self.doubt(at, file, &is).unwrap_or((at.spot, is)));
            }
            sleep(Duration::from_millis(1));
        }
        Ok((at.spot, metadata_of_file(file)?))
    }

    fn doubt(&self, at: &At<'_>, file: &File, is: &Metadata) -> io::Result<(Spot, Metadata)> {
        let lent = at.spot.id.told().map(|told| told.lent).unwrap_or_default();
        let lent = Lent { taken: lent.taken | is.mode & OTHERS_WRITE, ..lent };
        let spot = self.rename_to_tell(at, Shape::Doubted, lent)?;
        set_mode_of_file(file, is.mode & !OTHERS_WRITE)?;
        Ok((spot, metadata_of_file(file)?))
    }

    /// Gives an item a name that tells this of it, if its own does not. Says where it is then.
    pub(in crate::store) fn rename_to_tell(&self, at: &At<'_>, shape: Shape, lent: Lent) -> io::Result<Spot> {
        let told = at.spot.id.told().filter(|told| (told.shape, told.lent) != (shape, lent));
        let Some(told) = told else { return Ok(at.spot) };
        let spot = Spot { id: ItemId::new(self.random()?, Told { shape, lent, ..told }), ..at.spot };
        rename_to_own_name(at.dir, at.name()?, at.dir, Name::new(&spot.name())?)?;
        Ok(spot)
    }
}
