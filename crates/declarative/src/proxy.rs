//! `ProxyUrl`: the address of a proxy with the user and password to show it.

use std::fmt;

use percent_encoding::percent_decode_str;
use url::Url;

use crate::redact::MASK;

const SCHEMES: [&str; 6] = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"];

/// A proxy. Debug and Display mask the password.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ProxyUrl(Url);

impl ProxyUrl {
    /// Reads `[scheme://][user:password@]host[:port]`. The password may hold `:`; both parts may be percent-encoded.
    ///
    /// # Errors
    /// Why the text is no proxy, without the password.
    pub fn parse(text: &str) -> Result<Self, String> {
        let with_scheme = if text.contains("://") {
            text.to_owned()
        } else {
            format!("http://{text}")
        };
        let url = Url::parse(&with_scheme).map_err(|error| {
            format!("the proxy is not a URL ({error}); write http://user:password@host:port")
        })?;
        if !SCHEMES.contains(&url.scheme()) {
            return Err(format!(
                "a proxy of scheme {} is not known; use http, https or socks5",
                url.scheme()
            ));
        }
        if url.host_str().is_none_or(str::is_empty) {
            return Err("the proxy URL names no host; write http://host:port".into());
        }
        Ok(Self(url))
    }

    /// Host name or address.
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    pub(crate) fn scheme(&self) -> &str {
        self.0.scheme()
    }

    /// The URL with user and password as they are.
    pub(crate) fn full_url(&self) -> &Url {
        &self.0
    }

    /// The URL without user and password.
    pub(crate) fn address(&self) -> Url {
        let mut url = self.0.clone();
        // Fails only for URLs without a host.
        let _ = url.set_username("");
        let _ = url.set_password(None);
        url
    }

    /// User and password as the proxy expects them, percent-decoded.
    pub(crate) fn login(&self) -> Option<(String, String)> {
        if self.0.username().is_empty() && self.0.password().is_none() {
            return None;
        }
        let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        Some((
            decode(self.0.username()),
            decode(self.0.password().unwrap_or_default()),
        ))
    }
}

impl fmt::Display for ProxyUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut url = self.0.clone();
        if url.password().is_some() {
            // Fails only for URLs without a host.
            let _ = url.set_password(Some(MASK));
        }
        f.write_str(url.as_str())
    }
}

impl fmt::Debug for ProxyUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_may_hold_colons_and_is_never_shown() {
        let proxy = ProxyUrl::parse("http://us%40er:p:a:ss%2F@127.0.0.1:3128").unwrap();
        assert_eq!(proxy.login(), Some(("us@er".into(), "p:a:ss/".into())));
        assert_eq!(proxy.address().as_str(), "http://127.0.0.1:3128/");
        assert!(!format!("{proxy} {proxy:?}").contains("ss"));
        assert_eq!(ProxyUrl::parse("proxy:3128").unwrap().host(), "proxy");
        assert!(ProxyUrl::parse("ftp://a:1").is_err());
    }
}
