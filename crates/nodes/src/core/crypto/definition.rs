//! What Crypto takes in both of its versions.

use std::sync::LazyLock;

use itemflow_model::definition::{NodeDefinition, Property, PropertyType};
use serde_json::json;

pub(super) static DEFINITION: LazyLock<NodeDefinition> = LazyLock::new(|| {
    let text = |description| Property::of(PropertyType::String, description);
    let flag = |description| Property::of(PropertyType::Boolean, description).default_value(false);
    NodeDefinition::new(
        "n8n-nodes-base.crypto",
        "Crypto",
        "Hashes, signs and encrypts texts and files, and makes random texts.",
    )
    .versions(&[1.0, 2.0])
    .credentials(&["crypto"])
    .property(
        "action",
        Property::choice(
            "What to do. Version 1 neither encrypts nor decrypts.",
            &["generate", "hash", "hmac", "sign", "encrypt", "decrypt"],
        )
        .default_value("hash"),
    )
    .property(
        "type",
        Property::choice(
            "The hash function. Without one version 1 takes MD5, version 2 SHA256.",
            &[
                "MD5", "SHA1", "SHA256", "SHA384", "SHA512", "SHA3-256", "SHA3-384", "SHA3-512",
            ],
        )
        .shown_when("action", ["hash", "hmac"]),
    )
    .property(
        "binaryData",
        flag("Take a file of the item instead of a text.").shown_when("action", ["hash", "hmac"]),
    )
    .property(
        "binaryPropertyName",
        text("The name of the file in the item.")
            .default_value("data")
            .shown_when("binaryData", [true]),
    )
    .property(
        "value",
        text("The text to work on.").shown_when("action", ["hash", "hmac", "sign", "encrypt", "decrypt"]),
    )
    .property(
        "secret",
        Property {
            secret: true,
            ..text("The key of an HMAC in version 1. Version 2 takes it from a credential of type `crypto`.")
        }
        .shown_when("action", ["hmac"]),
    )
    .property(
        "algorithm",
        text("How to sign: a name of OpenSSL's such as RSA-SHA256.").shown_when("action", ["sign"]),
    )
    .property(
        "privateKey",
        Property {
            secret: true,
            ..text("The key to sign with in version 1, in PEM form. Version 2 takes it from a credential of type `crypto`.")
        }
        .shown_when("action", ["sign"]),
    )
    .property(
        "encoding",
        Property::choice("How the result is written.", &["hex", "base64"])
            .default_value("hex")
            .shown_when("action", ["hash", "hmac", "sign"]),
    )
    .property(
        "mode",
        Property::choice(
            "Whether the same key encrypts and decrypts, or a pair of keys.",
            &["symmetric", "asymmetric"],
        )
        .default_value("symmetric")
        .shown_when("action", ["encrypt", "decrypt"]),
    )
    .property(
        "cipher",
        Property::choice("The cipher of the mode `symmetric`.", &["aes-256-gcm", "aes-128-gcm"])
            .default_value("aes-256-gcm")
            .shown_when("mode", ["symmetric"]),
    )
    .property(
        "encodingType",
        Property::choice("What kind of random text to make.", &["ascii", "base64", "hex", "uuid"])
            .default_value("uuid")
            .shown_when("action", ["generate"]),
    )
    .property(
        "stringLength",
        Property::of(PropertyType::Number, "How many characters to make; for `base64` at most so many.")
            .default_value(32)
            .shown_when("encodingType", ["ascii", "base64", "hex"]),
    )
    .property(
        "dataPropertyName",
        text("Where the result goes; dots lead into objects.").default_value("data"),
    )
    .example(
        "a hash",
        json!({ "type": "SHA256", "value": "={{ $json.text }}", "dataPropertyName": "hash" }),
        json!([[{ "text": "abc" }]]),
        json!([[{
            "text": "abc",
            "hash": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        }]]),
    )
    .example(
        "the hash of a file, which the item then no longer has",
        json!({ "type": "SHA1", "binaryData": true }),
        json!([[{ "id": 1, "$binary": { "data": { "mimeType": "text/plain", "text": "abc" } } }]]),
        json!([[{ "id": 1, "data": "a9993e364706816aba3e25717850c26c9cd0d89d" }]]),
    )
    .example(
        "another hash, in base64",
        json!({ "type": "SHA3-256", "value": "abc", "encoding": "base64" }),
        json!([[{}]]),
        json!([[{ "data": "Ophdp0/iJbIEXBcta9OQvYVfCG4+nVJbRr/iRRFDFTI=" }]]),
    )
});
