//! `DateTime`: a moment in a time zone, to the millisecond.

use std::sync::Arc;

use jiff::civil::{Date, DateTime as Civil};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};

use super::Duration;
use super::units::Unit;
use super::zone::{self, Style};
use crate::intl::Locale;

/// A moment in a time zone, or an invalid one.
#[derive(Clone, Debug)]
pub struct DateTime {
    zoned: Option<Zoned>,
    /// The language of its texts, where it is not the default one.
    locale: Option<Arc<Locale>>,
    /// Why it is invalid, in luxon's words.
    reason: &'static str,
}

/// What an invalid date is as text.
pub(crate) const INVALID: &str = "Invalid DateTime";

impl DateTime {
    pub(crate) fn invalid() -> Self {
        Self::invalid_because("unparsable")
    }

    pub(crate) fn invalid_because(reason: &'static str) -> Self {
        Self {
            zoned: None,
            locale: None,
            reason,
        }
    }

    /// Why it is invalid; `None` for a valid one.
    pub(crate) fn invalid_reason(&self) -> Option<&'static str> {
        self.zoned.is_none().then_some(self.reason)
    }

    fn new(zoned: Option<Zoned>) -> Self {
        Self {
            zoned,
            locale: None,
            reason: "unit out of range",
        }
    }

    /// The language of its texts.
    pub(crate) fn locale(&self) -> Option<&Arc<Locale>> {
        self.locale.as_ref()
    }

    pub(crate) fn with_locale(mut self, locale: Option<Arc<Locale>>) -> Self {
        self.locale = locale;
        self
    }

    pub(crate) fn at(timestamp: Timestamp, zone: &TimeZone) -> Self {
        Self::from_millis(timestamp.as_millisecond() as f64, zone)
    }

    pub(crate) fn from_zoned(zoned: Zoned) -> Self {
        Self::new(Some(zoned))
    }

    /// The moment so many milliseconds after 1970; invalid where no calendar reaches it.
    pub fn from_millis(ms: f64, zone: &TimeZone) -> Self {
        if !ms.is_finite() || ms.abs() > 1e15 {
            return Self::invalid_because("Timestamp out of range");
        }
        Self::new(
            Timestamp::from_millisecond(ms.floor() as i64)
                .ok()
                .map(|timestamp| timestamp.to_zoned(zone.clone())),
        )
    }

    /// A local time; one that a clock change leaves out moves forward.
    pub(crate) fn from_civil(civil: Civil, zone: &TimeZone) -> Self {
        Self::new(zone.to_ambiguous_zoned(civil).compatible().ok())
    }

    /// Whether it is a moment at all.
    pub fn is_valid(&self) -> bool {
        self.zoned.is_some()
    }

    /// The moment in its zone; `None` when invalid.
    pub fn zoned(&self) -> Option<&Zoned> {
        self.zoned.as_ref()
    }

    pub(crate) fn zone(&self) -> TimeZone {
        self.zoned
            .as_ref()
            .map_or(TimeZone::UTC, |zoned| zoned.time_zone().clone())
    }

    /// Milliseconds since 1970, NaN when invalid.
    pub fn millis(&self) -> f64 {
        self.zoned
            .as_ref()
            .map_or(f64::NAN, |zoned| zoned.timestamp().as_millisecond() as f64)
    }

    /// The same moment in another zone.
    pub fn in_zone(&self, zone: &TimeZone) -> Self {
        self.map(|zoned| Some(zoned.with_time_zone(zone.clone())))
    }

    /// The same clock time in another zone.
    pub(crate) fn keep_local_time(&self, zone: &TimeZone) -> Self {
        match &self.zoned {
            Some(zoned) => Self::from_civil(zoned.datetime(), zone),
            None => Self::invalid(),
        }
    }

    fn map(&self, change: impl FnOnce(&Zoned) -> Option<Zoned>) -> Self {
        Self {
            zoned: self.zoned.as_ref().and_then(change),
            locale: self.locale.clone(),
            reason: self.reason,
        }
    }

    /// Another local time in the same zone.
    pub(crate) fn with_civil(&self, change: impl FnOnce(Civil) -> Option<Civil>) -> Self {
        match &self.zoned {
            Some(zoned) => match change(zoned.datetime()) {
                Some(civil) => Self::from_civil(civil, zoned.time_zone()),
                None => Self::invalid(),
            },
            None => Self::invalid(),
        }
    }

    /// The beginning of the unit; invalid for what is no unit.
    pub fn start_of(&self, unit: &str) -> Self {
        let Some(unit) = Unit::parse(unit) else {
            return Self::invalid();
        };
        self.with_civil(|civil| start(civil, unit))
    }

    pub(crate) fn end_of(&self, unit: &str) -> Self {
        let Some(parsed) = Unit::parse(unit) else {
            return Self::invalid();
        };
        self.plus(&Duration::of(parsed, 1.0), 1.0)
            .start_of(unit)
            .plus(&Duration::of(Unit::Millisecond, 1.0), -1.0)
    }

    /// Adds a duration, or takes it away when `sign` is -1: calendar units by the calendar, the rest by the clock.
    pub fn plus(&self, duration: &Duration, sign: f64) -> Self {
        let Some(zoned) = &self.zoned else {
            return Self::invalid();
        };
        let amount = |unit: Unit| sign * duration.get(unit);
        let years = amount(Unit::Year);
        let (months, quarters) = (amount(Unit::Month), amount(Unit::Quarter));
        let (weeks, days) = (amount(Unit::Week), amount(Unit::Day));
        let all_months = years.trunc() * 12.0 + quarters.trunc() * 3.0 + months.trunc();
        let all_days = weeks.trunc() * 7.0 + days.trunc();
        let mut rest = 0.0;
        for unit in [
            Unit::Year,
            Unit::Quarter,
            Unit::Month,
            Unit::Week,
            Unit::Day,
        ] {
            rest += amount(unit).fract() * unit.millis();
        }
        for unit in [Unit::Hour, Unit::Minute, Unit::Second, Unit::Millisecond] {
            rest += amount(unit) * unit.millis();
        }
        if !(all_months.abs() < 1e6 && all_days.abs() < 1e7 && rest.abs() < 1e15) {
            return Self::invalid();
        }
        let mut moved = zoned.clone();
        if all_months != 0.0 || all_days != 0.0 {
            let civil = zoned
                .datetime()
                .checked_add((all_months as i32).months())
                .and_then(|civil| civil.checked_add((all_days as i32).days()));
            let Ok(civil) = civil else {
                return Self::invalid();
            };
            match zoned.time_zone().to_ambiguous_zoned(civil).compatible() {
                Ok(result) => moved = result,
                Err(_) => return Self::invalid(),
            }
        }
        if rest == 0.0 {
            return Self::from_zoned(moved);
        }
        let ms = moved.timestamp().as_millisecond() as f64 + rest.trunc();
        Self::from_millis(ms, zoned.time_zone())
    }

    /// This minus the other, in these units; the shortest takes the fraction.
    pub fn diff(&self, other: &DateTime, units: &[Unit]) -> Duration {
        if !self.is_valid() || !other.is_valid() {
            let mut invalid = Duration::default();
            for unit in units {
                invalid.set(*unit, f64::NAN);
            }
            return invalid;
        }
        if other.millis() > self.millis() {
            return diff(self, other, units).negated();
        }
        diff(other, self, units)
    }

    /// `2024-01-02T04:04:05.000+01:00`
    pub fn to_iso(&self) -> String {
        match &self.zoned {
            Some(zoned) => format!(
                "{}{}",
                zoned.strftime("%Y-%m-%dT%H:%M:%S.%3f"),
                self.iso_offset()
            ),
            None => INVALID.into(),
        }
    }

    /// `Z` or `+01:00`
    pub(crate) fn iso_offset(&self) -> String {
        match &self.zoned {
            Some(zoned) if self.is_utc() => {
                debug_assert_eq!(zoned.offset().seconds(), 0);
                "Z".into()
            }
            Some(zoned) => zone::offset_text(zoned.offset().seconds(), Style::Long),
            None => String::new(),
        }
    }

    /// Whether the zone is UTC itself, not one that happens to agree with it.
    pub(crate) fn is_utc(&self) -> bool {
        self.zoned.as_ref().is_some_and(|zoned| {
            zoned.offset().seconds() == 0
                && matches!(
                    zoned.time_zone().iana_name(),
                    None | Some("UTC" | "Etc/UTC")
                )
        })
    }

    pub(crate) fn from_iso(text: &str, zone: &TimeZone) -> Option<Self> {
        let date = super::iso::parse(text, zone)?;
        date.is_valid().then_some(date)
    }

    /// The moment that a text means in a format of luxon's tokens, local to `zone` unless the text names another;
    /// `None` when it does not match. `today` fills in the date of a time alone.
    pub fn from_format(text: &str, pattern: &str, zone: &TimeZone, today: Date) -> Option<Self> {
        super::read(text, pattern, zone, today).filter(Self::is_valid)
    }

    /// Its text in a format of luxon's tokens.
    pub fn to_format(&self, pattern: &str) -> String {
        super::write_format(self, pattern)
    }
}

fn start(civil: Civil, unit: Unit) -> Option<Civil> {
    let date = civil.date();
    let midnight = |date: Date| date.at(0, 0, 0, 0);
    let (hour, minute, second) = (civil.hour(), civil.minute(), civil.second());
    Some(match unit {
        Unit::Year => midnight(Date::new(date.year(), 1, 1).ok()?),
        Unit::Quarter => midnight(Date::new(date.year(), (date.month() - 1) / 3 * 3 + 1, 1).ok()?),
        Unit::Month => midnight(date.first_of_month()),
        Unit::Week => {
            let back = i64::from(date.weekday().to_monday_zero_offset());
            midnight(date.checked_sub(back.days()).ok()?)
        }
        Unit::Day => midnight(date),
        Unit::Hour => date.at(hour, 0, 0, 0),
        Unit::Minute => date.at(hour, minute, 0, 0),
        Unit::Second => date.at(hour, minute, second, 0),
        Unit::Millisecond => civil,
    })
}

fn diff(earlier: &DateTime, later: &DateTime, units: &[Unit]) -> Duration {
    let mut results = Duration::default();
    let mut cursor = earlier.clone();
    let mut high_water = earlier.clone();
    let mut lowest = None;
    for unit in [
        Unit::Year,
        Unit::Quarter,
        Unit::Month,
        Unit::Week,
        Unit::Day,
    ] {
        if !units.contains(&unit) {
            continue;
        }
        lowest = Some(unit);
        results.set(unit, rough_difference(&cursor, later, unit));
        high_water = earlier.plus(&results, 1.0);
        if high_water.millis() > later.millis() {
            results.set(unit, results.get(unit) - 1.0);
            cursor = earlier.plus(&results, 1.0);
            if cursor.millis() > later.millis() {
                high_water = cursor;
                results.set(unit, results.get(unit) - 1.0);
                cursor = earlier.plus(&results, 1.0);
            }
        } else {
            cursor = high_water.clone();
        }
    }
    let remaining = later.millis() - cursor.millis();
    let lower: Vec<Unit> = units
        .iter()
        .copied()
        .filter(|unit| *unit >= Unit::Hour)
        .collect();
    if lower.is_empty() {
        if let Some(lowest) = lowest {
            if high_water.millis() < later.millis() || high_water.millis() == cursor.millis() {
                high_water = cursor.plus(&Duration::of(lowest, 1.0), 1.0);
            }
            let span = high_water.millis() - cursor.millis();
            if remaining != 0.0 && span != 0.0 {
                results.set(lowest, results.get(lowest) + remaining / span);
            }
        }
        return results;
    }
    Duration::of(Unit::Millisecond, remaining)
        .shift_to(&lower)
        .plus(&results, 1.0)
}

/// How many units lie between two local dates, at most one too many.
fn rough_difference(a: &DateTime, b: &DateTime, unit: Unit) -> f64 {
    let (Some(a), Some(b)) = (a.zoned(), b.zoned()) else {
        return f64::NAN;
    };
    let years = f64::from(b.year()) - f64::from(a.year());
    let quarter = |zoned: &Zoned| f64::from((zoned.month() - 1) / 3);
    match unit {
        Unit::Year => years,
        Unit::Quarter => quarter(b) - quarter(a) + years * 4.0,
        Unit::Month => f64::from(b.month()) - f64::from(a.month()) + years * 12.0,
        _ => {
            let days = a
                .date()
                .until(b.date())
                .map_or(0.0, |span| f64::from(span.get_days()));
            if unit == Unit::Week {
                (days - days % 7.0) / 7.0
            } else {
                days
            }
        }
    }
}
