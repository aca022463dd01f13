//! How a script is called, and what comes of its result.

use itemflow_script::{Config, Program, Style};
use serde_json::json;

use crate::bench::{Bench, message, value};

#[test]
fn a_script_that_runs_once_sees_all_items() {
    assert_eq!(
        value(
            "return [items.length, $input.all().length, $input.first().json.n, $input.last().json.n, $json.n]"
        ),
        json!([2, 2, 1, 2, 1])
    );
    assert_eq!(
        value("for (const item of $input.all()) item.json.m = item.json.n * 2;\nreturn items"),
        json!([{ "json": { "n": 1, "m": 2 } }, { "json": { "n": 2, "m": 4 } }])
    );
}

#[test]
fn names_of_the_world_may_be_declared_and_assigned() {
    assert_eq!(
        value("const items = $input.all(); return items.length"),
        json!(2)
    );
    assert_eq!(
        value("items = items.slice(1); return items.length"),
        json!(1)
    );
    assert_eq!(
        value("$json = { own: 1 }; return $json"),
        json!({ "own": 1 })
    );
    assert_eq!(
        value("let DateTime = 1, fetch = 2; return DateTime + fetch"),
        json!(3)
    );
    assert_eq!(value("total = 5; return total"), json!(5));
}

#[test]
fn a_script_for_each_item_sees_one_after_the_other() {
    let ran = Bench {
        style: Style::Each,
        ..Bench::default()
    }
    .run("return { n: $json.n, same: item.json.n, index: $itemIndex, input: $input.item.json.n }");
    assert_eq!(
        ran.values(),
        [
            json!({ "n": 1, "same": 1, "index": 0, "input": 1 }),
            json!({ "n": 2, "same": 2, "index": 1, "input": 2 })
        ]
    );
}

#[test]
fn a_failed_item_ends_the_run_or_not() {
    let run = |stop_at_failure| {
        Bench {
            style: Style::Each,
            stop_at_failure,
            ..Bench::default()
        }
        .run("if ($json.n === 1) throw new Error('one'); return $json.n")
        .values()
    };
    assert_eq!(run(true), [json!({ "failed": "one" })]);
    assert_eq!(run(false), [json!({ "failed": "one" }), json!(2)]);
}

#[test]
fn nothing_undefined_and_null_are_told_apart() {
    let values = |code: &str| Bench::default().run(code).values();
    assert_eq!(values(""), [json!("undefined")]);
    assert_eq!(values("return null"), [json!(null)]);
    assert_eq!(values("return undefined"), [json!("undefined")]);
    assert_eq!(values("return () => 1"), [json!("undefined")]);
}

#[test]
fn the_older_function_has_an_index_on_its_items() {
    let ran = Bench {
        style: Style::Function,
        ..Bench::default()
    }
    .run("items[1].json.at = items[1].index; return items");
    assert_eq!(
        ran.value(),
        json!([{ "json": { "n": 1 } }, { "json": { "n": 2, "at": 1 } }])
    );
}

#[test]
fn the_older_function_item_has_the_json_as_item() {
    let ran = Bench {
        style: Style::FunctionItem,
        ..Bench::default()
    }
    .run("item.double = item.n * 2; return item");
    assert_eq!(
        ran.values(),
        [
            json!({ "json": { "n": 1, "double": 2 } }),
            json!({ "json": { "n": 2, "double": 4 } })
        ]
    );
}

#[test]
fn a_comparator_yields_the_order() {
    let ran = Bench {
        style: Style::Compare,
        items: json!([{ "json": { "n": 2 } }, { "json": { "n": 3 } }, { "json": { "n": 1 } }]),
        ..Bench::default()
    }
    .run("if (a.json.n < b.json.n) return -1;\nreturn a.json.n > b.json.n ? 1 : 0");
    assert_eq!(ran.value(), json!([2, 0, 1]));
}

#[test]
fn promises_and_timers_are_waited_for() {
    assert_eq!(value("return await Promise.resolve(4)"), json!(4));
    assert_eq!(
        value(
            "const order = [];
            setTimeout(() => order.push('late'), 20); setTimeout(() => order.push('soon'), 5);
            const id = setTimeout(() => order.push('never'), 1); clearTimeout(id);
            await new Promise((resolve) => setTimeout(resolve, 40, 1));
            queueMicrotask(() => order.push('micro')); await null;
            return order"
        ),
        json!(["soon", "late", "micro"])
    );
    assert_eq!(
        value(
            "let n = 0; await new Promise((done) => { const id = setInterval(() => { if (++n === 3) { clearInterval(id); done() } }, 1) }); return n"
        ),
        json!(3)
    );
    assert_eq!(
        value("const many = await Promise.all([1, 2, 3].map(async (n) => n * 2)); return many"),
        json!([2, 4, 6])
    );
    assert!(message("await new Promise(() => {})").contains("nothing will ever settle"));
}

#[test]
fn results_become_plain_json() {
    assert_eq!(
        value(
            "return { date: new Date(0), none: undefined, call() {}, nan: NaN, map: new Map([[1, 2]]), list: [undefined] }"
        ),
        json!({ "date": "1970-01-01T00:00:00.000Z", "nan": null, "map": {}, "list": [null] })
    );
    assert_eq!(
        value("return DateTime.fromISO('2024-01-02T03:04:05')"),
        json!("2024-01-02T03:04:05.000+01:00")
    );
    assert_eq!(value("return 'a\\ud83d'"), json!("a\u{fffd}"));
    assert_eq!(
        value("return { ['\\ud83d']: 'x\\u0000y' }"),
        json!({ "\u{fffd}": "x\u{0}y" })
    );
    assert!(message("const a = {}; a.a = a; return a").contains("cannot be written as JSON"));
    assert!(message("return 1n").contains("cannot be written as JSON"));
}

#[test]
fn a_result_has_a_largest_size() {
    let ran = Bench {
        config: Config {
            max_output_bytes: 1 << 20,
            ..Config::new(Program::Thread)
        },
        ..Bench::default()
    }
    .run("return 'x'.repeat(2 ** 21)");
    assert_eq!(
        ran.failure().0,
        "the result is larger than the 1 MiB allowed"
    );
}

#[test]
fn the_log_has_its_lines_and_a_largest_size() {
    let ran = Bench::default().run(
        "console.log('a', 1, { b: [2] }, undefined, null); console.warn(new Error('w').message); console.error('e')",
    );
    let lines: Vec<(&str, &str)> = ran
        .log
        .iter()
        .map(|line| (line.level.as_str(), &*line.text))
        .collect();
    assert_eq!(
        lines,
        [
            ("info", "a 1 {\"b\":[2]} undefined null"),
            ("warning", "w"),
            ("error", "e")
        ]
    );
    let ran = Bench {
        config: Config {
            max_log_bytes: 1000,
            ..Config::new(Program::Thread)
        },
        ..Bench::default()
    }
    .run("for (let i = 0; i < 1e5; i++) console.log('line ' + i)");
    let bytes: usize = ran.log.iter().map(|line| line.text.len()).sum();
    assert!((900..1100).contains(&bytes), "{bytes}");
    assert!(
        ran.log
            .last()
            .unwrap()
            .text
            .ends_with("(the rest of the log is left out)")
    );
}

#[test]
fn circular_values_can_be_logged() {
    let ran = Bench::default()
        .run("const a = { n: 1 }; a.self = a; console.log(a, [a], new Map([[1, 2]]), () => 1, 5n)");
    assert_eq!(
        &*ran.log[0].text,
        "{\"n\":1,\"self\":\"[Circular]\"} [{\"n\":1,\"self\":\"[Circular]\"}] {\"Map\":[[1,2]]} [Function: anonymous] 5"
    );
}
