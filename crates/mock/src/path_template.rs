//! Path templates: `/inboxes/{id}/` against the path of a request, exactly, trailing slash included.

use percent_encoding::percent_decode_str;

/// A path with placeholders, split at its slashes.
#[derive(Clone, Debug)]
pub(crate) struct PathTemplate {
    segments: Vec<Vec<Piece>>,
}

#[derive(Clone, Debug, PartialEq)]
enum Piece {
    Literal(String),
    Placeholder(String),
}

impl PathTemplate {
    /// Reads a template. What follows a `?` is not part of the path.
    pub(crate) fn parse(template: &str) -> Self {
        let path = template.split('?').next().unwrap_or_default();
        Self {
            segments: path.split('/').map(pieces).collect(),
        }
    }

    /// How many segments hold no placeholder; of two templates that match, the one with more is meant.
    pub(crate) fn literal_segments(&self) -> usize {
        let is_literal = |segment: &&Vec<Piece>| {
            segment
                .iter()
                .all(|piece| matches!(piece, Piece::Literal(_)))
        };
        self.segments.iter().filter(is_literal).count()
    }

    /// The value of every placeholder, percent-decoded; `None` when the path is another one.
    pub(crate) fn captures(&self, path: &str) -> Option<Vec<(String, String)>> {
        let mut found = Vec::new();
        let mut segments = path.split('/');
        for template in &self.segments {
            capture_segment(template, segments.next()?, &mut found)?;
        }
        segments.next().is_none().then_some(found)
    }
}

fn pieces(segment: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = segment;
    while let Some(start) = rest.find('{') {
        let Some(length) = rest[start..].find('}') else {
            break;
        };
        if start > 0 {
            pieces.push(Piece::Literal(rest[..start].to_owned()));
        }
        let name = &rest[start + 1..start + length];
        pieces.push(Piece::Placeholder(name.to_owned()));
        rest = &rest[start + length + 1..];
    }
    if !rest.is_empty() {
        pieces.push(Piece::Literal(rest.to_owned()));
    }
    pieces
}

/// Matches one segment; a placeholder takes at least one character, up to the literal after it.
fn capture_segment(
    template: &[Piece],
    segment: &str,
    found: &mut Vec<(String, String)>,
) -> Option<()> {
    if let [Piece::Literal(literal)] = template {
        return (segment == literal || decode(segment)? == *literal).then_some(());
    }
    let mut rest = segment;
    for (i, piece) in template.iter().enumerate() {
        match piece {
            Piece::Literal(literal) => rest = rest.strip_prefix(literal.as_str())?,
            Piece::Placeholder(name) => {
                let end = match template.get(i + 1) {
                    Some(Piece::Literal(next)) => rest.find(next.as_str())?,
                    Some(Piece::Placeholder(_)) => rest.chars().next()?.len_utf8(),
                    None => rest.len(),
                };
                if end == 0 {
                    return None;
                }
                found.push((name.clone(), decode(&rest[..end])?));
                rest = &rest[end..];
            }
        }
    }
    rest.is_empty().then_some(())
}

fn decode(text: &str) -> Option<String> {
    let decoded = percent_decode_str(text).decode_utf8().ok()?;
    Some(decoded.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn captures(template: &str, path: &str) -> Option<Vec<(String, String)>> {
        PathTemplate::parse(template).captures(path)
    }

    fn one(value: &str) -> Option<Vec<(String, String)>> {
        Some(vec![("id".to_owned(), value.to_owned())])
    }

    #[test]
    fn a_trailing_slash_is_part_of_the_path() {
        assert_eq!(captures("/inboxes/{id}/", "/inboxes/3/"), one("3"));
        assert_eq!(captures("/inboxes/{id}/", "/inboxes/3"), None);
        assert_eq!(captures("/inboxes/{id}", "/inboxes/3/"), None);
    }

    #[test]
    fn values_are_decoded_and_never_empty() {
        assert_eq!(captures("/a/{id}", "/a/b%2Fc%3F"), one("b/c?"));
        assert_eq!(captures("/a/{id}", "/a/"), None);
        assert_eq!(captures("/a/{id}", "/a/%ff"), None);
    }

    #[test]
    fn a_placeholder_may_stand_inside_a_segment() {
        assert_eq!(captures("/a/v{id}.json", "/a/v12.xml"), None);
        assert_eq!(captures("/a/v{id}.json", "/a/v12.json"), one("12"));
        assert_eq!(captures("/a/{id}é", "/a/"), None);
    }
}
