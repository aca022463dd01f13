//! `Action::validate`: the parameters of one item against the properties of an action.

use itemflow_model::definition::{Location, PropertyType};
use itemflow_model::{Map, Value, did_you_mean};

use crate::action::{Action, ActionProperty};
use crate::coerce::{Fault, coerce};
use crate::display::{Looked, is_shown};
use crate::error::ParameterError;

/// Parameters that belong to every action and are no properties of one.
const RESERVED: [&str; 3] = ["resource", "operation", crate::options::PARAMETER];

/// What counts as a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterRules {
    /// Our own files: an unknown parameter is an error, an unset optional one is left out.
    Own,
    /// Files that name n8n's type: unknown parameters are dropped with a warning, absent ones take `n8nDefault`.
    Alias,
}

/// Parameters as they go into the request.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Prepared {
    /// The values by property name, coerced, without those that are not sent.
    pub parameters: Map,
    /// What was dropped, and why.
    pub warnings: Vec<ParameterError>,
}

impl Action {
    /// Checks and completes the parameters of one item, in which every expression is evaluated. Values are coerced only
    /// without loss; hidden properties are left out. `null` means not set, except that n8n's rules send it.
    ///
    /// # Errors
    /// Every fault: missing, unknown and ill-typed parameters, invalid JSON, values that their schema does not allow.
    pub fn validate(
        &self,
        parameters: &Map,
        rules: ParameterRules,
    ) -> Result<Prepared, Vec<ParameterError>> {
        let (prepared, errors) = self.run_checks(parameters, rules, false);
        if errors.is_empty() {
            Ok(prepared)
        } else {
            Err(errors)
        }
    }

    /// Checks parameters before a run, when texts that start with `=` are not evaluated yet: what cannot be known is
    /// taken to be right. Returns errors and warnings.
    pub fn check_parameters(
        &self,
        parameters: &Map,
        rules: ParameterRules,
    ) -> (Vec<ParameterError>, Vec<ParameterError>) {
        let (prepared, errors) = self.run_checks(parameters, rules, true);
        (errors, prepared.warnings)
    }

    fn run_checks(
        &self,
        parameters: &Map,
        rules: ParameterRules,
        unresolved: bool,
    ) -> (Prepared, Vec<ParameterError>) {
        let mut checker = Checker {
            rules,
            unresolved,
            errors: Vec::new(),
            warnings: Vec::new(),
        };
        let prepared = checker.members(&self.properties, parameters, parameters, "", true);
        let prepared = Prepared {
            parameters: prepared,
            warnings: checker.warnings,
        };
        (prepared, checker.errors)
    }
}

struct Checker {
    rules: ParameterRules,
    unresolved: bool,
    errors: Vec<ParameterError>,
    warnings: Vec<ParameterError>,
}

impl Checker {
    /// The members of one level. `path` is the dotted path of the level with a final dot; `complete` says whether absent
    /// properties take defaults and required ones must be there.
    fn members(
        &mut self,
        properties: &[ActionProperty],
        given: &Map,
        root: &Map,
        path: &str,
        complete: bool,
    ) -> Map {
        self.report_unknown(properties, given, path);
        let with_defaults = self.with_defaults(properties, given);
        let root_defaults = if path.is_empty() {
            &with_defaults
        } else {
            root
        };
        let looked = Looked {
            siblings: &with_defaults,
            root: root_defaults,
        };
        let mut prepared = Map::default();
        for property in properties {
            let name = property.name.as_str();
            let at = format!("{path}{name}");
            let set = given.get(name).filter(|value| !value.is_null());
            let rule = property.property.display_options.as_ref();
            if rule.is_some_and(|rule| !is_shown(rule, looked)) {
                if set.is_some() {
                    let message = format!("`{at}` is not sent: other parameters hide it");
                    self.warnings
                        .push(ParameterError::new(&at, "hidden-parameter", message));
                }
                continue;
            }
            if self.rules == ParameterRules::Alias
                && given.get(name).is_some_and(Value::is_null)
                && !property.property.required
                && !property.places.contains(&Location::Path)
            {
                // n8n sends a null that an expression gave.
                prepared.insert(name.into(), Value::Null);
                continue;
            }
            let value = set.or_else(|| self.default(property).filter(|_| complete));
            let value = value.filter(|value| !self.is_unset(property, value));
            let Some(value) = value else {
                if complete || property.property.required {
                    self.report_missing(property, &at);
                }
                continue;
            };
            if let Some(value) = self.value(property, value, root_defaults, &at) {
                prepared.insert(name.into(), value);
            }
        }
        prepared
    }

    fn default<'a>(&self, property: &'a ActionProperty) -> Option<&'a Value> {
        let declared = &property.property;
        match self.rules {
            ParameterRules::Own => declared.default.as_ref(),
            ParameterRules::Alias => declared.n8n_default.as_ref().or(declared.default.as_ref()),
        }
    }

    /// What display rules look at: the given members and the defaults of the others.
    fn with_defaults(&self, properties: &[ActionProperty], given: &Map) -> Map {
        let has_rules = |property: &ActionProperty| property.property.display_options.is_some();
        let mut members = given.clone();
        if properties.iter().any(has_rules) {
            for property in properties {
                if let Some(default) = self.default(property) {
                    members
                        .entry(property.name.as_str().into())
                        .or_insert_with(|| default.clone());
                }
            }
        }
        members
    }

    /// Whether a value stands for "not set": empty text where it can mean nothing, and an empty choice of options.
    fn is_unset(&self, property: &ActionProperty, value: &Value) -> bool {
        let declared = &property.property;
        let is_empty_text = value.as_str() == Some("");
        match declared.kind {
            PropertyType::Notice => true,
            PropertyType::Binary => {
                is_empty_text || value.as_array().is_some_and(<[Value]>::is_empty)
            }
            PropertyType::MultiOptions => {
                declared.required && value.as_array().is_some_and(<[Value]>::is_empty)
            }
            PropertyType::Options => {
                is_empty_text
                    && !declared
                        .options
                        .iter()
                        .any(|o| o.value().as_str() == Some(""))
            }
            PropertyType::ResourceLocator => {
                let inner = value.get("value").unwrap_or(value);
                inner.is_null() || inner.as_str() == Some("")
            }
            PropertyType::Number | PropertyType::Boolean | PropertyType::Json => {
                is_empty_text && (declared.required || self.rules == ParameterRules::Alias)
            }
            _ => is_empty_text && (declared.required || property.places.contains(&Location::Path)),
        }
    }

    fn report_missing(&mut self, property: &ActionProperty, at: &str) {
        let in_path = property.places.contains(&Location::Path);
        if property.property.required || in_path {
            let message = format!("the required parameter `{at}` is missing");
            let mut error = ParameterError::new(at, "missing-parameter", message);
            error.help = meaning(property);
            self.errors.push(error);
        }
    }

    fn report_unknown(&mut self, properties: &[ActionProperty], given: &Map, path: &str) {
        for name in given.keys() {
            let is_known = properties.iter().any(|property| *property.name == **name);
            if is_known || (path.is_empty() && RESERVED.contains(&&**name)) {
                continue;
            }
            let at = format!("{path}{name}");
            if self.rules == ParameterRules::Alias {
                let message = format!("`{at}` is not sent: the action does not declare it");
                self.warnings
                    .push(ParameterError::new(&at, "unknown-parameter", message));
                continue;
            }
            let error = ParameterError::new(
                &at,
                "unknown-parameter",
                format!("unknown parameter `{at}`"),
            );
            let names = properties.iter().map(|property| property.name.as_str());
            self.errors.push(match did_you_mean(name, names) {
                Some(near) => error.help(format!("did you mean `{near}`?")),
                None => error.help("remove it, or declare it in the action"),
            });
        }
    }

    /// The value in its property's type; `None` when it does not fit or is not known yet.
    fn value(
        &mut self,
        property: &ActionProperty,
        value: &Value,
        root: &Map,
        at: &str,
    ) -> Option<Value> {
        if self.unresolved && has_expression(value) && property.children.is_empty() {
            return None;
        }
        if self.unresolved && value.as_str().is_some_and(|text| text.starts_with('=')) {
            return None;
        }
        let coerced = match coerce(at, &property.property, value) {
            Ok(value) => value,
            Err(fault) => {
                self.report(property, at, fault);
                return None;
            }
        };
        let coerced = match property.property.kind {
            PropertyType::Collection if !property.children.is_empty() => {
                self.each_object(&coerced, at, |checker, members, at| {
                    let path = format!("{at}.");
                    Value::from(checker.members(&property.children, members, root, &path, false))
                })
            }
            PropertyType::FixedCollection if !property.children.is_empty() => {
                self.groups(property, &coerced, root, at)
            }
            _ => coerced,
        };
        if !(self.unresolved && has_expression(&coerced)) {
            self.check_schema(property, &coerced, at);
        }
        Some(coerced)
    }

    fn groups(&mut self, property: &ActionProperty, value: &Value, root: &Map, at: &str) -> Value {
        let Some(given) = value.as_object() else {
            return value.clone();
        };
        self.report_unknown(&property.children, given, &format!("{at}."));
        let mut groups = Map::default();
        for group in &property.children {
            let Some(entries) = given.get(group.name.as_str()).filter(|v| !v.is_null()) else {
                continue;
            };
            let at = format!("{at}.{}", group.name);
            let checked = self.each_object(entries, &at, |checker, members, at| {
                let path = format!("{at}.");
                Value::from(checker.members(&group.children, members, root, &path, true))
            });
            groups.insert(group.name.as_str().into(), checked);
        }
        Value::from(groups)
    }

    /// Applies `check` to an object, or to each element of a list of objects.
    fn each_object(
        &mut self,
        value: &Value,
        at: &str,
        check: impl Fn(&mut Self, &Map, &str) -> Value,
    ) -> Value {
        let Value::Array(list) = value else {
            return self.one_object(value, at, &check);
        };
        let checked: Vec<Value> = list
            .iter()
            .enumerate()
            .map(|(i, element)| self.one_object(element, &format!("{at}[{i}]"), &check))
            .collect();
        Value::from(checked)
    }

    fn one_object(
        &mut self,
        value: &Value,
        at: &str,
        check: &impl Fn(&mut Self, &Map, &str) -> Value,
    ) -> Value {
        if let Value::Object(map) = value {
            return check(self, map, at);
        }
        let message = format!("`{at}` must be an object, not {}", value.kind());
        self.errors
            .push(ParameterError::new(at, "wrong-type", message));
        value.clone()
    }

    fn check_schema(&mut self, property: &ActionProperty, value: &Value, at: &str) {
        let Some(schema) = &property.schema else {
            return;
        };
        if let Err(reason) = schema.check() {
            let message = format!("the schema of `{at}` is no JSON Schema: {reason}");
            self.errors
                .push(ParameterError::new(at, "bad-schema", message));
        }
        for fault in schema.faults(value) {
            let message = format!("`{at}` does not fit: {fault}");
            let mut error = ParameterError::new(at, "schema-mismatch", message);
            error.help = meaning(property);
            self.errors.push(error);
        }
    }

    fn report(&mut self, property: &ActionProperty, at: &str, fault: Fault) {
        let mut error = ParameterError::new(at, fault.code, fault.message);
        error.help = fault.help.or_else(|| meaning(property));
        self.errors.push(error);
    }
}

/// What the property means, as help for who set it wrong.
fn meaning(property: &ActionProperty) -> Option<String> {
    let description = property.property.description.as_str();
    let described = Some(description).filter(|text| !text.is_empty())?;
    Some(match &property.property.placeholder {
        Some(example) => format!("{described} For example: {example}"),
        None => described.to_owned(),
    })
}

/// Whether a text that starts with `=` is anywhere inside.
fn has_expression(value: &Value) -> bool {
    match value {
        Value::String(text) => text.starts_with('='),
        Value::Array(list) => list.iter().any(has_expression),
        Value::Object(map) => map.values().any(has_expression),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{action, map};

    const YAML: &str = r#"
operation: Create
description: d
request: POST /a/{id}
properties:
  id: { type: number, required: true }
  name: { type: string, required: true }
  status: { type: options, options: [open, closed], n8nDefault: open }
  note: { type: string, n8nDefault: "" }
  tags: { type: json, schema: { type: array } }
  reason: { type: string, displayOptions: { show: { status: [closed] } } }
  extra: { type: collection, properties: { color: { type: string }, size: { type: number } } }
"#;

    fn validate(parameters: &str, rules: ParameterRules) -> Result<String, Vec<String>> {
        action(YAML)
            .validate(&map(parameters), rules)
            .map(|prepared| {
                let codes: Vec<_> = prepared
                    .warnings
                    .iter()
                    .map(|w| w.parameter.as_str())
                    .collect();
                format!("{} {}", Value::from(prepared.parameters), codes.join(","))
            })
            .map_err(|errors| {
                errors
                    .iter()
                    .map(|error| format!("{} {}", error.parameter, error.code))
                    .collect()
            })
    }

    #[test]
    fn own_files_send_only_what_is_set() {
        assert_eq!(
            validate(
                r#"{"resource":"R","operation":"Create","id":"7","name":"n","extra":{"size":"3"},"reason":"x"}"#,
                ParameterRules::Own
            ),
            Ok(r#"{"id":7,"name":"n","extra":{"size":3}} reason"#.into())
        );
    }

    #[test]
    fn n8ns_files_take_its_defaults_and_lose_what_is_unknown() {
        assert_eq!(
            validate(
                r#"{"id":1,"name":"n","colour":1,"tags":null}"#,
                ParameterRules::Alias
            ),
            Ok(r#"{"id":1,"name":"n","status":"open","note":"","tags":null} colour"#.into())
        );
    }

    #[test]
    fn every_fault_is_reported_at_once() {
        assert_eq!(
            validate(
                r#"{"nam":1,"name":"","status":"opn","tags":"{\"a\":","extra":{"size":"x","clr":1}}"#,
                ParameterRules::Own
            ),
            Err(vec![
                "nam unknown-parameter".into(),
                "id missing-parameter".into(),
                "name missing-parameter".into(),
                "status unknown-option".into(),
                "tags invalid-json".into(),
                "extra.clr unknown-parameter".into(),
                "extra.size wrong-type".into(),
            ])
        );
        assert_eq!(
            validate(r#"{"id":1,"name":"n","tags":{"a":1}}"#, ParameterRules::Own),
            Err(vec!["tags schema-mismatch".into()])
        );
    }

    #[test]
    fn collections_are_checked_inside() {
        let action = action(
            "operation: O\ndescription: d\nrequest: POST /a\nproperties:\n  more:\n    type: fixedCollection\n    \
             typeOptions: { multipleValues: true }\n    properties:\n      rows:\n        type: collection\n        \
             properties: { key: { type: string, required: true }, size: { type: number } }\n",
        );
        let good = map(r#"{"more":{"rows":[{"key":"a","size":"1"},{"key":"b"}]}}"#);
        let prepared = action.validate(&good, ParameterRules::Own).unwrap();
        assert_eq!(
            Value::from(prepared.parameters).to_string(),
            r#"{"more":{"rows":[{"key":"a","size":1},{"key":"b"}]}}"#
        );
        let bad = map(r#"{"more":{"rows":[{"size":"x"}],"row":[]}}"#);
        let errors = action.validate(&bad, ParameterRules::Own).unwrap_err();
        let places: Vec<&str> = errors
            .iter()
            .map(|error| error.parameter.as_str())
            .collect();
        assert_eq!(
            places,
            ["more.row", "more.rows[0].key", "more.rows[0].size"]
        );
    }

    #[test]
    fn expressions_count_as_right_before_a_run() {
        let parameters =
            map(r#"{"id":"={{ $json.id }}","name":"={{ 1 }}","tags":["={{ 2 }}"],"statu":1}"#);
        let (errors, warnings) = action(YAML).check_parameters(&parameters, ParameterRules::Own);
        assert_eq!(errors.len(), 1);
        assert_eq!(errors[0].help.as_deref(), Some("did you mean `status`?"));
        assert!(warnings.is_empty());
    }
}
