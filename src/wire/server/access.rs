//! Access control: token, host name and origin of each request.
//!
//! Programs on the machine may connect; a web page in a browser may not, unless it was served from this very address or its origin is
//! listed. A page can also make its own host name resolve to this machine (DNS rebinding), and a browser sends no `Origin` with a
//! GET to the same host. So without a token only host names are accepted that nobody on the internet controls: addresses,
//! `localhost`, names without a dot, `.local`, and the hosts of listed origins.

use super::service::Service;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Json, Response};
use percent_encoding::percent_decode_str;
use serde_json::json;
use settings::Access;
use std::net::IpAddr;
use std::sync::Arc;
use subtle::ConstantTimeEq;

/// Passes a request on, or answers it. `/health` is open, so that a load balancer needs no secret.
pub(super) async fn guard(State(service): State<Arc<Service>>, request: Request, next: Next) -> Response {
    let (headers, uri) = (request.headers(), request.uri());
    if !is_host_allowed(&service.access, headers, uri) {
        let text = "This host name may not be used without a token; set one, or add its origin to --allowed-origin";
        return refusal(StatusCode::FORBIDDEN, text);
    }
    if !is_origin_allowed(&service.access, headers) {
        return refusal(StatusCode::FORBIDDEN, "This web page may not connect; add its origin to --allowed-origin");
    }
    if uri.path() != "/health" && !has_token(&service.access, headers, uri) {
        let mut response = refusal(StatusCode::UNAUTHORIZED, "A token is needed: Authorization: Bearer, or ?token=");
        response.headers_mut().insert(header::WWW_AUTHENTICATE, header::HeaderValue::from_static("Bearer"));
        return response;
    }
    next.run(request).await
}

/// An error in the shape of the reference's HTTP side.
pub(super) fn refusal(status: StatusCode, detail: &str) -> Response {
    (status, Json(json!({"detail": detail}))).into_response()
}

fn has_token(access: &Access, headers: &HeaderMap, uri: &Uri) -> bool {
    let Some(token) = &access.token else { return true };
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(bearer_of);
    let in_query = uri.query().and_then(|q| q.split('&').find_map(|pair| pair.strip_prefix("token=")));
    // A token is ASCII without spaces, so `+` is literal and only `%` is decoded.
    let decoded = in_query.map(|text| percent_decode_str(text).collect::<Vec<u8>>());
    let shown = [bearer.map(|text| text.as_bytes().to_vec()), decoded];
    shown.into_iter().flatten().any(|shown| token.bytes().ct_eq(shown.trim_ascii()).into())
}

/// The token after the scheme `Bearer`, which is case-insensitive (RFC 9110, 11.1).
fn bearer_of(authorization: &str) -> Option<&str> {
    let (scheme, token) = authorization.trim_start().split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token)
}

/// Whether the requested host may be served. Only a token distinguishes a rebound name from the real one.
fn is_host_allowed(access: &Access, headers: &HeaderMap, uri: &Uri) -> bool {
    if access.token.is_some() {
        return true;
    }
    let named = headers.get_all(header::HOST).iter().map(|value| value.to_str().ok());
    // Includes the host of an absolute URI; browsers always send a host.
    let all: Vec<_> = named.chain(uri.authority().map(|authority| Some(authority.as_str()))).collect();
    let is_listed = |host: &str| {
        let listed = access.allowed_origins.iter().filter_map(|origin| origin.split_once("://"));
        listed.into_iter().any(|(_, authority)| host_of(authority).eq_ignore_ascii_case(host_of(host)))
    };
    all.into_iter().all(|host| host.is_some_and(|host| is_local_name(host) || is_listed(host)))
}

/// Whether the page's origin may connect: none (a program), a listed one, or one served from the requested address.
///
/// Without a token the address must also be a number or `localhost`: the owner of a name could make it point here.
fn is_origin_allowed(access: &Access, headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    let Ok(origin) = origin.to_str() else { return false };
    if access.allowed_origins.iter().any(|allowed| allowed.eq_ignore_ascii_case(origin)) {
        return true;
    }
    let host = headers.get(header::HOST).and_then(|v| v.to_str().ok());
    let authority = origin.split_once("://").map(|(_, authority)| authority);
    let is_own = host.is_some() && authority == host;
    is_own && (access.token.is_some() || host.is_some_and(is_local_name))
}

/// The host of `host:port`, without the brackets of an IPv6 address.
fn host_of(authority: &str) -> &str {
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
        _ => authority,
    };
    host.trim_start_matches('[').trim_end_matches(']')
}

/// Whether nobody on the internet can make this name point here: an address, or a name that public DNS does not resolve.
fn is_local_name(authority: &str) -> bool {
    let host = host_of(authority).trim_end_matches('.').to_ascii_lowercase();
    let is_label = !host.is_empty() && !host.contains('.');
    let domain = host.rsplit_once('.').map(|(_, last)| last.to_ascii_lowercase());
    host.parse::<IpAddr>().is_ok() || is_label || matches!(domain.as_deref(), Some("localhost" | "local"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use settings::Token;

    fn headers(pairs: &[(header::HeaderName, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect()
    }

    #[test]
    fn a_token_is_shown_in_the_header_or_the_address() {
        let access = Access { token: Some(Token::new("open-sesame").unwrap()), ..Access::default() };
        let check = |bearer: &str, uri: &str, expected| {
            let headers = headers(&[(header::AUTHORIZATION, bearer)]);
            assert_eq!(has_token(&access, &headers, &uri.parse().unwrap()), expected, "{bearer} {uri}");
        };
        check("Bearer open-sesame", "/stream", true);
        check("bearer open-sesame", "/stream", true);
        check("BEARER  open-sesame", "/stream", true);
        check("Basic x", "/stream?token=open%2Dsesame", true);
        check("Basic x", "/stream?token=open%2", false);
        check("Bearer open-sesamE", "/stream", false);
        check("Bearer open", "/stream", false);
        check("Basic x", "/stream?token=open-sesame", true);
        check("Basic x", "/stream?a=1&token=open-sesame", true);
        check("Basic x", "/stream", false);
        assert!(has_token(&Access::default(), &HeaderMap::new(), &"/".parse().unwrap()));
    }

    #[test]
    fn without_a_token_only_local_host_names_are_served() {
        let open = Access { allowed_origins: vec!["https://club.example:8443".into()], ..Access::default() };
        let locked = Access { token: Some(Token::new("open-sesame").unwrap()), ..Access::default() };
        let check = |host: &str, expected| {
            let headers = headers(&[(header::HOST, host)]);
            assert_eq!(is_host_allowed(&open, &headers, &Uri::from_static("/phrases/1")), expected, "{host}");
            assert!(is_host_allowed(&locked, &headers, &Uri::from_static("/phrases/1")), "a token suffices");
        };
        for host in ["127.0.0.1:8080", "localhost:8080", "[::1]:8080", "192.168.1.20", "piste-3:8080", "box.local"] {
            check(host, true);
        }
        check("club.example", true);
        for host in ["evil.example", "evil.example:8080", "127.0.0.1.evil.example", "localhost.evil.example.", ""] {
            check(host, false);
        }
        let none = HeaderMap::new();
        assert!(is_host_allowed(&open, &none, &Uri::from_static("/health")), "no browser leaves it out");
        assert!(!is_host_allowed(&open, &none, &Uri::from_static("http://evil.example/health")));
    }

    #[test]
    fn a_foreign_web_page_may_not_connect() {
        let access = Access { allowed_origins: vec!["https://club.example".into()], ..Access::default() };
        let check = |origin: &str, host: &str, expected| {
            let headers = headers(&[(header::ORIGIN, origin), (header::HOST, host)]);
            assert_eq!(is_origin_allowed(&access, &headers), expected, "{origin} to {host}");
        };
        check("https://club.example", "127.0.0.1:8080", true);
        check("http://127.0.0.1:8080", "127.0.0.1:8080", true);
        check("http://localhost:8080", "localhost:8080", true);
        check("http://[::1]:8080", "[::1]:8080", true);
        check("https://evil.example", "127.0.0.1:8080", false);
        check("http://evil.example:8080", "evil.example:8080", false);
        check("null", "127.0.0.1:8080", false);
        assert!(is_origin_allowed(&access, &HeaderMap::new()));
    }
}
