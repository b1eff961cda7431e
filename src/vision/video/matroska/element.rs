//! EBML elements: identifiers, lengths, values.

pub(super) mod id {
    pub(in super::super) const EBML: &[u8] = &[0x1A, 0x45, 0xDF, 0xA3];
    pub(in super::super) const DOC_TYPE: &[u8] = &[0x42, 0x82];
    pub(in super::super) const DOC_TYPE_VERSION: &[u8] = &[0x42, 0x87];
    pub(in super::super) const DOC_TYPE_READ_VERSION: &[u8] = &[0x42, 0x85];
    pub(in super::super) const SEGMENT: &[u8] = &[0x18, 0x53, 0x80, 0x67];
    pub(in super::super) const INFO: &[u8] = &[0x15, 0x49, 0xA9, 0x66];
    pub(in super::super) const TIMESTAMP_SCALE: &[u8] = &[0x2A, 0xD7, 0xB1];
    pub(in super::super) const MUXING_APP: &[u8] = &[0x4D, 0x80];
    pub(in super::super) const WRITING_APP: &[u8] = &[0x57, 0x41];
    pub(in super::super) const TRACKS: &[u8] = &[0x16, 0x54, 0xAE, 0x6B];
    pub(in super::super) const TRACK_ENTRY: &[u8] = &[0xAE];
    pub(in super::super) const TRACK_NUMBER: &[u8] = &[0xD7];
    pub(in super::super) const TRACK_UID: &[u8] = &[0x73, 0xC5];
    pub(in super::super) const TRACK_TYPE: &[u8] = &[0x83];
    pub(in super::super) const FLAG_LACING: &[u8] = &[0x9C];
    pub(in super::super) const CODEC_ID: &[u8] = &[0x86];
    pub(in super::super) const VIDEO: &[u8] = &[0xE0];
    pub(in super::super) const PIXEL_WIDTH: &[u8] = &[0xB0];
    pub(in super::super) const PIXEL_HEIGHT: &[u8] = &[0xBA];
    pub(in super::super) const UNCOMPRESSED_FOURCC: &[u8] = &[0x2E, 0xB5, 0x24];
    pub(in super::super) const CLUSTER: &[u8] = &[0x1F, 0x43, 0xB6, 0x75];
    pub(in super::super) const TIMESTAMP: &[u8] = &[0xE7];
    pub(in super::super) const SIMPLE_BLOCK: &[u8] = &[0xA3];
    pub(in super::super) const DATE_UTC: &[u8] = &[0x44, 0x61];
    pub(in super::super) const DURATION: &[u8] = &[0x44, 0x89];
    pub(in super::super) const AUDIO: &[u8] = &[0xE1];
    pub(in super::super) const SAMPLING_FREQUENCY: &[u8] = &[0xB5];
    pub(in super::super) const CHANNELS: &[u8] = &[0x9F];
    pub(in super::super) const BIT_DEPTH: &[u8] = &[0x62, 0x64];
    pub(in super::super) const VOID: &[u8] = &[0xEC];
    pub(in super::super) const SEEK_HEAD: &[u8] = &[0x11, 0x4D, 0x9B, 0x74];
    pub(in super::super) const SEEK: &[u8] = &[0x4D, 0xBB];
    pub(in super::super) const SEEK_ID: &[u8] = &[0x53, 0xAB];
    pub(in super::super) const SEEK_POSITION: &[u8] = &[0x53, 0xAC];
    pub(in super::super) const CUES: &[u8] = &[0x1C, 0x53, 0xBB, 0x6B];
    pub(in super::super) const CUE_POINT: &[u8] = &[0xBB];
    pub(in super::super) const CUE_TIME: &[u8] = &[0xB3];
    pub(in super::super) const CUE_TRACK_POSITIONS: &[u8] = &[0xB7];
    pub(in super::super) const CUE_TRACK: &[u8] = &[0xF7];
    pub(in super::super) const CUE_CLUSTER_POSITION: &[u8] = &[0xF1];
}

pub(super) fn element(id: &[u8], body: &[u8]) -> Vec<u8> {
    [id, &length(body.len() as u64), body].concat()
}

pub(super) fn unsigned(id: &[u8], value: u64) -> Vec<u8> {
    element(id, &value.to_be_bytes())
}

pub(super) fn text(id: &[u8], value: &str) -> Vec<u8> {
    element(id, value.as_bytes())
}

/// A length in eight bytes; frames are far below its maximum of 2^56.
pub(super) fn length(bytes: u64) -> [u8; 8] {
    (bytes | 1 << 56).to_be_bytes()
}

/// An eight-byte float.
pub(super) fn float(id: &[u8], value: f64) -> Vec<u8> {
    element(id, &value.to_be_bytes())
}

/// A void element as long as `like`, to be replaced by it later.
pub(super) fn void_like(like: &[u8]) -> Vec<u8> {
    element(id::VOID, &vec![0; like.len().saturating_sub(id::VOID.len() + 8)])
}

/// Everything of a cluster with one block except the block's own bytes.
pub(super) fn cluster_header(tick: u64, track: u8, bytes: usize) -> Vec<u8> {
    let timestamp = unsigned(id::TIMESTAMP, tick);
    // Zero ticks after the cluster, key frame.
    let block_head = [0x80 | track, 0, 0, 0x80];
    let block_length = (block_head.len() + bytes) as u64;
    let mut front = Vec::with_capacity(64);
    front.extend(id::CLUSTER);
    front.extend(length(timestamp.len() as u64 + 9 + block_length));
    front.extend(timestamp);
    front.extend(id::SIMPLE_BLOCK);
    front.extend(length(block_length));
    front.extend(block_head);
    front
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_carry_their_marker() {
        assert_eq!(length(5), [1, 0, 0, 0, 0, 0, 0, 5]);
        assert_eq!(element(id::VIDEO, b"ab"), [0xE0, 1, 0, 0, 0, 0, 0, 0, 2, b'a', b'b']);
    }
}
