//! The members of DateTime, Duration and Interval that are no methods.

use std::rc::Rc;

use super::units::Unit;
use super::{DateTime, Duration, Interval, zone};
use crate::js::{Js, Members};
use crate::luxon::format::{MONTHS, WEEKDAYS};

pub(crate) fn date_time(date: &DateTime, name: &str) -> Option<Js> {
    match name {
        "isValid" => return Some(Js::bool(date.is_valid())),
        "invalidReason" => {
            return Some(if date.is_valid() {
                Js::NULL
            } else {
                Js::text("unparsable")
            });
        }
        "invalidExplanation" => return Some(Js::NULL),
        "locale" => return Some(Js::text("en-US")),
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
    let month = MONTHS[zoned.month() as usize - 1];
    let weekday = WEEKDAYS[zoned.weekday().to_monday_zero_offset() as usize];
    Some(match name {
        "year" => number(zoned.year().into()),
        "month" => number(zoned.month().into()),
        "day" => number(zoned.day().into()),
        "hour" => number(zoned.hour().into()),
        "minute" => number(zoned.minute().into()),
        "second" => number(zoned.second().into()),
        "millisecond" => number(zoned.millisecond().into()),
        "weekday" => number(zoned.weekday().to_monday_one_offset().into()),
        "weekNumber" => number(week.week().into()),
        "weekYear" => number(week.year().into()),
        "weeksInWeekYear" => number(week.weeks_in_year().into()),
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
        "offsetNameShort" => Js::text(crate::luxon::format::short_zone(zoned)),
        "offsetNameLong" => Js::text(zone::long_name(zoned)),
        "monthShort" => Js::text(&month[..3]),
        "monthLong" => Js::text(month),
        "weekdayShort" => Js::text(&weekday[..3]),
        _ => Js::text(weekday),
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
    if name == "isValid" {
        return Some(Js::bool(!duration.millis().is_nan()));
    }
    // The members are the plural names.
    let unit = Unit::parse(name).filter(|unit| unit.plural() == name)?;
    Some(Js::number(duration.get(unit)))
}

pub(crate) fn interval(interval: &Interval, name: &str) -> Option<Js> {
    Some(match name {
        "start" => Js::DateTime(Rc::new(interval.start.clone())),
        "end" => Js::DateTime(Rc::new(interval.end.clone())),
        "isValid" => Js::bool(interval.is_valid()),
        _ => return None,
    })
}
