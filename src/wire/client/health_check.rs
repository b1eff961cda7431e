//! Health check of a server before use: is it reachable, does it accept the token, and how long is the round trip.

use super::address::ServerAddress;
use super::submit::{SubmitError, client};
use std::time::{Duration, Instant};

/// Requests the streaming statistics, which needs the token, and returns the round trip time in seconds.
pub fn check_health(server: &ServerAddress, timeout: Duration) -> Result<f64, SubmitError> {
    let mut get = client(server, timeout)?.get(server.http("/streaming/stats"));
    if let Some(token) = server.token() {
        get = get.bearer_auth(token);
    }
    let asked = Instant::now();
    let status = get.send()?.status();
    if status.is_success() {
        return Ok(asked.elapsed().as_secs_f64());
    }
    let detail = match status.as_u16() {
        401 | 403 => "it does not take this token".to_owned(),
        404 => "this is no fencing referee".to_owned(),
        _ => status.canonical_reason().unwrap_or_default().to_owned(),
    };
    Err(SubmitError::Status { status: status.as_u16(), detail })
}
