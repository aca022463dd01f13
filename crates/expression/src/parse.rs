//! From code text to the tree: bounds the text, has oxc parse it, hands the result to `lower`.

use oxc_allocator::Allocator;
use oxc_ast::ast::{Expression, Statement};
use oxc_parser::{ParseOptions, Parser};
use oxc_span::{GetSpan, SourceType};

use crate::error::SyntaxError;
use crate::expression::References;
use crate::lower::Lowering;
use crate::tree::Code;

/// The longest code between two brackets, in bytes.
const MAX_CODE_BYTES: usize = 64 << 10;

/// Stack that oxc and the lowering need at most for each opening bracket, quote apart.
const STACK_PER_BRACKET: usize = 24 << 10;
/// Stack that they need at most for each other byte, for example of `!!!!`.
const STACK_PER_BYTE: usize = 2 << 10;
/// What may be parsed on the stack of the caller.
const STACK_HERE: usize = 768 << 10;
/// Code that might need more than this is refused.
const STACK_LIMIT: usize = 512 << 20;

/// A syntax error within one piece of code.
pub(crate) struct CodeError {
    pub(crate) message: String,
    pub(crate) help: Option<String>,
    /// Byte offsets in the code.
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl CodeError {
    pub(crate) fn new(message: impl Into<String>, start: usize, end: usize) -> Self {
        Self {
            message: message.into(),
            help: None,
            start,
            end,
        }
    }

    /// The error with its place in the whole parameter text, in which the code starts at `offset`.
    pub(crate) fn at(self, offset: usize) -> SyntaxError {
        SyntaxError {
            message: self.message,
            help: self.help,
            start: offset + self.start,
            end: offset + self.end.max(self.start),
        }
    }
}

/// Parses one piece of code; `offset` is its place in the parameter text.
pub(crate) fn parse(
    code: &str,
    offset: usize,
    references: &mut References,
) -> Result<Code, CodeError> {
    if code.len() > MAX_CODE_BYTES {
        let mut error = CodeError::new(
            format!(
                "the code has {} bytes, more than the {MAX_CODE_BYTES} allowed",
                code.len()
            ),
            0,
            code.len(),
        );
        error.help = Some("use a Code node for programs of this size".into());
        return Err(error);
    }
    if code.trim().is_empty() {
        let mut error = CodeError::new("there is no code between the brackets", 0, code.len());
        error.help = Some("write an expression, for example `{{ $json.id }}`".into());
        return Err(error);
    }
    let openers = code
        .bytes()
        .filter(|b| matches!(b, b'(' | b'[' | b'{' | b'`'))
        .count();
    let stack = openers * STACK_PER_BRACKET + code.len() * STACK_PER_BYTE;
    if stack <= STACK_HERE {
        return parse_here(code, offset, references);
    }
    if stack > STACK_LIMIT {
        return Err(CodeError::new(
            "the code has more brackets than can be read",
            0,
            code.len(),
        ));
    }
    // oxc is a recursive descent parser: code that might nest deeply gets a stack of its own.
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new()
            .stack_size(stack + STACK_HERE)
            .spawn_scoped(scope, || parse_here(code, offset, references));
        match thread.map(|thread| thread.join()) {
            Ok(Ok(result)) => result,
            _ => Err(CodeError::new(
                "the code is too large to be read",
                0,
                code.len(),
            )),
        }
    })
}

fn parse_here(code: &str, offset: usize, references: &mut References) -> Result<Code, CodeError> {
    let allocator = Allocator::default();
    // Code that begins with `{` is an object, not a block.
    let wrapped = code.trim_start().starts_with('{');
    let source = if wrapped {
        format!("({code})")
    } else {
        code.to_owned()
    };
    let shift = usize::from(wrapped);
    let options = ParseOptions {
        preserve_parens: true,
        enable_ident_hashes: false,
        ..ParseOptions::default()
    };
    let parsed = Parser::new(&allocator, &source, SourceType::script())
        .with_options(options)
        .parse();
    if let Some(diagnostic) = parsed.diagnostics.iter().next() {
        let (start, end) = diagnostic
            .labels
            .iter()
            .next()
            .map_or((0, code.len()), |label| {
                let start = (label.offset() as usize).saturating_sub(shift);
                (start, start + label.len() as usize)
            });
        let (start, end) = (start.min(code.len()), end.min(code.len()));
        let mut error = CodeError::new(lower_first(&diagnostic.message), start, end);
        error.help = diagnostic.help.as_ref().map(|help| lower_first(help));
        return Err(error);
    }
    let lowering = Lowering::new(&source, offset, shift, references);
    // A text alone is read as a directive by JavaScript's grammar; here it is the value.
    if let Some(directive) = parsed.program.directives.first() {
        return lowering.text_alone(&directive.expression);
    }
    let expression: &Expression = match parsed.program.body.first() {
        Some(Statement::ExpressionStatement(statement)) => &statement.expression,
        Some(Statement::EmptyStatement(_)) | None => {
            return Err(CodeError::new("there is no expression here", 0, code.len()));
        }
        Some(statement) => {
            let span = statement.span();
            let mut error = CodeError::new(
                "a statement cannot be used here, only an expression",
                span.start as usize,
                span.end as usize,
            );
            error.help =
                Some("wrap statements in a function: (() => { …; return value })()".into());
            return Err(error);
        }
    };
    lowering.code(expression)
}

/// A message of oxc as one of ours.
pub(crate) fn lower_first(message: &str) -> String {
    let message = message.trim_end_matches('.');
    let mut chars = message.chars();
    match chars.next() {
        // Words in capitals and quoted code keep their form.
        Some(first) if !chars.as_str().starts_with(|c: char| c.is_uppercase()) => {
            first.to_lowercase().chain(chars).collect()
        }
        _ => message.to_owned(),
    }
}
