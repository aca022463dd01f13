//! Prints a parsed expression back as source, in one canonical form.
//!
//! What is printed is the tree and nothing else: comments, spacing and needless brackets are gone, local variables have
//! new names, and a name that nothing declares is `unknown`. Read again, the text gives the same tree, which shows that
//! the parser loses nothing and that the tree says all there is.

mod operators;
mod statements;
mod text;

use std::collections::HashMap;

use itemflow_model::Value;

use self::operators::Level;
use crate::names;
use crate::regex::Pattern as RegexPattern;
use crate::tree::{Chain, Code, Element, Key, Local, Node, Property, Step, Tagged, TextPart};

/// The name of variables that nothing declares.
const UNKNOWN: &str = "unknown";

/// The code of one `{{ … }}`, brackets not included.
pub(crate) fn code(code: &Code) -> String {
    let mut printer = Printer::default();
    let mut text = printer.node(&code.node, Level::Sequence);
    if text.starts_with("function") {
        text = format!("({text})");
    }
    // Only a regular expression may hold these; the escape is undone when the text is split.
    text.replacen("}}", "\\}}", 1)
}

/// A text before code or at the end, escaped so that it is split where it was.
pub(crate) fn plain(text: &str, before_code: bool) -> String {
    if !before_code {
        return text.to_owned();
    }
    let last = text.rfind("{{").map_or(0, |at| at + 2);
    format!("{}{}", &text[..last], text[last..].replace('\\', "\\\\"))
}

#[derive(Default)]
struct Printer {
    functions: Vec<Names>,
    /// How many names have been given.
    named: usize,
}

/// The names given to the variables of a function.
#[derive(Default)]
struct Names {
    arrow: bool,
    names: HashMap<u16, String>,
    /// In the order in which they appear.
    order: Vec<u16>,
    declared: Vec<u16>,
}

impl Printer {
    /// A node in a place that takes what binds as tightly as `level` or tighter; anything else gets brackets.
    fn node(&mut self, node: &Node, level: Level) -> String {
        let text = self.bare(node);
        if operators::level(node) < level {
            format!("({text})")
        } else {
            text
        }
    }

    fn bare(&mut self, node: &Node) -> String {
        match node {
            Node::Undefined => "undefined".into(),
            Node::Literal(value) => literal(value),
            Node::BigInt(number) => format!("{number}n"),
            Node::Tagged(tagged) => self.tagged(tagged),
            Node::Text(parts) => self.template(parts),
            Node::Json => "$json".into(),
            Node::Variable(variable) => names::variable_name(variable).to_owned(),
            Node::Now => "$now".into(),
            Node::Today => "$today".into(),
            Node::Global(global) => names::global_name(*global).into(),
            Node::Unknown => UNKNOWN.into(),
            Node::Local(local) => self.local(*local),
            Node::Chain(chain) => self.chain(chain),
            Node::Array(elements) => format!("[{}]", self.elements(elements)),
            Node::Object(properties) => self.object(properties),
            Node::Function(function) => self.function(function),
            Node::Regex(pattern) => regex(pattern),
            Node::Binary(binary) => self.binary(binary),
            Node::Logical(logical) => self.logical(logical),
            Node::Unary(operator, operand) => self.unary(operators::unary(*operator), operand),
            Node::Conditional(nodes) => {
                let [test, yes, no] = &**nodes;
                format!(
                    "{} ? {} : {}",
                    self.node(test, Level::Logical),
                    self.node(yes, Level::Assignment),
                    self.node(no, Level::Assignment)
                )
            }
            Node::Sequence(nodes) => {
                let nodes: Vec<String> = nodes
                    .iter()
                    .map(|node| self.node(node, Level::Assignment))
                    .collect();
                nodes.join(", ")
            }
            Node::Assign(assign) => self.assign(assign),
            Node::Update(update) => {
                let target = self.target(&update.target);
                let sign = if update.step > 0.0 { "++" } else { "--" };
                if update.prefix {
                    format!("{sign}{target}")
                } else {
                    format!("{target}{sign}")
                }
            }
            Node::Delete(operand) => self.unary("delete ", operand),
            Node::New(class, arguments) => {
                let class = match &**class {
                    Node::Global(_) | Node::Local(_) | Node::Unknown | Node::Variable(_) => {
                        self.bare(class)
                    }
                    other => format!("({})", self.bare(other)),
                };
                format!("new {class}({})", self.elements(arguments))
            }
        }
    }

    fn template(&mut self, parts: &[TextPart]) -> String {
        let mut out = String::from("`");
        for part in parts {
            match part {
                TextPart::Fixed(fixed) => out.push_str(&text::template(fixed)),
                TextPart::Node(node) => {
                    let inner = self.node(node, Level::Sequence);
                    let space = if inner.ends_with('}') { " " } else { "" };
                    out.push_str(&format!("${{{inner}{space}}}"));
                }
            }
        }
        out.push('`');
        out
    }

    fn tagged(&mut self, tagged: &Tagged) -> String {
        let mut out = match &tagged.tag {
            Node::Chain(chain) if !statements::has_optional(chain) => self.chain(chain),
            tag => self.base(tag),
        };
        out.push('`');
        let mut values = tagged.values.iter();
        for (_, raw) in &tagged.texts {
            out.push_str(raw);
            if let Some(Element::Node(node)) = values.next() {
                let inner = self.node(node, Level::Sequence);
                let space = if inner.ends_with('}') { " " } else { "" };
                out.push_str(&format!("${{{inner}{space}}}"));
            }
        }
        out.push('`');
        out
    }

    fn elements(&mut self, elements: &[Element]) -> String {
        let mut out = String::new();
        for (i, element) in elements.iter().enumerate() {
            if i > 0 {
                out.push_str(", ");
            }
            match element {
                Element::Node(node) => out.push_str(&self.node(node, Level::Assignment)),
                Element::Spread(node) => {
                    out.push_str("...");
                    out.push_str(&self.node(node, Level::Assignment));
                }
                Element::Hole => {}
            }
        }
        if matches!(elements.last(), Some(Element::Hole)) {
            out.push(',');
        }
        out
    }

    fn object(&mut self, properties: &[Property]) -> String {
        let members: Vec<String> = properties
            .iter()
            .map(|property| match property {
                Property::Member(key, node) => {
                    let key = self.key(key);
                    format!("{key}: {}", self.node(node, Level::Assignment))
                }
                Property::Spread(node) => format!("...{}", self.node(node, Level::Assignment)),
            })
            .collect();
        braced(&members.join(", "))
    }

    fn key(&mut self, key: &Key) -> String {
        match key {
            Key::Name(name) if text::is_identifier(name) => name.to_string(),
            Key::Name(name) => text::quoted(name),
            Key::Computed(node) => format!("[{}]", self.node(node, Level::Assignment)),
        }
    }

    fn chain(&mut self, chain: &Chain) -> String {
        let mut out = self.base(&chain.base);
        let mut steps = chain.steps.iter().peekable();
        while let Some(step) = steps.next() {
            match step {
                Step::Member { name, optional } => {
                    // `.name(` would be a method call, which `["name"](` is not.
                    let called = matches!(steps.peek(), Some(Step::Call { .. }));
                    if text::is_identifier(name) && !called {
                        out.push_str(if *optional { "?." } else { "." });
                        out.push_str(name);
                    } else {
                        out.push_str(if *optional { "?.[" } else { "[" });
                        out.push_str(&text::quoted(name));
                        out.push(']');
                    }
                }
                Step::Index { index, optional } => {
                    out.push_str(if *optional { "?.[" } else { "[" });
                    out.push_str(&self.node(index, Level::Sequence));
                    out.push(']');
                }
                Step::Call {
                    arguments,
                    optional,
                } => {
                    out.push_str(if *optional { "?.(" } else { "(" });
                    out.push_str(&self.elements(arguments));
                    out.push(')');
                }
                Step::Method {
                    name,
                    arguments,
                    optional,
                    optional_call,
                    ..
                } => {
                    out.push_str(if *optional { "?." } else { "." });
                    out.push_str(name);
                    out.push_str(if *optional_call { "?.(" } else { "(" });
                    out.push_str(&self.elements(arguments));
                    out.push(')');
                }
            }
        }
        out
    }

    /// What members and calls follow.
    fn base(&mut self, node: &Node) -> String {
        match node {
            // A chain in brackets is one that `?.` does not leave; a function needs them as well, and so does a number.
            Node::Chain(_) | Node::Function(_) | Node::Literal(Value::Number(_)) => {
                format!("({})", self.bare(node))
            }
            // Called by its own name it is no function but a conditional.
            Node::Global(names::Global::If) => "($if)".into(),
            node => self.node(node, Level::Primary),
        }
    }

    fn local(&mut self, local: Local) -> String {
        let Some(at) = self.functions.len().checked_sub(1 + usize::from(local.up)) else {
            return UNKNOWN.into();
        };
        let function = &mut self.functions[at];
        if local.slot == 0 && !function.arrow {
            return "this".into();
        }
        let named = &mut self.named;
        let order = &mut function.order;
        function
            .names
            .entry(local.slot)
            .or_insert_with(|| {
                order.push(local.slot);
                *named += 1;
                text::name(*named - 1)
            })
            .clone()
    }
}

/// Code in braces, so that two closing ones never meet.
fn braced(inner: &str) -> String {
    if inner.is_empty() {
        "{}".into()
    } else {
        format!("{{ {inner} }}")
    }
}

fn literal(value: &Value) -> String {
    match value {
        Value::Null => "null".into(),
        Value::Bool(value) => value.to_string(),
        Value::String(value) => text::quoted(value),
        Value::Number(number) => {
            let double = number.as_f64();
            if double == 0.0 && double.is_sign_negative() {
                "-0".into()
            } else if number.as_i64().is_some_and(|n| n.unsigned_abs() > 1 << 53) {
                format!("{number}n")
            } else {
                number.to_string()
            }
        }
        // Literals of the language are none of these.
        Value::Array(_) | Value::Object(_) => "undefined".into(),
    }
}

fn regex(pattern: &RegexPattern) -> String {
    format!("/{}/{}", pattern.source, pattern.flags)
}
