//! The units of durations.

/// Units from long to short; their order is that of the values of a duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names are luxon's own")]
pub enum Unit {
    Year,
    Quarter,
    Month,
    Week,
    Day,
    Hour,
    Minute,
    Second,
    Millisecond,
}

pub(crate) const ALL: [Unit; 9] = [
    Unit::Year,
    Unit::Quarter,
    Unit::Month,
    Unit::Week,
    Unit::Day,
    Unit::Hour,
    Unit::Minute,
    Unit::Second,
    Unit::Millisecond,
];

impl Unit {
    /// The unit of a name: singular or plural, or one of n8n's short forms.
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name.to_lowercase().as_str() {
            "year" | "years" => Self::Year,
            "quarter" | "quarters" => Self::Quarter,
            "month" | "months" => Self::Month,
            "week" | "weeks" => Self::Week,
            "day" | "days" => Self::Day,
            "hour" | "hours" | "hr" | "hrs" => Self::Hour,
            "minute" | "minutes" | "min" | "mins" => Self::Minute,
            "second" | "seconds" | "sec" | "secs" => Self::Second,
            "millisecond" | "milliseconds" | "ms" => Self::Millisecond,
            _ => return None,
        })
    }

    /// Its plural name.
    pub fn plural(self) -> &'static str {
        match self {
            Self::Year => "years",
            Self::Quarter => "quarters",
            Self::Month => "months",
            Self::Week => "weeks",
            Self::Day => "days",
            Self::Hour => "hours",
            Self::Minute => "minutes",
            Self::Second => "seconds",
            Self::Millisecond => "milliseconds",
        }
    }

    /// Milliseconds of one unit, months having 30 days and years 365, as luxon counts casually.
    pub(crate) fn millis(self) -> f64 {
        const DAY: f64 = 86_400_000.0;
        match self {
            Self::Year => 365.0 * DAY,
            Self::Quarter => 91.0 * DAY,
            Self::Month => 30.0 * DAY,
            Self::Week => 7.0 * DAY,
            Self::Day => DAY,
            Self::Hour => 3_600_000.0,
            Self::Minute => 60_000.0,
            Self::Second => 1_000.0,
            Self::Millisecond => 1.0,
        }
    }

    pub(crate) fn index(self) -> usize {
        self as usize
    }
}
