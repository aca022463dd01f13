//! Version 1: formats a date by moment's tokens, or adds to it and subtracts from it.

use itemflow_expression::{DateTime, Duration, Evaluated, Unit};
use itemflow_model::{ErrorInfo, Number, Path, Value};
use jiff::Zoned;
use jiff::tz::TimeZone;

use super::operations::zone_of;
use super::{moment_read, moment_write};
use crate::core::{javascript, moment};
use crate::gathered::each_item;
use crate::node::{Node, Step};
use crate::parameters::{Parameter, Parameters};
use crate::run::NodeRun;

/// Numbers of fewer digits are seconds.
const MILLISECOND_DIGITS: usize = 12;

pub(super) struct First {
    action: Parameter,
    value: Parameter,
    output: Parameter,
    custom: Parameter,
    to_format: Parameter,
    own_format: Parameter,
    from_format: Parameter,
    from_zone: Parameter,
    to_zone: Parameter,
    has_zone: bool,
    operation: Parameter,
    duration: Parameter,
    unit: Parameter,
}

impl First {
    pub(super) fn compile(parameters: &Parameters) -> Self {
        let at = |name: &str, default: &str| parameters.parameter(name, default);
        Self {
            action: at("action", "format"),
            value: at("value", ""),
            output: at("dataPropertyName", "data"),
            custom: parameters.parameter("custom", false),
            to_format: at("toFormat", "MM/DD/YYYY"),
            own_format: at("toFormat", ""),
            from_format: at("options.fromFormat", ""),
            from_zone: at("options.fromTimezone", ""),
            to_zone: at("options.toTimezone", ""),
            has_zone: ["options.fromTimezone", "options.toTimezone"]
                .iter()
                .any(|name| parameters.find(name).is_some()),
            operation: at("operation", "add"),
            duration: parameters.parameter("duration", 0),
            unit: at("timeUnit", "days"),
        }
    }
}

impl Node for First {
    fn execute(&self, run: &NodeRun) -> Step {
        let action = match run.text(&self.action, 0) {
            Ok(action) => action,
            Err(error) => return Step::Done(Err(error)),
        };
        each_item(run, |i, item| {
            let result = match &*action {
                "format" => self.formatted(run, i)?,
                "calculate" => Some(self.calculated(run, i)?),
                other => {
                    return Err(run.error(
                        format!("`action` must be `format` or `calculate`, not `{other}`"),
                        Some(i),
                        Some(&self.action.name),
                    ));
                }
            };
            let Some(result) = result else {
                return Ok(None);
            };
            let mut made = item.clone();
            Path::parse(&run.text(&self.output, i)?).set(&mut made.json, result.into());
            Ok(Some(made))
        })
    }
}

impl First {
    /// `None` for an undefined value, whose item is dropped.
    fn formatted(&self, run: &NodeRun, i: usize) -> Result<Option<String>, ErrorInfo> {
        let value = match run.date_or_value(&self.value, i)? {
            Evaluated::Date(date) => Value::from(date.to_iso()),
            Evaluated::Value(None) => return Ok(None),
            Evaluated::Value(Some(value)) => value,
        };
        let format = run.text(&self.from_format, i)?;
        let from_zone = if self.has_zone {
            zone_of(run, &self.from_zone, i)?
        } else {
            TimeZone::UTC
        };
        let mut date = self
            .read(run, &value, &format, &from_zone)
            .ok_or_else(|| self.no_date(run, i, &value, &format))?;
        if self.has_zone {
            date = date.with_time_zone(zone_of(run, &self.to_zone, i)?);
        }
        let target = if run.flag(&self.custom, i)? {
            run.text(&self.own_format, i)?
        } else {
            run.text(&self.to_format, i)?
        };
        Ok(Some(moment_write::format(&date, &target)))
    }

    fn read(&self, run: &NodeRun, value: &Value, format: &str, zone: &TimeZone) -> Option<Zoned> {
        if let Some(number) = javascript::number(Some(value)) {
            let number = match number.as_f64() {
                whole if whole.fract() == 0.0 => number,
                fraction => Number::from(fraction * 1000.0),
            };
            let short = number.to_string().len() < MILLISECOND_DIGITS;
            let ms = number.as_f64() * if short { 1000.0 } else { 1.0 };
            return DateTime::from_millis(ms, &TimeZone::UTC).zoned().cloned();
        }
        if format.is_empty() {
            return Some(moment::moment(value, zone)?.to_zoned(zone.clone()));
        }
        let now = run.host.clock.now();
        moment_read::parse(&javascript::text(value), format, zone, false, now)
    }

    fn calculated(&self, run: &NodeRun, i: usize) -> Result<String, ErrorInfo> {
        let value = match run.date_or_value(&self.value, i)? {
            Evaluated::Date(date) => Value::from(date.to_iso()),
            Evaluated::Value(value) => value.unwrap_or_default(),
        };
        let format = run.text(&self.from_format, i)?;
        let moment = if format.is_empty() {
            moment::javascript_date(&value, &TimeZone::UTC)
        } else {
            let now = run.host.clock.now();
            let text = javascript::text(&value);
            moment_read::parse(&text, &format, &TimeZone::UTC, true, now)
                .map(|zoned| zoned.timestamp())
        };
        let moment = moment.ok_or_else(|| self.no_date(run, i, &value, &format))?;
        let sign = match &*run.text(&self.operation, i)? {
            "add" => 1.0,
            "subtract" => -1.0,
            other => {
                return Err(run.error(
                    format!("`operation` must be `add` or `subtract`, not `{other}`"),
                    Some(i),
                    Some(&self.operation.name),
                ));
            }
        };
        let name = run.text(&self.unit, i)?;
        let unit = Unit::parse(&name).ok_or_else(|| {
            run.error(
                format!("`timeUnit` is no unit of time: `{name}`"),
                Some(i),
                Some(&self.unit.name),
            )
        })?;
        let duration = Duration::of(unit, run.number(&self.duration, i)?);
        let date = DateTime::from_millis(moment.as_millisecond() as f64, &TimeZone::UTC)
            .plus(&duration, sign);
        if !date.is_valid() {
            return Err(run.error(
                "the result is beyond the calendar: take a smaller `duration`",
                Some(i),
                Some(&self.duration.name),
            ));
        }
        Ok(date.to_iso())
    }

    fn no_date(&self, run: &NodeRun, i: usize, value: &Value, format: &str) -> ErrorInfo {
        let mend = if format.is_empty() {
            "say its form in `options.fromFormat`".to_owned()
        } else {
            format!("it must have the form `{format}`, which `fromFormat` says")
        };
        run.error(
            format!("`value` is no date: {value}; {mend}"),
            Some(i),
            Some(&self.value.name),
        )
    }
}
