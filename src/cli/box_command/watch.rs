//! `box watch`, `record`, `replay` and `detect`: prints the events of an apparatus as lines.

use apparatus::{
    Apparatus, ApparatusEvent, ApparatusSettings, ApparatusState, Connection, Fact, HostClock, Link, LiveApparatus,
    Protocol, Trigger, TriggerEvent, TriggerSettings, list_ports,
};
use crossbeam_channel::RecvTimeoutError;
use fencing::{Lamp, SignalKind};
use std::{
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Prints events until Ctrl-C, the end of a recording, or `secs`.
pub(super) fn watch(settings: ApparatusSettings, secs: Option<f64>) -> anyhow::Result<ExitCode> {
    let clock = HostClock::start();
    let weapon = settings.decoder.weapon;
    let apparatus = LiveApparatus::open(settings, clock, || {})?;
    let stop = stop_on_ctrl_c()?;
    let mut trigger = Trigger::armed(TriggerSettings::for_weapon(weapon), clock.now());
    let mut shown = String::new();
    println!("listening on {}; Ctrl-C ends", apparatus.state().link);
    loop {
        let state = apparatus.state();
        show_connection(&state, &mut shown);
        match apparatus.events().recv_timeout(LOOK_EVERY) {
            Ok(event) => {
                println!("{}", line_of(&event));
                trigger.take(&event).iter().for_each(show_trigger);
            }
            Err(RecvTimeoutError::Timeout) if has_ended(&state) => break,
            Err(RecvTimeoutError::Timeout) => trigger.tick(clock.now()).iter().for_each(show_trigger),
            Err(RecvTimeoutError::Disconnected) => break,
        }
        if stop.load(Ordering::Relaxed) || secs.is_some_and(|secs| clock.now().secs() > secs) {
            break;
        }
    }
    // A phrase that is still open ends with the listening.
    trigger.tick(clock.now().plus_secs(1.0)).iter().for_each(show_trigger);
    let state = apparatus.state();
    println!("{}", summary_of(&state));
    apparatus.close();
    Ok(if state.tally.good > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn has_ended(state: &ApparatusState) -> bool {
    matches!(state.connection, Connection::Closed | Connection::Failed { .. })
}

/// Set by Ctrl-C.
pub(super) fn stop_on_ctrl_c() -> anyhow::Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    let handle = Arc::clone(&stop);
    ctrlc::set_handler(move || handle.store(true, Ordering::Relaxed))?;
    Ok(stop)
}

fn show_connection(state: &ApparatusState, shown: &mut String) {
    let protocol = state.protocol.map_or("protocol unknown", Protocol::title);
    let now = match (&state.connection, state.hint) {
        (Connection::Open, Some(hint)) => format!("listening, but {}", hint.advice()),
        (connection, _) => words_of_connection(connection, state, protocol),
    };
    if *shown != now {
        println!("-- {now}");
        *shown = now;
    }
}

/// "Open" only once messages are understood: an open port alone is no box.
fn words_of_connection(connection: &Connection, state: &ApparatusState, protocol: &str) -> String {
    match connection {
        Connection::Connecting => "connecting".to_owned(),
        Connection::Open if state.gone => "the box has left its broker; its lamps are unknown".to_owned(),
        Connection::Open if state.is_understood() => format!("open, {protocol}"),
        Connection::Open if state.tally.bytes > 0 => "listening, nothing understood so far".to_owned(),
        Connection::Open => "listening, nothing heard so far".to_owned(),
        Connection::Waiting { reason, .. } => format!("waiting: {reason}"),
        Connection::Closed => "closed".to_owned(),
        Connection::Failed { reason } => format!("failed: {reason}"),
    }
}

fn line_of(event: &ApparatusEvent) -> String {
    let off = event.uncertainty_secs * 1000.0;
    format!("{:9.3}s ±{off:<4.0}ms  {}", event.at.secs(), words_of(&event.fact))
}

fn words_of(fact: &Fact) -> String {
    match fact {
        Fact::Signal(kind) => signal_words(*kind),
        Fact::Corrected(kind) => format!("corrected: {}", signal_words(*kind)),
        Fact::LampsFound(lamps) => {
            format!("lamps found: left {}, right {}", lamp_word(lamps.left), lamp_word(lamps.right))
        }
        Fact::FinalLamps(lamps) => {
            format!("final lamps: left {}, right {}", lamp_word(lamps.left), lamp_word(lamps.right))
        }
        Fact::Clock(clock) => format!("clock {:.2} s, {:?}", clock.shown_secs, clock.run),
        Fact::ScoreCorrected(score) => {
            format!("score corrected by the software: left {}, right {}", score.left, score.right)
        }
        Fact::Found(fact) => format!("as it stood: {}", words_of(fact)),
        Fact::SelfTest => "the box tests itself: its lamps and digits count for nothing".to_owned(),
        Fact::BoxGone => "the box has left: its lamps are unknown".to_owned(),
        Fact::BoxBack => "the box is there".to_owned(),
        Fact::ListenerFailed => "the listener failed".to_owned(),
        Fact::Score(score) => format!("score left {}, right {}", score.left, score.right),
        Fact::Cards(cards) => format!(
            "cards left {} yellow {} red, right {} yellow {} red",
            cards.left.yellow, cards.left.red, cards.right.yellow, cards.right.red
        ),
        Fact::Priority(side) => format!("priority {}", side.map_or("none", fencing::Side::as_str)),
        Fact::Fencer { side, fencer } => format!("{} is {} ({})", side.as_str(), fencer.name, fencer.nation),
        Fact::Weapon(weapon) => format!("weapon {}", weapon.as_str()),
        Fact::ReplayWanted => "the remote asks for the replay".to_owned(),
    }
}

fn signal_words(kind: SignalKind) -> String {
    match kind {
        SignalKind::Lamp { side, lamp } => format!("{} lamp {}", side.as_str(), lamp_word(lamp)),
        SignalKind::SelfContact { side } => format!("{} touches himself", side.as_str()),
        SignalKind::PhraseStart => "phrase starts".to_owned(),
        SignalKind::BladeContact => "blades meet".to_owned(),
        SignalKind::LockoutStart => "lockout starts".to_owned(),
        SignalKind::PhraseEnd => "phrase ends".to_owned(),
        SignalKind::Halt => "halt".to_owned(),
        SignalKind::Cancelled => "phrase cancelled".to_owned(),
    }
}

const fn lamp_word(lamp: Lamp) -> &'static str {
    match lamp {
        Lamp::Off => "off",
        Lamp::Valid => "VALID",
        Lamp::OffTarget => "OFF TARGET",
        Lamp::Fault => "fault",
    }
}

fn show_trigger(event: &TriggerEvent) {
    match event {
        TriggerEvent::PhraseComplete(phrase) => {
            let lamps = phrase.signals.lamps();
            let secs = phrase.until.secs_since(phrase.from);
            let (left, right) = (lamp_word(lamps.left), lamp_word(lamps.right));
            println!("== phrase complete, {secs:.2} s: left {left}, right {right}");
        }
        TriggerEvent::StuckLamp(side) => {
            println!("== the {} lamp stays lit and is ignored until it is dark", side.as_str());
        }
        _ => {}
    }
}

fn summary_of(state: &ApparatusState) -> String {
    let protocol = state.protocol.map_or("nothing understood", Protocol::title);
    let tally = state.tally;
    let other = state.other_piste.as_ref().map(|p| format!(", piste {p} heard and ignored")).unwrap_or_default();
    let hint = state.hint.map(|hint| format!("; {}", hint.advice())).unwrap_or_default();
    format!(
        "{protocol}: {} good frames, {} bad, {} bytes, {} of them unreadable, confidence {:.0} %, {} events dropped, {} connections{other}{hint}",
        tally.good,
        tally.bad,
        tally.bytes,
        tally.unreadable(),
        state.confidence * 100.0,
        state.dropped,
        state.connections
    )
}

/// Listens on several links at once and prints what it detects.
pub(super) fn detect(links: &[Link], secs: f64) -> anyhow::Result<ExitCode> {
    let clock = HostClock::start();
    let links = if links.is_empty() { all_links()? } else { links.to_vec() };
    let open = |link: &Link| LiveApparatus::open(ApparatusSettings::for_link(link.clone()), clock, || {});
    let listeners: Vec<LiveApparatus> = links.iter().map(open).collect::<Result<_, _>>()?;
    let known = |state: &ApparatusState| state.protocol.is_some() && state.confidence > 0.9;
    while clock.now().secs() < secs && !listeners.iter().all(|l| known(&l.state())) {
        std::thread::sleep(LOOK_EVERY);
    }
    let mut found = 0;
    for listener in listeners {
        let state = listener.state();
        match (state.protocol, &state.connection) {
            (Some(protocol), _) => {
                found += 1;
                println!("{:<28} {:<44} confidence {:.0} %", state.link, protocol.title(), state.confidence * 100.0);
            }
            (None, Connection::Waiting { reason, .. }) => println!("{:<28} {reason}", state.link),
            (None, _) => println!("{:<28} nothing understood ({} bytes heard)", state.link, state.tally.bytes),
        }
        listener.close();
    }
    Ok(if found > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn all_links() -> anyhow::Result<Vec<Link>> {
    let serial = list_ports()?.into_iter().map(|port| Link::Serial { path: port.path, baud: None });
    let broadcast = Protocol::ALL.into_iter().filter_map(Protocol::udp_port).map(|port| Link::Udp { port, from: None });
    Ok(serial.chain(broadcast).collect())
}
