//! Versions, options, item linking and failures. What is expected was made with cheerio and html-to-text.

use itemflow_model::{Link, Value};
use serde_json::{Value as Json, json};

use crate::core::tests::{list, outcome, run};

const PAGE: &str = "<html><body><h1> Title </h1><p>one</p><p> two\n  <b>bold</b></p><p></p>\
    <select multiple id=m><option value=1 selected>a<option selected>b<option>c</select>\
    <select id=s><option value=x>a<option value=y>b</select><input value=v><textarea>t</textarea></body></html>";

#[allow(
    clippy::needless_pass_by_value,
    reason = "cases read better with the values themselves"
)]
fn extract(node: &str, version: f64, values: Json, options: Json) -> Result<Json, String> {
    let parameters = json!({
        "operation": "extractHtmlContent",
        "extractionValues": { "values": values },
        "options": options,
    });
    let inputs = [list(json!([{ "data": PAGE }]))];
    let outputs = run(node, Some(version), &parameters.into(), &inputs)?;
    Ok(serde_json::to_value(&outputs[0][0]).unwrap())
}

fn value(selector: &str, kind: &str, list: bool) -> Json {
    json!([{ "key": "v", "cssSelector": selector, "returnValue": kind, "attribute": "id", "returnArray": list }])
}

#[test]
fn each_version_gives_its_own_values() {
    let missing = json!(null);
    for (selector, kind, list, old, first, current) in [
        (
            "h1",
            "text",
            false,
            json!("Title"),
            json!(" Title "),
            json!("Title"),
        ),
        (
            "p",
            "text",
            false,
            json!("one two\n  bold"),
            json!("one two\n  bold"),
            json!("one"),
        ),
        (
            "p",
            "text",
            true,
            json!(["one", "two\n  bold", ""]),
            json!(["one", " two\n  bold", null]),
            json!(["one", "two bold", ""]),
        ),
        ("h2", "text", false, json!(""), missing.clone(), json!("")),
        (
            "p:eq(1)",
            "html",
            false,
            json!("two\n  <b>bold</b>"),
            json!(" two\n  <b>bold</b>"),
            json!(" two\n  <b>bold</b>"),
        ),
        (
            "p:last",
            "html",
            false,
            missing.clone(),
            missing.clone(),
            missing.clone(),
        ),
        (
            "select",
            "attribute",
            false,
            json!("m"),
            json!("m"),
            json!("m"),
        ),
        (
            "p",
            "attribute",
            false,
            missing.clone(),
            missing.clone(),
            missing.clone(),
        ),
        (
            "select, input, textarea",
            "attribute",
            true,
            json!(["m", "s", null, null]),
            json!(["m", "s", null, null]),
            json!(["m", "s", null, null]),
        ),
        (
            "#m",
            "value",
            false,
            json!("1,b"),
            json!("1,b"),
            json!("1,b"),
        ),
        (
            "#s, input, textarea",
            "value",
            true,
            json!(["x", "v", "t"]),
            json!(["x", "v", "t"]),
            json!(["x", "v", "t"]),
        ),
    ] {
        for (node, version, expected) in [
            ("htmlExtract", 1.0, &old),
            ("html", 1.0, &first),
            ("html", 1.1, &first),
            ("html", 1.2, &current),
        ] {
            let json = extract(node, version, value(selector, kind, list), json!({})).unwrap();
            assert_eq!(&json["v"], expected, "{node} {version} {selector} {kind}");
        }
    }
}

#[test]
fn values_are_trimmed_and_cleaned_up_when_asked_to() {
    for (node, options, expected) in [
        ("html", json!({}), " Title "),
        ("html", json!({ "trimValues": true }), "Title"),
        ("html", json!({ "cleanUpText": true }), "Title"),
        ("htmlExtract", json!({}), "Title"),
        ("htmlExtract", json!({ "trimValues": false }), " Title "),
    ] {
        let json = extract(node, 1.0, value("h1", "text", false), options).unwrap();
        assert_eq!(json["v"], expected, "{node}");
    }
    let json = extract(
        "html",
        1.0,
        value("p", "text", false),
        json!({ "cleanUpText": true }),
    );
    assert_eq!(json.unwrap()["v"], "one two bold");
}

#[test]
fn the_source_is_a_path_but_for_version_1() {
    let parameters: Value = json!({
        "operation": "extractHtmlContent",
        "dataPropertyName": "a.b",
        "extractionValues": { "values": [{ "key": "v", "cssSelector": "p" }] },
    })
    .into();
    let inputs = [list(json!([{ "a": { "b": "<p>x" } }]))];
    assert!(run("html", Some(1.1), &parameters, &inputs).is_ok());
    assert_eq!(
        run("html", Some(1.0), &parameters, &inputs).unwrap_err(),
        "the item has no field `a.b` with html"
    );
}

#[test]
fn a_list_of_texts_gives_an_item_for_each() {
    let parameters: Value = json!({
        "operation": "extractHtmlContent",
        "extractionValues": { "values": [{ "key": "v", "cssSelector": "p" }] },
    })
    .into();
    let inputs = [list(
        json!([{ "data": "<p>a" }, { "data": ["<p>b", "<p>c"] }]),
    )];
    let outcome = outcome("html", None, &parameters, &inputs).unwrap();
    let items = outcome.outputs[0].clone().unwrap();
    let links: Vec<Link> = (0..items.len()).map(|i| items.link(i)).collect();
    assert_eq!(links, [Link::to(0), Link::to(1), Link::to(1)]);
    assert_eq!(items.get(2).unwrap().json, json!({ "v": "c" }).into());
}

#[test]
fn a_table_links_to_every_item_and_there_is_none_of_nothing() {
    let parameters: Value = json!({ "operation": "convertToHtmlTable" }).into();
    let made = outcome(
        "html",
        None,
        &parameters,
        &[list(json!([{ "a": {} }, { "b": null }]))],
    )
    .unwrap();
    let items = made.outputs[0].clone().unwrap();
    assert_eq!(items.link(0), Link::to_first(2));
    let table = items.get(0).unwrap().json.get("table").unwrap().to_string();
    assert!(table.contains("style=") && table.contains("{}"), "{table}");
    assert_eq!(run("html", None, &parameters, &[vec![]]), Ok(vec![vec![]]));
}

#[test]
fn what_a_template_says_nothing_of_is_empty() {
    let parameters = json!({ "html": "=<b>{{ $json.missing }}</b>{{ null }}{{ 0 }}{{ false }}" });
    let outputs = run("html", None, &parameters.into(), &[list(json!([{}]))]).unwrap();
    assert_eq!(outputs[0][0], json!({ "html": "<b></b>0false" }).into());
}

#[test]
fn what_cannot_run_says_why() {
    for (node, parameters, message) in [
        ("html", json!({}), "`html` is missing"),
        (
            "html",
            json!({ "operation": "wash" }),
            "there is no operation `wash`",
        ),
        (
            "html",
            json!({ "html": "{{ ( }}" }),
            "this expression cannot be read",
        ),
        ("htmlExtract", json!({}), "there is nothing to extract"),
        (
            "htmlExtract",
            json!({ "extractionValues": { "values": [{ "cssSelector": "p:wat" }] } }),
            "the selector `p:wat` cannot be read: there is no `:wat`",
        ),
        (
            "htmlExtract",
            json!({ "extractionValues": { "values": [{ "cssSelector": "={{ 'p:' + 'wat' }}" }] } }),
            "the selector `p:wat` cannot be read",
        ),
        (
            "htmlExtract",
            json!({ "extractionValues": { "values": [{ "returnValue": "soul" }] } }),
            "`returnValue` must be text, html, attribute or value",
        ),
        (
            "htmlExtract",
            json!({ "dataPropertyName": "o", "extractionValues": { "values": [{}] } }),
            "the field `o` must hold html as text, not object",
        ),
    ] {
        let inputs = [list(json!([{ "data": "<p>", "o": {} }]))];
        let error = run(node, None, &parameters.clone().into(), &inputs).unwrap_err();
        assert!(error.starts_with(message), "{parameters}: {error}");
    }
}

/// HTML and the text that html-to-text makes of it.
#[test]
fn texts_are_rendered_as_html_to_text_renders_them() {
    let cases: Json = serde_json::from_str(include_str!("texts.json")).unwrap();
    for case in cases.as_array().unwrap() {
        let html = format!(
            "<body><div id=it>{}</div></body>",
            case["html"].as_str().unwrap()
        );
        let parameters = json!({
            "operation": "extractHtmlContent",
            "extractionValues": { "values": [{ "key": "v", "cssSelector": "#it" }] },
        });
        let inputs = [list(json!([{ "data": html }]))];
        let outputs = run("html", None, &parameters.into(), &inputs).unwrap();
        assert_eq!(outputs[0][0], json!({ "v": case["text"] }).into(), "{html}");
    }
}
