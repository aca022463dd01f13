//! Any text as an OpenAPI document: what comes out of it can be read, stays in its folder and is not endless.

#![no_main]

use itemflow_import::openapi::{Options, read};
use itemflow_model::SourceText;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let file = if text.trim_start().starts_with(['{', '[']) {
        "document.json"
    } else {
        "document.yaml"
    };
    let Ok(document) = read(text, file) else {
        return;
    };
    let options = Options {
        service: "shop".into(),
        address: None,
    };
    let imported = document.import(&options, &mut |_| {});
    let mut size = 0;
    for (path, text) in &imported.files {
        let is_plain = |part: &str| !part.is_empty() && !part.starts_with('.') && !part.contains(['\\', ':']);
        assert!(path.split('/').count() <= 2 && path.split('/').all(is_plain), "{path}");
        assert!(SourceText::new(path.as_str(), text.as_str()).value().is_ok(), "{path}: {text}");
        size += text.len();
    }
    assert!(size < (8 << 20) + 4 * text.len());
});
