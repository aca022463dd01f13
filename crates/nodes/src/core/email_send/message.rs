//! `Mail`: what an e-mail says, and its bytes in MIME (RFC 5322, RFC 2045).

use std::time::SystemTime;

use bytes::Bytes;
use itemflow_declarative::{
    Body as RequestBody, BuildError, Method, Part as RequestPart, PartContent, RequestSpec, Url,
};
use itemflow_model::Binary;
use lettre::address::Envelope;
use lettre::message::header::{
    Cc, ContentTransferEncoding, ContentType, From, Header, MailboxesHeader, ReplyTo, To,
};
use lettre::message::{
    Attachment, Body, Mailbox, Mailboxes, MessageBuilder, MultiPart, SinglePart,
};
use lettre::{Address, Message};

/// What the last line says, in text and in HTML.
const TEXT_SIGNATURE: &str = "\n\n---\nSent automatically by Itemflow";
const HTML_SIGNATURE: &str = "<br><br>---<br><em>Sent automatically by Itemflow</em>";

/// An e-mail.
#[derive(Debug, Default)]
pub(super) struct Mail {
    pub(super) from: Vec<Mailbox>,
    pub(super) to: Vec<Mailbox>,
    pub(super) cc: Vec<Mailbox>,
    pub(super) bcc: Vec<Mailbox>,
    pub(super) reply_to: Vec<Mailbox>,
    pub(super) subject: String,
    pub(super) text: Option<String>,
    pub(super) html: Option<String>,
    /// Files that the HTML shows.
    pub(super) inline: Vec<File>,
    pub(super) files: Vec<File>,
}

/// A file of an e-mail.
#[derive(Debug)]
pub(super) struct File {
    /// What the HTML calls it, for a file that is shown.
    pub(super) id: String,
    pub(super) file: Binary,
    pub(super) bytes: Bytes,
}

/// A part of a message, with parts inside or not.
enum Part {
    Single(SinglePart),
    Multi(MultiPart),
}

impl Mail {
    /// Adds the line that says where the e-mail comes from.
    pub(super) fn sign(&mut self) {
        if let Some(text) = &mut self.text {
            text.push_str(TEXT_SIGNATURE);
        }
        if let Some(html) = &mut self.html {
            html.push_str(HTML_SIGNATURE);
        }
    }

    /// Who sends it.
    pub(super) fn sender(&self) -> Option<&Address> {
        self.from.first().map(|mailbox| &mailbox.email)
    }

    /// Everyone who gets it, each once.
    pub(super) fn recipients(&self) -> Vec<Address> {
        let mut found: Vec<Address> = Vec::new();
        let mut seen = std::collections::HashSet::new();
        for mailbox in self.to.iter().chain(&self.cc).chain(&self.bcc) {
            if seen.insert(mailbox.email.clone()) {
                found.push(mailbox.email.clone());
            }
        }
        found
    }

    /// What will be sent, as far as people want to know before: who gets it, and what it says.
    ///
    /// # Errors
    /// What no header can hold.
    pub(super) fn preview(self, server: Url) -> Result<RequestSpec, BuildError> {
        let method = Method::from_bytes(b"MAIL").expect("a method's name has letters alone");
        let mut spec = RequestSpec::new(method, server);
        let list = |mailboxes: &[Mailbox]| {
            let texts: Vec<String> = mailboxes.iter().map(ToString::to_string).collect();
            texts.join(", ")
        };
        for (name, value) in [
            ("From", list(&self.from)),
            ("Reply-To", list(&self.reply_to)),
            ("To", list(&self.to)),
            ("Cc", list(&self.cc)),
            ("Bcc", list(&self.bcc)),
            ("Subject", one_line(&self.subject)),
        ] {
            if !value.is_empty() {
                spec.set_header(name, value, false)?;
            }
        }
        let texts = [("text/plain", self.text), ("text/html", self.html)];
        let texts = texts.into_iter().filter_map(|(kind, text)| {
            Some(RequestPart {
                name: kind.into(),
                content: PartContent::Text(text?),
            })
        });
        let files = self.inline.into_iter().chain(self.files);
        let files = files.map(|file| RequestPart {
            name: file.id,
            content: PartContent::Binary(file.file),
        });
        spec.body = RequestBody::Multipart(texts.chain(files).collect());
        Ok(spec)
    }

    /// The bytes to send. Those who get a blind copy are not in them.
    ///
    /// # Errors
    /// What cannot be written.
    pub(super) fn into_bytes(self, id: &str, date: SystemTime) -> Result<Vec<u8>, String> {
        let envelope = Envelope::new(self.sender().cloned(), self.recipients())
            .map_err(|error| error.to_string())?;
        let mut builder = Message::builder()
            .envelope(envelope)
            .date(date)
            .message_id(Some(format!("<{id}>")))
            .subject(one_line(&self.subject));
        builder = with::<From>(builder, self.from);
        builder = with::<ReplyTo>(builder, self.reply_to);
        builder = with::<To>(builder, self.to);
        builder = with::<Cc>(builder, self.cc);

        let (inline, mut files) = (self.inline, self.files);
        let html = self.html.map(|html| {
            let html = Part::Single(SinglePart::html(html));
            let shown = inline.iter().map(inline_part);
            joined(
                MultiPart::related().build(),
                std::iter::once(html).chain(shown),
            )
        });
        if html.is_none() {
            files.splice(0..0, inline);
        }
        let text = self.text.map(|text| Part::Single(SinglePart::plain(text)));
        let mut body = [text, html].into_iter().flatten();
        let body = match (body.next(), body.next()) {
            (Some(text), Some(html)) => {
                joined(MultiPart::alternative().build(), [text, html].into_iter())
            }
            (Some(only), _) => only,
            (None, _) => Part::Single(SinglePart::plain(String::new())),
        };
        let attached = files.iter().map(|file| {
            let attachment = Attachment::new(file.name());
            Part::Single(attachment.body(content(file), content_type(file)))
        });
        let whole = joined(
            MultiPart::mixed().build(),
            std::iter::once(body).chain(attached),
        );
        let message = match whole {
            Part::Single(part) => builder.singlepart(part),
            Part::Multi(parts) => builder.multipart(parts),
        };
        Ok(message.map_err(|error| error.to_string())?.formatted())
    }
}

impl File {
    fn name(&self) -> String {
        one_line(self.file.file_name.as_deref().unwrap_or(&self.id))
    }
}

fn with<H: Header + MailboxesHeader + std::convert::From<Mailboxes>>(
    builder: MessageBuilder,
    list: Vec<Mailbox>,
) -> MessageBuilder {
    if list.is_empty() {
        return builder;
    }
    builder.mailbox(H::from(list.into_iter().collect::<Mailboxes>()))
}

/// The parts in a container, or the only one without it.
fn joined(mut container: MultiPart, mut parts: impl Iterator<Item = Part>) -> Part {
    let (first, second) = (parts.next(), parts.next());
    let Some(second) = second else {
        return first.unwrap_or(Part::Multi(container));
    };
    for part in first.into_iter().chain([second]).chain(parts) {
        container = match part {
            Part::Single(part) => container.singlepart(part),
            Part::Multi(part) => container.multipart(part),
        };
    }
    Part::Multi(container)
}

fn inline_part(file: &File) -> Part {
    let attachment = Attachment::new_inline_with_name(file.id.clone(), file.name());
    Part::Single(attachment.body(content(file), content_type(file)))
}

/// The bytes of a file in an encoding that changes none of them, not even the ends of lines.
fn content(file: &File) -> Body {
    let bytes = file.bytes.to_vec();
    Body::new_with_encoding(bytes, ContentTransferEncoding::Base64)
        .expect("every byte can be written in base64")
}

fn content_type(file: &File) -> ContentType {
    ContentType::parse(&file.file.mime_type)
        .unwrap_or_else(|_| ContentType::parse("application/octet-stream").expect("a media type"))
}

/// A text without line breaks, so that it is never more than one header.
fn one_line(text: &str) -> String {
    let lines = text.split(['\r', '\n']).map(str::trim);
    let lines: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
    let line = lines.join(" ");
    line.chars().filter(|c| !c.is_control()).collect()
}
