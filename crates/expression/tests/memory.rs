//! What an evaluation takes of the machine's memory, and of its time, stays near its limit, whatever the expression builds.
//!
//! This test is alone in its process, since it measures the memory of the process as a whole.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test may fail, and says what it skips"
)]

#[path = "expression/scope.rs"]
mod scope;

use itemflow_expression::{EvaluateError, Expression, Limits};
use itemflow_model::Value;

const LIMITS: Limits = Limits {
    fuel: 5_000_000,
    memory_bytes: 16 << 20,
    depth: 200,
};

/// How much more than its limit an evaluation may take: a value is counted when it is whole, and a copy may be on the way.
const MOST_TIMES: u64 = 8;

/// Most of these take less than a second without optimisation; a crowded machine makes them slower.
const MOST_TIME: std::time::Duration = std::time::Duration::from_secs(60);

/// The most memory that the process has had, in bytes; `None` where the system does not say.
fn most_memory() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kilobytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes << 10)
}

/// Starts to measure anew, where the system lets a process do so.
fn forget_most_memory() {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// Each builds as much as it may; `BIG` is a text of 4 MB and `LIST` a list of 50,000.
const HOSTILE: &[&str] = &[
    "(() => { let s = BIG; for (;;) s += s })()",
    "(() => { const all = []; for (;;) all.push(BIG + all.length) })()",
    "BIG.split('')",
    "[...BIG]",
    "Array.from(BIG)",
    "BIG.match(/./g)",
    "[...BIG.matchAll(/(.)(.)/g)]",
    "BIG.replace(/x/g, '0123456789')",
    "BIG.replaceAll('x', BIG.slice(0, 10000))",
    "BIG.replace(/x/g, x => x + x + x)",
    "BIG.split('x').join('0123456789')",
    "encodeURIComponent(BIG.replaceAll('x', '%'))",
    "(BIG + BIG).base64Encode().base64Encode().base64Encode()",
    "JSON.stringify({ a: BIG, b: BIG, c: BIG, d: BIG })",
    "JSON.stringify(Array(100).fill(BIG))",
    "JSON.stringify(LIST, null, 1000)",
    "JSON.parse('[' + '0,'.repeat(2e6) + '0]')",
    "JSON.parse('['.repeat(1e6))",
    "`${Array(1000).fill(BIG)}`",
    "Array(1000).fill(BIG).join()",
    "Array(1000).fill(BIG).toString()",
    "Array(1e6).fill(LIST).flat()",
    "LIST.flatMap(x => LIST)",
    "LIST.map(x => [...LIST])",
    "LIST.map(x => ({ ...LIST }))",
    "LIST.map(x => new Map(LIST.map(y => [y, y])))",
    "LIST.map(x => new Set(LIST))",
    "LIST.map(x => Object.entries(LIST))",
    "LIST.map(x => LIST.slice())",
    "LIST.map(x => LIST.toSorted())",
    "LIST.reduce((all, x) => ({ ...all, [x]: BIG + x }), {})",
    "LIST.map(x => JSON.parse(JSON.stringify(LIST)))",
    "LIST.map(x => LIST.toJsonString())",
    "LIST.map(x => $now.plus(x, 'day').toFormat('DDDD'.repeat(1000)))",
    "LIST.map(x => x.toString().padStart(100000))",
    "LIST.chunk(1).map(x => x.append(...LIST))",
    "LIST.union(LIST.map(x => -x)).difference(LIST).map(x => BIG + x)",
    "Array.from({ length: 1e9 }, (_, i) => BIG + i)",
    "new Array(4294967295).fill(0)",
    "numberList(0, 1e15)",
    "'x'.repeat(1e9)",
    "'x'.padEnd(2 ** 31)",
    "2n ** 100000000n",
    "(() => { let n = 3n; for (;;) n = n * n })()",
    "1n << 1000000000n",
    "BigInt('9'.repeat(1e6)) ** 100n",
    "Interval.fromDateTimes($now, $now.plus(1e6, 'days')).splitBy({ milliseconds: 1 })",
    "Interval.fromDateTimes($now, $now.plus(1e6, 'days')).divideEqually(1e9)",
    "(1e21).toLocaleString('en', { minimumFractionDigits: 100 }).repeat(1e7)",
    "new Intl.NumberFormat('en', { minimumIntegerDigits: 21 }).format(1).repeat(1e8)",
    "$jmespath({ a: LIST }, 'a[].[a, a, a, a, a, a, a, a, a, a]').map(x => BIG + x)",
    "$jmespath({ a: BIG }, '[a, a, a, a].join(`,`, @)')",
    "new RegExp('(x+x+)+y').test(BIG)",
    "new RegExp('(?:x{1000}){1000}').test(BIG)",
    "BIG.normalize('NFD').toTitleCase().toSnakeCase().quote()",
    "BIG.removeTags().removeMarkdown().urlEncode().urlEncode().urlEncode()",
    "decodeURIComponent(encodeURIComponent(BIG + BIG + BIG))",
    "Object.fromEntries(LIST.map(x => [BIG.slice(x), x]))",
    "[BIG, BIG, BIG, BIG].map(x => x.toUpperCase()).map(x => x.toLowerCase()).map(x => x + '!')",
    "zip(LIST, LIST.map(x => BIG + x))",
    "BIG.replace('x', '$`$\\''.repeat(1e6))",
    "BIG.replace('xx', '$<'.repeat(2e6))",
    "BIG.split(/(x)(x)/)",
    "[].concat(...Array(1e5).fill(LIST))",
    "(() => { const s = new Set(LIST); for (;;) [...s] })()",
    "(() => { const m = new Map(LIST.map(x => [x, x])); for (;;) m.forEach(() => 1) })()",
    "(() => { for (;;) LIST.lastIndexOf(-1) })()",
    "structuredClone(LIST.map(x => LIST.map(y => y)))",
];

#[test]
fn memory_and_time_stay_near_their_limits() {
    if most_memory().is_none() {
        println!("skipped: the system does not say how much memory a process has had");
        return;
    }
    let json = Value::from([
        ("big", Value::from("x".repeat(4 << 20))),
        (
            "list",
            (0..50_000).map(Value::from).collect::<Vec<_>>().into(),
        ),
    ]);
    let scope = scope::TestScope::new(json);
    let mut faults = Vec::new();
    for code in HOSTILE {
        let code = code
            .replace("BIG", "$json.big")
            .replace("LIST", "$json.list");
        let text = format!("={{{{ {} }}}}", code.replace("}}", "} }"));
        let expression = Expression::parse(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
        forget_most_memory();
        let before = most_memory().unwrap();
        let start = std::time::Instant::now();
        let result = expression.evaluate(&scope, &LIMITS);
        if start.elapsed() > MOST_TIME {
            faults.push(format!(
                "{code} took {:?}: {}",
                start.elapsed(),
                kind(&result)
            ));
        }
        let taken = most_memory().unwrap().saturating_sub(before);
        if taken > MOST_TIMES * LIMITS.memory_bytes as u64 {
            faults.push(format!("{code} took {} MB: {}", taken >> 20, kind(&result)));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn kind(result: &Result<Option<Value>, EvaluateError>) -> String {
    match result {
        Ok(_) => "it gave a value".into(),
        Err(error) => error.to_string(),
    }
}
