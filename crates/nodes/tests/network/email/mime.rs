//! Takes a message apart again (RFC 2045, RFC 2046).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// A message or a part of one.
#[derive(Debug)]
pub(super) struct Part {
    headers: Vec<(String, String)>,
    /// The content, decoded; empty where there are parts.
    pub(super) content: Vec<u8>,
    pub(super) parts: Vec<Part>,
}

impl Part {
    pub(super) fn read(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((text, ""));
        let unfolded = head.replace("\r\n ", " ").replace("\r\n\t", " ");
        let headers: Vec<(String, String)> = unfolded
            .split("\r\n")
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        let mut part = Self {
            headers,
            content: Vec::new(),
            parts: Vec::new(),
        };
        match part.boundary() {
            Some(boundary) => {
                let body = format!("\r\n{body}");
                let mark = format!("\r\n--{boundary}");
                let mut pieces = body.split(&mark);
                pieces.next();
                part.parts = pieces
                    .take_while(|piece| !piece.starts_with("--"))
                    .map(|piece| Self::read(piece.strip_prefix("\r\n").unwrap()))
                    .collect();
            }
            None => part.content = part.decoded(body),
        }
        part
    }

    pub(super) fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(header, _)| header == name);
        found.map_or("", |(_, value)| value)
    }

    /// The media type, and those of the parts in brackets.
    pub(super) fn shape(&self) -> String {
        let kind = self
            .header("content-type")
            .split(';')
            .next()
            .unwrap_or_default();
        if self.parts.is_empty() {
            return kind.to_owned();
        }
        let parts: Vec<String> = self.parts.iter().map(Self::shape).collect();
        format!("{kind}[{}]", parts.join(" "))
    }

    pub(super) fn text(&self) -> String {
        String::from_utf8(self.content.clone()).unwrap()
    }

    fn boundary(&self) -> Option<String> {
        let rest = self.header("content-type").split_once("boundary=\"")?.1;
        Some(rest.split('"').next()?.to_owned())
    }

    fn decoded(&self, body: &str) -> Vec<u8> {
        match self.header("content-transfer-encoding") {
            "base64" => STANDARD.decode(body.replace("\r\n", "")).unwrap(),
            "quoted-printable" => unquoted(body),
            _ => body.as_bytes().to_vec(),
        }
    }
}

fn unquoted(body: &str) -> Vec<u8> {
    let body = body.replace("=\r\n", "");
    let mut bytes = Vec::new();
    let mut rest = body.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        if *first == b'=' {
            let hex = std::str::from_utf8(&tail[..2]).unwrap();
            bytes.push(u8::from_str_radix(hex, 16).unwrap());
            rest = &tail[2..];
        } else {
            bytes.push(*first);
        }
    }
    bytes
}
