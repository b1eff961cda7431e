//! Size and length of a JPEG image from its markers, without decoding it.
//!
//! Drivers return their whole buffer, in which the image is followed by remains of older ones; and a camera may send another
//! size than it promised. Parsing the markers detects both and costs little beside the copy of the bytes.

use super::Damage;
use super::format::MAX_SIDE;
use fencing::geometry::FrameSize;

const START: u8 = 0xD8;
const END: u8 = 0xD9;
const SCAN: u8 = 0xDA;
/// Markers without a length: TEM and the restarts.
const fn is_standalone(marker: u8) -> bool {
    matches!(marker, 0x01 | 0xD0..=0xD7)
}
/// Start-of-frame markers; 0xC4, 0xC8 and 0xCC in their range are tables.
const fn is_frame_header(marker: u8) -> bool {
    matches!(marker, 0xC0..=0xCF) && !matches!(marker, 0xC4 | 0xC8 | 0xCC)
}

/// Size of a JPEG image in pixels, and its length in bytes including the end marker.
pub(super) fn measure(bytes: &[u8]) -> Result<(FrameSize, usize), Damage> {
    if bytes.is_empty() {
        return Err(Damage::Empty);
    }
    if bytes.first() != Some(&0xFF) || bytes.get(1) != Some(&START) {
        return Err(Damage::NotAJpeg);
    }
    let mut at = 2;
    let mut size = None;
    loop {
        let (marker, after) = next_marker(bytes, at)?;
        at = after;
        if marker == END {
            return size.map(|size| (size, at)).ok_or(Damage::NotAJpeg);
        }
        if is_standalone(marker) {
            continue;
        }
        let length = usize::from(two_bytes(bytes, at)?);
        if is_frame_header(marker) {
            size = Some(believable(FrameSize::new(
                u32::from(two_bytes(bytes, at + 5)?),
                u32::from(two_bytes(bytes, at + 3)?),
            ))?);
        }
        at += length.max(2);
        if marker == SCAN {
            at = end_of_scan(bytes, at)?;
        }
    }
}

fn believable(size: FrameSize) -> Result<FrameSize, Damage> {
    let sides = [size.width, size.height];
    if sides.iter().all(|side| (1..=MAX_SIDE).contains(side)) { Ok(size) } else { Err(Damage::Size(size)) }
}

/// The marker at `at`, after fill bytes, and the offset behind it.
fn next_marker(bytes: &[u8], mut at: usize) -> Result<(u8, usize), Damage> {
    if *bytes.get(at).ok_or(Damage::CutOff)? != 0xFF {
        return Err(Damage::NotAJpeg);
    }
    while *bytes.get(at).ok_or(Damage::CutOff)? == 0xFF {
        at += 1;
    }
    Ok((bytes[at], at + 1))
}

/// Offset of the marker after the entropy-coded data: stuffed zeros and restarts belong to the scan.
fn end_of_scan(bytes: &[u8], mut at: usize) -> Result<usize, Damage> {
    loop {
        let rest = bytes.get(at..).ok_or(Damage::CutOff)?;
        at += rest.iter().position(|byte| *byte == 0xFF).ok_or(Damage::CutOff)?;
        match bytes.get(at + 1).ok_or(Damage::CutOff)? {
            0x00 | 0xD0..=0xD7 => at += 2,
            0xFF => at += 1,
            _ => return Ok(at),
        }
    }
}

fn two_bytes(bytes: &[u8], at: usize) -> Result<u16, Damage> {
    let pair = bytes.get(at..at + 2).and_then(|pair| pair.try_into().ok());
    pair.map(u16::from_be_bytes).ok_or(Damage::CutOff)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use vision::video::encode_jpeg;

    fn frame(width: u32, height: u32) -> Vec<u8> {
        let rgb: Vec<u8> = (0..width * height * 3).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        encode_jpeg(&rgb, FrameSize::new(width, height)).unwrap()
    }

    #[test]
    fn size_and_end_are_found_whatever_follows() {
        let mut bytes = frame(64, 48);
        let length = bytes.len();
        assert_eq!(measure(&bytes), Ok((FrameSize::new(64, 48), length)));
        bytes.extend(frame(32, 32));
        bytes.extend([0; 1000]);
        assert_eq!(measure(&bytes), Ok((FrameSize::new(64, 48), length)));
    }

    #[test]
    fn damage_is_named() {
        let whole = frame(64, 48);
        assert_eq!(measure(&[]), Err(Damage::Empty));
        assert_eq!(measure(b"GIF89a"), Err(Damage::NotAJpeg));
        assert_eq!(measure(&whole[..whole.len() / 2]), Err(Damage::CutOff));
        assert_eq!(measure(&[0xFF, 0xD8, 0xFF, 0xD9]), Err(Damage::NotAJpeg));
        let mut huge = whole.clone();
        let header = huge.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
        huge[header + 5..header + 9].copy_from_slice(&[0xFF, 0xFF, 0xFF, 0xFF]);
        assert_eq!(measure(&huge), Err(Damage::Size(FrameSize::new(65535, 65535))));
    }

    proptest! {
        #[test]
        fn any_bytes_are_measured_without_a_panic(mut bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            if let [first, second, ..] = bytes.as_mut_slice() { (*first, *second) = (0xFF, START); }
            if let Ok((_, end)) = measure(&bytes) { prop_assert!(end <= bytes.len()); }
        }

        #[test]
        fn a_flipped_byte_never_reads_past_the_end(at in 0usize..1000, value in any::<u8>()) {
            let mut bytes = frame(32, 16);
            let index = at % bytes.len();
            bytes[index] = value;
            if let Ok((_, end)) = measure(&bytes) { prop_assert!(end <= bytes.len()); }
        }
    }
}
