//! EXIF orientation of a JPEG image: how its pixels have to be rotated and mirrored (tag 0x0112 of the first directory, EXIF 2.3
//! section 4.6.4).

use fencing::geometry::FrameSize;

const ORIENTATION: u16 = 0x0112;
/// Type SHORT: two bytes.
const SHORT: u16 = 3;
/// Upper limit on untrusted input: more entries than any camera writes.
const MAX_ENTRIES: u16 = 500;

/// The orientation, 1 to 8, in EXIF data with or without the leading `Exif\0\0`; `None` where it is missing.
pub fn exif_orientation(exif: &[u8]) -> Option<u8> {
    let tiff = exif.strip_prefix(b"Exif\0\0").unwrap_or(exif);
    let little = match tiff.get(..4)? {
        [b'I', b'I', 42, 0] => true,
        [b'M', b'M', 0, 42] => false,
        _ => return None,
    };
    let short = |at: usize| {
        let bytes: [u8; 2] = tiff.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if little { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) })
    };
    let long: [u8; 4] = tiff.get(4..8)?.try_into().ok()?;
    let directory = if little { u32::from_le_bytes(long) } else { u32::from_be_bytes(long) } as usize;
    let entries = short(directory)?.min(MAX_ENTRIES);
    let entry = |n: u16| directory.checked_add(2 + 12 * usize::from(n));
    let found = (0..entries).filter_map(entry).find(|at| short(*at) == Some(ORIENTATION))?;
    let value = (short(found + 2)? == SHORT).then(|| short(found + 8))??;
    u8::try_from(value).ok().filter(|value| (1..=8).contains(value))
}

/// Rotates and mirrors packed RGB rows of an image of `size` by an orientation of 1 to 8.
pub fn upright(size: FrameSize, rgb: Vec<u8>, orientation: u8) -> (FrameSize, Vec<u8>) {
    let (width, height) = (size.width as usize, size.height as usize);
    if !(2..=8).contains(&orientation) || rgb.len() != width * height * 3 {
        return (size, rgb);
    }
    let sides_swap = orientation >= 5;
    let turned = if sides_swap { FrameSize::new(size.height, size.width) } else { size };
    let mut out = Vec::with_capacity(rgb.len());
    for y in 0..turned.height as usize {
        for x in 0..turned.width as usize {
            // Position in the stored image of the pixel at (x, y) of the result.
            let (from_x, from_y) = match orientation {
                2 => (width - 1 - x, y),
                3 => (width - 1 - x, height - 1 - y),
                4 => (x, height - 1 - y),
                5 => (y, x),
                6 => (y, height - 1 - x),
                7 => (width - 1 - y, height - 1 - x),
                _ => (width - 1 - y, x),
            };
            let at = (from_y * width + from_x) * 3;
            out.extend_from_slice(&rgb[at..at + 3]);
        }
    }
    (turned, out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn exif(little: bool, orientation: u16) -> Vec<u8> {
        let short = |n: u16| if little { n.to_le_bytes() } else { n.to_be_bytes() };
        let long = |n: u32| if little { n.to_le_bytes() } else { n.to_be_bytes() };
        let mut tiff = if little { b"II".to_vec() } else { b"MM".to_vec() };
        tiff.extend(short(42));
        tiff.extend(long(8));
        tiff.extend(short(2));
        for (tag, value) in [(0x0100, 640), (ORIENTATION, orientation)] {
            tiff.extend([short(tag), short(SHORT)].concat());
            tiff.extend(long(1));
            tiff.extend([short(value), short(0)].concat());
        }
        tiff
    }

    #[test]
    fn the_orientation_is_read_in_both_byte_orders() {
        for little in [true, false] {
            assert_eq!(exif_orientation(&exif(little, 6)), Some(6));
            let framed = [b"Exif\0\0".to_vec(), exif(little, 3)].concat();
            assert_eq!(exif_orientation(&framed), Some(3));
            assert_eq!(exif_orientation(&exif(little, 9)), None);
        }
        assert_eq!(exif_orientation(b"II*\0"), None);
    }

    #[test]
    fn a_picture_is_turned_as_each_orientation_says() {
        // Stored rows: 1 2 3 / 4 5 6.
        let stored: Vec<u8> = (1..=6).flat_map(|n| [n; 3]).collect();
        let turned = |orientation| {
            let (size, rgb) = upright(FrameSize::new(3, 2), stored.clone(), orientation);
            (size.width, rgb.chunks(3).map(|pixel| pixel[0]).collect::<Vec<_>>())
        };
        assert_eq!(turned(1), (3, vec![1, 2, 3, 4, 5, 6]));
        assert_eq!(turned(2), (3, vec![3, 2, 1, 6, 5, 4]));
        assert_eq!(turned(3), (3, vec![6, 5, 4, 3, 2, 1]));
        assert_eq!(turned(4), (3, vec![4, 5, 6, 1, 2, 3]));
        assert_eq!(turned(5), (2, vec![1, 4, 2, 5, 3, 6]));
        assert_eq!(turned(6), (2, vec![4, 1, 5, 2, 6, 3]), "clockwise");
        assert_eq!(turned(7), (2, vec![6, 3, 5, 2, 4, 1]));
        assert_eq!(turned(8), (2, vec![3, 6, 2, 5, 1, 4]), "counter-clockwise");
    }

    proptest! {
        #[test]
        fn any_bytes_end_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..120)) {
            let _ = exif_orientation(&bytes);
            let _ = exif_orientation(&[b"II*\0".to_vec(), bytes].concat());
        }
    }
}
