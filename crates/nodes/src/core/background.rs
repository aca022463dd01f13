//! Work that takes long, on a thread where it keeps nobody waiting.

use itemflow_model::ErrorInfo;
use tokio::task::spawn_blocking;

use crate::run::NodeRun;

/// Does some work away from the async runtime. A panic in it, as readers of damaged files have them, is an error.
///
/// # Errors
/// What the work says is wrong, as an error of the item.
pub(crate) async fn in_background<T: Send + 'static>(
    run: &NodeRun,
    item: usize,
    work: impl FnOnce() -> Result<T, String> + Send + 'static,
) -> Result<T, ErrorInfo> {
    let done = spawn_blocking(work)
        .await
        .unwrap_or_else(|_| Err("the file is damaged and cannot be read".into()));
    done.map_err(|message| run.error(message, Some(item), None))
}
