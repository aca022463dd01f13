//! Extract From File: the rows, values or text of a file of each item.

mod definition;

use std::sync::Arc;

use bytes::Bytes;
use itemflow_model::definition::NodeDefinition;
use itemflow_model::{Binary, ErrorInfo, Item, Path, Value};

use self::definition::DEFINITION;
use super::background::in_background;
use super::encoding_option::encoding;
use super::pdf::{self, PdfOptions};
use super::table::{CsvParameters, Format, ReadParameters, TableReader};
use super::text_encoding::to_base64;
use super::{binary, calendar};
use crate::gathered::Gathered;
use crate::node::{Node, NodeProblem, NodeType, Outcome, Step};
use crate::parameters::{Parameter, Parameters};
use crate::run::NodeRun;

/// From this version on a fault in a csv file is an error; before, the rows before it count.
const REPORTS_FAULTS: f64 = 1.1;

pub(crate) struct ExtractFromFile;

impl NodeType for ExtractFromFile {
    fn definition(&self) -> &NodeDefinition {
        &DEFINITION
    }

    fn compile(&self, parameters: &Parameters) -> Result<Box<dyn Node>, Vec<NodeProblem>> {
        let operation = parameters
            .choice("operation", "csv")
            .map_err(|problem| vec![problem])?;
        let table = || {
            let read = ReadParameters::new(parameters);
            let keeps = parameters.version < REPORTS_FAULTS;
            TableReader::new(read, CsvParameters::new(parameters), keeps)
        };
        let text = || TextParameters::new(parameters);
        let work = match operation.as_str() {
            "csv" => Work::Csv(table()),
            "binaryToPropery" => Work::Base64(text()),
            "fromIcs" => Work::Calendar(text()),
            "fromJson" => Work::Json(text()),
            // The text of the file as it is: n8n does not parse XML here either.
            "text" | "xml" => Work::Text(text()),
            "pdf" => Work::Pdf(PdfParameters::new(parameters)),
            other if Format::find(other).is_some() => Work::Table(table()),
            other => {
                let message = format!("there is no operation `{other}`");
                return Err(vec![NodeProblem::error(
                    "unknown-operation",
                    "/operation",
                    message,
                )]);
            }
        };
        let property = parameters.parameter("binaryPropertyName", "data");
        Ok(Box::new(Extract(Arc::new((property, work)))))
    }
}

struct Extract(Arc<(Parameter, Work)>);

enum Work {
    Csv(TableReader),
    Table(TableReader),
    Text(TextParameters),
    Json(TextParameters),
    Calendar(TextParameters),
    Base64(TextParameters),
    Pdf(PdfParameters),
}

/// How a file becomes one value.
struct TextParameters {
    destination: Parameter,
    encoding: Parameter,
    strip_bom: Parameter,
    keep: Parameter,
}

struct PdfParameters {
    max_pages: Parameter,
    join_pages: Parameter,
    password: Parameter,
    keep: Parameter,
}

impl Node for Extract {
    fn execute(&self, run: &NodeRun) -> Step {
        let (compiled, run) = (self.0.clone(), run.clone());
        Step::Pending(Box::pin(async move {
            let (property, work) = &*compiled;
            let mut gathered = Gathered::new(&run);
            let mut hints = Vec::new();
            for (i, item) in run.input(0).iter().enumerate() {
                gathered.add(i, work.item(&run, i, item, property, &mut hints).await)?;
            }
            let outcome = gathered.outcome();
            Ok(hints.into_iter().fold(outcome, Outcome::hint))
        }))
    }

    fn works_by_item(&self) -> bool {
        !matches!(self.0.1, Work::Csv(_) | Work::Table(_))
    }
}

impl Work {
    /// The items that one input item becomes.
    async fn item(
        &self,
        run: &NodeRun,
        i: usize,
        item: &Item,
        property: &Parameter,
        hints: &mut Vec<String>,
    ) -> Result<Vec<Item>, ErrorInfo> {
        let file = binary::named(run, property, i)?;
        let (text, value) = match self {
            Self::Csv(reader) => {
                let rows = reader.csv(run, i, &file).await?;
                hints.extend(rows.hint);
                return Ok(rows.items);
            }
            Self::Table(reader) => return Ok(reader.any(run, i, &file).await?.items),
            Self::Pdf(parameters) => {
                let value = parameters.read(run, i, &file).await?;
                let mut json = parameters.kept(run, i, item)?;
                if let Some(members) = value.as_object() {
                    let target = json.make_object();
                    target.extend(
                        members
                            .iter()
                            .map(|(name, value)| (name.clone(), value.clone())),
                    );
                }
                let name = run.text(property, i)?;
                return Ok(vec![with_files(
                    run,
                    i,
                    item,
                    json,
                    &parameters.keep,
                    &name,
                )?]);
            }
            Self::Text(text) => (
                text,
                text.text(run, i, &file, |text| Ok(Value::from(text)))
                    .await?,
            ),
            Self::Json(text) => (text, text.text(run, i, &file, |text| json(&text)).await?),
            Self::Calendar(text) => {
                let zone = run.host.execution.time_zone.clone();
                let read = move |text: String| calendar::read(&text, &zone);
                (text, text.text(run, i, &file, read).await?)
            }
            Self::Base64(text) => {
                let bytes = binary::read(run, &file, i).await?;
                let base64 =
                    in_background(run, i, move || Ok(Value::from(to_base64(&bytes)))).await?;
                (text, base64)
            }
        };
        let mut json = match keeps(run, i, &text.keep)? {
            Kept { json: true, .. } => item.json.clone(),
            _ => Value::empty_object(),
        };
        Path::parse(&run.text(&text.destination, i)?).set(&mut json, value);
        let name = run.text(property, i)?;
        Ok(vec![with_files(run, i, item, json, &text.keep, &name)?])
    }
}

/// What of the item stays beside what was extracted.
struct Kept {
    json: bool,
    file: bool,
}

fn keeps(run: &NodeRun, i: usize, keep: &Parameter) -> Result<Kept, ErrorInfo> {
    let keep = run.text(keep, i)?;
    Ok(Kept {
        json: matches!(&*keep, "json" | "both"),
        file: matches!(&*keep, "binary" | "both"),
    })
}

/// The item with its other files; the one that was read stays where it is asked for.
fn with_files(
    run: &NodeRun,
    i: usize,
    item: &Item,
    json: Value,
    keep: &Parameter,
    name: &str,
) -> Result<Item, ErrorInfo> {
    let mut binary = item.binary.clone();
    if !keeps(run, i, keep)?.file
        && let Some(binaries) = &mut binary
    {
        Arc::make_mut(binaries).shift_remove(name.trim());
    }
    Ok(Item {
        json,
        binary: binary.filter(|binaries| !binaries.is_empty()),
        error: None,
    })
}

fn json(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| format!("the file is not JSON: {error}"))
}

impl TextParameters {
    fn new(parameters: &Parameters) -> Self {
        Self {
            destination: parameters.parameter("destinationKey", "data"),
            encoding: parameters.parameter("options.encoding", ""),
            strip_bom: parameters.parameter("options.stripBOM", true),
            keep: parameters.parameter("options.keepSource", ""),
        }
    }

    /// What `read` makes of the file's text.
    async fn text(
        &self,
        run: &NodeRun,
        i: usize,
        file: &Binary,
        read: impl FnOnce(String) -> Result<Value, String> + Send + 'static,
    ) -> Result<Value, ErrorInfo> {
        let encoding = encoding(run, &self.encoding, i)?;
        let strip_bom = run.flag(&self.strip_bom, i)?;
        let bytes: Bytes = binary::read(run, file, i).await?;
        in_background(run, i, move || read(encoding.decode(&bytes, strip_bom))).await
    }
}

impl PdfParameters {
    fn new(parameters: &Parameters) -> Self {
        Self {
            max_pages: parameters.parameter("options.maxPages", Value::Null),
            join_pages: parameters.parameter("options.joinPages", true),
            password: parameters.parameter("options.password", ""),
            keep: parameters.parameter("options.keepSource", ""),
        }
    }

    async fn read(&self, run: &NodeRun, i: usize, file: &Binary) -> Result<Value, ErrorInfo> {
        let max_pages = match run.value(&self.max_pages, i)? {
            None | Some(Value::Null) => None,
            Some(_) => Some(run.number(&self.max_pages, i)?.max(0.0) as usize),
        };
        let password = run.text(&self.password, i)?;
        let options = PdfOptions {
            max_pages,
            join_pages: run.flag(&self.join_pages, i)?,
            password: (!password.is_empty()).then(|| password.to_string()),
        };
        let bytes = binary::read(run, file, i).await?;
        in_background(run, i, move || pdf::read(&bytes, &options)).await
    }

    fn kept(&self, run: &NodeRun, i: usize, item: &Item) -> Result<Value, ErrorInfo> {
        Ok(match keeps(run, i, &self.keep)? {
            Kept { json: true, .. } => item.json.clone(),
            _ => Value::empty_object(),
        })
    }
}

#[cfg(test)]
mod tests;
