//! Dates and durations with luxon's names, on jiff.

mod date_time;
mod duration;
pub(crate) mod duration_methods;
pub(crate) mod english;
mod format;
mod interval;
pub(crate) mod interval_methods;
mod iso;
mod iso_text;
pub(crate) mod members;
pub(crate) mod methods;
mod read_format;
mod relative;
mod set;
pub(crate) mod statics;
pub(crate) mod units;
pub(crate) mod zone;

pub use date_time::DateTime;
pub use duration::Duration;
pub(crate) use interval::Interval;
pub use units::Unit;
pub use zone::parse as time_zone;

/// The date in luxon's format.
pub(crate) fn write_format(date: &DateTime, pattern: &str) -> String {
    format::format(date, pattern)
}

/// The date that a text means in luxon's format.
pub(crate) fn read(
    text: &str,
    pattern: &str,
    zone: &jiff::tz::TimeZone,
    today: jiff::civil::Date,
) -> Option<DateTime> {
    read_format::parse(text, pattern, zone, today, false, None)
}
