//! `BodyTemplate`: the body of the request in each of n8n's content types.

use std::sync::Arc;

use itemflow_declarative::{Body, Method, ParameterError, Part, PartContent, form_pairs};
use itemflow_model::definition::QueryStyle;
use itemflow_model::{ErrorInfo, Map, Value};
use url::form_urlencoded;

use super::pairs::{IfEmpty, Pairs, entries, is_blank, json_value};
use crate::core::binary;
use crate::core::javascript;
use crate::parameters::{Parameter, Parameters};
use crate::run::NodeRun;
use crate::sending::at;

/// How the body of an item is made.
pub(crate) enum BodyTemplate {
    /// The same for every item, none at all included.
    Fixed(Body),
    /// A JSON object of names and values.
    Members(Pairs),
    /// JSON as text or value.
    Json(Parameter, IfEmpty),
    /// A form of names and values.
    Form(Pairs),
    /// A form written as a query string.
    FormText(Parameter),
    /// `multipart/form-data`.
    Multipart(Multipart),
    /// A file of the item.
    File(Parameter),
    /// Text as it is.
    Raw {
        body: Parameter,
        /// Its media type: plain text when it is empty, and none at all without the parameter.
        content_type: Option<Parameter>,
    },
    /// `multipart/form-data` of names and texts.
    Fields(Pairs),
    /// `multipart/form-data` of files that one text lists: `field:file,field:file`.
    Files(Parameter),
    /// As another node makes it.
    Made(Box<dyn MakeBody>),
    /// Which one depends on the method: the first for PATCH, POST and PUT, the second for DELETE, none for the others.
    ByMethod(Box<[BodyTemplate; 2]>),
}

/// Makes the body of an item.
pub(crate) trait MakeBody: Send + Sync {
    /// # Errors
    /// An expression that fails, and a value that no body can be made of.
    fn make(&self, run: &NodeRun, item: usize) -> Result<Body, ErrorInfo>;
}

/// The parts of a multipart body.
pub(crate) struct Multipart {
    parts: Vec<PartTemplate>,
    /// Whether a name that occurs again adds a part, rather than taking the place of the one before.
    keeps_repeats: bool,
}

struct PartTemplate {
    name: Parameter,
    content: Content,
}

enum Content {
    Text(Parameter),
    /// Name of the item's binary property.
    File(Parameter),
}

impl BodyTemplate {
    /// A JSON body from names and values.
    pub(crate) fn members(pairs: Pairs) -> Self {
        match pairs.fixed() {
            Some(members) => Self::Fixed(Body::Json(Value::from(members.clone()))),
            None => Self::Members(pairs),
        }
    }

    /// A JSON body from `jsonBody`.
    ///
    /// # Errors
    /// When it is fixed and not JSON.
    pub(crate) fn json(parameter: Parameter, if_empty: IfEmpty) -> Result<Self, ParameterError> {
        match parameter.template.as_literal() {
            Some(value) => Ok(Self::Fixed(json(value, &parameter.name, if_empty)?)),
            None => Ok(Self::Json(parameter, if_empty)),
        }
    }

    /// A form from names and values.
    pub(crate) fn form(pairs: Pairs) -> Self {
        match pairs.fixed() {
            Some(fields) => Self::Fixed(form(fields)),
            None => Self::Form(pairs),
        }
    }

    /// What holds for requests of a method.
    pub(crate) fn of(&self, method: &Method) -> &Self {
        static NONE: BodyTemplate = BodyTemplate::Fixed(Body::Empty);
        let Self::ByMethod(bodies) = self else {
            return self;
        };
        let [written, deleted] = &**bodies;
        match method.as_str() {
            "PATCH" | "POST" | "PUT" => written,
            "DELETE" => deleted,
            _ => &NONE,
        }
    }

    /// The body of an item.
    ///
    /// # Errors
    /// An expression that fails, a text that is not JSON, and a file that the item does not have.
    pub(crate) fn at(&self, run: &NodeRun, item: usize) -> Result<Body, ErrorInfo> {
        match self {
            Self::Fixed(body) => Ok(body.clone()),
            Self::Members(pairs) => {
                let members = pairs.at(run, item)?;
                Ok(Body::Json(Value::from(members.into_owned())))
            }
            Self::Json(parameter, if_empty) => {
                let value = run.value(parameter, item)?.unwrap_or_default();
                json(&value, &parameter.name, *if_empty)
                    .map_err(|error| at(run, item, error.into()))
            }
            Self::Form(pairs) => Ok(form(&*pairs.at(run, item)?)),
            Self::FormText(parameter) => Ok(form_text(&run.text(parameter, item)?)),
            Self::Multipart(multipart) => multipart.at(run, item),
            Self::File(name) => Ok(Body::Binary(binary::named(run, name, item)?)),
            Self::Fields(pairs) => Ok(fields(&*pairs.at(run, item)?)),
            Self::Files(list) => files(run, list, item),
            Self::Made(body) => body.make(run, item),
            Self::ByMethod(_) => Ok(Body::Empty),
            Self::Raw { body, .. } => {
                let text = run.text(body, item)?;
                Ok(if text.is_empty() {
                    Body::Empty
                } else {
                    Body::Text(text.to_string())
                })
            }
        }
    }

    /// The media type that goes with the body of an item, when it has one.
    ///
    /// # Errors
    /// An expression that fails.
    pub(crate) fn content_type(
        &self,
        body: &Body,
        run: &NodeRun,
        item: usize,
    ) -> Result<Option<String>, ErrorInfo> {
        if let Self::Raw { content_type, .. } = self {
            let Some(content_type) = content_type else {
                return Ok(None);
            };
            let own = run.text(content_type, item)?;
            if !own.trim().is_empty() {
                return Ok(Some(own.trim().to_owned()));
            }
        }
        Ok(body.content_type().map(str::to_owned))
    }
}

impl Multipart {
    /// Reads the list of parts.
    ///
    /// # Errors
    /// When it is no list, or a part is of an unknown type.
    pub(crate) fn compile(
        parameters: &Parameters,
        path: &str,
        keeps_repeats: bool,
    ) -> Result<Self, ParameterError> {
        let mut parts = Vec::new();
        for entry in entries(parameters, path)? {
            let kind = entry.get("parameterType");
            let kind = match kind.as_ref().map(|kind| kind.as_literal()) {
                None | Some(Some(Value::Null)) => "formData",
                Some(Some(Value::String(kind))) => &**kind,
                Some(_) => "",
            };
            let inner =
                |name: &str| Parameter::inner(format!("{path}.{name}"), entry.get(name), "");
            let content = match kind {
                "formData" => Content::Text(inner("value")),
                "formBinaryData" => Content::File(inner("inputDataFieldName")),
                _ => {
                    return Err(ParameterError::new(
                        path,
                        "bad-part",
                        "`parameterType` must be `formData` or `formBinaryData`",
                    ));
                }
            };
            parts.push(PartTemplate {
                name: inner("name"),
                content,
            });
        }
        Ok(Self {
            parts,
            keeps_repeats,
        })
    }

    fn at(&self, run: &NodeRun, item: usize) -> Result<Body, ErrorInfo> {
        let mut parts: Vec<Part> = Vec::with_capacity(self.parts.len());
        for template in &self.parts {
            let name = run.text(&template.name, item)?.to_string();
            let content = match &template.content {
                Content::Text(value) => PartContent::Text(run.text(value, item)?.to_string()),
                Content::File(field) => PartContent::Binary(binary::named(run, field, item)?),
            };
            let part = Part { name, content };
            match parts.iter_mut().find(|before| before.name == part.name) {
                Some(before) if !self.keeps_repeats => *before = part,
                _ => parts.push(part),
            }
        }
        Ok(Body::Multipart(parts))
    }
}

fn json(value: &Value, name: &str, if_empty: IfEmpty) -> Result<Body, ParameterError> {
    if if_empty == IfEmpty::Skipped && is_blank(value) {
        return Ok(Body::Empty);
    }
    Ok(Body::Json(json_value(value, name)?))
}

/// Parts of texts.
fn fields(members: &Map) -> Body {
    let part = |(name, value): (&Arc<str>, &Value)| Part {
        name: name.to_string(),
        content: PartContent::Text(match value {
            Value::Array(_) | Value::Object(_) => value.to_string(),
            scalar => javascript::text(scalar).to_string(),
        }),
    };
    Body::Multipart(members.iter().map(part).collect())
}

/// Parts of files: `field:file` for each, or the name of one file alone.
fn files(run: &NodeRun, list: &Parameter, item: usize) -> Result<Body, ErrorInfo> {
    let text = run.text(list, item)?;
    let items = run.items();
    let mut parts = Vec::new();
    let entries: Vec<&str> = text.split(',').map(str::trim).collect();
    for entry in &entries {
        let (field, name) = match entry.split_once(':') {
            Some((field, name)) => (field.trim(), name.trim()),
            None if entries.len() == 1 => ("file", *entry),
            None => {
                let message = format!(
                    "`{}` lists several files, so each needs the name of its field: `field:file`",
                    list.name
                );
                return Err(run.error(message, Some(item), Some(&list.name)));
            }
        };
        parts.push(Part {
            name: field.to_owned(),
            content: PartContent::Binary(
                binary::find(run, items.get(item), name, list, item)?.clone(),
            ),
        });
    }
    Ok(Body::Multipart(parts))
}

/// Lists become `name[0]`, `name[1]`, as n8n writes them in forms.
fn form(fields: &Map) -> Body {
    let mut pairs = Vec::new();
    for (name, value) in fields {
        form_pairs(&mut pairs, name, value, QueryStyle::Indices);
    }
    Body::Form(pairs)
}

pub(crate) fn form_text(text: &str) -> Body {
    let pairs = form_urlencoded::parse(text.trim().as_bytes());
    Body::Form(pairs.into_owned().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_may_be_written_as_a_query_string() {
        let expected = [("a", "1 2"), ("b", "x&y"), ("a", "3")];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(form_text("a=1+2&b=x%26y&a=3"), Body::Form(expected.into()));
    }
}
