//! `BigInt`: integers of up to 128 bits, their operators and methods.

use std::rc::Rc;

use itemflow_model::{Number, Value};

use crate::convert;
use crate::evaluate::{Interpreter, Run, range_error, syntax_error, type_error};
use crate::js::Js;
use crate::methods::argument;
use crate::special::Special;
use crate::tree::BinaryOperator;

impl Js {
    pub(crate) fn big_int(number: i128) -> Self {
        Self::Special(Rc::new(Special::BigInt(number)))
    }

    /// The big integer that the value is.
    pub(crate) fn as_big_int(&self) -> Option<i128> {
        match self {
            Self::Special(special) => match &**special {
                Special::BigInt(number) => Some(*number),
                _ => None,
            },
            _ => None,
        }
    }
}

/// `BigInt(value)`
pub(super) fn convert(interpreter: &mut Interpreter, value: &Js) -> Run {
    if value.as_big_int().is_some() {
        return Ok(value.clone());
    }
    let primitive = interpreter.number_first_primitive(value)?;
    match &primitive {
        Js::Data(Value::Number(number)) => from_number(*number),
        Js::Data(Value::Bool(flag)) => Ok(Js::big_int(i128::from(*flag))),
        Js::Data(Value::String(text)) => match parse(text) {
            Some(number) => Ok(Js::big_int(number)),
            None => syntax_error(format!("cannot make a BigInt of `{text}`")),
        },
        _ => type_error("cannot make a BigInt of this value"),
    }
}

fn from_number(number: Number) -> Run {
    if let Some(whole) = number.as_i64() {
        return Ok(Js::big_int(whole.into()));
    }
    if let Some(whole) = number.as_u64() {
        return Ok(Js::big_int(whole.into()));
    }
    let float = number.as_f64();
    if !float.is_finite() || float.fract() != 0.0 {
        return range_error("a number that is not whole cannot become a BigInt");
    }
    if float.abs() >= 1e38 {
        return too_large();
    }
    Ok(Js::big_int(float as i128))
}

/// The integer that a text means, empty text being 0.
pub(crate) fn parse(text: &str) -> Option<i128> {
    let text = text.trim_matches(convert::is_space);
    if text.is_empty() {
        return Some(0);
    }
    let (radix, digits) = match text.get(..2) {
        Some("0x" | "0X") => (16, &text[2..]),
        Some("0o" | "0O") => (8, &text[2..]),
        Some("0b" | "0B") => (2, &text[2..]),
        _ => (10, text),
    };
    if radix != 10 && digits.starts_with(['+', '-']) {
        return None;
    }
    i128::from_str_radix(digits, radix).ok()
}

fn too_large<T>() -> Run<T> {
    range_error("a BigInt has at most 128 bits")
}

/// An operator on two big integers.
pub(crate) fn operation(operator: BinaryOperator, a: i128, b: i128) -> Run {
    use BinaryOperator as Op;
    if b == 0 && matches!(operator, Op::Divide | Op::Remainder) {
        return range_error("a BigInt cannot be divided by zero");
    }
    let shift = |by: i128| u32::try_from(by).ok().filter(|by| *by < 128);
    let left = |a: i128, by: i128| {
        let shifted = shift(by).and_then(|by| {
            let shifted = a.checked_shl(by)?;
            (shifted >> by == a).then_some(shifted)
        });
        if a == 0 { Some(0) } else { shifted }
    };
    let right =
        |a: i128, by: i128| Some(shift(by).map_or(if a < 0 { -1 } else { 0 }, |by| a >> by));
    let result = match operator {
        Op::Add => a.checked_add(b),
        Op::Subtract => a.checked_sub(b),
        Op::Multiply => a.checked_mul(b),
        Op::Divide => a.checked_div(b),
        Op::Remainder => a.checked_rem(b),
        Op::Power if b < 0 => return range_error("the exponent of a BigInt cannot be negative"),
        Op::Power => power(a, b),
        Op::ShiftLeft if b < 0 => right(a, -b),
        Op::ShiftLeft => left(a, b),
        Op::ShiftRight if b < 0 => left(a, -b),
        Op::ShiftRight => right(a, b),
        Op::BitOr => Some(a | b),
        Op::BitXor => Some(a ^ b),
        Op::BitAnd => Some(a & b),
        _ => return type_error("this operator does not work on a BigInt"),
    };
    match result {
        Some(number) => Ok(Js::big_int(number)),
        None => too_large(),
    }
}

fn power(a: i128, b: i128) -> Option<i128> {
    match (a, u32::try_from(b)) {
        (0 | 1, _) => Some(if b == 0 { 1 } else { a }),
        (-1, _) => Some(if b % 2 == 0 { 1 } else { -1 }),
        (_, Ok(b)) => a.checked_pow(b),
        (_, Err(_)) => None,
    }
}

pub(super) fn call(
    interpreter: &mut Interpreter,
    number: i128,
    name: &str,
    arguments: &[Js],
) -> Run<Option<Js>> {
    Ok(Some(match name {
        "toString" => {
            let radix = interpreter.integer_argument(arguments, 0, 10.0)?;
            if !(2.0..=36.0).contains(&radix) {
                return range_error("the radix must be from 2 to 36");
            }
            Js::text(in_radix(number, radix as u128))
        }
        "toLocaleString" => {
            let formatter = crate::intl::number::NumberFormat::of(
                interpreter,
                argument(arguments, 0),
                argument(arguments, 1),
            )?;
            Js::text(formatter.format_digits(&number.unsigned_abs().to_string(), number < 0))
        }
        "valueOf" => Js::big_int(number),
        _ => return Ok(None),
    }))
}

/// `BigInt.asIntN(bits, value)` and `BigInt.asUintN(bits, value)`
pub(super) fn call_static(
    interpreter: &mut Interpreter,
    name: &str,
    arguments: &[Js],
) -> Run<Option<Js>> {
    if !matches!(name, "asIntN" | "asUintN") {
        return Ok(None);
    }
    let bits = interpreter.integer_argument(arguments, 0, 0.0)?;
    let value = convert(interpreter, argument(arguments, 1))?;
    let Some(value) = value.as_big_int() else {
        return Ok(None);
    };
    if !(0.0..=127.0).contains(&bits) {
        return too_large();
    }
    let bits = bits as u32;
    let modulus = 1i128.checked_shl(bits).unwrap_or(i128::MAX);
    let wrapped = if bits == 127 {
        value & i128::MAX
    } else {
        value.rem_euclid(modulus)
    };
    let signed = name == "asIntN" && bits > 0 && wrapped >> (bits - 1) & 1 == 1;
    Ok(Some(Js::big_int(if signed {
        wrapped - modulus
    } else {
        wrapped
    })))
}

fn in_radix(number: i128, radix: u128) -> String {
    let mut rest = number.unsigned_abs();
    let mut digits = Vec::new();
    loop {
        let digit = (rest % radix) as u32;
        digits.push(char::from_digit(digit, radix as u32).unwrap_or('0'));
        rest /= radix;
        if rest == 0 {
            break;
        }
    }
    if number < 0 {
        digits.push('-');
    }
    digits.iter().rev().collect()
}

/// How a big integer compares with another value: `None` where they do not compare.
pub(crate) fn compare(a: i128, b: &Js) -> Option<std::cmp::Ordering> {
    if let Some(b) = b.as_big_int() {
        return Some(a.cmp(&b));
    }
    if let Some(text) = b.as_text() {
        return parse(text).map(|b| a.cmp(&b));
    }
    let b = crate::operators::primitive_number(b);
    if b.is_nan() {
        return None;
    }
    if b.abs() >= 1e38 {
        return Some(if b > 0.0 {
            std::cmp::Ordering::Less
        } else {
            std::cmp::Ordering::Greater
        });
    }
    let whole = b.floor();
    Some(a.cmp(&(whole as i128)).then(if b > whole {
        std::cmp::Ordering::Less
    } else {
        std::cmp::Ordering::Equal
    }))
}
