//! The tournament's layout: each shipped configuration of a proxy before two servers, one of which is killed mid-phrase.

use super::client::{collect, offer, until_acknowledged, winner};
use super::server::{RIGHT_TOUCHES, ServerOptions, Socket, TestServer, jpeg, quick};
use super::serving::Started;
use crate::support::in_project;
use crate::support::skip::{Lack, skip};
use settings::Limits;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;
use tokio::runtime::Runtime;
use wire::client::{ClientEvent, RemotePhrase, ServerAddress};

/// A server with a runtime of its own: to kill it is to take that away, and every socket with it.
struct Doomed {
    runtime: Runtime,
    server: TestServer,
}

impl Doomed {
    fn start(name: &str) -> Self {
        let runtime = Runtime::new().unwrap();
        let limits = Limits { drain: Duration::from_secs(30), ..quick() };
        let server = runtime.block_on(TestServer::start_with(ServerOptions { limits, ..ServerOptions::default() }));
        // Something by which the two can be told apart through the proxy.
        std::fs::create_dir(server.output().join(name)).unwrap();
        Self { runtime, server }
    }

    fn active_sessions(&self) -> u64 {
        self.runtime.block_on(self.server.get("/streaming/stats"))["active_sessions"].as_u64().unwrap()
    }

    fn kill(self) {
        self.runtime.shutdown_background();
    }
}

/// Which program stands before the servers.
#[derive(Clone, Copy, Debug)]
enum Kind {
    HaProxy,
    Nginx,
}

impl Kind {
    const ALL: [Self; 2] = [Self::HaProxy, Self::Nginx];

    /// Its program, the shipped configuration, and where that listens.
    fn shipped(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::HaProxy => ("haproxy", "haproxy.cfg", "*:8080"),
            Self::Nginx => ("nginx", "nginx.conf", "listen 8080"),
        }
    }

    /// What it is started with, for a configuration in that folder.
    fn arguments(self, folder: &Path, config: &Path) -> Vec<String> {
        let config = config.display();
        match self {
            Self::HaProxy => vec!["-db".into(), "-f".into(), config.to_string()],
            Self::Nginx => {
                // What a system's own nginx.conf says around it.
                let around = folder.join("around.conf");
                let here = folder.display();
                let temp = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
                let temp = temp.map(|kind| format!("{kind}_temp_path {here}/{kind};\n")).concat();
                let text = format!(
                    "daemon off; master_process off; pid {here}/pid; error_log {here}/error.log;\nevents {{}}\n\
                     http {{\naccess_log off;\n{temp}include {config};\n}}\n"
                );
                std::fs::write(&around, text).unwrap();
                vec!["-e".into(), format!("{here}/error.log"), "-c".into(), around.display().to_string()]
            }
        }
    }
}

struct Proxy {
    _program: Started,
    address: SocketAddr,
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl Proxy {
    /// The program with its shipped configuration before these servers; `None` after one line why the test is skipped.
    fn start(kind: Kind, folder: &Path, servers: [SocketAddr; 2]) -> Option<Self> {
        let (name, file, listens) = kind.shipped();
        let mut text = std::fs::read_to_string(in_project(&format!("assets/deploy/{file}"))).unwrap();
        let address = SocketAddr::from(([127, 0, 0, 1], free_port()));
        let replaced = [
            (listens, listens.replace("*:8080", &address.to_string()).replace("8080", &address.to_string())),
            ("127.0.0.1:8081", servers[0].to_string()),
            ("127.0.0.1:8082", servers[1].to_string()),
        ];
        for (shipped, here) in replaced {
            assert!(text.contains(shipped), "{shipped} is in the shipped configuration");
            text = text.replace(shipped, &here);
        }
        let path = folder.join(file);
        std::fs::write(&path, text).unwrap();
        let program = [name.to_owned(), format!("/usr/sbin/{name}")].into_iter().find_map(|program| {
            let mut command = Command::new(program);
            command.args(kind.arguments(folder, &path)).stdout(Stdio::null()).stderr(Stdio::null());
            command.spawn().ok()
        });
        let Some(child) = program else {
            let lack = if name == "haproxy" { Lack::Package } else { Lack::Optional };
            skip(lack, &format!("{name} is not installed (Debian: {name})"));
            return None;
        };
        Some(Self { _program: Started(child), address })
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Waits until the proxy answers and knows that both servers live.
    async fn ready(&self) {
        for _ in 0..1500 {
            if reqwest::get(self.url("/health")).await.is_ok_and(|answer| answer.status() == 200) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("the proxy never became ready");
    }
}

#[test]
fn a_server_killed_mid_phrase_costs_no_frame() {
    Kind::ALL.into_iter().for_each(killed);
}

fn killed(kind: Kind) {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (Doomed::start("one"), Doomed::start("two"));
    let Some(proxy) = Proxy::start(kind, folder.path(), [one.server.address, two.server.address]) else { return };
    two.runtime.block_on(proxy.ready());
    let address = ServerAddress::parse(&proxy.url(""), None).unwrap();
    let (phrase, events) = RemotePhrase::start(address, offer("piste-7")).unwrap();
    let send = |range: std::ops::Range<u8>| {
        for number in range {
            assert!(phrase.send_frame(f64::from(number) / 30.0, jpeg(number)));
        }
    };
    send(0..15);
    until_acknowledged(&events, 15);
    let (holder, other) = if one.active_sessions() == 1 { (one, two) } else { (two, one) };
    assert_eq!((holder.active_sessions(), other.active_sessions()), (1, 0));
    holder.kill();
    send(15..30);
    phrase.conclude("p.txt", RIGHT_TOUCHES.into());
    let events = collect(&events);
    assert_eq!(winner(&events).as_deref(), Some("right"), "{events:?}");
    let Some(ClientEvent::Judged(result)) = events.last() else { panic!("judged") };
    assert_eq!(result["streaming_stats"]["frames_received"], 30, "nothing is lost that the client still held");
    assert!(events.iter().any(|event| matches!(event, ClientEvent::Reconnecting { .. })), "{events:?}");
    other.runtime.block_on(async { drop(proxy) });
    other.kill();
}

#[test]
fn a_server_that_is_stopped_finishes_the_phrase_of_a_client_that_cannot_come_back() {
    Kind::ALL.into_iter().for_each(stopped);
}

fn stopped(kind: Kind) {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (Doomed::start("one"), Doomed::start("two"));
    let Some(proxy) = Proxy::start(kind, folder.path(), [one.server.address, two.server.address]) else { return };
    let runtime = Runtime::new().unwrap();
    let mut socket = runtime.block_on(async {
        proxy.ready().await;
        let mut socket = Socket::open(&format!("ws://{}/stream", proxy.address)).await.unwrap();
        socket.start("piste-7").await;
        socket.frame(0, jpeg(1)).await;
        socket
    });
    let (mut holder, other) = if one.active_sessions() == 1 { (one, two) } else { (two, one) };
    holder.server.begin_stop();
    let next = runtime.block_on(async {
        // Until the proxy has seen that it takes nobody any more: twice a second apart, and once more to be sure.
        let began = std::time::Instant::now();
        for number in 1.. {
            assert_eq!(socket.frame(number, jpeg(1)).await["status"], "received");
            tokio::time::sleep(Duration::from_millis(100)).await;
            if began.elapsed() > Duration::from_secs(4) {
                break;
            }
        }
        let answers = socket.conclude(RIGHT_TOUCHES).await;
        assert_eq!(answers.last().unwrap()["result"]["winner"], "right");
        // And who comes now is led to the other one.
        let mut next = Socket::open(&format!("ws://{}/stream", proxy.address)).await.unwrap();
        next.start("piste-8").await;
        next
    });
    assert_eq!(other.active_sessions(), 1);
    drop(next);
    drop(proxy);
    holder.kill();
    other.kill();
}

#[test]
fn a_piste_stays_with_its_server_and_both_servers_have_pistes() {
    Kind::ALL.into_iter().for_each(sticky);
}

fn sticky(kind: Kind) {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (Doomed::start("one"), Doomed::start("two"));
    let Some(proxy) = Proxy::start(kind, folder.path(), [one.server.address, two.server.address]) else { return };
    two.runtime.block_on(async {
        proxy.ready().await;
        let mut served = [0; 2];
        for piste in 1..=24 {
            let from = Ipv4Addr::new(127, 0, 1, piste);
            let mut answers = Vec::new();
            for _ in 0..4 {
                let client = reqwest::Client::builder().local_address(Some(from.into())).build().unwrap();
                let is_one = client.get(proxy.url("/phrases/one")).send().await.unwrap().status() == 200;
                answers.push(is_one);
            }
            assert!(answers.iter().all(|answer| *answer == answers[0]), "{from} moved: {answers:?}");
            served[usize::from(answers[0])] += 1;
        }
        assert!(served.iter().all(|pistes| *pistes > 0), "{served:?}");
    });
    drop(proxy);
    one.kill();
    two.kill();
}
