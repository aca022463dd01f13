//! `Route`: an action ready to be matched and checked, its schemas compiled.

use itemflow_model::definition::Location;
use itemflow_model::{Path, Value};
use jsonschema::Validator;

use crate::declared::{DeclaredAction, Parameter};
use crate::error::MockError;
use crate::path_template::PathTemplate;

/// An action ready to be matched and checked.
#[derive(Debug)]
pub(crate) struct Route {
    pub(crate) action: DeclaredAction,
    pub(crate) template: PathTemplate,
    /// Path of the items within the answer.
    pub(crate) items: Option<Path>,
    /// The compiled schema of each parameter that has one.
    validators: Vec<Option<Validator>>,
}

impl Route {
    /// Prepares an action.
    ///
    /// # Errors
    /// A schema does not compile.
    pub(crate) fn new(action: DeclaredAction) -> Result<Self, MockError> {
        let validators = action
            .parameters
            .iter()
            .map(|parameter| compile(&action, parameter))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            template: PathTemplate::parse(&action.path),
            items: action.items.as_deref().map(Path::parse),
            validators,
            action,
        })
    }

    /// The parameters of one place, each with its compiled schema.
    pub(crate) fn parameters_in(
        &self,
        place: Location,
    ) -> impl Iterator<Item = (&Parameter, Option<&Validator>)> {
        self.action
            .parameters
            .iter()
            .zip(self.validators.iter().map(Option::as_ref))
            .filter(move |(parameter, _)| parameter.place == place)
    }
}

/// Whether a declared value is an expression, whose result the double cannot know.
pub(crate) fn is_expression(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.starts_with('='))
}

fn compile(action: &DeclaredAction, parameter: &Parameter) -> Result<Option<Validator>, MockError> {
    let Some(schema) = &parameter.property.schema else {
        return Ok(None);
    };
    match jsonschema::validator_for(&serde_json::Value::from(schema)) {
        Ok(validator) => Ok(Some(validator)),
        Err(error) => Err(MockError::Definition {
            action: action.name.clone(),
            reason: format!("the schema of {} does not compile: {error}", parameter.name),
        }),
    }
}
