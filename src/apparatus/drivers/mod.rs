//! One file per protocol: its byte table, its reader, its golden vectors.
//!
//! Every reader is a [`Decoder`](super::decoder::Decoder): no port, no thread, no clock. Which protocols exist, on what
//! line they are spoken and how a reader is made is listed in [`super::protocol`].

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
    //! What the tests of all drivers share.

    use crate::decoder::{Arrival, Decoder, Reading, Report};
    use fencing::time::Timestamp;

    /// Feeds a wire byte by byte at time zero.
    pub(crate) fn feed_all(decoder: &mut dyn Decoder, wire: &[u8]) -> Vec<Reading> {
        let mut out = Vec::new();
        for byte in wire {
            decoder.feed(Arrival::of(Timestamp::ZERO, &[*byte]), &mut out);
        }
        out
    }

    /// What a wire says, fed in one piece at time zero.
    pub(crate) fn reports(decoder: &mut dyn Decoder, wire: &[u8]) -> Vec<Report> {
        let mut out = Vec::new();
        decoder.feed(Arrival::of(Timestamp::ZERO, wire), &mut out);
        out.into_iter().map(|reading| reading.report).collect()
    }
}
