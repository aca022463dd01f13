//! Splits a format of moment's tokens, in which brackets hold text.

/// The tokens, so that a longer one stands before every one it begins with.
const TOKENS: &[&str] = &[
    "Hmmss",
    "hmmss",
    "Hmm",
    "hmm",
    "Mo",
    "MMMM",
    "MMM",
    "MM",
    "M",
    "Do",
    "DDDo",
    "DDDD",
    "DDD",
    "DD",
    "D",
    "dddd",
    "ddd",
    "dd",
    "do",
    "d",
    "wo",
    "ww",
    "w",
    "Wo",
    "WW",
    "W",
    "Qo",
    "Q",
    "NNNNN",
    "NNNN",
    "NNN",
    "NN",
    "N",
    "YYYYYY",
    "YYYYY",
    "YYYY",
    "YY",
    "Y",
    "yyyy",
    "yyy",
    "yy",
    "yo",
    "y",
    "gggggg",
    "ggggg",
    "gggg",
    "gg",
    "GGGGGG",
    "GGGGG",
    "GGGG",
    "GG",
    "e",
    "E",
    "a",
    "A",
    "hh",
    "h",
    "HH",
    "H",
    "kk",
    "k",
    "mm",
    "m",
    "ss",
    "s",
    "SSSSSSSSS",
    "SSSSSSSS",
    "SSSSSSS",
    "SSSSSS",
    "SSSSS",
    "SSSS",
    "SSS",
    "SS",
    "S",
    "x",
    "X",
    "zz",
    "z",
    "ZZ",
    "Z",
];

/// The forms that stand for several tokens, in English.
const LONG_FORMS: &[(&str, &str)] = &[
    ("LLLL", "dddd, MMMM D, YYYY h:mm A"),
    ("llll", "ddd, MMM D, YYYY h:mm A"),
    ("LLL", "MMMM D, YYYY h:mm A"),
    ("lll", "MMM D, YYYY h:mm A"),
    ("LTS", "h:mm:ss A"),
    ("LT", "h:mm A"),
    ("LL", "MMMM D, YYYY"),
    ("ll", "MMM D, YYYY"),
    ("L", "MM/DD/YYYY"),
    ("l", "M/D/YYYY"),
];

/// A part of a format.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// One of moment's tokens.
    Field(&'static str),
    /// Text as it is.
    Literal(String),
}

/// The parts of a format.
pub(super) fn tokens(format: &str) -> Vec<Token> {
    let mut parts = Vec::new();
    split(format, true, &mut parts);
    parts
}

fn split(format: &str, long_forms: bool, parts: &mut Vec<Token>) {
    let mut rest = format;
    while let Some(c) = rest.chars().next() {
        if let Some((text, after)) = bracketed(rest) {
            literal(parts, text);
            rest = after;
        } else if let Some(after) = rest.strip_prefix('\\') {
            let escaped = TOKENS
                .iter()
                .find(|token| after.starts_with(**token))
                .map_or("", |token| *token);
            literal(parts, escaped);
            rest = &after[escaped.len()..];
        } else if let Some((name, form)) = LONG_FORMS
            .iter()
            .find(|(name, _)| long_forms && rest.starts_with(name))
        {
            split(form, false, parts);
            rest = &rest[name.len()..];
        } else if let Some(token) = TOKENS.iter().find(|token| rest.starts_with(**token)) {
            parts.push(Token::Field(token));
            rest = &rest[token.len()..];
        } else {
            literal(parts, c.encode_utf8(&mut [0; 4]));
            rest = &rest[c.len_utf8()..];
        }
    }
}

/// `[text]` at the start: the text and what follows.
fn bracketed(format: &str) -> Option<(&str, &str)> {
    let inner = format.strip_prefix('[')?;
    let end = inner.find(['[', ']'])?;
    inner[end..]
        .strip_prefix(']')
        .map(|after| (&inner[..end], after))
}

fn literal(parts: &mut Vec<Token>, text: &str) {
    match parts.last_mut() {
        Some(Token::Literal(before)) => before.push_str(text),
        _ => parts.push(Token::Literal(text.into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn longer_tokens_stand_before_those_they_begin_with() {
        for (i, token) in TOKENS.iter().enumerate() {
            let hidden = TOKENS[..i]
                .iter()
                .find(|earlier| token.starts_with(**earlier));
            assert_eq!(hidden, None, "{token}");
        }
    }

    #[test]
    fn brackets_and_backslashes_hold_text() {
        assert_eq!(
            tokens("[Day] D\\D"),
            [
                Token::Literal("Day ".into()),
                Token::Field("D"),
                Token::Literal("D".into())
            ]
        );
        assert_eq!(tokens("["), [Token::Literal("[".into())]);
    }
}
