//! The parts of a URL, for the class `URL` of scripts.

use serde_json::json;
use url::{Url, quirks};

/// The parts of an address as JSON.
///
/// # Errors
/// When it is none.
pub(super) fn parts(text: &str, base: &str) -> Result<String, String> {
    let parsed = if base.is_empty() {
        Url::parse(text)
    } else {
        Url::parse(base).and_then(|base| base.join(text))
    };
    let url = parsed.map_err(|error| format!("`{text}` is no URL: {error}"))?;
    Ok(describe(&url))
}

/// The parts of an address after one of them has changed; what cannot be changed stays, as in a browser.
///
/// # Errors
/// When it is none.
pub(super) fn changed(href: &str, part: &str, value: &str) -> Result<String, String> {
    let mut url = Url::parse(href).map_err(|error| error.to_string())?;
    let _ = match part {
        "protocol" => quirks::set_protocol(&mut url, value),
        "username" => quirks::set_username(&mut url, value),
        "password" => quirks::set_password(&mut url, value),
        "host" => quirks::set_host(&mut url, value),
        "hostname" => quirks::set_hostname(&mut url, value),
        "port" => quirks::set_port(&mut url, value),
        "pathname" => {
            quirks::set_pathname(&mut url, value);
            Ok(())
        }
        "search" => {
            quirks::set_search(&mut url, value);
            Ok(())
        }
        "hash" => {
            quirks::set_hash(&mut url, value);
            Ok(())
        }
        _ => Err(()),
    };
    Ok(describe(&url))
}

fn describe(url: &Url) -> String {
    json!({
        "href": quirks::href(url),
        "origin": quirks::origin(url),
        "protocol": quirks::protocol(url),
        "username": quirks::username(url),
        "password": quirks::password(url),
        "host": quirks::host(url),
        "hostname": quirks::hostname(url),
        "port": quirks::port(url),
        "pathname": quirks::pathname(url),
        "search": quirks::search(url),
        "hash": quirks::hash(url),
    })
    .to_string()
}
