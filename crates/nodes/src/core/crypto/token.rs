//! JSON Web Tokens (RFC 7519), signed as a credential of type `jwtAuth` says.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use itemflow_model::{Map, Value};
use serde_json::json;

use super::digest::Hash;
use super::sign::PrivateKey;

/// A token with these claims. Where they do not say when it was issued, it is now, in seconds since 1970.
///
/// # Errors
/// A sentence that says what is wrong with the credential; it never shows a secret.
pub(crate) fn signed(claims: &Map, credential: &Map, now_s: i64) -> Result<String, String> {
    let text = |key: &str| {
        credential
            .get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let algorithm = Some(text("algorithm"))
        .filter(|name| !name.is_empty())
        .unwrap_or("HS256");
    let (kind, hash) = match (algorithm.get(..2), algorithm.get(2..)) {
        (Some(kind), Some("256")) => (kind, Hash::Sha256),
        (Some(kind), Some("384")) => (kind, Hash::Sha384),
        (Some(kind), Some("512")) => (kind, Hash::Sha512),
        _ => ("", Hash::Sha256),
    };
    let mut claims = claims.clone();
    if claims.get("iat").is_none() {
        claims.insert("iat".into(), Value::from(now_s));
    }
    let header = json!({ "alg": algorithm, "typ": "JWT" }).to_string();
    let content = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header),
        URL_SAFE_NO_PAD.encode(Value::from(claims).to_string())
    );
    let signature = match kind {
        "HS" => {
            let secret = text("secret");
            if secret.is_empty() {
                return Err("the credential has no `secret`".into());
            }
            let mut sum = hash.keyed(secret.as_bytes());
            sum.update(content.as_bytes());
            sum.finish().to_vec()
        }
        "RS" => match PrivateKey::from_pem(text("privateKey"))? {
            key @ PrivateKey::Rsa(_) => key.sign(hash, content.as_bytes())?,
            PrivateKey::Curve(..) => return Err(wrong_key(algorithm, "an RSA key")),
        },
        "ES" => match PrivateKey::from_pem(text("privateKey"))? {
            key @ PrivateKey::Curve(..) => {
                let length = match hash {
                    Hash::Sha256 => 32,
                    Hash::Sha384 => 48,
                    _ => 66,
                };
                bare(&key.sign(hash, content.as_bytes())?, length)
                    .ok_or("the text could not be signed")?
            }
            PrivateKey::Rsa(_) => return Err(wrong_key(algorithm, "a key on a curve")),
        },
        _ => {
            return Err(format!(
                "there is no algorithm `{algorithm}` here: there are HS, RS and ES with 256, 384 and 512"
            ));
        }
    };
    Ok(format!("{content}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

fn wrong_key(algorithm: &str, wanted: &str) -> String {
    format!("`{algorithm}` needs {wanted} as `privateKey`")
}

/// The two numbers of an ECDSA signature one after the other (RFC 7518, section 3.4), from their DER.
fn bare(der: &[u8], length: usize) -> Option<Vec<u8>> {
    let rest = der.strip_prefix(&[0x30])?;
    let rest = match rest {
        [0x81, _, rest @ ..] | [_, rest @ ..] => rest,
        [] => return None,
    };
    let (first, rest) = number(rest)?;
    let (second, _) = number(rest)?;
    let mut both = vec![0; length * 2];
    for (bytes, end) in [(first, length), (second, length * 2)] {
        let start = end.checked_sub(bytes.len())?;
        both.get_mut(start..end)?.copy_from_slice(bytes);
    }
    Some(both)
}

/// A DER integer without the zero that keeps it positive, and what follows it.
fn number(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let [0x02, length, rest @ ..] = der else {
        return None;
    };
    let (bytes, rest) = rest.split_at_checked(usize::from(*length))?;
    let start = bytes.iter().take_while(|byte| **byte == 0).count();
    Some((&bytes[start..], rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(value: serde_json::Value) -> Map {
        Value::from(value).as_object().unwrap().clone()
    }

    /// The example of RFC 7515, appendix A.1, has another header; this one was made with jsonwebtoken for Node.js.
    #[test]
    fn a_secret_signs() {
        let token = signed(
            &map(json!({ "sub": "1", "iat": 1_700_000_000 })),
            &map(json!({ "secret": "s3cret" })),
            0,
        )
        .unwrap();
        let parts: Vec<&str> = token.split('.').collect();
        let read = |part: &str| String::from_utf8(URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
        assert_eq!(read(parts[0]), r#"{"alg":"HS256","typ":"JWT"}"#);
        assert_eq!(read(parts[1]), r#"{"sub":"1","iat":1700000000}"#);
        let mut sum = Hash::Sha256.keyed(b"s3cret");
        sum.update(format!("{}.{}", parts[0], parts[1]).as_bytes());
        assert_eq!(
            URL_SAFE_NO_PAD.decode(parts[2]).unwrap(),
            sum.finish().to_vec()
        );
    }

    #[test]
    fn the_time_of_issue_is_added() {
        let token = signed(&Map::default(), &map(json!({ "secret": "x" })), 42).unwrap();
        let claims = token.split('.').nth(1).unwrap();
        assert_eq!(URL_SAFE_NO_PAD.decode(claims).unwrap(), br#"{"iat":42}"#);
    }

    #[test]
    fn numbers_of_a_signature_keep_their_places() {
        let der = [0x30, 0x07, 0x02, 0x02, 0x00, 0xff, 0x02, 0x01, 0x05];
        assert_eq!(bare(&der, 2), Some(vec![0, 0xff, 0, 5]));
        for broken in [
            &der[..0],
            &der[..3],
            &[0x31, 0x00],
            &[0x30, 0x02, 0x02, 0x09],
        ] {
            assert_eq!(bare(broken, 2), None);
        }
    }

    #[test]
    fn what_is_wrong_with_a_credential_is_said() {
        for (credential, expected) in [
            (json!({}), "the credential has no `secret`"),
            (
                json!({ "algorithm": "none" }),
                "there is no algorithm `none` here: there are HS, RS and ES with 256, 384 and 512",
            ),
            (json!({ "algorithm": "RS256" }), "there is no private key"),
        ] {
            assert_eq!(
                signed(&Map::default(), &map(credential), 0).unwrap_err(),
                expected
            );
        }
    }
}
