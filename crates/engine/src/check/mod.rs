//! What can be known to be wrong with a workflow before it runs, every problem with its place in the file.

mod fields;
mod graph;
mod references;
mod shape;

use std::cell::OnceCell;
use std::collections::HashMap;

use itemflow_model::{Expected, Node, Part, Port, Problem, Side, SourceText, Workflow};
use itemflow_nodes::{Catalog, NodeProblem};

use self::graph::Graph;
use self::references::Reader;
use crate::plan::{CompiledNodes, Plan, PlanProblem};
use crate::start::{Start, StartError};

/// The result of checking a workflow.
pub struct Checked {
    /// The workflow ready to run; `None` when any problem is an error.
    pub plan: Option<Plan>,
    /// All problems, in the order in which they were found.
    pub problems: Vec<Problem>,
}

/// Checks a workflow that has been read from `source`: node types and parameters, expressions, names of ports and nodes,
/// and where it starts. Names of ports in its arrows become connections.
pub fn check(
    workflow: &mut Workflow,
    source: &SourceText,
    catalog: &Catalog,
    start: &Start,
) -> Checked {
    let mut problems =
        workflow.resolve_ports(source, &|node, side, name| port(catalog, node, side, name));
    let places = Places {
        source,
        nodes: OnceCell::new(),
    };
    let nodes = CompiledNodes::compile(workflow, catalog);
    problems.extend(expressions(workflow, &nodes, &places));
    problems.extend(unknown_outputs(workflow, source, catalog));
    let plan = match Plan::build(workflow, nodes) {
        Ok((plan, warnings)) => {
            problems.extend(
                warnings
                    .into_iter()
                    .map(|warning| locate(workflow, &places, &warning)),
            );
            problems.extend(
                plan.start_node(start)
                    .err()
                    .map(|error| start_problem(source, &error)),
            );
            Some(plan)
        }
        Err(errors) => {
            problems.extend(
                errors
                    .into_iter()
                    .map(|error| locate(workflow, &places, &error)),
            );
            None
        }
    };
    let failed = problems.iter().any(Problem::is_error);
    Checked {
        plan: plan.filter(|_| !failed),
        problems,
    }
}

/// The index of the output of a node that an expectation names; `None` where the node has no such output.
pub fn expected_output(
    workflow: &Workflow,
    catalog: &Catalog,
    expected: &Expected<'_>,
) -> Option<usize> {
    match &expected.output {
        Port::Index(index) => Some(*index),
        Port::Name(named) => {
            let node = workflow.node(&expected.node)?;
            port(catalog, node, Side::Output, &named.name)
        }
    }
}

/// Outputs in `expect` that their nodes do not have.
fn unknown_outputs(workflow: &Workflow, source: &SourceText, catalog: &Catalog) -> Vec<Problem> {
    let unknown = |expected: &Expected<'_>| {
        let is_known_type = workflow
            .node(&expected.node)
            .is_some_and(|node| catalog.find(&node.node_type).is_some());
        is_known_type && expected_output(workflow, catalog, expected).is_none()
    };
    workflow
        .expected()
        .filter(unknown)
        .map(|expected| {
            let message = format!("`{}` names no output of its node", expected.key);
            source
                .error("unknown-port", &expected.pointer, Part::Key, message)
                .help("an index, from 0, always works")
                .node(&expected.node)
        })
        .collect()
}

/// The index of a named port, as the node's type names it.
fn port(catalog: &Catalog, node: &Node, side: Side, name: &str) -> Option<usize> {
    let definition = catalog.find(&node.node_type)?.definition();
    let labels = match side {
        Side::Input => &definition.inputs,
        Side::Output => &definition.outputs,
    };
    let labelled = labels
        .iter()
        .position(|label| label.eq_ignore_ascii_case(name));
    if labelled.is_some() || side == Side::Input || name != "error" {
        return labelled;
    }
    let has_error_output = node.error_mode() == itemflow_model::OnError::ContinueErrorOutput;
    has_error_output.then(|| {
        catalog
            .compile(node)
            .map_or(labels.len(), |compiled| compiled.node.outputs())
    })
}

/// What is wrong with the expressions of every node.
fn expressions(workflow: &Workflow, nodes: &CompiledNodes, places: &Places<'_>) -> Vec<Problem> {
    let graph = Graph::new(workflow);
    let mut problems = Vec::new();
    for (index, template) in nodes.templates.iter().enumerate() {
        let Some(template) = template else { continue };
        let mut reader = Reader::new(workflow, nodes, &graph, index);
        template.visit_expressions(&mut |pointer, expression| {
            for problem in reader.problems(expression, pointer) {
                problems.push(places.problem(&workflow.nodes[index], &problem));
            }
        });
    }
    problems
}

fn locate(workflow: &Workflow, places: &Places<'_>, problem: &PlanProblem) -> Problem {
    places.problem(&workflow.nodes[problem.node], &problem.problem)
}

/// Where the nodes of a workflow stand in its file, found when the first problem needs it.
struct Places<'a> {
    source: &'a SourceText,
    nodes: OnceCell<HashMap<String, String>>,
}

impl Places<'_> {
    /// The problem of a node at its place in the file.
    fn problem(&self, node: &Node, problem: &NodeProblem) -> Problem {
        let source = self.source;
        let nodes = self.nodes.get_or_init(|| Workflow::node_pointers(source));
        let base = nodes.get(&*node.name).map_or("", String::as_str);
        let (pointer, part) = match problem.code {
            "unknown-node-type" => (format!("{base}/type"), Part::Value),
            "unknown-version" => (format!("{base}/typeVersion"), Part::Value),
            "unknown-parameter" | "unknown-request-option" => {
                (format!("{base}/parameters{}", problem.pointer), Part::Key)
            }
            _ if problem.pointer.is_empty() => (format!("{base}/name"), Part::Value),
            _ => (format!("{base}/parameters{}", problem.pointer), Part::Value),
        };
        let span = match &problem.range {
            Some(range) => source.locate_within(&pointer, range.clone()),
            None => source.locate(&pointer, part),
        };
        let parameter = problem.pointer.trim_start_matches('/').replace('/', ".");
        Problem {
            severity: problem.severity,
            help: problem.help.clone(),
            span,
            node: Some(node.name.to_string()),
            parameter: Some(parameter).filter(|parameter| !parameter.is_empty()),
            ..Problem::error(problem.code, &source.file, problem.message.clone())
        }
    }
}

fn start_problem(source: &SourceText, error: &StartError) -> Problem {
    let problem = source.error("no-start", "/nodes", Part::Key, error.to_string());
    match error.help() {
        Some(help) => problem.help(help),
        None => problem,
    }
}
