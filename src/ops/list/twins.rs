//! Items that are seen twice: a volume that is mounted at two places, or a pool whose branches are mounted beside it, shows
//! one trash directory as two. One ID is one item, under the mount that is found first.

use std::collections::HashSet;

use crate::item::ItemId;

/// Which items were met.
pub(super) struct Twins {
    met: HashSet<ItemId>,
    volumes: Volumes,
}

/// How many volumes have a trash directory: those of one cannot be seen twice, so nothing is remembered of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Volumes {
    One,
    Several,
}

impl Twins {
    /// For so many trash directories beside the home trash, which is no volume's.
    pub(super) fn among(volumes: usize) -> Self {
        Self { met: HashSet::new(), volumes: if volumes > 1 { Volumes::Several } else { Volumes::One } }
    }

    /// Whether the item was not met before.
    pub(super) fn is_new(&mut self, id: ItemId) -> bool {
        self.volumes == Volumes::One || self.met.insert(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::item::testing::id;

    #[test]
    fn an_item_is_new_once_where_there_are_several_volumes() {
        let mut twins = Twins::among(2);
        assert_eq!([id(1), id(2), id(1)].map(|id| twins.is_new(id)), [true, true, false]);
        let mut alone = Twins::among(1);
        assert_eq!([id(1), id(1)].map(|id| alone.is_new(id)), [true, true]);
    }
}
