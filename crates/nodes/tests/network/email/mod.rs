//! Send Email.

mod checking;
mod failing;
mod mime;
mod sending;
mod server;

use serde_json::{Value, json};

use crate::setup::Trial;
use server::MailServer;

/// A node that sends through a server, with `options` of its own beside what every e-mail needs.
fn trial(server: &MailServer, version: f64, parameters: Value) -> Trial {
    trial_with(server, version, parameters, json!({}))
}

/// As [`trial`], with further fields of the credential.
fn trial_with(server: &MailServer, version: f64, parameters: Value, fields: Value) -> Trial {
    let mut all = json!({
        "fromEmail": "Ada <ada@example.com>", "toEmail": "bo@example.com", "subject": "Hello"
    });
    merge(&mut all, parameters);
    let mut credential = json!({ "host": "127.0.0.1", "port": server.port(), "secure": false });
    merge(&mut credential, fields);
    Trial::of("emailSend", all)
        .version(version)
        .names_credential("smtp", credential)
}

fn merge(into: &mut Value, from: Value) {
    for (name, value) in from.as_object().unwrap() {
        into[name] = value.clone();
    }
}
