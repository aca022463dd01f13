//! What can be wrong with a definition, with the parameters of an item, and with the request made of them.

use itemflow_model::ErrorInfo;
use thiserror::Error;

/// The file of a service that a [`DefinitionError`] points into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DefinitionFile {
    /// `service.yaml`
    Service,
    /// `_resource.yaml`
    Resource,
    /// The action's own file.
    Action,
    /// The file of the action's credential type.
    Credential,
}

/// A fault of a definition.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{message}")]
pub struct DefinitionError {
    /// The file at fault.
    pub file: DefinitionFile,
    /// JSON pointer (RFC 6901) of the fault within that file.
    pub pointer: String,
    /// What kind of fault it is, a stable kebab-case word.
    pub code: &'static str,
    /// What is wrong, lower case, without a final stop.
    pub message: String,
    /// How to mend it, when known.
    pub help: Option<String>,
}

impl DefinitionError {
    /// A fault in the action's own file.
    pub fn action(
        pointer: impl Into<String>,
        code: &'static str,
        message: impl Into<String>,
    ) -> Self {
        Self {
            file: DefinitionFile::Action,
            pointer: pointer.into(),
            code,
            message: message.into(),
            help: None,
        }
    }

    /// The same fault in another file.
    pub fn in_file(mut self, file: DefinitionFile) -> Self {
        self.file = file;
        self
    }

    /// Adds how to mend it.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// A fault of a parameter's value, or of an option of `requestOptions`.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{message}")]
pub struct ParameterError {
    /// The parameter as a dotted path, for example `additionalFields.priority` or `requestOptions.timeout`.
    pub parameter: String,
    /// What kind of fault it is, a stable kebab-case word.
    pub code: &'static str,
    /// What is wrong, lower case, without a final stop.
    pub message: String,
    /// How to mend it, when known.
    pub help: Option<String>,
}

impl ParameterError {
    /// A fault of `parameter`.
    pub fn new(
        parameter: impl Into<String>,
        code: &'static str,
        message: impl Into<String>,
    ) -> Self {
        Self {
            parameter: parameter.into(),
            code,
            message: message.into(),
            help: None,
        }
    }

    /// Adds how to mend it.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl From<ParameterError> for ErrorInfo {
    fn from(error: ParameterError) -> Self {
        Self {
            description: error.help,
            parameter: Some(error.parameter),
            ..Self::operation(error.message)
        }
    }
}

/// Why a request cannot be made of valid parameters.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{message}")]
pub struct BuildError {
    /// The parameter at fault, when it is one and not the definition.
    pub parameter: Option<String>,
    /// What kind of fault it is, a stable kebab-case word.
    pub code: &'static str,
    /// What is wrong, lower case, without a final stop.
    pub message: String,
    /// How to mend it, when known.
    pub help: Option<String>,
}

impl BuildError {
    /// A fault of the request as a whole.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            parameter: None,
            code,
            message: message.into(),
            help: None,
        }
    }

    /// Adds the parameter at fault.
    pub fn parameter(mut self, parameter: impl Into<String>) -> Self {
        self.parameter = Some(parameter.into());
        self
    }

    /// Adds how to mend it.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl From<BuildError> for ErrorInfo {
    fn from(error: BuildError) -> Self {
        Self {
            description: error.help,
            parameter: error.parameter,
            ..Self::operation(error.message)
        }
    }
}

/// Why a credential was not applied to a request.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum CredentialError {
    /// The request goes to an origin that the credential does not name.
    #[error("the credential {credential} may only be sent to {allowed}, not to {origin}")]
    ForeignOrigin {
        /// Type of the credential.
        credential: String,
        /// The origins it may be sent to.
        allowed: String,
        /// The origin of the request.
        origin: String,
    },
    /// A field that it needs is empty.
    #[error("the credential {credential} has no {field}")]
    MissingField {
        /// Type of the credential.
        credential: String,
        /// The field's name.
        field: String,
    },
    /// One of its values cannot be used.
    #[error("the credential {credential} cannot be used: {reason}")]
    Unusable {
        /// Type of the credential.
        credential: String,
        /// Why, without the value.
        reason: String,
    },
}

impl From<CredentialError> for ErrorInfo {
    fn from(error: CredentialError) -> Self {
        let parameter = match &error {
            CredentialError::ForeignOrigin { credential, .. }
            | CredentialError::MissingField { credential, .. }
            | CredentialError::Unusable { credential, .. } => format!("credentials.{credential}"),
        };
        Self {
            parameter: Some(parameter),
            ..Self::operation(error.to_string())
        }
    }
}
