//! `Integers`: whole numbers beyond 2^53 keep their digits on the way through a script that leaves them alone.
//!
//! JavaScript has doubles alone, so that `9007199254740993` comes back as `9007199254740992`, and it writes
//! `28945166244159088`, which a double can hold, as `28945166244159090`. A double that only one of
//! the integers of the input can have become is taken for that one. Where two of them became the same double, or the
//! script made a number itself, the double stays.

use std::collections::HashMap;
use std::sync::Arc;

use itemflow_model::{Number, Value};

/// Digits from which an integer may not be exact as a double.
const DIGITS: usize = 16;
/// Up to here (2^53) doubles hold every integer.
const EXACT: u64 = 1 << 53;

/// The integers of an input that may lose digits.
#[derive(Debug, Default)]
pub struct Integers {
    /// By the bits of the double; `None` when several became the same.
    by_double: HashMap<u64, Option<Number>>,
}

impl Integers {
    /// Whether JSON text may hold such an integer: a look at the text spares most inputs the look at their values.
    pub fn may_be_in(text: &[u8]) -> bool {
        let mut digits = 0;
        for byte in text {
            if byte.is_ascii_digit() {
                digits += 1;
                if digits >= DIGITS {
                    return true;
                }
            } else {
                digits = 0;
            }
        }
        false
    }

    /// Remembers the integers of a value.
    pub fn add(&mut self, value: &Value) {
        let mut pending = vec![value];
        while let Some(value) = pending.pop() {
            match value {
                Value::Number(number) => self.add_number(*number),
                Value::Array(list) => pending.extend(list.iter()),
                Value::Object(map) => pending.extend(map.values()),
                _ => {}
            }
        }
    }

    fn add_number(&mut self, number: Number) {
        let double = number.as_f64();
        if is_beyond(number) {
            self.by_double
                .entry(double.to_bits())
                .and_modify(|known| *known = known.filter(|known| *known == number))
                .or_insert(Some(number));
        }
    }

    /// Gives the doubles of a result their digits back.
    pub fn restore(&self, value: &mut Value) {
        if self.by_double.is_empty() {
            return;
        }
        let mut pending = vec![value];
        while let Some(value) = pending.pop() {
            match value {
                Value::Number(number) => {
                    if let Some(Some(exact)) = self.by_double.get(&number.as_f64().to_bits()) {
                        *number = *exact;
                    }
                }
                Value::Array(list) => pending.extend(Arc::make_mut(list).iter_mut()),
                Value::Object(map) => pending.extend(Arc::make_mut(map).values_mut()),
                _ => {}
            }
        }
    }
}

/// Whether JavaScript may write the number with other digits: it writes no more than tell a double from the next one.
fn is_beyond(number: Number) -> bool {
    match (number.as_i64(), number.as_u64()) {
        (Some(whole), _) => whole.unsigned_abs() > EXACT,
        (None, Some(_)) => true,
        (None, None) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn through(input: serde_json::Value) -> Value {
        let input = Value::from(input);
        let mut integers = Integers::default();
        integers.add(&input);
        // What JavaScript makes of the numbers.
        fn doubles(value: &Value) -> Value {
            match value {
                Value::Number(number) => Value::from(number.as_f64()),
                Value::Array(list) => Value::from(list.iter().map(doubles).collect::<Vec<_>>()),
                other => other.clone(),
            }
        }
        let mut output = doubles(&input);
        integers.restore(&mut output);
        output
    }

    #[test]
    fn an_integer_that_is_left_alone_keeps_its_digits() {
        let input = json!([
            9_007_199_254_740_993_i64,
            -1_234_567_890_123_456_789_i64,
            u64::MAX,
            5,
            0.5
        ]);
        assert_eq!(through(input.clone()), Value::from(input));
    }

    #[test]
    fn two_integers_that_became_one_double_stay_doubles() {
        let output = through(json!([
            9_007_199_254_740_993_i64,
            9_007_199_254_740_991_i64
        ]));
        assert_eq!(
            output.index(1),
            Some(&Value::from(9_007_199_254_740_991_i64))
        );
        let output = through(json!([
            1_234_567_890_123_456_789_i64,
            1_234_567_890_123_456_790_i64
        ]));
        assert_eq!(output.index(0), output.index(1));
    }

    #[test]
    fn a_text_without_long_numbers_needs_no_look() {
        assert!(!Integers::may_be_in(b"[123456789012345, 1.5, \"x\"]"));
        assert!(Integers::may_be_in(b"[9007199254740993]"));
    }
}
