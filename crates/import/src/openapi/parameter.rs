//! Parameters: of the path item and of the operation, in the words of 3.1, and the properties they become.

use itemflow_model::Value;
use itemflow_model::definition::{
    Location, OneOrMany, Property, PropertyOrRef, PropertyType, QueryStyle,
};

use super::context::Context;
use super::part::Part;
use super::property::Site;
use super::schema::Schema;
use super::swagger2;
use crate::text;

/// A parameter outside the body.
#[derive(Clone, Debug)]
pub(crate) struct Parameter {
    pub(crate) part: Part,
    pub(crate) name: String,
    pub(crate) location: Location,
    pub(crate) required: bool,
    pub(crate) schema: Part,
    pub(crate) style: Style,
    /// Its value travels as JSON text.
    pub(crate) is_json: bool,
}

/// How lists and objects are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Style {
    pub(crate) name: String,
    pub(crate) explode: bool,
}

/// Headers that are not for parameters: the request, the body and the credential have their own words for them.
const OWN_HEADERS: [&str; 3] = ["accept", "content-type", "authorization"];

impl Context<'_> {
    /// The parameters of an operation, those of its path first, and the parts that Swagger 2.0 keeps among them although
    /// they make the body.
    pub(crate) fn parameters(
        &mut self,
        item: &Part,
        operation: &Part,
    ) -> (Vec<Parameter>, Vec<Part>) {
        let mut found: Vec<Parameter> = Vec::new();
        let mut of_body = Vec::new();
        for (is_own, owner) in [(false, item), (true, operation)] {
            let start = found.len();
            for listed in owner.elements_of("parameters") {
                let Some(part) = self.resolve(&listed) else {
                    continue;
                };
                if matches!(part.text("in").as_deref(), Some("body" | "formData")) {
                    of_body.push(part);
                    continue;
                }
                let Some(parameter) = self.parameter(&part, &listed.pointer) else {
                    continue;
                };
                let same = |other: &Parameter| {
                    other.name == parameter.name && other.location == parameter.location
                };
                match found.iter().position(same) {
                    // What the operation says replaces what the path says.
                    Some(at) if is_own && at < start => found[at] = parameter,
                    Some(_) => {
                        let why = format!("`{}` is declared before", parameter.name);
                        self.losses
                            .skipped(&listed.pointer, "duplicate parameter", why);
                    }
                    None => found.push(parameter),
                }
            }
        }
        (found, of_body)
    }

    fn parameter(&mut self, part: &Part, listed: &str) -> Option<Parameter> {
        let Some(name) = part.text("name").filter(|_| part.is_object()) else {
            self.losses.skipped(listed, "parameter", "it has no name");
            return None;
        };
        let place = part.text("in").unwrap_or_default();
        let location = match place.as_str() {
            "path" => Location::Path,
            "query" => Location::Query,
            "header" => Location::Header,
            "cookie" => Location::Cookie,
            _ => {
                let why = format!("`{name}` is in {place:?}, which is no place of a request");
                self.losses.skipped(listed, "parameter", why);
                return None;
            }
        };
        let is_token = name
            .chars()
            .all(|c| c.is_ascii_graphic() && !"()<>@,;:\\\"/[]?={}".contains(c));
        if matches!(location, Location::Header | Location::Cookie) && !is_token {
            let why = format!("{name:?} is no name of a {place}");
            self.losses.skipped(listed, "parameter", why);
            return None;
        }
        if location == Location::Header && OWN_HEADERS.contains(&&*name.to_lowercase()) {
            let why = format!("`{name}` is set by the request itself or by the credential");
            self.losses.skipped(listed, "parameter", why);
            return None;
        }
        if part.flag("allowReserved") == Some(true) {
            let why = "reserved characters are percent-encoded all the same";
            self.losses.weakened(listed, "allowReserved", why);
        }
        let media = part.members_of("content").into_iter().next();
        let schema = match &media {
            Some((_, media)) => media.member("schema"),
            None => part.member("schema"),
        };
        Some(Parameter {
            location,
            required: location == Location::Path || part.flag("required") == Some(true),
            // Swagger 2.0 keeps the schema in the parameter itself.
            schema: schema.unwrap_or_else(|| Part {
                value: swagger2::schema_of(&part.value),
                pointer: part.pointer.clone(),
            }),
            style: style(part, location),
            is_json: media.is_some_and(|(kind, _)| kind.contains("json")),
            name,
            part: part.clone(),
        })
    }

    /// The property of a parameter. `explicit`: its place does not follow from the method.
    pub(crate) fn parameter_property(&mut self, parameter: &Parameter, explicit: bool) -> Property {
        let mut schema = self.schema(&parameter.schema);
        if let Some(text) = parameter.part.text("description") {
            schema.description = text;
        }
        schema.deprecated |= parameter.part.flag("deprecated") == Some(true);
        if let Some(example) = example(&parameter.part) {
            schema.example = Some(example);
        }
        let mut property = self.property(&schema, Site::Text);
        property.required = parameter.required;
        // The fields of a collection would find places of their own.
        let explicit = explicit || property.kind == PropertyType::Collection;
        if parameter.location != Location::Path
            && (explicit || parameter.location != Location::Query)
        {
            property.location = Some(OneOrMany::One(parameter.location));
        }
        self.settle_default(&mut property, &schema);
        self.write_style(parameter, &schema, &mut property);
        property
    }

    fn write_style(&mut self, parameter: &Parameter, schema: &Schema, property: &mut Property) {
        if parameter.is_json {
            property.value = Some(AS_JSON.into());
            return;
        }
        let is_list = schema.is("array");
        let is_object = matches!(property.kind, PropertyType::Collection)
            || (property.kind == PropertyType::Json && !is_list);
        let Style { name, explode } = &parameter.style;
        let pointer = &parameter.part.pointer;
        match (parameter.location, name.as_str()) {
            (Location::Query, _) if is_object => self.object_in_query(parameter, property),
            _ if is_object => {
                let why = "an object is written as JSON here";
                self.losses.weakened(pointer, "style", why);
                property.value = Some(AS_JSON.into());
            }
            (Location::Path, "label" | "matrix") => {
                let why = format!("`{name}` is not written; a list is joined by commas");
                self.losses.weakened(pointer, "style", why);
                property.value = is_list.then(|| joined(","));
            }
            _ if !is_list => {}
            (Location::Query, "spaceDelimited") if !explode => property.value = Some(joined(" ")),
            (Location::Query, "pipeDelimited") if !explode => property.value = Some(joined("|")),
            (Location::Query, "tabDelimited") => property.value = Some(joined("\\t")),
            (Location::Query, "deepObject") => property.style = Some(QueryStyle::Brackets),
            (Location::Query, _) if !explode => property.style = Some(QueryStyle::Comma),
            (Location::Query, _) => self.has_lists = true,
            (Location::Path | Location::Cookie, _) => property.value = Some(joined(",")),
            // Lists in headers are joined by commas anyway.
            _ => {}
        }
    }

    fn object_in_query(&mut self, parameter: &Parameter, property: &mut Property) {
        let Style { name, explode } = &parameter.style;
        if name == "deepObject" {
            return;
        }
        if *explode && property.kind == PropertyType::Collection {
            // Every member is a query parameter of its own.
            property.location = None;
            for child in property.properties.values_mut() {
                if let PropertyOrRef::Property(child) = child {
                    child.location = Some(OneOrMany::One(Location::Query));
                }
            }
            return;
        }
        if parameter
            .schema
            .value
            .as_object()
            .is_some_and(|map| map.is_empty())
        {
            return;
        }
        let why = "an object is written as `name[member]=value`";
        self.losses.weakened(&parameter.part.pointer, "style", why);
    }
}

const AS_JSON: &str = "={{ JSON.stringify($value) }}";

/// The expression that joins a list.
pub(crate) fn joined(separator: &str) -> String {
    format!("={{{{ $value.join(\"{separator}\") }}}}")
}

fn style(part: &Part, location: Location) -> Style {
    if let Some(style) = swagger2::style(part) {
        return style;
    }
    let name = part.text("style").unwrap_or_else(|| {
        let default = match location {
            Location::Query | Location::Cookie => "form",
            _ => "simple",
        };
        default.to_owned()
    });
    Style {
        explode: part.flag("explode").unwrap_or(name == "form"),
        name,
    }
}

/// The example of a parameter or media type.
fn example(part: &Part) -> Option<Value> {
    if let Some(example) = part.value.get("example") {
        return Some(example.clone());
    }
    let (_, first) = part.members_of("examples").into_iter().next()?;
    first
        .value
        .get("value")
        .filter(|value| text::scalar(value).is_some())
        .cloned()
}
