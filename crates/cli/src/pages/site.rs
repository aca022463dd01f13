//! All pages under `docs/nodes/`: a list of what there is, the core nodes, and every service with its actions.

use std::collections::HashSet;

use anyhow::{Context, bail};
use itemflow_model::definition::{NodeDefinition, title_case};
use itemflow_nodes::{Catalog, NodeType};

use super::content::{self, short_name};
use super::service::{self, ServicePages};
use super::text::{Text, first_sentence};
use super::{Block, Table, markdown};
use crate::report::count;

/// The folder of the core nodes.
const CORE: &str = "core";
/// The line that ends every page; a page without it is somebody's own and is never removed.
const MARK: &str = "by `itemflow docs build`.";

/// Paths and texts of all pages. `configuration` says whether a page about configuration lies beside their folder.
///
/// # Errors
/// When a definition cannot be read or compiled.
pub(crate) fn site(
    catalog: &Catalog,
    configuration: bool,
) -> anyhow::Result<Vec<(String, String)>> {
    let core = core_pages();
    let mut rows = vec![vec![
        Text::link("Core nodes", format!("{CORE}/README.md")),
        count(core.len() - 1, "node").into(),
        "Nodes that every installation has: they start workflows, shape items and send requests of any kind".into(),
    ]];
    let mut pages = core;
    let mut folders = HashSet::from([CORE.to_owned()]);
    for service in catalog.services() {
        let all = ServicePages::of(service);
        if !all.broken.is_empty() {
            bail!(
                "{} cannot be read; `itemflow check` says why",
                all.broken.join(", ")
            );
        }
        let file = &service.service().file;
        let folder = service::unique(&title_case(&file.name), &mut folders);
        rows.push(vec![
            Text::link(
                service.service().display_name(),
                format!("{folder}/README.md"),
            ),
            all.counts().into(),
            first_sentence(&file.description).into(),
        ]);
        pages.push((
            format!("{folder}/README.md"),
            written(all.index(), "service"),
        ));
        for resource in &all.resources {
            for page in &resource.actions {
                let (path, blocks) = all
                    .action(resource, page, configuration)
                    .with_context(|| format!("no page for {}", page.file.operation))?;
                pages.push((format!("{folder}/{path}"), written(blocks, "action")));
            }
        }
    }
    let index = vec![
        Block::Heading(1, "Nodes".into()),
        Block::Paragraph(
            "`itemflow nodes list` lists them on the command line, `itemflow nodes show NAME` shows a page.".into(),
        ),
        Block::Table(Table {
            header: vec!["nodes", "how many", "what they do"],
            rows,
        }),
    ];
    pages.insert(0, ("README.md".into(), written(index, "catalog")));
    Ok(pages)
}

/// Whether a page was written here.
pub(crate) fn is_ours(page: &str) -> bool {
    let last = page.trim_end().lines().last().unwrap_or_default();
    last.starts_with("Written from ") && last.ends_with(MARK)
}

/// The page with its last line.
fn written(mut page: Vec<Block>, subject: &str) -> String {
    let line = match subject {
        "catalog" => format!("Written from the catalog {MARK}"),
        subject => format!("Written from the {subject}'s definition {MARK}"),
    };
    page.push(Block::Paragraph(line.into()));
    markdown::write(&page)
}

/// The pages of the core nodes, their index first.
fn core_pages() -> Vec<(String, String)> {
    let catalog = Catalog::default();
    let mut nodes: Vec<&NodeDefinition> = catalog.all().map(NodeType::definition).collect();
    nodes.sort_by_key(|definition| (&definition.display_name, &definition.name));
    let head = "`itemflow nodes show NAME` shows the same pages on the command line. A type may be written in full, as \
                n8n does, or short as here.";
    let index = vec![
        Block::Heading(1, "Core nodes".into()),
        Block::Paragraph(head.into()),
        content::index(&nodes, file_name),
        Block::Paragraph(format!("Written from the nodes' definitions {MARK}").into()),
    ];
    let mut pages = vec![(format!("{CORE}/README.md"), markdown::write(&index))];
    for definition in nodes {
        let path = format!("{CORE}/{}", file_name(definition));
        pages.push((path, written(content::of(definition), "node")));
    }
    pages
}

/// `split-out.md` for `n8n-nodes-base.splitOut`.
fn file_name(definition: &NodeDefinition) -> String {
    let title = title_case(short_name(&definition.name));
    format!("{}.md", service::unique(&title, &mut HashSet::new()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_node_and_action_has_a_page_of_its_own() {
        let catalog = Catalog::embedded();
        let pages = site(&catalog, true).unwrap();
        let paths: HashSet<&String> = pages.iter().map(|(path, _)| path).collect();
        assert_eq!(paths.len(), pages.len());
        let actions: usize = catalog
            .services()
            .map(|one| ServicePages::of(one).actions())
            .sum();
        let services = catalog.services().count();
        assert!(actions > 5 && services > 0);
        let core = Catalog::default().all().count();
        assert_eq!(pages.len(), 2 + core + services + actions);
        for (path, text) in &pages {
            assert!(text.starts_with("# ") && is_ours(text), "{path}");
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
