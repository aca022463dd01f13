//! Version 2: seven operations on dates, with luxon's formats and units.

use itemflow_expression::{DateTime, Duration, Evaluated, Unit, time_zone};
use itemflow_model::{ErrorInfo, Item, Map, Number, Value};
use jiff::tz::{Offset, TimeZone};

use crate::core::{javascript, moment};
use crate::gathered::each_item;
use crate::node::{Node, NodeProblem, Step};
use crate::parameters::{Parameter, Parameters, pointer};
use crate::run::NodeRun;

pub(super) struct Operations {
    operation: Operation,
    output: Parameter,
    include_input: Parameter,
}

enum Operation {
    Now {
        include_time: Parameter,
        zone: Parameter,
    },
    Shift {
        date: Parameter,
        sign: f64,
        unit: Parameter,
        amount: Parameter,
    },
    Format {
        date: Parameter,
        format: Parameter,
        custom: Parameter,
        read_as: Parameter,
        workflow_zone: Parameter,
    },
    Round {
        date: Parameter,
        mode: Parameter,
        down: Parameter,
        up: Parameter,
    },
    Between {
        start: Parameter,
        end: Parameter,
        units: Parameter,
        as_text: Parameter,
    },
    Extract {
        date: Parameter,
        part: Parameter,
    },
}

impl Operations {
    pub(super) fn compile(parameters: &Parameters) -> Result<Self, Vec<NodeProblem>> {
        let at = |name: &str, default: &str| parameters.parameter(name, default);
        let name = parameters
            .choice("operation", "getCurrentDate")
            .map_err(|problem| vec![problem])?;
        let shift = |sign| Operation::Shift {
            date: at("magnitude", ""),
            sign,
            unit: at("timeUnit", "days"),
            amount: parameters.parameter("duration", 0),
        };
        let (operation, output) = match name.as_str() {
            "getCurrentDate" => (
                Operation::Now {
                    include_time: parameters.parameter("includeTime", true),
                    zone: at("options.timezone", ""),
                },
                "currentDate",
            ),
            "addToDate" => (shift(1.0), "newDate"),
            "subtractFromDate" => (shift(-1.0), "newDate"),
            "formatDate" => (
                Operation::Format {
                    date: at("date", ""),
                    format: at("format", "MM/dd/yyyy"),
                    custom: at("customFormat", ""),
                    read_as: at("options.fromFormat", ""),
                    workflow_zone: parameters.parameter("options.timezone", false),
                },
                "formattedDate",
            ),
            "roundDate" => (
                Operation::Round {
                    date: at("date", ""),
                    mode: at("mode", "roundDown"),
                    down: at("toNearest", "month"),
                    up: at("to", "month"),
                },
                "roundedDate",
            ),
            "getTimeBetweenDates" => (
                Operation::Between {
                    start: at("startDate", ""),
                    end: at("endDate", ""),
                    units: parameters.parameter("units", serde_json::json!(["day"])),
                    as_text: parameters.parameter("options.isoString", false),
                },
                "timeDifference",
            ),
            "extractDate" => (
                Operation::Extract {
                    date: at("date", ""),
                    part: at("part", "month"),
                },
                "datePart",
            ),
            other => {
                return Err(vec![
                    NodeProblem::error(
                        "unknown-option",
                        pointer("operation"),
                        format!("there is no operation `{other}`"),
                    )
                    .help("choose getCurrentDate, addToDate, subtractFromDate, formatDate, roundDate, getTimeBetweenDates or extractDate"),
                ]);
            }
        };
        Ok(Self {
            operation,
            output: at("outputFieldName", output),
            include_input: parameters.parameter("options.includeInputFields", false),
        })
    }
}

impl Node for Operations {
    fn execute(&self, run: &NodeRun) -> Step {
        each_item(run, |i, item| {
            let result = self.operation.result(run, i)?;
            let mut json = if run.flag(&self.include_input, i)? {
                item.json.clone()
            } else {
                Value::empty_object()
            };
            json.make_object()
                .insert(run.text(&self.output, i)?, result);
            Ok(Some(Item::new(json)))
        })
    }

    fn works_by_item(&self) -> bool {
        true
    }
}

impl Operation {
    fn result(&self, run: &NodeRun, i: usize) -> Result<Value, ErrorInfo> {
        let workflow_zone = || run.host.execution.time_zone.clone();
        let date = |parameter| read(run, parameter, i, Some(workflow_zone()), "");
        match self {
            Self::Now { include_time, zone } => {
                let zone = zone_of(run, zone, i)?;
                let ms = run.host.clock.now().as_millisecond() as f64;
                let now = DateTime::from_millis(ms, &zone);
                let now = if run.flag(include_time, i)? {
                    now
                } else {
                    now.start_of("day")
                };
                Ok(now.to_iso().into())
            }
            Self::Shift {
                date: parameter,
                sign,
                unit,
                amount,
            } => {
                let unit = unit_of(run, unit, i)?;
                let duration = Duration::of(unit, run.number(amount, i)?);
                let shifted = date(parameter)?.plus(&duration, *sign);
                if !shifted.is_valid() {
                    return Err(run.error(
                        "the result is beyond the calendar: take a smaller `duration`",
                        Some(i),
                        Some(&amount.name),
                    ));
                }
                Ok(shifted.to_iso().into())
            }
            Self::Format {
                date,
                format,
                custom,
                read_as,
                workflow_zone: zoned,
            } => {
                let given = run.date_or_value(date, i)?;
                if matches!(given, Evaluated::Value(None | Some(Value::Null))) {
                    return Ok(Value::Null);
                }
                let zone = run.flag(zoned, i)?.then(workflow_zone);
                let date = read_value(run, given, date, i, zone, &run.text(read_as, i)?)?;
                let format = match run.text(format, i)? {
                    name if &*name == "custom" => run.text(custom, i)?,
                    format => format,
                };
                Ok(date.to_format(&format).into())
            }
            Self::Round {
                date: parameter,
                mode,
                down,
                up,
            } => {
                let date = date(parameter)?;
                let rounded = match &*run.text(mode, i)? {
                    "roundDown" => date.start_of(unit_of(run, down, i)?.plural()),
                    "roundUp" => {
                        let unit = unit_of(run, up, i)?;
                        date.plus(&Duration::of(unit, 1.0), 1.0)
                            .start_of(unit.plural())
                    }
                    other => {
                        return Err(run.error(
                            format!("`mode` must be `roundDown` or `roundUp`, not `{other}`"),
                            Some(i),
                            Some(&mode.name),
                        ));
                    }
                };
                Ok(rounded.to_iso().into())
            }
            Self::Between {
                start,
                end,
                units,
                as_text,
            } => {
                let units = units_of(run, units, i)?;
                let between = date(end)?.diff(&date(start)?, &units);
                if run.flag(as_text, i)? {
                    return Ok(between.to_iso().into());
                }
                let members = between.units().into_iter().map(|unit| {
                    let amount = Number::from(between.get(unit));
                    (unit.plural().into(), Value::from(amount))
                });
                Ok(members.collect::<Map>().into())
            }
            Self::Extract {
                date: parameter,
                part,
            } => {
                let date = date(parameter)?;
                let part = unit_of(run, part, i)?;
                Ok(extracted(&date, part).map_or(Value::Null, Value::from))
            }
        }
    }
}

fn extracted(date: &DateTime, part: Unit) -> Option<i64> {
    let zoned = date.zoned()?;
    Some(match part {
        Unit::Year => zoned.year().into(),
        Unit::Quarter => i64::from((zoned.month() - 1) / 3 + 1),
        Unit::Month => zoned.month().into(),
        Unit::Week => zoned.date().iso_week_date().week().into(),
        Unit::Day => zoned.day().into(),
        Unit::Hour => zoned.hour().into(),
        Unit::Minute => zoned.minute().into(),
        Unit::Second => zoned.second().into(),
        Unit::Millisecond => zoned.millisecond().into(),
    })
}

/// The date of a parameter; without a zone it is shown in UTC, or at the offset that it names itself.
fn read(
    run: &NodeRun,
    parameter: &Parameter,
    i: usize,
    zone: Option<TimeZone>,
    format: &str,
) -> Result<DateTime, ErrorInfo> {
    let given = run.date_or_value(parameter, i)?;
    read_value(run, given, parameter, i, zone, format)
}

fn read_value(
    run: &NodeRun,
    given: Evaluated,
    parameter: &Parameter,
    i: usize,
    zone: Option<TimeZone>,
    format: &str,
) -> Result<DateTime, ErrorInfo> {
    let value = match given {
        Evaluated::Date(date) if date.is_valid() => return Ok(date),
        Evaluated::Date(_) => None,
        Evaluated::Value(value) => value,
    };
    let now = run.host.clock.now();
    value
        .as_ref()
        .and_then(|value| from_value(value, zone, format, now))
        .ok_or_else(|| {
            let shown = value.unwrap_or_default();
            let mend = if format.is_empty() {
                "give ISO 8601, or seconds or milliseconds since 1970".to_owned()
            } else {
                format!("it must have the form `{format}`, which `fromFormat` says")
            };
            run.error(
                format!("`{}` is no date: {shown}; {mend}", parameter.name),
                Some(i),
                Some(&parameter.name),
            )
        })
}

fn from_value(
    value: &Value,
    zone: Option<TimeZone>,
    format: &str,
    now: jiff::Timestamp,
) -> Option<DateTime> {
    let text = javascript::text(value);
    if text.trim().is_empty() || matches!(value, Value::Null) {
        return None;
    }
    if format.is_empty()
        && let Some(number) = javascript::number(Some(value))
    {
        return from_number(number, &zone.unwrap_or(TimeZone::UTC));
    }
    let zone = zone.or_else(|| offset_in(&text)).unwrap_or(TimeZone::UTC);
    if format.is_empty() {
        let moment = moment::moment(value, &zone)?;
        return Some(DateTime::from_millis(moment.as_millisecond() as f64, &zone));
    }
    let today = now.to_zoned(zone.clone()).date();
    DateTime::from_format(&text, format, &zone, today)
}

/// Seconds where there are fewer than twelve digits, else milliseconds; a fraction is one of seconds.
fn from_number(number: Number, zone: &TimeZone) -> Option<DateTime> {
    let value = number.as_f64();
    let value = if value.fract() == 0.0 {
        value
    } else {
        value * 1000.0
    };
    let short = Number::from(value.trunc()).to_string().len() < 12;
    let ms = if short { value * 1000.0 } else { value };
    let date = DateTime::from_millis(ms, zone);
    date.is_valid().then_some(date)
}

/// The offset that a text names with a plus sign; the hours alone where no minutes can be read.
fn offset_in(text: &str) -> Option<TimeZone> {
    let (_, after) = text.split_once('+')?;
    let digits: String = after
        .chars()
        .filter(|c| *c != ':')
        .take_while(char::is_ascii_digit)
        .take(4)
        .collect();
    let hours: i32 = digits.get(..digits.len().min(2))?.parse().ok()?;
    let minutes: i32 = digits.get(2..4).map_or(Some(0), |m| m.parse().ok())?;
    if hours == 0 && minutes == 0 {
        return Some(TimeZone::UTC);
    }
    Some(TimeZone::fixed(
        Offset::from_seconds(hours * 3600 + minutes * 60).ok()?,
    ))
}

fn unit_of(run: &NodeRun, parameter: &Parameter, i: usize) -> Result<Unit, ErrorInfo> {
    let name = run.text(parameter, i)?;
    Unit::parse(&name).ok_or_else(|| {
        run.error(
            format!(
                "`{}` is no unit of time: `{name}`; choose for example days or hours",
                parameter.name
            ),
            Some(i),
            Some(&parameter.name),
        )
    })
}

fn units_of(run: &NodeRun, parameter: &Parameter, i: usize) -> Result<Vec<Unit>, ErrorInfo> {
    let value = run.value(parameter, i)?.unwrap_or_default();
    let names: Vec<Value> = match value {
        Value::Array(list) => list.to_vec(),
        Value::String(text) => text
            .split(',')
            .map(|name| Value::from(name.trim()))
            .collect(),
        other => vec![other],
    };
    let units: Option<Vec<Unit>> = names
        .iter()
        .map(|name| name.as_str().and_then(Unit::parse))
        .collect();
    units.filter(|units| !units.is_empty()).ok_or_else(|| {
        run.error(
            format!(
                "`{}` must name units of time, for example [\"day\", \"hour\"]",
                parameter.name
            ),
            Some(i),
            Some(&parameter.name),
        )
    })
}

/// The zone that a parameter names; the workflow's when it is empty.
pub(super) fn zone_of(
    run: &NodeRun,
    parameter: &Parameter,
    i: usize,
) -> Result<TimeZone, ErrorInfo> {
    let name = run.text(parameter, i)?;
    if name.is_empty() {
        return Ok(run.host.execution.time_zone.clone());
    }
    time_zone(&name, &run.host.execution.time_zone).ok_or_else(|| {
        run.error(
            format!("there is no time zone `{name}`; names look like Europe/Berlin"),
            Some(i),
            Some(&parameter.name),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_without_an_offset_is_local_where_it_is_shown() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        let now = jiff::Timestamp::from_second(1_700_000_000).unwrap();
        for (zone, format, expected) in [
            (Some(&berlin), "", "2024-01-02T00:00:00.000+01:00"),
            (Some(&berlin), "yyyy-MM-dd", "2024-01-02T00:00:00.000+01:00"),
            (None, "", "2024-01-02T00:00:00.000Z"),
            (None, "yyyy-MM-dd", "2024-01-02T00:00:00.000Z"),
        ] {
            let date = from_value(&"2024-01-02".into(), zone.cloned(), format, now).unwrap();
            assert_eq!(date.to_iso(), expected);
        }
    }
}
