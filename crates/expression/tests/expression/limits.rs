//! Hostile expressions end: by fuel, by memory, by depth, or by a syntax error.

use itemflow_expression::{EvaluateError, Expression, Limit, Limits};
use itemflow_model::Value;

use crate::scope::TestScope;

fn stop(code: &str, limits: &Limits) -> Option<Limit> {
    let scope = TestScope::new(Value::from([("n", 1)]));
    let expression = Expression::parse(&format!("={{{{ {code} }}}}")).unwrap();
    match expression.evaluate(&scope, limits) {
        Err(EvaluateError::Limit(limit)) => Some(limit),
        _ => None,
    }
}

fn small() -> Limits {
    Limits {
        fuel: 2_000_000,
        memory_bytes: 16 << 20,
        depth: 200,
    }
}

#[test]
fn loops_run_out_of_fuel() {
    for code in [
        "(() => { while (true) {} })()",
        "(() => { for (;;) { try { throw 1 } catch (e) { continue } finally { continue } } })()",
        "[...Array(1000).keys()].map((_, i, l) => l.map(x => l.reduce((a, b) => a + b)))",
        "numberList(1, 100000).sort(() => 1).reduce((a, b) => a + b) + numberList(1, 100000).sort(() => -1).length",
    ] {
        assert_eq!(stop(code, &small()), Some(Limit::Fuel), "{code}");
    }
}

#[test]
fn large_values_run_out_of_memory() {
    for code in [
        "'x'.repeat(1e9)",
        "'x'.padStart(1e9)",
        "new Array(1e9)",
        "Array.from({ length: 4e9 })",
        "numberList(1, 1e12)",
        "(() => { let s = 'x'; for (;;) s += s; })()",
        "(() => { let a = [1]; for (;;) a = a.concat(a); })()",
        "(() => { const a = []; a[4294967294] = 1; a[99999999] = 1; return a.length })()",
        "(() => { let s = ','; for (let i = 0; i < 24; i++) s += s; return s.split(',').length })()",
        "'a'.replace(/a/, 'x'.repeat(9e6) + 'y'.repeat(9e6))",
        "'x'.padEnd(1e15, 'yz')",
        "Array(1e9).join('x')",
        "new Array(1e6).fill('xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx').join('yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy')",
        "[...Array(4e6)].sort()",
        "Array.from({ length: 2e6 }, (_, i) => i).toSorted()",
        "'x'.repeat(4e6).replaceAll('x', '$&$&$&$&$&$&$&$&')",
        "'x'.repeat(4e3).replaceAll('x', \"$`$'\")",
        "'x'.repeat(9e6).split('').length",
        "'x'.repeat(9e6).normalize('NFD') + 'x'.repeat(9e6)",
        "JSON.stringify(Array(2e6).fill('xxxxxxxx'))",
        "JSON.stringify({ a: 'x'.repeat(6e6) }, null, '          ') + JSON.stringify('y'.repeat(9e6))",
        "encodeURIComponent('é'.repeat(3e6))",
        "(() => { const m = new Map(); for (let i = 0; ; i++) m.set(i, 'x') })()",
        "(() => { const o = {}; for (let i = 0; ; i++) o['k' + i] = i })()",
        "(() => { const a = []; for (;;) a.push(new Date()) })()",
        "(() => { const a = []; for (;;) a.push(DateTime.now()) })()",
        "(() => { const a = []; for (;;) a.push(/a/g.exec('a')) })()",
        "(() => { const a = []; for (;;) a.unshift(() => a) })()",
        "[1, 2].flatMap(() => Array(1e6)).concat(Array(1e6))",
        "(() => { let a = [1]; for (;;) a = [...a, ...a] })()",
        "String.raw({ raw: Array(1e7) })",
        "[].concat(...Array(50).fill(Array(100000).fill(0)))",
        "Interval.after($now, { years: 5000 }).splitBy({ seconds: 1 }).length",
        "(() => { const a = []; for (;;) a.push(new Intl.NumberFormat('de')) })()",
        "(2n ** 100n).toString().repeat(1e9)",
        "'ab'.repeat(1e5).matchAll(/./g).toArray().concat(Array(1e6))",
    ] {
        let limit = stop(code, &small());
        assert!(
            matches!(limit, Some(Limit::Memory | Limit::Fuel)),
            "{code} gave {limit:?}"
        );
    }
}

#[test]
fn recursion_is_bounded() {
    for code in [
        "(function f() { return f() })()",
        "(() => { const f = n => n === 0 ? 0 : 1 + f(n - 1); return f(100000) })()",
        "(() => { const a = []; a.push(a); return JSON.stringify(a) })()",
        "(() => { const o = {}; o.o = o; return o })()",
        "(() => { const a = []; a.push(a); return String(a) })()",
        "(() => { const a = []; a.push(a); return a.flat(Infinity) })()",
        "(() => { let a = []; for (let i = 0; i < 5000; i++) a = [a]; return a })()",
        "(() => { let a = { toString() { return String(a) } }; return `${a}` })()",
    ] {
        let limit = stop(code, &small());
        assert!(matches!(limit, Some(Limit::Depth)), "{code} gave {limit:?}");
    }
}

#[test]
fn an_error_names_its_limit_and_the_way_to_raise_it() {
    let text = |limit: Limit| EvaluateError::Limit(limit).to_string();
    assert!(text(Limit::Fuel).contains("ITEMFLOW_EXPRESSION_FUEL"));
    assert!(text(Limit::Memory).contains("ITEMFLOW_EXPRESSION_MEMORY_MIB"));
    assert!(text(Limit::Depth).contains("depth limit"));
    assert!(text(Limit::Backtracking).contains("regular expression"));
    let code = "/^(?=(a+)+$)\\1b/.test('a'.repeat(60))";
    assert_eq!(stop(code, &Limits::default()), Some(Limit::Backtracking));
}

#[test]
fn moderate_recursion_works() {
    let scope = TestScope::new(Value::Null);
    let code = "={{ (() => { const f = n => n === 0 ? 0 : 1 + f(n - 1); return f(100) })() }}";
    let value = Expression::parse(code)
        .unwrap()
        .evaluate(&scope, &Limits::default());
    assert_eq!(value, Ok(Some(Value::from(100))));
}

#[test]
fn hostile_patterns_end() {
    let scope = TestScope::new(Value::Null);
    for code in [
        "/^(a+)+$/.test('a'.repeat(40) + '!')",
        "/^(?=(a+)+$)\\1b/.test('a'.repeat(60))",
        "new RegExp('(a{1000}){1000}').test('a')",
        "'a'.repeat(5000).replace(/(?:a?){50}a{50}/g, 'b')",
    ] {
        let expression = Expression::parse(&format!("={{{{ {code} }}}}")).unwrap();
        let _ = expression.evaluate(&scope, &Limits::default());
    }
}

#[test]
fn code_of_any_nesting_is_refused_or_read() {
    for code in [
        "(".repeat(30_000),
        "(".repeat(100_000),
        format!("{}1{}", "(".repeat(100), ")".repeat(100)),
        format!("{}1{}", "(".repeat(5_000), ")".repeat(5_000)),
        format!("{}1{}", "[".repeat(3_000), "]".repeat(3_000)),
        format!("{}1", "!".repeat(60_000)),
        format!("{}1", "- ".repeat(30_000)),
        format!("{}1", "a=>".repeat(15_000)),
        format!("{}1", "a?1:".repeat(15_000)),
        format!("{}1", "a=".repeat(30_000)),
        format!("{}1", "a**".repeat(15_000)),
        format!("{}1", "typeof ".repeat(9_000)),
        format!("a{}", ".a".repeat(30_000)),
        format!("a{}", "()".repeat(30_000)),
        format!("1{}", "+1".repeat(30_000)),
        format!("1{}", "&&1".repeat(20_000)),
        format!("() => {{ {} }}", "if(a)".repeat(10_000)),
        format!("() => {{ {} }}", "a:".repeat(20_000)),
        "`${".repeat(10_000),
        "/(".repeat(10_000),
    ] {
        if let Ok(expression) = Expression::parse(&format!("={{{{ {code} ")) {
            let _ = expression.evaluate(&TestScope::new(Value::Null), &Limits::default());
        }
    }
}

#[test]
fn aggregating_many_items_stays_within_the_default_limits() {
    let json = Value::from([("price", 2)]);
    let mut scope = TestScope::new(json.clone());
    scope.items = (0..100_000)
        .map(|_| itemflow_model::Item::new(json.clone()))
        .collect();
    let expression = Expression::parse(
        "={{ $input.all().map(i => i.json.price * 2).filter(p => p > 1).sum() }}",
    )
    .unwrap();
    assert_eq!(
        expression.evaluate(&scope, &Limits::default()),
        Ok(Some(Value::from(400_000)))
    );
}

#[test]
fn a_text_may_grow_piece_by_piece() {
    let code =
        "Array.from({ length: 8000 }).reduce((s, _, i) => s + 'row ' + i + '\\n', '').length";
    assert_eq!(stop(code, &Limits::default()), None);
    let scope = TestScope::new(Value::Null);
    let expression = Expression::parse(&format!("={{{{ {code} }}}}")).unwrap();
    let value = expression.evaluate(&scope, &Limits::default()).unwrap();
    assert_eq!(value, Some(Value::from(70_890)));
}

#[test]
fn texts_that_are_kept_still_count() {
    let code = "(() => { const all = []; let s = 'x'.repeat(100000); for (;;) { s += 'y'; all.push(s) } })()";
    let limits = Limits {
        fuel: u64::MAX,
        ..small()
    };
    assert_eq!(stop(code, &limits), Some(Limit::Memory));
}
