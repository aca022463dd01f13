//! The encoding that a parameter names, as nodes that read and write text take it.

use itemflow_model::ErrorInfo;

use super::text_encoding::TextEncoding;
use crate::parameters::Parameter;
use crate::run::NodeRun;

/// The encoding at an item; none given is UTF-8.
///
/// # Errors
/// When there is none of this name.
pub(crate) fn encoding(
    run: &NodeRun,
    parameter: &Parameter,
    item: usize,
) -> Result<TextEncoding, ErrorInfo> {
    let name = run.text(parameter, item)?;
    TextEncoding::find(&name).ok_or_else(|| {
        run.error(
            format!("`{name}` is no encoding that is known here: write one such as utf8, utf16le, latin1 or windows-1251"),
            Some(item),
            Some(&parameter.name),
        )
    })
}
