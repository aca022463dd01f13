//! `Interval`: the time from one moment to another, the end not included.

use super::units::Unit;
use super::{DateTime, Duration};

#[derive(Clone, Debug)]
pub(crate) struct Interval {
    pub(crate) start: DateTime,
    pub(crate) end: DateTime,
}

/// What an invalid interval is as text.
const INVALID: &str = "Invalid Interval";

impl Interval {
    pub(crate) fn new(start: DateTime, end: DateTime) -> Self {
        Self { start, end }
    }

    pub(crate) fn invalid() -> Self {
        Self::new(DateTime::invalid(), DateTime::invalid())
    }

    pub(crate) fn is_valid(&self) -> bool {
        self.start.is_valid() && self.end.is_valid() && self.start.millis() <= self.end.millis()
    }

    pub(crate) fn invalid_reason(&self) -> Option<&'static str> {
        if self.is_valid() {
            return None;
        }
        Some(match (self.start.is_valid(), self.end.is_valid()) {
            (true, true) => "end before start",
            (false, true) => "missing or invalid start",
            (true, false) => "missing or invalid end",
            (false, false) => "unparsable",
        })
    }

    /// Both ends as `write` writes them.
    pub(crate) fn text(&self, between: &str, write: impl Fn(&DateTime) -> String) -> String {
        if self.is_valid() {
            format!("{}{between}{}", write(&self.start), write(&self.end))
        } else {
            INVALID.into()
        }
    }

    pub(crate) fn to_iso(&self) -> String {
        self.text("/", DateTime::to_iso)
    }

    /// `[start – end)`
    pub(crate) fn display(&self) -> String {
        if self.is_valid() {
            format!("[{})", self.text(" – ", DateTime::to_iso))
        } else {
            INVALID.into()
        }
    }

    pub(crate) fn contains(&self, date: &DateTime) -> bool {
        self.is_valid() && self.start.millis() <= date.millis() && date.millis() < self.end.millis()
    }

    pub(crate) fn overlaps(&self, other: &Interval) -> bool {
        self.end.millis() > other.start.millis() && self.start.millis() < other.end.millis()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.start.millis() == self.end.millis()
    }

    /// Its length in one unit, fractions included.
    pub(crate) fn length(&self, unit: Unit) -> f64 {
        if !self.is_valid() {
            return f64::NAN;
        }
        self.to_duration(&[unit]).get(unit)
    }

    pub(crate) fn to_duration(&self, units: &[Unit]) -> Duration {
        if self.is_valid() {
            self.end.diff(&self.start, units)
        } else {
            DateTime::invalid().diff(&DateTime::invalid(), units)
        }
    }

    /// How many days, months and so on it touches.
    pub(crate) fn count(&self, unit: Unit) -> f64 {
        if !self.is_valid() {
            return f64::NAN;
        }
        let (start, end) = (
            self.start.start_of(unit.plural()),
            self.end.start_of(unit.plural()),
        );
        let between = end.diff(&start, &[unit]).get(unit).floor();
        between + f64::from(u8::from(end.millis() != self.end.millis()))
    }

    /// What both have in common.
    pub(crate) fn intersection(&self, other: &Interval) -> Option<Self> {
        let start = later(&self.start, &other.start);
        let end = earlier(&self.end, &other.end);
        (start.millis() < end.millis()).then(|| Self::new(start.clone(), end.clone()))
    }

    /// From the first start to the last end.
    pub(crate) fn union(&self, other: &Interval) -> Self {
        Self::new(
            earlier(&self.start, &other.start).clone(),
            later(&self.end, &other.end).clone(),
        )
    }

    /// The times that an odd number of them cover.
    pub(crate) fn xor(intervals: &[Self]) -> Vec<Self> {
        let mut ends: Vec<(&DateTime, i32)> = intervals
            .iter()
            .flat_map(|interval| [(&interval.start, 1), (&interval.end, -1)])
            .collect();
        ends.sort_by(|(a, _), (b, _)| a.millis().total_cmp(&b.millis()));
        let mut start: Option<&DateTime> = None;
        let mut count = 0;
        let mut found = Vec::new();
        for (time, step) in ends {
            count += step;
            if count == 1 {
                start = Some(time);
                continue;
            }
            if let Some(start) = start.take()
                && start.millis() != time.millis()
            {
                found.push(Self::new(start.clone(), time.clone()));
            }
        }
        Self::merge(found)
    }

    /// Intervals that touch or overlap become one.
    pub(crate) fn merge(mut intervals: Vec<Self>) -> Vec<Self> {
        intervals.sort_by(|a, b| a.start.millis().total_cmp(&b.start.millis()));
        let mut merged: Vec<Self> = Vec::new();
        for next in intervals {
            match merged.last_mut() {
                Some(last) if last.overlaps(&next) || last.end.millis() == next.start.millis() => {
                    *last = last.union(&next);
                }
                _ => merged.push(next),
            }
        }
        merged
    }
}

fn later<'a>(a: &'a DateTime, b: &'a DateTime) -> &'a DateTime {
    if a.millis() > b.millis() { a } else { b }
}

fn earlier<'a>(a: &'a DateTime, b: &'a DateTime) -> &'a DateTime {
    if a.millis() < b.millis() { a } else { b }
}
