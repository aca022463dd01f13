//! The methods of DateTime, Duration and Interval.

use std::rc::Rc;

use super::units::Unit;
use super::{DateTime, Duration, Interval, format, locale, statics, zone};
use crate::convert::truthy;
use crate::evaluate::{Interpreter, Run};
use crate::js::{Js, Members};
use crate::list::ListView;
use crate::methods::argument;

pub(crate) fn date_time(
    interpreter: &mut Interpreter,
    date: &Rc<DateTime>,
    name: &str,
    arguments: &[Js],
) -> Run<Option<Js>> {
    let first = argument(arguments, 0);
    let made = |date: DateTime| Js::DateTime(Rc::new(date));
    Ok(Some(match name {
        "toISO" => {
            let text = iso_text(interpreter, date, first)?;
            or_null(date, text)
        }
        "toISODate" => or_null(date, format::format(date, "yyyy-MM-dd")),
        "toISOTime" => or_null(
            date,
            format::format(date, "HH:mm:ss.SSS") + &date.iso_offset(),
        ),
        "toISOWeekDate" => or_null(date, format::format(date, "kkkk-'W'WW-c")),
        "toJSON" => or_null(date, date.to_iso()),
        "toString" => Js::text(date.to_iso()),
        "toFormat" => {
            let pattern = interpreter.text_argument(arguments, 0)?;
            Js::text(format::format(date, &pattern))
        }
        "toSQL" => or_null(date, format::format(date, "yyyy-MM-dd HH:mm:ss.SSS ZZ")),
        "toSQLDate" => or_null(date, format::format(date, "yyyy-MM-dd")),
        "toSQLTime" => or_null(date, format::format(date, "HH:mm:ss.SSS ZZ")),
        "toHTTP" => or_null(
            date,
            format::format(
                &date.in_zone(&jiff::tz::TimeZone::UTC),
                "ccc, dd LLL yyyy HH:mm:ss 'GMT'",
            ),
        ),
        "toRFC2822" => or_null(date, format::format(date, "ccc, dd LLL yyyy HH:mm:ss ZZZ")),
        "toMillis" | "valueOf" => Js::number(date.millis()),
        "toSeconds" => Js::number(date.millis() / 1000.0),
        "toUnixInteger" => Js::number((date.millis() / 1000.0).floor()),
        "toJSDate" | "toBSON" => Js::date(date.millis()),
        "toObject" => to_object(date),
        "toLocaleString" => Js::text(locale::to_locale(
            interpreter,
            date,
            "date",
            first,
            argument(arguments, 1),
        )?),
        "toUTC" => made(date.in_zone(&jiff::tz::TimeZone::UTC)),
        "toLocal" => made(date.in_zone(&interpreter.scope.time_zone())),
        "setZone" => set_zone(interpreter, date, arguments)?,
        "setLocale" | "reconfigure" => Js::DateTime(date.clone()),
        "startOf" => {
            let unit = interpreter.text_argument(arguments, 0)?;
            made(date.start_of(&unit))
        }
        "endOf" => {
            let unit = interpreter.text_argument(arguments, 0)?;
            made(date.end_of(&unit))
        }
        "plus" | "minus" => {
            let duration = statics::to_duration(interpreter, first)?;
            made(date.plus(&duration, if name == "plus" { 1.0 } else { -1.0 }))
        }
        "set" => set(interpreter, date, first)?,
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
            let unit = interpreter.text_argument(arguments, 1)?;
            let local = other.in_zone(&date.zone());
            let same = date.is_valid()
                && date.start_of(&unit).millis() <= local.millis()
                && local.millis() <= date.end_of(&unit).millis();
            Js::bool(same)
        }
        "equals" => match first {
            Js::DateTime(other) => Js::bool(
                date.is_valid()
                    && date.millis() == other.millis()
                    && date.zoned().map(zone::name) == other.zoned().map(zone::name),
            ),
            _ => Js::bool(false),
        },
        "until" => {
            let end = statics::to_date(interpreter, first)?;
            Js::Interval(Rc::new(Interval {
                start: (**date).clone(),
                end,
            }))
        }
        "toRelative" => {
            let now = interpreter.now();
            or_null(date, relative(date, &now))
        }
        _ => return Ok(None),
    }))
}

fn or_null(date: &DateTime, text: String) -> Js {
    if date.is_valid() {
        Js::text(text)
    } else {
        Js::NULL
    }
}

fn iso_text(interpreter: &mut Interpreter, date: &DateTime, options: &Js) -> Run<String> {
    if !options.is_object() {
        return Ok(date.to_iso());
    }
    let mut flag = |name: &str| -> Run<bool> {
        let value = interpreter.get_member(options, name)?;
        Ok(truthy(&value))
    };
    let no_milliseconds = flag("suppressMilliseconds")?;
    let no_seconds = flag("suppressSeconds")?;
    let no_offset = {
        let value = interpreter.get_member(options, "includeOffset")?;
        !value.is_undefined() && !truthy(&value)
    };
    let on_the_second = date.millis() % 1000.0 == 0.0;
    let on_the_minute = date.millis() % 60_000.0 == 0.0;
    let pattern = if no_seconds && on_the_minute {
        "yyyy-MM-dd'T'HH:mm"
    } else if no_milliseconds && on_the_second {
        "yyyy-MM-dd'T'HH:mm:ss"
    } else {
        "yyyy-MM-dd'T'HH:mm:ss.SSS"
    };
    let offset = if no_offset {
        String::new()
    } else {
        date.iso_offset()
    };
    Ok(format::format(date, pattern) + &offset)
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
    .filter_map(|name| Some((name.into(), super::members::date_time(date, name)?)))
    .collect();
    Js::object(members)
}

fn set_zone(interpreter: &mut Interpreter, date: &DateTime, arguments: &[Js]) -> Run {
    let local = interpreter.scope.time_zone();
    let zone = match argument(arguments, 0) {
        Js::Undefined => Some(local),
        value => match value.as_number() {
            Some(minutes) => Some(zone::from_seconds((minutes * 60.0) as i32)),
            None => {
                let name = interpreter.text_of(value)?;
                zone::parse(&name, &local)
            }
        },
    };
    let Some(zone) = zone else {
        return Ok(Js::DateTime(Rc::new(DateTime::invalid())));
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

fn set(interpreter: &mut Interpreter, date: &DateTime, values: &Js) -> Run {
    let Some(zoned) = date.zoned() else {
        return Ok(Js::DateTime(Rc::new(DateTime::invalid())));
    };
    let mut civil = zoned.datetime();
    let mut entries = Vec::new();
    for (key, value) in interpreter.entries(values)? {
        entries.push((
            key,
            crate::convert::to_integer(interpreter.number_of(&value)?),
        ));
    }
    // A day beyond the end of the new month is its last day, unless the day is given, too.
    let day_given = entries
        .iter()
        .any(|(key, _)| matches!(&**key, "day" | "days" | "ordinal"));
    entries.sort_by_key(|(key, _)| match &**key {
        "year" | "years" => 0,
        "month" | "months" | "quarter" | "quarters" => 1,
        _ => 2,
    });
    let day = civil.day();
    for (key, value) in &entries {
        let changed = set_part(civil, key, *value);
        let Some(changed) = changed else {
            return Ok(Js::DateTime(Rc::new(DateTime::invalid())));
        };
        civil = changed;
    }
    if !day_given && civil.day() != day && entries.iter().all(|(key, _)| !key.starts_with("week")) {
        let last = civil.date().days_in_month();
        if let Ok(restored) = civil.with().day(day.min(last)).build() {
            civil = restored;
        }
    }
    Ok(Js::DateTime(Rc::new(DateTime::from_civil(
        civil,
        zoned.time_zone(),
    ))))
}

fn set_part(civil: jiff::civil::DateTime, key: &str, value: f64) -> Option<jiff::civil::DateTime> {
    use jiff::ToSpan;
    if !value.is_finite() || value.abs() > 1e6 {
        return None;
    }
    let amount = value as i64;
    let first = |year: i64, month: i64| {
        let date = jiff::civil::Date::new(year.try_into().ok()?, month.try_into().ok()?, 1).ok()?;
        let day = civil.day().min(date.days_in_month());
        civil
            .with()
            .date(date)
            .build()
            .ok()?
            .with()
            .day(day)
            .build()
            .ok()
    };
    match key {
        "year" | "years" => first(amount, civil.month().into()),
        "month" | "months" => first(civil.year().into(), amount),
        "quarter" | "quarters" => first(
            civil.year().into(),
            (amount - 1) * 3 + i64::from((civil.month() - 1) % 3) + 1,
        ),
        "day" | "days" => civil.with().day(amount.try_into().ok()?).build().ok(),
        "ordinal" => civil
            .with()
            .day_of_year(amount.try_into().ok()?)
            .build()
            .ok(),
        "weekday" | "weekdays" => {
            let move_by = amount - i64::from(civil.date().weekday().to_monday_one_offset());
            civil.checked_add(move_by.days()).ok()
        }
        "weekNumber" => {
            let move_by = amount - i64::from(civil.date().iso_week_date().week());
            civil.checked_add((move_by * 7).days()).ok()
        }
        "hour" | "hours" => civil.with().hour(amount.try_into().ok()?).build().ok(),
        "minute" | "minutes" => civil.with().minute(amount.try_into().ok()?).build().ok(),
        "second" | "seconds" => civil.with().second(amount.try_into().ok()?).build().ok(),
        "millisecond" | "milliseconds" => civil
            .with()
            .millisecond(amount.try_into().ok()?)
            .microsecond(0)
            .nanosecond(0)
            .build()
            .ok(),
        _ => None,
    }
}

/// `in 3 days`, `2 hours ago`
fn relative(date: &DateTime, now: &DateTime) -> String {
    for unit in [
        Unit::Year,
        Unit::Month,
        Unit::Day,
        Unit::Hour,
        Unit::Minute,
        Unit::Second,
    ] {
        let amount = date.diff(now, &[unit]).get(unit).trunc();
        if amount.abs() >= 1.0 || unit == Unit::Second {
            let plural = unit.plural();
            let count = amount.abs();
            let name = if count == 1.0 {
                &plural[..plural.len() - 1]
            } else {
                plural
            };
            return if date.millis() < now.millis() {
                format!("{count} {name} ago")
            } else {
                format!("in {count} {name}")
            };
        }
    }
    String::new()
}

pub(crate) fn duration(
    interpreter: &mut Interpreter,
    duration: &Rc<Duration>,
    name: &str,
    arguments: &[Js],
) -> Run<Option<Js>> {
    let first = argument(arguments, 0);
    let made = |duration: Duration| Js::Duration(Rc::new(duration));
    Ok(Some(match name {
        "as" => {
            let unit = interpreter.text_argument(arguments, 0)?;
            Js::number(Unit::parse(&unit).map_or(f64::NAN, |unit| duration.as_unit(unit)))
        }
        "get" => {
            let unit = interpreter.text_argument(arguments, 0)?;
            Js::number(Unit::parse(&unit).map_or(f64::NAN, |unit| duration.get(unit)))
        }
        "toObject" => duration.to_object(),
        "toISO" | "toJSON" | "toString" => Js::text(duration.to_iso()),
        "toMillis" | "valueOf" => Js::number(duration.millis()),
        "toFormat" => {
            let pattern = interpreter.text_argument(arguments, 0)?;
            Js::text(format_duration(duration, &pattern))
        }
        "toHuman" => {
            let parts: Vec<String> = duration
                .units()
                .into_iter()
                .map(|unit| {
                    let amount = duration.get(unit);
                    let plural = unit.plural();
                    let name = if amount == 1.0 {
                        &plural[..plural.len() - 1]
                    } else {
                        plural
                    };
                    format!("{} {name}", itemflow_model::Number::from(amount))
                })
                .collect();
            Js::text(parts.join(", "))
        }
        "shiftTo" => {
            let list = Js::array(arguments.to_vec());
            let units = statics::units(interpreter, &list, Unit::Millisecond)?;
            made(duration.shift_to(&units))
        }
        "normalize" => made(duration.normalized()),
        "rescale" | "shiftToAll" => {
            let all = [
                Unit::Year,
                Unit::Month,
                Unit::Week,
                Unit::Day,
                Unit::Hour,
                Unit::Minute,
                Unit::Second,
                Unit::Millisecond,
            ];
            let shifted = duration.shift_to(&all);
            if name == "shiftToAll" {
                made(shifted)
            } else {
                let mut kept = Duration::default();
                for unit in all.into_iter().filter(|unit| shifted.get(*unit) != 0.0) {
                    kept.set(unit, shifted.get(unit));
                }
                made(kept)
            }
        }
        "negate" => made(duration.negated()),
        "plus" | "minus" => {
            let other = statics::to_duration(interpreter, first)?;
            made(duration.plus(&other, if name == "plus" { 1.0 } else { -1.0 }))
        }
        "set" => {
            let other = statics::to_duration(interpreter, first)?;
            let mut result = (**duration).clone();
            for unit in other.units() {
                result.set(unit, other.get(unit));
            }
            made(result)
        }
        "equals" => match first {
            Js::Duration(other) => Js::bool(duration == other),
            _ => Js::bool(false),
        },
        _ => return Ok(None),
    }))
}

fn format_duration(duration: &Duration, pattern: &str) -> String {
    let tokens = format::tokens(pattern);
    let unit_of = |field: &str| match field.as_bytes()[0] {
        b'y' => Some(Unit::Year),
        b'M' => Some(Unit::Month),
        b'w' => Some(Unit::Week),
        b'd' => Some(Unit::Day),
        b'h' => Some(Unit::Hour),
        b'm' => Some(Unit::Minute),
        b's' => Some(Unit::Second),
        b'S' => Some(Unit::Millisecond),
        _ => None,
    };
    let units: Vec<Unit> = tokens
        .iter()
        .filter_map(|token| match token {
            format::Token::Field(field) => unit_of(field),
            format::Token::Literal(_) => None,
        })
        .collect();
    let shifted = duration.shift_to(&units);
    let mut text = String::new();
    for token in tokens {
        match token {
            format::Token::Literal(literal) => text.push_str(&literal),
            format::Token::Field(field) => match unit_of(&field) {
                Some(unit) => {
                    let amount = shifted.get(unit).floor();
                    text += &format!("{amount:0>width$}", width = field.len());
                }
                None => text.push_str(&field),
            },
        }
    }
    text
}

pub(crate) fn interval(
    interpreter: &mut Interpreter,
    interval: &Rc<Interval>,
    name: &str,
    arguments: &[Js],
) -> Run<Option<Js>> {
    let first = argument(arguments, 0);
    Ok(Some(match name {
        "length" | "count" => {
            let unit = match first {
                Js::Undefined => Unit::Millisecond,
                value => {
                    let unit = interpreter.text_of(value)?;
                    Unit::parse(&unit).unwrap_or(Unit::Millisecond)
                }
            };
            let length = interval.length(unit);
            Js::number(if name == "count" {
                length.floor() + 1.0
            } else {
                length
            })
        }
        "contains" => {
            let date = statics::to_date(interpreter, first)?;
            Js::bool(interval.contains(&date))
        }
        "overlaps" => match first {
            Js::Interval(other) => Js::bool(interval.overlaps(other)),
            _ => Js::bool(false),
        },
        "toDuration" => {
            let units = statics::units(interpreter, first, Unit::Millisecond)?;
            Js::Duration(Rc::new(interval.to_duration(&units)))
        }
        "isEmpty" => Js::bool(interval.start.millis() == interval.end.millis()),
        "isBefore" => {
            let date = statics::to_date(interpreter, first)?;
            Js::bool(interval.end.millis() <= date.millis())
        }
        "isAfter" => {
            let date = statics::to_date(interpreter, first)?;
            Js::bool(interval.start.millis() > date.millis())
        }
        "toISO" | "toString" => Js::text(interval.to_iso()),
        _ => return Ok(None),
    }))
}

/// The list that a value is, or the value alone.
pub(crate) fn one_or_many(value: &Js) -> Vec<Js> {
    match ListView::of(value) {
        Some(list) => list.to_vec(),
        None => vec![value.clone()],
    }
}
