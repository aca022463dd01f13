//! Random text never panics, neither when it is read nor when it is evaluated.

use itemflow_expression::{Expression, Limits};
use itemflow_model::Value;
use proptest::prelude::*;

use crate::scope::TestScope;

fn evaluate(text: &str) {
    let limits = Limits {
        fuel: 20_000,
        memory_bytes: 1 << 20,
        depth: 50,
    };
    if let Ok(expression) = Expression::parse(text) {
        let scope = TestScope::new(Value::from([
            ("a", Value::from("é😀x")),
            ("b", Value::from(2)),
        ]));
        let _ = expression.evaluate(&scope, &limits);
    }
}

/// Words that make it likely that a random text is code.
fn word() -> impl Strategy<Value = String> {
    let words = [
        "$json",
        ".a",
        ".b",
        "[0]",
        "?.",
        "(",
        ")",
        "{",
        "}",
        "[",
        "]",
        "=>",
        "x",
        "1",
        "-1",
        "'é😀'",
        "`${",
        "/a(b/g",
        "+",
        "-",
        "*",
        "??",
        "&&",
        "? 1 :",
        ",",
        ".map",
        ".slice(1, -1)",
        ".split('')",
        ".replace(/./g, '$&$1')",
        ".padEnd(5, '😀')",
        "$now",
        ".plus(1, 'day')",
        ".toFormat('yyyy')",
        "...",
        "new Date",
        "(5)",
        ".toFixed(2)",
        ".length",
        ".substring(1)",
        "DateTime.fromISO('2024-02-30')",
        "JSON.stringify",
        "Infinity",
        "null",
        ".chunk(2)",
        "{{",
        "}}",
        "\\",
        "=",
        ";",
        "function f(a)",
        "return",
        ".toTitleCase()",
        ".extractDomain()",
        ".round(3)",
    ];
    proptest::sample::select(words.to_vec()).prop_map(str::to_owned)
}

proptest! {
    #[test]
    fn random_text_never_panics(text in ".{0,60}") {
        evaluate(&format!("={{{{{text}}}}}"));
        evaluate(&format!("={text}"));
    }

    #[test]
    fn random_code_never_panics(words in proptest::collection::vec(word(), 1..12)) {
        evaluate(&format!("={{{{ {} }}}}", words.join("")));
        evaluate(&format!("={{{{ {} }}}}", words.join(" ")));
    }

    #[test]
    fn random_patterns_never_panic(pattern in "[a-c(){}\\[\\]^$.*+?|\\\\dwsbBuk<>=!:,0-9-]{0,20}", text in ".{0,20}") {
        let quote = |text: &str| serde_json::to_string(text).unwrap();
        evaluate(&format!("={{{{ {}.replace(new RegExp({}, 'g'), '[$&]') ", quote(&text), quote(&pattern)));
    }

    #[test]
    fn random_dates_never_panic(text in "[0-9TWZ:+./ -]{0,24}", format in "[a-zA-Z' ]{0,10}") {
        evaluate(&format!("={{{{ DateTime.fromISO('{text}').plus(1, 'month').toFormat(\"{format}\") }}}}"));
        evaluate(&format!("={{{{ DateTime.fromFormat('{text}', \"{format}\").toISO() + new Date('{text}') }}}}"));
    }

    #[test]
    fn random_numbers_never_panic(number in any::<f64>(), digits in 0..30u8) {
        evaluate(&format!("={{{{ ({number:e}).toFixed({digits}) + ({number:e}).round({digits}) + ({number:e}).format() + ({number:e}).toString(2) + new Date({number:e}) + DateTime.fromMillis({number:e}).endOf('month') }}}}"));
    }
}
