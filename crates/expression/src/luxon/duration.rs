//! `Duration`: amounts of time by unit, as luxon keeps them.

use std::sync::Arc;

use itemflow_model::Number;

use super::units::{ALL, Unit};
use crate::js::{Js, Members};

/// Amounts by unit; `None` for units that it does not have.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Duration {
    values: [Option<f64>; 9],
}

impl Duration {
    /// An amount of one unit.
    pub fn of(unit: Unit, amount: f64) -> Self {
        let mut duration = Self::default();
        duration.set(unit, amount);
        duration
    }

    pub(crate) fn invalid() -> Self {
        Self::of(Unit::Millisecond, f64::NAN)
    }

    pub(crate) fn is_valid(&self) -> bool {
        !self.values.iter().flatten().any(|amount| amount.is_nan())
    }

    pub(crate) fn set(&mut self, unit: Unit, amount: f64) {
        self.values[unit.index()] = Some(amount);
    }

    /// The amount of a unit, 0 where it has none.
    pub fn get(&self, unit: Unit) -> f64 {
        self.values[unit.index()].unwrap_or(0.0)
    }

    pub(crate) fn has(&self, unit: Unit) -> bool {
        self.values[unit.index()].is_some()
    }

    /// The units it has, long ones first.
    pub fn units(&self) -> Vec<Unit> {
        ALL.into_iter().filter(|unit| self.has(*unit)).collect()
    }

    /// All of it in milliseconds.
    pub(crate) fn millis(&self) -> f64 {
        ALL.iter().map(|unit| self.get(*unit) * unit.millis()).sum()
    }

    /// The whole in one unit.
    pub(crate) fn as_unit(&self, unit: Unit) -> f64 {
        self.shift_to(&[unit]).get(unit)
    }

    /// The same length in these units alone; the shortest takes the fraction.
    pub(crate) fn shift_to(&self, units: &[Unit]) -> Self {
        let mut shifted = Self::default();
        // What is left over from longer units, by unit.
        let mut carried = [0.0; 9];
        let mut last: Option<Unit> = None;
        for unit in ALL {
            if units.contains(&unit) {
                last = Some(unit);
                let mut own = 0.0;
                for longer in ALL.iter().take(unit.index()) {
                    own += carried[longer.index()] * ratio(*longer, unit);
                    carried[longer.index()] = 0.0;
                }
                own += self.get(unit);
                let whole = own.trunc();
                shifted.set(unit, whole);
                carried[unit.index()] = (own * 1000.0 - whole * 1000.0) / 1000.0;
            } else if self.has(unit) {
                carried[unit.index()] = self.get(unit);
            }
        }
        if let Some(last) = last {
            for unit in ALL {
                let rest = carried[unit.index()];
                if rest != 0.0 {
                    let more = if unit == last {
                        rest
                    } else {
                        rest / ratio(last, unit)
                    };
                    shifted.set(last, shifted.get(last) + more);
                }
            }
        }
        shifted.normalized()
    }

    /// With the overflow of each unit moved to the next longer one that it has.
    pub(crate) fn normalized(&self) -> Self {
        let mut result = self.clone();
        let units = self.units();
        let sign = if self.millis() < 0.0 { -1.0 } else { 1.0 };
        for pair in (1..units.len()).rev() {
            let (longer, unit) = (units[pair - 1], units[pair]);
            let factor = ratio(longer, unit);
            let amount = result.get(unit) * sign;
            let carry = (amount / factor).floor();
            if carry != 0.0 {
                result.set(longer, result.get(longer) + carry * sign);
                result.set(unit, result.get(unit) - carry * factor * sign);
            }
        }
        // A fraction belongs to the next shorter unit.
        for pair in 1..units.len() {
            let (longer, unit) = (units[pair - 1], units[pair]);
            let fraction = result.get(longer).fract();
            if fraction != 0.0 {
                result.set(longer, result.get(longer) - fraction);
                result.set(unit, result.get(unit) + fraction * ratio(longer, unit));
            }
        }
        result
    }

    /// The sum, unit by unit.
    pub(crate) fn plus(&self, other: &Self, sign: f64) -> Self {
        let mut sum = self.clone();
        for unit in other.units() {
            sum.set(unit, self.get(unit) + sign * other.get(unit));
        }
        sum
    }

    pub(crate) fn negated(&self) -> Self {
        let mut result = self.clone();
        for unit in self.units() {
            let amount = self.get(unit);
            result.set(unit, if amount == 0.0 { 0.0 } else { -amount });
        }
        result
    }

    /// `P1Y2M3DT4H5M6.007S`
    pub fn to_iso(&self) -> String {
        let mut text = String::from("P");
        let number = |amount: f64| Number::from(amount).to_string();
        if self.get(Unit::Year) != 0.0 {
            text += &format!("{}Y", number(self.get(Unit::Year)));
        }
        let months = self.get(Unit::Month) + self.get(Unit::Quarter) * 3.0;
        if months != 0.0 {
            text += &format!("{}M", number(months));
        }
        if self.get(Unit::Week) != 0.0 {
            text += &format!("{}W", number(self.get(Unit::Week)));
        }
        if self.get(Unit::Day) != 0.0 {
            text += &format!("{}D", number(self.get(Unit::Day)));
        }
        let seconds = self.get(Unit::Second) + self.get(Unit::Millisecond) / 1000.0;
        let (hours, minutes) = (self.get(Unit::Hour), self.get(Unit::Minute));
        if hours != 0.0 || minutes != 0.0 || seconds != 0.0 {
            text.push('T');
        }
        if hours != 0.0 {
            text += &format!("{}H", number(hours));
        }
        if minutes != 0.0 {
            text += &format!("{}M", number(minutes));
        }
        if seconds != 0.0 {
            text += &format!("{}S", number((seconds * 1000.0).round() / 1000.0));
        }
        if text == "P" { "PT0S".into() } else { text }
    }

    /// Reads ISO text such as `P1DT2H`.
    pub(crate) fn from_iso(text: &str) -> Option<Self> {
        let (sign, text) = match text.strip_prefix('-') {
            Some(rest) => (-1.0, rest),
            None => (1.0, text),
        };
        let mut rest = text.strip_prefix('P')?;
        let mut duration = Self::default();
        let mut time = false;
        while !rest.is_empty() {
            if let Some(after) = rest.strip_prefix('T') {
                time = true;
                rest = after;
                continue;
            }
            let end = rest.find(|c: char| c.is_ascii_alphabetic())?;
            let amount: f64 = rest[..end].replace(',', ".").parse().ok()?;
            let unit = match (rest.as_bytes()[end], time) {
                (b'Y', false) => Unit::Year,
                (b'M', false) => Unit::Month,
                (b'W', false) => Unit::Week,
                (b'D', false) => Unit::Day,
                (b'H', true) => Unit::Hour,
                (b'M', true) => Unit::Minute,
                (b'S', true) => Unit::Second,
                _ => return None,
            };
            if unit == Unit::Second && amount.fract() != 0.0 {
                duration.set(Unit::Second, sign * amount.trunc());
                duration.set(Unit::Millisecond, sign * (amount.fract() * 1000.0).round());
            } else {
                duration.set(unit, sign * amount);
            }
            rest = &rest[end + 1..];
        }
        (!duration.units().is_empty()).then_some(duration)
    }

    /// Its members by name, as `toObject` gives them.
    pub(crate) fn entries(&self) -> Vec<(Arc<str>, Js)> {
        self.units()
            .into_iter()
            .map(|unit| (unit.plural().into(), Js::number(self.get(unit))))
            .collect()
    }

    pub(crate) fn to_object(&self) -> Js {
        Js::object(self.entries().into_iter().collect::<Members>())
    }
}

/// How many of the shorter unit one of the longer has.
fn ratio(longer: Unit, shorter: Unit) -> f64 {
    match (longer, shorter) {
        (Unit::Year, Unit::Quarter) => 4.0,
        (Unit::Year, Unit::Month) => 12.0,
        (Unit::Year, Unit::Week) => 52.0,
        (Unit::Quarter, Unit::Month) => 3.0,
        (Unit::Quarter, Unit::Week) => 13.0,
        (Unit::Month, Unit::Week) => 4.0,
        _ => longer.millis() / shorter.millis(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shifts_between_units() {
        let duration = Duration::of(Unit::Millisecond, 5_400_500.0);
        let shifted = duration.shift_to(&[Unit::Hour, Unit::Minute]);
        assert_eq!(shifted.get(Unit::Hour), 1.0);
        assert!((shifted.get(Unit::Minute) - 30.008_333).abs() < 1e-4);
        assert_eq!(Duration::of(Unit::Hour, 36.0).as_unit(Unit::Day), 1.5);
        assert_eq!(Duration::of(Unit::Minute, -90.0).as_unit(Unit::Hour), -1.5);
    }

    #[test]
    fn reads_and_writes_iso() {
        for text in ["P1Y2M3DT4H5M6.007S", "P2W", "PT0S"] {
            let duration = Duration::from_iso(text).unwrap();
            assert_eq!(duration.to_iso(), text);
        }
        assert!(Duration::from_iso("1 day").is_none());
    }
}
