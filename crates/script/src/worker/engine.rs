//! `Engine`: a fresh QuickJS with the world of a script in it, for one script.

use std::rc::Rc;
use std::time::Duration;

use rquickjs::context::EvalOptions;
use rquickjs::{Context, Ctx, Function, Object, Persistent, Result, Runtime, Value};

use super::Begin;
use super::host;
use super::limits::WorkerLimits;
use super::session::Session;
use crate::script::Style;

/// The files that make the world, in this order: each adds to what those before have made.
const WORLD: &[(&str, &str)] = &[
    ("dates.js", include_str!("../world/dates.js")),
    ("bytes.js", include_str!("../world/bytes.js")),
    ("variables.js", include_str!("../world/variables.js")),
    ("run.js", include_str!("../world/run.js")),
];

/// The name of the script in the places of its errors; `run.js` looks for it.
const SCRIPT_NAME: &str = "script.js";

/// One runtime, one context, one script.
pub(super) struct Engine {
    // The order is that of dropping: what points into the context goes before it.
    runner: Persistent<Object<'static>>,
    context: Context,
    runtime: Runtime,
}

impl Engine {
    pub(super) fn new(session: &Rc<Session>, limits: &WorkerLimits) -> Result<Self> {
        let runtime = Runtime::new()?;
        runtime.set_memory_limit(limits.memory_bytes);
        runtime.set_max_stack_size(limits.stack_bytes);
        let context = Context::full(&runtime)?;
        let runner = context.with(|ctx| -> Result<_> {
            let host = host::functions(&ctx, session)?;
            let world = Object::new(ctx.clone())?;
            let mut runner = None;
            for (name, source) in WORLD {
                let file: Function = eval(&ctx, source, name)?;
                runner = Some(file.call::<_, Value>((host.clone(), world.clone()))?);
            }
            let runner = runner.and_then(Value::into_object);
            let runner = runner.ok_or(rquickjs::Error::Unknown)?;
            Ok(Persistent::save(&ctx, runner))
        })?;
        Ok(Self {
            runner,
            context,
            runtime,
        })
    }

    /// Runs a script; what it comes to is in the session.
    pub(super) fn run(&self, session: &Session, begin: &Begin) {
        let started = self.context.with(|ctx| -> Result<()> {
            let runner = self.runner.clone().restore(&ctx)?;
            let start: Function = runner.get("start")?;
            let style = match begin.style {
                Style::All => "all",
                Style::Each => "each",
                Style::Function => "function",
                Style::FunctionItem => "functionItem",
                Style::Compare => "compare",
            };
            let source = match begin.style {
                Style::Compare => format!("(function (a, b) {{\n{}\n}})", begin.code),
                _ => format!("(async function () {{\n{}\n}})", begin.code),
            };
            let standing_at = begin.standing_at_ms.map(|ms| ms as f64);
            let make = maker(&ctx, source)?;
            start.call((style, begin.stop_at_failure, make, standing_at, begin.seed))
        });
        if started.is_err() {
            session.broke_off("the script ran out of memory before it began");
            return;
        }
        while !session.is_finished() {
            match self.runtime.execute_pending_job() {
                Ok(true) => {}
                // What a callback throws where nobody catches it is lost, as in other engines without a process to end.
                Err(error) => error.0.with(|ctx| drop(ctx.catch())),
                Ok(false) => {
                    if !self.next_timer(session) {
                        return;
                    }
                }
            }
        }
    }

    /// Waits for the next timer and runs it; without one the script can never go on.
    fn next_timer(&self, session: &Session) -> bool {
        let wait = self.context.with(|ctx| -> Result<Option<f64>> {
            let next: Function = self.runner.clone().restore(&ctx)?.get("nextTimer")?;
            next.call(())
        });
        let Ok(Some(ms)) = wait else {
            session.broke_off("the script waits for a promise that nothing will ever settle, or it ran out of memory");
            return false;
        };
        if ms > 0.0 && !session.wait(Duration::from_secs_f64(ms / 1000.0)) {
            return false;
        }
        let ran = self.context.with(|ctx| -> Result<()> {
            let run: Function = self.runner.clone().restore(&ctx)?.get("runTimer")?;
            let ran = run.call::<_, ()>(());
            if ran.is_err() {
                ctx.catch();
            }
            Ok(())
        });
        ran.is_ok()
    }
}

/// The function that compiles the script, so that what is wrong with it is thrown where it can be caught.
fn maker<'js>(ctx: &Ctx<'js>, source: String) -> Result<Function<'js>> {
    Function::new(ctx.clone(), move |ctx: Ctx<'js>| {
        eval::<Function<'js>>(&ctx, &source, SCRIPT_NAME)
    })
}

fn eval<'js, T: rquickjs::FromJs<'js>>(ctx: &Ctx<'js>, source: &str, name: &str) -> Result<T> {
    let mut options = EvalOptions::default();
    options.strict = false;
    options.filename = Some(name.to_owned());
    ctx.eval_with_options(source, options)
}
