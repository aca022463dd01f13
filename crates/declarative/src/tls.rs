//! Which certificates are accepted: the system's roots, added ones, or any certificate of the target on request.

use std::fmt;
use std::sync::{Arc, OnceLock};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, OtherError, SignatureScheme,
};

use crate::options::{ClientCertificate, RequestOptions};

/// How a client checks the servers it connects to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct TlsSettings {
    /// Accept any certificate, except from `proxy_host`.
    pub(crate) accept_any: bool,
    /// Host of an https proxy, whose certificate is always checked.
    pub(crate) proxy_host: Option<String>,
    /// Certificates to trust beside the system's, as PEM.
    pub(crate) ca_certificate: Option<String>,
    /// Certificate and key to show, as PEM.
    pub(crate) client_certificate: Option<ClientCertificate>,
}

/// Why a certificate was refused; found again in the error of the failed connection.
#[derive(Clone, Debug)]
pub struct CertificateRefused {
    /// The name it should have proved.
    pub server: String,
    /// Why, in plain words.
    pub reason: String,
}

impl fmt::Display for CertificateRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the certificate of {} was refused: {}",
            self.server, self.reason
        )
    }
}

impl std::error::Error for CertificateRefused {}

/// The certificates in a PEM text.
///
/// # Errors
/// When there is none, or one cannot be read.
pub(crate) fn certificates(pem: &str) -> Result<Vec<CertificateDer<'static>>, String> {
    let list: Vec<_> = CertificateDer::pem_slice_iter(pem.as_bytes())
        .collect::<Result<_, _>>()
        .map_err(|_| "the PEM text cannot be read".to_owned())?;
    if list.is_empty() {
        return Err("the text holds no PEM certificate (-----BEGIN CERTIFICATE-----)".into());
    }
    for certificate in &list {
        webpki::anchor_from_trusted_cert(certificate)
            .map_err(|_| "the PEM text holds a certificate that cannot be read".to_owned())?;
    }
    Ok(list)
}

/// The certificate chain and private key in a PEM text.
///
/// # Errors
/// When one of them is missing or cannot be read.
pub(crate) fn identity(
    pem: &ClientCertificate,
) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), String> {
    let chain = certificates(pem.pem())?;
    let key = PrivateKeyDer::from_pem_slice(pem.pem().as_bytes())
        .map_err(|_| "the text holds no PEM private key beside the certificate".to_owned())?;
    Ok((chain, key))
}

/// The TLS side of a connection that carries something else than HTTP, with the same checks. A refused certificate is a
/// [`CertificateRefused`] within the error of the handshake.
///
/// # Errors
/// When a certificate or key of the options cannot be used.
pub fn connector_config(options: &RequestOptions) -> Result<ClientConfig, String> {
    let mut config = client_config(&TlsSettings {
        accept_any: options.allow_unauthorized_certs,
        proxy_host: None,
        ca_certificate: options.ca_certificate.clone(),
        client_certificate: options.client_certificate.clone(),
    })?;
    config.alpn_protocols.clear();
    Ok(config)
}

/// The TLS side of a client. The system's roots are read at the first handshake, not here.
///
/// # Errors
/// When a given certificate or key cannot be used.
pub(crate) fn client_config(settings: &TlsSettings) -> Result<ClientConfig, String> {
    let provider = provider();
    let extra_roots = match &settings.ca_certificate {
        Some(pem) => certificates(pem)?,
        None => Vec::new(),
    };
    let verifier = Verifier {
        settings: settings.clone(),
        provider: provider.clone(),
        extra_roots,
        roots: OnceLock::new(),
    };
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    let mut config = match &settings.client_certificate {
        Some(pem) => {
            let (chain, key) = identity(pem)?;
            builder
                .with_client_auth_cert(chain, key)
                .map_err(|_| "the client certificate and its key do not fit".to_owned())?
        }
        None => builder.with_no_client_auth(),
    };
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

/// The one provider of cryptography in the process.
fn provider() -> Arc<CryptoProvider> {
    if CryptoProvider::get_default().is_none() {
        // Fails only when another thread was faster, and then its provider is as good.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    }
    CryptoProvider::get_default()
        .cloned()
        .unwrap_or_else(|| Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
}

#[derive(Debug)]
struct Verifier {
    settings: TlsSettings,
    provider: Arc<CryptoProvider>,
    extra_roots: Vec<CertificateDer<'static>>,
    roots: OnceLock<Result<rustls_platform_verifier::Verifier, Error>>,
}

impl Verifier {
    fn roots(&self) -> Result<&rustls_platform_verifier::Verifier, Error> {
        self.roots
            .get_or_init(|| {
                rustls_platform_verifier::Verifier::new_with_extra_roots(
                    self.extra_roots.clone(),
                    self.provider.clone(),
                )
            })
            .as_ref()
            .map_err(Clone::clone)
    }

    fn accepts_any(&self, server_name: &ServerName<'_>) -> bool {
        let name = server_name.to_str();
        let is_proxy = self
            .settings
            .proxy_host
            .as_deref()
            .is_some_and(|host| host.trim_matches(['[', ']']).eq_ignore_ascii_case(&name));
        self.settings.accept_any && !is_proxy
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if self.accepts_any(server_name) {
            return Ok(ServerCertVerified::assertion());
        }
        self.roots()
            .and_then(|roots| {
                roots.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
            })
            .map_err(|error| {
                let refused = CertificateRefused {
                    server: server_name.to_str().into_owned(),
                    reason: reason(&error, end_entity),
                };
                Error::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(refused))))
            })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, cert, dss, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, cert, dss, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}

/// Why a certificate was refused, in plain words.
fn reason(error: &Error, end_entity: &CertificateDer<'_>) -> String {
    let Error::InvalidCertificate(fault) = error else {
        return error.to_string();
    };
    match fault {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "it has expired".into()
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "it is not valid yet".into()
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "it is for another name".into()
        }
        CertificateError::Revoked => "it has been revoked".into(),
        _ if is_self_signed(end_entity) => "it is self-signed".into(),
        CertificateError::UnknownIssuer => "its issuer is unknown (unknown issuer)".into(),
        other => other.to_string(),
    }
}

fn is_self_signed(certificate: &CertificateDer<'_>) -> bool {
    webpki::EndEntityCert::try_from(certificate)
        .is_ok_and(|parsed| parsed.issuer() == parsed.subject())
}
