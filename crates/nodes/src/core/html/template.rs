//! Fills a template of HTML with expressions.

use itemflow_expression::{Expression, Template};
use itemflow_model::{Item, Value};

use crate::core::javascript;
use crate::gathered::each_item;
use crate::node::{Node, NodeProblem, Step};
use crate::parameters::{Parameter, Parameters, pointer};
use crate::run::NodeRun;

pub(super) struct Fill {
    html: Parameter,
}

impl Fill {
    pub(super) fn compile(parameters: &Parameters) -> Result<Self, Vec<NodeProblem>> {
        let stored = parameters.stored.get("html").and_then(Value::as_str);
        let Some(text) = stored.filter(|text| !text.is_empty()) else {
            return Err(vec![
                NodeProblem::error("missing-parameter", pointer("html"), "`html` is missing")
                    .help("write the template; `{{ $json.name }}` in it is an expression"),
            ]);
        };
        // the whole is no expression: a leading `=` would only say that there are some inside
        let (text, marked) = match text.strip_prefix('=') {
            Some(rest) => (rest, 0),
            None => (text, 1),
        };
        let expression = Expression::parse(&format!("={text}")).map_err(|error| {
            vec![NodeProblem {
                range: Some(error.start.saturating_sub(marked)..error.end.saturating_sub(marked)),
                help: error.help.clone(),
                ..NodeProblem::error(
                    "expression-syntax",
                    pointer("html"),
                    format!("this expression cannot be read: {}", error.message),
                )
            }]
        })?;
        Ok(Self {
            html: Parameter {
                name: "html".into(),
                template: Template::Expression(expression.into()),
            },
        })
    }
}

impl Node for Fill {
    fn execute(&self, run: &NodeRun) -> Step {
        each_item(run, |i, _| {
            let value = run.value(&self.html, i)?;
            let html = value.filter(|value| *value != Value::Null);
            let html = html.map_or_else(|| "".into(), |html| javascript::text(&html));
            Ok([Item::new(Value::from([("html", &*html)]))])
        })
    }

    fn works_by_item(&self) -> bool {
        true
    }
}
