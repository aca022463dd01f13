//! Markdown: writes HTML as Markdown and Markdown as HTML.

mod definition;
mod from_html;
mod to_html;

use std::sync::Arc;

use fancy_regex::RegexBuilder;
use itemflow_expression::Template;
use itemflow_model::definition::NodeDefinition;
use itemflow_model::{ErrorInfo, Item, Path, Value};

use self::from_html::Replacement;
use super::javascript;
use crate::gathered::each_item;
use crate::node::{Node, NodeProblem, NodeType, Step};
use crate::parameters::{Parameter, Parameters, pointer};
use crate::run::NodeRun;

/// Steps that a pattern of the user's own may go back.
const MAX_STEPS: usize = 1_000_000;

pub(crate) struct Markdown;

impl NodeType for Markdown {
    fn definition(&self) -> &NodeDefinition {
        &definition::DEFINITION
    }

    fn compile(&self, parameters: &Parameters) -> Result<Box<dyn Node>, Vec<NodeProblem>> {
        let mode = parameters
            .choice("mode", "htmlToMarkdown")
            .map_err(|problem| vec![problem])?;
        let (direction, source) = match mode.as_str() {
            "htmlToMarkdown" => (Direction::FromHtml, "html"),
            "markdownToHtml" => (Direction::ToHtml, "markdown"),
            other => {
                return Err(vec![
                    NodeProblem::error(
                        "unknown-option",
                        pointer("mode"),
                        format!("there is no mode `{other}`"),
                    )
                    .help("choose `htmlToMarkdown` or `markdownToHtml`"),
                ]);
            }
        };
        let options =
            Parameter::inner("options", parameters.find("options"), Value::empty_object());
        let fixed = match &options.template {
            Template::Literal(value) => Some(Settings::read(direction, value).map_err(
                |(place, message)| {
                    vec![NodeProblem::error(
                        "invalid-option",
                        format!("/options/{place}"),
                        message,
                    )]
                },
            )?),
            _ => None,
        };
        Ok(Box::new(Convert {
            direction,
            source: parameters.parameter(source, ""),
            output: parameters.parameter("destinationKey", "data"),
            options,
            fixed: fixed.map(Arc::new),
        }))
    }
}

#[derive(Clone, Copy)]
enum Direction {
    FromHtml,
    ToHtml,
}

struct Convert {
    direction: Direction,
    source: Parameter,
    output: Parameter,
    options: Parameter,
    /// The options, where no expression is in them.
    fixed: Option<Arc<Settings>>,
}

/// The options at an item.
enum Settings {
    FromHtml(Box<from_html::Options>),
    ToHtml(to_html::Options),
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
        let settings = match &self.fixed {
            Some(fixed) => fixed.clone(),
            None => {
                let value = run.value(&self.options, i)?.unwrap_or_default();
                let settings = Settings::read(self.direction, &value).map_err(|(_, message)| {
                    run.error(message, Some(i), Some(&self.options.name))
                })?;
                Arc::new(settings)
            }
        };
        let source = run.text(&self.source, i)?;
        let text = match &*settings {
            Settings::FromHtml(options) => from_html::markdown(&source, options),
            Settings::ToHtml(options) => to_html::html(&source, options),
        };
        let text = text.map_err(|message| run.error(message, Some(i), Some(&self.source.name)))?;
        let mut json = item.json.clone();
        Path::parse(&run.text(&self.output, i)?).set(&mut json, text.into());
        Ok(Item {
            json,
            ..item.clone()
        })
    }
}

impl Settings {
    /// Reads the options; an error comes with the option at fault.
    fn read(direction: Direction, value: &Value) -> Result<Self, (String, String)> {
        let options = value.as_object().cloned().unwrap_or_default();
        if let Direction::ToHtml = direction {
            return Ok(Self::ToHtml(to_html::Options(options)));
        }
        let text = |name: &str, default: &str| match options.get(name) {
            None | Some(Value::Null) => default.to_owned(),
            Some(value) => javascript::text(value).to_string(),
        };
        let is = |name: &str| javascript::truthy(options.get(name));
        let names = |name: &str| -> Vec<String> {
            text(name, "")
                .split(',')
                .map(|tag| tag.trim().to_ascii_uppercase())
                .filter(|tag| !tag.is_empty())
                .collect()
        };
        let escape = |name: &str| match options.get(name).and_then(|group| group.get("value")) {
            Some(entry) => replacement(entry).map_err(|message| (name.to_owned(), message)),
            None => Ok(None),
        };
        let mut replacements = Vec::new();
        let values = options
            .get("textReplace")
            .and_then(|group| group.get("values"));
        for entry in values.and_then(Value::as_array).unwrap_or_default() {
            let made = replacement(entry).map_err(|message| ("textReplace".into(), message))?;
            replacements.extend(made);
        }
        let newlines = match options.get("maxConsecutiveNewlines") {
            None => Some(3.0),
            value => javascript::number(value).map(|number| number.as_f64()),
        };
        Ok(Self::FromHtml(Box::new(from_html::Options {
            bullet: text("bulletMarker", "*"),
            fence: text("codeFence", "```"),
            fenced: text("codeBlockStyle", "fence") != "indented",
            emphasis: text("emDelimiter", "_"),
            strong: text("strongDelimiter", "**"),
            ignored: names("ignore"),
            blocks: names("blockElements"),
            keep_data_images: is("keepDataImages"),
            link_definitions: is("useLinkReferenceDefinitions"),
            max_newlines: newlines.unwrap_or(0.0).clamp(0.0, 1e6) as usize,
            global_escape: escape("globalEscape")?,
            line_start_escape: escape("lineStartEscape")?,
            replacements,
        })))
    }
}

/// A pattern and what it is replaced by; none without a pattern. A pattern may be written as `/…/flags`.
fn replacement(entry: &Value) -> Result<Option<Replacement>, String> {
    let text = |name: &str| entry.get(name).map(javascript::text).unwrap_or_default();
    let (pattern, replacement) = (text("pattern"), text("replacement"));
    if pattern.is_empty() {
        return Ok(None);
    }
    let delimited = pattern
        .strip_prefix('/')
        .and_then(|rest| rest.rsplit_once('/'));
    let (source, flags) = match delimited {
        Some((source, flags)) if flags.chars().all(|flag| "gimsuy".contains(flag)) => {
            (source, flags)
        }
        _ => (&*pattern, ""),
    };
    let kept: String = flags.chars().filter(|flag| "ims".contains(*flag)).collect();
    let source = if kept.is_empty() {
        source.to_owned()
    } else {
        format!("(?{kept}){source}")
    };
    RegexBuilder::new(&source)
        .backtrack_limit(MAX_STEPS)
        .build()
        .map(|pattern| {
            Some(Replacement {
                pattern,
                text: replacement.to_string(),
            })
        })
        .map_err(|error| format!("the pattern `{pattern}` cannot be read: {error}"))
}

#[cfg(test)]
mod tests;
