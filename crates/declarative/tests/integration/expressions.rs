//! Expressions of a definition: what each of them can name, and that none of them can name a secret too early.

use itemflow_declarative::{
    Action, Authenticator, BuildContext, EmptyScope, ParameterRules, RequestSpec, Secrets,
    build_request,
};
use itemflow_model::definition::{ActionFile, CredentialDefinition, ResourceFile, ServiceFile};

use crate::setup::map;

const SERVICE: &str = r#"
name: test
credentials: [testApi]
request:
  baseUrl: "={{ $credentials.url }}/v1"
  headers: { X-Token: "={{ $credentials.token }}", X-Name: "=Hello {{ $parameter.name }}" }
"#;
const CREDENTIAL: &str = r#"
name: testApi
properties:
  - { name: url, type: string, required: true }
  - { name: token, type: string, required: true, secret: true }
authenticate: { headers: { Authorization: "=Bearer {{ $credentials.token }}" } }
origins: ["={{ $credentials.url }}"]
"#;
const ACTION: &str = r#"
operation: Create
description: d
request: POST /things
properties:
  name: { type: string, required: true, value: "={{ $value.toUpperCase() }}" }
  none: { type: string, value: "={{ undefined }}" }
  rows:
    type: fixedCollection
    properties:
      row:
        type: collection
        properties:
          a: { type: string, key: x.a, value: "={{ $value + $index + $parent.b }}" }
          b: { type: string, in: none }
"#;

fn credential() -> (CredentialDefinition, Secrets) {
    let definition = serde_saphyr::from_str(CREDENTIAL).unwrap();
    let data = map(r#"{"url":"https://a.example","token":"hunter2"}"#);
    (definition, Secrets::new(data))
}

fn build(parameters: &str) -> RequestSpec {
    let service: ServiceFile = serde_saphyr::from_str(SERVICE).unwrap();
    let file: ActionFile = serde_saphyr::from_str(ACTION).unwrap();
    let (definition, secrets) = credential();
    let credentials = std::slice::from_ref(&definition);
    let action = Action::compile(&service, &ResourceFile::default(), &file, credentials).unwrap();
    let prepared = action
        .validate(&map(parameters), ParameterRules::Own)
        .unwrap();
    let public = secrets.public(&definition);
    let context = BuildContext::new(&EmptyScope).credentials(Some(&public));
    build_request(&action, &prepared.parameters, &context).unwrap()
}

#[test]
fn each_expression_sees_what_it_may() {
    let spec = build(r#"{"name":"ana","none":"x","rows":{"row":[{"a":"q","b":"z"}]}}"#);
    assert_eq!(spec.url.as_str(), "https://a.example/v1/things");
    assert_eq!(spec.header("x-name"), Some("Hello ana"));
    assert_eq!(
        spec.body.to_json().map(|body| body.to_string()),
        Some(r#"{"name":"ANA","x":{"a":"q0z"}}"#.into())
    );
}

#[test]
fn a_secret_comes_in_last() {
    let spec = build(r#"{"name":"ana"}"#);
    assert!(
        spec.headers
            .iter()
            .all(|header| !header.value.contains("hunter2"))
    );
    let (definition, secrets) = credential();
    let authenticator = Authenticator::new(&definition, &secrets).unwrap();
    let spec = authenticator.apply(spec).unwrap();
    assert_eq!(spec.header("authorization"), Some("Bearer hunter2"));
    assert!(!format!("{spec:?} {authenticator:?}").contains("hunter2"));
}
