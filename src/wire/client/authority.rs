//! Whose signature on a server's certificate is believed: the system's authorities, or a club's own from a file.

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Why a file is no certificate authority.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the certificate authority cannot be used ({reason}); give a PEM file: {}", path.display())]
pub struct AuthorityError {
    reason: String,
    path: PathBuf,
}

/// Certificates that may sign a server's own. When there is one, only it is believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authority {
    certificates: Vec<CertificateDer<'static>>,
}

impl Authority {
    /// Reads a PEM file with one certificate or more.
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

    /// What a socket that believes this authority alone is set up with.
    pub(super) fn tls_config(&self) -> Arc<ClientConfig> {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(self.certificates.iter().cloned());
        Arc::new(ClientConfig::builder().with_root_certificates(roots).with_no_client_auth())
    }

    /// The same for uploads.
    pub(super) fn for_uploads(&self) -> reqwest::Result<Vec<reqwest::Certificate>> {
        self.certificates.iter().map(|certificate| reqwest::Certificate::from_der(certificate)).collect()
    }
}

/// Names the cryptography that every encrypted connection of this process uses, unless somebody has done so.
pub(super) fn choose_cryptography() {
    let _chosen_before = rustls::crypto::ring::default_provider().install_default();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_no_certificate_is_said_with_its_path() {
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
