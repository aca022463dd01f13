//! Shapes of other services: forms, multipart, basic and bearer tokens, collections, made-up answers.

use itemflow_mock::Config;
use serde_json::json;

use crate::support::{Service, finish, load};

const SERVICE: &str = r#"
name: parcels
credentials: [basic, bearer]
request: { baseUrl: "={{ $credentials.host }}/v2", query: { lang: en } }
"#;

const BASIC: &str = r#"
name: basic
properties:
  - { name: host, type: string }
  - { name: user, type: string, placeholder: ana }
  - { name: password, type: string, secret: true }
authenticate:
  basic: { username: "={{ $credentials.user }}", password: "={{ $credentials.password }}" }
origins: ["={{ $credentials.host }}"]
"#;

const BEARER: &str = r#"
name: bearer
properties:
  - { name: host, type: string }
  - { name: token, type: string, secret: true }
authenticate: { headers: { Authorization: "=Bearer {{ $credentials.token }}" } }
origins: ["={{ $credentials.host }}"]
"#;

const SEND: &str = r#"
operation: Send
description: Sends a parcel.
request: { method: POST, path: /parcels, bodyType: form }
properties:
  weight: { type: number, required: true, typeOptions: { minValue: 1 }, description: Grams. }
  tags: { type: multiOptions, options: [fragile, heavy], description: Marks. }
  more:
    type: collection
    description: What is seldom needed.
    properties:
      note: { type: string, description: For the driver. }
      marks: { type: multiOptions, options: [a, b], in: header, key: X-Marks, description: Own marks. }
      trace: { type: string, in: header, key: X-Trace, description: Your own id. }
response:
  items: data.parcels
  schema:
    type: object
    properties: { id: { type: integer }, weight: { type: number }, state: { enum: [sent] } }
"#;

const LABEL: &str = r#"
operation: Upload Label
description: Stores a label.
credential: bearer
request: { method: PUT, path: "/parcels/{id}/label.{format}", bodyType: multipart }
properties:
  id: { type: string, required: true, description: Parcel. }
  format: { type: options, options: [pdf, png], required: true, description: Format. }
  copies: { type: multiOptions, options: [shop, buyer], description: Who gets one. }
  file: { type: binary, required: true, in: body, description: The label. }
"#;

async fn parcels() -> Service {
    let definition = load(&[
        ("service.yaml", SERVICE),
        ("credentials/basic.yaml", BASIC),
        ("credentials/bearer.yaml", BEARER),
        ("parcels/send.yaml", SEND),
        ("parcels/upload-label.yaml", LABEL),
    ]);
    Service::of(&definition, Config::default()).await
}

fn field(service: &Service, credential: &str, field: &str) -> String {
    let credentials = service.running.credentials();
    credentials[credential][field].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_form_is_read_and_an_answer_made_of_the_schema() {
    let service = parcels().await;
    assert!(service.running.base_url().ends_with("/v2"));
    let send = |form: &'static str| {
        let (user, password) = ("ana", field(&service, "basic", "password"));
        service
            .bare("POST", "/parcels?lang=en")
            .basic_auth(user, Some(password))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body(form)
    };
    let (status, answer) =
        finish(send("weight=250&tags[]=fragile&tags[]=heavy&note=up+here")).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(
        answer,
        json!({ "data": { "parcels": [{ "id": 1, "weight": 250, "state": "sent" }] } })
    );
    for (form, fault) in [
        ("", "weight is required"),
        ("weight=0", "weight must be at least 1"),
        ("weight=1&tags[]=wet", "tags must hold only fragile, heavy"),
        ("weight=1&colour=red", "colour is no field of this action"),
    ] {
        let (status, answer) = finish(send(form)).await;
        assert_eq!((status, &answer["message"]), (422, &json!(fault)));
    }
}

#[tokio::test]
async fn lists_in_headers_are_separated_by_commas() {
    let service = parcels().await;
    for (marks, status) in [("a, b", 200), ("a, c", 422)] {
        let request = service
            .bare("POST", "/parcels?lang=en")
            .basic_auth("ana", Some(field(&service, "basic", "password")))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .header("X-Marks", marks)
            .body("weight=1");
        assert_eq!(finish(request).await.0, status, "{marks}");
    }
}

#[tokio::test]
async fn constants_of_the_query_must_be_there() {
    let service = parcels().await;
    let request = service
        .bare("POST", "/parcels?lang=de")
        .basic_auth("ana", Some(field(&service, "basic", "password")))
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body("weight=1");
    let (status, answer) = finish(request).await;
    assert_eq!(
        (status, &answer["message"]),
        (422, &json!("lang must be en"))
    );
}

#[tokio::test]
async fn a_multipart_file_counts_as_its_field() {
    let service = parcels().await;
    let upload = |name: &str, target: &str| {
        let content = "--B\r\nContent-Disposition: form-data; name=\"NAME\"; filename=\"l.pdf\"\r\n\r\n%PDF\r\n--B--\r\n";
        service
            .bare("PUT", target)
            .bearer_auth(field(&service, "bearer", "token"))
            .header("Content-Type", "multipart/form-data; boundary=B")
            .body(content.replace("NAME", name))
    };
    let target = "/parcels/a%20b/label.pdf?lang=en";
    assert_eq!(finish(upload("file", target)).await, (200, json!({})));
    let (status, answer) = finish(upload("photo", target)).await;
    assert_eq!(
        (status, &answer["attributes"]),
        (422, &json!(["file", "photo"]))
    );
    let (status, answer) = finish(upload("file", "/parcels/1/label.gif?lang=en")).await;
    assert_eq!(
        (status, &answer["message"]),
        (422, &json!("format must be one of pdf, png"))
    );
    let copy = "--B\r\nContent-Disposition: form-data; name=\"copies\"\r\n\r\nshop\r\n";
    let listed = upload("file", target).body(format!(
        "{copy}{}--B\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nx\r\n--B--\r\n",
        copy.replace("shop", "buyer")
    ));
    assert_eq!(finish(listed).await.0, 200);
    let basic = service
        .bare("PUT", target)
        .basic_auth("ana", Some(field(&service, "basic", "password")));
    assert_eq!(finish(basic).await.0, 401);
}
