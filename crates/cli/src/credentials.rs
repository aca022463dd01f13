//! Credentials from a file named on the command line.
//!
//! ```yaml
//! my-konverte:
//!   type: konverteDigitalApi
//!   url: https://app.example.org
//!   accessToken: ${KONVERTE_TOKEN}
//! ```

use std::path::Path;

use anyhow::{Context, bail};
use futures::future::BoxFuture;
use indexmap::IndexMap;
use itemflow_model::{ErrorInfo, Map, SourceText, Value, did_you_mean};
use itemflow_nodes::Credentials;

use crate::files;

/// Credentials by name. `Debug` is left out on purpose: they hold secrets.
#[derive(Clone, Default)]
pub(crate) struct CredentialFile {
    entries: IndexMap<String, Entry>,
    /// Data that stands for every credential of a type, whatever its name: what `--mock` supplies.
    by_type: IndexMap<String, Map>,
}

#[derive(Clone)]
struct Entry {
    kind: String,
    data: Map,
}

impl CredentialFile {
    /// Reads a file; `variable` answers `${NAME}`.
    pub(crate) fn read(
        path: &Path,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> anyhow::Result<Self> {
        let source = files::read(path)?;
        Self::parse(&source, variable)
            .with_context(|| format!("the credentials file {} cannot be used", path.display()))
    }

    fn parse(
        source: &SourceText,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> anyhow::Result<Self> {
        let value = files::value(source)?;
        let Value::Object(names) = &value else {
            bail!(
                "it must hold credentials by name, for example `my-service: {{ type: …, url: … }}`"
            );
        };
        let mut file = Self::default();
        for (name, fields) in names.iter() {
            let Value::Object(fields) = fields else {
                bail!("`{name}` must be an object with `type` and its fields")
            };
            let mut data = (**fields).clone();
            let kind = data.shift_remove("type");
            let Some(Value::String(kind)) = kind else {
                bail!("`{name}` has no `type`, the name of a credential type")
            };
            for (field, value) in &mut data {
                if let Value::String(text) = value {
                    *value = Value::from(
                        expand(text, variable).with_context(|| format!("in `{name}.{field}`"))?,
                    );
                }
            }
            file.entries.insert(
                name.to_string(),
                Entry {
                    kind: kind.to_string(),
                    data,
                },
            );
        }
        Ok(file)
    }

    /// Makes `data` stand for every credential of a type.
    pub(crate) fn supply(&mut self, kind: &str, data: Map) {
        self.by_type.insert(kind.into(), data);
    }
}

impl Credentials for CredentialFile {
    fn load<'a>(
        &'a self,
        kind: &'a str,
        name: &'a str,
    ) -> BoxFuture<'a, Result<Option<Map>, ErrorInfo>> {
        let by_name = self
            .entries
            .get(name)
            .filter(|entry| entry.kind == kind)
            .map(|entry| &entry.data);
        let data = self.by_type.get(kind).or(by_name).cloned();
        Box::pin(async move { Ok(data) })
    }

    fn missing(&self, _: &str, name: &str) -> String {
        if self.entries.is_empty() {
            return "name a file that holds it with `--credentials FILE`, or try the workflow with `--mock`".into();
        }
        let names: Vec<&str> = self.entries.keys().map(String::as_str).collect();
        let near = did_you_mean(name, names.iter().copied());
        match (self.entries.get(name), near) {
            (Some(entry), _) => format!("the file's \"{name}\" is of type `{}`", entry.kind),
            (None, Some(near)) => format!("did you mean \"{near}\"?"),
            (None, None) => format!("the file holds: {}", names.join(", ")),
        }
    }
}

/// Replaces `${NAME}`; `$${` stands for `${`.
fn expand(text: &str, variable: &dyn Fn(&str) -> Option<String>) -> anyhow::Result<String> {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        let (before, after) = (&rest[..at], &rest[at + 2..]);
        if let Some(before) = before.strip_suffix('$') {
            result.push_str(before);
            result.push_str("${");
            rest = after;
            continue;
        }
        let Some((name, tail)) = after.split_once('}') else {
            bail!("`${{` is not closed by `}}`")
        };
        result.push_str(before);
        let Some(value) = variable(name) else {
            bail!("the environment variable `{name}` is not set")
        };
        result.push_str(&value);
        rest = tail;
    }
    result.push_str(rest);
    Ok(result)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(name: &str) -> Option<String> {
        (name == "TOKEN").then(|| "t-1".to_owned())
    }

    #[test]
    fn variables_are_replaced_and_never_guessed() {
        assert_eq!(expand("a ${TOKEN} b", &environment).unwrap(), "a t-1 b");
        assert_eq!(expand("$${TOKEN}", &environment).unwrap(), "${TOKEN}");
        assert!(
            expand("${NOPE}", &environment)
                .unwrap_err()
                .to_string()
                .contains("NOPE")
        );
        assert!(expand("${TOKEN", &environment).is_err());
    }

    #[tokio::test]
    async fn a_credential_is_found_by_its_name_and_type_only() {
        let source = SourceText::new("c.yaml", "mine:\n  type: kindA\n  token: ${TOKEN}\n");
        let file = CredentialFile::parse(&source, &environment).unwrap();
        let found = file.load("kindA", "mine").await.unwrap().unwrap();
        assert_eq!(found.get("token"), Some(&Value::from("t-1")));
        assert!(file.load("kindB", "mine").await.unwrap().is_none());
        assert!(file.load("kindA", "other").await.unwrap().is_none());
    }
}
