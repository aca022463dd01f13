//! `Settings`: how requests are sent and answers are read, from n8n's `options` and from our `requestOptions`.

use std::sync::Arc;

use itemflow_declarative::{ParameterError, RequestOptions};
use itemflow_model::Value;
use itemflow_model::definition::QueryStyle;

/// Members of `options` that mean the same as those of `requestOptions`.
const SHARED: [&str; 4] = ["batching", "allowUnauthorizedCerts", "proxy", "timeout"];

/// What `options` and `requestOptions` say.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub(super) request: RequestOptions,
    /// How a list is written in the query.
    pub(super) query_style: QueryStyle,
    pub(super) lowercase_headers: bool,
    pub(super) response: ResponseSettings,
}

/// How an answer becomes items.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ResponseSettings {
    /// Whether items hold headers and status beside the body.
    pub(super) full: bool,
    /// Whether a status outside 2xx is an answer like any other.
    pub(super) never_error: bool,
    pub(super) format: Format,
    /// Where text and files are put.
    pub(super) property: Arc<str>,
}

/// What an answer is read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// What its content type says.
    Autodetect,
    Json,
    Text,
    File,
}

impl Settings {
    /// Reads the resolved values of `options` and `requestOptions`. Where both say something, `options` counts;
    /// `follows` is what holds for redirects where neither does.
    ///
    /// # Errors
    /// Everything that is wrong with them.
    pub(super) fn read(
        options: &Value,
        own: &Value,
        follows: bool,
    ) -> Result<Self, Vec<ParameterError>> {
        let mut errors = Vec::new();
        if options.as_object().is_none() && !options.is_null() {
            let message = format!("`options` must be an object, not {}", options.kind());
            errors.push(ParameterError::new("options", "bad-option", message));
        }
        let request = request_options(options, own, follows).unwrap_or_else(|found| {
            errors.extend(found);
            RequestOptions::default()
        });
        let style = text(options, "queryParameterArrays", "brackets");
        let query_style = match &*style {
            "repeat" => QueryStyle::Repeat,
            "brackets" => QueryStyle::Brackets,
            "indices" => QueryStyle::Indices,
            _ => {
                errors.push(unknown(
                    "options.queryParameterArrays",
                    "`repeat`, `brackets` or `indices`",
                ));
                QueryStyle::Brackets
            }
        };
        let response = group(options, "response");
        let format = match &*text(response, "responseFormat", "autodetect") {
            "autodetect" => Format::Autodetect,
            "json" => Format::Json,
            "text" => Format::Text,
            "file" => Format::File,
            _ => {
                errors.push(unknown(
                    "options.response.response.responseFormat",
                    "`autodetect`, `json`, `text` or `file`",
                ));
                Format::Autodetect
            }
        };
        if !errors.is_empty() {
            return Err(errors);
        }
        Ok(Self {
            request,
            query_style,
            lowercase_headers: flag(options, "lowercaseHeaders", true),
            response: ResponseSettings {
                full: flag(response, "fullResponse", false),
                never_error: flag(response, "neverError", false),
                format,
                property: text(response, "outputPropertyName", "data"),
            },
        })
    }
}

fn request_options(
    options: &Value,
    own: &Value,
    follows: bool,
) -> Result<RequestOptions, Vec<ParameterError>> {
    let mut places: Vec<(&str, String)> = Vec::new();
    let mut merged = own.clone();
    if own.is_null() {
        merged = Value::empty_object();
    }
    let mut take = |name: &'static str, from: &Value, place: String| {
        if let (Some(value), Value::Object(_)) = (from.get(name), &merged) {
            merged.make_object().insert(name.into(), value.clone());
            places.push((name, place));
        }
    };
    for name in SHARED {
        take(name, options, format!("options.{name}"));
    }
    let redirect = group(options, "redirect");
    for name in ["followRedirects", "maxRedirects"] {
        take(name, redirect, format!("options.redirect.redirect.{name}"));
    }
    if !follows && merged.as_object().is_some() && merged.get("followRedirects").is_none() {
        let follow = ("followRedirects".into(), Value::from(false));
        merged.make_object().extend([follow]);
    }
    RequestOptions::parse(&merged).map_err(|mut errors| {
        for error in &mut errors {
            let fault = error.parameter.trim_start_matches("requestOptions.");
            let place = places
                .iter()
                .find_map(|(name, place)| Some(format!("{place}{}", fault.strip_prefix(name)?)));
            if let Some(place) = place {
                error.parameter = place;
            }
        }
        errors
    })
}

/// The one group of a fixedCollection that has its name: `redirect.redirect`.
fn group<'a>(options: &'a Value, name: &str) -> &'a Value {
    let inner = options.get(name).and_then(|outer| outer.get(name));
    inner.unwrap_or(&Value::Null)
}

fn flag(options: &Value, name: &str, default: bool) -> bool {
    match options.get(name) {
        None | Some(Value::Null) => default,
        Some(Value::Bool(flag)) => *flag,
        Some(Value::String(text)) => !text.is_empty() && &**text != "false",
        Some(_) => true,
    }
}

/// A text; an empty one counts as absent.
fn text(options: &Value, name: &str, default: &str) -> Arc<str> {
    match options.get(name) {
        None | Some(Value::Null) => default.into(),
        Some(Value::String(text)) if text.is_empty() => default.into(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string().into(),
    }
}

fn unknown(parameter: &str, choices: &str) -> ParameterError {
    let name = parameter.rsplit('.').next().unwrap_or(parameter);
    ParameterError::new(
        parameter,
        "bad-option",
        format!("`{name}` must be {choices}"),
    )
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn read(options: &str, own: &str) -> Result<Settings, Vec<ParameterError>> {
        let value = |json: &str| serde_json::from_str(json).unwrap();
        Settings::read(&value(options), &value(own), true)
    }

    #[test]
    fn both_kinds_of_options_are_joined() {
        let settings = read(
            r#"{"timeout":5,"redirect":{"redirect":{"maxRedirects":2}},"batching":{"batch":{"batchSize":3}},
            "response":{"response":{"responseFormat":"text","neverError":true,"outputPropertyName":"t"}}}"#,
            r#"{"timeout":9,"maxConcurrency":2}"#,
        )
        .unwrap();
        assert_eq!(settings.request.timeout, Duration::from_millis(5));
        assert_eq!(settings.request.max_redirects, 2);
        assert!(settings.request.follow_redirects);
        assert_eq!(settings.request.max_concurrency, 2);
        let batching = settings.request.batching.unwrap();
        assert_eq!(
            (batching.size, batching.interval),
            (3, Duration::from_secs(1))
        );
        let response = &settings.response;
        assert!(response.never_error && !response.full);
        assert_eq!((response.format, &*response.property), (Format::Text, "t"));
    }

    #[test]
    fn absent_options_are_n8ns() {
        let settings = read("{}", "null").unwrap();
        assert_eq!(settings.request, RequestOptions::default());
        assert!(settings.lowercase_headers);
        assert_eq!(settings.query_style, QueryStyle::Brackets);
        assert_eq!(settings.response.format, Format::Autodetect);
    }

    #[test]
    fn faults_are_placed_where_they_were_written() {
        let errors = read(
            r#"{"timeout":-1,"batching":{"batch":{"batchSize":1.5}},"redirect":{"redirect":{"maxRedirects":-1}},
            "queryParameterArrays":"x","response":{"response":{"responseFormat":"xml"}}}"#,
            r#"{"maxConcurrency":0}"#,
        )
        .unwrap_err();
        let places: Vec<&str> = errors.iter().map(|e| e.parameter.as_str()).collect();
        for place in [
            "options.timeout",
            "options.batching.batch.batchSize",
            "options.redirect.redirect.maxRedirects",
            "options.queryParameterArrays",
            "options.response.response.responseFormat",
            "requestOptions.maxConcurrency",
        ] {
            assert!(places.contains(&place), "{place} in {places:?}");
        }
    }
}
