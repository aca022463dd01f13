//! Writes all items as one HTML table.

use itemflow_model::{ErrorInfo, Item, Items, ItemsBuilder, Link, Map, Value};

use crate::core::javascript;
use crate::node::{Node, Outcome, Step};
use crate::parameters::{Parameter, Parameters};
use crate::run::NodeRun;

const TABLE_STYLE: &str = " style=\"border-spacing:0;font-family:helvetica,arial,sans-serif\"";
const HEADER_STYLE: &str = " style=\"padding:7px 20px 7px 0;border-bottom:1px solid #eee;text-align:left;font-weight:normal;color:#888\"";
const CELL_STYLE: &str = " style=\"padding:7px 20px 7px 0;border-bottom:1px solid #eee\"";

pub(super) struct Table {
    capitalize: Parameter,
    own_style: Parameter,
    caption: Parameter,
    table: Parameter,
    header: Parameter,
    row: Parameter,
    cell: Parameter,
}

impl Table {
    pub(super) fn compile(parameters: &Parameters) -> Self {
        let text = |name: &str| parameters.parameter(&format!("options.{name}"), "");
        let flag = |name: &str| parameters.parameter(&format!("options.{name}"), false);
        Self {
            capitalize: flag("capitalize"),
            own_style: flag("customStyling"),
            caption: text("caption"),
            table: text("tableAttributes"),
            header: text("headerAttributes"),
            row: text("rowAttributes"),
            cell: text("cellAttributes"),
        }
    }

    fn written(&self, run: &NodeRun, items: &Items) -> Result<String, ErrorInfo> {
        let styled = !run.flag(&self.own_style, 0)?;
        let tag = |name: &str, style: &str, parameter: &Parameter| -> Result<String, ErrorInfo> {
            let attributes = run.text(parameter, 0)?;
            let style = if styled { style } else { "" };
            let space = if attributes.trim().is_empty() {
                ""
            } else {
                " "
            };
            Ok(format!("<{name}{style}{space}{}>", attributes.trim()))
        };
        let (row, cell) = (
            tag("tr", "", &self.row)?,
            tag("td", CELL_STYLE, &self.cell)?,
        );
        let header_cell = tag("th", HEADER_STYLE, &self.header)?;
        let capitalize = run.flag(&self.capitalize, 0)?;
        let mut keys: Map = Map::default();
        for item in items.iter() {
            for key in item.json.as_object().into_iter().flat_map(Map::keys) {
                if !keys.contains_key(key) {
                    keys.insert(key.clone(), Value::Null);
                }
            }
        }
        let mut html = tag("table", TABLE_STYLE, &self.table)?;
        let caption = run.text(&self.caption, 0)?;
        if !caption.is_empty() {
            html.push_str(&format!("<caption>{caption}</caption>"));
        }
        html.push_str("<thead><tr>");
        for key in keys.keys() {
            let title = if capitalize {
                capitalized(key)
            } else {
                key.to_string()
            };
            html.push_str(&format!("{header_cell}{title}</th>"));
        }
        html.push_str("</tr></thead><tbody>");
        for item in items.iter() {
            html.push_str(&row);
            for key in keys.keys() {
                html.push_str(&cell);
                write_cell(item.json.get(key), &mut html);
                html.push_str("</td>");
            }
            html.push_str("</tr>");
        }
        html.push_str("</tbody></table>");
        Ok(html)
    }
}

impl Node for Table {
    fn execute(&self, run: &NodeRun) -> Step {
        let items = run.input(0);
        if items.is_empty() {
            return Step::Done(Ok(Outcome::of(Items::default())));
        }
        let made = match self.written(run, &items) {
            Ok(html) => Item::new(Value::from([("table", html.as_str())])),
            Err(error) if run.node.continue_on_fail => Item::from_error(error),
            Err(error) => return Step::Done(Err(error)),
        };
        let mut output = ItemsBuilder::with_capacity(1);
        output.push(made, Link::to_first(items.len()));
        Step::Done(Ok(Outcome::of(output.build())))
    }
}

fn write_cell(value: Option<&Value>, html: &mut String) {
    match value {
        None | Some(Value::Null) => {}
        Some(Value::Bool(checked)) => {
            let checked = if *checked { " checked" } else { "" };
            html.push_str(&format!("<input type=\"checkbox\" disabled{checked}/>"));
        }
        Some(value @ (Value::Array(_) | Value::Object(_))) => html.push_str(&value.to_string()),
        Some(scalar) => html.push_str(&javascript::text(scalar)),
    }
}

/// `First Name` for `first_name`.
fn capitalized(key: &str) -> String {
    let words: Vec<String> = key
        .split('_')
        .filter(|word| !word.is_empty())
        .map(|word| {
            let mut chars = word.chars();
            let first = chars.next().map(|c| c.to_uppercase().to_string());
            first.unwrap_or_default() + chars.as_str()
        })
        .collect();
    words.join(" ")
}
