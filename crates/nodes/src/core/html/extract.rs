//! Takes values out of HTML by CSS selectors, for HTML and for the older HTML Extract.

use std::sync::Arc;

use itemflow_model::{ErrorInfo, Item, Map, Value};

use super::plain_text;
use crate::core::field::Field;
use crate::core::html_tree::select::{self, SelectorList};
use crate::core::html_tree::{self, Elements};
use crate::core::{binary, javascript};
use crate::gathered::{Gathered, each_item};
use crate::node::{Node, NodeProblem, Outcome, Step};
use crate::parameters::{Parameter, Parameters, pointer};
use crate::run::NodeRun;

/// The most text that one item may yield: `*` takes every text once for each element around it.
const MAX_OUTPUT: usize = 64 << 20;

/// How the older versions differ.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Dialect {
    /// HTML Extract: an empty text is a text, and values are trimmed unless `trimValues` is false.
    HtmlExtract,
    /// HTML 1: the source is a field of exactly this name.
    Html1,
    /// HTML 1.1.
    Html1_1,
    /// HTML 1.2: texts are rendered.
    Html1_2,
}

pub(crate) struct Extract(Arc<Settings>);

struct Settings {
    dialect: Dialect,
    source: Parameter,
    property: Parameter,
    values: Vec<Extraction>,
    trim: Parameter,
    clean: Parameter,
}

struct Extraction {
    key: Parameter,
    selector: Selector,
    kind: Parameter,
    attribute: Parameter,
    list: Parameter,
    skip: Selector,
}

/// A selector, read once where it is fixed.
struct Selector {
    parameter: Parameter,
    fixed: Option<SelectorList>,
}

impl Selector {
    fn compile(parameter: Parameter, place: &str) -> Result<Self, NodeProblem> {
        let fixed = match parameter.template.as_literal().and_then(Value::as_str) {
            None => None,
            Some(text) => Some(select::parse(text).map_err(|message| {
                NodeProblem::error("invalid-selector", place, message)
                    .help("write a CSS selector such as `div.price > span`")
            })?),
        };
        Ok(Self { parameter, fixed })
    }

    fn at(&self, run: &NodeRun, i: usize) -> Result<SelectorList, ErrorInfo> {
        if let Some(fixed) = &self.fixed {
            return Ok(fixed.clone());
        }
        select::parse(&run.text(&self.parameter, i)?)
            .map_err(|message| run.error(message, Some(i), Some(&self.parameter.name)))
    }
}

impl Extract {
    pub(crate) fn compile(
        parameters: &Parameters,
        dialect: Dialect,
    ) -> Result<Self, Vec<NodeProblem>> {
        let mut problems = Vec::new();
        let mut values = Vec::new();
        for (n, entry) in parameters
            .list("extractionValues.values")
            .iter()
            .enumerate()
        {
            let inner = |name: &str, default: Value| {
                let path = format!("extractionValues.values.{name}");
                Parameter::inner(path, entry.get(name), default)
            };
            let mut selector = |name: &str| {
                let place = format!("/extractionValues/values/{n}/{name}");
                Selector::compile(inner(name, "".into()), &place)
                    .map_err(|problem| problems.push(problem))
                    .ok()
            };
            let (found, skip) = (selector("cssSelector"), selector("skipSelectors"));
            if let (Some(selector), Some(skip)) = (found, skip) {
                values.push(Extraction {
                    key: inner("key", "".into()),
                    selector,
                    kind: inner("returnValue", "text".into()),
                    attribute: inner("attribute", "".into()),
                    list: inner("returnArray", false.into()),
                    skip,
                });
            }
        }
        let needs_values = matches!(dialect, Dialect::HtmlExtract | Dialect::Html1);
        if values.is_empty() && problems.is_empty() && needs_values {
            problems.push(
                NodeProblem::error(
                    "missing-parameter",
                    pointer("extractionValues"),
                    "there is nothing to extract",
                )
                .help("give `extractionValues.values` an entry with `key` and `cssSelector`"),
            );
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let trims = dialect == Dialect::HtmlExtract;
        Ok(Self(Arc::new(Settings {
            dialect,
            source: parameters.parameter("sourceData", "json"),
            property: parameters.parameter("dataPropertyName", "data"),
            values,
            trim: parameters.parameter("options.trimValues", trims),
            clean: parameters.parameter("options.cleanUpText", false),
        })))
    }
}

impl Node for Extract {
    fn execute(&self, run: &NodeRun) -> Step {
        let source = self.0.source.template.as_literal().and_then(Value::as_str);
        if source == Some("json") {
            return each_item(run, |i, item| {
                let texts = self.0.field_texts(run, i, item)?;
                self.0.items(run, i, &texts)
            });
        }
        let (settings, run) = (self.0.clone(), run.clone());
        Step::Pending(Box::pin(async move { settings.all(&run).await }))
    }
}

impl Settings {
    async fn all(&self, run: &NodeRun) -> Result<Outcome, ErrorInfo> {
        let mut gathered = Gathered::new(run);
        for (i, item) in run.input(0).iter().enumerate() {
            let texts = match &*run.text(&self.source, i)? {
                "json" => self.field_texts(run, i, item),
                "binary" => self.file_text(run, i).await,
                other => Err(run.error(
                    format!("`sourceData` must be `json` or `binary`, not `{other}`"),
                    Some(i),
                    Some(&self.source.name),
                )),
            };
            let made = texts.and_then(|texts| self.items(run, i, &texts));
            gathered.push(i, made)?;
        }
        Ok(gathered.outcome())
    }

    async fn file_text(&self, run: &NodeRun, i: usize) -> Result<Vec<Arc<str>>, ErrorInfo> {
        let file = binary::named(run, &self.property, i)?;
        let bytes = binary::read(run, &file, i).await?;
        Ok(vec![String::from_utf8_lossy(&bytes).into()])
    }

    /// The texts with HTML in an item.
    fn field_texts(
        &self,
        run: &NodeRun,
        i: usize,
        item: &Item,
    ) -> Result<Vec<Arc<str>>, ErrorInfo> {
        let name = run.text(&self.property, i)?;
        let dotted = self.dialect != Dialect::Html1;
        let failed = |what: String| run.error(what, Some(i), Some(&self.property.name));
        let value = Field::new(&name)
            .value(&item.json, dotted)
            .filter(|value| !matches!(value, Value::Null))
            .ok_or_else(|| failed(format!("the item has no field `{name}` with html")))?;
        let text = |value: &Value| match value {
            Value::Object(_) | Value::Array(_) => Err(failed(format!(
                "the field `{name}` must hold html as text, not {}",
                value.kind()
            ))),
            scalar => Ok(javascript::text(scalar)),
        };
        match value {
            Value::Array(list) => list.iter().map(text).collect(),
            value => text(value).map(|text| vec![text]),
        }
    }

    fn items(&self, run: &NodeRun, i: usize, texts: &[Arc<str>]) -> Result<Vec<Item>, ErrorInfo> {
        let trim = run.flag(&self.trim, i)?;
        let clean = run.flag(&self.clean, i)?;
        let mut left = MAX_OUTPUT;
        let mut items = Vec::with_capacity(texts.len());
        for text in texts {
            let tree = html_tree::parse(text)
                .map_err(|message| run.error(message, Some(i), Some(&self.property.name)))?;
            let elements = Elements::new(&tree);
            let mut json = Map::default();
            for extraction in &self.values {
                let values = self.extracted(run, i, extraction, &elements)?;
                let mut tidy = |value: Option<String>| -> Result<Option<Value>, ErrorInfo> {
                    let Some(value) = value else {
                        return Ok(None);
                    };
                    left = left.checked_sub(value.len()).ok_or_else(|| {
                        run.error(
                            format!("the values take more than {} MiB", MAX_OUTPUT >> 20),
                            Some(i),
                            Some(&extraction.selector.parameter.name),
                        )
                    })?;
                    Ok(Some(Value::from(tidied(value, trim, clean))))
                };
                let key = run.text(&extraction.key, i)?;
                match values {
                    Extracted::One(value) => {
                        if let Some(value) = tidy(value)? {
                            json.insert(key, value);
                        }
                    }
                    Extracted::List(list) => {
                        let list: Result<Vec<Value>, ErrorInfo> = list
                            .into_iter()
                            .map(|value| Ok(tidy(value)?.unwrap_or_default()))
                            .collect();
                        json.insert(key, list?.into());
                    }
                }
            }
            items.push(Item::new(json));
        }
        Ok(items)
    }

    fn extracted(
        &self,
        run: &NodeRun,
        i: usize,
        extraction: &Extraction,
        elements: &Elements,
    ) -> Result<Extracted, ErrorInfo> {
        let found = extraction.selector.at(run, i)?.select(elements);
        let kind = run.text(&extraction.kind, i)?;
        let attribute = run.text(&extraction.attribute, i)?;
        let rendered = self.dialect == Dialect::Html1_2 && &*kind == "text";
        let mut skipped = Vec::new();
        if rendered {
            skipped = vec![false; elements.len()];
            for at in extraction.skip.at(run, i)?.select(elements) {
                skipped[at] = true;
            }
        }
        if !["text", "html", "attribute", "value"].contains(&&*kind) {
            return Err(run.error(
                format!("`returnValue` must be text, html, attribute or value, not `{kind}`"),
                Some(i),
                Some(&extraction.kind.name),
            ));
        }
        let not_empty = |text: String| (!text.is_empty()).then_some(text);
        let text = |text: String| match self.dialect {
            Dialect::HtmlExtract => Some(text),
            _ => not_empty(text),
        };
        let one = |at: usize| match &*kind {
            "text" if rendered => Some(plain_text::render(elements, elements.ids[at], &skipped)),
            "text" => text(elements.text(at).to_owned()),
            "html" => not_empty(elements.tree.inner_html(elements.ids[at])),
            "attribute" => elements
                .element(at)
                .attribute(&attribute)
                .map(str::to_owned),
            _ => form_value(elements, at),
        };
        if run.flag(&extraction.list, i)? {
            let mut total = 0;
            let mut list = Vec::new();
            for at in found {
                let value = one(at);
                total += value.as_ref().map_or(0, String::len);
                list.push(value);
                if total > MAX_OUTPUT {
                    break;
                }
            }
            return Ok(Extracted::List(list));
        }
        if &*kind == "text" && !rendered {
            let mut all = String::new();
            for at in found {
                all.push_str(elements.text(at));
                if all.len() > MAX_OUTPUT {
                    break;
                }
            }
            return Ok(Extracted::One(text(all)));
        }
        Ok(Extracted::One(match found.first() {
            Some(first) => one(*first),
            None if rendered => Some(String::new()),
            None => None,
        }))
    }
}

enum Extracted {
    One(Option<String>),
    List(Vec<Option<String>>),
}

/// What a form would send for a field; several choices are joined by commas.
fn form_value(elements: &Elements, at: usize) -> Option<String> {
    let element = elements.element(at);
    match element.name() {
        "textarea" => Some(elements.text(at).to_owned()),
        "select" => {
            let mut chosen = elements
                .inside(at)
                .filter(|option| select::is_selected(elements, *option))
                .filter_map(|option| form_value(elements, option));
            if element.attribute("multiple").is_some() {
                let all: Vec<String> = chosen.collect();
                return Some(all.join(","));
            }
            chosen.next()
        }
        "option" => match element.attribute("value") {
            Some(value) => Some(value.to_owned()),
            None => Some(elements.text(at).to_owned()),
        },
        _ => element.attribute("value").map(str::to_owned),
    }
}

fn tidied(value: String, trim: bool, clean: bool) -> String {
    let is_space = |c: char| (c.is_whitespace() && c != '\u{85}') || c == '\u{feff}';
    let mut value = value;
    if trim {
        value = value.trim_matches(is_space).to_owned();
    }
    if clean {
        let mut tidy = String::with_capacity(value.len());
        let mut spaced = false;
        for c in value.trim_matches(is_space).chars() {
            match c {
                '\r' | '\n' => {}
                c if is_space(c) => {
                    if !spaced {
                        tidy.push(' ');
                    }
                    spaced = true;
                }
                c => {
                    tidy.push(c);
                    spaced = false;
                }
            }
        }
        value = tidy;
    }
    value
}
