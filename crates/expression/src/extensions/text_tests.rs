//! What a text is or contains: addresses, domains, numbers.

use crate::convert::text_number;
use crate::js::Js;

pub(super) fn call(text: &str, name: &str) -> Option<Js> {
    let found = |part: Option<String>| part.map_or(Js::Undefined, Js::text);
    Some(match name {
        "isNumeric" => Js::bool(
            !text.contains(char::is_whitespace) && !text.is_empty() && !text_number(text).is_nan(),
        ),
        "isUrl" => Js::bool(is_url(text)),
        "isDomain" => Js::bool(is_domain(text)),
        "isEmail" => Js::bool(is_email(text)),
        "extractEmail" => found(words(text).find(|word| is_email(word)).map(str::to_owned)),
        "extractUrl" => found(extract_url(text)),
        "extractDomain" => found(extract_domain(text)),
        "extractUrlPath" => found(extract_path(text)),
        _ => return None,
    })
}

/// The words of a text without the punctuation around them.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| {
        c.is_whitespace()
            || matches!(
                c,
                '<' | '>' | '"' | '\'' | ',' | ';' | '(' | ')' | '[' | ']'
            )
    })
    .map(|word| word.trim_matches(|c| matches!(c, '.' | ':' | '!' | '?')))
    .map(|word| word.strip_prefix("mailto:").unwrap_or(word))
    .filter(|word| !word.is_empty())
}

fn is_domain(text: &str) -> bool {
    let labels: Vec<&str> = text.split('.').collect();
    labels.len() >= 2
        && text.len() <= 253
        && labels.iter().all(|label| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        })
        && labels
            .last()
            .is_some_and(|last| last.len() >= 2 && last.chars().any(char::is_alphabetic))
}

fn is_ip(text: &str) -> bool {
    text.parse::<std::net::Ipv4Addr>().is_ok()
}

fn is_email(text: &str) -> bool {
    let Some((name, domain)) = text.rsplit_once('@') else {
        return false;
    };
    let allowed = |c: char| c.is_alphanumeric() || "!#$%&'*+/=?^_`{|}~.-".contains(c);
    !name.is_empty()
        && name.len() <= 64
        && name.chars().all(allowed)
        && !name.starts_with('.')
        && !name.ends_with('.')
        && !name.contains("..")
        && (is_domain(domain)
            || domain
                .strip_prefix('[')
                .and_then(|rest| rest.strip_suffix(']'))
                .is_some_and(is_ip))
}

/// The host of an address with a scheme, and what follows it.
fn split_url(text: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = text.split_once("://")?;
    let valid = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    (valid && !rest[..end].is_empty()).then(|| rest.split_at(end))
}

fn host_name(authority: &str) -> &str {
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    }
}

fn is_url(text: &str) -> bool {
    if text.contains(char::is_whitespace) {
        return false;
    }
    let known = ["http://", "https://", "ftp://", "file://"]
        .iter()
        .any(|scheme| text.to_ascii_lowercase().starts_with(scheme));
    known
        && split_url(text).is_some_and(|(authority, _)| {
            let host = host_name(authority);
            host == "localhost" || is_domain(host) || is_ip(host) || host.starts_with('[')
        })
}

fn extract_url(text: &str) -> Option<String> {
    text.split(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"'))
        .filter_map(|word| word.find("http").map(|at| &word[at..]))
        .map(|word| word.trim_end_matches(['.', ',', ';', '!', ')']))
        .find(|word| is_url(word))
        .map(str::to_owned)
}

fn extract_domain(text: &str) -> Option<String> {
    for word in words(text) {
        if let Some((authority, _)) = split_url(word) {
            let host = host_name(authority);
            if is_domain(host) || is_ip(host) || host == "localhost" {
                return Some(host.to_owned());
            }
            continue;
        }
        let after_name = word.rsplit_once('@').map_or(word, |(_, domain)| domain);
        let end = after_name
            .find(['/', '?', '#', ':'])
            .unwrap_or(after_name.len());
        let host = &after_name[..end];
        if is_domain(host) || is_ip(host) {
            return Some(host.to_owned());
        }
    }
    None
}

fn extract_path(text: &str) -> Option<String> {
    let url = extract_url(text)?;
    let (_, rest) = split_url(&url)?;
    let end = rest.find(['?', '#']).unwrap_or(rest.len());
    let path = &rest[..end];
    Some(if path.is_empty() {
        "/".into()
    } else {
        path.to_owned()
    })
}
