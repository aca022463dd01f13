//! What a cell of a text file means: numbers, truth values and dates are recognised as spreadsheets recognise them.

use std::borrow::Cow;

use itemflow_model::{Number, Value};
use jiff::tz::TimeZone;

use super::Cell;
use crate::core::moment::javascript_date;
use crate::core::text_encoding::TextEncoding;

/// Longest text that could be a number or a date.
const MAX_LENGTH: usize = 64;
/// Days from 30 December 1899 to 1 January 1970.
const EPOCH: f64 = 25_569.0;

/// The text of a file; a mark at its beginning says how it is encoded.
pub(super) fn text_of(bytes: &[u8]) -> Cow<'_, str> {
    match bytes {
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => TextEncoding::Utf16.decode(bytes, true).into(),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => text.strip_prefix('\u{feff}').unwrap_or(text).into(),
            // Spreadsheet programs write one byte for each character otherwise.
            Err(_) => {
                encoding_rs::WINDOWS_1252
                    .decode_without_bom_handling(bytes)
                    .0
            }
        },
    }
}

/// The cell of a text.
pub(super) fn cell(text: &str) -> Cell {
    if text.is_empty() {
        return Cell::Empty;
    }
    if text.len() > MAX_LENGTH {
        return Cell::Text(text.to_owned());
    }
    match text {
        "TRUE" => return Cell::Bool(true),
        "FALSE" => return Cell::Bool(false),
        _ => {}
    }
    let found = number(text).or_else(|| date(text).map(Number::from));
    found.map_or_else(|| Cell::Text(text.to_owned()), Cell::Number)
}

/// A number, also with thousands, percent, a dollar sign, or brackets for less than nothing.
fn number(text: &str) -> Option<Number> {
    let text = text.trim();
    let plain = |text: &str| {
        let is_number = text.contains(|c: char| c.is_ascii_digit())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte))
            && !text.starts_with(['e', 'E']);
        if !is_number {
            return None;
        }
        match text.parse::<i64>() {
            Ok(whole) => Some(Number::from(whole)),
            Err(_) => text
                .parse::<f64>()
                .ok()
                .filter(|n| n.is_finite())
                .map(Number::from),
        }
    };
    if let Some(number) = plain(text) {
        return Some(number);
    }
    let scaled = |text: &str, factor: f64| Some(Number::from(number(text)?.as_f64() * factor));
    if let Some(rest) = text.strip_suffix('%') {
        return scaled(rest, 0.01);
    }
    if let Some(inner) = text
        .strip_prefix('(')
        .and_then(|text| text.strip_suffix(')'))
    {
        return inner
            .starts_with(|c: char| c.is_ascii_digit() || c == '$')
            .then(|| scaled(inner, -1.0))
            .flatten();
    }
    let without_sign = text.strip_prefix('$').unwrap_or(text);
    let is_grouped = |part: &str| {
        part.split(',')
            .skip(1)
            .all(|group| group.len() >= 3 && group.as_bytes()[..3].iter().all(u8::is_ascii_digit))
    };
    (without_sign.len() < text.len() || is_grouped(without_sign) && without_sign.contains(','))
        .then(|| plain(&without_sign.replace(',', "")))
        .flatten()
}

/// A date or a time of a day, in days.
fn date(text: &str) -> Option<f64> {
    let has_digit = text.starts_with(|c: char| c.is_ascii_digit())
        || text.len() >= 8 && text.contains(|c: char| c.is_ascii_digit());
    if !has_digit || !text.contains(['-', '/', ':', ' ', '.']) {
        return None;
    }
    if let Some(time) = time_of_day(text) {
        return Some(time);
    }
    let moment = javascript_date(&Value::from(text), &TimeZone::UTC)?;
    Some(moment.as_millisecond() as f64 / 86_400_000.0 + EPOCH)
}

/// `h:mm` or `h:mm:ss`, as a part of a day.
fn time_of_day(text: &str) -> Option<f64> {
    let mut parts = text.split(':').map(|part| {
        let is_short = (1..=2).contains(&part.len());
        part.parse::<u32>().ok().filter(|_| is_short)
    });
    let (hours, minutes) = (parts.next()??, parts.next()??);
    let seconds = parts.next().unwrap_or(Some(0))?;
    (parts.next().is_none() && hours < 24 && minutes < 60 && seconds < 60)
        .then(|| f64::from(hours * 3600 + minutes * 60 + seconds) / 86_400.0)
}

/// The days of a date in ISO 8601, as spreadsheets count them.
pub(super) fn iso_days(text: &str) -> Option<f64> {
    let moment = javascript_date(&Value::from(text), &TimeZone::UTC)?;
    Some(moment.as_millisecond() as f64 / 86_400_000.0 + EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_dates_and_truth_are_recognised() {
        for (text, expected) in [
            ("12", 12.0),
            ("-1.5e3", -1500.0),
            ("1,234.5", 1234.5),
            ("$1,000", 1000.0),
            ("50%", 0.5),
            ("(12)", -12.0),
            ("2024-01-02", 45293.0),
            ("1/2/2024", 45293.0),
            ("06:00", 0.25),
        ] {
            match cell(text) {
                Cell::Number(number) => assert_eq!(number.as_f64(), expected, "{text}"),
                other => panic!("{text}: {other:?}"),
            }
        }
        assert_eq!(cell("TRUE"), Cell::Bool(true));
        assert_eq!(cell(""), Cell::Empty);
        for text in [
            "abc",
            "1,2",
            "1.2.3",
            "12px",
            "e5",
            "(abc)",
            "$",
            "a-1",
            "+49 30 1234",
            ".",
        ] {
            assert_eq!(cell(text), Cell::Text(text.into()));
        }
        assert_eq!(
            cell("12345678901234567"),
            Cell::Number(12_345_678_901_234_567_i64.into())
        );
    }
}
