//! Prints functions, their statements, and what values are bound or assigned to.

use std::sync::Arc;

use super::{Names, Printer, UNKNOWN, braced};
use crate::print::operators::Level;
use crate::tree::{
    Body, Chain, DeclareKind, ForEach, FunctionCode, Key, Local, Loop, Node, Pattern, Statement,
    Step, Try,
};

impl Printer {
    pub(super) fn function(&mut self, function: &Arc<FunctionCode>) -> String {
        self.functions.push(Names {
            arrow: function.arrow,
            ..Names::default()
        });
        let own_name = function.own_name.map(|slot| self.declared(slot));
        let mut parameters: Vec<String> = function
            .parameters
            .iter()
            .map(|parameter| self.binding(parameter))
            .collect();
        if let Some(rest) = &function.rest {
            parameters.push(format!("...{}", self.binding(rest)));
        }
        let parameters = parameters.join(", ");
        let body = match &function.body {
            Body::Expression(node) => {
                let text = self.node(node, Level::Assignment);
                if text.starts_with('{') {
                    format!("({text})")
                } else {
                    text
                }
            }
            Body::Statements(statements) => {
                let mut body = self.statements(statements);
                if body.starts_with('"') {
                    // A text alone at the start would be a directive.
                    body.insert(0, ';');
                }
                self.with_variables(&body)
            }
        };
        self.functions.pop();
        if function.arrow {
            format!("({parameters}) => {body}")
        } else {
            let name = own_name.map_or(String::new(), |name| format!(" {name}"));
            format!("function{name}({parameters}) {body}")
        }
    }

    /// The body, after the names of variables whose declaration is no statement (`var a`).
    fn with_variables(&self, body: &str) -> String {
        let Some(function) = self.functions.last() else {
            return braced(body);
        };
        let names: Vec<&str> = function
            .order
            .iter()
            .filter(|slot| !function.declared.contains(slot))
            .filter_map(|slot| function.names.get(slot))
            .map(String::as_str)
            .collect();
        if names.is_empty() {
            braced(body)
        } else {
            braced(&format!("var {}; {body}", names.join(", ")))
        }
    }

    fn declared(&mut self, slot: u16) -> String {
        let name = self.local(Local { up: 0, slot });
        if let Some(function) = self.functions.last_mut() {
            function.declared.push(slot);
        }
        name
    }

    fn statements(&mut self, statements: &[Statement]) -> String {
        let statements: Vec<String> = statements
            .iter()
            .map(|statement| self.statement(statement))
            .collect();
        statements.join(" ")
    }

    fn statement(&mut self, statement: &Statement) -> String {
        match statement {
            Statement::Expression(node) => {
                let text = self.node(node, Level::Sequence);
                if text.starts_with('{') || text.starts_with("function") {
                    format!("({text});")
                } else {
                    format!("{text};")
                }
            }
            Statement::Declare(kind, target, value) => {
                format!("{} {};", keyword(*kind), self.declarator(target, value))
            }
            Statement::Return(None) => "return;".into(),
            Statement::Return(Some(node)) => {
                format!("return {};", self.node(node, Level::Sequence))
            }
            Statement::If(test, yes, no) => {
                let test = self.node(test, Level::Sequence);
                let yes = self.body(yes);
                match no {
                    Some(no) => format!("if ({test}) {yes} else {}", self.body(no)),
                    None => format!("if ({test}) {yes}"),
                }
            }
            Statement::Block(statements) => braced(&self.statements(statements)),
            Statement::Loop(inner) => self.any_loop(inner),
            Statement::ForOf(inner) => self.for_each(inner, "of"),
            Statement::ForIn(inner) => self.for_each(inner, "in"),
            Statement::Switch(value, cases) => self.switch(value, cases),
            Statement::Break(None) => "break;".into(),
            Statement::Break(Some(label)) => format!("break {label};"),
            Statement::Continue(None) => "continue;".into(),
            Statement::Continue(Some(label)) => format!("continue {label};"),
            Statement::Labeled(label, inner) => format!("{label}: {}", self.statement(inner)),
            Statement::Throw(node) => format!("throw {};", self.node(node, Level::Sequence)),
            Statement::Try(inner) => self.try_(inner),
        }
    }

    /// The body of a statement, always in braces; braces of its own are these.
    fn body(&mut self, statement: &Statement) -> String {
        match statement {
            Statement::Block(statements) if statements.len() != 1 => {
                braced(&self.statements(statements))
            }
            statement => braced(&self.statement(statement)),
        }
    }

    fn declarator(&mut self, target: &Pattern, value: &Option<Node>) -> String {
        let target = self.binding(target);
        match value {
            Some(value) => format!("{target} = {}", self.node(value, Level::Assignment)),
            None => target,
        }
    }

    fn any_loop(&mut self, inner: &Loop) -> String {
        if inner.body_first {
            let body = self.body(&inner.body);
            let test = self.optional(inner.test.as_ref());
            return format!("do {body} while ({test});");
        }
        let mut start = String::new();
        for statement in &inner.start {
            match statement {
                Statement::Declare(kind, target, value) => {
                    start.push_str(&if start.is_empty() {
                        format!("{} ", keyword(*kind))
                    } else {
                        ", ".into()
                    });
                    start.push_str(&self.declarator(target, value));
                }
                // In brackets, since `in` would make another loop of it.
                Statement::Expression(node) => {
                    start = format!("({})", self.node(node, Level::Sequence));
                }
                _ => {}
            }
        }
        let test = self.optional(inner.test.as_ref());
        let next = self.optional(inner.next.as_ref());
        format!("for ({start}; {test}; {next}) {}", self.body(&inner.body))
    }

    fn optional(&mut self, node: Option<&Node>) -> String {
        node.map_or(String::new(), |node| self.node(node, Level::Sequence))
    }

    fn for_each(&mut self, inner: &ForEach, word: &str) -> String {
        let target = match inner.declares {
            Some(kind) => format!("{} {}", keyword(kind), self.binding(&inner.target)),
            None => self.target(&inner.target),
        };
        let over = self.node(&inner.over, Level::Assignment);
        format!("for ({target} {word} {over}) {}", self.body(&inner.body))
    }

    fn switch(&mut self, value: &Node, cases: &[(Option<Node>, Vec<Statement>)]) -> String {
        let value = self.node(value, Level::Sequence);
        let mut inner = Vec::new();
        for (test, statements) in cases {
            let label = match test {
                Some(test) => format!("case {}:", self.node(test, Level::Sequence)),
                None => "default:".into(),
            };
            inner.push(format!("{label} {}", self.statements(statements)));
        }
        format!("switch ({value}) {}", braced(&inner.join(" ")))
    }

    fn try_(&mut self, inner: &Try) -> String {
        let mut out = format!("try {}", braced(&self.statements(&inner.block)));
        if let Some((pattern, body)) = &inner.handler {
            match pattern {
                Some(pattern) => {
                    let pattern = self.binding(pattern);
                    out.push_str(&format!(" catch ({pattern}) "));
                }
                None => out.push_str(" catch "),
            }
            out.push_str(&braced(&self.statements(body)));
        }
        if !inner.finalizer.is_empty() || inner.handler.is_none() {
            out.push_str(&format!(
                " finally {}",
                braced(&self.statements(&inner.finalizer))
            ));
        }
        out
    }

    /// What a declaration or parameter binds.
    fn binding(&mut self, pattern: &Pattern) -> String {
        if let Pattern::Local(Local { up: 0, slot }) = pattern {
            return self.declared(*slot);
        }
        self.pattern(pattern, Self::binding)
    }

    /// What an assignment writes to.
    pub(super) fn target(&mut self, pattern: &Pattern) -> String {
        self.pattern(pattern, Self::target)
    }

    fn pattern(&mut self, pattern: &Pattern, inner: fn(&mut Self, &Pattern) -> String) -> String {
        match pattern {
            Pattern::Local(local) | Pattern::Constant(local, _) => self.local(*local),
            Pattern::Nowhere => UNKNOWN.into(),
            Pattern::Member(object, key) => {
                let object = match &**object {
                    Node::Chain(chain) if !has_optional(chain) => self.chain(chain),
                    other => self.base(other),
                };
                match key {
                    Key::Name(name) => format!("{object}.{name}"),
                    Key::Computed(node) => {
                        format!("{object}[{}]", self.node(node, Level::Sequence))
                    }
                }
            }
            Pattern::Object { members, rest } => {
                let mut all: Vec<String> = Vec::new();
                for (key, target) in members {
                    let key = self.key(key);
                    all.push(format!("{key}: {}", inner(self, target)));
                }
                if let Some(rest) = rest {
                    all.push(format!("...{}", inner(self, rest)));
                }
                braced(&all.join(", "))
            }
            Pattern::Array { elements, rest } => {
                let mut all: Vec<String> = elements
                    .iter()
                    .map(|element| match element {
                        Some(element) => inner(self, element),
                        None => String::new(),
                    })
                    .collect();
                if let Some(rest) = rest {
                    all.push(format!("...{}", inner(self, rest)));
                } else if matches!(elements.last(), Some(None)) {
                    all.push(String::new());
                }
                format!("[{}]", all.join(", "))
            }
            Pattern::Default(target, value) => {
                let target = inner(self, target);
                format!("{target} = {}", self.node(value, Level::Assignment))
            }
        }
    }
}

pub(super) fn has_optional(chain: &Chain) -> bool {
    chain.steps.iter().any(|step| match step {
        Step::Member { optional, .. }
        | Step::Index { optional, .. }
        | Step::Call { optional, .. } => *optional,
        Step::Method {
            optional,
            optional_call,
            ..
        } => *optional || *optional_call,
    })
}

fn keyword(kind: DeclareKind) -> &'static str {
    match kind {
        DeclareKind::Var => "var",
        DeclareKind::Let => "let",
        DeclareKind::Const => "const",
    }
}
