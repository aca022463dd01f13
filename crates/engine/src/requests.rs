//! How the requests of running nodes become events: a bounded channel from every node in flight to the execution.

use futures::future::BoxFuture;
use itemflow_declarative::RequestObserver;
use itemflow_model::{ErrorInfo, NodeRunId, RequestEvent, RequestStep};
use tokio::sync::{mpsc, oneshot};

/// One request event on its way to the execution.
pub(crate) struct Report {
    pub(crate) run: NodeRunId,
    pub(crate) event: RequestEvent,
    /// Answered once the event has been recorded.
    pub(crate) recorded: Option<oneshot::Sender<()>>,
}

/// Reports the requests of one run.
pub(crate) struct Reporter {
    pub(crate) run: NodeRunId,
    pub(crate) reports: mpsc::Sender<Report>,
}

impl RequestObserver for Reporter {
    /// Ends at once for a repeatable request; otherwise only when its start has been recorded, so that a request which
    /// must not be repeated is never sent without a trace.
    fn started(&self, event: RequestEvent) -> BoxFuture<'_, Result<(), ErrorInfo>> {
        Box::pin(async move {
            let must_wait = matches!(
                event.step,
                RequestStep::Started {
                    repeatable: false,
                    ..
                }
            );
            let (sender, receiver) = oneshot::channel();
            let report = Report {
                run: self.run.clone(),
                event,
                recorded: must_wait.then_some(sender),
            };
            let gone = || ErrorInfo::operation("the execution has ended");
            self.reports.send(report).await.map_err(|_| gone())?;
            if must_wait {
                receiver.await.map_err(|_| gone())?;
            }
            Ok(())
        })
    }

    fn finished(&self, event: RequestEvent) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            // An execution that is gone wants no more reports.
            let _ = self
                .reports
                .send(Report {
                    run: self.run.clone(),
                    event,
                    recorded: None,
                })
                .await;
        })
    }
}
