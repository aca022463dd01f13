//! The table of a node's parameters or an action's properties, fields of collections and members of objects included.

use indexmap::IndexMap;
use itemflow_declarative::{ActionProperty, SchemaView};
use itemflow_model::Value;
use itemflow_model::definition::{
    ChoiceForm, DisplayOptions, Property, PropertyOrRef, PropertyType,
};

use super::text::{Text, code, literal, on_one_line};
use super::{Table, words};

/// Members of members are shown, what is in those is not.
const SHOWN_DEPTH: usize = 2;

/// What is told of one property.
#[derive(Default)]
struct Row {
    name: String,
    kind: String,
    required: bool,
    default: String,
    meaning: String,
    when: String,
}

/// A row for each parameter of a core node; the last column is there only where some are not always shown.
pub(super) fn table(properties: &IndexMap<String, Property>) -> Table {
    let mut rows = Vec::new();
    for (name, property) in properties {
        add(&mut rows, name, property);
    }
    let cells = |row: &Row| {
        let default = if row.required {
            "required".into()
        } else {
            row.default.clone()
        };
        vec![
            code(&row.name),
            row.kind.clone(),
            default,
            row.meaning.clone(),
        ]
    };
    finish(
        vec!["parameter", "type", "default", "meaning"],
        &rows,
        cells,
    )
}

/// A row for each property of an action.
pub(super) fn action_table(properties: &[ActionProperty]) -> Table {
    let mut rows = Vec::new();
    for property in properties {
        add_compiled(&mut rows, property.name(), property);
    }
    let cells = |row: &Row| {
        let required = if row.required { "yes" } else { "" };
        vec![
            code(&row.name),
            row.kind.clone(),
            required.to_owned(),
            row.default.clone(),
            row.meaning.clone(),
        ]
    };
    let header = vec!["property", "type", "required", "default", "meaning"];
    finish(header, &rows, cells)
}

/// A row for each of these fields of a collection, named by their paths in it.
pub(super) fn field_table(fields: &[(String, &Property)]) -> Table {
    let rows: Vec<Row> = fields
        .iter()
        .map(|(name, field)| row(name, field))
        .collect();
    let cells = |row: &Row| {
        let default = row.default.clone();
        vec![
            code(&row.name),
            row.kind.clone(),
            default,
            row.meaning.clone(),
        ]
    };
    finish(vec!["option", "type", "default", "meaning"], &rows, cells)
}

/// The members of a value, those of its members too: name, type and meaning of each.
pub(super) fn members(view: &SchemaView<'_>) -> Vec<[String; 3]> {
    let mut rows = Vec::new();
    add_members(&mut rows, "", view, SHOWN_DEPTH);
    let row = |row: Row| [code(&row.name), row.kind, row.meaning];
    rows.into_iter().map(row).collect()
}

fn finish(
    mut header: Vec<&'static str>,
    rows: &[Row],
    cells: impl Fn(&Row) -> Vec<String>,
) -> Table {
    let sometimes = rows.iter().any(|row| !row.when.is_empty());
    if sometimes {
        header.push("counts when");
    }
    let texts = rows.iter().map(|row| {
        let mut cells = cells(row);
        if sometimes {
            cells.push(row.when.clone());
        }
        cells.into_iter().map(Text::from).collect()
    });
    Table {
        header,
        rows: texts.collect(),
    }
}

fn row(name: &str, property: &Property) -> Row {
    let when = property.display_options.as_ref();
    Row {
        name: name.to_owned(),
        kind: kind(property),
        required: property.required,
        default: default(property),
        meaning: meaning(property),
        when: when.map_or_else(String::new, shown_when),
    }
}

/// The property, and the fields of a collection under it.
fn add(rows: &mut Vec<Row>, name: &str, property: &Property) {
    // Editors show a notice; a workflow never holds one.
    if property.kind == PropertyType::Notice {
        return;
    }
    rows.push(row(name, property));
    for (field, form) in &property.properties {
        if let PropertyOrRef::Property(inner) = form {
            add(rows, &format!("{name}.{field}"), inner);
        }
    }
}

/// The property, and under it the fields of a collection or the members of an object.
fn add_compiled(rows: &mut Vec<Row>, name: &str, property: &ActionProperty) {
    let definition = property.definition();
    if matches!(definition.kind, PropertyType::Notice | PropertyType::Hidden) {
        return;
    }
    rows.push(row(name, definition));
    if let Some(schema) = &definition.schema {
        add_members(rows, name, &SchemaView::of(schema), SHOWN_DEPTH);
    }
    for child in property.children() {
        add_compiled(rows, &format!("{name}.{}", child.name()), child);
    }
}

fn add_members(rows: &mut Vec<Row>, path: &str, view: &SchemaView<'_>, depth: usize) {
    if depth == 0 {
        return;
    }
    for (name, member) in view.members() {
        let path = match path {
            "" => name.to_owned(),
            path => format!("{path}.{name}"),
        };
        let mut kind = vec![words::types(&member)];
        kind.extend(words::limits(&member));
        kind.retain(|word| !word.is_empty());
        let mut meaning = on_one_line(member.description());
        push_sentence(&mut meaning, &words::choice_sentence(&member));
        rows.push(Row {
            name: path.clone(),
            kind: kind.join(", "),
            required: view.requires(name),
            meaning,
            ..Row::default()
        });
        add_members(rows, &path, &member, depth - 1);
    }
    if let Some(elements) = view.elements()
        && !path.ends_with("[][]")
    {
        // To be an element of a list is no level of its own.
        add_members(rows, &format!("{path}[]"), &elements, depth);
    }
}

fn kind(property: &Property) -> String {
    let name = serde_json::to_value(property.kind)
        .ok()
        .and_then(|kind| kind.as_str().map(str::to_owned))
        .unwrap_or_default();
    let mut text = name;
    if let Some(limits) = &property.type_options {
        if limits.multiple_values {
            text = format!("list of {text}");
        }
        match (limits.min_value, limits.max_value) {
            (Some(least), Some(most)) => text.push_str(&format!(", {least} to {most}")),
            (Some(least), None) => text.push_str(&format!(", at least {least}")),
            (None, Some(most)) => text.push_str(&format!(", at most {most}")),
            (None, None) => {}
        }
    }
    if let Some(schema) = &property.schema {
        let view = SchemaView::of(schema);
        let types = words::types(&view);
        match property.kind {
            PropertyType::Number if types == "integer" => text.push_str(", whole"),
            PropertyType::Json if !types.is_empty() => text.push_str(&format!(": {types}")),
            _ => {}
        }
        for limit in words::limits(&view) {
            text.push_str(&format!(", {limit}"));
        }
    }
    text
}

fn default(property: &Property) -> String {
    match &property.default {
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
        let lead = match property.kind {
            PropertyType::MultiOptions => "Any of",
            _ => "One of",
        };
        push_sentence(&mut text, &format!("{lead} {}.", choices.join(separator)));
    } else if let Some(schema) = &property.schema {
        push_sentence(&mut text, &words::choice_sentence(&SchemaView::of(schema)));
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
    if !text.is_empty() && !sentence.is_empty() {
        text.push(' ');
    }
    text.push_str(sentence);
}

#[cfg(test)]
mod tests {
    use itemflow_model::definition::{Choice, TypeOptions};
    use serde_json::json;

    use super::*;

    fn rows(property: Property) -> Vec<Vec<String>> {
        texts(&table(&IndexMap::from([("p".to_owned(), property)])))
    }

    /// The header and the rows as words.
    fn texts(table: &Table) -> Vec<Vec<String>> {
        let header = table.header.iter().map(ToString::to_string).collect();
        let rows = table
            .rows
            .iter()
            .map(|row| row.iter().map(Text::words).collect());
        std::iter::once(header).chain(rows).collect()
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
        assert_eq!(found[0], ["parameter", "type", "default", "meaning"]);
        let meaning = "Which it is. One of `a`: The first; `2`.";
        assert_eq!(found[1..], [["`p`", "options", "`a`", meaning]]);
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
            rows(property)[1..],
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
            rows(property)[1][4],
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
            .into_iter()
            .map(|row| row[0].clone())
            .collect();
        assert_eq!(names, ["parameter", "`p`", "`p.a`"]);
    }

    #[test]
    fn properties_of_an_action_are_told_with_their_fields_and_schemas() {
        let service = serde_json::from_value(
            json!({ "name": "x", "request": { "baseUrl": "https://x.example" },
            "properties": { "shared": { "description": "Shared.", "required": true } } }),
        )
        .unwrap();
        let action = serde_json::from_value(json!({ "operation": "O", "description": "D", "request": "POST /a", "properties": {
            "shared": { "$ref": "shared" },
            "id": { "type": "number", "description": "Id.", "schema": { "type": "integer", "minimum": 1 }, "n8nDefault": 7 },
            "code": { "description": "Code.", "schema": { "pattern": "^a|b$" } },
            "list": { "type": "json", "description": "List.", "schema": { "type": "array", "items": {
                "type": "object", "required": ["key"], "properties": { "key": { "type": "string", "description": "Key.", "enum": ["a", "b"] } } } } },
            "more": { "type": "collection", "description": "More.", "properties": { "a": { "$ref": "shared", "required": false, "default": "x" } } },
            "hidden": { "type": "hidden", "default": 1 },
        } }))
        .unwrap();
        let resource = itemflow_model::definition::ResourceFile::default();
        let action =
            itemflow_declarative::Action::compile(&service, &resource, &action, &[]).unwrap();
        let found = texts(&action_table(action.properties()));
        let expected = [
            ["property", "type", "required", "default", "meaning"],
            ["`shared`", "string", "yes", "", "Shared."],
            ["`id`", "number, whole, at least 1", "", "", "Id."],
            ["`code`", "string, matching `^a|b$`", "", "", "Code."],
            ["`list`", "json: list of object", "", "", "List."],
            [
                "`list[].key`",
                "string",
                "yes",
                "",
                "Key. One of `a` or `b`.",
            ],
            ["`more`", "collection", "", "", "More."],
            ["`more.a`", "string", "", "`x`", "Shared."],
        ];
        assert_eq!(found, expected);
    }
}
