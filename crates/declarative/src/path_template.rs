//! Path templates: `/accounts/{account_id}/contacts/` split into literal text and placeholders.

use std::fmt;

/// A part of a path template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Segment {
    /// Text as it is sent.
    Literal(String),
    /// Replaced by the value of the property of this name.
    Placeholder(String),
}

impl fmt::Display for Segment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Literal(text) => f.write_str(text),
            Self::Placeholder(name) => write!(f, "{{{name}}}"),
        }
    }
}

/// Splits a path template.
///
/// # Errors
/// When a brace is not closed, or a placeholder has no name.
pub(crate) fn parse(template: &str) -> Result<Vec<Segment>, String> {
    let mut segments = Vec::new();
    let mut rest = template;
    while let Some((literal, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else {
            return Err(format!("the placeholder {{{after} is not closed"));
        };
        if name.is_empty() || name.contains(['{', '/']) {
            return Err(format!("{{{name}}} is not the name of a property"));
        }
        if !literal.is_empty() {
            segments.push(Segment::Literal(literal.to_owned()));
        }
        segments.push(Segment::Placeholder(name.to_owned()));
        rest = after;
    }
    if rest.contains('}') {
        return Err("a } has no { before it".into());
    }
    if !rest.is_empty() {
        segments.push(Segment::Literal(rest.to_owned()));
    }
    Ok(segments)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_every_character() {
        for template in ["/a/{b}/c/", "/", "/{a}{b}", "/v/{a}.json"] {
            let segments = parse(template).unwrap();
            let text: String = segments.iter().map(ToString::to_string).collect();
            assert_eq!(text, template);
        }
        for template in ["/{a", "/a}", "/{}", "/{a/b}"] {
            assert!(parse(template).is_err(), "{template}");
        }
    }
}
