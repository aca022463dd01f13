//! A double that nobody has asked yet answers every example of every action as the example says.

use itemflow_model::definition::{ActionFile, Example, RequestForm, Resource};
use serde_json::Value as Json;

use crate::support::{PLATFORM, Service, USER, konverte_digital};

/// Method, and whether a credential is sent.
fn request(action: &ActionFile) -> (String, bool) {
    match &action.request {
        RequestForm::Short(text) => (text.split(' ').next().unwrap().to_owned(), true),
        RequestForm::Long(long) => (long.method.clone(), long.authenticate.is_none()),
    }
}

fn credential(resource: &Resource) -> &'static str {
    match resource.file.credential.as_deref() {
        Some(PLATFORM) => PLATFORM,
        _ => USER,
    }
}

/// The body of an example: as it says, else what of its parameters is in neither path nor query.
fn body(action: &ActionFile, method: &str, example: &Example) -> Option<Json> {
    let sent = example.request.as_ref().unwrap();
    if sent.body.is_some() || method == "GET" || method == "DELETE" {
        return sent.body.as_ref().map(Json::from);
    }
    let path = match &action.request {
        RequestForm::Short(text) => text,
        RequestForm::Long(long) => &long.path,
    };
    let query = sent.query.as_deref().unwrap_or_default();
    let rest = example.parameters.iter().filter(|(name, _)| {
        !path.contains(&format!("{{{name}}}")) && !query.contains(&format!("{name}="))
    });
    let members = rest.map(|(name, value)| (name.to_string(), Json::from(value)));
    Some(Json::Object(members.collect())).filter(|body| body != &serde_json::json!({}))
}

#[tokio::test]
async fn every_example_is_answered_as_it_says() {
    let definition = konverte_digital();
    let service = Service::start().await;
    let (mut asked, mut wrong) = (0, Vec::new());
    for resource in &definition.resources {
        for entry in &resource.actions {
            let action = entry.action().unwrap();
            let (method, is_signed) = request(action);
            let mut seen = Vec::new();
            for example in &action.examples {
                let (Some(sent), Some(response)) = (&example.request, &example.response) else {
                    continue;
                };
                let mut target = sent.path.clone().unwrap();
                if let Some(query) = sent.query.as_ref().filter(|query| !query.is_empty()) {
                    target = format!("{target}?{query}");
                }
                // Of two examples with one request, the double can only give the first.
                let is_second = seen.contains(&(target.clone(), sent.body.clone()));
                seen.push((target.clone(), sent.body.clone()));
                if is_second {
                    continue;
                }
                service.running.forget();
                let mut request = match is_signed {
                    true => service.signed(credential(resource), &method, &target),
                    false => service.bare(&method, &target),
                };
                if let Some(body) = body(action, &method, example) {
                    request = request.json(&body);
                }
                let answer = request.send().await.unwrap();
                let status = answer.status().as_u16();
                let text = answer.text().await.unwrap();
                let expected = match response.body.as_ref().map(Json::from) {
                    None => String::new(),
                    Some(Json::String(page)) => page,
                    Some(body) => body.to_string(),
                };
                asked += 1;
                if (status, &text) != (response.status, &expected) {
                    let name = format!(
                        "{}/{}: {}",
                        resource.value(),
                        action.operation,
                        example.name
                    );
                    wrong.push(format!(
                        "{name}\n  {status} {text}\n  {} {expected}",
                        response.status
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(asked > 180, "{asked}");
}
