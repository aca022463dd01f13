//! The items that a node gave, in the form in which they are compared.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures::TryStreamExt;
use itemflow_model::{Binaries, Binary, Items, Map, Value};
use itemflow_nodes::Host;
use sha2::{Digest, Sha256};

/// Contents of a file beyond this many bytes are not compared.
const MAX_CONTENT: u64 = 64 << 20;

/// Members of an expected file that speak of its content.
const CONTENT: [&str; 3] = ["data", "sha256", "text"];

/// One item.
pub(super) struct Actual {
    pub(super) json: Value,
    /// The message, when the item stands for a failure.
    pub(super) error: Option<String>,
    /// What is known of each of its files.
    pub(super) binary: Option<Value>,
}

/// The items of an output. Files are read only where `expected` speaks of their contents.
pub(super) async fn actual_items(items: &Items, expected: &[Value], host: &Host) -> Vec<Actual> {
    let mut all = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let wanted = expected.get(index).and_then(|item| item.get("binary"));
        let binary = match (&item.binary, wanted) {
            (Some(files), Some(wanted)) => Some(describe(files, wanted, host).await),
            _ => None,
        };
        all.push(Actual {
            json: item.json.clone(),
            error: item.error.as_ref().map(|error| error.message.clone()),
            binary,
        });
    }
    all
}

async fn describe(files: &Binaries, wanted: &Value, host: &Host) -> Value {
    let mut all = Map::default();
    for (name, file) in files {
        let mut facts = file.metadata();
        let speaks_of_content = wanted
            .get(name)
            .is_some_and(|file| CONTENT.iter().any(|key| file.get(key).is_some()));
        if speaks_of_content {
            let mut add = |key: &str, value: Value| facts.insert(key.into(), value);
            match content(file, host).await {
                Ok(bytes) => {
                    add("data", STANDARD.encode(&bytes).into());
                    add("sha256", hexadecimal(&Sha256::digest(&bytes)).into());
                    if let Ok(text) = String::from_utf8(bytes) {
                        add("text", text.into());
                    }
                }
                Err(error) => {
                    add("unreadable", error.to_string().into());
                }
            }
        }
        all.insert(name.clone(), Value::from(facts));
    }
    Value::from(all)
}

async fn content(file: &Binary, host: &Host) -> std::io::Result<Vec<u8>> {
    if file.bytes > MAX_CONTENT {
        return Err(std::io::Error::other("it is too large to be compared"));
    }
    let chunks: Vec<_> = host.binaries.open(file).await?.try_collect().await?;
    Ok(chunks.concat())
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
