//! The parameters of a request against the properties of an action: what is missing, mistyped or unknown.

use itemflow_model::definition::{BodyType, Location, Property, PropertyType};
use itemflow_model::{Map, Value};
use jsonschema::Validator;
use percent_encoding::percent_decode_str;

use crate::declared::Parameter;
use crate::issued::Issued;
use crate::multipart;
use crate::received::Received;
use crate::route::{Route, is_expression};
use crate::wire_values::{gather, is_list, read_commas, read_text, text_of};

/// Longest text of a schema's complaint.
const MAX_COMPLAINT_CHARS: usize = 200;

/// What is wrong with one parameter.
#[derive(Debug, PartialEq)]
pub(crate) struct Fault {
    /// The property's name, or the unknown name as it was sent.
    pub(crate) parameter: String,
    /// What is wrong, to be read after the name.
    pub(crate) reason: String,
}

impl Fault {
    fn new(parameter: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            parameter: parameter.into(),
            reason: reason.into(),
        }
    }
}

/// A body, decoded as far as its kind allows.
#[derive(Debug)]
pub(crate) enum Decoded {
    /// None was sent.
    Empty,
    /// JSON.
    Json(Value),
    /// Fields of a form.
    Fields(Vec<(String, String)>),
    /// Text or bytes.
    Opaque,
}

/// The values of the parameters by property name, and all faults in the order of the places.
#[derive(Debug, Default)]
pub(crate) struct Checked {
    pub(crate) values: Map,
    pub(crate) faults: Vec<Fault>,
}

/// Decodes a body that is not empty.
///
/// # Errors
/// Why it is not what the action's body type says.
pub(crate) fn decode(body_type: BodyType, request: &Received) -> Result<Decoded, String> {
    match body_type {
        BodyType::Json => match serde_json::from_slice(&request.body) {
            Ok(value) => Ok(Decoded::Json(value)),
            Err(error) => Err(format!("the body is not valid JSON: {error}")),
        },
        BodyType::Form => {
            let fields = url::form_urlencoded::parse(&request.body);
            Ok(Decoded::Fields(fields.into_owned().collect()))
        }
        BodyType::Multipart => {
            let content_type = request.header("content-type").unwrap_or_default();
            multipart::fields(content_type, &request.body)
                .map(Decoded::Fields)
                .ok_or_else(|| "the body is not valid multipart/form-data".to_owned())
        }
        BodyType::Text | BodyType::Binary | BodyType::None => Ok(Decoded::Opaque),
    }
}

/// Checks every parameter of a request.
pub(crate) fn check(
    route: &Route,
    captures: &[(String, String)],
    request: &Received,
    body: &Decoded,
    issued: Option<&Issued>,
) -> Checked {
    let mut checked = Checked::default();
    checked.path(route, captures);
    checked.query(route, request, issued);
    checked.headers(route, request);
    match body {
        Decoded::Json(value) => checked.json_body(route, value, issued),
        Decoded::Fields(fields) => checked.fields(route, fields),
        Decoded::Empty => checked.fields(route, &[]),
        Decoded::Opaque => {}
    }
    checked
}

impl Checked {
    fn path(&mut self, route: &Route, captures: &[(String, String)]) {
        for (parameter, validator) in route.parameters_in(Location::Path) {
            let text = captures
                .iter()
                .find(|(name, _)| *name == parameter.wire_name() || *name == parameter.name)
                .map(|(_, text)| text.as_str());
            self.text(parameter, validator, text);
        }
    }

    fn query(&mut self, route: &Route, request: &Received, issued: Option<&Issued>) {
        let pairs = request.query_pairs();
        let mut known = vec![false; pairs.len()];
        for (parameter, validator) in route.parameters_in(Location::Query) {
            self.pairs(parameter, validator, &pairs, &mut known);
        }
        for (name, constant) in &route.action.query {
            let found = pairs.iter().position(|(key, _)| key == name);
            match found {
                _ if is_expression(constant) => {}
                Some(at) if pairs[at].1 == text_of(constant) => {}
                _ => self.fault(name, format!("must be {}", text_of(constant))),
            }
        }
        for ((name, _), known) in pairs.iter().zip(known) {
            let signed = issued.is_some_and(|issued| {
                let authenticate = &issued.definition().authenticate;
                authenticate.query.contains_key(name)
            });
            if !known && !signed && !route.action.query.contains_key(name) {
                self.fault(name, "is no query parameter of this action");
            }
        }
    }

    fn headers(&mut self, route: &Route, request: &Received) {
        for (parameter, validator) in route.parameters_in(Location::Header) {
            let text = request.header(&parameter.wire_name());
            self.text(parameter, validator, text);
        }
        let cookies = request.header("cookie").unwrap_or_default();
        for (parameter, validator) in route.parameters_in(Location::Cookie) {
            let text = cookies.split(';').find_map(|cookie| {
                let (name, value) = cookie.split_once('=')?;
                let is_it = name.trim() == parameter.wire_name();
                is_it.then(|| percent_decode_str(value.trim()).decode_utf8_lossy())
            });
            self.text(parameter, validator, text.as_deref());
        }
    }

    fn json_body(&mut self, route: &Route, body: &Value, issued: Option<&Issued>) {
        if route.action.body.as_ref().is_some_and(is_expression) {
            return;
        }
        if body.as_object().is_none() {
            self.fault("body", format!("must be an object, not {}", body.kind()));
            return;
        }
        let mut known: Vec<Vec<&str>> = Vec::new();
        for (parameter, validator) in route.parameters_in(Location::Body) {
            known.push(parameter.key.segments().iter().map(|s| &**s).collect());
            match parameter.key.get(body) {
                Some(value) => self.value(parameter, validator, value.clone(), true),
                None => self.absent(parameter),
            }
        }
        if let Some(constants) = route.action.body.as_ref().and_then(Value::as_object) {
            for (name, constant) in constants {
                known.push(vec![name]);
                let sent = body.get(name);
                if constant_is_plain(constant) && sent != Some(constant) {
                    self.fault(&**name, format!("must be {constant}"));
                }
            }
        }
        if let Some(issued) = issued {
            let signed = issued.definition().authenticate.body.keys();
            known.extend(signed.map(|name| vec![name.as_str()]));
        }
        self.unknown_members(body, &known, &mut Vec::new());
    }

    /// Reports members that no property names. Goes no deeper than the longest key.
    fn unknown_members<'a>(
        &mut self,
        value: &'a Value,
        known: &[Vec<&str>],
        at: &mut Vec<&'a str>,
    ) {
        let Some(members) = value.as_object() else {
            return self.fault(at.join("."), "must be an object");
        };
        for (name, member) in members {
            at.push(name);
            if !known.iter().any(|key| key == at) {
                if known.iter().any(|key| key.starts_with(at)) {
                    self.unknown_members(member, known, at);
                } else {
                    self.fault(at.join("."), "is no body member of this action");
                }
            }
            at.pop();
        }
    }

    fn fields(&mut self, route: &Route, fields: &[(String, String)]) {
        let mut known = vec![false; fields.len()];
        for (parameter, validator) in route.parameters_in(Location::Body) {
            self.pairs(parameter, validator, fields, &mut known);
        }
        let constants = route.action.body.as_ref().and_then(Value::as_object);
        for ((name, _), known) in fields.iter().zip(known) {
            let constant = constants.is_some_and(|members| members.contains_key(name.as_str()));
            if !known && !constant {
                self.fault(name, "is no field of this action");
            }
        }
    }

    fn pairs(
        &mut self,
        parameter: &Parameter,
        validator: Option<&Validator>,
        pairs: &[(String, String)],
        known: &mut [bool],
    ) {
        let found = gather(
            &parameter.property,
            &parameter.wire_name(),
            parameter.style,
            pairs,
        );
        let mine = match found {
            Ok(found) => {
                match found.value {
                    Some(value) => self.value(parameter, validator, value, false),
                    None => self.absent(parameter),
                }
                found.pairs
            }
            Err((mine, reason)) => {
                self.fault(&parameter.name, reason);
                mine
            }
        };
        for at in mine {
            known[at] = true;
        }
    }

    fn text(&mut self, parameter: &Parameter, validator: Option<&Validator>, text: Option<&str>) {
        let Some(text) = text else {
            return self.absent(parameter);
        };
        let property = &parameter.property;
        if parameter.place == Location::Header && is_list(property) {
            return self.value(parameter, validator, read_commas(property, text), false);
        }
        match read_text(property, text) {
            Ok(value) => self.value(parameter, validator, value, false),
            Err(reason) => self.fault(&parameter.name, reason),
        }
    }

    fn absent(&mut self, parameter: &Parameter) {
        if parameter.is_required() {
            self.fault(&parameter.name, "is required");
        }
    }

    fn value(
        &mut self,
        parameter: &Parameter,
        validator: Option<&Validator>,
        value: Value,
        from_json: bool,
    ) {
        let property = &parameter.property;
        let complaint = if property.value.is_some() {
            None
        } else if parameter.is_required() && value.as_str() == Some("") {
            Some("is required and must not be empty".to_owned())
        } else {
            wrong_kind(property, &value, from_json).or_else(|| refused(validator, &value))
        };
        if let Some(reason) = complaint {
            self.fault(&parameter.name, reason);
        }
        self.values.insert(parameter.name.as_str().into(), value);
    }

    fn fault(&mut self, parameter: impl Into<String>, reason: impl Into<String>) {
        self.faults.push(Fault::new(parameter, reason));
    }
}

/// Whether a constant holds no expression that could change it.
fn constant_is_plain(constant: &Value) -> bool {
    !constant.to_string().contains("{{") && !is_expression(constant)
}

/// What the value should be by the property's type. Where the schema names a type, that one counts.
fn wrong_kind(property: &Property, value: &Value, from_json: bool) -> Option<String> {
    let typed_by_schema = property
        .schema
        .as_ref()
        .is_some_and(|schema| schema.get("type").is_some());
    match property.kind {
        PropertyType::Options if !is_choice(property, value) => Some(one_of(property)),
        PropertyType::MultiOptions => match value.as_array() {
            Some(list) if list.iter().all(|element| is_choice(property, element)) => None,
            Some(_) => Some(format!("must hold only {}", choices(property))),
            None => Some("must be a list".to_owned()),
        },
        PropertyType::Json if from_json && is_json_text(value) => {
            Some("must be the value itself, not JSON text in a string".to_owned())
        }
        _ if typed_by_schema => None,
        PropertyType::Json if !matches!(value, Value::Object(_) | Value::Array(_)) => {
            Some(format!("must be an object or a list, not {}", value.kind()))
        }
        PropertyType::Number => {
            let Some(number) = value.as_f64() else {
                return Some(format!("must be a number, not {}", value.kind()));
            };
            out_of_range(property, number)
        }
        PropertyType::Boolean if value.as_bool().is_none() => {
            Some(format!("must be true or false, not {}", value.kind()))
        }
        PropertyType::String | PropertyType::DateTime | PropertyType::Color
            if value.as_str().is_none() && !is_list(property) =>
        {
            Some(format!("must be a string, not {}", value.kind()))
        }
        PropertyType::Collection | PropertyType::FixedCollection
            if !matches!(value, Value::Object(_) | Value::Array(_)) =>
        {
            Some(format!("must be an object, not {}", value.kind()))
        }
        _ => None,
    }
}

fn out_of_range(property: &Property, number: f64) -> Option<String> {
    let options = property.type_options.as_ref()?;
    if let Some(least) = options.min_value.filter(|least| number < *least) {
        return Some(format!("must be at least {least}"));
    }
    let most = options.max_value.filter(|most| number > *most)?;
    Some(format!("must be at most {most}"))
}

fn is_json_text(value: &Value) -> bool {
    let text = value.as_str().unwrap_or_default().trim_start();
    (text.starts_with('{') || text.starts_with('[')) && serde_json::from_str::<Value>(text).is_ok()
}

fn is_choice(property: &Property, value: &Value) -> bool {
    property.options.is_empty() || property.options.iter().any(|c| c.value() == value)
}

fn one_of(property: &Property) -> String {
    format!("must be one of {}", choices(property))
}

fn choices(property: &Property) -> String {
    let texts: Vec<String> = property
        .options
        .iter()
        .map(|choice| text_of(choice.value()))
        .collect();
    texts.join(", ")
}

/// The first complaint of a schema.
fn refused(validator: Option<&Validator>, value: &Value) -> Option<String> {
    let instance = serde_json::Value::from(value);
    let error = validator?.iter_errors(&instance).next()?;
    let place = error.instance_path().to_string();
    let mut text: String = error
        .to_string()
        .chars()
        .take(MAX_COMPLAINT_CHARS)
        .collect();
    if !place.is_empty() {
        text.push_str(&format!(" (at {place})"));
    }
    Some(format!("is not as declared: {text}"))
}
