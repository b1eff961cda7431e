//! A share with its interval: how many were right, of how many.

/// `right` of `all`, with Wilson's 95 % interval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// How many were right.
    pub right: usize,
    /// Of how many.
    pub all: usize,
}

/// The normal quantile of a two-sided 95 % interval.
const Z: f64 = 1.959_963_984_540_054;

impl Share {
    /// Counts those that hold.
    pub fn of(held: impl Iterator<Item = bool>) -> Self {
        held.fold(Self::default(), |s, right| Self { right: s.right + usize::from(right), all: s.all + 1 })
    }

    /// The share, 0..1; 0 of nothing is 0.
    pub fn value(self) -> f64 {
        if self.all == 0 { 0.0 } else { self.right as f64 / self.all as f64 }
    }

    /// Wilson's 95 % interval; everything is possible after nothing was seen.
    pub fn interval(self) -> (f64, f64) {
        if self.all == 0 {
            return (0.0, 1.0);
        }
        let (n, p, z2) = (self.all as f64, self.value(), Z * Z);
        let middle = p + z2 / (2.0 * n);
        let half = Z * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
        let scale = 1.0 + z2 / n;
        (((middle - half) / scale).max(0.0), ((middle + half) / scale).min(1.0))
    }
}

impl std::fmt::Display for Share {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (low, high) = self.interval();
        let percent = |v: f64| 100.0 * v;
        write!(
            f,
            "{}/{} = {:.1} % [{:.1}, {:.1}]",
            self.right,
            self.all,
            percent(self.value()),
            percent(low),
            percent(high)
        )
    }
}
