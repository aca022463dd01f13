//! A request as a `curl` command that can be copied into a POSIX shell.

use crate::request::{Body, PartContent, RequestSpec};

impl RequestSpec {
    /// The request as a `curl` command over several lines, quoted for a POSIX shell, with secrets masked.
    pub fn curl(&self) -> String {
        let url = self.shown_url();
        // Without -g, curl would read brackets and braces as a pattern.
        let glob = if url.contains(['[', ']', '{', '}']) {
            "-g "
        } else {
            ""
        };
        let mut lines = vec![format!("curl {glob}-X {} {}", self.method, quote(&url))];
        for header in &self.headers {
            let shown = self.shown_header(header);
            // curl drops a header that has no value unless it ends in a semicolon.
            let text = if shown.is_empty() {
                format!("{};", header.name)
            } else {
                format!("{}: {shown}", header.name)
            };
            lines.push(format!("-H {}", quote(&text)));
        }
        let body = self.shown_body();
        match &body {
            Body::Empty => {}
            Body::Multipart(parts) => lines.extend(parts.iter().map(|part| match &part.content {
                PartContent::Text(text) => {
                    format!("--form-string {}", quote(&format!("{}={text}", part.name)))
                }
                PartContent::Binary(binary) => {
                    let file = binary.file_name.as_deref().unwrap_or("file");
                    format!("-F {}", quote(&format!("{}=@\"{file}\"", part.name)))
                }
            })),
            Body::Binary(binary) => {
                let file = binary.file_name.as_deref().unwrap_or("file");
                lines.push(format!("--data-binary {}", quote(&format!("@{file}"))));
            }
            Body::Json(_) | Body::Form(_) | Body::Text(_) => {
                let bytes = body.to_bytes().unwrap_or_default();
                let text = String::from_utf8_lossy(&bytes);
                lines.push(format!("--data-raw {}", quote(&text)));
            }
        }
        lines.join(" \\\n  ")
    }
}

/// The text in single quotes, in which a POSIX shell leaves everything but a single quote alone.
fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use itemflow_model::Value;
    use reqwest::Method;
    use url::Url;

    use super::*;

    #[test]
    fn quotes_for_the_shell_and_masks_secrets() {
        let url = Url::parse("https://a.example/x?q=it's").unwrap();
        let mut spec = RequestSpec::new(Method::POST, url);
        spec.set_header("Api-Access-Token", "hunter2", true)
            .unwrap();
        spec.body = Body::Json(Value::from([("text", "it's $HOME `x`")]));
        assert_eq!(
            spec.curl(),
            "curl -X POST 'https://a.example/x?q=it%27s' \\\n  -H 'Api-Access-Token: ***' \\\n  \
             --data-raw '{\"text\":\"it'\\''s $HOME `x`\"}'"
        );
    }
}
