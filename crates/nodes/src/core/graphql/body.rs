//! `GraphQlBody`: a query, its variables and the name of its operation as JSON.

use itemflow_declarative::Body;
use itemflow_model::{ErrorInfo, Map, Value};

use crate::core::http_request::body::MakeBody;
use crate::core::http_request::pairs::{is_blank, json_value};
use crate::parameters::Parameter;
use crate::run::NodeRun;
use crate::sending::at;

/// The JSON body of a query.
pub(super) struct GraphQlBody {
    pub(super) query: Parameter,
    /// An object, or its JSON text.
    pub(super) variables: Parameter,
    pub(super) operation_name: Parameter,
}

impl MakeBody for GraphQlBody {
    fn make(&self, run: &NodeRun, item: usize) -> Result<Body, ErrorInfo> {
        let query = run.text(&self.query, item)?;
        let given = run.value(&self.variables, item)?.unwrap_or_default();
        let variables = match is_blank(&given) {
            true => Value::empty_object(),
            false => json_value(&given, &self.variables.name)
                .map_err(|error| at(run, item, error.into()))?,
        };
        if variables.as_object().is_none() {
            let message = format!(
                "`variables` must be a JSON object, not {}",
                variables.kind()
            );
            return Err(run.error(message, Some(item), Some(&self.variables.name)));
        }
        let name = run.text(&self.operation_name, item)?;
        let name = match name.is_empty() {
            true => Value::Null,
            false => Value::from(name),
        };
        let members: Map = [
            ("query".into(), Value::from(query)),
            ("variables".into(), variables),
            ("operationName".into(), name),
        ]
        .into_iter()
        .collect();
        Ok(Body::Json(members.into()))
    }
}
