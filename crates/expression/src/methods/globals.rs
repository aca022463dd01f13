//! The global objects and functions of the language.

use std::rc::Rc;

use itemflow_model::Value;

use crate::convert::{self, truthy};
use crate::evaluate::{Interpreter, Run, range_error, type_error};
use crate::js::{Js, Members};
use crate::luxon;
use crate::methods::{
    argument, big_int, collection, date, functions, json, list_callbacks, math, object, regex,
};
use crate::names::Global;
use crate::operators::same_value;
use crate::special::Special;

/// A constant such as `Math.PI`.
pub(crate) fn constant(global: Global, name: &str) -> Option<Js> {
    match global {
        Global::Math => math::constant(name),
        Global::Number => Some(Js::number(match name {
            "MAX_SAFE_INTEGER" => 9_007_199_254_740_991.0,
            "MIN_SAFE_INTEGER" => -9_007_199_254_740_991.0,
            "MAX_VALUE" => f64::MAX,
            "MIN_VALUE" => f64::from_bits(1),
            "EPSILON" => f64::EPSILON,
            "POSITIVE_INFINITY" => f64::INFINITY,
            "NEGATIVE_INFINITY" => f64::NEG_INFINITY,
            "NaN" => f64::NAN,
            _ => return None,
        })),
        Global::DateTime => luxon::statics::constant(name),
        Global::Intl => crate::intl::class(name).map(Js::Global),
        _ => None,
    }
}

/// A call of a global itself: `String(1)`, `parseInt('1')`, `$ifEmpty(a, b)`.
pub(crate) fn call(interpreter: &mut Interpreter, global: Global, arguments: &[Js]) -> Run {
    let first = argument(arguments, 0);
    Ok(match global {
        Global::String => match arguments.first() {
            None => Js::text(""),
            Some(Js::Special(special)) if special.text().is_none() => {
                return object::to_text(interpreter, &arguments[0]);
            }
            Some(value) => Js::text(interpreter.text_of(value)?),
        },
        Global::Number => match arguments.first() {
            None => Js::number(0.0),
            Some(value) => match value.as_big_int() {
                Some(number) => Js::number(number as f64),
                None => Js::number(interpreter.number_of(value)?),
            },
        },
        Global::BigInt => big_int::convert(interpreter, first)?,
        Global::Boolean => Js::bool(truthy(first)),
        Global::Object => {
            if first.is_nullish() {
                Js::object(Members::default())
            } else {
                first.clone()
            }
        }
        Global::Array
        | Global::RegExp
        | Global::Error
        | Global::TypeError
        | Global::RangeError
        | Global::SyntaxError
        | Global::ReferenceError
        | Global::EvalError
        | Global::URIError
        | Global::NumberFormat
        | Global::DateTimeFormat
        | Global::Collator => construct(interpreter, global, arguments)?,
        Global::Date => {
            let now = interpreter.scope.now().as_millisecond() as f64;
            Js::text(date::to_string(now, &interpreter.scope.time_zone()))
        }
        Global::parseInt => Js::number(parse_int(interpreter, arguments)?),
        Global::parseFloat => {
            let text = interpreter.text_argument(arguments, 0)?;
            Js::number(parse_float(&text))
        }
        // n8n: these are the strict functions of Number.
        Global::isNaN => Js::bool(first.as_number().is_some_and(f64::is_nan)),
        Global::isFinite => Js::bool(first.as_number().is_some_and(f64::is_finite)),
        Global::Harmless | Global::Math | Global::JSON | Global::Intl | Global::console => {
            return type_error("the value is not a function");
        }
        Global::Map
        | Global::Set
        | Global::WeakMap
        | Global::WeakSet
        | Global::PluralRules
        | Global::RelativeTimeFormat
        | Global::ListFormat
        | Global::DateTime
        | Global::Duration
        | Global::Interval => {
            return type_error(format!("{global:?} needs `new` or one of its methods"));
        }
        Global::Symbol => {
            let description = match first {
                Js::Undefined => None,
                value => Some(interpreter.text_of(value)?),
            };
            Js::Special(Rc::new(Special::Symbol(description)))
        }
        Global::NodeFunction => return type_error("`$` needs the name of a node"),
        other => functions::call(interpreter, other, arguments)?,
    })
}

/// A call of a member of a global: `Math.max(1, 2)`; `None` when it has no such member.
pub(crate) fn call_static(
    interpreter: &mut Interpreter,
    global: Global,
    name: &str,
    arguments: &[Js],
) -> Run<Option<Js>> {
    let first = argument(arguments, 0);
    let result = match global {
        Global::Math => math::call(interpreter, name, arguments)?,
        Global::JSON => match name {
            "parse" => {
                let text = interpreter.text_argument(arguments, 0)?;
                let value = json::parse(interpreter, &text)?;
                let reviver = argument(arguments, 1);
                Some(if reviver.is_function() {
                    json::revive(interpreter, &Js::Undefined, "", value, reviver)?
                } else {
                    value
                })
            }
            "stringify" => Some(json::stringify(interpreter, arguments)?),
            _ => None,
        },
        Global::Object => object(interpreter, name, arguments)?,
        Global::Array => match name {
            "isArray" => Some(Js::bool(first.is_array())),
            "of" => Some(Js::array(arguments.to_vec())),
            "from" => Some(array_from(interpreter, arguments)?),
            _ => None,
        },
        Global::String => match name {
            "fromCharCode" => {
                let mut units = Vec::new();
                for argument in arguments {
                    units.push(convert::to_uint32(interpreter.number_of(argument)?) as u16);
                }
                Some(Js::text(String::from_utf16_lossy(&units)))
            }
            "fromCodePoint" => {
                let mut text = String::new();
                for argument in arguments {
                    let code = interpreter.number_of(argument)?;
                    if code.fract() != 0.0 || !(0.0..=1_114_111.0).contains(&code) {
                        return range_error("this is no code point");
                    }
                    text.push(char::from_u32(code as u32).unwrap_or(char::REPLACEMENT_CHARACTER));
                }
                Some(Js::text(text))
            }
            "raw" => {
                let raw = interpreter.get_member(first, "raw")?;
                let mut text = String::new();
                for (i, part) in array_like(interpreter, &raw)?.into_iter().enumerate() {
                    if i > 0
                        && let Some(value) = arguments.get(i)
                    {
                        text.push_str(&interpreter.text_of(value)?);
                    }
                    text.push_str(&interpreter.text_of(&part)?);
                    interpreter.check_length(text.len())?;
                }
                Some(interpreter.new_text(text)?)
            }
            _ => None,
        },
        Global::Number => match name {
            "isInteger" => Some(Js::bool(
                first.as_number().is_some_and(|n| n.fract() == 0.0),
            )),
            "isSafeInteger" => {
                Some(Js::bool(first.as_number().is_some_and(|n| {
                    n.fract() == 0.0 && n.abs() <= 9_007_199_254_740_991.0
                })))
            }
            "isFinite" => Some(call(interpreter, Global::isFinite, arguments)?),
            "isNaN" => Some(call(interpreter, Global::isNaN, arguments)?),
            "parseInt" => Some(call(interpreter, Global::parseInt, arguments)?),
            "parseFloat" => Some(call(interpreter, Global::parseFloat, arguments)?),
            _ => None,
        },
        Global::BigInt => big_int::call_static(interpreter, name, arguments)?,
        Global::Symbol => match name {
            "for" => {
                let key = interpreter.text_argument(arguments, 0)?;
                Some(interpreter.symbol(&key))
            }
            _ => None,
        },
        Global::NumberFormat
        | Global::DateTimeFormat
        | Global::Collator
        | Global::PluralRules
        | Global::RelativeTimeFormat
        | Global::ListFormat
            if name == "supportedLocalesOf" =>
        {
            let tags = luxon::methods::one_or_many(first);
            Some(Js::array(tags))
        }
        Global::Intl => match crate::intl::class(name) {
            Some(class) => Some(call(interpreter, class, arguments)?),
            None => None,
        },
        Global::Date => date::call_static(interpreter, name, arguments)?,
        Global::DateTime | Global::Duration | Global::Interval => {
            luxon::statics::call(interpreter, global, name, arguments)?
        }
        Global::console => Some(Js::Undefined),
        _ => None,
    };
    if result.is_some() {
        return Ok(result);
    }
    Ok(match name {
        "toString" | "hasOwnProperty" | "valueOf" => {
            super::object::call(interpreter, &Js::Global(global), name, arguments)?
        }
        "call" | "apply" | "bind" if Js::Global(global).is_function() => {
            super::function_method(interpreter, &Js::Global(global), name, arguments)?
        }
        _ => None,
    })
}

/// `new Global(…)`
pub(crate) fn construct(interpreter: &mut Interpreter, global: Global, arguments: &[Js]) -> Run {
    let first = argument(arguments, 0);
    Ok(match global {
        Global::Array => match arguments {
            [Js::Data(Value::Number(number))] => {
                let length = number.as_f64();
                if length < 0.0 || length.fract() != 0.0 || length > f64::from(u32::MAX) {
                    return range_error("the length of a list must be a whole number");
                }
                interpreter.charge_elements(length as usize)?;
                Js::array(vec![Js::Undefined; length as usize])
            }
            elements => Js::array(elements.to_vec()),
        },
        Global::Object | Global::String | Global::Number | Global::Boolean => {
            call(interpreter, global, arguments)?
        }
        Global::Date => date::construct(interpreter, arguments)?,
        Global::Map | Global::WeakMap => collection::construct(interpreter, true, first)?,
        Global::Set | Global::WeakSet => collection::construct(interpreter, false, first)?,
        Global::RegExp => {
            let flags = match (argument(arguments, 1), first) {
                (Js::Undefined, Js::Regex(regex)) => regex.pattern.flags.clone(),
                (Js::Undefined, _) => "".into(),
                (flags, _) => interpreter.text_of(flags)?,
            };
            let source = match first {
                Js::Regex(regex) => regex.pattern.source.clone(),
                Js::Undefined => "(?:)".into(),
                value => {
                    let text = interpreter.text_of(value)?;
                    if text.is_empty() {
                        "(?:)".into()
                    } else {
                        crate::regex::source_of(&text).into()
                    }
                }
            };
            Js::Regex(regex::compile(interpreter, &source, &flags)?)
        }
        Global::Error
        | Global::TypeError
        | Global::RangeError
        | Global::SyntaxError
        | Global::ReferenceError
        | Global::EvalError
        | Global::URIError => {
            let message = match first {
                Js::Undefined => "".into(),
                value => interpreter.text_of(value)?,
            };
            let error = Js::error(&format!("{global:?}"), &message);
            let options = argument(arguments, 1);
            if options.is_object() && interpreter.has_own(options, "cause")? {
                let cause = interpreter.get_member(options, "cause")?;
                interpreter.set_member(&error, &"cause".into(), cause)?;
            }
            error
        }
        other => match crate::intl::construct(interpreter, other, arguments)? {
            Some(formatter) => formatter,
            None => return type_error(format!("{global:?} is not a class")),
        },
    })
}

fn object(interpreter: &mut Interpreter, name: &str, arguments: &[Js]) -> Run<Option<Js>> {
    let first = argument(arguments, 0);
    if matches!(name, "keys" | "values" | "entries" | "getOwnPropertyNames") {
        if first.is_nullish() {
            return type_error(format!("Object.{name} needs an object"));
        }
        let entries = interpreter.entries(first)?;
        interpreter.charge_elements(entries.len() * 4)?;
        return Ok(Some(Js::array(
            entries
                .into_iter()
                .map(|(key, value)| match name {
                    "values" => value,
                    "entries" => Js::array(vec![Js::text(key), value]),
                    _ => Js::text(key),
                })
                .collect(),
        )));
    }
    Ok(Some(match name {
        "assign" => {
            // Data is never changed: the result is then a copy.
            let target = interpreter.own_copy(first.clone())?;
            for source in arguments.iter().skip(1) {
                for (key, value) in interpreter.entries(source)? {
                    interpreter.set_member(&target, &key, value)?;
                }
            }
            target
        }
        "fromEntries" => {
            let mut members = Members::default();
            for entry in interpreter.iterate(first)? {
                let key = interpreter.get_index(&entry, &Js::index(0))?;
                let key = interpreter.member_key(&key)?;
                let value = interpreter.get_index(&entry, &Js::index(1))?;
                interpreter.charge_elements(3)?;
                members.insert(key, value);
            }
            Js::object(members)
        }
        "freeze" | "seal" | "preventExtensions" => first.clone(),
        "isFrozen" | "isSealed" => Js::bool(false),
        "is" => {
            let second = argument(arguments, 1);
            let sign = |value: &Js| value.as_number().is_some_and(f64::is_sign_negative);
            let zeros = first.as_number() == Some(0.0) && second.as_number() == Some(0.0);
            Js::bool(same_value(first, second) && !(zeros && sign(first) != sign(second)))
        }
        "hasOwn" => {
            let key = interpreter.text_argument(arguments, 1)?;
            Js::bool(interpreter.has_own(first, &key)?)
        }
        "groupBy" => list_callbacks::group_by(interpreter, first, argument(arguments, 1))?,
        "create" => Js::object(Members::default()),
        _ => return Ok(None),
    }))
}

fn array_from(interpreter: &mut Interpreter, arguments: &[Js]) -> Run {
    let elements = array_like(interpreter, argument(arguments, 0))?;
    let function = argument(arguments, 1);
    if function.is_undefined() {
        return Ok(Js::array(elements));
    }
    let mut mapped = Vec::with_capacity(elements.len());
    for (i, element) in elements.into_iter().enumerate() {
        mapped.push(interpreter.call(function, &Js::Undefined, &[element, Js::index(i)])?);
    }
    Ok(Js::array(mapped))
}

/// The elements of an iterable, or of an object with a length.
pub(super) fn array_like(interpreter: &mut Interpreter, source: &Js) -> Run<Vec<Js>> {
    match source {
        Js::Data(Value::Object(_)) | Js::Object(_) => {
            let length = interpreter.get_member(source, "length")?;
            let length = interpreter.number_of(&length)?.max(0.0);
            if length > f64::from(u32::MAX) {
                return range_error("the list would be too long");
            }
            let length = convert::to_integer(length) as usize;
            interpreter.charge_elements(length)?;
            let mut elements = Vec::with_capacity(length);
            for i in 0..length {
                elements.push(interpreter.get_member(source, &i.to_string())?);
            }
            Ok(elements)
        }
        Js::Data(Value::Number(_) | Value::Bool(_)) => Ok(Vec::new()),
        source => interpreter.iterate(source),
    }
}

fn parse_int(interpreter: &mut Interpreter, arguments: &[Js]) -> Run<f64> {
    let text = interpreter.text_argument(arguments, 0)?;
    let radix = interpreter.integer_argument(arguments, 1, 0.0)?;
    Ok(integer_prefix(&text, radix))
}

/// The integer at the start of a text.
pub(crate) fn integer_prefix(text: &str, radix: f64) -> f64 {
    let text = text.trim_start_matches(convert::is_space);
    let (sign, text) = match text.as_bytes().first() {
        Some(b'-') => (-1.0, &text[1..]),
        Some(b'+') => (1.0, &text[1..]),
        _ => (1.0, text),
    };
    let hex = text.starts_with("0x") || text.starts_with("0X");
    let (radix, text) = match radix as u32 {
        0 if hex => (16, &text[2..]),
        16 if hex => (16, &text[2..]),
        0 => (10, text),
        radix @ 2..=36 => (radix, text),
        _ => return f64::NAN,
    };
    let digits: String = text.chars().take_while(|c| c.is_digit(radix)).collect();
    if digits.is_empty() {
        return f64::NAN;
    }
    if radix == 10 {
        return sign * digits.parse().unwrap_or(f64::NAN);
    }
    sign * digits.chars().fold(0.0, |sum, c| {
        sum * f64::from(radix) + f64::from(c.to_digit(radix).unwrap_or(0))
    })
}

/// The number at the start of a text.
pub(crate) fn parse_float(text: &str) -> f64 {
    let text = text.trim_start_matches(convert::is_space);
    let unsigned = text.trim_start_matches(['+', '-']);
    if unsigned.starts_with("Infinity") && text.len() - unsigned.len() <= 1 {
        return if text.starts_with('-') {
            f64::NEG_INFINITY
        } else {
            f64::INFINITY
        };
    }
    let bytes = text.as_bytes();
    let mut end = usize::from(matches!(bytes.first(), Some(b'+' | b'-')));
    let digits = |from: usize| {
        bytes[from..]
            .iter()
            .take_while(|b| b.is_ascii_digit())
            .count()
    };
    let whole = digits(end);
    end += whole;
    let mut fraction = 0;
    if bytes.get(end) == Some(&b'.') {
        fraction = digits(end + 1);
        if whole + fraction > 0 {
            end += 1 + fraction;
        }
    }
    if whole + fraction == 0 {
        return f64::NAN;
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let exponent = bytes.get(end + 1 + sign..).map_or(0, |rest| {
            rest.iter().take_while(|b| b.is_ascii_digit()).count()
        });
        if exponent > 0 {
            end += 1 + sign + exponent;
        }
    }
    text[..end].parse().unwrap_or(f64::NAN)
}
