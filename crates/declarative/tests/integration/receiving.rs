//! Bodies in and out over the wire: encodings, garbage, empty requests, files.

use bytes::Bytes;
use futures::StreamExt;
use futures::future::BoxFuture;
use itemflow_declarative::{
    ActionResponse, BinaryReader, Body, ByteStream, Outgoing, Part, PartContent, Sender, receive,
    send_one,
};
use itemflow_model::definition::ResponseType;
use itemflow_model::{Binary, Value};

use crate::server::{Server, answer, json};
use crate::setup::{clients, get, options, post, send, sender};

#[tokio::test]
async fn garbage_in_place_of_json_is_explained() {
    let server = Server::start(|_| async {
        answer(
            "200 OK",
            "content-type: application/octet-stream\r\n",
            [0, 159, 146, 150],
        )
    })
    .await;
    let response = send(get(&server.url("/")), "{}").await.unwrap();
    let error = receive(&response, &ActionResponse::default()).unwrap_err();
    assert!(error.message.contains("not JSON"), "{}", error.message);
    let description = error.description.unwrap();
    assert!(
        description.contains("application/octet-stream"),
        "{description}"
    );
    assert!(description.contains(r"\x00\x9f\x92\x96"), "{description}");
}

#[tokio::test]
async fn large_integers_and_text_charsets_survive() {
    let server = Server::start(|seen| async move {
        match seen.line.contains("/text") {
            true => answer(
                "200 OK",
                "content-type: text/plain; charset=windows-1252\r\n",
                b"\x80 5",
            ),
            false => json(r#"[{"id":9007199254740993},{"id":18446744073709551615}]"#),
        }
    })
    .await;
    let response = send(get(&server.url("/")), "{}").await.unwrap();
    let items = receive(&response, &ActionResponse::default())
        .unwrap()
        .items;
    let items = Value::from(items).to_string();
    assert_eq!(
        items,
        r#"[{"id":9007199254740993},{"id":18446744073709551615}]"#
    );
    let response = send(get(&server.url("/text")), "{}").await.unwrap();
    let declared = ActionResponse {
        response_type: ResponseType::Text,
        ..ActionResponse::default()
    };
    let items = receive(&response, &declared).unwrap().items;
    assert_eq!(items[0].to_string(), r#"{"data":"€ 5"}"#);
}

#[tokio::test]
async fn a_post_without_body_says_that_its_length_is_zero() {
    let server = Server::start(|_| async { answer("204 No Content", "", "") }).await;
    let response = send(post(&server.url("/")), "{}").await.unwrap();
    let seen = server.seen();
    assert_eq!(seen[0].header("content-length"), Some("0"));
    assert_eq!(seen[0].header("content-type"), None);
    let received = receive(&response, &ActionResponse::default()).unwrap();
    assert_eq!(received.items, [Value::empty_object()]);
}

/// Every file holds these bytes.
struct Files;

impl BinaryReader for Files {
    fn open<'a>(&'a self, _: &'a Binary) -> BoxFuture<'a, std::io::Result<ByteStream>> {
        let pieces = ["by", "tes"].map(|piece| Ok(Bytes::from(piece)));
        Box::pin(async { Ok(futures::stream::iter(pieces).boxed()) })
    }
}

#[tokio::test]
async fn files_are_streamed_as_body_and_as_part() {
    let server = Server::start(|_| async { json("{}") }).await;
    let (clients, options) = (clients(), options("{}"));
    let sender = Sender {
        binaries: &Files,
        ..sender(&clients, &options)
    };
    let binary = Binary {
        mime_type: "image/png".into(),
        file_name: Some("a.png".into()),
        bytes: 5,
        ..Binary::default()
    };
    let mut whole = post(&server.url("/"));
    whole.body = Body::Binary(binary.clone());
    send_one(&sender, 0, 0, Outgoing::from(whole))
        .await
        .unwrap();
    let mut parts = post(&server.url("/"));
    let part = |name: &str, content| Part {
        name: name.into(),
        content,
    };
    parts.body = Body::Multipart(vec![
        part("note", PartContent::Text("hello".into())),
        part("file", PartContent::Binary(binary)),
    ]);
    send_one(&sender, 1, 0, Outgoing::from(parts))
        .await
        .unwrap();
    let seen = server.seen();
    assert_eq!(seen[0].body, "bytes");
    assert_eq!(seen[0].header("content-length"), Some("5"));
    let form = &seen[1];
    assert!(
        form.header("content-type")
            .unwrap()
            .starts_with("multipart/form-data; boundary=")
    );
    for piece in [
        "name=\"note\"\r\n\r\nhello",
        "filename=\"a.png\"",
        "image/png",
        "bytes",
    ] {
        assert!(form.body.contains(piece), "{piece} in {}", form.body);
    }
}
