//! Room that is set aside, because people remove just when a disk is full.
//!
//! A record, an envelope and a longer directory all need room. So a trash directory holds some files that are good for
//! nothing but to be removed: where a call finds no room, it removes one and tries again. `docs/full-disks.md` tells what
//! that is worth on each file system.
//!
//! The pieces are made from the last to the first, and go from the first to the last. So where the first one is, all are.
//!
//! # After a crash
//! Some pieces are missing, and one may be empty. The next `clean` that deletes something makes the missing ones.

use std::io;

use crate::error::is_about_room;
use crate::store::{TrashDir, layout};
use crate::sys::{self, Dir, FileSystem, Name, Space};

/// The pieces. Each gives an inode and its blocks.
const PIECES: [Name<'static>; 16] = [
    Name::fixed("00"),
    Name::fixed("01"),
    Name::fixed("02"),
    Name::fixed("03"),
    Name::fixed("04"),
    Name::fixed("05"),
    Name::fixed("06"),
    Name::fixed("07"),
    Name::fixed("08"),
    Name::fixed("09"),
    Name::fixed("10"),
    Name::fixed("11"),
    Name::fixed("12"),
    Name::fixed("13"),
    Name::fixed("14"),
    Name::fixed("15"),
];

/// How long each of them is.
const LENGTH: usize = 64 << 10;

/// Of a smaller volume it would be too large a part.
const SMALLEST_VOLUME: u64 = 256 << 20;

/// With less room than this nothing is set aside: somebody needs it now.
const PLENTY: u64 = 64 << 20;

impl TrashDir {
    /// Does something that leaves all as it was where it finds no room, and once more for each piece of the ballast that
    /// it takes.
    pub(crate) fn making_room<T>(&self, mut act: impl FnMut() -> io::Result<T>) -> io::Result<T> {
        loop {
            match act() {
                Err(error) if is_about_room(&error) && self.drop_a_piece() => {}
                done => return done,
            }
        }
    }

    /// Removes one piece, if there is one that no other command was faster to remove.
    fn drop_a_piece(&self) -> bool {
        let ballast = self.dir.open_dir(layout::BALLAST);
        ballast.is_ok_and(|ballast| PIECES.iter().any(|piece| ballast.remove_file(*piece).is_ok()))
    }

    /// Makes what is missing of the ballast, where there is plenty of room.
    pub fn renew_ballast(&self) {
        let is_whole = || self.dir.metadata_through(layout::BALLAST, PIECES[0]).is_ok();
        if !is_whole() && self.has_room_for_ballast() {
            // A full disk without it is like one where it is used up.
            self.make_ballast().ok();
        }
    }

    fn has_room_for_ballast(&self) -> bool {
        // What a program serves may be far away, and slow.
        let is_served = matches!(self.dir.file_system(), Ok(FileSystem::Fuse));
        let is_enough = |space: Space| space.size >= SMALLEST_VOLUME && space.available >= PLENTY;
        !is_served && self.dir.space().ok().flatten().is_some_and(is_enough)
    }

    /// Where it ends short, because a quota is used up, none is made: what is left of that is the user's.
    fn make_ballast(&self) -> io::Result<()> {
        let ballast = self.own_dir(layout::BALLAST)?;
        let readme = layout::BALLAST_README_CONTENT.as_bytes();
        make_file(&ballast, layout::BALLAST_README, readme).ok();
        let is_missing = |piece: &Name<'_>| ballast.metadata_of(*piece).is_err();
        let missing: Vec<_> = PIECES.into_iter().rev().filter(is_missing).collect();
        let content = incompressible()?;
        let made = missing.iter().try_for_each(|piece| make_file(&ballast, *piece, &content));
        made.inspect_err(|_| missing.iter().for_each(|piece| drop(ballast.remove_file(*piece))))
    }
}

fn make_file(dir: &Dir, name: Name<'_>, content: &[u8]) -> io::Result<()> {
    dir.create_file(name).and_then(|file| sys::write(&file, content))
}

/// What no file system stores in less room than it takes.
fn incompressible() -> io::Result<Vec<u8>> {
    let mut content = vec![0; LENGTH];
    sys::random_bytes(&mut content)?;
    Ok(content)
}
