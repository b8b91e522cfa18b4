//! Bars made of characters.

use rrm::text::Charset;

/// A block and its left parts, from one eighth to seven.
const EIGHTHS: [char; 8] = ['█', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/// A bar for `part` of `whole`, which would be `room` columns long. What is more than nothing shows.
pub(crate) fn bar(part: u64, whole: u64, room: usize, charset: Charset) -> String {
    match charset {
        Charset::Ascii => "#".repeat(columns(part, whole, room)),
        Charset::Utf8 => {
            let eighths = columns(part, whole, room * EIGHTHS.len());
            let mut bar = EIGHTHS[0].to_string().repeat(eighths / EIGHTHS.len());
            bar.extend(Some(eighths % EIGHTHS.len()).filter(|left| *left > 0).map(|left| EIGHTHS[left]));
            bar
        }
    }
}

/// How full a volume is: what others use, what the trash uses, what is free.
pub(crate) fn gauge(others: u64, trash: u64, free: u64, room: usize, charset: Charset) -> String {
    let whole = others.saturating_add(trash).saturating_add(free);
    let [used, ours, empty] = match charset {
        Charset::Utf8 => ["█", "▓", "░"],
        Charset::Ascii => ["#", "+", "."],
    };
    let trash = columns(trash, whole, room);
    let others = columns(others, whole, room).min(room - trash);
    format!("{}{}{}", used.repeat(others), ours.repeat(trash), empty.repeat(room - trash - others))
}

/// So many of `room` columns as `part` is of `whole`: one at least if it is anything.
fn columns(part: u64, whole: u64, room: usize) -> usize {
    if part == 0 || whole == 0 {
        return 0;
    }
    let exact = u128::from(part) * room as u128 / u128::from(whole);
    usize::try_from(exact).unwrap_or(room).clamp(1, room.max(1)).min(room)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_long_as_its_part() {
        assert_eq!(bar(1, 2, 4, Charset::Ascii), "##");
        assert_eq!(bar(1, 1000, 4, Charset::Ascii), "#");
        assert_eq!(bar(0, 1000, 4, Charset::Ascii), "");
        assert_eq!(bar(0, 0, 4, Charset::Utf8), "");
        assert_eq!(bar(5, 16, 4, Charset::Utf8), "█▎");
        assert_eq!(bar(1, 1000, 4, Charset::Utf8), "▏");
        assert_eq!(bar(u64::MAX, u64::MAX, 3, Charset::Utf8), "███");
        assert_eq!(bar(9, 3, 3, Charset::Ascii), "###", "never longer than its room");
        assert_eq!(bar(1, 1, 0, Charset::Ascii), "");
    }

    #[test]
    fn a_gauge_is_as_long_as_its_room() {
        assert_eq!(gauge(50, 25, 25, 8, Charset::Ascii), "####++..");
        assert_eq!(gauge(1000, 1, 0, 8, Charset::Ascii), "#######+");
        assert_eq!(gauge(0, 0, 10, 4, Charset::Utf8), "░░░░");
        assert_eq!(gauge(u64::MAX, u64::MAX, u64::MAX, 4, Charset::Utf8).chars().count(), 4);
    }
}
