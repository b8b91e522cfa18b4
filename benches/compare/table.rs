//! The table: a row for each comparison, a column for each place.

use std::collections::HashMap;
use std::fmt;
use std::time::Duration;

/// What is compared: what is done, and who does it beside rrm.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Row {
    what: String,
    beside: String,
}

/// One comparison in one place.
#[derive(Debug)]
pub(crate) enum Cell {
    /// rrm's figure divided by the other's, rrm's own in words, and what the ratio should be at most.
    Ratio { ratio: f64, own: String, target: Option<f64> },
    /// An amount that should be at most the target, and its unit.
    Amount { amount: f64, unit: &'static str, target: f64 },
    /// Why there is none.
    Failed(String),
}

impl Cell {
    /// The comparison of two times.
    pub(crate) fn times(ours: Duration, theirs: Duration, target: Option<f64>) -> Self {
        let milliseconds = ours.as_secs_f64() * 1000.0;
        let own = if milliseconds < 10.0 { format!("{milliseconds:.2} ms") } else { format!("{milliseconds:.0} ms") };
        Self::Ratio { ratio: ours.as_secs_f64() / theirs.as_secs_f64(), own, target }
    }

    /// Whether the target is met, if there is one.
    fn is_met(&self) -> Option<bool> {
        match self {
            Self::Ratio { ratio, target, .. } => target.map(|target| *ratio <= target),
            Self::Amount { amount, target, .. } => Some(amount <= target),
            Self::Failed(_) => None,
        }
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ratio { ratio, own, target: Some(target) } if ratio <= target => {
                write!(f, "{ratio:.2} ≤ {target:.2} met; {own}")
            }
            Self::Ratio { ratio, own, target: Some(target) } => write!(f, "**{ratio:.2} > {target:.2} missed**; {own}"),
            Self::Ratio { ratio, own, target: None } => write!(f, "{ratio:.2}; {own}"),
            Self::Amount { amount, unit, target } if amount <= target => {
                write!(f, "{amount:.0} ≤ {target:.0} {unit} met")
            }
            Self::Amount { amount, unit, target } => write!(f, "**{amount:.0} > {target:.0} {unit} missed**"),
            Self::Failed(why) => write!(f, "failed: {}", why.replace('|', "/")),
        }
    }
}

/// All comparisons, in the order in which they were made.
#[derive(Debug, Default)]
pub(crate) struct Table {
    places: Vec<String>,
    rows: Vec<Row>,
    cells: HashMap<(Row, String), Cell>,
}

impl Table {
    pub(crate) fn put(&mut self, place: &str, what: &str, beside: &str, cell: Cell) {
        let row = Row { what: what.to_owned(), beside: beside.to_owned() };
        eprintln!("  {what}, beside {beside}: {cell}");
        if !self.places.iter().any(|known| known == place) {
            self.places.push(place.to_owned());
        }
        if !self.rows.contains(&row) {
            self.rows.push(row.clone());
        }
        self.cells.insert((row, place.to_owned()), cell);
    }

    fn line(&self, row: &Row) -> String {
        let cells = self.places.iter().map(|place| self.cells.get(&(row.clone(), place.clone())));
        let cells: Vec<String> = cells.map(|cell| cell.map_or_else(String::new, Cell::to_string)).collect();
        format!("| {} | {} | {} |", row.what, row.beside, cells.join(" | "))
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| what | beside | {} |", self.places.join(" | "))?;
        writeln!(f, "|---|---|{}", "---|".repeat(self.places.len()))?;
        for row in &self.rows {
            writeln!(f, "{}", self.line(row))?;
        }
        let verdicts: Vec<bool> = self.cells.values().filter_map(Cell::is_met).collect();
        let met = verdicts.iter().filter(|met| **met).count();
        writeln!(f, "\n{met} of {} targets are met.", verdicts.len())
    }
}
