//! Payload of a `frame` message: the encodings, and the 12-byte header of an uncompressed frame.

/// Bytes in front of an uncompressed frame: height, width, channels, each a little-endian `u32`.
pub const RAW_HEADER_BYTES: usize = 12;

/// Coding of a frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// JPEG (`jpeg` or `jpg`).
    #[default]
    Jpeg,
    /// PNG.
    Png,
    /// [`RawHeader`], then rows of 8-bit BGR.
    Raw,
}

impl Encoding {
    /// The encoding of that name; `None` if unknown.
    pub fn from_wire(text: &str) -> Option<Self> {
        match text {
            "jpeg" | "jpg" => Some(Self::Jpeg),
            "png" => Some(Self::Png),
            "raw" => Some(Self::Raw),
            _ => None,
        }
    }

    /// Its name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Jpeg => "jpeg",
            Self::Png => "png",
            Self::Raw => "raw",
        }
    }
}

/// Shape of an uncompressed frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RawHeader {
    /// Rows.
    pub height: u32,
    /// Pixels per row.
    pub width: u32,
    /// Bytes per pixel: 1 (grey) or 3 (BGR).
    pub channels: u32,
}

/// Why an uncompressed frame cannot be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RawHeaderError {
    /// Shorter than the header.
    #[error("a raw frame starts with 12 bytes (height, width, channels); got {0} bytes")]
    TooShort(usize),
    /// An implausible shape.
    #[error("a raw frame of {height}x{width}x{channels} is no image")]
    NotAnImage {
        /// Rows in the header.
        height: u32,
        /// Pixels per row in the header.
        width: u32,
        /// Bytes per pixel in the header.
        channels: u32,
    },
    /// The length does not match the header.
    #[error("raw frame size mismatch: the header means {expected} bytes of pixels, {got} came")]
    WrongLength {
        /// Bytes according to the header.
        expected: u64,
        /// Bytes after the header.
        got: u64,
    },
}

impl RawHeader {
    /// Splits a payload into header and pixels. The length must match exactly.
    pub fn split(payload: &[u8]) -> Result<(Self, &[u8]), RawHeaderError> {
        let (head, pixels) =
            payload.split_first_chunk::<RAW_HEADER_BYTES>().ok_or(RawHeaderError::TooShort(payload.len()))?;
        let word = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
        let header = Self { height: word(0), width: word(4), channels: word(8) };
        header.check(pixels.len() as u64)?;
        Ok((header, pixels))
    }

    fn check(self, got: u64) -> Result<(), RawHeaderError> {
        let Self { height, width, channels } = self;
        let expected = u64::from(height).checked_mul(u64::from(width)).and_then(|n| n.checked_mul(u64::from(channels)));
        match expected {
            Some(expected) if expected > 0 && matches!(channels, 1 | 3) => {
                if expected == got {
                    Ok(())
                } else {
                    Err(RawHeaderError::WrongLength { expected, got })
                }
            }
            _ => Err(RawHeaderError::NotAnImage { height, width, channels }),
        }
    }

    /// The twelve bytes.
    pub fn to_bytes(self) -> [u8; RAW_HEADER_BYTES] {
        let mut bytes = [0; RAW_HEADER_BYTES];
        for (place, value) in bytes.chunks_exact_mut(4).zip([self.height, self.width, self.channels]) {
            place.copy_from_slice(&value.to_le_bytes());
        }
        bytes
    }
}

/// Packs RGB pixels as a `raw` payload (header, then BGR). `rgb` has `height * width * 3` bytes.
pub fn pack_raw(width: u32, height: u32, rgb: &[u8]) -> Vec<u8> {
    let mut payload = Vec::with_capacity(RAW_HEADER_BYTES + rgb.len());
    payload.extend_from_slice(&RawHeader { height, width, channels: 3 }.to_bytes());
    payload.extend(rgb.chunks_exact(3).flat_map(|pixel| [pixel[2], pixel[1], pixel[0]]));
    payload
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_header_is_height_width_channels_little_endian() {
        let payload = pack_raw(2, 1, &[1, 2, 3, 4, 5, 6]);
        assert_eq!(payload, [1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 3, 2, 1, 6, 5, 4]);
        let (header, pixels) = RawHeader::split(&payload).unwrap();
        assert_eq!(header, RawHeader { height: 1, width: 2, channels: 3 });
        assert_eq!(pixels, [3, 2, 1, 6, 5, 4]);
    }

    #[test]
    fn lengths_and_shapes_that_do_not_fit_are_refused() {
        let check = |height, width, channels, pixels: usize, text: &str| {
            let mut payload = RawHeader { height, width, channels }.to_bytes().to_vec();
            payload.extend(vec![0; pixels]);
            assert_eq!(RawHeader::split(&payload).unwrap_err().to_string(), text);
        };
        check(2, 2, 3, 11, "raw frame size mismatch: the header means 12 bytes of pixels, 11 came");
        check(0, 2, 3, 0, "a raw frame of 0x2x3 is no image");
        check(2, 2, 4, 16, "a raw frame of 2x2x4 is no image");
        check(u32::MAX, u32::MAX, u32::MAX, 0, "a raw frame of 4294967295x4294967295x4294967295 is no image");
        assert_eq!(RawHeader::split(&[1, 2]), Err(RawHeaderError::TooShort(2)));
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_picture_or_an_error(payload in proptest::collection::vec(any::<u8>(), 0..64)) {
            if let Ok((header, pixels)) = RawHeader::split(&payload) {
                prop_assert_eq!(u64::from(header.height) * u64::from(header.width) * u64::from(header.channels), pixels.len() as u64);
            }
        }
    }
}
