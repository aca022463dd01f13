//! What the pages of a service lack: sections without content and inputs or outputs without a meaning, as warnings at
//! the places where they belong.

use itemflow_declarative::{Action, ActionProperty, SchemaView};
use itemflow_model::definition::{ActionEntry, ActionFile, PropertyType, Resource, Service};
use itemflow_model::{Part, Problem, SourceText, Value};

const CODE: &str = "incomplete-page";
/// Members of members are shown on a page too, what is in those is not.
const SHOWN_DEPTH: usize = 2;
/// Schemas are looked through this deep.
const MAX_DEPTH: usize = 64;

/// What the pages of a service lack beside those of its actions.
pub(crate) fn of_service(service: &Service) -> Vec<Problem> {
    let mut problems = Vec::new();
    if is_blank(&service.file.description) {
        let problem = warning(&service.source, "", "the service has no description");
        problems.push(problem.help("add `description`: what the service is, in a sentence"));
    }
    for credential in &service.credentials {
        let lacks = |what: String, help: &str| {
            let problem = warning(&service.source, "/credentials", what);
            problem.help(help)
        };
        let name = &credential.name;
        if is_blank(&credential.description) {
            let what = format!("the credential type `{name}` has no description");
            problems.push(lacks(
                what,
                "add `description` to its file: where to get one",
            ));
        }
        for field in &credential.properties {
            if is_blank(&field.property.description) {
                let what = format!(
                    "`{}` of the credential type `{name}` has no description",
                    field.name
                );
                problems.push(lacks(what, "add `description` to it: what it is"));
            }
        }
    }
    for resource in &service.resources {
        if is_blank(&resource.file.description) {
            let source = resource.source.as_ref().unwrap_or(&service.source);
            let what = format!("the resource `{}` has no description", resource.value());
            let help = "add `description` to its _resource.yaml: what the resource is";
            problems.push(warning(source, "", what).help(help));
        }
    }
    problems
}

/// What the page of an action lacks.
pub(crate) fn of_action(
    service: &Service,
    resource: &Resource,
    entry: &ActionEntry,
    file: &ActionFile,
    action: &Action,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    let source = entry.source();
    problems.extend(sections(resource, file, action, source));
    for property in action.properties() {
        let pointer = format!("/properties/{}", escape(property.name()));
        undescribed_properties(property, property.name(), &pointer, source, &mut problems);
    }
    let schema = action.response().schema.as_ref();
    if let Some(schema) = schema {
        let mut texts = Vec::new();
        cut_off(schema.source(), "", 0, &mut texts);
        for (text, pointer) in texts {
            let (source, pointer) = place(service, resource, entry, &pointer);
            problems.push(split_text(source, &pointer, &text));
        }
        let view = schema.view();
        let mut members = Vec::new();
        undescribed(&view, "", SHOWN_DEPTH, &mut members);
        for (path, pointer) in members {
            let (source, pointer) = place(service, resource, entry, &pointer);
            let what = format!("the output `{path}` has no description");
            let help = "add `description` to its schema: what it holds";
            problems.push(warning(source, &pointer, what).help(help));
        }
    }
    problems
}

/// The sections that would be empty, in one problem.
fn sections(
    resource: &Resource,
    file: &ActionFile,
    action: &Action,
    source: &SourceText,
) -> Option<Problem> {
    let has_items = |example: &itemflow_model::definition::Example| example.items.is_some();
    let parts = [
        ("an overview", "`description`", !is_blank(&file.description)),
        ("use cases", "`useCases`", !file.use_cases.is_empty()),
        (
            "a description of its output",
            "`response.schema`",
            action.response().schema.is_some(),
        ),
        (
            "troubleshooting",
            "`troubleshooting`",
            !file.troubleshooting.is_empty() || !resource.file.troubleshooting.is_empty(),
        ),
        ("examples", "`examples`", !file.examples.is_empty()),
        (
            "the items of an example",
            "`items` to an example",
            file.examples.is_empty() || file.examples.iter().any(has_items),
        ),
    ];
    let missing: Vec<_> = parts.iter().filter(|(_, _, is_there)| !is_there).collect();
    if missing.is_empty() {
        return None;
    }
    let titles: Vec<&str> = missing.iter().map(|(title, _, _)| *title).collect();
    let words: Vec<&str> = missing.iter().map(|(_, word, _)| *word).collect();
    let what = format!("the page of `{}` lacks {}", file.operation, joined(&titles));
    let problem = source.warning(CODE, "/operation", Part::Value, what);
    Some(problem.help(format!("add {}", joined(&words))))
}

fn undescribed_properties(
    property: &ActionProperty,
    path: &str,
    pointer: &str,
    source: &SourceText,
    problems: &mut Vec<Problem>,
) {
    let definition = property.definition();
    // A notice is a description, and what is hidden is not shown.
    let is_shown = !matches!(definition.kind, PropertyType::Hidden | PropertyType::Notice);
    let lacking = |path: &str, pointer: &str| {
        let what = format!("the property `{path}` has no description");
        let help = "add `description`: what it means, and where to find its value";
        warning(source, pointer, what).help(help)
    };
    if is_shown && is_blank(&definition.description) {
        problems.push(lacking(path, pointer));
    }
    if let Some(schema) = definition.schema.as_ref().filter(|_| is_shown) {
        let mut texts = Vec::new();
        cut_off(schema, "", 0, &mut texts);
        for (text, below) in texts {
            let pointer = format!("{pointer}/schema{below}");
            problems.push(split_text(source, &pointer, &text));
        }
        let mut members = Vec::new();
        undescribed(&SchemaView::of(schema), path, SHOWN_DEPTH, &mut members);
        for (path, below) in members {
            problems.push(lacking(&path, &format!("{pointer}/schema{below}")));
        }
    }
    for child in property.children() {
        let pointer = format!("{pointer}/properties/{}", escape(child.name()));
        let path = format!("{path}.{}", child.name());
        undescribed_properties(child, &path, &pointer, source, problems);
    }
}

/// The members without a description, each with its path and the pointer of its schema.
fn undescribed(view: &SchemaView<'_>, path: &str, depth: usize, found: &mut Vec<(String, String)>) {
    if depth == 0 {
        return;
    }
    for (name, member) in view.members() {
        let path = match path {
            "" => name.to_owned(),
            path => format!("{path}.{name}"),
        };
        if is_blank(member.description()) {
            found.push((path.clone(), member.pointer().to_owned()));
        }
        undescribed(&member, &path, depth - 1, found);
    }
    if let Some(elements) = view.elements()
        && !path.ends_with("[][]")
    {
        // To be an element of a list is no level of its own, but lists in lists have an end.
        undescribed(&elements, &format!("{path}[]"), depth, found);
    }
}

/// The ends of texts that a comma has cut off: in `{ description: One, two }` YAML takes `two` for a word of its own. No
/// word of a schema has nothing for its value.
fn cut_off(schema: &Value, pointer: &str, depth: usize, found: &mut Vec<(String, String)>) {
    if depth > MAX_DEPTH {
        return;
    }
    if let Some(list) = schema.as_array() {
        for (i, element) in list.iter().enumerate() {
            cut_off(element, &format!("{pointer}/{i}"), depth + 1, found);
        }
    }
    for (word, value) in schema.as_object().into_iter().flatten() {
        let at = format!("{pointer}/{}", escape(word));
        match &**word {
            // What these hold are values, and names of schemas.
            "const" | "default" | "enum" | "examples" | "required" => {}
            "properties" | "patternProperties" | "$defs" => {
                for (name, schema) in value.as_object().into_iter().flatten() {
                    let at = format!("{at}/{}", escape(name));
                    cut_off(schema, &at, depth + 1, found);
                }
            }
            word if value.is_null() => found.push((word.to_owned(), at)),
            _ => cut_off(value, &at, depth + 1, found),
        }
    }
}

fn split_text(source: &SourceText, pointer: &str, text: &str) -> Problem {
    let what = format!("`{text}` is no word of a schema, and has no value");
    let problem = source.warning("split-text", pointer, Part::Key, what);
    problem.help("if it is the end of a text, put the whole text in quotes: a comma ends it")
}

/// Where a part of a response's schema stands: in the action's file, or where the schema is that it names.
fn place<'a>(
    service: &'a Service,
    resource: &'a Resource,
    entry: &'a ActionEntry,
    pointer: &str,
) -> (&'a SourceText, String) {
    if let Some(shared) = pointer.strip_prefix("/$defs/") {
        let name = shared.split('/').next().unwrap_or_default();
        let name = name.replace("~1", "/").replace("~0", "~");
        let pointer = format!("/schemas/{shared}");
        match &resource.source {
            Some(source) if resource.file.schemas.contains_key(&name) => return (source, pointer),
            _ if service.file.schemas.contains_key(&name) => return (&service.source, pointer),
            _ => {}
        }
    }
    (entry.source(), format!("/response/schema{pointer}"))
}

fn warning(source: &SourceText, pointer: &str, what: impl Into<String>) -> Problem {
    source.warning(CODE, pointer, Part::Key, what)
}

fn is_blank(text: &str) -> bool {
    text.trim().is_empty()
}

fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// `a, b and c`
fn joined(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use itemflow_model::definition::ServiceSources;

    use crate::services::tests::check;

    const SERVICE: &str = "name: x\ndescription: X.\ncredentials: [xApi]\nrequest: { baseUrl: https://x.example }\n\
        schemas:\n  thing:\n    properties:\n      id: { type: integer }\n      \
        parts: { description: P., type: array, items: { properties: { a: {} } } }\n";
    const CREDENTIAL: &str = "name: xApi\ndescription: D.\nproperties: [{ name: key, description: K. }]\norigins: [https://x.example]\n";
    const COMPLETE: &str = "operation: Do\ndescription: Does.\nuseCases: [One.]\nrequest: GET /a\n\
        properties: { p: { description: P. } }\n\
        response: { schema: { properties: { b: { description: B. } } } }\ntroubleshooting: [T.]\n\
        examples: [{ name: e, response: { body: { b: 1 } }, items: [{ b: 1 }] }]\n";

    fn problems(service: &str, credential: &str, resource: &str, action: &str) -> Vec<String> {
        let files = [
            ("service.yaml", service),
            ("credentials/x-api.yaml", credential),
            ("things/_resource.yaml", resource),
            ("things/do.yaml", action),
        ];
        check(&ServiceSources {
            folder: "x".into(),
            files: files
                .map(|(name, text)| (name.to_owned(), text.to_owned().into()))
                .into(),
        })
    }

    #[test]
    fn what_pages_lack_is_told_where_it_belongs() {
        let described = "description: R.\n";
        let service = SERVICE
            .replace("schemas:", "x:")
            .split("x:\n")
            .next()
            .unwrap()
            .to_owned();
        assert_eq!(problems(&service, CREDENTIAL, described, COMPLETE), [""; 0]);
        for (line, place, what) in [
            (
                "useCases: [One.]\n",
                "1:12",
                "the page of `Do` lacks use cases (add `useCases`)",
            ),
            ("description: Does.\n", "", ""),
            ("troubleshooting: [T.]\n", "1:12", "lacks troubleshooting"),
            (
                "response: { schema: { properties: { b: { description: B. } } } }\n",
                "1:12",
                "lacks a description of its output",
            ),
            (
                ", items: [{ b: 1 }]",
                "1:12",
                "lacks the items of an example",
            ),
            (
                "description: P. ",
                "5:15",
                "the property `p` has no description",
            ),
            (
                "description: B. ",
                "6:37",
                "the output `b` has no description",
            ),
        ] {
            let action = COMPLETE.replace(line, "");
            assert_ne!(action, COMPLETE);
            let found = problems(&service, CREDENTIAL, described, &action);
            assert_eq!(found.len(), 1, "{line}: {found:?}");
            let place = format!("x/things/do.yaml:{place}");
            assert!(
                found[0].starts_with(&place) && found[0].contains(what),
                "{line}: {found:?}"
            );
        }
        let credential = CREDENTIAL
            .replace("description: D.\n", "")
            .replace(", description: K.", "");
        let found = problems(
            &service.replace("description: X.\n", ""),
            &credential,
            "{}",
            COMPLETE,
        );
        for what in [
            "the service has",
            "the credential type `xApi` has",
            "`key` of",
            "the resource `Things` has",
        ] {
            assert!(
                found.iter().any(|problem| problem.contains(what)),
                "{what}: {found:?}"
            );
        }
    }

    #[test]
    fn a_shared_schema_is_told_once_where_it_stands() {
        let response = "response: { schema: { $ref: thing } }\n";
        let own = "response: { schema: { properties: { b: { description: B. } } } }\n";
        let action = COMPLETE.replace(own, response);
        let found = problems(SERVICE, CREDENTIAL, "description: R.\n", &action);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(
            found[0].starts_with("x/service.yaml:8:7: warning: the output `id`"),
            "{found:?}"
        );
        assert!(
            found[1].contains("the output `parts[].a` has no description"),
            "{found:?}"
        );
    }

    #[test]
    fn a_text_that_a_comma_ends_is_told() {
        let service = SERVICE.split("schemas:").next().unwrap();
        let own = "properties: { b: { description: B. } }";
        let action = COMPLETE.replace(
            own,
            "properties: { b: { description: When, in seconds., default: null } }",
        );
        let found = problems(service, CREDENTIAL, "description: R.\n", &action);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(
            found[0].contains("`in seconds.` is no word of a schema"),
            "{found:?}"
        );
        let property = "p: { description: P., schema: { minLength: 1, a b } }";
        let action = COMPLETE.replace("p: { description: P. }", property);
        let found = problems(service, CREDENTIAL, "description: R.\n", &action);
        assert!(
            found[0].starts_with("x/things/do.yaml:5:") && found[0].contains("`a b`"),
            "{found:?}"
        );
    }
}
