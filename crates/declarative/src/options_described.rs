//! `RequestOptions::property`: the parameter `requestOptions` described, for pages and editors.

use itemflow_model::Value;
use itemflow_model::definition::{Property, PropertyType};

use crate::options::RequestOptions;

impl RequestOptions {
    /// The parameter that they are read from, with a field for each option. What has no default is off when it is unset.
    pub fn property() -> Property {
        let batch = Property::of(PropertyType::Collection, "")
            .field(
                "batchSize",
                number(
                    "Requests in a batch. -1 means no batching, 0 counts as 1. Without `batching` there are no \
                     batches: up to `maxConcurrency` requests are in flight.",
                    50,
                ),
            )
            .field(
                "batchInterval",
                number(
                    "Milliseconds between the starts of two batches. A batch starts when the one before has finished \
                     and this time has passed.",
                    1000,
                ),
            );
        let retry = Property::of(
            PropertyType::Collection,
            "Try again what failed and may be repeated. Without it nothing is tried again.",
        )
        .field("maxTries", number("Tries in all.", 3))
        .field(
            "backoff",
            number(
                "Milliseconds before the second try, doubled before each further one.",
                1000,
            ),
        )
        .field(
            "jitter",
            flag("Shorten each wait by a random part, up to half.", true),
        )
        .field(
            "on",
            Property::of(PropertyType::Json, "HTTP statuses, and `network`.").default_value(
                Value::from(vec![
                    408.into(),
                    429.into(),
                    500.into(),
                    502.into(),
                    503.into(),
                    504.into(),
                    "network".into(),
                ]),
            ),
        );
        Property::of(
            PropertyType::Collection,
            "How requests are sent: batching, proxy, TLS, timeouts.",
        )
        .field(
            "batching",
            Property::of(
                PropertyType::FixedCollection,
                "Send the requests of many items in batches, to spare a service with a rate limit.",
            )
            .field("batch", batch),
        )
        .field(
            "allowUnauthorizedCerts",
            flag(
                "Accept any certificate of the service, an expired or self-signed one too; never of an https proxy.",
                false,
            ),
        )
        .field(
            "proxy",
            Property::of(
                PropertyType::String,
                "Proxy that requests go through: `http`, `https`, `socks5` or `socks5h`, with `user:password@` where \
                 it wants a login. Unset, the environment's (`HTTPS_PROXY` and its kin) is used.",
            )
            .placeholder("http://proxy.example.com:3128"),
        )
        .field(
            "timeout",
            number(
                "Milliseconds until the headers of the answer have come, and then for each pause while its body is \
                 read.",
                300_000,
            ),
        )
        .field(
            "totalTimeout",
            number(
                "Milliseconds for one request with its redirects and its body.",
                3_600_000,
            ),
        )
        .field(
            "maxConcurrency",
            number("Most requests in flight without batching.", 16),
        )
        .field(
            "caCertificate",
            text("PEM text of certificates to trust beside the system's."),
        )
        .field(
            "clientCertificate",
            text("PEM text of a certificate and its private key."),
        )
        .field("followRedirects", flag("Follow redirects.", true))
        .field("maxRedirects", number("Most redirects of one request.", 21))
        .field(
            "maxResponseBytes",
            number(
                "Most bytes of a body, counted after decompression.",
                64 << 20,
            ),
        )
        .field("retry", retry)
    }
}

fn number(description: &str, default: i64) -> Property {
    Property::of(PropertyType::Number, description).default_value(default)
}

fn flag(description: &str, default: bool) -> Property {
    Property::of(PropertyType::Boolean, description).default_value(default)
}

fn text(description: &str) -> Property {
    Property::of(PropertyType::String, description)
}

#[cfg(test)]
mod tests {
    use itemflow_model::Map;
    use itemflow_model::definition::PropertyOrRef;

    use super::*;
    use crate::options::NAMES;

    /// The defaults of a collection's fields, those of collections in it too.
    fn defaults(property: &Property) -> Map {
        let fields = property.properties.iter().filter_map(|(name, form)| {
            let PropertyOrRef::Property(field) = form else {
                return None;
            };
            let value = match field.kind {
                PropertyType::Collection | PropertyType::FixedCollection => {
                    Value::from(defaults(field))
                }
                _ => field.default.clone()?,
            };
            Some((name.as_str().into(), value))
        });
        fields.collect()
    }

    #[test]
    fn every_option_is_described_with_its_true_default() {
        let property = RequestOptions::property();
        let names: Vec<&String> = property.properties.keys().collect();
        for name in NAMES.iter().filter(|name| **name != "rateLimit") {
            assert!(names.iter().any(|known| known == name), "{name}");
        }
        let mut given = defaults(&property);
        let with_collections = RequestOptions::parse(&given.clone().into()).unwrap();
        let empty = serde_json::from_str(r#"{"batching":{"batch":{}},"retry":{}}"#).unwrap();
        assert_eq!(with_collections, RequestOptions::parse(&empty).unwrap());
        given.retain(|name, _| !matches!(&**name, "batching" | "retry"));
        assert!(given.len() > 5);
        let plain = RequestOptions::parse(&given.into()).unwrap();
        assert_eq!(plain, RequestOptions::default());
    }
}
