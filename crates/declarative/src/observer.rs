//! What the sending side asks of its host: to note requests, and to lend the bytes of files.

use std::io;

use bytes::Bytes;
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use itemflow_model::{Binary, ErrorInfo, RequestEvent};

/// Is told of every request that starts and ends.
pub trait RequestObserver: Send + Sync {
    /// A request is about to be sent. It is sent when the future has ended, so for one that is not repeatable the future
    /// must end only when the start is recorded.
    ///
    /// # Errors
    /// When it cannot be recorded; the request is then not sent and its item fails with this error.
    fn started(&self, event: RequestEvent) -> BoxFuture<'_, Result<(), ErrorInfo>>;

    /// A request has ended, with an answer or not.
    fn finished(&self, event: RequestEvent) -> BoxFuture<'_, ()>;
}

/// Bytes of a file, piece by piece.
pub type ByteStream = BoxStream<'static, io::Result<Bytes>>;

/// Lends the bytes that a [`Binary`] refers to.
pub trait BinaryReader: Send + Sync {
    /// Opens the file.
    ///
    /// # Errors
    /// When it is gone or cannot be read.
    fn open<'a>(&'a self, binary: &'a Binary) -> BoxFuture<'a, io::Result<ByteStream>>;
}

/// An observer that notes nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoObserver;

impl RequestObserver for NoObserver {
    fn started(&self, _: RequestEvent) -> BoxFuture<'_, Result<(), ErrorInfo>> {
        Box::pin(std::future::ready(Ok(())))
    }

    fn finished(&self, _: RequestEvent) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }
}

/// A reader of a host that has no files.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoBinaries;

impl BinaryReader for NoBinaries {
    fn open<'a>(&'a self, _: &'a Binary) -> BoxFuture<'a, io::Result<ByteStream>> {
        Box::pin(async { Err(io::Error::other("there is no binary storage here")) })
    }
}
