//! What is found wrong with a node before it runs.

use serde_json::{Value, json};

use crate::setup::Trial;

/// Codes and pointers of all problems, and the first message.
fn problems(parameters: Value) -> (Vec<String>, String) {
    let problems = Trial::new(parameters).problems();
    let first = problems.first().map(|problem| problem.message.clone());
    let places = problems
        .iter()
        .map(|problem| format!("{} {}", problem.code, problem.pointer));
    (places.collect(), first.unwrap_or_default())
}

fn with(rest: Value) -> Value {
    let mut parameters = json!({ "url": "https://a.example" });
    for (name, value) in rest.as_object().unwrap() {
        parameters[name] = value.clone();
    }
    parameters
}

#[test]
fn faults_are_found_at_their_places() {
    for (parameters, place, says) in [
        (json!({}), "missing-parameter /url", "missing"),
        (json!({ "url": "a.example/x" }), "bad-url /url", "http://"),
        (
            with(json!({ "method": "PSOT" })),
            "unknown-method /method",
            "PSOT",
        ),
        (
            with(json!({ "sendBody": true, "specifyBody": "json", "jsonBody": "{\"a\": }" })),
            "invalid-json /jsonBody",
            "line 1 column 7",
        ),
        (
            with(json!({ "sendQuery": true, "specifyQuery": "json", "jsonQuery": "[1]" })),
            "invalid-json /jsonQuery",
            "must be a JSON object",
        ),
        (
            with(json!({
                "sendHeaders": true,
                "headerParameters": { "parameters": [{ "name": "X-A", "value": "1\r\nX-B: 2" }] }
            })),
            "bad-header /headerParameters",
            "line break",
        ),
        (
            with(json!({ "options": { "timeout": "soon" } })),
            "bad-option /options/timeout",
            "whole number",
        ),
        (
            with(json!({ "sendBody": true, "contentType": "yaml" })),
            "unknown-choice /contentType",
            "form-urlencoded",
        ),
        (
            with(json!({ "options": { "pagination": { "pagination": { "nextURL": "x" } } } })),
            "not-supported /options/pagination/pagination",
            "only the first page",
        ),
        (
            with(json!({ "provideSslCertificates": true })),
            "not-supported /provideSslCertificates",
            "httpSslAuth",
        ),
        (
            with(
                json!({ "authentication": "predefinedCredentialType", "nodeCredentialType": "githubApi" }),
            ),
            "not-supported /nodeCredentialType",
            "`githubApi`",
        ),
        (
            with(
                json!({ "authentication": "genericCredentialType", "genericAuthType": "oAuth1Api" }),
            ),
            "not-supported /genericAuthType",
            "`oAuth1Api`",
        ),
        (
            with(
                json!({ "authentication": "genericCredentialType", "genericAuthType": "httpBasicAuth" }),
            ),
            "missing-credential ",
            "`httpBasicAuth` is missing",
        ),
    ] {
        let (places, message) = problems(parameters);
        assert_eq!(places, [place]);
        assert!(message.contains(says), "{message}");
    }
}

#[test]
fn what_has_no_effect_is_a_warning() {
    let (places, message) = problems(with(json!({
        "sendBody": true, "jsonBody": "{}", "headerParamters": {},
        "options": { "timout": 5, "pagination": { "pagination": { "paginationMode": "off" } } }
    })));
    let expected = [
        "hidden-parameter /jsonBody",
        "unknown-parameter /headerParamters",
        "unknown-parameter /options/timout",
    ];
    assert_eq!(places, expected);
    assert!(message.contains("no effect"), "{message}");
}

#[test]
fn only_listed_versions_exist() {
    for version in [1.0, 2.0, 3.0, 4.0, 4.1, 4.2, 4.3, 4.4, 4.5] {
        let trial = Trial::new(with(json!({}))).version(version);
        assert!(trial.problems().is_empty());
    }
    let problems = Trial::new(with(json!({}))).version(4.6).problems();
    assert_eq!(problems[0].code, "unknown-version");
}
