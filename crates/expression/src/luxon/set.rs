//! `DateTime.fromObject` and `set`: a date by its parts.

use std::rc::Rc;

use jiff::ToSpan;
use jiff::civil::{Date, DateTime as Civil, ISOWeekDate, Weekday};
use jiff::tz::TimeZone;

use super::DateTime;
use crate::evaluate::{Interpreter, Run, type_error};
use crate::js::Js;

/// The parts that an object names.
#[derive(Default)]
struct Parts {
    year: Option<f64>,
    month: Option<f64>,
    day: Option<f64>,
    quarter: Option<f64>,
    ordinal: Option<f64>,
    week_year: Option<f64>,
    week: Option<f64>,
    weekday: Option<f64>,
    hour: Option<f64>,
    minute: Option<f64>,
    second: Option<f64>,
    millisecond: Option<f64>,
}

impl Parts {
    fn read(interpreter: &mut Interpreter, value: &Js) -> Run<Self> {
        let mut parts = Self::default();
        if value.is_nullish() {
            return Ok(parts);
        }
        for (key, value) in interpreter.entries(value)? {
            if value.is_nullish() {
                continue;
            }
            let slot = match key.to_lowercase().as_str() {
                "year" | "years" => &mut parts.year,
                "month" | "months" => &mut parts.month,
                "day" | "days" => &mut parts.day,
                "quarter" | "quarters" => &mut parts.quarter,
                "ordinal" => &mut parts.ordinal,
                "weekyear" | "weekyears" | "localweekyear" | "localweekyears" => {
                    &mut parts.week_year
                }
                "weeknumber" | "weeknumbers" | "weeksnumber" | "localweeknumber"
                | "localweeknumbers" => &mut parts.week,
                "weekday" | "weekdays" | "localweekday" | "localweekdays" => &mut parts.weekday,
                "hour" | "hours" => &mut parts.hour,
                "minute" | "minutes" => &mut parts.minute,
                "second" | "seconds" => &mut parts.second,
                "millisecond" | "milliseconds" => &mut parts.millisecond,
                other => return type_error(format!("`{other}` is no unit of time")),
            };
            let text = value.as_text().cloned();
            let number = match &text {
                Some(text) if text.is_empty() => f64::NAN,
                _ => interpreter.number_of(&value)?,
            };
            if number.is_nan() || !(value.as_number().is_some() || text.is_some()) {
                return type_error(format!("the value of `{key}` is no number"));
            }
            *slot = Some(number);
        }
        if let (Some(quarter), None) = (parts.quarter, parts.month) {
            parts.month = Some((quarter - 1.0) * 3.0 + 1.0);
        }
        let gregorian = parts.year.is_some() || parts.month.is_some() || parts.day.is_some();
        let weeks = parts.week_year.is_some() || parts.week.is_some();
        if weeks && (gregorian || parts.ordinal.is_some()) {
            return type_error("weeks do not go with years, months, days or ordinals");
        }
        if parts.ordinal.is_some() && (parts.month.is_some() || parts.day.is_some()) {
            return type_error("an ordinal does not go with a month or day");
        }
        Ok(parts)
    }

    fn has_date(&self) -> bool {
        self.year.is_some() || self.month.is_some() || self.day.is_some()
    }
}

/// A whole number within bounds, as the parts of a date need it.
fn whole(number: f64) -> Option<i64> {
    (number.fract() == 0.0 && number.abs() < 1e9).then_some(number as i64)
}

fn date_of(year: f64, month: f64, day: f64) -> Option<Date> {
    let (year, month, day) = (whole(year)?, whole(month)?, whole(day)?);
    Date::new(
        year.try_into().ok()?,
        month.try_into().ok()?,
        day.try_into().ok()?,
    )
    .ok()
}

fn week_date(year: f64, week: f64, weekday: f64) -> Option<Date> {
    let weekday = Weekday::from_monday_one_offset(whole(weekday)?.try_into().ok()?).ok()?;
    let week = ISOWeekDate::new(
        whole(year)?.try_into().ok()?,
        whole(week)?.try_into().ok()?,
        weekday,
    );
    Some(week.ok()?.date())
}

fn ordinal_date(year: f64, ordinal: f64) -> Option<Date> {
    let first = date_of(year, 1.0, 1.0)?;
    let days = whole(ordinal)?;
    if !(1..=i64::from(first.days_in_year())).contains(&days) {
        return None;
    }
    first.checked_add((days - 1).days()).ok()
}

fn time_of(parts: [f64; 4]) -> Option<jiff::civil::Time> {
    let [hour, minute, second, millisecond] = parts;
    let milliseconds = i32::try_from(whole(millisecond)?).ok()?;
    if !(0..1000).contains(&milliseconds) {
        return None;
    }
    jiff::civil::Time::new(
        whole(hour)?.try_into().ok()?,
        whole(minute)?.try_into().ok()?,
        whole(second)?.try_into().ok()?,
        milliseconds * 1_000_000,
    )
    .ok()
}

/// The date of an object: parts before the first that is given are today's, those after it start at their least.
pub(super) fn from_object(
    interpreter: &mut Interpreter,
    value: &Js,
    zone: &TimeZone,
) -> Run<DateTime> {
    let parts = Parts::read(interpreter, value)?;
    let now = interpreter.now().in_zone(zone);
    let Some(now) = now.zoned() else {
        return Ok(DateTime::invalid());
    };
    let mut found = false;
    let mut fill = |part: Option<f64>, present: f64, least: f64| match part {
        Some(part) => {
            found = true;
            part
        }
        None if found => least,
        None => present,
    };
    let weeks = parts.week_year.is_some()
        || parts.week.is_some()
        || (parts.weekday.is_some() && !parts.has_date());
    let date = if weeks {
        let week = now.date().iso_week_date();
        let weekday = f64::from(week.weekday().to_monday_one_offset());
        let year = fill(parts.week_year, week.year().into(), 1970.0);
        let number = fill(parts.week, week.week().into(), 1.0);
        week_date(year, number, fill(parts.weekday, weekday, 1.0))
    } else if parts.ordinal.is_some() {
        let year = fill(parts.year, now.year().into(), 1970.0);
        let ordinal = fill(parts.ordinal, now.date().day_of_year().into(), 1.0);
        ordinal_date(year, ordinal)
    } else {
        let year = fill(parts.year, now.year().into(), 1970.0);
        let month = fill(parts.month, now.month().into(), 1.0);
        date_of(year, month, fill(parts.day, now.day().into(), 1.0))
    };
    let hour = fill(parts.hour, now.hour().into(), 0.0);
    let minute = fill(parts.minute, now.minute().into(), 0.0);
    let second = fill(parts.second, now.second().into(), 0.0);
    let millisecond = fill(parts.millisecond, now.millisecond().into(), 0.0);
    let next_day = [hour, minute, second, millisecond] == [24.0, 0.0, 0.0, 0.0];
    let time = if next_day {
        Some(jiff::civil::Time::midnight())
    } else {
        time_of([hour, minute, second, millisecond])
    };
    let (Some(date), Some(time)) = (date, time) else {
        return Ok(DateTime::invalid_because("unit out of range"));
    };
    if let Some(weekday) = parts.weekday
        && parts.has_date()
        && weekday != f64::from(date.weekday().to_monday_one_offset())
    {
        return Ok(DateTime::invalid_because("mismatched weekday"));
    }
    let date = if next_day {
        date.checked_add(1.days()).unwrap_or(date)
    } else {
        date
    };
    Ok(DateTime::from_civil(date.to_datetime(time), zone))
}

/// `set({ … })`: parts beyond their range carry over.
pub(super) fn set(interpreter: &mut Interpreter, date: &DateTime, values: &Js) -> Run {
    let parts = Parts::read(interpreter, values)?;
    let Some(zoned) = date.zoned() else {
        return Ok(Js::DateTime(Rc::new(date.clone())));
    };
    let made = match civil_with(zoned.datetime(), &parts) {
        Some(civil) => DateTime::from_civil(civil, zoned.time_zone()),
        None => DateTime::invalid_because("unit out of range"),
    };
    Ok(Js::DateTime(Rc::new(made)))
}

fn civil_with(civil: Civil, parts: &Parts) -> Option<Civil> {
    let date = civil.date();
    let week = date.iso_week_date();
    let date = if parts.week_year.is_some() || parts.week.is_some() || parts.weekday.is_some() {
        let year = parts.week_year.unwrap_or(week.year().into());
        let number = parts.week.unwrap_or(week.week().into());
        let day = week.weekday().to_monday_one_offset();
        let day = parts.weekday.unwrap_or(day.into());
        let first = week_date(year, 1.0, 1.0)?;
        let days = (whole(number)? - 1) * 7 + whole(day)? - 1;
        first.checked_add(days.days()).ok()?
    } else if let Some(ordinal) = parts.ordinal {
        let first = date_of(parts.year.unwrap_or(date.year().into()), 1.0, 1.0)?;
        first.checked_add((whole(ordinal)? - 1).days()).ok()?
    } else {
        let year = whole(parts.year.unwrap_or(date.year().into()))?;
        let month = whole(parts.month.unwrap_or(date.month().into()))? - 1;
        let year = year + month.div_euclid(12);
        let first = date_of(year as f64, (month.rem_euclid(12) + 1) as f64, 1.0)?;
        let day = match parts.day {
            Some(day) => whole(day)?,
            // A day beyond the end of the new month is its last day.
            None => i64::from(date.day().min(first.days_in_month())),
        };
        first.checked_add((day - 1).days()).ok()?
    };
    let part = |part: Option<f64>, present: f64| whole(part.unwrap_or(present));
    let hours = part(parts.hour, civil.hour().into())?;
    let minutes = part(parts.minute, civil.minute().into())?;
    let seconds = part(parts.second, civil.second().into())?;
    let milliseconds = part(parts.millisecond, civil.millisecond().into())?;
    let ms = ((hours * 60 + minutes) * 60 + seconds) * 1000 + milliseconds;
    date.at(0, 0, 0, 0).checked_add(ms.milliseconds()).ok()
}
