//! Gradient-boosted decision trees: prediction and file format. Training is in [`grow`].
//!
//! File: magic, version, number of features, scale, then every tree as a list of nodes, little-endian. A tree never sees
//! "left": it scores the ordered pair (own, other); callers score both orders and take half the difference.

mod grow;

pub(crate) use grow::{BoostingParams, Dataset, train};

use crate::PerSide;

/// First bytes of the file.
const MAGIC: &[u8; 4] = b"FRTR";
/// Version of the file and of the meaning of the features; raised whenever either changes.
pub(crate) const VERSION: u32 = 3;
/// Bytes of one node: feature, threshold or leaf value, two children.
const NODE_BYTES: usize = 12;
/// More nodes than any trained ensemble has; a longer file is not ours.
const MAX_NODES: usize = 1 << 20;

/// A split or a leaf.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Node {
    /// Values up to and including the threshold go to `low`, others to `high`.
    Split {
        /// Column of the feature vector.
        feature: u16,
        /// Greatest value that goes to `low`.
        threshold: f32,
        /// Node within the tree.
        low: u16,
        /// Node within the tree.
        high: u16,
    },
    /// Value that is added to the score.
    Leaf(f32),
}

/// An additive ensemble of trees.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Ensemble {
    /// Length of a feature vector.
    pub(crate) features: usize,
    /// Each tree's nodes, the root first; children come after their parent.
    pub(crate) trees: Vec<Vec<Node>>,
    /// Multiplies the sum: one over the number of ensembles that were averaged.
    pub(crate) scale: f32,
}

/// Why a file of trees cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TreesError {
    /// Another kind of file.
    #[error("this is not a file of decision trees")]
    NotTrees,
    /// Written by another version of the program.
    #[error("the decision trees are of version {found}, this program reads {VERSION}: train again")]
    OtherVersion {
        /// The file's version.
        found: u32,
    },
    /// Cut short or overwritten.
    #[error("the file of decision trees is damaged")]
    Damaged,
}

impl Ensemble {
    /// Log-odds that the first fencer of the pair is given the touch.
    pub(crate) fn predict(&self, features: &[f32]) -> f32 {
        self.trees.iter().map(|tree| leaf_value(tree, features)).sum::<f32>() * self.scale
    }

    /// Log-odds left : right, from the feature vectors of both ordered pairs; exchanging the fencers turns the sign, exactly.
    pub(crate) fn predict_pair(&self, features: &PerSide<Vec<f32>>) -> f64 {
        f64::from(self.predict(&features.left) - self.predict(&features.right)) / 2.0
    }

    /// The mean of several ensembles as one.
    pub(crate) fn averaged(ensembles: Vec<Self>) -> Self {
        let (count, features) = (ensembles.len().max(1), ensembles.first().map_or(0, |e| e.features));
        let trees = ensembles.into_iter().flat_map(|e| e.trees).collect();
        Self { features, trees, scale: 1.0 / count as f32 }
    }

    /// The file's bytes.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        for number in [VERSION, self.features as u32, self.scale.to_bits(), self.trees.len() as u32] {
            out.extend(number.to_le_bytes());
        }
        for tree in &self.trees {
            out.extend((tree.len() as u32).to_le_bytes());
            for node in tree {
                write_node(&mut out, *node);
            }
        }
        out
    }

    /// Reads a file of trees.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, TreesError> {
        let mut rest = bytes.strip_prefix(MAGIC).ok_or(TreesError::NotTrees)?;
        let version = number(&mut rest)?;
        if version != VERSION {
            return Err(TreesError::OtherVersion { found: version });
        }
        let features = number(&mut rest)? as usize;
        let scale = f32::from_bits(number(&mut rest)?);
        let count = number(&mut rest)? as usize;
        let mut trees = Vec::new();
        for _ in 0..count {
            trees.push(read_tree(&mut rest, features)?);
        }
        if rest.is_empty() && scale.is_finite() {
            Ok(Self { features, trees, scale })
        } else {
            Err(TreesError::Damaged)
        }
    }
}

fn leaf_value(tree: &[Node], features: &[f32]) -> f32 {
    let mut at = 0;
    loop {
        match tree.get(at) {
            Some(Node::Split { feature, threshold, low, high }) => {
                let value = features.get(usize::from(*feature)).copied().unwrap_or_default();
                at = usize::from(if value <= *threshold { *low } else { *high });
            }
            Some(Node::Leaf(value)) => return *value,
            None => return 0.0,
        }
    }
}

fn write_node(out: &mut Vec<u8>, node: Node) {
    let (feature, value, low, high) = match node {
        Node::Split { feature, threshold, low, high } => (u32::from(feature), threshold, low, high),
        Node::Leaf(value) => (u32::MAX, value, 0, 0),
    };
    out.extend(feature.to_le_bytes());
    out.extend(value.to_le_bytes());
    out.extend(low.to_le_bytes());
    out.extend(high.to_le_bytes());
}

fn read_tree(rest: &mut &[u8], features: usize) -> Result<Vec<Node>, TreesError> {
    let count = number(rest)? as usize;
    if count == 0 || count > MAX_NODES || count * NODE_BYTES > rest.len() {
        return Err(TreesError::Damaged);
    }
    let mut nodes = Vec::with_capacity(count);
    for place in 0..count {
        let feature = number(rest)?;
        let value = f32::from_bits(number(rest)?);
        let children = number(rest)?;
        let (low, high) = ((children & 0xffff) as u16, (children >> 16) as u16);
        // Children come after their parent, so that every walk ends, whatever the file says.
        let forward = usize::from(low.min(high)) > place && usize::from(low.max(high)) < count;
        nodes.push(match u16::try_from(feature) {
            Ok(feature) if usize::from(feature) < features && forward && value.is_finite() => {
                Node::Split { feature, threshold: value, low, high }
            }
            Err(_) if feature == u32::MAX && value.is_finite() => Node::Leaf(value),
            _ => return Err(TreesError::Damaged),
        });
    }
    Ok(nodes)
}

fn number(rest: &mut &[u8]) -> Result<u32, TreesError> {
    let (bytes, after) = rest.split_first_chunk::<4>().ok_or(TreesError::Damaged)?;
    *rest = after;
    Ok(u32::from_le_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn stump() -> Ensemble {
        let tree = vec![Node::Split { feature: 1, threshold: 0.5, low: 1, high: 2 }, Node::Leaf(-1.0), Node::Leaf(2.0)];
        Ensemble { features: 2, trees: vec![tree], scale: 0.5 }
    }

    #[test]
    fn an_ensemble_survives_the_file_and_predicts() {
        let ensemble = Ensemble::from_bytes(&stump().to_bytes()).unwrap();
        assert_eq!(ensemble, stump());
        assert_eq!((ensemble.predict(&[0.0, 0.5]), ensemble.predict(&[0.0, 0.6])), (-0.5, 1.0));
    }

    #[test]
    fn files_of_other_kinds_and_versions_are_refused() {
        let mut other = stump().to_bytes();
        other[4] = 9;
        assert_eq!(Ensemble::from_bytes(&other), Err(TreesError::OtherVersion { found: 9 }));
        assert_eq!(Ensemble::from_bytes(b"ONNX...."), Err(TreesError::NotTrees));
    }

    proptest! {
        #[test]
        fn damaged_files_never_panic(at in 0usize..60, value: u8, cut in 0usize..60) {
            let mut bytes = stump().to_bytes();
            if let Some(byte) = bytes.get_mut(at) { *byte = value; }
            bytes.truncate(bytes.len() - cut.min(bytes.len()));
            if let Ok(ensemble) = Ensemble::from_bytes(&bytes) { let _ = ensemble.predict(&[0.1, 0.2]); }
        }
    }
}
