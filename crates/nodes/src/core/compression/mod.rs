//! Compression: packs files of an item with zip or gzip, and unpacks them.

mod archive;

use std::sync::{Arc, LazyLock};

use bytes::Bytes;
use itemflow_model::definition::{DisplayOptions, NodeDefinition, Property, PropertyType};
use itemflow_model::{Binaries, Binary, ErrorInfo, Item, Value};
use serde_json::json;

use self::archive::{MAX_UNPACKED, Member, gunzip, gzip, unzip, zip};
use super::background::in_background;
use super::binary::{self, MAX_WHOLE, NewFile};
use super::media_type;
use crate::gathered::Gathered;
use crate::node::{Node, NodeProblem, NodeType, Outcome, Step};
use crate::parameters::{Parameter, Parameters};
use crate::run::NodeRun;

/// From this version on zip is the default, gzip makes one file with a name of its own, and each item has its settings.
const NAMES_EACH: f64 = 1.1;

static DEFINITION: LazyLock<NodeDefinition> = LazyLock::new(|| {
    let text = |description: &str| Property::of(PropertyType::String, description);
    let shown = |name: &str, value: &str, property: Property| Property {
        display_options: Some(DisplayOptions {
            show: [(name.into(), vec![Value::from(value)])].into(),
            ..DisplayOptions::default()
        }),
        ..property
    };
    NodeDefinition::new(
        "n8n-nodes-base.compression",
        "Compression",
        "Packs files of an item with zip or gzip, and unpacks them. The files it makes take the place of the item's.",
    )
    .versions(&[1.0, 1.1])
    .property(
        "operation",
        Property::choice("Whether to pack or to unpack.", &["compress", "decompress"]).default_value("decompress"),
    )
    .property(
        "binaryPropertyName",
        text("Names of the files, separated by commas.").default_value("data"),
    )
    .property("outputFormat", shown("operation", "compress", Property::choice(
        "How to pack. Version 1 packs nothing unless it is given.",
        &["gzip", "zip"],
    ).default_value("zip")))
    .property("fileName", shown("operation", "compress", text("Name of the archive. With gzip in version 1 it does not count.")))
    .property("binaryPropertyOutput", shown("operation", "compress", text("Name that the archive gets in the item.").default_value("data")))
    .property("outputPrefix", text(
        "Unpacking: the files are named so, with a number after it; `file_` unless given. Packing with gzip in version 1: the same, `data` unless given.",
    ))
    .example(
        "a packed text",
        json!({}),
        json!([[{ "id": 1, "$binary": { "data": {
            "mimeType": "application/gzip", "fileName": "note.txt.gz", "base64": "H4sIAAAAAAAA/8tIzcnJBwCGphA2BQAAAA==",
        } } }]]),
        json!([[{ "id": 1, "$binary": { "file_0": { "mimeType": "text/plain", "fileName": "note.txt", "text": "hello" } } }]]),
    )
});

pub(crate) struct CompressionNode;

impl NodeType for CompressionNode {
    fn definition(&self) -> &NodeDefinition {
        &DEFINITION
    }

    fn compile(&self, parameters: &Parameters) -> Result<Box<dyn Node>, Vec<NodeProblem>> {
        let operation = parameters
            .choice("operation", "decompress")
            .map_err(|problem| vec![problem])?;
        let names_each = parameters.version >= NAMES_EACH;
        let packs = operation == "compress";
        Ok(Box::new(Archives(Arc::new(Settings {
            packs,
            names_each,
            names: parameters.parameter("binaryPropertyName", "data"),
            format: parameters.parameter("outputFormat", if names_each { "zip" } else { "" }),
            file_name: parameters.parameter("fileName", ""),
            output: parameters.parameter("binaryPropertyOutput", "data"),
            prefix: parameters.parameter("outputPrefix", if packs { "data" } else { "file_" }),
        }))))
    }
}

struct Archives(Arc<Settings>);

struct Settings {
    packs: bool,
    names_each: bool,
    names: Parameter,
    format: Parameter,
    file_name: Parameter,
    output: Parameter,
    prefix: Parameter,
}

impl Node for Archives {
    fn execute(&self, run: &NodeRun) -> Step {
        let (settings, run) = (self.0.clone(), run.clone());
        Step::Pending(Box::pin(async move { settings.run(&run).await }))
    }

    fn works_by_item(&self) -> bool {
        true
    }
}

impl Settings {
    async fn run(&self, run: &NodeRun) -> Result<Outcome, ErrorInfo> {
        let mut gathered = Gathered::new(run);
        for (i, item) in run.input(0).iter().enumerate() {
            let files = if self.packs {
                self.pack(run, i, item).await
            } else {
                self.unpack(run, i, item).await
            };
            let made = files.map(|files| {
                vec![Item {
                    json: item.json.clone(),
                    binary: (!files.is_empty()).then(|| Arc::new(files)),
                    error: None,
                }]
            });
            gathered.add(i, made)?;
        }
        Ok(gathered.outcome())
    }

    /// The files that an item names.
    fn named<'a>(
        &self,
        run: &NodeRun,
        i: usize,
        item: &'a Item,
    ) -> Result<Vec<&'a Binary>, ErrorInfo> {
        let at = if self.packs && !self.names_each { 0 } else { i };
        let names = run.text(&self.names, at)?;
        let names = names
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty());
        names
            .map(|name| binary::find(run, Some(item), name, &self.names, i))
            .collect()
    }

    async fn pack(&self, run: &NodeRun, i: usize, item: &Item) -> Result<Binaries, ErrorInfo> {
        let at = if self.names_each { i } else { 0 };
        let format = run.text(&self.format, at)?;
        let files = self.named(run, i, item)?;
        let mut packed = Binaries::default();
        match &*format {
            "zip" => {
                let given = run.text(&self.file_name, at)?;
                let name = if given.is_empty() { "data.zip" } else { &given };
                let mut read = Vec::with_capacity(files.len());
                let mut left = MAX_WHOLE;
                for (n, file) in files.into_iter().enumerate() {
                    left = left.checked_sub(file.bytes).ok_or_else(|| {
                        run.error(
                            format!("the files have more than {MAX_WHOLE} bytes together"),
                            Some(i),
                            None,
                        )
                    })?;
                    read.push((
                        named_or_numbered(file, n),
                        binary::read(run, file, i).await?,
                    ));
                }
                let bytes = in_background(run, i, move || zip(&read)).await?;
                let file = new_file(name, Some("application/zip"));
                let file = binary::store(run, file, bytes, i).await?;
                packed.insert(run.text(&self.output, at)?, file);
            }
            "gzip" => {
                for (n, file) in files.into_iter().enumerate() {
                    let bytes = binary::read(run, file, i).await?;
                    let bytes = in_background(run, i, move || gzip(&bytes)).await?;
                    let (property, name) = self.gzip_names(run, at, n, file)?;
                    let file = new_file(&name, Some("application/gzip"));
                    packed.insert(property, binary::store(run, file, bytes, i).await?);
                }
            }
            // Version 1 has no format until one is chosen.
            "" => {}
            other => {
                let message =
                    format!("there is no output format `{other}`: choose `gzip` or `zip`");
                return Err(run.error(message, Some(i), Some(&self.format.name)));
            }
        }
        Ok(packed)
    }

    /// Where a file packed with gzip goes, and its name.
    fn gzip_names(
        &self,
        run: &NodeRun,
        at: usize,
        n: usize,
        file: &Binary,
    ) -> Result<(Arc<str>, String), ErrorInfo> {
        let own = named_or_numbered(file, n);
        if !self.names_each {
            let prefix = run.text(&self.prefix, at)?;
            let stem = own.split('.').next().unwrap_or_default();
            return Ok((format!("{prefix}{n}").into(), format!("{stem}.gzip")));
        }
        let output = run.text(&self.output, at)?;
        let property = match n {
            0 => output,
            n => format!("{output}{n}").into(),
        };
        let given = run.text(&self.file_name, at)?;
        let name = match (&*given, n) {
            ("", _) | (_, 1..) => format!("{own}.gz"),
            (given, 0) => given.to_owned(),
        };
        Ok((property, name))
    }

    async fn unpack(&self, run: &NodeRun, i: usize, item: &Item) -> Result<Binaries, ErrorInfo> {
        let prefix = run.text(&self.prefix, i)?;
        let mut unpacked = Binaries::default();
        let mut left = MAX_UNPACKED;
        for file in self.named(run, i, item)? {
            let bytes = binary::read(run, file, i).await?;
            let kind = file.clone();
            let (members, rest) =
                in_background(run, i, move || members(&bytes, &kind, left)).await?;
            left = rest;
            for member in members {
                let property = format!("{prefix}{}", unpacked.len());
                let file = new_file(&member.name, None);
                let file = binary::store(run, file, Bytes::from(member.bytes), i).await?;
                unpacked.insert(property.into(), file);
            }
        }
        Ok(unpacked)
    }
}

/// What a file unpacks to, and how much may still be unpacked after it. Its extension says how, else its bytes.
fn members(bytes: &[u8], file: &Binary, mut left: u64) -> Result<(Vec<Member>, u64), String> {
    let extension = file
        .file_extension
        .as_deref()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let members = match extension.as_str() {
        "zip" => unzip(bytes, &mut left)?,
        "gz" | "gzip" => vec![single(bytes, file, &mut left)?],
        _ if bytes.starts_with(b"PK") => unzip(bytes, &mut left)?,
        _ if bytes.starts_with(&[0x1F, 0x8B]) => vec![single(bytes, file, &mut left)?],
        _ => {
            return Err(format!(
                "files with the extension `{extension}` cannot be unpacked, only zip, gz and gzip"
            ));
        }
    };
    Ok((members, left))
}

/// The file in a gzip file, named as it without what says that it is packed.
fn single(bytes: &[u8], file: &Binary, left: &mut u64) -> Result<Member, String> {
    let name = file.file_name.as_deref().unwrap_or("file");
    let name = match media_type::extension_of(name) {
        Some(extension @ ("gz" | "gzip" | "GZ" | "GZIP")) => {
            &name[..name.len() - extension.len() - 1]
        }
        _ => name,
    };
    Ok(Member {
        name: name.to_owned(),
        bytes: gunzip(bytes, left)?,
    })
}

fn named_or_numbered(file: &Binary, n: usize) -> String {
    let extension = file.file_extension.as_deref().unwrap_or("bin");
    file.file_name
        .clone()
        .unwrap_or_else(|| format!("file_{n}.{extension}"))
}

fn new_file(name: &str, mime_type: Option<&str>) -> NewFile {
    NewFile {
        name: Some(name.to_owned()),
        mime_type: mime_type.map(str::to_owned),
        directory: None,
    }
}

#[cfg(test)]
mod tests;
