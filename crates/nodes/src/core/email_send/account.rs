//! `Account`: the data of an `smtp` credential: which server is asked to deliver, and how it is logged in to.

use itemflow_declarative::{CredentialError, Redactor, Url};
use itemflow_model::{Map, Value};

/// The type of credential.
pub(super) const KIND: &str = "smtp";
const DEFAULT_PORT: u16 = 465;

/// A server and a login.
pub(super) struct Account {
    pub(super) host: String,
    pub(super) port: u16,
    /// Both as an address.
    pub(super) url: Url,
    pub(super) encryption: Encryption,
    /// How this side names itself.
    pub(super) own_name: String,
    pub(super) login: Option<Login>,
    /// Masks the password in everything that is said about the account.
    pub(super) redactor: Redactor,
}

/// When a connection is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encryption {
    /// From its first byte on.
    AtOnce,
    /// As soon as the server offers it.
    IfOffered,
    Never,
}

/// User and password. It has no Debug, so it is never printed.
pub(super) struct Login {
    pub(super) user: String,
    pub(super) password: String,
}

impl Account {
    /// Reads the fields of the credential, with n8n's defaults.
    ///
    /// # Errors
    /// A field that is missing or cannot be used; never repeats a value that may be secret.
    pub(super) fn read(fields: &Map) -> Result<Self, CredentialError> {
        let text = |name: &str| match fields.get(name) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => text.trim().to_owned(),
            Some(other) => other.to_string(),
        };
        let host = text("host");
        if host.is_empty() {
            return Err(CredentialError::MissingField {
                credential: KIND.into(),
                field: "host".into(),
            });
        }
        let port = match text("port").as_str() {
            "" => DEFAULT_PORT,
            port => port
                .parse()
                .ok()
                .filter(|port| *port != 0)
                .ok_or_else(|| unusable("its port is no number from 1 to 65535"))?,
        };
        let encryption = match (
            flag(fields, "secure", true),
            flag(fields, "disableStartTls", false),
        ) {
            (true, _) => Encryption::AtOnce,
            (false, false) => Encryption::IfOffered,
            (false, true) => Encryption::Never,
        };
        let own_name = match text("hostName") {
            name if name.is_empty() => "[127.0.0.1]".to_owned(),
            name if name.chars().all(|c| c.is_ascii_graphic()) => name,
            _ => {
                return Err(unusable(
                    "its hostName holds blanks or letters that no host name has",
                ));
            }
        };
        let user = text("user");
        // A password may begin or end with a blank.
        let password = match fields.get("password") {
            Some(Value::String(password)) => password.to_string(),
            _ => text("password"),
        };
        if user.contains('\0') || password.contains('\0') {
            return Err(unusable("its user or password holds a zero byte"));
        }
        let mut redactor = Redactor::default();
        redactor.add(&password);
        let login = (!user.is_empty() || !password.is_empty()).then_some(Login { user, password });
        if let Some(login) = &login {
            redactor.add(&login.plain());
        }
        let url = address(&host, port, encryption);
        Ok(Self {
            url: url.ok_or_else(|| unusable("its host is no host name"))?,
            host,
            port,
            encryption,
            own_name,
            login,
            redactor,
        })
    }
}

impl Login {
    /// What the PLAIN mechanism sends (RFC 4616).
    pub(super) fn plain(&self) -> String {
        format!("\0{}\0{}", self.user, self.password)
    }
}

/// The address of a server.
fn address(host: &str, port: u16, encryption: Encryption) -> Option<Url> {
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ':');
    if !host.chars().all(is_name) {
        return None;
    }
    let scheme = match encryption {
        Encryption::AtOnce => "smtps",
        _ => "smtp",
    };
    let host = match host.contains(':') {
        true => format!("[{host}]"),
        false => host.to_owned(),
    };
    Url::parse(&format!("{scheme}://{host}:{port}")).ok()
}

fn flag(fields: &Map, name: &str, default: bool) -> bool {
    match fields.get(name) {
        Some(Value::Bool(flag)) => *flag,
        Some(Value::String(text)) if &**text == "true" => true,
        Some(Value::String(text)) if &**text == "false" => false,
        _ => default,
    }
}

fn unusable(reason: &str) -> CredentialError {
    CredentialError::Unusable {
        credential: KIND.into(),
        reason: reason.into(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(fields: serde_json::Value) -> Result<Account, CredentialError> {
        Account::read(Value::from(fields).as_object().unwrap())
    }

    #[test]
    fn absent_fields_are_n8ns_defaults() {
        let account = read(json!({ "host": "mail.example" })).unwrap();
        assert_eq!(
            (account.port, account.encryption),
            (465, Encryption::AtOnce)
        );
        assert!(account.login.is_none());
        assert_eq!(account.url.as_str(), "smtps://mail.example:465");
        let account = read(json!({
            "host": "::1", "port": "587", "secure": false, "user": "me", "password": "hunter2", "hostName": "a.example"
        }))
        .unwrap();
        assert_eq!(
            (account.port, account.encryption),
            (587, Encryption::IfOffered)
        );
        assert_eq!(account.own_name, "a.example");
        assert_eq!(account.url.as_str(), "smtp://[::1]:587");
        assert_eq!(
            account.redactor.text("x hunter2 bWU= AG1lAGh1bnRlcjI="),
            "x *** bWU= ***"
        );
        let never = read(json!({ "host": "m", "secure": false, "disableStartTls": true })).unwrap();
        assert_eq!(never.encryption, Encryption::Never);
    }

    #[test]
    fn what_cannot_be_used_is_named_without_its_value() {
        for fields in [
            json!({}),
            json!({ "host": "mail.example", "port": 0 }),
            json!({ "host": "mail.example", "port": "hunter2" }),
            json!({ "host": "mail.example/hunter2" }),
            json!({ "host": "mail.example\r\nhunter2" }),
            json!({ "host": "mail.example", "hostName": "a\r\nhunter2" }),
            json!({ "host": "mail.example", "password": "hunter2\u{0}" }),
        ] {
            let error = read(fields).err().unwrap().to_string();
            assert!(!error.contains("hunter2"), "{error}");
        }
    }
}
