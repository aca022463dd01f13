//! The files of items as nodes use them: found by name, read whole within a limit, kept with the name and media type
//! that n8n would give them (spec B5).

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use futures::{StreamExt, TryStreamExt, stream};
use itemflow_declarative::ByteStream;
use itemflow_model::{Binaries, Binary, ErrorInfo, Item};

use super::media_type;
use crate::parameters::Parameter;
use crate::run::NodeRun;

/// Largest file that is read into memory as a whole, as formats need that cannot be read piece by piece.
pub(crate) const MAX_WHOLE: u64 = 256 << 20;

/// What is known of a new file beside its bytes.
#[derive(Clone, Debug, Default)]
pub(crate) struct NewFile {
    /// Name, where it has one.
    pub(crate) name: Option<String>,
    /// Media type; absent, what the name says, else what the bytes say, else plain text.
    pub(crate) mime_type: Option<String>,
    /// Folder it was read from.
    pub(crate) directory: Option<String>,
}

impl NewFile {
    fn media_type(&self, first: &[u8]) -> String {
        let by_name = || Some(media_type::by_name(self.name.as_deref()?)?.to_owned());
        let given = self.mime_type.clone().filter(|given| !given.is_empty());
        given
            .or_else(by_name)
            .or_else(|| media_type::by_bytes(first).map(str::to_owned))
            .unwrap_or_else(|| "text/plain".into())
    }

    fn finish(self, mut binary: Binary) -> Binary {
        binary.file_extension = self
            .name
            .as_deref()
            .and_then(media_type::extension_of)
            .map(str::to_owned)
            .or_else(|| media_type::extension(&binary.mime_type).map(Into::into));
        binary.directory = self.directory;
        binary
    }
}

/// The file that an item has under the name in a parameter.
///
/// # Errors
/// When it has none; the error tells which it has.
pub(crate) fn named(
    run: &NodeRun,
    parameter: &Parameter,
    item: usize,
) -> Result<Binary, ErrorInfo> {
    let name = run.text(parameter, item)?;
    let items = run.items();
    find(run, items.get(item), name.trim(), parameter, item).cloned()
}

/// The file of an item by its name; `parameter` is where the name stands.
///
/// # Errors
/// As [`named`].
pub(crate) fn find<'a>(
    run: &NodeRun,
    item: Option<&'a Item>,
    name: &str,
    parameter: &Parameter,
    index: usize,
) -> Result<&'a Binary, ErrorInfo> {
    let binaries = item.and_then(|item| item.binary.as_deref());
    if let Some(binary) = binaries.and_then(|binaries| binaries.get(name)) {
        return Ok(binary);
    }
    let has = |binaries: &Binaries| {
        let names: Vec<String> = binaries.keys().map(|name| format!("`{name}`")).collect();
        format!("it has {}", names.join(", "))
    };
    let all = binaries.filter(|binaries| !binaries.is_empty());
    Err(ErrorInfo {
        description: Some(all.map_or_else(|| "it has no files at all".into(), has)),
        ..run.error(
            format!("the item has no file named `{name}`"),
            Some(index),
            Some(&parameter.name),
        )
    })
}

/// The bytes of a file, piece by piece.
///
/// # Errors
/// When it is gone.
pub(crate) async fn open(
    run: &NodeRun,
    binary: &Binary,
    item: usize,
) -> Result<ByteStream, ErrorInfo> {
    let opened = run.host.binaries.open(binary).await;
    opened.map_err(|error| unreadable(run, &error, item))
}

/// All bytes of a file.
///
/// # Errors
/// When it is gone, or larger than [`MAX_WHOLE`].
pub(crate) async fn read(run: &NodeRun, binary: &Binary, item: usize) -> Result<Bytes, ErrorInfo> {
    read_at_most(run, binary, item, MAX_WHOLE).await
}

/// All bytes of a file that may have `limit` of them.
///
/// # Errors
/// When it is gone, or larger.
pub(crate) async fn read_at_most(
    run: &NodeRun,
    binary: &Binary,
    item: usize,
    limit: u64,
) -> Result<Bytes, ErrorInfo> {
    let too_large = || {
        let message = format!(
            "the file has more than {limit} bytes, the most that can be read as a whole: read it in smaller parts"
        );
        run.error(message, Some(item), None)
    };
    if binary.bytes > limit {
        return Err(too_large());
    }
    let mut stream = open(run, binary, item).await?;
    let mut whole = BytesMut::new();
    while let Some(chunk) = stream
        .try_next()
        .await
        .map_err(|error| unreadable(run, &error, item))?
    {
        if (whole.len() + chunk.len()) as u64 > limit {
            return Err(too_large());
        }
        if whole.is_empty() {
            whole.reserve(binary.bytes as usize);
        }
        whole.extend_from_slice(&chunk);
    }
    Ok(whole.freeze())
}

/// Keeps bytes as a file.
///
/// # Errors
/// When they cannot be written.
pub(crate) async fn store(
    run: &NodeRun,
    file: NewFile,
    bytes: impl Into<Bytes>,
    item: usize,
) -> Result<Binary, ErrorInfo> {
    let bytes = stream::iter([Ok(bytes.into())]).boxed();
    store_stream(run, file, bytes, item).await
}

/// Keeps a file that comes piece by piece.
///
/// # Errors
/// When it cannot be written, or the pieces end in an error.
pub(crate) async fn store_stream(
    run: &NodeRun,
    file: NewFile,
    mut bytes: ByteStream,
    item: usize,
) -> Result<Binary, ErrorInfo> {
    let failed = |error: std::io::Error| {
        run.error(
            format!("the file cannot be kept: {error}"),
            Some(item),
            None,
        )
    };
    let mut first = BytesMut::new();
    while first.len() < media_type::SNIFFED
        && let Some(chunk) = bytes.try_next().await.map_err(failed)?
    {
        if first.is_empty() && chunk.len() >= media_type::SNIFFED {
            first = BytesMut::from(chunk);
        } else {
            first.extend_from_slice(&chunk);
        }
    }
    let first = first.freeze();
    let mime_type = file.media_type(&first);
    let bytes = stream::iter([Ok(first)]).chain(bytes).boxed();
    let stored = run
        .host
        .binaries
        .store_stream(mime_type, file.name.clone(), bytes)
        .await
        .map_err(failed)?;
    Ok(file.finish(stored))
}

/// The item with one more file.
pub(crate) fn with_file(mut item: Item, name: impl Into<Arc<str>>, file: Binary) -> Item {
    let mut binaries = item
        .binary
        .take()
        .map(Arc::unwrap_or_clone)
        .unwrap_or_default();
    binaries.insert(name.into(), file);
    item.binary = Some(Arc::new(binaries));
    item
}

fn unreadable(run: &NodeRun, error: &std::io::Error, item: usize) -> ErrorInfo {
    run.error(
        format!("the file cannot be read: {error}"),
        Some(item),
        None,
    )
}
