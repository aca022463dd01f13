//! Request options of a workflow file: they work, and a failure names the option, the node and the item.

use std::net::TcpListener;

use insta::assert_snapshot;
use serde_json::json;

use crate::process::{Folder, Ran};
use crate::recorder::{Answer, Recorder};

/// Runs a request for each of two items with these options.
fn run(url: &str, options: &str) -> Ran {
    let workflow = format!(
        r#"nodes:
  - {{ name: Start, type: manualTrigger }}
  - name: Inbox
    type: konverteDigital
    parameters:
      resource: Inboxes
      operation: Get Inbox
      account_id: 1
      id: "={{{{ $json.id }}}}"
      requestOptions: {options}
    credentials: {{ konverteDigitalApi: my-konverte }}
connections:
  - Start -> Inbox
"#
    );
    let credentials = format!(
        "my-konverte:\n  type: konverteDigitalApi\n  url: {url}\n  accessToken: token-of-the-test\n"
    );
    Folder::with_workflow(&workflow)
        .with("c.yaml", &credentials)
        .run(&[
            "run",
            "workflow.yaml",
            "--credentials",
            "c.yaml",
            "--input",
            r#"[{"id":1},{"id":2}]"#,
            "--quiet",
            "--output",
            "json",
        ])
}

/// An address where nobody listens.
fn closed() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}

#[test]
fn a_timeout_names_its_option_node_and_item() {
    let recorder = Recorder::answering(|request| match request.target.contains("/2/") {
        true => Answer::Silence,
        false => Answer::Json(200, json!({})),
    });
    let ran = run(&recorder.url(), "{ timeout: 200 }").ended(1);
    assert_snapshot!(ran.stderr.replace(&recorder.url(), "http://HOST"), @r#"
    error: node "Inbox", item 1, parameter `requestOptions.timeout`: no answer came within 200 ms
      request: GET http://HOST/api/v1/accounts/1/inboxes/2/
      help: raise requestOptions.timeout if the service needs longer; the request may be sent again
    "#);
}

#[test]
fn a_proxy_that_refuses_is_named() {
    let recorder = Recorder::start();
    let proxy = closed();
    let ran = run(
        &recorder.url(),
        &format!("{{ proxy: 'http://user:hush@{proxy}' }}"),
    )
    .ended(1);
    recorder.assert_untouched();
    assert!(!ran.stderr.contains("hush"));
    assert_snapshot!(ran.stderr.replace(&proxy, "PROXY").replace(&recorder.url(), "http://HOST"), @r#"
    error: node "Inbox", item 0, parameter `requestOptions.proxy`: the proxy http://user:***@PROXY/ refused the connection
      request: GET http://HOST/api/v1/accounts/1/inboxes/1/
      help: check requestOptions.proxy
    "#);
}

#[test]
fn a_proxy_gets_the_request_in_absolute_form() {
    let proxy = Recorder::json(200, json!({ "by": "proxy" }));
    let ran = run(
        "http://service.example.com",
        &format!("{{ maxConcurrency: 1, proxy: '{}' }}", proxy.url()),
    )
    .succeeded();
    assert_eq!(ran.items()[0], json!({ "by": "proxy" }));
    assert_eq!(
        proxy.next().target,
        "http://service.example.com/api/v1/accounts/1/inboxes/1/"
    );
}

#[test]
fn a_service_that_is_not_there() {
    let address = closed();
    let ran = run(&format!("http://{address}"), "{}").ended(1);
    assert_snapshot!(ran.stderr.replace(&address, "HOST"), @r#"
    error: node "Inbox", item 0: nothing listens at HOST (connection refused)
      request: GET http://HOST/api/v1/accounts/1/inboxes/1/
      help: check the host and port of the URL, and that the service runs
    "#);
}

#[test]
fn batches_wait_for_each_other() {
    let recorder = Recorder::start();
    run(
        &recorder.url(),
        "{ batching: { batch: { batchSize: 1, batchInterval: 1 } } }",
    )
    .succeeded();
    let targets: Vec<String> = recorder
        .received()
        .into_iter()
        .map(|request| request.target)
        .collect();
    assert_eq!(
        targets,
        [
            "/api/v1/accounts/1/inboxes/1/",
            "/api/v1/accounts/1/inboxes/2/"
        ]
    );
}

#[test]
fn an_option_by_expression_that_cannot_be_used_names_node_and_item() {
    let recorder = Recorder::start();
    let ran = run(
        &recorder.url(),
        "{ timeout: \"={{ $json.id === 2 ? 'soon' : 1000 }}\" }",
    )
    .ended(1);
    assert_snapshot!(ran.stderr.replace(&recorder.url(), "http://HOST"), @r#"error: node "Inbox", item 1, parameter `requestOptions.timeout`: timeout must be a whole number from 0 to 4294967295, not "soon""#);
}

#[test]
fn a_self_signed_certificate_is_refused_with_the_option_that_allows_it() {
    let server = crate::tls_server::TlsServer::start(r#"{"id":1}"#);
    let ran = run(&server.url(), "{}").ended(1);
    assert_snapshot!(ran.stderr.replace(&server.url(), "https://HOST"), @r#"
    error: node "Inbox", item 0, parameter `requestOptions.allowUnauthorizedCerts`: the certificate of 127.0.0.1 was refused: it is self-signed
      request: GET https://HOST/api/v1/accounts/1/inboxes/1/
      help: trust its issuer with requestOptions.caCertificate, or accept any certificate with requestOptions.allowUnauthorizedCerts
    "#);
    run(&server.url(), "{ allowUnauthorizedCerts: true }").succeeded();
}
