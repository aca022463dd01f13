//! `Files`: the folder on disk that nodes may read and write, and nothing outside of it.

mod folder;
mod pattern;
mod place;
mod walk;

use std::io;

use futures::future::BoxFuture;
use itemflow_declarative::ByteStream;

pub use folder::{FolderLimits, FolderOnDisk};
pub use pattern::Pattern;

/// Reading and writing files by the paths that workflows name.
pub trait Files: Send + Sync {
    /// Opens a file to read.
    ///
    /// # Errors
    /// When it is not there, is no ordinary file, or lies where workflows may not read; the text says how to mend it.
    fn open<'a>(&'a self, path: &'a str) -> BoxFuture<'a, io::Result<OpenFile>>;

    /// Writes a file, piece by piece. One that is replaced keeps its old content until all of the new one is there.
    ///
    /// # Errors
    /// As [`Files::open`], and when the pieces end in an error.
    fn write<'a>(
        &'a self,
        path: &'a str,
        bytes: ByteStream,
        mode: WriteMode,
    ) -> BoxFuture<'a, io::Result<()>>;

    /// The paths of the files that a pattern means, in order.
    ///
    /// # Errors
    /// When the pattern cannot be read or points where workflows may not read, and when there is too much to look at.
    fn find<'a>(
        &'a self,
        pattern: &'a str,
        syntax: Pattern,
    ) -> BoxFuture<'a, io::Result<Vec<String>>>;
}

/// A file that is being read.
pub struct OpenFile {
    /// Its name, without the folder.
    pub name: String,
    /// The folder it lies in.
    pub directory: String,
    /// Its bytes.
    pub bytes: ByteStream,
}

/// What becomes of a file that is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteMode {
    /// It is replaced.
    Replace,
    /// The bytes are put after its own; a file that is not there is made.
    Append,
    /// The bytes are put after its own; it must be there.
    AppendToExisting,
}

/// A host whose nodes may use no file.
#[derive(Debug)]
pub struct NoFiles;

impl NoFiles {
    fn refuse<T>() -> BoxFuture<'static, io::Result<T>> {
        let refusal = "nodes may not use files here: name a folder for them with `--files DIR`";
        Box::pin(async move { Err(io::Error::new(io::ErrorKind::PermissionDenied, refusal)) })
    }
}

impl Files for NoFiles {
    fn open<'a>(&'a self, _: &'a str) -> BoxFuture<'a, io::Result<OpenFile>> {
        Self::refuse()
    }

    fn write<'a>(
        &'a self,
        _: &'a str,
        _: ByteStream,
        _: WriteMode,
    ) -> BoxFuture<'a, io::Result<()>> {
        Self::refuse()
    }

    fn find<'a>(&'a self, _: &'a str, _: Pattern) -> BoxFuture<'a, io::Result<Vec<String>>> {
        Self::refuse()
    }
}
