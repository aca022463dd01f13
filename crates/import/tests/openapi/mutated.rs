//! No document makes the importer panic or run away: sound documents, cut up and put together wrongly.

use std::time::{Duration, Instant};

use itemflow_import::openapi::{Options, read};
use itemflow_model::definition::{
    ActionFile, CredentialDefinition, ResourceFile, ServiceFile, read_file,
};
use itemflow_model::schema::FileKind;
use itemflow_model::{Part, SourceText};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Longest time for one document in a debug build on a busy machine.
const LIMIT: Duration = Duration::from_secs(20);
/// Most text that one document may become.
const MAX_OUTPUT: usize = 8 << 20;

/// The documents that are cut up, as JSON.
fn documents() -> Vec<Value> {
    [
        "swagger2-bookshop.yaml",
        "openapi30-library.json",
        "openapi31-museum.yaml",
    ]
    .iter()
    .map(|name| {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/documents/");
        let text = std::fs::read_to_string(format!("{folder}{name}")).unwrap();
        let (value, _) = SourceText::new(*name, text).tolerant_value().unwrap();
        Value::from(&value)
    })
    .collect()
}

/// Every pointer of a document.
fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Object(map) => {
            for (key, member) in map {
                let key = key.replace('~', "~0").replace('/', "~1");
                pointers(member, &format!("{at}/{key}"), found);
            }
        }
        Value::Array(list) => {
            for (i, element) in list.iter().enumerate() {
                pointers(element, &format!("{at}/{i}"), found);
            }
        }
        _ => {}
    }
}

#[derive(Clone, Debug)]
enum Mutation {
    Remove(usize),
    Replace(usize, usize),
    Copy(usize, usize),
    Link(usize, usize),
    Nest(usize, usize),
    Repeat(usize, usize),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let at = any::<usize>;
    prop_oneof![
        at().prop_map(Mutation::Remove),
        (at(), at()).prop_map(|(a, b)| Mutation::Replace(a, b)),
        (at(), at()).prop_map(|(a, b)| Mutation::Copy(a, b)),
        (at(), at()).prop_map(|(a, b)| Mutation::Link(a, b)),
        (at(), 1..100_usize).prop_map(|(a, n)| Mutation::Nest(a, n)),
        (at(), 1..3_000_usize).prop_map(|(a, n)| Mutation::Repeat(a, n)),
    ]
}

/// Values that stand where something else belongs.
fn intruders() -> Vec<Value> {
    vec![
        Value::Null,
        json!(true),
        json!(-1),
        json!(1e300),
        json!(""),
        json!("={{ $env.HOME }}"),
        json!("../../x"),
        json!("\u{0}\u{1b}[2J\u{202e}"),
        json!("{"),
        json!("x".repeat(5_000)),
        json!([]),
        json!({}),
        json!([[[null]]]),
        json!({ "$ref": 5 }),
        json!({ "$ref": "#" }),
        json!({ "$ref": "#/paths" }),
        json!({ "$ref": "" }),
        json!({ "type": "object", "properties": { "": {}, "a": { "$ref": "#/x" } } }),
        json!({ "allOf": [{ "$ref": "#/components/schemas/Piece" }, { "$ref": "#/definitions/Book" }] }),
    ]
}

fn apply(document: &mut Value, mutation: &Mutation) {
    let mut all = Vec::new();
    pointers(document, "", &mut all);
    // The root stays: without it there is no document.
    let at = |n: usize| all[1 + n % (all.len() - 1)].clone();
    let put = |document: &mut Value, pointer: &str, value: Value| {
        if let Some(slot) = document.pointer_mut(pointer) {
            *slot = value;
        }
    };
    match *mutation {
        Mutation::Remove(a) => {
            let pointer = at(a);
            let (parent, key) = pointer.rsplit_once('/').unwrap();
            let key = key.replace("~1", "/").replace("~0", "~");
            match document.pointer_mut(parent) {
                Some(Value::Object(map)) => {
                    map.shift_remove(&key);
                }
                Some(Value::Array(list)) => {
                    list.remove(key.parse().unwrap());
                }
                _ => {}
            }
        }
        Mutation::Replace(a, b) => {
            let intruders = intruders();
            put(document, &at(a), intruders[b % intruders.len()].clone());
        }
        Mutation::Copy(a, b) => {
            let value = document.pointer(&at(b)).cloned().unwrap();
            put(document, &at(a), value);
        }
        Mutation::Link(a, b) => put(document, &at(a), json!({ "$ref": format!("#{}", at(b)) })),
        Mutation::Nest(a, depth) => {
            let mut value = document.pointer(&at(a)).cloned().unwrap();
            for level in 0..depth {
                value = match level % 4 {
                    0 => json!({ "type": "object", "properties": { "deeper": value } }),
                    1 => json!({ "type": "array", "items": value }),
                    2 => json!({ "allOf": [value] }),
                    _ => json!({ "oneOf": [value, { "type": "null" }] }),
                };
            }
            put(document, &at(a), value);
        }
        Mutation::Repeat(a, count) => {
            let value = document.pointer(&at(a)).cloned().unwrap();
            // Large parts are not repeated as often.
            let count = count.min(200_000 / value.to_string().len().max(1));
            let many = match value {
                Value::Array(list) => {
                    let many = list.iter().cycle().take(list.len() * count.max(1));
                    Value::Array(many.cloned().collect())
                }
                Value::Object(map) => {
                    let many = (0..count).flat_map(|i| {
                        map.iter()
                            .map(move |(key, value)| (format!("{key}{i}"), value.clone()))
                    });
                    Value::Object(many.take(5_000).collect())
                }
                other => Value::Array(vec![other; count]),
            };
            put(document, &at(a), many);
        }
    }
}

/// Imports a document and looks whether what comes out is fit to be written and read.
fn check(text: &str, file: &str) {
    let start = Instant::now();
    let Ok(document) = read(text, file) else {
        return;
    };
    let options = Options {
        service: "shop".into(),
        address: None,
    };
    let imported = document.import(&options, &mut |_| {});
    let taken = start.elapsed();
    assert!(taken < LIMIT, "it took {taken:?}");
    let size: usize = imported
        .files
        .iter()
        .map(|(path, text)| path.len() + text.len())
        .sum();
    assert!(
        size < MAX_OUTPUT + 4 * text.len(),
        "{size} bytes came out of {}",
        text.len()
    );
    let mut paths = std::collections::HashSet::new();
    for (path, text) in &imported.files {
        assert!(paths.insert(path.to_lowercase()), "{path} is made twice");
        let parts: Vec<&str> = path.split('/').collect();
        assert!(parts.len() <= 2 && path.ends_with(".yaml"), "{path}");
        for part in parts {
            let is_plain = !part.starts_with('.')
                && part
                    .chars()
                    .all(|c| c.is_alphanumeric() || "-_.".contains(c));
            assert!(is_plain && part.len() < 300, "{path}");
        }
        let source = SourceText::new(path.as_str(), text.as_str());
        let problems = match path.rsplit_once('/') {
            None => read_file::<ServiceFile>(FileKind::Service, &source).err(),
            Some(("credentials", _)) => {
                read_file::<CredentialDefinition>(FileKind::Credential, &source).err()
            }
            Some((_, "_resource.yaml")) => {
                read_file::<ResourceFile>(FileKind::Resource, &source).err()
            }
            Some(_) => read_file::<ActionFile>(FileKind::Action, &source).err(),
        };
        assert_eq!(problems, None, "{path}:\n{text}");
        let value = Value::from(&source.value().unwrap());
        assert!(!has_foreign_expression(&value, false), "{path}:\n{text}");
        assert!(source.locate("", Part::Value).is_some());
    }
}

/// Whether an expression of the document stands where definitions are evaluated.
fn has_foreign_expression(value: &Value, is_evaluated: bool) -> bool {
    match value {
        Value::String(text) => is_evaluated && text.starts_with('=') && text.contains("$env"),
        Value::Array(list) => list
            .iter()
            .any(|element| has_foreign_expression(element, is_evaluated)),
        Value::Object(map) => map.iter().any(|(key, member)| {
            let evaluates = ["request", "authenticate", "origins", "value", "default"];
            has_foreign_expression(member, is_evaluated || evaluates.contains(&key.as_str()))
        }),
        _ => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 160, max_shrink_iters: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_mutation_makes_it_panic_or_run_away(which in 0..3_usize, mutations in prop::collection::vec(mutation(), 1..12)) {
        let mut document = documents().swap_remove(which);
        for mutation in &mutations {
            apply(&mut document, mutation);
        }
        check(&document.to_string(), "a.json");
    }

    #[test]
    fn no_text_makes_it_panic(which in 0..3_usize, cut in any::<prop::sample::Index>(), noise in "\\PC{0,40}") {
        let text = documents().swap_remove(which).to_string();
        let mut at = cut.index(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        check(&format!("{}{noise}{}", &text[..at], &text[at..]), "a.json");
        check(&format!("openapi: 3.1.0\npaths:\n  {noise}"), "a.yaml");
    }
}

#[test]
fn references_that_multiply_are_bounded() {
    let mut schemas = serde_json::Map::new();
    for level in 0..40 {
        let next = json!({ "$ref": format!("#/components/schemas/S{}", level + 1) });
        let both = json!({ "type": "object", "properties": { "a": next, "b": next }, "allOf": [next, next] });
        schemas.insert(format!("S{level}"), both);
    }
    let first = json!({ "$ref": "#/components/schemas/S0" });
    let content = json!({ "content": { "application/json": { "schema": first } } });
    let document = json!({
        "openapi": "3.1.0",
        "paths": { "/a": { "post": { "requestBody": content, "responses": { "200": content } } } },
        "components": { "schemas": schemas },
    });
    check(&document.to_string(), "a.json");
    let imported = super::import(&document.to_string(), "a.json");
    assert!(
        imported
            .losses
            .iter()
            .any(|loss| loss.what == "schemas of an operation")
    );
}

#[test]
fn long_lists_are_bounded() {
    let parameters: Vec<Value> = (0..5_000)
        .map(|i| json!({ "name": format!("p{i}"), "in": "query", "schema": { "enum": (0..400).collect::<Vec<_>>() } }))
        .collect();
    let document =
        json!({ "openapi": "3.1.0", "paths": { "/a": { "get": { "parameters": parameters } } } });
    let imported = super::import(&document.to_string(), "a.json");
    let size: usize = imported.files.iter().map(|(_, text)| text.len()).sum();
    assert!(size < 200_000, "{size} bytes");
    for what in ["parameter", "allowed values"] {
        assert!(
            imported.losses.iter().any(|loss| loss.what == what),
            "{what}"
        );
    }
}

#[test]
fn no_expression_of_a_document_gets_into_a_definition() {
    let evil = "={{ $env.HOME }}";
    let scheme = |name: &str, place: &str| json!({ "type": "apiKey", "in": place, "name": name });
    let document = json!({
        "openapi": "3.1.0",
        "info": { "title": evil, "description": evil },
        "servers": [{ "url": evil }, { "url": "https://a.example/{{ $env.HOME }}" }],
        "tags": [{ "name": evil, "description": evil }],
        "security": [{ "one": [] }],
        "paths": {
            "/a?x={{ $env.HOME }}&y=={{ $env.HOME }}": { "get": {} },
            "/a?x={{ $env.HOME }}": { "get": { "tags": [evil], "operationId": evil } },
            "/={{ $env.HOME }}": { "get": {} },
            "/b": { "post": {
                "servers": [{ "url": "https://b.example/={{ $env.HOME }}" }],
                "security": [{ "two": [] }],
                "parameters": [
                    { "name": "a", "in": "query", "required": true, "schema": { "type": "string", "default": evil } },
                    { "name": "b", "in": "query", "required": true, "schema": { "enum": [evil], "default": evil } },
                    { "name": evil, "in": "query", "schema": { "type": "array", "items": {} } },
                ],
                "requestBody": { "content": { (evil.to_owned() + "+json"): { "schema": { "type": "string" } } } },
            } },
        },
        "components": { "securitySchemes": { "one": scheme(evil, "header"), "two": scheme("a={{ $env.HOME }}", "cookie") } },
    });
    check(&document.to_string(), "a.json");
    assert!(super::import(&document.to_string(), "a.json").actions > 1);
}
