//! Tests of reading and locating.

use super::*;

fn yaml(text: &str) -> SourceText {
    SourceText::new("a.yaml", text)
}

fn json(text: &str) -> SourceText {
    SourceText::new("a.json", text)
}

fn at<'a>(source: &'a SourceText, pointer: &str, part: Part) -> &'a str {
    let span = source.locate(pointer, part).unwrap();
    &source.text[span.start..span.end]
}

fn within<'a>(source: &'a SourceText, pointer: &str, word: &str) -> &'a str {
    let value: serde_json::Value = (&source.value().unwrap()).into();
    let text = value.pointer(pointer).unwrap().as_str().unwrap();
    let start = text.find(word).unwrap();
    let span = source
        .locate_within(pointer, start..start + word.len())
        .unwrap();
    &source.text[span.start..span.end]
}

#[test]
fn yaml_scalars_are_what_people_mean() {
    let value = yaml("a: no\non: on\nb: 012\nc: 1_000\nd: true\ne: 12\nf: 0.5\ng: ~\n1: x\n")
        .value()
        .unwrap();
    assert_eq!(
        value.to_string(),
        r#"{"a":"no","on":"on","b":"012","c":"1_000","d":true,"e":12,"f":0.5,"g":null,"1":"x"}"#
    );
}

#[test]
fn large_numbers_and_other_documents() {
    let value = yaml("a: 9007199254740993\nb: 18446744073709551615\nc: 123456789012345678901234567890\nd: 1e3\ne: 2024-01-01\nf: 1:30\n")
        .value()
        .unwrap();
    assert_eq!(
        value.to_string(),
        r#"{"a":9007199254740993,"b":18446744073709551615,"c":1.2345678901234568e+29,"d":1000,"e":"2024-01-01","f":"1:30"}"#
    );
    assert!(yaml("a: 1\n---\nb: 2\n").value().is_err());
    assert!(yaml("a: .nan\n").value().is_err());
}

#[test]
fn json_may_have_tabs_a_byte_order_mark_and_crlf() {
    let value = json("\u{feff}{\r\n\t\"a\": 1\r\n}").value().unwrap();
    assert_eq!(value.to_string(), r#"{"a":1}"#);
}

#[test]
fn the_format_is_the_extensions_or_the_first_characters() {
    assert_eq!(SourceText::new("w", " {}").format, Format::Json);
    assert_eq!(SourceText::new("w", "a: 1").format, Format::Yaml);
    assert_eq!(SourceText::new("w.yml", "{}").format, Format::Yaml);
}

#[test]
fn finds_keys_and_values() {
    let text = "a:\n  - b: one\n    \"c/d\": [1, 2]\n? [x]\n: y\ne: *f\n";
    let source = yaml(text);
    assert_eq!(at(&source, "/a/0/b", Part::Value), "one");
    assert_eq!(at(&source, "/a/0/c~1d/1", Part::Value), "2");
    assert_eq!(at(&source, "/a/0/c~1d", Part::Key), "\"c/d\"");
    assert_eq!(
        at(&source, "/a/0/missing", Part::Key),
        "b: one\n    \"c/d\": [1, 2]"
    );
    let source = json(r#"{"a": [{"b": "one"}, 2], "c\u002f": true}"#);
    assert_eq!(at(&source, "/a/0/b", Part::Value), "\"one\"");
    assert_eq!(at(&source, "/a/1", Part::Value), "2");
    assert_eq!(at(&source, "/c~1", Part::Key), r#""c\u002f""#);
    assert_eq!(at(&source, "/a/0", Part::Value), r#"{"b": "one"}"#);
}

#[test]
fn finds_parts_of_texts() {
    let source = yaml(
        "a: ={{ $json.bad }}\nb: '={{ ''x'' + $json.bad }}'\nc: \"\\u00e9\\n={{ $json.bad }}\"\nd: |\n  one\n\n  $json.bad\ne: >\n  folded $json.bad\n",
    );
    for pointer in ["/a", "/b", "/c", "/d"] {
        assert_eq!(
            within(&source, pointer, "$json.bad"),
            "$json.bad",
            "{pointer}"
        );
    }
    assert!(within(&source, "/e", "$json.bad").contains("folded"));
    let source = json(r#"{"a": "={{ \"\ud83d\ude00\" + $json.bad }}"}"#);
    assert_eq!(within(&source, "/a", "$json.bad"), "$json.bad");
}

#[test]
fn an_alias_bomb_is_an_error() {
    let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let inner = vec![format!("*a{}", level - 1); 9].join(", ");
        text.push_str(&format!("a{level}: &a{level} [{inner}]\n"));
    }
    assert!(yaml(&text).value().is_err());
}

#[test]
fn hostile_depth_is_an_error_and_never_a_crash() {
    for text in ["[".repeat(100_000), "{\"a\":".repeat(100_000)] {
        for source in [yaml(&text), json(&text)] {
            assert!(source.value().is_err());
            let _ = source.locate("/0/0/0", Part::Value);
        }
    }
    let text = "- ".repeat(20_000);
    assert!(yaml(&text).value().is_err());
    let _ = yaml(&text).locate("/0", Part::Value);
}

#[test]
fn an_indentation_slip_is_named() {
    for (text, line, help) in [
        (
            "nodes:\n  - name: A\n     type: set\n",
            3,
            "this line is indented by 5, its siblings by 4",
        ),
        (
            "nodes:\n  - name: A\n   type: set\n",
            3,
            "this line is indented by 3, its siblings by 4",
        ),
        (
            "a: 1\n b: 2\nc: 3\n",
            2,
            "this line is indented by 1, its siblings by 0",
        ),
        (
            "a:\n  b: 1\n\tc: 2\n",
            3,
            "indent with spaces: YAML does not allow tabs there",
        ),
    ] {
        let problem = yaml(text).value().unwrap_err().remove(0);
        assert_eq!(problem.help.as_deref(), Some(help), "{text}: {problem:?}");
        assert_eq!(problem.span.map(|span| span.line), Some(line), "{text}");
    }
}

#[test]
fn columns_of_long_lines_are_counted_in_characters() {
    let text = format!("x\n{}b", "é€😀a".repeat(5_000));
    let source = SourceText::new("a.json", text.as_str());
    for at in [
        2,
        4_098,
        4_099,
        8_192,
        20_000,
        40_960,
        text.len() - 1,
        text.len(),
    ] {
        let span = source.span(at..at);
        let expected = text[2..span.start].chars().count() + 1;
        assert_eq!((span.line, span.column), (2, expected), "{at}");
    }
}
