//! Signatures with private keys: RSA (PKCS #1 v1.5) and ECDSA, as OpenSSL makes them.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P256K1_SHA256_ASN1_SIGNING,
    ECDSA_P384_SHA384_ASN1_SIGNING, ECDSA_P521_SHA224_ASN1_SIGNING, ECDSA_P521_SHA256_ASN1_SIGNING,
    ECDSA_P521_SHA384_ASN1_SIGNING, ECDSA_P521_SHA512_ASN1_SIGNING, EcdsaKeyPair,
    EcdsaSigningAlgorithm,
};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::Md5;
use rsa::RsaPrivateKey;
use rsa::pkcs1::DecodeRsaPrivateKey;
use rsa::pkcs1v15::SigningKey;
use rsa::pkcs8::DecodePrivateKey;
use rsa::signature::{SignatureEncoding, Signer};
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512, Sha512_224, Sha512_256};
use sha3::{Sha3_224, Sha3_256, Sha3_384, Sha3_512};

use super::digest::{Hash, with_hash};

/// No key is longer; reading a larger one would only take time.
const MAX_KEY_LENGTH: usize = 16 << 10;

/// The curves with the hash functions they can be used with.
static CURVES: [(Hash, &EcdsaSigningAlgorithm); 7] = [
    (Hash::Sha256, &ECDSA_P256_SHA256_ASN1_SIGNING),
    (Hash::Sha256, &ECDSA_P256K1_SHA256_ASN1_SIGNING),
    (Hash::Sha384, &ECDSA_P384_SHA384_ASN1_SIGNING),
    (Hash::Sha224, &ECDSA_P521_SHA224_ASN1_SIGNING),
    (Hash::Sha256, &ECDSA_P521_SHA256_ASN1_SIGNING),
    (Hash::Sha384, &ECDSA_P521_SHA384_ASN1_SIGNING),
    (Hash::Sha512, &ECDSA_P521_SHA512_ASN1_SIGNING),
];

/// A private key that can sign.
pub(super) enum PrivateKey {
    Rsa(Box<RsaPrivateKey>),
    /// The key as DER, and whether that is PKCS #8.
    Curve(Vec<u8>, bool),
}

impl PrivateKey {
    /// Reads a key in PEM form; line breaks may be missing or written as `\n`.
    ///
    /// # Errors
    /// A sentence that says what is wrong. It never shows any of the key.
    pub(super) fn from_pem(pem: &str) -> Result<Self, String> {
        let (label, der) = from_pem(pem)?;
        let broken = || "the private key cannot be read: it is damaged".to_owned();
        match label.as_str() {
            "RSA PRIVATE KEY" => RsaPrivateKey::from_pkcs1_der(&der)
                .map(|key| Self::Rsa(Box::new(key)))
                .map_err(|_| broken()),
            "EC PRIVATE KEY" => Self::curve(der, false).ok_or_else(broken),
            "PRIVATE KEY" => match RsaPrivateKey::from_pkcs8_der(&der) {
                Ok(key) => Ok(Self::Rsa(Box::new(key))),
                Err(_) => Self::curve(der, true).ok_or_else(|| {
                    "the private key is none of RSA or of the curves P-256, P-384, P-521 and secp256k1".into()
                }),
            },
            "ENCRYPTED PRIVATE KEY" => Err(
                "the private key is locked with a password: give it without, for example from `openssl pkey`".into(),
            ),
            "PUBLIC KEY" | "RSA PUBLIC KEY" | "CERTIFICATE" => {
                Err("a private key is needed to sign, this is a public one".into())
            }
            other => Err(format!("`{other}` is no private key that can sign")),
        }
    }

    fn curve(der: Vec<u8>, pkcs8: bool) -> Option<Self> {
        let fits = CURVES
            .iter()
            .any(|(_, algorithm)| curve_key(algorithm, &der, pkcs8).is_some());
        fits.then_some(Self::Curve(der, pkcs8))
    }

    /// The signature of bytes.
    ///
    /// # Errors
    /// When this kind of key cannot be used with the hash function.
    pub(super) fn sign(&self, hash: Hash, bytes: &[u8]) -> Result<Vec<u8>, String> {
        match self {
            Self::Rsa(key) => with_hash!(hash, D => SigningKey::<D>::new((**key).clone())
                .try_sign(bytes)
                .map(|signature| signature.to_vec())
                .map_err(|_| "the private key is too short for this algorithm".into())),
            Self::Curve(der, pkcs8) => {
                let key = CURVES
                    .iter()
                    .filter(|(of, _)| *of == hash)
                    .find_map(|(_, algorithm)| curve_key(algorithm, der, *pkcs8))
                    .ok_or("this curve cannot be used with this hash function: take SHA256 for P-256 and secp256k1, SHA384 for P-384, SHA512 for P-521")?;
                key.sign(&SystemRandom::new(), bytes)
                    .map(|signature| signature.as_ref().to_vec())
                    .map_err(|_| "the text could not be signed".into())
            }
        }
    }
}

fn curve_key(
    algorithm: &'static EcdsaSigningAlgorithm,
    der: &[u8],
    pkcs8: bool,
) -> Option<EcdsaKeyPair> {
    if pkcs8 {
        EcdsaKeyPair::from_pkcs8(algorithm, der).ok()
    } else {
        EcdsaKeyPair::from_private_key_der(algorithm, der).ok()
    }
}

/// Label and content of a text in PEM form.
pub(super) fn from_pem(pem: &str) -> Result<(String, Vec<u8>), String> {
    if pem.trim().is_empty() {
        return Err("there is no private key".into());
    }
    if pem.len() > MAX_KEY_LENGTH {
        return Err("the private key is too long to be one".into());
    }
    let no_pem =
        || "the private key must be in PEM form, from `-----BEGIN …` to `-----END …`".to_owned();
    let pem = pem.replace("\\n", "\n");
    // parameters of a curve may stand before its key
    let start = pem
        .rfind("-----BEGIN ")
        .filter(|_| !pem.contains("-----BEGIN CERTIFICATE"))
        .or_else(|| pem.find("-----BEGIN "))
        .ok_or_else(no_pem)?;
    let (label, rest) = pem[start + 11..].split_once("-----").ok_or_else(no_pem)?;
    let (body, _) = rest.split_once("-----END ").ok_or_else(no_pem)?;
    if body.contains("ENCRYPTED") {
        return Ok(("ENCRYPTED PRIVATE KEY".into(), Vec::new()));
    }
    let bare: String = body.chars().filter(|c| !c.is_whitespace()).collect();
    let der = STANDARD.decode(bare).map_err(|_| no_pem())?;
    Ok((label.trim().to_owned(), der))
}
