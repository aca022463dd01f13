//! Writes dates by moment's tokens, in English.

use jiff::Zoned;
use jiff::civil::Date;

use super::moment_tokens::{Token, tokens};

pub(super) const MONTHS: [&str; 12] = [
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
/// From Sunday.
pub(super) const WEEKDAYS: [&str; 7] = [
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
];
/// Digits of the fraction of a second.
const FRACTION: usize = 9;

/// The date in a format such as `YYYY-MM-DD`; an empty one is ISO 8601 with the offset.
pub(super) fn format(date: &Zoned, format: &str) -> String {
    let pattern = match format {
        "" if date.offset().is_zero() => "YYYY-MM-DDTHH:mm:ss[Z]",
        "" => "YYYY-MM-DDTHH:mm:ssZ",
        other => other,
    };
    let mut text = String::new();
    for token in tokens(pattern) {
        match token {
            Token::Literal(literal) => text.push_str(&literal),
            Token::Field(field) => text.push_str(&write(date, field)),
        }
    }
    text
}

fn write(date: &Zoned, field: &str) -> String {
    let two = |number: i64| format!("{number:02}");
    let (hour, minute, second) = (
        i64::from(date.hour()),
        i64::from(date.minute()),
        i64::from(date.second()),
    );
    let hour12 = (hour + 11) % 12 + 1;
    let hour24 = if hour == 0 { 24 } else { hour };
    let month = i64::from(date.month());
    let month_name = MONTHS[date.month() as usize - 1];
    let weekday = date.weekday().to_sunday_zero_offset();
    let weekday_name = WEEKDAYS[weekday as usize];
    let day = i64::from(date.day());
    let day_of_year = i64::from(date.date().day_of_year());
    let iso = date.date().iso_week_date();
    let (week_year, week) = local_week(date.date());
    match field {
        "M" => month.to_string(),
        "Mo" => ordinal(month),
        "MM" => two(month),
        "MMM" => month_name[..3].into(),
        "MMMM" => month_name.into(),
        "Q" => ((month - 1) / 3 + 1).to_string(),
        "Qo" => ordinal((month - 1) / 3 + 1),
        "D" => day.to_string(),
        "Do" => ordinal(day),
        "DD" => two(day),
        "DDD" => day_of_year.to_string(),
        "DDDo" => ordinal(day_of_year),
        "DDDD" => format!("{day_of_year:03}"),
        "d" | "e" => weekday.to_string(),
        "do" => ordinal(weekday.into()),
        "dd" => weekday_name[..2].into(),
        "ddd" => weekday_name[..3].into(),
        "dddd" => weekday_name.into(),
        "E" => date.weekday().to_monday_one_offset().to_string(),
        "w" => week.to_string(),
        "wo" => ordinal(week),
        "ww" => two(week),
        "W" => iso.week().to_string(),
        "Wo" => ordinal(iso.week().into()),
        "WW" => two(iso.week().into()),
        "YY" => two(i64::from(date.year()).rem_euclid(100)),
        "Y" | "YYYY" => padded_year(date.year().into(), 4),
        "YYYYY" => padded_year(date.year().into(), 5),
        "YYYYYY" => match date.year() {
            year @ 0.. => format!("+{year:06}"),
            year => format!("-{:06}", -i32::from(year)),
        },
        "y" | "yy" | "yyy" | "yyyy" => era_year(date.year()).to_string(),
        "yo" => ordinal(era_year(date.year())),
        "N" | "NN" | "NNN" => if date.year() > 0 { "AD" } else { "BC" }.into(),
        "NNNN" => if date.year() > 0 {
            "Anno Domini"
        } else {
            "Before Christ"
        }
        .into(),
        "NNNNN" => if date.year() > 0 { "AD" } else { "BC" }.into(),
        "gg" => two(week_year.rem_euclid(100)),
        "gggg" => padded_year(week_year, 4),
        "ggggg" => padded_year(week_year, 5),
        "GG" => two(i64::from(iso.year()).rem_euclid(100)),
        "GGGG" => padded_year(iso.year().into(), 4),
        "GGGGG" => padded_year(iso.year().into(), 5),
        "a" => if hour < 12 { "am" } else { "pm" }.into(),
        "A" => if hour < 12 { "AM" } else { "PM" }.into(),
        "H" => hour.to_string(),
        "HH" => two(hour),
        "h" => hour12.to_string(),
        "hh" => two(hour12),
        "k" => hour24.to_string(),
        "kk" => two(hour24),
        "m" => minute.to_string(),
        "mm" => two(minute),
        "s" => second.to_string(),
        "ss" => two(second),
        "hmm" => format!("{hour12}{minute:02}"),
        "hmmss" => format!("{hour12}{minute:02}{second:02}"),
        "Hmm" => format!("{hour}{minute:02}"),
        "Hmmss" => format!("{hour}{minute:02}{second:02}"),
        "x" => date.timestamp().as_millisecond().to_string(),
        "X" => date.timestamp().as_second().to_string(),
        "z" => zone_name(date, "UTC"),
        "zz" => zone_name(date, "Coordinated Universal Time"),
        "Z" => offset(date, ":"),
        "ZZ" => offset(date, ""),
        fraction if fraction.starts_with('S') => {
            let digits = format!("{:03}000000", date.millisecond());
            digits[..fraction.len().min(FRACTION)].into()
        }
        other => other.into(),
    }
}

/// `1st`, `2nd`, `11th`.
fn ordinal(number: i64) -> String {
    let suffix = match (number % 100, number % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    format!("{number}{suffix}")
}

fn padded_year(year: i64, width: usize) -> String {
    if year < 0 {
        format!("-{:0width$}", -year)
    } else {
        format!("{year:0width$}")
    }
}

fn era_year(year: i16) -> i64 {
    if year > 0 {
        year.into()
    } else {
        1 - i64::from(year)
    }
}

fn zone_name(date: &Zoned, universal: &str) -> String {
    let zone = date.time_zone();
    if matches!(zone.iana_name(), None | Some("UTC" | "Etc/UTC")) && date.offset().is_zero() {
        return universal.into();
    }
    date.strftime("%Z").to_string()
}

fn offset(date: &Zoned, separator: &str) -> String {
    let seconds = date.offset().seconds();
    let sign = if seconds < 0 { '-' } else { '+' };
    let minutes = seconds.abs() / 60;
    format!("{sign}{:02}{separator}{:02}", minutes / 60, minutes % 60)
}

/// Year and number of the week as Americans count: weeks begin on Sunday, the first holds January 1.
fn local_week(date: Date) -> (i64, i64) {
    let (week, year) = (week_from_first(date), i64::from(date.year()));
    if date.month() == 12 && date.day() > 25 {
        let days_left = 31 - date.day();
        let to_saturday = 6 - date.weekday().to_sunday_zero_offset();
        if to_saturday > days_left {
            return (year + 1, 1);
        }
    }
    (year, week)
}

fn week_from_first(date: Date) -> i64 {
    let first = date.first_of_year().weekday().to_sunday_zero_offset();
    (i64::from(date.day_of_year()) - 1 + i64::from(first)) / 7 + 1
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;

    fn written(moment: &str, zone: &str, pattern: &str) -> String {
        let zone = TimeZone::get(zone).unwrap();
        let date = moment.parse::<jiff::Timestamp>().unwrap().to_zoned(zone);
        format(&date, pattern)
    }

    #[test]
    fn every_token_is_written_as_moment_writes_it() {
        let all = "YYYY YY Q Qo D Do DDD DDDo DDDD d do dd ddd dddd e E w wo ww W Wo WW YYYYYY GGGG gg \
                   H HH h hh k kk a A m mm s ss S SS SSS SSSS X x Z ZZ z zz";
        assert_eq!(
            written("2024-03-05T07:08:09.123Z", "UTC", all),
            "2024 24 1 1st 5 5th 65 65th 065 2 2nd Tu Tue Tuesday 2 2 10 10th 10 10 10th 10 +002024 2024 24 \
             7 07 7 07 7 07 am AM 8 08 9 09 1 12 123 1230 1709622489 1709622489123 +00:00 +0000 UTC \
             Coordinated Universal Time"
        );
    }

    #[test]
    fn long_forms_months_and_zones() {
        for (zone, pattern, expected) in [
            ("UTC", "LLLL", "Tuesday, March 5, 2024 7:08 AM"),
            ("UTC", "l LTS", "3/5/2024 7:08:09 AM"),
            (
                "UTC",
                "M Mo MM MMM MMMM [at] \\D",
                "3 3rd 03 Mar March at D",
            ),
            ("Europe/Berlin", "", "2024-03-05T08:08:09+01:00"),
            ("UTC", "", "2024-03-05T07:08:09Z"),
            ("America/New_York", "HH:mm z ZZ", "02:08 EST -0500"),
        ] {
            assert_eq!(written("2024-03-05T07:08:09.123Z", zone, pattern), expected);
        }
        for (moment, expected) in [
            ("2023-12-31T00:00:00Z", "2024 1 2023 52"),
            ("2022-01-01T00:00:00Z", "2022 1 2021 52"),
            ("2024-12-28T00:00:00Z", "2024 52 2024 52"),
            ("2021-02-06T00:00:00Z", "2021 6 2021 5"),
        ] {
            assert_eq!(
                written(moment, "UTC", "gggg w GGGG W"),
                expected,
                "{moment}"
            );
        }
    }
}
