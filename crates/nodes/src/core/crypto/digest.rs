//! Hash functions by OpenSSL's names, plain and keyed, fed piece by piece.

use hmac::{KeyInit, Mac, SimpleHmac};
use md5::Md5;
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512, Sha512_224, Sha512_256};
use sha3::digest::Digest;
use sha3::digest::block_api::BlockSizeUser;
use sha3::{Sha3_224, Sha3_256, Sha3_384, Sha3_512};

/// A hash function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hash {
    Md5,
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
    Sha512_224,
    Sha512_256,
    Sha3_224,
    Sha3_256,
    Sha3_384,
    Sha3_512,
}

/// The names that messages offer.
pub(super) const NAMES: &str =
    "MD5, SHA1, SHA224, SHA256, SHA384, SHA512, SHA3-224, SHA3-256, SHA3-384 and SHA3-512";

/// Something that is summed up piece by piece.
pub(super) trait Sum: Send {
    /// Takes more bytes.
    fn update(&mut self, bytes: &[u8]);
    /// The sum of all of them.
    fn finish(self: Box<Self>) -> Vec<u8>;
}

/// Runs code with the type of a hash function.
macro_rules! with_hash {
    ($hash:expr, $digest:ident => $code:expr) => {
        match $hash {
            Hash::Md5 => {
                type $digest = Md5;
                $code
            }
            Hash::Sha1 => {
                type $digest = Sha1;
                $code
            }
            Hash::Sha224 => {
                type $digest = Sha224;
                $code
            }
            Hash::Sha256 => {
                type $digest = Sha256;
                $code
            }
            Hash::Sha384 => {
                type $digest = Sha384;
                $code
            }
            Hash::Sha512 => {
                type $digest = Sha512;
                $code
            }
            Hash::Sha512_224 => {
                type $digest = Sha512_224;
                $code
            }
            Hash::Sha512_256 => {
                type $digest = Sha512_256;
                $code
            }
            Hash::Sha3_224 => {
                type $digest = Sha3_224;
                $code
            }
            Hash::Sha3_256 => {
                type $digest = Sha3_256;
                $code
            }
            Hash::Sha3_384 => {
                type $digest = Sha3_384;
                $code
            }
            Hash::Sha3_512 => {
                type $digest = Sha3_512;
                $code
            }
        }
    };
}
pub(super) use with_hash;

impl Hash {
    /// The hash function of a name, with OpenSSL's names of signatures read as the hash function in them.
    pub(super) fn named(name: &str) -> Option<Self> {
        let lower = name.trim().to_ascii_lowercase();
        let mut core = lower.as_str();
        for prefix in ["rsa-", "ecdsa-with-", "id-rsassa-pkcs1-v1_5-with-", "ssl3-"] {
            core = core.strip_prefix(prefix).unwrap_or(core);
        }
        core = core.strip_suffix("withrsaencryption").unwrap_or(core);
        let bare: String = core
            .chars()
            .filter(|c| !matches!(c, '-' | '_' | '/'))
            .collect();
        Some(
            match bare
                .strip_prefix("sha2")
                .filter(|n| n.len() >= 3)
                .map_or(bare.clone(), |n| format!("sha{n}"))
                .as_str()
            {
                "md5" => Self::Md5,
                "sha1" | "sha12" => Self::Sha1,
                "sha224" => Self::Sha224,
                "sha256" => Self::Sha256,
                "sha384" => Self::Sha384,
                "sha512" => Self::Sha512,
                "sha512224" => Self::Sha512_224,
                "sha512256" => Self::Sha512_256,
                "sha3224" => Self::Sha3_224,
                "sha3256" => Self::Sha3_256,
                "sha3384" => Self::Sha3_384,
                "sha3512" => Self::Sha3_512,
                _ => return None,
            },
        )
    }

    /// A sum without a key.
    pub(super) fn plain(self) -> Box<dyn Sum> {
        with_hash!(self, D => Box::new(Plain(D::new())))
    }

    /// A sum that only the holder of the key can make (HMAC).
    pub(super) fn keyed(self, key: &[u8]) -> Box<dyn Sum> {
        with_hash!(self, D => Box::new(Keyed(
            SimpleHmac::<D>::new_from_slice(key).expect("a key may have any length")
        )))
    }
}

struct Plain<D>(D);

impl<D: Digest + Send> Sum for Plain<D> {
    fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(self: Box<Self>) -> Vec<u8> {
        self.0.finalize().to_vec()
    }
}

struct Keyed<D: Digest + BlockSizeUser>(SimpleHmac<D>);

impl<D: Digest + BlockSizeUser + Send> Sum for Keyed<D> {
    fn update(&mut self, bytes: &[u8]) {
        Mac::update(&mut self.0, bytes);
    }

    fn finish(self: Box<Self>) -> Vec<u8> {
        self.0.finalize().into_bytes().to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_openssl_writes_them() {
        for (name, hash) in [
            ("MD5", Some(Hash::Md5)),
            ("sha1", Some(Hash::Sha1)),
            ("SHA-256", Some(Hash::Sha256)),
            ("SHA2-512/256", Some(Hash::Sha512_256)),
            ("SHA224", Some(Hash::Sha224)),
            ("SHA3-384", Some(Hash::Sha3_384)),
            ("RSA-SHA1-2", Some(Hash::Sha1)),
            ("RSA-SHA3-256", Some(Hash::Sha3_256)),
            ("sha512WithRSAEncryption", Some(Hash::Sha512)),
            ("id-rsassa-pkcs1-v1_5-with-sha3-224", Some(Hash::Sha3_224)),
            ("ecdsa-with-SHA256", Some(Hash::Sha256)),
            ("RIPEMD160", None),
            ("", None),
        ] {
            assert_eq!(Hash::named(name), hash, "{name}");
        }
    }
}
