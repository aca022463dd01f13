//! Writes what nodes gave into the section `expect` of their file, and leaves the rest of the text as it is.
//!
//! The text is changed only where a value stands; what comes out is read again, and is written only if it differs from the
//! file in these values alone.

use std::ops::Range;

use anyhow::Context;
use itemflow_model::{Format, Part, SourceText, Value};

use super::{Tested, Update};
use itemflow_model::yaml;

/// Writes the actual items of a file's unmet expectations into it, and returns how many expectations were rewritten.
///
/// # Errors
/// When the file cannot be changed without changing more than that, or cannot be written.
pub(crate) fn update(tested: &Tested) -> anyhow::Result<usize> {
    let updates: Vec<&Update> = tested
        .checks
        .iter()
        .filter_map(|check| check.update.as_ref())
        .collect();
    let Some(source) = tested.source.as_ref().filter(|_| !updates.is_empty()) else {
        return Ok(0);
    };
    let text = rewritten(source, &updates)?;
    let path = &tested.path;
    std::fs::write(path, text).with_context(|| format!("{} cannot be written", path.display()))?;
    Ok(updates.len())
}

/// The text with every value replaced, each in the first form that changes nothing else.
fn rewritten(source: &SourceText, updates: &[&Update]) -> anyhow::Result<String> {
    let forms: &[Form] = match source.format {
        Format::Json => &[in_json],
        Format::Yaml => &[in_block, in_flow],
    };
    let mut text = source.text.to_string();
    for update in updates {
        let before = SourceText::new(source.file.clone(), text.as_str());
        let mut wanted = crate::files::value(&before)?;
        replace(&mut wanted, &update.pointer, &update.value);
        let changed = forms.iter().find_map(|form| {
            let (range, new) = form(&before, update)?;
            let mut text = text.clone();
            text.replace_range(range, &new);
            let again = SourceText::new(source.file.clone(), text.as_str());
            again
                .value()
                .is_ok_and(|value| value == wanted)
                .then_some(text)
        });
        text = changed.with_context(|| {
            format!(
                "{}: its expectations are written in a way that cannot be updated; write them as blocks",
                source.file
            )
        })?;
    }
    Ok(text)
}

/// Where and how a value is written into a text.
type Form = fn(&SourceText, &Update) -> Option<(Range<usize>, String)>;

/// On lines of its own under its key; a comment beside the key stays.
fn in_block(source: &SourceText, update: &Update) -> Option<(Range<usize>, String)> {
    let key = source.locate(&update.pointer, Part::Key)?;
    let value = trimmed(source, &update.pointer)?;
    let colon = key.end + source.text.get(key.end..value.start)?.find(':')? + 1;
    let line_start = source.text[..key.start].rfind('\n').map_or(0, |at| at + 1);
    let before = &source.text[line_start..key.start];
    let indent = before.len() - before.trim_start().len();
    let start = match source.text[colon..value.start].find('\n') {
        Some(at) => colon + at,
        None => colon,
    };
    let new = if update.value.as_array().is_some_and(<[Value]>::is_empty) {
        " []".to_owned()
    } else {
        format!("\n{}", yaml::block(&update.value, indent + 2).trim_end())
    };
    let start = if new.starts_with('\n') { start } else { colon };
    Some((start..value.end, new))
}

/// In the place of the old value, on one line.
fn in_flow(source: &SourceText, update: &Update) -> Option<(Range<usize>, String)> {
    Some((trimmed(source, &update.pointer)?, yaml::flow(&update.value)))
}

fn in_json(source: &SourceText, update: &Update) -> Option<(Range<usize>, String)> {
    let range = trimmed(source, &update.pointer)?;
    let before = &source.text[..range.start];
    let line = &before[before.rfind('\n').map_or(0, |at| at + 1)..];
    let indent = " ".repeat(line.len() - line.trim_start().len());
    let pretty = serde_json::to_string_pretty(&update.value).ok()?;
    Some((range, pretty.replace('\n', &format!("\n{indent}"))))
}

/// The bytes of a value without the white space and the lines of comment after it.
fn trimmed(source: &SourceText, pointer: &str) -> Option<Range<usize>> {
    let span = source.locate(pointer, Part::Value)?;
    let mut text = source.text.get(span.start..span.end)?.trim_end();
    while let Some((before, last)) = text.rsplit_once('\n')
        && last.trim_start().starts_with('#')
    {
        text = before.trim_end();
    }
    Some(span.start..span.start + text.len())
}

/// Puts a value in the place of the one at a pointer that exists.
fn replace(root: &mut Value, pointer: &str, value: &Value) {
    let mut json = serde_json::Value::from(&*root);
    if let Some(place) = json.pointer_mut(pointer) {
        *place = serde_json::Value::from(value);
    }
    *root = json.into();
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn updated(file: &str, text: &str, updates: &[(&str, serde_json::Value)]) -> String {
        let source = SourceText::new(file, text);
        let updates: Vec<Update> = updates
            .iter()
            .map(|(pointer, value)| Update {
                pointer: (*pointer).to_owned(),
                value: value.clone().into(),
            })
            .collect();
        rewritten(&source, &updates.iter().collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn a_block_is_rewritten_and_the_rest_stays() {
        let text = "# top\nexpect:\n  A:   # of A\n    - { m: 1 }   # first\n    - m: 2\n  # before B\n  B: []\n# end\n";
        assert_eq!(
            updated(
                "a.yaml",
                text,
                &[
                    ("/expect/A", json!([{ "m": "x" }])),
                    ("/expect/B", json!([{ "b": 1 }]))
                ]
            ),
            "# top\nexpect:\n  A:   # of A\n    - { m: x }\n  # before B\n  B:\n    - { b: 1 }\n# end\n"
        );
        assert_eq!(
            updated("a.yaml", text, &[("/expect/A", json!([]))]),
            "# top\nexpect:\n  A: []\n  # before B\n  B: []\n# end\n"
        );
    }

    #[test]
    fn flow_and_json_are_rewritten_in_their_place() {
        let text = "expect: { A: [{ m: 1 }], 'B [x]': { items: [] } }\n";
        assert_eq!(
            updated(
                "a.yaml",
                text,
                &[("/expect/B [x]/items", json!([{ "m": "a b" }]))]
            ),
            "expect: { A: [{ m: 1 }], 'B [x]': { items: [{ m: a b }] } }\n"
        );
        let text = "{\n  \"expect\": {\n    \"A\": []\n  },\n  \"other\":   1\n}\n";
        assert_eq!(
            updated("a.json", text, &[("/expect/A", json!([{ "m": 1 }]))]),
            "{\n  \"expect\": {\n    \"A\": [\n      {\n        \"m\": 1\n      }\n    ]\n  },\n  \"other\":   1\n}\n"
        );
    }

    #[test]
    fn what_would_change_more_is_refused() {
        let text = "expect:\n  A: &same [{ m: 1 }]\n  B: *same\n";
        let source = SourceText::new("a.yaml", text);
        let update = Update {
            pointer: "/expect/A".into(),
            value: json!([{ "m": 2 }]).into(),
        };
        let error = rewritten(&source, &[&update]).unwrap_err().to_string();
        assert!(error.contains("cannot be updated"), "{error}");
    }
}
