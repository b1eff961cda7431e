//! A server address as the user types it, and the URLs derived from it.

use super::authority::Authority;
use std::fmt;

/// A text that is not a server address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is no server address; type it like http://192.168.1.20:8080")]
pub struct AddressError(String);

/// A server with its token and certificate authority.
#[derive(Clone, PartialEq, Eq)]
pub struct ServerAddress {
    is_secure: bool,
    /// Host, port and path, without a slash at the end.
    host_and_path: String,
    token: Option<String>,
    authority: Option<Authority>,
}

impl fmt::Debug for ServerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ServerAddress({})", self.http(""))
    }
}

impl ServerAddress {
    /// Parses `http://`, `https://`, `ws://`, `wss://` or a bare host; accepts a trailing `/stream`.
    pub fn parse(text: &str, token: Option<String>) -> Result<Self, AddressError> {
        let wrong = || AddressError(text.to_owned());
        let (is_secure, rest) = match text.trim().split_once("://") {
            None => (false, text.trim()),
            Some(("http" | "ws", rest)) => (false, rest),
            Some(("https" | "wss", rest)) => (true, rest),
            Some(_) => return Err(wrong()),
        };
        let host_and_path = rest.trim_end_matches('/');
        let host_and_path = host_and_path.strip_suffix("/stream").unwrap_or(host_and_path).trim_end_matches('/');
        let host = host_and_path.split('/').next().unwrap_or_default();
        if host.is_empty() || host_and_path.contains(|c: char| c.is_whitespace() || c.is_control() || "?#@".contains(c))
        {
            return Err(wrong());
        }
        Ok(Self { is_secure, host_and_path: host_and_path.to_owned(), token, authority: None })
    }

    /// The same server, trusted only with a certificate signed by this authority.
    #[must_use]
    pub fn with_authority(self, authority: Authority) -> Self {
        Self { authority: Some(authority), ..self }
    }

    /// Its certificate authority, if not one of the system's.
    pub(super) fn authority(&self) -> Option<&Authority> {
        self.authority.as_ref()
    }

    /// The token, if any.
    pub(super) fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// Whether the connection is encrypted.
    pub fn is_secure(&self) -> bool {
        self.is_secure
    }

    /// URL of the streaming socket.
    pub fn stream(&self) -> String {
        format!("{}://{}/stream", if self.is_secure { "wss" } else { "ws" }, self.host_and_path)
    }

    /// Whether the path is `/judge`: the reference's host for uploads.
    pub fn is_judge(&self) -> bool {
        self.host_and_path.ends_with("/judge")
    }

    /// The same server without a path of `/judge`: the base of everything but uploads and streams.
    #[must_use]
    pub fn whole(self) -> Self {
        let host_and_path = self.host_and_path.strip_suffix("/judge").unwrap_or(&self.host_and_path).to_owned();
        Self { host_and_path, ..self }
    }

    /// An HTTP URL; `path` begins with a slash.
    pub fn http(&self, path: &str) -> String {
        format!("{}://{}{path}", if self.is_secure { "https" } else { "http" }, self.host_and_path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_as_people_type_them() {
        let check = |typed: &str, stream: &str, health: &str| {
            let address = ServerAddress::parse(typed, None).unwrap();
            assert_eq!((address.stream().as_str(), address.http("/health").as_str()), (stream, health), "{typed}");
        };
        check("http://h:8080", "ws://h:8080/stream", "http://h:8080/health");
        check("h:8080/", "ws://h:8080/stream", "http://h:8080/health");
        check("wss://h/judge/stream", "wss://h/judge/stream", "https://h/judge/health");
        check("https://h/judge", "wss://h/judge/stream", "https://h/judge/health");
        let judge = ServerAddress::parse("http://h:8765/judge/", None).unwrap();
        assert!(judge.is_judge() && judge.http("") == "http://h:8765/judge");
        assert_eq!(judge.whole().http("/health"), "http://h:8765/health");
        for wrong in ["", "ftp://h", "http://", "a b", "http://user@h"] {
            assert!(ServerAddress::parse(wrong, None).is_err(), "{wrong}");
        }
    }
}
