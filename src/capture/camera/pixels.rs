//! Cameras' colours to RGB.
//!
//! Cameras on a cable code by BT.601 with Y from 16 to 235 unless they say otherwise, and hardly any says.

use fencing::geometry::PictureSize;

/// One pixel, by BT.601 in 8.8 fixed point.
fn push_rgb(rgb: &mut Vec<u8>, y: u8, u: u8, v: u8) {
    let (y, u, v) = (298 * (i32::from(y) - 16), i32::from(u) - 128, i32::from(v) - 128);
    let level = |sum: i32| ((sum + 128) >> 8).clamp(0, 255) as u8;
    rgb.extend([level(y + 409 * v), level(y - 100 * u - 208 * v), level(y + 516 * u)]);
}

/// RGB of packed 4:2:2; a last odd column uses half of its pair.
pub(super) fn rgb_from_yuyv(bytes: &[u8], size: PictureSize) -> Vec<u8> {
    let width = size.width as usize;
    let mut rgb = Vec::with_capacity(width * size.height as usize * 3);
    for row in bytes.chunks_exact(width.div_ceil(2).max(1) * 4) {
        for (at, pair) in row.chunks_exact(4).enumerate() {
            push_rgb(&mut rgb, pair[0], pair[1], pair[3]);
            if at * 2 + 1 < width {
                push_rgb(&mut rgb, pair[2], pair[1], pair[3]);
            }
        }
    }
    rgb
}

/// RGB of 4:2:0 in two planes.
pub(super) fn rgb_from_nv12(bytes: &[u8], size: PictureSize) -> Vec<u8> {
    let (width, height) = (size.width as usize, size.height as usize);
    let mut rgb = Vec::with_capacity(width * height * 3);
    let (luma, chroma) = bytes.split_at((width * height).min(bytes.len()));
    let chroma_row = width.div_ceil(2).max(1) * 2;
    for (at, row) in luma.chunks_exact(width.max(1)).enumerate() {
        let colours = chroma.chunks_exact(chroma_row).nth(at / 2).unwrap_or_default();
        for (ys, colour) in row.chunks(2).zip(colours.chunks_exact(2)) {
            for y in ys {
                push_rgb(&mut rgb, *y, colour[0], colour[1]);
            }
        }
    }
    rgb
}

/// RGB of BGR triples.
pub(super) fn rgb_from_bgr(bytes: &[u8]) -> Vec<u8> {
    let mut rgb = bytes.to_vec();
    rgb.chunks_exact_mut(3).for_each(|pixel| pixel.swap(0, 2));
    rgb
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_come_out_right() {
        let check = |yuv: [u8; 3], wanted: [u8; 3]| {
            let [y, u, v] = yuv;
            let size = PictureSize::new(2, 2);
            let packed = rgb_from_yuyv(&[y, u, y, v].repeat(2), size);
            let planes = rgb_from_nv12(&[y, y, y, y, u, v], size);
            assert_eq!(packed, planes);
            let near = packed.chunks(3).all(|rgb| rgb.iter().zip(wanted).all(|(got, w)| got.abs_diff(w) <= 2));
            assert!(near, "{yuv:?}: {packed:?} is not {wanted:?}");
        };
        check([16, 128, 128], [0, 0, 0]);
        check([235, 128, 128], [255, 255, 255]);
        check([81, 90, 240], [255, 0, 0]);
        check([145, 54, 34], [0, 255, 0]);
        check([41, 240, 110], [0, 0, 255]);
    }

    #[test]
    fn odd_sizes_keep_their_pixels() {
        let size = PictureSize::new(3, 3);
        assert_eq!(rgb_from_yuyv(&[126, 128].repeat(12), size).len(), 27);
        assert_eq!(rgb_from_nv12(&[126; 9 + 8], size).len(), 27);
    }
}
