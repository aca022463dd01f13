//! `NodeCredential`: what signs the requests of a node. A generic credential names no service, so it goes to the origin of
//! the node's own request and no further; that of a service goes to the service's origins.

use itemflow_declarative::{Additions, Authenticator, CredentialError, RequestSpec};
use itemflow_model::{ErrorInfo, Map, Value};

use crate::action_node::{CredentialType, no_such_credential};
use crate::host::Credentials;

/// Shortest text of a custom credential that is a secret: masking `1` or `true` would spoil every message.
const SHORTEST_SECRET: usize = 4;

/// The generic types that can be used.
pub(crate) const KINDS: [&str; 7] = [
    "httpBasicAuth",
    "httpBearerAuth",
    "httpCustomAuth",
    "httpDigestAuth",
    "httpHeaderAuth",
    "httpQueryAuth",
    "oAuth2Api",
];

/// A credential by type and name.
pub(crate) enum NodeCredential {
    /// Of a type that fits any service.
    Generic { kind: String, name: String },
    /// Of a type that a service of the catalog declares.
    Service {
        credential_type: Box<CredentialType>,
        name: String,
    },
}

/// A credential that has been loaded.
pub(crate) struct Loaded {
    kind: String,
    authenticator: Authenticator,
    /// Where a generic one may go; one of a service has origins of its own.
    hosts: Option<Hosts>,
}

/// The hosts that the credential allows.
#[derive(Debug, PartialEq)]
enum Hosts {
    All,
    None,
    /// Names; `*.` at the start stands for any subdomain.
    Listed(Vec<String>),
}

impl NodeCredential {
    /// Fetches the credential.
    ///
    /// # Errors
    /// When there is none of this type and name, and when a field it needs is empty.
    pub(crate) async fn load(&self, credentials: &dyn Credentials) -> Result<Loaded, ErrorInfo> {
        match self {
            Self::Generic { kind, name } => {
                let Some(fields) = credentials.load(kind, name).await? else {
                    return Err(no_such_credential(credentials, kind, name));
                };
                let fields = Fields { kind, fields };
                Ok(Loaded {
                    kind: kind.clone(),
                    hosts: Some(fields.hosts()),
                    authenticator: Authenticator::without_origins(kind, fields.additions()?)?,
                })
            }
            Self::Service {
                credential_type,
                name,
            } => {
                let definition = &credential_type.definition;
                let secrets = credential_type.secrets(credentials, name).await?;
                Ok(Loaded {
                    kind: definition.name.clone(),
                    authenticator: Authenticator::new(definition, &secrets)?,
                    hosts: None,
                })
            }
        }
    }
}

impl Loaded {
    /// The request with the credential added.
    ///
    /// # Errors
    /// When the credential excludes the host, and when the request cannot carry it.
    pub(crate) fn apply(&self, spec: RequestSpec) -> Result<RequestSpec, CredentialError> {
        let Some(hosts) = &self.hosts else {
            return self.authenticator.apply(spec);
        };
        let host = spec.url.host_str().unwrap_or_default();
        if !hosts.allow(host) {
            return Err(CredentialError::Unusable {
                credential: self.kind.clone(),
                reason: format!("its `allowedDomains` do not have {host}"),
            });
        }
        self.authenticator.apply_to_own_origin(spec)
    }
}

/// The data of a credential.
struct Fields<'a> {
    kind: &'a str,
    fields: Map,
}

impl Fields<'_> {
    fn additions(&self) -> Result<Additions, CredentialError> {
        let mut additions = Additions::default();
        match self.kind {
            "httpBasicAuth" => {
                let (user, password) = (self.required("user")?, self.optional("password"));
                additions.secrets.push(password.clone());
                additions.basic = Some((user, password));
            }
            "httpBearerAuth" => {
                let token = self.required("token")?;
                let header = ("Authorization".into(), format!("Bearer {token}"));
                additions.headers.push(header);
                additions.secrets.push(token);
            }
            "httpDigestAuth" => {
                let (user, password) = (self.required("user")?, self.optional("password"));
                additions.secrets.push(password.clone());
                additions.digest = Some((user, password));
            }
            "oAuth2Api" => self.oauth(&mut additions)?,
            "httpHeaderAuth" => {
                let (name, value) = (self.required("name")?, self.required("value")?);
                additions.secrets.extend(secrets_in(&value));
                additions.headers.push((name, value));
            }
            "httpQueryAuth" => {
                let (name, value) = (self.required("name")?, self.required("value")?);
                additions.secrets.push(value.clone());
                additions.query.push((name, value));
            }
            _ => self.custom(&mut additions)?,
        }
        Ok(additions)
    }

    /// The access token that was stored when the credential was connected.
    fn oauth(&self, additions: &mut Additions) -> Result<(), CredentialError> {
        let stored = match self.fields.get("oauthTokenData") {
            Some(Value::String(text)) => serde_json::from_str(text).unwrap_or_default(),
            Some(data) => data.clone(),
            None => Value::Null,
        };
        let text = |name: &str| stored.get(name).and_then(Value::as_str);
        let Some(token) = text("access_token").filter(|token| !token.is_empty()) else {
            let reason = "it holds no access token (`oauthTokenData.access_token`), and fetching one is not supported yet";
            return Err(self.unusable(reason.into()));
        };
        let header = ("Authorization".into(), format!("Bearer {token}"));
        additions.headers.push(header);
        let others = [text("refresh_token"), text("id_token")];
        let secrets = others.into_iter().flatten().chain([token]);
        additions.secrets.extend(secrets.map(str::to_owned));
        additions.secrets.push(self.optional("clientSecret"));
        Ok(())
    }

    /// `{ "headers": {…}, "qs": {…}, "body": {…} }` with texts inside.
    fn custom(&self, additions: &mut Additions) -> Result<(), CredentialError> {
        let parsed: Option<Value> = match self.fields.get("json") {
            Some(Value::String(text)) => serde_json::from_str(text).ok(),
            Some(object @ Value::Object(_)) => Some(object.clone()),
            _ => None,
        };
        let Some(Value::Object(parsed)) = parsed else {
            return Err(self.unusable("its `json` is no JSON object".into()));
        };
        for (group, members) in parsed.iter() {
            let target = match &**group {
                "headers" => &mut additions.headers,
                "qs" => &mut additions.query,
                "body" => &mut additions.body,
                _ => {
                    let reason = "its `json` may have `headers`, `qs` and `body` only";
                    return Err(self.unusable(reason.into()));
                }
            };
            for (name, value) in members.as_object().into_iter().flatten() {
                let text = match value {
                    Value::String(text) => text.to_string(),
                    // A member of a body keeps its type, which a text would not.
                    Value::Number(_) | Value::Bool(_) if &**group != "body" => value.to_string(),
                    _ => {
                        return Err(
                            self.unusable(format!("`{group}.{name}` of its `json` is no text"))
                        );
                    }
                };
                let secrets = secrets_in(&text);
                let long = |secret: &String| secret.len() >= SHORTEST_SECRET;
                additions.secrets.extend(secrets.into_iter().filter(long));
                target.push((name.to_string(), text));
            }
        }
        Ok(())
    }

    fn hosts(&self) -> Hosts {
        match &*self.optional("allowedHttpRequestDomains") {
            "none" => Hosts::None,
            "domains" => Hosts::Listed(
                self.optional("allowedDomains")
                    .split(',')
                    .map(|name| name.trim().to_ascii_lowercase())
                    .filter(|name| !name.is_empty())
                    .collect(),
            ),
            _ => Hosts::All,
        }
    }

    fn optional(&self, name: &str) -> String {
        match self.fields.get(name) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => text.to_string(),
            Some(other) => other.to_string(),
        }
    }

    fn required(&self, name: &str) -> Result<String, CredentialError> {
        let text = self.optional(name);
        if text.is_empty() {
            return Err(CredentialError::MissingField {
                credential: self.kind.to_owned(),
                field: name.to_owned(),
            });
        }
        Ok(text)
    }

    fn unusable(&self, reason: String) -> CredentialError {
        CredentialError::Unusable {
            credential: self.kind.to_owned(),
            reason,
        }
    }
}

impl Hosts {
    fn allow(&self, host: &str) -> bool {
        match self {
            Self::All => true,
            Self::None => false,
            Self::Listed(names) => names.iter().any(|name| match name.strip_prefix("*.") {
                Some(parent) => host
                    .strip_suffix(parent)
                    .is_some_and(|rest| rest.ends_with('.')),
                None => name == host,
            }),
        }
    }
}

/// A header value, and what follows its scheme: a service may repeat the token of `Bearer TOKEN` alone.
fn secrets_in(value: &str) -> Vec<String> {
    let mut secrets = vec![value.to_owned()];
    if let Some((_, token)) = value.split_once(' ') {
        secrets.push(token.trim().to_owned());
    }
    secrets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_matched_as_a_whole() {
        let listed = Hosts::Listed(vec!["a.example".into(), "*.b.example".into()]);
        assert!(listed.allow("a.example") && listed.allow("x.b.example"));
        for host in [
            "x.a.example",
            "b.example",
            "evilb.example",
            "a.example.evil.example",
        ] {
            assert!(!listed.allow(host), "{host}");
        }
        assert!(!Hosts::None.allow("a.example"));
    }
}
