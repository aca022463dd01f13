//! The pages of the core nodes under `docs/nodes/core/`: one for each node, and an index.

use itemflow_model::definition::NodeDefinition;
use itemflow_nodes::{Catalog, NodeType};

use super::content::{self, short_name};
use super::{Block, markdown, markdown_page};

/// Where they lie in the folder of all nodes' pages.
pub(crate) const FOLDER: &str = "core";

/// The line that ends every page; a page without it is somebody's own and is never removed.
pub(crate) const MARK: &str = "Written from the node's definition by `itemflow docs build`.";

const INDEX_HEAD: &str = "`itemflow nodes show NAME` shows the same pages on the command line. \
A type may be written in full, as n8n does, or short as here.";

/// File names and texts of all pages, the index first.
pub(crate) fn core_pages() -> Vec<(String, String)> {
    let catalog = Catalog::default();
    let mut nodes: Vec<&NodeDefinition> = catalog.all().map(NodeType::definition).collect();
    nodes.sort_by_key(|definition| (&definition.display_name, &definition.name));
    let index = [
        Block::Heading(1, "Core nodes".into()),
        Block::Paragraph(INDEX_HEAD.into()),
        content::index(&nodes, file_name),
        Block::Paragraph(MARK.replace("the node's definition", "the nodes' definitions")),
    ];
    let mut pages = vec![("README.md".to_owned(), markdown::write(&index))];
    for definition in nodes {
        let text = format!("{}\n{MARK}\n", markdown_page(definition));
        pages.push((file_name(definition), text));
    }
    pages
}

/// `split-out.md` for `n8n-nodes-base.splitOut`.
fn file_name(definition: &NodeDefinition) -> String {
    let short = short_name(&definition.name);
    let mut name = String::with_capacity(short.len() + 8);
    for c in short.chars() {
        if c.is_ascii_uppercase() {
            name.push('-');
            name.push(c.to_ascii_lowercase());
        } else if c.is_ascii_alphanumeric() {
            name.push(c);
        } else if !name.ends_with('-') {
            name.push('-');
        }
    }
    format!("{}.md", name.trim_matches('-'))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_node_has_a_page_of_its_own() {
        let pages = core_pages();
        let names: HashSet<&String> = pages.iter().map(|(name, _)| name).collect();
        assert_eq!(names.len(), pages.len());
        assert_eq!(pages.len(), Catalog::default().all().count() + 1);
        let index = &pages[0].1;
        for (name, text) in &pages[1..] {
            assert!(index.contains(&format!("]({name})")), "{name}");
            assert!(text.starts_with("# "), "{name}");
        }
    }

    #[test]
    fn file_names_are_types_in_lower_case() {
        for (name, file) in [
            ("n8n-nodes-base.splitOut", "split-out.md"),
            ("n8n-nodes-base.if", "if.md"),
            ("@n8n/other.aThing", "n8n-other-a-thing.md"),
        ] {
            assert_eq!(file_name(&NodeDefinition::new(name, "X", "")), file);
        }
    }
}
