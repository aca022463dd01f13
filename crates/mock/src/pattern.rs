//! `Pattern`: the shape of a path, by which actions, collections and what they are kept within find each other.

/// A path split at its slashes; a trailing slash does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pattern(Vec<Segment>);

/// One segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Segment {
    /// Text, also such with a placeholder in it.
    Literal(String),
    /// A placeholder and nothing else.
    Placeholder(String),
}

impl Pattern {
    /// Reads a path. What follows a `?` is not part of it.
    pub(crate) fn parse(path: &str) -> Self {
        let path = path.split('?').next().unwrap_or_default();
        let segments = path.trim_matches('/').split('/').map(|segment| {
            let inner = segment
                .strip_prefix('{')
                .and_then(|rest| rest.strip_suffix('}'));
            match inner {
                Some(name) if !name.contains(['{', '}']) => Segment::Placeholder(name.to_owned()),
                _ => Segment::Literal(segment.to_owned()),
            }
        });
        Self(segments.collect())
    }

    /// Whether two paths differ in nothing but the names of their placeholders.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        self.0.len() == other.0.len() && self.begins_like(other)
    }

    /// Whether it begins with a path like that one.
    pub(crate) fn begins_like(&self, prefix: &Self) -> bool {
        let alike = |(own, other): (&Segment, &Segment)| match (own, other) {
            (Segment::Literal(own), Segment::Literal(other)) => own == other,
            (Segment::Placeholder(_), Segment::Placeholder(_)) => true,
            _ => false,
        };
        self.0.len() >= prefix.0.len() && self.0.iter().zip(&prefix.0).all(alike)
    }

    /// The names of its placeholders.
    pub(crate) fn placeholders(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|segment| match segment {
            Segment::Placeholder(name) => Some(name.as_str()),
            Segment::Literal(_) => None,
        })
    }

    /// The path of the list and the name of the key, for a path that ends in a placeholder.
    pub(crate) fn of_element(&self) -> Option<(Self, &str)> {
        match self.0.split_last()? {
            (Segment::Placeholder(key), list) => Some((Self(list.to_vec()), key)),
            _ => None,
        }
    }

    /// The last segment, where it is text.
    pub(crate) fn last_literal(&self) -> Option<&str> {
        match self.0.last()? {
            Segment::Literal(text) => Some(text),
            Segment::Placeholder(_) => None,
        }
    }

    /// The paths of the elements that it leads through: each that ends in a placeholder, split as by
    /// [`Pattern::of_element`].
    pub(crate) fn elements_on_the_way(&self) -> Vec<(Self, String)> {
        let prefixes = (1..=self.0.len()).map(|end| Self(self.0[..end].to_vec()));
        prefixes
            .filter_map(|prefix| {
                let (list, key) = prefix.of_element()?;
                Some((list, key.to_owned()))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_placeholders_and_a_trailing_slash_do_not_count() {
        let list = Pattern::parse("/accounts/{account_id}/inboxes/");
        assert!(list.is_like(&Pattern::parse("/accounts/{id}/inboxes")));
        assert!(!list.is_like(&Pattern::parse("/accounts/{id}/inboxes/{x}")));
        assert!(Pattern::parse("/accounts/{id}/inboxes/{x}").begins_like(&list));
        assert!(!Pattern::parse("/accounts/me/inboxes").begins_like(&list));
        assert_eq!(list.last_literal(), Some("inboxes"));
    }

    #[test]
    fn a_path_leads_through_elements() {
        let path = Pattern::parse("/a/{x}/b/{y}/c");
        let found = path.elements_on_the_way();
        assert_eq!(
            found,
            [
                (Pattern::parse("/a"), "x".to_owned()),
                (Pattern::parse("/a/{x}/b"), "y".to_owned())
            ]
        );
    }
}
