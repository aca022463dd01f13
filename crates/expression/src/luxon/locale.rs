//! `toLocaleString` and its kin, in American English.

use super::DateTime;
use super::format::{MONTHS, WEEKDAYS, short_zone};
use crate::evaluate::{Interpreter, Run};
use crate::js::Js;

/// Writes a date as `Intl.DateTimeFormat('en-US', options)` does; `name` says which parts are written by default.
pub(crate) fn to_locale(
    interpreter: &mut Interpreter,
    date: &DateTime,
    name: &str,
    locale: &Js,
    options: &Js,
) -> Run<String> {
    // luxon's method takes the options first.
    let options = if locale.as_text().is_none() && !locale.is_nullish() && options.is_undefined() {
        locale
    } else {
        options
    };
    let mut found = Options::default();
    if options.is_object() {
        for (key, value) in interpreter.entries(options)? {
            let value = interpreter.text_of(&value)?;
            found.set(&key, &value);
        }
    }
    let date = match &found.time_zone {
        Some(zone) => match super::zone::parse(zone, &date.zone()) {
            Some(zone) => date.in_zone(&zone),
            None => date.clone(),
        },
        None => date.clone(),
    };
    if found.is_empty() {
        match name {
            "toLocaleDateString" => found.numeric_date(),
            "toLocaleTimeString" => found.numeric_time(),
            "date" => found.numeric_date(),
            _ => {
                found.numeric_date();
                found.numeric_time();
            }
        }
    } else if name == "toLocaleDateString" && !found.has_date() {
        found.numeric_date();
    } else if name == "toLocaleTimeString" && !found.has_time() {
        found.numeric_time();
    }
    Ok(write(&date, &found))
}

#[derive(Default)]
struct Options {
    year: Option<String>,
    month: Option<String>,
    day: Option<String>,
    weekday: Option<String>,
    hour: Option<String>,
    minute: Option<String>,
    second: Option<String>,
    hour12: Option<bool>,
    zone_name: Option<String>,
    time_zone: Option<String>,
    long: bool,
}

impl Options {
    fn set(&mut self, key: &str, value: &str) {
        let text = Some(value.to_owned());
        match key {
            "year" => self.year = text,
            "month" => self.month = text,
            "day" => self.day = text,
            "weekday" => self.weekday = text,
            "hour" => self.hour = text,
            "minute" => self.minute = text,
            "second" => self.second = text,
            "hour12" => self.hour12 = Some(value == "true"),
            "hourCycle" => self.hour12 = Some(value == "h12" || value == "h11"),
            "timeZoneName" => self.zone_name = text,
            "timeZone" => self.time_zone = text,
            "dateStyle" => self.date_style(value),
            "timeStyle" => self.time_style(value),
            _ => {}
        }
    }

    fn date_style(&mut self, style: &str) {
        self.long = matches!(style, "full" | "long");
        let month = match style {
            "short" => "numeric",
            "medium" => "short",
            _ => "long",
        };
        self.month = Some(month.into());
        self.day = Some("numeric".into());
        self.year = Some(
            if style == "short" {
                "2-digit"
            } else {
                "numeric"
            }
            .into(),
        );
        if style == "full" {
            self.weekday = Some("long".into());
        }
    }

    fn time_style(&mut self, style: &str) {
        self.hour = Some("numeric".into());
        self.minute = Some("2-digit".into());
        if style != "short" {
            self.second = Some("2-digit".into());
        }
        if matches!(style, "full" | "long") {
            self.zone_name = Some(if style == "full" { "long" } else { "short" }.into());
        }
    }

    fn has_date(&self) -> bool {
        self.year.is_some() || self.month.is_some() || self.day.is_some() || self.weekday.is_some()
    }

    fn has_time(&self) -> bool {
        self.hour.is_some() || self.minute.is_some() || self.second.is_some()
    }

    fn is_empty(&self) -> bool {
        !self.has_date() && !self.has_time()
    }

    fn numeric_date(&mut self) {
        for part in [&mut self.year, &mut self.month, &mut self.day] {
            *part = Some("numeric".into());
        }
    }

    fn numeric_time(&mut self) {
        self.hour = Some("numeric".into());
        self.minute = Some("2-digit".into());
        self.second = Some("2-digit".into());
    }
}

fn write(date: &DateTime, options: &Options) -> String {
    let Some(zoned) = date.zoned() else {
        return super::date_time::INVALID.into();
    };
    let number = |style: &Option<String>, value: i64| -> Option<String> {
        style.as_ref().map(|style| {
            if style == "2-digit" {
                format!("{:02}", value.rem_euclid(100))
            } else {
                value.to_string()
            }
        })
    };
    let year = number(&options.year, i64::from(zoned.year()));
    let day = number(&options.day, i64::from(zoned.day()));
    let name = |full: &str, style: &str| match style {
        "long" => full.to_owned(),
        "narrow" => full[..1].to_owned(),
        _ => full[..3].to_owned(),
    };
    let weekday = options.weekday.as_ref().map(|style| {
        name(
            WEEKDAYS[zoned.weekday().to_monday_zero_offset() as usize],
            style,
        )
    });
    let month_style = options.month.as_deref().unwrap_or("");
    let date_text = if matches!(month_style, "numeric" | "2-digit") || month_style.is_empty() {
        let month = number(&options.month, i64::from(zoned.month()));
        let parts: Vec<String> = [month, day, year].into_iter().flatten().collect();
        let joined = parts.join("/");
        match weekday {
            Some(weekday) if joined.is_empty() => weekday,
            Some(weekday) => format!("{weekday}, {joined}"),
            None => joined,
        }
    } else {
        let month = name(MONTHS[zoned.month() as usize - 1], month_style);
        let mut text = match &day {
            Some(day) => format!("{month} {day}"),
            None => month,
        };
        if let Some(weekday) = weekday {
            text = format!("{weekday}, {text}");
        }
        match (year, day) {
            (Some(year), Some(_)) => format!("{text}, {year}"),
            (Some(year), None) => format!("{text} {year}"),
            (None, _) => text,
        }
    };
    let time_text = time(zoned, options);
    let separator = if options.long { " at " } else { ", " };
    match (date_text.is_empty(), time_text.is_empty()) {
        (false, false) => format!("{date_text}{separator}{time_text}"),
        (true, _) => time_text,
        (false, true) => date_text,
    }
}

fn time(zoned: &jiff::Zoned, options: &Options) -> String {
    let mut parts = Vec::new();
    let twelve = options.hour12.unwrap_or(true) && options.hour.is_some();
    if let Some(style) = &options.hour {
        let hour = match (twelve, zoned.hour() % 12) {
            (true, 0) => 12,
            (true, hour) => hour,
            (false, _) => zoned.hour(),
        };
        parts.push(if style == "2-digit" || !twelve {
            format!("{hour:02}")
        } else {
            hour.to_string()
        });
    }
    if options.minute.is_some() {
        parts.push(format!("{:02}", zoned.minute()));
    }
    if options.second.is_some() {
        parts.push(format!("{:02}", zoned.second()));
    }
    let mut text = parts.join(":");
    if twelve {
        text.push_str(if zoned.hour() < 12 { " AM" } else { " PM" });
    }
    if let Some(style) = &options.zone_name {
        text.push(' ');
        text.push_str(&if style == "long" {
            super::zone::long_name(zoned)
        } else {
            short_zone(zoned)
        });
    }
    text
}
