//! The catalog: every core node, in alphabetical order, and the services of `node-definitions/`.

use std::sync::{Arc, OnceLock};

use indexmap::IndexMap;
use itemflow_expression::Template;
use itemflow_model::definition::Service;
use itemflow_model::{Node as WorkflowNode, Problem, SourceText, Value, did_you_mean};

use crate::core;
use crate::declarative::ServiceType;
use crate::disabled;
use crate::node::{Node, NodeProblem, NodeType};
use crate::parameters::Parameters;
use crate::run::{NodeFacts, Retry};
use crate::services;

/// The core nodes by type name.
static CORE: &[(&str, &dyn NodeType)] = &[
    ("n8n-nodes-base.aggregate", &core::aggregate::Aggregate),
    ("n8n-nodes-base.code", &core::code::Code),
    (
        "n8n-nodes-base.compareDatasets",
        &core::compare_datasets::CompareDatasets,
    ),
    (
        "n8n-nodes-base.compression",
        &core::compression::CompressionNode,
    ),
    (
        "n8n-nodes-base.convertToFile",
        &core::convert_to_file::ConvertToFile,
    ),
    ("n8n-nodes-base.cron", &core::cron::Cron),
    ("n8n-nodes-base.crypto", &core::crypto::Crypto),
    ("n8n-nodes-base.dateTime", &core::date_time::DateTime),
    (
        "n8n-nodes-base.debugHelper",
        &core::debug_helper::DebugHelper,
    ),
    ("n8n-nodes-base.emailSend", &core::email_send::EmailSend),
    (
        "n8n-nodes-base.errorTrigger",
        &core::error_trigger::ErrorTrigger,
    ),
    (
        "n8n-nodes-base.executeWorkflow",
        &core::execute_workflow::ExecuteWorkflow,
    ),
    (
        "n8n-nodes-base.executeWorkflowTrigger",
        &core::execute_workflow_trigger::ExecuteWorkflowTrigger,
    ),
    (
        "n8n-nodes-base.executionData",
        &core::execution_data::ExecutionData,
    ),
    (
        "n8n-nodes-base.extractFromFile",
        &core::extract_from_file::ExtractFromFile,
    ),
    ("n8n-nodes-base.filter", &core::filter::Filter),
    ("n8n-nodes-base.form", &core::form::Form),
    (
        "n8n-nodes-base.formTrigger",
        &core::form_trigger::FormTrigger,
    ),
    ("n8n-nodes-base.function", &core::function::Function),
    (
        "n8n-nodes-base.functionItem",
        &core::function_item::FunctionItem,
    ),
    ("n8n-nodes-base.graphql", &core::graphql::GraphQl),
    ("n8n-nodes-base.html", &core::html::Html),
    (
        "n8n-nodes-base.htmlExtract",
        &core::html_extract::HtmlExtract,
    ),
    (
        "n8n-nodes-base.httpRequest",
        &core::http_request::HttpRequest,
    ),
    ("n8n-nodes-base.iCal", &core::i_cal::ICal),
    ("n8n-nodes-base.if", &core::if_::If),
    ("n8n-nodes-base.interval", &core::interval::Interval),
    ("n8n-nodes-base.itemLists", &core::item_lists::ItemLists),
    ("n8n-nodes-base.limit", &core::limit::Limit),
    (
        "n8n-nodes-base.manualTrigger",
        &core::manual_trigger::ManualTrigger,
    ),
    ("n8n-nodes-base.markdown", &core::markdown::Markdown),
    ("n8n-nodes-base.merge", &core::merge::Merge),
    (
        "n8n-nodes-base.moveBinaryData",
        &core::move_binary_data::MoveBinaryData,
    ),
    ("n8n-nodes-base.noOp", &core::no_op::NoOp),
    (
        "n8n-nodes-base.readBinaryFile",
        &core::read_binary_file::ReadBinaryFile,
    ),
    (
        "n8n-nodes-base.readBinaryFiles",
        &core::read_binary_files::ReadBinaryFiles,
    ),
    (
        "n8n-nodes-base.readWriteFile",
        &core::read_write_file::ReadWriteFile,
    ),
    (
        "n8n-nodes-base.removeDuplicates",
        &core::remove_duplicates::RemoveDuplicates,
    ),
    ("n8n-nodes-base.renameKeys", &core::rename_keys::RenameKeys),
    (
        "n8n-nodes-base.respondToWebhook",
        &core::respond_to_webhook::RespondToWebhook,
    ),
    (
        "n8n-nodes-base.rssFeedRead",
        &core::rss_feed_read::RssFeedRead,
    ),
    (
        "n8n-nodes-base.scheduleTrigger",
        &core::schedule_trigger::ScheduleTrigger,
    ),
    ("n8n-nodes-base.set", &core::set::Set),
    ("n8n-nodes-base.sort", &core::sort::Sort),
    (
        "n8n-nodes-base.splitInBatches",
        &core::split_in_batches::SplitInBatches,
    ),
    ("n8n-nodes-base.splitOut", &core::split_out::SplitOut),
    (
        "n8n-nodes-base.spreadsheetFile",
        &core::spreadsheet_file::SpreadsheetFile,
    ),
    ("n8n-nodes-base.start", &core::start::Start),
    ("n8n-nodes-base.stickyNote", &core::sticky_note::StickyNote),
    (
        "n8n-nodes-base.stopAndError",
        &core::stop_and_error::StopAndError,
    ),
    ("n8n-nodes-base.summarize", &core::summarize::Summarize),
    ("n8n-nodes-base.switch", &core::switch::Switch),
    ("n8n-nodes-base.wait", &core::wait::Wait),
    ("n8n-nodes-base.webhook", &core::webhook::Webhook),
    (
        "n8n-nodes-base.writeBinaryFile",
        &core::write_binary_file::WriteBinaryFile,
    ),
    ("n8n-nodes-base.xml", &core::xml::Xml),
];

/// Finds node types by the names that workflows use.
#[derive(Clone, Default)]
pub struct Catalog {
    added: IndexMap<String, Arc<dyn NodeType>>,
    /// Services of the user's own, the last one first.
    own_services: Vec<Arc<ServiceType>>,
    /// Whether the services in the binary belong to it; they are loaded when a name is looked for among them.
    has_embedded: bool,
    embedded: OnceLock<Vec<Arc<ServiceType>>>,
}

/// A node of a workflow, ready to run.
pub struct CompiledNode {
    /// Name, type, version, parameters.
    pub facts: Arc<NodeFacts>,
    /// The node itself.
    pub node: Box<dyn Node>,
    /// Whether an execution may start here.
    pub is_trigger: bool,
    /// Warnings about its parameters.
    pub warnings: Vec<NodeProblem>,
}

impl Catalog {
    /// The core nodes and the services in the binary.
    pub fn embedded() -> Self {
        Self {
            has_embedded: true,
            ..Self::default()
        }
    }

    /// Adds the services among these files; one of the same name as an older one takes its place.
    ///
    /// # Errors
    /// Everything that keeps a service from being loaded.
    pub fn add_services(&mut self, files: Vec<SourceText>) -> Result<(), Vec<Problem>> {
        let mut problems = Vec::new();
        for sources in services::group(files) {
            match Service::load(&sources) {
                Ok((service, _)) => self
                    .own_services
                    .insert(0, Arc::new(ServiceType::new(service))),
                Err(found) => problems.extend(found),
            }
        }
        if problems.is_empty() {
            Ok(())
        } else {
            Err(problems)
        }
    }

    /// The services, the user's own first.
    pub fn services(&self) -> impl Iterator<Item = &Arc<ServiceType>> {
        let own = |name: &str| {
            self.own_services
                .iter()
                .any(|own| own.service().file.name == name)
        };
        let embedded = self
            .embedded_services()
            .iter()
            .filter(move |service| !own(&service.service().file.name));
        self.own_services.iter().chain(embedded)
    }

    /// The service of this name, its own or one of n8n's.
    pub fn service(&self, name: &str) -> Option<&Arc<ServiceType>> {
        self.services().find(|service| service.is_named(name))
    }

    fn embedded_services(&self) -> &[Arc<ServiceType>] {
        self.embedded.get_or_init(|| {
            let sources = if self.has_embedded {
                services::embedded()
            } else {
                Vec::new()
            };
            sources
                .iter()
                .map(|sources| match Service::load(sources) {
                    Ok((service, _)) => Arc::new(ServiceType::new(service)),
                    Err(problems) => unreachable!(
                        "embedded definitions are sound, which a test checks: {problems:?}"
                    ),
                })
                .collect()
        })
    }

    /// Adds a node type, or replaces the one of the same name.
    pub fn add(&mut self, node_type: Arc<dyn NodeType>) {
        self.added
            .insert(node_type.definition().name.clone(), node_type);
    }

    /// The type of this name. Short names (`set`) mean n8n's core nodes.
    pub fn find(&self, name: &str) -> Option<&dyn NodeType> {
        if let Some(added) = self.added.get(name) {
            return Some(&**added);
        }
        let core = |full: &str| {
            CORE.binary_search_by_key(&full, |(name, _)| name)
                .ok()
                .map(|at| CORE[at].1)
        };
        let short = || {
            (!name.contains('.'))
                .then(|| core(&format!("n8n-nodes-base.{name}")))
                .flatten()
        };
        let service = || {
            self.service(name)
                .map(|service| &**service as &dyn NodeType)
        };
        core(name).or_else(short).or_else(service)
    }

    /// All types: core nodes first, then services.
    pub fn all(&self) -> impl Iterator<Item = &dyn NodeType> {
        let added = self.added.values().map(|added| &**added);
        let services = self.services().map(|service| &**service as &dyn NodeType);
        CORE.iter()
            .map(|(_, node_type)| *node_type)
            .chain(added)
            .chain(services)
    }

    /// Makes a node of a workflow ready to run. What is wrong with a disabled node is only a warning.
    ///
    /// # Errors
    /// Everything that is wrong with its type, version and parameters.
    pub fn compile(&self, node: &WorkflowNode) -> Result<CompiledNode, Vec<NodeProblem>> {
        self.compile_read(node, Parameters::read(node))
    }

    /// As [`Catalog::compile`], with the expressions parsed already.
    ///
    /// # Errors
    /// As [`Catalog::compile`].
    pub fn compile_read(
        &self,
        node: &WorkflowNode,
        root: Result<Template, Vec<NodeProblem>>,
    ) -> Result<CompiledNode, Vec<NodeProblem>> {
        match self.compile_enabled(node, root) {
            Err(problems) if node.disabled => Ok(disabled::compile(node, problems)),
            compiled => compiled,
        }
    }

    fn compile_enabled(
        &self,
        node: &WorkflowNode,
        root: Result<Template, Vec<NodeProblem>>,
    ) -> Result<CompiledNode, Vec<NodeProblem>> {
        let node_type = self
            .find(&node.node_type)
            .ok_or_else(|| vec![self.unknown_type(&node.node_type)])?;
        let definition = node_type.definition();
        let version = version(node_type, node.type_version).map_err(|problem| vec![problem])?;
        let mut parameters = Parameters::new(node, version, root?);
        let kind = node.parameters.get("nodeCredentialType");
        parameters.service_credential = kind.and_then(Value::as_str).and_then(|kind| {
            let mut services = self.services();
            services.find_map(|service| service.find_credential_type(kind))
        });
        let (compiled, warnings) = node_type.compile_with_warnings(&parameters)?;
        Ok(CompiledNode {
            facts: Arc::new(NodeFacts {
                name: node.name.clone(),
                id: node.id.clone(),
                type_name: definition.name.as_str().into(),
                version,
                continue_on_fail: node.continues_on_fail(),
                retry: Retry::of(node),
                parameters: parameters.root().clone(),
            }),
            node: compiled,
            is_trigger: node_type.is_trigger(),
            warnings,
        })
    }

    fn unknown_type(&self, name: &str) -> NodeProblem {
        let problem = NodeProblem::error(
            "unknown-node-type",
            "",
            format!("there is no node type `{name}`"),
        );
        let short = |full: &str| full.trim_start_matches("n8n-nodes-base.").to_owned();
        let names: Vec<String> = self
            .all()
            .map(|node_type| short(&node_type.definition().name))
            .collect();
        match did_you_mean(&short(name), names.iter().map(String::as_str)) {
            Some(near) => problem.help(format!("did you mean `{near}`?")),
            None => problem.help("`itemflow nodes list` shows the types there are"),
        }
    }
}

/// The version a node runs as (spec V0): as stored, the current one where none is stored.
fn version(node_type: &dyn NodeType, stored: Option<f64>) -> Result<f64, NodeProblem> {
    let definition = node_type.definition();
    let versions = &definition.versions;
    let current = versions.last().copied().unwrap_or(1.0);
    let Some(stored) = stored.filter(|version| *version != 0.0) else {
        return Ok(current);
    };
    if versions.contains(&stored) {
        return Ok(stored);
    }
    if node_type.strict_versions() {
        let known: Vec<String> = versions.iter().map(ToString::to_string).collect();
        return Err(NodeProblem::error(
            "unknown-version",
            "",
            format!("`{}` has no version {stored}", definition.name),
        )
        .help(format!("versions: {}", known.join(", "))));
    }
    Ok(versions
        .iter()
        .copied()
        .filter(|version| *version <= stored)
        .fold(versions.first().copied().unwrap_or(current), f64::max))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_core_nodes_are_listed_in_alphabetical_order_under_their_own_names() {
        assert!(CORE.is_sorted_by_key(|(name, _)| *name));
        for (name, node_type) in CORE {
            assert_eq!(*name, node_type.definition().name);
        }
    }

    #[test]
    fn short_names_are_found() {
        let catalog = Catalog::default();
        assert!(catalog.find("noOp").is_some());
        assert!(catalog.find("n8n-nodes-base.noOp").is_some());
        assert!(catalog.find("nope").is_none());
    }
}
