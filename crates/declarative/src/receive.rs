//! `receive`: from an answer to items, or to the failure it stands for.

use bytes::Bytes;
use encoding_rs::Encoding;
use itemflow_model::definition::ResponseType;
use itemflow_model::{ErrorInfo, Value};

use crate::action::ActionResponse;
use crate::failure::status_failure;
use crate::response::Response;

/// Bytes of a body that a message shows.
const SHOWN_BYTES: usize = 32;
/// Faults of the response schema that are reported of one answer.
const MAX_WARNINGS: usize = 5;

/// Items of one answer that are held against its schema; a service that differs does so early.
const MAX_CHECKED: usize = 1000;

/// What an answer yields.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Received {
    /// The json of each item.
    pub items: Vec<Value>,
    /// The file of a binary answer; it belongs to the only item.
    pub file: Option<ReceivedFile>,
    /// Where the items differ from the declared schema.
    pub warnings: Vec<String>,
}

/// A file that came as an answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReceivedFile {
    /// Its bytes.
    pub bytes: Bytes,
    /// Media type without parameters.
    pub mime_type: String,
    /// Name that the answer gives it.
    pub file_name: Option<String>,
}

/// Makes items of an answer: a JSON list gives one item for each element, an object one item, text `{ "data": text }`,
/// an empty body `{}`.
///
/// # Errors
/// A status outside 2xx, and a body that is not what the response type says.
pub fn receive(response: &Response, declared: &ActionResponse) -> Result<Received, ErrorInfo> {
    if !response.is_success() {
        return Err(status_failure(response));
    }
    let mut received = Received::default();
    if response.body.is_empty() && declared.response_type != ResponseType::Binary {
        received.items.push(Value::empty_object());
        return Ok(received);
    }
    match declared.response_type {
        ResponseType::Text | ResponseType::Html => {
            let text = body_text(response);
            received.items.push(Value::from([("data", text)]));
        }
        ResponseType::Binary => {
            received.items.push(Value::empty_object());
            received.file = Some(body_file(response));
        }
        ResponseType::Json => {
            let body = body_json(response)?;
            received.items = items(&body, declared, response)?;
        }
    }
    check_schema(&mut received, declared);
    Ok(received)
}

/// The body as JSON.
///
/// # Errors
/// When it is not JSON; names the content type and shows the first bytes. Deep nesting is such an error too.
pub fn body_json(response: &Response) -> Result<Value, ErrorInfo> {
    let text;
    let bytes = match charset(response) {
        Some(encoding) if encoding != encoding_rs::UTF_8 => {
            text = encoding.decode(&response.body).0;
            text.as_bytes()
        }
        _ => response
            .body
            .strip_prefix(b"\xEF\xBB\xBF")
            .unwrap_or(&response.body),
    };
    serde_json::from_slice(bytes).map_err(|error| {
        let content_type = response.header("content-type").unwrap_or("no content type");
        response.redactor.error(ErrorInfo {
            description: Some(format!(
                "the answer has {content_type} and begins with \"{}\"; for other answers set the response type",
                beginning(response)
            )),
            ..failure(response, format!("the answer is not JSON: {error}"))
        })
    })
}

/// How the body begins, on one line. Secrets are looked for before the text is cut or escaped: half a secret, or one that
/// is written otherwise, would not be found any more.
fn beginning(response: &Response) -> String {
    let looked_at = &response.body[..response.body.len().min(32 * SHOWN_BYTES)];
    let encoding = charset(response).unwrap_or(encoding_rs::UTF_8);
    let text = encoding.decode(looked_at).0;
    let masked = response.redactor.text(&text);
    let shown = if masked == text {
        looked_at
    } else {
        masked.as_bytes()
    };
    let more = if shown.len() > SHOWN_BYTES { "…" } else { "" };
    let first = &shown[..shown.len().min(SHOWN_BYTES)];
    format!("{}{more}", first.escape_ascii())
}

/// The body as text, in the charset that its content type names; UTF-8 without one.
pub fn body_text(response: &Response) -> String {
    let encoding = charset(response).unwrap_or(encoding_rs::UTF_8);
    encoding.decode(&response.body).0.into_owned()
}

/// The body as a file.
pub fn body_file(response: &Response) -> ReceivedFile {
    let content_type = response.header("content-type").unwrap_or_default();
    let mime_type = content_type.split(';').next().unwrap_or_default().trim();
    let named = response
        .header("content-disposition")
        .and_then(disposition_name);
    let from_url = || {
        let last = response.url.path_segments()?.next_back()?;
        let name = percent_encoding::percent_decode_str(last).decode_utf8_lossy();
        name.contains('.').then(|| name.into_owned())
    };
    ReceivedFile {
        bytes: response.body.clone(),
        mime_type: match mime_type {
            "" => "application/octet-stream".into(),
            known => known.to_ascii_lowercase(),
        },
        file_name: named.or_else(from_url).map(|name| base_name(&name)),
    }
}

fn items(
    body: &Value,
    declared: &ActionResponse,
    response: &Response,
) -> Result<Vec<Value>, ErrorInfo> {
    let found = match &declared.items {
        None => body,
        Some(path) => path.get(body).ok_or_else(|| {
            let place = path.segments().join(".");
            ErrorInfo {
                parameter: None,
                ..failure(
                    response,
                    format!("the answer has nothing at `{place}`, where its items should be"),
                )
            }
        })?,
    };
    Ok(match found {
        Value::Array(list) => list.iter().map(item).collect(),
        other => vec![item(other)],
    })
}

fn item(value: &Value) -> Value {
    match value {
        Value::Object(_) => value.clone(),
        other => Value::from([("data", other.clone())]),
    }
}

fn check_schema(received: &mut Received, declared: &ActionResponse) {
    let Some(schema) = &declared.schema else {
        return;
    };
    let mut faults = 0;
    for (i, item) in received.items.iter().take(MAX_CHECKED).enumerate() {
        for fault in schema.faults(item) {
            faults += 1;
            if faults <= MAX_WARNINGS {
                let warning = format!("item {i} of the answer differs from its schema: {fault}");
                received.warnings.push(warning);
            }
        }
    }
    if faults > MAX_WARNINGS {
        let rest = faults - MAX_WARNINGS;
        received
            .warnings
            .push(format!("{rest} more differences from the schema"));
    }
}

fn charset(response: &Response) -> Option<&'static Encoding> {
    let content_type = response.header("content-type")?;
    let label = content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then_some(value)
    })?;
    Encoding::for_label(label.trim().trim_matches('"').as_bytes())
}

/// The file name of a `Content-Disposition`, the extended form first (RFC 6266).
fn disposition_name(header: &str) -> Option<String> {
    let parameter = |wanted: &str| {
        header.split(';').skip(1).find_map(|part| {
            let (name, value) = part.split_once('=')?;
            name.trim()
                .eq_ignore_ascii_case(wanted)
                .then(|| value.trim().trim_matches('"').to_owned())
        })
    };
    let extended = parameter("filename*").and_then(|value| {
        let encoded = value.rsplit_once('\'')?.1.to_owned();
        let decoded = percent_encoding::percent_decode_str(&encoded).decode_utf8_lossy();
        Some(decoded.into_owned())
    });
    extended
        .or_else(|| parameter("filename"))
        .filter(|name| !name.is_empty())
}

/// The last part of a path, so that a name never leads out of a folder.
fn base_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    match last {
        "" | "." | ".." => "file".into(),
        name => name.chars().filter(|c| !c.is_control()).collect(),
    }
}

fn failure(response: &Response, message: String) -> ErrorInfo {
    ErrorInfo {
        name: "NodeApiError".into(),
        message,
        http_code: Some(response.status.to_string()),
        request: Some(response.request.to_string()),
        ..ErrorInfo::default()
    }
}

#[cfg(test)]
mod tests {
    use itemflow_model::Path;

    use super::*;
    use crate::action::Schema;

    fn response(body: &[u8], content_type: &str) -> Response {
        Response {
            status: 200,
            headers: vec![("content-type".into(), content_type.into())],
            body: Bytes::copy_from_slice(body),
            url: url::Url::parse("https://a.example/f/report.pdf").unwrap(),
            request: "GET https://a.example/f/report.pdf".into(),
            redactor: crate::Redactor::default(),
        }
    }

    fn items_of(body: &str, path: Option<&str>) -> Result<String, String> {
        let declared = ActionResponse {
            items: path.map(Path::parse),
            ..ActionResponse::default()
        };
        receive(&response(body.as_bytes(), "application/json"), &declared)
            .map(|received| Value::from(received.items).to_string())
            .map_err(|error| error.message)
    }

    #[test]
    fn every_json_body_becomes_objects() {
        for (body, path, items) in [
            (r#"[{"a":1},2]"#, None, r#"[{"a":1},{"data":2}]"#),
            (
                r#"{"a":9007199254740993}"#,
                None,
                r#"[{"a":9007199254740993}]"#,
            ),
            ("[]", None, "[]"),
            ("", None, "[{}]"),
            ("null", None, r#"[{"data":null}]"#),
            ("\u{feff}\"x\"", None, r#"[{"data":"x"}]"#),
            (r#"{"d":{"p":[{"a":1}]}}"#, Some("d.p"), r#"[{"a":1}]"#),
            (r#"{"d":{"p":{"a":1}}}"#, Some("d.p"), r#"[{"a":1}]"#),
        ] {
            assert_eq!(items_of(body, path).as_deref(), Ok(items), "{body}");
        }
        assert!(items_of("{}", Some("d.p")).unwrap_err().contains("`d.p`"));
    }

    #[test]
    fn garbage_and_deep_nesting_are_errors() {
        let garbage = response(b"\x89PNG\r\n\x1a\n\0", "image/png");
        let error = receive(&garbage, &ActionResponse::default()).unwrap_err();
        let description = error.description.unwrap();
        assert!(description.contains("image/png"), "{description}");
        assert!(
            description.contains(r"\x89PNG\r\n\x1a\n\x00"),
            "{description}"
        );
        assert!(items_of(&"[".repeat(200_000), None).is_err());
    }

    #[test]
    fn text_keeps_its_charset() {
        let declared = ActionResponse {
            response_type: ResponseType::Text,
            ..ActionResponse::default()
        };
        let latin = response(b"caf\xe9", "text/plain; charset=ISO-8859-1");
        let received = receive(&latin, &declared).unwrap();
        assert_eq!(received.items[0].to_string(), r#"{"data":"café"}"#);
    }

    #[test]
    fn a_file_name_never_leads_out_of_a_folder() {
        let mut file = response(b"x", "application/pdf; a=b");
        assert_eq!(body_file(&file).file_name.as_deref(), Some("report.pdf"));
        file.headers.push((
            "content-disposition".into(),
            "attachment; filename=\"../../etc/passwd\"; filename*=UTF-8''..%2F%C3%A9.txt".into(),
        ));
        let received = body_file(&file);
        assert_eq!(received.file_name.as_deref(), Some("é.txt"));
        assert_eq!(received.mime_type, "application/pdf");
    }

    #[test]
    fn a_mismatch_of_the_schema_only_warns() {
        let schema = serde_json::from_str(r#"{"type":"object","required":["id"]}"#).unwrap();
        let declared = ActionResponse {
            schema: Some(Schema::new(schema)),
            ..ActionResponse::default()
        };
        let received = receive(&response(b"[{}]", "application/json"), &declared).unwrap();
        assert_eq!(received.items.len(), 1);
        assert!(
            received.warnings[0].contains("id"),
            "{:?}",
            received.warnings
        );
    }
}
