//! The members of DateTime, Duration and Interval that are no methods.

use std::rc::Rc;

use super::units::Unit;
use super::{DateTime, Duration, Interval, zone};
use crate::js::{Js, Members};
use crate::luxon::format::format;

pub(crate) fn date_time(date: &DateTime, name: &str) -> Option<Js> {
    match name {
        "isValid" => return Some(Js::bool(date.is_valid())),
        "invalidReason" => {
            return Some(date.invalid_reason().map_or(Js::NULL, Js::text));
        }
        "invalidExplanation" => return Some(Js::NULL),
        "locale" => {
            let tag = date.locale().map(|locale| locale.tag.clone());
            return Some(Js::text(tag.unwrap_or_else(|| "en-US".into())));
        }
        "numberingSystem" | "outputCalendar" => return Some(Js::NULL),
        "isLuxonDateTime" => return Some(Js::bool(true)),
        "ts" => return Some(Js::number(date.millis())),
        _ => {}
    }
    let known = matches!(
        name,
        "year"
            | "month"
            | "day"
            | "hour"
            | "minute"
            | "second"
            | "millisecond"
            | "weekday"
            | "weekNumber"
            | "weekYear"
            | "weeksInWeekYear"
            | "ordinal"
            | "quarter"
            | "daysInMonth"
            | "daysInYear"
            | "isInLeapYear"
            | "isInDST"
            | "isWeekend"
            | "localWeekday"
            | "localWeekNumber"
            | "localWeekYear"
            | "weeksInLocalWeekYear"
            | "offset"
            | "isOffsetFixed"
            | "zoneName"
            | "zone"
            | "offsetNameShort"
            | "offsetNameLong"
            | "monthShort"
            | "monthLong"
            | "weekdayShort"
            | "weekdayLong"
    );
    if !known {
        return None;
    }
    let Some(zoned) = date.zoned() else {
        return Some(match name {
            "zoneName" | "monthShort" | "monthLong" | "weekdayShort" | "weekdayLong"
            | "offsetNameShort" | "offsetNameLong" | "zone" => Js::NULL,
            "isInLeapYear" | "isInDST" | "isWeekend" | "isOffsetFixed" => Js::bool(false),
            _ => Js::number(f64::NAN),
        });
    };
    let number = |number: i64| Js::number(number as f64);
    let week = zoned.date().iso_week_date();
    Some(match name {
        "year" => number(zoned.year().into()),
        "month" => number(zoned.month().into()),
        "day" => number(zoned.day().into()),
        "hour" => number(zoned.hour().into()),
        "minute" => number(zoned.minute().into()),
        "second" => number(zoned.second().into()),
        "millisecond" => number(zoned.millisecond().into()),
        "weekday" | "localWeekday" => number(zoned.weekday().to_monday_one_offset().into()),
        "weekNumber" | "localWeekNumber" => number(week.week().into()),
        "weekYear" | "localWeekYear" => number(week.year().into()),
        "weeksInWeekYear" | "weeksInLocalWeekYear" => number(week.weeks_in_year().into()),
        "ordinal" => number(zoned.date().day_of_year().into()),
        "quarter" => number(i64::from((zoned.month() - 1) / 3) + 1),
        "daysInMonth" => number(zoned.date().days_in_month().into()),
        "daysInYear" => number(zoned.date().days_in_year().into()),
        "isInLeapYear" => Js::bool(zoned.date().in_leap_year()),
        "isInDST" => Js::bool(is_dst(date)),
        "isWeekend" => Js::bool(zoned.weekday().to_monday_one_offset() >= 6),
        "offset" => Js::number(f64::from(zoned.offset().seconds()) / 60.0),
        "isOffsetFixed" => Js::bool(zoned.time_zone().to_fixed_offset().is_ok()),
        "zoneName" => Js::text(zone::name(zoned)),
        "zone" => {
            let mut members = Members::default();
            members.insert("name".into(), Js::text(zone::name(zoned)));
            Js::object(members)
        }
        "offsetNameShort" => Js::text(format(date, "ZZZZ")),
        "offsetNameLong" => Js::text(format(date, "ZZZZZ")),
        "monthShort" => Js::text(format(date, "LLL")),
        "monthLong" => Js::text(format(date, "LLLL")),
        "weekdayShort" => Js::text(format(date, "ccc")),
        _ => Js::text(format(date, "cccc")),
    })
}

/// Whether the clock is ahead of its standard time, as luxon tells it: ahead of January's or May's.
pub(crate) fn is_dst(date: &DateTime) -> bool {
    let Some(zoned) = date.zoned() else {
        return false;
    };
    let offset_in = |month: i8| {
        jiff::civil::Date::new(zoned.year(), month, 1)
            .ok()
            .and_then(|first| first.to_zoned(zoned.time_zone().clone()).ok())
            .map_or(0, |first| first.offset().seconds())
    };
    let offset = zoned.offset().seconds();
    offset > offset_in(1) || offset > offset_in(5)
}

pub(crate) fn duration(duration: &Duration, name: &str) -> Option<Js> {
    match name {
        "isValid" => return Some(Js::bool(duration.is_valid())),
        "invalidReason" => {
            let reason = (!duration.is_valid()).then(|| Js::text("unparsable"));
            return Some(reason.unwrap_or(Js::NULL));
        }
        "invalidExplanation" => return Some(Js::NULL),
        "locale" => return Some(Js::text("en-US")),
        "isLuxonDuration" => return Some(Js::bool(true)),
        _ => {}
    }
    // The members are the plural names.
    let unit = Unit::parse(name).filter(|unit| unit.plural() == name)?;
    Some(Js::number(if duration.is_valid() {
        duration.get(unit)
    } else {
        f64::NAN
    }))
}

pub(crate) fn interval(interval: &Interval, name: &str) -> Option<Js> {
    let end = |date: &DateTime| Js::DateTime(Rc::new(date.clone()));
    Some(match name {
        "start" | "end" | "lastDateTime" if !interval.is_valid() => Js::NULL,
        "start" => end(&interval.start),
        "end" => end(&interval.end),
        "lastDateTime" => {
            let last = Duration::of(Unit::Millisecond, 1.0);
            end(&interval.end.plus(&last, -1.0))
        }
        "isValid" => Js::bool(interval.is_valid()),
        "invalidReason" => interval.invalid_reason().map_or(Js::NULL, Js::text),
        "invalidExplanation" => Js::NULL,
        "isLuxonInterval" => Js::bool(true),
        _ => return None,
    })
}
