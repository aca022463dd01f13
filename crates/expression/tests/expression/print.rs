//! What is printed from a tree gives the same tree again, and computes the same.

use std::path::Path;

use itemflow_expression::{Expression, Limits};
use itemflow_model::Value;
use proptest::prelude::*;

use crate::generate;
use crate::scope::TestScope;

const LIMITS: Limits = Limits {
    fuel: 20_000,
    memory_bytes: 1 << 20,
    depth: 50,
};

/// The tree as text, without what depends on the source: places, names of constants, and the text that a function has as
/// a value.
fn tree(expression: &Expression) -> String {
    let text = format!("{expression:?}");
    let start = text.find("plan: ").unwrap();
    let end = text.rfind(", references: ").unwrap();
    let tree = without_texts(&text[start..end], ", text: ", "");
    let tree = without_texts(&tree, "Constant(Local {", " }, ");
    // Which place a variable has does not matter; that it is the same one is seen by its printed name.
    let mut parts = tree.split("slot");
    let first = parts.next().unwrap().to_owned();
    parts.fold(first, |tree, part| {
        tree + part.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, 's' | ':' | ' '))
    })
}

/// Leaves out each text in quotes that follows `mark`, `until` between the two.
fn without_texts(tree: &str, mark: &str, until: &str) -> String {
    let until = format!("{until}\"");
    let mut rest = tree;
    let mut out = String::new();
    while let Some(at) = rest.find(mark) {
        let start = rest[at..].find(&until).unwrap() + at;
        out.push_str(&rest[..start]);
        rest = &rest[start + until.len()..];
        let mut escaped = false;
        let end = rest.char_indices().find(|(_, c)| {
            let ends = *c == '"' && !escaped;
            escaped = *c == '\\' && !escaped;
            ends
        });
        rest = &rest[end.unwrap().0 + 1..];
    }
    out + rest
}

/// Reads, prints and reads again. `None` when the text is no expression.
#[track_caller]
fn round_trip(text: &str) -> Option<(Expression, Expression)> {
    let first = Expression::parse(text).ok()?;
    let printed = first.print();
    assert_eq!(
        printed,
        Expression::parse(text).unwrap().print(),
        "printing is not deterministic"
    );
    let second = Expression::parse(&printed)
        .unwrap_or_else(|error| panic!("{text}\nis printed as\n{printed}\n{error}"));
    assert_eq!(second.print(), printed, "{text}");
    let (before, after) = (tree(&first), tree(&second));
    assert!(
        before == after,
        "{text}\nis printed as\n{printed}\n{before}\n{after}"
    );
    let names = |expression: &Expression| -> Vec<String> {
        let nodes = &expression.references().nodes;
        nodes.iter().map(|node| node.name.clone()).collect()
    };
    assert_eq!(names(&first), names(&second), "{text}");
    Some((first, second))
}

#[test]
fn the_canonical_form() {
    for (text, printed) in [
        ("={{$json.a}}", "={{ $json.a }}"),
        (
            "=a {{ 1+2*3 }}\\\\{{'b'}}",
            "=a {{ 1 + 2 * 3 }}\\\\{{ \"b\" }}",
        ),
        ("={{ ((1 + 2)) * 3 }}", "={{ (1 + 2) * 3 }}"),
        ("={{ $data['a b'][\"c\"] }}", "={{ $json[\"a b\"].c }}"),
        ("={{ $if(a, 1) }}", "={{ unknown ? 1 : undefined }}"),
        ("={{ {a:{b:1} } }}", "={{ { a: { b: 1 } } }}"),
        (
            "={{ $json.list.map((item, i) => item.price * i) }}",
            "={{ $json.list.map((a, b) => a.price * b) }}",
        ),
        (
            "={{ (function fact(n) { if (n < 2) return 1; return n * fact(n - 1) })(5) }}",
            "={{ (function a(b) { if (b < 2) { return 1; } return b * a(b - 1); })(5) }}",
        ),
        (
            "={{ (a?.b).c ?? (d || e) }}",
            "={{ (unknown?.b).c ?? (unknown || unknown) }}",
        ),
        ("={{ - -x ** 2 }}", ""),
        ("={{ (-2) ** -2 }}", "={{ (-2) ** -2 }}"),
        ("={{ 'a}}'.length }}", ""),
        ("={{ 'a\\}}'.length }}", "={{ \"a\\x7d\\x7d\".length }}"),
        ("={{ /a{2\\}}/ }}", "={{ /a{2\\}}/ }}"),
        ("=\\{{ x }} \\\\ {{ 1 }}", "=\\{{ x }} \\\\ {{ 1 }}"),
    ] {
        match round_trip(text) {
            Some((expression, _)) => assert_eq!(expression.print(), printed),
            None => assert_eq!(printed, "", "{text} is no expression"),
        }
    }
}

#[test]
fn every_case_prints_to_the_same() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut count = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        let document: Value = serde_saphyr::from_str(&text).unwrap();
        let json = document.get("json").cloned().unwrap_or_default();
        let scope = TestScope::new(json);
        for case in document.get("cases").unwrap().as_array().unwrap() {
            let text = case.get("e").and_then(Value::as_str).unwrap();
            let Some((first, second)) = round_trip(text) else {
                continue;
            };
            count += 1;
            assert_same_value(&first, &second, &scope, &Limits::default());
        }
    }
    assert!(count > 300, "only {count} cases were found");
}

#[track_caller]
fn assert_same_value(first: &Expression, second: &Expression, scope: &TestScope, limits: &Limits) {
    let value = |expression: &Expression| format!("{:?}", expression.evaluate(scope, limits));
    let (before, after) = (value(first), value(second));
    // The source text of a function may be part of a value.
    let shows_source = before.contains("=>") || before.contains("function");
    assert!(
        shows_source || before == after,
        "{}\n{}\n{before}\n{after}",
        first.source(),
        second.source()
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn generated_code_prints_to_the_same(text in generate::text()) {
        if let Some((first, second)) = round_trip(&text) {
            // Functions have their source text as a value, of which there is more than can be told apart.
            let uses_functions = text.contains("=>") || text.contains("function") || text.contains("toString()");
            if !uses_functions {
                assert_same_value(&first, &second, &TestScope::new(generate::json()), &LIMITS);
            }
        }
    }

    #[test]
    fn any_text_prints_to_the_same(text in "[\\\\{} a$\"'`(),.=>-]{0,30}") {
        round_trip(&format!("={text}"));
        round_trip(&format!("={{{{{text}}}}}"));
    }
}
