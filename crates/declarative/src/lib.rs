//! stub
use futures::future::BoxFuture;
use itemflow_model::{ErrorInfo, RequestEvent};
/// x
#[derive(Default)]
pub struct HttpClients;
/// x
pub trait RequestObserver: Send + Sync {
    /// x
    fn started(&self, event: RequestEvent) -> BoxFuture<'_, Result<(), ErrorInfo>>;
    /// x
    fn finished(&self, event: RequestEvent) -> BoxFuture<'_, ()>;
}
#[derive(Clone, Copy, Debug, Default)]
/// x
pub struct NoObserver;

impl RequestObserver for NoObserver {
    fn started(&self, _: RequestEvent) -> BoxFuture<'_, Result<(), ErrorInfo>> {
        Box::pin(async { Ok(()) })
    }

    fn finished(&self, _: RequestEvent) -> BoxFuture<'_, ()> {
        Box::pin(async {})
    }
}
