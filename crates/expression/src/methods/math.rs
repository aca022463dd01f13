//! `Math`.

use crate::evaluate::{Interpreter, Run};
use crate::js::Js;
use crate::methods::argument;
use crate::operators::power;

pub(super) fn constant(name: &str) -> Option<Js> {
    use std::f64::consts;
    Some(Js::number(match name {
        "PI" => consts::PI,
        "E" => consts::E,
        "LN2" => consts::LN_2,
        "LN10" => consts::LN_10,
        "LOG2E" => consts::LOG2_E,
        "LOG10E" => consts::LOG10_E,
        "SQRT2" => consts::SQRT_2,
        "SQRT1_2" => consts::FRAC_1_SQRT_2,
        _ => return None,
    }))
}

pub(super) fn call(interpreter: &mut Interpreter, name: &str, arguments: &[Js]) -> Run<Option<Js>> {
    match name {
        "random" => return Ok(Some(Js::number(interpreter.scope.random()))),
        "max" | "min" | "hypot" => {
            let mut numbers = Vec::with_capacity(arguments.len());
            for argument in arguments {
                numbers.push(interpreter.number_of(argument)?);
            }
            interpreter.charge_fuel(numbers.len() as u64)?;
            return Ok(Some(Js::number(match name {
                "max" => extreme(&numbers, f64::NEG_INFINITY, f64::max),
                "min" => extreme(&numbers, f64::INFINITY, f64::min),
                _ => hypot(&numbers),
            })));
        }
        _ => {}
    }
    let x = interpreter.number_of(argument(arguments, 0))?;
    Ok(Some(Js::number(match name {
        "abs" => x.abs(),
        "ceil" => x.ceil(),
        "floor" => x.floor(),
        "round" => round(x),
        "trunc" => x.trunc(),
        "sign" => {
            if x == 0.0 || x.is_nan() {
                x
            } else {
                x.signum()
            }
        }
        "sqrt" => x.sqrt(),
        "cbrt" => x.cbrt(),
        "exp" => x.exp(),
        "expm1" => x.exp_m1(),
        "log" => x.ln(),
        "log10" => x.log10(),
        "log2" => x.log2(),
        "log1p" => x.ln_1p(),
        "sin" => x.sin(),
        "cos" => x.cos(),
        "tan" => x.tan(),
        "asin" => x.asin(),
        "acos" => x.acos(),
        "atan" => x.atan(),
        "sinh" => x.sinh(),
        "cosh" => x.cosh(),
        "tanh" => x.tanh(),
        "asinh" => x.asinh(),
        "acosh" => x.acosh(),
        "atanh" => x.atanh(),
        "fround" => f64::from(x as f32),
        "clz32" => f64::from(crate::convert::to_uint32(x).leading_zeros()),
        "pow" | "atan2" | "imul" => {
            let y = interpreter.number_of(argument(arguments, 1))?;
            match name {
                "pow" => power(x, y),
                "atan2" => x.atan2(y),
                _ => {
                    f64::from(crate::convert::to_int32(x).wrapping_mul(crate::convert::to_int32(y)))
                }
            }
        }
        _ => return Ok(None),
    })))
}

/// The length of a vector, without an overflow on the way.
fn hypot(numbers: &[f64]) -> f64 {
    if numbers.iter().any(|n| n.is_infinite()) {
        return f64::INFINITY;
    }
    let largest = numbers.iter().fold(
        0.0,
        |largest: f64, n| {
            if n.is_nan() { *n } else { largest.max(n.abs()) }
        },
    );
    if largest == 0.0 || numbers.iter().any(|n| n.is_nan()) {
        return if largest == 0.0 { 0.0 } else { f64::NAN };
    }
    let sum: f64 = numbers.iter().map(|n| (n / largest) * (n / largest)).sum();
    sum.sqrt() * largest
}

/// Halves go up, also below zero.
pub(crate) fn round(x: f64) -> f64 {
    let floor = x.floor();
    if x - floor >= 0.5 { x.ceil() } else { floor }
}

fn extreme(numbers: &[f64], start: f64, better: fn(f64, f64) -> f64) -> f64 {
    if numbers.iter().any(|n| n.is_nan()) {
        return f64::NAN;
    }
    numbers.iter().copied().fold(start, better)
}
