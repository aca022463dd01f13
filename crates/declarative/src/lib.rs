//! stub
use futures::future::BoxFuture;
use itemflow_model::RequestEvent;
/// x
#[derive(Default)]
pub struct HttpClients;
/// x
pub trait RequestObserver: Send + Sync {
    /// x
    fn started(&self, event: RequestEvent) -> BoxFuture<'_, ()>;
    /// x
    fn finished(&self, event: RequestEvent);
}
