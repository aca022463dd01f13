//! Secrets of the credentials file appear in no output of any command.

use serde_json::json;

use crate::process::{Folder, Ran};
use crate::recorder::{Answer, Recorder};

const SECRET: &str = "s3cr3t+/=\u{e9}&x";

/// A workflow whose request fails, so that errors have much to tell.
const WORKFLOW: &str = r#"nodes:
  - { name: Start, type: manualTrigger }
  - name: Inbox
    type: konverteDigital
    parameters: { resource: Inboxes, operation: Get Inbox, account_id: 1, id: 3 }
    credentials: { konverteDigitalApi: my-konverte }
connections:
  - Start -> Inbox
"#;

/// The secret as it may stand in a header, a URL or JSON text.
const FORMS: [&str; 3] = ["s3cr3t", "s3cr3t%2B", "czNjcjN0"];

#[track_caller]
fn tells_no_secret(ran: &Ran) {
    let all = ran.to_string();
    for form in FORMS {
        assert!(!all.contains(form), "{form}: {all}");
    }
}

fn every_command(recorder: &Recorder) {
    let folder = Folder::with_workflow(WORKFLOW)
        .with("c.yaml", &recorder.credentials(&format!("\"{SECRET}\"")));
    for output in ["table", "json"] {
        for command in ["run", "explain"] {
            let ran = folder
                .itemflow(&[
                    command,
                    "workflow.yaml",
                    "--credentials",
                    "c.yaml",
                    "--output",
                    output,
                ])
                .env("ITEMFLOW_LOG", "trace")
                .run();
            tells_no_secret(&ran);
        }
        tells_no_secret(&folder.run(&["check", "workflow.yaml", "c.yaml", "--output", output]));
        tells_no_secret(&folder.run(&["check", ".", "--output", output]));
    }
    // The file taken for something it is not.
    tells_no_secret(&folder.run(&["run", "c.yaml"]));
    tells_no_secret(&folder.run(&[
        "run",
        "workflow.yaml",
        "--credentials",
        "c.yaml",
        "--node",
        "Inbox",
    ]));
}

#[test]
fn when_the_service_repeats_the_secret_in_a_refusal() {
    let recorder = Recorder::answering(|request| {
        let token = request
            .header("api-access-token")
            .unwrap_or_default()
            .to_owned();
        Answer::Json(
            401,
            json!({ "error": format!("bad token {token}"), "token": token }),
        )
    });
    every_command(&recorder);
}

#[test]
fn when_the_answer_is_no_json_and_repeats_the_secret() {
    let recorder = Recorder::answering(|request| {
        let token = request.header("api-access-token").unwrap_or_default();
        let body = format!("{{ broken {token}");
        Answer::Raw(
            format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}", body.len())
                .into_bytes(),
        )
    });
    every_command(&recorder);
}

#[test]
fn when_the_connection_breaks() {
    every_command(&Recorder::answering(|_| Answer::Raw(Vec::new())));
}

#[test]
fn when_the_service_leads_elsewhere() {
    let elsewhere = Recorder::start();
    let target = elsewhere.url();
    let recorder = Recorder::answering(move |_| {
        Answer::Raw(
            format!("HTTP/1.1 302 Found\r\nlocation: {target}/x\r\ncontent-length: 0\r\n\r\n")
                .into_bytes(),
        )
    });
    every_command(&recorder);
    for request in elsewhere.received() {
        assert_eq!(request.header("api-access-token"), None);
    }
}

#[test]
fn when_the_credentials_file_is_broken() {
    let folder = Folder::with_workflow(WORKFLOW);
    for text in [
        "my-konverte:\n  type: konverteDigitalApi\n  accessToken: s3cr3t: x\n",
        "my-konverte:\n  type: konverteDigitalApi\n  accessToken: \"s3cr3t\n",
        "my-konverte:\n  accessToken: s3cr3t\n",
        "my-konverte: s3cr3t\n",
        "- s3cr3t\n",
        "my-konverte:\n  type: konverteDigitalApi\n  url: s3cr3t\n  accessToken: ${s3cr3t\n",
        "my-konverte:\n  type: konverteDigitalApi\n  url: http://u:s3cr3t@127.0.0.1:9\n  accessToken: s3cr3t\n",
        "{ \"my-konverte\": { \"accessToken\": \"s3cr3t\", } }",
    ] {
        std::fs::write(folder.path("c.yaml"), text).unwrap();
        for command in ["run", "explain"] {
            let ran = folder.run(&[command, "workflow.yaml", "--credentials", "c.yaml"]);
            tells_no_secret(&ran);
        }
        tells_no_secret(&folder.run(&["check", "."]));
    }
}
