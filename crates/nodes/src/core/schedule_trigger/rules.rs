//! The rules of a schedule as cron expressions of six fields (n8n: E2).

use std::sync::Arc;

use itemflow_expression::Template;
use itemflow_model::{ErrorInfo, Every, ScheduleRule, Value};

use crate::parameters::Parameter;
use crate::run::NodeRun;

/// One entry of `rule.interval`.
pub(super) struct Rule {
    /// From version 1.3 on, numbers outside their range are errors.
    is_checked: bool,
    field: Parameter,
    interval: Vec<(&'static str, Parameter)>,
    at_day: Parameter,
    at_day_of_month: Parameter,
    at_hour: Parameter,
    at_minute: Parameter,
    expression: Parameter,
}

/// Units, the parameter of their number, what it is where nothing is stored, and its range.
const UNITS: [(&str, &str, i64, i64, i64); 6] = [
    ("seconds", "secondsInterval", 30, 1, 59),
    ("minutes", "minutesInterval", 5, 1, 59),
    ("hours", "hoursInterval", 1, 1, 23),
    ("days", "daysInterval", 1, 1, 31),
    ("weeks", "weeksInterval", 1, 1, i64::MAX),
    ("months", "monthsInterval", 1, 1, i64::MAX),
];

impl Rule {
    pub(super) fn read(index: usize, entry: &Template, version: f64) -> Self {
        let part = |key: &str, default: Value| {
            Parameter::inner(
                format!("rule.interval[{index}].{key}"),
                entry.get(key),
                default,
            )
        };
        Self {
            is_checked: version >= 1.3,
            field: part("field", "days".into()),
            interval: UNITS
                .iter()
                .map(|(unit, key, default, ..)| (*unit, part(key, (*default).into())))
                .collect(),
            at_day: part("triggerAtDay", Value::from(vec![Value::from(0)])),
            at_day_of_month: part("triggerAtDayOfMonth", Value::Null),
            at_hour: part("triggerAtHour", Value::Null),
            at_minute: part("triggerAtMinute", Value::Null),
            expression: part("expression", "".into()),
        }
    }

    /// The times of the rule. What it leaves open is always the same for the node, so that not all schedules meet at
    /// the full hour.
    pub(super) fn times(&self, run: &NodeRun) -> Result<ScheduleRule, ErrorInfo> {
        let unit = run.text(&self.field, 0)?;
        if &*unit == "cronExpression" {
            return self.cron(run);
        }
        let n = self.interval(run, &unit)?;
        let hash = Stable::of(run);
        let second = hash.below("second", 60);
        let minute = match self.number(run, &self.at_minute, 0, 59)? {
            Some(minute) => minute,
            None => hash.below("minute", 60),
        };
        let hour = self.number(run, &self.at_hour, 0, 23)?.unwrap_or(0);
        let (cron, every) = match &*unit {
            "seconds" => (format!("*/{n} * * * * *"), Every::Time),
            "minutes" if 60 % n == 0 => (format!("{second} */{n} * * * *"), Every::Time),
            "minutes" => (format!("{second} * * * * *"), Every::Minutes(n)),
            "hours" if 24 % n == 0 => (format!("{second} {minute} */{n} * * *"), Every::Time),
            "hours" => (format!("{second} {minute} * * * *"), Every::Hours(n)),
            "days" if n == 1 => (format!("{second} {minute} {hour} * * *"), Every::Time),
            "days" => (format!("{second} {minute} {hour} * * *"), Every::Days(n)),
            "weeks" => {
                let days = self.week_days(run)?;
                let every = if n == 1 { Every::Time } else { Every::Weeks(n) };
                (format!("{second} {minute} {hour} * * {days}"), every)
            }
            _ => {
                let day = self.number(run, &self.at_day_of_month, 1, 31)?.unwrap_or(1);
                match n {
                    n if 12 % n == 0 => (
                        format!("{second} {minute} {hour} {day} */{n} *"),
                        Every::Time,
                    ),
                    n => (
                        format!("{second} {minute} {hour} {day} * *"),
                        Every::Months(n),
                    ),
                }
            }
        };
        Ok(ScheduleRule {
            cron: cron.into(),
            every,
        })
    }

    fn cron(&self, run: &NodeRun) -> Result<ScheduleRule, ErrorInfo> {
        let text = run.text(&self.expression, 0)?;
        six_fields(&text, Stable::of(run).below("second", 60))
            .map(|cron| ScheduleRule {
                cron,
                every: Every::Time,
            })
            .ok_or_else(|| {
                run.error(
                    format!(
                        "`{}` must be a cron expression of five or six fields, not `{text}`",
                        self.expression.name
                    ),
                    None,
                    Some(&self.expression.name),
                )
            })
    }

    fn interval(&self, run: &NodeRun, unit: &str) -> Result<u32, ErrorInfo> {
        let known = UNITS.iter().find(|(name, ..)| *name == unit);
        let parameter = self.interval.iter().find(|(name, _)| *name == unit);
        let (Some((.., low, high)), Some((_, parameter))) = (known, parameter) else {
            let names: Vec<String> = UNITS.iter().map(|(name, ..)| format!("`{name}`")).collect();
            return Err(run.error(
                format!(
                    "`{}` is one of {} or `cronExpression`, not `{unit}`",
                    self.field.name,
                    names.join(", ")
                ),
                None,
                Some(&self.field.name),
            ));
        };
        let number = run.number(parameter, 0)?;
        let in_range = number >= *low as f64 && number <= *high as f64;
        if number < 1.0 || number > f64::from(u32::MAX) || (self.is_checked && !in_range) {
            return Err(out_of_range(run, parameter, number, *low, *high));
        }
        Ok(number as u32)
    }

    /// A number that may be left open.
    fn number(
        &self,
        run: &NodeRun,
        parameter: &Parameter,
        low: u32,
        high: u32,
    ) -> Result<Option<u32>, ErrorInfo> {
        match run.value(parameter, 0)? {
            None | Some(Value::Null) => Ok(None),
            Some(_) => in_range(run, parameter, low, high).map(Some),
        }
    }

    fn week_days(&self, run: &NodeRun) -> Result<String, ErrorInfo> {
        let value = run.value(&self.at_day, 0)?.unwrap_or_default();
        let days: Option<Vec<String>> = value
            .as_array()
            .unwrap_or_default()
            .iter()
            .map(|day| {
                let day = day.as_f64().or_else(|| day.as_str()?.parse().ok())?;
                (0.0..=7.0)
                    .contains(&day)
                    .then(|| (day as u8 % 7).to_string())
            })
            .collect();
        match days {
            Some(days) if days.is_empty() => Ok("0".into()),
            Some(days) => Ok(days.join(",")),
            None => Err(run.error(
                format!(
                    "`{}` must be a list of days from 0 (Sunday) to 6, not {value}",
                    self.at_day.name
                ),
                None,
                Some(&self.at_day.name),
            )),
        }
    }
}

/// A cron expression with its second; `None` when it has neither five nor six fields.
pub(crate) fn six_fields(text: &str, second: u32) -> Option<Arc<str>> {
    let fields: Vec<&str> = text.split_whitespace().collect();
    let plain = |c: char| c.is_ascii_alphanumeric() || "*/,-?#LW".contains(c);
    if !fields.iter().all(|field| field.chars().all(plain)) {
        return None;
    }
    match fields.len() {
        5 => Some(format!("{second} {}", fields.join(" ")).into()),
        6 => Some(fields.join(" ").into()),
        _ => None,
    }
}

/// The number that a parameter says, from `low` to `high`.
pub(crate) fn in_range(
    run: &NodeRun,
    parameter: &Parameter,
    low: u32,
    high: u32,
) -> Result<u32, ErrorInfo> {
    let number = run.number(parameter, 0)?;
    if number >= f64::from(low) && number <= f64::from(high) {
        return Ok(number as u32);
    }
    Err(out_of_range(
        run,
        parameter,
        number,
        low.into(),
        high.into(),
    ))
}

fn out_of_range(
    run: &NodeRun,
    parameter: &Parameter,
    number: f64,
    low: i64,
    high: i64,
) -> ErrorInfo {
    let range = if high == i64::MAX {
        format!("at least {low}")
    } else {
        format!("from {low} to {high}")
    };
    run.error(
        format!("`{}` must be {range}, not {number}", parameter.name),
        None,
        Some(&parameter.name),
    )
}

/// Numbers that look random and are always the same for a node of a workflow.
pub(crate) struct Stable(u64);

impl Stable {
    /// From the identities of workflow and node.
    pub(crate) fn of(run: &NodeRun) -> Self {
        let workflow = run
            .host
            .execution
            .workflow
            .get("id")
            .map(ToString::to_string);
        let node = run.node.id.as_deref().unwrap_or(&run.node.name);
        Self(fnv(
            workflow.unwrap_or_default().bytes().chain(node.bytes()),
            FNV_OFFSET,
        ))
    }

    /// A number from 0 to `limit` - 1.
    pub(crate) fn below(&self, what: &str, limit: u32) -> u32 {
        (fnv(what.bytes(), self.0) % u64::from(limit)) as u32
    }
}

const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;

/// FNV-1a, which is stable across versions of the program.
fn fnv(bytes: impl Iterator<Item = u8>, start: u64) -> u64 {
    bytes.fold(start, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
