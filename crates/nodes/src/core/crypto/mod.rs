//! Crypto: hashes, signs and encrypts texts and files, and makes random texts.

mod cipher;
mod definition;
mod digest;
mod sign;
pub(super) mod token;

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures::StreamExt;
use itemflow_model::definition::NodeDefinition;
use itemflow_model::{Binary, CredentialRef, ErrorInfo, Item, Map, Path, Value};

use self::cipher::Cipher;
use self::digest::{Hash, Sum};
use self::sign::PrivateKey;
use crate::action_node::no_such_credential;
use crate::core::binary;
use crate::declarative::missing_credential;
use crate::gathered::{Gathered, each_item};
use crate::node::{Node, NodeProblem, NodeType, Outcome, Step};
use crate::parameters::{Parameter, Parameters, pointer};
use crate::run::NodeRun;

/// Type of the credential that holds keys.
const CREDENTIAL: &str = "crypto";
/// The longest random text.
const MAX_RANDOM: f64 = 1_000_000.0;

pub(crate) struct Crypto;

impl NodeType for Crypto {
    fn definition(&self) -> &NodeDefinition {
        &definition::DEFINITION
    }

    fn compile(&self, parameters: &Parameters) -> Result<Box<dyn Node>, Vec<NodeProblem>> {
        Settings::compile(parameters)
            .map(|settings| Box::new(Work(Arc::new(settings))) as Box<dyn Node>)
            .map_err(|problem| vec![problem])
    }

    fn strict_versions(&self) -> bool {
        true
    }
}

struct Work(Arc<Settings>);

#[derive(Clone, Copy, PartialEq)]
enum Action {
    Generate,
    Hash,
    Hmac,
    Sign,
    Encrypt,
    Decrypt,
}

struct Settings {
    action: Action,
    hash: Parameter,
    value: Parameter,
    takes_file: Parameter,
    file_name: Parameter,
    output: Parameter,
    encoding: Parameter,
    secret: Parameter,
    algorithm: Parameter,
    private_key: Parameter,
    random_kind: Parameter,
    random_length: Parameter,
    mode: Parameter,
    cipher: Parameter,
    credential: Option<CredentialRef>,
    takes_credential: bool,
}

impl Settings {
    fn compile(parameters: &Parameters) -> Result<Self, NodeProblem> {
        let at = |name: &str, default: &str| parameters.parameter(name, default);
        let second = parameters.version >= 2.0;
        let action = match parameters.choice("action", "hash")?.as_str() {
            "generate" => Action::Generate,
            "hash" => Action::Hash,
            "hmac" => Action::Hmac,
            "sign" => Action::Sign,
            "encrypt" if second => Action::Encrypt,
            "decrypt" if second => Action::Decrypt,
            other => {
                return Err(NodeProblem::error(
                    "unknown-option",
                    pointer("action"),
                    format!("there is no action `{other}` in this version"),
                )
                .help(
                    "choose generate, hash, hmac or sign; version 2 also has encrypt and decrypt",
                ));
            }
        };
        let takes_credential = second && !matches!(action, Action::Generate | Action::Hash);
        let credential = parameters.credentials.get(CREDENTIAL).cloned();
        if takes_credential && credential.is_none() {
            return Err(missing_credential(CREDENTIAL, parameters));
        }
        Ok(Self {
            action,
            hash: at("type", if second { "SHA256" } else { "MD5" }),
            value: at("value", ""),
            takes_file: parameters.parameter("binaryData", false),
            file_name: at("binaryPropertyName", "data"),
            output: at("dataPropertyName", "data"),
            encoding: at("encoding", "hex"),
            secret: at("secret", ""),
            algorithm: at("algorithm", ""),
            private_key: at("privateKey", ""),
            random_kind: at("encodingType", "uuid"),
            random_length: parameters.parameter("stringLength", 32),
            mode: at("mode", "symmetric"),
            cipher: at("cipher", "aes-256-gcm"),
            credential,
            takes_credential,
        })
    }
}

impl Node for Work {
    fn execute(&self, run: &NodeRun) -> Step {
        let never_a_file = self
            .0
            .takes_file
            .template
            .as_literal()
            .is_some_and(|value| *value == Value::Bool(false));
        if never_a_file && !self.0.takes_credential {
            let mut state = State::default();
            return each_item(run, |i, item| {
                match self.0.begin(run, i, item, &mut state)? {
                    Begun::Done(item) => Ok([item]),
                    Begun::File { .. } => unreachable!("no file is taken here"),
                }
            });
        }
        let (settings, run) = (self.0.clone(), run.clone());
        Step::Pending(Box::pin(async move { settings.all(&run).await }))
    }

    fn works_by_item(&self) -> bool {
        true
    }
}

/// What is kept between items: reading a key takes longer than using it.
#[derive(Default)]
struct State {
    credential: Map,
    key: Option<(Arc<str>, PrivateKey)>,
}

/// The work on an item.
enum Begun {
    Done(Item),
    /// The file is yet to be summed up.
    File {
        item: Item,
        file: Binary,
        sum: Box<dyn Sum>,
    },
}

impl Settings {
    async fn all(&self, run: &NodeRun) -> Result<Outcome, ErrorInfo> {
        let mut state = State::default();
        if let (true, Some(credential)) = (self.takes_credential, &self.credential) {
            let name = credential.name();
            let credentials = &*run.host.credentials;
            state.credential = credentials
                .load(CREDENTIAL, name)
                .await?
                .ok_or_else(|| no_such_credential(credentials, CREDENTIAL, name))?;
        }
        let mut gathered = Gathered::new(run);
        for (i, item) in run.input(0).iter().enumerate() {
            let made = match self.begin(run, i, item, &mut state) {
                Ok(Begun::Done(item)) => Ok(item),
                Ok(Begun::File { item, file, sum }) => self.sum_up(run, i, item, &file, sum).await,
                Err(error) => Err(error),
            };
            gathered.push(i, made.map(Some))?;
        }
        Ok(gathered.outcome())
    }

    fn begin(
        &self,
        run: &NodeRun,
        i: usize,
        item: &Item,
        state: &mut State,
    ) -> Result<Begun, ErrorInfo> {
        let result = match self.action {
            Action::Generate => self.random(run, i)?,
            Action::Hash | Action::Hmac => {
                let mut sum = self.sum(run, i, state)?;
                if run.flag(&self.takes_file, i)? {
                    let file = binary::named(run, &self.file_name, i)?;
                    let item = item.clone();
                    return Ok(Begun::File { item, file, sum });
                }
                sum.update(self.text(run, i)?.as_bytes());
                self.encoded(run, i, &sum.finish())?
            }
            Action::Sign => self.signature(run, i, state)?,
            Action::Encrypt | Action::Decrypt => self.ciphered(run, i, state)?,
        };
        self.with_result(run, i, item.clone(), result)
            .map(Begun::Done)
    }

    fn with_result(
        &self,
        run: &NodeRun,
        i: usize,
        mut item: Item,
        result: String,
    ) -> Result<Item, ErrorInfo> {
        Path::parse(&run.text(&self.output, i)?).set(&mut item.json, result.into());
        Ok(item)
    }

    async fn sum_up(
        &self,
        run: &NodeRun,
        i: usize,
        mut item: Item,
        file: &Binary,
        mut sum: Box<dyn Sum>,
    ) -> Result<Item, ErrorInfo> {
        let mut chunks = binary::open(run, file, i).await?;
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk.map_err(|error| {
                run.error(
                    format!("the file cannot be read: {error}"),
                    Some(i),
                    Some(&self.file_name.name),
                )
            })?;
            sum.update(&chunk);
        }
        item.binary = None;
        let result = self.encoded(run, i, &sum.finish())?;
        self.with_result(run, i, item, result)
    }

    /// The text to work on; other values have no bytes of their own.
    fn text(&self, run: &NodeRun, i: usize) -> Result<Arc<str>, ErrorInfo> {
        match run.value(&self.value, i)? {
            Some(Value::String(text)) => Ok(text),
            other => Err(run.error(
                format!(
                    "`value` must be a text, not {}: write a value as text with `JSON.stringify`",
                    other.map_or_else(|| "undefined".to_owned(), |value| value.kind().to_string())
                ),
                Some(i),
                Some(&self.value.name),
            )),
        }
    }

    fn sum(&self, run: &NodeRun, i: usize, state: &State) -> Result<Box<dyn Sum>, ErrorInfo> {
        let hash = self.hash_named(run, i, &self.hash)?;
        if self.action == Action::Hash {
            return Ok(hash.plain());
        }
        let key = if self.takes_credential {
            self.credential_text(run, i, state, &["hmacSecret", "secret"])?
        } else {
            run.text(&self.secret, i)?
        };
        Ok(hash.keyed(key.as_bytes()))
    }

    fn hash_named(
        &self,
        run: &NodeRun,
        i: usize,
        parameter: &Parameter,
    ) -> Result<Hash, ErrorInfo> {
        let name = run.text(parameter, i)?;
        Hash::named(&name).ok_or_else(|| {
            run.error(
                format!(
                    "there is no hash function `{name}` here: there are {}",
                    digest::NAMES
                ),
                Some(i),
                Some(&parameter.name),
            )
        })
    }

    fn credential_text(
        &self,
        run: &NodeRun,
        i: usize,
        state: &State,
        names: &[&str],
    ) -> Result<Arc<str>, ErrorInfo> {
        let found = names
            .iter()
            .find_map(|name| match state.credential.get(*name) {
                Some(Value::String(text)) if !text.is_empty() => Some(text.clone()),
                _ => None,
            });
        found.ok_or_else(|| {
            run.error(
                format!("the credential has no `{}`", names[0]),
                Some(i),
                Some(&format!("credentials.{CREDENTIAL}")),
            )
        })
    }

    fn signature(&self, run: &NodeRun, i: usize, state: &mut State) -> Result<String, ErrorInfo> {
        let hash = self.hash_named(run, i, &self.algorithm)?;
        let pem = if self.takes_credential {
            self.credential_text(run, i, state, &["signPrivateKey", "privateKey"])?
        } else {
            run.text(&self.private_key, i)?
        };
        let failed = |message: String| run.error(message, Some(i), Some(&self.private_key.name));
        let known = state.key.take().filter(|(known, _)| *known == pem);
        let (_, key) = match known {
            Some(known) => state.key.insert(known),
            None => {
                let key = PrivateKey::from_pem(&pem).map_err(failed)?;
                state.key.insert((pem, key))
            }
        };
        let signature = key
            .sign(hash, self.text(run, i)?.as_bytes())
            .map_err(failed)?;
        self.encoded(run, i, &signature)
    }

    fn ciphered(&self, run: &NodeRun, i: usize, state: &State) -> Result<String, ErrorInfo> {
        let encrypting = self.action == Action::Encrypt;
        let mode = run.text(&self.mode, i)?;
        let cipher = match &*mode {
            "symmetric" => {
                let key =
                    self.credential_text(run, i, state, &["encryptionKey", "symmetricKey", "key"])?;
                Cipher::symmetric(&run.text(&self.cipher, i)?, &key)
            }
            "asymmetric" if encrypting => {
                let names = ["publicKey", "encryptionPublicKey"];
                Cipher::public(&self.credential_text(run, i, state, &names)?)
            }
            "asymmetric" => {
                let names = ["privateKey", "encryptionPrivateKey", "signPrivateKey"];
                Cipher::private(&self.credential_text(run, i, state, &names)?)
            }
            other => Err(format!(
                "`mode` must be `symmetric` or `asymmetric`, not `{other}`"
            )),
        };
        let text = self.text(run, i)?;
        cipher
            .and_then(|cipher| {
                if encrypting {
                    cipher.encrypt(&text)
                } else {
                    cipher.decrypt(&text)
                }
            })
            .map_err(|message| run.error(message, Some(i), Some(&self.value.name)))
    }

    fn encoded(&self, run: &NodeRun, i: usize, bytes: &[u8]) -> Result<String, ErrorInfo> {
        match &*run.text(&self.encoding, i)? {
            "hex" => Ok(hex(bytes)),
            "base64" => Ok(STANDARD.encode(bytes)),
            other => Err(run.error(
                format!("`encoding` must be `hex` or `base64`, not `{other}`"),
                Some(i),
                Some(&self.encoding.name),
            )),
        }
    }

    fn random(&self, run: &NodeRun, i: usize) -> Result<String, ErrorInfo> {
        let mut bytes = std::iter::repeat_with(|| (run.host.random.next() * 256.0) as u8);
        let kind = run.text(&self.random_kind, i)?;
        if &*kind == "uuid" {
            let mut sixteen = [0; 16];
            sixteen.fill_with(|| bytes.next().unwrap_or_default());
            return Ok(uuid::Builder::from_random_bytes(sixteen)
                .into_uuid()
                .to_string());
        }
        let length = run.number(&self.random_length, i)?;
        if !(0.0..=MAX_RANDOM).contains(&length) {
            return Err(run.error(
                format!("`stringLength` must be from 0 to {MAX_RANDOM}"),
                Some(i),
                Some(&self.random_length.name),
            ));
        }
        let length = length as usize;
        match &*kind {
            "hex" => {
                let bytes: Vec<u8> = bytes.take(length.div_ceil(2)).collect();
                Ok(hex(&bytes)[..length].into())
            }
            "base64" => {
                let bytes: Vec<u8> = bytes.take(length).collect();
                let text = STANDARD.encode(bytes);
                let words = text.chars().filter(char::is_ascii_alphanumeric);
                Ok(words.take(length).collect())
            }
            "ascii" => Ok(bytes
                .take(length)
                .map(|byte| char::from(byte & 0x7f))
                .collect()),
            other => Err(run.error(
                format!("`encodingType` must be ascii, base64, hex or uuid, not `{other}`"),
                Some(i),
                Some(&self.random_kind.name),
            )),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

#[cfg(test)]
mod tests;
