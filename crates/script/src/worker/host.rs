//! The functions that the world of a script is built on. Scripts themselves never see them.

use std::rc::Rc;

use hmac::digest::Digest;
use hmac::{Hmac, KeyInit, Mac};
use itemflow_expression::Borrowed;
use itemflow_model::Value;
use md5::Md5;
use rand::RngCore;
use rquickjs::{Ctx, Exception, Function, Object, Result, TypedArray};
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512};

use super::session::{Session, TooLong};
use super::url;

/// Most random bytes of one call.
const MAX_RANDOM: usize = 1 << 20;

/// The object with the functions.
pub(super) fn functions<'js>(ctx: &Ctx<'js>, session: &Rc<Session>) -> Result<Object<'js>> {
    let host = Object::new(ctx.clone())?;
    talk(ctx, &host, session)?;
    results(ctx, &host, session)?;
    language(ctx, &host, session)?;
    bytes(ctx, &host)?;
    Ok(host)
}

fn add<'js, P, F>(ctx: &Ctx<'js>, host: &Object<'js>, name: &str, function: F) -> Result<()>
where
    F: rquickjs::function::IntoJsFunc<'js, P> + 'js,
{
    host.set(name, Function::new(ctx.clone(), function)?)
}

fn talk<'js>(ctx: &Ctx<'js>, host: &Object<'js>, session: &Rc<Session>) -> Result<()> {
    let shared = session.clone();
    add(
        ctx,
        host,
        "ask",
        move |ctx: Ctx<'js>, question: String| match shared.ask(&question) {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(refusal)) => Err(Exception::throw_message(&ctx, &refusal)),
            Err(_) => Err(Exception::throw_message(
                &ctx,
                "the host of the script is gone",
            )),
        },
    )?;
    let shared = session.clone();
    add(ctx, host, "log", move |level: String, line: String| {
        shared.log(&level, &line);
    })?;
    let shared = session.clone();
    add(ctx, host, "logIsFull", move || shared.log_is_full())
}

fn results<'js>(ctx: &Ctx<'js>, host: &Object<'js>, session: &Rc<Session>) -> Result<()> {
    let shared = session.clone();
    add(ctx, host, "items", move || {
        String::from_utf8(shared.take_items()).unwrap_or_default()
    })?;
    let shared = session.clone();
    add(
        ctx,
        host,
        "result",
        move |ctx: Ctx<'js>, item: usize, text: Option<String>| {
            shared
                .result(item, text.as_deref())
                .map_err(|TooLong(most)| {
                    let message =
                        format!("the result is larger than the {} MiB allowed", most >> 20);
                    Exception::throw_message(&ctx, &message)
                })
        },
    )?;
    let shared = session.clone();
    add(ctx, host, "failed", move |item: usize, text: String| {
        shared.failed(item, &text);
    })?;
    let shared = session.clone();
    add(ctx, host, "finished", move || shared.finish())
}

/// What the language of expressions lends.
fn language<'js>(ctx: &Ctx<'js>, host: &Object<'js>, session: &Rc<Session>) -> Result<()> {
    let shared = session.clone();
    add(
        ctx,
        host,
        "borrow",
        move |ctx: Ctx<'js>, kind: String, receiver: String, name: String, arguments: String| {
            let read = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
            let (receiver, arguments) = (read(&receiver), read(&arguments));
            let class = receiver.as_str().unwrap_or_default();
            let result = shared.with_borrowed(|language| match kind.as_str() {
                "method" => language.method(&receiver, &name, &arguments),
                "member" => language.member(&receiver, &name),
                "class" => language.of_class(class, &name, &arguments),
                "constant" => language.constant(class, &name),
                "formatter" => {
                    let part = |name: &str| receiver.get(name).cloned().unwrap_or_default();
                    let class = part("class");
                    let class = class.as_str().unwrap_or_default();
                    language.formatter(class, &part("settings"), &name, &arguments)
                }
                _ => language.function(&name, &arguments),
            });
            result
                .map(|value| value.to_string())
                .map_err(|message| Exception::throw_type(&ctx, &message))
        },
    )?;
    add(ctx, host, "dateMethods", || {
        Borrowed::date_methods().collect::<Vec<_>>()
    })?;
    let shared = session.clone();
    add(ctx, host, "timeZone", move || shared.time_zone())?;
    add(
        ctx,
        host,
        "url",
        |ctx: Ctx<'js>, text: String, base: String| {
            url::parts(&text, &base).map_err(|message| Exception::throw_type(&ctx, &message))
        },
    )?;
    add(
        ctx,
        host,
        "urlWith",
        |ctx: Ctx<'js>, href: String, part: String, value: String| {
            url::changed(&href, &part, &value)
                .map_err(|message| Exception::throw_type(&ctx, &message))
        },
    )
}

/// Bytes come as texts with one character for each byte, since only those can be read without copying them by hand.
fn bytes<'js>(ctx: &Ctx<'js>, host: &Object<'js>) -> Result<()> {
    add(ctx, host, "bytesOfText", |ctx: Ctx<'js>, text: String| {
        TypedArray::new(ctx, text.into_bytes())
    })?;
    add(ctx, host, "textOfBytes", |text: String| {
        String::from_utf8_lossy(&latin1(&text)).into_owned()
    })?;
    add(ctx, host, "randomBytes", |ctx: Ctx<'js>, count: usize| {
        if count > MAX_RANDOM {
            return Err(Exception::throw_range(&ctx, "too many random bytes"));
        }
        let mut bytes = vec![0_u8; count];
        rand::rng().fill_bytes(&mut bytes);
        TypedArray::new(ctx, bytes)
    })?;
    add(
        ctx,
        host,
        "digest",
        |ctx: Ctx<'js>, algorithm: String, data: String| {
            digest(&algorithm, &latin1(&data))
                .map(|bytes| text_of(&bytes))
                .ok_or_else(|| unknown_algorithm(&ctx, &algorithm))
        },
    )?;
    add(
        ctx,
        host,
        "hmac",
        |ctx: Ctx<'js>, algorithm: String, key: String, data: String| {
            hmac(&algorithm, &latin1(&key), &latin1(&data))
                .map(|bytes| text_of(&bytes))
                .ok_or_else(|| unknown_algorithm(&ctx, &algorithm))
        },
    )
}

fn unknown_algorithm(ctx: &Ctx<'_>, name: &str) -> rquickjs::Error {
    let message = format!(
        "the hash `{name}` is not available in a script: use md5, sha1, sha224, sha256, sha384 or sha512"
    );
    Exception::throw_message(ctx, &message)
}

fn plain_name(algorithm: &str) -> String {
    algorithm
        .to_ascii_lowercase()
        .replace(['-', '_'], "")
        .replace("rsa", "")
}

fn digest(algorithm: &str, data: &[u8]) -> Option<Vec<u8>> {
    Some(match plain_name(algorithm).as_str() {
        "md5" => Md5::digest(data).to_vec(),
        "sha1" => Sha1::digest(data).to_vec(),
        "sha224" => Sha224::digest(data).to_vec(),
        "sha256" => Sha256::digest(data).to_vec(),
        "sha384" => Sha384::digest(data).to_vec(),
        "sha512" => Sha512::digest(data).to_vec(),
        _ => return None,
    })
}

fn hmac(algorithm: &str, key: &[u8], data: &[u8]) -> Option<Vec<u8>> {
    fn keyed<M: Mac + KeyInit>(key: &[u8], data: &[u8]) -> Option<Vec<u8>> {
        let mut mac = <M as KeyInit>::new_from_slice(key).ok()?;
        mac.update(data);
        Some(mac.finalize().into_bytes().to_vec())
    }
    match plain_name(algorithm).as_str() {
        "md5" => keyed::<Hmac<Md5>>(key, data),
        "sha1" => keyed::<Hmac<Sha1>>(key, data),
        "sha224" => keyed::<Hmac<Sha224>>(key, data),
        "sha256" => keyed::<Hmac<Sha256>>(key, data),
        "sha384" => keyed::<Hmac<Sha384>>(key, data),
        "sha512" => keyed::<Hmac<Sha512>>(key, data),
        _ => None,
    }
}

fn latin1(text: &str) -> Vec<u8> {
    text.chars().map(|c| c as u32 as u8).collect()
}

fn text_of(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}
