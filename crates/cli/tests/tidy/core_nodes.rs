//! Every core node has its place in the catalog.

use std::fs;

use itemflow_nodes::Catalog;

use crate::{files, root};

#[test]
fn every_core_node_is_in_the_catalog() {
    let catalog = fs::read_to_string(root().join("crates/nodes/src/catalog.rs")).unwrap();
    let mut found = 0;
    for (path, text) in files("crates/nodes/src/core", ".rs") {
        if path.ends_with("tests.rs") {
            continue;
        }
        for rest in text.split("\nimpl NodeType for ").skip(1) {
            let name = rest.split_whitespace().next().unwrap();
            found += 1;
            assert!(
                catalog.contains(&format!("::{name}")),
                "{path}: {name} is not in the catalog"
            );
        }
    }
    assert_eq!(found, Catalog::default().all().count());
}
