//! What the variables of a script mean: the same as those of an expression, asked of the same scope.

use itemflow_expression::{EvaluateError, HostObject, Resolved, Scope, Variable};
use itemflow_model::{Items, Value};
use itemflow_script::Answer;

use super::answers::RunAnswers;

/// Reads a variable and follows the members and calls after it.
pub(super) fn read(answers: &RunAnswers, name: &str, question: &Value) -> Answer {
    let item = question.get("item").and_then(Value::as_u64).unwrap_or(0) as usize;
    let steps = question.get("steps").and_then(Value::as_array);
    let scope = answers.run().scope(item);
    let resolved =
        resolve(&scope, name, steps.unwrap_or_default()).map_err(|error| error.to_string())?;
    text(answers, &scope, resolved).map_err(|error| error.to_string())
}

fn resolve(scope: &dyn Scope, name: &str, steps: &[Value]) -> Result<Resolved, EvaluateError> {
    let mut steps = steps.iter();
    let mut at = match name {
        "$" => match steps.next().and_then(|step| step.get("node")?.as_str()) {
            Some(node) => scope.node(node)?,
            None => return Ok(Resolved::Undefined),
        },
        _ => scope.variable(&Variable::named(name))?,
    };
    for step in steps {
        at = match (&at, step.get("member"), step.get("call")) {
            (Resolved::Object(object), Some(member), _) => {
                scope.member(object, member.as_str().unwrap_or_default())?
            }
            (Resolved::Object(object), _, Some(method)) => {
                let arguments = step.get("arguments").and_then(Value::as_array);
                let arguments: Vec<Option<Value>> = arguments
                    .unwrap_or_default()
                    .iter()
                    .map(|value| (!value.is_null()).then(|| value.clone()))
                    .collect();
                scope.call(object, method.as_str().unwrap_or_default(), &arguments)?
            }
            (Resolved::Value(value), Some(member), _) => value
                .get(member.as_str().unwrap_or_default())
                .cloned()
                .map_or(Resolved::Undefined, Resolved::Value),
            _ => Resolved::Undefined,
        };
    }
    Ok(at)
}

/// JSON text of what was found.
fn text(
    answers: &RunAnswers,
    scope: &dyn Scope,
    resolved: Resolved,
) -> Result<Option<String>, EvaluateError> {
    Ok(match resolved {
        Resolved::Undefined => None,
        Resolved::Value(value) => Some(value.to_string()),
        Resolved::Items(items) => Some(lossless(answers.items_text(&items))),
        Resolved::Item(item) => {
            let list = lossless(answers.items_text(&Items::from(vec![item])));
            // The only element of a list.
            Some(list[1..list.len() - 1].to_owned())
        }
        Resolved::Object(object) => match data_of(scope, &object)? {
            Some(value) => Some(value.to_string()),
            None => Some("{}".into()),
        },
    })
}

fn data_of(scope: &dyn Scope, object: &HostObject) -> Result<Option<Value>, EvaluateError> {
    Ok(match scope.call(object, "toJSON", &[])? {
        Resolved::Value(value) => Some(value),
        _ => None,
    })
}

fn lossless(json: Vec<u8>) -> String {
    String::from_utf8(json).expect("JSON is written as UTF-8")
}
