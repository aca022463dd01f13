//! A place to run scripts in: answers to their questions, and what they log.

use std::sync::Mutex;
use std::time::Duration;

use futures::future::BoxFuture;
use itemflow_model::{LogLine, Value};
use itemflow_script::{
    Answer, Answers, Config, Outcome, Program, Script, ScriptError, Scripts, Style,
};
use serde_json::{Value as Json, json};

type Rule = fn(&Json) -> Answer;

/// One run: change what matters to the test.
pub(crate) struct Bench {
    pub(crate) style: Style,
    pub(crate) items: Json,
    pub(crate) stop_at_failure: bool,
    pub(crate) time_zone: &'static str,
    pub(crate) standing_at_ms: Option<i64>,
    pub(crate) config: Config,
    /// How questions are answered.
    pub(crate) rule: Rule,
}

/// What a run came to.
pub(crate) struct Ran {
    pub(crate) outcomes: Result<Vec<Outcome>, ScriptError>,
    pub(crate) log: Vec<LogLine>,
    pub(crate) questions: Vec<Json>,
}

impl Default for Bench {
    fn default() -> Self {
        Self {
            style: Style::All,
            items: json!([{ "json": { "n": 1 } }, { "json": { "n": 2 } }]),
            stop_at_failure: true,
            time_zone: "Europe/Berlin",
            standing_at_ms: None,
            config: Config {
                timeout: Duration::from_secs(20),
                ..Config::new(Program::Thread)
            },
            rule: |question| Err(format!("nobody answers {question}")),
        }
    }
}

impl Bench {
    pub(crate) fn run(self, code: &str) -> Ran {
        let notes = Notes {
            rule: self.rule,
            log: Mutex::default(),
            questions: Mutex::default(),
        };
        let script = Script {
            code: code.into(),
            style: self.style,
            stop_at_failure: self.stop_at_failure,
            time_zone: self.time_zone.to_owned(),
            standing_at_ms: self.standing_at_ms,
            seed: 0.25,
            items: self.items.to_string().into_bytes(),
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let outcomes =
            runtime.block_on(async { Scripts::new(self.config).run(&script, &notes).await });
        Ran {
            outcomes,
            log: notes.log.into_inner().unwrap(),
            questions: notes.questions.into_inner().unwrap(),
        }
    }
}

impl Ran {
    /// The result of a run that has one.
    pub(crate) fn value(self) -> Json {
        let outcomes = self.outcomes.unwrap();
        assert_eq!(outcomes.len(), 1, "{outcomes:?}");
        match &outcomes[0].result {
            Ok(Some(value)) => serde_json::to_value(value).unwrap(),
            other => panic!("no value but {other:?}"),
        }
    }

    /// The results of all items: values, `"undefined"`, or `{ failed: message }`.
    pub(crate) fn values(self) -> Vec<Json> {
        let outcomes = self.outcomes.unwrap();
        let values = outcomes.into_iter().map(|outcome| match outcome.result {
            Ok(Some(value)) => serde_json::to_value(&value).unwrap(),
            Ok(None) => json!("undefined"),
            Err(failure) => json!({ "failed": failure.message }),
        });
        values.collect()
    }

    /// What the script threw: message, line, column.
    pub(crate) fn failure(self) -> (String, Option<u32>, Option<u32>) {
        let outcome = self.outcomes.unwrap().pop().unwrap();
        let failure = outcome.result.unwrap_err();
        (failure.message, failure.line, failure.column)
    }
}

/// The value of a script that runs once.
pub(crate) fn value(code: &str) -> Json {
    Bench::default().run(code).value()
}

/// The message that a script fails with.
pub(crate) fn message(code: &str) -> String {
    Bench::default().run(code).failure().0
}

struct Notes {
    rule: Rule,
    log: Mutex<Vec<LogLine>>,
    questions: Mutex<Vec<Json>>,
}

impl Answers for Notes {
    fn answer(&self, question: Value) -> BoxFuture<'_, Answer> {
        let question = serde_json::to_value(&question).unwrap();
        let answer = (self.rule)(&question);
        self.questions.lock().unwrap().push(question);
        Box::pin(async move { answer })
    }

    fn log(&self, line: LogLine) {
        self.log.lock().unwrap().push(line);
    }
}
