//! `RunAnswers`: answers what a script asks while it runs, from the run of its node.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use futures::future::BoxFuture;
use itemflow_model::{Binary, Items, LogLevel, LogLine, Map, Value};
use itemflow_script::{Answer, Answers, Integers};

use super::{Beside, files, questions};
use crate::run::NodeRun;

/// Most pieces of data by which an execution can be found (spec C15).
const MAX_CUSTOM_KEYS: usize = 10;
const MAX_CUSTOM_KEY: usize = 50;
const MAX_CUSTOM_VALUE: usize = 512;

/// What one run of a script may ask for, and what it leaves.
pub(crate) struct RunAnswers {
    run: NodeRun,
    /// Most bytes of a file that is read into a script: its text takes a third more, and a script makes bytes of it.
    max_file_bytes: usize,
    left: Mutex<Left>,
}

#[derive(Default)]
struct Left {
    logs: Vec<LogLine>,
    custom_data: Option<Map>,
    /// The files that items have shown to the script: it can name no others.
    files: HashMap<String, Binary>,
    integers: Integers,
}

impl RunAnswers {
    pub(super) fn new(run: NodeRun, memory_bytes: usize) -> Self {
        Self {
            run,
            max_file_bytes: memory_bytes / 8,
            left: Mutex::default(),
        }
    }

    fn left(&self) -> MutexGuard<'_, Left> {
        self.left.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Items as the script gets them; their files may be asked for from now on.
    pub(super) fn items_text(&self, items: &Items) -> Vec<u8> {
        let text = super::items::write(items);
        let mut left = self.left();
        for binaries in items.iter().filter_map(|item| item.binary.as_ref()) {
            for binary in binaries.values() {
                left.files.insert(binary.id.clone(), binary.clone());
            }
        }
        if Integers::may_be_in(&text) {
            for item in items.iter() {
                left.integers.add(&item.json);
            }
        }
        text
    }

    /// The integers that the script has seen. Nothing asks any more when they are wanted.
    pub(super) fn integers(&self) -> Integers {
        std::mem::take(&mut self.left().integers)
    }

    /// A file that the script has seen.
    pub(super) fn file(&self, id: &str) -> Option<Binary> {
        self.left().files.get(id).cloned()
    }

    pub(super) fn run(&self) -> &NodeRun {
        &self.run
    }

    pub(super) fn beside(&self) -> Beside {
        let left = self.left();
        Beside {
            logs: left.logs.clone(),
            custom_data: left.custom_data.clone(),
        }
    }

    fn static_data(&self, kind: &Value) -> Option<&str> {
        (kind.as_str() == Some("node")).then_some(&*self.run.node.name)
    }

    /// `$execution.customData`
    fn custom_data(&self, method: &str, question: &Value) -> Answer {
        let mut left = self.left();
        let key = question.get("key").and_then(Value::as_str);
        let mut all = self.run.history.custom_data();
        all.extend(
            left.custom_data
                .iter()
                .flatten()
                .map(|(k, v)| (k.clone(), v.clone())),
        );
        match (method, key) {
            ("getAll", _) => Ok(Some(Value::from(all).to_string())),
            ("get", Some(key)) => Ok(all.get(key).map(Value::to_string)),
            ("set", Some(key)) => {
                let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
                if key.is_empty() || key.len() > MAX_CUSTOM_KEY || !key.chars().all(plain) {
                    return Err(format!(
                        "customData: the key `{key}` must have 1 to {MAX_CUSTOM_KEY} letters, digits or underscores"
                    ));
                }
                let value = match question.get("value") {
                    Some(Value::String(text)) => text.chars().take(MAX_CUSTOM_VALUE).collect(),
                    Some(Value::Number(number)) => number.to_string(),
                    _ => {
                        return Err(format!(
                            "customData: the value of `{key}` must be a text or a number"
                        ));
                    }
                };
                if all.len() >= MAX_CUSTOM_KEYS && !all.contains_key(key) {
                    left.logs.push(LogLine {
                        level: LogLevel::Warning,
                        text: format!(
                            "customData holds {MAX_CUSTOM_KEYS} keys already: `{key}` is left out"
                        )
                        .into(),
                    });
                    return Ok(None);
                }
                let own = left.custom_data.get_or_insert_default();
                own.insert(key.into(), Value::from(value));
                Ok(None)
            }
            _ => Err("customData needs a key that is a text".into()),
        }
    }
}

impl Answers for RunAnswers {
    fn answer(&self, question: Value) -> BoxFuture<'_, Answer> {
        Box::pin(async move {
            if let Some(name) = question.get("read").and_then(Value::as_str) {
                return questions::read(self, name, &question);
            }
            if let Some(file) = question.get("bytes") {
                let id = file.get("id").and_then(Value::as_str).unwrap_or_default();
                let file = self.file(id).ok_or("the item has no such file")?;
                return files::read(&self.run, &file, self.max_file_bytes)
                    .await
                    .map(Some);
            }
            if let Some(kind) = question.get("staticData") {
                let data = self.run.host.static_data.load(self.static_data(kind));
                return Ok(Some(data.to_string()));
            }
            if let Some(kind) = question.get("saveStaticData") {
                let data = question.get("data").cloned().unwrap_or_default();
                self.run
                    .host
                    .static_data
                    .store(self.static_data(kind), data);
                return Ok(None);
            }
            if let Some(method) = question.get("customData").and_then(Value::as_str) {
                return self.custom_data(method, &question);
            }
            Err("a script may not ask for this".into())
        })
    }

    fn log(&self, line: LogLine) {
        self.left().logs.push(line);
    }
}
