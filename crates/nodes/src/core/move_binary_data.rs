//! Convert to/from binary data: turns a file of an item into json and back. The older form of Extract From File and Convert
//! to File.

use std::sync::{Arc, LazyLock};

use itemflow_model::definition::{NodeDefinition, Property, PropertyType};
use itemflow_model::{Binary, ErrorInfo, Item, ItemsBuilder, Link, Path, Value};
use serde_json::json;

use super::binary::{self, NewFile};
use super::encoding_option::encoding;
use super::field::FieldName;
use super::text_encoding::{from_base64, to_base64};
use super::{javascript, media_type};
use crate::node::{Node, NodeProblem, NodeType, Outcome, Step};
use crate::parameters::{Parameter, Parameters};
use crate::run::NodeRun;

/// From this version on the media type may follow from the bytes, and a file always has a name.
const DETECTS: f64 = 1.1;

static DEFINITION: LazyLock<NodeDefinition> = LazyLock::new(|| {
    let text = |description: &str| Property::of(PropertyType::String, description);
    let flag = |description: &str| Property::of(PropertyType::Boolean, description);
    let options = Property::of(PropertyType::Collection, "Further settings.")
        .field(
            "encoding",
            text("Encoding of the text in the file.").default_value("utf8"),
        )
        .field(
            "stripBOM",
            flag("`binaryToJson`: leave out a mark of the encoding before the text.")
                .default_value(true),
        )
        .field(
            "addBOM",
            flag("`jsonToBinary`: put a mark of the encoding before the text.")
                .default_value(false),
        )
        .field(
            "jsonParse",
            flag("`binaryToJson`: read the text as JSON.").default_value(false),
        )
        .field(
            "keepAsBase64",
            flag("`binaryToJson`: keep the bytes as base64 text.").default_value(false),
        )
        .field(
            "dataIsBase64",
            flag("`jsonToBinary`: the value is base64 text.").default_value(false),
        )
        .field(
            "useRawData",
            flag("`jsonToBinary`: write a text as it is, not as JSON with quotes.")
                .default_value(false),
        )
        .field("mimeType", text("`jsonToBinary`: media type of the file."))
        .field("fileName", text("`jsonToBinary`: name of the file."))
        .field(
            "keepSource",
            flag("Keep what was converted.").default_value(false),
        );
    NodeDefinition::new(
        "n8n-nodes-base.moveBinaryData",
        "Convert to/from binary data",
        "Turns a file of an item into json and back. In new workflows use Extract From File and Convert to File.",
    )
    .versions(&[1.0, 1.1])
    .property("mode", Property::choice("Which way.", &["binaryToJson", "jsonToBinary"]).default_value("binaryToJson"))
    .property("setAllData", flag("`binaryToJson`: the file is JSON and takes the place of the item's json.").default_value(true))
    .property("convertAllData", flag("`jsonToBinary`: write the item's whole json.").default_value(true))
    .property("sourceKey", text("What to convert: name of the file, or path of the field.").default_value("data"))
    .property("destinationKey", text("Where it goes: path of the field, or name of the file.").default_value("data"))
    .property("options", options)
    .example(
        "a file of JSON becomes the item's json",
        json!({}),
        json!([[{ "$binary": { "data": { "mimeType": "application/json", "text": "{\"id\":7}" } } }]]),
        json!([[{ "id": 7 }]]),
    )
    .example(
        "the item's json becomes a file",
        json!({ "mode": "jsonToBinary", "options": { "fileName": "order.json" } }),
        json!([[{ "id": 7 }]]),
        json!([[{ "$binary": { "data": { "mimeType": "application/json", "fileName": "order.json", "text": "{\"id\":7}" } } }]]),
    )
});

pub(crate) struct MoveBinaryData;

impl NodeType for MoveBinaryData {
    fn definition(&self) -> &NodeDefinition {
        &DEFINITION
    }

    fn compile(&self, parameters: &Parameters) -> Result<Box<dyn Node>, Vec<NodeProblem>> {
        let mode = parameters
            .choice("mode", "binaryToJson")
            .map_err(|problem| vec![problem])?;
        let option = |name: &str| parameters.parameter(&format!("options.{name}"), Value::Null);
        Ok(Box::new(Move(Arc::new(Settings {
            to_json: mode == "binaryToJson",
            detects: parameters.version >= DETECTS,
            all: match mode.as_str() {
                "binaryToJson" => parameters.parameter("setAllData", true),
                _ => parameters.parameter("convertAllData", true),
            },
            source: FieldName::new(parameters.parameter("sourceKey", "data")),
            source_name: parameters.parameter("sourceKey", "data"),
            destination: parameters.parameter("destinationKey", "data"),
            encoding: option("encoding"),
            strip_bom: parameters.parameter("options.stripBOM", true),
            add_bom: option("addBOM"),
            json_parse: option("jsonParse"),
            keep_as_base64: option("keepAsBase64"),
            data_is_base64: option("dataIsBase64"),
            use_raw_data: option("useRawData"),
            mime_type: option("mimeType"),
            file_name: option("fileName"),
            keep_source: option("keepSource"),
        }))))
    }
}

struct Move(Arc<Settings>);

struct Settings {
    to_json: bool,
    detects: bool,
    all: Parameter,
    source: FieldName,
    source_name: Parameter,
    destination: Parameter,
    encoding: Parameter,
    strip_bom: Parameter,
    add_bom: Parameter,
    json_parse: Parameter,
    keep_as_base64: Parameter,
    data_is_base64: Parameter,
    use_raw_data: Parameter,
    mime_type: Parameter,
    file_name: Parameter,
    keep_source: Parameter,
}

impl Node for Move {
    fn execute(&self, run: &NodeRun) -> Step {
        let (settings, run) = (self.0.clone(), run.clone());
        Step::Pending(Box::pin(async move { settings.run(&run).await }))
    }
}

impl Settings {
    async fn run(&self, run: &NodeRun) -> Result<Outcome, ErrorInfo> {
        let items = run.input(0);
        let mut output = ItemsBuilder::with_capacity(items.len());
        for (i, item) in items.iter().enumerate() {
            let moved = if self.to_json {
                self.to_json(run, i, item).await?
            } else {
                self.to_file(run, i, item).await?
            };
            // An item without what is to be converted is dropped.
            if let Some(moved) = moved {
                output.push(moved, Link::to(i));
            }
        }
        Ok(Outcome::of(output.build()))
    }

    async fn to_json(
        &self,
        run: &NodeRun,
        i: usize,
        item: &Item,
    ) -> Result<Option<Item>, ErrorInfo> {
        let name = run.text(&self.source_name, i)?;
        let Some((name, file)) = find(item, &name) else {
            return Ok(None);
        };
        let bytes = binary::read(run, file, i).await?;
        let whole = run.flag(&self.all, i)?;
        let value = if !whole && run.flag(&self.keep_as_base64, i)? {
            Value::from(to_base64(&bytes))
        } else {
            let encoding = encoding(run, &self.encoding, i)?;
            let text = encoding.decode(&bytes, run.flag(&self.strip_bom, i)?);
            if whole || run.flag(&self.json_parse, i)? {
                serde_json::from_str(&text).map_err(|error| {
                    let message = format!("the file `{name}` is not JSON: {error}");
                    run.error(message, Some(i), Some(&self.source_name.name))
                })?
            } else {
                Value::from(text)
            }
        };
        let json = if whole {
            value
        } else {
            let mut json = item.json.clone();
            Path::parse(&run.text(&self.destination, i)?).set(&mut json, value);
            json
        };
        let mut binary = item.binary.clone();
        if !run.flag(&self.keep_source, i)?
            && let Some(binaries) = &mut binary
        {
            Arc::make_mut(binaries).shift_remove(name);
        }
        Ok(Some(Item {
            json,
            binary,
            error: None,
        }))
    }

    async fn to_file(
        &self,
        run: &NodeRun,
        i: usize,
        item: &Item,
    ) -> Result<Option<Item>, ErrorInfo> {
        let whole = run.flag(&self.all, i)?;
        let source = self.source.at(run, i)?;
        let value = if whole {
            Some(&item.json)
        } else {
            source.value(&item.json, true)
        };
        let Some(value) = value else {
            return Ok(None);
        };
        let given = |text: Arc<str>| (!text.is_empty()).then_some(text);
        let mut mime_type = given(run.text(&self.mime_type, i)?).map(|text| text.to_string());
        let bytes = if run.flag(&self.data_is_base64, i)? {
            from_base64(&javascript::text(value))
        } else {
            let encoding = encoding(run, &self.encoding, i)?;
            let is_object = matches!(value, Value::Object(_) | Value::Array(_) | Value::Null);
            let is_raw = run.flag(&self.use_raw_data, i)? && !is_object;
            if !is_raw {
                mime_type.get_or_insert_with(|| "application/json".into());
            }
            let text = if is_raw {
                javascript::text(value)
            } else {
                value.to_string().into()
            };
            encoding.encode(&text, run.flag(&self.add_bom, i)?)
        };
        let mut name = given(run.text(&self.file_name, i)?).map(|text| text.to_string());
        if !self.detects {
            mime_type.get_or_insert_with(|| "application/json".into());
        } else if name.is_none() {
            let known = mime_type
                .as_deref()
                .or_else(|| media_type::by_bytes(&bytes));
            let extension = media_type::extension(known.unwrap_or("text/plain"));
            name = Some(format!("file.{}", extension.as_deref().unwrap_or("bin")));
        }
        let file = NewFile {
            name,
            mime_type,
            directory: None,
        };
        let file = binary::store(run, file, bytes, i).await?;
        let json = match (run.flag(&self.keep_source, i)?, whole) {
            (true, _) => item.json.clone(),
            (false, true) => Value::empty_object(),
            (false, false) => {
                let mut json = item.json.clone();
                source.remove(&mut json, true);
                json
            }
        };
        let item = Item {
            json,
            error: None,
            ..item.clone()
        };
        Ok(Some(binary::with_file(
            item,
            run.text(&self.destination, i)?,
            file,
        )))
    }
}

/// A file of the item, whose name may be written as a path of one part.
fn find<'a>(item: &'a Item, name: &str) -> Option<(&'a Arc<str>, &'a Binary)> {
    let binaries = item.binary.as_deref()?;
    let found = binaries.get_key_value(name);
    found.or_else(|| match Path::parse(name).segments() {
        [only] => binaries.get_key_value(only),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::core::file_bench::Bench;

    #[tokio::test]
    async fn a_file_becomes_json() {
        let bench = Bench::new();
        let file: &[(&str, &str, &[u8])] = &[
            ("data", "a.json", b"\xEF\xBB\xBF{\"b\":[1]}"),
            ("other", "b.txt", b"b"),
        ];
        let item = bench.item(json!({ "id": 1 }), file);
        let without = bench.item(json!({ "id": 2 }), &[("other", "b.txt", b"b")]);
        let items = [without, item];
        for (parameters, expected, files) in [
            (json!({}), json!({ "b": [1] }), 1),
            (
                json!({ "options": { "keepSource": true } }),
                json!({ "b": [1] }),
                2,
            ),
            (
                json!({ "setAllData": false, "destinationKey": "x.y" }),
                json!({ "id": 1, "x": { "y": "{\"b\":[1]}" } }),
                1,
            ),
            (
                json!({ "setAllData": false, "options": { "jsonParse": true } }),
                json!({ "id": 1, "data": { "b": [1] } }),
                1,
            ),
            (
                json!({ "setAllData": false, "options": { "keepAsBase64": true } }),
                json!({ "id": 1, "data": "77u/eyJiIjpbMV19" }),
                1,
            ),
            (
                json!({ "setAllData": false, "options": { "stripBOM": false } }),
                json!({ "id": 1, "data": "\u{feff}{\"b\":[1]}" }),
                1,
            ),
            (
                json!({ "setAllData": false, "options": { "encoding": "latin1" } }),
                json!({ "id": 1, "data": "ï»¿{\"b\":[1]}" }),
                1,
            ),
        ] {
            let found = bench
                .run("moveBinaryData", 1.0, parameters.clone(), &items)
                .await;
            assert_eq!(found.len(), 1, "the item without the file is dropped");
            assert_eq!(found.get(0).unwrap().json, expected.into(), "{parameters}");
            assert_eq!(found.get(0).unwrap().binary.as_ref().unwrap().len(), files);
            assert_eq!(found.link(0), itemflow_model::Link::to(1));
        }
        let bad = bench.item(json!({}), &[("data", "a.json", b"{")]);
        let error = bench
            .try_run("moveBinaryData", 1.0, json!({}), &[bad])
            .await
            .unwrap_err();
        assert!(
            error.message.contains("`data` is not JSON"),
            "{}",
            error.message
        );
        let parameters = json!({ "setAllData": false, "options": { "encoding": "klingon" } });
        let error = bench
            .try_run("moveBinaryData", 1.0, parameters, &items)
            .await
            .unwrap_err();
        assert_eq!(error.parameter.as_deref(), Some("options.encoding"));
    }

    #[tokio::test]
    async fn json_becomes_a_file() {
        let bench = Bench::new();
        let item = bench.item(json!({ "a": "grün", "b": 1 }), &[("old", "b.txt", b"b")]);
        let items = [item];
        for (version, parameters, bytes, mime, name, json) in [
            (
                1.0,
                json!({}),
                "{\"a\":\"grün\",\"b\":1}",
                "application/json",
                None,
                json!({}),
            ),
            (
                1.1,
                json!({}),
                "{\"a\":\"grün\",\"b\":1}",
                "application/json",
                Some("file.json"),
                json!({}),
            ),
            (
                1.0,
                json!({ "convertAllData": false, "sourceKey": "a" }),
                "\"grün\"",
                "application/json",
                None,
                json!({ "b": 1 }),
            ),
            (
                1.0,
                json!({ "convertAllData": false, "sourceKey": "a", "options": { "useRawData": true, "keepSource": true } }),
                "grün",
                "application/json",
                None,
                json!({ "a": "grün", "b": 1 }),
            ),
            (
                1.1,
                json!({ "convertAllData": false, "sourceKey": "b", "options": { "useRawData": true } }),
                "1",
                "text/plain",
                Some("file.txt"),
                json!({ "a": "grün" }),
            ),
            (
                1.1,
                json!({ "convertAllData": false, "sourceKey": "b", "options": { "useRawData": true, "fileName": "x.csv", "mimeType": "a/b", "addBOM": true } }),
                "\u{feff}1",
                "a/b",
                Some("x.csv"),
                json!({ "a": "grün" }),
            ),
        ] {
            let mut parameters = parameters;
            parameters["mode"] = "jsonToBinary".into();
            let found = bench
                .run("moveBinaryData", version, parameters.clone(), &items)
                .await;
            let item = found.get(0).unwrap();
            let file = &item.binary.as_ref().unwrap()["data"];
            assert_eq!(bench.text(item, "data"), bytes, "{parameters}");
            assert_eq!(
                (file.mime_type.as_str(), file.file_name.as_deref()),
                (mime, name),
                "{parameters}"
            );
            assert_eq!(item.json, json.into());
            assert_eq!(item.binary.as_ref().unwrap().len(), 2);
        }
        let parameters = json!({
            "mode": "jsonToBinary", "convertAllData": false, "sourceKey": "a",
            "options": { "dataIsBase64": true },
        });
        let png = bench.item(json!({ "a": "iVBORw0KGgoAAAANSUhEUg==" }), &[]);
        let found = bench
            .run("moveBinaryData", 1.1, parameters.clone(), &[png])
            .await;
        let file = found.get(0).unwrap().binary.as_ref().unwrap()["data"].clone();
        assert_eq!(
            (file.mime_type.as_str(), file.file_name.as_deref()),
            ("image/png", Some("file.png"))
        );
        let missing = bench.item(json!({}), &[]);
        assert!(
            bench
                .run("moveBinaryData", 1.1, parameters, &[missing])
                .await
                .is_empty()
        );
    }
}
