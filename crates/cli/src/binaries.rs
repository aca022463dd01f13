//! Files of a run from the command line: in a temporary folder that is removed when the run ends.

use std::io;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use futures::future::BoxFuture;
use futures::{StreamExt, TryStreamExt};
use itemflow_declarative::{BinaryReader, ByteStream, ReceivedFile};
use itemflow_model::Binary;
use itemflow_nodes::BinaryStore;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Bytes that are read at a time.
const CHUNK: usize = 64 << 10;

/// A store that makes its folder with the first file.
#[derive(Default)]
pub(crate) struct TemporaryFiles {
    folder: OnceLock<TempDir>,
    next: AtomicU64,
}

impl TemporaryFiles {
    fn folder(&self) -> io::Result<&TempDir> {
        if let Some(folder) = self.folder.get() {
            return Ok(folder);
        }
        let made = tempfile::Builder::new().prefix("itemflow-").tempdir()?;
        Ok(self.folder.get_or_init(|| made))
    }

    /// The file of a reference; only names that this store has given are looked for.
    fn path(&self, id: &str) -> io::Result<PathBuf> {
        let number: u64 = id
            .strip_prefix("file:")
            .and_then(|n| n.parse().ok())
            .ok_or(io::ErrorKind::NotFound)?;
        Ok(self.folder()?.path().join(number.to_string()))
    }
}

impl BinaryStore for TemporaryFiles {
    fn store(&self, file: ReceivedFile) -> BoxFuture<'_, io::Result<Binary>> {
        Box::pin(async move {
            let bytes = futures::stream::iter([Ok(file.bytes)]).boxed();
            self.store_stream(file.mime_type, file.file_name, bytes)
                .await
        })
    }

    fn store_stream(
        &self,
        mime_type: String,
        file_name: Option<String>,
        mut bytes: ByteStream,
    ) -> BoxFuture<'_, io::Result<Binary>> {
        Box::pin(async move {
            let id = format!("file:{}", self.next.fetch_add(1, Ordering::Relaxed));
            let mut file = tokio::fs::File::create(self.path(&id)?).await?;
            let mut size = 0;
            while let Some(chunk) = bytes.try_next().await? {
                file.write_all(&chunk).await?;
                size += chunk.len() as u64;
            }
            file.flush().await?;
            let extension = file_name
                .as_deref()
                .and_then(|name| name.rsplit_once('.'))
                .map(|(_, e)| e.to_owned());
            Ok(Binary {
                id,
                mime_type,
                file_extension: extension,
                file_name,
                directory: None,
                bytes: size,
            })
        })
    }
}

impl BinaryReader for TemporaryFiles {
    fn open<'a>(&'a self, binary: &'a Binary) -> BoxFuture<'a, io::Result<ByteStream>> {
        Box::pin(async move {
            let file = tokio::fs::File::open(self.path(&binary.id)?).await?;
            let chunks = futures::stream::try_unfold(file, |mut file| async move {
                let mut chunk = vec![0; CHUNK];
                let read = file.read(&mut chunk).await?;
                chunk.truncate(read);
                Ok((read > 0).then(|| (chunk.into(), file)))
            });
            Ok(chunks.boxed())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_stored_can_be_read_and_nothing_else() {
        let files = TemporaryFiles::default();
        let file = ReceivedFile {
            bytes: "hello".into(),
            mime_type: "text/plain".into(),
            file_name: Some("a.txt".into()),
        };
        let binary = files.store(file).await.unwrap();
        assert_eq!(
            (binary.file_extension.as_deref(), binary.bytes),
            (Some("txt"), 5)
        );
        let chunks: Vec<_> = files
            .open(&binary)
            .await
            .unwrap()
            .try_collect()
            .await
            .unwrap();
        assert_eq!(chunks.concat(), b"hello");
        let stranger = Binary {
            id: "file:../../etc/passwd".into(),
            ..Binary::default()
        };
        assert!(files.open(&stranger).await.is_err());
    }
}
