//! What goes wrong while a workflow runs, and what is typed wrong: ends in time, says why, and with the right exit code.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use insta::assert_snapshot;
use serde_json::json;

use crate::process::Folder;
use crate::recorder::{Answer, Recorder};

const MEBIBYTE: usize = 1 << 20;

/// A workflow that asks for a list; `options` are its request options.
fn listing(options: &str) -> String {
    format!(
        r#"name: List
nodes:
  - {{ name: Start, type: manualTrigger }}
  - name: All
    type: konverteDigital
    parameters:
      resource: Conversations
      operation: Conversation List
      account_id: 1
      requestOptions: {options}
    credentials: {{ konverteDigitalApi: my-konverte }}
connections:
  - Start -> All
"#
    )
}

const RUN: [&str; 5] = ["run", "workflow.yaml", "--credentials", "c.yaml", "--quiet"];

fn folder(workflow: &str, recorder: &Recorder) -> Folder {
    Folder::with_workflow(workflow).with("c.yaml", &recorder.credentials("token-of-the-test"))
}

#[test]
fn an_answer_that_is_too_large_is_cut_off() {
    let sent = Arc::new(AtomicU64::new(0));
    let peak = Arc::new(AtomicU64::new(0));
    let id = Arc::new(AtomicU64::new(0));
    let (counted, seen, of) = (sent.clone(), peak.clone(), id.clone());
    let recorder = Recorder::answering(move |_| {
        let (counted, seen, of) = (counted.clone(), seen.clone(), of.clone());
        Answer::Stream(Box::new(move |stream| {
            write!(
                stream,
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 104857600\r\n\r\n"
            )?;
            let chunk = vec![b' '; MEBIBYTE];
            for _ in 0..100 {
                stream.write_all(&chunk)?;
                counted.fetch_add(1, Ordering::SeqCst);
                let resident = peak_memory(of.load(Ordering::SeqCst));
                seen.fetch_max(resident, Ordering::SeqCst);
            }
            Ok(())
        }))
    });
    let folder = folder(&listing("{ maxResponseBytes: 1048576 }"), &recorder);
    let running = folder.itemflow(&RUN).start();
    id.store(running.id().into(), Ordering::SeqCst);
    let ran = running.finish().ended(1);
    assert_snapshot!(ran.stderr.replace(&recorder.url(), "http://HOST"), @r#"
    error: node "All", item 0, parameter `requestOptions.maxResponseBytes`: the answer is larger than 1048576 bytes
      request: GET http://HOST/api/v1/accounts/1/conversations
      help: ask for less, or raise requestOptions.maxResponseBytes
    "#);
    let (sent, peak) = (sent.load(Ordering::SeqCst), peak.load(Ordering::SeqCst));
    assert!(sent < 50, "the client read {sent} MiB");
    assert!(peak < 200, "the process took {peak} MiB");
}

/// Most memory that a process has had so far, in MiB; 0 where the system does not tell.
fn peak_memory(id: u64) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes: Option<u64> = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    kibibytes.unwrap_or(0) / 1024
}

#[test]
fn an_answer_that_is_no_json() {
    let recorder = Recorder::answering(|_| {
        let mut answer =
            b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 6\r\n\r\n"
                .to_vec();
        answer.extend([0x00, 0xff, 0xfe, 0x1b, 0x5b, 0x80]);
        Answer::Raw(answer)
    });
    let ran = folder(&listing("{}"), &recorder).run(&RUN).ended(1);
    assert!(!ran.stderr.contains('\u{1b}'));
    assert_snapshot!(ran.stderr.replace(&recorder.url(), "http://HOST"), @r#"
    error: node "All", item 0: the answer is not JSON: expected value at line 1 column 1
      request: GET http://HOST/api/v1/accounts/1/conversations
      help: the answer has application/json and begins with "\x00\xff\xfe\x1b[\x80"; for other answers set the response type
    "#);
}

#[test]
fn an_answer_that_is_no_http() {
    let recorder =
        Recorder::answering(|_| Answer::Raw(vec![0x16, 0x03, 0x01, 0x00, 0xff, 0x0a, 0x0a]));
    let ran = folder(&listing("{}"), &recorder).run(&RUN).ended(1);
    assert_snapshot!(ran.stderr.replace(&recorder.url(), "http://HOST"), @r#"
    error: node "All", item 0: the request failed: invalid HTTP version parsed
      request: GET http://HOST/api/v1/accounts/1/conversations
      help: the request may be sent again
    "#);
}

#[test]
fn an_answer_that_breaks_off() {
    let recorder = Recorder::answering(|_| {
        Answer::Raw(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 900\r\n\r\n{\"data\":".to_vec())
    });
    let ran = folder(&listing("{}"), &recorder).run(&RUN).ended(1);
    assert_snapshot!(ran.stderr.replace(&recorder.url(), "http://HOST"), @r#"
    error: node "All", item 0: 127.0.0.1 closed the connection before its answer was complete
      request: GET http://HOST/api/v1/accounts/1/conversations
      help: the request may be sent again
    "#);
}

#[test]
fn a_refusal_repeats_the_services_own_words() {
    let recorder = Recorder::json(404, json!({ "error": "Resource could not be found" }));
    let ran = folder(&listing("{}"), &recorder).run(&RUN).ended(1);
    assert_snapshot!(ran.stderr.replace(&recorder.url(), "http://HOST"), @r#"
    error: node "All", item 0: the service answered 404 Not Found: Resource could not be found
      request: GET http://HOST/api/v1/accounts/1/conversations
      help: check the ids in the parameters and the base URL
      answer: {"error":"Resource could not be found"}
    "#);
}

#[test]
fn a_loop_without_end_is_stopped() {
    let folder = Folder::with_workflow(
        "nodes:\n  - { name: Start, type: manualTrigger }\n  - { name: Ping, type: noOp }\n  - { name: Pong, type: noOp }\nconnections:\n  - Start -> Ping -> Pong -> Ping\n",
    );
    let ran = folder
        .run(&["run", "workflow.yaml", "--quiet", "--max-node-runs", "1000"])
        .ended(1);
    assert_eq!(ran.stdout, "");
    assert_snapshot!(ran.stderr, @r#"
    error: node "Pong": stopped after 1000 node runs: this looks like an endless loop
      help: look for a loop that never ends, or raise the limit (`--max-node-runs`)
    "#);
}

#[test]
fn an_interrupt_ends_a_run_at_once() {
    let recorder = Recorder::answering(|_| Answer::Silence);
    let folder = folder(&listing("{}"), &recorder);
    let running = folder.itemflow(&RUN).start();
    recorder.next();
    let interrupted = Instant::now();
    running.interrupt();
    let ran = running.finish().ended(1);
    let took = interrupted.elapsed();
    assert!(took < Duration::from_secs(1), "{took:?}");
    assert_eq!(ran.stdout, "");
    assert_snapshot!(ran.stderr, @"error: the execution was cancelled");
}

#[test]
fn a_run_ends_with_its_time() {
    let recorder = Recorder::answering(|_| Answer::Silence);
    let folder = folder(&listing("{}"), &recorder);
    let mut arguments = RUN.to_vec();
    arguments.extend(["--timeout", "0.2"]);
    let ran = folder.run(&arguments).ended(1);
    assert_snapshot!(ran.stderr, @r"
    error: the execution took longer than its time limit
      help: raise it (`settings.executionTimeout`, `--timeout`) or make the workflow shorter
    ");
}

#[test]
fn a_missing_credential_is_found_before_anything_is_sent() {
    let workflow = listing("{}").replace("  - Start -> All\n", "  - Start -> All -> More\n").replace(
        "connections:",
        "  - name: More\n    type: konverteDigital\n    parameters: { resource: Inboxes, operation: Get Inbox, account_id: 1, id: 3 }\n    credentials: { konverteDigitalApi: my-konvert }\nconnections:",
    );
    let recorder = Recorder::start();
    let ran = folder(&workflow, &recorder).run(&RUN).ended(1);
    recorder.assert_untouched();
    assert_snapshot!(ran.stderr, @r#"
    error: node "More", parameter `credentials.konverteDigitalApi`: there is no credential named "my-konvert" of type `konverteDigitalApi`
      help: did you mean "my-konverte"?
    error: nothing was sent: credentials are missing or cannot be used
    "#);
}

#[test]
fn a_credential_that_is_not_needed_may_be_missing() {
    let workflow = listing("{}")
        .replace("  - Start -> All\n", "  - Start -> Here\n  - Here -> All\n")
        .replace(
            "connections:",
            "  - { name: Here, type: noOp }\nconnections:",
        );
    let folder = Folder::with_workflow(&workflow);
    folder
        .run(&["run", "workflow.yaml", "--until", "Here"])
        .succeeded();
    let ran = folder.run(&["run", "workflow.yaml", "--quiet"]).ended(1);
    assert_snapshot!(ran.stderr, @r#"
    error: node "All", parameter `credentials.konverteDigitalApi`: there is no credential named "my-konverte" of type `konverteDigitalApi`
      help: name a file that holds it with `--credentials FILE`, or try the workflow with `--mock`
    error: nothing was sent: credentials are missing or cannot be used
    "#);
}

#[test]
fn a_credential_of_another_type_is_told_apart() {
    let recorder = Recorder::start();
    let workflow = listing("{}").replace("my-konverte", "my-platform");
    let ran = folder(&workflow, &recorder).run(&RUN).ended(1);
    recorder.assert_untouched();
    assert_snapshot!(ran.stderr, @r#"
    error: node "All", parameter `credentials.konverteDigitalApi`: there is no credential named "my-platform" of type `konverteDigitalApi`
      help: the file's "my-platform" is of type `konverteDigitalPlatformApi`
    error: nothing was sent: credentials are missing or cannot be used
    "#);
}

#[test]
fn a_credential_without_a_required_field() {
    let folder = Folder::with_workflow(&listing("{}")).with(
        "c.yaml",
        "my-konverte:\n  type: konverteDigitalApi\n  url: http://127.0.0.1:9\n  acessToken: hush\n",
    );
    let ran = folder.run(&RUN).ended(1);
    assert!(!ran.stderr.contains("hush"));
    assert_snapshot!(ran.stderr, @r#"
    error: node "All", parameter `credentials.konverteDigitalApi`: the credential konverteDigitalApi has no accessToken
    error: nothing was sent: credentials are missing or cannot be used
    "#);
}

#[test]
fn wrong_usage() {
    let folder = Folder::with_workflow(&listing("{}"));
    for arguments in [
        &["rum", "workflow.yaml"][..],
        &["run"],
        &["run", "workflow.yaml", "--outptu", "json"],
        &["run", "workflow.yaml", "--output", "xml"],
        &["run", "workflow.yaml", "--max-node-runs", "many"],
        &["run", "workflow.yaml", "--max-node-runs", "0"],
        &["run", "workflow.yaml", "--timeout", "nan"],
        &["run", "workflow.yaml", "--var", "name"],
        &["mock", "konverteDigital", "--listen", "everywhere"],
        &[],
    ] {
        let ran = folder.run(arguments).ended(2);
        assert_eq!(ran.stdout, "", "{arguments:?}");
        assert!(!ran.stderr.is_empty(), "{arguments:?}");
    }
}

#[test]
fn a_missing_file_is_named() {
    let folder = Folder::new();
    for command in ["run", "check", "explain"] {
        folder
            .run(&[command, "nope.yaml"])
            .ended(1)
            .tells(&["nope.yaml cannot be read", "No such file"]);
    }
}

#[test]
fn a_node_that_does_not_exist_is_told_with_the_one_that_may_be_meant() {
    let recorder = Recorder::start();
    let folder = folder(&listing("{}"), &recorder);
    for option in ["--node", "--until", "--start"] {
        let mut arguments = RUN.to_vec();
        arguments.extend([option, "Al"]);
        folder
            .run(&arguments)
            .ended(1)
            .tells(&["no node named \"Al\"", "did you mean \"All\"?"]);
    }
    recorder.assert_untouched();
}

#[test]
fn progress_is_told_on_standard_error() {
    let recorder = Recorder::answering(|_| Answer::Silence);
    let folder = folder(&listing("{}"), &recorder);
    let mut running = folder.itemflow(&RUN[..4]).start();
    running.until(|ran| ran.stderr.contains("Start"));
    recorder.next();
    running.interrupt();
    let ran = running.finish().ended(1).tells(&["execution: canceled"]);
    assert_eq!(ran.stdout, "");
}
