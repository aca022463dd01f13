//! Scripts in processes of their own: whatever one does, it ends within its limits, and no other one feels it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::future::BoxFuture;
use itemflow_model::{LogLine, Value};
use itemflow_script::{Answer, Answers, Config, Program, Script, ScriptError, Scripts, Style};

use crate::process::Folder;

/// Time that a script of these tests may take.
const LIMIT: Duration = Duration::from_secs(2);
/// How long after that its end may be told.
const GRACE: Duration = Duration::from_secs(1);

struct NoAnswers;

impl Answers for NoAnswers {
    fn answer(&self, _: Value) -> BoxFuture<'_, Answer> {
        Box::pin(async { Ok(None) })
    }

    fn log(&self, _: LogLine) {}
}

fn pool(change: impl FnOnce(&mut Config)) -> Arc<Scripts> {
    let mut config = Config {
        timeout: LIMIT,
        memory_bytes: 64 << 20,
        ..Config::new(Program::Path(env!("CARGO_BIN_EXE_itemflow").into()))
    };
    change(&mut config);
    Arc::new(Scripts::new(config))
}

fn script(code: &str) -> Script {
    Script {
        code: code.into(),
        style: Style::All,
        stop_at_failure: true,
        time_zone: "UTC".into(),
        standing_at_ms: None,
        seed: 0.5,
        items: b"[]".to_vec(),
    }
}

/// The value of a script, the message it failed with, or why it came to no end.
async fn run(scripts: &Scripts, code: &str) -> Result<Value, String> {
    match scripts.run(&script(code), &NoAnswers).await {
        Ok(mut outcomes) => match outcomes.remove(0).result {
            Ok(value) => Ok(value.unwrap_or_default()),
            Err(failure) => Err(failure.message),
        },
        Err(error) => Err(error.to_string()),
    }
}

/// Runs a hostile script while another execution goes on; gives the message it ended with.
#[allow(clippy::print_stdout, reason = "says how long each one took")]
async fn hostile(code: &'static str) -> String {
    let scripts = pool(|_| {});
    // Both have their process before the clock starts.
    assert_eq!(run(&scripts, "return 1").await, Ok(Value::from(1)));
    let began = Instant::now();
    let attack = tokio::spawn({
        let scripts = scripts.clone();
        async move { (run(&scripts, code).await, began.elapsed()) }
    });
    tokio::time::sleep(Duration::from_millis(100)).await;
    let second = Instant::now();
    assert_eq!(
        run(&scripts, "return 2").await,
        Ok(Value::from(2)),
        "{code}"
    );
    let delay = second.elapsed();
    assert!(delay < GRACE, "{code}: another execution waited {delay:?}");
    let (ended, took) = attack.await.unwrap();
    assert!(took < LIMIT + GRACE, "{code}: took {took:?}");
    // The place of the one that was killed is free again.
    assert_eq!(
        run(&scripts, "return 3").await,
        Ok(Value::from(3)),
        "{code}"
    );
    println!("{code}: {ended:?} after {took:.1?}, another one after {delay:.1?}");
    ended.unwrap_err()
}

fn took_too_long(message: &str) -> bool {
    message == "the script was stopped: it took longer than 2 s"
}

fn out_of_memory(message: &str) -> bool {
    message == "the script needs more than the 64 MiB of memory that it may use"
}

#[tokio::test(flavor = "multi_thread")]
async fn endless_scripts_are_stopped() {
    for code in [
        "while (true) {}",
        "for (;;) { try { for (;;) {} } finally { continue } }",
        "for (;;) await null",
        "for (;;) console.log('line after line')",
        "await new Promise((done) => setTimeout(done, 1e6))",
        "/(a+)+$/.test('a'.repeat(40) + 'b'); while (true) /^(([a-z])+.)+[A-Z]([a-z])+$/.test('a'.repeat(60))",
    ] {
        let message = hostile(code).await;
        assert!(took_too_long(&message), "{code}: {message}");
    }
    // Each promise waits for the next one: memory may come to its end before time does.
    let code = "const f = () => Promise.resolve().then(f); await f()";
    let message = hostile(code).await;
    let ended = took_too_long(&message) || message.contains("memory than it may use");
    assert!(ended, "{code}: {message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn built_in_functions_are_stopped_too() {
    let message =
        hostile("const s = 'ab'.repeat(7e6); for (let i = 0; i < 1e6; i++) s.indexOf('abc' + i)")
            .await;
    assert!(took_too_long(&message), "{message}");
    for code in [
        "return (new Array(1e9) + '').length",
        "return Array.from({ length: 1e9 }).length",
        "return 'a'.repeat(1e6).replaceAll('a', 'b'.repeat(1000))",
        "return (2n ** (2n ** 30n)).toString().length",
        "return new Uint8Array(3e9).fill(1).sort().length",
        "return ['a'.repeat(1e9), 'b'.repeat(1e9)].join()",
    ] {
        let message = hostile(code).await;
        assert!(
            took_too_long(&message)
                || out_of_memory(&message)
                || message.contains("broke down")
                || message.contains("too l")
                || message.contains("invalid"),
            "{code}: {message}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_has_an_end() {
    for code in [
        "const all = []; for (;;) all.push('x'.repeat(1000) + all.length)",
        "const all = []; for (let i = 0; i < 1024; i++) all.push(new Uint8Array(1 << 20).fill(1)); return all.length",
        "let s = 'x'; for (;;) s += s + s.length",
        "const o = {}; for (let i = 0; ; i++) o['key' + i] = { i }",
    ] {
        let message = hostile(code).await;
        assert!(
            out_of_memory(&message)
                || took_too_long(&message)
                || message.contains("string too l")
                || message.contains("null was thrown"),
            "{code}: {message}"
        );
    }
    let message = hostile("const f = (n) => f(n + 1) + 1; return f(0)").await;
    assert!(message.contains("call stack"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_dies_is_an_error_and_is_replaced() {
    let dying = Arc::new(Scripts::new(Config::new(Program::Path(
        "/bin/false".into(),
    ))));
    let error = dying
        .run(&script("return 1"), &NoAnswers)
        .await
        .unwrap_err();
    assert!(matches!(error, ScriptError::Start(_)), "{error}");
    let missing = Arc::new(Scripts::new(Config::new(Program::Path(
        "/does/not/exist".into(),
    ))));
    let error = missing
        .run(&script("return 1"), &NoAnswers)
        .await
        .unwrap_err();
    assert!(error.to_string().contains("cannot be started"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_process_ends_and_the_next_run_has_another() {
    let scripts = pool(|config| config.idle = Duration::from_millis(50));
    for _ in 0..5 {
        assert_eq!(run(&scripts, "return 1").await, Ok(Value::from(1)));
        tokio::time::sleep(Duration::from_millis(60)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_dropped_frees_its_place() {
    let scripts = pool(|config| config.max_children = 1);
    let endless = run(&scripts, "while (true) {}");
    assert!(
        tokio::time::timeout(Duration::from_millis(300), endless)
            .await
            .is_err()
    );
    let began = Instant::now();
    assert_eq!(run(&scripts, "return 1").await, Ok(Value::from(1)));
    assert!(
        began.elapsed() < LIMIT,
        "it waited for the one that was dropped"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn runs_wait_their_turn_when_all_processes_are_busy() {
    let scripts = pool(|config| config.max_children = 2);
    let began = Instant::now();
    let runs: Vec<_> = (0..6)
        .map(|i| {
            let scripts = scripts.clone();
            tokio::spawn(async move {
                let code =
                    format!("await new Promise((done) => setTimeout(done, 200)); return {i}");
                run(&scripts, &code).await
            })
        })
        .collect();
    for (i, ran) in runs.into_iter().enumerate() {
        assert_eq!(ran.await.unwrap(), Ok(Value::from(i)));
    }
    assert!(
        began.elapsed() >= Duration::from_millis(550),
        "more than two ran at once"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_sees_nothing_of_its_machine() {
    let scripts = pool(|_| {});
    for code in [
        "return process.env.PATH",
        "return require('fs')",
        "await import('fs')",
        "await import('/etc/passwd')",
    ] {
        assert!(run(&scripts, code).await.is_err(), "{code}");
    }
    // Its own dates are in the zone of the workflow, the one thing that it is told.
    let berlin = Script {
        time_zone: "Europe/Berlin".into(),
        ..script("return new Date(2024, 0, 1).toISOString()")
    };
    let mut outcomes = scripts.run(&berlin, &NoAnswers).await.unwrap();
    assert_eq!(
        outcomes.remove(0).result,
        Ok(Some(Value::from("2023-12-31T23:00:00.000Z")))
    );
}

#[test]
fn a_workflow_runs_its_scripts_and_says_where_they_fail() {
    let folder = Folder::with_workflow(
        "name: scripts\n\
         nodes:\n\
         \x20 - { name: Start, type: manualTrigger }\n\
         \x20 - name: Code\n\
         \x20   type: code\n\
         \x20   parameters:\n\
         \x20     jsCode: |\n\
         \x20       console.log('working');\n\
         \x20       return [{ json: { ran: $('Start').isExecuted, name: $workflow.name } }];\n\
         connections:\n\
         \x20 - Start -> Code\n",
    );
    let ran = folder.run(&["run", "workflow.yaml", "--output", "json"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(
        ran.stdout.contains("{\"ran\":true,\"name\":\"scripts\"}"),
        "{}",
        ran.stdout
    );
    assert!(ran.stderr.contains("info: working"), "{}", ran.stderr);
    let endless = folder.with(
        "endless.yaml",
        "name: endless\n\
         nodes:\n\
         \x20 - { name: Start, type: manualTrigger }\n\
         \x20 - { name: Code, type: code, parameters: { jsCode: \"while (true) {}\" } }\n\
         connections:\n\
         \x20 - Start -> Code\n",
    );
    let ran = endless.run(&["run", "endless.yaml", "--script-timeout", "1"]);
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.stderr.contains("it took longer than 1 s"),
        "{}",
        ran.stderr
    );
    let ran = endless
        .itemflow(&["run", "endless.yaml"])
        .env("ITEMFLOW_SCRIPT_TIMEOUT", "0.5")
        .run();
    assert!(
        ran.stderr.contains("it took longer than 0.5 s"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_syntax_error_of_a_script_is_found_by_check() {
    let folder = Folder::with_workflow(
        "name: broken\n\
         nodes:\n\
         \x20 - { name: Start, type: manualTrigger }\n\
         \x20 - name: Code\n\
         \x20   type: code\n\
         \x20   parameters:\n\
         \x20     jsCode: |\n\
         \x20       const a = 1;\n\
         \x20       return a +;\n\
         connections:\n\
         \x20 - Start -> Code\n",
    );
    let ran = folder.run(&["check", "workflow.yaml"]);
    assert_eq!(ran.code, Some(1));
    let text = ran.stdout + &ran.stderr;
    assert!(text.contains("this script cannot be read"), "{text}");
    assert!(text.contains("workflow.yaml:9"), "{text}");
}

#[test]
fn what_a_script_has_logged_is_shown_also_when_it_fails_or_is_stopped() {
    for (code, message) in [
        (
            "console.log('so far'); throw new Error('no luck')",
            "no luck",
        ),
        (
            "console.log('so far'); while (true) {}",
            "it took longer than 1 s",
        ),
        ("console.log('so far'); return 5", "item"),
    ] {
        let folder = Folder::with_workflow(&format!(
            "name: Log\nnodes:\n  - {{ name: Start, type: manualTrigger }}\n  - {{ name: Code, type: code, parameters: {{ jsCode: \"{code}\" }} }}\nconnections: [ Start -> Code ]\n"
        ));
        let ran = folder
            .run(&["run", "workflow.yaml", "--script-timeout", "1"])
            .ended(1);
        ran.tells(&["info: so far", message]);
    }
}
