//! Boosted trees over explicit facts: how they answer and how they are written down; growing them is in [`grow`].
//!
//! The file is our own, because ONNX's tree operators are not in both inference libraries: a magic word, a version, the
//! number of facts, then every tree as a list of nodes, little-endian. A tree never sees "left": it answers for the pair
//! (own, other), is asked both ways round, and half the difference counts.

mod grow;

pub(crate) use grow::{Growth, grow};

/// First bytes of a file of trees.
const MAGIC: &[u8; 4] = b"FRTR";
/// Version of the file and of the meaning of the facts; raised whenever either changes.
pub(crate) const VERSION: u32 = 2;
/// Bytes of one node in the file: fact, threshold or answer, two children.
const NODE_BYTES: usize = 12;
/// More nodes than any trained forest has; a longer file is not ours.
const MOST_NODES: usize = 1 << 20;

/// A fork or a leaf.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Node {
    /// Values up to the threshold go to `low`, others to `high`.
    Fork {
        /// Which fact.
        fact: u16,
        /// Up to and including this: low.
        threshold: f32,
        /// Node within the tree.
        low: u16,
        /// Node within the tree.
        high: u16,
    },
    /// The answer.
    Leaf(f32),
}

/// A forest: answers are summed.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Forest {
    /// Length of the list of facts.
    pub(crate) facts: usize,
    /// Each tree's nodes, the root first; children come after their fork.
    pub(crate) trees: Vec<Vec<Node>>,
    /// Multiplies the sum: one over the number of forests that were joined.
    pub(crate) share: f32,
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

impl Forest {
    /// The log of the odds that the first fencer of the list is given the touch.
    pub(crate) fn answer(&self, facts: &[f32]) -> f32 {
        self.trees.iter().map(|tree| answer_of(tree, facts)).sum::<f32>() * self.share
    }

    /// Forests joined to one that answers their mean.
    pub(crate) fn joined(forests: Vec<Self>) -> Self {
        let (count, facts) = (forests.len().max(1), forests.first().map_or(0, |f| f.facts));
        let trees = forests.into_iter().flat_map(|f| f.trees).collect();
        Self { facts, trees, share: 1.0 / count as f32 }
    }

    /// The file's bytes.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        for number in [VERSION, self.facts as u32, self.share.to_bits(), self.trees.len() as u32] {
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
        let facts = number(&mut rest)? as usize;
        let share = f32::from_bits(number(&mut rest)?);
        let count = number(&mut rest)? as usize;
        let mut trees = Vec::new();
        for _ in 0..count {
            trees.push(read_tree(&mut rest, facts)?);
        }
        if rest.is_empty() && share.is_finite() { Ok(Self { facts, trees, share }) } else { Err(TreesError::Damaged) }
    }
}

fn answer_of(tree: &[Node], facts: &[f32]) -> f32 {
    let mut at = 0;
    loop {
        match tree.get(at) {
            Some(Node::Fork { fact, threshold, low, high }) => {
                let value = facts.get(usize::from(*fact)).copied().unwrap_or_default();
                at = usize::from(if value <= *threshold { *low } else { *high });
            }
            Some(Node::Leaf(answer)) => return *answer,
            None => return 0.0,
        }
    }
}

fn write_node(out: &mut Vec<u8>, node: Node) {
    let (fact, value, low, high) = match node {
        Node::Fork { fact, threshold, low, high } => (u32::from(fact), threshold, low, high),
        Node::Leaf(answer) => (u32::MAX, answer, 0, 0),
    };
    out.extend(fact.to_le_bytes());
    out.extend(value.to_le_bytes());
    out.extend(low.to_le_bytes());
    out.extend(high.to_le_bytes());
}

fn read_tree(rest: &mut &[u8], facts: usize) -> Result<Vec<Node>, TreesError> {
    let count = number(rest)? as usize;
    if count == 0 || count > MOST_NODES || count * NODE_BYTES > rest.len() {
        return Err(TreesError::Damaged);
    }
    let mut nodes = Vec::with_capacity(count);
    for place in 0..count {
        let fact = number(rest)?;
        let value = f32::from_bits(number(rest)?);
        let children = number(rest)?;
        let (low, high) = ((children & 0xffff) as u16, (children >> 16) as u16);
        // Children after their fork: a walk ends, whatever the file says.
        let forward = usize::from(low.min(high)) > place && usize::from(low.max(high)) < count;
        nodes.push(match u16::try_from(fact) {
            Ok(fact) if usize::from(fact) < facts && forward && value.is_finite() => {
                Node::Fork { fact, threshold: value, low, high }
            }
            Err(_) if fact == u32::MAX && value.is_finite() => Node::Leaf(value),
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

    fn stump() -> Forest {
        let tree = vec![Node::Fork { fact: 1, threshold: 0.5, low: 1, high: 2 }, Node::Leaf(-1.0), Node::Leaf(2.0)];
        Forest { facts: 2, trees: vec![tree], share: 0.5 }
    }

    #[test]
    fn a_forest_survives_the_file_and_answers() {
        let forest = Forest::from_bytes(&stump().to_bytes()).unwrap();
        assert_eq!(forest, stump());
        assert_eq!((forest.answer(&[0.0, 0.5]), forest.answer(&[0.0, 0.6])), (-0.5, 1.0));
    }

    #[test]
    fn files_of_other_kinds_and_versions_are_refused() {
        let mut other = stump().to_bytes();
        other[4] = 9;
        assert_eq!(Forest::from_bytes(&other), Err(TreesError::OtherVersion { found: 9 }));
        assert_eq!(Forest::from_bytes(b"ONNX...."), Err(TreesError::NotTrees));
    }

    proptest! {
        #[test]
        fn damaged_files_never_panic(at in 0usize..60, value: u8, cut in 0usize..60) {
            let mut bytes = stump().to_bytes();
            if let Some(byte) = bytes.get_mut(at) { *byte = value; }
            bytes.truncate(bytes.len() - cut.min(bytes.len()));
            if let Ok(forest) = Forest::from_bytes(&bytes) { let _ = forest.answer(&[0.1, 0.2]); }
        }
    }
}
