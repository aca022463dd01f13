//! Coercion of parameter values to the type of their property, only where nothing is lost.

use itemflow_model::definition::{ChoiceForm, Property, PropertyType};
use itemflow_model::{Number, Value, did_you_mean};

use crate::encode::scalar_text;

/// Longest piece of a value that a message repeats.
const SHOWN: usize = 60;

/// Why a value does not fit.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Fault {
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
}

impl Fault {
    pub(crate) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            help: None,
        }
    }
}

/// The value as a whole number, when it is one or the text of one.
pub(crate) fn whole_number(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => number_from_text(text)?.as_i64(),
        _ => None,
    }
}

/// The value in the type of its property. Collections are only checked to be objects here.
///
/// # Errors
/// Why the value does not fit, naming the property and a piece of the value.
pub(crate) fn coerce(name: &str, property: &Property, value: &Value) -> Result<Value, Fault> {
    let multiple = property
        .type_options
        .as_ref()
        .is_some_and(|options| options.multiple_values);
    // The groups of a fixed collection repeat, not the collection itself; JSON may be a list already.
    let repeats_inside = matches!(
        property.kind,
        PropertyType::Json | PropertyType::FixedCollection | PropertyType::MultiOptions
    );
    if !multiple || repeats_inside {
        return single(name, property, value);
    }
    // n8n writes the names of several files into one text, with commas between them.
    let names;
    let value = match value.as_str() {
        Some(text) if property.kind == PropertyType::Binary => {
            names = names_in(text);
            &names
        }
        _ => value,
    };
    let Some(list) = value.as_array() else {
        return Err(wrong_kind(name, "a list", value));
    };
    let elements: Result<Vec<Value>, Fault> = list
        .iter()
        .map(|element| single(name, property, element))
        .collect();
    elements.map(Value::from)
}

fn names_in(text: &str) -> Value {
    let names = text.split(',').map(str::trim);
    let names: Vec<Value> = names
        .filter(|name| !name.is_empty())
        .map(Value::from)
        .collect();
    Value::from(names)
}

fn single(name: &str, property: &Property, value: &Value) -> Result<Value, Fault> {
    match property.kind {
        PropertyType::String
        | PropertyType::DateTime
        | PropertyType::Color
        | PropertyType::Binary => match scalar_text(value) {
            Some(text) => Ok(Value::from(text)),
            None => Err(wrong_kind(name, "text", value)),
        },
        PropertyType::Number => number(name, property, value),
        PropertyType::Boolean => match value {
            Value::Bool(_) => Ok(value.clone()),
            Value::String(text) if &**text == "true" => Ok(Value::Bool(true)),
            Value::String(text) if &**text == "false" => Ok(Value::Bool(false)),
            _ => Err(wrong_kind(name, "true or false", value)),
        },
        PropertyType::Json => json(name, value),
        PropertyType::Options => choice(name, &property.options, value),
        PropertyType::MultiOptions => {
            let Some(list) = value.as_array() else {
                return Err(wrong_kind(name, "a list of options", value));
            };
            let chosen: Result<Vec<Value>, Fault> = list
                .iter()
                .map(|element| choice(name, &property.options, element))
                .collect();
            chosen.map(Value::from)
        }
        PropertyType::ResourceLocator => match (value.get("__rl"), value.get("value")) {
            (Some(_), Some(inner)) => single(name, &locator_value(), inner),
            _ => single(name, &locator_value(), value),
        },
        PropertyType::Collection | PropertyType::FixedCollection => match value {
            Value::Object(_) => Ok(value.clone()),
            _ => Err(wrong_kind(name, "an object", value)),
        },
        PropertyType::Hidden
        | PropertyType::Notice
        | PropertyType::ResourceMapper
        | PropertyType::Filter
        | PropertyType::AssignmentCollection => Ok(value.clone()),
    }
}

fn locator_value() -> Property {
    Property::default()
}

fn number(name: &str, property: &Property, value: &Value) -> Result<Value, Fault> {
    let number = match value {
        Value::Number(number) => Some(*number),
        Value::String(text) => number_from_text(text),
        _ => None,
    };
    let Some(number) = number.filter(|number| number.as_f64().is_finite()) else {
        return Err(wrong_kind(name, "a number", value));
    };
    let limits = property.type_options.as_ref();
    let min = limits.and_then(|limits| limits.min_value);
    let max = limits.and_then(|limits| limits.max_value);
    if min.is_some_and(|min| number.as_f64() < min) || max.is_some_and(|max| number.as_f64() > max)
    {
        let range = match (min, max) {
            (Some(min), Some(max)) => format!("from {min} to {max}"),
            (Some(min), None) => format!("at least {min}"),
            (_, max) => format!("at most {}", max.unwrap_or_default()),
        };
        return Err(Fault::new(
            "out-of-range",
            format!("`{name}` must be {range}, not {number}"),
        ));
    }
    Ok(Value::Number(number))
}

/// The number that a text writes, when the number loses nothing of it.
fn number_from_text(text: &str) -> Option<Number> {
    let text = text.trim();
    let number: serde_json::Number = serde_json::from_str(text).ok()?;
    if let Some(number) = number.as_i64() {
        return Some(Number::from(number));
    }
    if let Some(number) = number.as_u64() {
        return Some(Number::from(number));
    }
    let digits = text
        .split(['e', 'E'])
        .next()
        .unwrap_or_default()
        .chars()
        .filter(char::is_ascii_digit)
        .skip_while(|digit| *digit == '0')
        .count();
    // Up to 15 significant digits always survive in a double.
    (digits <= 15).then(|| Number::from(number.as_f64().unwrap_or(f64::NAN)))
}

fn json(name: &str, value: &Value) -> Result<Value, Fault> {
    let Value::String(text) = value else {
        return Ok(value.clone());
    };
    serde_json::from_str(text).map_err(|error| {
        let mut fault = Fault::new(
            "invalid-json",
            format!("`{name}` is not valid JSON: {error}"),
        );
        fault.help = Some("write JSON text such as {\"key\": \"value\"}, or a value".into());
        fault
    })
}

fn choice(name: &str, options: &[ChoiceForm], value: &Value) -> Result<Value, Fault> {
    let Some(text) = scalar_text(value) else {
        return Err(wrong_kind(name, "one of its options", value));
    };
    if options.is_empty() {
        return Ok(value.clone());
    }
    let same = options
        .iter()
        .map(ChoiceForm::value)
        .find(|option| *option == value || scalar_text(option).is_some_and(|t| t == text));
    if let Some(option) = same {
        return Ok(option.clone());
    }
    let texts: Vec<String> = options
        .iter()
        .filter_map(|option| scalar_text(option.value()))
        .collect();
    let mut fault = Fault::new(
        "unknown-option",
        format!("`{name}` cannot be {}", shown(value)),
    );
    fault.help = Some(
        match did_you_mean(&text, texts.iter().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => {
                let first = &texts[..texts.len().min(20)];
                format!("choose one of {}", first.join(", "))
            }
        },
    );
    Err(fault)
}

fn wrong_kind(name: &str, expected: &str, value: &Value) -> Fault {
    Fault::new(
        "wrong-type",
        format!("`{name}` must be {expected}, not {}", shown(value)),
    )
}

/// A short form of the value for a message.
pub(crate) fn shown(value: &Value) -> String {
    let text = match value {
        Value::Array(_) => return "a list".into(),
        Value::Object(_) => return "an object".into(),
        scalar => scalar.to_string(),
    };
    if text.chars().count() <= SHOWN {
        return text;
    }
    let start: String = text.chars().take(SHOWN).collect();
    format!("{start}…")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn try_coerce(property: &str, value: &str) -> Result<String, Fault> {
        let property: Property = serde_json::from_str(property).unwrap();
        coerce("a", &property, &serde_json::from_str(value).unwrap()).map(|v| v.to_string())
    }

    #[test]
    fn coerces_only_without_loss() {
        for (property, value, result) in [
            (r#"{"type":"number"}"#, r#""3""#, "3"),
            (r#"{"type":"number"}"#, r#""3.5""#, "3.5"),
            (r#"{"type":"string"}"#, "3", r#""3""#),
            (r#"{"type":"string"}"#, "true", r#""true""#),
            (r#"{"type":"boolean"}"#, r#""false""#, "false"),
            (r#"{"type":"options","options":[1,2]}"#, r#""2""#, "2"),
            (r#"{"type":"options","options":["0","1"]}"#, "1", r#""1""#),
            (
                r#"{"type":"multiOptions","options":["a"]}"#,
                r#"["a"]"#,
                r#"["a"]"#,
            ),
            (
                r#"{"type":"json"}"#,
                r#""{\"a\": 9007199254740993}""#,
                r#"{"a":9007199254740993}"#,
            ),
            (r#"{"type":"json"}"#, r#"[1]"#, "[1]"),
            (
                r#"{"type":"resourceLocator"}"#,
                r#"{"__rl":true,"mode":"id","value":7}"#,
                r#""7""#,
            ),
        ] {
            assert_eq!(
                try_coerce(property, value).unwrap(),
                result,
                "{property} {value}"
            );
        }
        for (property, value) in [
            (r#"{"type":"number"}"#, r#""007""#),
            (r#"{"type":"number"}"#, r#""""#),
            (r#"{"type":"number"}"#, r#""123456789012345678901234""#),
            (r#"{"type":"number"}"#, "true"),
            (r#"{"type":"boolean"}"#, "1"),
            (r#"{"type":"string"}"#, "{}"),
            (r#"{"type":"options","options":["open"]}"#, r#""closed""#),
            (r#"{"type":"number","typeOptions":{"minValue":1}}"#, "0"),
        ] {
            assert!(try_coerce(property, value).is_err(), "{property} {value}");
        }
    }

    #[test]
    fn invalid_json_names_line_and_column() {
        let fault = try_coerce(r#"{"type":"json"}"#, r#""{\n \"a\": x}""#).unwrap_err();
        assert!(
            fault.message.contains("line 2 column 7"),
            "{}",
            fault.message
        );
    }
}
