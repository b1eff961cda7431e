//! Metrics for `GET /metrics`, in Prometheus' text format.

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};

/// Upper bounds of the latency buckets, in seconds; the target is 0.3.
const LATENCY_BOUNDS: [f64; 8] = [0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0];

/// A monotonic counter.
#[derive(Debug, Default)]
pub(super) struct Counter(AtomicU64);

impl Counter {
    /// Adds to it.
    pub(super) fn add(&self, amount: u64) {
        self.0.fetch_add(amount, Ordering::Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// A latency histogram.
#[derive(Debug, Default)]
pub(super) struct Latency {
    buckets: [AtomicU64; LATENCY_BOUNDS.len()],
    count: AtomicU64,
    micros: AtomicU64,
}

impl Latency {
    /// Adds one duration in seconds.
    pub(super) fn observe(&self, secs: f64) {
        for (bound, bucket) in LATENCY_BOUNDS.iter().zip(&self.buckets) {
            bucket.fetch_add(u64::from(secs <= *bound), Ordering::Relaxed);
        }
        self.count.fetch_add(1, Ordering::Relaxed);
        self.micros.fetch_add((secs * 1e6) as u64, Ordering::Relaxed);
    }

    fn write(&self, name: &str, out: &mut String) {
        let _ = writeln!(out, "# TYPE {name} histogram");
        let count = self.count.load(Ordering::Relaxed);
        for (bound, bucket) in LATENCY_BOUNDS.iter().zip(&self.buckets) {
            let _ = writeln!(out, "{name}_bucket{{le=\"{bound}\"}} {}", bucket.load(Ordering::Relaxed));
        }
        let _ = writeln!(out, "{name}_bucket{{le=\"+Inf\"}} {count}");
        let _ = writeln!(out, "{name}_sum {}", self.micros.load(Ordering::Relaxed) as f64 * 1e-6);
        let _ = writeln!(out, "{name}_count {count}");
    }
}

/// Gauges, read at the time of a request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    /// Open phrases.
    pub(super) active_sessions: usize,
    /// Bytes held for their frames.
    pub(super) memory_bytes: u64,
    /// Lag of their analysis.
    pub(super) lag_secs: f64,
}

/// All counters and histograms.
#[derive(Debug, Default)]
pub(super) struct Metrics {
    /// Phrases opened.
    pub(super) opened: Counter,
    /// Phrases not admitted.
    pub(super) refused: Counter,
    /// Verdicts sent.
    pub(super) completed: Counter,
    /// Phrases that got no verdict.
    pub(super) failed: Counter,
    /// Phrases cancelled by their client.
    pub(super) aborted: Counter,
    /// Phrases whose connection ended before the verdict.
    pub(super) dropped: Counter,
    /// Uploads judged.
    pub(super) uploads: Counter,
    /// Frames received.
    pub(super) frames: Counter,
    /// Bytes of frames received.
    pub(super) bytes: Counter,
    /// Frames analysed.
    pub(super) analysed: Counter,
    /// Frames skipped because the judge could not keep up.
    pub(super) skipped: Counter,
    /// Phrases uploaded to the artifact store.
    pub(super) stored: Counter,
    /// Phrases whose upload to the artifact store failed.
    pub(super) store_failures: Counter,
    /// Latency from signal to verdict.
    pub(super) verdict_secs: Latency,
}

impl Metrics {
    /// The page, with current gauges.
    pub(super) fn page(&self, moment: Moment) -> String {
        let Moment { active_sessions, memory_bytes, lag_secs } = moment;
        let mut out = String::new();
        let counters = [
            ("referee_sessions_opened_total", &self.opened),
            ("referee_sessions_refused_total", &self.refused),
            ("referee_sessions_completed_total", &self.completed),
            ("referee_sessions_failed_total", &self.failed),
            ("referee_sessions_aborted_total", &self.aborted),
            ("referee_sessions_dropped_total", &self.dropped),
            ("referee_uploads_total", &self.uploads),
            ("referee_frames_received_total", &self.frames),
            ("referee_frame_bytes_received_total", &self.bytes),
            ("referee_frames_analysed_total", &self.analysed),
            ("referee_frames_skipped_total", &self.skipped),
            ("referee_phrases_stored_total", &self.stored),
            ("referee_store_failures_total", &self.store_failures),
        ];
        for (name, counter) in counters {
            let _ = writeln!(out, "# TYPE {name} counter\n{name} {}", counter.get());
        }
        let _ = writeln!(out, "# TYPE referee_sessions_active gauge\nreferee_sessions_active {active_sessions}");
        let _ = writeln!(out, "# TYPE referee_memory_bytes gauge\nreferee_memory_bytes {memory_bytes}");
        let _ = writeln!(out, "# TYPE referee_lag_seconds gauge\nreferee_lag_seconds {lag_secs}");
        self.verdict_secs.write("referee_verdict_seconds", &mut out);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_what_prometheus_reads() {
        let metrics = Metrics::default();
        metrics.frames.add(3);
        metrics.verdict_secs.observe(0.2);
        let page = metrics.page(Moment { active_sessions: 1, memory_bytes: 2048, lag_secs: 0.05 });
        for line in [
            "referee_frames_received_total 3",
            "referee_sessions_active 1",
            "referee_memory_bytes 2048",
            "referee_lag_seconds 0.05",
            "referee_verdict_seconds_bucket{le=\"0.1\"} 0",
            "referee_verdict_seconds_bucket{le=\"0.3\"} 1",
            "referee_verdict_seconds_count 1",
        ] {
            assert!(page.lines().any(|l| l == line), "{line} is missing:\n{page}");
        }
    }
}
