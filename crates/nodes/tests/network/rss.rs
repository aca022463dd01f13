//! RSS Read: feeds of every kind give the items that n8n's parser gives, and none does harm.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::setup::{Seen, Server, Trial, reply};

const FEED: &str = r#"<rss version="2.0"><channel><item><title>One</title></item><item><title>Two</title></item></channel></rss>"#;

fn trial(version: f64, url: String, options: Value) -> Trial {
    let parameters = json!({ "url": url, "options": options });
    Trial::of("rssFeedRead", parameters).version(version)
}

async fn feed(content_type: &'static str, body: impl Into<Vec<u8>>) -> Server {
    let body = body.into();
    Server::start(move |_: &Seen| reply(200, content_type, body.clone())).await
}

#[tokio::test]
async fn feeds_of_every_kind_give_n8ns_items() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/network/feeds");
    for name in ["podcast", "old", "rdf", "atom"] {
        let text = fs::read_to_string(folder.join(format!("{name}.xml"))).unwrap();
        let expected = fs::read_to_string(folder.join(format!("{name}.json"))).unwrap();
        let server = feed("application/xml", text).await;
        let fields = "media:content, media:keywords,rating,source,author,";
        let trial = trial(1.2, server.url("/feed"), json!({ "customFields": fields }));
        // As text, so that the order of the fields counts too.
        let found = serde_json::to_string_pretty(&trial.json().await).unwrap();
        assert_eq!(found, expected.trim_end(), "{name}");
    }
}

#[tokio::test]
async fn each_version_says_what_it_accepts_and_how_often_it_asks() {
    for (version, requests, accept) in [
        (1.0, 1, "application/rss+xml"),
        (1.1, 2, "application/rss+xml"),
        (1.2, 2, "application/rss+xml, application/rdf+xml;q=0.8"),
    ] {
        let server = feed("text/xml", FEED).await;
        let url = format!("={}", server.url("/{{ $json.id }}"));
        let trial = trial(version, url, json!({})).items(2);
        let outcome = trial.outcome().await.unwrap();
        let items = outcome.outputs[0].as_ref().unwrap();
        assert_eq!(items.len(), 2 * requests);
        let seen = server.seen();
        assert_eq!((seen.len(), &*seen[0].uri), (requests, "/0"));
        assert!(seen[0].header("accept")[0].starts_with(accept));
        let links: Vec<Vec<u32>> = (0..items.len())
            .map(|at| items.link(at).refs().iter().map(|one| one.item).collect())
            .collect();
        let expected = match requests {
            1 => vec![vec![0, 1]; 2],
            _ => vec![vec![0], vec![0], vec![1], vec![1]],
        };
        assert_eq!(links, expected, "{version}");
    }
}

#[tokio::test]
async fn the_encoding_is_that_of_the_header_or_of_the_document() {
    let latin = |declaration: &str| {
        let mut bytes =
            format!(r#"{declaration}<rss version="2.0"><channel><item><title>caf"#).into_bytes();
        bytes.push(0xe9);
        bytes.extend(b"</title></item></channel></rss>");
        bytes
    };
    for (content_type, body) in [
        ("text/xml; charset=ISO-8859-1", latin("")),
        (
            "text/xml",
            latin("<?xml version='1.0' encoding='iso-8859-1'?>"),
        ),
    ] {
        let server = feed(content_type, body).await;
        let items = trial(1.2, server.url("/"), json!({})).json().await;
        assert_eq!(items, json!([{ "title": "café" }]));
    }
}

#[tokio::test]
async fn what_is_no_feed_says_so() {
    for (status, body, says) in [
        (
            200,
            "<html><body>hello</body></html>",
            "<html>, which is neither",
        ),
        (200, "<rss><channel/></rss>", "no version"),
        (200, "<rss version='2.0'/>", "no channel"),
        (200, "{}", "no XML"),
        (404, "gone", "404"),
    ] {
        let server = Server::start(move |_| reply(status, "text/html", body)).await;
        let error = trial(1.2, server.url("/"), json!({})).error().await;
        assert!(error.message.contains(says), "{body}: {}", error.message);
        assert_eq!(
            (error.node.as_deref(), error.item_index),
            (Some("Fetch"), Some(0))
        );
        let trial = trial(1.2, server.url("/"), json!({})).continue_on_fail();
        assert_eq!(trial.json().await, json!([{ "error": error.message }]));
    }
}

#[tokio::test]
async fn hostile_feeds_end() {
    let deep = "<rss version='2.0'><channel><item>".to_owned() + &"<x>".repeat(100_000);
    let bomb = r#"<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>
        <rss version="2.0"><channel><item><title>&b;&c;</title></item></channel></rss>"#;
    let server = feed("text/xml", deep).await;
    let error = trial(1.2, server.url("/"), json!({})).error().await;
    assert!(error.message.contains("nested"), "{}", error.message);
    let server = feed("text/xml", bomb).await;
    let items = trial(1.2, server.url("/"), json!({})).json().await;
    assert_eq!(items, json!([{ "title": "&b;&c;" }]));
}

#[tokio::test]
async fn a_feed_that_does_not_come_blames_what_can_be_set() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let mut trial = trial(1.2, url, json!({}));
    let options = json!({ "timeout": 50 });
    trial
        .node
        .parameters
        .insert("requestOptions".into(), options.into());
    let error = trial.error().await;
    assert_eq!(error.parameter.as_deref(), Some("requestOptions.timeout"));
}

#[test]
fn faults_are_found_before_a_run() {
    let places = |parameters: Value| -> Vec<String> {
        let problems = Trial::of("rssFeedRead", parameters).problems();
        problems
            .into_iter()
            .map(|p| format!("{} {}", p.code, p.pointer))
            .collect()
    };
    assert_eq!(places(json!({})), ["missing-parameter /url"]);
    assert_eq!(places(json!({ "url": "feed.example" })), ["bad-url /url"]);
    assert_eq!(
        places(json!({ "url": "https://a.example", "options": { "ignoreSLL": true } })),
        ["unknown-parameter /options/ignoreSLL"]
    );
    assert_eq!(
        places(json!({ "url": "https://a.example", "options": { "ignoreSSL": "x" } })),
        ["bad-option /options/ignoreSSL"]
    );
}
