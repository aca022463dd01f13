//! From a file on disk to a file of an item and back, piece by piece, for the nodes that read and write files.

use itemflow_model::{Binary, ErrorInfo};

use super::binary::{self, NewFile};
use crate::files::WriteMode;
use crate::parameters::Parameter;
use crate::run::NodeRun;

/// What a node says of a file that it reads; what it does not say follows from the file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Overrides {
    /// Name.
    pub(crate) name: Option<String>,
    /// Extension.
    pub(crate) extension: Option<String>,
    /// Media type.
    pub(crate) mime_type: Option<String>,
}

/// Reads a file on disk into a file for an item. `parameter` is where the path stands.
///
/// # Errors
/// When it cannot be read.
pub(crate) async fn read(
    run: &NodeRun,
    path: &str,
    overrides: Overrides,
    parameter: &Parameter,
    item: usize,
) -> Result<Binary, ErrorInfo> {
    let opened = run.host.files.open(path).await;
    let opened =
        opened.map_err(|error| run.error(error.to_string(), Some(item), Some(&parameter.name)))?;
    let by_name = || super::media_type::by_name(&opened.name).map(str::to_owned);
    let file = NewFile {
        mime_type: overrides.mime_type.or_else(by_name),
        name: Some(overrides.name.unwrap_or(opened.name)),
        directory: Some(opened.directory),
    };
    let mut binary = binary::store_stream(run, file, opened.bytes, item).await?;
    if overrides.extension.is_some() {
        binary.file_extension = overrides.extension;
    }
    Ok(binary)
}

/// Writes a file of an item to disk. `parameter` is where the path stands.
///
/// # Errors
/// When it cannot be written.
pub(crate) async fn write(
    run: &NodeRun,
    binary: &Binary,
    path: &str,
    mode: WriteMode,
    parameter: &Parameter,
    item: usize,
) -> Result<(), ErrorInfo> {
    let bytes = binary::open(run, binary, item).await?;
    let written = run.host.files.write(path, bytes, mode).await;
    written.map_err(|error| run.error(error.to_string(), Some(item), Some(&parameter.name)))
}
