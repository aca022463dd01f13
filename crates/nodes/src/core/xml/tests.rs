//! What is refused, and cases made with xml2js.

use serde_json::{Value as Json, json};

use crate::core::tests::{list, run};

fn convert(parameters: &Json, item: &Json) -> Result<Json, String> {
    let parameters = parameters.clone().into();
    let outputs = run("xml", None, &parameters, &[list(json!([item]))])?;
    Ok(serde_json::to_value(&outputs[0][0]).unwrap())
}

fn read(xml: &str) -> Result<Json, String> {
    convert(&json!({}), &json!({ "data": xml }))
}

/// Options with what they read or build.
#[test]
fn documents_are_read_and_built_as_xml2js_does() {
    let cases: Json = serde_json::from_str(include_str!("cases.json")).unwrap();
    for case in cases.as_array().unwrap() {
        let options = &case["options"];
        if let Some(xml) = case.get("read") {
            let made = convert(&json!({ "options": options }), &json!({ "data": xml }));
            assert_eq!(made.as_ref(), Ok(&case["json"]), "{xml} {options}");
        } else {
            let parameters = json!({ "mode": "jsonToxml", "options": options });
            let made = convert(&parameters, &case["build"]);
            assert_eq!(made, Ok(json!({ "data": case["xml"] })), "{case}");
        }
    }
}

#[test]
fn xml_that_is_not_well_formed_says_where() {
    for (xml, message) in [
        ("<a>\n<b></a>", "line 2"),
        ("<a>", "`<a>` is never closed"),
        ("text", "there is text outside of the root element"),
        ("<a>&foo;</a>", "there is no entity `&foo;`"),
        ("<a b=1/>", "an attribute of `<a>` cannot be read"),
        ("<a b='&foo;'/>", "there is no entity `&foo;`"),
        ("<a b='&'/>", "a bare `&`"),
        ("<1a/>", "begins no element"),
        ("<!-- only -->", "there is no element in the xml"),
        ("  ", "the xml is empty"),
    ] {
        let error = read(xml).unwrap_err();
        assert!(error.contains(message), "{xml}: {error}");
    }
    assert!(
        convert(&json!({}), &json!({}))
            .unwrap_err()
            .contains("no field `data`")
    );
    assert!(
        convert(&json!({}), &json!({ "data": {} }))
            .unwrap_err()
            .contains("not object")
    );
}

#[test]
fn hostile_xml_is_refused_in_time() {
    let bomb = "<!DOCTYPE a [<!ENTITY x \"yyyy\"><!ENTITY z \"&x;&x;\">]><a>&z;</a>";
    assert!(read(bomb).unwrap_err().contains("no entity `&z;`"));
    let deep = "<a>".repeat(100_000);
    assert!(
        read(&deep)
            .unwrap_err()
            .contains("nested more than 256 deep")
    );
    let attributes: String = (0..20_000).map(|i| format!(" a{i}='1'")).collect();
    assert!(read(&format!("<a{attributes}/>")).is_ok());
    let children = "<b/>".repeat(100_000);
    assert!(read(&format!("<a>{children}</a>")).is_ok());
}

#[test]
fn values_that_xml_cannot_hold_say_why() {
    let build = |item: Json| convert(&json!({ "mode": "jsonToxml" }), &item).unwrap_err();
    assert!(build(json!({ "two words": 1 })).contains("cannot be the name"));
    assert!(build(json!({ "a": "\u{1}" })).contains("U+0001"));
    assert!(build(json!({ "a": [[1], ["x"]] })).contains("must hold objects"));
    let mut deep = json!(1);
    for _ in 0..300 {
        deep = json!({ "a": deep });
    }
    assert!(build(json!({ "a": deep })).contains("nested more than 256 deep"));
    let error = convert(&json!({ "mode": "wash" }), &json!({})).unwrap_err();
    assert_eq!(error, "there is no mode `wash`");
}
