//! Trusted certificate authorities: the system's, or a club's own from a file.

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Why a file cannot be used as certificate authority.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the certificate authority cannot be used ({reason}); give a PEM file: {}", path.display())]
pub struct AuthorityError {
    reason: String,
    path: PathBuf,
}

/// Certificates that may sign a server's. If set, only these are trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authority {
    certificates: Vec<CertificateDer<'static>>,
}

impl Authority {
    /// Reads a PEM file with one or more certificates.
    pub fn read(path: &Path) -> Result<Self, AuthorityError> {
        let bad = |reason: String| AuthorityError { reason, path: path.to_owned() };
        let read = CertificateDer::pem_file_iter(path).map_err(|e| bad(e.to_string()))?;
        let certificates: Vec<_> = read.collect::<Result<_, _>>().map_err(|e| bad(e.to_string()))?;
        let mut roots = RootCertStore::empty();
        for certificate in &certificates {
            roots.add(certificate.clone()).map_err(|e| bad(e.to_string()))?;
        }
        if roots.is_empty() { Err(bad("no certificate in it".to_owned())) } else { Ok(Self { certificates }) }
    }

    /// TLS configuration of a socket that trusts this authority only.
    pub(super) fn tls_config(&self) -> Arc<ClientConfig> {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(self.certificates.iter().cloned());
        Arc::new(ClientConfig::builder().with_root_certificates(roots).with_no_client_auth())
    }

    /// The same for uploads.
    pub(super) fn reqwest_certificates(&self) -> reqwest::Result<Vec<reqwest::Certificate>> {
        self.certificates.iter().map(|certificate| reqwest::Certificate::from_der(certificate)).collect()
    }
}

/// Installs the process-wide cryptography provider, unless one is installed.
pub(super) fn install_crypto_provider() {
    let _chosen_before = rustls::crypto::ring::default_provider().install_default();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_no_certificate_is_reported_with_its_path() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ca.pem");
        let check = |text: &str| {
            std::fs::write(&path, text).unwrap();
            let error = Authority::read(&path).unwrap_err().to_string();
            assert!(error.starts_with("the certificate authority cannot be used ("), "{error}");
            assert!(error.ends_with("ca.pem"), "{error}");
        };
        check("");
        check("hello");
        check("-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n");
        assert!(Authority::read(Path::new("/nowhere/ca.pem")).is_err());
    }
}
