//! How the members of a body are written: JSON, form, multipart, text or the bytes of a file.

use itemflow_model::definition::{BodyType, QueryStyle};
use itemflow_model::{Binary, Map, Value};

use crate::encode::scalar_text;
use crate::query::form_pairs;
use crate::request::{Body, Part, PartContent};

/// The body of this type made of a value and of named files. Nothing set means no body at all.
pub(crate) fn body_of(
    body_type: BodyType,
    style: QueryStyle,
    value: &Value,
    mut files: Vec<(&str, Binary)>,
) -> Body {
    let is_empty = value.is_null() || value.as_object().is_some_and(Map::is_empty);
    match body_type {
        BodyType::None => Body::Empty,
        BodyType::Binary => match files.pop() {
            Some((_, binary)) => Body::Binary(binary),
            None => Body::Empty,
        },
        BodyType::Multipart => multipart(value, style, files),
        // JSON and forms have no way to carry a file: with one, the same members travel as parts.
        BodyType::Json | BodyType::Form if !files.is_empty() => multipart(value, style, files),
        _ if is_empty => Body::Empty,
        BodyType::Json => Body::Json(value.clone()),
        BodyType::Text => Body::Text(scalar_text(value).unwrap_or_else(|| value.to_string())),
        BodyType::Form => {
            let mut pairs = Vec::new();
            for (name, value) in value.as_object().into_iter().flatten() {
                form_pairs(&mut pairs, name, value, style);
            }
            Body::Form(pairs)
        }
    }
}

/// Fields first, files after them: some services read no field that follows a file. What is nested is written as in a
/// form.
fn multipart(value: &Value, style: QueryStyle, files: Vec<(&str, Binary)>) -> Body {
    let mut pairs = Vec::new();
    for (name, value) in value.as_object().into_iter().flatten() {
        form_pairs(&mut pairs, name, value, style);
    }
    let fields = pairs.into_iter().map(|(name, text)| Part {
        name,
        content: PartContent::Text(text),
    });
    let files = files.into_iter().map(|(name, binary)| Part {
        name: name.to_owned(),
        content: PartContent::Binary(binary),
    });
    let parts: Vec<Part> = fields.chain(files).collect();
    if parts.is_empty() {
        Body::Empty
    } else {
        Body::Multipart(parts)
    }
}

#[cfg(test)]
mod tests {
    use itemflow_model::{Binaries, Value};

    use crate::testing::{action, map};
    use crate::{Body, BuildContext, EmptyScope, ParameterRules, build_request};

    const MESSAGE: &str = "operation: O\ndescription: d\nrequest: POST /m\nproperties:\n  text: { type: string }\n  \
        labels: { type: json }\n  more: { type: json }\n  avatar: { type: binary }\n  \
        files: { type: binary, typeOptions: { multipleValues: true }, key: { literal: \"files[]\" } }\n";

    fn body(parameters: &str) -> Result<Body, String> {
        let action = action(MESSAGE);
        let prepared = action
            .validate(&map(parameters), ParameterRules::Own)
            .map_err(|errors| errors[0].message.clone())?;
        let files: Binaries = ["one", "two"]
            .into_iter()
            .map(|name| {
                let binary = itemflow_model::Binary {
                    file_name: Some(format!("{name}.png")),
                    ..itemflow_model::Binary::default()
                };
                (name.into(), binary)
            })
            .collect();
        let context = BuildContext::new(&EmptyScope).binaries(Some(&files));
        match build_request(&action, &prepared.parameters, &context) {
            Ok(spec) => Ok(spec.body),
            Err(errors) => Err(errors[0].message.clone()),
        }
    }

    fn names(parameters: &str) -> Vec<(String, String)> {
        let Ok(Body::Multipart(parts)) = body(parameters) else {
            panic!("no multipart body of {parameters}");
        };
        let text = |content| match content {
            crate::PartContent::Text(text) => text,
            crate::PartContent::Binary(binary) => {
                binary.file_name.as_deref().unwrap_or_default().to_owned()
            }
        };
        parts
            .into_iter()
            .map(|part| (part.name, text(part.content)))
            .collect()
    }

    #[test]
    fn without_a_file_the_body_is_json() {
        for none in [
            r#"{"text":"a"}"#,
            r#"{"text":"a","avatar":"","files":""}"#,
            r#"{"text":"a","files":[]}"#,
        ] {
            let expected: Value = serde_json::from_str(r#"{"text":"a"}"#).unwrap();
            assert_eq!(body(none), Ok(Body::Json(expected)), "{none}");
        }
    }

    #[test]
    fn with_a_file_the_members_travel_as_parts_before_it() {
        let parts = names(
            r#"{"avatar":"one","text":"a","labels":["x","y"],"more":{"a":{"b":1},"c":[{"d":null}]}}"#,
        );
        let expected = [
            ("text", "a"),
            ("labels[]", "x"),
            ("labels[]", "y"),
            ("more[a][b]", "1"),
            ("more[c][][d]", ""),
            ("avatar", "one.png"),
        ];
        assert_eq!(parts, expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
    }

    #[test]
    fn several_files_are_named_in_a_list_or_with_commas() {
        let expected = [("files[]", "one.png"), ("files[]", "two.png")]
            .map(|(a, b)| (a.to_owned(), b.to_owned()));
        for given in [r#"{"files":["one","two"]}"#, r#"{"files":"one, two"}"#] {
            assert_eq!(names(given), expected);
        }
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        assert_eq!(
            body(r#"{"files":"one,three"}"#),
            Err("the item has no binary property \"three\"".into())
        );
    }
}
