//! Request bodies: which of several media types is taken, and what becomes of it.

use indexmap::IndexMap;
use itemflow_model::Value;
use itemflow_model::definition::{BodyType, Location, OneOrMany, Property, PropertyType};

use super::context::Context;
use super::parameter::joined;
use super::part::Part;
use super::property::{Site, remark};
use super::schema::Schema;
use crate::text;

/// A request body in the words of 3.1.
#[derive(Debug)]
pub(crate) struct Body {
    pub(crate) pointer: String,
    pub(crate) required: Option<bool>,
    pub(crate) description: String,
    pub(crate) media: Vec<Media>,
}

/// A media type and its schema.
#[derive(Clone, Debug)]
pub(crate) struct Media {
    pub(crate) content_type: String,
    pub(crate) schema: Option<Part>,
    pub(crate) part: Part,
}

/// How a body of a media type is written, the preferred first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Writing {
    Json,
    Multipart,
    Form,
    Text,
    Binary,
}

/// What a body means for an action.
#[derive(Debug, Default)]
pub(crate) struct BodyPlan {
    pub(crate) body_type: Option<BodyType>,
    /// `Content-Type` where the body's type does not say it.
    pub(crate) content_type: Option<String>,
    /// The properties by their names on the wire.
    pub(crate) fields: Vec<(String, Property)>,
    /// A property that is the whole body.
    pub(crate) whole: Option<Property>,
}

/// The media type without parameters, in lower case.
pub(crate) fn essence(content_type: &str) -> String {
    let essence = content_type.split(';').next().unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}

/// Whether a media type is JSON; any will do.
pub(crate) fn is_json(essence: &str) -> bool {
    essence.is_empty()
        || essence == "*/*"
        || essence == "application/*"
        || essence.ends_with("/json")
        || essence.ends_with("+json")
        || essence.ends_with("/x-json")
}

fn writing(essence: &str) -> Writing {
    match essence {
        _ if is_json(essence) => Writing::Json,
        "application/x-www-form-urlencoded" => Writing::Form,
        _ if essence.starts_with("multipart/") => Writing::Multipart,
        _ if is_text(essence) => Writing::Text,
        _ => Writing::Binary,
    }
}

/// Whether a media type is text.
pub(crate) fn is_text(essence: &str) -> bool {
    let written = [
        "/xml",
        "+xml",
        "/yaml",
        "/x-yaml",
        "+yaml",
        "/graphql",
        "/javascript",
        "/x-ndjson",
        "/sql",
    ];
    essence.starts_with("text/") || written.iter().any(|ending| essence.ends_with(ending))
}

impl Context<'_> {
    /// The body of an operation of OpenAPI 3.
    pub(crate) fn request_body(&mut self, operation: &Part) -> Option<Body> {
        let listed = operation.member("requestBody")?;
        let part = self.resolve(&listed)?;
        let media: Vec<Media> = part
            .members_of("content")
            .into_iter()
            .map(|(content_type, part)| Media {
                content_type: content_type.to_string(),
                schema: part.member("schema"),
                part,
            })
            .collect();
        if media.is_empty() {
            let why = "it names no content";
            self.losses.skipped(&listed.pointer, "request body", why);
            return None;
        }
        Some(Body {
            pointer: listed.pointer,
            required: part.flag("required"),
            description: part.text("description").unwrap_or_default(),
            media,
        })
    }

    /// Whether the name of a media type is one; it goes into a header as it is.
    fn is_media_type(&mut self, body: &Body, media: &Media) -> bool {
        let name = essence(&media.content_type);
        let is_token = |part: &str| {
            !part.is_empty()
                && part
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || "!#$&^_.+-*".contains(c))
        };
        let is_name = name.is_empty()
            || name
                .split_once('/')
                .is_some_and(|(kind, subtype)| is_token(kind) && is_token(subtype));
        if !is_name {
            let why = format!("{:?} is no media type", text::line(&name));
            self.losses.skipped(&body.pointer, "content type", why);
        }
        is_name
    }

    /// The properties of a body. `explicit`: their place does not follow from the method.
    pub(crate) fn plan_body(&mut self, body: &Body, explicit: bool) -> BodyPlan {
        let best = body
            .media
            .iter()
            .filter(|media| self.is_media_type(body, media))
            .min_by_key(|media| writing(&essence(&media.content_type)));
        let Some(media) = best else {
            return BodyPlan::default();
        };
        let chosen = essence(&media.content_type);
        for other in &body.media {
            if essence(&other.content_type) != chosen {
                let why = format!("only {chosen} is written");
                let what = format!("content type {}", text::line(&essence(&other.content_type)));
                self.losses.weakened(&body.pointer, &what, why);
            }
        }
        let schema = match &media.schema {
            Some(part) => self.schema(part),
            None => Schema {
                pointer: body.pointer.clone(),
                ..Schema::default()
            },
        };
        let mut plan = BodyPlan::default();
        match writing(&chosen) {
            Writing::Json => {
                let is_plain =
                    matches!(&*chosen, "" | "*/*" | "application/*" | "application/json");
                plan.content_type = (!is_plain).then_some(chosen);
            }
            Writing::Multipart => plan.body_type = Some(BodyType::Multipart),
            Writing::Form => plan.body_type = Some(BodyType::Form),
            Writing::Text => {
                let why =
                    format!("a body of type {chosen} is one text, its parts are not declared");
                if chosen != "text/plain" {
                    self.losses.weakened(&body.pointer, "text body", why);
                    plan.content_type = Some(chosen);
                }
                plan.body_type = Some(BodyType::Text);
                self.whole(
                    &mut plan,
                    body,
                    Property::of(PropertyType::String, ""),
                    &schema,
                );
                return plan;
            }
            Writing::Binary => {
                plan.body_type = Some(BodyType::Binary);
                self.whole(
                    &mut plan,
                    body,
                    Property::of(PropertyType::Binary, ""),
                    &schema,
                );
                return plan;
            }
        }
        self.plan_members(&mut plan, body, media, &schema, explicit);
        plan
    }

    fn plan_members(
        &mut self,
        plan: &mut BodyPlan,
        body: &Body,
        media: &Media,
        schema: &Schema,
        explicit: bool,
    ) {
        let fields = match schema.types.as_slice() {
            ["object"] => self.fields(schema),
            _ => Vec::new(),
        };
        if fields.is_empty() {
            let property = match schema.types.as_slice() {
                ["object"] => Property {
                    schema: Some(Value::from([("type", "object")])),
                    ..Property::of(PropertyType::Json, "")
                },
                _ => self.property(schema, Site::Nested),
            };
            return self.whole(plan, body, property, schema);
        }
        let encoding: IndexMap<_, _> = media.part.members_of("encoding").into_iter().collect();
        for field in fields {
            let mut property = self.property(&field.schema, Site::Body);
            // Documents rarely say that a body is required; its required members say it for them.
            property.required = field.required && body.required != Some(false);
            self.settle_default(&mut property, &field.schema);
            let is_object = property.kind == PropertyType::Collection;
            if explicit || is_object {
                property.location = Some(OneOrMany::One(Location::Body));
            }
            if plan.body_type.is_some() {
                let encoded = encoding.get(&field.name);
                let part = schema.properties.get(&field.name);
                self.encode(&mut property, &field.schema, encoded, part);
            } else if property.kind == PropertyType::Binary {
                let why = "JSON carries no files; with one, the body is sent as multipart";
                self.losses.weakened(&field.schema.pointer, "file", why);
            }
            plan.fields.push((field.name.to_string(), property));
        }
    }

    /// How a member of a form or multipart body is written.
    fn encode(
        &mut self,
        property: &mut Property,
        schema: &Schema,
        encoding: Option<&Part>,
        part: Option<&Part>,
    ) {
        let is_list = schema.is("array") && property.kind != PropertyType::Binary;
        let is_joined = part.is_some_and(|part| part.flag("x-joined") == Some(true));
        let exploded = encoding.and_then(|encoding| encoding.flag("explode"));
        if is_list && (is_joined || exploded == Some(false)) {
            property.value = Some(joined(","));
        } else if is_list {
            self.has_lists = true;
        }
        let Some(encoding) = encoding else { return };
        let content_type = encoding.text("contentType");
        let is_told = property.kind == PropertyType::Binary || content_type.is_none();
        if !is_told && content_type.as_deref() == Some("application/json") {
            property.value = Some("={{ JSON.stringify($value) }}".into());
        }
        if !is_told || encoding.member("headers").is_some() {
            let why = "parts of a body carry no headers of their own";
            self.losses.weakened(&encoding.pointer, "encoding", why);
        }
    }

    /// Makes a property the whole body.
    fn whole(&mut self, plan: &mut BodyPlan, body: &Body, mut property: Property, schema: &Schema) {
        if property.description.is_empty() {
            property.description = text::description(&body.description);
        }
        if property.description.is_empty() {
            property.description = text::description(&schema.description);
        }
        if property.description.is_empty() {
            remark(&mut property.description, "The whole body.");
        }
        property.required = body.required == Some(true);
        let is_in_body = matches!(plan.body_type, Some(BodyType::Text | BodyType::Binary));
        let place = if is_in_body {
            Location::Body
        } else {
            Location::None
        };
        property.location = Some(OneOrMany::One(place));
        plan.whole = Some(property);
    }
}
