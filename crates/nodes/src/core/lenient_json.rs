//! JSON as people write it: single quotes, bare keys, comments, missing or trailing commas, unescaped line ends.

use itemflow_model::{Map, Value};

/// Deepest nesting that is read.
const MAX_DEPTH: usize = 100;

/// Reads a text as JSON, or as something that is nearly JSON.
pub(crate) fn parse(text: &str) -> Option<Value> {
    if let Ok(value) = serde_json::from_str(text) {
        return Some(value);
    }
    let text = without_fence(text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}'));
    let mut reader = Reader { rest: text };
    let value = reader.value(0)?;
    reader.skip_blank();
    reader
        .rest
        .trim_start_matches(';')
        .is_empty()
        .then_some(value)
}

/// The inside of a Markdown code block, if the text is one.
fn without_fence(text: &str) -> &str {
    let Some(inner) = text
        .strip_prefix("```")
        .and_then(|inner| inner.strip_suffix("```"))
    else {
        return text;
    };
    inner.split_once('\n').map_or(inner, |(_, body)| body)
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn take(&mut self, c: char) -> bool {
        match self.rest.strip_prefix(c) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// Skips white space and comments.
    fn skip_blank(&mut self) {
        loop {
            self.rest = self.rest.trim_start();
            if let Some(comment) = self.rest.strip_prefix("//") {
                self.rest = comment.find('\n').map_or("", |end| &comment[end..]);
            } else if let Some(comment) = self.rest.strip_prefix("/*") {
                self.rest = comment.find("*/").map_or("", |end| &comment[end + 2..]);
            } else {
                return;
            }
        }
    }

    fn value(&mut self, depth: usize) -> Option<Value> {
        if depth > MAX_DEPTH {
            return None;
        }
        self.skip_blank();
        match self.peek()? {
            '{' => self.object(depth),
            '[' => self.array(depth),
            quote @ ('"' | '\'' | '`') => self.quoted(quote).map(Value::from),
            _ => self.bare(),
        }
    }

    /// An object; at the end of the text it may lack its closing bracket.
    fn object(&mut self, depth: usize) -> Option<Value> {
        self.take('{');
        let mut map = Map::default();
        loop {
            self.skip_blank();
            if self.take('}') || self.rest.is_empty() {
                return Some(Value::from(map));
            }
            if self.take(',') {
                continue;
            }
            let key = self.key()?;
            self.skip_blank();
            if !self.take(':') {
                return None;
            }
            self.skip_blank();
            let value = match self.peek() {
                None | Some(',' | '}') => Value::Null,
                _ => self.value(depth + 1)?,
            };
            map.insert(key.into(), value);
        }
    }

    fn array(&mut self, depth: usize) -> Option<Value> {
        self.take('[');
        let mut list = Vec::new();
        loop {
            self.skip_blank();
            if self.take(']') || self.rest.is_empty() {
                return Some(Value::from(list));
            }
            if self.take(',') {
                continue;
            }
            list.push(self.value(depth + 1)?);
        }
    }

    fn key(&mut self) -> Option<String> {
        match self.peek()? {
            quote @ ('"' | '\'' | '`') => self.quoted(quote),
            _ => {
                let is_end = |c: char| c.is_whitespace() || "{}[]:,\"'".contains(c);
                let end = self.rest.find(is_end).unwrap_or(self.rest.len());
                let (key, rest) = self.rest.split_at(end);
                self.rest = rest;
                (!key.is_empty()).then(|| key.to_owned())
            }
        }
    }

    /// A text in quotes. A quote inside that nothing fitting follows is part of the text.
    fn quoted(&mut self, quote: char) -> Option<String> {
        self.take(quote);
        let mut text = String::new();
        loop {
            let c = self.peek()?;
            self.rest = &self.rest[c.len_utf8()..];
            match c {
                '\\' => self.escape(&mut text)?,
                c if c == quote && self.ends_text() => return Some(text),
                c => text.push(c),
            }
        }
    }

    /// Whether what follows a quote shows that it closed the text.
    fn ends_text(&self) -> bool {
        let after = self.rest.trim_start();
        let new_line = self.rest[..self.rest.len() - after.len()].contains('\n');
        match after.chars().next() {
            None | Some(',' | ':' | '}' | ']' | '/' | ';') => true,
            Some('"' | '\'' | '`') => new_line,
            Some(_) => false,
        }
    }

    fn escape(&mut self, text: &mut String) -> Option<()> {
        let c = self.peek()?;
        self.rest = &self.rest[c.len_utf8()..];
        match c {
            'n' => text.push('\n'),
            't' => text.push('\t'),
            'r' => text.push('\r'),
            'b' => text.push('\u{8}'),
            'f' => text.push('\u{c}'),
            'u' => {
                let first = self.hex4()?;
                let low = self
                    .rest
                    .strip_prefix("\\u")
                    .filter(|_| (0xd800..0xdc00).contains(&first));
                let code = match low {
                    Some(rest) => {
                        self.rest = rest;
                        let second = self.hex4()?;
                        0x10000 + ((first - 0xd800) << 10) + (second.checked_sub(0xdc00)? & 0x3ff)
                    }
                    None => first,
                };
                text.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            c => text.push(c),
        }
        Some(())
    }

    fn hex4(&mut self) -> Option<u32> {
        let digits = self.rest.get(..4)?;
        let code = u32::from_str_radix(digits, 16).ok()?;
        self.rest = &self.rest[4..];
        Some(code)
    }

    /// A number, a word such as `true`, or text without quotes.
    fn bare(&mut self) -> Option<Value> {
        let end = self
            .rest
            .find([',', '}', ']', '\n'])
            .unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        Some(match word.trim_end() {
            "" => return None,
            "true" | "True" => Value::Bool(true),
            "false" | "False" => Value::Bool(false),
            "null" | "None" | "undefined" => Value::Null,
            word => serde_json::from_str(word).unwrap_or_else(|_| Value::from(word)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_is_nearly_json() {
        for (text, expected) in [
            (r#"{"a":1}"#, r#"{"a":1}"#),
            ("{a: 1, 'b': \"x\",}", r#"{"a":1,"b":"x"}"#),
            ("{a:[1,2,],b:{c:true}}", r#"{"a":[1,2],"b":{"c":true}}"#),
            ("{\"a\":\"x\ny\"}", r#"{"a":"x\ny"}"#),
            ("{\"a\": \"x\"\n \"b\": 2}", r#"{"a":"x","b":2}"#),
            (r#"{"a": "he said "hi""}"#, r#"{"a":"he said \"hi\""}"#),
            (
                "{ // why\n a: undefined, /* b */ c: None }",
                r#"{"a":null,"c":null}"#,
            ),
            ("{\"a\": }", r#"{"a":null}"#),
            ("{\"a\": [1, 2", r#"{"a":[1,2]}"#),
            ("```json\n{\"a\": 1,}\n```", r#"{"a":1}"#),
            (
                "{at: 2024-01-02T03:04:05}",
                r#"{"at":"2024-01-02T03:04:05"}"#,
            ),
            (r#"{a: "\u00e9\ud83d\ude00"}"#, r#"{"a":"é😀"}"#),
        ] {
            let actual = parse(text).map(|value| value.to_string());
            assert_eq!(actual.as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn other_text_is_refused() {
        for text in ["", "{\"a\" 1}", "{} {}", "{a:1} more", "{:1}"] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(parse(&("[".repeat(100_000) + ",")), None);
    }
}
