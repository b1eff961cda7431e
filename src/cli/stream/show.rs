//! What happens to a phrase on its way, as a progress bar.

use super::Outcome;
use indicatif::{ProgressBar, ProgressStyle};
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError};
use std::time::{Duration, Instant};
use vision::video::Cancel;
use wire::client::{ClientError, ClientEvent, RemotePhrase};

/// How long Ctrl-C may go unnoticed.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Shows events until one of them is the end.
pub(super) struct Show<'a> {
    events: &'a Receiver<ClientEvent>,
    bar: ProgressBar,
    started: Instant,
    is_verbose: bool,
}

impl<'a> Show<'a> {
    /// A bar of so many frames, where that is known.
    pub(super) fn new(events: &'a Receiver<ClientEvent>, frames: Option<u64>, is_verbose: bool) -> Self {
        let bar = frames.map_or_else(ProgressBar::no_length, ProgressBar::new);
        if let Ok(style) = ProgressStyle::with_template("{elapsed_precise} {bar:30} {pos}/{len} {msg}") {
            bar.set_style(style);
        }
        Self { events, bar, started: Instant::now(), is_verbose }
    }

    /// Shows what has happened; the outcome, when there is one already.
    pub(super) fn pending(&mut self) -> Option<Outcome> {
        loop {
            match self.events.try_recv() {
                Ok(event) => {
                    if let Some(outcome) = self.show(event) {
                        return Some(outcome);
                    }
                }
                Err(TryRecvError::Empty) => return None,
                Err(TryRecvError::Disconnected) => return Some(ClientError::Cancelled.into()),
            }
        }
    }

    /// Shows everything until the end; Ctrl-C calls the phrase off.
    pub(super) fn until_the_end(&mut self, phrase: &RemotePhrase, cancel: &Cancel) -> Outcome {
        loop {
            if cancel.is_cancelled() {
                phrase.cancel();
            }
            match self.events.recv_timeout(LOOK_EVERY) {
                Ok(event) => {
                    if let Some(outcome) = self.show(event) {
                        return outcome;
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return ClientError::Cancelled.into(),
            }
        }
    }

    fn show(&mut self, event: ClientEvent) -> Option<Outcome> {
        match event {
            ClientEvent::Judged(result) => {
                self.bar.finish_and_clear();
                return Some(Outcome::Judged(*result));
            }
            ClientEvent::Failed(error) => {
                self.bar.finish_and_clear();
                return Some(error.into());
            }
            ClientEvent::Sent { frames, acknowledged, bytes } => {
                let secs = self.started.elapsed().as_secs_f64().max(1e-3);
                let (rate, megabits) = (acknowledged as f64 / secs, bytes as f64 * 8e-6 / secs);
                let waiting = frames - acknowledged;
                self.bar.set_position(acknowledged);
                self.bar.set_message(format!("{rate:.0} fps, {megabits:.1} Mbit/s, {waiting} in flight"));
            }
            ClientEvent::Stage { stage, progress, message } => {
                self.bar.set_message(format!("{stage} {:.0} %: {message}", progress * 100.0));
            }
            ClientEvent::Reconnecting { attempt, reason } => {
                self.bar.println(format!("connection lost ({reason}), attempt {attempt}"));
            }
            ClientEvent::FrameRefused(reason) => self.bar.println(format!("a frame was refused: {reason}")),
            ClientEvent::Connected { window, is_resumed } if self.is_verbose => {
                self.bar.println(format!("connected, window {window}, resumed: {is_resumed}"));
            }
            ClientEvent::Connected { .. } => {}
        }
        None
    }
}
