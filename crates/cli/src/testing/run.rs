//! Tests one file: reads it, runs its workflow once, and compares what its nodes gave with what the file expects.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use itemflow_declarative::{HttpClients, HttpConfig, RequestGate};
use itemflow_engine::{Config, Execution, Plan, Start};
use itemflow_model::{
    ErrorInfo, ExecutionEvent, ExecutionStatus, Items, NodeResult, Problem, SourceText, Value,
    Workflow,
};
use itemflow_nodes::{Catalog, Host};
use jiff::Timestamp;

use super::actual::actual_items;
use super::compare;
use super::expectation::{self, Want, Wanted};
use super::fixed_host::{Fence, SeededRandom, StandingClock, refusal};
use super::{Check, Difference, Tested, Update};
use crate::commands::host::{Allowed, host};
use crate::commands::mock::Mocks;
use crate::credentials::CredentialFile;
use crate::effects::Effects;
use crate::{files, project};

/// How tests are run.
pub(crate) struct Options<'a> {
    pub(crate) catalog: &'a Catalog,
    pub(crate) credentials: &'a CredentialFile,
    /// Stand-ins for declared services, whatever the file says.
    pub(crate) mock: bool,
    /// The folder that nodes may read and write; absent, none.
    pub(crate) files: Option<&'a Path>,
    /// Whether real requests may be sent.
    pub(crate) allow_network: bool,
    /// Longest time of one run.
    pub(crate) timeout: Duration,
}

/// What a run gave.
struct Ran {
    status: ExecutionStatus,
    error: Option<ErrorInfo>,
    results: Vec<Arc<NodeResult>>,
}

/// Tests one file.
pub(crate) async fn test_file(path: &Path, options: &Options<'_>) -> Tested {
    let began = Instant::now();
    let file = path.display().to_string();
    let mut tested = Tested {
        path: path.to_owned(),
        source: None,
        name: String::new(),
        checks: Vec::new(),
        problems: Vec::new(),
        status: None,
        failure: None,
        stand_ins: Vec::new(),
        order: Vec::new(),
        elapsed: Duration::ZERO,
    };
    match files::read(path) {
        Ok(source) => {
            if let Err(error) = test(path, source, options, &mut tested).await {
                tested.failure = Some(ErrorInfo::operation(format!("{error:#}")));
            }
        }
        Err(error) => {
            let problem = Problem::error("unreadable", &file.into(), format!("{error:#}"));
            tested.problems.push(problem);
        }
    }
    tested.elapsed = began.elapsed();
    tested
}

async fn test(
    path: &Path,
    source: SourceText,
    options: &Options<'_>,
    tested: &mut Tested,
) -> anyhow::Result<()> {
    let mut catalog = options.catalog.clone();
    let mut wanted = Vec::new();
    let mut start = Start::default();
    let opened = project::open_with(source, |workflow| {
        wanted = expectation::from_pinned(workflow, &catalog, options.allow_network);
        tested.stand_ins = expectation::add_stand_ins(workflow, &mut catalog);
        start.node.clone_from(&workflow.test.start);
        start.items = files::items_of(workflow.test.input.as_deref().unwrap_or_default());
        (&catalog, start.clone())
    });
    let Some(workflow) = opened.workflow else {
        tested.problems = opened.problems;
        tested.source = Some(opened.source);
        return Ok(());
    };
    tested.name.clone_from(&workflow.name);
    wanted.extend(expectation::from_section(&workflow, &catalog));
    let is_test = !wanted.is_empty() || !workflow.expect.is_empty();
    if is_test {
        tested.problems = opened.problems;
        tested.problems.retain(Problem::is_error);
    }
    tested.source = Some(opened.source);
    let Some(plan) = opened.plan.filter(|_| is_test) else {
        return Ok(());
    };
    let (ran, host, fence) = run(path, plan, &workflow, &catalog, &start, options).await?;
    for wanted in &wanted {
        tested.checks.push(check(wanted, &ran, &host).await);
    }
    tested.order = ran
        .results
        .iter()
        .map(|result| result.run.node.clone())
        .collect();
    tested.status = Some(ran.status);
    let may_fail = wanted.iter().any(Wanted::may_fail);
    let ended_well = matches!(
        ran.status,
        ExecutionStatus::Success | ExecutionStatus::Waiting
    );
    tested.failure = match fence.and_then(|fence| fence.first_refused()) {
        // A node that goes on after failures hides it; the test has still not tested what it says.
        Some(origin) => Some(ran.error.filter(is_refusal).unwrap_or(refusal(&origin))),
        None if ended_well || may_fail => None,
        None => Some(ran.error.unwrap_or_else(|| {
            ErrorInfo::operation(format!("the run ended as {}", ran.status.as_str()))
        })),
    };
    Ok(())
}

fn is_refusal(error: &ErrorInfo) -> bool {
    error.name == super::fixed_host::REFUSED
}

async fn run(
    path: &Path,
    plan: Arc<Plan>,
    workflow: &Workflow,
    catalog: &Catalog,
    start: &Start,
    options: &Options<'_>,
) -> anyhow::Result<(Ran, Arc<Host>, Option<Arc<Fence>>)> {
    let mut credentials = options.credentials.clone();
    let mocks = if options.mock || workflow.test.mock {
        Mocks::start_for(workflow, catalog, &[], true).await?
    } else {
        Mocks::default()
    };
    mocks.supply(&mut credentials);
    let fence = (!options.allow_network).then(|| Arc::new(Fence::new(mocks.origins())));
    let variables: Vec<(String, String)> = workflow.test.vars.clone().into_iter().collect();
    let allowed = Allowed {
        environment: &[],
        variables: &variables,
        files: options.files.map(Path::to_owned),
    };
    let mut host = host(workflow, Arc::new(credentials), &allowed)?;
    host.random = Arc::new(SeededRandom::new(workflow.test.seed.unwrap_or_default()));
    if let Some(now) = workflow.test.now.as_deref().and_then(moment) {
        host.clock = Arc::new(StandingClock(now));
    }
    host.http = Arc::new(HttpClients::new(HttpConfig {
        gate: fence.clone().map(|fence| fence as Arc<dyn RequestGate>),
        ..HttpConfig::default()
    }));
    let host = Arc::new(host);
    let config = Config {
        timeout: Some(options.timeout),
        ..Config::default()
    };
    let catalog = Arc::new(catalog.clone());
    let mut effects = Effects::new(catalog, host.clone(), config.clone(), path);
    effects.skips_waits = true;
    let mut execution = Execution::new(plan, host.clone(), config, start)?;
    let mut results = Vec::new();
    let ended = effects
        .drive(&mut execution, |event| match event {
            ExecutionEvent::NodeFinished(result) if result.is_recorded() => {
                results.push(result.clone());
            }
            _ => {}
        })
        .await;
    let ran = Ran {
        status: ended.status,
        error: ended.error,
        results,
    };
    mocks.stop().await;
    Ok((ran, host, fence))
}

/// The moment that a text such as `2026-01-31T09:00:00Z` names.
pub(crate) fn moment(text: &str) -> Option<Timestamp> {
    text.trim().parse().ok()
}

async fn check(wanted: &Wanted, ran: &Ran, host: &Host) -> Check {
    let runs: Vec<&Arc<NodeResult>> = ran
        .results
        .iter()
        .filter(|result| result.run.node == wanted.node)
        .collect();
    let mut differences = Vec::new();
    if let Some(text) = &wanted.error {
        differences.extend(failure_difference(text, &runs));
    }
    let expected = |run: usize| match &wanted.want {
        Want::Anything => None,
        Want::EveryRun(items) => Some(items.as_slice()),
        Want::Runs(runs) => runs.get(run).map(Vec::as_slice),
    };
    let empty = Items::default();
    let several = runs.len() > 1 || matches!(&wanted.want, Want::Runs(runs) if runs.len() > 1);
    for (index, result) in runs.iter().enumerate() {
        let Some(expected) = expected(index) else {
            continue;
        };
        if fails_as_pinned(result, expected, wanted) {
            continue;
        }
        let items = result.output(wanted.output).unwrap_or(&empty);
        let actual = actual_items(items, expected, host).await;
        let found = compare::items(expected, &actual, wanted.rules);
        differences.extend(found.into_iter().map(|difference| Difference {
            run: several.then_some(index),
            ..difference
        }));
    }
    differences.extend(runs_difference(&wanted.want, runs.len()));
    let update = wanted
        .pointer
        .as_ref()
        .filter(|_| !differences.is_empty() && wanted.error.is_none())
        .and_then(|pointer| {
            Some(Update {
                pointer: pointer.clone(),
                value: given(&wanted.want, &runs, wanted.output)?,
            })
        });
    Check {
        title: wanted.title.clone(),
        differences,
        update,
    }
}

/// n8n pins the failure of a node as an item with an `error`.
fn fails_as_pinned(result: &NodeResult, expected: &[Value], wanted: &Wanted) -> bool {
    let (Some(error), [only]) = (&result.error, expected) else {
        return false;
    };
    wanted.rules.pinned && compare::message(only.get("error")) == Some(&error.message)
}

fn failure_difference(text: &str, runs: &[&Arc<NodeResult>]) -> Option<Difference> {
    let failures: Vec<&str> = runs
        .iter()
        .flat_map(|result| {
            let items = result.outputs.iter().flatten().flat_map(Items::iter);
            let of_items = items.filter_map(|item| item.error.as_deref());
            result.error.as_ref().into_iter().chain(of_items)
        })
        .map(|error| error.message.as_str())
        .collect();
    if failures.iter().any(|message| message.contains(text)) {
        return None;
    }
    Some(Difference {
        expected: Some(Value::from(text)),
        actual: failures.first().map(|message| Value::from(*message)),
        note: Some("error".into()),
        ..Difference::default()
    })
}

/// A node that has not run, or not as often as expected.
fn runs_difference(want: &Want, ran: usize) -> Option<Difference> {
    let wanted = match want {
        Want::EveryRun(items) if ran == 0 && !items.is_empty() => {
            return Some(Difference {
                note: Some("the node did not run".into()),
                ..Difference::default()
            });
        }
        Want::Runs(runs) if runs.len() != ran => runs.len(),
        _ => return None,
    };
    Some(Difference {
        expected: Some(Value::from(wanted as u64)),
        actual: Some(Value::from(ran as u64)),
        note: Some("number of runs".into()),
        ..Difference::default()
    })
}

/// What the node gave, in the form of what was expected of it; `None` where one list cannot stand for several runs.
fn given(want: &Want, runs: &[&Arc<NodeResult>], output: usize) -> Option<Value> {
    let lists: Vec<Value> = runs
        .iter()
        .map(|result| {
            let items = result.output(output).into_iter().flat_map(Items::iter);
            let list: Vec<Value> = items.map(|item| item.json.clone()).collect();
            Value::from(list)
        })
        .collect();
    match want {
        Want::Anything => None,
        Want::Runs(_) => Some(Value::from(lists)),
        Want::EveryRun(_) => {
            let first = lists.first()?;
            lists
                .iter()
                .all(|list| list == first)
                .then(|| first.clone())
        }
    }
}
