//! `toRelative` and `toRelativeCalendar`: `in 3 days`, `yesterday`.

use super::units::Unit;
use super::{DateTime, Duration, methods, statics};
use crate::convert::truthy;
use crate::evaluate::{Interpreter, Run, range_error};
use crate::intl::Locale;
use crate::intl::words::RelativeFormat;
use crate::js::Js;
use crate::list::ListView;

struct Settings {
    base: Option<DateTime>,
    units: Option<Vec<Unit>>,
    style: String,
    locale: Option<Locale>,
    round: bool,
    rounding: String,
    padding: f64,
}

fn settings(interpreter: &mut Interpreter, options: &Js) -> Run<Settings> {
    let mut settings = Settings {
        base: None,
        units: None,
        style: "long".into(),
        locale: None,
        round: true,
        rounding: "trunc".into(),
        padding: 0.0,
    };
    if !options.is_object() {
        return Ok(settings);
    }
    for (key, value) in interpreter.entries(options)? {
        if value.is_nullish() {
            continue;
        }
        match &*key {
            "base" => settings.base = Some(statics::to_date(interpreter, &value)?),
            "unit" => settings.units = Some(statics::units(interpreter, &value, Unit::Day)?),
            "style" => settings.style = interpreter.text_of(&value)?.to_string(),
            "locale" => settings.locale = Some(Locale::argument(interpreter, &value)?),
            "round" => settings.round = truthy(&value),
            "rounding" => settings.rounding = interpreter.text_of(&value)?.to_string(),
            "padding" => settings.padding = interpreter.number_of(&value)?,
            _ => {}
        }
    }
    if let Some(unit) = options_unit(interpreter, options)? {
        settings.units = Some(vec![unit]);
    }
    Ok(settings)
}

/// The one unit that must be used, whatever the distance.
fn options_unit(interpreter: &mut Interpreter, options: &Js) -> Run<Option<Unit>> {
    let unit = interpreter.get_member(options, "unit")?;
    if unit.is_nullish() || ListView::of(&unit).is_some() {
        return Ok(None);
    }
    let name = interpreter.text_of(&unit)?;
    match Unit::parse(&name) {
        Some(unit) => Ok(Some(unit)),
        None => range_error(format!("`{name}` is no unit of time")),
    }
}

pub(super) fn relative(
    interpreter: &mut Interpreter,
    date: &DateTime,
    options: &Js,
) -> Run<String> {
    let settings = settings(interpreter, options)?;
    let base = match &settings.base {
        Some(base) => base.clone(),
        None => interpreter.now().in_zone(&date.zone()),
    };
    let sign = if date.millis() < base.millis() {
        -1.0
    } else {
        1.0
    };
    let padded = date.plus(&Duration::of(Unit::Millisecond, settings.padding), sign);
    let default = [
        Unit::Year,
        Unit::Month,
        Unit::Day,
        Unit::Hour,
        Unit::Minute,
        Unit::Second,
    ];
    let units = settings.units.as_deref().unwrap_or(&default);
    let count = |unit: Unit| methods::difference(&padded, &base, unit);
    let (unit, count) = choose(units, count, padded.millis() < base.millis());
    let count = if settings.round {
        match settings.rounding.as_str() {
            "round" => crate::methods::round(count),
            "floor" => count.floor(),
            "ceil" => count.ceil(),
            "expand" if count < 0.0 => count.floor(),
            "expand" => count.ceil(),
            _ => count.trunc(),
        }
    } else {
        (count * 100.0).trunc() / 100.0
    };
    text(&settings, date, count, unit, false)
}

pub(super) fn calendar(
    interpreter: &mut Interpreter,
    date: &DateTime,
    options: &Js,
) -> Run<String> {
    let settings = settings(interpreter, options)?;
    let base = match &settings.base {
        Some(base) => base.clone(),
        None => interpreter.now().in_zone(&date.zone()),
    };
    let default = [Unit::Year, Unit::Month, Unit::Day];
    let units = settings.units.as_deref().unwrap_or(&default);
    let count = |unit: Unit| {
        let name = unit.plural();
        methods::difference(&date.start_of(name), &base.start_of(name), unit)
    };
    let (unit, count) = choose(units, count, false);
    text(&settings, date, count.round(), unit, true)
}

/// The first unit of which there is at least one; the last one otherwise.
fn choose(units: &[Unit], count: impl Fn(Unit) -> f64, past: bool) -> (Unit, f64) {
    for unit in units {
        let count = count(*unit);
        if units.len() == 1 || count.abs() >= 1.0 {
            return (*unit, count);
        }
    }
    let last = units.last().copied().unwrap_or(Unit::Second);
    (last, if past { -0.0 } else { 0.0 })
}

fn text(settings: &Settings, date: &DateTime, count: f64, unit: Unit, auto: bool) -> Run<String> {
    let locale = match (&settings.locale, date.locale()) {
        (Some(locale), _) => locale.clone(),
        (None, Some(locale)) => (**locale).clone(),
        (None, None) => Locale::default(),
    };
    let format = RelativeFormat {
        locale,
        style: settings.style.clone(),
        auto,
    };
    let name = unit.plural();
    Ok(format
        .format(count, &name[..name.len() - 1])
        .unwrap_or_default())
}
