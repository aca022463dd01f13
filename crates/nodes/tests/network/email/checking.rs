//! What is found wrong with a node before it runs.

use serde_json::{Value, json};

use crate::setup::Trial;

fn places(version: f64, parameters: Value) -> Vec<String> {
    let trial = Trial::of("emailSend", parameters).version(version);
    let trial = trial.names_credential("smtp", json!({}));
    let problems = trial.problems();
    problems
        .into_iter()
        .map(|problem| format!("{} {}", problem.code, problem.pointer))
        .collect()
}

fn with(further: Value) -> Value {
    let mut parameters = json!({ "fromEmail": "a@example.com", "toEmail": "b@example.com" });
    super::merge(&mut parameters, further);
    parameters
}

#[test]
fn faults_are_found_at_their_places() {
    for (version, parameters, expected) in [
        (2.1, with(json!({})), vec![]),
        (
            2.1,
            json!({}),
            vec!["missing-parameter /fromEmail", "missing-parameter /toEmail"],
        ),
        (
            2.1,
            with(json!({ "toEmail": "bo" })),
            vec!["bad-address /toEmail"],
        ),
        (
            2.1,
            with(json!({ "options": { "ccEmail": "x" } })),
            vec!["bad-address /options/ccEmail"],
        ),
        (
            2.1,
            with(json!({ "emailFormat": "pdf" })),
            vec!["unknown-choice /emailFormat"],
        ),
        (
            2.1,
            with(json!({ "operation": "sendAndWait", "message": "?" })),
            vec!["not-supported /operation"],
        ),
        (
            2.1,
            with(json!({ "requestOptions": { "timeout": "soon" } })),
            vec!["bad-option /requestOptions/timeout"],
        ),
        (
            2.1,
            with(json!({ "text": "x", "ccEmail": "c@example.com", "sendTo": "d@example.com" })),
            vec![
                "hidden-parameter /text",
                "unknown-parameter /ccEmail",
                "unknown-parameter /sendTo",
            ],
        ),
        (
            1.0,
            with(json!({ "emailFormat": "text", "options": { "ccEmail": "c@example.com" } })),
            vec![
                "unknown-parameter /emailFormat",
                "unknown-parameter /options/ccEmail",
            ],
        ),
        (2.3, with(json!({})), vec!["unknown-version "]),
    ] {
        assert_eq!(places(version, parameters), expected);
    }
}

#[test]
fn a_node_needs_its_credential() {
    let problems = Trial::of("emailSend", with(json!({})))
        .version(2.1)
        .problems();
    assert_eq!(problems[0].code, "missing-credential");
    assert!(problems[0].message.contains("`smtp`"));
}

#[tokio::test]
async fn a_credential_that_cannot_be_used_is_known_before_a_run() {
    for (fields, says) in [
        (json!({}), "no host"),
        (json!({ "host": "m", "port": "x" }), "port"),
    ] {
        let trial = Trial::of("emailSend", with(json!({}))).version(2.1);
        let error = trial.names_credential("smtp", fields).error().await;
        assert!(error.message.contains(says), "{}", error.message);
    }
}
