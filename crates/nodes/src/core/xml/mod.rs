//! XML: reads XML into objects and writes objects as XML, in the shapes that xml2js gives them.

mod build;
mod definition;
mod read;

use itemflow_model::definition::NodeDefinition;
use itemflow_model::{ErrorInfo, Item, Value};

use super::field::Field;
use super::javascript;
use crate::gathered::each_item;
use crate::node::{Node, NodeProblem, NodeType, Step};
use crate::parameters::{Parameter, Parameters, pointer};
use crate::run::NodeRun;

pub(crate) struct Xml;

impl NodeType for Xml {
    fn definition(&self) -> &NodeDefinition {
        &definition::DEFINITION
    }

    fn compile(&self, parameters: &Parameters) -> Result<Box<dyn Node>, Vec<NodeProblem>> {
        let direction = match parameters
            .choice("mode", "xmlToJson")
            .map_err(|problem| vec![problem])?
            .as_str()
        {
            "xmlToJson" => Direction::Read,
            "jsonToxml" => Direction::Build,
            other => {
                return Err(vec![
                    NodeProblem::error(
                        "unknown-option",
                        pointer("mode"),
                        format!("there is no mode `{other}`"),
                    )
                    .help("choose `xmlToJson` or `jsonToxml`"),
                ]);
            }
        };
        let option = |name: &str| {
            let path = format!("options.{name}");
            let template = parameters.find(&path)?;
            Some(Parameter::inner(path, Some(template), Value::Null))
        };
        Ok(Box::new(Convert {
            direction,
            property: parameters.parameter("dataPropertyName", "data"),
            options: Options {
                attribute_key: option("attrkey"),
                text_key: option("charkey"),
                explicit_array: option("explicitArray"),
                explicit_root: option("explicitRoot"),
                ignore_attributes: option("ignoreAttrs"),
                merge_attributes: option("mergeAttrs"),
                normalize: option("normalize"),
                normalize_tags: option("normalizeTags"),
                trim: option("trim"),
                root_name: option("rootName"),
                cdata: option("cdata"),
                headless: option("headless"),
            },
        }))
    }
}

enum Direction {
    Read,
    Build,
}

struct Convert {
    direction: Direction,
    property: Parameter,
    options: Options,
}

/// The options that the node sets; absent ones have xml2js's values.
struct Options {
    attribute_key: Option<Parameter>,
    text_key: Option<Parameter>,
    explicit_array: Option<Parameter>,
    explicit_root: Option<Parameter>,
    ignore_attributes: Option<Parameter>,
    merge_attributes: Option<Parameter>,
    normalize: Option<Parameter>,
    normalize_tags: Option<Parameter>,
    trim: Option<Parameter>,
    root_name: Option<Parameter>,
    cdata: Option<Parameter>,
    headless: Option<Parameter>,
}

/// The options at an item.
struct Settings {
    attribute_key: String,
    text_key: String,
    explicit_array: bool,
    explicit_root: bool,
    ignore_attributes: bool,
    merge_attributes: bool,
    normalize: bool,
    normalize_tags: bool,
    trim: bool,
    root_name: String,
    cdata: bool,
    headless: bool,
}

impl Options {
    fn at(&self, run: &NodeRun, i: usize) -> Result<Settings, ErrorInfo> {
        let flag = |parameter: &Option<Parameter>, default| match parameter {
            Some(parameter) => run.flag(parameter, i),
            None => Ok(default),
        };
        let text = |parameter: &Option<Parameter>, default: &str| match parameter {
            Some(parameter) => run.text(parameter, i).map(|text| text.to_string()),
            None => Ok(default.to_owned()),
        };
        Ok(Settings {
            attribute_key: text(&self.attribute_key, "$")?,
            text_key: text(&self.text_key, "_")?,
            explicit_array: flag(&self.explicit_array, false)?,
            explicit_root: flag(&self.explicit_root, true)?,
            ignore_attributes: flag(&self.ignore_attributes, false)?,
            merge_attributes: flag(&self.merge_attributes, true)?,
            normalize: flag(&self.normalize, false)?,
            normalize_tags: flag(&self.normalize_tags, false)?,
            trim: flag(&self.trim, false)?,
            root_name: text(&self.root_name, build::DEFAULT_ROOT)?,
            cdata: flag(&self.cdata, false)?,
            headless: flag(&self.headless, false)?,
        })
    }
}

impl Node for Convert {
    fn execute(&self, run: &NodeRun) -> Step {
        each_item(run, |i, item| self.converted(run, i, item).map(Some))
    }

    fn works_by_item(&self) -> bool {
        true
    }
}

impl Convert {
    fn converted(&self, run: &NodeRun, i: usize, item: &Item) -> Result<Item, ErrorInfo> {
        let settings = self.options.at(run, i)?;
        let name = run.text(&self.property, i)?;
        let failed = |message: String| run.error(message, Some(i), Some(&self.property.name));
        match self.direction {
            Direction::Read => {
                let xml = match Field::new(&name).value(&item.json, true) {
                    None | Some(Value::Null) => {
                        return Err(failed(format!("the item has no field `{name}` with xml")));
                    }
                    Some(value @ (Value::Array(_) | Value::Object(_))) => {
                        return Err(failed(format!(
                            "the field `{name}` must hold xml as text, not {}",
                            value.kind()
                        )));
                    }
                    Some(value) => javascript::text(value),
                };
                read::read(&xml, &settings).map(Item::new).map_err(failed)
            }
            Direction::Build => {
                let xml = build::build(&item.json, &settings)
                    .map_err(|message| run.error(message, Some(i), None))?;
                let mut json = Value::empty_object();
                json.make_object().insert(name, xml.into());
                Ok(Item::new(json))
            }
        }
    }
}

#[cfg(test)]
mod tests;
