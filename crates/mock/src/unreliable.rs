//! Bodies that do not arrive as they should.

use std::io;
use std::time::Duration;

use axum::body::{Body, Bytes};
use futures::stream::{self, StreamExt};
use tokio::sync::watch;

/// Time in which the first half of a body is sent.
const FLUSH_TIME: Duration = Duration::from_millis(50);

/// A body of which nothing comes until the double stops.
pub(crate) fn stalled(stopped: watch::Receiver<()>) -> Body {
    Body::from_stream(stream::once(end(stopped)))
}

/// A body that comes byte by byte.
pub(crate) fn trickling(bytes: Vec<u8>, pause: Duration, stopped: watch::Receiver<()>) -> Body {
    let bytes = stream::iter(bytes).then(move |byte| {
        let mut stopped = stopped.clone();
        async move {
            tokio::select! {
                () = tokio::time::sleep(pause) => Ok(Bytes::from(vec![byte])),
                _ = stopped.changed() => Err(broken()),
            }
        }
    });
    Body::from_stream(bytes)
}

/// The first half of a body, and then the end of the connection.
pub(crate) fn cut(mut bytes: Vec<u8>) -> Body {
    bytes.truncate(bytes.len() / 2);
    let first = stream::iter([Ok(Bytes::from(bytes))]);
    let end = stream::once(async {
        // What has been given is sent only when the body lets go for a moment.
        tokio::time::sleep(FLUSH_TIME).await;
        Err(broken())
    });
    Body::from_stream(first.chain(end))
}

/// An error when the double stops, and nothing before.
async fn end(mut stopped: watch::Receiver<()>) -> Result<Bytes, io::Error> {
    // Nothing is ever sent: this returns when the sender is gone.
    let _ = stopped.changed().await;
    Err(broken())
}

fn broken() -> io::Error {
    io::ErrorKind::ConnectionAborted.into()
}
