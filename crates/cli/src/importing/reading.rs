//! The document: from a file, standard input or an address, and read in a thread with room for deep nesting.

use std::io::{IsTerminal, Read};
use std::time::Duration;

use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use itemflow_declarative::{
    HttpClients, Method, NoBinaries, NoObserver, RequestOptions, RequestSpec, Sender, Url, send_one,
};
use itemflow_import::openapi::{self, Document, Options};
use itemflow_import::{Imported, MAX_SOURCE_BYTES, Progress};

/// Longest time that fetching a document may take.
const FETCH: Duration = Duration::from_secs(60);
/// Stack of the thread that reads documents, which may be nested deeply.
const STACK: usize = 32 << 20;
/// Operations from which on progress is shown.
const MANY: usize = 100;

/// A document as text.
pub(crate) struct Fetched {
    pub(crate) text: String,
    /// What losses call it.
    pub(crate) name: String,
    /// Where it came from, if from the net: addresses in it may be relative to that.
    pub(crate) address: Option<String>,
}

/// Fetches a document.
pub(crate) async fn fetch(from: &str) -> anyhow::Result<Fetched> {
    if from == "-" {
        let text = text_of(std::io::stdin().lock()).context("standard input cannot be read")?;
        return Ok(Fetched {
            text,
            name: "standard input".into(),
            address: None,
        });
    }
    if from.starts_with("http://") || from.starts_with("https://") {
        return download(from).await;
    }
    let text = std::fs::File::open(from)
        .map_err(anyhow::Error::from)
        .and_then(text_of)
        .with_context(|| format!("{from} cannot be read"))?;
    Ok(Fetched {
        text,
        name: from.to_owned(),
        address: None,
    })
}

fn text_of(from: impl Read) -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    from.take(MAX_SOURCE_BYTES as u64 + 1)
        .read_to_end(&mut bytes)?;
    if bytes.len() > MAX_SOURCE_BYTES {
        bail!("it is larger than {} MiB", MAX_SOURCE_BYTES >> 20);
    }
    String::from_utf8(bytes).context("it is not UTF-8 text")
}

async fn download(address: &str) -> anyhow::Result<Fetched> {
    let url = Url::parse(address).with_context(|| format!("{address} is no address"))?;
    let options = RequestOptions {
        total_timeout: FETCH,
        max_response_bytes: MAX_SOURCE_BYTES as u64,
        ..RequestOptions::default()
    };
    let clients = HttpClients::default();
    let sender = Sender {
        clients: &clients,
        options: &options,
        binaries: &NoBinaries,
        observer: &NoObserver,
        cancel: None,
    };
    let mut spec = RequestSpec::new(Method::GET, url);
    let accept = "application/json, application/yaml, text/yaml, */*;q=0.5";
    spec.set_header("Accept", accept, false)
        .map_err(|error| anyhow::anyhow!(error.message))?;
    let answer = send_one(&sender, 0, 0, spec.into())
        .await
        .map_err(|error| anyhow::anyhow!("{}", error.summary()))?;
    if !answer.is_success() {
        bail!(
            "{} answered {} {}",
            shown(&answer.url),
            answer.status,
            answer.status_text()
        );
    }
    Ok(Fetched {
        text: String::from_utf8(answer.body.to_vec()).context("the answer is not UTF-8 text")?,
        name: shown(&answer.url),
        address: Some(shown(&answer.url)),
    })
}

/// The address without user, password and query, which may be secret.
fn shown(url: &Url) -> String {
    format!("{}{}", url.origin().ascii_serialization(), url.path())
}

/// What an import made of a document.
pub(crate) struct Outcome {
    pub(crate) document: Document,
    pub(crate) imported: Imported,
}

/// Reads a document and imports it.
pub(crate) fn import(fetched: &Fetched, service: &str) -> anyhow::Result<Outcome> {
    let options = Options {
        service: service.to_owned(),
        address: fetched.address.clone(),
    };
    let work = || -> anyhow::Result<Outcome> {
        let document = openapi::read(&fetched.text, &fetched.name)?;
        let mut bar = None;
        let imported = document.import(&options, &mut |progress| show(&mut bar, progress));
        Ok(Outcome { document, imported })
    };
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new()
            .stack_size(STACK)
            .spawn_scoped(scope, work)?;
        match thread.join() {
            Ok(read) => read,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

/// A bar on a terminal, where there is something to wait for.
fn show(bar: &mut Option<ProgressBar>, progress: Progress) {
    if progress.total < MANY || !std::io::stderr().is_terminal() {
        return;
    }
    let bar = bar.get_or_insert_with(|| {
        let bar = ProgressBar::with_draw_target(
            Some(progress.total as u64),
            ProgressDrawTarget::stderr(),
        );
        if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} operations") {
            bar.set_style(style);
        }
        bar
    });
    bar.set_position(progress.done as u64);
    if progress.done == progress.total {
        bar.finish_and_clear();
    }
}
