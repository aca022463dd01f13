//! Writes dates by luxon's format tokens, in English.

use jiff::Zoned;

use super::DateTime;
use super::date_time::INVALID;
use super::zone::{self, Style};

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
            Token::Field(field) => out.push_str(&write(zoned, &field)),
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
            // Two quotes are one quote of the text.
            if chars.peek() == Some(&'\'') {
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

fn write(zoned: &Zoned, field: &str) -> String {
    let hour12 = match zoned.hour() % 12 {
        0 => 12,
        hour => hour,
    };
    let meridiem = if zoned.hour() < 12 { "AM" } else { "PM" };
    let month = MONTHS[zoned.month() as usize - 1];
    let weekday = WEEKDAYS[zoned.weekday().to_monday_zero_offset() as usize];
    let week = zoned.date().iso_week_date();
    let offset = zoned.offset().seconds();
    let quarter = (zoned.month() - 1) / 3 + 1;
    let two_digit_year = |year: i16| format!("{:02}", year.rem_euclid(100));
    let short_date = || format!("{}/{}/{}", zoned.month(), zoned.day(), zoned.year());
    let short_time = || format!("{hour12}:{:02} {meridiem}", zoned.minute());
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
        "ZZZZ" => short_zone(zoned),
        "ZZZZZ" => zone::long_name(zoned),
        "z" => zone::name(zoned),
        "a" => meridiem.into(),
        "d" => zoned.day().to_string(),
        "dd" => format!("{:02}", zoned.day()),
        "c" | "E" => zoned.weekday().to_monday_one_offset().to_string(),
        "ccc" | "EEE" => weekday[..3].into(),
        "cccc" | "EEEE" => weekday.into(),
        "ccccc" | "EEEEE" => weekday[..1].into(),
        "L" | "M" => zoned.month().to_string(),
        "LL" | "MM" => format!("{:02}", zoned.month()),
        "LLL" | "MMM" => month[..3].into(),
        "LLLL" | "MMMM" => month.into(),
        "LLLLL" | "MMMMM" => month[..1].into(),
        "y" => zoned.year().to_string(),
        "yy" => two_digit_year(zoned.year()),
        "yyyy" => format!("{:04}", zoned.year()),
        "yyyyyy" => format!("{:06}", zoned.year()),
        "G" => if zoned.year() > 0 { "AD" } else { "BC" }.into(),
        "GG" => if zoned.year() > 0 {
            "Anno Domini"
        } else {
            "Before Christ"
        }
        .into(),
        "GGGGG" => if zoned.year() > 0 { "A" } else { "B" }.into(),
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
        "D" => short_date(),
        "DD" => format!("{} {}, {}", &month[..3], zoned.day(), zoned.year()),
        "DDD" => format!("{month} {}, {}", zoned.day(), zoned.year()),
        "DDDD" => format!("{weekday}, {month} {}, {}", zoned.day(), zoned.year()),
        "t" => short_time(),
        "tt" => format!(
            "{hour12}:{:02}:{:02} {meridiem}",
            zoned.minute(),
            zoned.second()
        ),
        "T" => format!("{:02}:{:02}", zoned.hour(), zoned.minute()),
        "TT" => format!(
            "{:02}:{:02}:{:02}",
            zoned.hour(),
            zoned.minute(),
            zoned.second()
        ),
        "f" => format!("{}, {}", short_date(), short_time()),
        "ff" => format!(
            "{} {}, {}, {}",
            &month[..3],
            zoned.day(),
            zoned.year(),
            short_time()
        ),
        "fff" => format!(
            "{month} {}, {} at {} {}",
            zoned.day(),
            zoned.year(),
            short_time(),
            short_zone(zoned)
        ),
        "ffff" => format!(
            "{weekday}, {month} {}, {} at {} {}",
            zoned.day(),
            zoned.year(),
            short_time(),
            zone::long_name(zoned)
        ),
        "F" => format!(
            "{}, {hour12}:{:02}:{:02} {meridiem}",
            short_date(),
            zoned.minute(),
            zoned.second()
        ),
        "FF" => format!(
            "{} {}, {}, {hour12}:{:02}:{:02} {meridiem}",
            &month[..3],
            zoned.day(),
            zoned.year(),
            zoned.minute(),
            zoned.second()
        ),
        other => other.into(),
    }
}

/// The short name of the zone as English readers in America see it.
pub(crate) fn short_zone(zoned: &Zoned) -> String {
    match zoned.strftime("%Z").to_string().as_str() {
        name @ ("UTC" | "EST" | "EDT" | "CST" | "CDT" | "MST" | "MDT" | "PST" | "PDT" | "AKST"
        | "AKDT" | "HST") => name.into(),
        _ => match zoned.offset().seconds() {
            0 => "GMT".into(),
            seconds => format!("GMT{}", zone::offset_text(seconds, Style::Short)),
        },
    }
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
            ("'it''s' yyyy 'o''clock yyyy'", "it's 2024 o'clock yyyy"),
            ("kkkk-'W'WW ooo q", "2024-W01 002 1"),
            ("DDDD", "Tuesday, January 2, 2024"),
            ("z ZZZ", "Europe/Paris +0100"),
            ("X", "1704164645"),
        ] {
            assert_eq!(format(&date, pattern), text, "{pattern}");
        }
    }
}
