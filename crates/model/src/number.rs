//! `Number`: exact integers and doubles under one type, with JavaScript's idea of equality.

use std::cmp::Ordering;
use std::fmt;

/// Integers up to here are exact in a double (2^53).
const EXACT: f64 = 9_007_199_254_740_992.0;

/// A JSON number. Whole doubles within ±2^53 are always kept as integers, so that equal numbers have one form.
#[derive(Clone, Copy)]
pub struct Number(Repr);

#[derive(Clone, Copy)]
enum Repr {
    Int(i64),
    /// Only above `i64::MAX`.
    Large(u64),
    Double(f64),
}

impl Number {
    /// The nearest double.
    pub fn as_f64(self) -> f64 {
        match self.0 {
            Repr::Int(n) => n as f64,
            Repr::Large(n) => n as f64,
            Repr::Double(n) => n,
        }
    }

    /// The number as a signed integer, when it is one.
    pub fn as_i64(self) -> Option<i64> {
        match self.0 {
            Repr::Int(n) => Some(n),
            _ => None,
        }
    }

    /// The number as an unsigned integer, when it is one.
    pub fn as_u64(self) -> Option<u64> {
        match self.0 {
            Repr::Int(n) => u64::try_from(n).ok(),
            Repr::Large(n) => Some(n),
            Repr::Double(_) => None,
        }
    }

    /// Whether this is a whole number kept exactly.
    pub fn is_integer(self) -> bool {
        !matches!(self.0, Repr::Double(_))
    }
}

impl From<i64> for Number {
    fn from(n: i64) -> Self {
        Self(Repr::Int(n))
    }
}

impl From<i32> for Number {
    fn from(n: i32) -> Self {
        Self(Repr::Int(n.into()))
    }
}

impl From<u32> for Number {
    fn from(n: u32) -> Self {
        Self(Repr::Int(n.into()))
    }
}

impl From<u64> for Number {
    fn from(n: u64) -> Self {
        i64::try_from(n).map_or(Self(Repr::Large(n)), Self::from)
    }
}

impl From<usize> for Number {
    fn from(n: usize) -> Self {
        Self::from(n as u64)
    }
}

impl From<f64> for Number {
    fn from(n: f64) -> Self {
        let negative_zero = n == 0.0 && n.is_sign_negative();
        if n.trunc() == n && n.abs() <= EXACT && !negative_zero {
            Self(Repr::Int(n as i64))
        } else {
            Self(Repr::Double(n))
        }
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        match (self.0, other.0) {
            (Repr::Int(a), Repr::Int(b)) => a == b,
            (Repr::Large(a), Repr::Large(b)) => a == b,
            _ => self.as_f64() == other.as_f64(),
        }
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        match (self.0, other.0) {
            (Repr::Int(a), Repr::Int(b)) => Some(a.cmp(&b)),
            (Repr::Large(a), Repr::Large(b)) => Some(a.cmp(&b)),
            _ => self.as_f64().partial_cmp(&other.as_f64()),
        }
    }
}

impl fmt::Display for Number {
    /// The text that JavaScript prints (ECMA-262 §6.1.6.1.20): shortest digits, `1e+21` from 21 digits up, `1e-7` below.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Repr::Int(n) => write!(f, "{n}"),
            Repr::Large(n) => write!(f, "{n}"),
            Repr::Double(n) if n.is_nan() => f.write_str("NaN"),
            Repr::Double(n) if n.is_infinite() => {
                f.write_str(if n > 0.0 { "Infinity" } else { "-Infinity" })
            }
            Repr::Double(0.0) => f.write_str("0"),
            Repr::Double(n) if n.abs() >= 1e21 || n.abs() < 1e-6 => {
                let text = format!("{n:e}");
                match text.split_once('e') {
                    Some((digits, power)) if !power.starts_with('-') => {
                        write!(f, "{digits}e+{power}")
                    }
                    _ => f.write_str(&text),
                }
            }
            Repr::Double(n) => write!(f, "{n}"),
        }
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl serde::Serialize for Number {
    /// Integers exactly, doubles as JavaScript's `JSON.stringify` would: NaN and the infinities become `null`.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Repr::Int(n) => serializer.serialize_i64(n),
            Repr::Large(n) => serializer.serialize_u64(n),
            Repr::Double(n) if !n.is_finite() => serializer.serialize_unit(),
            Repr::Double(0.0) => serializer.serialize_i64(0),
            Repr::Double(n) => serializer.serialize_f64(n),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_like_javascript() {
        for (number, text) in [
            (1.0, "1"),
            (1.5, "1.5"),
            (1e21, "1e+21"),
            (1e-7, "1e-7"),
            (123456789012345680000.0, "123456789012345680000"),
            (-0.0, "0"),
            (f64::NAN, "NaN"),
            (0.000001, "0.000001"),
            (1.5e300, "1.5e+300"),
        ] {
            assert_eq!(Number::from(number).to_string(), text);
        }
    }

    #[test]
    fn integers_beyond_doubles_stay_exact() {
        assert_eq!(
            Number::from(9_007_199_254_740_993_i64).to_string(),
            "9007199254740993"
        );
        assert_eq!(Number::from(u64::MAX).to_string(), "18446744073709551615");
    }
}
