//! `Places`: where a node's own parameters say what `requestOptions` says elsewhere, so that an error names what the user
//! wrote.

use itemflow_declarative::ParameterError;
use itemflow_model::{ErrorInfo, Map, Path, Value};

use super::settings::Rules;

/// The parameter that errors of the sending side name.
const OWN: &str = "requestOptions";

/// Names within `requestOptions`, with the path of the parameter that says the same.
#[derive(Clone, Debug)]
pub(crate) struct Places(Vec<(&'static str, &'static str)>);

impl Places {
    /// Joins both ways to set options, and notes which of them counts for each.
    pub(super) fn merge(parameters: &Map, rules: Rules) -> (Self, Value) {
        let own = parameters.get(OWN).unwrap_or(&Value::Null);
        let mut merged = own.clone();
        if merged.is_null() {
            merged = Value::empty_object();
        }
        let root = Value::from(parameters.clone());
        let mut places = Vec::new();
        for (name, place) in of(rules, &root) {
            let said = at(&root, place);
            if said.is_null() && at(own, name).is_null() {
                // Neither says it, so the node's own parameter is the one to be named.
                places.push((*name, *place));
            } else if !said.is_null() && merged.as_object().is_some() {
                Path::parse(name).set(&mut merged, said.clone());
                places.push((*name, *place));
            }
        }
        (Self(places), merged)
    }

    /// A fault of an option at the place where it was written.
    pub(super) fn fault(&self, mut error: ParameterError) -> ParameterError {
        error.message = self.text(&error.message);
        error.parameter = self.text(&error.parameter);
        error
    }

    /// An error of the sending side in the words of this node. What a service said is left as it is.
    pub(crate) fn error(&self, mut error: ErrorInfo) -> ErrorInfo {
        error.parameter = error.parameter.map(|path| self.text(&path));
        error.description = error.description.map(|text| self.text(&text));
        error
    }

    fn text(&self, text: &str) -> String {
        if !text.contains(OWN) {
            return text.to_owned();
        }
        let mut text = text.to_owned();
        for (name, place) in &self.0 {
            text = text.replace(&format!("{OWN}.{name}"), place);
        }
        text
    }
}

/// A longer name comes before one that it begins with.
fn of(rules: Rules, root: &Value) -> &'static [(&'static str, &'static str)] {
    match rules {
        Rules::Current { .. } => &[
            ("batching", "options.batching"),
            ("allowUnauthorizedCerts", "options.allowUnauthorizedCerts"),
            ("proxy", "options.proxy"),
            ("timeout", "options.timeout"),
            (
                "followRedirects",
                "options.redirect.redirect.followRedirects",
            ),
            ("maxRedirects", "options.redirect.redirect.maxRedirects"),
        ],
        // Only both together make batches.
        Rules::Legacy
            if at(root, "options.batchSize").is_null()
                || at(root, "options.batchInterval").is_null() =>
        {
            &LEGACY[2..]
        }
        Rules::Legacy => &LEGACY,
        Rules::GraphQl => &[("allowUnauthorizedCerts", "allowUnauthorizedCerts")],
        Rules::Feed => &[("allowUnauthorizedCerts", "options.ignoreSSL")],
    }
}

static LEGACY: [(&str, &str); 6] = [
    ("batching.batch.batchSize", "options.batchSize"),
    ("batching.batch.batchInterval", "options.batchInterval"),
    ("allowUnauthorizedCerts", "allowUnauthorizedCerts"),
    ("proxy", "options.proxy"),
    ("timeout", "options.timeout"),
    ("followRedirects", "options.followAllRedirects"),
];

/// The value at a dotted path; `null` where there is none.
fn at<'a>(root: &'a Value, path: &str) -> &'a Value {
    let found = path
        .split('.')
        .try_fold(root, |value, name| value.get(name));
    found.unwrap_or(&Value::Null)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn merged(parameters: &str, rules: Rules) -> (Places, String) {
        let parameters: Value = serde_json::from_str(parameters).unwrap();
        let (places, merged) = Places::merge(parameters.as_object().unwrap(), rules);
        (places, merged.to_string())
    }

    #[test]
    fn what_the_node_says_counts_and_is_named() {
        let rules = Rules::Current { follows: true };
        let (places, joined) = merged(
            r#"{"options":{"timeout":5},"requestOptions":{"timeout":9,"proxy":"p"}}"#,
            rules,
        );
        assert_eq!(joined, r#"{"timeout":5,"proxy":"p"}"#);
        let text = "raise requestOptions.timeout, check requestOptions.proxy and requestOptions.totalTimeout, \
                    or see requestOptions.followRedirects";
        assert_eq!(
            places.text(text),
            "raise options.timeout, check requestOptions.proxy and requestOptions.totalTimeout, \
             or see options.redirect.redirect.followRedirects"
        );
    }

    #[test]
    fn the_words_of_a_service_stay() {
        let (places, _) = merged("{}", Rules::GraphQl);
        let error = places.error(ErrorInfo {
            description: Some("accept it with requestOptions.allowUnauthorizedCerts".into()),
            ..ErrorInfo::operation("the service said requestOptions.allowUnauthorizedCerts")
        });
        assert_eq!(
            error.description.as_deref(),
            Some("accept it with allowUnauthorizedCerts")
        );
        assert!(error.message.contains("requestOptions"));
    }
}
