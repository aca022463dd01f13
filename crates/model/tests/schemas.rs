//! The committed schemas are the generated ones; `ITEMFLOW_UPDATE=1` writes them anew.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::fs;
use std::path::Path;

use itemflow_model::schema;

#[test]
fn the_committed_schemas_are_up_to_date() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../node-definitions/schema");
    for (name, schema) in schema::all() {
        let text = format!("{:#}\n", schema);
        let path = folder.join(name);
        if update() {
            fs::create_dir_all(&folder).unwrap();
            fs::write(&path, &text).unwrap();
        }
        let committed = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            committed == text,
            "{name} is stale: run this test with ITEMFLOW_UPDATE=1"
        );
    }
}

#[test]
fn the_schemas_are_schemas() {
    for (name, schema) in schema::all() {
        assert!(jsonschema::meta::is_valid(&schema), "{name}");
        assert!(schema["description"].is_string(), "{name}");
        jsonschema::validator_for(&schema).unwrap();
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the switch that rewrites expected files"
)]
fn update() -> bool {
    std::env::var("ITEMFLOW_UPDATE").is_ok()
}
