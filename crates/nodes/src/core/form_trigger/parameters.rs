//! From parameters to a [`FormSpec`]; Form and Wait have the same ones.

use std::sync::Arc;

use itemflow_expression::Template;
use itemflow_model::{
    Authentication, ErrorInfo, FieldKind, FormEnding, FormField, FormSpec, ResponseMode, Value,
};

use crate::core::lenient_json;
use crate::core::webhook::{choice, comma_list};
use crate::parameters::{Parameter, Parameters};
use crate::run::NodeRun;

/// The parameters of a node that shows a form.
pub(crate) struct FormParameters {
    version: f64,
    path: Parameter,
    title: Parameter,
    description: Parameter,
    authentication: Parameter,
    response_mode: Parameter,
    fields: Vec<FieldParameters>,
    /// A JSON text with the fields, where the form is defined that way.
    fields_json: Option<Parameter>,
    ending: [Parameter; 3],
    /// The ending as version 1 stores it.
    old_ending: Option<Parameter>,
    ip_allow_list: Parameter,
    ignore_bots: Parameter,
    button_label: Parameter,
    use_workflow_time_zone: Parameter,
    custom_css: Parameter,
    show_headers: Parameter,
}

/// The parameters of one field.
struct FieldParameters(Template, String);

const KINDS: [(&str, FieldKind); 13] = [
    ("text", FieldKind::Text),
    ("textarea", FieldKind::TextArea),
    ("number", FieldKind::Number),
    ("email", FieldKind::Email),
    ("password", FieldKind::Password),
    ("date", FieldKind::Date),
    ("dropdown", FieldKind::Dropdown),
    ("checkbox", FieldKind::Checkbox),
    ("radio", FieldKind::Radio),
    ("file", FieldKind::File),
    ("hiddenField", FieldKind::Hidden),
    ("hidden", FieldKind::Hidden),
    ("html", FieldKind::Html),
];

impl FormParameters {
    /// Reads them.
    pub(crate) fn read(parameters: &Parameters) -> Self {
        let option =
            |name: &str, default: Value| parameters.parameter(&format!("options.{name}"), default);
        let ending = "respondWithOptions.values";
        let entries = parameters.list("formFields.values");
        let is_json = parameters
            .find("defineForm")
            .is_some_and(|define| define.as_literal() == Some(&Value::from("json")));
        Self {
            version: parameters.version,
            path: match parameters.find("path") {
                Some(_) => parameters.parameter("path", ""),
                None => option("path", "".into()),
            },
            title: match parameters.find("formTitle") {
                Some(_) => parameters.parameter("formTitle", ""),
                None => option("formTitle", "".into()),
            },
            description: match parameters.find("formDescription") {
                Some(_) => parameters.parameter("formDescription", ""),
                None => option("formDescription", "".into()),
            },
            authentication: parameters.parameter("authentication", "none"),
            response_mode: parameters.parameter("responseMode", "onReceived"),
            fields: entries
                .into_iter()
                .enumerate()
                .map(|(index, entry)| FieldParameters(entry, format!("formFields.values[{index}]")))
                .collect(),
            fields_json: is_json.then(|| parameters.parameter("jsonOutput", "[]")),
            ending: [
                option(&format!("{ending}.respondWith"), "text".into()),
                option(&format!("{ending}.formSubmittedText"), Value::Null),
                option(&format!("{ending}.redirectUrl"), "".into()),
            ],
            old_ending: parameters
                .find("options.formSubmittedText")
                .map(|text| Parameter::inner("options.formSubmittedText", Some(text), "")),
            ip_allow_list: option("ipWhitelist", "".into()),
            ignore_bots: option("ignoreBots", false.into()),
            button_label: option("buttonLabel", "Submit".into()),
            use_workflow_time_zone: option(
                "useWorkflowTimezone",
                (parameters.version >= 2.1).into(),
            ),
            custom_css: option("customCss", "".into()),
            show_headers: option("showHeaders", false.into()),
        }
    }

    /// What they say, for this run.
    ///
    /// # Errors
    /// When an expression fails, and for values that are none of those allowed.
    pub(crate) fn spec(&self, run: &NodeRun) -> Result<FormSpec, ErrorInfo> {
        let text = |parameter: &Parameter| run.text(parameter, 0);
        let authentication = [
            ("none", Authentication::None),
            ("basicAuth", Authentication::Basic),
        ];
        let modes = [
            ("onReceived", ResponseMode::OnReceived),
            ("lastNode", ResponseMode::LastNode),
            ("responseNode", ResponseMode::ResponseNode),
        ];
        let css = text(&self.custom_css)?;
        Ok(FormSpec {
            path: text(&self.path)?.trim_matches('/').into(),
            title: text(&self.title)?,
            description: text(&self.description)?,
            fields: self.fields(run)?,
            button_label: text(&self.button_label)?,
            response_mode: choice(run, &self.response_mode, &modes)?,
            ending: self.ending(run)?,
            authentication: choice(run, &self.authentication, &authentication)?,
            ignore_bots: run.flag(&self.ignore_bots, 0)?,
            ip_allow_list: comma_list(&text(&self.ip_allow_list)?),
            use_workflow_time_zone: self.version >= 2.0
                && run.flag(&self.use_workflow_time_zone, 0)?,
            custom_css: (!css.is_empty()).then_some(css),
            show_headers: run.flag(&self.show_headers, 0)?,
        })
    }

    fn ending(&self, run: &NodeRun) -> Result<FormEnding, ErrorInfo> {
        let [kind, words, address] = &self.ending;
        if &*run.text(kind, 0)? == "redirect" {
            return run.text(address, 0).map(FormEnding::Redirect);
        }
        let words = run.text(self.old_ending.as_ref().unwrap_or(words), 0)?;
        Ok(if words.is_empty() {
            FormEnding::default()
        } else {
            FormEnding::Text(words)
        })
    }

    fn fields(&self, run: &NodeRun) -> Result<Vec<FormField>, ErrorInfo> {
        let Some(json) = &self.fields_json else {
            let values = self.fields.iter();
            return values
                .map(|FieldParameters(entry, name)| {
                    let parameter =
                        Parameter::inner(name.as_str(), Some(entry.clone()), Value::Null);
                    let value = run.value(&parameter, 0)?.unwrap_or_default();
                    self.field(run, name, &value)
                })
                .collect();
        };
        let value = match run.value(json, 0)?.unwrap_or_default() {
            Value::String(text) => lenient_json::parse(&text).unwrap_or_default(),
            value => value,
        };
        let Some(list) = value.as_array() else {
            return Err(run.error(
                "`jsonOutput` must be a list of fields",
                None,
                Some("jsonOutput"),
            ));
        };
        list.iter()
            .enumerate()
            .map(|(index, value)| self.field(run, &format!("jsonOutput[{index}]"), value))
            .collect()
    }

    fn field(&self, run: &NodeRun, name: &str, value: &Value) -> Result<FormField, ErrorInfo> {
        let text = |key: &str| -> Arc<str> {
            match value.get(key) {
                Some(Value::String(text)) => text.clone(),
                None | Some(Value::Null) => "".into(),
                Some(other) => other.to_string().into(),
            }
        };
        let flag = |key: &str| value.get(key).and_then(Value::as_bool);
        let number = |key: &str| {
            value
                .get(key)
                .and_then(Value::as_f64)
                .map(|n| n.max(0.0) as u32)
        };
        let kind_name = text("fieldType");
        let wanted = if kind_name.is_empty() {
            "text"
        } else {
            &*kind_name
        };
        let kind = KINDS
            .iter()
            .find(|(known, _)| *known == wanted)
            .map(|(_, kind)| *kind);
        let Some(kind) = kind else {
            return Err(run.error(
                format!("`{name}.fieldType` is no known kind of field: `{kind_name}`"),
                None,
                Some(name),
            ));
        };
        let label = text("fieldLabel");
        let own_name = text("fieldName");
        let has_own_name = !own_name.is_empty()
            && (self.version >= 2.4 || kind == FieldKind::Hidden || kind == FieldKind::Html);
        let choices = value
            .get("fieldOptions")
            .and_then(|options| options.get("values"))
            .and_then(Value::as_array)
            .unwrap_or_default();
        let limited = match &*text("limitSelection") {
            "exact" => (number("numberOfSelections"), number("numberOfSelections")),
            "range" => (number("minSelections"), number("maxSelections")),
            _ => (None, None),
        };
        let key = if has_own_name {
            own_name
        } else {
            label.clone()
        };
        Ok(FormField {
            name: if key.is_empty() {
                text("elementName")
            } else {
                key
            },
            label,
            kind,
            required: flag("requiredField").unwrap_or(false),
            placeholder: text("placeholder"),
            default_value: value
                .get("defaultValue")
                .or_else(|| value.get("fieldValue"))
                .cloned(),
            options: choices
                .iter()
                .filter_map(|choice| choice.get("option")?.as_str().map(Arc::from))
                .collect(),
            multiple: match kind {
                FieldKind::Checkbox => true,
                FieldKind::File => flag("multipleFiles").unwrap_or(true),
                _ => flag("multiselect").unwrap_or(false),
            },
            selection: limited,
            accept_file_types: text("acceptFileTypes"),
            html: text("html"),
        })
    }
}
