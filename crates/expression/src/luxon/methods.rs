//! The methods of DateTime.

use std::rc::Rc;
use std::sync::Arc;

use super::units::Unit;
use super::{DateTime, Duration, Interval, format, iso_text, relative, set, statics, zone};
use crate::convert::truthy;
use crate::evaluate::{Interpreter, Run, type_error};
use crate::intl::Locale;
use crate::intl::date::DateFormat;
use crate::js::{Js, Members};
use crate::list::ListView;
use crate::methods::argument;

pub(crate) fn date_time(
    interpreter: &mut Interpreter,
    date: &Rc<DateTime>,
    name: &str,
    arguments: &[Js],
) -> Run<Option<Js>> {
    let result = call(interpreter, date, name, arguments)?;
    // What is made of a date speaks its language.
    Ok(match (result, date.locale()) {
        (Some(Js::DateTime(made)), Some(locale))
            if made.locale().is_none() && name != "setLocale" =>
        {
            let made = (*made).clone().with_locale(Some(locale.clone()));
            Some(Js::DateTime(Rc::new(made)))
        }
        (result, _) => result,
    })
}

fn call(
    interpreter: &mut Interpreter,
    date: &Rc<DateTime>,
    name: &str,
    arguments: &[Js],
) -> Run<Option<Js>> {
    let first = argument(arguments, 0);
    let made = |date: DateTime| Js::DateTime(Rc::new(date));
    if let Some(text) = text_method(interpreter, date, name, arguments)? {
        return Ok(Some(text));
    }
    Ok(Some(match name {
        "toMillis" | "valueOf" => Js::number(date.millis()),
        "toSeconds" => Js::number(date.millis() / 1000.0),
        "toUnixInteger" => Js::number((date.millis() / 1000.0).floor()),
        "toJSDate" | "toBSON" => Js::date(date.millis()),
        "toObject" => to_object(date),
        "get" => {
            let unit = interpreter.text_argument(arguments, 0)?;
            super::members::date_time(date, &unit).unwrap_or(Js::Undefined)
        }
        "toUTC" => {
            let minutes = interpreter.integer_argument(arguments, 0, 0.0)?;
            made(date.in_zone(&zone::from_seconds((minutes * 60.0) as i32)))
        }
        "toLocal" => made(date.in_zone(&interpreter.scope.time_zone())),
        "setZone" => set_zone(interpreter, date, arguments)?,
        "setLocale" | "reconfigure" => {
            let tag = match first {
                value if value.is_object() => interpreter.get_member(value, "locale")?,
                value => value.clone(),
            };
            if tag.is_nullish() {
                return Ok(Some(Js::DateTime(date.clone())));
            }
            let locale = Locale::argument(interpreter, &tag)?;
            made((**date).clone().with_locale(Some(Arc::new(locale))))
        }
        "startOf" | "endOf" => {
            let unit = unit_argument(interpreter, first)?;
            made(if name == "startOf" {
                date.start_of(&unit)
            } else {
                date.end_of(&unit)
            })
        }
        "plus" | "minus" => {
            let duration = statics::to_duration(interpreter, first)?;
            made(date.plus(&duration, if name == "plus" { 1.0 } else { -1.0 }))
        }
        "set" => set::set(interpreter, date, first)?,
        "diff" | "diffNow" => {
            let (other, units) = if name == "diffNow" {
                (interpreter.now(), first)
            } else {
                (
                    statics::to_date(interpreter, first)?,
                    argument(arguments, 1),
                )
            };
            let units = statics::units(interpreter, units, Unit::Millisecond)?;
            Js::Duration(Rc::new(date.diff(&other, &units)))
        }
        "hasSame" => {
            let other = statics::to_date(interpreter, first)?;
            let unit = unit_argument(interpreter, argument(arguments, 1))?;
            let there = date.keep_local_time(&other.zone());
            let same = date.is_valid()
                && there.start_of(&unit).millis() <= other.millis()
                && other.millis() <= there.end_of(&unit).millis();
            Js::bool(same)
        }
        "equals" => match first {
            Js::DateTime(other) => Js::bool(
                date.is_valid()
                    && date.millis() == other.millis()
                    && date.zoned().map(zone::name) == other.zoned().map(zone::name)
                    && date.locale().map(|l| &l.tag) == other.locale().map(|l| &l.tag),
            ),
            _ => Js::bool(false),
        },
        "until" => {
            let end = statics::to_date(interpreter, first)?;
            Js::Interval(Rc::new(Interval::new((**date).clone(), end)))
        }
        "resolvedLocaleOptions" => {
            let tag = date
                .locale()
                .map_or("en-US".into(), |locale| locale.tag.clone());
            let members: Members = [
                ("locale", Js::text(tag)),
                ("numberingSystem", Js::text("latn")),
                ("outputCalendar", Js::text("gregory")),
            ]
            .into_iter()
            .map(|(key, value)| (key.into(), value))
            .collect();
            Js::object(members)
        }
        _ => return Ok(None),
    }))
}

/// The methods that give text.
fn text_method(
    interpreter: &mut Interpreter,
    date: &Rc<DateTime>,
    name: &str,
    arguments: &[Js],
) -> Run<Option<Js>> {
    let first = argument(arguments, 0);
    let english = || (**date).clone().with_locale(None);
    let text = match name {
        "toString" => return Ok(Some(Js::text(date.to_iso()))),
        "toFormat" => {
            let pattern = interpreter.text_argument(arguments, 0)?;
            interpreter.charge_text(pattern.len() * 4)?;
            let date = spoken(interpreter, date, argument(arguments, 1))?;
            return Ok(Some(Js::text(format::format(&date, &pattern))));
        }
        "toLocaleString" | "toLocaleParts" => {
            return locale_text(interpreter, date, name, arguments).map(Some);
        }
        "toISO" => iso_text::iso(interpreter, date, first)?,
        "toISODate" => iso_text::iso_date(interpreter, date, first)?,
        "toISOTime" => iso_text::iso_time(interpreter, date, first)?,
        "toISOWeekDate" => format::format(&english(), "kkkk-'W'WW-c"),
        "toJSON" => date.to_iso(),
        "toSQL" | "toSQLTime" => {
            let pattern = sql_time_pattern(interpreter, first)?;
            let date_pattern = if name == "toSQL" { "yyyy-MM-dd " } else { "" };
            format::format(&english(), &format!("{date_pattern}{pattern}"))
        }
        "toSQLDate" => format::format(&english(), "yyyy-MM-dd"),
        "toHTTP" => format::format(
            &english().in_zone(&jiff::tz::TimeZone::UTC),
            "ccc, dd LLL yyyy HH:mm:ss 'GMT'",
        ),
        "toRFC2822" => format::format(&english(), "ccc, dd LLL yyyy HH:mm:ss ZZZ"),
        "toRelative" => relative::relative(interpreter, date, first)?,
        "toRelativeCalendar" => relative::calendar(interpreter, date, first)?,
        _ => return Ok(None),
    };
    Ok(Some(if date.is_valid() {
        Js::text(text)
    } else {
        Js::NULL
    }))
}

/// The date in the language that an options argument names.
fn spoken(interpreter: &mut Interpreter, date: &Rc<DateTime>, options: &Js) -> Run<Rc<DateTime>> {
    if !options.is_object() {
        return Ok(date.clone());
    }
    let tag = interpreter.get_member(options, "locale")?;
    if tag.is_nullish() {
        return Ok(date.clone());
    }
    let locale = Locale::argument(interpreter, &tag)?;
    Ok(Rc::new(
        (**date).clone().with_locale(Some(Arc::new(locale))),
    ))
}

fn locale_text(
    interpreter: &mut Interpreter,
    date: &Rc<DateTime>,
    name: &str,
    arguments: &[Js],
) -> Run {
    let Some(zoned) = date.zoned() else {
        return Ok(Js::text(super::date_time::INVALID));
    };
    interpreter.charge_fuel(200)?;
    let (first, second) = (argument(arguments, 0), argument(arguments, 1));
    let options = if name == "toLocaleParts" {
        first
    } else {
        second
    };
    let date = spoken(interpreter, date, options)?;
    let locale = date.locale().map(|l| (**l).clone()).unwrap_or_default();
    let parts = if first.is_object() {
        first
    } else {
        &Js::Undefined
    };
    let format = DateFormat::construct_with(interpreter, locale, parts)?;
    if name == "toLocaleString" {
        return Ok(Js::text(format.format(zoned)));
    }
    let parts = format.parts(zoned);
    interpreter.charge_elements(parts.len() * 6)?;
    Ok(Js::array(
        parts.into_iter().map(crate::intl::part).collect(),
    ))
}

fn sql_time_pattern(interpreter: &mut Interpreter, options: &Js) -> Run<String> {
    let mut flag = |name: &str, default: bool| -> Run<bool> {
        if !options.is_object() {
            return Ok(default);
        }
        let value = interpreter.get_member(options, name)?;
        Ok(if value.is_undefined() {
            default
        } else {
            truthy(&value)
        })
    };
    let mut pattern = String::from("HH:mm:ss.SSS");
    let (zone, offset) = (flag("includeZone", false)?, flag("includeOffset", true)?);
    if zone || offset {
        if flag("includeOffsetSpace", true)? {
            pattern.push(' ');
        }
        pattern.push_str(if zone { "z" } else { "ZZ" });
    }
    Ok(pattern)
}

/// A unit that luxon knows; any other is an error.
fn unit_argument(interpreter: &mut Interpreter, value: &Js) -> Run<Arc<str>> {
    let unit = interpreter.text_of(value)?;
    if Unit::parse(&unit).is_none() {
        return type_error(format!("`{unit}` is no unit of time"));
    }
    Ok(unit)
}

fn to_object(date: &DateTime) -> Js {
    let members: Members = [
        "year",
        "month",
        "day",
        "hour",
        "minute",
        "second",
        "millisecond",
    ]
    .into_iter()
    .filter(|_| date.is_valid())
    .filter_map(|name| Some((name.into(), super::members::date_time(date, name)?)))
    .collect();
    Js::object(members)
}

fn set_zone(interpreter: &mut Interpreter, date: &DateTime, arguments: &[Js]) -> Run {
    let zone = statics::zone_of(interpreter, argument(arguments, 0))?;
    let Some(zone) = zone else {
        let invalid = DateTime::invalid_because("unsupported zone");
        return Ok(Js::DateTime(Rc::new(invalid)));
    };
    let options = argument(arguments, 1);
    let keep = if options.is_object() {
        let value = interpreter.get_member(options, "keepLocalTime")?;
        truthy(&value)
    } else {
        false
    };
    Ok(Js::DateTime(Rc::new(if keep {
        date.keep_local_time(&zone)
    } else {
        date.in_zone(&zone)
    })))
}

/// The duration between two moments in one unit.
pub(super) fn difference(later: &DateTime, earlier: &DateTime, unit: Unit) -> f64 {
    let duration: Duration = later.diff(earlier, &[unit]);
    duration.get(unit)
}

/// The list that a value is, or the value alone.
pub(crate) fn one_or_many(value: &Js) -> Vec<Js> {
    match ListView::of(value) {
        Some(list) => list.to_vec(),
        None => vec![value.clone()],
    }
}
