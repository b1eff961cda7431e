//! A blur that is fast for any radius: two passes of a running mean along rows and along columns.

/// Blurs a plane of `width` columns with a standard deviation of about `sigma` pixels. Outside counts as zero.
pub(super) fn blur<const N: usize>(plane: &mut [[f32; N]], width: usize, sigma: f32) {
    let radius = (((6.0 * sigma * sigma + 1.0).sqrt() - 1.0) / 2.0).round() as usize;
    if radius == 0 || width == 0 {
        return;
    }
    for _ in 0..2 {
        plane.chunks_exact_mut(width).for_each(|row| mean_along(row, radius));
        mean_down(plane, width, radius);
    }
}

fn mean_along<const N: usize>(row: &mut [[f32; N]], radius: usize) {
    let source = row.to_vec();
    let mut sum = [0.0; N];
    source.iter().take(radius).for_each(|v| add(&mut sum, v, 1.0));
    for (x, value) in row.iter_mut().enumerate() {
        slide(&mut sum, source.get(x + radius), x.checked_sub(radius + 1).and_then(|gone| source.get(gone)));
        *value = scaled(&sum, radius);
    }
}

fn mean_down<const N: usize>(plane: &mut [[f32; N]], width: usize, radius: usize) {
    let source = plane.to_vec();
    let row = |y: usize| source.chunks_exact(width).nth(y);
    let mut sums = vec![[0.0; N]; width];
    for y in 0..radius {
        row(y).into_iter().flatten().zip(&mut sums).for_each(|(v, sum)| add(sum, v, 1.0));
    }
    for (y, target) in plane.chunks_exact_mut(width).enumerate() {
        let (entering, leaving) = (row(y + radius), y.checked_sub(radius + 1).and_then(row));
        for (x, (value, sum)) in target.iter_mut().zip(&mut sums).enumerate() {
            slide(sum, entering.and_then(|r| r.get(x)), leaving.and_then(|r| r.get(x)));
            *value = scaled(sum, radius);
        }
    }
}

fn slide<const N: usize>(sum: &mut [f32; N], entering: Option<&[f32; N]>, leaving: Option<&[f32; N]>) {
    if let Some(value) = entering {
        add(sum, value, 1.0);
    }
    if let Some(value) = leaving {
        add(sum, value, -1.0);
    }
}

fn add<const N: usize>(sum: &mut [f32; N], value: &[f32; N], sign: f32) {
    sum.iter_mut().zip(value).for_each(|(s, v)| *s += v * sign);
}

fn scaled<const N: usize>(sum: &[f32; N], radius: usize) -> [f32; N] {
    sum.map(|s| s / (2 * radius + 1) as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spot_spreads_evenly_and_keeps_its_weight() {
        let mut plane = vec![[0.0f32]; 21 * 21];
        plane[10 * 21 + 10] = [1.0];
        blur(&mut plane, 21, 2.0);
        let total: f32 = plane.iter().map(|v| v[0]).sum();
        let at = |x: usize, y: usize| plane[y * 21 + x][0];
        assert!((total - 1.0).abs() < 1e-3, "{total}");
        assert!((at(7, 10) - at(13, 10)).abs() < 1e-6 && (at(10, 7) - at(7, 10)).abs() < 1e-6);
        assert!(at(10, 10) > at(8, 10) && at(8, 10) > at(6, 10));
    }
}
