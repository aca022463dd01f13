//! A request as a `curl` command that can be copied into a POSIX shell.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::redact::Redactor;
use crate::request::{Body, CredentialParts, PartContent, RequestSpec};

/// A text that stands for a secret in a request that is only shown, and the shell variable that takes its place.
pub(crate) struct Placeholder {
    /// Letters and digits alone, so that it is written the same everywhere.
    pub(crate) text: String,
    /// Name of the variable.
    pub(crate) variable: String,
}

impl RequestSpec {
    /// The request as a `curl` command over several lines, quoted for a POSIX shell, with secrets masked.
    pub fn curl(&self) -> String {
        self.write_curl(&[])
    }

    /// The same with shell variables in place of the texts that stand for secrets. Nothing else is masked, so this is for
    /// requests without real secrets alone.
    pub(crate) fn curl_with_variables(&self, placeholders: &[Placeholder]) -> String {
        let mut shown = self.clone();
        shown.redactor = Redactor::default();
        shown.credential = CredentialParts::default();
        for header in &mut shown.headers {
            header.secret = false;
        }
        shown.write_curl(placeholders)
    }

    fn write_curl(&self, placeholders: &[Placeholder]) -> String {
        if self.url.scheme().starts_with("smtp") {
            return self.curl_mail();
        }
        let quote = |text: &str| quote_with(text, placeholders);
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
            if let Some(login) = login(&header.name, &shown, placeholders) {
                lines.push(format!("-u {}", quote(&login)));
                continue;
            }
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

    /// An e-mail: the addresses are in its headers, its texts and files in its parts.
    fn curl_mail(&self) -> String {
        let mut lines = vec![format!("curl {}", quote(&self.shown_url()))];
        for header in &self.headers {
            let shown = self.shown_header(header);
            let option = match &*header.name.to_ascii_lowercase() {
                "from" => "--mail-from",
                "to" | "cc" | "bcc" => "--mail-rcpt",
                _ => "",
            };
            if !option.is_empty() {
                let addresses = addresses(&shown);
                lines.extend(addresses.map(|one| format!("{option} {}", quote(one))));
            }
            if !header.name.eq_ignore_ascii_case("bcc") {
                lines.push(format!(
                    "-H {}",
                    quote(&format!("{}: {shown}", header.name))
                ));
            }
        }
        if let Body::Multipart(parts) = self.shown_body() {
            lines.extend(parts.iter().map(|part| match &part.content {
                PartContent::Text(text) => {
                    let text = text.replace('\\', "\\\\").replace('"', "\\\"");
                    format!("-F {}", quote(&format!("=\"{text}\";type={}", part.name)))
                }
                PartContent::Binary(binary) => {
                    let file = binary.file_name.as_deref().unwrap_or("file");
                    format!("-F {}", quote(&format!("=@\"{file}\";encoder=base64")))
                }
            }));
        }
        lines.join(" \\\n  ")
    }
}

/// The addresses of a list without the names beside them.
fn addresses(list: &str) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    let parts = list.split(move |c| {
        quoted ^= c == '"';
        c == ',' && !quoted
    });
    parts.map(|part| {
        let inner = part.rsplit_once('<').map_or(part, |(_, inner)| inner);
        inner.trim().trim_end_matches('>')
    })
}

/// User and password of a Basic login that holds a placeholder, which base64 would hide.
fn login(name: &str, value: &str, placeholders: &[Placeholder]) -> Option<String> {
    if !name.eq_ignore_ascii_case("authorization") {
        return None;
    }
    let decoded = STANDARD.decode(value.strip_prefix("Basic ")?).ok()?;
    let login = String::from_utf8(decoded).ok()?;
    let is_in = |placeholder: &Placeholder| login.contains(&placeholder.text);
    placeholders.iter().any(is_in).then_some(login)
}

/// The text quoted so that a shell puts variables in place of the placeholders and leaves everything else alone.
fn quote_with(text: &str, placeholders: &[Placeholder]) -> String {
    if !placeholders.iter().any(|one| text.contains(&one.text)) {
        return quote(text);
    }
    // In double quotes a shell reads these characters.
    let is_plain = !text.contains(['"', '$', '`', '\\', '!']);
    let mut quoted = if is_plain {
        format!("\"{text}\"")
    } else {
        quote(text)
    };
    for placeholder in placeholders {
        while let Some(at) = quoted.find(&placeholder.text) {
            let after = at + placeholder.text.len();
            let goes_on =
                quoted[after..].starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
            let name = &placeholder.variable;
            let variable = match (is_plain, goes_on) {
                (true, true) => format!("${{{name}}}"),
                (true, false) => format!("${name}"),
                (false, _) => format!("'\"${name}\"'"),
            };
            quoted.replace_range(at..after, &variable);
        }
    }
    quoted
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

    #[test]
    fn variables_stand_for_secrets() {
        let placeholders = [("secret0", "USER"), ("secret1", "TOKEN")].map(|(text, variable)| {
            let (text, variable) = (text.to_owned(), variable.to_owned());
            Placeholder { text, variable }
        });
        for (text, expected) in [
            ("nothing $HOME", "'nothing $HOME'"),
            ("Bearer secret1", "\"Bearer $TOKEN\""),
            ("secret0:secret1x", "\"$USER:${TOKEN}x\""),
            (r#"{"key":"secret1"}"#, r#"'{"key":"'"$TOKEN"'"}'"#),
            ("it's `x` secret0", r#"'it'\''s `x` '"$USER"''"#),
        ] {
            assert_eq!(quote_with(text, &placeholders), expected);
        }
        let url = Url::parse("https://a.example/").unwrap();
        let mut spec = RequestSpec::new(Method::GET, url);
        let login = format!("Basic {}", STANDARD.encode("secret0:secret1"));
        spec.set_header("Authorization", login, true).unwrap();
        assert_eq!(
            spec.curl_with_variables(&placeholders),
            "curl -X GET 'https://a.example/' \\\n  -u \"$USER:$TOKEN\""
        );
        assert!(spec.curl().contains("Authorization: ***"));
    }

    #[test]
    fn an_email_names_everyone_who_gets_it() {
        let url = Url::parse("smtps://mail.example:465").unwrap();
        let mut spec = RequestSpec::new(Method::from_bytes(b"MAIL").unwrap(), url);
        for (name, value) in [
            ("From", "\"A, B\" <a@x.example>"),
            ("To", "b@x.example, C <c@x.example>"),
            ("Bcc", "d@x.example"),
            ("Subject", "it's"),
        ] {
            spec.set_header(name, value, false).unwrap();
        }
        spec.body = Body::Multipart(vec![crate::request::Part {
            name: "text/plain".into(),
            content: PartContent::Text("say \"hi\"; now".into()),
        }]);
        let lines = [
            "curl 'smtps://mail.example:465'",
            "--mail-from 'a@x.example'",
            "-H 'From: \"A, B\" <a@x.example>'",
            "--mail-rcpt 'b@x.example'",
            "--mail-rcpt 'c@x.example'",
            "-H 'To: b@x.example, C <c@x.example>'",
            "--mail-rcpt 'd@x.example'",
            r"-H 'Subject: it'\''s'",
            r#"-F '="say \"hi\"; now";type=text/plain'"#,
        ];
        assert_eq!(spec.curl(), lines.join(" \\\n  "));
    }
}
