//! The table of a node's parameters, fields of collections included.

use indexmap::IndexMap;
use itemflow_model::Value;
use itemflow_model::definition::{
    ChoiceForm, DisplayOptions, Property, PropertyOrRef, PropertyType,
};

use super::Table;

/// A row for each property; the last column is there only where some are not always shown.
pub(super) fn table(properties: &IndexMap<String, Property>) -> Table {
    let mut rows = Vec::new();
    for (name, property) in properties {
        add(&mut rows, name, property);
    }
    let mut header = vec!["parameter", "type", "default", "meaning", "counts when"];
    if rows
        .iter()
        .all(|row| row.last().is_some_and(String::is_empty))
    {
        header.pop();
        for row in &mut rows {
            row.pop();
        }
    }
    Table { header, rows }
}

/// A value as it is written in a parameter.
pub(super) fn literal(value: &Value) -> String {
    match value.as_str() {
        Some("") => "empty".into(),
        Some(text) => code(text),
        None => code(&value.to_string()),
    }
}

/// The property, and the fields of a collection under it.
fn add(rows: &mut Vec<Vec<String>>, name: &str, property: &Property) {
    // Editors show a notice; a workflow never holds one.
    if property.kind == PropertyType::Notice {
        return;
    }
    rows.push(vec![
        code(name),
        kind(property),
        default(property),
        meaning(property),
        property
            .display_options
            .as_ref()
            .map_or_else(String::new, shown_when),
    ]);
    for (field, form) in &property.properties {
        if let PropertyOrRef::Property(inner) = form {
            add(rows, &format!("{name}.{field}"), inner);
        }
    }
}

fn kind(property: &Property) -> String {
    let name = serde_json::to_value(property.kind)
        .ok()
        .and_then(|kind| kind.as_str().map(str::to_owned))
        .unwrap_or_default();
    let Some(limits) = &property.type_options else {
        return name;
    };
    let mut text = if limits.multiple_values {
        format!("list of {name}")
    } else {
        name
    };
    match (limits.min_value, limits.max_value) {
        (Some(least), Some(most)) => text.push_str(&format!(", {least} to {most}")),
        (Some(least), None) => text.push_str(&format!(", at least {least}")),
        (None, Some(most)) => text.push_str(&format!(", at most {most}")),
        (None, None) => {}
    }
    text
}

fn default(property: &Property) -> String {
    match &property.default {
        _ if property.required => "required".into(),
        Some(value) if !value.is_null() => literal(value),
        _ => String::new(),
    }
}

fn meaning(property: &Property) -> String {
    let mut text = on_one_line(&property.description);
    if let Some(placeholder) = property
        .placeholder
        .as_deref()
        .filter(|text| !text.is_empty())
    {
        push_sentence(&mut text, &format!("For example {}.", code(placeholder)));
    }
    if !property.options.is_empty() {
        let choices: Vec<String> = property.options.iter().map(choice).collect();
        let separator = if choices.iter().any(|choice| choice.contains(": ")) {
            "; "
        } else {
            ", "
        };
        push_sentence(&mut text, &format!("One of {}.", choices.join(separator)));
    }
    text
}

fn choice(form: &ChoiceForm) -> String {
    let value = literal(form.value());
    let described = match form {
        ChoiceForm::Long(choice) => choice.description.as_deref(),
        ChoiceForm::Short(_) => None,
    };
    match described {
        Some(text) if !text.is_empty() => {
            format!("{value}: {}", on_one_line(text).trim_end_matches('.'))
        }
        _ => value,
    }
}

/// The rules of when a property counts, in words.
fn shown_when(options: &DisplayOptions) -> String {
    let rule = |(path, values): (&String, &Vec<Value>), is: &str| {
        let path = match path.trim_start_matches('/') {
            "@version" => code("typeVersion"),
            path => code(path),
        };
        let values: Vec<String> = values.iter().map(condition).collect();
        format!("{path} {is} {}", values.join(" or "))
    };
    let mut rules: Vec<String> = options.show.iter().map(|show| rule(show, "is")).collect();
    rules.extend(options.hide.iter().map(|hide| rule(hide, "is not")));
    rules.join(" and ")
}

/// A value to compare with, or n8n's condition on it.
fn condition(value: &Value) -> String {
    let Some(Value::Object(condition)) = value.get("_cnd") else {
        return literal(value);
    };
    let parts = condition.iter().map(|(operator, operand)| {
        let words = match &**operator {
            "eq" => "",
            "not" => "not ",
            "gte" => "at least ",
            "lte" => "at most ",
            "gt" => "more than ",
            "lt" => "less than ",
            "startsWith" => "a text that begins with ",
            "endsWith" => "a text that ends with ",
            "includes" => "a text that holds ",
            "regex" => "a text that matches ",
            "exists" => return "set".to_owned(),
            "between" => {
                let end = |key| operand.get(key).map_or_else(String::new, literal);
                return format!("from {} to {}", end("from"), end("to"));
            }
            other => return format!("{other} {}", literal(operand)),
        };
        format!("{words}{}", literal(operand))
    });
    parts.collect::<Vec<_>>().join(" and ")
}

fn push_sentence(text: &mut String, sentence: &str) {
    if !text.is_empty() {
        text.push(' ');
    }
    text.push_str(sentence);
}

fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text as code; a longer fence where it holds a backtick itself.
fn code(text: &str) -> String {
    let text = on_one_line_or_itself(text);
    if text.contains('`') {
        format!("`` {text} ``")
    } else {
        format!("`{text}`")
    }
}

/// A text with line breaks as JSON writes it.
fn on_one_line_or_itself(text: &str) -> String {
    if text.chars().any(char::is_control) {
        Value::from(text).to_string()
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use itemflow_model::definition::{Choice, TypeOptions};
    use serde_json::json;

    use super::*;

    fn rows(property: Property) -> Table {
        table(&IndexMap::from([("p".to_owned(), property)]))
    }

    #[test]
    fn a_row_says_type_default_meaning_and_choices() {
        let choices = vec![
            ChoiceForm::Long(Choice {
                name: None,
                value: "a".into(),
                description: Some("The first.".into()),
            }),
            ChoiceForm::Short(2.into()),
        ];
        let found = rows(Property {
            options: choices,
            ..Property::of(PropertyType::Options, "Which\nit is.").default_value("a")
        });
        assert_eq!(found.header, ["parameter", "type", "default", "meaning"]);
        assert_eq!(
            found.rows,
            [[
                "`p`",
                "options",
                "`a`",
                "Which it is. One of `a`: The first; `2`."
            ]]
        );
    }

    #[test]
    fn limits_and_lists_are_told() {
        let mut property = Property::of(PropertyType::Number, "").required();
        property.type_options = Some(TypeOptions {
            multiple_values: true,
            min_value: Some(0.0),
            max_value: Some(9.0),
            rows: None,
        });
        assert_eq!(
            rows(property).rows,
            [["`p`", "list of number, 0 to 9", "required", ""]]
        );
    }

    #[test]
    fn rules_of_display_are_words() {
        let mut property = Property::of(PropertyType::String, "x");
        property.display_options = serde_json::from_value(json!({
            "show": { "mode": ["a", ""], "@version": [{ "_cnd": { "gte": 2 } }] },
            "hide": { "/resource": [true, { "_cnd": { "between": { "from": 1, "to": 2 } } }] },
        }))
        .unwrap();
        assert_eq!(
            rows(property).rows[0][4],
            "`mode` is `a` or empty and `typeVersion` is at least `2` and `resource` is not `true` or from `1` to `2`"
        );
    }

    #[test]
    fn fields_of_collections_follow_and_notices_do_not() {
        let collection = Property::of(PropertyType::Collection, "More.")
            .field(
                "a",
                Property::of(PropertyType::Boolean, "A.").default_value(false),
            )
            .field("b", Property::of(PropertyType::Notice, "Look out."));
        let names: Vec<String> = rows(collection)
            .rows
            .into_iter()
            .map(|row| row[0].clone())
            .collect();
        assert_eq!(names, ["`p`", "`p.a`"]);
    }

    #[test]
    fn code_with_backticks_or_line_breaks_stays_code() {
        assert_eq!(code("a`b"), "`` a`b ``");
        assert_eq!(code("a\nb"), "`\"a\\nb\"`");
    }
}
