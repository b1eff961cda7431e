//! One connection to a server: connect, send, hear answers within the time the protocol grants them.

use super::address::ServerAddress;
use super::authority::{Authority, choose_cryptography};
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

/// How long a connection may take to stand.
const CONNECT_WITHIN: Duration = Duration::from_secs(10);
/// How long a message may take to go out.
const SEND_WITHIN: Duration = Duration::from_secs(20);

/// Why a connection is of no more use.
#[derive(Debug)]
pub(super) enum Broken {
    /// Trying again may help.
    Network(String),
    /// Trying again cannot help.
    Fatal(ClientError),
}

/// One connection.
pub(super) struct Connection {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Connection {
    /// Connects.
    pub(super) async fn open(server: &ServerAddress) -> Result<Self, Broken> {
        choose_cryptography();
        let mut request = server.stream().into_client_request().map_err(|e| Broken::Network(e.to_string()))?;
        if let Some(token) = server.token() {
            let bearer = HeaderValue::from_str(&format!("Bearer {token}"));
            request.headers_mut().insert(header::AUTHORIZATION, bearer.map_err(|_| Broken::Fatal(ClientError::Token))?);
        }
        let connector = server.authority().map(Authority::tls_config).map(Connector::Rustls);
        let connecting = tokio_tungstenite::connect_async_tls_with_config(request, None, true, connector);
        match timeout(CONNECT_WITHIN, connecting).await {
            Ok(Ok((socket, _))) => Ok(Self { socket }),
            Ok(Err(SocketError::Http(answer))) if answer.status() == StatusCode::UNAUTHORIZED => {
                Err(Broken::Fatal(ClientError::Token))
            }
            // A certificate that is not believed will not be believed a second later.
            Ok(Err(error)) if is_distrust(&error) => Err(Broken::Fatal(ClientError::Distrusted(error.to_string()))),
            Ok(Err(error)) => Err(Broken::Network(told(&error))),
            Err(_) => Err(Broken::Network("no answer in time".to_owned())),
        }
    }

    /// Sends a message and, where it has one, its payload.
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
        match timeout(SEND_WITHIN, sending).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(Broken::Network(told(&error))),
            Err(_) => Err(Broken::Network("the server takes nothing more".to_owned())),
        }
    }

    /// The next answer. Messages of types that nobody knows yet are passed over.
    pub(super) async fn hear(&mut self, within: Duration) -> Result<ServerMessage, Broken> {
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
                    Some(Err(error)) => return Err(Broken::Network(told(&error))),
                    None => return Err(Broken::Network("closed".to_owned())),
                }
            }
        };
        timeout(within, listening).await.unwrap_or_else(|_| Err(Broken::Network("no answer in time".to_owned())))
    }

    /// Says goodbye. Whether it is heard does not matter.
    pub(super) async fn close(mut self) {
        let _ = timeout(Duration::from_secs(1), self.socket.close(None)).await;
    }
}

fn is_distrust(error: &SocketError) -> bool {
    matches!(encryption(error), Some(rustls::Error::InvalidCertificate(_)))
}

/// What encryption made of a connection, if that is what failed.
fn encryption(error: &SocketError) -> Option<&rustls::Error> {
    let SocketError::Io(error) = error else { return None };
    error.get_ref().and_then(|inner| inner.downcast_ref())
}

/// Why a connection failed, for a person.
fn told(error: &SocketError) -> String {
    if let Some(rustls::Error::InvalidMessage(_)) = encryption(error) {
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
    fn failures_are_told_without_the_librarys_words() {
        let check = |error: SocketError, expected: &str| assert_eq!(told(&error), expected);
        let refused = std::io::Error::from_raw_os_error(111);
        assert!(!told(&SocketError::Io(refused)).contains("os error"));
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
