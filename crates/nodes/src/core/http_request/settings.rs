//! `Settings`: how requests are sent and answers are read, from the parameters of each version and from our
//! `requestOptions`.

use std::sync::Arc;
use std::time::Duration;

use itemflow_declarative::{ParameterError, Redirects, RequestOptions};
use itemflow_model::definition::QueryStyle;
use itemflow_model::{Map, Value};

use super::places::Places;

/// What versions 1 and 2 wait for an answer.
const LEGACY_TIMEOUT: Duration = Duration::from_secs(3600);

/// How long a feed is waited for, and how many redirects lead to it.
const FEED_TIMEOUT: Duration = Duration::from_secs(60);
const FEED_REDIRECTS: usize = 5;

/// Which parameters say what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rules {
    /// HTTP Request from version 3 on; whether redirects are followed where the node does not say.
    Current { follows: bool },
    /// HTTP Request 1 and 2.
    Legacy,
    /// GraphQL.
    GraphQl,
    /// RSS Read.
    Feed,
}

/// What the parameters say.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) request: RequestOptions,
    /// Where the node says what the errors of requests blame.
    pub(crate) places: Places,
    /// How a list is written in the query.
    pub(crate) query_style: QueryStyle,
    pub(crate) lowercase_headers: bool,
    pub(crate) response: ResponseSettings,
}

/// How an answer becomes items.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ResponseSettings {
    /// Whether items hold headers and status beside the body.
    pub(crate) full: bool,
    /// Whether a status outside 2xx is an answer like any other.
    pub(crate) never_error: bool,
    /// Whether each element of a list becomes an item.
    pub(crate) splits: bool,
    pub(crate) format: Format,
    /// Where text and files are put.
    pub(crate) property: Arc<str>,
}

/// What an answer is read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// What its content type says.
    Autodetect,
    Json,
    Text,
    File,
}

impl Settings {
    /// Reads the resolved parameters. Where `requestOptions` and the node's own parameters both say something, the latter
    /// count.
    ///
    /// # Errors
    /// Everything that is wrong with them.
    pub(crate) fn read(parameters: &Map, rules: Rules) -> Result<Self, Vec<ParameterError>> {
        let mut errors = Vec::new();
        let of = |name: &str| parameters.get(name).unwrap_or(&Value::Null);
        let options = of("options");
        if options.as_object().is_none() && !options.is_null() {
            let message = format!("`options` must be an object, not {}", options.kind());
            errors.push(ParameterError::new("options", "bad-option", message));
        }
        let (places, merged) = Places::merge(parameters, rules);
        let mut request = RequestOptions::parse(&merged).unwrap_or_else(|found| {
            errors.extend(found.into_iter().map(|error| places.fault(error)));
            RequestOptions::default()
        });
        let own = of("requestOptions");
        let says = |name: &str| merged.get(name).is_some_and(|value| !value.is_null());
        if rules == Rules::Legacy {
            if !says("timeout") {
                request.timeout = LEGACY_TIMEOUT;
            }
            let own_words = own.get("followRedirects").is_some_and(|own| !own.is_null());
            let has = |name: &str| options.get(name).is_some_and(|said| !said.is_null());
            if !own_words || has("followRedirect") || has("followAllRedirects") {
                request.follow_redirects = legacy_redirects(options);
            }
        } else if rules == (Rules::Current { follows: false }) && !says("followRedirects") {
            request.follow_redirects = Redirects::None;
        } else if rules == Rules::Feed {
            if !says("timeout") {
                request.timeout = FEED_TIMEOUT;
            }
            if !says("maxRedirects") {
                request.max_redirects = FEED_REDIRECTS;
            }
        }
        let query_style = query_style(options, rules, &mut errors);
        let response = match rules {
            Rules::Current { .. } | Rules::Feed => current_response(options, &mut errors),
            Rules::Legacy => legacy_response(parameters, options, &mut errors),
            Rules::GraphQl => graphql_response(parameters, &mut errors),
        };
        if !errors.is_empty() {
            return Err(errors);
        }
        Ok(Self {
            request,
            places,
            query_style,
            lowercase_headers: rules == Rules::Legacy || flag(options, "lowercaseHeaders", true),
            response,
        })
    }
}

/// Only reading requests follow redirects unless the node says that all do.
fn legacy_redirects(options: &Value) -> Redirects {
    if flag(options, "followAllRedirects", false) {
        Redirects::All
    } else if flag(options, "followRedirect", true) {
        Redirects::Reads
    } else {
        Redirects::None
    }
}

fn query_style(options: &Value, rules: Rules, errors: &mut Vec<ParameterError>) -> QueryStyle {
    if rules == Rules::Legacy {
        return match flag(options, "useQueryString", false) {
            true => QueryStyle::Repeat,
            false => QueryStyle::Brackets,
        };
    }
    match &*text(options, "queryParameterArrays", "brackets") {
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
    }
}

fn current_response(options: &Value, errors: &mut Vec<ParameterError>) -> ResponseSettings {
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
    ResponseSettings {
        full: flag(response, "fullResponse", false),
        never_error: flag(response, "neverError", false),
        splits: true,
        format,
        property: text(response, "outputPropertyName", "data"),
    }
}

fn legacy_response(
    parameters: &Map,
    options: &Value,
    errors: &mut Vec<ParameterError>,
) -> ResponseSettings {
    ResponseSettings {
        full: flag(options, "fullResponse", false),
        never_error: flag(options, "ignoreResponseCode", false),
        splits: flag(options, "splitIntoItems", false),
        ..top_level_response(parameters, &["json", "string", "file"], errors)
    }
}

fn graphql_response(parameters: &Map, errors: &mut Vec<ParameterError>) -> ResponseSettings {
    ResponseSettings {
        full: false,
        never_error: true,
        splits: true,
        ..top_level_response(parameters, &["json", "string"], errors)
    }
}

fn top_level_response(
    parameters: &Map,
    formats: &[&str],
    errors: &mut Vec<ParameterError>,
) -> ResponseSettings {
    let parameters = Value::from(parameters.clone());
    let format = text(&parameters, "responseFormat", "json");
    if !formats.contains(&&*format) {
        let known: Vec<String> = formats.iter().map(|format| format!("`{format}`")).collect();
        errors.push(unknown("responseFormat", &known.join(" or ")));
    }
    ResponseSettings {
        full: false,
        never_error: false,
        splits: false,
        format: match &*format {
            "string" => Format::Text,
            "file" => Format::File,
            _ => Format::Json,
        },
        property: text(&parameters, "dataPropertyName", "data"),
    }
}

/// The one group of a fixedCollection that has its name: `redirect.redirect`.
pub(super) fn group<'a>(options: &'a Value, name: &str) -> &'a Value {
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
    use super::*;

    fn read(parameters: &str, rules: Rules) -> Result<Settings, Vec<ParameterError>> {
        let parameters: Value = serde_json::from_str(parameters).unwrap();
        Settings::read(parameters.as_object().unwrap(), rules)
    }

    const CURRENT: Rules = Rules::Current { follows: true };

    #[test]
    fn both_kinds_of_options_are_joined() {
        let settings = read(
            r#"{"options":{"timeout":5,"redirect":{"redirect":{"maxRedirects":2}},
            "batching":{"batch":{"batchSize":3}},
            "response":{"response":{"responseFormat":"text","neverError":true,"outputPropertyName":"t"}}},
            "requestOptions":{"timeout":9,"maxConcurrency":2}}"#,
            CURRENT,
        )
        .unwrap();
        assert_eq!(settings.request.timeout, Duration::from_millis(5));
        assert_eq!(settings.request.max_redirects, 2);
        assert_eq!(settings.request.follow_redirects, Redirects::All);
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
        let settings = read("{}", CURRENT).unwrap();
        assert_eq!(settings.request, RequestOptions::default());
        assert!(settings.lowercase_headers && settings.response.splits);
        assert_eq!(settings.query_style, QueryStyle::Brackets);
        assert_eq!(settings.response.format, Format::Autodetect);
        let third = read("{}", Rules::Current { follows: false }).unwrap();
        assert_eq!(third.request.follow_redirects, Redirects::None);
        let first = read("{}", Rules::Legacy).unwrap();
        assert_eq!(first.request.follow_redirects, Redirects::Reads);
        assert_eq!(first.request.timeout, LEGACY_TIMEOUT);
        assert_eq!(first.request.batching, None);
        assert_eq!(first.response.format, Format::Json);
        assert!(!first.response.splits);
    }

    #[test]
    fn old_options_have_their_old_names() {
        let settings = read(
            r#"{"options":{"batchSize":0,"batchInterval":7,"followAllRedirects":true,"timeout":3,"useQueryString":true,
            "fullResponse":true,"ignoreResponseCode":true,"splitIntoItems":true,"proxy":"http://p.example:1"},
            "allowUnauthorizedCerts":true,"responseFormat":"string","dataPropertyName":"t"}"#,
            Rules::Legacy,
        )
        .unwrap();
        let batching = settings.request.batching.unwrap();
        assert_eq!(
            (batching.size, batching.interval),
            (1, Duration::from_millis(7))
        );
        assert_eq!(settings.request.follow_redirects, Redirects::All);
        assert_eq!(settings.request.timeout, Duration::from_millis(3));
        assert!(settings.request.allow_unauthorized_certs && settings.request.proxy.is_some());
        assert_eq!(settings.query_style, QueryStyle::Repeat);
        let expected = ResponseSettings {
            full: true,
            never_error: true,
            splits: true,
            format: Format::Text,
            property: "t".into(),
        };
        assert_eq!(settings.response, expected);
        let alone = read(r#"{"options":{"batchSize":5}}"#, Rules::Legacy).unwrap();
        assert_eq!(alone.request.batching, None);
    }

    #[test]
    fn faults_are_placed_where_they_were_written() {
        let found = |parameters: &str, rules| -> Vec<String> {
            let errors = read(parameters, rules).unwrap_err();
            errors.into_iter().map(|error| error.parameter).collect()
        };
        let places = found(
            r#"{"options":{"timeout":-1,"batching":{"batch":{"batchSize":1.5}},
            "redirect":{"redirect":{"maxRedirects":-1}},"queryParameterArrays":"x",
            "response":{"response":{"responseFormat":"xml"}}},"requestOptions":{"maxConcurrency":0}}"#,
            CURRENT,
        );
        for place in [
            "options.timeout",
            "options.batching.batch.batchSize",
            "options.redirect.redirect.maxRedirects",
            "options.queryParameterArrays",
            "options.response.response.responseFormat",
            "requestOptions.maxConcurrency",
        ] {
            assert!(places.iter().any(|p| p == place), "{place} in {places:?}");
        }
        let places = found(
            r#"{"options":{"timeout":-1,"batchSize":1.5,"batchInterval":1},"allowUnauthorizedCerts":"x",
            "responseFormat":"xml"}"#,
            Rules::Legacy,
        );
        let expected = [
            "options.batchSize",
            "allowUnauthorizedCerts",
            "options.timeout",
            "responseFormat",
        ];
        assert_eq!(places, expected);
    }
}
