//! The lock on the door: token, and where a web page comes from.
//!
//! A program on the machine may connect as it likes; a web page in somebody's browser may not, unless it was served by
//! this very address or is on the list. That keeps a page on the internet from talking to a server on loopback.

use super::service::Service;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Json, Response};
use serde_json::json;
use settings::Access;
use std::net::IpAddr;
use std::sync::Arc;
use subtle::ConstantTimeEq;

/// Lets a request pass or answers it. `/health` is open, so that a load balancer needs no secret.
pub(super) async fn guard(State(service): State<Arc<Service>>, request: Request, next: Next) -> Response {
    let (headers, uri) = (request.headers(), request.uri());
    if !is_origin_allowed(&service.access, headers) {
        return refusal(StatusCode::FORBIDDEN, "This web page may not connect; add its origin to --allowed-origin");
    }
    if uri.path() != "/health" && !is_token_shown(&service.access, headers, uri) {
        let mut response = refusal(StatusCode::UNAUTHORIZED, "A token is needed: Authorization: Bearer, or ?token=");
        response.headers_mut().insert(header::WWW_AUTHENTICATE, header::HeaderValue::from_static("Bearer"));
        return response;
    }
    next.run(request).await
}

/// An error as the reference's HTTP side words them.
pub(super) fn refusal(status: StatusCode, detail: &str) -> Response {
    (status, Json(json!({"detail": detail}))).into_response()
}

fn is_token_shown(access: &Access, headers: &HeaderMap, uri: &Uri) -> bool {
    let Some(token) = &access.token else { return true };
    let bearer =
        headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()).and_then(|v| v.strip_prefix("Bearer "));
    let in_query = uri.query().and_then(|q| q.split('&').find_map(|pair| pair.strip_prefix("token=")));
    [bearer, in_query].into_iter().flatten().any(|shown| token.bytes().ct_eq(shown.trim().as_bytes()).into())
}

/// Whether the page that asks may: none (a program), a listed one, or one served by the address it asks.
///
/// Without a token the address must also be a number or `localhost`: a name could be made to point here by its owner.
fn is_origin_allowed(access: &Access, headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    let Ok(origin) = origin.to_str() else { return false };
    if access.allowed_origins.iter().any(|allowed| allowed.eq_ignore_ascii_case(origin)) {
        return true;
    }
    let host = headers.get(header::HOST).and_then(|v| v.to_str().ok());
    let authority = origin.split_once("://").map(|(_, authority)| authority);
    let is_own = host.is_some() && authority == host;
    is_own && (access.token.is_some() || host.is_some_and(is_number_or_localhost))
}

fn is_number_or_localhost(authority: &str) -> bool {
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
        _ => authority,
    };
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.eq_ignore_ascii_case("localhost") || bare.parse::<IpAddr>().is_ok()
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
            assert_eq!(is_token_shown(&access, &headers, &uri.parse().unwrap()), expected, "{bearer} {uri}");
        };
        check("Bearer open-sesame", "/stream", true);
        check("Bearer open-sesamE", "/stream", false);
        check("Bearer open", "/stream", false);
        check("Basic x", "/stream?token=open-sesame", true);
        check("Basic x", "/stream?a=1&token=open-sesame", true);
        check("Basic x", "/stream", false);
        assert!(is_token_shown(&Access::default(), &HeaderMap::new(), &"/".parse().unwrap()));
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
