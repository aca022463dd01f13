//! Time zones by name.

use jiff::Zoned;
use jiff::tz::{Offset, TimeZone};

/// The zone of a name: an IANA name, `utc`, `local`, or an offset such as `UTC+3` or `+03:30`.
pub fn parse(name: &str, local: &TimeZone) -> Option<TimeZone> {
    let lower = name.to_lowercase();
    match lower.as_str() {
        "local" | "system" | "default" => return Some(local.clone()),
        "utc" | "gmt" | "z" => return Some(TimeZone::UTC),
        _ => {}
    }
    let offset = lower
        .strip_prefix("utc")
        .or_else(|| lower.strip_prefix("gmt"))
        .unwrap_or(&lower);
    if offset.starts_with(['+', '-']) {
        return parse_offset(offset).map(from_seconds);
    }
    TimeZone::get(name).ok()
}

/// A fixed offset in seconds as a zone; zero is UTC.
pub(crate) fn from_seconds(seconds: i32) -> TimeZone {
    if seconds == 0 {
        return TimeZone::UTC;
    }
    Offset::from_seconds(seconds).map_or(TimeZone::UTC, TimeZone::fixed)
}

/// `+3`, `+03`, `+0330`, `+03:30` in seconds.
pub(crate) fn parse_offset(text: &str) -> Option<i32> {
    let (sign, digits) = match text.as_bytes().first()? {
        b'+' => (1, &text[1..]),
        b'-' => (-1, &text[1..]),
        _ => return None,
    };
    let (hours, minutes) = match digits.split_once(':') {
        Some((hours, minutes)) => (hours, minutes),
        None if digits.len() > 2 => (
            digits.get(..digits.len() - 2)?,
            digits.get(digits.len() - 2..)?,
        ),
        None => (digits, "0"),
    };
    let valid = |part: &str| {
        !part.is_empty() && part.len() <= 2 && part.bytes().all(|b| b.is_ascii_digit())
    };
    if !valid(hours) || !valid(minutes) {
        return None;
    }
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    (hours <= 25 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

/// luxon's name of the zone.
pub(crate) fn name(zoned: &Zoned) -> String {
    let zone = zoned.time_zone();
    if let Some(name) = zone.iana_name() {
        return name.into();
    }
    match zoned.offset().seconds() {
        0 => "UTC".into(),
        seconds => format!("UTC{}", offset_text(seconds, Style::Short)),
    }
}

/// How an offset is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// `+5`, `+5:30`
    Short,
    /// `+05:00`
    Long,
    /// `+0500`
    Compact,
}

pub(crate) fn offset_text(seconds: i32, style: Style) -> String {
    let sign = if seconds < 0 { '-' } else { '+' };
    let minutes = seconds.abs() / 60;
    let (hours, minutes) = (minutes / 60, minutes % 60);
    match style {
        Style::Short if minutes == 0 => format!("{sign}{hours}"),
        Style::Short => format!("{sign}{hours}:{minutes:02}"),
        Style::Long => format!("{sign}{hours:02}:{minutes:02}"),
        Style::Compact => format!("{sign}{hours:02}{minutes:02}"),
    }
}
