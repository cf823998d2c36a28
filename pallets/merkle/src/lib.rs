//! The Merkle tree over a job's batches: one root stands for up to 2^20 of them.
//!
//! A requester commits to the inputs of a large job by the root over the batches' commitments, a
//! provider to its results by the root over the batches' answers. Chain, executor and command line
//! all use this crate, so a path that one of them makes is what the others expect.
//!
//! The tree is complete: of depth `d = ceil(log2(leaves))`, with [`EMPTY`] for what is missing of
//! 2^d leaves, so that a path has exactly `d` hashes whatever the leaf. Whoever makes a root chooses
//! what is below it; a verifier that took paths of several lengths would let two answers be shown
//! for one batch, at two heights. Leaves and nodes are hashed under different first bytes (as in
//! RFC 9162, 2.1.1), and leaves under the name of what they are.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

use alloc::{vec, vec::Vec};
use core::fmt;
use sp_crypto_hashing::blake2_256;

/// blake2-256.
pub type Hash = [u8; 32];

/// Depth of the largest tree.
pub const MAX_DEPTH: u32 = 20;
/// Leaves of the largest tree.
pub const MAX_LEAVES: u32 = 1 << MAX_DEPTH;
/// What stands for a leaf that is missing at the end: nothing hashes to it.
pub const EMPTY: Hash = [0; 32];

const LEAF: u8 = 0;
const NODE: u8 = 1;

/// The leaf of a batch's input: its commitment, a compressed curve point.
pub fn input_leaf(commitment: &[u8; 32]) -> Hash {
    let mut bytes = vec![LEAF];
    bytes.extend_from_slice(b"swarmwork:input");
    bytes.extend_from_slice(commitment);
    blake2_256(&bytes)
}

/// The leaf of a batch's result: the commitment to its output, and the output file's digest.
pub fn result_leaf(commitment: &[u8; 32], output: &[u8; 32]) -> Hash {
    let mut bytes = vec![LEAF];
    bytes.extend_from_slice(b"swarmwork:result");
    bytes.extend_from_slice(commitment);
    bytes.extend_from_slice(output);
    blake2_256(&bytes)
}

/// The leaf of a batch's answer alone: the commitment to its output. Where results are compared,
/// nothing else may make them differ that no proof could decide on.
pub fn answer_leaf(commitment: &[u8; 32]) -> Hash {
    let mut bytes = vec![LEAF];
    bytes.extend_from_slice(b"swarmwork:answer");
    bytes.extend_from_slice(commitment);
    blake2_256(&bytes)
}

fn node(left: &Hash, right: &Hash) -> Hash {
    let mut bytes = [NODE; 65];
    bytes[1..33].copy_from_slice(left);
    bytes[33..].copy_from_slice(right);
    blake2_256(&bytes)
}

/// How many hashes a path in a tree of so many leaves has.
pub fn depth(leaves: u32) -> u32 {
    leaves
        .saturating_sub(1)
        .checked_ilog2()
        .map_or(0, |d| d + 1)
}

/// Whether the tree of so many leaves with this root has the leaf at this index. `path` holds the
/// siblings on the way up, the leaf's own first.
pub fn contains(root: &Hash, leaves: u32, index: u32, leaf: &Hash, path: &[Hash]) -> bool {
    if index >= leaves || leaves > MAX_LEAVES || path.len() != depth(leaves) as usize {
        return false;
    }
    root_above(index, leaf, path) == *root
}

/// The root of the tree in which this path leads up from a leaf at this index.
pub fn root_above(index: u32, leaf: &Hash, path: &[Hash]) -> Hash {
    let (root, _) = path.iter().fold((*leaf, index), |(below, index), sibling| {
        let above = if index.is_multiple_of(2) {
            node(&below, sibling)
        } else {
            node(sibling, &below)
        };
        (above, index / 2)
    });
    root
}

/// Why there is no such tree.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TreeError {
    /// A tree has a leaf.
    NoLeaves,
    /// More than [`MAX_LEAVES`]: how many.
    TooManyLeaves(usize),
}

impl fmt::Display for TreeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoLeaves => f.write_str("a Merkle tree has at least one leaf"),
            Self::TooManyLeaves(count) => {
                write!(
                    f,
                    "a Merkle tree has at most {MAX_LEAVES} leaves, not {count}"
                )
            }
        }
    }
}

impl core::error::Error for TreeError {}

/// A tree with all its nodes: 64 bytes per leaf, 64 MiB at most.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tree {
    /// From the leaves up; the last has the root alone. [`EMPTY`] subtrees at the end are left out.
    levels: Vec<Vec<Hash>>,
}

impl Tree {
    /// Over these leaves.
    ///
    /// # Errors
    /// Where there is no leaf, or more than [`MAX_LEAVES`].
    pub fn new(leaves: Vec<Hash>) -> Result<Self, TreeError> {
        if leaves.is_empty() {
            return Err(TreeError::NoLeaves);
        }
        if leaves.len() > MAX_LEAVES as usize {
            return Err(TreeError::TooManyLeaves(leaves.len()));
        }
        let mut levels = vec![leaves];
        let mut empty = EMPTY;
        while let Some(below) = levels.last().filter(|level| level.len() > 1) {
            let above = below
                .chunks(2)
                .map(|pair| node(&pair[0], pair.get(1).unwrap_or(&empty)))
                .collect();
            empty = node(&empty, &empty);
            levels.push(above);
        }
        Ok(Self { levels })
    }

    /// The root.
    pub fn root(&self) -> Hash {
        // The last level has one node, as `new` made it.
        self.levels
            .last()
            .and_then(|top| top.first())
            .copied()
            .unwrap_or(EMPTY)
    }

    /// Number of leaves.
    pub fn leaves(&self) -> u32 {
        // At most MAX_LEAVES.
        self.levels.first().map_or(0, |leaves| leaves.len() as u32)
    }

    /// What [`contains`] wants to see for a leaf; `None` if the tree has no such leaf.
    pub fn path(&self, index: u32) -> Option<Vec<Hash>> {
        if index >= self.leaves() {
            return None;
        }
        let mut index = index as usize;
        let mut empty = EMPTY;
        let mut path = Vec::new();
        for level in self.levels.iter().filter(|level| level.len() > 1) {
            path.push(level.get(index ^ 1).copied().unwrap_or(empty));
            empty = node(&empty, &empty);
            index /= 2;
        }
        Some(path)
    }
}

#[cfg(test)]
mod tests;
