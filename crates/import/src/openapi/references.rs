//! `$ref`: looked up when it is needed. Chains, circles and dead ends never stop an import.

use itemflow_model::Value;

use super::part::{Part, escape};
use crate::limits;
use crate::loss::Losses;

/// Where a reference leads.
enum Target {
    Here(Part),
    /// Where it was meant to lead: `#/definitions/…` in a document that has `#/components/schemas/…`, or the reverse.
    Meant(Part),
    /// Another file or address.
    Elsewhere,
    Nowhere,
}

/// Old and new homes of what is shared.
const HOMES: [(&str, &str); 4] = [
    ("#/definitions/", "#/components/schemas/"),
    ("#/parameters/", "#/components/parameters/"),
    ("#/responses/", "#/components/responses/"),
    ("#/securityDefinitions/", "#/components/securitySchemes/"),
];

/// The part itself: while it is a reference, what it refers to, with what stands beside the reference laid over it.
/// `None` for dead ends, which [`report_all`] reports, and for circles.
pub(crate) fn resolve(root: &Value, part: &Part, losses: &mut Losses) -> Option<Part> {
    let mut at = part.clone();
    let mut beside: Vec<Value> = Vec::new();
    for _ in 0..limits::REFERENCES {
        let Some(reference) = reference(&at.value) else {
            for own in beside.iter().rev() {
                overlay(&mut at.value, own);
            }
            return Some(at);
        };
        if at.value.as_object().is_some_and(|map| map.len() > 1) {
            beside.push(at.value.clone());
        }
        at = follow(root, reference)?;
    }
    let why = "the references lead in a circle";
    losses.skipped(&part.pointer, "reference", why);
    None
}

/// What a reference leads to, if it leads anywhere.
pub(crate) fn follow(root: &Value, reference: &str) -> Option<Part> {
    match target(root, reference) {
        Target::Here(part) | Target::Meant(part) => Some(part),
        Target::Elsewhere | Target::Nowhere => None,
    }
}

/// The text of `$ref`, where the value is a reference.
pub(crate) fn reference(value: &Value) -> Option<&str> {
    value.get("$ref")?.as_str()
}

/// Reports every reference of the document that leads nowhere, or elsewhere than it says.
pub(crate) fn report_all(root: &Value, losses: &mut Losses) {
    let mut path = Vec::new();
    walk(root, root, &mut path, losses);
}

fn walk<'a>(root: &Value, value: &'a Value, path: &mut Vec<Step<'a>>, losses: &mut Losses) {
    match value {
        Value::Array(list) => {
            for (i, element) in list.iter().enumerate() {
                path.push(Step::Index(i));
                walk(root, element, path, losses);
                path.pop();
            }
        }
        Value::Object(map) => {
            if let Some(reference) = reference(value) {
                report(root, reference, path, losses);
            }
            let names_members = path.last().is_some_and(Step::names_members);
            for (key, member) in map.iter() {
                if !names_members && is_data(key) {
                    continue;
                }
                path.push(Step::Key(key));
                walk(root, member, path, losses);
                path.pop();
            }
        }
        _ => {}
    }
}

/// Whether a member holds data rather than a piece of the description.
fn is_data(key: &str) -> bool {
    matches!(key, "example" | "default" | "enum" | "const" | "value") || key.starts_with("x-")
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Key(&'a str),
    Index(usize),
}

impl Step<'_> {
    /// Whether the members below are names of the author's choice.
    fn names_members(&self) -> bool {
        matches!(
            self,
            Self::Key("properties" | "schemas" | "definitions" | "parameters" | "responses")
        )
    }
}

fn report(root: &Value, reference: &str, path: &[Step<'_>], losses: &mut Losses) {
    let found = target(root, reference);
    if matches!(found, Target::Here(_)) {
        return;
    }
    let pointer = path.iter().fold(String::new(), |at, step| match step {
        Step::Key(key) => format!("{at}/{}", escape(key)),
        Step::Index(index) => format!("{at}/{index}"),
    });
    match found {
        Target::Meant(part) => losses.weakened(
            &pointer,
            "dangling reference",
            format!(
                "`{reference}` does not exist; `#{}` is taken for it",
                part.pointer
            ),
        ),
        Target::Elsewhere => losses.skipped(
            &pointer,
            "reference to another file",
            format!("`{reference}` is not read; bundle the document into one file"),
        ),
        _ => losses.skipped(
            &pointer,
            "dangling reference",
            format!("`{reference}` does not exist"),
        ),
    }
}

fn target(root: &Value, reference: &str) -> Target {
    if !reference.starts_with('#') {
        return Target::Elsewhere;
    }
    if let Some(part) = lookup(root, reference) {
        return Target::Here(part);
    }
    for (old, new) in HOMES {
        for (from, to) in [(old, new), (new, old)] {
            let meant = reference
                .strip_prefix(from)
                .and_then(|name| lookup(root, &format!("{to}{name}")));
            if let Some(part) = meant {
                return Target::Meant(part);
            }
        }
    }
    Target::Nowhere
}

fn lookup(root: &Value, reference: &str) -> Option<Part> {
    let pointer = decode(reference.strip_prefix('#')?)?;
    let mut at = root;
    for token in pointer.strip_prefix('/')?.split('/') {
        let key = token.replace("~1", "/").replace("~0", "~");
        at = match at {
            Value::Array(list) => list.get(key.parse::<usize>().ok()?)?,
            other => other.get(&key)?,
        };
    }
    Some(Part {
        value: at.clone(),
        pointer,
    })
}

/// Undoes percent-encoding; `None` where what comes out is not text.
fn decode(text: &str) -> Option<String> {
    if !text.contains('%') {
        return Some(text.to_owned());
    }
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let code = (bytes[at] == b'%')
            .then(|| text.get(at + 1..at + 3))
            .flatten()
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        out.push(code.unwrap_or(bytes[at]));
        at += if code.is_some() { 3 } else { 1 };
    }
    String::from_utf8(out).ok()
}

fn overlay(value: &mut Value, own: &Value) {
    if !matches!(value, Value::Object(_)) {
        return;
    }
    for (key, member) in own.as_object().into_iter().flatten() {
        if &**key != "$ref" {
            value.make_object().insert(key.clone(), member.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_reference_ends_somewhere() {
        let root = Value::from(json!({
            "a/b": { "é": [{ "type": "string", "description": "d" }] },
            "one": { "$ref": "#/a~1b/%C3%A9/0", "description": "own" },
            "two": { "$ref": "#/one" },
            "round": { "$ref": "#/about" },
            "about": { "$ref": "#/round" },
            "old": { "$ref": "#/definitions/thing" },
            "gone": { "$ref": "#/components/schemas/nothing" },
            "file": { "$ref": "other.yaml#/x" },
            "bad": [{ "$ref": "#/%ff" }],
            "properties": { "example": { "$ref": "#/nowhere" } },
            "example": { "$ref": "#/data" },
            "components": { "schemas": { "thing": { "type": "object" } } },
        }));
        let mut losses = Losses::default();
        let whole = Part::root(&root);
        let mut at = |key: &str| {
            let part = resolve(&root, &whole.member(key)?, &mut losses)?;
            Some((part.pointer.clone(), part.text("description")))
        };
        assert_eq!(at("two"), Some(("/a~1b/é/0".into(), Some("own".into()))));
        assert_eq!(at("round"), None);
        assert_eq!(at("old"), Some(("/components/schemas/thing".into(), None)));
        assert_eq!(at("gone"), None);
        assert_eq!(at("file"), None);
        report_all(&root, &mut losses);
        let source = itemflow_model::SourceText::new("a.json", root.to_string());
        let found: Vec<(String, String)> = losses
            .finish(&source)
            .0
            .into_iter()
            .map(|loss| (loss.pointer, format!("{} {}", loss.kind, loss.what)))
            .collect();
        let found: Vec<(&str, &str)> = found.iter().map(|(a, b)| (&**a, &**b)).collect();
        assert_eq!(
            found,
            [
                ("/round", "skipped reference"),
                ("/old", "weakened dangling reference"),
                ("/gone", "skipped dangling reference"),
                ("/file", "skipped reference to another file"),
                ("/bad/0", "skipped dangling reference"),
                ("/properties/example", "skipped dangling reference"),
            ]
        );
    }
}
