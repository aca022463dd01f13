//! Paths: their placeholders under names that properties can have, what stands after `?` set apart.

use indexmap::IndexMap;

use crate::names;

/// The path of an operation.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct PathTemplate {
    /// The path with placeholders by property names.
    pub(crate) text: String,
    /// The names of placeholders in the document, and the properties that fill them.
    pub(crate) placeholders: IndexMap<String, String>,
    /// Query parameters that stand in the path itself.
    pub(crate) query: IndexMap<String, String>,
    /// What had to be changed.
    pub(crate) remarks: Vec<&'static str>,
}

/// Reads a path.
///
/// # Errors
/// Why no request can be made of it.
pub(crate) fn parse(path: &str) -> Result<PathTemplate, String> {
    let mut template = PathTemplate::default();
    let (path, fragment) = path.split_once('#').unwrap_or((path, ""));
    if !fragment.is_empty() {
        template.remarks.push("what stands after `#` is never sent");
    }
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        // A placeholder is filled by a parameter, which is declared like any other.
        if value.contains(['{', '}']) || name.contains(['{', '}']) {
            continue;
        }
        if value.starts_with('=') {
            return Err("a constant of its query begins with `=`".into());
        }
        template.query.insert(name.to_owned(), value.to_owned());
    }
    if path.split('/').any(|part| matches!(part, "." | "..")) {
        return Err("it holds a part that is . or ..".into());
    }
    if !path.starts_with('/') {
        template
            .remarks
            .push("it does not begin with `/`; one is put before it");
        template.text.push('/');
    }
    let mut rest = path;
    let mut taken = names::Taken::default();
    while let Some((literal, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else {
            return Err("a `{` in it is not closed".into());
        };
        if name.is_empty() || name.contains(['{', '/']) || literal.contains('}') {
            return Err("its braces do not enclose names".into());
        }
        template.text.push_str(literal);
        let property = match template.placeholders.get(name) {
            Some(property) => property.clone(),
            None => taken.claim(&names::property_name(name), '_'),
        };
        template.text.push_str(&format!("{{{property}}}"));
        template.placeholders.insert(name.to_owned(), property);
        rest = after;
    }
    if rest.contains('}') {
        return Err("a `}` in it has no `{`".into());
    }
    template.text.push_str(rest);
    if template
        .text
        .chars()
        .any(|c| c.is_control() || c.is_whitespace() || c == '\\')
    {
        return Err("it holds white space or a backslash".into());
    }
    Ok(template)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_read_or_refused() {
        let read = parse("a/{pet id}/x.{pet id}:{b}?v=1&w={w}#f").unwrap();
        assert_eq!(read.text, "/a/{pet_id}/x.{pet_id}:{b}");
        assert_eq!(
            read.query,
            IndexMap::from([("v".to_owned(), "1".to_owned())])
        );
        assert_eq!(read.remarks.len(), 2);
        assert_eq!(read.placeholders["pet id"], "pet_id");
        for bad in [
            "/a b", "/../x", "/{a", "/a}", "/{}", "/{a/b}", "/\u{0}", "/a?b==c",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
