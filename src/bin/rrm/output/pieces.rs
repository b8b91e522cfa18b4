//! Text made of many things, piece by piece and in two threads: a list spends much of its time on it.

use std::io::{self, Write};
use std::thread;

/// Of how many things one piece is made at most: the more, the more memory.
const AT_ONCE: usize = 512;

/// From how many things on a second thread is worth its start.
const WORTHWHILE: usize = 64;

/// Writes a record for each thing, in their order.
pub(super) fn write_each<T: Sync>(
    things: &[T],
    out: &mut impl Write,
    record: impl Fn(&T, &mut Vec<u8>) -> io::Result<()> + Sync,
) -> io::Result<()> {
    write(things, out, |some| {
        let mut text = Vec::new();
        some.iter().try_for_each(|thing| record(thing, &mut text)).map(|()| text)
    })
}

/// Writes what `text_of` makes of all things, some at a time, in their order.
pub(super) fn write<T: Sync>(
    things: &[T],
    out: &mut impl Write,
    text_of: impl Fn(&[T]) -> io::Result<Vec<u8>> + Sync,
) -> io::Result<()> {
    for some in things.chunks(2 * AT_ONCE) {
        let (first, second) = some.split_at(some.len() / 2);
        if first.len() < WORTHWHILE {
            out.write_all(&text_of(some)?)?;
            continue;
        }
        let (first, second) = in_two_threads(|| text_of(first), || text_of(second));
        out.write_all(&first?)?;
        out.write_all(&second?)?;
    }
    Ok(())
}

/// Does both at once; where no thread can be had, one after the other.
fn in_two_threads<R: Send>(here: impl FnOnce() -> R, there: impl Fn() -> R + Sync) -> (R, R) {
    thread::scope(|scope| {
        let second = thread::Builder::new().spawn_scoped(scope, &there).ok();
        let first = here();
        let second = second.and_then(|second| second.join().ok());
        (first, second.unwrap_or_else(&there))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_is_kept_however_many_there_are() {
        for number in [0, 1, 2 * WORTHWHILE - 1, 2 * WORTHWHILE, 2 * AT_ONCE, 5 * AT_ONCE + 3] {
            let numbers: Vec<usize> = (0..number).collect();
            let line = |number: &usize| format!("{number}\n");
            let mut text = Vec::new();
            write(&numbers, &mut text, |some| Ok(some.iter().map(line).collect::<String>().into())).expect("written");
            assert_eq!(String::from_utf8(text).expect("text"), numbers.iter().map(line).collect::<String>());
        }
    }
}
