//! Each kind of file with its options.

use itemflow_model::Link;
use serde_json::json;

use crate::core::file_bench::Bench;

#[tokio::test]
async fn options_shape_text_and_json() {
    let bench = Bench::new();
    let items = [bench.item(
        json!({ "text": "grün", "list": [1, { "a": 2 }], "no": null, "n": 1.5 }),
        &[],
    )];
    for (parameters, expected, mime_type, name) in [
        (json!({ "operation": "toText", "sourceProperty": "text" }), &b"gr\xC3\xBCn"[..], "text/plain", "file.txt"),
        (
            json!({ "operation": "toText", "sourceProperty": "text", "options": { "encoding": "latin1", "fileName": "a.md" } }),
            b"gr\xFCn", "text/plain", "a.md",
        ),
        (
            json!({ "operation": "toText", "sourceProperty": "text", "options": { "addBOM": true } }),
            b"\xEF\xBB\xBFgr\xC3\xBCn", "text/plain", "file.txt",
        ),
        (json!({ "operation": "toText", "sourceProperty": "list" }), b"[1,{\"a\":2}]", "text/plain", "file.txt"),
        (json!({ "operation": "toText", "sourceProperty": "list[1].a" }), b"2", "text/plain", "file.txt"),
        (json!({ "operation": "toText", "sourceProperty": "n" }), b"1.5", "text/plain", "file.txt"),
        (
            json!({ "operation": "toJson", "mode": "each", "options": { "format": true, "encoding": "latin1" } }),
            b"{\n  \"text\": \"gr\xFCn\",\n  \"list\": [\n    1,\n    {\n      \"a\": 2\n    }\n  ],\n  \"no\": null,\n  \"n\": 1.5\n}",
            "application/json", "file.json",
        ),
        (
            json!({ "operation": "toBinary", "sourceProperty": "text", "options": { "dataIsBase64": false, "mimeType": "text/x-own" } }),
            b"gr\xC3\xBCn", "text/x-own", "file",
        ),
    ] {
        let made = bench.run("convertToFile", 1.0, parameters.clone(), &items).await;
        let item = made.get(0).unwrap();
        let file = &item.binary.as_ref().unwrap()["data"];
        assert_eq!(bench.bytes(file), expected, "{parameters}");
        assert_eq!((file.mime_type.as_str(), file.file_name.as_deref()), (mime_type, Some(name)));
        assert_eq!(item.json, json!({}).into());
    }
    // Since 1.1 bytes are always base64.
    let parameters = json!({ "operation": "toBinary", "sourceProperty": "text", "options": { "dataIsBase64": false } });
    let made = bench.run("convertToFile", 1.1, parameters, &items).await;
    assert_ne!(
        bench.bytes(&made.get(0).unwrap().binary.as_ref().unwrap()["data"]),
        "grün".as_bytes()
    );
}

#[tokio::test]
async fn all_items_become_one_json_file() {
    let bench = Bench::new();
    let items = [json!({ "a": 1 }), json!({ "a": 2 })].map(|json| bench.item(json, &[]));
    let made = bench
        .run(
            "convertToFile",
            1.1,
            json!({ "operation": "toJson" }),
            &items,
        )
        .await;
    assert_eq!((made.len(), made.link(0)), (1, Link::to_first(2)));
    assert_eq!(
        bench.text(made.get(0).unwrap(), "data"),
        "[{\"a\":1},{\"a\":2}]"
    );
}

#[tokio::test]
async fn tables_take_their_options() {
    let bench = Bench::new();
    let items = [json!({ "a": 1, "b": "x|y" })].map(|json| bench.item(json, &[]));
    let options = json!({ "delimiter": "|", "headerRow": false, "fileName": "t.txt" });
    let made = bench
        .run("convertToFile", 1.1, json!({ "options": options }), &items)
        .await;
    let item = made.get(0).unwrap();
    assert_eq!(bench.text(item, "data"), "\u{feff}1|\"x|y\"");
    let file = &item.binary.as_ref().unwrap()["data"];
    assert_eq!(
        (file.mime_type.as_str(), file.file_name.as_deref()),
        ("text/plain", Some("t.txt"))
    );
    let parameters =
        json!({ "operation": "xlsx", "options": { "sheetName": "Numbers", "fileName": "n.xlsx" } });
    let made = bench.run("convertToFile", 1.1, parameters, &items).await;
    let read = json!({ "operation": "xlsx", "options": { "sheetName": "Numbers" } });
    let rows = bench
        .json(
            "extractFromFile",
            1.0,
            read,
            &[made.get(0).unwrap().clone()],
        )
        .await;
    assert_eq!(rows, json!([{ "a": 1, "b": "x|y" }]));
    let parameters = json!({ "operation": "ods", "options": { "sheetName": "a/b" } });
    let error = bench
        .try_run("convertToFile", 1.1, parameters, &items)
        .await
        .unwrap_err();
    assert!(error.message.contains("`a/b`"), "{}", error.message);
}

#[tokio::test]
async fn faults_name_the_item_and_the_parameter() {
    let bench = Bench::new();
    let items = [json!({ "a": {} }), json!({ "b": "eA==" })].map(|json| bench.item(json, &[]));
    let parameters =
        json!({ "operation": "toBinary", "sourceProperty": "b", "continueOnFail": true });
    let made = bench.run("convertToFile", 1.1, parameters, &items).await;
    let error = made.get(0).unwrap().error.clone().unwrap();
    assert_eq!(
        (error.item_index, error.parameter.as_deref()),
        (Some(0), Some("sourceProperty"))
    );
    assert_eq!(bench.text(made.get(1).unwrap(), "data"), "x");
    let parameters = json!({ "operation": "toBinary", "sourceProperty": "a" });
    let error = bench
        .try_run("convertToFile", 1.1, parameters, &items)
        .await
        .unwrap_err();
    assert!(error.message.contains("not to object"), "{}", error.message);
}

#[tokio::test]
async fn an_event_becomes_a_calendar_file() {
    let bench = Bench::new();
    let items = [bench.item(json!({}), &[])];
    let parameters = json!({
        "operation": "iCal", "title": "T", "start": "2024-01-01T00:00:00Z", "end": "2024-01-01T01:00:00Z",
        "binaryPropertyName": "event",
    });
    let made = bench.run("convertToFile", 1.1, parameters, &items).await;
    assert!(
        bench
            .text(made.get(0).unwrap(), "event")
            .contains("SUMMARY:T\r\n")
    );
}

#[tokio::test]
async fn a_data_url_is_read_after_its_head() {
    let bench = Bench::new();
    let items = [bench.item(json!({ "url": "data:text/plain;base64,aGVsbG8=" }), &[])];
    let parameters = json!({ "operation": "toBinary", "sourceProperty": "url" });
    let made = bench.run("convertToFile", 1.1, parameters, &items).await;
    assert_eq!(bench.text(made.get(0).unwrap(), "data"), "hello");
}
