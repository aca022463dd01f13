//! Options of both versions, files, keys and failures. What is expected was made with Node's `crypto`.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, EcdsaKeyPair, KeyPair, UnparsedPublicKey};
use serde_json::{Value as Json, json};

use super::cipher::Cipher;
use super::digest::Hash;
use super::sign::PrivateKey;
use crate::core::tests::{list, run};

const RSA: &str = include_str!("keys/rsa.pem");
const RSA_PKCS1: &str = include_str!("keys/rsa-pkcs1.pem");
const RSA_PUBLIC: &str = include_str!("keys/rsa-public.pem");
const P256: &str = include_str!("keys/p256.pem");
const P256_PKCS8: &str = include_str!("keys/p256-pkcs8.pem");

/// Function, hash of `héllo`, HMAC of it with the key `kéy`.
const SUMS: &[(&str, &str, &str)] = &[
    (
        "MD5",
        "vlDoR4zyT/NZW8cwf7kbUA==",
        "s4bbj9QkPmpFZfOcY9fPQA==",
    ),
    (
        "SHA1",
        "NbXqRcXkH3i0apN8x01B3+qSCJA=",
        "ixgcCTnGoG65n7p/k2heprdYwFE=",
    ),
    (
        "SHA256",
        "PEhZHY0JikU49eAT389AbpSOrE0yd7EL9hTildYGgXk=",
        "8LCZI1bQ+6EhdPImFYV3+vywk1J7IGHzXopdt+WvdwU=",
    ),
    (
        "SHA384",
        "GddSoL4pBRlsYx9qgqMWmlix2FDydz2IcC2Mp33N0lz+0JG8OMOLfv/yh1FIMfYa",
        "jnQr5eCHarYOp26/ezi3jGeMuOVkzxPHVPZM1AgA6tJyiGszH/w6y/0FSvTrEX95",
    ),
    (
        "SHA512",
        "pn6DEBGqQeuyohjI/3J/HGDWLwbhaBZ40XaoHNcu5p5yUMTJQ8rLqyjkJ2hhWlxBtrDUJZHSwmplZws46XMG3A==",
        "xlJi/ccCMcHRRJcP717xV7B+u+cPbn+1LRyrKiPJ6KqUW9bgNw/5C75yNtQ75xdxCxAyDCeFLYZO10Cmd9ztaQ==",
    ),
    (
        "SHA3-256",
        "r524MHUhtePVVJrcuNYZejeJAnicFkmprbLFWcVJQ6w=",
        "yhbV6PVjG2KPo/mgqaP60j77L4qvUtXHXvfDzHzhu+8=",
    ),
    (
        "SHA3-384",
        "AB7BlY1+y0iEduMI0Fhh3HOianhdiweMvrpX/8S5yhb9Bn6Tw1Hbgyq3ZfCOPg8A",
        "Dt8GVWKFpPMFT9ZyhBacI4uNUXYAV7SWc7KzubUmgJZqAXFy0mMuU7AK7t4Tfhml",
    ),
    (
        "SHA3-512",
        "0q/G68xk+RAXtLQrIs1vM+J76vQwGbq1aZTHItIk7iXnyREPvN/XvG+Jzx5sU9z+OaeT15N8WRAeHCHWogz0Ug==",
        "D4nPOnyQ+J/9m2IW7kqhbNen67jnYtTV5wBxDwhYwOjbhLiYJL9pmX6v9dCeDLvoF23WO+1qAGBDG51orB8d8g==",
    ),
];

#[allow(
    clippy::needless_pass_by_value,
    reason = "cases read better with the values themselves"
)]
fn one(version: f64, parameters: Json, item: Json) -> Result<Json, String> {
    let outputs = run(
        "crypto",
        Some(version),
        &parameters.into(),
        &[list(json!([item]))],
    )?;
    Ok(serde_json::to_value(&outputs[0][0]).unwrap())
}

#[test]
fn every_hash_function_gives_what_node_gives() {
    for (name, plain, keyed) in SUMS {
        for (action, expected) in [("hash", plain), ("hmac", keyed)] {
            let parameters = json!({
                "action": action, "type": name, "value": "héllo", "secret": "kéy", "encoding": "base64",
            });
            assert_eq!(
                one(1.0, parameters, json!({ "a": 1 })),
                Ok(json!({ "a": 1, "data": expected })),
                "{action} {name}"
            );
        }
    }
}

#[test]
fn the_versions_have_their_own_hash_function() {
    let hash = |version| {
        one(
            version,
            json!({ "value": "", "dataPropertyName": "a.b" }),
            json!({}),
        )
    };
    assert_eq!(
        hash(1.0),
        Ok(json!({ "a": { "b": "d41d8cd98f00b204e9800998ecf8427e" } }))
    );
    assert_eq!(
        hash(2.0),
        Ok(
            json!({ "a": { "b": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" } })
        )
    );
}

#[test]
fn rsa_signatures_are_those_of_openssl() {
    for (algorithm, start) in [
        ("RSA-MD5", "6416c24f0f835293743ce3ac99a25a77"),
        ("RSA-SHA1", "7b4e663ef11df175090ec59147e54b8c"),
        ("RSA-SHA224", "9b25da3286b7c76e5d13e979fe148e36"),
        ("RSA-SHA256", "b8b0ef9ee5135eae509a910bc8586519"),
        ("RSA-SHA384", "56fcaa8fb39661b01f01668801a07c58"),
        ("RSA-SHA512", "199c176f598f7e57153a69ecf327ae43"),
        ("RSA-SHA512/256", "aa9f7ad2b79d67abab6faba05649e386"),
        ("RSA-SHA3-256", "1f1178458093419fb544876c8e47112d"),
    ] {
        for key in [
            RSA,
            RSA_PKCS1,
            &RSA.replace('\n', "\\n"),
            &RSA.replace('\n', " "),
        ] {
            let parameters = json!({
                "action": "sign", "value": "abc", "algorithm": algorithm, "privateKey": key,
            });
            let signed = one(1.0, parameters, json!({})).unwrap();
            let signature = signed["data"].as_str().unwrap();
            assert_eq!(
                (&signature[..32], signature.len()),
                (start, 512),
                "{algorithm}"
            );
        }
    }
}

#[test]
fn a_signature_on_a_curve_can_be_verified() {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    let der = STANDARD
        .decode(
            P256_PKCS8
                .lines()
                .filter(|line| !line.starts_with('-'))
                .collect::<String>(),
        )
        .unwrap();
    let algorithm = &aws_lc_rs::signature::ECDSA_P256_SHA256_ASN1_SIGNING;
    let pair = EcdsaKeyPair::from_pkcs8(algorithm, &der).unwrap();
    let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, pair.public_key().as_ref());
    for pem in [P256, P256_PKCS8] {
        let key = PrivateKey::from_pem(pem).unwrap();
        let signature = key.sign(Hash::Sha256, b"abc").unwrap();
        public.verify(b"abc", &signature).unwrap();
        assert!(public.verify(b"abd", &signature).is_err());
        assert!(
            key.sign(Hash::Sha512, b"abc")
                .unwrap_err()
                .contains("SHA256 for P-256")
        );
    }
}

#[test]
fn keys_that_cannot_sign_say_why_and_show_nothing() {
    let pem =
        |label: &str, body: &str| format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----");
    for (key, message) in [
        (String::new(), "there is no private key"),
        ("secret".into(), "must be in PEM form"),
        (
            pem("PRIVATE KEY", "AAAA"),
            "is none of RSA or of the curves",
        ),
        (pem("RSA PRIVATE KEY", "AAAA"), "it is damaged"),
        (pem("EC PRIVATE KEY", "AAAA"), "it is damaged"),
        (pem("PRIVATE KEY", "s€cret"), "must be in PEM form"),
        (
            pem("ENCRYPTED PRIVATE KEY", "AAAA"),
            "locked with a password",
        ),
        (
            pem("RSA PRIVATE KEY", "Proc-Type: 4,ENCRYPTED\n\nAAAA"),
            "locked with a password",
        ),
        (RSA_PUBLIC.into(), "this is a public one"),
        ("A".repeat(100_000), "too long to be one"),
    ] {
        let parameters = json!({
            "action": "sign", "value": "abc", "algorithm": "RSA-SHA256", "privateKey": key,
        });
        let error = one(1.0, parameters, json!({})).unwrap_err();
        assert!(error.contains(message), "{error}");
        assert!(
            !error.contains("AAAA") && !error.contains("secret"),
            "{error}"
        );
    }
}

#[test]
fn random_texts_have_the_length_and_the_characters_asked_for() {
    let generate = |kind: &str, length: Json| {
        let parameters =
            json!({ "action": "generate", "encodingType": kind, "stringLength": length });
        one(1.0, parameters, json!({})).map(|json| json["data"].as_str().unwrap().to_owned())
    };
    // every byte is 0x80 here
    assert_eq!(
        generate("uuid", json!(5)).unwrap(),
        "80808080-8080-4080-8080-808080808080"
    );
    assert_eq!(generate("hex", json!(5)).unwrap(), "80808");
    assert_eq!(generate("base64", json!(6)).unwrap(), "gICAgI");
    assert_eq!(generate("ascii", json!(3)).unwrap(), "\0\0\0");
    assert_eq!(generate("hex", json!(0)).unwrap(), "");
    assert!(generate("hex", json!(-1)).is_err());
    assert!(generate("hex", json!(1e12)).is_err());
    assert!(generate("octal", json!(1)).is_err());
}

#[test]
fn what_cannot_run_says_why() {
    for (version, parameters, message) in [
        (
            1.0,
            json!({ "action": "encrypt" }),
            "there is no action `encrypt` in this version",
        ),
        (
            1.0,
            json!({ "type": "RIPEMD160", "value": "" }),
            "there is no hash function `RIPEMD160` here",
        ),
        (
            1.0,
            json!({ "value": 5 }),
            "`value` must be a text, not number",
        ),
        (
            1.0,
            json!({ "value": "={{ $json.missing }}" }),
            "`value` must be a text, not undefined",
        ),
        (
            1.0,
            json!({ "value": "", "encoding": "octal" }),
            "`encoding` must be `hex` or `base64`",
        ),
        (
            2.0,
            json!({ "action": "hmac", "value": "" }),
            "a credential of type `crypto` is missing",
        ),
    ] {
        let error = one(version, parameters, json!({})).unwrap_err();
        assert!(error.starts_with(message), "{error}");
    }
}

#[test]
fn what_is_encrypted_can_be_decrypted_with_the_right_key_alone() {
    for (name, key) in [
        ("aes-256-gcm", "any text at all"),
        ("AES-128-GCM", "0123456789abcdef"),
        (
            "aes-256-gcm",
            "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
        ),
    ] {
        let cipher = Cipher::symmetric(name, key).unwrap();
        let secret = cipher.encrypt("grüße").unwrap();
        assert_ne!(secret, cipher.encrypt("grüße").unwrap());
        assert_eq!(cipher.decrypt(&secret).unwrap(), "grüße");
        let other = Cipher::symmetric(name, "another").unwrap();
        assert!(other.decrypt(&secret).unwrap_err().contains("another key"));
        assert!(cipher.decrypt("AAAA").is_err());
        assert!(cipher.decrypt("no base64").is_err());
    }
    assert!(Cipher::symmetric("rot13", "key").is_err());
    let secret = Cipher::public(RSA_PUBLIC)
        .unwrap()
        .encrypt("grüße")
        .unwrap();
    assert_eq!(
        Cipher::private(RSA).unwrap().decrypt(&secret).unwrap(),
        "grüße"
    );
    assert!(
        Cipher::public(RSA_PUBLIC)
            .unwrap()
            .encrypt(&"x".repeat(500))
            .is_err()
    );
    assert!(Cipher::public(RSA).is_err() && Cipher::private(RSA_PUBLIC).is_err());
}
