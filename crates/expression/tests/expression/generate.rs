//! Makes expressions of the whole language, also odd ones, and data to evaluate them on.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::LazyLock;

use itemflow_model::Value;
use proptest::prelude::*;

/// Every name in quotes in the source of this crate: members, methods, units, options, locales.
static WORDS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut words = BTreeSet::new();
    collect(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut words,
    );
    words.into_iter().collect()
});

fn collect(folder: &Path, words: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, words);
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        words.extend(
            text.split('"')
                .filter(|word| {
                    (2..40).contains(&word.len())
                        && word.starts_with(|c: char| c.is_ascii_alphabetic())
                        && word.chars().all(|c| c.is_ascii_alphanumeric())
                        && !is_keyword(word)
                })
                .map(str::to_owned),
        );
    }
}

fn is_keyword(word: &str) -> bool {
    matches!(
        word,
        "in" | "of" | "if" | "do" | "for" | "let" | "var" | "const" | "new" | "function" | "return"
    )
}

/// A name of a member or method.
pub(crate) fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => proptest::sample::select(WORDS.as_slice()),
        1 => proptest::sample::select(vec!["a", "b", "list", "deep", "item", "length", "nope"]).prop_map(str::to_owned),
    ]
}

fn leaf() -> impl Strategy<Value = String> {
    let fixed = [
        "$json",
        "$json.a",
        "$json.list",
        "$json.deep",
        "$json.text",
        "$json.date",
        "$json.nan",
        "$json.huge",
        "$json[\"odd key\"]",
        "$json?.none?.more",
        "$now",
        "$today",
        "$input.all()",
        "$input.item.json",
        "$('A').first().json",
        "$('B').all()",
        "$node[\"A\"].json",
        "$items()",
        "$binary",
        "$workflow.name",
        "$if",
        "undefined",
        "null",
        "true",
        "false",
        "NaN",
        "Infinity",
        "-0",
        "1e308",
        "5e-324",
        "9007199254740993n",
        "0x7fffffff",
        "''",
        "'a'",
        "'é😀\\ud800x'",
        "'}}'.length",
        "'{{'",
        "`\\``",
        "[]",
        "({})",
        "[, 1, , ]",
        "/(a)|b+/gi",
        "/^(?:a+)+$/",
        "/[\\d}]{1,3}/y",
        "new Date()",
        "new Date(8.64e15)",
        "new Date(NaN)",
        "DateTime.fromISO('2024-02-30')",
        "DateTime.fromMillis(-8.64e15)",
        "DateTime.fromObject({ year: 9999, month: 12 })",
        "Duration.fromISO('P1Y2M3DT4H')",
        "Duration.fromObject({ hours: 1e300, days: -3 })",
        "new Map([[1, 'a'], [NaN, {}]])",
        "new Set('abc')",
        "new Error('x')",
        "Math.PI",
        "Number.MAX_SAFE_INTEGER",
        "Symbol('s')",
        "Symbol.iterator",
        "10n",
        "-170141183460469231731687303715884105728n",
        "2n ** 64n",
        "[1, 2][Symbol.iterator]()",
        "new Map([[1, 2]]).entries()",
        "'a1b2'.matchAll(/\\d/g)",
        "new Intl.NumberFormat('de-DE', { style: 'currency', currency: 'EUR' })",
        "new Intl.DateTimeFormat('ar', { dateStyle: 'full' })",
        "Interval.fromDateTimes($now, $now.plus(1, 'year'))",
        "$now.setZone('Asia/Kathmandu')",
        "$now.setLocale('fr')",
        "String.raw`\\n${1}`",
        "this",
        "globalThis",
        "x",
        "y",
        "unheardOf",
        "$unheardOf",
        "Math",
        "Object",
        "Array",
        "String",
        "Number",
        "JSON",
        "DateTime",
        "Duration",
        "Interval",
        "Intl",
        "BigInt",
        "Symbol",
        "parseInt",
        "isNaN",
    ];
    prop_oneof![
        12 => proptest::sample::select(fixed.to_vec()).prop_map(str::to_owned),
        2 => any::<f64>().prop_filter("a literal", |n| n.is_finite()).prop_map(|n| format!("({n:e})")),
        2 => (-300i32..300).prop_map(|n| if n < 0 { format!("({n})") } else { n.to_string() }),
        2 => ".{0,8}".prop_map(|text| {
            serde_json::to_string(&text).unwrap().replace("}}", "} }").replace('\u{7f}', "")
        }),
    ]
}

fn list(inner: &(impl Strategy<Value = String> + Clone + 'static)) -> BoxedStrategy<String> {
    let element = prop_oneof![
        5 => inner.clone(),
        1 => inner.clone().prop_map(|code| format!("...({code})")),
        2 => function(inner),
    ];
    proptest::collection::vec(element, 0..3)
        .prop_map(|all| all.join(", "))
        .boxed()
}

fn function(inner: &(impl Strategy<Value = String> + Clone + 'static)) -> BoxedStrategy<String> {
    let parameters = proptest::sample::select(vec![
        "",
        "x",
        "x, y",
        "{ a: x, ...y }",
        "[x, , y = 2]",
        "x = $json.a, ...y",
        "{ a: { b: x = 1 } = {} }",
    ]);
    prop_oneof![
        3 => (parameters.clone(), inner.clone()).prop_map(|(parameters, code)| format!("({parameters}) => ({code})")),
        2 => (parameters.clone(), statements(inner)).prop_map(|(parameters, body)| format!("({parameters}) => {{ {body} }}")),
        1 => (parameters, statements(inner)).prop_map(|(parameters, body)| format!("(function f({parameters}) {{ {body} }})")),
    ]
    .boxed()
}

fn statements(inner: &(impl Strategy<Value = String> + Clone + 'static)) -> BoxedStrategy<String> {
    let shapes = [
        "E;",
        "var x = E;",
        "let y = E;",
        "const c = E; try { c = E; } catch { y = c }",
        "let { a: x, ...rest } = E; x = rest;",
        "var [x, ...y] = E;",
        "[x, y] = [E, E];",
        "({ a: x, b: y = 2 } = E);",
        "x += E;",
        "x ??= E;",
        "if (E) { x = E } else { y = E; }",
        "if (E) return E; else { { x++ } }",
        "for (let i = 0; i < 3; i++) { x = E; if (E) continue; }",
        "for (const i of E) { y = i; if (E) break; }",
        "for (var k in E) x = k;",
        "for (x of E) { }",
        "outer: for (const i of [1, 2]) { for (;;) { if (E) continue outer; break outer; } }",
        "block: { if (E) break block; x = E }",
        "for (let i = 0, all = []; i < 3; i++) { all.push(() => i); x = all }",
        "while (E) { break }",
        "do { y = E } while (x-- > 0 && false);",
        "switch (E) { case 1: x = 1; case E: break; default: y = E }",
        "try { throw E } catch (e) { x = e } finally { y = E }",
        "try { E } finally { }",
        "function g(a) { return E }",
        "x = g(E);",
        "delete x[E];",
        "x.a = E;",
        "x[E] = E;",
        "return E;",
        "return;",
        "'directive';",
        ";",
    ];
    let statement = (
        proptest::sample::select(shapes.to_vec()),
        proptest::collection::vec(inner.clone(), 4),
    )
        .prop_map(|(shape, codes)| fill(shape, &codes));
    (proptest::collection::vec(statement, 0..4), inner.clone())
        .prop_map(|(all, last)| format!("{} return ({last})", all.join(" ")))
        .boxed()
}

/// Puts code in the place of each `E` that stands alone.
fn fill(shape: &str, codes: &[String]) -> String {
    let mut codes = codes.iter().cycle();
    let mut out = String::new();
    let mut before = ' ';
    for c in shape.chars() {
        if c == 'E' && !before.is_alphanumeric() {
            out.push_str(&format!("({})", codes.next().unwrap()));
        } else {
            out.push(c);
        }
        before = c;
    }
    out
}

/// Code of the whole language, as it may stand between brackets.
pub(crate) fn code() -> BoxedStrategy<String> {
    let operators = vec![
        "+",
        "-",
        "*",
        "/",
        "%",
        "**",
        "==",
        "!=",
        "===",
        "!==",
        "<",
        "<=",
        ">",
        ">=",
        "&&",
        "||",
        "??",
        "|",
        "&",
        "^",
        "<<",
        ">>",
        ">>>",
        "in",
        "instanceof",
    ];
    let bare = [
        "+", "-", "*", "/", "%", "==", "<", "&&", "||", "|", "&", "<<",
    ];
    leaf()
        .prop_recursive(5, 40, 4, move |inner| {
            let pair = (inner.clone(), inner.clone());
            let operators = proptest::sample::select(operators.clone());
            prop_oneof![
                3 => (pair.clone(), operators).prop_map(|((a, b), op)| format!("({a}) {op} ({b})")),
                2 => (pair.clone(), proptest::sample::select(bare.to_vec()), inner.clone(), proptest::sample::select(bare.to_vec()))
                    .prop_map(|((a, b), op, c, next)| format!("(({a}) {op} ({b}) {next} ({c}))")),
                1 => (inner.clone(), proptest::sample::select(vec!["-", "+", "!", "~", "typeof ", "void ", "delete ", "- -"]))
                    .prop_map(|(a, op)| format!("({op}({a}))")),
                1 => (pair.clone(), inner.clone()).prop_map(|((a, b), c)| format!("(({a}) ? ({b}) : ({c}))")),
                1 => pair.clone().prop_map(|(a, b)| format!("$if({a}, {b})")),
                1 => pair.clone().prop_map(|(a, b)| format!("(({a}), ({b}))")),
                2 => (inner.clone(), word()).prop_map(|(a, name)| format!("({a}).{name}")),
                1 => (inner.clone(), word()).prop_map(|(a, name)| format!("({a})?.{name}?.[0]")),
                1 => pair.clone().prop_map(|(a, b)| format!("({a})[{b}]")),
                8 => (inner.clone(), word(), list(&inner)).prop_map(|(a, name, list)| format!("({a}).{name}({list})")),
                2 => (inner.clone(), word(), list(&inner)).prop_map(|(a, name, list)| format!("({a})?.{name}?.({list})")),
                1 => (inner.clone(), word(), list(&inner)).prop_map(|(a, name, list)| format!("(({a}).{name})({list})")),
                1 => (inner.clone(), word(), list(&inner)).prop_map(|(a, name, list)| format!("({a})['{name}']({list})")),
                2 => list(&inner).prop_map(|list| format!("[{list}]")),
                2 => (inner.clone(), inner.clone(), word()).prop_map(|(a, b, name)| {
                    format!("({{ {name}: {a}, [{b}]: 1, 'odd key': x, ...({a}), toString() {{ return {b} }} }})")
                }),
                1 => (inner.clone(), inner.clone(), inner.clone()).prop_map(|(tag, a, b)| format!("({tag})`a${{{a} }}\\n${{{b} }}`")),
                1 => (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("`a${{{a} }}}} ${{{b} }}\\n`")),
                3 => (function(&inner), list(&inner)).prop_map(|(f, list)| format!("({f})({list})")),
                1 => (proptest::sample::select(vec!["Date", "Map", "Set", "Array", "RegExp", "Error", "Object", "Intl.NumberFormat", "Intl.DateTimeFormat", "Intl.PluralRules", "x"]), list(&inner))
                    .prop_map(|(class, list)| format!("new {class}({list})")),
                2 => (proptest::sample::select(vec!["Math", "Object", "Array", "Number", "String", "JSON", "DateTime", "Duration", "Interval", "Date", "Intl", "BigInt", "Symbol"]), word(), list(&inner))
                    .prop_map(|(class, name, list)| format!("{class}.{name}({list})")),
                1 => (proptest::sample::select(vec!["$ifEmpty", "$min", "$max", "$average", "$not", "$jmespath", "numberList", "zip", "parseInt", "parseFloat", "isNaN", "String", "Number", "encodeURIComponent", "decodeURI"]), list(&inner))
                    .prop_map(|(name, list)| format!("{name}({list})")),
            ]
        })
        .prop_map(|code| close_apart(&code))
        .boxed()
}

/// Two closing brackets would end the code.
fn close_apart(code: &str) -> String {
    code.replace("}}", "} }").replace("}}", "} }")
}

/// A parameter text: code alone, or with text around it.
pub(crate) fn text() -> impl Strategy<Value = String> {
    let around = proptest::sample::select(vec!["", " ", "a", "\\\\", "\\{{ x }} ", "} }", "é😀"]);
    prop_oneof![
        3 => code().prop_map(|code| format!("={{{{ {code} }}}}")),
        1 => (around.clone(), code(), around.clone(), code(), around)
            .prop_map(|(a, b, c, d, e)| format!("={a}{{{{ {b} }}}}{c}{{{{ {d} }}}}{e}")),
    ]
}

/// Data with values of every kind and of odd sizes.
pub(crate) fn json() -> Value {
    let mut deep = Value::from(1);
    for _ in 0..60 {
        deep = Value::from(vec![deep]);
    }
    Value::from([
        ("a", Value::from(2)),
        ("b", Value::from("x")),
        (
            "list",
            Value::from(vec![
                Value::from(3),
                Value::Null,
                Value::from("a"),
                Value::from(vec![Value::from(1)]),
                Value::from([("a", 1)]),
            ]),
        ),
        ("deep", deep),
        ("text", Value::from("Hello <b>Wörld</b> 😀 ".repeat(20))),
        ("date", Value::from("2024-02-29T12:34:56.789Z")),
        ("nan", Value::from(f64::NAN)),
        ("huge", Value::from(i64::MAX)),
        ("odd key", Value::Null),
    ])
}
