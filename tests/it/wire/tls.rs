//! Encrypted: the server with a certificate that a club's own authority signed, both our clients, and one that does not
//! know the authority.

use super::client::{collect, offer, winner};
use super::server::{RIGHT_TOUCHES, ServerOptions, TestServer, jpeg};
use super::uploads::clip;
use crate::support::skip::{Lack, skip};
use settings::TlsFiles;
use std::path::Path;
use std::process::Command;
use std::time::Duration;
use wire::client::{
    Authority, ClientError, ClientEvent, RemotePhrase, ServerAddress, SubmitError, SubmitRequest, submit,
};

/// The club's authority, and a certificate for 127.0.0.1 that it signed; `false` after one line why the test is skipped.
fn make_certificates(folder: &Path) -> bool {
    std::fs::write(folder.join("ext"), "subjectAltName=IP:127.0.0.1\nbasicConstraints=CA:FALSE\n").unwrap();
    let steps = [
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=Club -addext keyUsage=critical,keyCertSign",
        "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out leaf.csr -subj /CN=referee",
        "x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -out cert.pem -extfile ext",
    ];
    for step in steps {
        let Ok(output) = Command::new("openssl").args(step.split(' ')).current_dir(folder).output() else {
            skip(Lack::Package, "openssl is not installed (Debian: openssl)");
            return false;
        };
        assert!(output.status.success(), "{step}: {}", String::from_utf8_lossy(&output.stderr));
    }
    true
}

fn address(server: &TestServer) -> ServerAddress {
    ServerAddress::parse(&format!("https://{}", server.address), None).unwrap()
}

/// Streams a short phrase and gives its last event.
async fn stream(address: ServerAddress) -> Vec<ClientEvent> {
    let sending = move || {
        let (phrase, events) = RemotePhrase::start(address, offer("a")).unwrap();
        for number in 0..12 {
            phrase.send_frame(f64::from(number) / 30.0, jpeg(1));
        }
        phrase.conclude("p.txt", RIGHT_TOUCHES.into());
        collect(&events)
    };
    tokio::task::spawn_blocking(sending).await.unwrap()
}

async fn upload(address: ServerAddress, folder: &Path) -> Result<serde_json::Value, SubmitError> {
    let request = SubmitRequest {
        request_id: None,
        video: folder.join("clip.mp4"),
        signal: folder.join("p.txt"),
        include_keypoints: false,
        save_overlay: false,
        timeout: Duration::from_mins(1),
    };
    tokio::task::spawn_blocking(move || submit(&address, &request)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn both_clients_believe_the_clubs_authority_and_nobody_else() {
    let folder = tempfile::tempdir().unwrap();
    if !make_certificates(folder.path()) {
        return;
    }
    std::fs::write(folder.path().join("clip.mp4"), clip()).unwrap();
    std::fs::write(folder.path().join("p.txt"), RIGHT_TOUCHES).unwrap();
    let tls = TlsFiles { cert: folder.path().join("cert.pem"), key: folder.path().join("key.pem") };
    let server = TestServer::start_with(ServerOptions { tls: Some(tls), ..ServerOptions::default() }).await;
    let club = Authority::read(&folder.path().join("ca.pem")).unwrap();
    let trusted = address(&server).with_authority(club);

    let events = stream(trusted.clone()).await;
    assert_eq!(winner(&events).as_deref(), Some("right"), "{events:?}");
    let result = upload(trusted, folder.path()).await.unwrap();
    assert_eq!(result["winner"], "right");

    let events = stream(address(&server)).await;
    assert!(matches!(events.last(), Some(ClientEvent::Failed(ClientError::Untrusted(_)))), "{events:?}");
    assert!(!events.iter().any(|e| matches!(e, ClientEvent::Reconnecting { .. })), "trying again cannot help");
    assert!(matches!(upload(address(&server), folder.path()).await, Err(SubmitError::Network(_))));
    server.stop().await;
}
