//! Simulated boxes over real pseudo-terminals, sockets and a real broker: every touch arrives, links heal by themselves.

use crate::support::skip::{Lack, skip};
use apparatus::{
    Apparatus, ApparatusEvent, ApparatusSettings, Connection, DecoderSettings, Fact, HostClock, Link, LiveApparatus,
    Pace, Protocol, Translator, Trigger, TriggerEvent, TriggerSettings,
    simulate::{
        ClockQuery, MqttWire, Playback, PtyWire, Script, ScriptEvent, ScriptSettings, Sent, SimulatedBox,
        SimulationSettings, UdpWire, UnixWire, Wire, play,
    },
};
use fencing::time::Timestamp;
use fencing::{Lamp, Side, SignalKind, Weapon};
use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// Generous: the machine may be busy. Nothing is asserted about time.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Short phrases, so that a test in real time stays short.
fn script(phrases: u32) -> ScriptSettings {
    ScriptSettings { phrases, seed: 4, lit_secs: 0.4, rest_secs: 0.2, ..ScriptSettings::default() }
}

fn simulation(protocol: Protocol, phrases: u32) -> SimulationSettings {
    SimulationSettings { script: script(phrases), ..SimulationSettings::of(protocol) }
}

/// Sides in the order of their touches.
fn touches(settings: ScriptSettings) -> Vec<Side> {
    let touch = |what| if let ScriptEvent::Touch(side, _) = what { Some(side) } else { None };
    Script::new(settings).flatten().filter_map(|t| touch(t.what)).collect()
}

fn touch_of(event: &ApparatusEvent) -> Option<Side> {
    match event.fact {
        Fact::Signal(SignalKind::Lamp { side, lamp: Lamp::Valid | Lamp::OffTarget }) => Some(side),
        _ => None,
    }
}

fn wait_until(what: &str, mut done: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !done() {
        assert!(begun.elapsed() < TIMEOUT, "gave up waiting until {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn open(link: Link, protocol: Option<Protocol>) -> LiveApparatus {
    let settings = ApparatusSettings { protocol, ..ApparatusSettings::for_link(link) };
    LiveApparatus::open(settings, HostClock::start(), || {}).expect("the session starts")
}

fn wait_open(apparatus: &LiveApparatus) {
    wait_until("the link is open", || apparatus.state().connection == Connection::Open);
}

/// Collects touches until there are as many as wanted; two within one frame of a slow box may come in either order.
fn expect_touches(apparatus: &LiveApparatus, wanted: &[Side]) {
    let mut heard = Vec::new();
    let begun = Instant::now();
    while heard.len() < wanted.len() && begun.elapsed() < TIMEOUT {
        if let Ok(event) = apparatus.events().recv_timeout(Duration::from_millis(50)) {
            heard.extend(touch_of(&event));
        }
    }
    let count = |sides: &[Side]| sides.iter().filter(|s| **s == Side::Left).count();
    assert_eq!((heard.len(), count(&heard)), (wanted.len(), count(wanted)), "{:?}", apparatus.state());
}

/// Plays a box faster than real time: the order stays, the waiting goes.
fn hurry(settings: &SimulationSettings, wire: &mut dyn Wire) {
    let quick = |sent: Sent| Sent { at_secs: sent.at_secs / 4.0, ..sent };
    play(SimulatedBox::new(settings).map(quick), wire, |_| Playback::Continue).expect("the wire carries");
}

fn pty_link(dir: &Path) -> (PathBuf, Link) {
    let path = dir.join("box");
    let link = Link::Serial { path: path.display().to_string(), baud: None };
    (path, link)
}

#[test]
fn every_serial_protocol_over_a_pseudo_terminal() {
    let dir = tempfile::tempdir().unwrap();
    std::thread::scope(|scope| {
        for protocol in Protocol::ALL.into_iter().filter(|p| p.baud().is_some()) {
            let dir = dir.path().join(protocol.as_str());
            std::fs::create_dir(&dir).unwrap();
            scope.spawn(move || {
                let (path, link) = pty_link(&dir);
                let mut wire = PtyWire::open(Some(&path), ClockQuery::Answered).unwrap();
                let apparatus = open(link, Some(protocol));
                wait_open(&apparatus);
                let settings = simulation(protocol, 3);
                hurry(&settings, &mut wire);
                expect_touches(&apparatus, &touches(settings.script));
                let state = apparatus.state();
                // Six letters prove little: any text contains some.
                let sure = if protocol == Protocol::Letters { 0.5 } else { 0.9 };
                assert!(state.confidence > sure, "{protocol}: {state:?}");
                apparatus.close();
            });
        }
    });
}

#[test]
fn cyrano_and_fpa_over_udp() {
    for protocol in [Protocol::Cyrano, Protocol::Fpa] {
        let port = free_udp_port();
        let apparatus = open(Link::Udp { port, from: None }, Some(protocol));
        wait_open(&apparatus);
        let settings = simulation(protocol, 3);
        hurry(&settings, &mut UdpWire::open(([127, 0, 0, 1], port).into()).unwrap());
        expect_touches(&apparatus, &touches(settings.script));
        apparatus.close();
    }
}

#[test]
fn a_second_sender_of_rs422_fpa_is_not_mixed_in() {
    let port = free_udp_port();
    let apparatus = open(Link::Udp { port, from: None }, Some(Protocol::Fpa));
    wait_open(&apparatus);
    let mut ours = UdpWire::open(([127, 0, 0, 1], port).into()).unwrap();
    let mut stranger = UdpWire::open(([127, 0, 0, 1], port).into()).unwrap();
    let lamps = |text: &str| Sent { at_secs: 0.0, topic: String::new(), bytes: text.as_bytes().to_vec() };
    ours.send(&lamps("\x01\x14R0G0W0w0\x04")).unwrap();
    wait_until("our box was heard", || apparatus.state().tally.good == 1);
    stranger.send(&lamps("\x01\x14R0G1W0w0\x04")).unwrap();
    ours.send(&lamps("\x01\x14R1G0W0w0\x04")).unwrap();
    expect_touches(&apparatus, &[Side::Left]);
    assert_eq!(apparatus.state().lamps.right, Lamp::Off);
    apparatus.close();
}

#[test]
fn pistelink_over_its_socket() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ai.sock");
    let apparatus = open(Link::Unix { path: path.clone() }, Some(Protocol::PisteLink));
    wait_until("the socket is there", || path.exists());
    let settings = simulation(Protocol::PisteLink, 3);
    hurry(&settings, &mut UnixWire::open(&path).unwrap());
    expect_touches(&apparatus, &touches(settings.script));
    apparatus.close();
    assert!(!path.exists(), "the socket is gone with the session");
}

#[test]
fn the_newest_backend_wins() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ai.sock");
    let apparatus = open(Link::Unix { path: path.clone() }, Some(Protocol::PisteLink));
    wait_until("the socket is there", || path.exists());
    let _older = UnixWire::open(&path).unwrap();
    let settings = simulation(Protocol::PisteLink, 1);
    hurry(&settings, &mut UnixWire::open(&path).unwrap());
    expect_touches(&apparatus, &touches(settings.script));
    apparatus.close();
}

#[test]
fn the_protocol_and_the_rate_are_found_out() {
    let dir = tempfile::tempdir().unwrap();
    let (path, link) = pty_link(dir.path());
    let mut wire = PtyWire::open(Some(&path), ClockQuery::Ignored).unwrap();
    let apparatus = open(link, None);
    let favero =
        SimulationSettings { script: ScriptSettings { phrases: 20, ..script(20) }, ..simulation(Protocol::Favero, 20) };
    play(SimulatedBox::new(&favero), &mut wire, |_| {
        if apparatus.state().confidence > 0.9 { Playback::Stop } else { Playback::Continue }
    })
    .unwrap();
    assert_eq!(apparatus.state().protocol, Some(Protocol::Favero));
    apparatus.close();
}

#[test]
fn unplugged_and_plugged_in_again() {
    let dir = tempfile::tempdir().unwrap();
    let (path, link) = pty_link(dir.path());
    let mut wire = PtyWire::open(Some(&path), ClockQuery::Ignored).unwrap();
    let apparatus = open(link, Some(Protocol::Favero));
    wait_open(&apparatus);
    let settings = simulation(Protocol::Favero, 1);
    hurry(&settings, &mut wire);
    expect_touches(&apparatus, &touches(settings.script));
    drop(wire);
    wait_until("the loss was noticed", || matches!(apparatus.state().connection, Connection::Waiting { .. }));
    let mut wire = PtyWire::open(Some(&path), ClockQuery::Ignored).unwrap();
    wait_open(&apparatus);
    hurry(&settings, &mut wire);
    expect_touches(&apparatus, &touches(settings.script));
    assert!(apparatus.state().connections >= 2);
    apparatus.close();
}

#[test]
fn the_wrong_protocol_on_the_port_is_noticed_and_harmless() {
    let dir = tempfile::tempdir().unwrap();
    let (path, link) = pty_link(dir.path());
    let mut wire = PtyWire::open(Some(&path), ClockQuery::Ignored).unwrap();
    let apparatus = open(link, Some(Protocol::Fpa));
    wait_open(&apparatus);
    hurry(&simulation(Protocol::Favero, 1), &mut wire);
    wait_until("bytes arrived", || apparatus.state().tally.bytes > 100);
    assert!(apparatus.state().confidence < 0.1);
    assert!(apparatus.events().try_iter().all(|event| touch_of(&event).is_none()));
    apparatus.close();
}

#[test]
fn what_is_recorded_is_replayed_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let (path, link) = pty_link(dir.path());
    let capture = dir.path().join("a.capture");
    let mut wire = PtyWire::open(Some(&path), ClockQuery::Ignored).unwrap();
    let mut settings = ApparatusSettings::for_link(link).speaking(Protocol::Fpa);
    settings.capture = Some(capture.clone());
    let apparatus = LiveApparatus::open(settings, HostClock::start(), || {}).unwrap();
    wait_open(&apparatus);
    let simulation = simulation(Protocol::Fpa, 2);
    hurry(&simulation, &mut wire);
    expect_touches(&apparatus, &touches(simulation.script));
    apparatus.close();
    let replayed = open(Link::Replay { path: capture, pace: Pace::Fast }, None);
    expect_touches(&replayed, &touches(simulation.script));
    wait_until("the recording is over", || replayed.state().connection == Connection::Closed);
    assert_eq!(replayed.state().protocol, Some(Protocol::Fpa), "the recording names its protocol");
}

/// Simulated box, reader and trigger together: one completed phrase per phrase fenced, with the lamps it had.
#[test]
fn every_phrase_of_a_simulated_bout_is_completed_once() {
    for weapon in Weapon::ALL {
        let mut settings = simulation(Protocol::Fpa, 50);
        settings.script = ScriptSettings { phrases: 50, weapon, ..ScriptSettings::default() };
        let reader = DecoderSettings { weapon, ..DecoderSettings::default() };
        let mut translator = Translator::new(Protocol::Fpa, &reader);
        let mut trigger = Trigger::armed(TriggerSettings::for_weapon(weapon), Timestamp::ZERO);
        let mut completed = Vec::new();
        let mut keep = |said: Vec<TriggerEvent>| {
            completed.extend(
                said.into_iter()
                    .filter_map(|e| if let TriggerEvent::PhraseComplete(phrase) = e { Some(phrase) } else { None }),
            );
        };
        for sent in SimulatedBox::new(&settings) {
            let at = Timestamp::from_secs(sent.at_secs);
            keep(trigger.tick(at));
            translator.feed(at, &sent.topic, &sent.bytes).iter().for_each(|event| keep(trigger.take(event)));
        }
        let lit = completed.iter().map(|p| Side::BOTH.iter().filter(|s| p.signals.lamps()[**s] != Lamp::Off).count());
        assert_eq!((completed.len(), lit.sum::<usize>()), (50, touches(settings.script).len()), "{weapon:?}");
    }
}

fn free_udp_port() -> u16 {
    std::net::UdpSocket::bind(("0.0.0.0", 0)).unwrap().local_addr().unwrap().port()
}

/// A real broker on a loopback port, ended with the test.
struct Broker {
    child: Child,
    config: PathBuf,
    port: u16,
}

impl Broker {
    /// `None`, after one line, when mosquitto is not installed.
    fn start(dir: &Path) -> Option<Self> {
        let port = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
        let config = dir.join("mosquitto.conf");
        std::fs::write(&config, format!("listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\n"))
            .unwrap();
        let child = Self::spawn(&config)?;
        Some(Self { child, config, port })
    }

    fn spawn(config: &Path) -> Option<Child> {
        let program = ["/usr/sbin/mosquitto", "mosquitto"].into_iter().find_map(|name| {
            let mut command = Command::new(name);
            command.arg("-c").arg(config).stdout(Stdio::null()).stderr(Stdio::null());
            command.spawn().ok()
        });
        if program.is_none() {
            skip(Lack::Package, "mosquitto is not installed");
        }
        program
    }

    fn stop(&mut self) {
        let _ended_already = self.child.kill();
        let _reaped = self.child.wait();
    }

    fn restart(&mut self) {
        self.child = Self::spawn(&self.config).expect("it was there before");
    }

    fn link(&self) -> Link {
        format!("mqtt://127.0.0.1:{}", self.port).parse().expect("an address")
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Says what a box says when it is switched on until it is heard: from then on nothing is missed.
fn check_health(settings: &SimulationSettings, wire: &mut dyn Wire, apparatus: &LiveApparatus) {
    let greeting: Vec<Sent> = SimulatedBox::new(settings).take_while(|sent| sent.at_secs <= 0.0).collect();
    let heard_before = apparatus.state().tally.bytes;
    wait_until("the box is heard", || {
        for sent in &greeting {
            wire.send(sent).expect("the wire carries");
        }
        apparatus.state().tally.bytes > heard_before
    });
}

#[test]
fn openpiste_through_a_real_broker_that_goes_away_and_comes_back() {
    let dir = tempfile::tempdir().unwrap();
    let Some(mut broker) = Broker::start(dir.path()) else { return };
    let apparatus = open(broker.link(), Some(Protocol::OpenPiste));
    wait_open(&apparatus);
    let settings = simulation(Protocol::OpenPiste, 2);
    let mut wire = MqttWire::open("127.0.0.1", broker.port).unwrap();
    check_health(&settings, &mut wire, &apparatus);
    hurry(&settings, &mut wire);
    expect_touches(&apparatus, &touches(settings.script));
    broker.stop();
    wait_until("the loss was noticed", || apparatus.state().connection != Connection::Open);
    broker.restart();
    wait_open(&apparatus);
    drop(wire);
    let mut wire = MqttWire::open("127.0.0.1", broker.port).unwrap();
    check_health(&settings, &mut wire, &apparatus);
    hurry(&settings, &mut wire);
    expect_touches(&apparatus, &touches(settings.script));
    apparatus.close();
}

#[test]
fn a_lamp_that_stood_before_we_came_is_found_and_is_no_touch() {
    let dir = tempfile::tempdir().unwrap();
    let Some(broker) = Broker::start(dir.path()) else { return };
    let mut wire = MqttWire::open("127.0.0.1", broker.port).unwrap();
    let json = r#"{"protocol":"OPP2","version":"1.0","seq":1,"ts":72057594037928936,
        "right":{"green":true,"white":false},"left":{"red":false,"white":false}}"#;
    let topic = "openpiste/7/apparatus/lights".to_owned();
    wire.send(&Sent { at_secs: 0.0, topic, bytes: json.as_bytes().to_vec() }).unwrap();
    let witness = open(broker.link(), Some(Protocol::OpenPiste));
    wait_until("the broker has the lamps", || witness.state().tally.bytes > 0);
    witness.close();
    let apparatus = open(broker.link(), None);
    wait_until("the retained lamps came", || apparatus.state().lamps.right == Lamp::Valid);
    assert_eq!(apparatus.state().piste.as_deref(), Some("7"));
    let events: Vec<_> = apparatus.events().try_iter().collect();
    assert!(events.iter().all(|e| touch_of(e).is_none()) && !events.is_empty(), "{events:?}");
    apparatus.close();
}
