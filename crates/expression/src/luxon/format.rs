//! Writes dates by luxon's format tokens.

use jiff::Zoned;

use super::DateTime;
use super::date_time::INVALID;
use super::zone::{self, Style};
use crate::intl::Locale;
use crate::intl::date::DateFormat;
use crate::intl::zone_names;

pub(crate) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
/// From Monday.
pub(crate) const WEEKDAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];

/// The date in a format such as `yyyy-MM-dd 'at' HH:mm`.
pub(crate) fn format(date: &DateTime, pattern: &str) -> String {
    let Some(zoned) = date.zoned() else {
        return INVALID.into();
    };
    let mut out = String::new();
    for token in tokens(pattern) {
        match token {
            Token::Literal(text) => out.push_str(&text),
            Token::Field(field) => out.push_str(&write(zoned, &field, date.locale().map(|l| &**l))),
        }
    }
    out
}

/// A part of a format.
#[derive(Debug, PartialEq)]
pub(crate) enum Token {
    /// Text as it is.
    Literal(String),
    /// A run of one letter.
    Field(String),
}

/// Splits a format: runs of one letter are fields, what is between quotes is text.
pub(crate) fn tokens(pattern: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut literal = String::new();
    let mut chars = pattern.chars().peekable();
    let mut quoted = false;
    while let Some(c) = chars.next() {
        if c == '\'' {
            // Two quotes are one quote of the text, but not within quoted text.
            if !quoted && chars.peek() == Some(&'\'') {
                chars.next();
                literal.push('\'');
            } else {
                quoted = !quoted;
            }
            continue;
        }
        if quoted || !c.is_ascii_alphabetic() {
            literal.push(c);
            continue;
        }
        if !literal.is_empty() {
            tokens.push(Token::Literal(std::mem::take(&mut literal)));
        }
        let mut field = String::from(c);
        while chars.peek() == Some(&c) {
            field.push(c);
            chars.next();
        }
        tokens.push(Token::Field(field));
    }
    if !literal.is_empty() {
        tokens.push(Token::Literal(literal));
    }
    tokens
}

fn write(zoned: &Zoned, field: &str, locale: Option<&Locale>) -> String {
    let hour12 = match zoned.hour() % 12 {
        0 => 12,
        hour => hour,
    };
    let week = zoned.date().iso_week_date();
    let offset = zoned.offset().seconds();
    let quarter = (zoned.month() - 1) / 3 + 1;
    let two_digit_year = |year: i16| format!("{:02}", year.rem_euclid(100));
    match field {
        "S" => zoned.millisecond().to_string(),
        "SSS" | "u" => format!("{:03}", zoned.millisecond()),
        "uu" => format!("{:02}", zoned.millisecond() / 10),
        "uuu" => (zoned.millisecond() / 100).to_string(),
        "s" => zoned.second().to_string(),
        "ss" => format!("{:02}", zoned.second()),
        "m" => zoned.minute().to_string(),
        "mm" => format!("{:02}", zoned.minute()),
        "h" => hour12.to_string(),
        "hh" => format!("{hour12:02}"),
        "H" => zoned.hour().to_string(),
        "HH" => format!("{:02}", zoned.hour()),
        "Z" => zone::offset_text(offset, Style::Short),
        "ZZ" => zone::offset_text(offset, Style::Long),
        "ZZZ" => zone::offset_text(offset, Style::Compact),
        "z" => zone::name(zoned),
        "d" => zoned.day().to_string(),
        "dd" => format!("{:02}", zoned.day()),
        "c" | "E" => zoned.weekday().to_monday_one_offset().to_string(),
        "L" | "M" => zoned.month().to_string(),
        "LL" | "MM" => format!("{:02}", zoned.month()),
        "y" => zoned.year().to_string(),
        "yy" => two_digit_year(zoned.year()),
        "yyyy" => format!("{:04}", zoned.year()),
        "yyyyyy" => format!("{:06}", zoned.year()),
        "kk" => two_digit_year(week.year()),
        "kkkk" => format!("{:04}", week.year()),
        "W" | "n" => week.week().to_string(),
        "WW" | "nn" => format!("{:02}", week.week()),
        "ii" => two_digit_year(week.year()),
        "iiii" => format!("{:04}", week.year()),
        "o" => zoned.date().day_of_year().to_string(),
        "ooo" => format!("{:03}", zoned.date().day_of_year()),
        "q" => quarter.to_string(),
        "qq" => format!("{quarter:02}"),
        "X" => zoned.timestamp().as_second().to_string(),
        "x" => zoned.timestamp().as_millisecond().to_string(),
        field => name(zoned, field, locale),
    }
}

/// The fields that are words, and those that stand for several.
fn name(zoned: &Zoned, field: &str, locale: Option<&Locale>) -> String {
    let month = zoned.month() as usize - 1;
    let weekday = zoned.weekday().to_monday_zero_offset() as usize;
    let afternoon = zoned.hour() >= 12;
    // English is at hand; everything else is looked up.
    if locale.is_none_or(Locale::is_english) {
        let (month, weekday) = (MONTHS[month], WEEKDAYS[weekday]);
        let known = match field {
            "ccc" | "EEE" => Some(&weekday[..3]),
            "cccc" | "EEEE" => Some(weekday),
            "LLL" | "MMM" => Some(&month[..3]),
            "LLLL" | "MMMM" => Some(month),
            "a" if locale.is_none() => Some(if afternoon { "PM" } else { "AM" }),
            _ => None,
        };
        if let Some(known) = known {
            return known.to_owned();
        }
    }
    let default;
    let locale = match locale {
        Some(locale) => locale,
        None => {
            default = Locale::default();
            &default
        }
    };
    let nth = |key: &str, index: usize| locale.nth(key, index).to_owned();
    match field {
        "ccc" => nth("day.short", weekday),
        "cccc" => nth("day.long", weekday),
        "EEE" => nth("day.format.short", weekday),
        "EEEE" => nth("day.format.long", weekday),
        "ccccc" | "EEEEE" => nth("day.narrow", weekday),
        "LLL" => nth("month.alone.short", month),
        "LLLL" => nth("month.alone.long", month),
        "MMM" => nth("month.short", month),
        "MMMM" => nth("month.long", month),
        "LLLLL" | "MMMMM" => nth("month.narrow", month),
        "a" => nth("period", usize::from(afternoon)),
        "G" => nth("era", usize::from(zoned.year() <= 0)),
        "GG" if zoned.year() > 0 => "Anno Domini".into(),
        "GG" => "Before Christ".into(),
        "GGGGG" => nth("era", usize::from(zoned.year() <= 0))
            .chars()
            .take(1)
            .collect(),
        "ZZZZ" => zone_names::name(locale, zoned, "short"),
        "ZZZZZ" => zone_names::name(locale, zoned, "long"),
        other => match preset(other).and_then(|preset| DateFormat::preset(locale, preset)) {
            Some(format) => format.format(zoned),
            None => other.into(),
        },
    }
}

/// The set of options that a field stands for.
fn preset(field: &str) -> Option<&'static str> {
    Some(match field {
        "D" => "DATE_SHORT",
        "DD" => "DATE_MED",
        "DDD" => "DATE_FULL",
        "DDDD" => "DATE_HUGE",
        "t" => "TIME_SIMPLE",
        "tt" => "TIME_WITH_SECONDS",
        "ttt" => "TIME_WITH_SHORT_OFFSET",
        "tttt" => "TIME_WITH_LONG_OFFSET",
        "T" => "TIME_24_SIMPLE",
        "TT" => "TIME_24_WITH_SECONDS",
        "TTT" => "TIME_24_WITH_SHORT_OFFSET",
        "TTTT" => "TIME_24_WITH_LONG_OFFSET",
        "f" => "DATETIME_SHORT",
        "ff" => "DATETIME_MED",
        "fff" => "DATETIME_FULL",
        "ffff" => "DATETIME_HUGE",
        "F" => "DATETIME_SHORT_WITH_SECONDS",
        "FF" => "DATETIME_MED_WITH_SECONDS",
        "FFF" => "DATETIME_FULL_WITH_SECONDS",
        "FFFF" => "DATETIME_HUGE_WITH_SECONDS",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;

    #[test]
    fn writes_tokens_and_quoted_text() {
        let paris = TimeZone::get("Europe/Paris").unwrap();
        let date = DateTime::from_iso("2024-01-02T03:04:05.678Z", &paris).unwrap();
        for (pattern, text) in [
            (
                "yyyy-MM-dd'T'HH:mm:ss.SSSZZ",
                "2024-01-02T04:04:05.678+01:00",
            ),
            ("ccc, d LLL yy h:mm a", "Tue, 2 Jan 24 4:04 AM"),
            ("'it''s' yyyy ''''yy'x'", "its 2024 ''24x"),
            ("kkkk-'W'WW ooo q", "2024-W01 002 1"),
            ("DDDD", "Tuesday, January 2, 2024"),
            ("z ZZZ", "Europe/Paris +0100"),
            ("X", "1704164645"),
        ] {
            assert_eq!(format(&date, pattern), text, "{pattern}");
        }
    }
}
