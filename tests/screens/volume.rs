//! What `rrm stats` shows of a volume, as it would be on another one: only numbers, path and type are replaced. A line of any
//! other form stays as it is, so that the comparison shows it.

/// Where the size of a group begins and ends in its line.
const SIZE: std::ops::Range<usize> = 26..37;

pub(super) fn masked(text: &str) -> String {
    let mut is_on_disk = false;
    let lines = text.lines().map(|line| {
        is_on_disk = line.ends_with("FREES") || is_on_disk && !line.is_empty();
        let masked = if is_on_disk { group(line) } else { of_volume(line) };
        masked.unwrap_or_else(|| line.to_owned()).trim_end().to_owned() + "\n"
    });
    lines.collect()
}

fn of_volume(line: &str) -> Option<String> {
    if let Some(gauge) = line.strip_prefix("          [") {
        return Some(format!("          [{}]", as_full(gauge.strip_suffix(']')?)?));
    }
    let (label, said) = line.split_at_checked(10)?;
    let said = match label.trim_end() {
        "Volume" => {
            let (path, kind) = said.strip_suffix(')')?.split_once(" (")?;
            is(path.starts_with(['/', '~']) && !kind.is_empty())?;
            "/home (ext4)".to_owned()
        }
        "Free" => {
            let (free, of) = said.split_once(" of ")?;
            is(is_size(free) && is_size(of))?;
            "60.0 GiB of 100.0 GiB".to_owned()
        }
        "Used" => {
            let (used, ours) = said.strip_suffix(" by these items")?.split_once(", ")?;
            is(is_percent(used) && is_percent(ours))?;
            "40%, 1% by these items".to_owned()
        }
        "Holds" => {
            let (before, on_disk) = said.strip_suffix(" on disk)")?.split_once(" (")?;
            is(is_size(on_disk))?;
            format!("{before} (3.0 MiB on disk)")
        }
        _ => return None,
    };
    Some(format!("{label}{said}"))
}

/// A line of the items of one group, with what they take on the disk.
fn group(line: &str) -> Option<String> {
    let (before, size, bar) = (line.get(..SIZE.start)?, line.get(SIZE)?, line.get(SIZE.end..)?);
    is(is_size(size.trim_start()))?;
    let blocks = bar.strip_prefix("  ").unwrap_or(bar);
    is(blocks.chars().all(|block| ('█'..='▏').contains(&block)))?;
    let bar = if blocks.is_empty() { "" } else { "  ▏" };
    Some(format!("{before}{:>1$}{bar}", "4.0 KiB", SIZE.len()))
}

/// A gauge of the same width, for a volume that is full to this part.
fn as_full(gauge: &str) -> Option<String> {
    let others = gauge.trim_start_matches('█').trim_start_matches('▓').trim_start_matches('░');
    is(others.is_empty() && gauge.contains('▓'))?;
    let width = gauge.chars().count();
    let used = width * 2 / 5;
    Some("█".repeat(used) + "▓" + &"░".repeat(width - used - 1))
}

fn is(so: bool) -> Option<()> {
    so.then_some(())
}

fn is_size(text: &str) -> bool {
    let number = text.split_once(' ').filter(|(_, unit)| matches!(*unit, "B" | "KiB" | "MiB" | "GiB" | "TiB" | "PiB"));
    number.is_some_and(|(number, _)| number.parse::<f64>().is_ok())
}

fn is_percent(text: &str) -> bool {
    let number = text.strip_prefix('<').unwrap_or(text).strip_suffix('%');
    number.is_some_and(|number| number.parse::<u8>().is_ok())
}
