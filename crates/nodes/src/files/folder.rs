//! `FolderOnDisk`: one folder that nodes may use. Every path is opened part by part from the open folder, and a link is
//! never followed, so that nothing leads out of it, whatever else changes the folder meanwhile.

use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use futures::future::BoxFuture;
use futures::{StreamExt, TryStreamExt};
use itemflow_declarative::ByteStream;
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{AtFlags, FileType, Mode, OFlags, fstat, openat, renameat, statat, unlinkat};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::task::spawn_blocking;

use super::pattern::{Globs, Pattern};
use super::place::Root;
use super::walk::walk;
use super::{Files, OpenFile, WriteMode};

/// Bytes that are read at a time.
const CHUNK: usize = 64 << 10;

/// How much the nodes may read and write.
#[derive(Clone, Copy, Debug)]
pub struct FolderLimits {
    /// Largest file that is read or written.
    pub max_file_bytes: u64,
}

impl Default for FolderLimits {
    fn default() -> Self {
        Self {
            max_file_bytes: 4 << 30,
        }
    }
}

/// A folder of this machine.
pub struct FolderOnDisk(Arc<Inner>);

struct Inner {
    given: PathBuf,
    limits: FolderLimits,
    /// Opened with the first use, so that a folder that nobody uses need not be there.
    open: OnceLock<(OwnedFd, Root)>,
}

impl FolderOnDisk {
    /// The folder at an absolute path. It is made with the first file that is written if it is not there.
    pub fn new(path: PathBuf, limits: FolderLimits) -> Self {
        Self(Arc::new(Inner {
            given: path,
            limits,
            open: OnceLock::new(),
        }))
    }
}

impl Files for FolderOnDisk {
    fn open<'a>(&'a self, path: &'a str) -> BoxFuture<'a, io::Result<OpenFile>> {
        let (inner, path) = (self.0.clone(), path.to_owned());
        Box::pin(async move {
            let limit = inner.limits.max_file_bytes;
            let (file, name, directory) = blocking(move || inner.open_to_read(&path)).await?;
            let bytes = stream(tokio::fs::File::from_std(file), limit);
            Ok(OpenFile {
                name,
                directory,
                bytes,
            })
        })
    }

    fn write<'a>(
        &'a self,
        path: &'a str,
        mut bytes: ByteStream,
        mode: WriteMode,
    ) -> BoxFuture<'a, io::Result<()>> {
        let (inner, path) = (self.0.clone(), path.to_owned());
        Box::pin(async move {
            let limit = inner.limits.max_file_bytes;
            let (file, target) = blocking(move || inner.open_to_write(&path, mode)).await?;
            let mut written = file.metadata()?.len();
            let mut file = tokio::fs::File::from_std(file);
            while let Some(chunk) = bytes.try_next().await? {
                written += chunk.len() as u64;
                if written > limit {
                    return Err(too_large(limit));
                }
                file.write_all(&chunk).await?;
            }
            file.flush().await?;
            blocking(move || target.map_or(Ok(()), Replacement::finish)).await
        })
    }

    fn find<'a>(
        &'a self,
        pattern: &'a str,
        syntax: Pattern,
    ) -> BoxFuture<'a, io::Result<Vec<String>>> {
        let (inner, pattern) = (self.0.clone(), pattern.to_owned());
        Box::pin(async move { blocking(move || inner.find(&pattern, syntax)).await })
    }
}

impl Inner {
    fn root(&self, make: bool) -> io::Result<&(OwnedFd, Root)> {
        if let Some(open) = self.open.get() {
            return Ok(open);
        }
        if make {
            std::fs::create_dir_all(&self.given).map_err(|error| {
                let folder = self.given.display();
                io::Error::new(error.kind(), format!("`{folder}` cannot be made: {error}"))
            })?;
        }
        let cannot = |error: io::Error| {
            let folder = self.given.display();
            let message = match error.kind() {
                io::ErrorKind::NotFound => format!(
                    "`{folder}`, the folder of the files of nodes, is not there: make it, or name another with `--files DIR`"
                ),
                _ => format!(
                    "`{folder}`, the folder of the files of nodes, cannot be opened: {error}"
                ),
            };
            io::Error::new(error.kind(), message)
        };
        let real = self.given.canonicalize().map_err(cannot)?;
        let flags = OFlags::DIRECTORY | OFlags::RDONLY | OFlags::CLOEXEC;
        let folder =
            rustix::fs::open(&real, flags, Mode::empty()).map_err(|error| cannot(error.into()))?;
        Ok(self
            .open
            .get_or_init(|| (folder, Root::new(self.given.clone(), real))))
    }

    /// The open folder that holds a file, and the file's parts.
    fn parent(&self, path: &str, make: bool) -> io::Result<(OwnedFd, Vec<String>, &Root)> {
        let (folder, root) = self.root(make)?;
        let parts = root.place(path)?;
        let Some((_, folders)) = parts.split_last() else {
            return Err(io::Error::new(
                io::ErrorKind::IsADirectory,
                format!("`{path}` is a folder"),
            ));
        };
        let parent = descend(folder, folders).map_err(|error| explain(path, &error))?;
        Ok((parent, parts, root))
    }

    fn open_to_read(&self, path: &str) -> io::Result<(File, String, String)> {
        let (parent, mut parts, root) = self.parent(path, false)?;
        let name = parts.pop().expect("a file has a name");
        // Without NONBLOCK a pipe would wait for a writer before it can be seen to be one.
        let flags = OFlags::RDONLY | OFlags::NONBLOCK;
        let file = open_file(&parent, &name, flags).map_err(|error| explain(path, &error))?;
        if file.metadata()?.len() > self.limits.max_file_bytes {
            return Err(too_large(self.limits.max_file_bytes));
        }
        Ok((file, name, root.path(&parts)))
    }

    fn open_to_write(
        &self,
        path: &str,
        mode: WriteMode,
    ) -> io::Result<(File, Option<Replacement>)> {
        let (parent, mut parts, _) = self.parent(path, true)?;
        let name = parts.pop().expect("a file has a name");
        let flags = OFlags::WRONLY | OFlags::NONBLOCK;
        let opened = match mode {
            WriteMode::Append => open_file(&parent, &name, flags | OFlags::APPEND | OFlags::CREATE),
            WriteMode::AppendToExisting => open_file(&parent, &name, flags | OFlags::APPEND),
            WriteMode::Replace => {
                return Replacement::begin(parent, name)
                    .map(|(file, target)| (file, Some(target)))
                    .map_err(|error| explain(path, &error));
            }
        };
        Ok((opened.map_err(|error| explain(path, &error))?, None))
    }

    fn find(&self, pattern: &str, syntax: Pattern) -> io::Result<Vec<String>> {
        let (folder, root) = self.root(false)?;
        let parts = root.place(pattern)?;
        let globs = Globs::read(&parts.join("/"), syntax)?;
        let is_plain = |part: &String| !part.contains(['*', '?', '[', '(', '{', '\\']);
        let fixed = parts.iter().take_while(|part| is_plain(part)).count();
        let start = &parts[..fixed.min(parts.len().saturating_sub(1))];
        // Braces and parentheses may hold slashes, so they say nothing about the depth.
        let is_deep = |part: &String| part.contains("**") || part.contains(['{', '(']);
        let depth = (!parts.iter().any(is_deep)).then_some(parts.len());
        let found = walk(folder, start, &globs, depth).map_err(|error| explain(pattern, &error))?;
        Ok(found.iter().map(|path| root.path(&[path])).collect())
    }
}

/// A new content that takes the place of a file when it is whole.
struct Replacement {
    parent: OwnedFd,
    name: String,
    temporary: Option<String>,
}

impl Replacement {
    fn begin(parent: OwnedFd, name: String) -> io::Result<(File, Self)> {
        let old = match statat(&parent, name.as_str(), AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => Some(stat),
            Err(rustix::io::Errno::NOENT) => None,
            Err(error) => return Err(error.into()),
        };
        if let Some(stat) = &old {
            require_ordinary(FileType::from_raw_mode(stat.st_mode))?;
        }
        // n8n would refuse to write what it may not write; a new file in its place must not get around that.
        if old.is_some() {
            open_file(&parent, &name, OFlags::WRONLY | OFlags::NONBLOCK)?;
        }
        let mode = old.map_or(0o666, |stat| stat.st_mode & 0o777);
        let temporary = format!(".itemflow-{:016x}.part", rand::random::<u64>());
        let flags =
            OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let file = openat(
            &parent,
            temporary.as_str(),
            flags,
            Mode::from_raw_mode(mode),
        )?;
        let replacement = Self {
            parent,
            name,
            temporary: Some(temporary),
        };
        Ok((file.into(), replacement))
    }

    fn finish(mut self) -> io::Result<()> {
        if let Some(temporary) = &self.temporary {
            renameat(
                &self.parent,
                temporary.as_str(),
                &self.parent,
                self.name.as_str(),
            )?;
        }
        self.temporary = None;
        Ok(())
    }
}

impl Drop for Replacement {
    fn drop(&mut self) {
        if let Some(temporary) = &self.temporary {
            // What cannot be removed is left behind; there is nobody to tell.
            let _ = unlinkat(&self.parent, temporary.as_str(), AtFlags::empty());
        }
    }
}

/// Opens a folder inside another, never through a link.
fn open_folder(parent: BorrowedFd<'_>, name: &str) -> io::Result<OwnedFd> {
    let flags = OFlags::DIRECTORY | OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let folder = openat(parent, name, flags, Mode::empty())?;
    refuse_kernel_files(&folder)?;
    Ok(folder)
}

/// The folder these parts lead to.
pub(super) fn descend(folder: &OwnedFd, parts: &[String]) -> io::Result<OwnedFd> {
    let mut at = folder.try_clone()?;
    for part in parts {
        at = open_folder(at.as_fd(), part)?;
    }
    Ok(at)
}

/// Opens an ordinary file in a folder, never through a link.
fn open_file(parent: &OwnedFd, name: &str, flags: OFlags) -> io::Result<File> {
    // A device can do something when it is opened, so it is looked at before and, as it may have changed, after.
    if let Ok(stat) = statat(parent, name, AtFlags::SYMLINK_NOFOLLOW) {
        require_ordinary(FileType::from_raw_mode(stat.st_mode))?;
    }
    let flags = flags | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NOCTTY;
    let file = openat(parent, name, flags, Mode::from_raw_mode(0o666))?;
    require_ordinary(FileType::from_raw_mode(fstat(&file)?.st_mode))?;
    refuse_kernel_files(&file)?;
    Ok(file.into())
}

fn require_ordinary(kind: FileType) -> io::Result<()> {
    let what = match kind {
        FileType::RegularFile => return Ok(()),
        FileType::Directory => "is a folder",
        FileType::Symlink => "is a symbolic link, which is not followed",
        _ => "is no ordinary file",
    };
    Err(io::Error::new(io::ErrorKind::InvalidInput, what))
}

/// Files that the kernel makes up as they are read have no end to trust.
#[cfg(target_os = "linux")]
fn refuse_kernel_files(file: &OwnedFd) -> io::Result<()> {
    const SYSFS_MAGIC: i64 = 0x6265_6572;
    let kind = rustix::fs::fstatfs(file)?.f_type as i64;
    if kind == rustix::fs::PROC_SUPER_MAGIC || kind == SYSFS_MAGIC {
        let what = "belongs to the system and not to a disk";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, what));
    }
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn refuse_kernel_files(_: &OwnedFd) -> io::Result<()> {
    Ok(())
}

/// Whether a link was met where none is followed.
pub(super) fn is_link(error: &io::Error) -> bool {
    error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error())
}

/// The error with the path in it.
fn explain(path: &str, error: &io::Error) -> io::Error {
    let message = match error.kind() {
        io::ErrorKind::NotFound => format!("`{path}` is not there"),
        io::ErrorKind::InvalidInput | io::ErrorKind::IsADirectory => format!("`{path}` {error}"),
        io::ErrorKind::NotADirectory => {
            format!(
                "`{path}` leads through something that is no folder; symbolic links are not followed"
            )
        }
        _ if is_link(error) => format!("`{path}` is a symbolic link, which is not followed"),
        _ => format!("`{path}`: {error}"),
    };
    io::Error::new(error.kind(), message)
}

fn too_large(limit: u64) -> io::Error {
    io::Error::new(
        io::ErrorKind::FileTooLarge,
        format!("the file is larger than {limit} bytes, the most that nodes read and write"),
    )
}

fn stream(file: tokio::fs::File, limit: u64) -> ByteStream {
    futures::stream::try_unfold((file, 0_u64), move |(mut file, before)| async move {
        let mut chunk = vec![0; CHUNK];
        let read = file.read(&mut chunk).await?;
        chunk.truncate(read);
        let total = before + read as u64;
        // It may have grown since its size was looked at.
        if total > limit {
            return Err(too_large(limit));
        }
        Ok((read > 0).then(|| (Bytes::from(chunk), (file, total))))
    })
    .boxed()
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    spawn_blocking(work).await.map_err(io::Error::other)?
}

#[cfg(test)]
mod tests;
