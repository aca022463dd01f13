//! scratch
use std::io::Write as _;
#[path = "../tests/expression/scope.rs"]
mod scope;
use itemflow_expression::{Expression, Limits};
use itemflow_model::Value;
fn ser(v: &Value, out: &mut String) {
    match v {
        Value::Number(n) => {
            let f = n.as_f64();
            if f == 0.0 {
                out.push('0')
            } else {
                out.push_str(&n.to_string())
            }
        }
        Value::Array(a) => {
            out.push('[');
            for (i, e) in a.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                ser(e, out);
            }
            out.push(']');
        }
        Value::Object(m) => {
            out.push('{');
            for (i, (k, e)) in m.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                out.push_str(&serde_json::to_string(&**k).unwrap());
                out.push(':');
                ser(e, out);
            }
            out.push('}');
        }
        other => out.push_str(&serde_json::to_string(other).unwrap()),
    }
}
fn main() {
    let file = std::env::args().nth(1).unwrap();
    let json: Value = serde_json::from_str(r#"{"a":1,"s":"str","n":null,"z":0,"f":false,"e":"","arr":[1,2],"o":{"x":1},"iso":"2024-01-02T03:04:05.000Z","big":9007199254740993,"u":"aé😀b","people":[{"n":"A","age":3,"t":["x","y"]},{"n":"B","age":30,"t":[]},{"n":"C","age":20}]}"#).unwrap();
    let scope = scope::TestScope::new(json);
    let text = std::fs::read_to_string(file).unwrap();
    let mut o = std::io::stdout().lock();
    let verbose = std::env::var("V").is_ok();
    for line in text
        .lines()
        .filter(|l| !l.trim().is_empty() && !l.starts_with("//"))
    {
        let code = line.replace("}}", "} }").replace("}}", "} }");
        let r = match Expression::parse(&format!("={{{{ {code} }}}}")) {
            Err(e) => format!("SYNTAX {}", e.message),
            Ok(e) => match e.evaluate(&scope, &Limits::default()) {
                Ok(None) => "undefined".into(),
                Ok(Some(v)) => {
                    let mut s = String::new();
                    ser(&v, &mut s);
                    s
                }
                Err(e) => {
                    if verbose {
                        format!("undefined // {e}")
                    } else {
                        format!("ERROR {e}")
                    }
                }
            },
        };
        writeln!(o, "{r}").unwrap();
    }
}
