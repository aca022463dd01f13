//! Convert to File: makes files of items: tables, JSON, text, calendar events, or bytes that are written as base64.

mod definition;

use std::sync::Arc;

use itemflow_model::definition::NodeDefinition;
use itemflow_model::{Binary, ErrorInfo, Item, Items, Link, Value};

use self::definition::DEFINITION;
use super::background::in_background;
use super::binary::{self, NewFile};
use super::calendar::EventParameters;
use super::encoding_option::encoding;
use super::field::FieldName;
use super::table::{Format, WriteParameters, write_table};
use super::text_encoding::from_base64;
use super::{javascript, media_type};
use crate::gathered::Gathered;
use crate::node::{Node, NodeProblem, NodeType, Outcome, Step};
use crate::parameters::{Parameter, Parameters};
use crate::run::NodeRun;

/// From this version on bytes are always given as base64.
const ALWAYS_BASE64: f64 = 1.1;

pub(crate) struct ConvertToFile;

impl NodeType for ConvertToFile {
    fn definition(&self) -> &NodeDefinition {
        &DEFINITION
    }

    fn compile(&self, parameters: &Parameters) -> Result<Box<dyn Node>, Vec<NodeProblem>> {
        let choice = |path: &str, default: &str| {
            parameters
                .choice(path, default)
                .map_err(|problem| vec![problem])
        };
        let operation = choice("operation", "csv")?;
        let text = TextParameters::new(parameters);
        let work = match operation.as_str() {
            "iCal" => Work::Event(EventParameters::new(parameters)),
            "toJson" if choice("mode", "once")? == "once" => Work::JsonOnce(text),
            "toJson" => Work::JsonEach(text),
            "toText" => Work::Text(text),
            "toBinary" => Work::Bytes {
                text,
                is_base64: match parameters.version {
                    version if version >= ALWAYS_BASE64 => None,
                    _ => Some(parameters.parameter("options.dataIsBase64", true)),
                },
            },
            other => match Format::find(other) {
                Some(format) => Work::Table(format, WriteParameters::new(parameters)),
                None => {
                    let message = format!("there is no operation `{other}`");
                    return Err(vec![NodeProblem::error(
                        "unknown-operation",
                        "/operation",
                        message,
                    )]);
                }
            },
        };
        let property = parameters.parameter("binaryPropertyName", "data");
        Ok(Box::new(Convert(Arc::new((property, work)))))
    }
}

struct Convert(Arc<(Parameter, Work)>);

enum Work {
    Table(Format, WriteParameters),
    JsonOnce(TextParameters),
    JsonEach(TextParameters),
    Text(TextParameters),
    Bytes {
        text: TextParameters,
        is_base64: Option<Parameter>,
    },
    Event(EventParameters),
}

/// How text becomes a file.
struct TextParameters {
    source: FieldName,
    encoding: Parameter,
    add_bom: Parameter,
    format: Parameter,
    file_name: Parameter,
    mime_type: Parameter,
}

impl Node for Convert {
    fn execute(&self, run: &NodeRun) -> Step {
        let (compiled, run) = (self.0.clone(), run.clone());
        Step::Pending(Box::pin(async move {
            let (property, work) = &*compiled;
            work.run(&run, property).await
        }))
    }
}

impl Work {
    async fn run(&self, run: &NodeRun, property: &Parameter) -> Result<Outcome, ErrorInfo> {
        let items = run.input(0);
        match self {
            Self::Table(format, parameters) => {
                let name = run.text(property, 0)?;
                return write_table(run, *format, parameters, &name, "File").await;
            }
            Self::JsonOnce(text) => {
                let all = Value::from(
                    items
                        .iter()
                        .map(|item| item.json.clone())
                        .collect::<Vec<_>>(),
                );
                let file = text.json(run, 0, all).await?;
                let item = Item::new(Value::empty_object());
                let item = binary::with_file(item, run.text(property, 0)?, file);
                let link = match items.len() {
                    1 => Link::to(0),
                    count => Link::to_first(count),
                };
                return Ok(Outcome::of(Items::from_iter([(item, link)])));
            }
            _ => {}
        }
        let mut gathered = Gathered::new(run);
        for (i, item) in items.iter().enumerate() {
            gathered.add(i, self.item(run, i, item, property).await.map(Some))?;
        }
        Ok(gathered.outcome())
    }

    /// The item that one input item becomes.
    async fn item(
        &self,
        run: &NodeRun,
        i: usize,
        item: &Item,
        property: &Parameter,
    ) -> Result<Item, ErrorInfo> {
        let file = match self {
            Self::Event(event) => return event.item(run, i).await,
            Self::Text(text) => text.text(run, i, item, "text/plain").await?,
            Self::Bytes { text, is_base64 } => {
                let is_base64 = match is_base64 {
                    Some(parameter) => run.flag(parameter, i)?,
                    None => true,
                };
                if is_base64 {
                    text.bytes(run, i, item).await?
                } else {
                    text.text(run, i, item, "").await?
                }
            }
            _ => match self.json_parameters() {
                Some(text) => text.json(run, i, item.json.clone()).await?,
                None => {
                    return Err(run.error("the node makes one file of all items", Some(i), None));
                }
            },
        };
        let made = Item::new(Value::empty_object());
        Ok(binary::with_file(made, run.text(property, i)?, file))
    }

    fn json_parameters(&self) -> Option<&TextParameters> {
        match self {
            Self::JsonEach(text) | Self::JsonOnce(text) => Some(text),
            _ => None,
        }
    }
}

impl TextParameters {
    fn new(parameters: &Parameters) -> Self {
        let option = |name: &str| parameters.parameter(&format!("options.{name}"), Value::Null);
        Self {
            source: FieldName::new(parameters.parameter("sourceProperty", "")),
            encoding: option("encoding"),
            add_bom: option("addBOM"),
            format: option("format"),
            file_name: option("fileName"),
            mime_type: option("mimeType"),
        }
    }

    /// A file with a value as JSON.
    async fn json(&self, run: &NodeRun, i: usize, value: Value) -> Result<Binary, ErrorInfo> {
        let indented = run.flag(&self.format, i)?;
        let text = in_background(run, i, move || {
            let text = match indented {
                true => serde_json::to_string_pretty(&value),
                false => serde_json::to_string(&value),
            };
            text.map_err(|error| error.to_string())
        })
        .await?;
        self.encoded(run, i, &text, "application/json").await
    }

    /// A file with the text of a field; what is no text is written as JSON.
    async fn text(
        &self,
        run: &NodeRun,
        i: usize,
        item: &Item,
        mime_type: &str,
    ) -> Result<Binary, ErrorInfo> {
        let value = self.value(run, i, item)?;
        let text = match &value {
            Value::Object(_) | Value::Array(_) if run.flag(&self.format, i)? => {
                serde_json::to_string_pretty(&value).unwrap_or_default()
            }
            Value::Object(_) | Value::Array(_) => value.to_string(),
            other => javascript::text(other).to_string(),
        };
        self.encoded(run, i, &text, mime_type).await
    }

    /// A file with the bytes that a field holds as base64.
    async fn bytes(&self, run: &NodeRun, i: usize, item: &Item) -> Result<Binary, ErrorInfo> {
        let value = self.value(run, i, item)?;
        let Some(text) = value.as_str() else {
            let message = format!(
                "`sourceProperty` must lead to base64 text, not to {}",
                value.kind()
            );
            return Err(run.error(message, Some(i), Some("sourceProperty")));
        };
        // What follows the comma of a data URL is the base64.
        let text = match text.split_once(";base64,") {
            Some((head, rest)) if head.starts_with("data:") => rest,
            _ => text,
        };
        self.stored(run, i, from_base64(text), "").await
    }

    fn value(&self, run: &NodeRun, i: usize, item: &Item) -> Result<Value, ErrorInfo> {
        let field = self.source.at(run, i)?;
        field.value(&item.json, true).cloned().ok_or_else(|| {
            run.error(
                format!(
                    "the item has no field `{}`: name one in `sourceProperty`",
                    field.name()
                ),
                Some(i),
                Some("sourceProperty"),
            )
        })
    }

    async fn encoded(
        &self,
        run: &NodeRun,
        i: usize,
        text: &str,
        mime_type: &str,
    ) -> Result<Binary, ErrorInfo> {
        let encoding = encoding(run, &self.encoding, i)?;
        let bytes = encoding.encode(text, run.flag(&self.add_bom, i)?);
        self.stored(run, i, bytes, mime_type).await
    }

    async fn stored(
        &self,
        run: &NodeRun,
        i: usize,
        bytes: Vec<u8>,
        mime_type: &str,
    ) -> Result<Binary, ErrorInfo> {
        let given = |parameter: &Parameter| -> Result<Option<String>, ErrorInfo> {
            let text = run.text(parameter, i)?;
            Ok((!text.is_empty()).then(|| text.to_string()))
        };
        let own = (!mime_type.is_empty()).then(|| mime_type.to_owned());
        let mime_type = given(&self.mime_type)?.or(own);
        let name = match given(&self.file_name)? {
            Some(name) => name,
            None => {
                let known = mime_type
                    .as_deref()
                    .or_else(|| media_type::by_bytes(&bytes));
                let extension = media_type::extension(known.unwrap_or("text/plain"));
                extension.map_or_else(|| "file".into(), |extension| format!("file.{extension}"))
            }
        };
        let file = NewFile {
            name: Some(name),
            mime_type,
            directory: None,
        };
        binary::store(run, file, bytes, i).await
    }
}

#[cfg(test)]
mod tests;
