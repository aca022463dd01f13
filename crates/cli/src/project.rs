//! Opens what a command works on: the catalog with the user's own services, and a workflow, checked.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use itemflow_engine::{Plan, Start, check};
use itemflow_model::{Part, Problem, SourceText, Value, Workflow};
use itemflow_nodes::Catalog;
use jiff::tz::TimeZone;

use crate::files;
use crate::report::{self, Texts};
use crate::testing::moment;

/// A workflow that has been read and checked.
pub(crate) struct Opened {
    /// The workflow as data; `None` when the file is none.
    pub(crate) workflow: Option<Workflow>,
    /// Ready to run; `None` when any problem is an error.
    pub(crate) plan: Option<Arc<Plan>>,
    /// Everything that is wrong with it.
    pub(crate) problems: Vec<Problem>,
    /// Its text.
    pub(crate) source: SourceText,
}

/// The catalog: the services in the binary, overlaid by those in folders.
pub(crate) fn catalog(folders: &[PathBuf]) -> anyhow::Result<Catalog> {
    let mut catalog = Catalog::embedded();
    for folder in folders {
        let sources = files::find(folder)?
            .iter()
            .map(|path| files::read(path))
            .collect::<anyhow::Result<Vec<_>>>()?;
        let texts = sources
            .iter()
            .map(|source| (source.file.clone(), source.text.clone()))
            .collect::<Texts>();
        catalog.add_services(sources).map_err(|problems| {
            report::problems(&problems, &texts);
            anyhow::anyhow!("the definitions in {} cannot be used", folder.display())
        })?;
    }
    Ok(catalog)
}

/// Reads and checks a workflow file.
pub(crate) fn open(path: &Path, catalog: &Catalog, start: &Start) -> anyhow::Result<Opened> {
    Ok(open_source(files::read(path)?, catalog, start))
}

/// Checks a workflow that has been read.
pub(crate) fn open_source(source: SourceText, catalog: &Catalog, start: &Start) -> Opened {
    open_with(source, |_| (catalog, start.clone()))
}

/// Checks a workflow that has been read and then changed by `prepare`, which says with what and how it will run.
pub(crate) fn open_with<'a>(
    source: SourceText,
    prepare: impl FnOnce(&mut Workflow) -> (&'a Catalog, Start),
) -> Opened {
    let (workflow, mut problems) = Workflow::read_as_far_as_possible(&source);
    let Some(mut workflow) = workflow else {
        return Opened {
            workflow: None,
            plan: None,
            problems,
            source,
        };
    };
    let (catalog, start) = prepare(&mut workflow);
    let checked = check(&mut workflow, &source, catalog, &start);
    problems.extend(checked.problems);
    problems.sort_by_key(|problem| problem.span.map_or(0, |span| span.start));
    problems.extend(unknown_time_zone(&workflow, &source));
    problems.extend(no_moment(&workflow, &source));
    let failed = problems.iter().any(Problem::is_error);
    Opened {
        workflow: Some(workflow),
        plan: checked.plan.filter(|_| !failed).map(Arc::new),
        problems,
        source,
    }
}

/// In a folder, files without a list of nodes are something else: credentials, input, settings. One that cannot be read
/// is a workflow if it speaks of nodes; a broken credentials file must not be shown.
pub(crate) fn looks_like_workflow(file: &Path) -> bool {
    let Ok(source) = files::read(file) else {
        return true;
    };
    let has_nodes = |value: &Value| {
        value
            .get("nodes")
            .is_some_and(|nodes| nodes.as_array().is_some())
    };
    match source.value() {
        Ok(value) => has_nodes(&value) || value.index(0).is_some_and(has_nodes),
        Err(_) => source.text.contains("nodes"),
    }
}

fn no_moment(workflow: &Workflow, source: &SourceText) -> Option<Problem> {
    let now = workflow.test.now.as_deref()?;
    if moment(now).is_some() {
        return None;
    }
    let message = format!("`{now}` is no moment");
    let problem = source.error("no-moment", "/test/now", Part::Value, message);
    Some(problem.help("write date, time and zone, such as `2026-01-31T09:00:00Z`"))
}

fn unknown_time_zone(workflow: &Workflow, source: &SourceText) -> Option<Problem> {
    let name = workflow.settings.timezone.as_deref()?;
    if name == "DEFAULT" || TimeZone::get(name).is_ok() {
        return None;
    }
    let message = format!("there is no time zone `{name}`");
    let problem = source.error(
        "unknown-time-zone",
        "/settings/timezone",
        Part::Value,
        message,
    );
    Some(problem.help("write a name such as `Europe/Lisbon` or `UTC`"))
}

impl Opened {
    /// The workflow ready to run. Prints all problems; errors among them are a failure.
    pub(crate) fn require_plan(&self) -> anyhow::Result<(&Workflow, Arc<Plan>)> {
        report::problems(
            &self.problems,
            &Texts::from([(self.source.file.clone(), self.source.text.clone())]),
        );
        let ready = self.workflow.as_ref().zip(self.plan.clone());
        ready.with_context(|| format!("{} cannot run, nothing was sent", self.source.file))
    }
}
