//! Left and right, as the camera sees them, and pairs of things that both fencers have.

/// Which fencer, by place in the frame at the start of the phrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// The fencer on the left of the picture; red lamp.
    Left,
    /// The fencer on the right of the picture; green lamp.
    Right,
}

impl Side {
    /// Both sides, left first.
    pub const BOTH: [Self; 2] = [Self::Left, Self::Right];

    /// The other fencer.
    #[must_use]
    pub const fn opponent(self) -> Self {
        match self {
            Self::Left => Self::Right,
            Self::Right => Self::Left,
        }
    }

    /// `1.0` for left and `-1.0` for right: multiplies an image x so that positive means "towards the opponent".
    pub const fn forward_sign(self) -> f32 {
        match self {
            Self::Left => 1.0,
            Self::Right => -1.0,
        }
    }

    /// `"left"` or `"right"`, as files and the wire spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Right => "right",
        }
    }
}

/// One `T` for each fencer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct PerSide<T> {
    /// The left fencer's.
    pub left: T,
    /// The right fencer's.
    pub right: T,
}

impl<T> PerSide<T> {
    /// A pair from its two halves.
    pub const fn new(left: T, right: T) -> Self {
        Self { left, right }
    }

    /// A pair computed side by side, left first.
    pub fn from_fn(mut f: impl FnMut(Side) -> T) -> Self {
        Self { left: f(Side::Left), right: f(Side::Right) }
    }

    /// A pair of what `f` makes of each half.
    pub fn map<U>(self, mut f: impl FnMut(T) -> U) -> PerSide<U> {
        PerSide { left: f(self.left), right: f(self.right) }
    }

    /// Both halves by reference.
    pub const fn as_ref(&self) -> PerSide<&T> {
        PerSide { left: &self.left, right: &self.right }
    }

    /// Left and right exchanged.
    #[must_use]
    pub fn swapped(self) -> Self {
        Self { left: self.right, right: self.left }
    }

    /// Both halves with their side, left first.
    pub fn iter(&self) -> impl Iterator<Item = (Side, &T)> {
        [(Side::Left, &self.left), (Side::Right, &self.right)].into_iter()
    }
}

impl<T> std::ops::Index<Side> for PerSide<T> {
    type Output = T;
    fn index(&self, side: Side) -> &T {
        match side {
            Side::Left => &self.left,
            Side::Right => &self.right,
        }
    }
}

impl<T> std::ops::IndexMut<Side> for PerSide<T> {
    fn index_mut(&mut self, side: Side) -> &mut T {
        match side {
            Side::Left => &mut self.left,
            Side::Right => &mut self.right,
        }
    }
}
