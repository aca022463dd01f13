//! Files of examples and tests: kept in memory, written in an item's json as `"$binary"`.

use std::io;
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures::StreamExt;
use futures::future::BoxFuture;
use itemflow_declarative::{BinaryReader, ByteStream, ReceivedFile};
use itemflow_model::{Binaries, Binary, Item, Map, Value};

use crate::BinaryStore;

/// The member of an item's json that shows its files: `{ name: { mimeType, fileName?, text | base64 } }`.
const FILES: &str = "$binary";

/// Files by the number that is their identity.
#[derive(Default)]
pub(crate) struct MemoryBinaries(Mutex<Vec<Bytes>>);

impl MemoryBinaries {
    fn keep(&self, file: ReceivedFile) -> Binary {
        let mut files = self.0.lock().unwrap();
        files.push(file.bytes.clone());
        let extension = file
            .file_name
            .as_deref()
            .and_then(|name| name.rsplit_once('.'));
        Binary {
            id: (files.len() - 1).to_string(),
            file_extension: extension.map(|(_, extension)| extension.to_owned()),
            mime_type: file.mime_type,
            file_name: file.file_name,
            bytes: file.bytes.len() as u64,
            ..Binary::default()
        }
    }
}

impl BinaryReader for MemoryBinaries {
    fn open<'a>(&'a self, binary: &'a Binary) -> BoxFuture<'a, io::Result<ByteStream>> {
        Box::pin(async move {
            let at: usize = binary.id.parse().map_err(|_| io::ErrorKind::NotFound)?;
            let files = self.0.lock().unwrap();
            let bytes = files.get(at).cloned().ok_or(io::ErrorKind::NotFound)?;
            Ok(futures::stream::iter([Ok(bytes)]).boxed())
        })
    }
}

impl BinaryStore for MemoryBinaries {
    fn store(&self, file: ReceivedFile) -> BoxFuture<'_, io::Result<Binary>> {
        Box::pin(async move { Ok(self.keep(file)) })
    }
}

/// The item that an example's json describes, its files in the store.
pub(crate) fn with_files(store: &dyn BinaryStore, json: &Value) -> Item {
    let Some(files) = json.get(FILES).and_then(Value::as_object) else {
        return Item::new(json.clone());
    };
    let mut rest = json.as_object().cloned().unwrap_or_default();
    rest.shift_remove(FILES);
    let kept: Binaries = files
        .iter()
        .map(|(name, file)| (name.clone(), block(store.store(described(file))).unwrap()))
        .collect();
    Item {
        binary: Some(Arc::new(kept)),
        ..Item::new(Value::from(rest))
    }
}

fn described(file: &Value) -> ReceivedFile {
    let text = |key: &str| file.get(key).and_then(Value::as_str);
    let bytes = match (text("text"), text("base64")) {
        (Some(text), None) => text.as_bytes().to_vec(),
        (None, Some(base64)) => STANDARD.decode(base64).unwrap(),
        _ => panic!("a file of an example has `text` or `base64`: {file}"),
    };
    ReceivedFile {
        bytes: bytes.into(),
        mime_type: text("mimeType").unwrap_or_default().to_owned(),
        file_name: text("fileName").map(str::to_owned),
    }
}

/// The json of an item with its files as an example shows them.
pub(crate) fn files_shown(store: &dyn BinaryStore, item: &Item) -> Value {
    let Some(files) = item.binary.as_ref().filter(|files| !files.is_empty()) else {
        return item.json.clone();
    };
    let shown: Map = files
        .iter()
        .map(|(name, binary)| (name.clone(), shown(store, binary)))
        .collect();
    let mut json = item.json.as_object().cloned().unwrap_or_default();
    json.insert(FILES.into(), Value::from(shown));
    Value::from(json)
}

fn shown(store: &dyn BinaryStore, binary: &Binary) -> Value {
    let bytes = content(store, binary);
    let mut file = Map::default();
    file.insert("mimeType".into(), Value::from(binary.mime_type.as_str()));
    if let Some(name) = &binary.file_name {
        file.insert("fileName".into(), Value::from(name.as_str()));
    }
    match std::str::from_utf8(&bytes) {
        Ok(text) => file.insert("text".into(), Value::from(text)),
        Err(_) => file.insert("base64".into(), Value::from(STANDARD.encode(&bytes))),
    };
    Value::from(file)
}

/// The bytes of a file.
pub(crate) fn content(store: &dyn BinaryStore, binary: &Binary) -> Vec<u8> {
    block(async {
        let mut chunks = store.open(binary).await.unwrap();
        let mut bytes = Vec::new();
        while let Some(chunk) = chunks.next().await {
            bytes.extend_from_slice(&chunk.unwrap());
        }
        bytes
    })
}

fn block<T>(work: impl Future<Output = T>) -> T {
    super::runtime().block_on(work)
}
