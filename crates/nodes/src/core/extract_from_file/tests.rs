//! Options of each kind of file, and what stays of the item.

use itemflow_model::Link;
use serde_json::json;

use crate::core::file_bench::Bench;

#[tokio::test]
async fn csv_takes_its_options() {
    let bench = Bench::new();
    let file: &[u8] = b"\xEF\xBB\xBFid;gr\xC3\xBCn\n1;\n2;x\n";
    let items = [bench.item(json!({ "lost": 1 }), &[("data", "a.csv", file)])];
    for (options, expected) in [
        (
            json!({ "delimiter": ";" }),
            json!([{ "\u{feff}id": "1" }, { "\u{feff}id": "2", "grün": "x" }]),
        ),
        (
            json!({ "delimiter": ";", "enableBOM": true, "includeEmptyCells": true, "maxRowCount": 1 }),
            json!([{ "id": "1", "grün": "" }]),
        ),
        (
            json!({ "delimiter": ";", "headerRow": false, "fromLine": 2 }),
            json!([{ "row": ["1", ""] }, { "row": ["2", "x"] }]),
        ),
        (
            json!({ "delimiter": ";", "encoding": "latin1", "enableBOM": true, "fromLine": 3, "headerRow": false }),
            json!([{ "row": ["2", "x"] }]),
        ),
    ] {
        let rows = bench
            .json(
                "extractFromFile",
                1.0,
                json!({ "options": options }),
                &items,
            )
            .await;
        assert_eq!(rows, expected, "{options}");
    }
}

#[tokio::test]
async fn a_fault_in_csv_is_an_error_since_version_1_1() {
    let bench = Bench::new();
    let items = [bench.item(json!({}), &[("data", "a.csv", b"a,b\n1,2\n3\n4,5\n")])];
    let outcome = bench
        .try_run("extractFromFile", 1.0, json!({}), &items)
        .await
        .unwrap();
    assert_eq!(outcome.outputs[0].as_ref().unwrap().len(), 1);
    assert!(outcome.hints[0].contains("line 3"), "{:?}", outcome.hints);
    let error = bench
        .try_run("extractFromFile", 1.1, json!({}), &items)
        .await
        .unwrap_err();
    assert!(error.message.contains("line 3"), "{}", error.message);
    let options = json!({ "skipRecordsWithErrors": { "value": { "enabled": true, "maxSkippedRecords": -1 } } });
    let rows = bench
        .json(
            "extractFromFile",
            1.1,
            json!({ "options": options }),
            &items,
        )
        .await;
    assert_eq!(
        rows,
        json!([{ "a": "1", "b": "2" }, { "a": "4", "b": "5" }])
    );
    let options = json!({ "skipRecordsWithErrors": { "value": { "enabled": true, "maxSkippedRecords": 0 } } });
    let refused = bench
        .try_run(
            "extractFromFile",
            1.1,
            json!({ "options": options }),
            &items,
        )
        .await;
    assert!(refused.is_err());
}

#[tokio::test]
async fn what_stays_of_the_item_is_chosen() {
    let bench = Bench::new();
    let items = [bench.item(
        json!({ "id": 1 }),
        &[("data", "a.txt", b"x"), ("other", "b.txt", b"y")],
    )];
    for (keep, json, files) in [
        (json!(null), json!({ "data": "x" }), &["other"][..]),
        (json!("json"), json!({ "id": 1, "data": "x" }), &["other"]),
        (json!("binary"), json!({ "data": "x" }), &["data", "other"]),
        (
            json!("both"),
            json!({ "id": 1, "data": "x" }),
            &["data", "other"],
        ),
    ] {
        let parameters = json!({ "operation": "text", "options": { "keepSource": keep } });
        let found = bench.run("extractFromFile", 1.0, parameters, &items).await;
        let item = found.get(0).unwrap();
        assert_eq!(item.json, json.into(), "{keep}");
        let names: Vec<&str> = item
            .binary
            .as_ref()
            .unwrap()
            .keys()
            .map(|name| &**name)
            .collect();
        assert_eq!(names, files);
    }
}

#[tokio::test]
async fn texts_are_decoded_and_read() {
    let bench = Bench::new();
    let calendar =
        b"BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nSUMMARY:x\nEND:VEVENT\nEND:VCALENDAR";
    for (operation, options, file, expected) in [
        (
            "text",
            json!({ "encoding": "latin1" }),
            &b"gr\xFCn"[..],
            json!("grün"),
        ),
        (
            "text",
            json!({ "stripBOM": false }),
            b"\xEF\xBB\xBFx",
            json!("\u{feff}x"),
        ),
        ("text", json!({}), b"\xEF\xBB\xBFx", json!("x")),
        ("xml", json!({}), b"<a>1</a>", json!("<a>1</a>")),
        (
            "fromJson",
            json!({ "encoding": "utf16le" }),
            b"[\x001\x00]\x00",
            json!([1]),
        ),
        (
            "fromIcs",
            json!({}),
            calendar,
            json!({ "version": "2.0", "events": [{ "summary": "x" }] }),
        ),
        ("binaryToPropery", json!({}), b"\xFF\xFE", json!("//4=")),
    ] {
        let items = [bench.item(json!({}), &[("file", "a", file)])];
        let parameters = json!({
            "operation": operation, "binaryPropertyName": "file", "destinationKey": "x.y", "options": options,
        });
        let found = bench.json("extractFromFile", 1.1, parameters, &items).await;
        assert_eq!(found, json!([{ "x": { "y": expected } }]), "{operation}");
    }
}

#[tokio::test]
async fn faults_belong_to_their_item() {
    let bench = Bench::new();
    let items = [
        bench.item(json!({}), &[]),
        bench.item(json!({}), &[("data", "a.json", b"{")]),
        bench.item(json!({}), &[("data", "b.json", b"1")]),
    ];
    let parameters = json!({ "operation": "fromJson", "continueOnFail": true });
    let found = bench.run("extractFromFile", 1.0, parameters, &items).await;
    let message = |at: usize| {
        found
            .get(at)
            .unwrap()
            .error
            .clone()
            .unwrap()
            .message
            .clone()
    };
    assert_eq!(message(0), "the item has no file named `data`");
    assert!(message(1).contains("not JSON"));
    assert_eq!(found.get(2).unwrap().json, json!({ "data": 1 }).into());
    assert_eq!(found.link(2), Link::to(2));
    for operation in ["pdf", "xlsx", "html", "fromIcs"] {
        let parameters = json!({ "operation": operation });
        let items = [bench.item(json!({}), &[("data", "a", b"<p>no")])];
        let error = bench
            .try_run("extractFromFile", 1.0, parameters, &items)
            .await
            .unwrap_err();
        assert_eq!(error.item_index, Some(0), "{operation}");
    }
}
