//! Finds the syntax errors of a script, which is JavaScript that this crate never runs.

use oxc_allocator::Allocator;
use oxc_ast::ast::{Expression, Statement};
use oxc_parser::Parser;
use oxc_span::{GetSpan, SourceType};

use crate::error::SyntaxError;
use crate::parse::lower_first;

/// A script is the body of such a function: it may `return` and `await`.
const BEFORE: &str = "(async function () {\n";
const AFTER: &str = "\n})";

/// Stack that oxc needs at most for each opening bracket, and for each operator or word that may nest without one.
const STACK_PER_BRACKET: usize = 24 << 10;
const STACK_PER_OPERATOR: usize = 4 << 10;
const STACK_ALWAYS: usize = 1 << 20;
/// A script that might need more than this is not looked at before it runs.
const STACK_LIMIT: usize = 1 << 30;

/// Words that nest without brackets.
const NESTING_WORDS: &[&str] = &[
    "typeof", "void", "delete", "await", "new", "else", "do", "yield", "async", "return", "throw",
    "extends", "case", "default", "in", "of",
];

/// Reads a script as the body of an async function.
///
/// # Errors
/// The first syntax error, with its place in the text.
pub fn check_script(code: &str) -> Result<(), SyntaxError> {
    let stack = stack_for(code);
    if stack > STACK_LIMIT {
        return Ok(());
    }
    // oxc is a recursive descent parser: a script that nests deeply needs the stack for it.
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new()
            .stack_size(stack)
            .spawn_scoped(scope, || read(code));
        match thread.map(|thread| thread.join()) {
            Ok(Ok(result)) => result,
            // What cannot be looked at here is looked at where it runs.
            _ => Ok(()),
        }
    })
}

fn stack_for(code: &str) -> usize {
    let count = |wanted: &[u8]| code.bytes().filter(|byte| wanted.contains(byte)).count();
    let words = code
        .split(|c: char| !c.is_ascii_alphabetic())
        .filter(|word| NESTING_WORDS.contains(word))
        .count();
    STACK_ALWAYS
        + count(b"([{`<") * STACK_PER_BRACKET
        + (count(b"!~+-*=?:>&|,;/") + words) * STACK_PER_OPERATOR
}

fn read(code: &str) -> Result<(), SyntaxError> {
    let allocator = Allocator::default();
    let source = format!("{BEFORE}{code}{AFTER}");
    let parsed = Parser::new(&allocator, &source, SourceType::script()).parse();
    let at = |offset: usize| offset.saturating_sub(BEFORE.len()).min(code.len());
    if let Some(diagnostic) = parsed.diagnostics.iter().next() {
        let (start, end) = diagnostic.labels.iter().next().map_or((0, 0), |label| {
            let start = label.offset() as usize;
            (start, start + label.len() as usize)
        });
        return Err(SyntaxError {
            message: lower_first(&diagnostic.message),
            help: diagnostic.help.as_ref().map(|help| lower_first(help)),
            start: at(start),
            end: at(end),
        });
    }
    // A script that closes the function itself would be read as something else.
    let function = match parsed.program.body.as_slice() {
        [Statement::ExpressionStatement(statement)] => match &statement.expression {
            Expression::ParenthesizedExpression(inner) => match &inner.expression {
                Expression::FunctionExpression(function)
                    if function.span().end as usize + 1 == source.len() =>
                {
                    Some(function)
                }
                _ => None,
            },
            _ => None,
        },
        _ => None,
    };
    let Some(function) = function else {
        return Err(SyntaxError {
            message: "unexpected token `}`".into(),
            help: Some("a closing bracket has no opening one".into()),
            start: 0,
            end: code.len(),
        });
    };
    let statements = function.body.iter().flat_map(|body| &body.statements);
    match statements
        .into_iter()
        .find(|statement| is_of_modules(statement))
    {
        None => Ok(()),
        Some(statement) => Err(SyntaxError {
            message: "`import` and `export` cannot be used in a script".into(),
            help: Some(
                "a script is the body of a function: use `require`, and `return` its result".into(),
            ),
            start: at(statement.span().start as usize),
            end: at(statement.span().end as usize),
        }),
    }
}

fn is_of_modules(statement: &Statement) -> bool {
    matches!(
        statement,
        Statement::ImportDeclaration(_)
            | Statement::ExportAllDeclaration(_)
            | Statement::ExportDefaultDeclaration(_)
            | Statement::ExportNamedDeclaration(_)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_may_return_and_await() {
        for code in [
            "",
            "return items",
            "const x = await f();\nreturn [{ json: x }] // done",
            "if (true) { return 1 }\nfor (const x of []) {}",
            "with (x) { y }",
            "'use strict'; return 1",
        ] {
            assert_eq!(check_script(code), Ok(()), "{code}");
        }
    }

    #[test]
    fn a_syntax_error_has_its_place() {
        let error = check_script("const a = 1;\nconst b = ;").unwrap_err();
        assert_eq!(error.start, 23, "{error:?}");
        let error = check_script("return {").unwrap_err();
        assert!(error.start <= 8 && error.end <= 8, "{error:?}");
        assert!(check_script("import x from 'y'").is_err());
    }

    #[test]
    fn a_script_cannot_leave_its_function() {
        for code in [
            "}); f(); (function () {",
            "}) + (function () {",
            "}), (() => {",
        ] {
            assert!(check_script(code).is_err(), "{code}");
        }
    }

    #[test]
    fn hostile_depth_is_no_crash() {
        for code in [
            "(".repeat(30_000),
            "!".repeat(100_000),
            "a?".repeat(50_000),
            "typeof ".repeat(50_000),
            "if(a)".repeat(20_000),
            "`${".repeat(20_000),
            "a=>".repeat(50_000),
            "else ".repeat(20_000),
            "a:".repeat(50_000),
        ] {
            let _ = check_script(&code);
        }
    }
}
