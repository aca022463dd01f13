//! Messages between the parent and a worker: a byte for the kind, the length, the content.

use std::io::{self, Read, Write};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// Bytes before the content.
const HEAD: usize = 5;

/// What a message is. The parent sends the first four, the worker the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Kind {
    /// A script to run.
    Begin = b'B',
    /// Its items.
    Items = b'I',
    /// The answer to a question; empty where it is undefined.
    Answer = b'A',
    /// Why a question has no answer.
    Refusal = b'R',
    /// The script has arrived and now runs.
    Begun = b'K',
    /// A line for the log, its level before the first line break.
    Log = b'L',
    /// A question of the script.
    Question = b'Q',
    /// The results.
    Done = b'D',
}

impl Kind {
    fn of(byte: u8) -> Option<Self> {
        [
            Self::Begin,
            Self::Items,
            Self::Answer,
            Self::Refusal,
            Self::Begun,
            Self::Log,
            Self::Question,
            Self::Done,
        ]
        .into_iter()
        .find(|kind| *kind as u8 == byte)
    }
}

/// One message.
#[derive(Debug)]
pub(crate) struct Frame {
    pub(crate) kind: Kind,
    pub(crate) content: Vec<u8>,
}

fn head(kind: Kind, content: &[u8]) -> io::Result<[u8; HEAD]> {
    let length = u32::try_from(content.len())
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidInput, "the message is too long"))?;
    let [a, b, c, d] = length.to_le_bytes();
    Ok([kind as u8, a, b, c, d])
}

fn read_head(head: [u8; HEAD], longest: usize) -> io::Result<(Kind, usize)> {
    let broken = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
    let [kind, a, b, c, d] = head;
    let kind = Kind::of(kind).ok_or_else(|| broken("a message of an unknown kind"))?;
    let length = u32::from_le_bytes([a, b, c, d]) as usize;
    if length > longest {
        return Err(broken("a message that is too long"));
    }
    Ok((kind, length))
}

pub(crate) fn write(output: &mut impl Write, kind: Kind, content: &[u8]) -> io::Result<()> {
    output.write_all(&head(kind, content)?)?;
    output.write_all(content)?;
    output.flush()
}

pub(crate) fn read(input: &mut impl Read, longest: usize) -> io::Result<Frame> {
    let mut head = [0; HEAD];
    input.read_exact(&mut head)?;
    let (kind, length) = read_head(head, longest)?;
    let mut content = vec![0; length];
    input.read_exact(&mut content)?;
    Ok(Frame { kind, content })
}

pub(crate) async fn send(
    output: &mut (impl AsyncWrite + Unpin + ?Sized),
    kind: Kind,
    content: &[u8],
) -> io::Result<()> {
    output.write_all(&head(kind, content)?).await?;
    output.write_all(content).await?;
    output.flush().await
}

pub(crate) async fn receive(
    input: &mut (impl AsyncRead + Unpin + ?Sized),
    longest: usize,
) -> io::Result<Frame> {
    let mut head = [0; HEAD];
    input.read_exact(&mut head).await?;
    let (kind, length) = read_head(head, longest)?;
    let mut content = vec![0; length];
    input.read_exact(&mut content).await?;
    Ok(Frame { kind, content })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_arrives_as_it_was_sent() {
        let mut bytes = Vec::new();
        write(&mut bytes, Kind::Question, b"what").unwrap();
        let frame = read(&mut bytes.as_slice(), 10).unwrap();
        assert_eq!(
            (frame.kind, &*frame.content),
            (Kind::Question, &b"what"[..])
        );
    }

    #[test]
    fn what_no_worker_says_is_refused() {
        for bytes in [
            &b"Q\xff\xff\xff\xff"[..],
            b"?\x00\x00\x00\x00",
            b"Q\x01",
            b"Q\x02\x00\x00\x00x",
        ] {
            assert!(read(&mut &bytes[..], 10).is_err(), "{bytes:?}");
        }
    }
}
