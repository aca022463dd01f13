//! Reading files, with errors that name them.

use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use itemflow_model::{Item, Items, SourceText, Value};

/// No workflow, definition or input file is larger.
const MAX_BYTES: u64 = 256 << 20;

/// Reads a text file.
pub(crate) fn read(path: &Path) -> anyhow::Result<SourceText> {
    let name = path.display().to_string();
    let file = std::fs::File::open(path).with_context(|| format!("{name} cannot be read"))?;
    let text = read_text(file).with_context(|| format!("{name} cannot be read"))?;
    Ok(SourceText::new(name, text))
}

fn read_text(from: impl Read) -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    from.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_BYTES {
        bail!("it is larger than {} MiB", MAX_BYTES >> 20);
    }
    String::from_utf8(bytes).context("it is not UTF-8 text")
}

/// The value that a file holds; its problems in one line where it holds none.
pub(crate) fn value(source: &SourceText) -> anyhow::Result<Value> {
    source.value().map_err(|problems| {
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        anyhow::anyhow!(lines.join("; "))
    })
}

/// Items given on the command line: a file, `-` for standard input, or JSON itself.
pub(crate) fn items(argument: Option<&str>) -> anyhow::Result<Items> {
    let Some(argument) = argument else {
        return Ok(Items::default());
    };
    let inline = argument.trim_start().starts_with(['{', '[']);
    let source = match argument {
        "-" => SourceText::new("<standard input>", read_text(std::io::stdin().lock())?),
        _ if inline => SourceText::new("--input", argument),
        path => read(Path::new(path))?,
    };
    let value = value(&source)?;
    let list = match &value {
        Value::Array(list) => list.to_vec(),
        other => vec![other.clone()],
    };
    list.iter().map(|value| item(value, &source)).collect()
}

/// Items that have been read already, each `{ "json": {…} }` or the json itself.
pub(crate) fn items_of(list: &[Value]) -> Items {
    list.iter()
        .map(|value| Item::new(unwrapped(value).clone()))
        .collect()
}

/// `{ "json": {…} }` or the json itself.
fn item(value: &Value, source: &SourceText) -> anyhow::Result<Item> {
    let Value::Object(_) = value else {
        bail!(
            "{}: an item must be an object, not {}",
            source.file,
            value.kind()
        )
    };
    Ok(Item::new(unwrapped(value).clone()))
}

fn unwrapped(value: &Value) -> &Value {
    let only = value.as_object().filter(|map| map.len() == 1);
    only.and_then(|map| map.get("json"))
        .filter(|json| matches!(json, Value::Object(_)))
        .unwrap_or(value)
}

/// The YAML and JSON files under a path, sorted; the path itself when it is a file.
pub(crate) fn find(path: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut pending = vec![path.to_owned()];
    while let Some(at) = pending.pop() {
        let kind =
            std::fs::metadata(&at).with_context(|| format!("{} cannot be read", at.display()))?;
        if !kind.is_dir() {
            found.push(at);
            continue;
        }
        for entry in
            std::fs::read_dir(&at).with_context(|| format!("{} cannot be read", at.display()))?
        {
            let entry = entry?;
            let path = entry.path();
            let hidden = entry.file_name().to_string_lossy().starts_with('.');
            let readable = path
                .extension()
                .is_some_and(|e| e == "yaml" || e == "yml" || e == "json");
            // Links are not followed, so that a folder that links to itself ends.
            let is_dir = entry.file_type()?.is_dir();
            if !hidden && (is_dir || readable) {
                pending.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}
