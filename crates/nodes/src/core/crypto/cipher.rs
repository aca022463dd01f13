//! Encrypts texts: AES-GCM with one key, RSA-OAEP with a pair of keys.
//!
//! What AES-GCM gives is base64 of nonce, encrypted text and tag, in this order.

use aws_lc_rs::aead::{AES_128_GCM, AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::rsa::{
    OAEP_SHA256_MGF1SHA256, OaepPrivateDecryptingKey, OaepPublicEncryptingKey,
    PrivateDecryptingKey, PublicEncryptingKey,
};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::sign::from_pem;

/// A cipher with its key.
pub(super) enum Cipher {
    Symmetric(RandomizedNonceKey),
    Public(OaepPublicEncryptingKey),
    Private(OaepPrivateDecryptingKey),
}

impl Cipher {
    /// A cipher of OpenSSL's name. The key is the bytes that hexadecimal or base64 of the right length stands for; any
    /// other text is hashed.
    ///
    /// # Errors
    /// When there is no such cipher.
    pub(super) fn symmetric(name: &str, key: &str) -> Result<Self, String> {
        let (algorithm, length) = match name.to_ascii_lowercase().as_str() {
            "aes-256-gcm" => (&AES_256_GCM, 32),
            "aes-128-gcm" => (&AES_128_GCM, 16),
            _ => {
                return Err(format!(
                    "there is no cipher `{name}` here: take aes-256-gcm or aes-128-gcm"
                ));
            }
        };
        let bytes = key_bytes(key, length);
        RandomizedNonceKey::new(algorithm, &bytes)
            .map(Self::Symmetric)
            .map_err(|_| "the key does not fit the cipher".into())
    }

    /// RSA with a public key in PEM form.
    ///
    /// # Errors
    /// When it is none.
    pub(super) fn public(pem: &str) -> Result<Self, String> {
        let (label, der) = from_pem(pem)?;
        (label == "PUBLIC KEY")
            .then(|| PublicEncryptingKey::from_der(&der).ok())
            .flatten()
            .and_then(|key| OaepPublicEncryptingKey::new(key).ok())
            .map(Self::Public)
            .ok_or_else(|| "the public key is no RSA key in PEM form (`BEGIN PUBLIC KEY`)".into())
    }

    /// RSA with a private key in PEM form.
    ///
    /// # Errors
    /// When it is none.
    pub(super) fn private(pem: &str) -> Result<Self, String> {
        let (label, der) = from_pem(pem)?;
        (label == "PRIVATE KEY")
            .then(|| PrivateDecryptingKey::from_pkcs8(&der).ok())
            .flatten()
            .and_then(|key| OaepPrivateDecryptingKey::new(key).ok())
            .map(Self::Private)
            .ok_or_else(|| {
                "the private key is no RSA key in PEM form without a password (`BEGIN PRIVATE KEY`)"
                    .into()
            })
    }

    /// The encrypted text in base64.
    ///
    /// # Errors
    /// When the text is too long for the key.
    pub(super) fn encrypt(&self, text: &str) -> Result<String, String> {
        match self {
            Self::Symmetric(key) => {
                let mut bytes = text.as_bytes().to_vec();
                let nonce = key
                    .seal_in_place_append_tag(Aad::empty(), &mut bytes)
                    .map_err(|_| "the text could not be encrypted")?;
                let mut all = nonce.as_ref().to_vec();
                all.extend(bytes);
                Ok(STANDARD.encode(all))
            }
            Self::Public(key) => {
                let mut room = vec![0; key.ciphertext_size()];
                key.encrypt(&OAEP_SHA256_MGF1SHA256, text.as_bytes(), &mut room, None)
                    .map(|bytes| STANDARD.encode(bytes))
                    .map_err(|_| {
                        "the text is too long for this key: encrypt it symmetrically".into()
                    })
            }
            Self::Private(_) => Err("a public key is needed to encrypt".into()),
        }
    }

    /// The text that was encrypted.
    ///
    /// # Errors
    /// When it was encrypted with another key, or was changed since.
    pub(super) fn decrypt(&self, text: &str) -> Result<String, String> {
        let mut bytes = STANDARD
            .decode(text.trim())
            .map_err(|_| "`value` must be encrypted text in base64")?;
        let failed = || {
            "the text cannot be decrypted: it was encrypted with another key, or changed since"
                .to_owned()
        };
        let plain = match self {
            Self::Symmetric(key) => {
                let rest = bytes.split_off(NONCE_LEN.min(bytes.len()));
                let nonce = Nonce::try_assume_unique_for_key(&bytes).map_err(|_| failed())?;
                let mut rest = rest;
                key.open_in_place(nonce, Aad::empty(), &mut rest)
                    .map_err(|_| failed())?
                    .to_vec()
            }
            Self::Private(key) => {
                let mut room = vec![0; key.min_output_size()];
                key.decrypt(&OAEP_SHA256_MGF1SHA256, &bytes, &mut room, None)
                    .map_err(|_| failed())?
                    .to_vec()
            }
            Self::Public(_) => return Err("a private key is needed to decrypt".into()),
        };
        String::from_utf8(plain).map_err(|_| "what was encrypted is no text".into())
    }
}

fn key_bytes(key: &str, length: usize) -> Vec<u8> {
    let key = key.trim();
    let hexadecimal = || -> Option<Vec<u8>> {
        let digits: Option<Vec<u8>> = key
            .chars()
            .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
            .collect();
        Some(
            digits?
                .chunks(2)
                .map(|pair| pair[0] * 16 + pair.get(1).copied().unwrap_or(0))
                .collect(),
        )
    };
    if key.len() == length {
        return key.as_bytes().to_vec();
    }
    if key.len() == length * 2
        && let Some(bytes) = hexadecimal()
    {
        return bytes;
    }
    match STANDARD.decode(key) {
        Ok(bytes) if bytes.len() == length => bytes,
        _ => Sha256::digest(key.as_bytes())[..length].to_vec(),
    }
}
