//! Any text as a parameter: it is read or refused, printed back to the same, and evaluated within its limits.

#![no_main]

#[path = "../../crates/expression/tests/expression/scope.rs"]
mod scope;

use itemflow_expression::{Expression, Limits};
use itemflow_model::Value;
use libfuzzer_sys::fuzz_target;

const LIMITS: Limits = Limits {
    fuel: 20_000,
    memory_bytes: 1 << 20,
    depth: 50,
};

fuzz_target!(|text: &str| {
    let Ok(expression) = Expression::parse(text) else {
        return;
    };
    let printed = expression.print();
    // What is printed may be longer, and is then too long or nested too deeply to be read.
    if let Ok(again) = Expression::parse(&printed) {
        assert_eq!(again.print(), printed);
    }
    let json = Value::from([
        ("a", Value::from(vec![Value::from(1), Value::Null, Value::from("é😀")])),
        ("b", Value::from("2024-02-29T12:34:56.789Z")),
        ("c", Value::from([("d", f64::NAN)])),
    ]);
    let _ = expression.evaluate(&scope::TestScope::new(json), &LIMITS);
});
