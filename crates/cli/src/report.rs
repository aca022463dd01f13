//! How problems and failures are told: on standard error, with the place in the file and how to mend it.

use std::collections::HashMap;
use std::io::IsTerminal;
use std::process::ExitCode;
use std::sync::Arc;

use itemflow_model::{ErrorInfo, Problem, Severity};

/// Source texts by file name, for the excerpts under problems.
pub(crate) type Texts = HashMap<Arc<str>, Arc<str>>;

/// Exit code of a failed run or check.
pub(crate) const FAILED: u8 = 1;
/// Exit code of wrong usage; clap's own too.
pub(crate) const WRONG_USAGE: u8 = 2;

/// Tells why a command could not do its work.
pub(crate) fn failure(error: &anyhow::Error) -> ExitCode {
    if is_broken_pipe(error) {
        return ExitCode::SUCCESS;
    }
    anstream::eprintln!("error: {error:#}");
    ExitCode::from(FAILED)
}

/// Tells that a command was called in a way that cannot be done.
pub(crate) fn wrong_usage(error: &anyhow::Error) -> ExitCode {
    anstream::eprintln!("error: {error:#}");
    ExitCode::from(WRONG_USAGE)
}

/// Who reads standard output may stop reading; that is no failure.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<std::io::Error>())
        .any(|e| e.kind() == std::io::ErrorKind::BrokenPipe)
}

/// Prints problems with their excerpts and a closing line that counts them.
pub(crate) fn problems(problems: &[Problem], texts: &Texts) {
    let color = std::io::stderr().is_terminal();
    for problem in problems {
        anstream::eprintln!(
            "{}",
            problem
                .render(texts.get(&problem.file).map(|text| &**text), color)
                .trim_end()
        );
        anstream::eprintln!();
    }
    let errors = problems.iter().filter(|problem| problem.is_error()).count();
    let is_warning = |problem: &&Problem| problem.severity == Severity::Warning;
    let warnings = problems.iter().filter(is_warning).count();
    if errors + warnings > 0 {
        anstream::eprintln!("{}, {}", count(errors, "error"), count(warnings, "warning"));
    }
}

/// Prints the failure of a node or of a whole execution.
pub(crate) fn error_info(error: &ErrorInfo) {
    anstream::eprintln!("error: {}", error.summary());
    for (label, text) in [("request", &error.request), ("help", &error.description)] {
        if let Some(text) = text {
            anstream::eprintln!("  {label}: {text}");
        }
    }
    if let Some(response) = &error.response {
        let text = response.to_string();
        anstream::eprintln!("  answer: {}", excerpt(&text, 400));
    }
}

/// The text without control characters, which could redraw the terminal.
pub(crate) fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

/// The first `most` characters of a text.
pub(crate) fn excerpt(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// `1 error`, `2 errors`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}
