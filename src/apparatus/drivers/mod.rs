//! One file per protocol: byte table, decoder, golden vectors.
//!
//! Every decoder implements [`Decoder`](super::decoder::Decoder) and has no port, thread or clock. [`super::protocol`] lists the
//! protocols, their transports and how a decoder is made.

pub mod cyrano;
pub mod favero;
pub mod fpa;
pub(crate) mod framing;
pub mod homemade;
pub mod openpiste;
pub mod pistelink;
pub mod pistelink_mcu;
pub mod reference_box;
pub mod saint_george;
pub mod skewered;

#[cfg(test)]
pub(crate) mod testing {
    //! Helpers for the tests of all drivers.

    use crate::decoder::{Arrival, Decoder, Reading, Report};
    use fencing::time::Timestamp;

    /// Feeds bytes one by one at time zero.
    pub(crate) fn feed_all(decoder: &mut dyn Decoder, wire: &[u8]) -> Vec<Reading> {
        let mut out = Vec::new();
        for byte in wire {
            decoder.feed(Arrival::of(Timestamp::ZERO, &[*byte]), &mut out);
        }
        out
    }

    /// Reports of bytes that are fed at once at time zero.
    pub(crate) fn reports(decoder: &mut dyn Decoder, wire: &[u8]) -> Vec<Report> {
        let mut out = Vec::new();
        decoder.feed(Arrival::of(Timestamp::ZERO, wire), &mut out);
        out.into_iter().map(|reading| reading.report).collect()
    }
}
