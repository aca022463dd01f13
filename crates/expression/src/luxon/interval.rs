//! `Interval`: the time from one moment to another, the end not included.

use super::{DateTime, Duration};
use crate::luxon::units::Unit;

#[derive(Clone, Debug)]
pub(crate) struct Interval {
    pub(crate) start: DateTime,
    pub(crate) end: DateTime,
}

impl Interval {
    pub(crate) fn is_valid(&self) -> bool {
        self.start.is_valid() && self.end.is_valid() && self.start.millis() <= self.end.millis()
    }

    pub(crate) fn to_iso(&self) -> String {
        if self.is_valid() {
            format!("{}/{}", self.start.to_iso(), self.end.to_iso())
        } else {
            "Invalid Interval".into()
        }
    }

    pub(crate) fn contains(&self, date: &DateTime) -> bool {
        self.start.millis() <= date.millis() && date.millis() < self.end.millis()
    }

    pub(crate) fn overlaps(&self, other: &Interval) -> bool {
        self.end.millis() > other.start.millis() && self.start.millis() < other.end.millis()
    }

    /// Its length in one unit, fractions included.
    pub(crate) fn length(&self, unit: Unit) -> f64 {
        self.to_duration(&[unit]).get(unit)
    }

    pub(crate) fn to_duration(&self, units: &[Unit]) -> Duration {
        self.end.diff(&self.start, units)
    }
}
