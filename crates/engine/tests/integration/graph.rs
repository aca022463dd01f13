//! Workflows from compact text, and what came of running them.

use std::collections::HashMap;
use std::sync::Arc;

use itemflow_engine::{Config, Execution, Plan, Start, State};
use itemflow_model::{
    Connection, Effect, EffectAnswer, ErrorInfo, ExecutionEvent, ExecutionOrder, ExecutionStatus,
    Node, NodeResult, OnError, Value, Workflow,
};
use itemflow_nodes::{Catalog, ExecutionFacts, Host};
use jiff::tz::TimeZone;

use crate::script::{Script, pass};

/// A workflow under construction. Its first node is a trigger; every node passes its items on unless told otherwise.
#[derive(Clone)]
pub(crate) struct Graph {
    pub(crate) workflow: Workflow,
    scripts: HashMap<String, Script>,
    pub(crate) config: Config,
    pub(crate) start: Start,
    pub(crate) manual: bool,
}

/// How a run went.
pub(crate) struct Run {
    pub(crate) events: Vec<ExecutionEvent>,
    pub(crate) state: State,
    pub(crate) plan: Arc<Plan>,
}

impl Graph {
    /// Reads `T -> A -> B; A:1 -> 1:C`: a number after a name is an output, before a name an input.
    pub(crate) fn new(order: ExecutionOrder, arrows: &str) -> Self {
        let mut workflow = Workflow {
            name: "Test".into(),
            ..Workflow::default()
        };
        workflow.settings.execution_order = Some(order);
        for chain in arrows.split(';') {
            let stops: Vec<(usize, &str, usize)> = chain.split("->").map(stop).collect();
            for (_, name, _) in &stops {
                if workflow.node(name).is_none() {
                    workflow.nodes.push(Node {
                        name: (*name).into(),
                        node_type: format!("test.{name}").into(),
                        ..Node::default()
                    });
                }
            }
            for pair in stops.windows(2) {
                let (_, from, output) = pair[0];
                let (input, to, _) = pair[1];
                let outputs = workflow
                    .connections
                    .entry(from.into())
                    .or_default()
                    .entry("main".into())
                    .or_default();
                if outputs.len() <= output {
                    outputs.resize(output + 1, Vec::new());
                }
                outputs[output].push(Connection {
                    node: to.into(),
                    kind: "main".into(),
                    index: input,
                });
            }
        }
        Self {
            workflow,
            scripts: HashMap::new(),
            config: Config::default(),
            start: Start::default(),
            manual: true,
        }
    }

    pub(crate) fn v1(arrows: &str) -> Self {
        Self::new(ExecutionOrder::V1, arrows)
    }

    pub(crate) fn v0(arrows: &str) -> Self {
        Self::new(ExecutionOrder::V0, arrows)
    }

    pub(crate) fn parallel(arrows: &str) -> Self {
        Self::new(ExecutionOrder::Parallel, arrows)
    }

    /// What a node does.
    pub(crate) fn does(mut self, name: &str, script: Script) -> Self {
        assert!(self.workflow.node(name).is_some(), "no node {name}");
        self.scripts.insert(name.into(), script);
        self
    }

    /// Changes a node's settings.
    pub(crate) fn with(mut self, name: &str, change: impl FnOnce(&mut Node)) -> Self {
        let found = self
            .workflow
            .nodes
            .iter_mut()
            .find(|node| *node.name == *name);
        change(found.unwrap());
        self
    }

    pub(crate) fn at(self, name: &str, x: f64, y: f64) -> Self {
        self.with(name, |node| node.position = Some([x, y]))
    }

    pub(crate) fn on_error(self, name: &str, mode: OnError) -> Self {
        self.with(name, |node| node.on_error = Some(mode))
    }

    pub(crate) fn disabled(self, name: &str) -> Self {
        self.with(name, |node| node.disabled = true)
    }

    pub(crate) fn pinned(mut self, name: &str, items: serde_json::Value) -> Self {
        let items: Vec<serde_json::Value> = serde_json::from_value(items).unwrap();
        self.workflow
            .pin_data
            .insert(name.into(), items.into_iter().map(Value::from).collect());
        self
    }

    pub(crate) fn until(mut self, name: &str) -> Self {
        self.start.until = Some(name.into());
        self
    }

    pub(crate) fn starting_at(mut self, name: &str) -> Self {
        self.start.node = Some(name.into());
        self
    }

    pub(crate) fn plan(&self) -> Arc<Plan> {
        let mut catalog = Catalog::default();
        for (at, node) in self.workflow.nodes.iter().enumerate() {
            let script = self.scripts.get(&*node.name).cloned().unwrap_or_else(pass);
            if node.node_type.starts_with("test.") {
                catalog.add(script.node_type(&node.node_type, at == 0));
            }
        }
        match Plan::compile(&self.workflow, &catalog) {
            Ok((plan, _)) => Arc::new(plan),
            Err(problems) => panic!("{problems:?}"),
        }
    }

    pub(crate) fn host(&self) -> Arc<Host> {
        Arc::new(Host::new(ExecutionFacts {
            id: "1".into(),
            manual: self.manual,
            workflow: Value::empty_object(),
            time_zone: TimeZone::UTC,
            method: None,
        }))
    }

    pub(crate) fn execution(&self) -> Execution {
        Execution::new(self.plan(), self.host(), self.config.clone(), &self.start).unwrap()
    }

    /// Runs the workflow to its end.
    pub(crate) async fn run(&self) -> Run {
        drive(self.execution()).await
    }

    /// Runs it and says in which order its nodes ran.
    pub(crate) async fn executed(&self) -> String {
        self.run().await.order()
    }

    /// Goes on from recorded events.
    pub(crate) fn resume(&self, plan: &Arc<Plan>, events: &[ExecutionEvent]) -> Execution {
        let state = State::replay(plan, &self.start, events).unwrap();
        Execution::from_state(plan.clone(), self.host(), self.config.clone(), state)
    }
}

/// Pulls events until there are none. What nodes ask for comes at once: the time, and called workflows give what they
/// get.
pub(crate) async fn drive(mut execution: Execution) -> Run {
    let answers = execution.answer_handle();
    answer_open_questions(&execution).await;
    let mut events = Vec::new();
    while let Some(event) = execution.next().await {
        if let ExecutionEvent::EffectRequested { run, effect } = &event {
            answers.answer(run.clone(), echo(effect)).await;
        }
        events.push(event);
    }
    assert!(execution.next().await.is_none());
    Run {
        events,
        state: execution.state().clone(),
        plan: execution.plan().clone(),
    }
}

/// Answers what was asked before the execution was cut off.
pub(crate) async fn answer_open_questions(execution: &Execution) {
    let asked = execution.state().unanswered();
    for (run, effect) in asked {
        let answers = execution.answer_handle();
        answers.answer(run.clone(), echo(effect)).await;
    }
}

/// The answer that [`drive`] gives.
pub(crate) fn echo(effect: &Effect) -> EffectAnswer {
    match effect {
        Effect::Wait(_) => EffectAnswer::TimeCame,
        Effect::RunWorkflows(calls) => EffectAnswer::Workflows(
            calls
                .calls
                .iter()
                .map(|call| Ok(vec![Some(call.items.paired_by_index(0))]))
                .collect(),
        ),
    }
}

impl Run {
    /// The runs that n8n would record, in order.
    pub(crate) fn recorded(&self) -> Vec<&NodeResult> {
        self.events
            .iter()
            .filter_map(|event| match event {
                ExecutionEvent::NodeFinished(result) if result.is_recorded() => Some(&**result),
                _ => None,
            })
            .collect()
    }

    /// The names of the nodes that ran, in order.
    pub(crate) fn order(&self) -> String {
        let names: Vec<&str> = self.recorded().iter().map(|r| &*r.run.node).collect();
        names.join(" ")
    }

    pub(crate) fn result(&self, node: &str, run: usize) -> &NodeResult {
        &self.state.results(&self.plan, node)[run]
    }

    pub(crate) fn runs(&self, node: &str) -> usize {
        self.state.results(&self.plan, node).len()
    }

    /// The json of the items of an output; null where the output has no data.
    pub(crate) fn output(&self, node: &str, run: usize, output: usize) -> serde_json::Value {
        match self.result(node, run).output(output) {
            None => serde_json::Value::Null,
            Some(items) => items
                .iter()
                .map(|item| serde_json::Value::from(&item.json))
                .collect(),
        }
    }

    /// The json of the items of output 0 of the first run.
    pub(crate) fn first(&self, node: &str) -> serde_json::Value {
        self.output(node, 0, 0)
    }

    /// Where the inputs of a run came from: `G.0#0` is output 0 of run 0 of G, `-` an input without a source.
    pub(crate) fn sources(&self, node: &str, run: usize) -> String {
        let sources: Vec<String> = self
            .result(node, run)
            .sources
            .iter()
            .map(|source| match source {
                Some(source) => format!("{}.{}#{}", source.node, source.output, source.run_index),
                None => "-".into(),
            })
            .collect();
        sources.join(" ")
    }

    fn end(&self) -> (ExecutionStatus, Option<&ErrorInfo>, Option<&str>) {
        match self.events.last() {
            Some(ExecutionEvent::Finished {
                status,
                error,
                last_node,
            }) => (*status, error.as_ref(), last_node.as_deref()),
            other => panic!("the last event is {other:?}"),
        }
    }

    pub(crate) fn status(&self) -> ExecutionStatus {
        self.end().0
    }

    pub(crate) fn error(&self) -> &str {
        self.end().1.map_or("", |error| &error.message)
    }

    pub(crate) fn last_node(&self) -> &str {
        self.end().2.unwrap_or("")
    }
}

fn stop(text: &str) -> (usize, &str, usize) {
    let parts: Vec<&str> = text.trim().split(':').collect();
    let number = |text: &str| text.parse::<usize>().ok();
    match parts[..] {
        [name] => (0, name, 0),
        [name, output] if number(output).is_some() => (0, name, number(output).unwrap()),
        [input, name] => (number(input).unwrap(), name, 0),
        [input, name, output] => (number(input).unwrap(), name, number(output).unwrap()),
        _ => panic!("cannot read {text}"),
    }
}
