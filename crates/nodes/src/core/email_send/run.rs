//! The node at work: one e-mail after the other, each reported before it is sent.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use futures::future::BoxFuture;
use itemflow_declarative::{RequestOptions, RequestSpec};
use itemflow_model::{ErrorInfo, Item, Map, RequestEvent, RequestStep, Value};
use lettre::message::Mailbox;
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use super::account::{Account, KIND};
use super::addresses;
use super::delivery::{Delivered, Envelope, Failed, deliver};
use super::message::{File, Mail};
use crate::action_node::no_such_credential;
use crate::core::binary;
use crate::gathered::Gathered;
use crate::host::Credentials;
use crate::node::{Node, Outcome, Step};
use crate::parameters::Parameter;
use crate::run::NodeRun;
use crate::sending::{at, first_of, in_node};

/// Most bytes of the files of one e-mail.
const MAX_FILES: u64 = 64 << 20;
/// Most remarks of one run.
const MAX_HINTS: usize = 5;

/// A Send Email node of a workflow.
pub(super) struct MailNode(pub(super) Arc<Compiled>);

/// What is the same for every run of the node.
pub(super) struct Compiled {
    pub(super) mail: MailTemplate,
    /// Name of the credential.
    pub(super) credential: String,
    pub(super) allow_unauthorized_certs: Parameter,
    pub(super) request_options: Parameter,
}

/// An e-mail in the making.
pub(super) struct MailTemplate {
    pub(super) from: Parameter,
    pub(super) to: Parameter,
    pub(super) cc: Parameter,
    pub(super) bcc: Parameter,
    pub(super) reply_to: Parameter,
    pub(super) subject: Parameter,
    /// Plain text, where it is sent.
    pub(super) text: Option<Parameter>,
    /// HTML, where it is sent.
    pub(super) html: Option<Parameter>,
    /// Whether a text that is empty is not sent.
    pub(super) leaves_out_empty: bool,
    /// Names of files that the HTML shows.
    pub(super) inline: Option<Parameter>,
    /// Names of files that are attached.
    pub(super) files: Parameter,
    /// Whether a last line says where the e-mail comes from.
    pub(super) signs: Parameter,
}

impl Node for MailNode {
    fn execute(&self, run: &NodeRun) -> Step {
        let (compiled, run) = (self.0.clone(), run.clone());
        Step::Pending(Box::pin(async move { compiled.run(&run).await }))
    }

    fn works_by_item(&self) -> bool {
        true
    }

    fn sends_requests(&self) -> bool {
        true
    }

    fn requests<'a>(
        &'a self,
        run: &'a NodeRun,
    ) -> Option<BoxFuture<'a, Result<Vec<RequestSpec>, ErrorInfo>>> {
        Some(Box::pin(async move {
            let account = self.0.account(&*run.host.credentials).await;
            let account = account.map_err(|error| in_node(run, error))?;
            let mut specs = Vec::new();
            for item in 0..run.items().len() {
                let mail = self.0.mail.at(run, item, &mut Vec::new()).await?;
                self.0.check(run, item, &mail)?;
                let spec = mail.preview(account.url.clone());
                specs.push(spec.map_err(|error| at(run, item, error.into()))?);
            }
            Ok(specs)
        }))
    }

    fn try_credentials<'a>(
        &'a self,
        credentials: &'a dyn Credentials,
    ) -> BoxFuture<'a, Result<(), ErrorInfo>> {
        Box::pin(async move { self.0.account(credentials).await.map(drop) })
    }

    fn retries_by_item(&self) -> bool {
        true
    }
}

impl Compiled {
    async fn run(&self, run: &NodeRun) -> Result<Outcome, ErrorInfo> {
        let account = self.account(&*run.host.credentials).await;
        let account = account.map_err(|error| in_node(run, error))?;
        let mut gathered = Gathered::new(run);
        let mut hints: Vec<String> = Vec::new();
        for item in 0..run.items().len() {
            let sent = self.send(run, item, &account, &mut hints).await;
            gathered.add(item, sent.map(|report| [Item::new(report)]))?;
        }
        hints.dedup();
        let mut outcome = gathered.outcome();
        outcome.hints = hints.into_iter().take(MAX_HINTS).collect();
        Ok(outcome)
    }

    async fn account(&self, credentials: &dyn Credentials) -> Result<Account, ErrorInfo> {
        let Some(fields) = credentials.load(KIND, &self.credential).await? else {
            return Err(no_such_credential(credentials, KIND, &self.credential));
        };
        Ok(Account::read(&fields)?)
    }

    /// Sends the e-mail of an item and returns what the server said.
    async fn send(
        &self,
        run: &NodeRun,
        item: usize,
        account: &Account,
        hints: &mut Vec<String>,
    ) -> Result<Value, ErrorInfo> {
        let options = self.options(run, item)?;
        let mail = self.mail.at(run, item, hints).await?;
        let envelope = self.check(run, item, &mail)?;
        run.host.http.permit(&account.url)?;
        let id = format!("{}@{}", Uuid::new_v4(), envelope.from.domain());
        let date = SystemTime::from(run.host.clock.now());
        let message = mail.into_bytes(&id, date).map_err(|reason| {
            run.error(
                format!("the e-mail cannot be written: {reason}"),
                Some(item),
                None,
            )
        })?;
        let delivered = self
            .deliver(run, item, account, &options, &envelope, &message)
            .await?;
        if delivered.exposed_login && hints.len() < MAX_HINTS {
            hints.push(format!(
                "{} was logged in to without encryption: it offers none",
                account.host
            ));
        }
        for (address, words) in &delivered.rejected {
            if hints.len() < MAX_HINTS {
                hints.push(format!(
                    "item {item}: {} refused {address}: {words}",
                    account.host
                ));
            }
        }
        Ok(report(delivered, &envelope, &id, message.len()))
    }

    /// Who sends an e-mail and who gets it.
    fn check(&self, run: &NodeRun, item: usize, mail: &Mail) -> Result<Envelope, ErrorInfo> {
        let missing = |parameter: &Parameter, what: &str| {
            let name = &parameter.name;
            run.error(
                format!("`{name}` is missing: {what}"),
                Some(item),
                Some(name),
            )
        };
        let from = mail.sender().cloned();
        let from =
            from.ok_or_else(|| missing(&self.mail.from, "it is the address of the sender"))?;
        let to = mail.recipients();
        if to.is_empty() {
            return Err(missing(&self.mail.to, "nobody would get the e-mail"));
        }
        Ok(Envelope { from, to })
    }

    /// Hands the e-mail over, again if it is certain that it was not sent and the node tries again.
    async fn deliver(
        &self,
        run: &NodeRun,
        item: usize,
        account: &Account,
        options: &RequestOptions,
        envelope: &Envelope,
        message: &[u8],
    ) -> Result<Delivered, ErrorInfo> {
        let summary: Arc<str> = format!("MAIL {}", account.url).into();
        let mut attempt = 1;
        loop {
            let event = |step| RequestEvent {
                item: item as u32,
                page: 0,
                attempt,
                step,
            };
            let started = event(RequestStep::Started {
                request: summary.clone(),
                repeatable: false,
            });
            run.observer.started(started).await?;
            let start = Instant::now();
            let result = deliver(account, options, envelope, message).await;
            let finished = event(RequestStep::Finished {
                status: None,
                elapsed_ms: start.elapsed().as_millis() as u64,
                error: result
                    .as_ref()
                    .err()
                    .map(|failed| failed.info.message.clone()),
            });
            run.observer.finished(finished).await;
            let Failed { info, unsent } = match result {
                Ok(delivered) => return Ok(delivered),
                Err(failed) => failed,
            };
            match run.node.retry {
                Some(retry) if unsent && attempt < retry.max_tries => {
                    sleep(Duration::from_millis(retry.wait_ms)).await;
                }
                _ => {
                    let request = Some(summary.to_string());
                    return Err(ErrorInfo { request, ..info });
                }
            }
            attempt += 1;
        }
    }

    fn options(&self, run: &NodeRun, item: usize) -> Result<RequestOptions, ErrorInfo> {
        let value = run.value(&self.request_options, item)?.unwrap_or_default();
        let mut options =
            RequestOptions::parse(&value).map_err(|errors| at(run, item, first_of(errors)))?;
        options.allow_unauthorized_certs |= run.flag(&self.allow_unauthorized_certs, item)?;
        Ok(options)
    }
}

impl MailTemplate {
    async fn at(
        &self,
        run: &NodeRun,
        item: usize,
        hints: &mut Vec<String>,
    ) -> Result<Mail, ErrorInfo> {
        let list = |parameter: &Parameter| -> Result<Vec<Mailbox>, ErrorInfo> {
            addresses::parse(&run.text(parameter, item)?)
                .map_err(|reason| run.error(reason, Some(item), Some(&parameter.name)))
        };
        let words = |parameter: &Option<Parameter>| -> Result<Option<String>, ErrorInfo> {
            let Some(parameter) = parameter else {
                return Ok(None);
            };
            let text = run.text(parameter, item)?.to_string();
            Ok(Some(text).filter(|text| !self.leaves_out_empty || !text.is_empty()))
        };
        let mut room = MAX_FILES;
        let mut mail = Mail {
            from: list(&self.from)?,
            to: list(&self.to)?,
            cc: list(&self.cc)?,
            bcc: list(&self.bcc)?,
            reply_to: list(&self.reply_to)?,
            subject: run.text(&self.subject, item)?.to_string(),
            text: words(&self.text)?,
            html: words(&self.html)?,
            inline: match &self.inline {
                Some(names) => files(run, item, names, &mut room, hints).await?,
                None => Vec::new(),
            },
            files: files(run, item, &self.files, &mut room, hints).await?,
        };
        if run.flag(&self.signs, item)? {
            mail.sign();
        }
        Ok(mail)
    }
}

/// The files of an item that a list names. One that the item does not have is left out with a remark, as in n8n.
async fn files(
    run: &NodeRun,
    item: usize,
    names: &Parameter,
    room: &mut u64,
    hints: &mut Vec<String>,
) -> Result<Vec<File>, ErrorInfo> {
    let text = run.text(names, item)?;
    let items = run.items();
    let binaries = items.get(item).and_then(|item| item.binary.as_deref());
    let mut found = Vec::new();
    for name in text
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
    {
        let Some(file) = binaries.and_then(|binaries| binaries.get(name)) else {
            if hints.len() < MAX_HINTS {
                hints.push(format!("item {item} has no file named `{name}` to attach"));
            }
            continue;
        };
        let fault = |message: String| run.error(message, Some(item), Some(&names.name));
        if name
            .chars()
            .any(|c| c.is_control() || matches!(c, '<' | '>'))
        {
            return Err(fault(format!("a file named {name:?} cannot be attached")));
        }
        let bytes = binary::read_at_most(run, file, item, *room).await?;
        *room -= bytes.len() as u64;
        found.push(File {
            id: name.to_owned(),
            file: file.clone(),
            bytes,
        });
    }
    Ok(found)
}

/// What n8n's item says of an e-mail.
fn report(delivered: Delivered, envelope: &Envelope, id: &str, size: usize) -> Value {
    let texts =
        |list: Vec<String>| Value::from(list.into_iter().map(Value::from).collect::<Vec<_>>());
    let milliseconds = |time: Duration| Value::from(time.as_millis() as i64);
    let to = envelope.to.iter().map(ToString::to_string).collect();
    let rejected = delivered.rejected.into_iter().map(|(address, _)| address);
    let members: Map = [
        ("accepted".into(), texts(delivered.accepted)),
        ("rejected".into(), texts(rejected.collect())),
        ("ehlo".into(), texts(delivered.extensions)),
        ("envelopeTime".into(), milliseconds(delivered.envelope_time)),
        ("messageTime".into(), milliseconds(delivered.message_time)),
        ("messageSize".into(), Value::from(size as i64)),
        ("response".into(), Value::from(delivered.response)),
        (
            "envelope".into(),
            Value::from([
                ("from", Value::from(envelope.from.to_string())),
                ("to", texts(to)),
            ]),
        ),
        ("messageId".into(), Value::from(format!("<{id}>"))),
    ]
    .into_iter()
    .collect();
    members.into()
}
