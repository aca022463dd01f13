//! Which fields of the input item Set keeps.

use std::sync::Arc;

use itemflow_model::{ErrorInfo, Path, Value};

use crate::node::NodeProblem;
use crate::parameters::{Parameter, Parameters, pointer};
use crate::run::NodeRun;

/// The choice of input fields.
pub(super) struct Include {
    /// Whether any are kept at all.
    others: Parameter,
    which: Which,
}

enum Which {
    All,
    Selected(Names),
    Except(Names),
}

/// A comma list of names, read once where it is fixed.
enum Names {
    Fixed(Vec<Name>),
    ByItem(Parameter),
}

struct Name {
    text: Arc<str>,
    path: Path,
}

impl Include {
    /// Reads the choice as the node's version stores it.
    ///
    /// # Errors
    /// An unknown choice.
    pub(super) fn compile(parameters: &Parameters) -> Result<Self, NodeProblem> {
        let choice = parameters.choice("include", "all")?;
        let before = parameters.version < 3.3;
        let which = match choice.as_str() {
            "all" => Which::All,
            "none" if before => Which::All,
            "selected" => Which::Selected(Names::compile(parameters, "includeFields")),
            "except" => Which::Except(Names::compile(parameters, "excludeFields")),
            other => {
                return Err(NodeProblem::error(
                    "unknown-choice",
                    pointer("include"),
                    format!("there is no choice `{other}`: choose `all`, `selected` or `except`"),
                ));
            }
        };
        let others = if before {
            Parameter::inner("include", None, choice != "none")
        } else {
            parameters.parameter("includeOtherFields", false)
        };
        Ok(Self { others, which })
    }

    /// Whether fields of the input item are kept.
    ///
    /// # Errors
    /// When that is an expression that fails.
    pub(super) fn includes_others(&self, run: &NodeRun, index: usize) -> Result<bool, ErrorInfo> {
        run.flag(&self.others, index)
    }

    /// The fields that stay, as an object; `dots` says whether names are paths.
    ///
    /// # Errors
    /// An expression that fails.
    pub(super) fn fields(
        &self,
        input: &Value,
        dots: bool,
        run: &NodeRun,
        index: usize,
    ) -> Result<Value, ErrorInfo> {
        if !self.includes_others(run, index)? {
            return Ok(Value::empty_object());
        }
        match &self.which {
            Which::All => Ok(input.clone()),
            Which::Selected(names) => names.with(run, index, |names| selected(input, names, dots)),
            Which::Except(names) => names.with(run, index, |names| except(input, names, dots)),
        }
    }
}

impl Names {
    fn compile(parameters: &Parameters, name: &str) -> Self {
        let parameter = parameters.parameter(name, "");
        match parameter.template.as_literal().and_then(Value::as_str) {
            Some(text) => Self::Fixed(split(text)),
            None => Self::ByItem(parameter),
        }
    }

    fn with(
        &self,
        run: &NodeRun,
        index: usize,
        use_names: impl FnOnce(&[Name]) -> Value,
    ) -> Result<Value, ErrorInfo> {
        match self {
            Self::Fixed(names) => Ok(use_names(names)),
            Self::ByItem(parameter) => Ok(use_names(&split(&run.text(parameter, index)?))),
        }
    }
}

fn split(text: &str) -> Vec<Name> {
    text.split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .map(|name| Name {
            text: name.into(),
            path: Path::parse(name),
        })
        .collect()
}

/// A nested field is kept under the last part of its path.
fn selected(input: &Value, names: &[Name], dots: bool) -> Value {
    let mut kept = Value::empty_object();
    for name in names {
        let (key, value) = if dots {
            (name.path.last(), name.path.get(input))
        } else {
            (&name.text, input.get(&name.text))
        };
        if let Some(value) = value {
            kept.make_object().insert(key.clone(), value.clone());
        }
    }
    kept
}

fn except(input: &Value, names: &[Name], dots: bool) -> Value {
    let mut kept = input.clone();
    for name in names {
        if dots {
            name.path.remove(&mut kept);
        } else if kept.get(&name.text).is_some() {
            kept.make_object().shift_remove(&name.text);
        }
    }
    kept
}
