//! Field names and values of a `multipart/form-data` body (RFC 7578).

/// The fields of a body; `None` when the header names no boundary or the body does not hold to it. Bytes that are no
/// UTF-8 are replaced, so that a file still counts as a field.
pub(crate) fn fields(content_type: &str, body: &[u8]) -> Option<Vec<(String, String)>> {
    let boundary = parameter(content_type, "boundary")?;
    let text = String::from_utf8_lossy(body);
    let delimiter = format!("--{boundary}");
    let mut parts = text.split(delimiter.as_str());
    parts.next()?;
    let mut fields = Vec::new();
    for part in parts {
        if part.starts_with("--") {
            return Some(fields);
        }
        let (head, content) = part.strip_prefix("\r\n")?.split_once("\r\n\r\n")?;
        let disposition = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.trim()
                .eq_ignore_ascii_case("content-disposition")
                .then_some(value)
        })?;
        let content = content.strip_suffix("\r\n")?;
        fields.push((parameter(disposition, "name")?, content.to_owned()));
    }
    None
}

/// A parameter of a header value, such as `boundary=x` or `name="x"`.
fn parameter(header: &str, wanted: &str) -> Option<String> {
    header.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim()
            .eq_ignore_ascii_case(wanted)
            .then(|| value.trim().trim_matches('"').to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TYPE: &str = "multipart/form-data; boundary=XX";

    #[test]
    fn reads_fields_and_files() {
        let body = "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--XX\r\n\
            Content-Disposition: form-data; name=\"f\"; filename=\"x.png\"\r\n\
            Content-Type: image/png\r\n\r\nPNG\r\n--XX--\r\n";
        assert_eq!(
            fields(TYPE, body.as_bytes()).unwrap(),
            [("a".into(), "1".into()), ("f".into(), "PNG".into())]
        );
    }

    #[test]
    fn a_body_without_its_end_is_refused() {
        let body = "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n";
        assert!(fields(TYPE, body.as_bytes()).is_none());
        assert!(fields("multipart/form-data", b"").is_none());
    }
}
