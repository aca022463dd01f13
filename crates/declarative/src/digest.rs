//! HTTP Digest authentication (RFC 7616): a service's challenge becomes the header that answers it.

use std::fmt;

use reqwest::Method;
use sha2::Digest;
use url::Url;

/// Most challenges of one answer that are looked at.
const MAX_CHALLENGES: usize = 16;

/// A user and password that never leave as they are.
#[derive(Clone)]
pub(crate) struct DigestLogin {
    user: String,
    password: String,
}

/// What a service wants to be told.
#[derive(Debug, Default)]
struct Challenge {
    realm: String,
    nonce: String,
    opaque: Option<String>,
    /// Name of the algorithm as the service wrote it.
    algorithm: Option<String>,
    /// Kinds of protection on offer.
    qop: Option<String>,
}

#[derive(Clone, Copy)]
enum Hash {
    Md5,
    Sha256,
}

impl DigestLogin {
    pub(crate) fn new(user: String, password: String) -> Self {
        Self { user, password }
    }

    /// The `Authorization` that answers the first challenge that can be answered; `None` when none is for Digest.
    ///
    /// # Errors
    /// When those for Digest cannot be answered.
    pub(crate) fn answer<'a>(
        &self,
        challenges: impl Iterator<Item = &'a str>,
        method: &Method,
        url: &Url,
        client_nonce: &str,
    ) -> Result<Option<String>, &'static str> {
        let mut asked = false;
        for challenge in challenges.flat_map(challenges_in).take(MAX_CHALLENGES) {
            asked = true;
            if let Some(header) = self.header(&challenge, method, url, client_nonce) {
                return Ok(Some(header));
            }
        }
        match asked {
            true => {
                Err("the service asks for a kind of Digest authentication that is not known here")
            }
            false => Ok(None),
        }
    }

    fn header(
        &self,
        challenge: &Challenge,
        method: &Method,
        url: &Url,
        client_nonce: &str,
    ) -> Option<String> {
        let name = challenge.algorithm.as_deref().unwrap_or("MD5");
        let (hash, per_session) = match &*name.to_ascii_uppercase() {
            "MD5" => (Hash::Md5, false),
            "MD5-SESS" => (Hash::Md5, true),
            "SHA-256" => (Hash::Sha256, false),
            "SHA-256-SESS" => (Hash::Sha256, true),
            _ => return None,
        };
        let protects = match &challenge.qop {
            None => false,
            Some(offered) if offered.split(',').any(|kind| kind.trim() == "auth") => true,
            Some(_) => return None,
        };
        let target = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        let (realm, nonce) = (&challenge.realm, &challenge.nonce);
        let mut secret = hash.of(&format!("{}:{realm}:{}", self.user, self.password));
        if per_session {
            secret = hash.of(&format!("{secret}:{nonce}:{client_nonce}"));
        }
        let request = hash.of(&format!("{method}:{target}"));
        let response = match protects {
            true => hash.of(&format!(
                "{secret}:{nonce}:00000001:{client_nonce}:auth:{request}"
            )),
            false => hash.of(&format!("{secret}:{nonce}:{request}")),
        };
        let mut header = format!(
            "Digest username={}, realm={}, nonce={}, uri={}, response=\"{response}\"",
            quoted(&self.user),
            quoted(realm),
            quoted(nonce),
            quoted(&target),
        );
        if challenge.algorithm.is_some() {
            header.push_str(&format!(", algorithm={name}"));
        }
        if let Some(opaque) = &challenge.opaque {
            header.push_str(&format!(", opaque={}", quoted(opaque)));
        }
        if protects {
            let nonce = quoted(client_nonce);
            header.push_str(&format!(", qop=auth, nc=00000001, cnonce={nonce}"));
        }
        Some(header)
    }
}

impl fmt::Debug for DigestLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(crate::redact::MASK)
    }
}

impl Hash {
    fn of(self, text: &str) -> String {
        let bytes = match self {
            Self::Md5 => md5::Md5::digest(text).to_vec(),
            Self::Sha256 => sha2::Sha256::digest(text).to_vec(),
        };
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// The Digest challenges of one `WWW-Authenticate`, which may hold those of other schemes too.
fn challenges_in(header: &str) -> Vec<Challenge> {
    let mut found: Vec<Challenge> = Vec::new();
    let mut within = false;
    for part in parts(header) {
        let mut part = part.trim();
        let scheme = part.split([' ', '=']).next().unwrap_or_default();
        if part[scheme.len()..].trim_start().starts_with('=') {
            // A further parameter of the scheme before.
        } else {
            within = scheme.eq_ignore_ascii_case("digest");
            part = part[scheme.len()..].trim_start();
            if within {
                found.push(Challenge::default());
            }
        }
        if let (true, Some(challenge), Some((name, value))) =
            (within, found.last_mut(), part.split_once('='))
        {
            let value = unquoted(value.trim());
            match &*name.trim().to_ascii_lowercase() {
                "realm" => challenge.realm = value,
                "nonce" => challenge.nonce = value,
                "opaque" => challenge.opaque = Some(value),
                "algorithm" => challenge.algorithm = Some(value),
                "qop" => challenge.qop = Some(value),
                _ => {}
            }
        }
    }
    found
}

/// A header cut at the commas that stand outside quotes.
fn parts(header: &str) -> Vec<&str> {
    let (mut quoted, mut escaped) = (false, false);
    header
        .split(|c| {
            let cuts = c == ',' && !quoted;
            if c == '"' && !escaped {
                quoted = !quoted;
            }
            escaped = c == '\\' && quoted && !escaped;
            cuts
        })
        .collect()
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// What a quoted string of HTTP (RFC 9110, section 5.6.4) or of an e-mail address (RFC 5322, section 3.2.4) says; any
/// other text as it is.
pub fn unquoted(text: &str) -> String {
    let inner = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    let Some(inner) = inner else {
        return text.to_owned();
    };
    let mut plain = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        plain.extend(if c == '\\' { chars.next() } else { Some(c) });
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(header: &str) -> Result<Option<String>, &'static str> {
        let login = DigestLogin::new("Mufasa".into(), "Circle of Life".into());
        let url = Url::parse("http://www.example.org/dir/index.html").unwrap();
        let nonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";
        login.answer([header].into_iter(), &Method::GET, &url, nonce)
    }

    #[test]
    fn the_examples_of_the_standard_are_answered() {
        let rest = r#"realm="http-auth@example.org", qop="auth, auth-int",
            nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS""#;
        for (algorithm, response) in [
            ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
            (
                "SHA-256",
                "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
            ),
        ] {
            let header = format!("Basic realm=\"a, b\", Digest algorithm={algorithm}, {rest}");
            let answer = answer(&header).unwrap().unwrap();
            let expected = format!("response=\"{response}\"");
            assert!(answer.contains(&expected), "{answer}");
            assert!(!answer.contains("Circle"));
        }
    }

    #[test]
    fn an_old_challenge_is_answered_without_protection() {
        let answer = answer(r#"Digest realm="r \"x\"", nonce="n""#)
            .unwrap()
            .unwrap();
        assert!(
            answer.contains(r#"realm="r \"x\"""#) && !answer.contains("cnonce"),
            "{answer}"
        );
    }

    #[test]
    fn what_cannot_be_answered_says_so() {
        for header in [
            "Digest nonce=n, algorithm=SHA-512-256",
            "Digest nonce=n, qop=\"auth-int\"",
        ] {
            assert!(answer(header).is_err(), "{header}");
        }
        for header in ["Basic realm=\"x, Digest\"", "", "====,,\"", "Digested a=b"] {
            assert_eq!(answer(header), Ok(None), "{header}");
        }
        assert!(!format!("{:?}", DigestLogin::new("a".into(), "b".into())).contains('b'));
    }
}
