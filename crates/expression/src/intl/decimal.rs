//! `Decimal`: the shortest decimal digits of a number, and their rounding.

/// A number from 0 as decimal digits: 0.d₁d₂d₃… times ten to the power of `point`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Decimal {
    digits: Vec<u8>,
    point: i32,
}

impl Decimal {
    /// The digits of a finite number without its sign.
    pub(crate) fn of(number: f64) -> Self {
        let text = format!("{:e}", number.abs());
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let digits = mantissa
            .bytes()
            .filter(u8::is_ascii_digit)
            .map(|b| b - b'0');
        Self {
            digits: digits.collect(),
            point: exponent.parse::<i32>().unwrap_or(0) + 1,
        }
        .trimmed()
    }

    /// The digits of a whole number.
    pub(crate) fn of_digits(text: &str) -> Self {
        Self {
            digits: text
                .bytes()
                .filter(u8::is_ascii_digit)
                .map(|b| b - b'0')
                .collect(),
            point: text.len() as i32,
        }
        .trimmed()
    }

    fn trimmed(mut self) -> Self {
        let zeros = self.digits.iter().take_while(|digit| **digit == 0).count();
        self.digits.drain(..zeros);
        self.point -= zeros as i32;
        while self.digits.last() == Some(&0) {
            self.digits.pop();
        }
        if self.digits.is_empty() {
            self.point = 0;
        }
        self
    }

    pub(crate) fn is_zero(&self) -> bool {
        self.digits.is_empty()
    }

    /// How many digits stand before the point; 0 and below for fractions.
    pub(crate) fn magnitude(&self) -> i32 {
        self.point
    }

    /// Times ten to the power of `by`.
    pub(crate) fn shifted(mut self, by: i32) -> Self {
        if !self.is_zero() {
            self.point += by;
        }
        self
    }

    /// With at most so many digits after the point.
    pub(crate) fn rounded_to_fraction(self, places: usize, mode: Rounding) -> Self {
        let kept = self.point.saturating_add(places as i32);
        self.rounded(kept, mode)
    }

    /// With at most so many digits in all.
    pub(crate) fn rounded_to_digits(self, count: usize, mode: Rounding) -> Self {
        self.rounded(count as i32, mode)
    }

    fn rounded(mut self, kept: i32, mode: Rounding) -> Self {
        if kept >= self.digits.len() as i32 {
            return self;
        }
        let (first, exact) = match usize::try_from(kept) {
            Ok(kept) => (self.digits[kept], self.digits.len() == kept + 1),
            Err(_) => (0, false),
        };
        let odd = kept > 0 && self.digits[kept as usize - 1] % 2 == 1;
        let up = match mode {
            Rounding::HalfExpand => first >= 5,
            Rounding::HalfTrunc => first > 5 || (first == 5 && !exact),
            Rounding::HalfEven => first > 5 || (first == 5 && (!exact || odd)),
            Rounding::Expand => true,
            Rounding::Trunc => false,
        };
        self.digits.truncate(kept.max(0) as usize);
        if up {
            let mut at = self.digits.len();
            loop {
                if at == 0 {
                    if kept < 0 {
                        // The one that is carried stands further to the left.
                        self.point -= kept;
                    }
                    self.digits.insert(0, 1);
                    self.point += 1;
                    break;
                }
                at -= 1;
                if self.digits[at] == 9 {
                    self.digits[at] = 0;
                } else {
                    self.digits[at] += 1;
                    break;
                }
            }
        }
        self.trimmed()
    }

    /// The digits before the point (at least one) and after it (at least `least`).
    pub(crate) fn parts(&self, least: usize) -> (String, String) {
        let digit = |at: i32| {
            usize::try_from(at)
                .ok()
                .and_then(|at| self.digits.get(at))
                .map_or('0', |digit| char::from(b'0' + digit))
        };
        let whole: String = (0..self.point.max(0)).map(digit).collect();
        let end = (self.digits.len() as i32).max(self.point + least as i32);
        let fraction: String = (self.point..end).map(digit).collect();
        (if whole.is_empty() { "0".into() } else { whole }, fraction)
    }
}

/// What happens to the digits that are cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rounding {
    HalfExpand,
    HalfTrunc,
    HalfEven,
    Expand,
    Trunc,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_by_the_shortest_digits() {
        for (number, places, text) in [
            (1.005, 2, "1.01"),
            (2.5, 0, "3"),
            (0.05, 1, "0.1"),
            (0.004, 2, "0"),
            (999.995, 2, "1000"),
            (0.5, 0, "1"),
            (0.05, 0, "0"),
            (1234.5, 3, "1234.5"),
            (1e21, 0, "1000000000000000000000"),
        ] {
            let rounded = Decimal::of(number).rounded_to_fraction(places, Rounding::HalfExpand);
            let (whole, fraction) = rounded.parts(0);
            let written = if fraction.is_empty() {
                whole
            } else {
                format!("{whole}.{fraction}")
            };
            assert_eq!(written, text, "{number}");
        }
    }
}
