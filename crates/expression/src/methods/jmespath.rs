//! `$jmespath(data, query)`: JMESPath queries, evaluated within the limits of the expression.

use itemflow_model::{Map, Value};
use jmespath::ast::{Ast, Comparator};
use jmespath::{Rcvar, Variable};

use super::jmespath_functions as functions;
use crate::evaluate::{Interpreter, Run, extension_error, type_error};
use crate::extensions::compare;
use crate::js::{Js, Members};
use crate::list::ListView;
use crate::methods::argument;
use crate::names;
use crate::operators;
use crate::tree::BinaryOperator;

/// The longest query, in bytes.
const MAX_QUERY_BYTES: usize = 4096;
/// The most signs in a query that its parser recurses for.
const MAX_NESTING: usize = 300;

/// What an argument of a function is: a value, or a part of the query (`&name`).
pub(super) enum Argument<'a> {
    Value(Js),
    Query(&'a Ast),
}

/// `$jmespath(data, query)`
pub(super) fn search(interpreter: &mut Interpreter, arguments: &[Js]) -> Run {
    let data = argument(arguments, 0);
    let (true, Some(query)) = (data.is_object(), argument(arguments, 1).as_text()) else {
        return extension_error(
            "$jmespath needs an object or list and a query, for example $jmespath($json, 'items[*].id')",
        );
    };
    check(query)?;
    interpreter.charge_fuel(100 + query.len() as u64 * 20)?;
    let Ok(compiled) = jmespath::compile(query) else {
        return extension_error(format!("`{query}` is no JMESPath query"));
    };
    evaluate(interpreter, data, compiled.as_ast())
}

/// Refuses what n8n refuses, and what the parser could not bear.
fn check(query: &str) -> Run<()> {
    if query.contains('\\') {
        return extension_error("a query of $jmespath cannot have a backslash");
    }
    let words = query.split(|c: char| !(c.is_alphanumeric() || c == '_'));
    for word in words {
        if names::is_forbidden(word) {
            return extension_error(format!("`{word}` cannot be used in a query of $jmespath"));
        }
    }
    let signs = query
        .bytes()
        .filter(|b| matches!(b, b'(' | b'[' | b'{' | b'!' | b'*' | b'&' | b'|' | b'?'));
    if query.len() > MAX_QUERY_BYTES || signs.count() > MAX_NESTING {
        return extension_error("the query of $jmespath is too long");
    }
    Ok(())
}

pub(super) fn evaluate(interpreter: &mut Interpreter, data: &Js, query: &Ast) -> Run {
    interpreter.charge_fuel(1)?;
    interpreter.enter(1)?;
    let result = evaluate_any(interpreter, data, query);
    interpreter.leave(1);
    result
}

fn evaluate_any(interpreter: &mut Interpreter, data: &Js, query: &Ast) -> Run {
    Ok(match query {
        Ast::Identity { .. } => data.clone(),
        Ast::Field { name, .. } => field(interpreter, data, name)?,
        Ast::Index { idx, .. } => match ListView::of(data) {
            Some(list) => {
                let at = if *idx < 0 {
                    list.len() as i64 + i64::from(*idx)
                } else {
                    i64::from(*idx)
                };
                or_null(usize::try_from(at).map_or(Js::Undefined, |at| list.get(at)))
            }
            None => Js::NULL,
        },
        Ast::Literal { value, .. } => Js::Data(literal(value)),
        Ast::Subexpr { lhs, rhs, .. } => {
            let left = evaluate(interpreter, data, lhs)?;
            evaluate(interpreter, &left, rhs)?
        }
        Ast::Or { lhs, rhs, .. } => {
            let left = evaluate(interpreter, data, lhs)?;
            if holds(interpreter, &left)? {
                left
            } else {
                evaluate(interpreter, data, rhs)?
            }
        }
        Ast::And { lhs, rhs, .. } => {
            let left = evaluate(interpreter, data, lhs)?;
            if holds(interpreter, &left)? {
                evaluate(interpreter, data, rhs)?
            } else {
                left
            }
        }
        Ast::Not { node, .. } => {
            let value = evaluate(interpreter, data, node)?;
            Js::bool(!holds(interpreter, &value)?)
        }
        Ast::Condition {
            predicate, then, ..
        } => {
            let value = evaluate(interpreter, data, predicate)?;
            if holds(interpreter, &value)? {
                evaluate(interpreter, data, then)?
            } else {
                Js::NULL
            }
        }
        Ast::Comparison {
            comparator,
            lhs,
            rhs,
            ..
        } => {
            let left = evaluate(interpreter, data, lhs)?;
            let right = evaluate(interpreter, data, rhs)?;
            compare_values(interpreter, comparator, &left, &right)?
        }
        Ast::ObjectValues { node, .. } => {
            let value = evaluate(interpreter, data, node)?;
            if !is_map(&value) {
                return Ok(Js::NULL);
            }
            let entries = interpreter.entries(&value)?;
            Js::array(entries.into_iter().map(|(_, value)| value).collect())
        }
        Ast::Projection { lhs, rhs, .. } => {
            let left = evaluate(interpreter, data, lhs)?;
            let Some(list) = ListView::of(&left) else {
                return Ok(Js::NULL);
            };
            let mut elements = Vec::new();
            for i in 0..list.len() {
                let value = evaluate(interpreter, &list.get(i), rhs)?;
                if !value.is_nullish() {
                    interpreter.charge_elements(1)?;
                    elements.push(value);
                }
            }
            Js::array(elements)
        }
        Ast::Flatten { node, .. } => {
            let value = evaluate(interpreter, data, node)?;
            let Some(list) = ListView::of(&value) else {
                return Ok(Js::NULL);
            };
            let mut elements = Vec::new();
            for element in list.to_vec() {
                match ListView::of(&element) {
                    Some(inner) => elements.extend(inner.to_vec()),
                    None => elements.push(element),
                }
            }
            interpreter.charge_elements(elements.len())?;
            Js::array(elements)
        }
        Ast::MultiList { .. } | Ast::MultiHash { .. } if data.is_nullish() => Js::NULL,
        Ast::MultiList { elements, .. } => {
            let mut values = Vec::with_capacity(elements.len());
            for element in elements {
                values.push(evaluate(interpreter, data, element)?);
            }
            interpreter.charge_elements(values.len())?;
            Js::array(values)
        }
        Ast::MultiHash { elements, .. } => {
            let mut members = Members::default();
            for pair in elements {
                let value = evaluate(interpreter, data, &pair.value)?;
                members.insert(pair.key.as_str().into(), value);
            }
            interpreter.charge_elements(members.len() * 3)?;
            Js::object(members)
        }
        Ast::Slice {
            start, stop, step, ..
        } => slice(interpreter, data, *start, *stop, *step)?,
        Ast::Function { name, args, .. } => {
            let mut values = Vec::with_capacity(args.len());
            for argument in args {
                values.push(match argument {
                    Ast::Expref { ast, .. } => Argument::Query(ast),
                    other => Argument::Value(evaluate(interpreter, data, other)?),
                });
            }
            functions::call(interpreter, name, &values)?
        }
        Ast::Expref { .. } => return type_error("`&` belongs into the arguments of a function"),
    })
}

fn field(interpreter: &mut Interpreter, data: &Js, name: &str) -> Run {
    if !is_map(data) {
        return Ok(Js::NULL);
    }
    Ok(or_null(interpreter.get_member(data, name)?))
}

fn or_null(value: Js) -> Js {
    if value.is_undefined() || value.is_function() {
        Js::NULL
    } else {
        value
    }
}

/// Whether the value is an object with members.
pub(super) fn is_map(value: &Js) -> bool {
    matches!(
        value,
        Js::Data(Value::Object(_)) | Js::Object(_) | Js::Item(_)
    )
}

/// JMESPath: false are null, false, empty text, empty lists and empty objects.
fn holds(interpreter: &mut Interpreter, value: &Js) -> Run<bool> {
    if let Some(list) = ListView::of(value) {
        return Ok(list.len() > 0);
    }
    if is_map(value) {
        return Ok(!interpreter.entries(value)?.is_empty());
    }
    Ok(match value {
        value if value.is_nullish() => false,
        Js::Data(Value::Bool(flag)) => *flag,
        Js::Data(Value::String(text)) => !text.is_empty(),
        _ => true,
    })
}

fn compare_values(
    interpreter: &mut Interpreter,
    comparator: &Comparator,
    left: &Js,
    right: &Js,
) -> Run {
    let operator = match comparator {
        Comparator::Equal => return Ok(Js::bool(compare::equal(interpreter, left, right)?)),
        Comparator::NotEqual => return Ok(Js::bool(!compare::equal(interpreter, left, right)?)),
        Comparator::LessThan => BinaryOperator::Less,
        Comparator::LessThanEqual => BinaryOperator::LessOrEqual,
        Comparator::GreaterThan => BinaryOperator::Greater,
        Comparator::GreaterThanEqual => BinaryOperator::GreaterOrEqual,
    };
    interpreter.binary_operation(operator, left, right)
}

fn slice(
    interpreter: &mut Interpreter,
    data: &Js,
    start: Option<i32>,
    stop: Option<i32>,
    step: i32,
) -> Run {
    let Some(list) = ListView::of(data) else {
        return Ok(Js::NULL);
    };
    if step == 0 {
        return type_error("the step of a slice cannot be 0");
    }
    let length = list.len() as i64;
    let step = i64::from(step);
    let (least, most) = if step > 0 {
        (0, length)
    } else {
        (-1, length - 1)
    };
    let place = |index: Option<i32>, default: i64| match index {
        None => default,
        Some(index) if index < 0 => (length + i64::from(index)).max(least),
        Some(index) => i64::from(index).min(most),
    };
    let (first, last) = if step > 0 {
        (0, length)
    } else {
        (length - 1, -1)
    };
    let (mut at, end) = (place(start, first), place(stop, last));
    let mut elements = Vec::new();
    while (step > 0 && at < end) || (step < 0 && at > end) {
        elements.push(usize::try_from(at).map_or(Js::NULL, |at| list.get(at)));
        at += step;
    }
    interpreter.charge_elements(elements.len())?;
    Ok(Js::array(elements))
}

/// A literal of the query as data.
fn literal(value: &Rcvar) -> Value {
    match &**value {
        Variable::Null | Variable::Expref(_) => Value::Null,
        Variable::Bool(flag) => Value::Bool(*flag),
        Variable::String(text) => Value::from(text.as_str()),
        Variable::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(whole), _) => Value::from(whole),
            (None, Some(whole)) => Value::from(whole),
            (None, None) => Value::from(number.as_f64().unwrap_or(f64::NAN)),
        },
        Variable::Array(list) => Value::from(list.iter().map(literal).collect::<Vec<_>>()),
        Variable::Object(members) => Value::from(
            members
                .iter()
                .map(|(key, value)| (key.as_str().into(), literal(value)))
                .collect::<Map>(),
        ),
    }
}

/// The order of two numbers or two texts.
pub(super) fn order(a: &Js, b: &Js) -> Option<std::cmp::Ordering> {
    if let (Some(a), Some(b)) = (a.as_text(), b.as_text()) {
        return Some(operators::text_order(a, b));
    }
    a.as_number()?.partial_cmp(&b.as_number()?)
}
