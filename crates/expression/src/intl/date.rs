//! `Intl.DateTimeFormat`: dates as text for readers, by locale and options.

use jiff::Zoned;
use jiff::tz::TimeZone;

use super::locale::Locale;
use super::options::Options;
use super::zone_names;
use crate::evaluate::{Interpreter, Run, range_error, type_error};
use crate::js::Js;

/// What is written where the options name no part of a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Default {
    Date,
    Time,
    All,
}

/// How a number or a name is written.
type Width = &'static str;

/// How dates are written.
#[derive(Clone, Debug)]
pub(crate) struct DateFormat {
    pub(crate) locale: Locale,
    pub(crate) time_zone: Option<TimeZone>,
    weekday: Option<Width>,
    era: Option<Width>,
    year: Option<Width>,
    month: Option<Width>,
    day: Option<Width>,
    hour: Option<Width>,
    minute: Option<Width>,
    second: Option<Width>,
    fraction: usize,
    zone_name: Option<Width>,
    hour12: Option<bool>,
    date_style: Option<Width>,
    time_style: Option<Width>,
}

/// A part of a written date: its kind as `formatToParts` names it, and its text.
pub(crate) type Part = (&'static str, String);

/// The sets of options that luxon names.
const PRESETS: &[(&str, &str)] = &[
    ("DATE_SHORT", "y M d"),
    ("DATE_MED", "y MMM d"),
    ("DATE_MED_WITH_WEEKDAY", "y MMM d E"),
    ("DATE_FULL", "y MMMM d"),
    ("DATE_HUGE", "y MMMM d EEEE"),
    ("TIME_SIMPLE", "h m"),
    ("TIME_WITH_SECONDS", "h m s"),
    ("TIME_WITH_SHORT_OFFSET", "h m s z"),
    ("TIME_WITH_LONG_OFFSET", "h m s zzzz"),
    ("TIME_24_SIMPLE", "H m"),
    ("TIME_24_WITH_SECONDS", "H m s"),
    ("TIME_24_WITH_SHORT_OFFSET", "H m s z"),
    ("TIME_24_WITH_LONG_OFFSET", "H m s zzzz"),
    ("DATETIME_SHORT", "y M d h m"),
    ("DATETIME_SHORT_WITH_SECONDS", "y M d h m s"),
    ("DATETIME_MED", "y MMM d h m"),
    ("DATETIME_MED_WITH_SECONDS", "y MMM d h m s"),
    ("DATETIME_MED_WITH_WEEKDAY", "y MMM d E h m"),
    ("DATETIME_FULL", "y MMMM d h m z"),
    ("DATETIME_FULL_WITH_SECONDS", "y MMMM d h m s z"),
    ("DATETIME_HUGE", "y MMMM d EEEE h m zzzz"),
    ("DATETIME_HUGE_WITH_SECONDS", "y MMMM d EEEE h m s zzzz"),
];

/// The options of a set that luxon names, as `DateTime.DATE_SHORT` gives them.
pub(crate) fn preset_options(name: &str) -> Option<Vec<(&'static str, &'static str)>> {
    let (_, fields) = PRESETS.iter().find(|(known, _)| *known == name)?;
    let mut options = Vec::new();
    for field in fields.split(' ') {
        options.push(match field {
            "y" => ("year", "numeric"),
            "M" => ("month", "numeric"),
            "MMM" => ("month", "short"),
            "MMMM" => ("month", "long"),
            "d" => ("day", "numeric"),
            "E" => ("weekday", "short"),
            "EEEE" => ("weekday", "long"),
            "m" => ("minute", "numeric"),
            "s" => ("second", "numeric"),
            "z" => ("timeZoneName", "short"),
            "zzzz" => ("timeZoneName", "long"),
            _ => ("hour", "numeric"),
        });
        if field == "H" {
            options.push(("hourCycle", "h23"));
        }
    }
    Some(options)
}

const STYLES: &[&str] = &["full", "long", "medium", "short"];
const NAMES: &[&str] = &["narrow", "short", "long"];
const NUMBERS: &[&str] = &["numeric", "2-digit"];

impl DateFormat {
    /// The formatter of `new Intl.DateTimeFormat(locale, options)`.
    pub(crate) fn of(
        interpreter: &mut Interpreter,
        locale: &Js,
        options: &Js,
        default: Default,
    ) -> Run<Self> {
        let locale = Locale::argument(interpreter, locale)?;
        Self::with_locale(interpreter, locale, options, default)
    }

    pub(crate) fn with_locale(
        interpreter: &mut Interpreter,
        locale: Locale,
        options: &Js,
        default: Default,
    ) -> Run<Self> {
        let options = Options::read(interpreter, options)?;
        let time_zone = match options.text("timeZone") {
            None => None,
            Some(name) => {
                let local = interpreter.scope.time_zone();
                match crate::luxon::zone::parse(&name, &local) {
                    Some(zone) => Some(zone),
                    None => return range_error(format!("`{name}` is no time zone")),
                }
            }
        };
        let hour12 = match options.flag("hour12") {
            Some(flag) => Some(flag),
            None => options
                .optional_choice("hourCycle", &["h11", "h12", "h23", "h24"])?
                .map(|cycle| matches!(cycle, "h11" | "h12")),
        };
        let mut format = Self {
            locale,
            time_zone,
            weekday: options.optional_choice("weekday", NAMES)?,
            era: options.optional_choice("era", NAMES)?,
            year: options.optional_choice("year", NUMBERS)?,
            month: options
                .optional_choice("month", &["numeric", "2-digit", "narrow", "short", "long"])?,
            day: options.optional_choice("day", NUMBERS)?,
            hour: options.optional_choice("hour", NUMBERS)?,
            minute: options.optional_choice("minute", NUMBERS)?,
            second: options.optional_choice("second", NUMBERS)?,
            fraction: options
                .integer(interpreter, "fractionalSecondDigits", 1, 3)?
                .unwrap_or(0),
            zone_name: options.optional_choice(
                "timeZoneName",
                &[
                    "short",
                    "long",
                    "shortOffset",
                    "longOffset",
                    "shortGeneric",
                    "longGeneric",
                ],
            )?,
            hour12,
            date_style: options.optional_choice("dateStyle", STYLES)?,
            time_style: options.optional_choice("timeStyle", STYLES)?,
        };
        let styled = format.date_style.is_some() || format.time_style.is_some();
        if styled && (format.has_date() || format.has_time() || format.zone_name.is_some()) {
            return type_error("dateStyle and timeStyle do not go with parts of a date");
        }
        match default {
            Default::Date if format.time_style.is_some() => {
                return type_error("timeStyle does not go with a date alone");
            }
            Default::Time if format.date_style.is_some() => {
                return type_error("dateStyle does not go with a time alone");
            }
            _ if styled => {}
            Default::Date if !format.has_date() => format.numeric_date(),
            Default::Time if !format.has_time() => format.numeric_time(),
            Default::All if !format.has_date() && !format.has_time() => {
                format.numeric_date();
                format.numeric_time();
            }
            _ => {}
        }
        Ok(format)
    }

    /// The formatter of a set of options that luxon names.
    pub(crate) fn preset(locale: &Locale, name: &str) -> Option<Self> {
        let mut format = Self {
            locale: locale.clone(),
            time_zone: None,
            weekday: None,
            era: None,
            year: None,
            month: None,
            day: None,
            hour: None,
            minute: None,
            second: None,
            fraction: 0,
            zone_name: None,
            hour12: None,
            date_style: None,
            time_style: None,
        };
        for (option, width) in preset_options(name)? {
            let width = Some(width);
            match option {
                "year" => format.year = width,
                "month" => format.month = width,
                "day" => format.day = width,
                "weekday" => format.weekday = width,
                "hour" => format.hour = width,
                "minute" => format.minute = width,
                "second" => format.second = width,
                "timeZoneName" => format.zone_name = width,
                _ => format.hour12 = Some(false),
            }
        }
        Some(format)
    }

    /// The formatter of `new Intl.DateTimeFormat(…)`, which writes dates alone unless it is told more.
    pub(crate) fn construct(interpreter: &mut Interpreter, locale: &Js, options: &Js) -> Run<Self> {
        let locale = Locale::argument(interpreter, locale)?;
        Self::construct_with(interpreter, locale, options)
    }

    pub(crate) fn construct_with(
        interpreter: &mut Interpreter,
        locale: Locale,
        options: &Js,
    ) -> Run<Self> {
        let format = Self::with_locale(interpreter, locale, options, Default::All)?;
        let read = Options::read(interpreter, options)?;
        let named = [
            "weekday",
            "year",
            "month",
            "day",
            "hour",
            "minute",
            "second",
            "fractionalSecondDigits",
            "dateStyle",
            "timeStyle",
        ];
        if named.iter().any(|name| !read.get(name).is_undefined()) {
            return Ok(format);
        }
        Ok(Self {
            hour: None,
            minute: None,
            second: None,
            ..format
        })
    }

    fn has_date(&self) -> bool {
        [self.weekday, self.year, self.month, self.day]
            .iter()
            .any(Option::is_some)
    }

    fn has_time(&self) -> bool {
        self.fraction > 0
            || [self.hour, self.minute, self.second]
                .iter()
                .any(Option::is_some)
    }

    /// Whether a weekday is written without a date.
    fn stands_alone(&self) -> bool {
        self.date_style.is_none() && self.day.is_none()
    }

    fn numeric_date(&mut self) {
        (self.year, self.month, self.day) = (Some("numeric"), Some("numeric"), Some("numeric"));
    }

    fn numeric_time(&mut self) {
        (self.hour, self.minute, self.second) = (Some("numeric"), Some("numeric"), Some("numeric"));
    }

    /// The options as `resolvedOptions()` gives them.
    pub(crate) fn resolved(&self, local: &TimeZone) -> Vec<(&'static str, Js)> {
        let zone = self.time_zone.as_ref().unwrap_or(local);
        let mut resolved = vec![
            ("locale", Js::text(self.locale.tag.clone())),
            ("calendar", Js::text("gregory")),
            ("numberingSystem", Js::text("latn")),
            ("timeZone", Js::text(zone.iana_name().unwrap_or("UTC"))),
        ];
        for (name, width) in [
            ("weekday", self.weekday),
            ("year", self.year),
            ("month", self.month),
            ("day", self.day),
            ("hour", self.hour),
            ("minute", self.minute),
            ("second", self.second),
            ("dateStyle", self.date_style),
            ("timeStyle", self.time_style),
        ] {
            if let Some(width) = width {
                resolved.push((name, Js::text(width)));
            }
        }
        resolved
    }

    /// The text of a date.
    pub(crate) fn format(&self, zoned: &Zoned) -> String {
        self.parts(zoned)
            .into_iter()
            .map(|(_, text)| text)
            .collect()
    }

    /// The parts of the text of a date.
    pub(crate) fn parts(&self, zoned: &Zoned) -> Vec<Part> {
        let there = self
            .time_zone
            .as_ref()
            .map(|zone| zoned.with_time_zone(zone.clone()));
        let zoned = there.as_ref().unwrap_or(zoned);
        let pattern = self.pattern();
        let mut parts: Vec<Part> = Vec::new();
        let mut rest = pattern.as_str();
        while let Some(open) = rest.find('{') {
            literal(&mut parts, &rest[..open]);
            let close = rest[open..].find('}').map_or(rest.len(), |at| at + open);
            let token = rest.get(open + 1..close).unwrap_or_default();
            if let Some(part) = self.token(token, zoned, pattern.contains("{a}")) {
                parts.push(part);
                if token.starts_with('s') && self.fraction > 0 {
                    literal(&mut parts, self.locale.get("num.decimal"));
                    let ms = format!("{:03}", zoned.millisecond());
                    parts.push(("fractionalSecond", ms[..self.fraction.min(3)].to_owned()));
                }
            }
            rest = rest.get(close + 1..).unwrap_or_default();
        }
        literal(&mut parts, rest);
        parts
    }

    /// The pattern of the whole, for example `{d}. {MMMM} {y}`.
    fn pattern(&self) -> String {
        if self.date_style.is_some() || self.time_style.is_some() {
            return self.styled_pattern();
        }
        let date = self.date_pattern();
        let mut time = self.time_pattern();
        if self.zone_name.is_some() && !time.is_empty() {
            let join = self.locale.get("join.zone");
            let join = if join.is_empty() { "{0} {z}" } else { join };
            time = join.replace("{0}", &time);
        }
        match (date.is_empty(), time.is_empty()) {
            (false, false) => {
                let key = match (self.month, self.weekday) {
                    (Some("long"), Some(_)) => "join.full",
                    (Some("long"), None) => "join.long",
                    (Some("short" | "narrow"), _) => "join.short",
                    _ => "join.numeric",
                };
                let join = self.locale.get(key);
                join.replace("{1}", &date).replace("{0}", &time)
            }
            (false, true) if self.zone_name.is_some() => format!("{date}, {{z}}"),
            (false, true) => date,
            (true, _) => time,
        }
    }

    fn styled_pattern(&self) -> String {
        let date = self
            .date_style
            .map(|style| self.locale.get(&format!("style.date.{style}")));
        let time = self.time_style.map(|style| {
            let own = self.locale.get(&format!("style.time.{style}"));
            match (self.hour12, own.contains("{a}")) {
                (Some(true), false) | (Some(false), true) => {
                    let key = if style == "short" { "hm" } else { "hms" };
                    let mut other = self.clock_pattern(key).to_owned();
                    if own.contains("{z}") {
                        other.push_str(" {z}");
                    }
                    other
                }
                _ => own.to_owned(),
            }
        });
        match (date, time) {
            (Some(date), Some(time)) => {
                let style = self.date_style.unwrap_or("medium");
                let join = self.locale.get(&format!("join.style.{style}"));
                join.replace("{1}", date).replace("{0}", &time)
            }
            (Some(date), None) => date.to_owned(),
            (None, time) => time.unwrap_or_default(),
        }
    }

    fn date_pattern(&self) -> String {
        let mut key = String::from("date.");
        match self.weekday {
            Some("long") => key.push_str("EEEE"),
            Some(_) => key.push('E'),
            None => {}
        }
        if self.year.is_some() {
            key.push('y');
        }
        match self.month {
            Some("long") => key.push_str("MMMM"),
            Some("short" | "narrow") => key.push_str("MMM"),
            Some(_) => key.push('M'),
            None => {}
        }
        if self.day.is_some() {
            key.push('d');
        }
        let mut pattern = self.locale.get(&key).to_owned();
        if self.era.is_some() {
            pattern.push_str(" {G}");
        }
        pattern
    }

    fn clock_pattern(&self, key: &str) -> &'static str {
        let cycle = match self.hour12 {
            Some(true) => "12.",
            Some(false) => "24.",
            None => "",
        };
        self.locale.get(&format!("time.{cycle}{key}"))
    }

    fn time_pattern(&self) -> String {
        let second = self.second.is_some() || self.fraction > 0;
        let padded = self.minute == Some("2-digit") || self.second == Some("2-digit");
        match (self.hour.is_some(), self.minute.is_some(), second) {
            (true, _, true) if padded => self.clock_pattern("hMS").to_owned(),
            (true, _, true) => self.clock_pattern("hms").to_owned(),
            (true, true, false) if padded => self.clock_pattern("hM").to_owned(),
            (true, true, false) => self.clock_pattern("hm").to_owned(),
            (true, false, false) => self.clock_pattern("h").to_owned(),
            (false, true, true) => self.locale.get("time.ms").to_owned(),
            (false, true, false) => "{m}".into(),
            (false, false, true) => "{s}".into(),
            (false, false, false) => String::new(),
        }
    }

    fn token(&self, token: &str, zoned: &Zoned, twelve: bool) -> Option<Part> {
        let number = |value: i64, padded: bool| {
            if padded {
                format!("{value:02}")
            } else {
                value.to_string()
            }
        };
        let two = |width: Option<Width>| width == Some("2-digit");
        let name = |key: &str, index: usize| self.locale.nth(key, index).to_owned();
        let month = zoned.month() as usize - 1;
        let weekday = zoned.weekday().to_monday_zero_offset() as usize;
        Some(match token {
            "y" | "yy" => {
                let year = i64::from(zoned.year());
                if token == "yy" || two(self.year) {
                    ("year", format!("{:02}", year.rem_euclid(100)))
                } else {
                    ("year", year.to_string())
                }
            }
            "M" | "MM" => {
                let padded = token == "MM" || two(self.month);
                ("month", number(zoned.month().into(), padded))
            }
            "MMM" | "MMMM" | "LLL" | "LLLL" => {
                let key = match (self.month, token) {
                    (Some("narrow"), _) => "month.narrow",
                    (_, "MMM") => "month.short",
                    (_, "MMMM") => "month.long",
                    (_, "LLL") => "month.alone.short",
                    _ => "month.alone.long",
                };
                ("month", name(key, month))
            }
            "d" | "dd" => {
                let padded = token == "dd" || two(self.day);
                ("day", number(zoned.day().into(), padded))
            }
            "E" | "EEEE" => {
                let key = match (self.weekday, token) {
                    (Some("narrow"), _) => "day.narrow",
                    (_, "E") if self.stands_alone() => "day.short",
                    (_, "E") => "day.format.short",
                    _ if self.stands_alone() => "day.long",
                    _ => "day.format.long",
                };
                ("weekday", name(key, weekday))
            }
            "h" | "hh" => {
                let hour = match (twelve, zoned.hour() % 12) {
                    (true, 0) => 12,
                    (true, hour) => hour,
                    (false, _) => zoned.hour(),
                };
                let padded = token == "hh" || two(self.hour);
                ("hour", number(hour.into(), padded))
            }
            "m" | "mm" => {
                let padded = token == "mm";
                ("minute", number(zoned.minute().into(), padded))
            }
            "s" | "ss" => {
                let padded = token == "ss";
                ("second", number(zoned.second().into(), padded))
            }
            "a" => ("dayPeriod", name("period", usize::from(zoned.hour() >= 12))),
            "z" => {
                let width = match (self.zone_name, self.time_style) {
                    (Some(width), _) => width,
                    (None, Some("full")) => "long",
                    _ => "short",
                };
                ("timeZoneName", zone_names::name(&self.locale, zoned, width))
            }
            "G" => ("era", name("era", usize::from(zoned.year() <= 0))),
            _ => return None,
        })
    }
}

fn literal(parts: &mut Vec<Part>, text: &str) {
    if text.is_empty() {
        return;
    }
    match parts.last_mut() {
        Some(("literal", last)) => last.push_str(text),
        _ => parts.push(("literal", text.to_owned())),
    }
}
