//! Recorded facts about services, found from the folder that `ITEMFLOW_N8N_FIXTURES` names.

use std::path::PathBuf;

use serde_json::Value;

/// A file about Konverte Digital; `None` where there is no such folder.
pub(crate) fn konverte(file: &str) -> Option<Value> {
    let folder = PathBuf::from(std::env::var_os("ITEMFLOW_N8N_FIXTURES")?);
    // The variable names the folder of all recordings, or that of the workflows in it.
    let file = ["..", "../.."]
        .map(|up| folder.join(up).join("konverte").join(file))
        .into_iter()
        .find(|file| file.is_file())?;
    serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap()
}
