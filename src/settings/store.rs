//! Settings of the artifact store: a bucket of an S3-compatible service. None by default.

use super::{ConfigError, Environment, ServerArgs};
use std::time::Duration;

/// Region name that services without regions accept.
const DEFAULT_REGION: &str = "us-east-1";

/// A secret. Its `Debug` output hides it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret in clear text.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// A bucket with its credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreSettings {
    /// The bucket's name.
    pub bucket: String,
    /// Endpoint URL; `None` for Amazon's own.
    pub endpoint: Option<String>,
    /// The bucket's region.
    pub region: String,
    /// Prefix of all object keys, without slashes at its ends; may be empty.
    pub prefix: String,
    /// Access key id.
    pub access_key_id: String,
    /// Secret access key.
    pub secret_access_key: Secret,
    /// Session token of temporary credentials.
    pub session_token: Option<Secret>,
    /// Upload attempts per phrase.
    pub attempts: u32,
    /// Pause before the second attempt; doubled each time.
    pub first_wait: Duration,
}

impl StoreSettings {
    /// Resolves the settings; `None` without a bucket. Credentials come from the variables that every S3 tool reads.
    pub(super) fn resolve(args: &ServerArgs, environment: &Environment) -> Result<Option<Self>, ConfigError> {
        let Some(bucket) = args.store_bucket.clone() else {
            let is_half = args.store_endpoint.is_some() || args.store_prefix.is_some();
            return if is_half { Err(ConfigError::HalfStore) } else { Ok(None) };
        };
        let key = |name| environment.text(name).ok_or(ConfigError::StoreKey(name));
        Ok(Some(Self {
            bucket,
            endpoint: args.store_endpoint.as_deref().map(endpoint).transpose()?,
            region: args.store_region.clone().unwrap_or_else(|| DEFAULT_REGION.to_owned()),
            prefix: args.store_prefix.as_deref().unwrap_or_default().trim_matches('/').to_owned(),
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
            region: DEFAULT_REGION.to_owned(),
            prefix: String::new(),
            access_key_id: String::new(),
            secret_access_key: Secret::new(""),
            session_token: None,
            attempts: 5,
            first_wait: Duration::from_secs(2),
        }
    }
}

fn endpoint(args: &str) -> Result<String, ConfigError> {
    let is_address = ["http://", "https://"].iter().any(|scheme| args.starts_with(scheme));
    if is_address {
        return Ok(args.trim_end_matches('/').to_owned());
    }
    let wanted = "an address such as https://store.example:9000";
    Err(ConfigError::Range { name: "store-endpoint", value: args.to_owned(), wanted })
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: [(&str, &str); 2] = [("AWS_ACCESS_KEY_ID", "referee"), ("AWS_SECRET_ACCESS_KEY", "very-secret")];

    fn resolve(args: &ServerArgs, pairs: &[(&str, &str)]) -> Result<Option<StoreSettings>, String> {
        StoreSettings::resolve(args, &Environment::from_pairs(pairs.iter().copied())).map_err(|e| e.to_string())
    }

    #[test]
    fn without_a_bucket_there_is_no_store_and_no_key_is_needed() {
        assert_eq!(resolve(&ServerArgs::default(), &[]), Ok(None));
        let half = ServerArgs { store_prefix: Some("a".into()), ..ServerArgs::default() };
        assert_eq!(resolve(&half, &KEYS).unwrap_err(), "an artifact store needs --store-bucket");
    }

    #[test]
    fn a_bucket_needs_a_key_that_never_shows_itself() {
        let args = ServerArgs {
            store_bucket: Some("phrases".into()),
            store_endpoint: Some("http://127.0.0.1:9000/".into()),
            store_prefix: Some("/club/2026/".into()),
            ..ServerArgs::default()
        };
        let error = resolve(&args, &KEYS[..1]).unwrap_err();
        assert_eq!(error, "an artifact store needs its key in the environment: set AWS_SECRET_ACCESS_KEY");
        let store = resolve(&args, &KEYS).unwrap().unwrap();
        assert_eq!((store.endpoint.as_deref(), store.prefix.as_str()), (Some("http://127.0.0.1:9000"), "club/2026"));
        assert!(!format!("{store:?}").contains("very-secret"));
        let wrong = ServerArgs { store_endpoint: Some("store:9000".into()), ..args };
        assert!(resolve(&wrong, &KEYS).unwrap_err().starts_with("store-endpoint must be an address"));
    }
}
