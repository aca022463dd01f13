//! The tree that is interpreted: an expression after parsing, with every name resolved and nothing borrowed.

use std::sync::Arc;

use itemflow_model::Value;

use crate::names::Global;
use crate::regex::Pattern as RegexPattern;
use crate::scope::Variable;

/// One `{{ … }}`, ready to be evaluated.
#[derive(Debug)]
pub(crate) struct Code {
    /// What it computes.
    pub(crate) node: Node,
    /// A name that may not be used and yet is written in it; such code is never evaluated.
    pub(crate) forbidden: Option<Arc<str>>,
}

/// An expression.
#[derive(Debug)]
pub(crate) enum Node {
    Undefined,
    Literal(Value),
    BigInt(i128),
    /// Texts and expressions that are put together.
    Text(Box<[TextPart]>),
    /// A tagged template.
    Tagged(Box<Tagged>),
    /// `$json`
    Json,
    /// A variable that the scope knows.
    Variable(Variable),
    Now,
    Today,
    Global(Global),
    /// A name that nothing declares: undefined.
    Unknown,
    /// A local variable: how many functions up, and which slot there.
    Local(Local),
    /// A base followed by members, indexes and calls; `?.` leaves the whole chain.
    Chain(Box<Chain>),
    Array(Box<[Element]>),
    Object(Box<[Property]>),
    Function(Arc<FunctionCode>),
    Regex(Arc<RegexPattern>),
    /// Operators of equal or falling precedence, applied from left to right.
    Binary(Box<Binary>),
    /// `&&`, `||` and `??`, from left to right.
    Logical(Box<Logical>),
    Unary(UnaryOperator, Box<Node>),
    Conditional(Box<[Node; 3]>),
    Sequence(Box<[Node]>),
    Assign(Box<Assign>),
    Update(Box<Update>),
    Delete(Box<Node>),
    New(Box<Node>, Box<[Element]>),
}

/// A local variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Local {
    /// How many functions further out it lives.
    pub(crate) up: u16,
    /// Its place in that function's frame.
    pub(crate) slot: u16,
}

/// A part of a template literal.
#[derive(Debug)]
pub(crate) enum TextPart {
    Fixed(Arc<str>),
    Node(Node),
}

/// A tag with the texts around its values: as they mean, and as they are written.
#[derive(Debug)]
pub(crate) struct Tagged {
    pub(crate) tag: Node,
    pub(crate) texts: Box<[TaggedText]>,
    pub(crate) values: Box<[Element]>,
}

/// A text as it means, unless its escapes mean nothing, and as it is written.
pub(crate) type TaggedText = (Option<Arc<str>>, Arc<str>);

/// `base.a[b](c)?.d`
#[derive(Debug)]
pub(crate) struct Chain {
    pub(crate) base: Node,
    pub(crate) steps: Box<[Step]>,
}

/// One step of a chain. `optional` is the `?.` before it.
#[derive(Debug)]
pub(crate) enum Step {
    Member {
        name: Arc<str>,
        optional: bool,
    },
    Index {
        index: Node,
        optional: bool,
    },
    Call {
        arguments: Box<[Element]>,
        optional: bool,
    },
    Method {
        name: Arc<str>,
        arguments: Box<[Element]>,
        optional: bool,
        /// The `?.` between the name and the arguments.
        optional_call: bool,
        /// Whether it is the name of one of n8n's extension methods.
        extension: bool,
        /// Whether a method of this name changes the list it is called on.
        changes: bool,
    },
}

/// An element of an array literal or an argument.
#[derive(Debug)]
pub(crate) enum Element {
    Node(Node),
    Spread(Node),
    Hole,
}

/// A member of an object literal.
#[derive(Debug)]
pub(crate) enum Property {
    Member(Key, Node),
    Spread(Node),
}

/// A member name.
#[derive(Debug)]
pub(crate) enum Key {
    Name(Arc<str>),
    Computed(Node),
}

#[derive(Debug)]
pub(crate) struct Binary {
    pub(crate) first: Node,
    pub(crate) rest: Box<[(BinaryOperator, Node)]>,
}

#[derive(Debug)]
pub(crate) struct Logical {
    pub(crate) first: Node,
    pub(crate) rest: Box<[(LogicalOperator, Node)]>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BinaryOperator {
    Equal,
    NotEqual,
    Same,
    NotSame,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Power,
    ShiftLeft,
    ShiftRight,
    ShiftRightUnsigned,
    BitOr,
    BitXor,
    BitAnd,
    In,
    InstanceOf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LogicalOperator {
    Or,
    And,
    Coalesce,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UnaryOperator {
    Plus,
    Minus,
    Not,
    BitNot,
    TypeOf,
    Void,
}

#[derive(Debug)]
pub(crate) struct Assign {
    pub(crate) target: Pattern,
    pub(crate) operator: AssignOperator,
    pub(crate) value: Node,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AssignOperator {
    Plain,
    Binary(BinaryOperator),
    Logical(LogicalOperator),
}

#[derive(Debug)]
pub(crate) struct Update {
    pub(crate) target: Pattern,
    pub(crate) step: f64,
    /// Whether the new value is the result.
    pub(crate) prefix: bool,
}

/// Where a value goes.
#[derive(Debug)]
pub(crate) enum Pattern {
    Local(Local),
    /// A member of an object: `a.b`, `a[b]`.
    Member(Box<Node>, Key),
    Object {
        members: Vec<(Key, Pattern)>,
        rest: Option<Box<Pattern>>,
    },
    Array {
        elements: Vec<Option<Pattern>>,
        rest: Option<Box<Pattern>>,
    },
    Default(Box<Pattern>, Box<Node>),
    /// A name that may not be assigned to; the assignment has no effect.
    Nowhere,
    /// A constant, and its name for the error.
    Constant(Local, Arc<str>),
}

/// A function.
#[derive(Debug)]
pub(crate) struct FunctionCode {
    pub(crate) parameters: Vec<Pattern>,
    pub(crate) rest: Option<Pattern>,
    pub(crate) body: Body,
    /// How many local variables it has. Slot 0 is `this`, unless it is an arrow.
    pub(crate) slots: u16,
    pub(crate) arrow: bool,
    /// The slot in which a named function finds itself.
    pub(crate) own_name: Option<u16>,
    /// Its source text, which is what it becomes in a template.
    pub(crate) text: Arc<str>,
}

#[derive(Debug)]
pub(crate) enum Body {
    Expression(Node),
    Statements(Vec<Statement>),
}

#[derive(Debug)]
pub(crate) enum Statement {
    Expression(Node),
    Declare(DeclareKind, Pattern, Option<Node>),
    Return(Option<Node>),
    If(Node, Box<Statement>, Option<Box<Statement>>),
    Block(Vec<Statement>),
    Loop(Box<Loop>),
    ForOf(Box<ForEach>),
    ForIn(Box<ForEach>),
    Switch(Node, Vec<(Option<Node>, Vec<Statement>)>),
    /// With the label of the loop or block that it leaves.
    Break(Option<Arc<str>>),
    Continue(Option<Arc<str>>),
    Labeled(Arc<str>, Box<Statement>),
    Throw(Node),
    Try(Box<Try>),
}

/// How variables are declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DeclareKind {
    Var,
    Let,
    Const,
}

/// `for (start; test; next) body`, `while` and `do … while`.
#[derive(Debug)]
pub(crate) struct Loop {
    pub(crate) start: Vec<Statement>,
    pub(crate) test: Option<Node>,
    pub(crate) next: Option<Node>,
    pub(crate) body: Statement,
    pub(crate) body_first: bool,
}

#[derive(Debug)]
pub(crate) struct ForEach {
    /// How the target is declared, where it is.
    pub(crate) declares: Option<DeclareKind>,
    pub(crate) target: Pattern,
    pub(crate) over: Node,
    pub(crate) body: Statement,
}

#[derive(Debug)]
pub(crate) struct Try {
    pub(crate) block: Vec<Statement>,
    pub(crate) handler: Option<(Option<Pattern>, Vec<Statement>)>,
    pub(crate) finalizer: Vec<Statement>,
}
