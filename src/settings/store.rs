//! Where artifacts are copied to besides the disk: a bucket of an S3-compatible store. None by default.

use super::{ConfigError, Environment, TypedServer};
use std::time::Duration;

/// Region that stores without regions accept.
const USUAL_REGION: &str = "us-east-1";

/// A secret that never shows itself in a log.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Keeps a text secret.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, for whoever must send it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// A bucket and the key to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreSettings {
    /// The bucket's name.
    pub bucket: String,
    /// Address of the store; `None` for Amazon's own.
    pub endpoint: Option<String>,
    /// The bucket's region.
    pub region: String,
    /// Put before every phrase's name, without slashes at its ends; may be empty.
    pub prefix: String,
    /// Name of the key.
    pub access_key_id: String,
    /// The key.
    pub secret_access_key: Secret,
    /// What comes with a key that is lent for a while.
    pub session_token: Option<Secret>,
    /// How often a phrase is tried before its copy is given up.
    pub attempts: u32,
    /// Wait before the second attempt; it doubles each time.
    pub first_wait: Duration,
}

impl StoreSettings {
    /// The settings as typed; `None` without a bucket. Credentials come from the variables that every S3 tool reads.
    pub(super) fn resolve(typed: &TypedServer, environment: &Environment) -> Result<Option<Self>, ConfigError> {
        let Some(bucket) = typed.store_bucket.clone() else {
            let is_half = typed.store_endpoint.is_some() || typed.store_prefix.is_some();
            return if is_half { Err(ConfigError::HalfStore) } else { Ok(None) };
        };
        let key = |name| environment.text(name).ok_or(ConfigError::StoreKey(name));
        Ok(Some(Self {
            bucket,
            endpoint: typed.store_endpoint.as_deref().map(endpoint).transpose()?,
            region: typed.store_region.clone().unwrap_or_else(|| USUAL_REGION.to_owned()),
            prefix: typed.store_prefix.as_deref().unwrap_or_default().trim_matches('/').to_owned(),
            access_key_id: key("AWS_ACCESS_KEY_ID")?,
            secret_access_key: Secret::new(key("AWS_SECRET_ACCESS_KEY")?),
            session_token: environment.text("AWS_SESSION_TOKEN").map(Secret::new),
            ..Self::default()
        }))
    }
}

impl Default for StoreSettings {
    /// No bucket; five attempts within half a minute.
    fn default() -> Self {
        Self {
            bucket: String::new(),
            endpoint: None,
            region: USUAL_REGION.to_owned(),
            prefix: String::new(),
            access_key_id: String::new(),
            secret_access_key: Secret::new(""),
            session_token: None,
            attempts: 5,
            first_wait: Duration::from_secs(2),
        }
    }
}

fn endpoint(typed: &str) -> Result<String, ConfigError> {
    let is_address = ["http://", "https://"].iter().any(|scheme| typed.starts_with(scheme));
    if is_address {
        return Ok(typed.trim_end_matches('/').to_owned());
    }
    let wanted = "an address such as https://store.example:9000";
    Err(ConfigError::Range { name: "store-endpoint", value: typed.to_owned(), wanted })
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: [(&str, &str); 2] = [("AWS_ACCESS_KEY_ID", "referee"), ("AWS_SECRET_ACCESS_KEY", "very-secret")];

    fn resolve(typed: &TypedServer, pairs: &[(&str, &str)]) -> Result<Option<StoreSettings>, String> {
        StoreSettings::resolve(typed, &Environment::from_pairs(pairs.iter().copied())).map_err(|e| e.to_string())
    }

    #[test]
    fn without_a_bucket_there_is_no_store_and_no_key_is_needed() {
        assert_eq!(resolve(&TypedServer::default(), &[]), Ok(None));
        let half = TypedServer { store_prefix: Some("a".into()), ..TypedServer::default() };
        assert_eq!(resolve(&half, &KEYS).unwrap_err(), "an artifact store needs --store-bucket");
    }

    #[test]
    fn a_bucket_needs_a_key_that_never_shows_itself() {
        let typed = TypedServer {
            store_bucket: Some("phrases".into()),
            store_endpoint: Some("http://127.0.0.1:9000/".into()),
            store_prefix: Some("/club/2026/".into()),
            ..TypedServer::default()
        };
        let error = resolve(&typed, &KEYS[..1]).unwrap_err();
        assert_eq!(error, "an artifact store needs its key in the environment: set AWS_SECRET_ACCESS_KEY");
        let store = resolve(&typed, &KEYS).unwrap().unwrap();
        assert_eq!((store.endpoint.as_deref(), store.prefix.as_str()), (Some("http://127.0.0.1:9000"), "club/2026"));
        assert!(!format!("{store:?}").contains("very-secret"));
        let wrong = TypedServer { store_endpoint: Some("store:9000".into()), ..typed };
        assert!(resolve(&wrong, &KEYS).unwrap_err().starts_with("store-endpoint must be an address"));
    }
}
