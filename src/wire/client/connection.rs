//! One WebSocket connection to a server: connect, send, receive with the time-outs of the protocol.

use super::address::ServerAddress;
use super::authority::{Authority, install_crypto_provider};
use super::event::ClientError;
use crate::protocol::{ClientMessage, ServerMessage};
use futures_util::{SinkExt, StreamExt};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::{HeaderValue, StatusCode, header};
use tokio_tungstenite::tungstenite::{Error as SocketError, Message};
use tokio_tungstenite::{Connector, MaybeTlsStream, WebSocketStream};

/// Time-out of connecting.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Time-out of sending a message.
const SEND_TIMEOUT: Duration = Duration::from_secs(20);

/// Why a connection cannot be used any more.
#[derive(Debug)]
pub(super) enum Broken {
    /// A retry may help.
    Network(String),
    /// A retry cannot help.
    Fatal(ClientError),
}

/// One connection.
pub(super) struct Connection {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Connection {
    /// Connects.
    pub(super) async fn open(server: &ServerAddress) -> Result<Self, Broken> {
        install_crypto_provider();
        let mut request = server.stream().into_client_request().map_err(|e| Broken::Network(e.to_string()))?;
        if let Some(token) = server.token() {
            let bearer = HeaderValue::from_str(&format!("Bearer {token}"));
            request.headers_mut().insert(header::AUTHORIZATION, bearer.map_err(|_| Broken::Fatal(ClientError::Token))?);
        }
        let connector = server.authority().map(Authority::tls_config).map(Connector::Rustls);
        let connecting = tokio_tungstenite::connect_async_tls_with_config(request, None, true, connector);
        match timeout(CONNECT_TIMEOUT, connecting).await {
            Ok(Ok((socket, _))) => Ok(Self { socket }),
            Ok(Err(SocketError::Http(answer))) if answer.status() == StatusCode::UNAUTHORIZED => {
                Err(Broken::Fatal(ClientError::Token))
            }
            // A certificate that is not trusted now will not be trusted a second later.
            Ok(Err(error)) if is_untrusted(&error) => Err(Broken::Fatal(ClientError::Untrusted(error.to_string()))),
            Ok(Err(error)) => Err(Broken::Network(error_text(&error))),
            Err(_) => Err(Broken::Network("no answer in time".to_owned())),
        }
    }

    /// Sends a message and its payload, if any.
    pub(super) async fn send(
        &mut self,
        id: &str,
        message: &ClientMessage,
        payload: Option<Vec<u8>>,
    ) -> Result<(), Broken> {
        let sending = async {
            self.socket.feed(Message::text(message.to_json(id))).await?;
            if let Some(payload) = payload {
                self.socket.feed(Message::binary(payload)).await?;
            }
            self.socket.flush().await
        };
        match timeout(SEND_TIMEOUT, sending).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(Broken::Network(error_text(&error))),
            Err(_) => Err(Broken::Network("the server takes nothing more".to_owned())),
        }
    }

    /// The next answer. Skips messages of unknown types.
    pub(super) async fn receive(&mut self, limit: Duration) -> Result<ServerMessage, Broken> {
        let listening = async {
            loop {
                match self.socket.next().await {
                    Some(Ok(Message::Text(text))) => match ServerMessage::parse(&text) {
                        Ok(message) => return Ok(message),
                        Err(error) => tracing::debug!(%error, "passed over"),
                    },
                    Some(Ok(Message::Close(frame))) => {
                        let reason = frame.map_or("closed".to_owned(), |f| format!("closed ({})", f.code));
                        return Err(Broken::Network(reason));
                    }
                    Some(Ok(_)) => {}
                    Some(Err(error)) => return Err(Broken::Network(error_text(&error))),
                    None => return Err(Broken::Network("closed".to_owned())),
                }
            }
        };
        timeout(limit, listening).await.unwrap_or_else(|_| Err(Broken::Network("no answer in time".to_owned())))
    }

    /// Sends the close frame, ignoring errors.
    pub(super) async fn close(mut self) {
        let _ = timeout(Duration::from_secs(1), self.socket.close(None)).await;
    }
}

fn is_untrusted(error: &SocketError) -> bool {
    matches!(tls_error(error), Some(rustls::Error::InvalidCertificate(_)))
}

/// The TLS error behind a failed connection, if any.
fn tls_error(error: &SocketError) -> Option<&rustls::Error> {
    let SocketError::Io(error) = error else { return None };
    error.get_ref().and_then(|inner| inner.downcast_ref())
}

/// Describes why a connection failed.
fn error_text(error: &SocketError) -> String {
    if let Some(rustls::Error::InvalidMessage(_)) = tls_error(error) {
        return "it is not encrypted there; type http:// instead of https://".to_owned();
    }
    match error {
        SocketError::Io(error) => {
            let text = error.to_string();
            text.split(" (os error ").next().unwrap_or_default().to_owned()
        }
        SocketError::Http(answer) if answer.status() == StatusCode::NOT_FOUND => {
            "nothing judges at this address".to_owned()
        }
        SocketError::Http(answer) => format!("it answers {}", answer.status()),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_reported_without_the_librarys_words() {
        let check = |error: SocketError, expected: &str| assert_eq!(error_text(&error), expected);
        let refused = std::io::Error::from_raw_os_error(111);
        assert!(!error_text(&SocketError::Io(refused)).contains("os error"));
        let plain = rustls::Error::InvalidMessage(rustls::InvalidMessage::InvalidContentType);
        check(
            SocketError::Io(std::io::Error::new(std::io::ErrorKind::InvalidData, plain)),
            "it is not encrypted there; type http:// instead of https://",
        );
        let answer = |status: u16| {
            let answer = tokio_tungstenite::tungstenite::http::Response::builder().status(status).body(None).unwrap();
            SocketError::Http(Box::new(answer))
        };
        check(answer(404), "nothing judges at this address");
        check(answer(503), "it answers 503 Service Unavailable");
    }
}
