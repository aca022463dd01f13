//! JavaScript's binary operators and equality.

use std::rc::Rc;
use std::sync::Arc;

use itemflow_model::{Number, Value};

use crate::convert::{text_number, to_int32, to_uint32};
use crate::evaluate::{Interpreter, Run};
use crate::js::Js;
use crate::methods::big_int;
use crate::special::Special;
use crate::tree::BinaryOperator;

impl Interpreter<'_> {
    pub(crate) fn binary_operation(
        &mut self,
        operator: BinaryOperator,
        left: &Js,
        right: &Js,
    ) -> Run {
        use BinaryOperator as Op;
        Ok(match operator {
            Op::Same => Js::bool(same(left, right)),
            Op::NotSame => Js::bool(!same(left, right)),
            Op::Equal => Js::bool(self.loosely_equal(left, right)?),
            Op::NotEqual => Js::bool(!self.loosely_equal(left, right)?),
            Op::Add => return self.add(left, right),
            Op::Less | Op::LessOrEqual | Op::Greater | Op::GreaterOrEqual => {
                Js::bool(self.compare(operator, left, right)?)
            }
            Op::In => return self.has_member(right, left),
            Op::InstanceOf => Js::bool(self.is_instance(left, right)?),
            _ => {
                if let (Some(a), Some(b)) = (left.as_number(), right.as_number()) {
                    return Ok(Js::number(arithmetic(operator, a, b)));
                }
                let left = self.number_first_primitive(left)?;
                let right = self.number_first_primitive(right)?;
                if let (Some(a), Some(b)) = (left.as_big_int(), right.as_big_int()) {
                    return big_int::operation(operator, a, b);
                }
                let (a, b) = (self.number_of(&left)?, self.number_of(&right)?);
                Js::number(arithmetic(operator, a, b))
            }
        })
    }

    fn add(&mut self, left: &Js, right: &Js) -> Run {
        if let (Js::Data(Value::Number(a)), Js::Data(Value::Number(b))) = (left, right) {
            return Ok(Js::number(a.as_f64() + b.as_f64()));
        }
        let (left, right) = (self.primitive(left)?, self.primitive(right)?);
        if left.as_text().is_none() && right.as_text().is_none() {
            if let (Some(a), Some(b)) = (left.as_big_int(), right.as_big_int()) {
                return big_int::operation(BinaryOperator::Add, a, b);
            }
            let sum = self.number_of(&left)? + self.number_of(&right)?;
            return Ok(Js::number(sum));
        }
        let (left, right) = (self.text_of(&left)?, self.text_of(&right)?);
        if left.is_empty() {
            return Ok(Js::text(right));
        }
        if right.is_empty() {
            return Ok(Js::text(left));
        }
        let length = left.len() + right.len();
        self.check_length(length)?;
        let mut text = String::with_capacity(length);
        text.push_str(&left);
        text.push_str(&right);
        self.new_text(text)
    }

    fn compare(&mut self, operator: BinaryOperator, left: &Js, right: &Js) -> Run<bool> {
        use BinaryOperator as Op;
        let left = self.number_first_primitive(left)?;
        let right = self.number_first_primitive(right)?;
        if let (Some(a), Some(b)) = (left.as_text(), right.as_text()) {
            let order = text_order(a, b);
            self.charge_fuel(1 + (a.len().min(b.len()) / 64) as u64)?;
            return Ok(match operator {
                Op::Less => order.is_lt(),
                Op::LessOrEqual => order.is_le(),
                Op::Greater => order.is_gt(),
                _ => order.is_ge(),
            });
        }
        let order = match (left.as_big_int(), right.as_big_int()) {
            (Some(a), _) => Some(big_int::compare(a, &right)),
            (None, Some(b)) => Some(big_int::compare(b, &left).map(std::cmp::Ordering::reverse)),
            (None, None) => None,
        };
        if let Some(order) = order {
            return Ok(order.is_some_and(|order| match operator {
                Op::Less => order.is_lt(),
                Op::LessOrEqual => order.is_le(),
                Op::Greater => order.is_gt(),
                _ => order.is_ge(),
            }));
        }
        let (a, b) = match (&left, &right) {
            // Whole numbers compare exactly, also beyond 2^53.
            (Js::Data(Value::Number(a)), Js::Data(Value::Number(b))) => (*a, *b),
            _ => (
                Number::from(self.number_of(&left)?),
                Number::from(self.number_of(&right)?),
            ),
        };
        Ok(match operator {
            Op::Less => a < b,
            Op::LessOrEqual => a <= b,
            Op::Greater => a > b,
            _ => a >= b,
        })
    }

    pub(crate) fn loosely_equal(&mut self, left: &Js, right: &Js) -> Run<bool> {
        if left.is_nullish() || right.is_nullish() {
            return Ok(left.is_nullish() && right.is_nullish());
        }
        if left.is_object() && right.is_object() {
            return Ok(same(left, right));
        }
        if left.is_object() {
            let left = self.primitive(left)?;
            return self.loosely_equal(&left, right);
        }
        if right.is_object() {
            let right = self.primitive(right)?;
            return self.loosely_equal(left, &right);
        }
        if left.as_text().is_some() && right.as_text().is_some() {
            return Ok(same(left, right));
        }
        if let (Js::Data(Value::Number(a)), Js::Data(Value::Number(b))) = (left, right) {
            return Ok(a == b);
        }
        match (left.as_big_int(), right.as_big_int()) {
            (Some(a), _) => Ok(big_int::compare(a, right).is_some_and(std::cmp::Ordering::is_eq)),
            (_, Some(b)) => Ok(big_int::compare(b, left).is_some_and(std::cmp::Ordering::is_eq)),
            (None, None) => Ok(self.number_of(left)? == self.number_of(right)?),
        }
    }
}

/// The order of texts by their code units.
pub(crate) fn text_order(a: &str, b: &str) -> std::cmp::Ordering {
    if a.is_ascii() && b.is_ascii() {
        return a.cmp(b);
    }
    a.encode_utf16().cmp(b.encode_utf16())
}

/// The operators that work on two numbers.
pub(crate) fn arithmetic(operator: BinaryOperator, a: f64, b: f64) -> f64 {
    use BinaryOperator as Op;
    match operator {
        Op::Subtract => a - b,
        Op::Multiply => a * b,
        Op::Divide => a / b,
        Op::Remainder => a % b,
        Op::Power => power(a, b),
        Op::ShiftLeft => f64::from(to_int32(a).wrapping_shl(to_uint32(b) & 31)),
        Op::ShiftRight => f64::from(to_int32(a).wrapping_shr(to_uint32(b) & 31)),
        Op::ShiftRightUnsigned => f64::from(to_uint32(a).wrapping_shr(to_uint32(b) & 31)),
        Op::BitOr => f64::from(to_int32(a) | to_int32(b)),
        Op::BitXor => f64::from(to_int32(a) ^ to_int32(b)),
        Op::BitAnd => f64::from(to_int32(a) & to_int32(b)),
        _ => a + b,
    }
}

/// `a ** b`; unlike IEEE, JavaScript makes `1 ** NaN` and `1 ** Infinity` NaN.
pub(crate) fn power(a: f64, b: f64) -> f64 {
    if b.is_nan() || (a.abs() == 1.0 && b.is_infinite()) {
        return f64::NAN;
    }
    a.powf(b)
}

/// `===`
pub(crate) fn same(left: &Js, right: &Js) -> bool {
    match (left, right) {
        (Js::Undefined, Js::Undefined) => true,
        (Js::Data(a), Js::Data(b)) => same_data(a, b),
        (Js::Array(a), Js::Array(b)) => Rc::ptr_eq(a, b),
        (Js::Object(a), Js::Object(b)) => Rc::ptr_eq(a, b),
        (Js::Map(a), Js::Map(b)) | (Js::Set(a), Js::Set(b)) => Rc::ptr_eq(a, b),
        (Js::Function(a), Js::Function(b)) => Rc::ptr_eq(a, b),
        (Js::Global(a), Js::Global(b)) => a == b,
        (Js::Regex(a), Js::Regex(b)) => Rc::ptr_eq(a, b),
        (Js::Date(a), Js::Date(b)) => Rc::ptr_eq(a, b),
        (Js::DateTime(a), Js::DateTime(b)) => Rc::ptr_eq(a, b),
        (Js::Duration(a), Js::Duration(b)) => Rc::ptr_eq(a, b),
        (Js::Interval(a), Js::Interval(b)) => Rc::ptr_eq(a, b),
        (Js::Host(a), Js::Host(b)) => a == b,
        (Js::Item(a), Js::Item(b)) => Rc::ptr_eq(a, b) || same_data(&a.json, &b.json),
        (Js::Items(a), Js::Items(b)) => a.shares_list_with(b),
        (Js::Special(a), Js::Special(b)) => match (&**a, &**b) {
            (Special::BigInt(a), Special::BigInt(b)) => a == b,
            _ => Rc::ptr_eq(a, b),
        },
        (Js::Native(a), Js::Native(b)) => {
            Rc::ptr_eq(a, b) || (a.name == b.name && same(&a.receiver, &b.receiver))
        }
        _ => false,
    }
}

fn same_data(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Null, Value::Null) => true,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Number(a), Value::Number(b)) => a == b,
        (Value::String(a), Value::String(b)) => a == b,
        // Shared data is one object, wherever it was read from.
        (Value::Array(a), Value::Array(b)) => Arc::ptr_eq(a, b),
        (Value::Object(a), Value::Object(b)) => Arc::ptr_eq(a, b),
        _ => false,
    }
}

/// `Object.is`, but for `-0`: as `===`, and NaN is itself.
pub(crate) fn same_value(left: &Js, right: &Js) -> bool {
    match (left.as_number(), right.as_number()) {
        (Some(a), Some(b)) if a.is_nan() && b.is_nan() => true,
        _ => same(left, right),
    }
}

/// The number of a value that is no object.
pub(crate) fn primitive_number(value: &Js) -> f64 {
    match value {
        Js::Data(Value::Null) => 0.0,
        Js::Data(Value::Bool(flag)) => f64::from(u8::from(*flag)),
        Js::Data(Value::Number(number)) => number.as_f64(),
        Js::Data(Value::String(text)) => text_number(text),
        _ => f64::NAN,
    }
}
