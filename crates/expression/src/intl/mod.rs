//! JavaScript's `Intl` and what else depends on languages: number and date formats, order, names, normal forms.

pub(crate) mod collation;
pub(crate) mod date;
mod decimal;
pub(crate) mod locale;
pub(crate) mod normalize;
pub(crate) mod number;
mod options;
mod plural;
pub(crate) mod words;
pub(crate) mod zone_names;

use std::rc::Rc;

use crate::evaluate::{Interpreter, Run, range_error, type_error};
use crate::js::{Js, Members};
use crate::methods::argument;
use crate::methods::date as js_date;
use crate::names::Global;
use crate::special::Special;
use collation::Collation;
use date::DateFormat;
use decimal::Decimal;
pub(crate) use locale::Locale;
use number::NumberFormat;
use options::Options;
use words::{ListFormat, RelativeFormat};

/// An object of one of the classes of `Intl`.
#[derive(Debug)]
pub(crate) enum Formatter {
    Number(NumberFormat),
    Date(Box<DateFormat>),
    Collator(Collation),
    Plural { locale: Locale, ordinal: bool },
    Relative(RelativeFormat),
    List(ListFormat),
}

impl Formatter {
    /// The name of its class.
    pub(crate) fn class_name(&self) -> &'static str {
        match self {
            Self::Number(_) => "NumberFormat",
            Self::Date(_) => "DateTimeFormat",
            Self::Collator(_) => "Collator",
            Self::Plural { .. } => "PluralRules",
            Self::Relative(_) => "RelativeTimeFormat",
            Self::List(_) => "ListFormat",
        }
    }
}

/// The class of `Intl` of this name.
pub(crate) fn class(name: &str) -> Option<Global> {
    Some(match name {
        "NumberFormat" => Global::NumberFormat,
        "DateTimeFormat" => Global::DateTimeFormat,
        "Collator" => Global::Collator,
        "PluralRules" => Global::PluralRules,
        "RelativeTimeFormat" => Global::RelativeTimeFormat,
        "ListFormat" => Global::ListFormat,
        _ => return None,
    })
}

/// `new Intl.NumberFormat(locale, options)` and its like; `None` for another class.
pub(crate) fn construct(
    interpreter: &mut Interpreter,
    class: Global,
    arguments: &[Js],
) -> Run<Option<Js>> {
    let (tag, settings) = (argument(arguments, 0), argument(arguments, 1));
    // Reading the options and finding the names takes time.
    interpreter.charge_fuel(200)?;
    let formatter = match class {
        Global::NumberFormat => Formatter::Number(NumberFormat::of(interpreter, tag, settings)?),
        Global::DateTimeFormat => {
            Formatter::Date(Box::new(DateFormat::construct(interpreter, tag, settings)?))
        }
        Global::Collator => Formatter::Collator(Collation::of(interpreter, tag, settings)?),
        Global::PluralRules => {
            let locale = Locale::argument(interpreter, tag)?;
            let options = Options::read(interpreter, settings)?;
            let ordinal = &*options.choice("type", &["cardinal", "ordinal"])? == "ordinal";
            Formatter::Plural { locale, ordinal }
        }
        Global::RelativeTimeFormat => {
            let locale = Locale::argument(interpreter, tag)?;
            let options = Options::read(interpreter, settings)?;
            Formatter::Relative(RelativeFormat {
                locale,
                style: options
                    .choice("style", &["long", "short", "narrow"])?
                    .to_string(),
                auto: &*options.choice("numeric", &["always", "auto"])? == "auto",
            })
        }
        Global::ListFormat => {
            let locale = Locale::argument(interpreter, tag)?;
            let options = Options::read(interpreter, settings)?;
            Formatter::List(ListFormat {
                locale,
                kind: options
                    .choice("type", &["conjunction", "disjunction", "unit"])?
                    .to_string(),
                style: options
                    .choice("style", &["long", "short", "narrow"])?
                    .to_string(),
            })
        }
        _ => return Ok(None),
    };
    Ok(Some(Js::Special(Rc::new(Special::Formatter(formatter)))))
}

/// A method of a formatter.
pub(crate) fn call(
    interpreter: &mut Interpreter,
    formatter: &Formatter,
    name: &str,
    arguments: &[Js],
) -> Run<Option<Js>> {
    interpreter.charge_fuel(50)?;
    if name == "resolvedOptions" {
        return Ok(Some(resolved_options(interpreter, formatter)));
    }
    let first = argument(arguments, 0);
    Ok(Some(match (formatter, name) {
        (Formatter::Number(format), "format") => {
            Js::text(format_number(interpreter, format, first)?)
        }
        (Formatter::Date(format), "format" | "formatToParts") => {
            let ms = match first {
                Js::Undefined => interpreter.scope.now().as_millisecond() as f64,
                value => js_date::from_value(interpreter, value)?,
            };
            let Some(zoned) = js_date::zoned(ms, &interpreter.scope.time_zone()) else {
                return range_error("the date is invalid");
            };
            if name == "format" {
                Js::text(format.format(&zoned))
            } else {
                let parts = format.parts(&zoned);
                interpreter.charge_elements(parts.len() * 6)?;
                Js::array(parts.into_iter().map(part).collect())
            }
        }
        (Formatter::Collator(collation), "compare") => {
            let (a, b) = (
                interpreter.text_argument(arguments, 0)?,
                interpreter.text_argument(arguments, 1)?,
            );
            interpreter.charge_fuel((a.len() + b.len()) as u64 / 8)?;
            Js::number(f64::from(collation.compare(&a, &b) as i8))
        }
        (Formatter::Plural { locale, ordinal }, "select") => {
            let number = interpreter.number_of(first)?;
            Js::text(if *ordinal {
                plural::ordinal(locale.language(), number)
            } else {
                let (_, fraction) = Decimal::of(number).parts(0);
                locale.plural(number, fraction.len())
            })
        }
        (Formatter::Relative(format), "format") => {
            let number = interpreter.number_of(first)?;
            let unit = interpreter.text_argument(arguments, 1)?;
            let unit = unit.strip_suffix('s').unwrap_or(&unit);
            if !number.is_finite() {
                return range_error("the number must be finite");
            }
            match format.format(number, unit) {
                Some(text) => Js::text(text),
                None => return range_error(format!("`{unit}` is no unit of time")),
            }
        }
        (Formatter::List(format), "format") => {
            let mut texts = Vec::new();
            for element in interpreter.iterate(first)? {
                match element.as_text() {
                    Some(text) => {
                        interpreter.charge_text(text.len() + 8)?;
                        texts.push(text.to_string());
                    }
                    None => return type_error("a list of texts is needed"),
                }
            }
            Js::text(format.format(&texts))
        }
        _ => return Ok(None),
    }))
}

fn format_number(interpreter: &mut Interpreter, format: &NumberFormat, value: &Js) -> Run<String> {
    let primitive = interpreter.number_first_primitive(value)?;
    Ok(match primitive.as_big_int() {
        Some(number) => format.format_digits(&number.unsigned_abs().to_string(), number < 0),
        None => {
            let number = interpreter.number_of(&primitive)?;
            format.format(number)
        }
    })
}

pub(crate) fn part((kind, text): date::Part) -> Js {
    let members: Members = [("type", Js::text(kind)), ("value", Js::text(text))]
        .into_iter()
        .map(|(key, value)| (key.into(), value))
        .collect();
    Js::object(members)
}

fn resolved_options(interpreter: &mut Interpreter, formatter: &Formatter) -> Js {
    let tag = |locale: &Locale| vec![("locale", Js::text(locale.tag.clone()))];
    let entries = match formatter {
        Formatter::Number(format) => format.resolved(),
        Formatter::Date(format) => format.resolved(&interpreter.scope.time_zone()),
        Formatter::Collator(_) => tag(&Locale::default()),
        Formatter::Plural { locale, .. } => tag(locale),
        Formatter::Relative(format) => tag(&format.locale),
        Formatter::List(format) => tag(&format.locale),
    };
    let members: Members = entries
        .into_iter()
        .map(|(key, value)| (key.into(), value))
        .collect();
    Js::object(members)
}
