//! `docs/adding-a-service.md`: its service works, and its table knows every word of the schemas.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use itemflow_mock::Config;
use serde_json::{Value, json};

use crate::support::{Service, finish, load};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn guide() -> &'static str {
    let text = fs::read_to_string(root().join("docs/adding-a-service.md")).unwrap();
    text.leak()
}

/// The YAML blocks of the guide, each under the path in its first line.
fn files() -> Vec<(&'static str, &'static str)> {
    let blocks = guide().split("```yaml\n").skip(1);
    blocks
        .map(|block| {
            let text = block.split("```").next().unwrap();
            let first = text.lines().next().unwrap();
            (first.strip_prefix("# ").unwrap(), text)
        })
        .collect()
}

#[tokio::test]
async fn the_service_of_the_guide_answers_its_examples() {
    let definition = load(&files());
    assert_eq!(definition.check(), []);
    let service = Service::of(&definition, Config::default()).await;
    let credentials = service.running.credentials();
    let token = credentials["bookshelfApi"]["token"].as_str().unwrap();
    let found = service
        .bare("GET", "/books?subjects=history,science")
        .bearer_auth(token);
    let longitude = json!({ "results": [{ "id": 7, "title": "Longitude", "lent_to": null }] });
    assert_eq!(finish(found).await, (200, longitude));
    let lent = service
        .bare("POST", "/books/7/loans")
        .bearer_auth(token)
        .json(&json!({ "reader": { "card": "R-12" }, "weeks": 4 }));
    let answer = json!({ "id": 7, "title": "Longitude", "lent_to": "R-12" });
    assert_eq!(finish(lent).await, (200, answer));
    let misplaced = service
        .bare("POST", "/books/7/loans")
        .bearer_auth(token)
        .json(&json!({ "reader": { "card": "R-12", "name": "x" } }));
    let (status, answer) = finish(misplaced).await;
    assert_eq!(
        (status, &answer["attributes"]),
        (422, &json!(["reader.name"]))
    );
    let lent_again = service
        .bare("POST", "/books/7/loans")
        .bearer_auth(token)
        .json(&json!({ "reader": { "card": "R-13" }, "weeks": 1 }));
    let answer = json!({ "id": 7, "title": "Longitude", "lent_to": "R-13" });
    assert_eq!(finish(lent_again).await, (200, answer.clone()));
    for (title, found) in [("long", vec![answer]), ("latitude", vec![])] {
        let target = format!("/books?title={title}");
        let listed = service.bare("GET", &target).bearer_auth(token);
        assert_eq!(finish(listed).await, (200, json!({ "results": found })));
    }
    let missing = service
        .bare("POST", "/books/8/loans")
        .bearer_auth(token)
        .json(&json!({ "reader": { "card": "R-13" } }));
    let refusal =
        json!({ "error": { "code": "not_found", "text": "there is no 8 among the books" } });
    assert_eq!(finish(missing).await, (404, refusal));
    for request in service.running.requests() {
        assert!(request.path.starts_with("/v1/"), "{request:?}");
    }
}

#[test]
fn the_guide_names_every_word_of_the_schemas() {
    let mut words = BTreeSet::new();
    for kind in ["service", "credential", "resource", "action", "mock"] {
        let path = root().join(format!("node-definitions/schema/{kind}.schema.json"));
        let schema: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        gather(&schema, &mut words);
    }
    assert!(words.len() > 50);
    let tables = guide().split("## Every word").nth(1).unwrap();
    let known: BTreeSet<&str> = tables
        .split('`')
        .skip(1)
        .step_by(2)
        .flat_map(|code| code.split(|c: char| !(c.is_alphanumeric() || c == '$')))
        .collect();
    let missing: Vec<&String> = words
        .iter()
        .filter(|word| !known.contains(word.as_str()))
        .collect();
    assert!(missing.is_empty(), "not in the table: {missing:?}");
}

/// The names of properties and the enumerated values of a schema.
fn gather(schema: &Value, words: &mut BTreeSet<String>) {
    match schema {
        Value::Array(list) => list.iter().for_each(|element| gather(element, words)),
        Value::Object(members) => {
            for (name, member) in members {
                match (name.as_str(), member) {
                    ("properties", Value::Object(properties)) => {
                        words.extend(properties.keys().cloned());
                        properties
                            .values()
                            .for_each(|property| gather(property, words));
                    }
                    ("const", Value::String(word)) => {
                        words.insert(word.clone());
                    }
                    ("enum", Value::Array(listed)) => {
                        words.extend(listed.iter().filter_map(Value::as_str).map(str::to_owned));
                    }
                    _ => gather(member, words),
                }
            }
        }
        _ => {}
    }
}
