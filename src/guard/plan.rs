//! What becomes of the numbers of a run, written down before any of it is done: from then on that happens and nothing else,
//! however often it is interrupted. A file that is not whole is no plan.

use std::ffi::OsStr;
use std::path::PathBuf;

use super::journal::{Fields, Line};
use super::promote::{Part, Uses, What};
use crate::item::ItemId;

const TITLE: &str = "rrm guard plan 1";
const END: &str = "end";

/// All that is to be done.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Plan {
    /// The items, each in an envelope that is there.
    pub(super) units: Vec<PlannedUnit>,
    /// The numbers that go in the end.
    pub(super) unused: Vec<u64>,
}

/// One item, and what goes into it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PlannedUnit {
    pub(super) id: ItemId,
    pub(super) parts: Vec<Part>,
}

impl Plan {
    pub(super) fn to_text(&self) -> String {
        let mut text = format!("{TITLE}\n");
        let mut add = |line: Line| {
            text.push_str(&line.0);
            text.push_str("\t.\n");
        };
        for unit in &self.units {
            let mut line = Line::default();
            line.word("item").word(&unit.id);
            add(line);
            unit.parts.iter().map(line_of).for_each(&mut add);
        }
        for number in &self.unused {
            let mut line = Line::default();
            line.word("unused").word(number);
            add(line);
        }
        text + END + "\n"
    }

    /// What a text says; `None` for one that is not whole.
    pub(super) fn from_text(text: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(text).ok()?.strip_prefix(TITLE)?.strip_prefix('\n')?;
        let lines = text.strip_suffix('\n')?.strip_suffix(END)?;
        let mut plan = Self::default();
        for line in lines.lines() {
            let mut fields = Fields::of(line)?;
            match fields.next()? {
                "item" => {
                    let id = ItemId::from_name(OsStr::new(fields.next()?))?;
                    plan.units.push(PlannedUnit { id, parts: Vec::new() });
                }
                "unused" => plan.unused.push(fields.number()?),
                word => plan.units.last_mut()?.parts.push(part_of(word, &mut fields)?),
            }
        }
        Some(plan)
    }
}

fn line_of(part: &Part) -> Line {
    let mut line = Line::default();
    let had = match &part.what {
        What::Directory(had) => {
            line.word("directory");
            had
        }
        What::Number { number, uses, had } => {
            line.word(if *uses == Uses::One { "number" } else { "link" }).word(number);
            had
        }
    };
    line.bytes(part.below.as_os_str());
    if let Some(had) = had {
        line.traits(had);
    }
    line
}

fn part_of(word: &str, fields: &mut Fields<'_>) -> Option<Part> {
    let uses = match word {
        "directory" => None,
        "number" => Some(Uses::One),
        "link" => Some(Uses::Several),
        _ => return None,
    };
    let number = if uses.is_some() { fields.number()? } else { 0 };
    let below = PathBuf::from(fields.bytes()?);
    let had = if fields.are_over() { None } else { Some(fields.traits()?) };
    let what = match uses {
        None => What::Directory(had),
        Some(uses) => What::Number { number, uses, had },
    };
    Some(Part { below, what })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::item::testing;
    use crate::sys::Timestamp;
    use crate::transfer::Traits;

    fn some() -> Plan {
        let time = Timestamp { seconds: 1_790_000_000, nanoseconds: 1 };
        let attributes = [("user.a".into(), b"\t".to_vec())].into();
        let had = Traits { mode: 0o1777, owner: (0, 5), accessed: time, modified: time, attributes };
        let number = |number, uses, had| What::Number { number, uses, had };
        let part = |below: &str, what| Part { below: below.into(), what };
        let parts = vec![
            part("", What::Directory(Some(had.clone()))),
            part("a b/\t", What::Directory(None)),
            part("a b/\n", number(7, Uses::One, Some(had))),
            part("c", number(9, Uses::Several, None)),
        ];
        let single = vec![part("", number(1, Uses::One, None))];
        let unit = |id, parts| PlannedUnit { id: testing::id(id), parts };
        Plan { units: vec![unit(1, parts), unit(2, single)], unused: vec![3, u64::MAX] }
    }

    #[test]
    fn what_is_written_is_read() {
        for plan in [Plan::default(), some()] {
            assert_eq!(Plan::from_text(plan.to_text().as_bytes()), Some(plan));
        }
    }

    #[test]
    fn what_is_cut_short_is_no_plan() {
        let text = some().to_text();
        for end in 0..text.len() {
            assert_eq!(Plan::from_text(&text.as_bytes()[..end]), None, "{}", &text[..end]);
        }
    }
}
