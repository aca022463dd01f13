//! `hash()`: digests of text.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha1::Digest;

/// The digest in hex, or the encoding; `None` for an algorithm that n8n does not know.
pub(super) fn hash(text: &str, algorithm: &str) -> Option<String> {
    let bytes = text.as_bytes();
    Some(match algorithm.to_lowercase().as_str() {
        "md5" => hex(&md5::Md5::digest(bytes)),
        "sha1" => hex(&sha1::Sha1::digest(bytes)),
        "sha224" => hex(&sha2::Sha224::digest(bytes)),
        "sha256" => hex(&sha2::Sha256::digest(bytes)),
        "sha384" => hex(&sha2::Sha384::digest(bytes)),
        "sha512" => hex(&sha2::Sha512::digest(bytes)),
        "sha3" => hex(&sha3::Sha3_512::digest(bytes)),
        "base64" => STANDARD.encode(bytes),
        "hex" => hex(bytes),
        _ => return None,
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
