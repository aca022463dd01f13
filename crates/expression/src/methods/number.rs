//! Methods of numbers.

use itemflow_model::Number;

use crate::evaluate::{Interpreter, Run, range_error};
use crate::intl::number::NumberFormat;
use crate::js::Js;
use crate::methods::argument;

pub(super) fn call(
    interpreter: &mut Interpreter,
    number: f64,
    name: &str,
    arguments: &[Js],
) -> Run<Option<Js>> {
    Ok(Some(match name {
        "toFixed" => {
            let digits = digits(interpreter, arguments, 0.0, 0.0)?;
            Js::text(if number.is_finite() && number.abs() < 1e21 {
                fixed(number, digits)
            } else {
                Number::from(number).to_string()
            })
        }
        "toPrecision" => {
            if argument(arguments, 0).is_undefined() || !number.is_finite() {
                return Ok(Some(Js::text(Number::from(number).to_string())));
            }
            let digits = digits(interpreter, arguments, 1.0, 1.0)?;
            Js::text(precision(number, digits))
        }
        "toExponential" => {
            let digits = digits(interpreter, arguments, 0.0, 0.0)?;
            let text = if argument(arguments, 0).is_undefined() {
                format!("{number:e}")
            } else {
                exponential(number, digits)
            };
            Js::text(signed_exponent(&text))
        }
        "toString" => match argument(arguments, 0) {
            Js::Undefined => Js::text(Number::from(number).to_string()),
            radix => {
                let radix = interpreter.number_of(radix)?;
                if !(2.0..=36.0).contains(&radix) {
                    return range_error("the radix must be from 2 to 36");
                }
                Js::text(in_radix(number, radix as u32))
            }
        },
        "toLocaleString" => Js::text(format_locale(interpreter, number, arguments)?),
        _ => return Ok(None),
    }))
}

/// `toLocaleString(locale, options)`
pub(crate) fn format_locale(
    interpreter: &mut Interpreter,
    number: f64,
    arguments: &[Js],
) -> Run<String> {
    interpreter.charge_fuel(100)?;
    let (locale, options) = (argument(arguments, 0), argument(arguments, 1));
    Ok(NumberFormat::of(interpreter, locale, options)?.format(number))
}

fn digits(interpreter: &mut Interpreter, arguments: &[Js], default: f64, least: f64) -> Run<usize> {
    let digits = interpreter.integer_argument(arguments, 0, default)?;
    if !(least..=100.0).contains(&digits) {
        return range_error("the number of digits must be from 0 to 100");
    }
    Ok(digits as usize)
}

/// JavaScript's `toFixed`: the exact value, halves away from zero.
pub(crate) fn fixed(number: f64, digits: usize) -> String {
    // Rust rounds exact halves to even; they can only occur where the exact expansion is short.
    let scaled = number.abs() * 10f64.powi(digits as i32);
    let text = if (scaled.fract() - 0.5).abs() < 1e-3 && is_half(number.abs(), digits) {
        let bumped = number.abs() + 10f64.powi(-(digits as i32)) * 0.25;
        format!("{bumped:.digits$}")
    } else {
        format!("{:.digits$}", number.abs())
    };
    if number < 0.0 {
        format!("-{text}")
    } else {
        text
    }
}

/// Whether the exact value lies in the middle between two results.
fn is_half(number: f64, digits: usize) -> bool {
    let exact = format!("{number:.1100}");
    let point = exact.find('.').unwrap_or(exact.len());
    let rest = exact.get(point + 1 + digits..).unwrap_or("");
    rest.starts_with('5') && rest[1..].bytes().all(|b| b == b'0')
}

fn precision(number: f64, digits: usize) -> String {
    if number == 0.0 {
        return fixed(0.0, digits - 1);
    }
    let scientific = exponential(number, digits - 1);
    let exponent: i32 = scientific
        .split_once('e')
        .and_then(|(_, exponent)| exponent.parse().ok())
        .unwrap_or(0);
    if exponent < -6 || exponent >= digits as i32 {
        return signed_exponent(&scientific);
    }
    fixed(number, (digits as i32 - 1 - exponent).max(0) as usize)
}

/// One digit, a point, so many digits, and the exponent; exact halves go away from zero.
fn exponential(number: f64, digits: usize) -> String {
    let exact = format!("{:.1100e}", number.abs());
    let (mantissa, exponent) = exact.split_once('e').unwrap_or((&exact, "0"));
    let half = mantissa
        .get(2 + digits..)
        .is_some_and(|rest| rest.starts_with('5') && rest[1..].bytes().all(|b| b == b'0'));
    let text = if half {
        // A little more than the half rounds up.
        let cut = mantissa.get(..2 + digits).unwrap_or(mantissa);
        let nudged = format!("{cut}6e{exponent}");
        format!(
            "{:.digits$e}",
            nudged.parse::<f64>().unwrap_or(number.abs())
        )
    } else {
        format!("{:.digits$e}", number.abs())
    };
    if number < 0.0 {
        format!("-{text}")
    } else {
        text
    }
}

fn signed_exponent(text: &str) -> String {
    match text.split_once('e') {
        Some((mantissa, exponent)) if !exponent.starts_with('-') => {
            format!("{mantissa}e+{exponent}")
        }
        _ => text.to_owned(),
    }
}

fn in_radix(number: f64, radix: u32) -> String {
    if !number.is_finite() || radix == 10 {
        return Number::from(number).to_string();
    }
    let digit = |n: u32| char::from_digit(n, radix).unwrap_or('0');
    let mut whole = number.abs().trunc();
    let mut fraction = number.abs().fract();
    let mut text: Vec<char> = Vec::new();
    if whole > 9_007_199_254_740_992.0 {
        // Digits beyond the precision of the number are zeros.
        let mut exponent = 0;
        while whole > 9_007_199_254_740_992.0 {
            whole /= f64::from(radix);
            exponent += 1;
        }
        text.extend(std::iter::repeat_n('0', exponent));
        whole = whole.trunc();
    }
    loop {
        text.push(digit((whole % f64::from(radix)) as u32));
        whole = (whole / f64::from(radix)).trunc();
        if whole < 1.0 || text.len() > 1100 {
            break;
        }
    }
    if number < 0.0 {
        text.push('-');
    }
    let mut text: String = text.into_iter().rev().collect();
    if fraction > 0.0 {
        text.push('.');
        // As many digits as tell the number apart.
        let mut delta = (0.5 * (number.abs().next_up() - number.abs())).max(f64::MIN_POSITIVE);
        while text.len() < 1100 {
            fraction *= f64::from(radix);
            delta *= f64::from(radix);
            let value = fraction.trunc();
            fraction -= value;
            let round_up = fraction > 0.5 && fraction + delta > 1.0;
            text.push(digit(
                value as u32 + u32::from(round_up && value as u32 + 1 < radix),
            ));
            if round_up || fraction < delta {
                break;
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_like_javascript() {
        for (number, digits, text) in [
            (1.005, 2, "1.00"),
            (2.5, 0, "3"),
            (-2.5, 0, "-3"),
            (1.45, 1, "1.4"),
            (10.235, 2, "10.23"),
            (0.000001, 7, "0.0000010"),
            (0.5, 0, "1"),
        ] {
            assert_eq!(fixed(number, digits), text, "{number}");
        }
    }

    #[test]
    fn writes_other_radixes() {
        assert_eq!(in_radix(255.0, 16), "ff");
        assert_eq!(in_radix(-255.0, 2), "-11111111");
        assert_eq!(in_radix(0.5, 2), "0.1");
    }
}
