//! What goes wrong in a script, and where; what a script cannot reach.

use itemflow_script::{Config, Program, Style};
use serde_json::json;

use crate::bench::{Bench, message, value};

#[test]
fn a_failure_has_its_line_and_column() {
    let ran = Bench::default().run("const a = 1;\n\n  throw new Error('broken')");
    assert_eq!(ran.failure(), ("broken".into(), Some(3), Some(13)));
    let ran = Bench::default().run("const a = {};\nreturn a.b.c");
    let (message, line, _) = ran.failure();
    assert_eq!(message, "Cannot read properties of undefined (reading 'c')");
    assert_eq!(line, Some(2));
    let ran = Bench::default().run("const f = () => {\n  nothing()\n};\nf()");
    let (message, line, column) = ran.failure();
    assert_eq!(
        (&*message, line, column),
        ("nothing is not defined", Some(2), Some(3))
    );
    let ran = Bench::default().run("await null;\nthrow new TypeError('later')");
    assert_eq!(ran.failure().1, Some(2));
}

#[test]
fn a_script_that_cannot_be_read_fails_with_its_place() {
    let (message, line, _) = Bench::default().run("const a = 1;\nconst a = 2;").failure();
    assert!(
        message.contains("redefinition") || message.contains("a"),
        "{message}"
    );
    assert_eq!(line, Some(2));
}

#[test]
fn anything_may_be_thrown() {
    assert_eq!(message("throw 'text'"), "text");
    assert_eq!(message("throw { message: 'own', description: 'd' }"), "own");
    assert!(message("throw null").starts_with("null was thrown"));
    assert_eq!(message("throw undefined"), "undefined");
    assert_eq!(message("return Promise.reject(new Error('no'))"), "no");
    assert_eq!(
        message("throw { get message() { throw 1 } }"),
        "the script threw a value that cannot be read"
    );
}

#[test]
fn what_a_script_has_not_says_what_to_use() {
    for (code, what, instead) in [
        ("await fetch('http://x')", "`fetch`", "HTTP Request"),
        (
            "await this.helpers.httpRequest({})",
            "`helpers.httpRequest`",
            "HTTP Request",
        ),
        ("await $helpers.httpRequest({})", "$helpers", "not defined"),
        (
            "await helpers.request({})",
            "`helpers.request`",
            "HTTP Request",
        ),
        (
            "require('fs').readFileSync('/etc/passwd')",
            "`require('fs')`",
            "Files from Disk",
        ),
        ("require('axios')", "`require('axios')`", "HTTP Request"),
        (
            "require('nothing-known')",
            "`require('nothing-known')`",
            "crypto",
        ),
        ("process.exit(1)", "`process.exit`", "return"),
        ("return process.env.PATH", "`process.env`", "$vars"),
    ] {
        let message = message(code);
        assert!(
            message.contains(what) && message.contains(instead),
            "{code}: {message}"
        );
    }
}

#[test]
fn nothing_reaches_the_host() {
    for code in [
        "return [].constructor.constructor('return typeof host')()",
        "return new Function('return typeof host')()",
        "return (0, eval)('typeof host')",
        "return (async () => {}).constructor('return typeof host')()",
        "return typeof host + typeof std + typeof os",
    ] {
        let result = value(code).to_string().replace("undefined", "");
        assert!(result == "\"\"" || result == "{}", "{code}: {result}");
    }
    assert!(!message("await import('fs')").is_empty());
    assert!(!message("await import('std')").is_empty());
    assert!(
        message("return this.constructor.constructor('return process')().mainModule.require('fs')")
            .contains("`process.mainModule`")
    );
}

#[test]
fn nothing_is_left_of_the_script_before() {
    let scripts = itemflow_script::Scripts::new(Config::new(Program::Thread));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    struct Silent;
    impl itemflow_script::Answers for Silent {
        fn answer(
            &self,
            _: itemflow_model::Value,
        ) -> futures::future::BoxFuture<'_, itemflow_script::Answer> {
            Box::pin(async { Ok(None) })
        }
        fn log(&self, _: itemflow_model::LogLine) {}
    }
    let run = |code: &str| {
        let script = itemflow_script::Script {
            code: code.into(),
            style: Style::All,
            stop_at_failure: true,
            time_zone: "UTC".into(),
            standing_at_ms: None,
            seed: 0.5,
            items: b"[]".to_vec(),
        };
        let outcomes = runtime.block_on(scripts.run(&script, &Silent)).unwrap();
        outcomes[0].result.clone().unwrap()
    };
    run(
        "globalThis.left = 1; Array.prototype.left = 2; Object.prototype.left = 3; JSON.stringify = () => 'x'; items.push(1)",
    );
    assert_eq!(
        run(
            "return [typeof left, typeof [].left, typeof ({}).left, JSON.stringify(1), items.length]"
        ),
        Some(json!(["undefined", "undefined", "undefined", "1", 0]).into())
    );
}

#[test]
fn a_changed_prototype_harms_only_its_own_script() {
    assert_eq!(
        value("JSON.stringify = () => 'broken'; JSON.parse = () => 1; return { a: 1 }"),
        json!({ "a": 1 })
    );
    assert_eq!(
        value("Object.prototype.toJSON = () => 5; return { a: 1 }"),
        json!(5)
    );
}

#[test]
fn a_proto_key_is_data() {
    let ran = Bench {
        items: serde_json::from_str(
            r#"[{ "json": { "__proto__": { "x": 1 }, "constructor": 2 } }]"#,
        )
        .unwrap(),
        ..Bench::default()
    }
    .run("return [items[0].json, typeof ({}).x, items[0].json.x]");
    assert_eq!(
        ran.value(),
        serde_json::from_str::<serde_json::Value>(
            r#"[{ "__proto__": { "x": 1 }, "constructor": 2 }, "undefined", null]"#
        )
        .unwrap()
    );
}

#[test]
fn memory_and_recursion_have_an_end() {
    let ran = Bench {
        config: Config {
            memory_bytes: 32 << 20,
            ..Config::new(Program::Thread)
        },
        ..Bench::default()
    }
    .run("const all = []; for (;;) all.push(new Array(10000).fill(1))");
    assert_eq!(
        ran.failure().0,
        "the script needs more than the 32 MiB of memory that it may use"
    );
    let message = message("const f = () => 1 + f(); return f()");
    assert!(
        message.contains("call stack") || message.contains("stack overflow"),
        "{message}"
    );
    assert_eq!(
        value(
            "let depth = 0; const f = () => { depth++; f() }; try { f() } catch {} return depth > 5000"
        ),
        json!(true)
    );
    assert!(!self::message("return JSON.parse('['.repeat(1e6))").is_empty());
}
