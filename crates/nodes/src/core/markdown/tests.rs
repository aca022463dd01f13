//! What is refused, and cases made with Showdown and node-html-markdown.

use serde_json::{Value as Json, json};

use crate::core::tests::{list, run};

fn convert(parameters: &Json) -> Result<String, String> {
    let parameters = parameters.clone().into();
    let outputs = run("markdown", None, &parameters, &[list(json!([{}]))])?;
    Ok(outputs[0][0]
        .get("data")
        .unwrap()
        .as_str()
        .unwrap()
        .to_owned())
}

fn to_html(markdown: &str, options: &Json) -> Result<String, String> {
    convert(&json!({ "mode": "markdownToHtml", "markdown": markdown, "options": options }))
}

fn from_html(html: &str, options: &Json) -> Result<String, String> {
    convert(&json!({ "html": html, "options": options }))
}

/// Texts, options and results.
fn cases(json: &str) -> Vec<(String, Json, String)> {
    serde_json::from_str(json).unwrap()
}

#[test]
fn markdown_becomes_the_html_that_showdown_makes() {
    for (markdown, options, html) in cases(include_str!("to_html.json")) {
        assert_eq!(
            to_html(&markdown, &options),
            Ok(html),
            "{markdown:?} {options}"
        );
    }
}

#[test]
fn html_becomes_the_markdown_that_node_html_markdown_makes() {
    for (html, options, markdown) in cases(include_str!("from_html.json")) {
        assert_eq!(
            from_html(&html, &options),
            Ok(markdown),
            "{html:?} {options}"
        );
    }
}

#[test]
fn texts_are_replaced_and_escaped_as_asked() {
    let values = json!({ "textReplace": { "values": [
        { "pattern": "/(b+)c/g", "replacement": "<$1$&$$>" },
        { "pattern": "x" },
    ] } });
    assert_eq!(
        from_html("<p>abbc xbc</p>", &values).unwrap(),
        "a<bbbbc$> <bbc$>"
    );
    let escape = |name: &str, pattern: &str| json!({ name: { "value": { "pattern": pattern, "replacement": "\\$&" } } });
    assert_eq!(
        from_html("a_b!", &escape("globalEscape", "!")).unwrap(),
        "a_b\\!"
    );
    assert_eq!(
        from_html("- a", &escape("lineStartEscape", "^a")).unwrap(),
        "- a"
    );
    let error = from_html("x", &escape("globalEscape", "(")).unwrap_err();
    assert!(
        error.starts_with("the pattern `(` cannot be read"),
        "{error}"
    );
    let slow = json!({ "textReplace": { "values": [{ "pattern": "(a+)+\\1b" }] } });
    let error = from_html(&"a".repeat(60), &slow).unwrap_err();
    assert!(error.contains("takes too long"), "{error}");
}

#[test]
fn addresses_of_mail_are_hidden_unless_that_is_not_wanted() {
    assert_eq!(
        to_html("<a@b.c>", &json!({})).unwrap(),
        "<p><a href=\"&#109;&#97;&#105;&#108;&#116;&#111;&#58;&#97;&#64;&#98;&#46;&#99;\">&#97;&#64;&#98;&#46;&#99;</a></p>"
    );
    assert_eq!(
        to_html("<a@b.c>", &json!({ "encodeEmails": false })).unwrap(),
        "<p><a href=\"mailto:a@b.c\">a@b.c</a></p>"
    );
}

#[test]
fn the_result_goes_where_it_is_asked_to_go() {
    let parameters = json!({ "html": "<b>x</b>", "destinationKey": "a.b" }).into();
    let outputs = run(
        "markdown",
        None,
        &parameters,
        &[list(json!([{ "a": { "c": 1 } }]))],
    )
    .unwrap();
    assert_eq!(
        outputs[0][0],
        json!({ "a": { "c": 1, "b": "**x**" } }).into()
    );
    let error = convert(&json!({ "mode": "wash" })).unwrap_err();
    assert_eq!(error, "there is no mode `wash`");
}

#[test]
fn hostile_texts_are_converted_or_refused_in_time() {
    let started = std::time::Instant::now();
    assert!(
        to_html(&"> ".repeat(200), &json!({}))
            .unwrap_err()
            .contains("more than 64 deep")
    );
    let lists: String = (0..200)
        .map(|n| format!("{}- a\n", "    ".repeat(n)))
        .collect();
    assert!(
        to_html(&lists, &json!({}))
            .unwrap_err()
            .contains("more than 64 deep")
    );
    for part in [
        "[",
        "](",
        "![",
        "*a ",
        "_",
        "<",
        "<a ",
        "<b>",
        "`",
        "``a ",
        "~~",
        "|",
        "# ",
        "- ",
        "\n",
        " \t",
        "&",
        "<!--",
        "<div>",
        "[a]: b\n",
        "* * ",
        "1. ",
        "a\n=\n",
        "```\n",
        "<div markdown>",
        "¨K0K",
        "\\",
    ] {
        let options = json!({ "tables": true, "strikethrough": true, "simplifiedAutoLink": true });
        let _ = to_html(&part.repeat(1200), &options);
    }
    assert!(
        from_html(&"<div>".repeat(600), &json!({}))
            .unwrap_err()
            .contains("nested more than 512 deep")
    );
    for part in [
        "<",
        "<a ",
        "<a '",
        "<a href=\"",
        "<!--",
        "<b>",
        "</b>",
        "<li>",
        "<p>",
        "&",
        "&#",
        "&#x110000;",
        "<table><tr><td>",
        "<script>",
        "<h1>",
        "*",
        "\n",
    ] {
        let _ = from_html(&part.repeat(20_000), &json!({}));
    }
    let open = format!("{}x{}", "<div>".repeat(500), "</div>".repeat(500));
    assert_eq!(from_html(&open, &json!({})).unwrap(), "x");
    assert!(started.elapsed().as_secs() < 120, "{:?}", started.elapsed());
}
